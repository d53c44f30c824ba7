"""Victims, witnesses, the missing and children: to everyone but a named officer they do not exist (rule L04)."""

from pathlib import Path

import msgspec
import pytest
from sqlalchemy import select

from liaison.holdings.consult import Question, inspect, lists, search, show
from liaison.holdings.erasure import Cause
from liaison.holdings.live import LiveIndex
from liaison.holdings.retention import due
from liaison.holdings.safeguards import erase, find, release
from liaison.holdings.safeguards import show as show_protected
from liaison.matching.one import Person as Wanted
from liaison.model.categories import Category, Involvement, OfficerId
from liaison.model.errors import Conflict, Erased, LedgerUnavailable, NotFound, NotLawful
from liaison.model.grounds import Purpose
from liaison.storage.tables.holdings import HOLDINGS, SAFEGUARDED, SAFEGUARDED_VERSIONS
from tests.holdings import offices
from tests.holdings.offices import CASE, DESK, INVESTIGATOR, NAMED, PROTECTION, a_case, footing, imported
from tests.node_fixtures import an_office, both_databases

PROTECTED = (
    b"id,given,surname,dob,category\n"
    b"1,Ana,Gashi,1984-02-03,victim\n"
    b"2,Ben,Hoxha,1990-05-06,witness\n"
    b"3,Cara,Shehu,1971-08-09,missing\n"
    b"4,Dora,Prifti,2012-08-09,suspect\n"
)
SUSPECTS = b"id,given,surname,dob,category\n8,Edi,Marku,1960-01-01,suspect\n9,Fatos,Lleshi,1961,convicted\n"
ANA = Wanted(given="Ana", surname="Gashi")


def safe(actor, purpose: Purpose = Purpose.SAFEGUARDING):
    return footing(actor, purpose)


def protected(office) -> list[str]:
    return office.read(lambda c: list(c.execute(select(SAFEGUARDED.c.id)).scalars()))


@both_databases
def test_the_protected_stand_apart_under_their_own_keys(tmp_path: Path, kind: str) -> None:
    with an_office(tmp_path, kind) as office:
        assert imported(office, PROTECTED).new == 4
        assert office.read(lambda c: c.execute(select(HOLDINGS)).all()) == []
        assert len(protected(office)) == 4
        (tmp_path / "keys" / "safeguarding.key").write_bytes(bytes(32))
        from liaison.model.errors import StoreUnavailable
        from liaison.storage.keys import KeyRing

        ring = KeyRing(tmp_path / "keys")
        key = office.read(lambda c: c.execute(select(SAFEGUARDED_VERSIONS.c.key)).scalars().first())
        with pytest.raises(StoreUnavailable):
            ring.fetch([key])
        ring.close()


def everything_seen(office, actor) -> list[object]:
    """What a person can be told of records: lists, counts, the index, what is due."""
    live = LiveIndex(office)
    found = [live.checker().check(Wanted(given=given, surname=surname), 0) for given, surname in (
        ("Ana", "Gashi"), ("Ben", "Hoxha"), ("Cara", "Shehu"), ("Dora", "Prifti"))]  # fmt: skip
    page = search(office, actor, Question(most=200))
    return [
        lists(office, actor),
        len(page.entries),
        page.next,
        found,
        len(live.index),
        live.lists,
        due(office),
    ]


@pytest.mark.parametrize("actor", [DESK, NAMED, INVESTIGATOR, PROTECTION])
def test_nothing_differs_whether_they_are_there_or_not(tmp_path: Path, actor) -> None:
    (tmp_path / "with").mkdir()
    (tmp_path / "without").mkdir()
    with an_office(tmp_path / "with") as office, an_office(tmp_path / "without") as other:
        for one in (office, other):
            imported(one, SUSPECTS)
        imported(office, PROTECTED)
        assert everything_seen(office, actor) == everything_seen(other, actor)


@pytest.mark.parametrize("actor", [DESK, NAMED, INVESTIGATOR, PROTECTION])
def test_their_ids_are_those_of_nothing_elsewhere(tmp_path: Path, actor) -> None:
    with an_office(tmp_path) as office:
        imported(office, PROTECTED)
        a_case(office, actor)
        for holding in (protected(office)[0], "holding-aaaaaaaaaaaaaaaaaaaaaaaaaa"):
            with pytest.raises(NotFound):
                show(office, actor, holding, footing(actor))
            with pytest.raises(NotFound):
                inspect(office, actor, holding, "looking into it")


def test_a_named_officer_finds_a_protected_person(tmp_path: Path) -> None:
    with an_office(tmp_path) as office:
        imported(office, PROTECTED)
        a_case(office, NAMED)
        (record,) = find(office, NAMED, safe(NAMED), ANA)
        assert record.holding.category is Category.VICTIM
        assert find(office, NAMED, safe(NAMED), Wanted(given="Nobody", surname="Known")) == []
        told = offices.said_in_ledger(office)
        assert told[-3:] == ["ask-safeguarding", "answer-safeguarding", "ask-safeguarding"]


def test_refused_without_name_purpose_or_case(tmp_path: Path) -> None:
    with an_office(tmp_path) as office:
        imported(office, PROTECTED)
        holding = protected(office)[0]
        with pytest.raises(NotLawful):
            find(office, NAMED, safe(NAMED), ANA)
        a_case(office, NAMED, DESK, INVESTIGATOR)
        for actor, purpose in (
            (DESK, Purpose.SAFEGUARDING),
            (INVESTIGATOR, Purpose.SAFEGUARDING),
            (NAMED, Purpose.INVESTIGATION),
        ):
            with pytest.raises(NotLawful):
                find(office, actor, safe(actor, purpose), ANA)
        with pytest.raises(NotLawful):
            show_protected(office, NAMED, holding, safe(NAMED, Purpose.INVESTIGATION))
        with pytest.raises(NotFound):
            show_protected(office, DESK, holding, safe(DESK))


def test_nothing_is_told_that_the_ledger_cannot_record(tmp_path: Path, monkeypatch) -> None:
    def broken(*_args) -> None:
        raise LedgerUnavailable("the entry could not be written")

    with an_office(tmp_path) as office:
        imported(office, PROTECTED)
        a_case(office, NAMED)
        monkeypatch.setattr(type(office.log), "append", broken)
        with pytest.raises(LedgerUnavailable):
            find(office, NAMED, safe(NAMED), ANA)
        with pytest.raises(LedgerUnavailable):
            show_protected(office, NAMED, protected(office)[0], safe(NAMED))


def test_coming_of_age_moves_nobody_by_itself(tmp_path: Path) -> None:
    child = b"id,name,dob,category\n4,Dora Prifti,2008-05-05,suspect\n"
    with an_office(tmp_path) as office:
        imported(office, child)
        office.clock.forward(days=100)
        assert imported(office, child).unchanged == 1
        imported(office, child.replace(b"Dora", b"Dorina"))
        assert len(protected(office)) == 1
        assert len(LiveIndex(office).index) == 0


def as_suspect() -> Involvement:
    return Involvement(
        category=Category.SUSPECT,
        case=CASE,
        reason="charged by the court on 1 March",
        reviewer=OfficerId(NAMED.person),
    )


def test_a_named_officer_lets_a_person_out_with_a_new_key(tmp_path: Path) -> None:
    with an_office(tmp_path) as office:
        imported(office, PROTECTED)
        a_case(office, NAMED)
        (record,) = find(office, NAMED, safe(NAMED), ANA)
        before = office.read(lambda c: c.execute(select(SAFEGUARDED_VERSIONS)).all())
        live = LiveIndex(office)
        moved = release(office, NAMED, record.id, safe(NAMED), as_suspect())
        assert moved != record.id
        (key,) = (row.key for row in before if row.holding == record.id)
        with pytest.raises(Erased):
            office.keys.fetch([key])
        with pytest.raises(Erased):
            show_protected(office, NAMED, record.id, safe(NAMED))
        assert inspect(office, NAMED, moved, "after the release").holding.category is Category.SUSPECT
        assert [live.index.people.record_id(one.record) for one in live.checker().check(ANA, 0)] == [moved]


def test_a_child_is_not_let_out_by_category(tmp_path: Path) -> None:
    with an_office(tmp_path) as office:
        imported(office, PROTECTED)
        a_case(office, NAMED)
        (record,) = find(office, NAMED, safe(NAMED), Wanted(given="Dora", surname="Prifti"))
        with pytest.raises(Conflict):
            release(office, NAMED, record.id, safe(NAMED), as_suspect())


def test_no_list_takes_protection_away(tmp_path: Path) -> None:
    with an_office(tmp_path) as office:
        imported(office, PROTECTED)
        a_case(office, NAMED)
        imported(office, PROTECTED.replace(b"victim", b"suspect"))
        (record,) = find(office, NAMED, safe(NAMED), ANA)
        assert (record.version, record.holding.category) == (2, Category.VICTIM)


def test_a_list_that_says_victim_moves_a_suspect_under_protection(tmp_path: Path) -> None:
    with an_office(tmp_path) as office:
        imported(office)
        live = LiveIndex(office)
        assert live.checker().check(ANA, 0)
        imported(office, offices.ROWS.replace(b"suspect", b"victim"))
        assert not live.checker().check(ANA, 0)
        assert len(protected(office)) == 1
        assert offices.everything_stored(office).count(b"erased") == 1
        assert imported(office, offices.ROWS.replace(b"suspect", b"victim")).unchanged == 3


def test_protected_records_are_erased_by_a_named_protection_officer(tmp_path: Path) -> None:
    named = msgspec.structs.replace(PROTECTION, safeguards=True)
    with an_office(tmp_path) as office:
        imported(office, PROTECTED)
        holding = protected(office)[0]
        with pytest.raises(NotFound):
            erase(office, PROTECTION, holding, Cause.ORDER, "letter 12/2026")
        with pytest.raises(NotLawful):
            erase(office, NAMED, holding, Cause.ORDER, "letter 12/2026")
        erase(office, named, holding, Cause.ORDER, "letter 12/2026")
        with pytest.raises(Erased):
            show_protected(office, NAMED, holding, safe(NAMED))


def test_only_the_safeguarding_modules_name_the_protected_tables() -> None:
    import liaison

    source = Path(liaison.__file__).parent
    naming = {
        path.relative_to(source).as_posix()
        for path in source.rglob("*.py")
        if "SAFEGUARDED" in path.read_text("utf-8")
    }
    assert naming == {
        "holdings/safeguarding.py",
        "holdings/safeguards.py",
        "storage/tables/holdings.py",
    }
