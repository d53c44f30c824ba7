"""Passing on what another agency supplied: by its consent, under the same law, or where a threat cannot wait.

The originator is told of every one of them, along the way the item came (LED, article 35(2), for the urgent ones).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import Connection, insert, select

from liaison import policy
from liaison.holdings.access import Footing
from liaison.ledger.statements import Statement
from liaison.model.errors import Conflict
from liaison.model.handling import Handling
from liaison.office import Office
from liaison.partners import directory
from liaison.policy import Action, Actor
from liaison.screening.permission import write_refusal
from liaison.storage.tables.supply import PATHS, RECIPIENTS
from liaison.supply import (
    access,
    doors,
    keeping,
    letters,
    permissions,
    reasons,
    reporting,
    rules,
    sending,
    vouching,
)
from liaison.supply.access import Loaded
from liaison.supply.consent import ConsentToken
from liaison.supply.documents import Passage
from liaison.supply.doors import Door, Use
from liaison.supply.items import Supplied, Urgency
from liaison.supply.letters import Parcel
from liaison.supply.signing import Type, signed, signer
from liaison.transport.means import Means

WHAT = "pass-on-item"


@dataclass(frozen=True, slots=True, kw_only=True)
class Passing:
    """To whom an item is passed on, on what footing, and under what further conditions."""

    recipient: str
    footing: Footing
    exchange: str
    handling: Handling | None = None


@dataclass(frozen=True, slots=True)
class Passed:
    """An item that is on its way; `how` is by consent or under the same law (passed), or urgent."""

    item: str
    recipient: str
    how: str


def pass_on(office: Office, means: Means, actor: Actor, item: str, passing: Passing) -> Passed:
    """Pass an item on. A refusal is on the ledger too. Raises NotFound, Erased, NotLawful, LinkClosed, Conflict."""
    now = office.now()

    def work(connection: Connection) -> Passed | policy.Refuse:
        loaded = access.load(office, connection, actor, item)
        chain = _chain(connection, loaded, passing.recipient)
        token, document = permissions.token(
            connection, item, passing.recipient, passing.footing.grounds.purpose, now, Action.DISCLOSE
        )
        use = _use(connection, actor, loaded, passing, token, now)
        decision = doors.weigh(office, actor, loaded.label, Door.ONWARD, use)
        urgency = None
        if isinstance(decision, policy.Refuse):
            urgency = _urgency(office, connection, actor, item, passing, decision, now)
            if urgency is None:
                context = doors.context(office, actor, loaded.label, use)
                write_refusal(office, connection, Action.DISCLOSE, context, decision)
                return decision
        given = document if urgency is None else ""
        return _go(office, means, connection, actor, loaded, passing, chain, given, urgency, now)

    done = office.write(work)
    if isinstance(done, policy.Refuse):
        policy.require(done)
    assert isinstance(done, Passed)
    return done


def _chain(connection: Connection, loaded: Loaded, recipient: str) -> tuple[str, ...]:
    """The way the item came first, with this node at its end. Raises Conflict for one who is on it or has it."""
    paths = (
        select(PATHS.c.chain).where(PATHS.c.item == loaded.row.id).order_by(PATHS.c.received, PATHS.c.sender)
    )
    first = connection.execute(paths.limit(1)).scalar_one()
    if recipient in keeping.chain_of(first):
        raise Conflict("the item came from there", hint="its originator has the record itself")
    chosen = (
        (RECIPIENTS.c.item == loaded.row.id)
        & (RECIPIENTS.c.recipient == recipient)
        & (RECIPIENTS.c.via == "")
    )
    if connection.execute(select(RECIPIENTS.c.item).where(chosen)).first() is not None:
        raise Conflict("the item was passed on there before")
    return (*keeping.chain_of(first), keeping.origin(connection))


def _use(
    connection: Connection,
    actor: Actor,
    loaded: Loaded,
    passing: Passing,
    token: ConsentToken | None,
    now: dt.datetime,
) -> Use:
    partner = directory.partner(connection, passing.recipient)
    directory.require_open(partner, now)
    return Use(
        action=Action.DISCLOSE,
        grounds=passing.footing.grounds,
        on_case=access.on_case(connection, actor, loaded.row, passing.footing),
        partner=directory.facts(partner, now),
        exchange=passing.exchange,
        consent=permissions.consent(token),
        lifted=frozenset(token.lifts) if token else frozenset(),
        authority=passing.footing.authority,
    )


def _urgency(
    office: Office,
    connection: Connection,
    actor: Actor,
    item: str,
    passing: Passing,
    refusal: policy.Refuse,
    now: dt.datetime,
) -> Urgency | None:
    """What a supervisor declared, where the originator's authorisation is all that is missing."""
    if not rules.excused(refusal):
        return None
    declared = reasons.urgency(office, connection, actor, passing.recipient, item, now)
    return declared if rules.urgent(declared, passing.footing.grounds.purpose, now) else None


def _go(
    office: Office,
    means: Means,
    connection: Connection,
    actor: Actor,
    loaded: Loaded,
    passing: Passing,
    chain: tuple[str, ...],
    consent: str,
    urgency: Urgency | None,
    now: dt.datetime,
) -> Passed:
    item, how = loaded.row.id, "urgent" if urgency else "passed"
    purpose = passing.footing.grounds.purpose
    told = Statement(
        what=WHAT,
        who=actor.person,
        when=now,
        case=passing.footing.grounds.case,
        purpose=purpose.value,
        grounds=passing.footing.grounds_id,
        objects=(item,),
        outcome=how,
        detail={"partner": passing.recipient, "handling": keeping.codes_text(loaded.label.handling)},
    )
    entry = office.log.append(connection, told)
    row = sending.recipient_row(item, passing.recipient, chain, actor, now, entry.index, how, consent)
    if urgency is not None:
        about = f"reason:{item}:{passing.recipient}"
        (box,) = keeping.sealed(office.keys, [(about, keeping.written(urgency))])
        row |= {"key": box.key, "sealed": box.sealed}
    connection.execute(insert(RECIPIENTS).values(**row))
    added = [part for part in (loaded.kept.added, passing.handling) if part is not None]
    supplied = Supplied(
        item=loaded.kept.item,
        chain=chain,
        card=loaded.kept.card or vouching.card_of(connection, chain[0], signer(Type.ITEM, loaded.kept.item)),
        added=rules.handling(*added) if added else None,
        consent=consent,
        urgency=urgency,
        purpose=purpose if purpose is not loaded.item.purpose else None,
    )
    body = Parcel(supplied=(supplied,))
    letters.post(
        office,
        means,
        connection,
        passing.recipient,
        letters.PASSED,
        body,
        thread=item,
        urgent=urgency is not None,
    )
    _inform(office, means, connection, item, passing.recipient, chain, consent, urgency, now)
    return Passed(item, passing.recipient, how)


def _inform(
    office: Office,
    means: Means,
    connection: Connection,
    item: str,
    recipient: str,
    chain: tuple[str, ...],
    consent: str,
    urgency: Urgency | None,
    now: dt.datetime,
) -> None:
    """Tell the originator, along the chain."""
    passage = Passage(
        federation=means.federation,
        item=item,
        chain=chain,
        recipient=recipient,
        consent=consent,
        urgency=urgency,
        at=now,
    )
    reporting.send_up(
        office, means, connection, item, signed(Type.PASSAGE, passage, means.own.document), chain
    )
