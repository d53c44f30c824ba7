"""Places, courses, speeds and times of tracks, held against their bounds."""

from __future__ import annotations

from datetime import datetime, timedelta

from liaison.formats.feeds import Doubts
from liaison.formats.feeds.doubts import shown
from liaison.formats.feeds.values import as_number, moment, number
from liaison.model.errors import BadInput

LOWEST, HIGHEST = -12_000, 60_000  # metres
FASTEST = 1_000  # metres a second
WIDEST = 1_000_000  # metres of an accuracy; Cursor on Target says 9999999 where it does not know
AHEAD = timedelta(minutes=5)  # that a sender's clock may be ahead of ours before it is told
GIVE_PLACE = "send the position in degrees, WGS 84"


def place(latitude: object, longitude: object, field: str) -> tuple[float, float]:
    """Latitude and longitude in degrees. Raises BadInput with `field` where they are no place on earth."""
    north, east = as_number(latitude), as_number(longitude)
    if north is None or east is None or not (-90 <= north <= 90 and -180 <= east <= 180):
        said = f"{shown(latitude)}, {shown(longitude)}"
        raise BadInput(f"{said} is no place on earth", field=field, hint=GIVE_PLACE)
    return north, east


def height(value: object, where: str, doubts: Doubts) -> float | None:
    """Metres; None where it is not known."""
    found = as_number(value)
    return None if found is not None and found >= 9_999_999 else number(value, where, doubts, LOWEST, HIGHEST)


def accuracy(value: object, where: str, doubts: Doubts) -> float | None:
    """A radius in metres; None where it is not known."""
    found = as_number(value)
    return None if found is not None and found >= WIDEST else number(value, where, doubts, 0, WIDEST)


def course(value: object, where: str, doubts: Doubts) -> float | None:
    """Degrees from true north, from 0 to below 360."""
    found = number(value, where, doubts, 0, 360)
    return 0.0 if found == 360 else found


def speed(value: object, where: str, doubts: Doubts) -> float | None:
    """Metres a second; some senders give -1 for a speed they do not know."""
    found = as_number(value)
    return None if found is not None and found < 0 else number(value, where, doubts, 0, FASTEST)


def when(value: object, field: str, doubts: Doubts) -> datetime:
    """An aware time. Raises BadInput with `field` where it is none, or says no offset from UTC."""
    kept = Doubts()
    found = moment(value, field, kept)
    if found is None or found.at is None:
        words = f"{shown(value)!r} is no time with an offset from UTC" if value else "there is no time"
        raise BadInput(words, field=field, hint="send ISO 8601 in UTC: 2026-03-04T12:20:11Z")
    doubts.met += kept.met
    return found.at


def not_ahead(time: datetime, now: datetime, where: str, doubts: Doubts) -> None:
    """A doubt where the sender's clock is ahead of ours."""
    if time - now > AHEAD:
        seconds = int((time - now).total_seconds())
        doubts.add(where, f"is {seconds:,} seconds ahead of this node's clock", "set the sender's clock")
