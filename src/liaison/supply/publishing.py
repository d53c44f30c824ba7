"""Publishing to partners: collections, who reads them, and which records of this node are in them.

A record is published by an officer who may disclose it, for every partner of the collection at once (DISCLOSE, by the
doors TAXII and MISP); a partner that joins later sees what is published after. It is withdrawn with a reason, and by
itself once the record changes, ends or is erased.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from liaison import policy
from liaison.formats import misp, stix
from liaison.formats.publication import Publication, reduced, require_door
from liaison.holdings import access, shelves
from liaison.holdings.access import Footing
from liaison.holdings.rules import facts
from liaison.holdings.shelves import OPEN
from liaison.ledger.statements import Statement
from liaison.model.errors import BadInput, Conflict, NotFound
from liaison.model.handling import Handling
from liaison.model.holding import Holding
from liaison.model.holding import State as RecordState
from liaison.model.roles import Capability, capabilities
from liaison.office import Office
from liaison.partners import directory
from liaison.partners.directory import Partner
from liaison.policy import Action, Actor, Context, RecordFacts
from liaison.screening.permission import settle, write_refusal
from liaison.storage.tables.officers import ACCOUNTS
from liaison.storage.tables.publications import (
    COLLECTION_PARTNERS,
    COLLECTION_READERS,
    COLLECTIONS,
    PUBLICATION_PARTNERS,
    PUBLICATIONS,
)
from liaison.storage.tables.supply import HELD
from liaison.supply import doors, keeping, published, rules
from liaison.supply.doors import Door
from liaison.supply.published import MILLISECOND, PUBLISHED, Collection

OPENED, SHARED, DONE = "collection-opened", "collection-shared", "record-published"
EXCHANGE = "publication"
DOORS = {"stix": Door.TAXII, "misp": Door.MISP}
LONGEST = 200  # signs of a title


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """A new collection: its partners by origin, whether they may send into it, the impact assessment."""

    title: str
    partners: tuple[str, ...]
    assessment: str
    description: str = ""
    writable: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is to be published of one record: where, in which forms, with which words for the partners."""

    collection: str
    holding: str
    footing: Footing
    forms: tuple[str, ...] = ("stix", "misp")
    words: str = ""
    until: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """A publication, its version, and the ledger's entry."""

    id: str
    version: int
    entry: int


@dataclass(frozen=True, slots=True)
class Listed:
    """A publication in the list of an officer: nothing of what it says."""

    id: str
    collection: str
    holding: str
    kind: str
    forms: tuple[str, ...]
    handling: str
    state: str
    version: int
    changed: dt.datetime
    until: dt.datetime


def open_collection(office: Office, actor: Actor, opening: Opening) -> str:
    """The id of a new collection (AGREE). Raises NotLawful, NotFound for a partner, LinkClosed, BadInput."""
    _agree(office, actor, opening.assessment)
    if not 0 < len(opening.title) <= LONGEST or not opening.partners:
        raise BadInput("a collection has a title and a partner", field="title", hint="give both")
    key = str(uuid.uuid4())

    def work(connection: Connection) -> str:
        now = office.now()
        members = [directory.partner(connection, origin) for origin in dict.fromkeys(opening.partners)]
        for one in members:
            directory.require_open(one, now)
        row = {"id": key, "title": opening.title, "description": opening.description, "last": now}
        row |= {"writable": opening.writable, "assessment": opening.assessment, "by": actor.person}
        connection.execute(insert(COLLECTIONS).values(**row, made=now))
        rows = [{"collection": key, "partner": one.id, "since": now, "by": actor.person} for one in members]
        connection.execute(insert(COLLECTION_PARTNERS), rows)
        _tell(office, connection, actor, OPENED, (key, *(one.id for one in members)))
        return key

    return office.write(work)


def admit(office: Office, actor: Actor, collection: str, account: str, origin: str, assessment: str) -> None:
    """Let an account of a partner's program read a collection (AGREE). Raises NotLawful, NotFound, Conflict."""
    _agree(office, actor, assessment)

    def work(connection: Connection) -> None:
        partner = directory.partner(connection, origin)
        members = {one.id for one in published.members_of(connection, collection)}
        known = connection.execute(select(ACCOUNTS.c.id).where(ACCOUNTS.c.id == account)).first()
        if partner.id not in members or known is None:
            raise NotFound
        elsewhere = connection.execute(
            select(COLLECTION_READERS).where(COLLECTION_READERS.c.account == account)
        ).all()
        if any(row.partner != partner.id or row.collection == collection for row in elsewhere):
            raise Conflict("the account reads for a partner already", hint="one account is for one partner")
        row = {"collection": collection, "account": account, "partner": partner.id}
        connection.execute(insert(COLLECTION_READERS).values(**row, since=office.now(), by=actor.person))
        _tell(office, connection, actor, SHARED, (collection, account, partner.id))

    office.write(work)


def expel(office: Office, actor: Actor, collection: str, account: str) -> None:
    """Let an account read a collection no more (AGREE). Raises NotLawful, NotFound."""
    context = Context(actor=actor, now=office.now(), widens=False)
    settle(office, Action.AGREE, context, policy.decide(Action.AGREE, context, office.regimes))

    def work(connection: Connection) -> None:
        chosen = (COLLECTION_READERS.c.collection == collection) & (COLLECTION_READERS.c.account == account)
        if not connection.execute(COLLECTION_READERS.delete().where(chosen)).rowcount:
            raise NotFound
        _tell(office, connection, actor, SHARED, (collection, account), outcome="ended")

    office.write(work)


def publish(office: Office, actor: Actor, order: Order) -> Done:
    """Publish a record, or a further version of it. Raises NotLawful with every reason and for every partner, NotFound,
    BadInput for a form that is not for it, Conflict for a record of another agency's, LedgerUnavailable."""

    def work(connection: Connection) -> Done | tuple[Context, policy.Refuse]:
        row = access.load(connection, actor, order.holding, office.now())
        holding = shelves.latest(connection, office.keys, OPEN, row).holding
        require_door(holding.subject, order.forms)
        members = published.members_of(connection, order.collection)
        if not members:
            raise NotFound
        if connection.execute(select(HELD.c.id).where(HELD.c.holding == order.holding)).first():
            raise Conflict("it is another agency's record", hint="ask the originator to publish it")
        handling = _handling(office, holding, members)
        refused = _refused(office, connection, actor, order, row, holding, handling, members)
        if refused is not None:
            write_refusal(office, connection, Action.DISCLOSE, *refused)
            return refused
        return _keep(office, connection, actor, order, row, holding, handling, members)

    done = office.write(work)
    if not isinstance(done, Done):
        policy.require(done[1])
        raise AssertionError("a refusal raises")
    return done


def withdraw(office: Office, actor: Actor, publication: str, reason: str) -> int:
    """Take a publication back for every reader (RECALL); the ledger's entry. Raises NotLawful, NotFound, Conflict."""
    known = RecordFacts(own=True)
    context = Context(actor=actor, now=office.now(), record=known, reason=reason)
    settle(office, Action.RECALL, context, policy.decide(Action.RECALL, context, office.regimes))

    def work(connection: Connection) -> int:
        row = connection.execute(select(PUBLICATIONS).where(PUBLICATIONS.c.id == publication)).first()
        if row is None:
            raise NotFound
        if row.state != PUBLISHED:
            raise Conflict("it was withdrawn already")
        return published.take_back(office, connection, row, actor.person, "by an officer")

    entry = office.write(work)
    keeping.destroy_due(office)
    return entry


def collections(office: Office, actor: Actor) -> list[Collection]:
    """Every collection, the oldest first, for officers who disclose, recall or agree. Raises NotFound for others."""
    _require_officer(actor)
    query = select(COLLECTIONS.c.id).order_by(COLLECTIONS.c.made, COLLECTIONS.c.id)

    def work(connection: Connection) -> list[Collection]:
        return [published.shown(connection, name) for name in connection.execute(query).scalars().all()]

    return office.read(work)


def readers(office: Office, actor: Actor, collection: str) -> list[tuple[str, str, dt.datetime]]:
    """The accounts that read a collection: account, origin of its partner, since when. Raises NotFound."""
    _require_officer(actor)
    query = select(COLLECTION_READERS).where(COLLECTION_READERS.c.collection == collection)

    def work(connection: Connection) -> list[tuple[str, str, dt.datetime]]:
        published.shown(connection, collection)
        rows = connection.execute(query.order_by(COLLECTION_READERS.c.since)).all()
        return [(row.account, directory.by_id(connection, row.partner).origin, row.since) for row in rows]

    return office.read(work)


def listed(office: Office, actor: Actor, collection: str) -> list[Listed]:
    """The publications of a collection, for officers who disclose or recall. Raises NotFound."""
    if not actor.roles & access.ANSWERS_FOR_RECORDS:
        raise NotFound
    query = select(PUBLICATIONS).where(PUBLICATIONS.c.collection == collection)
    rows = office.read(lambda connection: connection.execute(query.order_by(PUBLICATIONS.c.changed)).all())
    return [
        Listed(
            row.id,
            row.collection,
            row.holding or "",
            row.kind,
            tuple(row.forms.split()),
            row.handling,
            row.state,
            row.version,
            row.changed,
            row.until,
        )
        for row in rows
    ]


def _require_officer(actor: Actor) -> None:
    wanted = {Capability.DISCLOSE, Capability.RECALL, Capability.AGREE}
    if not wanted & capabilities(actor.roles, trained=actor.trained):
        raise NotFound


def _handling(office: Office, holding: Holding, members: Sequence[Partner]) -> Handling:
    """The record's own conditions, and those of the agreement with each partner."""
    agreed = [directory.require_open(one, office.now()).handling for one in members]
    return rules.handling(holding.handling, *agreed)


def _refused(
    office: Office,
    connection: Connection,
    actor: Actor,
    order: Order,
    row: Row[Any],
    holding: Holding,
    handling: Handling,
    members: Sequence[Partner],
) -> tuple[Context, policy.Refuse] | None:
    """Every reason against, over all partners and doors; None where it may go to each of them by each."""
    now = office.now()
    given = access.context(connection, actor, order.holding, order.footing, now)
    known = facts(holding, now.date(), RecordState(row.state), row.hold_until)
    label = doors.Label(record=known, handling=handling, original=holding.handling)
    reasons: dict[tuple[str, str], policy.Reason] = {}
    context = Context(actor=actor, now=now, grounds=order.footing.grounds, record=known)
    for one in members:
        use = doors.Use(
            action=Action.DISCLOSE,
            grounds=order.footing.grounds,
            on_case=given["on_case"],
            glass_until=given["glass_until"],
            partner=directory.facts(one, now),
            exchange=EXCHANGE,
            authority=order.footing.authority,
        )
        for form in order.forms:
            found = doors.weigh(office, actor, label, DOORS[form], use)
            if isinstance(found, policy.Refuse):
                reasons |= {(reason.rule, reason.regime): reason for reason in found.reasons}
    return (context, policy.Refuse(reasons=tuple(reasons.values()))) if reasons else None


def _keep(
    office: Office,
    connection: Connection,
    actor: Actor,
    order: Order,
    row: Row[Any],
    holding: Holding,
    handling: Handling,
    members: Sequence[Partner],
) -> Done:
    former = _former(connection, order)
    now = office.now().replace(microsecond=office.now().microsecond // 1000 * 1000)
    if former is not None:
        now = max(now, former.changed + MILLISECOND)
    made = _made(office, connection, order, holding, handling, members, former, now)
    version = former.version + 1 if former is not None else 1
    about = published.about_publication(made.id, version)
    (box,) = keeping.sealed(office.keys, [(about, keeping.written(made))])
    values = {
        "holding_version": row.version,
        "forms": " ".join(order.forms),
        "handling": keeping.codes_text(handling),
        "version": version,
        "key": box.key,
        "sealed": box.sealed,
        "by": actor.person,
        "changed": made.changed,
        "until": made.until,
    }
    _write(connection, order, made, former, values)
    for one in members:
        _decided(connection, made.id, one.id, now)
    if "stix" in order.forms:
        published.add_foundations(office, connection, order.collection, stix.foundations(made))
        published.add_objects(office, connection, order.collection, made.id, stix.objects(made))
    entry = _tell(
        office,
        connection,
        actor,
        DONE,
        (made.id, order.holding, order.collection, *(one.id for one in members)),
        footing=order.footing,
        outcome=f"version {version}",
    )
    return Done(made.id, version, entry)


def _former(connection: Connection, order: Order) -> Row[Any] | None:
    """The publication that this one is a further version of."""
    chosen = (PUBLICATIONS.c.collection == order.collection) & (PUBLICATIONS.c.holding == order.holding)
    return connection.execute(select(PUBLICATIONS).where(chosen, PUBLICATIONS.c.state == PUBLISHED)).first()


def _made(
    office: Office,
    connection: Connection,
    order: Order,
    holding: Holding,
    handling: Handling,
    members: Sequence[Partner],
    former: Row[Any] | None,
    now: dt.datetime,
) -> Publication:
    card = directory.own_card(connection).card
    caps = [directory.require_open(one, office.now()).cap(holding.category) for one in members]
    ends = [shelves.midnight(holding.retention_until), now + dt.timedelta(days=min(caps))]
    return Publication(
        id=former.id if former is not None else str(uuid.uuid4()),
        origin=card.origin,
        agency=card.agency,
        subject=reduced(holding.subject),
        purpose=order.footing.grounds.purpose,
        offence=order.footing.grounds.offence,
        words=order.words,
        handling=handling,
        graded=holding.graded,
        instruction=holding.instruction,
        made=former.made if former is not None else now,
        changed=now,
        until=min([*ends, *([order.until] if order.until else [])]),
    )


def _write(
    connection: Connection, order: Order, made: Publication, former: Row[Any] | None, values: dict[str, Any]
) -> None:
    if former is not None:
        keeping.destroy_later(connection, made.id, [former.key])
        connection.execute(update(PUBLICATIONS).where(PUBLICATIONS.c.id == made.id).values(**values))
        return
    row = {"id": made.id, "number": misp.number_of(made.id), "collection": order.collection}
    row |= {"holding": order.holding, "kind": made.kind, "state": PUBLISHED, "made": made.made}
    connection.execute(insert(PUBLICATIONS).values(**row, **values))


def _decided(connection: Connection, publication: str, partner: str, now: dt.datetime) -> None:
    table = PUBLICATION_PARTNERS
    chosen = (table.c.publication == publication) & (table.c.partner == partner)
    if connection.execute(select(table.c.partner).where(chosen)).first() is None:
        connection.execute(insert(table).values(publication=publication, partner=partner, decided=now))


def _agree(office: Office, actor: Actor, assessment: str) -> None:
    context = Context(actor=actor, now=office.now(), assessment=assessment)
    settle(office, Action.AGREE, context, policy.decide(Action.AGREE, context, office.regimes))


def _tell(
    office: Office,
    connection: Connection,
    actor: Actor,
    what: str,
    objects: tuple[str, ...],
    *,
    footing: Footing | None = None,
    outcome: str = "",
) -> int:
    told = Statement(
        what=what,
        who=actor.person,
        when=office.now(),
        case=footing.grounds.case if footing else "",
        purpose=footing.grounds.purpose.value if footing else "",
        grounds=footing.grounds_id if footing else "",
        objects=objects,
        outcome=outcome,
    )
    return office.log.append(connection, told).index
