"""Sightings are shown to whoever sees their case, and the ledger says to whom; a camera's errors are counted."""

from __future__ import annotations

import base64
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from liaison.model.errors import NotFound
from liaison.policy import AlertState
from liaison.ports import KeyId
from liaison.screening import confirming
from liaison.sightings import viewing
from liaison.sightings.rules import Likeness
from liaison.sightings.viewing import Counted, Figures
from liaison.storage.tables.screening import ALERTS
from tests.node_fixtures import both_databases
from tests.screening.node import ANA, BEN, a_desk
from tests.sightings.road import OTHER, Road, wanted

REASON = "Every sign of the plate agrees with the entry."
PICTURE = b"\xff\xd8\xff the crop of a plate"


@both_databases
def test_a_sighting_says_what_the_camera_saw_and_the_ledger_who_was_shown_it(
    tmp_path: Path, kind: str
) -> None:
    with a_desk(tmp_path, kind) as desk:
        road, record = Road(desk), wanted(desk)
        camera = road.camera()
        at = road.now - timedelta(seconds=40)
        sent = {
            "plate": "AA 1O7 OB",
            "time": at.isoformat(),
            "candidates": [{"plate": "AA107OB", "confidence": 0.4}],
            "image": base64.b64encode(PICTURE).decode(),
        }
        (alert,) = road.sends([sent]).met
        road.sends([sent])
        before = desk.verbs().count(viewing.READ)
        shown = viewing.sighting_of(desk.office, ANA, alert)
        assert shown is not None
        assert shown.seen is not None
        assert (shown.camera, shown.place, shown.case, shown.holding) == (
            camera.id,
            camera.place.name,
            desk.case.id,
            record,
        )
        assert (shown.state, shown.likeness, shown.reads) == (AlertState.CANDIDATE, Likeness.CLASS, 2)
        assert (shown.at, shown.late) == (at, timedelta(seconds=40))
        assert (shown.seen.raw, shown.seen.wanted, shown.seen.picture) == ("AA 1O7 OB", "AA107OB", PICTURE)
        assert [one.mark for one in shown.seen.candidates] == ["AA107OB"]
        said = desk.said()[-1]
        assert (said.what, said.who, said.case, said.objects) == (
            viewing.READ,
            ANA.person,
            desk.case.id,
            (alert,),
        )
        assert desk.verbs().count(viewing.READ) == before + 1
        assert [one.alert for one in viewing.sightings_of_camera(desk.office, ANA, camera.id)] == [alert]
        assert [one.alert for one in viewing.sightings_of_case(desk.office, ANA, desk.case.id)] == [alert]
        assert desk.verbs().count(viewing.READ) == before + 3


def test_whoever_does_not_see_the_case_finds_nothing_and_no_entry_is_written(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        road, _ = Road(desk), wanted(desk)
        camera = road.camera()
        (alert,) = road.sees("AA107OB").met
        for look in (
            lambda: viewing.sighting_of(desk.office, BEN, alert),
            lambda: viewing.sightings_of_camera(desk.office, BEN, camera.id),
            lambda: viewing.sightings_of_case(desk.office, BEN, desk.case.id),
            lambda: viewing.days_of(desk.office, BEN, camera.id),
        ):
            with pytest.raises(NotFound):
                look()
        assert viewing.figures(desk.office, BEN) == {}
        assert viewing.READ not in desk.verbs()


def test_sightings_stand_newest_first_and_by_pages(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        road, _ = Road(desk), wanted(desk)
        wanted(desk, "AB612KT", OTHER)
        camera = road.camera()
        (first,) = road.sees("AA107OB").met
        desk.clock.forward(minutes=1)
        (second,) = road.sees("AB612KT").met
        found = viewing.sightings_of_camera(desk.office, ANA, camera.id)
        assert [one.alert for one in found] == [second, first]
        (rest,) = viewing.sightings_of_camera(desk.office, ANA, camera.id, limit=1, offset=1)
        assert rest.alert == first


def test_what_was_erased_shows_its_times_alone(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        road, _ = Road(desk), wanted(desk)
        road.camera()
        (alert,) = road.sees("AA107OB").met
        key = desk.office.read(lambda c: c.execute(select(ALERTS.c.key)).scalar_one())
        desk.office.keys.destroy([KeyId(key)])
        shown = viewing.sighting_of(desk.office, ANA, alert)
        assert shown is not None
        assert (shown.seen, shown.reads) == (None, 1)


def test_a_camera_is_judged_by_its_decided_alerts_alone(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        road, _ = Road(desk), wanted(desk)
        wanted(desk, "AB612KT", OTHER)
        camera = road.camera()
        (first,) = road.sees("AA107OB").met
        (second,) = road.sees("AB612KT").met
        assert viewing.figures(desk.office, ANA)[camera.id].misread is None
        confirming.confirm(desk.office, ANA, first, REASON)
        confirming.reject(desk.office, ANA, second, REASON)
        found = viewing.figures(desk.office, ANA)[camera.id]
        assert (found.decided, found.rejected, found.misread) == (2, 1, 0.5)
        confirming.reopen(desk.office, ANA, second, REASON)
        assert viewing.figures(desk.office, ANA)[camera.id].misread == 0


def test_what_a_camera_did_today_is_apart_from_what_it_did_ever(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        road, _ = Road(desk), wanted(desk)
        camera = road.camera()
        road.sees("AA107OB", "AA107OB", "AC555DD")
        ahead = (road.now + timedelta(hours=1)).isoformat()
        road.sees("AC555DD", time=ahead)
        first = Counted(reads=3, met=1, repeated=1, refused=1, clock=1)
        assert viewing.figures(desk.office, ANA) == {camera.id: Figures(first, first)}
        desk.clock.forward(days=1)
        road.sees("AC556DD")
        found = viewing.figures(desk.office, ANA)[camera.id]
        assert (found.today, found.ever.reads) == (Counted(reads=1), 4)
        days = viewing.days_of(desk.office, ANA, camera.id)
        assert [one for _, one in days] == [Counted(reads=1), first]
        assert days[0][0] > days[1][0]
