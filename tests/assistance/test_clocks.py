"""The clocks of the law, to the second."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise
from random import Random
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liaison.assistance.clocks import (
    CALENDARS,
    INSTRUMENTS,
    Calendar,
    Pause,
    Stage,
    Term,
    Unit,
    calendar,
    due,
    easter,
    holidays,
    instrument,
    merged,
    orthodox_easter,
    require_reason,
    stage,
    term_of,
)
from liaison.model.errors import BadInput, BadSetting

TIRANA = calendar("Europe/Tirane", "albania")
LONDON = calendar("Europe/London", "england-and-wales")
DIRECTIVE = instrument("eu-2023-977")
SECOND = dt.timedelta(seconds=1)


def local(text: str, where: Calendar = TIRANA) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=where.zone).astimezone(dt.UTC)


def until(
    code: str, urgent: bool, access: str, start: str, where: Calendar = TIRANA, *pauses: Pause
) -> dt.datetime | None:
    return due(term_of(instrument(code), urgent, access), local(start, where), where, pauses)


def test_urgent_and_direct_received_at_ten_on_friday_night_is_due_at_six_on_saturday() -> None:
    assert until("eu-2023-977", True, "direct", "2026-11-20 22:00") == local("2026-11-21 06:00")


def test_urgent_and_to_be_obtained_is_due_three_calendar_days_later() -> None:
    for access in ("obtainable", "authority"):
        assert until("eu-2023-977", True, access, "2026-11-20 22:00") == local("2026-11-23 22:00")


def test_any_other_is_due_seven_calendar_days_later() -> None:
    for access in ("direct", "obtainable", "authority"):
        assert until("eu-2023-977", False, access, "2026-11-20 22:00") == local("2026-11-27 22:00")


def test_eight_hours_are_eight_hours_in_the_night_the_clocks_change() -> None:
    # 29 March 2026: 02:00 becomes 03:00; 25 October 2026: 03:00 becomes 02:00
    assert until("eu-2023-977", True, "direct", "2026-03-28 22:00") == local("2026-03-29 07:00")
    assert until("eu-2023-977", True, "direct", "2026-10-24 22:00") == local("2026-10-25 05:00")


def test_days_keep_their_hour_when_the_clocks_change() -> None:
    assert until("eu-2023-977", True, "obtainable", "2026-03-27 15:30:07") == local("2026-03-30 15:30:07")
    start = local("2026-03-27 15:30:07")
    end = until("eu-2023-977", True, "obtainable", "2026-03-27 15:30:07")
    assert end is not None
    assert end - start == dt.timedelta(hours=71)


def test_an_hour_that_is_left_out_or_comes_twice() -> None:
    # three days before 02:30, which does not exist on 29 March: it is as much later, 03:30
    assert until("eu-2023-977", True, "obtainable", "2026-03-26 02:30") == local("2026-03-29 03:30")
    # of 02:30 twice on 25 October it is the first, in summer time
    assert until("eu-2023-977", True, "obtainable", "2026-10-22 02:30") == dt.datetime(
        2026, 10, 25, 0, 30, tzinfo=dt.UTC
    )


def test_ten_working_days_leave_out_weekends_and_holidays_and_end_with_the_day() -> None:
    # Friday 20 November 2026; 22 November is a Sunday, 28 and 29 November a weekend
    assert until("ecris-2009-315", False, "direct", "2026-11-20 10:00") == local("2026-12-05 00:00")
    # 8 December is a holiday in Albania and none in London
    assert until("ecris-2009-315", False, "direct", "2026-11-27 10:00") == local("2026-12-15 00:00")
    assert until("ecris-2009-315", False, "direct", "2026-11-27 10:00", LONDON) == local(
        "2026-12-12 00:00", LONDON
    )


def test_twenty_working_days_for_another_purpose() -> None:
    assert until("ecris-2009-315", False, "other-purpose", "2026-11-27 10:00", LONDON) == local(
        "2026-12-30 00:00", LONDON
    )


def test_an_investigation_order_is_recognised_in_thirty_days_and_carried_out_in_ninety() -> None:
    assert until("eio-2014-41", False, "direct", "2026-01-10 09:00") == local("2026-02-10 00:00")
    assert until("eio-2014-41", False, "execution", "2026-02-10 09:00") == local("2026-05-12 00:00")


def test_core_data_follow_a_confirmed_hit_within_48_hours() -> None:
    assert until("prum-ii-2024-982", False, "direct", "2026-11-20 22:00") == local("2026-11-22 22:00")


def test_a_stricter_law_of_the_node_holds() -> None:
    term, start = term_of(DIRECTIVE, False, "direct"), local("2026-11-20 22:00")
    assert due(term, start, TIRANA, cap_hours=100) == start + dt.timedelta(hours=100)
    assert due(term, start, TIRANA, cap_hours=168) == due(term, start, TIRANA)
    assert due(term, start, TIRANA, cap_hours=500) == due(term, start, TIRANA)


def test_a_pause_lengthens_by_what_it_took_and_an_open_one_leaves_no_end() -> None:
    began, ended = local("2026-11-20 23:00"), local("2026-11-21 01:30")
    pause = Pause(reason="judicial-authorisation", began=began, ended=ended)
    assert until("eu-2023-977", True, "direct", "2026-11-20 22:00", TIRANA, pause) == local(
        "2026-11-21 08:30"
    )
    still = Pause(reason="judicial-authorisation", began=began)
    assert until("eu-2023-977", True, "direct", "2026-11-20 22:00", TIRANA, still) is None


def test_a_pause_after_the_end_does_not_heal_a_breach() -> None:
    late = Pause(reason="clarification", began=local("2026-11-21 06:00"))
    assert until("eu-2023-977", True, "direct", "2026-11-20 22:00", TIRANA, late) == local("2026-11-21 06:00")


def test_two_pauses_that_overlap_count_once() -> None:
    def pause(began: str, ended: str) -> Pause:
        return Pause(reason="clarification", began=local(began), ended=local(ended))

    both = pause("2026-11-20 23:00", "2026-11-21 01:00"), pause("2026-11-21 00:00", "2026-11-21 02:00")
    assert until("eu-2023-977", True, "direct", "2026-11-20 22:00", TIRANA, *both) == local(
        "2026-11-21 09:00"
    )


def test_a_paused_clock_that_ends_with_a_day_ends_with_a_working_day() -> None:
    # due at the end of Friday 4 December; paused for a day: the end of Monday 7
    pause = Pause(reason="identification", began=local("2026-11-23 09:00"), ended=local("2026-11-24 09:00"))
    assert until("ecris-2009-315", False, "direct", "2026-11-20 10:00", TIRANA, pause) == local(
        "2026-12-08 00:00"
    )


def test_only_a_reason_that_the_instrument_knows_stops_its_clock() -> None:
    assert require_reason(DIRECTIVE, "judicial-authorisation").article
    with pytest.raises(BadInput, match="does not stop its clock"):
        require_reason(DIRECTIVE, "we are busy")


def test_the_officer_is_told_before_the_supervisor_and_both_before_the_end() -> None:
    start, end = local("2026-11-20 22:00"), local("2026-11-21 06:00")
    hours = {h: stage(start, end, start + dt.timedelta(hours=h), DIRECTIVE.warn) for h in range(9)}
    assert [hours[h] for h in (0, 3, 4, 5, 6, 7, 8)] == [
        Stage.CALM, Stage.CALM, Stage.OFFICER, Stage.OFFICER, Stage.SUPERVISOR, Stage.SUPERVISOR, Stage.OVERDUE,
    ]  # fmt: skip
    assert stage(start, end, end - SECOND, DIRECTIVE.warn) is Stage.SUPERVISOR
    assert stage(start, None, end, DIRECTIVE.warn) is Stage.PAUSED


def test_easter_in_years_that_are_known() -> None:
    western = {2024: (3, 31), 2025: (4, 20), 2026: (4, 5), 2027: (3, 28), 2038: (4, 25), 1954: (4, 18)}
    eastern = {2024: (5, 5), 2025: (4, 20), 2026: (4, 12), 2027: (5, 2)}
    assert {year: (easter(year).month, easter(year).day) for year in western} == western
    assert {year: (orthodox_easter(year).month, orthodox_easter(year).day) for year in eastern} == eastern


def test_every_instrument_and_calendar_reads_and_has_a_source() -> None:
    for code in INSTRUMENTS:
        read = instrument(code)
        assert read.code == code
        assert all(term.article for term in read.terms.values())
        assert read.warn[0] > read.warn[1]
        for urgent in (True, False):
            for access in ("direct", "obtainable", "authority"):
                assert term_of(read, urgent, access)
    for name in CALENDARS:
        assert holidays(name).title


def test_what_is_not_known_is_refused() -> None:
    with pytest.raises(BadInput):
        instrument("../../secret")
    with pytest.raises(BadSetting):
        holidays("atlantis")
    with pytest.raises(BadSetting):
        calendar("Europe/Atlantis", "none")
    with pytest.raises(BadInput, match="ends before it begins"):
        Pause(reason="x", began=local("2026-01-02"), ended=local("2026-01-01"))


MOMENTS = st.datetimes(dt.datetime(2024, 1, 1), dt.datetime(2030, 1, 1)).map(
    lambda at: at.replace(tzinfo=dt.UTC)
)


@given(
    MOMENTS,
    st.lists(st.tuples(st.integers(0, 200), st.integers(0, 50)), max_size=6),
    st.sampled_from(INSTRUMENTS),
)
def test_a_pause_never_brings_the_end_nearer_and_the_order_of_pauses_says_nothing(
    start: dt.datetime, stretches: list[tuple[int, int]], code: str
) -> None:
    term = term_of(instrument(code), True, "direct")
    pauses = [
        Pause(
            reason="x",
            began=start + dt.timedelta(hours=began),
            ended=start + dt.timedelta(hours=began + length),
        )
        for began, length in stretches
    ]
    plain, paused = due(term, start, LONDON), due(term, start, LONDON, pauses)
    assert plain is not None
    assert paused is not None
    assert paused >= plain > start
    assert due(term, start, LONDON, reversed(pauses)) == paused
    stretches_apart = merged(pauses)
    assert all(a[1] is not None and a[1] < b[0] for a, b in pairwise(stretches_apart))


def naive_due(term: Term, start: dt.datetime, where: Calendar) -> dt.datetime:
    """The same, second by second and day by day, written to be read."""
    if term.unit is Unit.HOURS:
        return start + term.amount * dt.timedelta(hours=1)
    at = start.astimezone(where.zone)
    day, left = at.date(), term.amount
    while left:
        day += dt.timedelta(days=1)
        working = day.weekday() < 5 and not where.holidays.on(day)
        if term.unit is Unit.CALENDAR_DAYS or working:
            left -= 1
    if term.ends == "day":
        after = day + dt.timedelta(days=1)
        return dt.datetime(after.year, after.month, after.day, tzinfo=where.zone).astimezone(dt.UTC)
    return at.replace(year=day.year, month=day.month, day=day.day, fold=0).astimezone(dt.UTC)


def test_a_thousand_requests_are_due_to_the_second() -> None:
    """Received in any second of six years, at desks in five zones, some while the node was down."""
    chance, zones = Random(977), ("Europe/Tirane", "Europe/London", "Europe/Paris", "Europe/Rome", "UTC")
    for _ in range(1_000):
        where = Calendar(ZoneInfo(chance.choice(zones)), holidays(chance.choice(CALENDARS)))
        received = dt.datetime(2024, 1, 1, tzinfo=dt.UTC) + dt.timedelta(
            seconds=chance.randrange(6 * 365 * 86_400)
        )
        given_instrument = instrument(chance.choice(INSTRUMENTS))
        urgent, access = chance.random() < 0.5, chance.choice(("direct", "obtainable", "authority"))
        term = term_of(given_instrument, urgent, access)
        outage = (
            dt.timedelta(seconds=chance.randrange(72 * 3600)) if chance.random() < 0.3 else dt.timedelta()
        )
        end = due(term, received, where)
        assert end == naive_due(term, received, where)
        assert end is not None
        for moment, late in ((end - SECOND, False), (end, True), (end + outage, True)):
            assert (stage(received, end, moment, given_instrument.warn) is Stage.OVERDUE) is late
