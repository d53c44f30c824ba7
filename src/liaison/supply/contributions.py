"""What partners send in through TAXII and MISP: kept apart until a desk officer decides, and never a record by itself.

What is accepted is what its sender, and whoever it may be passed on to, then read. The sender's handling codes decide
about passing on: what came without any is held under all of them.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, insert, select, update

from liaison import policy
from liaison.formats import misp, stix
from liaison.formats.publication import require_uuid
from liaison.formats.received import handling_of
from liaison.holdings.access import Footing
from liaison.ledger.statements import Statement
from liaison.model.canonical import decoder
from liaison.model.categories import Category, OfficerId
from liaison.model.errors import BadInput, Conflict, LiaisonError, NotFound
from liaison.model.handling import Handling
from liaison.model.roles import Capability, capabilities
from liaison.office import Office
from liaison.officers.signed import Signed
from liaison.partners import directory
from liaison.partners.directory import Partner
from liaison.policy import Action, Actor, Context, RecordFacts
from liaison.screening.permission import settle
from liaison.storage.tables.publications import (
    INTAKE,
    PUBLICATION_PARTNERS,
    PUBLICATIONS,
    PUBLISHED_OBJECTS,
)
from liaison.supply import doors, keeping, published
from liaison.supply.published import PUBLISHED, Event
from liaison.supply.publishing import DOORS, EXCHANGE

RECEIVED, CHANGED, SHOWN, DECIDED = "intake-received", "intake-changed", "intake-read", "intake-decided"
WAITING, ACCEPTED, REFUSED, TAKEN_BACK = "waiting", "accepted", "refused", "taken back"
MOST = 500  # objects sent at once
MOST_WAITING = 1_000  # of one account
Object = dict[str, Any]


class NoWriting(LiaisonError):
    """This partner may read the collection and send nothing into it."""

    status = 403
    title = "Nothing is taken in here"
    hint = "ask the agency for a collection that takes contributions"


@dataclass(frozen=True, slots=True)
class Status:
    """What became of objects that were sent: by id and version, and why where they could not be taken.

    `count` are those that were taken in; which they were is erased where the desk refused them.
    """

    id: str
    received: dt.datetime
    state: str
    count: int
    taken: tuple[tuple[str, str], ...]
    failures: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class Waiting:
    """One contribution in the list of the desk: nothing of what it says. `seen` names it as it stands."""

    id: str
    collection: str
    partner: str
    form: str
    state: str
    count: int
    received: dt.datetime
    seen: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Onward:
    """On what footing a contribution is passed on, and what the officer who looked at it says of whom it is about.

    `review_at` and `until` are when that is looked at again, and when it ends.
    """

    footing: Footing
    category: Category
    review_at: dt.datetime
    until: dt.datetime
    on_case: bool = False


class Kept(msgspec.Struct):
    """What is sealed of a contribution."""

    content: list[Object]
    failures: list[tuple[str, str, str]] = []


def send_objects(office: Office, signed: Signed, name: str, sent: Sequence[object]) -> Status:
    """Take STIX objects in for the desk. Raises NotFound, NoWriting, BadInput, LinkClosed, LedgerUnavailable."""
    if not 0 < len(sent) <= MOST:
        raise BadInput(f"there are {len(sent)} objects", field="objects", hint=f"send 1 to {MOST}")

    def work(connection: Connection) -> Status:
        partner = _writer(office, connection, signed, name)
        kept = Kept([])
        for one in sent:
            why = stix.fault(one) or _taken(connection, name, partner, one)
            if why:
                key = str(one.get("id", ""))[:300] if isinstance(one, dict) else ""
                kept.failures.append((key, _version(one), why))
            elif isinstance(one, dict):
                kept.content.append(one)
        row = _receive(office, connection, signed, name, partner, "stix", kept)
        return _status(row, kept)

    return office.write(work)


def status(office: Office, signed: Signed, key: str) -> Status:
    """What became of what this account sent. Raises NotFound, LinkClosed."""

    def work(connection: Connection) -> Status:
        row = _own(office, connection, signed, INTAKE.c.id == key, "stix")
        gone = row.state in (REFUSED, TAKEN_BACK) and row._mapping["count"]
        return _status(row._mapping, Kept([]) if gone else _opened(office, row))

    return office.read(work)


def send_event(office: Office, signed: Signed, name: str, sent: object) -> Event:
    """Take an event of MISP in for the desk. Raises as `send_objects`, and Conflict for one that there is."""
    held = dict(misp.read(sent))

    def work(connection: Connection) -> Event:
        partner = _writer(office, connection, signed, name)
        key = require_uuid(str(held.get("uuid") or uuid.uuid4()).lower(), "uuid")
        held.update(_stamped(office, held, key))
        there = (INTAKE.c.event == key, PUBLICATIONS.c.id == key)
        for table, chosen in zip((INTAKE, PUBLICATIONS), there, strict=True):
            if connection.execute(select(table.c.id).where(chosen)).first():
                raise Conflict(
                    "there is an event of this UUID", hint="edit your own, or give it another UUID"
                )
        more = {"event": key, "number": misp.number_of(key)}
        row = _receive(office, connection, signed, name, partner, "misp", Kept([held]), **more)
        return Event(row["number"], name, None, held, office.now())

    return office.write(work)


def change_event(
    office: Office, signed: Signed, number: int, key: str, change: Callable[[Object], Object]
) -> Event:
    """Change an event that waits. Raises NotFound for another's, Conflict once it was decided, BadInput."""

    def work(connection: Connection) -> Event:
        row = _own(office, connection, signed, _named(number, key), "misp")
        _require_waiting(row)
        _writer(office, connection, signed, row.collection)
        held = dict(misp.read(change(_opened(office, row).content[0])))
        held.update(_stamped(office, held, row.event))
        values = _sealed(office, row.id, Kept([held])) | {"count": len(list(misp.attributes(held)))}
        keeping.destroy_later(connection, row.id, [row.key])
        connection.execute(update(INTAKE).where(INTAKE.c.id == row.id).values(**values))
        _tell(office, connection, signed.actor.person, CHANGED, (row.id,))
        return Event(row.number, row.collection, None, held, office.now())

    made = office.write(work)
    keeping.destroy_due(office)
    return made


def take_back(office: Office, signed: Signed, number: int, key: str) -> None:
    """Take one's own event back: nothing of it is left. Raises NotFound, Conflict once it was decided."""

    def work(connection: Connection) -> None:
        row = _own(office, connection, signed, _named(number, key), "misp")
        _require_waiting(row)
        _end(office, connection, row, TAKEN_BACK, signed.actor.person)

    office.write(work)
    keeping.destroy_due(office)


def own_events(office: Office, signed: Signed, number: int = 0, key: str = "") -> list[Event]:
    """The events that this account sent and that wait: all, or the one of this number or UUID."""

    def work(connection: Connection) -> list[Event]:
        chosen = [INTAKE.c.account == signed.account, INTAKE.c.state == WAITING, INTAKE.c.form == "misp"]
        chosen += [_named(number, key)] if number or key else []
        rows = connection.execute(select(INTAKE).where(*chosen).order_by(INTAKE.c.received)).all()
        for name in {row.collection for row in rows}:
            published.reader_of(office, connection, signed, name)
        return [
            Event(row.number, row.collection, None, _opened(office, row).content[0], row.received)
            for row in rows
        ]

    return office.read(work)


def send_sighting(office: Office, signed: Signed, seen: Event, sent: Object) -> str:
    """Take in that something published was seen. Raises NotFound, NoWriting, LinkClosed."""

    def work(connection: Connection) -> str:
        partner = _writer(office, connection, signed, seen.collection)
        row = _receive(office, connection, signed, seen.collection, partner, "sighting", Kept([sent]))
        return str(row["id"])

    return office.write(work)


def waiting(office: Office, actor: Actor, *, state: str = WAITING) -> list[Waiting]:
    """What waits for the desk, the oldest first. Raises NotFound for whoever does not answer partners."""
    _require_desk(actor)
    query = select(INTAKE).where(INTAKE.c.state == state).order_by(INTAKE.c.received, INTAKE.c.id)

    def work(connection: Connection) -> list[Waiting]:
        rows = connection.execute(query.limit(MOST_WAITING)).all()
        names = {one.id: one.origin for one in directory.partners(connection)}
        return [_waiting(row, names[row.partner]) for row in rows]

    return office.read(work)


def _waiting(row: Row[Any], partner: str) -> Waiting:
    said = (row.form, row.state, row._mapping["count"], row.received)
    return Waiting(row.id, row.collection, partner, *said, _seen(row))


def _seen(row: Row[Any]) -> str:
    return hashlib.sha256(row.sealed).hexdigest()[:32]


def show(office: Office, actor: Actor, intake: str) -> tuple[Object, ...]:
    """What a partner sent. Raises NotFound, LedgerUnavailable."""
    _require_desk(actor)

    def work(connection: Connection) -> tuple[Object, ...]:
        row = _row(connection, intake)
        _tell(office, connection, actor.person, SHOWN, (intake,))
        return tuple(_opened(office, row).content)

    return office.write(work)


def decide(
    office: Office, actor: Actor, intake: str, accept: bool, *, onward: Onward | None = None, seen: str = ""
) -> tuple[str, ...]:
    """Accept or refuse what a partner sent (ANSWER_PARTNER). `onward`: it is passed on to the other partners of the
    collection, which the law and its handling have to allow (DISCLOSE, as another agency's).

    The origins that may read it then. Raises NotLawful, NotFound, Conflict once it was decided, or where it is no more
    as it was `seen`.
    """
    now = office.now()

    def load(connection: Connection) -> tuple[Row[Any], Partner, list[Partner]]:
        row = _row(connection, intake)
        members = published.members_of(connection, row.collection)
        return row, directory.by_id(connection, row.partner), members

    row, sender, members = office.read(load)
    if seen not in ("", _seen(row)):
        raise Conflict("its sender changed it since it was shown", hint="look at it again, then decide")
    answer = Context(actor=actor, now=now, partner=directory.facts(sender, now))
    settle(
        office, Action.ANSWER_PARTNER, answer, policy.decide(Action.ANSWER_PARTNER, answer, office.regimes)
    )
    kept = _opened(office, row)
    others = [one for one in members if one.id != sender.id] if accept and onward else []
    if onward is not None and others and row.form in DOORS:
        _require_onward(office, actor, row.form, handling_of(row.form, kept.content), onward, others)

    def work(connection: Connection) -> tuple[str, ...]:
        fresh = _row(connection, intake)
        _require_waiting(fresh)
        readers = [sender, *others]
        if accept:
            _publish(office, connection, actor, fresh, kept, readers)
        detail = {"readers": str(len(readers) if accept else 0)}
        _end(office, connection, fresh, ACCEPTED if accept else REFUSED, actor.person, detail)
        return tuple(one.origin for one in readers) if accept else ()

    told = office.write(work)
    keeping.destroy_due(office)
    return told


def _require_onward(
    office: Office, actor: Actor, form: str, handling: Handling, onward: Onward, others: Sequence[Partner]
) -> None:
    """Raises NotLawful where it may not go to each of the others. What came without a grade is X4, which is one."""
    now, grounds = office.now(), onward.footing.grounds
    known = RecordFacts(
        category=onward.category,
        graded=True,
        handling=frozenset(handling.codes),
        collected_for=grounds.purpose,
        review_at=onward.review_at,
        expires_at=onward.until,
    )
    label = doors.Label(record=known, handling=handling, original=handling)
    context = Context(actor=actor, now=now, grounds=grounds, record=known)
    for one in others:
        use = doors.Use(
            action=Action.DISCLOSE,
            grounds=grounds,
            on_case=onward.on_case,
            partner=directory.facts(one, now),
            exchange=EXCHANGE,
            authority=onward.footing.authority,
        )
        settle(office, Action.DISCLOSE, context, doors.weigh(office, actor, label, DOORS[form], use))


def _publish(
    office: Office,
    connection: Connection,
    actor: Actor,
    row: Row[Any],
    kept: Kept,
    readers: Sequence[Partner],
) -> None:
    """Give what was accepted to its readers; a sighting is for this agency alone."""
    if row.form == "sighting":
        return
    now = office.now()
    agreement = directory.require_open(readers[0], now)
    key = row.event or str(uuid.uuid4())
    content = msgspec.json.encode(kept.content[0] if row.form == "misp" else {})
    about = published.about_publication(key, 1)
    (box,) = keeping.sealed(office.keys, [(about, content)])
    values = {"id": key, "number": misp.number_of(key), "collection": row.collection, "intake": row.id}
    values |= {"forms": row.form, "kind": "contribution", "state": PUBLISHED, "version": 1}
    values |= {"handling": keeping.codes_text(handling_of(row.form, kept.content)), "by": actor.person}
    values |= {"key": box.key, "sealed": box.sealed, "made": now, "changed": now}
    until = now + dt.timedelta(days=agreement.cap(None))
    connection.execute(insert(PUBLICATIONS).values(**values, until=until))
    rows = [{"publication": key, "partner": one.id, "decided": now} for one in readers]
    connection.execute(insert(PUBLICATION_PARTNERS), rows)
    if row.form == "stix":
        published.add_objects(office, connection, row.collection, key, kept.content)


def _taken(connection: Connection, name: str, partner: Partner, one: Any) -> str:
    """Why an object cannot be taken: its id is another's. A version of one's own that there is changes nothing."""
    table = PUBLISHED_OBJECTS
    owner = select(INTAKE.c.partner).join(PUBLICATIONS, PUBLICATIONS.c.intake == INTAKE.c.id)
    chosen = (table.c.collection == name) & (table.c.object == one["id"])
    for row in connection.execute(select(table.c.publication).where(chosen)).all():
        whose = connection.execute(owner.where(PUBLICATIONS.c.id == row.publication)).scalar()
        if whose != partner.id:
            return "there is an object of this id, which is not yours"
        return "there is this object already; take it back before you send it anew"
    return ""


def _writer(office: Office, connection: Connection, signed: Signed, name: str) -> Partner:
    found, partner = published.reader_of(office, connection, signed, name)
    if not found.writable:
        raise NoWriting("this collection takes nothing in")
    chosen = (INTAKE.c.account == signed.account) & (INTAKE.c.state == WAITING)
    if len(connection.execute(select(INTAKE.c.id).where(chosen).limit(MOST_WAITING)).all()) >= MOST_WAITING:
        raise Conflict("too much of yours waits for the desk", hint="wait until some of it was decided")
    return partner


def _receive(
    office: Office,
    connection: Connection,
    signed: Signed,
    name: str,
    partner: Partner,
    form: str,
    kept: Kept,
    **more: Any,
) -> dict[str, Any]:
    """The row of a new contribution; one in which nothing can be taken is refused at once."""
    now, key = office.now(), str(uuid.uuid4())
    row: dict[str, Any] = {"id": key, "collection": name, "partner": partner.id, "account": signed.account}
    row |= {
        "form": form,
        "event": None,
        "number": None,
        "decided": None,
        "decided_by": None,
        "received": now,
    } | more
    row |= {"state": WAITING, "count": len(kept.content)} | _sealed(office, key, kept)
    if not kept.content:
        row |= {"state": REFUSED, "decided": now, "decided_by": published.ITSELF}
    connection.execute(insert(INTAKE).values(**row))
    detail = {"form": form, "count": str(len(kept.content)), "failed": str(len(kept.failures))}
    _tell(office, connection, signed.actor.person, RECEIVED, (key, name, partner.id), detail)
    return row


def _end(
    office: Office,
    connection: Connection,
    row: Row[Any],
    state: str,
    who: OfficerId,
    detail: dict[str, str] | None = None,
) -> None:
    values = {"state": state, "decided": office.now(), "decided_by": who}
    connection.execute(update(INTAKE).where(INTAKE.c.id == row.id).values(**values))
    if state != ACCEPTED:
        keeping.destroy_later(connection, row.id, [row.key])
    _tell(office, connection, who, DECIDED, (row.id,), detail, outcome=state)


def _own(office: Office, connection: Connection, signed: Signed, chosen: Any, form: str) -> Row[Any]:
    mine = (INTAKE.c.account == signed.account, INTAKE.c.form == form)
    row = connection.execute(select(INTAKE).where(chosen, *mine)).first()
    if row is None:
        raise NotFound
    published.reader_of(office, connection, signed, row.collection)
    return row


def _row(connection: Connection, intake: str) -> Row[Any]:
    row = connection.execute(select(INTAKE).where(INTAKE.c.id == intake)).first()
    if row is None:
        raise NotFound
    return row


def _named(number: int, key: str) -> Any:
    return INTAKE.c.number == number if number else INTAKE.c.event == key


def _require_waiting(row: Row[Any]) -> None:
    if row.state != WAITING:
        raise Conflict(f"it was {row.state} already")


def _require_desk(actor: Actor) -> None:
    if Capability.ANSWER_PARTNER not in capabilities(actor.roles, trained=actor.trained):
        raise NotFound


def _stamped(office: Office, held: Object, key: str) -> Object:
    """What this node says of an event that waits: its number, its time, and that it is not published."""
    now = str(int(office.now().timestamp()))
    return {"uuid": key, "id": str(misp.number_of(key)), "timestamp": now, "published": False}


def _status(row: Any, kept: Kept) -> Status:
    taken = tuple((str(one["id"]), _version(one)) for one in kept.content)
    return Status(row["id"], row["received"], row["state"], row["count"], taken, tuple(kept.failures))


def _version(one: object) -> str:
    held = one if isinstance(one, dict) else {}
    return str(held.get("modified") or held.get("created") or "")[:40]


def _sealed(office: Office, key: str, kept: Kept) -> dict[str, Any]:
    (box,) = keeping.sealed(office.keys, [(_about(key), msgspec.json.encode(kept))])
    return {"key": box.key, "sealed": box.sealed}


def _opened(office: Office, row: Row[Any]) -> Kept:
    return decoder(Kept).decode(keeping.opened(office.keys, row.key, row.sealed, _about(row.id)))


def _about(key: str) -> str:
    return f"intake:{key}"


def _tell(
    office: Office,
    connection: Connection,
    who: OfficerId,
    what: str,
    objects: Iterable[str],
    detail: dict[str, str] | None = None,
    outcome: str = "",
) -> None:
    told = Statement(
        what=what, who=who, when=office.now(), objects=tuple(objects), detail=detail or {}, outcome=outcome
    )
    office.log.append(connection, told)
