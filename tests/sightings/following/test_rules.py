"""What may be asked of a journey; and that no journey which a car can drive is ever called impossible."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liaison.model.errors import BadInput
from liaison.sightings.following.rules import (
    FASTEST,
    LATE,
    LONGEST,
    NEAR,
    Spot,
    Verdict,
    distance,
    hours_back,
    leg,
    legs,
    mark_of,
    nearest,
    require_stretch,
)

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
CLOCK = timedelta(seconds=120)
DEGREE = 111.195  # kilometres


def spot(
    minutes: float, kilometres: float = 0.0, *, stays: float = 0.0, clock: timedelta = CLOCK, **said: object
) -> Spot:
    """A read so many minutes after nine, so many kilometres north."""
    at = NOW + minutes * MINUTE
    return Spot(at, at + stays * MINUTE, 41.0 + kilometres / DEGREE, 19.7, clock, **said)  # type: ignore[arg-type]


def test_a_mark_is_asked_for_whole_and_never_with_a_wildcard() -> None:
    assert mark_of("aa-107 ob") == "AA107OB"
    for typed in ("AA*", "AA?07OB", "AA%", "AA1_7OB", "AA[0-9]"):
        with pytest.raises(BadInput) as refused:
            mark_of(typed)
        assert (refused.value.field, "wildcard" in refused.value.hint) == ("mark", True)
    for typed in ("", "-", "A", "AA 107 OB AND MORE"):
        with pytest.raises(BadInput, match="no registration mark"):
            mark_of(typed)


@pytest.mark.parametrize(
    ("since", "until", "field"),
    [
        (NOW, NOW + HOUR, "since"),
        (NOW - HOUR, NOW - HOUR, "until"),
        (NOW - LONGEST - HOUR, NOW, "since"),
        ((NOW - HOUR).replace(tzinfo=None), NOW, "since"),
        (NOW - HOUR, NOW.replace(tzinfo=None), "until"),
    ],
)
def test_a_stretch_of_time_that_cannot_be_is_refused_by_its_field(
    since: datetime, until: datetime, field: str
) -> None:
    with pytest.raises(BadInput) as refused:
        require_stretch(since, until, NOW)
    assert refused.value.field == field
    require_stretch(NOW - HOUR, NOW + HOUR, NOW)


def test_a_begun_hour_counts() -> None:
    assert [hours_back(NOW - n * MINUTE, NOW) for n in (1, 60, 61, 720)] == [1, 1, 2, 12]


def test_distances_are_those_of_the_globe() -> None:
    assert distance((51.5074, -0.1278), (48.8566, 2.3522)) == pytest.approx(343.6, abs=0.5)  # London, Paris
    assert distance((0.0, 179.5), (0.0, -179.5)) == pytest.approx(DEGREE, abs=0.1)
    assert distance((41.0, 19.0), (41.0, 19.0)) == 0


def test_what_no_car_drives_is_told_with_its_figures() -> None:
    (one,) = legs([spot(0), spot(5, 35)])
    assert one.verdict is Verdict.UNSURE
    assert one.kilometres == pytest.approx(35, abs=0.1)
    assert (one.apart, one.clocks) == (5 * MINUTE, 4 * MINUTE)
    assert one.needed == pytest.approx(420, abs=2)
    assert one.least == pytest.approx(233, abs=2)
    assert leg(spot(0), spot(7, 35)).verdict is Verdict.POSSIBLE, "both clocks may be wrong"
    assert leg(spot(0, clock=0 * MINUTE), spot(7, 35, clock=0 * MINUTE)).verdict is Verdict.UNSURE
    assert leg(spot(0, clock=0 * MINUTE), spot(0, 35, clock=0 * MINUTE)).least is None


def test_a_copied_plate_is_told_where_a_person_confirmed_both_reads() -> None:
    for first, second, verdict in (
        (True, True, Verdict.CLONE),
        (True, False, Verdict.UNSURE),
        (False, True, Verdict.UNSURE),
    ):
        assert leg(spot(0, confirmed=first), spot(1, 35, confirmed=second)).verdict is verdict


def test_a_read_that_came_in_late_says_that_a_clock_may_be_wrong() -> None:
    soon, late = LATE + CLOCK, LATE + CLOCK + timedelta(seconds=1)
    assert leg(spot(0, late=soon, confirmed=True), spot(1, 35, confirmed=True)).verdict is Verdict.CLONE
    assert leg(spot(0, late=late, confirmed=True), spot(1, 35, confirmed=True)).verdict is Verdict.CLOCK
    assert leg(spot(0), spot(1, 35, late=late)).verdict is Verdict.CLOCK


def test_within_a_few_kilometres_nothing_is_said() -> None:
    assert leg(spot(0, clock=0 * MINUTE), spot(0, NEAR * 0.99, clock=0 * MINUTE)).verdict is Verdict.POSSIBLE
    assert leg(spot(0, clock=0 * MINUTE), spot(0, NEAR * 1.01, clock=0 * MINUTE)).verdict is Verdict.UNSURE


def test_a_vehicle_that_stays_is_where_it_was_read_first_and_last() -> None:
    assert leg(spot(0, stays=60), spot(65, 30)).apart == 5 * MINUTE
    assert leg(spot(0, stays=60), spot(10, 5)).apart == 10 * MINUTE, "it may have gone there and come back"
    assert leg(spot(0, stays=60), spot(58, 35)).verdict is Verdict.UNSURE


@given(
    places=st.lists(
        st.tuples(
            st.floats(-80, 80),
            st.floats(-180, 180),
            st.floats(0, 3600),
            st.floats(0, 1),
            st.floats(-1, 1),
        ),
        min_size=2,
        max_size=8,
    ),
    speed=st.floats(1, FASTEST),
)
def test_a_journey_at_the_limit_or_below_is_never_called_impossible(
    places: list[tuple[float, float, float, float, float]], speed: float
) -> None:
    """A car that drives the shortest way at the greatest speed there is, past clocks as wrong as their entries say."""
    at, spots, before = NOW, [], None
    for latitude, longitude, clock, stays, wrong in places:
        if before is not None:
            at += HOUR * (distance(before, (latitude, longitude)) / speed)
        shown = at + timedelta(seconds=clock * wrong)
        leaves = shown + stays * HOUR
        spots.append(Spot(shown, leaves, latitude, longitude, timedelta(seconds=clock + 1e-3)))
        at, before = at + stays * HOUR, (latitude, longitude)
    spots.sort(key=lambda one: one.at)
    assert {one.verdict for one in legs(spots)} == {Verdict.POSSIBLE}


@given(st.floats(NEAR + 1, 5_000), st.floats(0, 3600), st.floats(0, 3600), st.floats(1.001, 100))
def test_what_is_faster_than_the_limit_with_both_clocks_allowed_for_is_always_told(
    kilometres: float, one: float, other: float, faster: float
) -> None:
    first = Spot(NOW, NOW, 0.0, 0.0, timedelta(seconds=one))
    east = kilometres / DEGREE
    apart = HOUR * (kilometres / FASTEST / faster) - timedelta(seconds=one + other)
    at = NOW + max(apart, timedelta(0))
    second = Spot(at, at, 0.0, east, timedelta(seconds=other))
    if apart > timedelta(0):
        assert leg(first, second).verdict is Verdict.UNSURE
        assert leg(second, first).verdict is Verdict.UNSURE


def test_the_nearest_cameras_come_first_and_those_beyond_are_left_out() -> None:
    places = [("far", 42.0, 19.7), ("here", 41.0, 19.7), ("near", 41.1, 19.7)]
    assert nearest((41.0, 19.7), 20, places) == ["here", "near"]
    assert nearest((41.0, 19.7), 0, places) == ["here"]
