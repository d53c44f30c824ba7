"""Copies of requests: to the own single point of contact, or none for a coded reason, and to a coordination centre.

A copy carries what the request carries, in as many letters; whoever is sent it answers nothing, and keeps it as long as
the request is to be kept, and no longer than the agreement with the sender lets anything be kept.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import Connection, func, insert, select

from liaison.assistance import events, timing
from liaison.assistance.content import Key, keys, sealed
from liaison.assistance.desk import Role, point_of_contact
from liaison.assistance.messages import Copy, Opening, Part
from liaison.assistance.rules import Side
from liaison.assistance.ways import Means, post
from liaison.model.structs import Value
from liaison.office import Office, new_id
from liaison.partners import directory
from liaison.storage.tables.assistance import COPIES
from liaison.supply.refusing import NotTaken

COPIED, COPY_RECEIVED = "request-copied", "copy-received"


def copy_opening(office: Office, connection: Connection, means: Means, row: Any, opening: Opening) -> None:
    """Post the opening of a request to whoever has a copy, in the transaction that sends it."""
    for role, partner in recipients(connection, row):
        body = Copy(role=role.value, asked=row.partner, opening=opening)
        _post(office, connection, means, row, role, partner, body, keys(office)[0])
        events.record(
            office, connection, row, what=COPIED, who=events.NODE, code=role.value, detail={"to": partner}
        )


def copy_part(
    office: Office,
    connection: Connection,
    means: Means,
    row: Any,
    opening: Opening,
    part: Part,
    held: list[Key],
) -> None:
    """Post a part of a request to whoever has a copy; `held` are keys made before, one taken for each."""
    for role, partner in recipients(connection, row):
        body = Copy(
            role=role.value, asked=row.partner, opening=opening, number=part.number, subjects=part.subjects
        )
        _post(office, connection, means, row, role, partner, body, held.pop())


def recipients(connection: Connection, row: Any) -> list[tuple[Role, str]]:
    """Who has a copy of a request."""
    found = []
    point = point_of_contact(connection)
    if row.copied and point and point != row.partner:
        found.append((Role.POINT, point))
    if row.centre and row.centre not in (row.partner, point if row.copied else ""):
        found.append((Role.CENTRE, row.centre))
    return found


def take_copy(office: Office, connection: Connection, partner: str, thread: str, body: Copy) -> str:
    """Keep a copy that a partner sent; the ledger's word for it. The same copy twice is kept once."""
    if body.role not in {Role.POINT.value, Role.CENTRE.value}:
        raise NotTaken("unknown-code", "nobody keeps a copy in that role")
    role = Role(body.role)
    same = (COPIES.c.partner == partner) & (COPIES.c.thread == thread) & (COPIES.c.number == body.number)
    same &= (COPIES.c.role == role.value) & (COPIES.c.side == "received")
    if connection.execute(select(func.count()).where(same)).scalar():
        return "copy-known"
    if len(body.subjects) > timing.quota_left(connection, partner, Side.RECEIVED, office.now()):
        raise NotTaken("over-quota", "that is more subjects than the agreement lets be told of in a day")
    until = kept_until(office, connection, partner, body.opening)
    _keep(office, connection, "", partner, body.asked, thread, role, "received", body, keys(office)[0], until)
    return COPY_RECEIVED


def kept_until(office: Office, connection: Connection, partner: str, opening: Opening) -> dt.datetime:
    """When a copy from this partner is forgotten. Raises LinkClosed."""
    now = office.now()
    agreement = directory.require_open(directory.partner(connection, partner), now)
    until = min(opening.retention_until, now.date() + dt.timedelta(days=agreement.cap(None)))
    return dt.datetime.combine(until, dt.time(), dt.UTC)


def copies_of(connection: Connection, request: str) -> list[tuple[str, str, int]]:
    """Who has a copy of a request of ours: role, partner, and how many subjects were copied."""
    total = func.sum(COPIES.c.subjects)
    query = select(COPIES.c.role, COPIES.c.partner, total.label("total")).where(
        COPIES.c.request_id == request
    )
    rows = connection.execute(query.group_by(COPIES.c.role, COPIES.c.partner).order_by(COPIES.c.role))
    return [(row.role, row.partner, int(row.total)) for row in rows]


def about(copy: str) -> str:
    """What a copy's seal is bound to."""
    return f"assistance_copies:{copy}"


def _post(
    office: Office,
    connection: Connection,
    means: Means,
    row: Any,
    role: Role,
    partner: str,
    body: Copy,
    key: Key,
) -> None:
    post(office, connection, means, partner, row.thread, body, urgent=row.urgent)
    _keep(office, connection, row.id, partner, row.partner, row.thread, role, "sent", body, key)


def _keep(
    office: Office,
    connection: Connection,
    request: str,
    partner: str,
    asked: str,
    thread: str,
    role: Role,
    side: str,
    body: Copy,
    key: Key,
    until: dt.datetime | None = None,
) -> None:
    copy = new_id("copy")
    # what we sent is in the request itself: of that copy only which part it was is kept
    content: Value = Copy(role=body.role, asked=body.asked, opening=body.opening) if side == "sent" else body
    values: dict[str, Any] = {
        "id": copy,
        "request_id": request,
        "partner": partner,
        "asked": asked,
        "thread": thread,
    }
    values |= {"role": role.value, "side": side, "number": body.number, "subjects": len(body.subjects)}
    values |= {
        "at": office.now(),
        "retention": until,
        "key": key[0],
        "sealed": sealed(key, content, about(copy)),
    }
    connection.execute(insert(COPIES).values(**values))
