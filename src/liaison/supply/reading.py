"""What pages show of supply: what left and how it stands with each recipient, what came, permissions, notices.

Lists hold codes, nodes and times, and nothing of what an item says; to read one is `leaving.take`. Who may see the
lists of what left: those who may disclose, recall or permit.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, Connection, Row, Table, and_, func, or_, select

from liaison.ledger.statements import Statement
from liaison.model import canonical
from liaison.model.errors import NotFound
from liaison.model.roles import Capability, capabilities
from liaison.office import Office
from liaison.policy import Actor
from liaison.storage.tables.supply import (
    COMPLIANCE,
    HELD,
    NOTICES,
    OUTCOMES,
    PATHS,
    PERMISSIONS,
    RECIPIENTS,
    SUPPLIED,
)
from liaison.supply import access, keeping, rules
from liaison.supply.documents import Kind, Outcome
from liaison.supply.items import State
from liaison.supply.letters import Told
from liaison.supply.rules import Asked
from liaison.supply.vouching import fingerprint_of

MOST = 200  # rows of one page
WHAT = "read-supply"
ANSWERS = frozenset({Capability.DISCLOSE, Capability.RECALL, Capability.GRANT})
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some rows, and where the next page begins: give it as `after`; empty where there is none."""

    entries: tuple[T, ...]
    next: str


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who has an item, by which way, and how: sent, passed on, or in urgency."""

    node: str
    chain: tuple[str, ...]
    how: str
    at: dt.datetime
    consent: bool


@dataclass(frozen=True, slots=True)
class SuppliedItem:
    """An item of ours."""

    id: str
    holding: str
    state: State
    revision: int
    handling: str
    purpose: str
    offence: str
    request: str
    person: str
    made: dt.datetime
    retention: dt.datetime
    recipients: tuple[Recipient, ...]


@dataclass(frozen=True, slots=True)
class HeldItem:
    """An item of another agency. `fingerprint` where its card was only vouched for: compare it before relying on it."""

    id: str
    originator: str
    vouched: bool
    kind: str
    category: str
    state: State
    revision: int
    handling: str
    purpose: str
    offence: str
    request: str
    received: dt.datetime
    retention: dt.datetime
    review: dt.datetime
    holding: str
    chains: tuple[tuple[str, ...], ...]
    fingerprint: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """How one node stands with a notice. `since` is from when it was expected; `complied` where all was done.

    It is asked the next time at `again`, unless a person ended that.
    """

    node: str
    chain: tuple[str, ...]
    since: dt.datetime
    chased: dt.datetime | None
    again: dt.datetime
    told: dt.datetime | None
    ended: dt.datetime | None
    confirmed: dt.datetime | None
    outcome: Outcome | None
    complied: bool


@dataclass(frozen=True, slots=True)
class NoticeView:
    """A notice and who has complied."""

    id: str
    item: str
    originator: str
    kind: Kind
    why: str
    number: int
    made: dt.datetime
    person: str
    answers: tuple[Answer, ...]

    @property
    def open(self) -> tuple[Answer, ...]:
        """Those who have not complied."""
        return tuple(answer for answer in self.answers if not answer.complied)


@dataclass(frozen=True, slots=True)
class PermissionView:
    """A request for permission; `overdue` where it waits past its clock. `why` and `answer` only where it is opened."""

    id: str
    out: bool
    item: str
    partner: str
    lifts: str
    recipient: str
    purpose: str
    urgent: bool
    state: Asked
    asked: dt.datetime
    asked_by: str
    due: dt.datetime
    overdue: bool
    decided: dt.datetime | None
    decided_by: str
    expires: dt.datetime | None
    why: str = ""
    answer: str = ""


@dataclass(frozen=True, slots=True)
class OutcomeView:
    """What an item led to, as it was told."""

    id: str
    out: bool
    item: str
    partner: str
    at: dt.datetime
    person: str
    told: Told


def supplied(
    office: Office,
    actor: Actor,
    *,
    request: str = "",
    holding: str = "",
    item: str = "",
    after: str = "",
    most: int = 50,
) -> Page[SuppliedItem]:
    """What left this node, the newest first, with how it stands at each recipient. Raises NotFound for who may not,
    and for one item that there is not."""
    asked = (SUPPLIED.c.request, request), (SUPPLIED.c.holding, holding), (SUPPLIED.c.id, item)
    chosen = [column == value for column, value in asked if value]

    def work(connection: Connection) -> Page[SuppliedItem]:
        _require(actor)
        rows, following = _page(connection, SUPPLIED, "made", chosen, after, most)
        if item and not rows:
            raise NotFound
        who = _recipients(connection, [row.id for row in rows])
        _tell(office, connection, actor, "supplied", len(rows), (item,) if item else ())
        return Page(tuple(_supplied(row, who.get(row.id, ())) for row in rows), following)

    return office.write(work)


def received(
    office: Office, actor: Actor, *, request: str = "", item: str = "", after: str = "", most: int = 50
) -> Page[HeldItem]:
    """What came to this node and this person may see, the newest first. Raises NotFound for one item that they may
    not see."""
    asked = (HELD.c.request, request), (HELD.c.id, item)
    chosen = [access.visible(actor), *(column == value for column, value in asked if value)]

    def work(connection: Connection) -> Page[HeldItem]:
        rows, following = _page(connection, HELD, "received", chosen, after, most, access.visible(actor))
        if item and not rows:
            raise NotFound
        paths = _paths(connection, [row.id for row in rows])
        _tell(office, connection, actor, "received", len(rows), (item,) if item else ())
        return Page(tuple(_held(office, row, paths.get(row.id, ())) for row in rows), following)

    return office.write(work)


def notices(
    office: Office, actor: Actor, *, item: str = "", unanswered: bool = False, after: str = "", most: int = 50
) -> Page[NoticeView]:
    """Notices with who has complied and who has not, since when; the newest first. Raises NotFound for who may not.

    unanswered: only those that somebody has not confirmed.
    """
    chosen: list[ColumnElement[bool]] = [NOTICES.c.item == item] if item else []
    if unanswered:
        silent = select(COMPLIANCE.c.notice).where(COMPLIANCE.c.confirmed.is_(None))
        chosen.append(NOTICES.c.id.in_(silent))

    def work(connection: Connection) -> Page[NoticeView]:
        _require(actor)
        rows, following = _page(connection, NOTICES, "made", chosen, after, most)
        answers = _grouped(connection, COMPLIANCE, COMPLIANCE.c.notice, [row.id for row in rows])
        _tell(office, connection, actor, "notices", len(rows))
        return Page(tuple(_notice(row, answers.get(row.id, [])) for row in rows), following)

    return office.write(work)


def permissions(
    office: Office, actor: Actor, *, out: bool, waiting: bool = False, after: str = "", most: int = 50
) -> Page[PermissionView]:
    """Requests for permission, the newest first: asked by this node, or of it."""
    chosen = [PERMISSIONS.c.out == out, *([PERMISSIONS.c.state == Asked.ASKED.value] if waiting else [])]

    def work(connection: Connection) -> Page[PermissionView]:
        _require(actor, out=out)
        now = office.now()
        mine = _mine(actor, out)
        rows, following = _page(connection, PERMISSIONS, "asked", [*chosen, mine], after, most, mine)
        return Page(tuple(_permission(row, now) for row in rows), following)

    return office.read(work)


def permission(office: Office, actor: Actor, id: str) -> PermissionView:
    """One request with its words, and an entry on the ledger. Raises NotFound."""

    def work(connection: Connection) -> PermissionView:
        row = connection.execute(select(PERMISSIONS).where(PERMISSIONS.c.id == id)).first()
        if row is None:
            raise NotFound
        _require(actor, out=row.out)
        if (
            connection.execute(
                select(PERMISSIONS.c.id).where(PERMISSIONS.c.id == id, _mine(actor, row.out))
            ).first()
            is None
        ):
            raise NotFound
        _tell(office, connection, actor, "permission", 1, (row.item, row.id))
        why = keeping.opened(office.keys, row.key, row.sealed, f"{row.id}:why").decode()
        answer = (
            keeping.opened(office.keys, row.key, row.answer, f"{row.id}:answer").decode()
            if row.answer
            else ""
        )
        return _permission(row, office.now(), why, answer)

    return office.write(work)


def outcomes(office: Office, actor: Actor, item: str) -> tuple[OutcomeView, ...]:
    """What an item led to, with an entry on the ledger. Raises NotFound for one that this person may not see."""

    def work(connection: Connection) -> tuple[OutcomeView, ...]:
        if not _may(actor):
            access.find(connection, actor, item)
        rows = connection.execute(
            select(OUTCOMES).where(OUTCOMES.c.item == item).order_by(OUTCOMES.c.at, OUTCOMES.c.id)
        ).all()
        _tell(office, connection, actor, "outcomes", len(rows), (item,))
        return tuple(_outcome(office, row) for row in rows)

    return office.write(work)


def unanswered(office: Office) -> int:
    """How many nodes have not confirmed a notice: for the figures of the node."""
    query = select(func.count()).select_from(COMPLIANCE).where(COMPLIANCE.c.confirmed.is_(None))
    return office.read(lambda connection: connection.execute(query).scalar_one())


def _may(actor: Actor) -> bool:
    return bool(capabilities(actor.roles, trained=actor.trained) & ANSWERS)


def _require(actor: Actor, *, out: bool = False) -> None:
    asks = Capability.ASK_PARTNER in capabilities(actor.roles, trained=actor.trained)
    if not (_may(actor) or (out and asks)):
        raise NotFound


def _mine(actor: Actor, out: bool) -> ColumnElement[bool]:
    """Who answers for the records sees every request; others those on items that they see."""
    if _may(actor) or not out:
        return PERMISSIONS.c.id.is_not(None)
    return PERMISSIONS.c.item.in_(select(HELD.c.id).where(access.visible(actor)))


def _page(
    connection: Connection,
    table: Table,
    time: str,
    chosen: Iterable[ColumnElement[bool]],
    after: str,
    most: int,
    seen: ColumnElement[bool] | None = None,
) -> tuple[list[Row[Any]], str]:
    """Rows by time, the newest first, and the cursor of the next page: the id of the last row shown.

    seen: which rows the person may see at all; a cursor that is another row's is none.
    """
    most, at = max(1, min(most, MOST)), table.c[time]
    where = list(chosen)
    if after:
        held = [table.c.id == after, *([] if seen is None else [seen])]
        last = connection.execute(select(at, table.c.id).where(*held)).first()
        if last is None:
            raise NotFound
        where.append(or_(at < last[0], and_(at == last[0], table.c.id > last[1])))
    query = select(table).where(*where).order_by(at.desc(), table.c.id).limit(most + 1)
    rows = list(connection.execute(query).all())
    return rows[:most], rows[most - 1].id if len(rows) > most else ""


def _grouped(connection: Connection, table: Table, column: Any, ids: list[str]) -> dict[str, list[Row[Any]]]:
    found: dict[str, list[Row[Any]]] = {}
    for row in connection.execute(select(table).where(column.in_(ids))) if ids else ():
        found.setdefault(getattr(row, column.name), []).append(row)
    return found


def _recipients(connection: Connection, ids: list[str]) -> dict[str, tuple[Recipient, ...]]:
    rows = _grouped(connection, RECIPIENTS, RECIPIENTS.c.item, ids)
    return {
        id: tuple(map(_recipient, sorted(held, key=lambda row: (row.at, row.chain))))
        for id, held in rows.items()
    }


def _recipient(row: Row[Any]) -> Recipient:
    return Recipient(row.recipient, keeping.chain_of(row.chain), row.how, row.at, bool(row.consent))


def _paths(connection: Connection, ids: list[str]) -> dict[str, tuple[tuple[str, ...], ...]]:
    rows = _grouped(connection, PATHS, PATHS.c.item, ids)
    return {id: tuple(keeping.chain_of(row.chain) for row in held) for id, held in rows.items()}


def _supplied(row: Row[Any], recipients: tuple[Recipient, ...]) -> SuppliedItem:
    return SuppliedItem(
        id=row.id,
        holding=row.holding,
        state=State(row.state),
        revision=row.revision,
        handling=row.handling,
        purpose=row.purpose,
        offence=row.offence,
        request=row.request,
        person=row.person,
        made=row.made,
        retention=row.retention,
        recipients=recipients,
    )


def _held(office: Office, row: Row[Any], chains: tuple[tuple[str, ...], ...]) -> HeldItem:
    card = ""
    if row.vouched and row.sealed is not None:
        card = keeping.kept(office.keys, row.key, row.sealed, row.id).card
    return HeldItem(
        id=row.id,
        originator=row.originator,
        vouched=row.vouched,
        kind=row.kind,
        category=row.category or "",
        state=State(row.state),
        revision=row.revision,
        handling=row.handling,
        purpose=row.purpose,
        offence=row.offence,
        request=row.request,
        received=row.received,
        retention=row.retention,
        review=row.review,
        holding=row.holding or "",
        chains=chains,
        fingerprint=fingerprint_of(card),
    )


def _notice(row: Row[Any], answers: list[Row[Any]]) -> NoticeView:
    kind = Kind(row.kind)
    shown = (
        Answer(
            node=each.node,
            chain=keeping.chain_of(each.chain),
            since=each.since,
            chased=each.chased,
            again=each.again,
            told=each.told,
            ended=each.ended,
            confirmed=each.confirmed,
            outcome=Outcome(each.outcome) if each.outcome else None,
            complied=rules.complied(Outcome(each.outcome) if each.outcome else None, kind),
        )
        for each in sorted(answers, key=lambda each: (len(each.chain), each.node))
    )
    return NoticeView(
        id=row.id,
        item=row.item,
        originator=row.originator,
        kind=kind,
        why=row.why,
        number=row.number,
        made=row.made,
        person=row.person,
        answers=tuple(shown),
    )


def _permission(row: Row[Any], now: dt.datetime, why: str = "", answer: str = "") -> PermissionView:
    state = rules.standing_of(Asked(row.state), row.expires, now)
    return PermissionView(
        id=row.id,
        out=bool(row.out),
        item=row.item,
        partner=row.partner,
        lifts=row.lifts,
        recipient=row.recipient,
        purpose=row.purpose,
        urgent=row.urgent,
        state=state,
        asked=row.asked,
        asked_by=row.asked_by,
        due=row.due,
        overdue=state is Asked.ASKED and now > row.due,
        decided=row.decided,
        decided_by=row.decided_by,
        expires=row.expires,
        why=why,
        answer=answer,
    )


def _outcome(office: Office, row: Row[Any]) -> OutcomeView:
    content = keeping.opened(office.keys, row.key, row.sealed, f"outcome:{row.id}")
    told = canonical.decode(content, Told)
    return OutcomeView(row.id, bool(row.out), row.item, row.partner, row.at, row.person, told)


def _tell(
    office: Office,
    connection: Connection,
    actor: Actor,
    list_name: str,
    count: int,
    objects: tuple[str, ...] = (),
) -> None:
    told = Statement(
        what=WHAT,
        who=actor.person,
        when=office.now(),
        objects=objects,
        outcome=str(count),
        detail={"list": list_name},
    )
    office.log.append(connection, told)
