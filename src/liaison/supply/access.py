"""The authoriser of items that were received: who may load which, and what a decision must know of one.

The people of a case that an item was supplied for see it, and whoever answers for the records. To anyone else it is
absent (threat A23).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, exists, false, select, true

from liaison.holdings import access as records
from liaison.holdings.access import ANSWERS_FOR_RECORDS, Footing
from liaison.model.categories import Category
from liaison.model.errors import Erased, NotFound
from liaison.model.grounds import Purpose
from liaison.model.holding import maybe_child
from liaison.model.roles import Capability, capabilities
from liaison.model.subjects import Person
from liaison.office import Office
from liaison.policy import Actor, RecordFacts
from liaison.storage.tables.screening import MEMBERS
from liaison.storage.tables.supply import HELD, LINKS, SUPPLIED
from liaison.supply import keeping, rules
from liaison.supply.doors import Label
from liaison.supply.items import Item, State
from liaison.supply.keeping import Kept

SEES = (Capability.READ_HOLDING, Capability.DISCLOSE, Capability.RECALL)
SUPPLIES = frozenset({Capability.DISCLOSE, Capability.RECALL, Capability.GRANT})


@dataclass(frozen=True, slots=True)
class Loaded:
    """An item that this person may load: its row, what was kept of it, what it says, how it may be used."""

    row: Row[Any]
    kept: Kept
    item: Item
    label: Label


def visible(actor: Actor) -> ColumnElement[bool]:
    """The items that this person may see at all; on what grounds they may is the policy's word."""
    if not capabilities(actor.roles, trained=actor.trained) & set(SEES):
        return false()
    if actor.roles & ANSWERS_FOR_RECORDS:
        return true()
    linked = (LINKS.c.item == HELD.c.id) & (LINKS.c.case_id == MEMBERS.c.case_id)
    return exists().where(linked, MEMBERS.c.person == actor.person)


def find(connection: Connection, actor: Actor, item: str) -> Row[Any]:
    """An item's row, also of one that is over. Raises NotFound for one that this person may not see."""
    row = connection.execute(select(HELD).where(HELD.c.id == item, visible(actor))).first()
    if row is None:
        raise NotFound
    return row


def of_record(connection: Connection, holding: str) -> Row[Any] | None:
    """The item that a record was made of, for somebody to whom an alert on that record was shown; None where it is a
    record of this agency's own. The caller has loaded the alert, and with it decided who asks."""
    return connection.execute(select(HELD).where(HELD.c.holding == holding)).first()


def load(office: Office, connection: Connection, actor: Actor, item: str) -> Loaded:
    """An item with its content. Raises NotFound, and Erased for one that was recalled, erased or is past its time."""
    return content(office, find(connection, actor, item))


def content(office: Office, row: Row[Any]) -> Loaded:
    """What a row holds. Raises Erased."""
    if row.sealed is None:
        raise Erased(f"the item was {row.state}: nothing of it is left here")
    kept = keeping.kept(office.keys, row.key, row.sealed, row.id)
    item = kept.content
    return Loaded(row, kept, item, label(row, kept, item, office.now()))


def find_own(connection: Connection, actor: Actor, item: str) -> Row[Any]:
    """The row of an item that this node supplied, also of one that is over. Raises NotFound for whoever answers for
    none of them."""
    if not capabilities(actor.roles, trained=actor.trained) & SUPPLIES:
        raise NotFound
    row = connection.execute(select(SUPPLIED).where(SUPPLIED.c.id == item)).first()
    if row is None:
        raise NotFound
    return row


def content_own(office: Office, row: Row[Any]) -> Loaded:
    """What an item of ours says, as it was signed. Raises Erased."""
    if row.sealed is None:
        raise Erased(f"the item was {row.state}: nothing of it is left here")
    kept = keeping.kept(office.keys, row.key, row.sealed, row.id)
    item = kept.content
    facts = RecordFacts(
        category=item.category,
        minor=type(item.subject) is Person and maybe_child(item.subject.born, office.now().date()),
        graded=True,
        handling=frozenset(item.handling.codes),
        own=True,
        collected_for=item.purpose,
        review_at=row.retention,
        expires_at=row.retention,
        restricted=State(row.state) is not State.HELD,
    )
    return Loaded(row, kept, item, Label(record=facts, handling=item.handling, original=item.handling))


def on_own_case(connection: Connection, actor: Actor, row: Row[Any], footing: Footing | None) -> bool:
    """Whether this person uses an item of ours in the request it answered, or in a case of theirs that has met its
    record."""
    if footing is None:
        return False
    case = footing.grounds.case
    if actor.roles & ANSWERS_FOR_RECORDS and row.request and case == row.request:
        return True
    met = records.met_by(connection, actor, row.holding, case)
    return met and records.on_case(connection, actor, case)


def label(row: Row[Any], kept: Kept, item: Item, now: dt.datetime) -> Label:
    """How an item may be used: the originator's conditions with what others added."""
    handling = rules.handling(item.handling, *([kept.added] if kept.added else []))
    facts = RecordFacts(
        category=Category(row.category) if row.category else None,
        minor=type(item.subject) is Person and maybe_child(item.subject.born, now.date()),
        graded=True,
        handling=frozenset(handling.codes),
        own=False,
        collected_for=Purpose(row.purpose),
        review_at=row.review,
        expires_at=row.retention,
        restricted=State(row.state) is not State.HELD,
    )
    return Label(record=facts, handling=handling, original=item.handling)


def on_case(connection: Connection, actor: Actor, row: Row[Any], footing: Footing | None) -> bool:
    """Whether this person uses it in a case that it was supplied for: one of theirs, or the request they answer for."""
    if footing is None:
        return False
    case = footing.grounds.case
    if actor.roles & ANSWERS_FOR_RECORDS and row.request and case == row.request:
        return True
    chosen = (LINKS.c.item == row.id) & (LINKS.c.case_id == case)
    linked = connection.execute(select(LINKS.c.item).where(chosen)).first() is not None
    return linked and records.on_case(connection, actor, case)
