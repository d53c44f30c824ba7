"""Marks on no list: found again by who knows the mark, within the hours of the camera, and then by nobody."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from liaison.ports import KeyId
from liaison.sightings import passages
from liaison.sightings.passages import forget, many
from liaison.storage.tables.sightings import HOURS, PASSAGES
from tests.node_fixtures import START, both_databases
from tests.screening.node import Desk, a_desk
from tests.sightings.road import Road

SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)


def passed(desk: Desk, mark: str) -> list[datetime]:
    """When a mark passed, of the last two days."""
    since, until = desk.office.now() - timedelta(days=2), desk.office.now() + SECOND
    rows = desk.office.read(lambda c: passages.passed(desk.office, c, mark, since, until))
    return [row.at for row in rows]


def kept(desk: Desk) -> int:
    return desk.office.read(many)


@both_databases
def test_a_mark_is_found_again_by_its_letters_over_hours_and_days(tmp_path: Path, kind: str) -> None:
    with a_desk(tmp_path, kind) as desk:
        desk.clock.time = START.replace(hour=22, minute=30)
        road = Road(desk)
        road.camera()
        times = []
        for _ in range(4):  # past midnight
            assert road.sees("BB222CC", "DD444EE").reads == 2
            times.append(road.now)
            desk.clock.forward(hours=1)
        assert passed(desk, "BB222CC") == times
        assert passed(desk, "BBZ2ZCC") == times, "as it may have been misread"
        assert passed(desk, "BB222CD") == []


@both_databases
def test_what_is_one_second_over_its_hours_is_found_by_nobody_and_then_gone(
    tmp_path: Path, kind: str
) -> None:
    with a_desk(tmp_path, kind) as desk:
        road = Road(desk)
        road.camera(unmatched_hours=2)
        road.camera("A2")
        road.sees("BB222CC")
        road.sees("BB222CC", camera="A2")
        desk.clock.forward(hours=2, seconds=-1)
        assert len(passed(desk, "BB222CC")) == 2
        assert forget(desk.office) == 0
        desk.clock.forward(seconds=1)
        assert len(passed(desk, "BB222CC")) == 1
        assert kept(desk) == 2
        assert forget(desk.office) == 1
        assert kept(desk) == 1
        assert desk.verbs()[-1] == "passages-forgotten"
        desk.clock.forward(hours=22)
        assert forget(desk.office) == 1
        assert kept(desk) == 0


@both_databases
def test_the_key_of_an_hour_is_destroyed_a_day_after_it(tmp_path: Path, kind: str) -> None:
    with a_desk(tmp_path, kind) as desk:
        road = Road(desk)
        road.camera()
        road.sees("BB222CC")
        key = KeyId(desk.office.read(lambda c: c.execute(select(HOURS.c.key)).scalar_one()))
        copied = desk.office.read(lambda c: c.execute(select(PASSAGES.c.mark)).scalar_one())
        desk.clock.forward(hours=24)
        forget(desk.office)
        assert desk.office.keys.fetch([key]), "the hour has not ended a day ago"
        desk.clock.forward(hours=1)
        forget(desk.office)
        assert desk.office.keys.destroy([key]) == 0, "it was destroyed"
        assert desk.office.read(lambda c: c.execute(select(HOURS)).all()) == []
        assert copied
        assert passed(desk, "BB222CC") == []
        assert road.sees("BB222CC").reads == 1, "reads are taken on under keys of their own"
        assert len(passed(desk, "BB222CC")) == 1
