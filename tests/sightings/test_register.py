"""Which cameras may read: registered on grounds, on an authority and an assessment, until a day."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from liaison.model.errors import BadInput, Conflict, NotFound, NotLawful
from liaison.screening.case_rules import Part
from liaison.screening.cases import add_member
from liaison.sightings.register import Place, camera_of, cameras_of, end, feeds_of, make_feed, resume
from tests.node_fixtures import both_databases
from tests.screening.node import ANA, BEN, a_desk, enter, rules_of
from tests.sightings.road import NORTH, Road


@both_databases
def test_a_camera_is_registered_until_a_day_and_shown_with_everything(tmp_path: Path, kind: str) -> None:
    with a_desk(tmp_path, kind) as desk:
        road = Road(desk)
        until = road.now + timedelta(days=7)
        camera = road.camera(until=until)
        assert camera == camera_of(desk.office, ANA, camera.id)
        assert (camera.place, camera.authority, camera.assessment) == (NORTH, "PROS 7/26", "DPIA 3")
        assert (camera.starts, camera.until, camera.standing) == (road.now, until, True)
        assert camera.unmatched_hours == 24, "what the law lets at most"
        assert desk.verbs()[-2:] == ["camera-feed-made", "camera-registered"]
        desk.clock.forward(days=7)
        assert not camera_of(desk.office, ANA, camera.id).standing


@pytest.mark.parametrize(
    "without",
    [{"authority": " "}, {"assessment": ""}, {"until": timedelta(days=91)}],
    ids=("authority", "assessment", "end"),
)
def test_without_an_authority_an_assessment_or_an_end_no_camera_reads(
    tmp_path: Path, without: dict[str, object]
) -> None:
    with a_desk(tmp_path) as desk:
        road = Road(desk)
        late = without.get("until")
        if isinstance(late, timedelta):
            without = {"until": road.now + late}
        with pytest.raises(NotLawful) as refused:
            road.camera(**without)
        assert rules_of(refused.value) == {"L29/camera"}
        assert cameras_of(desk.office, ANA) == []


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("latitude", {"place": Place("A", 91, 0)}),
        ("longitude", {"place": Place("A", 0, -181)}),
        ("bearing", {"place": Place("A", 0, 0, 360)}),
        ("state", {"place": Place("A", 0, 0, 0, "ZZZ")}),
        ("name", {"place": Place("  ", 0, 0)}),
        ("code", {"code": " "}),
        ("quiet_seconds", {"quiet_seconds": 9}),
        ("clock_seconds", {"clock_seconds": 0}),
        ("offset_minutes", {"offset_minutes": 841}),
        ("unmatched_hours", {"unmatched_hours": 25}),
        ("unmatched_hours", {"unmatched_hours": -1}),
        ("until", {"until": timedelta(0)}),
        ("starts", {"starts": timedelta(hours=-25)}),
    ],
)
def test_what_cannot_be_is_refused_with_its_field(
    tmp_path: Path, field: str, wrong: dict[str, object]
) -> None:
    with a_desk(tmp_path) as desk:
        road = Road(desk)
        wrong = {
            name: road.now + value if isinstance(value, timedelta) else value for name, value in wrong.items()
        }
        with pytest.raises(BadInput) as refused:
            road.camera(**wrong)
        assert refused.value.field == field
        assert refused.value.hint


def test_a_camera_is_ended_and_the_end_taken_back(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        road = Road(desk)
        camera = road.camera()
        with pytest.raises(Conflict):
            resume(desk.office, ANA, camera.id)
        end(desk.office, ANA, camera.id)
        with pytest.raises(Conflict):
            end(desk.office, ANA, camera.id)
        assert not camera_of(desk.office, ANA, camera.id).standing
        resume(desk.office, ANA, camera.id)
        assert camera_of(desk.office, ANA, camera.id).standing
        assert desk.verbs()[-2:] == ["camera-ended", "camera-resumed"]
        desk.clock.forward(days=7)
        with pytest.raises(Conflict):
            end(desk.office, ANA, camera.id)


def test_a_name_in_a_feed_stands_for_one_camera(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        road = Road(desk)
        first = road.camera()
        with pytest.raises(Conflict):
            road.camera()
        end(desk.office, ANA, first.id)
        second = road.camera()
        with pytest.raises(Conflict):
            resume(desk.office, ANA, first.id)
        assert [one.id for one in cameras_of(desk.office, ANA)] == [second.id, first.id]


def test_the_secret_of_a_feed_is_told_once(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        feed = make_feed(desk.office, ANA, desk.case.id, " Roadside  north ")
        assert len(feed.secret) >= 40
        (kept,) = feeds_of(desk.office, ANA)
        assert (kept.id, kept.name, kept.secret) == (feed.id, "Roadside north", "")
        assert feed.secret not in repr(desk.said())


def test_who_does_not_see_the_case_sees_none_of_its_cameras_and_a_reader_changes_nothing(
    tmp_path: Path,
) -> None:
    with a_desk(tmp_path) as desk:
        enter(desk.office, BEN)
        camera = Road(desk).camera()
        with pytest.raises(NotFound):
            camera_of(desk.office, BEN, camera.id)
        assert cameras_of(desk.office, BEN) == []
        assert feeds_of(desk.office, BEN) == []
        add_member(desk.office, ANA, desk.case.id, BEN.person, Part.READER)
        assert camera_of(desk.office, BEN, camera.id).id == camera.id
        for change in (end, resume):
            with pytest.raises(NotFound):
                change(desk.office, BEN, camera.id)
        with pytest.raises(NotFound):
            make_feed(desk.office, BEN, desk.case.id, "Mine")
