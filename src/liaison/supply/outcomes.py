"""What an item led to, told back to whoever supplied it, under handling of its own."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, insert, select

from liaison.holdings.access import Footing
from liaison.ledger.statements import Statement
from liaison.model.categories import Category, OfficerId
from liaison.model.errors import BadInput, NotFound
from liaison.model.handling import Handling
from liaison.office import Office, new_id
from liaison.officers import notices
from liaison.partners import directory
from liaison.policy import Action, Actor, Context
from liaison.storage.tables.supply import HELD, OUTCOMES, PATHS, RECIPIENTS, SUPPLIED
from liaison.supply import access, keeping, letters
from liaison.supply.letters import Result, Told
from liaison.supply.receiving import JOB
from liaison.supply.refusing import NotTaken
from liaison.transport.means import Means

WHAT_TOLD, WHAT_HEARD = "tell-outcome", "outcome-received"


@dataclass(frozen=True, slots=True, kw_only=True)
class Led:
    """What an item led to, when, in the person's words, and how the supplier may use that."""

    result: Result
    words: str
    on: dt.date
    handling: Handling
    category: Category | None = None


def tell(office: Office, means: Means, actor: Actor, item: str, footing: Footing, led: Led) -> str:
    """Tell the supplier what an item led to, also one that was recalled since; the id of it.

    Raises NotFound, NotLawful, LinkClosed, BadInput.
    """
    if led.on > office.now().date():
        raise BadInput("it is still to come", field="on", hint="give the day on which it was")

    def work(connection: Connection) -> str:
        row = access.find(connection, actor, item)
        on_case = access.on_case(connection, actor, row, footing)
        return told(office, means, connection, actor, row, footing, led, on_case=on_case)

    return office.write(work)


def told(
    office: Office,
    means: Means,
    connection: Connection,
    actor: Actor,
    row: Row[Any],
    footing: Footing,
    led: Led,
    *,
    on_case: bool,
    id: str = "",
) -> str:
    """Tell it in the transaction of the caller, who has loaded the item and says whether the person works on its case;
    under this id, or a new one. Raises NotLawful, LinkClosed."""
    now, supplier = office.now(), _supplier(connection, row.id, row.originator)
    context = Context(
        actor=actor,
        now=now,
        grounds=footing.grounds,
        on_case=on_case,
        partner=directory.facts(supplier, now),
        authority=footing.authority,
    )
    office.decide(Action.TELL_OUTCOME, context)
    body = Told(
        id=id or new_id("outcome"),
        item=row.id,
        result=led.result,
        words=led.words,
        handling=led.handling,
        on=led.on,
        category=led.category,
        made=now,
    )
    _write(office, connection, body, supplier.origin, actor.person, WHAT_TOLD, footing, out=True)
    letters.post(
        office, means, connection, supplier.origin, letters.OUTCOME, body, thread=row.id, by=actor.person
    )
    return body.id


def take(office: Office, connection: Connection, sender: str, body: Told) -> str:
    """Take what a partner tells of an item that it had from here. Raises NotTaken."""
    own = connection.execute(select(SUPPLIED.c.person).where(SUPPLIED.c.id == body.item)).scalar()
    others = connection.execute(select(HELD.c.id).where(HELD.c.id == body.item)).first()
    given = (RECIPIENTS.c.item == body.item) & (RECIPIENTS.c.recipient == sender)
    had = connection.execute(select(RECIPIENTS.c.item).where(given)).first()
    if had is None or (own is None and others is None):
        raise NotTaken("unknown-item", "this node gave no such item to the sender")
    if connection.execute(select(OUTCOMES.c.id).where(OUTCOMES.c.id == body.id)).first() is not None:
        raise NotTaken("conflict", "an outcome of this id is here")
    _write(office, connection, body, sender, JOB, WHAT_HEARD, None, out=False)
    if own is not None:
        notices.add(connection, OfficerId(own), WHAT_HEARD, body.item, office.now())
    return body.result.value


def _supplier(connection: Connection, item: str, originator: str) -> directory.Partner:
    """The originator, where it is a partner; else who passed the item on."""
    try:
        return directory.partner(connection, originator)
    except NotFound:
        first = select(PATHS.c.sender).where(PATHS.c.item == item).order_by(PATHS.c.received).limit(1)
        return directory.partner(connection, connection.execute(first).scalar_one())


def _write(
    office: Office,
    connection: Connection,
    body: Told,
    partner: str,
    who: OfficerId,
    what: str,
    footing: Footing | None,
    *,
    out: bool,
) -> None:
    said = Statement(
        what=what,
        who=who,
        when=office.now(),
        case=footing.grounds.case if footing else "",
        purpose=footing.grounds.purpose.value if footing else "",
        objects=(body.item, body.id),
        outcome=body.result.value,
        detail={"partner": partner},
    )
    entry = office.log.append(connection, said)
    (box,) = keeping.sealed(office.keys, [(f"outcome:{body.id}", keeping.written(body))])
    row: dict[str, Any] = {
        "id": body.id,
        "out": out,
        "item": body.item,
        "partner": partner,
        "result": body.result.value,
        "handling": keeping.codes_text(body.handling),
        "at": office.now(),
        "person": who,
        "key": box.key,
        "sealed": box.sealed,
        "entry": entry.index,
    }
    connection.execute(insert(OUTCOMES).values(**row))
