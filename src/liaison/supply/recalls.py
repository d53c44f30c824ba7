"""Calling back what was supplied, by a person; corrections follow the record by themselves (see following.py)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, select, update

from liaison.ledger.statements import Statement
from liaison.model.categories import Category
from liaison.model.errors import Conflict, NotFound
from liaison.model.roles import Capability, capabilities
from liaison.office import Office
from liaison.policy import Action, Actor, Context, RecordFacts
from liaison.storage.tables.holdings import HOLDINGS
from liaison.storage.tables.supply import COMPLIANCE, NOTICES, SUPPLIED
from liaison.supply.documents import Kind, Why
from liaison.supply.issuing import Issued, issue
from liaison.supply.items import State
from liaison.transport.means import Means

WHAT_ENDED = "notice-given-up"
WHYS = (Why.WRONG, Why.UNLAWFUL, Why.OVER, Why.ORDER)


def recall(office: Office, means: Means, actor: Actor, item: str, why: Why, reason: str) -> Issued:
    """Call an item of ours back from everybody who has it; the record here stays. reason: in the person's words.

    Raises NotFound, NotLawful, Conflict for one that was called back before, LedgerUnavailable.
    """

    def work(connection: Connection) -> Issued:
        return recall_within(office, means, connection, actor, item, why, reason)

    return office.write(work)


def recall_within(
    office: Office, means: Means, connection: Connection, actor: Actor, item: str, why: Why, reason: str
) -> Issued:
    """As `recall`, in the caller's transaction."""
    row = load(connection, actor, item)
    context = Context(actor=actor, now=office.now(), record=_facts(connection, row), reason=reason)
    office.decide(Action.RECALL, context)
    if State(row.state).over:
        raise Conflict(f"the item was {row.state} before")
    return issue(office, means, connection, row, Kind.RECALL, why, actor.person)


def recall_record(
    office: Office, means: Means, actor: Actor, holding: str, why: Why, reason: str
) -> tuple[Issued, ...]:
    """Call back every item that was made of a record. Raises as `recall`, NotFound where there is none."""

    def work(connection: Connection) -> tuple[Issued, ...]:
        chosen = (SUPPLIED.c.holding == holding) & SUPPLIED.c.state.in_(
            [State.HELD.value, State.RESTRICTED.value]
        )
        items = list(
            connection.execute(select(SUPPLIED.c.id).where(chosen).order_by(SUPPLIED.c.id)).scalars()
        )
        if not items:
            raise NotFound
        return tuple(recall_within(office, means, connection, actor, item, why, reason) for item in items)

    return office.write(work)


def end_asking(office: Office, actor: Actor, item: str, notice: str, node: str, reason: str) -> None:
    """Ask a node no more for its confirmation of a notice on an item of ours, and tell nobody of it any more.

    It still counts as one that did not confirm, and may confirm later. reason: in the person's words. Raises NotFound,
    NotLawful, Conflict for one that was not asked, confirmed or was given up before, LedgerUnavailable.
    """

    def work(connection: Connection) -> None:
        row, now = load(connection, actor, item), office.now()
        chosen = (COMPLIANCE.c.notice == notice) & (COMPLIANCE.c.node == node)
        joined = COMPLIANCE.join(NOTICES, NOTICES.c.id == COMPLIANCE.c.notice)
        query = select(COMPLIANCE).select_from(joined).where(chosen, NOTICES.c.item == item)
        silent = connection.execute(query).first()
        if silent is None:
            raise Conflict("no such notice went to this node", hint="look at the notices of this item again")
        context = Context(actor=actor, now=now, record=_facts(connection, row), reason=reason)
        office.decide(Action.RECALL, context)
        if silent.confirmed is not None or silent.ended is not None:
            raise Conflict("this node confirmed, or is asked no more", hint="look at the notice again")
        connection.execute(update(COMPLIANCE).where(chosen).values(ended=now, ended_by=actor.person))
        told = Statement(
            what=WHAT_ENDED, who=actor.person, when=now, objects=(item, notice), detail={"node": node}
        )
        office.log.append(connection, told)

    office.write(work)


def load(connection: Connection, actor: Actor, item: str) -> Row[Any]:
    """The row of an item of ours, to one who may recall, disclose or grant. Raises NotFound."""
    held = capabilities(actor.roles, trained=actor.trained)
    row = connection.execute(select(SUPPLIED).where(SUPPLIED.c.id == item)).first()
    if row is None or not held & {Capability.RECALL, Capability.DISCLOSE, Capability.GRANT}:
        raise NotFound
    return row


def _facts(connection: Connection, row: Row[Any]) -> RecordFacts:
    """Nothing that the record says bears on whether it may be called back, but that it is ours."""
    chosen = select(HOLDINGS.c.category).where(HOLDINGS.c.id == row.holding)
    category = connection.execute(chosen).scalar()
    return RecordFacts(own=True, graded=True, category=Category(category) if category else None)
