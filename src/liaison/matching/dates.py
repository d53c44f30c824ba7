"""Dates of birth as graded evidence: how two recorded dates agree, and what that says.

A grade's weight is log2(P(recorded so | one person) / P(that date | anyone)). The second part comes from the list
itself, so that 1 January of a year in which half the list was "born" is worth little. The readable twin of
`grade_dates` and `date_evidence` in kernel/score.c.
"""

from __future__ import annotations

import enum
from math import log2

import numpy as np
from numpy.typing import NDArray

BIT = 10_000
FIRST_YEAR, YEARS = 1850, 256
CODES = YEARS * 512


class Grade(enum.IntEnum):
    """How two dates of birth agree."""

    MISSING = 0
    EQUAL = 1
    SWAPPED = 2
    DAY = 3
    MONTH = 4
    YEAR_ONE = 5
    YEAR_TEN = 6
    DAY_MONTH = 7
    FIRST_JANUARY = 8
    YEAR_KNOWN = 9
    YEAR_NEAR = 10
    YEAR = 11
    DIFFERENT = 12


WORDS: dict[Grade, str] = {
    Grade.MISSING: "no date of birth to compare",
    Grade.EQUAL: "same date of birth",
    Grade.SWAPPED: "day and month swapped",
    Grade.DAY: "same year and month, another day",
    Grade.MONTH: "same year and day, another month",
    Grade.YEAR_ONE: "same day and month, year off by one",
    Grade.YEAR_TEN: "same day and month, year off by ten",
    Grade.DAY_MONTH: "same day and month, another year",
    Grade.FIRST_JANUARY: "same year, one date is 1 January",
    Grade.YEAR_KNOWN: "same year, the rest not known",
    Grade.YEAR_NEAR: "only a year known, off by one",
    Grade.YEAR: "only the year agrees",
    Grade.DIFFERENT: "different date of birth",
}

# P(recorded so | one person), divided among the dates that would count as recorded so. Shares of errors in
# registered dates of birth: about one record in six disagrees between registers of poor quality, mostly in one part
# (Christen, Data Matching, 2012, ch. 5); they are rounded assumptions, the same for every list.
_SHARE: dict[Grade, float] = {
    Grade.EQUAL: 0.85,
    Grade.SWAPPED: 0.015,
    Grade.DAY: 0.03 / 30,
    Grade.MONTH: 0.015 / 11,
    Grade.YEAR_ONE: 0.015 / 2,
    Grade.YEAR_TEN: 0.005 / 2,
    Grade.DAY_MONTH: 0.006 / 60,
    Grade.FIRST_JANUARY: 0.03,
    Grade.YEAR_KNOWN: 0.95,
    Grade.YEAR_NEAR: 0.02 / 2,
    Grade.YEAR: 0.008 / 330,
    Grade.DIFFERENT: 0.012,
}
LOSS: dict[Grade, int] = {grade: round(-log2(share) * BIT) for grade, share in _SHARE.items()}
LOSS[Grade.MISSING] = 0


def parts(code: int) -> tuple[int, int, int]:
    """Year, month and day of a date code, 0 for a part not known."""
    return code >> 9, code >> 5 & 15, code & 31


def grade(a: int, b: int) -> Grade:
    """How two date codes agree. Symmetric."""
    if not a or not b:
        return Grade.MISSING
    (year_a, month_a, day_a), (year_b, month_b, day_b) = parts(a), parts(b)
    years = abs(year_a - year_b)
    if not (month_a and month_b and day_a and day_b):
        if years == 0:
            return Grade.YEAR if month_a and month_b and month_a != month_b else Grade.YEAR_KNOWN
        return Grade.YEAR_NEAR if years == 1 else Grade.DIFFERENT
    if a == b:
        return Grade.EQUAL
    if (month_a, day_a) == (month_b, day_b):
        return {1: Grade.YEAR_ONE, 10: Grade.YEAR_TEN}.get(years, Grade.DAY_MONTH)
    return Grade.DIFFERENT if years else _same_year((month_a, day_a), (month_b, day_b))


def _same_year(a: tuple[int, int], b: tuple[int, int]) -> Grade:
    if a == b[::-1]:
        return Grade.SWAPPED
    if (1, 1) in (a, b):
        return Grade.FIRST_JANUARY
    if a[0] == b[0]:
        return Grade.DAY
    return Grade.MONTH if a[1] == b[1] else Grade.YEAR


def evidence(agreement: Grade, a: int, b: int, bits: NDArray[np.int32]) -> int:
    """What the agreement of two date codes says, in 1/10,000 bit, by the list's own `date_bits`."""
    if agreement == Grade.MISSING:
        return 0
    if agreement == Grade.DIFFERENT:
        return -LOSS[Grade.DIFFERENT]
    rarity = [int(bits[min(max(code - FIRST_YEAR * 512, 0), CODES - 1)]) for code in (a, b)]
    known = min(rarity)
    if agreement == Grade.FIRST_JANUARY:
        known = rarity[0] if a & 511 == 33 else rarity[1]
    return max(known - LOSS[agreement], -LOSS[Grade.DIFFERENT])


SPREAD_YEARS, SPREAD_DAYS = 200, 20_000  # people by which a year, a day is smoothed towards the even share


def date_bits(dob: NDArray[np.int32]) -> NDArray[np.int32]:
    """-log2 of the share of the list's people with each date, or year or month where that is all that is known.

    dob: int32[n] date codes, 0 missing -> int32[CODES], from FIRST_YEAR on.
    """
    known = dob[(dob >= FIRST_YEAR * 512) & (dob < (FIRST_YEAR + YEARS) * 512)] - FIRST_YEAR * 512
    by_year = np.bincount(known >> 9, minlength=YEARS).astype(float)
    even = np.zeros(YEARS)
    even[1930 - FIRST_YEAR : 2016 - FIRST_YEAR] = 1 / 86
    even = 0.98 * even + 0.02 / YEARS
    year = (by_year + SPREAD_YEARS * even) / (len(known) + SPREAD_YEARS)
    full = known[(known & 31) > 0]
    by_day = np.bincount(full, minlength=CODES).astype(float)
    day = (by_day + SPREAD_DAYS * np.repeat(year, 512) / 365.25) / (len(full) + SPREAD_DAYS)
    share = np.where(
        np.arange(CODES) & 31, day, np.repeat(year, 512) / np.where(np.arange(CODES) >> 5 & 15, 12, 1)
    )
    bits: NDArray[np.int32] = np.rint(-np.log2(share) * BIT).astype(np.int32)
    return bits
