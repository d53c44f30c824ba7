"""Partial dates."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liaison.model.dates import PartialDate
from liaison.model.errors import BadInput


@pytest.mark.parametrize("text", ["1984", "1984-02", "1984-02-29", "0001-01-01", "9999-12-31"])
def test_a_date_is_as_precise_as_it_is_written(text: str) -> None:
    assert str(PartialDate(text)) == text


@pytest.mark.parametrize(
    ("text", "kept"), [("1984-00-00", "1984"), ("1984-02-00", "1984-02"), (" 1984 ", "1984")]
)
def test_zeros_for_what_is_not_known_are_read(text: str, kept: str) -> None:
    assert PartialDate(text) == PartialDate(kept)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("1983-02-29", "day 29 in a month of 28"),
        ("1900-02-29", "day 29 in a month of 28"),
        ("1984-04-31", "day 31 in a month of 30"),
        ("1984-13-01", "month 13"),
        ("1984-00-05", "a day but no month"),
        ("0000-01-01", "no year"),
        ("03/02/1984", "not a date"),
        ("1984-2-3", "not a date"),
        ("١٩٨٤", "not a date"),
        ("", "not a date"),
    ],
)
def test_a_day_that_no_calendar_has_is_refused(text: str, says: str) -> None:
    with pytest.raises(BadInput, match=says) as refused:
        PartialDate(text)
    assert refused.value.hint


def test_leap_years_have_their_day() -> None:
    assert PartialDate.of(2000, 2).latest == date(2000, 2, 29)
    assert PartialDate.of(1900, 2).latest == date(1900, 2, 28)


def test_a_day_needs_a_month() -> None:
    with pytest.raises(BadInput, match="without a month"):
        PartialDate.of(1984, 0, 3)


@given(st.dates())
def test_parts_and_text_say_the_same(day: date) -> None:
    whole = PartialDate.of(day.year, day.month, day.day)
    assert str(whole) == day.isoformat()
    assert (whole.year, whole.month, whole.day) == (day.year, day.month, day.day)
    assert whole.earliest == whole.latest == day


@given(st.dates(), st.dates())
def test_two_months_may_be_one_day_only_if_they_are_one_month(one: date, other: date) -> None:
    months = PartialDate.of(one.year, one.month), PartialDate.of(other.year, other.month)
    assert months[0].may_be(months[1]) == ((one.year, one.month) == (other.year, other.month))
    assert PartialDate.of(one.year).may_be(PartialDate.of(one.year, one.month, one.day))
