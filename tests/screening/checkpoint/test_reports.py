"""What was scanned without the node is checked once it is there, each once, and none is lost for another."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from liaison.ledger.log import Log
from liaison.model.errors import BadInput, Conflict, LedgerUnavailable, NotFound
from liaison.screening import documents
from liaison.screening.checkpoint import Bad, Scan, Taken, count, counts_of, look, make, take
from liaison.screening.checkpoint.counts import total
from liaison.screening.checkpoint.verdicts import Verdict
from liaison.storage.tables.checkpoint import SCANS
from liaison.storage.tables.screening import TRACES
from tests.node_fixtures import START, both_databases
from tests.screening.checkpoint.test_looking import sought, stolen, zone
from tests.screening.node import ANA, BEN, Desk, a_desk, enter

DAY = timedelta(hours=24)
EARLIER = START + timedelta(hours=1)


def made(desk: Desk, text: str, id: str = "", **said: object) -> Scan:
    given_ = {"grounds": desk.grounds, "made": EARLIER, "said": Verdict.CLEAR} | said
    return Scan(id or str(uuid4()), text, **given_)  # type: ignore[arg-type]


def taken(desk: Desk, *scans: Scan | Bad, copy: str = "") -> Taken:
    return take(desk.office, desk.live, ANA, copy, scans, DAY)


@both_databases
def test_a_report_is_checked_now_and_recorded_with_what_the_device_said(tmp_path: Path, kind: str) -> None:
    with a_desk(tmp_path, kind) as desk:
        copy = make(desk.office, ANA, desk.grounds, "Booth 3", DAY)
        sought(desk)  # it came after the copy was made
        desk.clock.forward(hours=2)
        report = taken(desk, made(desk, "AA 107 OB"), made(desk, zone()), copy=copy.id)
        assert [done.told[0].verdict for done in report.done] == [Verdict.HIT, Verdict.CLEAR]
        assert (report.refused, report.late) == ((), False)
        found = desk.office.read(
            lambda connection: connection.execute(select(SCANS).order_by(SCANS.c.kind)).all()
        )
        assert [(row.made, row.said, row.verdict) for row in found] == [
            (EARLIER, "clear", "clear"),
            (EARLIER, "clear", "hit"),
        ]
        assert {row.copy_id for row in found} == {copy.id}
        said = desk.said()[-1]
        assert (said.what, said.objects, said.outcome) == ("checkpoint-report", (copy.id,), "2")
        assert said.detail == {"doubled": "0", "refused": "0", "late": "0"}
        assert len(said.digest) == 64


@both_databases
def test_nothing_is_doubled_whatever_is_sent_again(tmp_path: Path, kind: str) -> None:
    with a_desk(tmp_path, kind) as desk:
        scans = [made(desk, f"AA {100 + n} BB") for n in range(5)]
        first = taken(desk, *scans)
        checks = desk.verbs().count("check")
        again = taken(desk, *scans, *scans)
        assert desk.verbs().count("check") == checks
        assert all(one.told[0].doubled for one in again.done)
        assert [one.told[0].entry for one in again.done[:5]] == [one.told[0].entry for one in first.done]
        assert desk.said()[-1].detail["doubled"] == "10"


@both_databases
def test_a_report_that_is_sent_at_once_from_two_places_is_checked_once(tmp_path: Path, kind: str) -> None:
    with a_desk(tmp_path, kind) as desk:
        taken(desk, made(desk, "AA 100 AA"))
        before = desk.verbs().count("check")
        scans = [made(desk, f"AA {100 + n} BB") for n in range(8)]
        with ThreadPoolExecutor(4) as pool:
            reports = list(pool.map(lambda _: taken(desk, *scans), range(4)))
        assert desk.verbs().count("check") == before + 8
        fresh = [one.id for report in reports for one in report.done if not one.told[0].doubled]
        assert sorted(fresh) == sorted(scan.id for scan in scans)


def test_a_bad_row_keeps_no_other_from_being_taken(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        good, unreadable = made(desk, "AA 100 AA"), made(desk, "zzz")
        other = made(desk, "AA 101 AA", grounds="grounds-of-nobody")
        report = taken(desk, unreadable, Bad("x", BadInput("no scan")), other, good)
        assert [done.id for done in report.done] == [good.id]
        assert [bad.id for bad in report.refused] == [unreadable.id, "x", other.id]
        assert all(bad.error.hint for bad in report.refused)
        assert desk.said()[-1].detail["refused"] == "3"


@both_databases
def test_a_scan_of_which_a_part_was_refused_is_sent_again_and_its_rest_is_told(
    tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with a_desk(tmp_path, kind) as desk:
        stolen(desk)
        scan = made(desk, (zone() + zone(number="XX7654321")).replace("\n", ""))
        examine, asked = documents.examine, list[str]()

        def once(office: Any, live: Any, actor: Any, shown: documents.Shown, *rest: Any) -> Any:
            asked.append(shown.zone)
            if len(asked) == 2:
                raise Conflict("the grounds ended meanwhile", hint="give new grounds")
            return examine(office, live, actor, shown, *rest)

        monkeypatch.setattr(documents, "examine", once)
        report = taken(desk, scan)
        assert [done.told[0].verdict for done in report.done] == [Verdict.HIT]
        assert [(bad.id, bad.error.hint) for bad in report.refused] == [(scan.id, "give new grounds")]
        assert desk.said()[-1].detail["refused"] == "1"
        again = taken(desk, scan)
        assert again.refused == ()
        assert [(one.doubled, one.verdict) for one in again.done[0].told] == [
            (True, Verdict.HIT),
            (False, Verdict.CLEAR),
        ]


def test_a_report_after_the_copy_expired_is_taken_and_said_to_be_late(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        copy = make(desk.office, ANA, desk.grounds, "", DAY)
        desk.clock.forward(hours=30)
        in_time, after = made(desk, "AA 100 AA"), made(desk, "AA 101 AA", made=START + timedelta(hours=25))
        report = taken(desk, in_time, after, copy=copy.id)
        assert report.late
        assert [done.late for done in report.done] == [False, True]
        assert desk.said()[-1].detail["late"] == "yes"


def test_a_document_was_where_it_was_when_it_was_scanned_and_not_when_that_was_reported(
    tmp_path: Path,
) -> None:
    with a_desk(tmp_path) as desk:
        desk.clock.forward(hours=5)
        scan = Scan(str(uuid4()), zone(), desk.grounds, "Booth at Morina")
        look(desk.office, desk.live, ANA, scan, DAY)
        report = taken(desk, made(desk, zone(), place="Booth at Rinas"))
        (told,) = report.done[0].told
        assert told.examined is not None
        assert [found.words for found in told.examined.findings] == [
            "it was seen in Booth at Morina, 4 h 0 min later; ask how its holder came here"
        ]
        ahead = made(desk, zone(), place="Booth at Rinas", made=START + timedelta(days=400))
        taken(desk, ahead)
        latest = select(func.max(TRACES.c.at))
        assert desk.office.read(lambda connection: connection.execute(latest).scalar()) == desk.clock.now()


def test_on_anothers_copy_nothing_is_taken(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        enter(desk.office, BEN)
        copy = make(desk.office, ANA, desk.grounds, "", DAY)
        before = desk.verbs()
        for who, id in ((BEN, copy.id), (ANA, "copy-none")):
            with pytest.raises(NotFound):
                take(desk.office, desk.live, who, id, [made(desk, "AA 100 AA")], DAY)
        assert desk.verbs() == before


def test_a_hostile_report_of_anothers_scans_learns_nothing_and_changes_nothing(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        enter(desk.office, BEN)
        sought(desk)
        mine = [made(desk, "AA 107 OB") for _ in range(3)]
        taken(desk, *mine)
        theirs = take(
            desk.office, desk.live, BEN, "", [*mine, *(Bad("y", BadInput("-")) for _ in range(497))], DAY
        )
        assert theirs.done == ()
        assert len(theirs.refused) == 500
        assert {type(bad.error) for bad in theirs.refused[:3]} == {NotFound}, "the grounds are not theirs"
        assert [one.told[0].verdict for one in taken(desk, *mine).done] == [Verdict.HIT] * 3
        with pytest.raises(BadInput) as error:
            take(desk.office, desk.live, BEN, "", [Bad("y", BadInput("-"))] * 501, DAY)
        assert error.value.field == "scans"


def test_a_report_that_breaks_off_is_sent_again_without_a_second_check(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with a_desk(tmp_path) as desk:
        scans, real = [made(desk, f"AA {100 + n} BB") for n in range(3)], Log.append

        def full(*_: object) -> None:
            raise LedgerUnavailable("the disk is full")

        monkeypatch.setattr(Log, "append", full)
        with pytest.raises(LedgerUnavailable):
            taken(desk, *scans)
        monkeypatch.setattr(Log, "append", real)
        assert all(one.told[0].doubled for one in taken(desk, *scans).done)
        assert desk.verbs().count("check") == 3


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sends=st.lists(st.lists(st.integers(0, 5), max_size=6), max_size=4))
def test_however_a_report_is_cut_and_sent_each_scan_is_checked_once(
    tmp_path_factory: pytest.TempPathFactory, sends: list[list[int]]
) -> None:
    with a_desk(tmp_path_factory.mktemp("cut")) as desk:
        scans = [made(desk, f"AA {100 + n} BB") for n in range(6)]
        for send in sends:
            taken(desk, *(scans[n] for n in send))
        assert desk.verbs().count("check") == len({n for send in sends for n in send})


@both_databases
def test_people_found_and_helped_are_counted_once_by_case_and_day_and_never_who(
    tmp_path: Path, kind: str
) -> None:
    with a_desk(tmp_path, kind) as desk:
        id = str(uuid4())
        for _ in range(3):
            today = count(desk.office, ANA, desk.grounds, id, of="children", found=2, helped=1)
        assert total(today) == (2, 1)
        count(desk.office, ANA, desk.grounds, str(uuid4()), of="people", found=1, helped=0)
        desk.clock.forward(days=1)
        tomorrow = count(desk.office, ANA, desk.grounds, str(uuid4()), of="people", found=4, helped=4)
        assert total(tomorrow) == (4, 4)
        found = [
            (one.day, one.of, one.found, one.helped) for one in counts_of(desk.office, ANA, desk.case.id)
        ]
        assert found == [
            ("2026-03-02", "children", 2, 1),
            ("2026-03-02", "people", 1, 0),
            ("2026-03-03", "people", 4, 4),
        ]
        said = [each for each in desk.said() if each.what == "checkpoint-counts"]
        assert said[0].detail == {"of": "children", "found": "2", "helped": "1"}
        assert len(said) == 3
        assert said[0].objects == ()


def test_counts_are_of_whoever_works_on_the_case(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        enter(desk.office, BEN, unit="Unit 2")
        with pytest.raises(NotFound):
            count(desk.office, BEN, desk.grounds, str(uuid4()), of="people", found=1, helped=0)
        with pytest.raises(NotFound):
            counts_of(desk.office, BEN, desk.case.id)
