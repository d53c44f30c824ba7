"""What may happen, whatever is sent: a place never counts beyond the limit, patrol never before or without a pause."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import liaison
from liaison.formats.tracks import Kind, Track
from liaison.formats.tracks.cot_stream import Refusal
from liaison.formats.tracks.model import Source
from liaison.formats.tracks.people import COUNT_ALONE
from liaison.sensors.rules import (
    AHEAD,
    SQUARE,
    STEP,
    Fault,
    Stage,
    counts_until,
    fault_of,
    looked,
    middle_of,
    need_fault,
    square_of,
    stage_of,
)

NOW = datetime(2026, 3, 4, 11, 20, 11, tzinfo=UTC)
HOUR = timedelta(hours=1)
SPANS = st.timedeltas(timedelta(days=-3), timedelta(days=3))


def track(at: datetime, stale: datetime | None, source: Source = Source.COT) -> Track:
    return Track(source=source, uid="d", kind=Kind.DRONE, latitude=42.0, longitude=19.0, time=at, stale=stale)


@given(SPANS, st.none() | SPANS, st.sampled_from(Source), st.timedeltas(timedelta(minutes=1), HOUR))
def test_a_place_counts_from_now_to_the_limit_at_most(
    at: timedelta, stale: timedelta | None, source: Source, most: timedelta
) -> None:
    said = track(NOW + at, None if stale is None else NOW + stale, source)
    until = counts_until(said, NOW, most)
    if isinstance(until, Fault):
        assert until is (Fault.CLOCK if at > AHEAD else Fault.STALE)
    else:
        assert NOW < until <= NOW + most
        assert said.stale is None or until <= said.stale


@given(st.floats(-90, 90), st.floats(-180, 180))
def test_a_place_is_in_its_square(latitude: float, longitude: float) -> None:
    north, east = middle_of(*square_of(latitude, longitude))
    assert abs(north - latitude) <= SQUARE / 2 + 1e-6
    assert abs(east - longitude) <= SQUARE / 2 + 1e-6


@given(SPANS)
def test_only_time_that_passed_without_a_pause_is_patrol(passed: timedelta) -> None:
    seconds = looked(NOW, NOW + passed)
    assert 0 <= seconds <= STEP.total_seconds()
    assert seconds == 0 or timedelta(0) < passed <= STEP


@given(SPANS)
def test_people_who_were_seen_a_day_ago_or_later_than_now_are_refused(ago: timedelta) -> None:
    fault = need_fault(NOW - ago, NOW)
    assert fault is (Fault.CLOCK if -ago > AHEAD else Fault.STALE if ago > timedelta(hours=24) else None)


@pytest.mark.parametrize(
    ("refusal", "fault"),
    [
        (Refusal(0, "the event was stale before it was made", "", "event/stale"), Fault.STALE),
        (Refusal(0, "people have no 'name'", COUNT_ALONE, "people/name"), Fault.IDENTITY),
        (Refusal(0, "the sighting has 20,000 bytes; at most 16,384 are read", COUNT_ALONE), Fault.LARGE),
        (Refusal(0, "there is no end of an event in 70,000 bytes", ""), Fault.LARGE),
        (Refusal(0, "the event breaks off as XML on line 1", ""), Fault.BROKEN),
    ],
)
def test_a_refusal_is_counted_by_what_it_is(refusal: Refusal, fault: Fault) -> None:
    assert fault_of(refusal) is fault
    assert fault.words


def test_help_goes_forward() -> None:
    assert [
        stage_of(None, None, None),
        stage_of(NOW, None, None),
        stage_of(NOW, NOW, None),
        stage_of(NOW, NOW, NOW),
        stage_of(NOW, None, NOW),
    ] == [Stage.WAITS, Stage.TAKEN, Stage.UNDER_WAY, Stage.ENDED, Stage.ENDED]


def test_nothing_that_checks_people_knows_of_people_in_need() -> None:
    """import-linter keeps the layers; this names what they are for."""
    source = Path(liaison.__path__[0])
    checking = (
        "screening",
        "holdings",
        "matching",
        "assistance",
        "crosscheck",
        "supply",
        "sightings",
        "transport",
    )
    knows = [
        path.relative_to(source).as_posix()
        for folder in checking
        for path in (source / folder).rglob("*.py")
        if "liaison.sensors" in path.read_text("utf-8") or "tables.sensors" in path.read_text("utf-8")
    ]
    assert knows == []
