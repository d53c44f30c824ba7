"""Dates and times as carriers write them: YYMMDD, CCYYMMDD, DDMMYY, DDMMMYY."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable
from functools import lru_cache

NAMES = "JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC"
MONTHS = {name: number for number, name in enumerate(NAMES.split(), start=1)}
UNDATED = (
    2030  # taken for the year of a message that names none: two digits above 30 are of the century before
)


@lru_cache(65536)
def born(text: str, year: int) -> str:
    """A date of birth, YYMMDD, CCYYMMDD or DDMMMYY, not after `year`; empty where it is none."""
    return _of(text, lambda two: 2000 + two if 2000 + two <= year else 1900 + two)


@lru_cache(65536)
def expiry(text: str, year: int) -> str:
    """The date on which a document ends: two digits stand for the year nearest to `year`, up to 70 ahead of it."""
    century = year - year % 100

    def whole(two: int) -> int:
        found = century + two
        return found + 100 if found < year - 29 else found - 100 if found > year + 70 else found

    return _of(text, whole)


@lru_cache(16384)
def moment(text: str) -> str:
    """YYMMDD or CCYYMMDD, with HHMM or without (formats 101, 102, 201 and 203 of DTM); empty where it is none."""
    if not (text.isascii() and text.isdigit()):
        return ""
    if len(text) in (8, 12) and text[:2] in ("19", "20") and _real(int(text[:4]), text[4:6], text[6:8]):
        return _timed(f"{text[:4]}-{text[4:6]}-{text[6:8]}", text[8:])
    if len(text) in (6, 10) and _real(2000 + int(text[:2]), text[2:4], text[4:6]):
        return _timed(f"20{text[:2]}-{text[2:4]}-{text[4:6]}", text[6:])
    return ""


@lru_cache(16384)
def booked(day: str, clock: str) -> str:
    """DDMMYY and HHMM of a booking (TVL); the day alone where the time is none, empty where the day is none."""
    if not (len(day) == 6 and day.isascii() and day.isdigit()) or not _real(
        2000 + int(day[4:]), day[2:4], day[:2]
    ):
        return ""
    return _timed(f"20{day[4:]}-{day[2:4]}-{day[:2]}", clock)


def _timed(day: str, clock: str) -> str:
    real = len(clock) == 4 and clock.isascii() and clock.isdigit() and clock < "2400" and clock[2:] < "60"
    return f"{day}T{clock[:2]}:{clock[2:]}" if real else "" if clock and len(clock) != 4 else day


def _real(year: int, month: str, day: str) -> bool:
    return 1 <= int(month) <= 12 and 1 <= int(day) <= monthrange(year, int(month))[1]


def _of(text: str, whole: Callable[[int], int]) -> str:
    text = text.strip()
    if not text.isascii():
        return ""
    if text.isdigit() and len(text) in (6, 8):
        year, month, day = text[:-4], text[-4:-2], text[-2:]
    elif len(text) in (7, 9) and text[:2].isdigit() and text[5:].isdigit() and text[2:5].upper() in MONTHS:
        year, month, day = text[5:], f"{MONTHS[text[2:5].upper()]:02}", text[:2]
    else:
        return ""
    number = int(year) if len(year) == 4 else whole(int(year))
    if month == "00":
        return f"{number:04}" if number else ""
    if not number or not 1 <= int(month) <= 12:
        return ""
    if day == "00":
        return f"{number:04}-{month}"
    return f"{number:04}-{month}-{day}" if _real(number, month, day) else ""
