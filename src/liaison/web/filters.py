"""How values are written on the screen: moments with their zone, dates with unknown parts, numbers, bits, sizes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import cache
from gettext import NullTranslations
from zoneinfo import ZoneInfo

from markupsafe import Markup

from liaison.web.language import later
from liaison.web.words import LOOKS

MONTHS = (
    later("Jan"),
    later("Feb"),
    later("Mar"),
    later("Apr"),
    later("May"),
    later("Jun"),
    later("Jul"),
    later("Aug"),
    later("Sep"),
    later("Oct"),
    later("Nov"),
    later("Dec"),
)
NARROW = "\N{NARROW NO-BREAK SPACE}"
MINUS = "\N{MINUS SIGN}"
SIZES = ("B", "kB", "MB", "GB", "TB")
Filter = Callable[..., str]


@cache
def zone_of(name: str) -> ZoneInfo:
    """The zone of this name. Raises ZoneInfoNotFoundError."""
    return ZoneInfo(name)


class Writing:
    """The filters in one language."""

    def __init__(self, language: str, messages: NullTranslations) -> None:
        self._words, self._thousands = messages.gettext, "," if language == "en" else NARROW
        self._point = "." if language == "en" else ","

    def filters(self) -> dict[str, Filter]:
        """Name in a template -> filter."""
        own = (
            self.time,
            self.day,
            self.parts,
            self.count,
            self.bits,
            self.size,
            self.duration,
            self.share,
            self.look,
        )
        return {one.__name__: one for one in own} | {"short": short}

    def time(self, when: datetime | None, zone: str = "UTC", seconds: bool = False) -> str:
        """A moment with its zone, as `21 Nov 2026 09:14 UTC`, in a time element; a dash for none.

        Raises ValueError for a moment without a zone.
        """
        if when is None:
            return "–"
        if when.tzinfo is None:
            raise ValueError("a moment without a zone cannot be shown")
        exact = when.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
        there = when.astimezone(UTC if zone == "UTC" else zone_of(zone))
        clock = there.strftime("%H:%M:%S" if seconds else "%H:%M")
        text = f"{self._date(there)} {clock} {there.tzname()}"
        return Markup('<time datetime="{}" class="l-time">{}</time>').format(exact, text)

    def day(self, when: date | None) -> str:
        """A whole date, as `2 May 1979`, in a time element; a dash for none."""
        if when is None:
            return "–"
        plain = when.date() if isinstance(when, datetime) else when
        return Markup('<time datetime="{}">{}</time>').format(plain.isoformat(), self._date(plain))

    def parts(self, text: str) -> str:
        """A date of which parts may be unknown, `1979-05-02`, `1979-05` or `1979`, in words; else as it is."""
        numbers = text.split("-")
        if not all(number.isdecimal() and len(number) <= 4 for number in numbers) or len(numbers) > 3:
            return text or "–"
        year, month, day = (*(int(number) for number in numbers), 0, 0)[:3]
        if not month:
            return str(year)
        if not 1 <= month <= 12:
            return text
        return f"{day} {self._month(month)} {year}" if day else f"{self._month(month)} {year}"

    def look(self, kind: str) -> str:
        """What a kind of check is called. Raises KeyError for a kind without a name."""
        return self._words(LOOKS[kind])

    def count(self, number: int | float) -> str:
        """A number with its thousands apart."""
        return (
            f"{number:,}".replace(",", self._thousands)
            if isinstance(number, int)
            else self._decimal(number, 1)
        )

    def bits(self, bits: float, sign: bool = True) -> str:
        """Evidence to a tenth of a bit, with its sign."""
        written = self._decimal(abs(bits), 1)
        before = MINUS if bits < 0 and written.strip("0.,") else "+" if sign else ""
        return before + written

    def size(self, octets: int) -> str:
        """A file's size in bytes, as `1.2 MB`."""
        amount, unit = float(octets), 0
        while amount >= 1000 and unit < len(SIZES) - 1:
            amount, unit = amount / 1000, unit + 1
        return f"{self._decimal(amount, 1) if unit else octets}{NARROW}{SIZES[unit]}"

    def duration(self, span: timedelta | float) -> str:
        """A length of time from seconds, in its two largest units: `2 d 5 h`, `12 min`, `40 s`."""
        left = int(span.total_seconds() if isinstance(span, timedelta) else span)
        found = []
        for unit, seconds in (("d", 86400), ("h", 3600), ("min", 60), ("s", 1)):
            amount, left = divmod(left, seconds)
            if amount:
                found.append(f"{amount}{NARROW}{unit}")
        return " ".join(found[:2]) or f"0{NARROW}s"

    def share(self, part: float) -> str:
        """A share of one as a percentage."""
        return f"{self._decimal(100 * part, 1)}{NARROW}%"

    def _date(self, when: date) -> str:
        return f"{when.day} {self._month(when.month)} {when.year}"

    def _month(self, month: int) -> str:
        return self._words(MONTHS[month - 1])

    def _decimal(self, number: float, places: int) -> str:
        whole, _, rest = f"{number:,.{places}f}".partition(".")
        return whole.replace(",", self._thousands) + self._point + rest


def short(text: str, length: int = 12) -> str:
    """The first letters of a long identifier, with a mark where it was cut."""
    return text if len(text) <= length else f"{text[:length]}…"
