"""The register of drones, boats and teams: which may send, for which unit, until when, on whose authority (rule L29).

The secret of a feed is told once, and its certificate is made once; both are worth nothing when its entry is over.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from liaison import policy
from liaison.formats.feeds.values import legible
from liaison.ledger.statements import Statement
from liaison.model.errors import BadInput, Conflict, NotFound
from liaison.model.roles import Capability
from liaison.office import Office, new_id
from liaison.screening.permission import settle, weigh
from liaison.sensors.access import load_feed, may, require_sight
from liaison.sensors.rules import FeedKind
from liaison.storage.tables.sensors import FEEDS

REGISTERED, ENDED, CERTIFIED = "sensor-registered", "sensor-ended", "sensor-certified"
SECRET = 32  # bytes
LONGEST = 120  # characters of a name
MOST = 1_000  # feeds shown at once


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of the register as it is asked for. `unit` operates it."""

    name: str
    kind: FeedKind
    unit: str
    authority: str
    assessment: str
    until: datetime
    starts: datetime | None = None


@dataclass(frozen=True, slots=True)
class Feed:
    """A drone, a boat or a team as it is registered. `standing` where it may send now; `certified` when its certificate
    was made. `secret` is told when it is registered, and never again."""

    id: str
    name: str
    kind: FeedKind
    unit: str
    authority: str
    assessment: str
    person: str
    registered: datetime
    starts: datetime
    until: datetime
    ended: datetime | None
    certified: datetime | None
    standing: bool
    secret: str = ""


def register(office: Office, actor: policy.Actor, asked: Entry) -> Feed:
    """Enter a feed in the register. Raises BadInput with the field, NotLawful with every reason (L29)."""
    now, feed, secret = office.now(), new_id("sensor"), secrets.token_urlsafe(SECRET)
    name, unit = _text(asked.name, "name"), _text(asked.unit, "unit")
    if asked.until <= max(now, asked.starts or now):
        raise BadInput("the entry ends before it begins", field="until", hint="name a later day")
    context = policy.Context(
        actor=actor,
        now=now,
        authority=asked.authority.strip(),
        assessment=asked.assessment.strip(),
        until=asked.until,
    )
    action = policy.Action.REGISTER_SENSOR
    settle(office, action, context, weigh(office, action, context))
    row = {
        "id": feed,
        "name": name,
        "kind": asked.kind.value,
        "unit": unit,
        "authority": context.authority,
        "assessment": context.assessment,
        "person": actor.person,
        "registered": now,
        "starts": asked.starts or now,
        "until": asked.until,
    }

    def work(connection: Connection) -> Row[Any]:
        detail = {"kind": asked.kind.value, "until": asked.until.isoformat()}
        office.log.append(connection, _statement(REGISTERED, actor, now, feed, detail))
        connection.execute(insert(FEEDS).values(row | {"secret": digest_of(secret)}))
        return connection.execute(select(FEEDS).where(FEEDS.c.id == feed)).one()

    return feed_as_shown(office.write(work), now, secret)


def end(office: Office, actor: policy.Actor, feed: str) -> None:
    """End a feed before its time: what it sends is refused. Raises NotFound, Conflict where it is over."""
    now = office.now()
    require_registering(actor)

    def work(connection: Connection) -> None:
        require_standing(load_feed(office, connection, actor, feed), now)
        office.log.append(connection, _statement(ENDED, actor, now, feed))
        connection.execute(update(FEEDS).where(FEEDS.c.id == feed).values(ended=now))

    office.write(work)


def certify(office: Office, actor: policy.Actor, feed: str, digest: bytes) -> None:
    """Let whoever shows the certificate of this digest send as this feed; the one before it is worth nothing.

    Raises NotFound, Conflict where the entry is over."""
    now = office.now()
    require_registering(actor)

    def work(connection: Connection) -> None:
        require_standing(load_feed(office, connection, actor, feed), now)
        office.log.append(connection, _statement(CERTIFIED, actor, now, feed))
        values = {"certificate": digest, "certified": now}
        connection.execute(update(FEEDS).where(FEEDS.c.id == feed).values(values))

    office.write(work)


def require_registering(actor: policy.Actor) -> None:
    """Raises NotFound for whoever may not keep the register: what they may not change, they are not told of."""
    if not may(actor, Capability.REGISTER_SENSOR):
        raise NotFound


def feeds_of(office: Office, actor: policy.Actor) -> list[Feed]:
    """Every feed: those that may send first, then by name. Raises NotLawful for whoever may not see them."""
    require_sight(office, actor)
    now = office.now()

    def work(connection: Connection) -> Sequence[Row[Any]]:
        return connection.execute(select(FEEDS).order_by(FEEDS.c.name, FEEDS.c.id).limit(MOST)).all()

    found = [feed_as_shown(row, now) for row in office.read(work)]
    return sorted(found, key=lambda one: not one.standing)


def feed_of(office: Office, actor: policy.Actor, feed: str) -> Feed:
    """One feed. Raises NotFound."""
    row = office.read(lambda connection: load_feed(office, connection, actor, feed))
    return feed_as_shown(row, office.now())


def feed_as_shown(row: Row[Any], now: datetime, secret: str = "") -> Feed:
    """A feed as it is shown."""
    return Feed(
        row.id,
        row.name,
        FeedKind(row.kind),
        row.unit,
        row.authority,
        row.assessment,
        row.person,
        row.registered,
        row.starts,
        row.until,
        row.ended,
        row.certified,
        standing(row, now),
        secret,
    )


def standing(row: Row[Any], now: datetime) -> bool:
    """Whether the entry of a feed stands now."""
    return bool(row.ended is None and row.starts <= now < row.until)


def require_standing(row: Row[Any], now: datetime) -> None:
    """Raises Conflict for an entry that is over."""
    if row.ended is not None:
        raise Conflict("this feed was ended before", hint="register it anew")
    if row.until <= now:
        raise Conflict("the entry of this feed is over", hint="register it anew")


def digest_of(secret: str) -> bytes:
    """What is kept of a secret."""
    return sha256(secret.encode()).digest()


def _text(text: str, field: str) -> str:
    kept = " ".join(text.split())
    if not kept or len(kept) > LONGEST or not legible(kept):
        raise BadInput(
            f"this needs a {field}", field=field, hint=f"1 to {LONGEST} characters that can be read"
        )
    return kept


def _statement(
    what: str, actor: policy.Actor, now: datetime, feed: str, detail: dict[str, str] | None = None
) -> Statement:
    return Statement(what=what, who=actor.person, when=now, objects=(feed,), detail=detail or {})
