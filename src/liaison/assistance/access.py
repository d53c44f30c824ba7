"""The authoriser of requests: what a person may not see is not found.

A request of ours is seen by who made it and by whoever sees its case, and while it waits for another person's
authorisation, by those who may give it. One that was received is seen by the desk that answers and its supervisors.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, false, or_, select, update

from liaison import policy
from liaison.assistance.rules import Side, State
from liaison.model.errors import Conflict, NotFound
from liaison.model.roles import Capability, capabilities
from liaison.office import Office
from liaison.screening.access import seen_cases
from liaison.storage.tables.assistance import REQUESTS, SUBJECTS


def load(office: Office, connection: Connection, actor: policy.Actor, request: str) -> Row[Any]:
    """A request that the person sees. Raises NotFound."""
    chosen = REQUESTS.c.id == request, visible(office, connection, actor)
    row = connection.execute(select(REQUESTS).where(*chosen)).first()
    if row is None:
        raise NotFound
    return row


def load_own(office: Office, connection: Connection, actor: policy.Actor, request: str) -> Row[Any]:
    """A request of ours that the person made or works on. Raises NotFound."""
    row = load(office, connection, actor, request)
    if Side(row.side) is not Side.ASKED or not _works(office, connection, actor, row):
        raise NotFound
    return row


def load_received(office: Office, connection: Connection, actor: policy.Actor, request: str) -> Row[Any]:
    """A request that was received, for whoever answers. Raises NotFound."""
    row = load(office, connection, actor, request)
    if Side(row.side) is not Side.RECEIVED:
        raise NotFound
    return row


def by_thread(connection: Connection, partner: str, side: Side, thread: str) -> Row[Any]:
    """A request by the partner and the asking side's id: for that partner's letters alone. Raises NotFound."""
    chosen = (REQUESTS.c.partner == partner) & (REQUESTS.c.side == side.value) & (REQUESTS.c.thread == thread)
    row = connection.execute(select(REQUESTS).where(chosen)).first()
    if row is None:
        raise NotFound
    return row


def by_id(connection: Connection, request: str) -> Row[Any]:
    """A request, for work that the node does by itself. Raises NotFound."""
    row = connection.execute(select(REQUESTS).where(REQUESTS.c.id == request)).first()
    if row is None:
        raise NotFound
    return row


def subject(connection: Connection, request: str, number: int) -> Row[Any]:
    """One subject of a request that was loaded. Raises NotFound."""
    chosen = (SUBJECTS.c.request_id == request) & (SUBJECTS.c.number == number)
    row = connection.execute(select(SUBJECTS).where(chosen)).first()
    if row is None:
        raise NotFound
    return row


def visible(office: Office, connection: Connection, actor: policy.Actor) -> ColumnElement[bool]:
    """The requests that the person sees."""
    held = capabilities(actor.roles, trained=actor.trained)
    of_cases = and_(REQUESTS.c.case_id != "", REQUESTS.c.case_id.in_(seen_cases(office, connection, actor)))
    ours = or_(REQUESTS.c.person == actor.person, of_cases)
    waits = REQUESTS.c.state == State.SUBMITTED.value if Capability.APPROVE in held else false()
    answers = {Capability.ANSWER_PARTNER, Capability.SUPERVISE} & held
    return or_(
        and_(REQUESTS.c.side == Side.ASKED.value, or_(ours, waits)),
        REQUESTS.c.side == Side.RECEIVED.value if answers else false(),
    )


def change(connection: Connection, row: Any, **values: Any) -> Row[Any]:
    """Change a request, if it is still what was read; the row as it is then. Raises Conflict."""
    same = (REQUESTS.c.id == row.id) & (REQUESTS.c.state == row.state) & (REQUESTS.c.revision == row.revision)
    if connection.execute(update(REQUESTS).where(same).values(**values)).rowcount != 1:
        raise Conflict("the request was changed by someone else meanwhile", hint="look at it again")
    return by_id(connection, row.id)


def _works(office: Office, connection: Connection, actor: policy.Actor, row: Any) -> bool:
    cases = set(connection.execute(seen_cases(office, connection, actor)).scalars())
    return row.person == actor.person or row.case_id in cases
