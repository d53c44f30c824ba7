"""What may be asked of a journey, and which two reads one car cannot have made. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from itertools import pairwise
from math import asin, ceil, cos, hypot, radians, sin, sqrt

from liaison.model.errors import BadInput
from liaison.sightings.rules import read_as

FASTEST = 200.0  # km/h along the shortest way between two cameras; roads are longer
NEAR = 3.0  # km; within it nothing is said
LATE = timedelta(minutes=5)  # after which a read that comes in may be of a clock that is slow
LONGEST = timedelta(days=366)  # back
EARTH = 6371.0  # km
WILD = frozenset("*?%_#[]")
HOUR = timedelta(hours=1)


class Verdict(Enum):
    """What two reads of one mark, one after the other, say of the vehicle."""

    POSSIBLE = "possible"
    CLOCK = "clock"  # no car drives so fast, but a read came in so late that its time may be wrong
    UNSURE = "unsure"  # no car drives so fast: a read of another mark, or a copied one
    CLONE = "clone"  # likewise, and a person confirmed both reads


@dataclass(frozen=True, slots=True)
class Spot:
    """A vehicle at a camera: its first and last read there, degrees of WGS 84, by how much the camera's clock may be
    wrong, how late the read came in (None where that is not kept), and whether a person confirmed it."""

    at: datetime
    last: datetime
    latitude: float
    longitude: float
    clock: timedelta
    late: timedelta | None = None
    confirmed: bool = False


@dataclass(frozen=True, slots=True)
class Leg:
    """From one camera to the next: the shortest distance, the time between the two closest reads by the cameras'
    clocks, and by how much these may be wrong together."""

    kilometres: float
    apart: timedelta
    clocks: timedelta
    verdict: Verdict

    @property
    def needed(self) -> float | None:
        """The speed that the times ask for, in km/h; None where there is no time between."""
        hours = self.apart / HOUR
        return self.kilometres / hours if hours else None

    @property
    def least(self) -> float | None:
        """The speed that it takes at least, both clocks being as wrong as they may; None for clocks without error."""
        hours = (self.apart + self.clocks) / HOUR
        return self.kilometres / hours if hours else None


def mark_of(typed: str) -> str:
    """The letters and digits of a mark that is asked for. Raises BadInput for a wildcard and for what is no mark."""
    if WILD & set(typed):
        hint = "write the whole mark: there is no search with a wildcard"
        raise BadInput("this has a wildcard", field="mark", hint=hint)
    mark = read_as(typed)
    if not mark:
        hint = "write the mark as it stands on the plate: 2 to 12 letters and digits"
        raise BadInput("this is no registration mark", field="mark", hint=hint)
    return mark


def require_stretch(since: datetime, until: datetime, now: datetime) -> None:
    """Raises BadInput for a stretch of time that ends before it begins, lies ahead, or begins too long ago, and for a
    time without a zone."""
    for field, when in (("since", since), ("until", until)):
        if when.tzinfo is None:
            raise BadInput(
                "this time has no zone", field=field, hint="end it in Z, or in an offset as +02:00"
            )
    if since >= now:
        raise BadInput("this lies ahead", field="since", hint="name a time that has passed")
    if until <= since:
        raise BadInput("it ends before it begins", field="until", hint="name a later time")
    if now - since > LONGEST:
        hint = f"begin at most {LONGEST.days} days back"
        raise BadInput("this is too long ago", field="since", hint=hint)


def hours_back(since: datetime, now: datetime) -> int:
    """How many hours back a stretch begins, begun hours included: what law L18 counts."""
    return ceil((now - since) / HOUR)


def distance(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Kilometres between two latitudes and longitudes, the shortest way on a sphere."""
    (a, west), (b, east) = ((radians(y), radians(x)) for y, x in (one, other))
    up, across = sin((b - a) / 2), sin((east - west) / 2)
    return 2 * EARTH * asin(min(1.0, hypot(up, sqrt(max(cos(a) * cos(b), 0.0)) * across)))


def legs(spots: Sequence[Spot]) -> list[Leg]:
    """The ways between spots that follow each other in time."""
    return [leg(one, other) for one, other in pairwise(spots)]


def leg(one: Spot, other: Spot) -> Leg:
    """The way from one spot to another.

    Impossible is what no car drives though both clocks are as wrong as they may: a car that keeps to FASTEST on any
    road is never called so. Each spot's first and last read are known, and the two closest in time decide."""
    kilometres = distance((one.latitude, one.longitude), (other.latitude, other.longitude))
    apart = min(abs(a - b) for a in (one.at, one.last) for b in (other.at, other.last))
    clocks = one.clock + other.clock
    reach = FASTEST * ((apart + clocks) / HOUR)
    verdict = Verdict.POSSIBLE if kilometres <= max(NEAR, reach) else _verdict(one, other)
    return Leg(kilometres, apart, clocks, verdict)


def nearest(
    around: tuple[float, float], kilometres: float, places: Iterable[tuple[str, float, float]]
) -> list[str]:
    """The names of the places within so many kilometres, the nearest first."""
    far = sorted((distance(around, (latitude, longitude)), name) for name, latitude, longitude in places)
    return [name for away, name in far if away <= kilometres]


def _verdict(one: Spot, other: Spot) -> Verdict:
    if any(spot.late is not None and spot.late > LATE + spot.clock for spot in (one, other)):
        return Verdict.CLOCK
    return Verdict.CLONE if one.confirmed and other.confirmed else Verdict.UNSURE
