"""Supplying records to a partner: decided one by one, checked for quality, signed, and told of on the ledger."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, insert, select

from liaison import policy
from liaison.holdings import access, shelves
from liaison.holdings.rules import facts
from liaison.holdings.shelves import OPEN
from liaison.ledger.statements import Statement
from liaison.model.errors import Erased, NotFound
from liaison.model.grounds import Grounds
from liaison.model.handling import Handling
from liaison.model.holding import Holding
from liaison.model.holding import State as RecordState
from liaison.office import Office, new_id
from liaison.partners.directory import Partner, require_open
from liaison.partners.directory import facts as partner_facts
from liaison.policy import Action, Actor, Context
from liaison.screening.permission import write_refusal
from liaison.storage.tables.supply import HELD, RECIPIENTS, SUPPLIED
from liaison.supply import keeping, rules
from liaison.supply.items import Item, State, Supplied, digest, sign_item
from liaison.supply.keeping import Kept
from liaison.supply.reasons import assurance, reviewed, sought_protection
from liaison.transport.means import Means

WHAT = "supply-item"
ANOTHERS = "it is another agency's record: pass on the item as it was received"
GONE = "the record is not, or no longer, among those that may be sent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """To whom, and on what footing. `grounds` are those on which this side answers, `request` what is answered."""

    partner: Partner
    grounds: Grounds
    exchange: str
    on_case: bool = False
    request: str = ""
    authority: str = ""
    assurance: policy.Assurance | None = None
    origin_reviewed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One record to send: further conditions, where there are any, and whether what is told of it goes too."""

    holding: str
    handling: Handling | None = None
    facts: bool = True


@dataclass(frozen=True, slots=True)
class Sent:
    """A record that may go, as the letter carries it."""

    holding: str
    item: str
    supplied: Supplied


@dataclass(frozen=True, slots=True)
class Withheld:
    """A record that may not go, and every reason."""

    holding: str
    reasons: tuple[str, ...]


def send(
    office: Office,
    means: Means,
    connection: Connection,
    actor: Actor,
    sending: Sending,
    choices: Sequence[Choice],
) -> tuple[Sent | Withheld, ...]:
    """Records made into items for one partner, in their order, in the caller's transaction; the caller posts them.

    Each is decided by itself (DISCLOSE). What is refused is on the ledger too. Raises LinkClosed, LedgerUnavailable.
    """
    now = office.now()
    require_open(sending.partner, now)
    done = [_judged(office, connection, actor, sending, choice, now) for choice in choices]
    ready = [each for each in done if isinstance(each, _Ready)]
    us = keeping.origin(connection)
    signed = [_signed(office, means, us, sending, each, now) for each in ready]
    sent = _keep(office, connection, actor, sending, list(zip(ready, signed, strict=True)), now)
    given = iter(sent)
    return tuple(next(given) if isinstance(each, _Ready) else each for each in done)


def weigh(
    office: Office, connection: Connection, actor: Actor, sending: Sending, holding: str
) -> tuple[str, ...]:
    """Every reason against sending a record; empty where it may go. Nothing is written."""
    return tuple(map(str, against(office, connection, actor, sending, holding)))


def against(
    office: Office, connection: Connection, actor: Actor, sending: Sending, holding: str
) -> tuple[policy.Reason | str, ...]:
    """The same with the rules of the law as values. Nothing is written."""
    try:
        row, said = _loaded(office, connection, actor, holding)
    except (NotFound, Erased):
        return (GONE,)
    if _anothers(connection, holding):
        return (ANOTHERS,)
    context = _context(office, connection, actor, sending, row, said, office.now())
    decision = policy.decide(Action.DISCLOSE, context, office.regimes)
    return decision.reasons if isinstance(decision, policy.Refuse) else ()


@dataclass(frozen=True, slots=True)
class _Ready:
    choice: Choice
    row: Row[Any]
    holding: Holding


def _judged(
    office: Office, connection: Connection, actor: Actor, sending: Sending, choice: Choice, now: dt.datetime
) -> _Ready | Withheld:
    try:
        row, holding = _loaded(office, connection, actor, choice.holding)
    except (NotFound, Erased):
        return Withheld(choice.holding, (GONE,))
    if _anothers(connection, choice.holding):
        return Withheld(choice.holding, (ANOTHERS,))
    context = _context(office, connection, actor, sending, row, holding, now)
    decision = policy.decide(Action.DISCLOSE, context, office.regimes)
    if isinstance(decision, policy.Refuse):
        write_refusal(office, connection, Action.DISCLOSE, context, decision)
        return Withheld(choice.holding, _reasons(decision))
    return _Ready(choice, row, holding)


def _loaded(office: Office, connection: Connection, actor: Actor, holding: str) -> tuple[Row[Any], Holding]:
    row = access.load(connection, actor, holding, office.now())
    return row, shelves.latest(connection, office.keys, OPEN, row).holding


def _anothers(connection: Connection, holding: str) -> bool:
    """Whether the record was made of what another agency supplied."""
    query = select(HELD.c.id).where(HELD.c.holding == holding)
    return connection.execute(query).first() is not None


def _context(
    office: Office,
    connection: Connection,
    actor: Actor,
    sending: Sending,
    row: Row[Any],
    holding: Holding,
    now: dt.datetime,
) -> Context:
    partner, code = sending.partner.origin, sending.grounds.offence
    record = facts(holding, now.date(), RecordState(row.state), row.hold_until)
    if sought_protection(connection, partner, row.id):
        record = msgspec.structs.replace(record, protected=True)
    return Context(
        actor=actor,
        now=now,
        grounds=sending.grounds,
        on_case=sending.on_case,
        record=record,
        partner=partner_facts(sending.partner, now),
        exchange=sending.exchange,
        authority=sending.authority,
        assurance=sending.assurance or assurance(office, connection, partner, code),
        origin_reviewed=sending.origin_reviewed or reviewed(connection, actor, partner, row.id, now),
    )


def _reasons(decision: policy.Decision) -> tuple[str, ...]:
    return tuple(map(str, decision.reasons)) if isinstance(decision, policy.Refuse) else ()


def _signed(
    office: Office, means: Means, us: str, sending: Sending, ready: _Ready, now: dt.datetime
) -> tuple[Item, str]:
    agreement = require_open(sending.partner, now)
    holding, further = ready.holding, ready.choice.handling
    parts = [holding.handling, agreement.handling, *([further] if further else [])]
    kept = min(holding.retention_until, now.date() + dt.timedelta(days=agreement.cap(holding.category)))
    item = Item(
        federation=means.federation,
        id=new_id("item"),
        originator=us,
        revision=1,
        handling=rules.handling(*parts),
        purpose=sending.grounds.purpose,
        offence=sending.grounds.offence,
        law=tuple(sorted(pack.name for pack in office.regimes)),
        retention_until=kept,
        review_at=min(holding.review_at, kept),
        made=now,
        **said(office, holding, told=ready.choice.facts),
    )
    return item, sign_item(item, means.own.document)


def said(office: Office, holding: Holding, *, told: bool) -> dict[str, Any]:
    """What an item says of a record. Its sources stay here: the grade says how far they are relied on. So do names of
    colleagues, and what its list's file had in other columns (rule L02)."""
    facts = [msgspec.structs.replace(fact, source="") for fact in holding.facts]
    made = [msgspec.structs.replace(each, assessor=office.name) for each in holding.assessments]

    return {
        "subject": holding.subject,
        "category": holding.category,
        "why": holding.involvement.reason if holding.involvement and told else "",
        "source": office.name,
        "graded": holding.graded,
        "facts": tuple(facts) if told else (),
        "assessments": tuple(made) if told else (),
        "instruction": holding.instruction,
        "wanted": holding.wanted,
    }


def _keep(
    office: Office,
    connection: Connection,
    actor: Actor,
    sending: Sending,
    signed: Sequence[tuple[_Ready, tuple[Item, str]]],
    now: dt.datetime,
) -> list[Sent]:
    """The rows and entries of what goes."""
    if not signed:
        return []
    contents = [(keeping.about_item(item.id), keeping.written(Kept(item=text))) for _, (item, text) in signed]
    sealed = keeping.sealed(office.keys, contents)
    entries = office.log.append_many(
        connection, [_statement(actor, sending, ready, *made, now) for ready, made in signed]
    )
    rows, recipients = [], []
    for (ready, (item, text)), box, entry in zip(signed, sealed, entries, strict=True):
        rows.append(_row(actor, sending, ready, item, text, now) | {"entry": entry.index})
        rows[-1] |= {"key": box.key, "sealed": box.sealed}
        recipients.append(
            recipient_row(item.id, sending.partner.origin, (item.originator,), actor, now, entry.index)
        )
    connection.execute(insert(SUPPLIED), rows)
    connection.execute(insert(RECIPIENTS), recipients)
    return [
        Sent(ready.choice.holding, item.id, Supplied(item=text, chain=(item.originator,)))
        for ready, (item, text) in signed
    ]


def _row(
    actor: Actor, sending: Sending, ready: _Ready, item: Item, text: str, now: dt.datetime
) -> dict[str, Any]:
    return {
        "id": item.id,
        "holding": ready.row.id,
        "version": ready.row.version,
        "record_state": ready.row.state,
        "revision": item.revision,
        "number": 0,
        "state": State.HELD.value,
        "handling": keeping.codes_text(item.handling),
        "purpose": item.purpose.value,
        "offence": item.offence,
        "request": sending.request,
        "person": actor.person,
        "made": now,
        "retention": shelves.midnight(item.retention_until),
        "digest": digest(text),
    }


def recipient_row(
    item: str,
    recipient: str,
    chain: Sequence[str],
    actor: Actor,
    now: dt.datetime,
    entry: int,
    how: str = "sent",
    consent: str = "",
) -> dict[str, Any]:
    """The row of one who has an item from this node, or of whom it was told; `chain` goes down to who gave it."""
    return {
        "item": item,
        "recipient": recipient,
        "via": "",
        "chain": keeping.chain_text([*chain, recipient]),
        "how": how,
        "forgotten": False,
        "person": actor.person,
        "at": now,
        "entry": entry,
        "consent": consent,
        "key": None,
        "sealed": None,
    }


def _statement(
    actor: Actor, sending: Sending, ready: _Ready, item: Item, text: str, now: dt.datetime
) -> Statement:
    detail = {"partner": sending.partner.origin, "handling": keeping.codes_text(item.handling)}
    return Statement(
        what=WHAT,
        who=actor.person,
        when=now,
        case=sending.grounds.case,
        purpose=item.purpose.value,
        objects=(item.id, ready.row.id, *([sending.request] if sending.request else [])),
        digest=digest(text),
        detail=detail,
    )
