"""The index in memory is what the records say, whatever changed, and on disk nobody reads it."""

import threading
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from liaison.holdings import live as live_module
from liaison.holdings import snapshots
from liaison.holdings.live import LiveIndex
from liaison.holdings.terms import terms_of
from liaison.matching.one import Person as Wanted
from liaison.model.errors import NotFound
from tests.holdings.offices import DESK, ROWS, ids, imported
from tests.node_fixtures import START, FixedClock, an_office, both_databases

ANA = Wanted(given="Ana", surname="Gashi", born=1984 << 9 | 2 << 5 | 3)
LINES = (
    b'{"kind": "vehicle", "id": "v1", "category": "suspect", "plate": "AA 100 BO"}\n'
    b'{"kind": "phone", "id": "p1", "category": "suspect", "number": "+355691234567"}\n'
    b'{"kind": "organisation", "id": "o1", "category": "suspect", "names": ["Iliria Trans Shpk"]}\n'
    b'{"kind": "account", "id": "a1", "category": "suspect", "iban": "AL47212110090000000235698741"}\n'
    b'{"kind": "document", "id": "d1", "category": "suspect", "number": "P123456789"}\n'
)


def found(live: LiveIndex, wanted: Wanted = ANA) -> list[str]:
    return [live.index.people.record_id(one.record) for one in live.checker().check(wanted, 0)]


@both_databases
def test_a_check_finds_the_holding(tmp_path: Path, kind: str) -> None:
    with an_office(tmp_path, kind) as office:
        live = LiveIndex(office)
        assert found(live) == []
        imported(office)
        (holding,) = found(live)
        assert live.holding_id("wanted", holding) == holding
        assert live.lists == ("wanted",)
        with pytest.raises(NotFound):
            live.holding_id("other", holding)
        with pytest.raises(NotFound):
            live.holding_id("wanted", "holding-aaaaaaaaaaaaaaaaaaaaaaaaaa")


def test_what_the_law_keeps_out_of_the_index_is_not_in_it(tmp_path: Path) -> None:
    with an_office(tmp_path) as office:
        imported(office)
        assert not found(LiveIndex(office), Wanted(given="Cara", surname="Shehu"))  # a contact


def test_overdue_records_are_not_in_it(tmp_path: Path) -> None:
    with an_office(tmp_path) as office:
        imported(office)
        office.clock.forward(days=3653)
        assert len(LiveIndex(office).index) == 0


def test_vehicles_phones_accounts_organisations_and_documents_by_number(tmp_path: Path) -> None:
    with an_office(tmp_path) as office:
        live = LiveIndex(office, tmp_path / "index")
        assert imported(office, LINES).new == 5
        (seen,) = live.vehicles("aa100bo")
        assert (seen.plate, seen.exact) == ("AA100BO", True)
        assert live.vehicles("AA 1OO B0") == []
        (seen,) = live.vehicles("AA 1OO B0", confusable=True)
        assert not seen.exact
        assert len(live.exact("phone", "+355 69 123 4567")) == 1
        assert len(live.exact("iban", "AL47 2121 1009 0000 0002 3569 8741")) == 1
        assert len(live.exact("organisation", "ILIRIA TRANS, Sh.p.k.")) == 1
        assert live.exact("imei", "+355691234567") == []
        assert len(found(live, Wanted(document="P123456789"))) == 1
        live.save()
        again = LiveIndex(office, tmp_path / "index")
        assert again.vehicles("AA100BO") == live.vehicles("AA100BO")
        again.take_out([seen.holding])
        assert again.vehicles("AA100BO") == []


def test_terms_are_told_of_many_records_at_once(tmp_path: Path) -> None:
    content = (
        b"id,name,category,instruction,handling,restriction\n1,Ana Gashi,suspect,discreet,H3,ask first\n"
    )
    with an_office(tmp_path) as office:
        imported(office, content)
        told = office.read(lambda c: terms_of(office, c, [*ids(office), "holding-none"]))
        (terms,) = told.values()
        assert (terms.instruction, terms.restriction, terms.grade) == ("discreet", "ask first", "X4")
        assert (terms.facts.category.value, terms.facts.minor) == ("suspect", False)


def test_many_small_parts_become_one(tmp_path: Path) -> None:
    base = b"id,name,category\n" + b"".join(b"b%d,Name%d Family%d,suspect\n" % (n, n, n) for n in range(400))
    with an_office(tmp_path) as office:
        imported(office, base, list_name="base")
        live = LiveIndex(office)
        for number in range(live_module.MOST_SEGMENTS + 3):
            imported(office, f"id,name,category\n{number},Ana Gashi,suspect\n".encode())
        assert len(live.index.segments) <= 5
        assert len(live.index) == 400 + live_module.MOST_SEGMENTS + 3
        assert len(found(live)) == live_module.MOST_SEGMENTS + 3


def test_readers_keep_what_they_hold_while_it_is_changed(tmp_path: Path) -> None:
    with an_office(tmp_path) as office:
        imported(office)
        live = LiveIndex(office)
        stop, wrong = threading.Event(), []

        def look() -> None:
            while not stop.is_set():
                if len(found(live)) != 1:
                    wrong.append(True)

        readers = [threading.Thread(target=look) for _ in range(2)]
        for reader in readers:
            reader.start()
        for number in range(6):
            imported(office, ROWS + f"{number + 10},Zef Zeka,1950-01-01,suspect,\n".encode())
            live.rebuild()
        stop.set()
        for reader in readers:
            reader.join()
        assert not wrong
        assert not hasattr(threading.current_thread(), "failed")


def test_a_snapshot_is_opened_with_what_came_since(tmp_path: Path) -> None:
    with an_office(tmp_path) as office:
        imported(office)
        LiveIndex(office, tmp_path / "index").save()
        imported(office, b"id,name,category\n1,Zef Zeka,suspect\n", list_name="other")
        again = LiveIndex(office, tmp_path / "index")
        assert len(found(again)) == len(found(again, Wanted(given="Zef", surname="Zeka"))) == 1
        assert again.lists == ("wanted", "other")


def test_of_several_snapshots_the_last_is_kept(tmp_path: Path) -> None:
    with an_office(tmp_path) as office:
        imported(office)
        live = LiveIndex(office, tmp_path / "index")
        first, second = live.save(), live.save()
        assert [path for path in (first, second) if path.exists()] == [second]
        assert second.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("damage", ["flip", "cut", "grow", "swap"])
def test_a_damaged_snapshot_is_seen_and_the_index_is_made_anew(
    tmp_path: Path, monkeypatch, damage: str
) -> None:
    monkeypatch.setattr(snapshots, "PIECE", 1 << 12)
    with an_office(tmp_path) as office:
        imported(office)
        place = LiveIndex(office, tmp_path / "index").save()
        content = bytearray(place.read_bytes())
        if damage == "flip":
            content[len(content) // 2] ^= 1
        elif damage == "cut":
            del content[-100:]
        elif damage == "grow":
            content += b"\0"
        else:
            size = (1 << 12) + snapshots.TAG + 8
            content[-2 * size : -size], content[-size:] = content[-size:], content[-2 * size : -size]
        place.write_bytes(content)
        with pytest.raises(snapshots.DamagedIndex):
            snapshots.load(office, tmp_path / "index")
        assert len(found(LiveIndex(office, tmp_path / "index"))) == 1


def test_what_was_taken_out_is_not_in_the_next_snapshot(tmp_path: Path) -> None:
    with an_office(tmp_path) as office:
        imported(office)
        live = LiveIndex(office, tmp_path / "index")
        imported(office, ROWS.split(b"2,Ben")[0].replace(b"Ana", b"Anna"), complete=True)
        live.save()
        kept = snapshots.load(office, tmp_path / "index")
        assert not any(segment.removed_count for segment in kept.index.segments)
        names = b"".join(segment.arrays["given_data"].tobytes() for segment in kept.index.segments)
        assert b"Anna" in names
        assert b"Ben" not in names


@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    changes=st.lists(
        st.lists(
            st.tuples(st.integers(1, 5), st.sampled_from(["Ana", "Ben", "Zef"])), min_size=1, max_size=5
        ),
        min_size=1,
        max_size=4,
    )
)
def test_kept_up_it_finds_what_a_new_one_finds(tmp_path_factory, changes) -> None:
    with an_office(tmp_path_factory.mktemp("office")) as office:
        live = LiveIndex(office)
        for lines in changes:
            rows = "".join(f"{at},{given},Gashi,suspect\n" for at, given in dict(lines).items())
            imported(office, f"id,given,surname,category\n{rows}".encode(), complete=True)
            fresh = LiveIndex(office)
            for given_name in ("Ana", "Ben", "Zef"):
                wanted = Wanted(given=given_name, surname="Gashi")
                assert set(found(live, wanted)) == set(found(fresh, wanted))
            assert len(live.index) == len(fresh.index) == len(dict(lines))
            assert DESK


def test_one_change_in_a_large_list_replaces_what_stood_before(tmp_path: Path) -> None:
    base = b"id,given,surname,category\n0,Ana,Gashi,suspect\n"
    base += b"".join(b"b%d,Name%d,Family%d,suspect\n" % (n, n, n) for n in range(100))
    with an_office(tmp_path) as office:
        imported(office, base)
        live = LiveIndex(office)
        before = found(live)
        assert len(before) == 1
        imported(office, base.replace(b"Ana,Gashi", b"Zamira,Kelmendi"))
        assert len(live.index.segments) == 2
        assert found(live) == []
        assert found(live, Wanted(given="Zamira", surname="Kelmendi")) == before
        assert len(live.index) == 101


def test_while_one_is_being_built_nobody_waits_for_another(tmp_path: Path, monkeypatch) -> None:
    begun, go_on = threading.Event(), threading.Event()
    with an_office(tmp_path) as office:
        imported(office, list_name="first")
        live = LiveIndex(office)
        gather = live_module.indexing.everything

        def slowly(of):
            gathered = gather(of)
            begun.set()
            assert go_on.wait(30)
            return gathered

        monkeypatch.setattr(live_module.indexing, "everything", slowly)
        builder = threading.Thread(target=live.rebuild)
        builder.start()
        assert begun.wait(30)
        imported(office, list_name="second")
        assert len(found(live)) == 1
        go_on.set()
        builder.join()
        assert len(found(live)) == 2


def test_a_thing_that_has_ended_is_found_no_more_though_no_change_was_taken_in(tmp_path: Path) -> None:
    row = b'{"kind": "vehicle", "id": "V", "plate": "AA 107 OB", "vin": "1M8GDM9AXKP042788", "category": "suspect", '
    row += b'"retention": "2026-03-05"}\n'
    clock = FixedClock()
    with an_office(tmp_path, clock=clock) as office:
        imported(office, row)
        index = LiveIndex(office, tmp_path / "index")
        index.save()
        for live in (index, LiveIndex(office, tmp_path / "index")):
            clock.time = START
            assert len(live.vehicles("AA107OB")) == len(live.exact("vin", "1M8GDM9AXKP042788")) == 1
            clock.forward(days=3)
            assert (live.vehicles("AA107OB"), live.exact("vin", "1M8GDM9AXKP042788")) == ([], [])
