"""Reads that come in: what is wanted makes an alert, everything else next to nothing."""

from __future__ import annotations

import base64
import re
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from liaison.formats.cameras import Format, Reads
from liaison.ledger.log import Log
from liaison.model.errors import BadInput, LedgerUnavailable, NotSignedIn
from liaison.officers import notices
from liaison.screening.alerting import alert_of
from liaison.screening.cases import close_case
from liaison.screening.seals import seals
from liaison.sightings import taking
from liaison.sightings.content import about, seen_of
from liaison.sightings.passages import many
from liaison.sightings.register import Camera, end, end_feed
from liaison.sightings.rules import Fault
from liaison.storage.tables.officers import ACCOUNTS
from liaison.storage.tables.screening import ALERTS, CHECKS
from liaison.storage.tables.sightings import CAMERAS, PASSAGES, SIGHTINGS, TALLIES
from tests.node_fixtures import both_databases
from tests.screening.node import ANA, Desk, a_desk
from tests.sightings.road import CAR, NORTH, OTHER, Road, wanted

PICTURE = b"\xff\xd8 the crop of a plate"


def rows(desk: Desk, table: object = SIGHTINGS) -> list[object]:
    return list(desk.office.read(lambda connection: connection.execute(select(table)).all()))  # type: ignore[call-overload]


@both_databases
def test_a_wanted_vehicle_is_an_alert_of_the_case_with_what_the_camera_saw(tmp_path: Path, kind: str) -> None:
    with a_desk(tmp_path, kind) as desk:
        road, record = Road(desk), wanted(desk)
        camera = road.camera()
        sent = {
            "confidence": 0.91,
            "candidates": [{"plate": "AA1O7OB", "confidence": 0.2}],
            "image": base64.b64encode(PICTURE).decode(),
            "direction": "north",
        }
        taken = road.sees("aa-107 ob", **sent)
        (alert,) = taken.met
        assert (taken.reads, taken.repeated, taken.refused) == (1, 0, ())
        shown = alert_of(desk.office, ANA, alert)
        assert (shown.case, shown.person, shown.holding) == (desk.case.id, ANA.person, record)
        assert shown.content is not None
        assert [why.words for why in shown.content.reasons] == ["registration mark agrees"]
        assert shown.wanted is None, "what to do is told once somebody confirmed it"
        (row,) = rows(desk)
        assert (row.camera_id, row.likeness, row.reads) == (camera.id, "exact", 1)  # type: ignore[attr-defined]
        (check,) = rows(desk, CHECKS)
        assert (check.kind, check.looked_up) == ("sighting", 0)  # type: ignore[attr-defined]
        key = desk.office.read(lambda c: c.execute(select(ALERTS.c.key)).scalar_one())
        seen = seen_of(seals(desk.office).open([(key, row.sealed, about(alert))])[0])  # type: ignore[attr-defined]
        assert (seen.raw, seen.wanted, seen.sure, seen.picture) == ("aa-107 ob", "AA107OB", 0.91, PICTURE)
        assert [each.mark for each in seen.candidates] == ["AA1O7OB"]
        assert desk.verbs()[-4:] == ["reads-taken", "check", "check-answered", "alert-read"]
        assert [each.kind for each in notices.waiting(desk.office, ANA)] == ["sighting"]
        assert rows(desk, PASSAGES) == [], "what was met is no passage"


@both_databases
def test_a_mark_on_no_list_leaves_a_pseudonym_alone(tmp_path: Path, kind: str) -> None:
    with a_desk(tmp_path, kind) as desk:
        road = Road(desk)
        wanted(desk)
        road.camera()
        picture = base64.b64encode(PICTURE).decode()
        taken = road.sees("BB222CC", "DD444EE", image=picture)
        assert (taken.reads, taken.met) == (2, ())
        first, second = rows(desk, PASSAGES)
        assert first.mark != second.mark  # type: ignore[attr-defined]
        assert rows(desk) == rows(desk, ALERTS) == rows(desk, CHECKS) == []
        whole = repr([rows(desk, table) for table in (PASSAGES, TALLIES, CAMERAS)]) + repr(desk.said())
        for secret in ("BB222CC", "DD444EE"):
            assert secret not in whole
        (tally,) = rows(desk, TALLIES)
        assert (tally.reads, tally.met) == (2, 0)  # type: ignore[attr-defined]


def test_where_nothing_may_be_kept_nothing_is(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        road = Road(desk)
        road.camera(unmatched_hours=0)
        assert road.sees("BB222CC").reads == 1
        assert rows(desk, PASSAGES) == []


def test_ten_thousand_reads_of_one_parked_car_are_one_alert(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        road = Road(desk)
        wanted(desk)
        road.camera()
        assert len(road.sees(*["AA107OB"] * 2_000).met) == 1
        for _ in range(4):
            desk.clock.forward(minutes=1)
            taken = road.sees(*["AA107OB"] * 2_000)
            assert (taken.met, taken.repeated) == ((), 2_000)
        (row,) = rows(desk)
        assert (row.reads, row.last) == (10_000, road.now)  # type: ignore[attr-defined]
        (tally,) = rows(desk, TALLIES)
        assert (tally.reads, tally.met, tally.repeated) == (10_000, 1, 9_999)  # type: ignore[attr-defined]


@both_databases
def test_the_quiet_time_is_of_the_camera_and_the_entry(tmp_path: Path, kind: str) -> None:
    with a_desk(tmp_path, kind) as desk:
        road = Road(desk)
        wanted(desk)
        wanted(desk, "BB222CC", OTHER)
        road.camera(quiet_seconds=60)
        road.camera("A2")
        assert len(road.sees("AA107OB").met) == 1
        assert len(road.sees("BB222CC").met) == 1, "another wanted vehicle"
        assert len(road.sees("AA107OB", camera="A2").met) == 1, "another camera"
        desk.clock.forward(seconds=59)
        assert len(road.sees("AA107OB").met) == 0
        desk.clock.forward(seconds=60)
        assert len(road.sees("AA107OB").met) == 1, "later"


@both_databases
def test_messages_at_once_make_one_alert_and_count_every_read(tmp_path: Path, kind: str) -> None:
    with a_desk(tmp_path, kind) as desk:
        road, times = Road(desk), 48
        wanted(desk)
        road.camera()
        taking.A_MINUTE, before = 2 * times - 8, taking.A_MINUTE
        try:
            with ThreadPoolExecutor(8) as cars:
                done = list(cars.map(lambda n: road.sees("AA107OB", f"CC{n:03}DD"), range(times)))
        finally:
            taking.A_MINUTE = before
        assert sum(len(each.met) for each in done) == 1
        (alert,), (tally,) = rows(desk), rows(desk, TALLIES)
        assert sum(each.reads for each in done) == 2 * times - 8, "a flood is counted over all of them"
        assert tally.reads == 2 * times - 8  # type: ignore[attr-defined]
        assert alert.reads == 1 + sum(each.repeated for each in done)  # type: ignore[attr-defined]
        assert alert.reads + desk.office.read(many) == tally.reads  # type: ignore[attr-defined]


def test_a_badge_that_is_read_as_a_plate_alerts_nobody(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        road = Road(desk)
        wanted(desk)
        road.camera(unmatched_hours=0)
        offered = {"candidates": [{"plate": "AA107OB", "confidence": 0.4}]}
        done = road.sees("QUATTRO", "C220D", "EURO6", "TDI", **offered)
        assert (done.reads, done.met) == (4, ())
        assert desk.office.read(many) == 0


def test_a_surer_read_in_the_quiet_time_is_told(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        road = Road(desk)
        wanted(desk)
        road.camera()
        near = {"candidates": [{"plate": "AA107OB", "confidence": 0.3}]}
        assert len(road.sees("AA101OB", **near).met) == 1
        assert len(road.sees("AA101OB", **near).met) == 0
        assert len(road.sees("AA1O7OB").met) == 1
        assert len(road.sees("AA107OB").met) == 1
        assert len(road.sees("AA1O7OB").met) == 0
        assert Counter(row.likeness for row in rows(desk)) == {"possible": 1, "class": 1, "exact": 1}  # type: ignore[attr-defined]


def test_of_a_record_that_is_no_entry_nothing_is_told(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        road = Road(desk)
        wanted(desk, wanted=None)
        road.camera()
        assert road.sees("AA107OB").met == ()


@both_databases
def test_an_entry_that_is_withdrawn_is_met_no_more(tmp_path: Path, kind: str) -> None:
    with a_desk(tmp_path, kind) as desk:
        road = Road(desk)
        record = wanted(desk)
        road.camera(quiet_seconds=10)
        assert len(road.sees("AA107OB").met) == 1
        desk.clock.forward(seconds=20)
        desk.live.take_out([record])
        assert road.sees("AA107OB").met == ()


def test_reads_of_a_camera_without_a_standing_entry_are_refused(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        road = Road(desk)
        wanted(desk)
        camera = road.camera(until=road.now + timedelta(hours=1))
        road.camera("later", starts=road.now + timedelta(minutes=30))
        taken = road.sends([{"plate": "AA107OB", "camera": code} for code in ("nowhere", "later", "A1")])
        assert [one.fault for one in taken.refused] == [Fault.CAMERA, Fault.CAMERA]
        assert (taken.reads, len(taken.met)) == (1, 1)
        end(desk.office, ANA, camera.id)
        assert [one.fault for one in road.sees("AA107OB").refused] == [Fault.CAMERA]
        desk.clock.forward(hours=2)
        assert [one.fault for one in road.sees("AA107OB").refused] == [Fault.CAMERA]


@pytest.mark.parametrize("why", ["case", "person"])
def test_a_camera_that_the_law_carries_no_more_lapses_and_is_told_of(tmp_path: Path, why: str) -> None:
    with a_desk(tmp_path) as desk:
        road = Road(desk)
        wanted(desk)
        road.camera()
        assert len(road.sees("AA107OB").met) == 1
        if why == "case":
            close_case(desk.office, ANA, desk.case.id)
        else:
            desk.office.write(lambda connection: connection.execute(update(ACCOUNTS).values(state="ended")))
        road.gate._lawful.clear()  # the five seconds for which a decision holds
        assert [one.fault for one in road.sees("AA107OB").refused] == [Fault.CAMERA]
        (camera,) = rows(desk, CAMERAS)
        assert camera.ended == road.now  # type: ignore[attr-defined]
        assert "camera-lapsed" in desk.verbs()
        if why == "case":
            assert "camera-lapsed" in [each.kind for each in notices.waiting(desk.office, ANA)]


def test_a_camera_with_a_wrong_clock_is_refused_and_counted(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        road = Road(desk)
        wanted(desk)
        road.camera(clock_seconds=60, offset_minutes=60, starts=road.now - timedelta(hours=24))
        said = [
            road.now + timedelta(seconds=61),
            road.now - timedelta(hours=25),
            road.now - timedelta(hours=23),
        ]
        taken = road.sends([{"plate": "AA107OB", "time": at.isoformat()} for at in said])
        assert [one.fault for one in taken.refused] == [Fault.CLOCK, Fault.CLOCK]
        (row,) = rows(desk)
        assert row.at == said[2]  # type: ignore[attr-defined]
        local = (road.now + timedelta(minutes=60)).replace(tzinfo=None)
        assert road.sees("BB222CC", time=local.isoformat()).reads == 1, "an hour ahead of UTC, as registered"
        (tally,) = rows(desk, TALLIES)
        assert (tally.refused, tally.clock) == (2, 2)  # type: ignore[attr-defined]


def test_a_read_from_before_the_entry_of_its_camera_is_refused(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        road = Road(desk)
        wanted(desk)
        road.camera(clock_seconds=60)
        early, late = (road.now - timedelta(seconds=seconds) for seconds in (61, 60))
        taken = road.sends([{"plate": "AA107OB", "time": at.isoformat()} for at in (early, late)])
        assert [one.fault for one in taken.refused] == [Fault.BEFORE]
        (row,) = rows(desk)
        assert row.at == late  # type: ignore[attr-defined]


def test_a_camera_that_floods_is_held_back_and_no_other(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        road = Road(desk)
        road.camera()
        road.camera("A2")
        taken = road.sees(*["BB222CC"] * (taking.A_MINUTE + 5))
        assert taken.reads == taking.A_MINUTE
        assert Counter(one.fault for one in taken.refused) == {Fault.FLOOD: 5}
        assert road.sees("BB222CC", camera="A2").reads == 1
        desk.clock.forward(minutes=1)
        assert road.sees("BB222CC").reads == 1


def test_a_batch_goes_on_past_what_is_no_mark(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        road = Road(desk)
        wanted(desk)
        road.camera()
        taken = road.sees("?", "AA107OB", "A" * 13)
        assert (taken.reads, len(taken.met)) == (1, 1)
        assert {one.fault for one in taken.refused} <= {Fault.PLATE}


def test_a_wrong_secret_and_an_ended_feed_send_nothing(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        road = Road(desk)
        road.camera()
        with pytest.raises(NotSignedIn):
            road.gate.take("guessed", Reads(format=Format.PLAIN))
        end_feed(desk.office, ANA, road.feed.id)
        with pytest.raises(NotSignedIn):
            road.sees("AA107OB")


def test_too_many_reads_in_one_message_are_refused(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        road = Road(desk)
        road.camera()
        with pytest.raises(BadInput):
            road.sees(*["BB222CC"] * (taking.MOST + 1))


@both_databases
def test_without_the_ledger_nothing_is_kept(
    tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with a_desk(tmp_path, kind) as desk:
        road = Road(desk)
        wanted(desk)
        road.camera()

        def full(*_: object) -> None:
            raise LedgerUnavailable("the disk is full")

        monkeypatch.setattr(Log, "append", full)
        with pytest.raises(LedgerUnavailable):
            road.sees("AA107OB", "BB222CC")
        monkeypatch.undo()
        assert rows(desk) == rows(desk, PASSAGES) == rows(desk, TALLIES) == rows(desk, ALERTS) == []


def test_a_camera_is_shown_to_nobody_of_another_case(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        camera: Camera = Road(desk).camera()
        assert camera.place == NORTH
        assert CAR[0] not in repr(camera)


def test_of_ten_thousand_passages_with_fifty_hits_no_other_mark_is_on_the_disk(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        road = Road(desk)
        wanted(desk)
        for number in range(50):
            road.camera(f"C{number}")
        marks = [f"ZX{number:04}QY" for number in range(9_950)]
        for start in range(0, len(marks), 1_990):
            some = [
                {"plate": mark, "camera": f"C{at % 50}"}
                for at, mark in enumerate(marks[start : start + 1_990])
            ]
            assert road.sends(some).reads == 1_990
        taken = road.sends([{"plate": "AA107OB", "camera": f"C{number}"} for number in range(50)])
        assert len(taken.met) == 50
        assert desk.office.read(many) == 9_950
        files = [file for file in tmp_path.rglob("*") if file.is_file()]
        found = {mark for file in files for mark in re.findall(rb"ZX\d{4}QY", file.read_bytes())}
        assert found == set()
        assert any(b"camera_feeds" in file.read_bytes() for file in files), "the database was among them"
