"""A place is there until it is stale, and not a second longer: on no page, and soon in no table; never in a backup."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from liaison.formats.tracks import Kind
from liaison.model.errors import NotLawful
from liaison.node.dump import left_out
from liaison.sensors import patrols, tracks
from liaison.sensors.rules import FeedKind
from liaison.storage.tables.sensors import PATROLS, TRACKS
from tests.node_fixtures import both_databases
from tests.sensors.field import AUDITOR, OTHER, a_field


@both_databases
def test_a_place_is_found_by_nobody_once_it_is_stale_and_then_gone(tmp_path: Path, kind: str) -> None:
    with a_field(tmp_path, kind) as field:
        field.sends(field.feed(), field.event(stale=field.now + timedelta(seconds=40)))
        field.clock.forward(seconds=39)
        (placed,) = tracks.now_of(field.office, OTHER)
        assert placed.left == timedelta(seconds=1)
        assert tracks.forget(field.office) == 0
        field.clock.forward(seconds=1)
        assert tracks.now_of(field.office, OTHER) == []
        assert field.rows(TRACKS) == 1
        assert tracks.forget(field.office) == 1
        assert field.rows(TRACKS) == 0
        said = field.said()[-1]
        assert (said.what, said.detail) == ("tracks-forgotten", {"places": "1"})


def test_no_sender_has_a_place_kept_for_longer_than_the_law_lets_it(tmp_path: Path) -> None:
    with a_field(tmp_path) as field:
        field.sends(field.feed(), field.event(stale=field.now + timedelta(days=1)))
        (placed,) = tracks.now_of(field.office, OTHER)
        assert placed.left == timedelta(minutes=60), "the limit of the demonstration's pack"


def test_places_and_patrols_stand_in_no_backup() -> None:
    assert {"sensor_tracks", "sensor_patrols"} <= left_out()


def test_of_a_team_the_name_of_its_feed_is_shown_and_no_callsign(tmp_path: Path) -> None:
    with a_field(tmp_path) as field:
        feed = field.feed(FeedKind.TEAM, "Team north")
        named = '<contact callsign="SOMEBODY"/>'
        field.sends(feed, field.event("ANDROID-1", "a-f-G-U-C", named), field.event(detail=named))
        shown = {one.kind: one.name for one in tracks.now_of(field.office, OTHER)}
        assert shown == {Kind.TEAM: "Team north", Kind.DRONE: "SOMEBODY"}


def test_an_older_place_changes_nothing(tmp_path: Path) -> None:
    with a_field(tmp_path) as field:
        feed = field.feed()
        field.sends(feed, field.event(lat=42.5))
        late = field.event(
            lat=42.1, at=field.now - timedelta(seconds=20), stale=field.now + timedelta(minutes=9)
        )
        field.sends(feed, late)
        assert [one.latitude for one in tracks.now_of(field.office, OTHER)] == [42.5]


@both_databases
def test_where_was_patrolled_is_kept_as_minutes_of_squares_without_who(tmp_path: Path, kind: str) -> None:
    with a_field(tmp_path, kind) as field:
        feed, other = field.feed(), field.feed(name="Drone 5")
        for _ in range(5):
            field.sends(feed, field.event())
            field.sends(other, field.event())
            field.clock.forward(seconds=30)
        (square,) = patrols.squares_of(field.office, OTHER)
        assert (square.latitude, square.longitude, square.minutes) == (42.435, 19.905, 4.0)
        assert {column.name for column in PATROLS.columns} == {"hour", "north", "east", "seconds"}
        field.clock.forward(minutes=2)
        field.sends(feed, field.event())
        assert patrols.squares_of(field.office, OTHER)[0].minutes == 4.0, "a pause is no patrol"
        field.clock.forward(hours=25)
        assert patrols.squares_of(field.office, OTHER) == []
        assert patrols.forget(field.office) == 1
        assert field.rows(PATROLS) == 0


def test_ships_that_are_heard_are_no_patrol(tmp_path: Path) -> None:
    pytest.importorskip("pyais")
    with a_field(tmp_path) as field:
        feed = field.feed(FeedKind.BOAT)
        for _ in range(3):
            field.sends(feed, b"!AIVDM,1,1,,A,15RTgt0PAso;90TKcjM8h6g208CQ,0*4A\r\n")
            field.clock.forward(seconds=30)
        assert tracks.now_of(field.office, OTHER)
        assert patrols.squares_of(field.office, OTHER) == []


def test_whose_roles_do_not_let_them_see_places_sees_none(tmp_path: Path) -> None:
    with a_field(tmp_path) as field:
        for asked in (tracks.now_of, patrols.squares_of):
            with pytest.raises(NotLawful):
                asked(field.office, AUDITOR)  # type: ignore[operator]
