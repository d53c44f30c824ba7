"""What each feed did on each day: how many places and sightings came, were ignored or refused. Counts alone."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, insert, select, update

from liaison import policy
from liaison.office import Office
from liaison.sensors.access import load_feed, require_sight
from liaison.storage.tables.sensors import TALLIES

COUNTED = (
    *("tracks", "people", "ignored", "refused"),
    *("broken", "large", "stale", "clock", "identity", "flood"),
)


@dataclass(frozen=True, slots=True)
class Counted:
    """Places, sightings of people, messages that are none of either, and refused ones; of these, why."""

    tracks: int = 0
    people: int = 0
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
    rows = office.read(lambda connection: connection.execute(query).mappings().all())
    return {row["feed_id"]: Counted(**{name: row[name] for name in COUNTED}) for row in rows}


def ever(office: Office, actor: policy.Actor, feed: str) -> tuple[Counted, list[tuple[str, Counted]]]:
    """What a feed did in all, and on each day, the last first. Raises NotFound."""

    def work(connection: Connection) -> tuple[Counted, list[tuple[str, Counted]]]:
        load_feed(office, connection, actor, feed)
        mine = TALLIES.c.feed_id == feed
        query = select(TALLIES).where(mine).order_by(TALLIES.c.day.desc())
        days = connection.execute(query).mappings().all()
        sums = select(*(func.coalesce(func.sum(TALLIES.c[name]), 0) for name in COUNTED)).where(mine)
        total = connection.execute(sums).one()
        listed = [(row["day"], Counted(**{name: row[name] for name in COUNTED})) for row in days]
        return Counted(*map(int, total)), listed

    return office.read(work)
