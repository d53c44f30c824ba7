"""Information that nobody asked for, because it helps the other side (Directive (EU) 2023/977, article 7)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, or_, select

from liaison import policy
from liaison.assistance.content import Words, keys, open_as, sealed
from liaison.assistance.messages import Spontaneous, least
from liaison.assistance.messages import Wanted as Asked
from liaison.assistance.ways import Means, post
from liaison.ledger.statements import Statement
from liaison.model.categories import OfficerId
from liaison.model.errors import BadInput, NotFound, NotLawful
from liaison.model.grounds import Purpose
from liaison.model.roles import Capability, Role, capabilities
from liaison.office import Office, new_id
from liaison.officers import notices
from liaison.partners import directory
from liaison.screening.lookups import context_for, footing
from liaison.storage.tables.assistance import SPONTANEOUS
from liaison.supply.receiving import Where, receive
from liaison.supply.sending import Choice, Sending, Sent, Withheld, send

WHAT_SUPPLIED, WHAT_RECEIVED, READ = "spontaneous-sent", "spontaneous-received", "spontaneous-read"
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


def give(
    office: Office,
    means: Means,
    actor: policy.Actor,
    partner: str,
    holdings: Sequence[str],
    grounds: str,
    reason: str,
    urgent: bool = False,
) -> tuple[str, tuple[Withheld, ...]]:
    """Supply records to a partner on one's own grounds; the id, and what the law kept back.

    Raises NotFound, Conflict, BadInput, LinkClosed, and NotLawful where no record may go.
    """
    if not holdings:
        raise BadInput("no record is named", field="holdings", hint="name what is supplied")
    given = new_id("spontaneous")
    (key,) = keys(office)

    def work(connection: Connection) -> tuple[int, tuple[Withheld, ...]]:
        now = office.now()
        stand = footing(office, connection, actor, grounds, now)
        context = context_for(office, actor, stand, now)
        assert context.grounds is not None
        sending = Sending(
            partner=directory.partner(connection, partner),
            grounds=context.grounds,
            exchange=EXCHANGE,
            on_case=context.on_case,
            request=given,
            authority=context.authority,
        )
        told = least(context.grounds.purpose, (Asked.RECORDS,))
        made = send(
            office, means, connection, actor, sending, [Choice(holding=one, facts=told) for one in holdings]
        )
        sent = [each for each in made if isinstance(each, Sent)]
        withheld = tuple(each for each in made if isinstance(each, Withheld))
        if not sent:
            return 0, withheld
        body = Spontaneous(
            id=given,
            purpose=context.grounds.purpose,
            offence=context.grounds.offence,
            reason=reason,
            items=tuple(each.supplied for each in sent),
        )
        items = tuple(each.item for each in sent)
        _keep(office, connection, "sent", partner, given, body, actor.person, items, key)
        post(office, connection, means, partner, given, body, urgent=urgent)
        return len(sent), withheld

    sent, withheld = office.write(work)
    if not sent:  # said after the transaction, so that the refusals stay on the ledger
        reasons = dict.fromkeys(reason for kept in withheld for reason in kept.reasons)
        raise NotLawful("none of the records may go", hint="; ".join(reasons))
    return given, withheld


def take(office: Office, connection: Connection, means: Means, partner: str, body: Spontaneous) -> str:
    """Take what a partner supplies unasked; the desk is told. Raises NotTaken."""
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
