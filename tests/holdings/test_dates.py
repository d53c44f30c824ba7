"""Dates of birth as people write them."""

from __future__ import annotations

import contextlib
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liaison.holdings.dates import FIRST_YEAR, Order, Settled, both, readings, settle
from liaison.matching.columns import dob_code

LAST = 2026


@pytest.mark.parametrize(
    "text",
    [
        "1984-02-13",
        "13.02.1984",
        "13/02/1984",
        "02/13/1984",
        "19840213",
        "13 Feb 1984",
        "13-Feb-1984",
        "Feb 13, 1984",
        "February 13th, 1984",
        "13 february 1984",
        "1984/02/13",
        "1984.02.13",
        "13-02-1984",
        "13. 2. 1984",
        "13.2.1984",
        "1984-02-13T00:00:00",
        "1984-02-13 00:00:00.000",
        "  13   FEB   1984 ",
        "١٣/٠٢/١٩٨٤",
        "13 Feb. 1984",
        "13 Feb, 1984",
        "1984-Feb-13",
    ],
)
def test_one_day_in_many_formats(text: str) -> None:
    assert [one.code for one in readings(text, LAST)] == [dob_code(1984, 2, 13)]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("1984", dob_code(1984)),
        ("Feb 1984", dob_code(1984, 2)),
        ("1984-02", dob_code(1984, 2)),
        ("02/1984", dob_code(1984, 2)),
        ("1984-00-00", dob_code(1984)),
        ("1984-02-00", dob_code(1984, 2)),
        ("00/00/1984", dob_code(1984)),
        ("XX/02/1984", dob_code(1984, 2)),
        ("00.02.1984", dob_code(1984, 2)),
        ("29 Feb 1984", dob_code(1984, 2, 29)),
        ("01 Jan 1984 to 31 Dec 1984", dob_code(1984)),
        ("01 Feb 1984 to 29 Feb 1984", dob_code(1984, 2)),
        ("1983 to 1985", dob_code(1984)),
    ],
)
def test_parts_of_a_date_may_be_unknown(text: str, code: int) -> None:
    assert [one.code for one in readings(text, LAST)] == [code]


@pytest.mark.parametrize(
    "text",
    [
        "circa 1984",
        "c. 1984",
        "ca 1984",
        "ca. 1984",
        "approximately 1984",
        "about 1984",
        "~1984",
        "circa 12 Feb 1984",
    ],
)
def test_an_approximate_date_is_a_year(text: str) -> None:
    (found,) = readings(text, LAST)
    assert (found.code, found.about) == (dob_code(1984), True)


@pytest.mark.parametrize(
    "text", ["1984 to 1985", "1984-1985", "between 1984 and 1985", "1984 or 1985", "1984; 1985", "1984|1985"]
)
def test_two_years_are_both_kept(text: str) -> None:
    assert both(readings(text, LAST), Order.NOTHING) == (dob_code(1984), dob_code(1985))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("31.02.1984", "no such day"),
        ("29/02/1983", "no such day"),
        ("1984-13-01", "no such month"),
        ("13/13/1984", "no such month"),
        ("0000-01-01", f"before {FIRST_YEAR}"),
        ("0000", f"before {FIRST_YEAR}"),
        ("1363/02/13", f"before {FIRST_YEAR}"),
        ("2999-01-01", "future"),
        ("03.02.84", "two digits"),
        ("3-Feb-84", "two digits"),
        ("840213", "two digits"),
        ("Ana Gashi", "not a date"),
        ("30724", "not a date"),
        ("12 Foo 1984", "month"),
        ("1970 to 1985", "range of more than three years"),
        ("1984; 1985; 1986", "more than two dates"),
        ("1984-02-32", "no such day"),
    ],
)
def test_what_is_no_date_is_refused_without_being_repeated(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason) as refused:
        readings(text, LAST)
    assert text not in str(refused.value)


@pytest.mark.parametrize("text", ["", "  ", "unknown", "N/A", "-", "?", "0000-00-00", "null"])
def test_no_date_is_no_mistake(text: str) -> None:
    assert readings(text, LAST) == []


@given(
    st.dates(date(FIRST_YEAR, 1, 1), date(LAST, 12, 31)),
    st.sampled_from(["%d/%m/%Y", "%d-%m-%Y", "%m/%d/%Y"]),
)
def test_the_true_date_is_always_among_the_readings(day: date, form: str) -> None:
    assert dob_code(day.year, day.month, day.day) in both(readings(day.strftime(form), LAST), Order.NOTHING)


@given(st.text(max_size=20))
def test_nothing_breaks_the_reader(text: str) -> None:
    with contextlib.suppress(ValueError):
        assert all(FIRST_YEAR * 512 <= one.code < (LAST + 1) * 512 for one in readings(text, LAST))


def test_a_column_settles_its_order_only_when_nothing_speaks_against_it() -> None:
    either, day, month = (Order.EITHER, 5), (Order.DAY_FIRST, 3), (Order.MONTH_FIRST, 3)
    assert settle(iter([either, day])) == Settled(Order.DAY_FIRST, 5)
    assert settle(iter([either, month])) == Settled(Order.MONTH_FIRST, 5)
    assert settle(iter([either, day, month])) == Settled(Order.NOTHING, 5)
    assert settle(iter([either, (Order.DAY_FIRST, 2)])) == Settled(Order.NOTHING, 5)


def test_points_mean_that_the_day_stands_first() -> None:
    assert both(readings("03.04.1984", LAST), Order.NOTHING) == (dob_code(1984, 4, 3), 0)


@pytest.mark.parametrize(
    "text",
    [
        "2. Januar 1966",
        "2 janvier 1966",
        "2 de enero de 1966",
        "2 stycznia 1966",
        "2 ocak 1966",
        "2 января 1966 г.",
    ],
)
def test_months_in_the_languages_of_lists(text: str) -> None:
    assert [found.code for found in readings(text, 2026)] == [dob_code(1966, 1, 2)]


def test_a_month_that_is_october_to_some_and_november_to_others_is_refused() -> None:
    with pytest.raises(ValueError, match="month"):
        readings("2 listopada 1966", 2026)
