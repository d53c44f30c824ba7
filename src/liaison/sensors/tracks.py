"""Where drones, boats and teams are now: the last place of each, until it is stale, and not a second longer.

What is stale is found by nobody, whether or not it is erased yet. Of a team the name of its feed is shown and no other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from liaison import policy
from liaison.formats.tracks import Kind, Track
from liaison.ledger.statements import Statement
from liaison.model.categories import OfficerId
from liaison.office import Office, new_id
from liaison.sensors.access import require_sight
from liaison.sensors.patrols import Looks
from liaison.sensors.rules import FeedKind, looked, looks
from liaison.storage.tables.sensors import FEEDS, TRACKS

FORGOTTEN = "tracks-forgotten"
ITSELF = OfficerId("retention")
MOST = 2_000  # shown at once


@dataclass(frozen=True, slots=True)
class Placed:
    """Where something is: `name` is a craft's callsign, else its feed's. Stale at `until`, `left` from now."""

    id: str
    feed: str
    name: str
    unit: str
    feed_kind: FeedKind
    kind: Kind
    source: str
    latitude: float
    longitude: float
    accuracy: float | None
    height: float | None
    course: float | None
    speed: float | None
    distress: bool
    at: datetime
    until: datetime
    left: timedelta


def keep(
    connection: Connection, feed: str, placed: Sequence[tuple[Track, datetime]], now: datetime, most: int
) -> tuple[Looks, int]:
    """Keep these places, each with when it is stale; where was looked meanwhile, and how many were not kept since the
    feed has `most` things already. An older place than the one that is known changes nothing."""
    last = {track.uid: (track, until) for track, until in sorted(placed, key=lambda one: one[0].time)}
    mine = TRACKS.c.feed_id == feed
    query = select(TRACKS.c.id, TRACKS.c.uid, TRACKS.c.at).where(mine, TRACKS.c.uid.in_(list(last)))
    known = {row.uid: row for row in connection.execute(query)}
    held = connection.execute(select(func.count()).select_from(TRACKS).where(mine)).scalar_one()
    seen, over = _looked(placed, {uid: row.at for uid, row in known.items()}), 0
    for uid, (track, until) in last.items():
        row, values = known.get(uid), _values(track, until, now)
        if row is not None:
            newer = (TRACKS.c.id == row.id) & (TRACKS.c.at <= track.time)
            connection.execute(update(TRACKS).where(newer).values(values))
        elif held < most:
            held += 1
            connection.execute(insert(TRACKS).values(values | {"id": new_id("track"), "feed_id": feed}))
        else:
            over += 1
    return seen, over


def now_of(office: Office, actor: policy.Actor, feed: str = "") -> list[Placed]:
    """What is not stale, of one feed or of all: what needs help first, then the newest. Raises NotLawful."""
    require_sight(office, actor)
    now = office.now()
    query = (
        select(TRACKS, FEEDS.c.name, FEEDS.c.unit, FEEDS.c.kind.label("feed_kind"))
        .join(FEEDS, FEEDS.c.id == TRACKS.c.feed_id)
        .where(TRACKS.c.until > now)
        .order_by(TRACKS.c.distress.desc(), TRACKS.c.at.desc(), TRACKS.c.id)
        .limit(MOST)
    )
    if feed:
        query = query.where(TRACKS.c.feed_id == feed)
    return [_placed(row, now) for row in office.read(lambda connection: connection.execute(query).all())]


def forget(office: Office) -> int:
    """Erase the places that are stale; how many. That it was done is an entry of the ledger."""
    now = office.now()

    def work(connection: Connection) -> int:
        gone = connection.execute(delete(TRACKS).where(TRACKS.c.until <= now)).rowcount
        if gone:
            said = Statement(what=FORGOTTEN, who=ITSELF, when=now, detail={"places": str(gone)})
            office.log.append(connection, said)
        return gone

    return office.write(work)


def _looked(placed: Sequence[tuple[Track, datetime]], known: dict[str, datetime]) -> Looks:
    """How long squares were looked at between the places of each thing."""
    before, seen = dict(known), Looks()
    for track, _ in sorted(placed, key=lambda one: one[0].time):
        if looks(track):
            if track.uid in before:
                place = track.looked_at or (track.latitude, track.longitude)
                seen.add(*place, track.time, looked(before[track.uid], track.time))
            before[track.uid] = max(track.time, before.get(track.uid, track.time))
    return seen


def _values(track: Track, until: datetime, now: datetime) -> dict[str, Any]:
    return {
        "uid": track.uid,
        "source": track.source.value,
        "kind": track.kind.value,
        "callsign": track.callsign,
        "latitude": track.latitude,
        "longitude": track.longitude,
        "accuracy": track.accuracy,
        "height": track.height if track.height is not None else track.above_sea,
        "course": track.course,
        "speed": track.speed,
        "distress": track.distress,
        "at": track.time,
        "received": now,
        "until": until,
    }


def _placed(row: Row[Any], now: datetime) -> Placed:
    return Placed(
        row.id,
        row.feed_id,
        row.callsign or row.name,
        row.unit,
        FeedKind(row.feed_kind),
        Kind(row.kind),
        row.source,
        row.latitude,
        row.longitude,
        row.accuracy,
        row.height,
        row.course,
        row.speed,
        row.distress,
        row.at,
        row.until,
        row.until - now,
    )
