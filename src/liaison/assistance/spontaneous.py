"""Information that nobody asked for, because it helps the other side (Directive (EU) 2023/977, article 7)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, or_, select

from liaison import policy
from liaison.assistance.content import Words, keys, open_as, sealed
from liaison.assistance.messages import BATCH, LONGEST, Spontaneous, least
from liaison.assistance.messages import Wanted as Asked
from liaison.assistance.safeguards import Against, Safeguards, of_partner, reasons_against
from liaison.assistance.ways import Means, post
from liaison.ledger.statements import Statement
from liaison.model.categories import OfficerId
from liaison.model.errors import BadInput, Conflict, NotFound, NotLawful
from liaison.model.grounds import Purpose
from liaison.model.handling import Handling
from liaison.model.roles import Capability, Role, capabilities
from liaison.office import Office, new_id
from liaison.officers import notices
from liaison.partners import directory
from liaison.screening.lookups import context_for, footing
from liaison.storage.tables.assistance import SPONTANEOUS
from liaison.supply.receiving import Where, link, receive
from liaison.supply.refusing import NotTaken
from liaison.supply.sending import Choice, Sending, Sent, Withheld, send

WHAT_SUPPLIED, WHAT_RECEIVED, READ = "spontaneous-sent", "spontaneous-received", "spontaneous-read"
INTO_CASE = "spontaneous-into-case"
EXCHANGE = "spontaneous"
MOST = 200  # shown at once


@dataclass(frozen=True, slots=True)
class Given:
    """Information that went or came without a request. `items` are ids, `reason` is empty in lists."""

    id: str
    side: str
    partner: str
    purpose: str
    offence: str
    person: str
    at: datetime
    items: tuple[str, ...]
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Giving:
    """What is to be supplied: records by their ids, on which grounds of one's own, why, and under which further
    conditions beside those that the records have."""

    partner: str
    holdings: tuple[str, ...]
    grounds: str
    reason: str
    handling: Handling | None = None
    urgent: bool = False

    def __post_init__(self) -> None:
        if not self.holdings:
            raise BadInput("no record is named", field="holdings", hint="name what is supplied")
        if len(self.holdings) > BATCH:
            raise BadInput(f"{len(self.holdings)} records at once", field="holdings", hint=f"at most {BATCH}")
        if not self.reason.strip():
            raise BadInput("it is not said why", field="reason", hint="say what it is to help with")
        if len(self.reason) > LONGEST:
            raise BadInput("the reason is too long", field="reason", hint=f"at most {LONGEST} characters")


@dataclass(frozen=True, slots=True)
class Weighed:
    """What would become of supplying: what stands against each record, and what has to be signed before."""

    against: dict[str, list[Against]]
    safeguards: Safeguards
    purpose: str


def give(
    office: Office, means: Means, actor: policy.Actor, giving: Giving
) -> tuple[str, tuple[Withheld, ...]]:
    """Supply records to a partner on one's own grounds; the id, and what the law kept back.

    Raises NotFound, Conflict, BadInput, LinkClosed, and NotLawful where no record may go.
    """
    given = new_id("spontaneous")
    (key,) = keys(office)

    def work(connection: Connection) -> tuple[int, tuple[Withheld, ...]]:
        sending, told = _sending(office, connection, actor, giving, given)
        choices = [Choice(holding=one, handling=giving.handling, facts=told) for one in giving.holdings]
        made = send(office, means, connection, actor, sending, choices)
        sent = [each for each in made if isinstance(each, Sent)]
        withheld = tuple(each for each in made if isinstance(each, Withheld))
        if not sent:
            return 0, withheld
        body = Spontaneous(
            id=given,
            purpose=sending.grounds.purpose,
            offence=sending.grounds.offence,
            reason=giving.reason,
            items=tuple(each.supplied for each in sent),
        )
        items = tuple(each.item for each in sent)
        _keep(office, connection, "sent", giving.partner, given, body, actor.person, items, key)
        post(office, connection, means, giving.partner, given, body, urgent=giving.urgent)
        return len(sent), withheld

    sent, withheld = office.write(work)
    if not sent:  # said after the transaction, so that the refusals stay on the ledger
        reasons = dict.fromkeys(reason for kept in withheld for reason in kept.reasons)
        raise NotLawful("none of the records may go", hint="; ".join(reasons))
    return given, withheld


def weigh(office: Office, actor: policy.Actor, giving: Giving) -> Weighed:
    """What the law says to it, before anybody decides; nothing is written.

    Raises NotFound, Conflict, LinkClosed.
    """

    def work(connection: Connection) -> Weighed:
        sending, _ = _sending(office, connection, actor, giving, "")
        directory.require_open(sending.partner, office.now())
        against = {
            each: reasons_against(office, connection, actor, sending, each) for each in giving.holdings
        }
        needed = of_partner(office, connection, actor, giving.partner, sending.grounds)
        return Weighed(against, needed, sending.grounds.purpose.value)

    return office.read(work)


def _sending(
    office: Office, connection: Connection, actor: policy.Actor, giving: Giving, given: str
) -> tuple[Sending, bool]:
    """To whom and on what footing, and whether what is told of a person goes along."""
    stand = footing(office, connection, actor, giving.grounds, office.now())
    context = context_for(office, actor, stand, office.now())
    assert context.grounds is not None
    sending = Sending(
        partner=directory.partner(connection, giving.partner),
        grounds=context.grounds,
        exchange=EXCHANGE,
        on_case=context.on_case,
        request=given,
        authority=context.authority,
    )
    return sending, least(context.grounds.purpose, (Asked.RECORDS,))


def take(office: Office, connection: Connection, means: Means, partner: str, body: Spontaneous) -> str:
    """Take what a partner supplies unasked; the desk is told. Raises NotTaken."""
    agreement = directory.require_open(directory.partner(connection, partner), office.now())
    if EXCHANGE not in agreement.exchanges:
        raise NotTaken("not-agreed", "the agreement does not name this kind of exchange")
    given = new_id("spontaneous")
    received = receive(office, means, connection, Where(sender=partner, request=given), body.items)
    items = tuple(each.item for each in received)
    _keep(office, connection, "received", partner, given, body, partner, items, keys(office)[0])
    notices.add(connection, Role.DESK_OFFICER, WHAT_RECEIVED, given, office.now())
    return WHAT_RECEIVED


def listed(office: Office, actor: policy.Actor, after: str = "") -> list[Given]:
    """What went and came unasked, newest first, without what anybody wrote; `after` is the last id that was shown."""

    def work(connection: Connection) -> list[Any]:
        query = select(SPONTANEOUS).where(_visible(actor))
        if after:
            at = select(SPONTANEOUS.c.at).where(SPONTANEOUS.c.id == after).scalar_subquery()
            query = query.where(
                or_(SPONTANEOUS.c.at < at, (SPONTANEOUS.c.at == at) & (SPONTANEOUS.c.id < after))
            )
        ordered = query.order_by(SPONTANEOUS.c.at.desc(), SPONTANEOUS.c.id.desc()).limit(MOST)
        return list(connection.execute(ordered))

    return [_shown(row, "") for row in office.read(work)]


def one(office: Office, actor: policy.Actor, given: str) -> Given:
    """One of them with its reason; the look is an entry of the ledger. Raises NotFound."""

    def work(connection: Connection) -> Any:
        row = connection.execute(
            select(SPONTANEOUS).where(SPONTANEOUS.c.id == given, _visible(actor))
        ).first()
        if row is None:
            raise NotFound
        told = Statement(
            what=READ, who=actor.person, when=office.now(), purpose=row.purpose, objects=(given,)
        )
        office.log.append(connection, told)
        return row

    row = office.write(work)
    return _shown(row, open_as(office, row.key, row.sealed, _about(given), Words).text)


def into_case(office: Office, actor: policy.Actor, given: str, grounds: str) -> None:
    """Let the people of a case use what a partner supplied unasked; from then on it may be taken into the records.

    grounds: one's own, in that case. Raises NotFound, also for grounds, and Conflict for what this node supplied itself
    and for grounds that ended.
    """

    def work(connection: Connection) -> None:
        query = select(SPONTANEOUS).where(SPONTANEOUS.c.id == given, _visible(actor))
        row, now = connection.execute(query).first(), office.now()
        if row is None:
            raise NotFound
        case = footing(office, connection, actor, grounds, now).row.case_id
        if row.side != "received":
            raise Conflict("these records are this node's own")
        items = tuple(row.items.split())
        told = Statement(
            what=INTO_CASE,
            who=actor.person,
            when=now,
            case=case,
            purpose=row.purpose,
            grounds=grounds,
            objects=(given, *items),
        )
        office.log.append(connection, told)
        for item in items:
            link(connection, item, case, actor.person, now)

    office.write(work)


def _visible(actor: policy.Actor) -> Any:
    desk = {Capability.ANSWER_PARTNER, Capability.SUPERVISE} & capabilities(
        actor.roles, trained=actor.trained
    )
    return SPONTANEOUS.c.person != "" if desk else SPONTANEOUS.c.person == actor.person


def _shown(row: Any, reason: str) -> Given:
    items = tuple(row.items.split())
    return Given(row.id, row.side, row.partner, row.purpose, row.offence, row.person, row.at, items, reason)


def _keep(
    office: Office,
    connection: Connection,
    side: str,
    partner: str,
    given: str,
    body: Spontaneous,
    who: str,
    items: tuple[str, ...],
    key: Any,
) -> None:
    now = office.now()
    told = Statement(
        what=WHAT_SUPPLIED if side == "sent" else WHAT_RECEIVED,
        who=OfficerId(who),
        when=now,
        purpose=Purpose(body.purpose).value,
        objects=(given, *items),
        detail={"partner": partner},
    )
    office.log.append(connection, told)
    values = {
        "id": given,
        "side": side,
        "partner": partner,
        "thread": body.id,
        "purpose": body.purpose.value,
        "offence": body.offence,
        "person": who,
        "at": now,
        "items": " ".join(items),
        "key": key[0],
        "sealed": sealed(key, Words(text=body.reason), _about(given)),
    }
    connection.execute(insert(SPONTANEOUS).values(**values))


def _about(given: str) -> str:
    return f"assistance_spontaneous:{given}"
