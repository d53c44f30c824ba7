"""People in need: told to rescue and safeguarding first, taken by one of them, helped, ended. Never who they are.

Others see them once a contact has taken them, or once they have waited as long as the law of the node lets them wait.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from liaison import policy
from liaison.formats.tracks import Need, Sighting
from liaison.ledger.statements import Statement
from liaison.model.categories import OfficerId
from liaison.model.errors import BadInput, Conflict, NotFound
from liaison.model.roles import HOLDERS, Capability
from liaison.office import Office, new_id
from liaison.officers import notices
from liaison.sensors import access
from liaison.sensors.access import load_in_need, require_sight
from liaison.sensors.rules import Stage, need_fault, stage_of
from liaison.storage.tables.sensors import FEEDS, IN_NEED

TOLD, CHANGED, WIDENED = "in-need-told", "in-need-changed", "in-need-widened"
TAKEN, UNDER_WAY, ENDED, FORGOTTEN = "in-need-taken", "help-under-way", "in-need-ended", "in-need-forgotten"
ITSELF = OfficerId("node")
MOST_PEOPLE, MOST = 100_000, 500  # of one sighting; sightings shown at once
MOST_NUMBERS = 10_000  # by which they are named on the radio: four digits, more where they are used up


@dataclass(frozen=True, slots=True)
class Entered:
    """People in need as somebody enters them by hand, after a call."""

    people: int
    needs: frozenset[Need]
    latitude: float
    longitude: float
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class InNeed:
    """People in need. `waited` until a contact took them, `acts` where the reader may say what is done, `feed` the name
    of what saw them."""

    id: str
    number: int
    people: int
    needs: tuple[Need, ...]
    latitude: float
    longitude: float
    accuracy: float | None
    at: datetime
    last: datetime
    received: datetime
    feed: str
    person: str
    told: int
    widened: datetime | None
    taken: datetime | None
    taken_by: str
    under_way: datetime | None
    ended: datetime | None
    ended_by: str
    helped: int | None
    stage: Stage
    waited: timedelta
    acts: bool


def tell(
    office: Office, connection: Connection, feed: Row[Any], seen: Sighting, now: datetime, most: int
) -> str | None:
    """Tell rescue of people whom a feed saw; their id. One that is sent again is the same, and is taken always; None
    for a new one of a feed that has `most` which are not ended. A clock that is ahead of ours counts as ours, so that
    what it sends next is no older."""
    same = (IN_NEED.c.feed_id == feed.id) & (IN_NEED.c.uid == seen.uid) & IN_NEED.c.ended.is_(None)
    row, at = (
        connection.execute(select(IN_NEED).where(same)).first() if seen.uid else None,
        min(seen.time, now),
    )
    said = {
        "people": seen.count,
        "needs": " ".join(need.value for need in seen.needs),
        "latitude": seen.latitude,
        "longitude": seen.longitude,
        "accuracy": seen.accuracy,
    }
    if row is None:
        if _open_of(connection, feed.id) >= most:
            return None
        fresh = said | {"feed_id": feed.id, "uid": seen.uid, "at": at}
        return _tell(office, connection, fresh, OfficerId(feed.person), now)
    if at >= row.last:
        if (row.people, row.needs) != (said["people"], said["needs"]):
            who = OfficerId(feed.person)
            office.log.append(connection, Statement(what=CHANGED, who=who, when=now, objects=(row.id,)))
            for person in access.told(connection):
                notices.add(connection, OfficerId(person), CHANGED, row.id, now)
        connection.execute(update(IN_NEED).where(IN_NEED.c.id == row.id).values(said | {"last": at}))
    return str(row.id)


def enter(office: Office, actor: policy.Actor, entered: Entered) -> str:
    """Tell rescue of people whom somebody was called about; their id. Raises BadInput with the field, NotLawful."""
    require_sight(office, actor)
    now = office.now()
    at = entered.at or now
    if at.tzinfo is None:
        raise BadInput("this time has no zone", field="at", hint="give its offset from UTC, or Z")
    _require(entered, at, now)
    row = {
        "people": entered.people,
        "needs": " ".join(need.value for need in Need if need in entered.needs),
        "latitude": entered.latitude,
        "longitude": entered.longitude,
        "accuracy": None,
        "feed_id": None,
        "uid": "",
        "person": actor.person,
        "at": at,
    }
    return office.write(lambda connection: _tell(office, connection, row, actor.person, now))


def take(office: Office, actor: policy.Actor, wanted: str) -> None:
    """Say that one has them now. Raises NotFound, Conflict where somebody took them before."""

    def change(row: Row[Any], now: datetime) -> dict[str, Any]:
        if row.taken is not None:
            raise Conflict("somebody took them before", hint="ask who; the page says it")
        return {"taken": now, "taken_by": actor.person}

    _change(
        office, actor, wanted, change, lambda row: {"people": str(row.people), "needs": row.needs}, what=TAKEN
    )


def set_under_way(office: Office, actor: policy.Actor, wanted: str) -> None:
    """Say that help is under way. Raises NotFound, Conflict where nobody took them, or help is under way already."""

    def change(row: Row[Any], now: datetime) -> dict[str, Any]:
        if row.taken is None:
            raise Conflict("nobody has taken them yet", hint="take them first")
        if row.under_way is not None:
            raise Conflict("help is under way already")
        return {"under_way": now}

    _change(office, actor, wanted, change, what=UNDER_WAY)


def end(office: Office, actor: policy.Actor, wanted: str, helped: int) -> None:
    """End it: so many were helped. Raises NotFound, BadInput, Conflict where nobody took them."""
    if not 0 <= helped <= MOST_PEOPLE:
        raise BadInput(f"{helped} people", field="helped", hint=f"a whole number from 0 to {MOST_PEOPLE:,}")

    def change(row: Row[Any], now: datetime) -> dict[str, Any]:
        if row.taken is None:
            raise Conflict("nobody has taken them yet", hint="take them first")
        return {"ended": now, "ended_by": actor.person, "helped": helped}

    _change(office, actor, wanted, change, lambda _: {"helped": str(helped)}, what=ENDED)


def in_need(office: Office, actor: policy.Actor, *, over: bool = False) -> list[InNeed]:
    """The people in need whom somebody sees: who waits first, the newest first; last, where `over`, what was ended.

    Raises NotLawful for whoever may see none."""
    require_sight(office, actor)
    now = office.now()

    def work(connection: Connection) -> list[InNeed]:
        chosen = access.visible(connection, actor)
        query = _rows().where(chosen).order_by(IN_NEED.c.ended.is_not(None), IN_NEED.c.received.desc())
        if not over:
            query = query.where(IN_NEED.c.ended.is_(None))
        rows = connection.execute(query.limit(MOST)).all()
        contact = actor.person in access.told(connection)
        return [_shown(row, now, contact or row.widened is not None) for row in rows]

    found = office.read(work)
    return sorted(found, key=lambda one: (one.stage is not Stage.WAITS, one.stage is Stage.ENDED))


def one_in_need(office: Office, actor: policy.Actor, wanted: str) -> InNeed:
    """One of them. Raises NotFound."""
    now = office.now()

    def work(connection: Connection) -> InNeed:
        load_in_need(office, connection, actor, wanted)
        row = connection.execute(_rows().where(IN_NEED.c.id == wanted)).one()
        return _shown(row, now, access.acts(connection, actor, row))

    return office.read(work)


def widen(office: Office) -> int:
    """Tell everybody who may be told of people whom no contact has taken in time; how many sightings."""
    now = office.now()
    longest = timedelta(minutes=policy.limits(office.regimes).waiting_minutes)
    late = (
        IN_NEED.c.taken.is_(None)
        & IN_NEED.c.ended.is_(None)
        & IN_NEED.c.widened.is_(None)
        & (IN_NEED.c.received <= now - longest)
    )
    ids = office.read(lambda connection: connection.execute(select(IN_NEED.c.id).where(late)).scalars().all())
    if ids:
        office.write(lambda connection: _widen_each(office, connection, ids, now))
    return len(ids)


def forget(office: Office) -> int:
    """Erase what was ended so long ago that it is kept no longer; how many."""
    now = office.now()
    late = IN_NEED.c.ended <= now - timedelta(days=policy.limits(office.regimes).rescue_days)

    def work(connection: Connection) -> int:
        gone = connection.execute(delete(IN_NEED).where(late)).rowcount
        if gone:
            said = Statement(what=FORGOTTEN, who=ITSELF, when=now, detail={"count": str(gone)})
            office.log.append(connection, said)
        return gone

    return office.write(work)


def _tell(office: Office, connection: Connection, row: dict[str, Any], who: OfficerId, now: datetime) -> str:
    """Write it, the ledger first; tell the contacts, or everybody who may be told where there is none. How many they
    are and what they need is said in the ledger when somebody takes them, not before."""
    wanted, people = new_id("need"), access.told(connection)
    said = Statement(what=TOLD, who=who, when=now, objects=(wanted,), detail={"told": str(len(people))})
    office.log.append(connection, said)
    fixed = {
        "id": wanted,
        "number": _number(connection),
        "last": row["at"],
        "received": now,
        "told": len(people),
    }
    connection.execute(insert(IN_NEED).values(row | fixed))
    for person in people:
        notices.add(connection, OfficerId(person), TOLD, wanted, now)
    if not people:
        _widen_each(office, connection, [wanted], now)
    return wanted


def _number(connection: Connection) -> int:
    """A number of few digits that no other has, by chance: one that counts up would tell who sees one of them how many
    others there were."""
    most = MOST_NUMBERS
    while True:
        for _ in range(20):
            number = most // 10 + secrets.randbelow(most - most // 10)
            if connection.execute(select(IN_NEED.c.id).where(IN_NEED.c.number == number)).first() is None:
                return number
        most *= 10


def _open_of(connection: Connection, feed: str) -> int:
    """How many sightings of a feed are not ended."""
    mine = (IN_NEED.c.feed_id == feed) & IN_NEED.c.ended.is_(None)
    return int(connection.execute(select(func.count()).select_from(IN_NEED).where(mine)).scalar_one())


def _widen_each(office: Office, connection: Connection, ids: Sequence[str], now: datetime) -> None:
    for wanted in ids:
        office.log.append(connection, Statement(what=WIDENED, who=ITSELF, when=now, objects=(wanted,)))
        connection.execute(update(IN_NEED).where(IN_NEED.c.id == wanted).values(widened=now))
        for role in HOLDERS[Capability.SENSORS]:
            notices.add(connection, role, WIDENED, wanted, now)


def _change(
    office: Office,
    actor: policy.Actor,
    wanted: str,
    change: Any,
    detail: Callable[[Row[Any]], dict[str, str]] = lambda _: {},
    *,
    what: str,
) -> None:
    now = office.now()

    def work(connection: Connection) -> None:
        row = load_in_need(office, connection, actor, wanted)
        if not access.acts(connection, actor, row):
            raise NotFound
        if row.ended is not None:
            raise Conflict("this was ended before")
        values = change(row, now)
        said = Statement(what=what, who=actor.person, when=now, objects=(wanted,), detail=detail(row))
        office.log.append(connection, said)
        connection.execute(update(IN_NEED).where(IN_NEED.c.id == wanted).values(values))

    office.write(work)


def _require(entered: Entered, at: datetime, now: datetime) -> None:
    if not 1 <= entered.people <= MOST_PEOPLE:
        hint = f"a whole number from 1 to {MOST_PEOPLE:,}"
        raise BadInput(f"{entered.people} people", field="people", hint=hint)
    if not entered.needs or (Need.NONE in entered.needs and len(entered.needs) > 1):
        raise BadInput("it is not said what they need", field="needs", hint="one or several; or none alone")
    if not -90 <= entered.latitude <= 90:
        hint = "give degrees from -90 to 90"
        raise BadInput(f"latitude {entered.latitude}", field="latitude", hint=hint)
    if not -180 <= entered.longitude <= 180:
        hint = "give degrees from -180 to 180"
        raise BadInput(f"longitude {entered.longitude}", field="longitude", hint=hint)
    if need_fault(at, now):
        raise BadInput("they cannot have been seen then", field="at", hint="a time of the last 24 hours")


def _rows() -> Any:
    return select(IN_NEED, FEEDS.c.name).join(FEEDS, FEEDS.c.id == IN_NEED.c.feed_id, isouter=True)


def _shown(row: Row[Any], now: datetime, acts: bool) -> InNeed:
    return InNeed(
        id=row.id,
        number=row.number,
        people=row.people,
        needs=tuple(Need(word) for word in row.needs.split()),
        latitude=row.latitude,
        longitude=row.longitude,
        accuracy=row.accuracy,
        at=row.at,
        last=row.last,
        received=row.received,
        feed=row.name or "",
        person=row.person or "",
        told=row.told,
        widened=row.widened,
        taken=row.taken,
        taken_by=row.taken_by or "",
        under_way=row.under_way,
        ended=row.ended,
        ended_by=row.ended_by or "",
        helped=row.helped,
        stage=stage_of(row.taken, row.under_way, row.ended),
        waited=(row.taken or row.ended or now) - row.received,
        acts=acts and row.ended is None,
    )
