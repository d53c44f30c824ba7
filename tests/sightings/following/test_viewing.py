"""What was found is shown to whoever sees the case, with what cameras saw; two places at once, and who came along."""

from __future__ import annotations

import base64
import random
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from liaison.model.errors import NotFound
from liaison.model.grounds import Purpose
from liaison.policy import AlertState
from liaison.ports import KeyId
from liaison.screening import confirming
from liaison.screening.case_rules import Part
from liaison.screening.cases import add_member, open_case
from liaison.screening.forgetting import forget_records
from liaison.screening.grounds import give_grounds
from liaison.sightings.following import service, viewing
from liaison.sightings.following.rules import Verdict
from liaison.sightings.following.viewing import Following, following_of, followings_of_case, own_followings
from liaison.sightings.rules import Likeness
from liaison.storage.tables.screening import CHECKS
from liaison.storage.tables.sightings import CAMERAS
from tests.node_fixtures import both_databases
from tests.screening.node import ANA, BASIS, BEN, Desk, enter
from tests.screening.node import WHY as BECAUSE
from tests.sightings.following.trips import (
    CODES,
    FAR,
    MARK,
    OTHER,
    a_road,
    asked,
    at,
    codes,
    confirm,
    drives,
    followed,
)
from tests.sightings.road import OTHER as SECOND
from tests.sightings.road import Road, wanted

PACE = 430.0  # seconds from camera to camera, a little faster than most
PICTURE = b"\xff\xd8\xff the crop of a plate"


@both_databases
def test_a_sighting_shows_what_the_camera_saw_and_a_passage_has_nothing_to_show(
    tmp_path: Path, kind: str
) -> None:
    with a_road(tmp_path, kind) as (desk, road):
        sent = {
            "confidence": 0.83,
            "candidates": [{"plate": MARK, "confidence": 0.4}],
            "image": base64.b64encode(PICTURE).decode(),
            "direction": "north",
        }
        (alert,) = road.sees("AA1O7OB", **sent).met
        road.sees(OTHER, **sent)
        (stop,) = followed(desk, asked(desk)).stops
        assert stop.met is not None
        assert stop.met.seen is not None
        assert (stop.met.alert, stop.met.likeness) == (alert, Likeness.CLASS)
        seen = stop.met.seen
        assert (seen.raw, seen.sure, seen.direction, seen.picture) == ("AA1O7OB", 0.83, "north", PICTURE)
        (passed,) = followed(desk, asked(desk, OTHER)).stops
        assert (passed.met, passed.camera.code, passed.at) == (None, "A1", at(0))


@both_databases
def test_every_showing_is_an_entry_that_names_the_sightings(tmp_path: Path, kind: str) -> None:
    with a_road(tmp_path, kind) as (desk, road):
        alerts = drives(road, MARK)
        done = service.follow(desk.office, desk.live, ANA, asked(desk))
        following_of(desk.office, ANA, done)
        said = desk.said()[-1]
        assert (said.what, said.who, said.case) == (viewing.READ, ANA.person, desk.case.id)
        assert (said.objects[0], set(said.objects[1:]), said.outcome) == (done, set(alerts), "3")


@both_databases
def test_a_vehicle_in_two_places_is_a_possible_copy_once_a_person_confirmed_both(
    tmp_path: Path, kind: str
) -> None:
    with a_road(tmp_path, kind) as (desk, road):
        alerts = drives(road, MARK, cameras=(CODES[0], FAR), minutes=5)
        done = service.follow(desk.office, desk.live, ANA, asked(desk))
        ((one, other, way),) = following_of(desk.office, ANA, done).impossible
        assert (one.camera.code, other.camera.code, way.verdict) == ("A1", FAR, Verdict.UNSURE)
        assert (round(way.kilometres), way.apart) == (100, timedelta(minutes=5))
        confirm(desk, alerts[0])
        assert following_of(desk.office, ANA, done).impossible[0][2].verdict is Verdict.UNSURE
        confirm(desk, alerts[1])
        assert following_of(desk.office, ANA, done).impossible[0][2].verdict is Verdict.CLONE


def test_a_read_that_a_person_rejected_is_shown_and_is_no_part_of_the_journey(tmp_path: Path) -> None:
    with a_road(tmp_path) as (desk, road):
        alerts = drives(road, MARK, cameras=("A1", FAR, "A2"), minutes=5)
        done = service.follow(desk.office, desk.live, ANA, asked(desk))
        assert len(following_of(desk.office, ANA, done).impossible) == 2
        confirming.reject(desk.office, ANA, alerts[1], "Another mark, misread")
        found = following_of(desk.office, ANA, done)
        assert (codes(found), [stop.counts for stop in found.stops]) == (
            ["A1", FAR, "A2"],
            [True, False, True],
        )
        assert [(one, other) for one, other, _ in found.legs] == [(0, 2)]
        assert found.impossible == []
        assert found.stops[1].met is not None
        assert found.stops[1].met.state is AlertState.REJECTED


def test_a_passage_in_two_places_is_told_without_a_picture(tmp_path: Path) -> None:
    with a_road(tmp_path) as (desk, road):
        drives(road, OTHER, cameras=("A1", FAR), minutes=5)
        ((one, other, way),) = followed(desk, asked(desk, OTHER)).impossible
        assert (one.met, other.met, way.verdict) == (None, None, Verdict.UNSURE)


def test_a_camera_that_sends_late_leaves_its_clock_in_doubt(tmp_path: Path) -> None:
    with a_road(tmp_path) as (desk, road):
        drives(road, MARK, cameras=("A1",))
        desk.clock.forward(hours=1)
        road.sends([{"plate": MARK, "camera": FAR, "time": at(5).isoformat()}])
        ((_, _, way),) = followed(desk, asked(desk)).impossible
        assert way.verdict is Verdict.CLOCK


@both_databases
def test_colleagues_of_the_case_see_it_and_of_other_cases_cameras_the_time_alone(
    tmp_path: Path, kind: str
) -> None:
    with a_road(tmp_path, kind) as (desk, road):
        alerts = drives(road, MARK)
        case = open_case(desk.office, ANA, reference="2026/200", title="Another", offence="drugs")
        grounds = give_grounds(
            desk.office, ANA, case.id, purpose=Purpose.INVESTIGATION, basis=BASIS, justification=BECAUSE
        )
        done = service.follow(desk.office, desk.live, ANA, service.Wanted(MARK, grounds, at(-60), at(60)))
        enter(desk.office, BEN)
        with pytest.raises(NotFound):
            following_of(desk.office, BEN, done)
        with pytest.raises(NotFound):
            followings_of_case(desk.office, BEN, case.id)
        add_member(desk.office, ANA, case.id, BEN.person, Part.MEMBER)
        found = following_of(desk.office, BEN, done)
        assert [(stop.camera, stop.at, stop.met) for stop in found.stops] == [
            (None, at(minutes), None) for minutes in (0, 8, 16)
        ]
        assert (found.legs, found.named, found.reading) == ((), {}, 3), "a distance would say where it was"
        assert not any(secret in str(found) for secret in (*alerts, "kilometre"))
        assert not set(alerts) & set(desk.said()[-1].objects)
        assert codes(following_of(desk.office, ANA, done)) == list(CODES)
        (listed,) = followings_of_case(desk.office, BEN, case.id)
        assert (listed.id, listed.person, listed.cameras, listed.stops) == (done, ANA.person, 4, 3)
        assert followings_of_case(desk.office, ANA, desk.case.id) == []
        assert [one.id for one in own_followings(desk.office, ANA)] == [done]
        assert own_followings(desk.office, BEN) == []


def test_of_cameras_of_two_cases_a_colleague_of_one_sees_that_ones(tmp_path: Path) -> None:
    with a_road(tmp_path) as (desk, road):
        drives(road, OTHER, cameras=(*CODES, FAR), minutes=30)
        done = service.follow(desk.office, desk.live, ANA, asked(desk, OTHER))
        enter(desk.office, BEN)
        add_member(desk.office, ANA, desk.case.id, BEN.person, Part.READER)
        case = open_case(desk.office, ANA, reference="2026/200", title="Another", offence="drugs")
        moved = update(CAMERAS).where(CAMERAS.c.code == "A2").values(case_id=case.id)
        desk.office.write(lambda connection: connection.execute(moved))
        found = following_of(desk.office, BEN, done)
        assert (codes(found), [stop.counts for stop in found.stops]) == (
            ["A1", "", "A3", FAR],
            [True, False, True, True],
        )
        assert [(one, other, round(leg.kilometres)) for one, other, leg in found.legs] == [
            (0, 2, 20),
            (2, 3, 80),
        ]
        whole = following_of(desk.office, ANA, done)
        assert [(one, other) for one, other, _ in whole.legs] == [(0, 1), (1, 2), (2, 3)]


def test_what_is_no_following_is_not_found_as_one(tmp_path: Path) -> None:
    with a_road(tmp_path) as (desk, road):
        drives(road, MARK)
        check = desk.office.read(lambda c: c.execute(select(CHECKS.c.id)).scalars().first())
        for wrong in (check, "check-none", ""):
            with pytest.raises(NotFound):
                following_of(desk.office, ANA, wrong)


@both_databases
def test_where_the_record_is_erased_a_journey_says_nothing_of_what_was_seen(
    tmp_path: Path, kind: str
) -> None:
    with a_road(tmp_path, kind) as (desk, road):
        drives(road, MARK)
        done = service.follow(desk.office, desk.live, ANA, asked(desk))
        forget_records(desk.office, [desk.ids["V1"]])
        found = following_of(desk.office, ANA, done)
        assert [stop.met is not None and stop.met.seen is None for stop in found.stops] == [True] * 3
        key = desk.office.read(
            lambda c: c.execute(select(CHECKS.c.key).where(CHECKS.c.id == done)).scalar_one()
        )
        desk.office.keys.destroy([KeyId(key)])
        gone = following_of(desk.office, ANA, done)
        assert (gone.erased, gone.mark, gone.stops, gone.legs, gone.cameras) == (True, "", (), (), 4)


def test_a_withdrawn_entry_leads_to_no_sighting_by_its_mark(tmp_path: Path) -> None:
    with a_road(tmp_path) as (desk, road):
        drives(road, MARK)
        desk.change(("V1", "-", "-", "1990-01-01"))  # no vehicle any more
        desk.live.refresh()
        assert followed(desk, asked(desk)).stops == ()


def busy(desk: Desk, road: Road, hours: int, seed: int = 3) -> None:
    """Invented vehicles of some hours, half of which leave the road at each junction."""
    chance = random.Random(seed)
    now, reads = desk.office.now(), list[dict[str, object]]()
    for number in range(130 * hours):
        start = now - timedelta(seconds=chance.uniform(0, 3_600 * hours))
        mark = f"C{chance.choice('CDEF')}{number % 1000:03}{number // 1000}{chance.choice('XY')}"
        pace = chance.gauss(480, 60)
        for place, code in enumerate(CODES):
            when = start + timedelta(seconds=pace * place)
            if when < now:
                reads.append({"plate": mark, "camera": code, "time": when.isoformat()})
            if chance.random() < 0.5:
                break
    for first in range(0, len(reads), 2_500):
        road.sends(reads[first : first + 2_500])
        desk.clock.forward(minutes=1)  # or one camera would send too many in a minute


def accompanied(desk: Desk, road: Road, *mates: tuple[str, float]) -> None:
    """The wanted vehicle drives as the traffic does, and others so many seconds behind it."""
    desk.clock.time = at(60 * 18 + 55)  # five minutes before the full hour
    busy(desk, road, 18)
    begin = at(60 * 18 + 15)
    for number, code in enumerate(CODES):
        when = begin + timedelta(seconds=PACE * number)
        sent = [(mark, (when + timedelta(seconds=gap)).isoformat()) for mark, gap in ((MARK, 0), *mates)]
        road.sends([{"plate": mark, "camera": code, "time": time} for mark, time in sent])


@both_databases
def test_who_came_along_is_told_by_times_and_cameras_alone(tmp_path: Path, kind: str) -> None:
    with a_road(tmp_path, kind) as (desk, road):
        accompanied(desk, road, ("DD333EE", 7))
        found = followed(desk, asked(desk, hours=2))
        assert found.company.tells
        assert found.company.trips > 700
        (unnamed,) = found.company.beside
        assert (unnamed.alerts, unnamed.seconds, unnamed.chance <= 0.01) == ((), (7,) * 3, True)
        assert "DD333EE" not in str(found)
        assert [found.named[one].code for one in unnamed.cameras] == list(CODES)
        mutual = followed(desk, asked(desk, "DD333EE", hours=2)).company.beside
        assert [len(one.alerts) for one in mutual] == [3], (
            "whoever is followed, and nobody is their own company"
        )


@both_databases
def test_a_wanted_vehicle_that_came_along_is_told_by_its_alerts_to_who_sees_them(
    tmp_path: Path, kind: str
) -> None:
    with a_road(tmp_path, kind) as (desk, road):
        wanted(desk, "AA222OB", SECOND)
        accompanied(desk, road, ("AA222OB", -11))
        case = open_case(desk.office, ANA, reference="2026/200", title="Another", offence="drugs")
        grounds = give_grounds(
            desk.office, ANA, case.id, purpose=Purpose.INVESTIGATION, basis=BASIS, justification=BECAUSE
        )
        done = service.follow(
            desk.office, desk.live, ANA, service.Wanted(MARK, grounds, at(60 * 17), at(60 * 19))
        )
        (named,) = following_of(desk.office, ANA, done).company.beside
        assert (len({*named.alerts}), named.seconds, named.chance <= 0.01) == (3, (-11,) * 3, True)
        enter(desk.office, BEN)
        add_member(desk.office, ANA, case.id, BEN.person, Part.MEMBER)
        found = following_of(desk.office, BEN, done)
        (hidden,) = found.company.beside
        assert (hidden.alerts, hidden.cameras, hidden.seconds) == (("",) * 3, ("",) * 3, (-11,) * 3)
        assert not any(secret in str(found) for secret in (*named.alerts, *named.cameras))


def test_of_several_that_came_along_nobody_is_told(tmp_path: Path) -> None:
    with a_road(tmp_path) as (desk, road):
        accompanied(desk, road, ("DD333EE", 7), ("EE444FF", -11))
        company = _company(followed(desk, asked(desk, hours=2)))
        assert (company.beside, company.queue) == ((), True)


def test_of_a_journey_past_two_cameras_no_company_is_told(tmp_path: Path) -> None:
    with a_road(tmp_path) as (desk, road):
        drives(road, MARK, OTHER, cameras=CODES[:2])
        company = _company(followed(desk, asked(desk)))
        assert (company.beside, company.compared) == ((), 0)


def _company(found: Following) -> viewing.Company:
    return found.company


def times(found: Following) -> list[datetime]:
    """When it was where."""
    return [stop.at for stop in found.stops]


def test_stops_of_both_kinds_are_in_order_of_time(tmp_path: Path) -> None:
    """An entry that came in on the way: passages first, sightings after."""
    with a_road(tmp_path) as (desk, road):
        drives(road, OTHER, cameras=CODES[:2])
        wanted(desk, OTHER, SECOND)
        desk.clock.forward(minutes=8)
        road.sees(OTHER, camera=CODES[2])
        found = followed(desk, asked(desk, OTHER))
        assert (codes(found), times(found)) == (list(CODES), [at(0), at(8), at(16)])
        assert [stop.met is None for stop in found.stops] == [True, True, False]
