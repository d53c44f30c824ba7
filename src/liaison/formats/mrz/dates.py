"""Dates of a zone: six digits without a century, in which what is not known is written as fillers.

ICAO Doc 9303 part 3, section 4.8: YYMMDD, `<<` for a month or day that is not known. The century is not written, so
that it is inferred from the day on which the document is looked at: a date of birth is the latest that is not after
that day, and a date of expiry the one nearest to it, fifty years before to forty-nine after.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from liaison.model.dates import PartialDate
from liaison.model.errors import BadInput

UNKNOWN = "<<<<<<"
ALL_DAYS = 40_000  # of a century, so that each is inferred once a day
HINT = "read the date from the page itself"


@lru_cache(maxsize=ALL_DAYS)
def birth(text: str, on: date) -> PartialDate | None:
    """The date of birth as of a day; None where the year is not known. Raises BadInput for no day of any calendar.

    A person of a hundred years and more reads as a child: the page of the document says which.
    """
    parts = _parts(text, "birth")
    if parts is None:
        return None
    year, month, day = parts
    century = on.year // 100 * 100
    made = _made(century + year, month, day, text, "birth")
    return made if made.earliest <= on else _made(century - 100 + year, month, day, text, "birth")


@lru_cache(maxsize=ALL_DAYS)
def expiry(text: str, on: date) -> PartialDate | None:
    """The date of expiry as of a day; None where none is given. Raises BadInput for no day of any calendar."""
    parts = _parts(text, "expiry")
    if parts is None:
        return None
    year, month, day = parts
    return _made(on.year - 50 + (year - on.year + 50) % 100, month, day, text, "expiry")


def _parts(text: str, field: str) -> tuple[int, int, int] | None:
    """Year of the century, month and day, 0 for one not known; None without a year."""
    if not (text.isascii() and len(text) == 6):
        raise BadInput(f"{text!r} is not a date of a zone", field=field, hint=HINT)
    year, month, day = text[:2], text[2:4], text[4:]
    if year == "<<":
        return None
    try:
        return _two(year), _two(month), _two(day)
    except ValueError:
        raise BadInput(f"{text!r} is not a date: half of a part is missing", field=field, hint=HINT) from None


def _two(part: str) -> int:
    if part == "<<":
        return 0
    if not part.isdecimal():
        raise ValueError(part)
    return int(part)


def _made(year: int, month: int, day: int, text: str, field: str) -> PartialDate:
    """The date; a day without its month is left out."""
    if text[2:4] == "00" or text[4:] == "00":
        raise BadInput(f"{text!r} has a month or day 00", field=field, hint=HINT)
    try:
        return PartialDate.of(year, month, day if month else 0)
    except BadInput as error:
        raise BadInput(f"{text!r} is no day of any calendar", field=field, hint=HINT) from error
