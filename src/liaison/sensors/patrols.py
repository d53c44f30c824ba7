"""Where was patrolled: for how long somebody looked at each square of the earth, hour by hour, and not who.

A square is a hundredth of a degree. Two places of the same thing within a minute of each other count for the time
between them; of what drones carry a camera, the middle of its picture is the place.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, func, insert, select, update

from liaison import policy
from liaison.office import Office
from liaison.sensors.access import require_sight
from liaison.sensors.rules import hour_of, middle_of, square_of
from liaison.storage.tables.base import EPOCH
from liaison.storage.tables.sensors import PATROLS

MOST = 2_000  # squares shown at once
HOUR = timedelta(hours=1)


@dataclass(slots=True)
class Looks:
    """Seconds of looking, by hour and square."""

    seconds: Counter[tuple[int, int, int]] = field(default_factory=Counter)

    def add(self, latitude: float, longitude: float, at: datetime, seconds: int) -> None:
        """So many seconds at a place."""
        if seconds:
            self.seconds[(hour_of(at), *square_of(latitude, longitude))] += seconds


@dataclass(frozen=True, slots=True)
class Square:
    """A square by its middle, how many minutes it was looked at, and the end of the last hour in which it was."""

    latitude: float
    longitude: float
    minutes: float
    last: datetime


def keep(connection: Connection, seen: Looks) -> None:
    """Add to what is kept."""
    for (hour, north, east), seconds in seen.seconds.items():
        there = (PATROLS.c.hour == hour) & (PATROLS.c.north == north) & (PATROLS.c.east == east)
        more = {"seconds": PATROLS.c.seconds + seconds}
        if connection.execute(update(PATROLS).where(there).values(more)).rowcount == 0:
            row = {"hour": hour, "north": north, "east": east, "seconds": seconds}
            connection.execute(insert(PATROLS).values(row))


def squares_of(office: Office, actor: policy.Actor) -> list[Square]:
    """The squares that were looked at in the hours that the law lets be kept, the longest first. Raises NotLawful for
    whoever may not see it."""
    require_sight(office, actor)
    total, last = func.sum(PATROLS.c.seconds), func.max(PATROLS.c.hour)
    query = (
        select(PATROLS.c.north, PATROLS.c.east, total.label("seconds"), last.label("last"))
        .where(PATROLS.c.hour >= _first(office))
        .group_by(PATROLS.c.north, PATROLS.c.east)
        .order_by(total.desc(), PATROLS.c.north, PATROLS.c.east)
        .limit(MOST)
    )
    rows = office.read(lambda connection: connection.execute(query).all())
    return [
        Square(
            *middle_of(row.north, row.east),
            round(int(row.seconds) / 60, 1),
            min(EPOCH + (row.last + 1) * HOUR, office.now()),
        )
        for row in rows
    ]


def forget(office: Office) -> int:
    """Erase the hours that are over for good; how many rows."""
    late = PATROLS.c.hour < _first(office)
    return office.write(lambda connection: connection.execute(delete(PATROLS).where(late)).rowcount)


def _first(office: Office) -> int:
    return hour_of(office.now() - policy.limits(office.regimes).patrol_hours * HOUR) + 1
