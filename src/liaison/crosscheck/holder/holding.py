"""What pages show of the holder's side: its own sets, whom they were answered for, and what partners may still ask.

Seen by the desk that answers partners, its supervisors, and who protects data; to everyone else it does not exist.
Nothing here says whom a partner asked about: this node does not know.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, and_, func, or_, select

from liaison.crosscheck.holder import epochs, quotas, versions
from liaison.crosscheck.holder.epochs import Epoch, EpochState, Sharing
from liaison.crosscheck.holder.rules import Unpublished
from liaison.crosscheck.messages import Kind, Of, Question
from liaison.crosscheck.recording import record
from liaison.model.categories import Category
from liaison.model.errors import NotFound
from liaison.model.grounds import Purpose
from liaison.model.roles import Capability, capabilities
from liaison.office import Office
from liaison.partners import directory
from liaison.policy import Actor
from liaison.storage.tables.base import EPOCH
from liaison.storage.tables.crosscheck import ANSWERED, EPOCHS, SERVED
from liaison.storage.tables.holdings import HOLDINGS
from liaison.supply import signing

WHAT_READ = "crosscheck-served-read"
SEES = frozenset({Capability.ANSWER_PARTNER, Capability.SUPERVISE, Capability.ANSWER_PERSON})
MOST, LARGEST = 50, 200  # sessions of one page
CLOSED = 12  # closed epochs that are shown


@dataclass(frozen=True, slots=True)
class OwnSet:
    """One epoch of a set of this node.

    `categories` and `things` are what its class lets in, empty where nobody is in it any more. `done` of `total`
    records were looked at. `people` is how many it says to hold, `tokens` how many it has; both are padded, `records`
    is not and is told nobody.
    """

    epoch: str
    of: Of
    number: int
    state: EpochState
    categories: tuple[Category, ...]
    things: bool
    changes: bool
    begun: dt.datetime
    ends: dt.datetime
    closed: dt.datetime | None
    version: int
    made: dt.datetime | None
    people: int
    tokens: int
    records: int
    done: int
    total: int
    left_out: tuple[tuple[Unpublished, int], ...]
    partners: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Served:
    """A session that was answered for a partner. `points` of `batches` so far; `reference` is the partner's own."""

    partner: str
    session: str
    kind: Kind
    of: Of
    officer: str
    second: str
    reference: str
    purpose: Purpose
    offence: str
    basis: str
    until: dt.datetime | None
    epoch: str
    points: int
    batches: int
    answered: int
    first: dt.datetime
    last: dt.datetime
    receipted: bool


@dataclass(frozen=True, slots=True)
class ServedBatch:
    """One batch that was answered, and the entry of the ledger that was written before its answer left."""

    number: int
    points: int
    digest: str
    at: dt.datetime
    entry: int


@dataclass(frozen=True, slots=True)
class ServedWhole:
    """One session with its batches, how many people the partner says it is about, who countersigned, and the receipts
    as both sides signed them; "" where there is none."""

    session: Served
    subjects: int
    all_points: int
    whole: str
    authority: str
    batches: tuple[ServedBatch, ...]
    theirs: str
    ours: str


@dataclass(frozen=True, slots=True)
class Page:
    """Some sessions, and where the next page begins: give it as `after`; empty where there is none."""

    entries: tuple[Served, ...]
    next: str


@dataclass(frozen=True, slots=True)
class PartnerMeter:
    """What a partner had evaluated within the days of an epoch, and may still ask under one that is open. `by_case` is
    by the partner's reference of the case."""

    partner: str
    epoch: str
    of: Of
    number: int
    ends: dt.datetime
    points: int
    case_points: int
    used: int
    left: int
    by_case: Mapping[str, int]


def may_see(actor: Actor) -> bool:
    """Whether the person sees this side of cross-checks."""
    return bool(SEES & capabilities(actor.roles, trained=actor.trained))


def own_sets(office: Office, actor: Actor) -> list[OwnSet]:
    """This node's sets, those in use first, then the last that were closed. Raises NotFound for who may not see."""

    def work(connection: Connection) -> list[OwnSet]:
        _require(actor)
        now, closed = office.now(), EPOCHS.c.state == EpochState.CLOSED.value
        held = {of: epochs.classes(connection, now, of) for of in Of}
        over = sorted(epochs.epochs(connection, closed), key=lambda each: each.begun, reverse=True)
        total = connection.execute(select(func.count()).select_from(HOLDINGS)).scalar_one()
        return [
            _own(connection, each, held[each.of], total)
            for each in [*epochs.epochs(connection, ~closed), *over[:CLOSED]]
        ]

    return office.read(work)


def _own(connection: Connection, epoch: Epoch, held: Mapping[str, epochs.Class], total: int) -> OwnSet:
    found = held.get(epoch.sharing) if epoch.state is not EpochState.CLOSED else None
    sharing = found.sharing if found else Sharing(epoch.of, (), False, epoch.changes, 0)
    last = versions.last(connection, epoch) if epoch.version else None
    return OwnSet(
        epoch=epoch.id,
        of=epoch.of,
        number=epoch.number,
        state=epoch.state,
        categories=sharing.categories,
        things=sharing.things,
        changes=epoch.changes,
        begun=epoch.begun,
        ends=epoch.ends,
        closed=epoch.closed,
        version=epoch.version,
        made=last.made if last else None,
        people=epoch.people,
        tokens=versions.told(last).count if last else 0,
        records=epoch.records,
        done=epoch.done,
        total=max(epoch.done, total) if epoch.state is EpochState.MAKING else epoch.done,
        left_out=tuple((Unpublished[why], count) for why, count in sorted(epoch.left_out.items())),
        partners=found.partners if found else (),
    )


def served(office: Office, actor: Actor, *, partner: str = "", after: str = "", most: int = MOST) -> Page:
    """Sessions that were answered, the newest first; of one partner, by origin, where it is named. Raises NotFound."""

    def work(connection: Connection) -> Page:
        _require(actor)
        chosen = [SERVED.c.partner == partner] if partner else []
        order = SERVED.c.last.desc(), SERVED.c.partner, SERVED.c.session
        count = min(max(1, most), LARGEST)
        query = select(SERVED).where(*chosen, *_behind(after)).order_by(*order).limit(count + 1)
        rows = connection.execute(query).all()
        following = _place(rows[count - 1]) if len(rows) > count else ""
        return Page(tuple(_session(row) for row in rows[:count]), following)

    return office.read(work)


def served_one(office: Office, actor: Actor, partner: str, session: str) -> ServedWhole:
    """One session with its batches and receipts, and an entry on the ledger. Raises NotFound."""

    def work(connection: Connection) -> ServedWhole:
        row = _load(connection, actor, partner, session)
        told = {"partner": partner, "session": session}
        record(office, connection, WHAT_READ, actor.person, objects=(row.epoch,), detail=told)
        mine = ANSWERED.c.partner == partner, ANSWERED.c.session == session
        batches = connection.execute(select(ANSWERED).where(*mine).order_by(ANSWERED.c.batch)).all()
        first = signing.told(batches[0].question, Question)
        return ServedWhole(
            session=_session(row),
            subjects=first.subjects,
            all_points=first.all_points,
            whole=row.whole,
            authority=first.countersigned.authority if first.countersigned else "",
            batches=tuple(
                ServedBatch(each.batch, each.points, each.digest, each.at, each.entry) for each in batches
            ),
            theirs=row.theirs or "",
            ours=row.ours or "",
        )

    return office.write(work)


def meters(office: Office, actor: Actor) -> list[PartnerMeter]:
    """How every partner stands in every epoch that is open to it, by origin. Raises NotFound for who may not see."""

    def work(connection: Connection) -> list[PartnerMeter]:
        _require(actor)
        now, found = office.now(), list[PartnerMeter]()
        held = epochs.epochs(connection, EPOCHS.c.state == EpochState.OPEN.value)
        for partner in directory.partners(connection):
            for each in held:
                sharing = epochs.class_of(partner, each.of, now)
                if sharing is not None and sharing.digest == each.sharing:
                    found.append(_metered(connection, partner.origin, each, now))
        return sorted(found, key=lambda one: (one.partner, one.of.value, -one.number))

    return office.read(work)


def _metered(connection: Connection, partner: str, epoch: Epoch, now: dt.datetime) -> PartnerMeter:
    held = quotas.meter(connection, partner, epoch.of, now)
    return PartnerMeter(
        partner=partner,
        epoch=epoch.id,
        of=epoch.of,
        number=epoch.number,
        ends=epoch.ends,
        points=held.points,
        case_points=held.case_points,
        used=held.used,
        left=held.left,
        by_case=dict(sorted(held.by_case.items())),
    )


def _require(actor: Actor) -> None:
    if not may_see(actor):
        raise NotFound


def _load(connection: Connection, actor: Actor, partner: str, session: str) -> Row[Any]:
    """A session that the person sees. Raises NotFound."""
    _require(actor)
    here = (SERVED.c.partner == partner) & (SERVED.c.session == session)
    row = connection.execute(select(SERVED).where(here)).first()
    if row is None:
        raise NotFound
    return row


def _session(row: Row[Any]) -> Served:
    given = {name: getattr(row, name) for name in Served.__slots__ if name != "receipted"}
    given |= {"kind": Kind(row.kind), "of": Of(row.of), "purpose": Purpose(row.purpose)}
    return Served(receipted=row.ours is not None, **given)


def _place(row: Row[Any]) -> str:
    """Where a page ends."""
    return f"{(row.last - EPOCH) // dt.timedelta(microseconds=1)}|{row.partner}|{row.session}"


def _behind(after: str) -> list[Any]:
    """What follows the end of a page; nothing is left out where it is none."""
    moment, _, rest = after.partition("|")
    partner, _, session = rest.partition("|")
    if not (moment.isdecimal() and len(moment) < 18 and partner and session):
        return []
    last = EPOCH + dt.timedelta(microseconds=int(moment))
    same = SERVED.c.last == last
    return [
        or_(
            SERVED.c.last < last,
            and_(same, SERVED.c.partner > partner),
            and_(same, SERVED.c.partner == partner, SERVED.c.session > session),
        )
    ]
