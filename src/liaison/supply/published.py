"""What is published, as it is kept and given out: versions of objects in an order that only grows, each seal its own.

A reader is an account of a partner's program. It sees what was decided for its partner, while the link is open; what
changed, ended or was erased at its source is withdrawn before anything is read. Every reading is on the ledger.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, Row, and_, delete, false, func, insert, or_, select, update

from liaison.formats import stix
from liaison.formats.publication import Publication
from liaison.holdings.shelves import next_change
from liaison.ledger.statements import Statement
from liaison.model import canonical
from liaison.model.categories import OfficerId
from liaison.model.errors import NotFound
from liaison.model.holding import State as RecordState
from liaison.office import Office
from liaison.officers.signed import Signed
from liaison.partners import directory
from liaison.partners.directory import Partner
from liaison.ports import Compartment
from liaison.storage.sealing import seal
from liaison.storage.tables.holdings import HOLDINGS
from liaison.storage.tables.publications import (
    COLLECTION_PARTNERS,
    COLLECTION_READERS,
    COLLECTIONS,
    PUBLICATION_PARTNERS,
    PUBLICATIONS,
    PUBLISHED_OBJECTS,
)
from liaison.supply import keeping

READ, WITHDRAWN = "published-read", "publication-withdrawn"
ITSELF = OfficerId("node")
CURSOR = "published"
MOST = 200  # objects of one page
PUBLISHED = "published"
MILLISECOND, MICROSECOND = dt.timedelta(milliseconds=1), dt.timedelta(microseconds=1)
Object = dict[str, Any]
OBJECTS, LATER = PUBLISHED_OBJECTS, PUBLISHED_OBJECTS.alias("later")


@dataclass(frozen=True, slots=True)
class Collection:
    """A collection as a reader of it sees it; `members` are its partners by origin and name."""

    id: str
    title: str
    description: str
    writable: bool
    members: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Filter:
    """Which objects are wanted. `versions` are last, first, all, or times; `after` is the seq of a page's end."""

    added_after: dt.datetime | None = None
    ids: frozenset[str] = frozenset()
    types: frozenset[str] = frozenset()
    specs: frozenset[str] = frozenset()
    versions: frozenset[str] = frozenset({"last"})
    after: int = 0
    limit: int = MOST


@dataclass(frozen=True, slots=True)
class Held:
    """One version of an object. `content` is empty where only the manifest was asked for."""

    seq: int
    id: str
    version: dt.datetime
    added: dt.datetime
    content: Object


@dataclass(frozen=True, slots=True)
class Page:
    """Some objects in the order in which they were added, and whether there are more."""

    objects: tuple[Held, ...]
    more: bool


@dataclass(frozen=True, slots=True)
class Event:
    """One publication as MISP needs it: of this node's own, or `raw` as a partner sent it."""

    number: int
    collection: str
    publication: Publication | None
    raw: Object
    changed: dt.datetime


def collections(office: Office, signed: Signed) -> list[Collection]:
    """The collections that this account reads. Raises LinkClosed where its partner's link is closed."""

    def work(connection: Connection) -> list[Collection]:
        mine = select(COLLECTION_READERS.c.collection).where(COLLECTION_READERS.c.account == signed.account)
        names = connection.execute(mine.order_by(COLLECTION_READERS.c.collection)).scalars().all()
        return [reader_of(office, connection, signed, name)[0] for name in names]

    return office.read(work)


def collection(office: Office, signed: Signed, name: str) -> Collection:
    """One of them. Raises NotFound, LinkClosed."""
    return office.read(lambda connection: reader_of(office, connection, signed, name)[0])


def reader_of(
    office: Office, connection: Connection, signed: Signed, name: str
) -> tuple[Collection, Partner]:
    """The collection, and the partner for whom this account reads it. Raises NotFound, LinkClosed."""
    chosen = (COLLECTION_READERS.c.collection == name) & (COLLECTION_READERS.c.account == signed.account)
    partner = connection.execute(select(COLLECTION_READERS.c.partner).where(chosen)).scalar()
    if partner is None:
        raise NotFound
    held = directory.by_id(connection, partner)
    directory.require_open(held, office.now())
    found = shown(connection, name)
    if held.origin not in {origin for origin, _ in found.members}:
        raise NotFound
    return found, held


def shown(connection: Connection, name: str) -> Collection:
    """A collection with its members. Raises NotFound."""
    row = connection.execute(select(COLLECTIONS).where(COLLECTIONS.c.id == name)).first()
    if row is None:
        raise NotFound
    members = tuple((one.origin, one.name) for one in members_of(connection, name))
    return Collection(row.id, row.title, row.description, row.writable, members)


def members_of(connection: Connection, name: str) -> list[Partner]:
    """The partners of a collection, by origin."""
    query = select(COLLECTION_PARTNERS.c.partner).where(COLLECTION_PARTNERS.c.collection == name)
    found = [directory.by_id(connection, partner) for partner in connection.execute(query).scalars()]
    return sorted(found, key=lambda one: one.origin)


def page(office: Office, signed: Signed, name: str, wanted: Filter, *, manifest: bool = False) -> Page:
    """Objects of a collection that this account may see. Raises NotFound, LinkClosed, LedgerUnavailable."""

    def work(connection: Connection) -> Page:
        _, partner = reader_of(office, connection, signed, name)
        settle(office, connection, name)
        query = select(OBJECTS).where(*_chosen(name, partner.id, wanted)).order_by(OBJECTS.c.seq)
        rows = connection.execute(query.limit(wanted.limit + 1)).all()
        kept = rows[: wanted.limit]
        held = tuple(_held(office, row, manifest) for row in kept)
        _tell(office, connection, signed, name, kept, "manifest" if manifest else "stix")
        return Page(held, len(rows) > wanted.limit)

    found = office.write(work)
    keeping.destroy_due(office)
    return found


def has_object(office: Office, signed: Signed, name: str, object_id: str) -> bool:
    """Whether this account sees any version of an object. Raises NotFound, LinkClosed."""

    def work(connection: Connection) -> bool:
        _, partner = reader_of(office, connection, signed, name)
        wanted = Filter(ids=frozenset({object_id}), versions=frozenset({"all"}))
        query = select(OBJECTS.c.seq).where(*_chosen(name, partner.id, wanted)).limit(1)
        return connection.execute(query).first() is not None

    return office.read(work)


def events(office: Office, signed: Signed, number: int = 0, key: str = "") -> list[Event]:
    """The publications that this account may see as events: all, or the one of this number or UUID.

    What of them is told is for `told_events` to record. Raises LinkClosed.
    """

    def work(connection: Connection) -> list[Event]:
        found: list[Event] = []
        mine = select(COLLECTION_READERS.c.collection).where(COLLECTION_READERS.c.account == signed.account)
        for name in connection.execute(mine.order_by(COLLECTION_READERS.c.collection)).scalars().all():
            _, partner = reader_of(office, connection, signed, name)
            settle(office, connection, name)
            chosen = [PUBLICATIONS.c.collection == name, PUBLICATIONS.c.state == PUBLISHED]
            chosen += [PUBLICATIONS.c.forms.contains("misp"), PUBLICATIONS.c.id.in_(_decided_for(partner.id))]
            chosen += [PUBLICATIONS.c.number == number] if number else []
            chosen += [PUBLICATIONS.c.id == key] if key else []
            query = select(PUBLICATIONS).where(*chosen).order_by(PUBLICATIONS.c.changed, PUBLICATIONS.c.id)
            found += [_event(office, row) for row in connection.execute(query)]
        return found

    made = office.write(work)
    keeping.destroy_due(office)
    return made


def told_events(office: Office, signed: Signed, found: Sequence[str]) -> None:
    """Record that these publications are told as events. Raises LedgerUnavailable: then they are not told."""
    if not found:
        return
    told = _statement(
        office, signed.actor.person, READ, found[:MOST], {"form": "misp", "count": str(len(found))}
    )
    office.write(lambda connection: office.log.append(connection, told))


def settle(office: Office, connection: Connection, name: str) -> None:
    """Withdraw what changed, ended or was erased at its source, so that nobody reads it any more."""
    now = office.now()
    stale = or_(
        PUBLICATIONS.c.until <= now,
        and_(
            PUBLICATIONS.c.holding.is_not(None),
            or_(
                HOLDINGS.c.state != RecordState.LIVE.value,
                HOLDINGS.c.version != PUBLICATIONS.c.holding_version,
                HOLDINGS.c.retention <= now,
            ),
        ),
    )
    joined = PUBLICATIONS.outerjoin(HOLDINGS, HOLDINGS.c.id == PUBLICATIONS.c.holding)
    query = select(PUBLICATIONS).select_from(joined)
    here = (PUBLICATIONS.c.collection == name, PUBLICATIONS.c.state == PUBLISHED, stale)
    for row in connection.execute(query.where(*here)).all():
        take_back(office, connection, row, ITSELF, "the record changed, ended or was erased")


def take_back(office: Office, connection: Connection, row: Row[Any], who: OfficerId, why: str) -> int:
    """Withdraw a publication: nothing of what it said is left, and a last version says so. The ledger's entry."""
    now = office.now()
    former = connection.execute(select(OBJECTS).where(OBJECTS.c.publication == row.id)).all()
    last = {each.object: each for each in sorted(former, key=lambda each: each.version)}
    contents = [
        stix.withdrawn(_opened(office, each), max(now, each.version + MILLISECOND)) for each in last.values()
    ]
    connection.execute(delete(OBJECTS).where(OBJECTS.c.publication == row.id))
    values = {"state": "withdrawn", "sealed": None, "key": None, "changed": now}
    connection.execute(update(PUBLICATIONS).where(PUBLICATIONS.c.id == row.id).values(**values))
    keeping.destroy_later(connection, row.id, dict.fromkeys([row.key, *(each.key for each in former)]))
    add_objects(office, connection, row.collection, row.id, contents)
    told = _statement(office, who, WITHDRAWN, (row.id, row.collection), {"why": why})
    return office.log.append(connection, told).index


def add_objects(
    office: Office, connection: Connection, name: str, publication: str | None, contents: Iterable[Object]
) -> None:
    """New versions of objects, each at a time of its own, so that nobody who goes on by the time misses one."""
    every = list(contents)
    if not every:
        return
    ((key_id, key),) = office.keys.create(Compartment.SUPPLY)
    last = connection.execute(select(COLLECTIONS.c.last).where(COLLECTIONS.c.id == name)).scalar_one()
    rows = []
    for content in every:
        last = max(office.now(), last + MICROSECOND)
        seq = next_change(connection, CURSOR)
        row = {"seq": seq, "collection": name, "publication": publication, "object": content["id"]}
        row |= {"type": content["type"], "spec": stix.SPEC, "version": stix.version_of(content, last)}
        sealed = seal(key, msgspec.json.encode(content), _about(seq))
        rows.append(row | {"added": last, "key": int(key_id), "sealed": sealed})
    connection.execute(insert(OBJECTS), rows)
    connection.execute(update(COLLECTIONS).where(COLLECTIONS.c.id == name).values(last=last))


def add_foundations(office: Office, connection: Connection, name: str, contents: Iterable[Object]) -> None:
    """The objects that others rest on, each once in a collection."""
    wanted = {each["id"]: each for each in contents}
    query = select(OBJECTS.c.object).where(
        OBJECTS.c.collection == name, OBJECTS.c.publication.is_(None), OBJECTS.c.object.in_(wanted)
    )
    there = set(connection.execute(query).scalars())
    add_objects(office, connection, name, None, (each for key, each in wanted.items() if key not in there))


def about_publication(publication: str, version: int) -> str:
    """The name of a publication's row, which its content is sealed for."""
    return f"publication:{publication}:{version}"


def _chosen(name: str, partner: str, wanted: Filter) -> list[ColumnElement[bool]]:
    seen = or_(OBJECTS.c.publication.is_(None), OBJECTS.c.publication.in_(_decided_for(partner)))
    chosen = [OBJECTS.c.collection == name, seen, OBJECTS.c.seq > wanted.after, _versions(wanted.versions)]
    if wanted.added_after is not None:
        chosen.append(OBJECTS.c.added > wanted.added_after)
    for column, values in (("object", wanted.ids), ("type", wanted.types), ("spec", wanted.specs)):
        if values:
            chosen.append(OBJECTS.c[column].in_(sorted(values)))
    return chosen


def _versions(wanted: frozenset[str]) -> ColumnElement[bool]:
    """Last, first, all, or the versions of these times. Every version of an object is of one publication."""
    if "all" in wanted:
        return OBJECTS.c.seq > 0
    same = and_(LATER.c.collection == OBJECTS.c.collection, LATER.c.object == OBJECTS.c.object)
    terms: list[ColumnElement[bool]] = [false()]
    for word, edge in (("last", func.max), ("first", func.min)):
        if word in wanted:
            best = select(edge(LATER.c.version)).where(same).correlate(OBJECTS).scalar_subquery()
            terms.append(OBJECTS.c.version == best)
    times = [stix.read_time(text) for text in wanted - {"last", "first"}]
    return or_(*terms, OBJECTS.c.version.in_(times)) if times else or_(*terms)


def _decided_for(partner: str) -> Any:
    column = PUBLICATION_PARTNERS.c.publication
    return select(column).where(PUBLICATION_PARTNERS.c.partner == partner)


def _held(office: Office, row: Row[Any], manifest: bool) -> Held:
    content = {} if manifest else _opened(office, row)
    return Held(row.seq, row.object, row.version, row.added, content)


def _opened(office: Office, row: Row[Any]) -> Object:
    found: Object = msgspec.json.decode(keeping.opened(office.keys, row.key, row.sealed, _about(row.seq)))
    return found


def _event(office: Office, row: Row[Any]) -> Event:
    content = keeping.opened(office.keys, row.key, row.sealed, about_publication(row.id, row.version))
    own = canonical.decode(content, Publication) if row.intake is None else None
    raw = {} if own else msgspec.json.decode(content)
    return Event(row.number, row.collection, own, raw, row.changed)


def _about(seq: int) -> str:
    return f"published:{seq}"


def _tell(
    office: Office, connection: Connection, signed: Signed, name: str, rows: Sequence[Row[Any]], form: str
) -> None:
    named = dict.fromkeys(row.publication for row in rows if row.publication)
    detail = {"form": form, "count": str(len(rows))}
    told = _statement(office, signed.actor.person, READ, (name, *named), detail)
    office.log.append(connection, told)


def _statement(
    office: Office, who: OfficerId, what: str, objects: Iterable[str], detail: dict[str, str]
) -> Statement:
    return Statement(what=what, who=who, when=office.now(), objects=tuple(objects), detail=detail)
