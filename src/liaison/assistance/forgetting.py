"""Requests, notices and copies are kept no longer than they say: their keys go; that they were there remains.

Rule L16. What was supplied on a request has a retention of its own (see `supply`). A request that is still open is kept
until it is over.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import Connection, Table, select, update

from liaison.assistance import events
from liaison.assistance.events import NODE
from liaison.assistance.rules import ENDED, State
from liaison.ledger.statements import Statement
from liaison.office import Office
from liaison.ports import KeyId
from liaison.storage.tables.assistance import CONVICTIONS, COPIES, LISTS, REQUESTS, SUBJECTS, TALKS
from liaison.supply.following import trusted_time

WHAT_FORGOTTEN, WHAT_NOTICES, WHAT_COPIES = "request-forgotten", "convictions-forgotten", "copies-forgotten"
AT_ONCE = 500  # notices, or copies, of one round


def forget(office: Office) -> int:
    """Forget what was past its retention when the time was trusted last (threat A12); how many requests, notices and
    copies."""
    trusted = office.read(trusted_time)
    if trusted is None:
        return 0
    until = min(trusted, office.now())
    past = office.read(lambda connection: _past(until, connection))
    for row in past:
        # the keys go first: what a stop leaves unwritten is found again, and its keys are gone already
        office.keys.destroy(office.read(lambda connection, row=row: _keys(connection, row.id)))  # type: ignore[misc]
        office.write(lambda connection, row=row: _written(office, connection, row))  # type: ignore[misc]
    swept = ((CONVICTIONS, WHAT_NOTICES), (COPIES, WHAT_COPIES))
    return len(past) + sum(_swept(office, table, what, until) for table, what in swept)


def _past(until: dt.datetime, connection: Connection) -> list[Any]:
    over = [state.value for state in (*ENDED, State.ANSWERED, State.DRAFT, State.NOT_AUTHORISED)]
    chosen = (REQUESTS.c.retention <= until) & REQUESTS.c.forgotten.is_(None)
    return list(connection.execute(select(REQUESTS).where(chosen, REQUESTS.c.state.in_(over))))


def _keys(connection: Connection, request: str) -> list[KeyId]:
    found = list(connection.execute(select(REQUESTS.c.key).where(REQUESTS.c.id == request)).scalars())
    for table in (SUBJECTS, TALKS, LISTS, COPIES):
        found += connection.execute(select(table.c.key).where(table.c.request_id == request)).scalars()
    return [KeyId(key) for key in found]


def _written(office: Office, connection: Connection, row: Any) -> None:
    events.record(office, connection, row, what=WHAT_FORGOTTEN, who=NODE, count=row.subjects)
    connection.execute(update(REQUESTS).where(REQUESTS.c.id == row.id).values(forgotten=office.now()))


def _swept(office: Office, table: Table, what: str, until: dt.datetime) -> int:
    """Forget the rows of a table that are past their retention; how many."""
    chosen = (table.c.retention <= until) & table.c.forgotten.is_(None)
    query = select(table.c.id, table.c.key).where(chosen).limit(AT_ONCE)
    rows = office.read(lambda connection: connection.execute(query).all())
    if not rows:
        return 0
    office.keys.destroy([KeyId(row.key) for row in rows])

    def work(connection: Connection) -> int:
        ids = [row.id for row in rows]
        told = Statement(what=what, who=NODE, when=office.now(), objects=tuple(ids), outcome=str(len(ids)))
        office.log.append(connection, told)
        connection.execute(update(table).where(table.c.id.in_(ids)).values(forgotten=office.now()))
        return len(ids)

    return office.write(work)
