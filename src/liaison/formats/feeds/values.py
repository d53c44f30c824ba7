"""Texts, numbers and times as machines send them. What cannot be used is left out and told; nothing is cut."""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime, timedelta
from unicodedata import category

import msgspec

from liaison.formats.feeds.doubts import Doubts, shown

LONGEST = 200  # characters of a text
NUMBER = re.compile(r"[+-]?(?:\d{1,15}(?:\.\d{0,20})?|\.\d{1,20})(?:[eE][+-]?\d{1,2})?", re.ASCII)
SECONDS, MILLISECONDS, MICROSECONDS = 1e11, 1e14, 1e17  # an epoch below is in this unit
FIRST, LAST = 1970, 2199  # years of a time that is one
EARLIEST = 2000  # a year before it is a clock that was never set
FARTHEST = timedelta(hours=15)  # from UTC; the farthest in use are -12 and +14
LEAVE_OUT = "it was left out"
GIVE_OFFSET = "let the camera send its offset from UTC, or epoch time"


class Moment(msgspec.Struct, frozen=True, gc=False):
    """A time as it was `sent`. `at` is aware; where no offset from UTC was sent it is None and `local` is what the
    sender's clock showed."""

    sent: str
    at: datetime | None = None
    local: datetime | None = None

    def in_utc(self, offset: timedelta) -> datetime:
        """The time in UTC, where `offset` says how far the sender's clock is from it if it did not say so itself."""
        if self.at is not None:
            return self.at.astimezone(UTC)
        assert self.local is not None
        return (self.local - offset).replace(tzinfo=UTC)


def text(value: object, place: str, doubts: Doubts, longest: int = LONGEST) -> str:
    """A text without blanks around it; a number as text; empty where there is none or it cannot be used."""
    if value is None or value == "":
        return ""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        value = shown(value)
    if not isinstance(value, str):
        doubts.add(place, f"a text was expected and there is {shown(value)!r}", LEAVE_OUT)
        return ""
    found = value.strip()
    if len(found) > longest:
        doubts.add(place, f"{len(found):,} characters are more than the {longest} that are taken", LEAVE_OUT)
        return ""
    if not legible(found):
        doubts.add(place, f"{shown(found)!r} holds signs that nobody can read", LEAVE_OUT)
        return ""
    return found


def legible(text: str) -> bool:
    """Whether a text has only signs that show, and blanks of any width."""
    return text.isprintable() or all(sign.isprintable() or category(sign) == "Zs" for sign in text)


def number(
    value: object, place: str, doubts: Doubts, low: float = -math.inf, high: float = math.inf
) -> float | None:
    """A number from `low` to `high`, sent as one or as text; None where there is none or it cannot be used."""
    if value is None or value == "":
        return None
    found = as_number(value)
    if found is None:
        doubts.add(place, f"{shown(value)!r} is no number", LEAVE_OUT)
        return None
    if not low <= found <= high:
        doubts.add(place, f"{shown(value)} is not between {low:g} and {high:g}", LEAVE_OUT)
        return None
    return found


def as_number(value: object) -> float | None:
    """A finite number, or None."""
    if type(value) is float or type(value) is int:
        found = float(value) if -1e300 < value < 1e300 else math.inf
    elif isinstance(value, str) and len(value) < 60 and NUMBER.fullmatch(value.strip()):
        found = float(value)
    else:
        return None
    return found if math.isfinite(found) else None


def share(value: object, place: str, doubts: Doubts, *, percent: bool) -> float | None:
    """A confidence from 0 to 1, sent so or in per cent."""
    found = number(value, place, doubts, 0, 100)
    if found is None:
        return None
    if percent:
        return round(found / 100, 6)
    if found > 1:
        doubts.add(
            place, f"{shown(value)} is no share of 1: taken as per cent", "send a confidence from 0 to 1"
        )
        return round(found / 100, 6)
    return found


def moment(value: object, place: str, doubts: Doubts) -> Moment | None:
    """A time in ISO 8601, or as seconds, milliseconds or microseconds since 1970; None where it is neither."""
    if value is None or value == "":
        return None
    since = as_number(value)
    compact = isinstance(value, str) and len(value.strip()) in (8, 14)  # 20260304, 20260304122011: no epoch
    found = None if compact else _epoch(since) if since is not None else None
    if found is None and isinstance(value, str):
        found = iso(value)
    if found is None or not FIRST <= found.year <= LAST:
        hint = "send ISO 8601 with the offset from UTC, or epoch time"
        doubts.add(place, f"{shown(value)!r} is no time", hint)
        return None
    return _held(found, shown(value), place, doubts)


def iso(value: str) -> datetime | None:
    """A time in ISO 8601, extended or basic, with or without an offset; None for what is none, a mere date too."""
    said = value.strip()
    if not 14 <= len(said) <= 40 or not said.isascii():
        return None
    if said.isdigit():
        said = f"{said[:8]}T{said[8:]}"
    try:
        return datetime.fromisoformat(said)
    except ValueError:
        return None


def _epoch(since: float) -> datetime | None:
    for bound, unit in ((SECONDS, 1), (MILLISECONDS, 1e3), (MICROSECONDS, 1e6)):
        if 0 <= since < bound:
            return datetime.fromtimestamp(since / unit, UTC)
    return None


def _held(found: datetime, sent: str, place: str, doubts: Doubts) -> Moment:
    if found.year < EARLIEST:
        doubts.add(
            place, f"the sender's clock stands at {found.year}", "set the clock; do not rely on the time"
        )
    offset = found.utcoffset()
    if offset is None:
        doubts.add(place, f"{sent} says no offset from UTC", GIVE_OFFSET)
        return Moment(sent, None, found)
    if abs(offset) > FARTHEST:
        doubts.add(place, f"{sent} is farther from UTC than any place", GIVE_OFFSET)
        return Moment(sent, None, found.replace(tzinfo=None))
    return Moment(sent, found)
