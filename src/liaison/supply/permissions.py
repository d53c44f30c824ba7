"""Permission for another use: asked of the originator, with a clock; granted by its supervisor as a token, or refused.

A token lifts one condition, for one item, hand, recipient and purpose, until a day; the item's recall makes it void.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from liaison import policy
from liaison.ledger.statements import Statement
from liaison.model.categories import CaseId, OfficerId
from liaison.model.errors import BadInput, Conflict, NotFound, NotLawful
from liaison.model.grounds import Grounds, Purpose
from liaison.model.handling import HandlingCode
from liaison.model.roles import Capability, Role, capabilities
from liaison.office import Office, new_id
from liaison.officers import notices
from liaison.partners import directory
from liaison.policy import Action, Actor, Context, RecordFacts
from liaison.storage.tables.supply import PERMISSIONS, RECIPIENTS, SUPPLIED
from liaison.supply import access, keeping, letters, rules
from liaison.supply.consent import ConsentToken, read_token, sign_token
from liaison.supply.items import State
from liaison.supply.letters import Answering, Asking
from liaison.supply.receiving import JOB
from liaison.supply.refusing import NotTaken
from liaison.supply.rules import Asked
from liaison.supply.signing import keys_of, told
from liaison.transport.means import Means

WHAT_ASKED, WHAT_RECEIVED = "ask-permission", "permission-received"
WHAT_GRANTED, WHAT_REFUSED, WHAT_ANSWERED = "grant-permission", "refuse-permission", "permission-answered"
BASIS = "agreement"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is asked for: which codes are to be lifted, for whom (a node's origin, or a court's name), and why."""

    lifts: tuple[HandlingCode, ...]
    recipient: str
    purpose: Purpose
    why: str
    urgent: bool = False


def ask(office: Office, means: Means, actor: Actor, item: str, wish: Wish) -> str:
    """Ask the originator of an item; the id of the request.

    Raises NotFound, Erased, NotLawful, BadInput, Conflict where the originator is no partner of this node.
    """
    lifts = rules.require_lifts(wish.lifts)
    if Capability.ASK_PARTNER not in capabilities(actor.roles, trained=actor.trained):
        raise NotLawful("who asks partners asks for permissions", hint="ask an investigator or desk officer")
    asked = new_id("permission")

    def work(connection: Connection) -> str:
        loaded, now = access.load(office, connection, actor, item), office.now()
        _require_partner(connection, loaded.row.originator, now)
        body = Asking(
            id=asked,
            item=item,
            lifts=lifts,
            recipient=wish.recipient,
            purpose=wish.purpose,
            why=wish.why,
            urgent=wish.urgent,
            made=now,
        )
        _write(office, connection, body, loaded.row.originator, actor.person, WHAT_ASKED, out=True)
        letters.post(
            office,
            means,
            connection,
            loaded.row.originator,
            letters.ASKED,
            body,
            thread=item,
            urgent=wish.urgent,
        )
        return asked

    return office.write(work)


def take_asked(office: Office, connection: Connection, sender: str, body: Asking) -> str:
    """Take a partner's request about an item of ours that it has. Raises NotTaken."""
    row = connection.execute(select(SUPPLIED).where(SUPPLIED.c.id == body.item)).first()
    chosen = (RECIPIENTS.c.item == body.item) & (RECIPIENTS.c.recipient == sender)
    given = connection.execute(select(RECIPIENTS.c.item).where(chosen)).first()
    if row is None or given is None:
        raise NotTaken("unknown-item", "this node gave no such item to the sender")
    if connection.execute(select(PERMISSIONS.c.id).where(PERMISSIONS.c.id == body.id)).first() is not None:
        raise NotTaken("conflict", "a request of this id is here")
    try:
        rules.require_lifts(body.lifts)
    except BadInput as error:
        raise NotTaken("bad-request", str(error)) from error
    _write(office, connection, body, sender, JOB, WHAT_RECEIVED, out=False)
    notices.add(connection, Role.SUPERVISOR, WHAT_RECEIVED, body.id, office.now())
    return "for a supervisor"


def grant(
    office: Office, means: Means, actor: Actor, permission: str, expires: dt.datetime, reason: str
) -> str:
    """Permit it until a time, no longer than the item is kept; the token.

    Raises NotFound, NotLawful with every reason, BadInput, Conflict for one that was answered or is void.
    """

    def work(connection: Connection) -> str:
        row, item = _asked(connection, permission)
        now = office.now()
        if not now < expires <= item.retention:
            raise BadInput(
                "it ends before now, or after the item does", field="expires", hint="choose another day"
            )
        partner = directory.partner(connection, row.partner)
        office.decide(Action.GRANT, _granting(actor, row, item, directory.facts(partner, now), reason, now))
        made = ConsentToken(
            federation=means.federation,
            id=new_id("consent"),
            originator=keeping.origin(connection),
            item=item.id,
            holder=row.partner,
            recipient=row.recipient,
            lifts=tuple(HandlingCode(code) for code in row.lifts.split()),
            purpose=Purpose(row.purpose),
            made=now,
            expires=expires,
        )
        document = sign_token(made, means.own.document)
        _answer(office, means, connection, actor, row, Asked.GRANTED, reason, document, expires)
        return document

    return office.write(work)


def refuse(office: Office, means: Means, actor: Actor, permission: str, reason: str) -> None:
    """Refuse it. Raises as `grant`."""
    if Capability.GRANT not in capabilities(actor.roles, trained=actor.trained):
        raise NotLawful("a supervisor answers requests for permission", hint="leave it to a supervisor")

    def work(connection: Connection) -> None:
        row, _ = _asked(connection, permission)
        _answer(office, means, connection, actor, row, Asked.REFUSED, reason, "", None)

    office.write(work)


def take_answered(office: Office, connection: Connection, sender: str, body: Answering) -> str:
    """Take the originator's answer; a token counts once its signature does. Raises NotTaken."""
    chosen = (PERMISSIONS.c.id == body.id) & PERMISSIONS.c.out & (PERMISSIONS.c.partner == sender)
    row = connection.execute(select(PERMISSIONS).where(chosen)).first()
    if row is None or row.item != body.item:
        raise NotTaken("unknown-request", "this node asked for no such permission")
    if Asked(row.state) is Asked.VOID:
        return "void"
    if not rules.may_become(Asked(row.state), Asked.GRANTED):
        raise NotTaken("conflict", "the request was answered before")
    expires = _fitting(connection, row, sender, body) if body.token else None
    state = Asked.GRANTED if body.token else Asked.REFUSED
    now = office.now()
    values: dict[str, Any] = {"state": state.value, "decided": now, "token": body.token, "expires": expires}
    values |= {"answer": keeping.under(office.keys, row.key, body.why.encode(), f"{row.id}:answer")}
    connection.execute(update(PERMISSIONS).where(PERMISSIONS.c.id == row.id).values(**values))
    _tell(office, connection, WHAT_ANSWERED, JOB, row.item, row.id, state.value, sender)
    notices.add(connection, OfficerId(row.asked_by), WHAT_ANSWERED, row.id, now)
    return state.value


def token(
    connection: Connection, item: str, recipient: str, purpose: Purpose, now: dt.datetime, action: Action
) -> tuple[ConsentToken | None, str]:
    """The token in force for a use of an item, and its document; None and nothing where there is none. Of several it is
    one that lifts what this use needs, and of these the one that lasts longest."""
    chosen = (PERMISSIONS.c.item == item) & PERMISSIONS.c.out & (PERMISSIONS.c.recipient == recipient)
    granted = (PERMISSIONS.c.state == Asked.GRANTED.value) & (PERMISSIONS.c.expires > now)
    query = select(PERMISSIONS).where(chosen, granted, PERMISSIONS.c.purpose == purpose.value)
    rows = connection.execute(query.order_by(PERMISSIONS.c.expires.desc(), PERMISSIONS.c.id)).all()
    tokens = [(told(row.token, ConsentToken), row.token) for row in rows]
    needed = rules.to_be_lifted(frozenset({HandlingCode.H3}), action)  # the most that such a use can need
    own = needed - {HandlingCode.H3}
    tokens.sort(key=lambda each: (own <= {*each[0].lifts}, needed <= {*each[0].lifts}), reverse=True)
    return tokens[0] if tokens else (None, "")


def consent(given: ConsentToken | None) -> policy.Consent | None:
    """A token as the policy reads it."""
    if given is None:
        return None
    return policy.Consent(recipient=given.recipient, purpose=given.purpose, expires=given.expires)


def _fitting(connection: Connection, row: Row[Any], sender: str, body: Answering) -> dt.datetime:
    """When the token ends, once it is seen to be the originator's and for what was asked."""
    try:
        given = read_token(body.token, keys_of(directory.partner(connection, sender).cards))
    except BadInput as error:
        raise NotTaken("bad-consent", f"the originator did not sign this consent: {error}") from error
    us = keeping.origin(connection)
    asked = (row.item, us, row.recipient, row.lifts, row.purpose, sender)
    lifts = " ".join(code.value for code in given.lifts)
    if (given.item, given.holder, given.recipient, lifts, given.purpose.value, given.originator) != asked:
        raise NotTaken("bad-consent", "the consent is for something else than was asked")
    return given.expires


def _asked(connection: Connection, permission: str) -> tuple[Row[Any], Row[Any]]:
    chosen = (PERMISSIONS.c.id == permission) & ~PERMISSIONS.c.out
    row = connection.execute(select(PERMISSIONS).where(chosen)).first()
    if row is None:
        raise NotFound
    if not rules.may_become(Asked(row.state), Asked.GRANTED):
        raise Conflict(f"the request is {row.state}")
    item = connection.execute(select(SUPPLIED).where(SUPPLIED.c.id == row.item)).one()
    if State(item.state) is not State.HELD:
        raise Conflict(f"the item is {item.state}")
    return row, item


def _granting(
    actor: Actor, row: Row[Any], item: Row[Any], partner: policy.Partner, reason: str, now: dt.datetime
) -> Context:
    grounds = Grounds(
        purpose=Purpose(row.purpose),
        offence=item.offence,
        case=CaseId(item.request or row.id),
        basis=BASIS,
        justification=reason,
        officer=actor.person,
        given=now,
    )
    facts = RecordFacts(own=True, graded=True)
    return Context(
        actor=actor, now=now, grounds=grounds, on_case=True, record=facts, partner=partner, reason=reason
    )


def _answer(
    office: Office,
    means: Means,
    connection: Connection,
    actor: Actor,
    row: Row[Any],
    state: Asked,
    reason: str,
    document: str,
    expires: dt.datetime | None,
) -> None:
    now = office.now()
    body = Answering(id=row.id, item=row.item, token=document, why=reason, made=now)
    values: dict[str, Any] = {
        "state": state.value,
        "decided": now,
        "decided_by": actor.person,
        "token": document,
    }
    values |= {
        "expires": expires,
        "answer": keeping.under(office.keys, row.key, reason.encode(), f"{row.id}:answer"),
    }
    connection.execute(update(PERMISSIONS).where(PERMISSIONS.c.id == row.id).values(**values))
    what = WHAT_GRANTED if state is Asked.GRANTED else WHAT_REFUSED
    _tell(office, connection, what, actor.person, row.item, row.id, state.value, row.partner)
    letters.post(
        office, means, connection, row.partner, letters.ANSWERED, body, thread=row.item, urgent=row.urgent
    )


def _write(
    office: Office,
    connection: Connection,
    body: Asking,
    partner: str,
    who: OfficerId,
    what: str,
    *,
    out: bool,
) -> None:
    now, limits = office.now(), policy.limits(office.regimes)
    hours = limits.urgent_hours if body.urgent else limits.other_hours
    (box,) = keeping.sealed(office.keys, [(f"{body.id}:why", body.why.encode())])
    entry = _tell(office, connection, what, who, body.item, body.id, "", partner)
    row: dict[str, Any] = {
        "id": body.id,
        "out": out,
        "item": body.item,
        "partner": partner,
        "lifts": " ".join(code.value for code in body.lifts),
        "recipient": body.recipient,
        "purpose": body.purpose.value,
        "urgent": body.urgent,
        "state": Asked.ASKED.value,
        "asked": now,
        "asked_by": who,
        "due": now + dt.timedelta(hours=hours),
        "decided_by": "",
        "token": "",
        "key": box.key,
        "sealed": box.sealed,
        "entry": entry,
    }
    connection.execute(insert(PERMISSIONS).values(**row))


def _require_partner(connection: Connection, originator: str, now: dt.datetime) -> None:
    try:
        directory.require_open(directory.partner(connection, originator), now)
    except NotFound:
        raise Conflict(
            "the originator is no partner of this node",
            hint="ask the agency that passed it on to ask for you",
        ) from None


def _tell(
    office: Office,
    connection: Connection,
    what: str,
    who: OfficerId,
    item: str,
    permission: str,
    outcome: str,
    partner: str,
) -> int:
    told_of = Statement(
        what=what,
        who=who,
        when=office.now(),
        objects=(item, permission),
        outcome=outcome,
        detail={"partner": partner},
    )
    return office.log.append(connection, told_of).index
