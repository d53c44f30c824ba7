"""Notices of convictions, and the request for all convictions of one's own nationals.

A notice goes to the state of a person's nationality because of a final conviction, which is the ground; nobody is
looked for by nationality (Framework Decision 2009/315/JHA, articles 4 and 6; rule L08).
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from liaison import policy
from liaison.assistance import events, register, timing
from liaison.assistance.access import by_id, change, load_own, load_received
from liaison.assistance.clocks import instrument
from liaison.assistance.codes import Table, codes, require_code
from liaison.assistance.content import keys, open_as, request_about, sealed
from liaison.assistance.desk import NATIONALITY, desk
from liaison.assistance.messages import BATCH, Acknowledged, Conviction, Convictions, ConvictionsAsked, Copied
from liaison.assistance.receiving import known_thread
from liaison.assistance.rules import RUNNING, By, Side, State, Step, after, require_running
from liaison.assistance.sending import KIND, about, besides_authorising
from liaison.assistance.ways import Means, post
from liaison.ledger.statements import Statement
from liaison.model.canonical import encode
from liaison.model.categories import CaseId, OfficerId
from liaison.model.errors import BadInput, Conflict, NotLawful
from liaison.model.grounds import Grounds, Purpose
from liaison.model.identifiers import Country
from liaison.model.roles import Role
from liaison.office import Office, new_id
from liaison.officers import approvals, notices
from liaison.partners import directory
from liaison.ports import Compartment
from liaison.screening.lookups import context_for, footing
from liaison.screening.permission import settle, weigh, write_refusal
from liaison.storage.tables.assistance import DESK, REQUESTS
from liaison.supply.reasons import assurance
from liaison.supply.refusing import NotTaken

ASKED, SENT, TAKEN, NOTIFIED, RECEIVED, NAMED = (
    "convictions-asked",
    "convictions-request-sent",
    "convictions-request-received",
    "convictions-sent",
    "convictions-received",
    "nationals-named",
)
EXCHANGE = "convictions"
FIRST = dt.date(1900, 1, 1)


@dataclass(frozen=True, slots=True)
class Asking:
    """What is asked: final convictions within a time, for which offences (none: all), on which grounds."""

    partner: str
    grounds: str
    reference: str
    contact: str
    since: dt.date
    until: dt.date
    offences: tuple[str, ...] = ()
    instrument: str = "ecris-2009-315"
    exception: str = "central-authority"  # criminal records go between central authorities


@dataclass(frozen=True, slots=True)
class Notified:
    """How many convictions were sent, and the rules that kept others back, each with how many."""

    sent: int
    kept_back: dict[str, int]


def name_nationals(office: Office, actor: policy.Actor, partner: str, country: str) -> None:
    """Say of which state a partner's own nationals are: to no other are notices of them routed. By an administrator.

    Raises NotFound, BadInput, NotLawful.
    """
    now, code = office.now(), str(Country(country))
    office.decide(policy.Action.SETTINGS, policy.Context(actor=actor, now=now, widens=False))

    def work(connection: Connection) -> None:
        known = directory.partner(connection, partner)
        told = Statement(what=NAMED, who=actor.person, when=now, objects=(known.id,), outcome=code)
        office.log.append(connection, told)
        connection.execute(delete(DESK).where(DESK.c.name == _nationals(partner)))
        row = {"name": _nationals(partner), "value": code, "person": actor.person, "at": now}
        connection.execute(insert(DESK).values(**row))

    office.write(work)


def nationals_of(connection: Connection, partner: str) -> str:
    """The state whose nationals are a partner's own; empty where it was not said."""
    return connection.execute(select(DESK.c.value).where(DESK.c.name == _nationals(partner))).scalar() or ""


def ask(office: Office, actor: policy.Actor, asking: Asking) -> str:
    """Ask for all final convictions of our own nationals, which another person authorises; the request's id.

    Raises NotFound, Conflict, BadInput, and NotLawful with every reason but that nobody authorised it yet.
    """
    request, now = new_id("request"), office.now()
    (key,), deciding = keys(office), office.keys.create(Compartment.OFFICERS)[0]
    for code in asking.offences:
        require_code(Table.OFFENCES, code, "offences")
    context, decision = office.read(lambda connection: _weigh(office, connection, actor, asking, None))
    against = besides_authorising(decision)
    if against is not None:
        settle(office, policy.Action.ASK_PARTNER, context, against)

    def work(connection: Connection) -> str:
        stand = footing(office, connection, actor, asking.grounds, now)
        body = _body(connection, request, asking, Purpose(stand.row.purpose), stand.row.offence)
        row = _row(request, Side.ASKED, asking.partner, body, now, State.SUBMITTED)
        row |= {"case_id": stand.row.case_id, "grounds_id": asking.grounds, "person": actor.person}
        row |= {"key": key[0], "sealed": sealed(key, body, request_about(request))}
        connection.execute(insert(REQUESTS).values(**row))
        made = by_id(connection, request)
        wanted = approvals.Request(KIND, about(made), made.case_id, 1)
        approval = approvals.ask_within(office, connection, actor, wanted, deciding)
        events.record(office, connection, made, what=ASKED, who=actor.person, objects=(approval,))
        change(connection, made, approval_id=approval)
        return request

    return office.write(work)


def send(office: Office, means: Means, actor: policy.Actor, request: str) -> None:
    """Send a request for convictions that was authorised. Raises NotFound, Conflict, LinkClosed, NotLawful."""

    def work(connection: Connection) -> None:
        row = load_own(office, connection, actor, request)
        if row.exchange != EXCHANGE or row.subjects:
            raise Conflict("this is another kind of request")
        body = open_as(office, row.key, row.sealed, request_about(row.id), ConvictionsAsked)
        approval = approvals.approved(office, connection, actor, row.approval_id)
        asking = Asking(
            row.partner,
            row.grounds_id,
            body.reference,
            body.contact,
            body.since,
            body.until,
            exception=row.exception,
        )
        _, decision = _weigh(office, connection, actor, asking, approval)
        policy.require(decision)
        following = after(Side.ASKED, State(row.state), Step.SEND, By.PERSON)
        approvals.use(office, connection, actor, row.approval_id, kind=KIND, about=about(row), persons=1)
        events.record(office, connection, row, what=SENT, who=actor.person, digest=row.digest)
        change(connection, row, state=following.value, sent=office.now(), authorised_by=approval.person)
        post(office, connection, means, row.partner, row.thread, body)

    office.write(work)


def take_asked(
    office: Office, connection: Connection, means: Means, partner: str, body: ConvictionsAsked
) -> str:
    """A partner asks for the convictions of its own nationals, and of nobody else's. Raises NotTaken."""
    known = directory.facts(directory.partner(connection, partner), office.now())
    if body.purpose not in known.purposes or EXCHANGE not in known.exchanges:
        raise NotTaken("not-agreed", "the agreement does not name this purpose or exchange")
    if str(body.nationality) != nationals_of(connection, partner):
        raise NotTaken(
            "not-own-nationals", "the convictions of other nationals than one's own are not asked for"
        )
    try:
        instrument(body.instrument)
    except BadInput:
        raise NotTaken("unknown-instrument", "the instrument is not known here") from None
    if timing.quota_left(connection, partner, Side.RECEIVED, office.now()) < 1:
        raise NotTaken("over-quota", "the agreement lets no more be asked about today")
    request, now = new_id("request"), office.now()
    (key,) = keys(office)
    row = _row(request, Side.RECEIVED, partner, body, now, State.RECEIVED)
    row |= {"received": now, "key": key[0], "sealed": sealed(key, body, request_about(request))}
    connection.execute(insert(REQUESTS).values(**row))
    kept = timing.keep(office, connection, by_id(connection, request))
    events.record(office, connection, kept, what=TAKEN, who=partner, digest=kept.digest)
    notices.add(connection, Role.DESK_OFFICER, TAKEN, request, now)
    told = Acknowledged(request=body.id, received=now, subjects=0, digest=kept.digest, due=kept.due)
    post(office, connection, means, partner, body.id, told)
    return TAKEN


def how_many(office: Office, actor: policy.Actor, request: str) -> int:
    """How many final convictions a request asks for; the law decides on each. Raises NotFound, Conflict."""

    def work(connection: Connection) -> int:
        row = load_received(office, connection, actor, request)
        if row.exchange != EXCHANGE or row.subjects:
            raise Conflict("no convictions are asked for", hint="answer its subjects")
        body = open_as(office, row.key, row.sealed, request_about(row.id), ConvictionsAsked)
        found = register.of_nationals(
            connection, str(body.nationality), body.since, body.until, body.offences
        )
        return len(found)

    return office.read(work)


def answer(
    office: Office,
    means: Means,
    actor: policy.Actor,
    request: str,
    justification: str,
    basis: str = "agreement",
) -> Notified:
    """Answer with every final conviction that was asked for and that the law lets go; one decision for each.

    Raises NotFound, Conflict, NotLawful, LinkClosed.
    """

    def work(connection: Connection) -> Notified:
        row = load_received(office, connection, actor, request)
        require_running(State(row.state))
        body = open_as(office, row.key, row.sealed, request_about(row.id), ConvictionsAsked)
        office.decide(policy.Action.ANSWER_PARTNER, timing.facts(office, connection, actor, row))
        found = register.of_nationals(
            connection, str(body.nationality), body.since, body.until, body.offences
        )
        done = _send(
            office, connection, means, actor, row.partner, found, body.purpose, row, justification, basis
        )
        following = after(Side.RECEIVED, State(row.state), Step.FINISH, By.PERSON)
        now = office.now()
        values = {"state": following.value, "answered": now, "first_answer": now, "person": actor.person}
        late = row.due is not None and now > row.due
        timing.keep(office, connection, change(connection, row, **values, late=late))
        events.record(office, connection, row, what=NOTIFIED, who=actor.person, count=done.sent)
        return done

    return office.write(work)


def notify(
    office: Office,
    means: Means,
    actor: policy.Actor,
    partner: str,
    justification: str,
    basis: str = "agreement",
) -> Notified:
    """Send a partner the notices of its own nationals that it was not sent yet.

    Raises NotFound, BadInput, LinkClosed.
    """

    def work(connection: Connection) -> Notified:
        nationality = nationals_of(connection, partner)
        if not nationality:
            raise BadInput("it is not said whose nationals are the partner's own", field="partner")
        today = office.now().date()
        found = register.of_nationals(connection, nationality, FIRST, today, unsent_to=partner)
        return _send(
            office, connection, means, actor, partner, found, Purpose.EXECUTION, None, justification, basis
        )

    return office.write(work)


def take(office: Office, connection: Connection, means: Means, partner: str, body: Convictions) -> str:
    """Notices of convictions of our own nationals; nobody else's are taken. Raises NotTaken."""
    own = desk(connection).nationality
    for each in body.notices:
        if own not in {str(code) for code in each.person.nationalities}:
            raise NotTaken("not-our-national", "a notice is about somebody who is no national of this state")
        if each.final > office.now().date():
            raise NotTaken("not-final", "a conviction is not final")
    agreement = directory.require_open(directory.partner(connection, partner), office.now())
    if EXCHANGE not in agreement.exchanges:
        raise NotTaken("not-agreed", "the agreement does not name this kind of exchange")
    request = ""
    if body.request:
        row = known_thread(connection, partner, Side.ASKED, body.request)
        if row.exchange != EXCHANGE or row.subjects:
            raise NotTaken("unknown-request", "that request asks for no convictions")
        if State(row.state) not in RUNNING:
            raise NotTaken("request-over", f"the request is {row.state}")
        request = row.id
    until = office.now().date() + dt.timedelta(days=agreement.cap(None))
    made = keys(office, len(body.notices))
    new = register.put(office, connection, register.RECEIVED, partner, request, body.notices, made, until)
    if request:
        events.record(
            office, connection, row, what=RECEIVED, who=partner, count=len(body.notices), code=body.id
        )
        if body.last:
            _answered(office, connection, row)
    else:
        told = Statement(
            what=RECEIVED,
            who=OfficerId(partner),
            when=office.now(),
            outcome=str(new),
            detail={"partner": partner},
        )
        office.log.append(connection, told)
        notices.add(connection, Role.DESK_OFFICER, RECEIVED, body.id, office.now())
    return RECEIVED


def _answered(office: Office, connection: Connection, row: Any) -> None:
    try:
        following = after(Side.ASKED, State(row.state), Step.FINISH, By.PARTNER)
    except Conflict as error:
        raise NotTaken("out-of-order", str(error)) from error
    now = office.now()
    late = row.due is not None and now > row.due
    change(connection, row, state=following.value, answered=now, first_answer=now, due=None, late=late)
    notices.add(connection, OfficerId(row.person), RECEIVED, row.id, now)


def _send(
    office: Office,
    connection: Connection,
    means: Means,
    actor: policy.Actor,
    partner: str,
    rows: Sequence[Any],
    purpose: Purpose,
    request: Any,
    justification: str,
    basis: str,
) -> Notified:
    """Decide on each conviction, post those that may go in batches, and write what was sent."""
    may: list[Conviction] = []
    kept_back: dict[str, int] = {}
    for row in rows:
        held = register.opened(office, row)
        refusal = _refusal(
            office, connection, actor, partner, held, row, purpose, request, justification, basis
        )
        if refusal is None:
            may.append(held)
        else:
            rules = {reason.rule for reason in refusal.reasons}
            kept_back |= {rule: kept_back.get(rule, 0) + 1 for rule in rules}
    thread = request.thread if request is not None else new_id("notice")
    batches = [may[start : start + BATCH] for start in range(0, len(may), BATCH)]
    if request is not None and not batches:
        batches = [[]]
    for place, some in enumerate(batches, 1):
        body = Convictions(
            id=new_id("notices"),
            notices=tuple(some),
            request=request.thread if request is not None else "",
            last=request is not None and place == len(batches),
        )
        post(office, connection, means, partner, thread, body)
    until = office.now().date() + dt.timedelta(days=365)
    own_id = request.id if request is not None else ""
    register.put(office, connection, register.SENT, partner, own_id, may, keys(office, len(may)), until)
    detail = {"partner": partner, "kept-back": str(len(rows) - len(may))}
    told = Statement(what=NOTIFIED, who=actor.person, when=office.now(), outcome=str(len(may)), detail=detail)
    office.log.append(connection, told)
    return Notified(len(may), kept_back)


def _refusal(
    office: Office,
    connection: Connection,
    actor: policy.Actor,
    partner: str,
    held: Conviction,
    row: Any,
    purpose: Purpose,
    request: Any,
    justification: str,
    basis: str,
) -> policy.Refuse | None:
    """Why a notice may not go; None where it may."""
    now = office.now()
    grounds = Grounds(
        purpose=purpose,
        case=CaseId(request.id if request is not None else row.id),
        basis=basis,
        justification=justification,
        officer=actor.person,
        given=now,
        offence=codes(Table.OFFENCES)[held.offences[0]].article,
    )
    context = policy.Context(
        actor=actor,
        now=now,
        grounds=grounds,
        on_case=True,
        record=register.facts_of(held, row, now.date()),
        partner=directory.facts(directory.partner(connection, partner), now),
        exchange=EXCHANGE,
        final_conviction=held.final <= now.date(),
        assurance=assurance(office, connection, partner, grounds.offence),
    )
    decision = weigh(office, policy.Action.NOTIFY_CONVICTION, context)
    if isinstance(decision, policy.Refuse):
        write_refusal(office, connection, policy.Action.NOTIFY_CONVICTION, context, decision)
        return decision
    return None


def _weigh(
    office: Office,
    connection: Connection,
    actor: policy.Actor,
    asking: Asking,
    approval: policy.Approval | None,
) -> tuple[policy.Context, policy.Decision]:
    now = office.now()
    stand = footing(office, connection, actor, asking.grounds, now)
    partner = directory.partner(connection, asking.partner)
    directory.require_open(partner, now)
    facts = directory.facts(partner, now)
    context = context_for(
        office,
        actor,
        stand,
        now,
        partner=facts,
        exchange=EXCHANGE,
        approval=approval,
        assurance=assurance(office, connection, asking.partner, stand.row.offence),
    )
    return context, weigh(office, policy.Action.ASK_PARTNER, context)


def _body(
    connection: Connection, request: str, asking: Asking, purpose: Purpose, offence: str
) -> ConvictionsAsked:
    nationality = desk(connection).nationality
    if not nationality:
        raise NotLawful(
            "nobody's nationals are this agency's own", hint=f"an administrator sets the desk's {NATIONALITY}"
        )
    return ConvictionsAsked(
        id=request,
        reference=asking.reference,
        nationality=Country(nationality),
        since=asking.since,
        until=asking.until,
        instrument=asking.instrument,
        purpose=purpose,
        offence=offence,
        copied=Copied(copied=not asking.exception, exception=asking.exception),
        contact=asking.contact,
        offences=asking.offences,
    )


def _row(
    request: str, side: Side, partner: str, body: ConvictionsAsked, now: dt.datetime, state: State
) -> dict[str, Any]:
    return {
        "id": request,
        "side": side.value,
        "partner": partner,
        "thread": body.id,
        "exchange": EXCHANGE,
        "state": state.value,
        "urgent": False,
        "purpose": body.purpose.value,
        "offence": body.offence,
        "instrument": body.instrument,
        "digest": hashlib.sha256(encode(body)).hexdigest(),
        "copied": body.copied.copied,
        "exception": body.copied.exception,
        "made": now,
        "late": False,
        "stage": "calm",
        "retention": now + dt.timedelta(days=365),
        **dict.fromkeys(
            ("case_id", "grounds_id", "person", "authorised_by", "approval_id", "centre", "outcome"), ""
        ),
        **dict.fromkeys(("revision", "subjects", "parts", "parts_there"), 0),
    }


def _nationals(partner: str) -> str:
    return f"nationals:{partner}"
