"""What each feed did on each day: how many places and sightings came, were ignored or refused. Counts alone.

How many sightings of people a feed sent is told to who is told of people in need first, and to nobody else: beside
the place where a drone is now, one more would say that people are there, and where, before rescue has them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from liaison import policy
from liaison.office import Office
from liaison.sensors.access import load_feed, require_sight, told
from liaison.storage.tables.sensors import TALLIES

COUNTED = (
    *("tracks", "people", "ignored", "refused"),
    *("broken", "large", "stale", "clock", "identity", "flood"),
)


@dataclass(frozen=True, slots=True)
class Counted:
    """Places, sightings of people (None for who is not told), messages that are none of either, and refused ones; of
    these, why."""

    tracks: int = 0
    people: int | None = None
    ignored: int = 0
    refused: int = 0
    broken: int = 0
    large: int = 0
    stale: int = 0
    clock: int = 0
    identity: int = 0
    flood: int = 0


def count(connection: Connection, feed: str, counted: Counter[str], now: datetime) -> None:
    """Add to what is counted of a feed today."""
    day = now.date().isoformat()
    mine = (TALLIES.c.feed_id == feed) & (TALLIES.c.day == day)
    more = {name: TALLIES.c[name] + counted[name] for name in COUNTED}
    if connection.execute(update(TALLIES).where(mine).values(more)).rowcount == 0:
        fresh = {name: counted[name] for name in COUNTED}
        connection.execute(insert(TALLIES).values(feed_id=feed, day=day, **fresh))


def today(office: Office, actor: policy.Actor) -> dict[str, Counted]:
    """What each feed did today, by its id. Raises NotLawful for whoever may not see it."""
    require_sight(office, actor)
    day = office.now().date().isoformat()
    query = select(TALLIES).where(TALLIES.c.day == day)

    def work(connection: Connection) -> dict[str, Counted]:
        contact = actor.person in told(connection)
        return {row["feed_id"]: _counted(row, contact) for row in connection.execute(query).mappings().all()}

    return office.read(work)


def ever(office: Office, actor: policy.Actor, feed: str) -> tuple[Counted, list[tuple[str, Counted]]]:
    """What a feed did in all, and on each day, the last first. Raises NotFound."""

    def work(connection: Connection) -> tuple[Counted, list[tuple[str, Counted]]]:
        load_feed(office, connection, actor, feed)
        contact = actor.person in told(connection)
        mine = TALLIES.c.feed_id == feed
        query = select(TALLIES).where(mine).order_by(TALLIES.c.day.desc())
        days = connection.execute(query).mappings().all()
        sums = select(*(func.coalesce(func.sum(TALLIES.c[name]), 0).label(name) for name in COUNTED)).where(
            mine
        )
        total = connection.execute(sums).mappings().one()
        return _counted(total, contact), [(row["day"], _counted(row, contact)) for row in days]

    return office.read(work)


def _counted(row: Mapping[Any, Any], contact: bool) -> Counted:
    said = {name: int(row[name]) for name in COUNTED}
    return Counted(**said if contact else said | {"people": None})
