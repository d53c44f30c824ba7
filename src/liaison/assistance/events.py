"""What happens to a request: an entry of the ledger and a line of its timeline, in one transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select

from liaison.ledger.statements import Statement
from liaison.model.categories import OfficerId
from liaison.office import Office
from liaison.storage.tables.assistance import EVENTS

NODE = OfficerId("assistance")  # who did what the node does by itself
NOTHING: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class Event:
    """One line of a timeline: `what` is a verb of the ledger, how many `subjects`, `code` a code or a number."""

    number: int
    what: str
    who: str
    at: datetime
    subjects: int
    code: str
    entry: int


def record(
    office: Office,
    connection: Connection,
    row: Any,
    what: str,
    who: str,
    *,
    count: int = 0,
    code: str = "",
    digest: str = "",
    objects: Sequence[str] = (),
    detail: Mapping[str, str] = NOTHING,
) -> int:
    """Write an entry and a line about the request of this row; the entry's place. Raises LedgerUnavailable."""
    now = office.now()
    told = {"partner": row.partner, **({"subjects": str(count)} if count else {}), **detail}
    statement = Statement(
        what=what,
        who=OfficerId(who),
        when=now,
        case=row.case_id,
        purpose=row.purpose,
        grounds=row.grounds_id,
        objects=(row.id, *objects),
        digest=digest,
        outcome=code,
        detail=told,
    )
    entry = office.log.append(connection, statement).index
    mine = EVENTS.c.request_id == row.id
    number = int(connection.execute(select(func.max(EVENTS.c.number)).where(mine)).scalar() or 0) + 1
    line = {"request_id": row.id, "number": number, "what": what, "who": who, "at": now}
    connection.execute(insert(EVENTS).values(**line, subjects=count, code=code, entry=entry))
    return entry


def look(
    office: Office, connection: Connection, row: Any, who: str, what: str, objects: Sequence[str] = ()
) -> None:
    """Write that somebody looked at a request, or at something of it; no line of its timeline."""
    statement = Statement(
        what=what,
        who=OfficerId(who),
        when=office.now(),
        case=row.case_id,
        purpose=row.purpose,
        objects=(row.id, *objects),
    )
    office.log.append(connection, statement)


def timeline(connection: Connection, request: str) -> list[Event]:
    """What happened to a request, in order."""
    query = select(EVENTS).where(EVENTS.c.request_id == request).order_by(EVENTS.c.number)
    return [
        Event(row.number, row.what, row.who, row.at, row.subjects, row.code, row.entry)
        for row in connection.execute(query)
    ]
