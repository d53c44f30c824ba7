"""What each camera did on each day: how many reads came, met an entry, were repeated or refused. Counts alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, insert, select, update

from liaison.storage.prepared import Prepared
from liaison.storage.tables.sightings import TALLIES

COUNTED = ("reads", "met", "repeated", "refused", "clock", "flood")
MORE = Prepared(
    update(TALLIES)
    .where(TALLIES.c.camera_id == bindparam("of_camera"), TALLIES.c.day == bindparam("of_day"))
    .values({name: TALLIES.c[name] + bindparam(f"more_{name}") for name in COUNTED})
)


def count(connection: Connection, counts: Mapping[str, Counter[str]], now: datetime) -> None:
    """Add to what is counted of cameras, by their ids, today."""
    day = now.date().isoformat()
    for camera, counted in counts.items():
        more = {f"more_{name}": counted[name] for name in COUNTED}
        if MORE.change(connection, [{"of_camera": camera, "of_day": day} | more]) == 0:
            connection.execute(
                insert(TALLIES).values(camera_id=camera, day=day, **{name: counted[name] for name in COUNTED})
            )


def tallies(connection: Connection, cameras: Sequence[str]) -> list[Row[Any]]:
    """What was counted of these cameras, the last day first."""
    query = select(TALLIES).where(TALLIES.c.camera_id.in_(cameras)).order_by(TALLIES.c.day.desc())
    return list(connection.execute(query))
