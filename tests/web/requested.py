"""What a unit has of requests, for the sweep: of ours one in each state that a route needs, and one received."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec
from sqlalchemy import Connection, select

from liaison.assistance import clarifying, drafting, pausing, receiving, sending, spontaneous, templates
from liaison.assistance.checking import run_checks
from liaison.assistance.content import keys
from liaison.assistance.drafting import Draft
from liaison.assistance.messages import (
    Clarify,
    Copied,
    Entry,
    Opening,
    Part,
    Spontaneous,
    Wanted,
    part_digest,
    whole_digest,
)
from liaison.model.dates import PartialDate
from liaison.model.grounds import Purpose
from liaison.model.handling import Handling, HandlingCode
from liaison.model.roles import Role
from liaison.model.subjects import Name, Person
from liaison.storage.tables.assistance import REQUESTS
from liaison.supply.items import Supplied
from tests.web.payloads import REASON
from tests.web.two_desks import TOLD
from tests.web_fixtures import Desk, Officer

PARTNER = "other.example"
HANDLING = Handling(codes=(HandlingCode.H0,))


def requests_of(desk: Desk, asker: Officer, approver: Officer, grounds: str, known: str) -> dict[str, str]:
    """Ids of what there is of each kind. `known` is the name of somebody whom the desk holds."""
    draft = _text(desk, grounds)
    actor, office = desk.actor(asker), desk.office
    made = [_submitted(desk, asker, draft) for _ in range(3)]
    sending.authorise(office, desk.actor(approver), made[2], True, REASON)
    sending.send(office, desk.node.means, actor, made[2])
    question = Clarify(request=made[2], id="talk-" + "b" * 26, question="Which of the vans?")
    received = office.write(lambda connection: _received(desk, connection, question, known))
    run_checks(office, desk.node.live)
    clerk = msgspec.structs.replace(actor, roles=frozenset({Role.DESK_OFFICER}))
    stood = pausing.pause(office, desk.node.means, clerk, received, "clarification", "Letter 7")
    return {
        "pause": stood,
        "request": made[0],
        "waiting-request": made[1],
        "sent-request": made[2],
        "received-request": received,
        "talk": question.id,
        "template": templates.keep(office, actor, "Couriers", draft),
        "other-template": templates.keep(office, actor, "Boats", draft),
        "unasked": office.write(lambda connection: _unasked(desk, connection)),
        "place": "1",
    }


def _text(desk: Desk, grounds: str) -> Draft:
    today = desk.clock.time.date()
    return Draft(
        **(TOLD | {"exchange": "publication"}),
        partner=PARTNER,
        grounds=grounds,
        wanted=(Wanted.IDENTITY,),
        handling=HANDLING,
        review_at=today + timedelta(days=100),
        retention_until=today + timedelta(days=200),
        exception="none-named",
    )


def _submitted(desk: Desk, by: Officer, text: Draft) -> str:
    request = drafting.draft(desk.office, desk.actor(by), text)
    drafting.add_list(desk.office, desk.actor(by), request, "Wolfgang Obermüller;1931-11-30;DEU;")
    sending.submit(desk.office, desk.actor(by), request)
    return request


def _received(desk: Desk, connection: Connection, question: Clarify, known: str) -> str:
    """A partner's question back about a request of ours, and a request of the partner's about two people."""
    office, means = desk.office, desk.node.means
    clarifying.take_question(office, connection, means, PARTNER, question)
    people = (known, "Wolfgang Obermüller")
    entries = tuple(
        Entry(number=number, subject=Person(names=(Name(full=name),), born=(PartialDate("1972-04-12"),)))
        for number, name in enumerate(people, 1)
    )
    receiving.take_opening(office, connection, means, PARTNER, _opening(desk, entries))
    receiving.take_part(
        office, connection, means, PARTNER, Part(request="theirs-1", number=1, subjects=entries)
    )
    found: Any = connection.execute(select(REQUESTS.c.id).where(REQUESTS.c.thread == "theirs-1"))
    return str(found.scalar_one())


def _opening(desk: Desk, entries: tuple[Entry, ...]) -> Opening:
    today = desk.clock.time.date()
    return Opening(
        **(TOLD | {"exchange": "publication"}),
        id="theirs-1",
        authority="Coast guard",
        language="en",
        purpose=Purpose.INVESTIGATION,
        offence="trafficking-persons",
        wanted=(Wanted.IDENTITY,),
        handling=HANDLING,
        copied=Copied(copied=False, exception="none-named"),
        subjects=len(entries),
        parts=1,
        digest=whole_digest([part_digest(entries)]),
        made=desk.clock.time,
        review_at=today + timedelta(days=100),
        retention_until=today + timedelta(days=200),
    )


def _unasked(desk: Desk, connection: Connection) -> str:
    """What a partner supplied unasked, without the items, which are supply's."""
    given = "spontaneous-" + "c" * 26
    item = Supplied(item="item", chain=(PARTNER,))
    body = Spontaneous(id="unasked-1", purpose=Purpose.INVESTIGATION, reason="It may help", items=(item,))
    (key,) = keys(desk.office)
    spontaneous._keep(
        desk.office, connection, "received", PARTNER, given, body, PARTNER, ("item-" + "d" * 26,), key
    )
    return given
