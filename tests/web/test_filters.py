"""How values are written on the screen."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from liaison.storage.tables.screening import CHECKS
from liaison.web.filters import NARROW, Writing, short
from liaison.web.language import translations
from liaison.web.words import LOOKS

ENGLISH, FRENCH = Writing("en", translations("en")), Writing("fr", translations("fr"))
WHEN = datetime(2026, 11, 21, 9, 14, 5, tzinfo=UTC)


def test_each_kind_of_check_that_can_be_kept_has_a_name() -> None:
    (allowed,) = (one for one in CHECKS.constraints if one.name and "check_kind" in str(one.name))
    kinds = re.findall(r"'(\w+)'", str(allowed.sqltext))
    assert len(kinds) > 4
    assert set(kinds) == set(LOOKS)
    assert FRENCH.look("list") != ENGLISH.look("list")


def test_a_moment_is_shown_with_its_zone() -> None:
    assert ENGLISH.time(WHEN) == (
        '<time datetime="2026-11-21T09:14:05Z" class="l-time">21 Nov 2026 09:14 UTC</time>'
    )


def test_a_moment_in_another_zone_names_that_zone() -> None:
    assert ">21 Nov 2026 10:14:05 CET<" in ENGLISH.time(WHEN, "Europe/Tirane", seconds=True)


def test_a_moment_from_another_zone_is_brought_to_utc() -> None:
    there = WHEN.astimezone(timezone(timedelta(hours=5)))
    assert ENGLISH.time(there) == ENGLISH.time(WHEN)


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="without a zone"):
        ENGLISH.time(WHEN.replace(tzinfo=None))


def test_no_moment_is_a_dash() -> None:
    assert ENGLISH.time(None) == ENGLISH.day(None) == "–"


def test_a_day_is_in_the_readers_language() -> None:
    assert FRENCH.day(date(1979, 2, 3)) == '<time datetime="1979-02-03">3 févr. 1979</time>'


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("1979-05-02", "2 May 1979"),
        ("1979-05", "May 1979"),
        ("1979", "1979"),
        ("", "–"),
        ("circa 1979", "circa 1979"),
        ("1979-13", "1979-13"),
    ],
)
def test_dates_with_unknown_parts_say_what_is_known(text: str, shown: str) -> None:
    assert ENGLISH.parts(text) == shown


@given(st.text(max_size=12))
@example("¹")
@example("9" * 5000)
def test_any_text_can_stand_where_a_date_should(text: str) -> None:
    assert isinstance(ENGLISH.parts(text), str)


@pytest.mark.parametrize(
    ("bits", "shown"),
    [(7.2, "+7.2"), (-3.14, "−3.1"), (0.0, "+0.0"), (-0.01, "+0.0"), (12345.67, "+12,345.7")],
)
def test_evidence_has_its_sign(bits: float, shown: str) -> None:
    assert ENGLISH.bits(bits) == shown


def test_thousands_are_apart_as_the_language_does() -> None:
    assert ENGLISH.count(1_048_576) == "1,048,576"
    assert FRENCH.count(1_048_576) == f"1{NARROW}048{NARROW}576"
    assert FRENCH.bits(31.4) == "+31,4"


@pytest.mark.parametrize(
    ("octets", "shown"), [(0, "0 B"), (999, "999 B"), (1_234_567, "1.2 MB"), (10**15, "1,000.0 TB")]
)
def test_sizes_are_in_the_largest_unit_that_fits(octets: int, shown: str) -> None:
    assert ENGLISH.size(octets).replace(NARROW, " ") == shown


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(0, "0 s"), (40, "40 s"), (3600, "1 h"), (90_061, "1 d 1 h"), (timedelta(minutes=12), "12 min")],
)
def test_durations_are_in_two_units(seconds: float | timedelta, shown: str) -> None:
    assert ENGLISH.duration(seconds).replace(NARROW, " ") == shown


def test_shares_and_long_names() -> None:
    assert ENGLISH.share(0.1234).replace(NARROW, " ") == "12.3 %"
    assert short("0123456789abcdef") == "0123456789ab…"
    assert short("short") == "short"
