"""Remote ID: messages and packs, positions and times, and any bytes at all."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liaison.formats.tracks import Kind, Track, remote_id
from liaison.formats.tracks.model import Source
from liaison.model.errors import BadInput
from tests.formats.tracks.made import AT, NOW, basic, location, operator, pack, system


def test_a_pack_is_a_track_with_its_operator() -> None:
    found = remote_id.read(pack(basic(), location(), system(), operator()), NOW)
    assert found.doubts == ()
    assert found.track == Track(
        source=Source.REMOTE_ID,
        uid="INVENT0000001",
        kind=Kind.DRONE,
        latitude=41.312,
        longitude=19.445,
        time=AT + timedelta(milliseconds=200),
        height=83.5,
        accuracy=10,
        course=271,
        speed=12.25,
    )
    assert (found.uas_id, found.id_kind, found.craft) == (
        "INVENT0000001",
        "serial number",
        "helicopter or multirotor",
    )
    assert (found.operator_id, found.operator_latitude, found.operator_longitude) == (
        "ALBinvented0001",
        41.3,
        19.44,
    )
    assert (found.operator_height, found.area_radius, found.area_count) == (15, 30, 1)
    assert found.system_time == datetime(2026, 3, 4, 11, 20, 11, tzinfo=UTC)


def test_single_messages() -> None:
    assert remote_id.read(basic(), NOW).uas_id == "INVENT0000001"
    alone = remote_id.read(location(), NOW, sender="02:00:00:00:00:03").track
    assert alone is not None
    assert alone.uid == "02:00:00:00:00:03"
    nobody = remote_id.read(location(), NOW)
    assert nobody.track is None
    assert "without an identity" in nobody.doubts[0].words


@pytest.mark.parametrize(
    ("coded", "fast", "speed"),
    [(0, False, 0), (255, False, 63.75), (0, True, 63.75), (254, True, 254.25), (255, True, None)],
)
def test_speeds(coded: int, fast: bool, speed: float | None) -> None:
    track = remote_id.read(location(speed=coded, fast=fast), NOW, "x").track
    assert track is not None
    assert track.speed == speed


@pytest.mark.parametrize(
    ("course", "told"), [(0, 0), (179, 179), (180, 180), (359, 359), (360, 0), (361, None)]
)
def test_courses(course: int, told: float | None) -> None:
    track = remote_id.read(location(course=course), NOW, "x").track
    assert track is not None
    assert track.course == told


def test_what_is_unknown_is_none() -> None:
    track = remote_id.read(location(height=0, accuracy=0, tenths=0xFFFF), NOW, "x").track
    assert track is not None
    assert (track.height, track.accuracy, track.time) == (None, None, NOW)
    nowhere = remote_id.read(pack(basic(), location(0, 0)), NOW)
    assert nowhere.track is None
    assert [doubt.place for doubt in nowhere.doubts] == ["byte 33"]


def test_a_time_is_the_one_nearest_to_its_receipt() -> None:
    late = datetime(2026, 3, 4, 12, 0, 2, tzinfo=UTC)
    for received, tenths, time in (
        (late, 35_990, late.replace(hour=11, minute=59, second=59)),
        (late.replace(hour=11, minute=59), 5, late.replace(second=0, microsecond=500_000)),
    ):
        track = remote_id.read(location(tenths=tenths), received, "x").track
        assert track is not None
        assert track.time == time
    odd = remote_id.read(location(tenths=36_001), NOW, "x")
    assert odd.track is not None
    assert odd.track.time == NOW
    assert odd.doubts[0].place == "byte 21"


def test_distress_obstacles_and_sessions() -> None:
    distress = remote_id.read(location(status=3), NOW, "x").track
    obstacle = remote_id.read(pack(basic(craft=14), location()), NOW).track
    assert distress is not None
    assert obstacle is not None
    assert (distress.distress, obstacle.kind) == (True, Kind.UNKNOWN)
    session = remote_id.read(basic("\x01\x02", kind=4), NOW)
    assert (session.uas_id, session.id_kind) == ("0102", "session")


def test_signatures_and_descriptions_are_passed_over_and_unknown_kinds_told() -> None:
    described = b"\x32\x00" + b"Somebody's wedding".ljust(23, b"\0")
    found = remote_id.read(pack(basic(), b"\x22".ljust(25, b"\0"), described, b"\x92".ljust(25, b"\0")), NOW)
    assert [doubt.place for doubt in found.doubts] == ["byte 78"]
    assert "wedding" not in repr(found)


def test_a_second_identity_and_one_that_is_no_text_are_told() -> None:
    found = remote_id.read(pack(basic(), basic("OTHER")), NOW)
    assert (found.uas_id, [doubt.place for doubt in found.doubts]) == ("INVENT0000001", ["byte 29"])
    assert remote_id.read(basic("a\x07b"), NOW).uas_id == ""


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x02",
        basic()[:-1],
        basic() + b"\x00",
        b"\xf2\x19\n" + basic() * 10,
        b"\xf2\x18\x01" + basic(),
        b"\xf2\x19\x00",
        pack(basic(), location())[:-1],
        b"\xf2".ljust(25, b"\x00"),
        location(91, 0),
    ],
)
def test_what_is_no_message_is_refused(data: bytes) -> None:
    with pytest.raises(BadInput) as refused:
        remote_id.read(data, NOW, "x")
    assert refused.value.hint


@given(st.lists(st.binary(min_size=25, max_size=25), min_size=1, max_size=9), st.binary(max_size=60))
def test_any_bytes_are_read_or_refused(messages: list[bytes], noise: bytes) -> None:
    for data in (messages[0], pack(*messages), noise, b"\xf2\x19" + noise):
        try:
            track = remote_id.read(data, NOW, "x").track
        except BadInput as refused:
            assert refused.hint  # noqa: PT017
            continue
        assert track is None or (abs(track.latitude) <= 90 and abs(track.time - NOW) <= timedelta(hours=1))


@given(st.floats(-90, 90), st.floats(-180, 180), st.integers(0, 360), st.integers(1, 65534))
def test_a_position_is_read_as_it_was_written(north: float, east: float, course: int, height: int) -> None:
    track = remote_id.read(location(north, east, course=course, height=height), NOW, "x").track
    if track is None:
        assert abs(north) < 1e-7 > abs(east)
    else:
        assert abs(track.latitude - north) < 1e-6
        assert abs(track.longitude - east) < 1e-6
        assert (track.course, track.height) == (course % 360, height / 2 - 1000)
