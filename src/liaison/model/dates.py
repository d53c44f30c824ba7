"""Dates of which the day, or the day and the month, may not be known."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date

from liaison.model.errors import BadInput
from liaison.model.text import Text

FORM = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?", re.ASCII)


class PartialDate(Text):
    """A date as precise as it is known, kept in ISO 8601's reduced forms: `1984`, `1984-02`, `1984-02-03`.

    `1984-00-00` and `1984-02-00`, as some lists write them, are read as `1984` and `1984-02`.
    Raises BadInput for a day that no calendar has.
    """

    __slots__ = ()

    @classmethod
    def of(cls, year: int, month: int = 0, day: int = 0) -> PartialDate:
        """The date of these parts, 0 for one not known. Raises BadInput."""
        if day and not month:
            raise BadInput(
                f"day {day} without a month", hint="leave the day out where the month is not known"
            )
        parts = (f"{year:04d}", *(f"{part:02d}" for part in (month, day) if part))
        return cls("-".join(parts))

    @classmethod
    def normal(cls, text: str) -> str:
        """The reduced ISO 8601 form. Raises BadInput."""
        form = FORM.fullmatch(text)
        if form is None:
            raise BadInput(f"{text!r} is not a date", hint="write it as 1984, 1984-02 or 1984-02-03")
        year, month, day = (int(part or 0) for part in form.groups())
        _refuse_impossible(text, year, month, day)
        return text[: 10 if day else 7 if month else 4]

    @property
    def year(self) -> int:
        """1 to 9999."""
        return int(self.text[:4])

    @property
    def month(self) -> int:
        """1 to 12; 0 where it is not known."""
        return int(self.text[5:7] or 0)

    @property
    def day(self) -> int:
        """1 to 31; 0 where it is not known."""
        return int(self.text[8:] or 0)

    @property
    def earliest(self) -> date:
        """The first day that it can be."""
        return date(self.year, self.month or 1, self.day or 1)

    @property
    def latest(self) -> date:
        """The last day that it can be."""
        month = self.month or 12
        return date(self.year, month, self.day or monthrange(self.year, month)[1])

    def may_be(self, other: PartialDate) -> bool:
        """Whether some day fits both."""
        return self.earliest <= other.latest and other.earliest <= self.latest


def _refuse_impossible(text: str, year: int, month: int, day: int) -> None:
    if year == 0:
        raise BadInput(f"{text!r} has no year", hint="leave the date out where the year is not known")
    if month > 12:
        raise BadInput(f"{text!r} has month {month}", hint="write the month before the day, as 1984-02-03")
    if day and not month:
        raise BadInput(f"{text!r} has a day but no month", hint="write the year alone")
    if day > (last := monthrange(year, month)[1] if month else 0):
        raise BadInput(f"{text!r} has day {day} in a month of {last}", hint="correct the day")
