"""Cross-checks are kept as long as the law keeps logs, so that they can be opened again; then whom they were about is
erased: the keys go, and with them the seed, and who overlapped. That they were made
remains, with who asked whom and how much.

What was answered for partners goes after the same time, a partner's set a day after its epoch or with the link.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import Connection, Row, delete, func, select, update

from liaison.crosscheck.asker import clearing
from liaison.crosscheck.asker.asking import over
from liaison.crosscheck.asker.states import SessionState, SessionStep
from liaison.crosscheck.recording import ITSELF, record
from liaison.office import Office
from liaison.policy import limits
from liaison.ports import KeyId
from liaison.storage.tables.crosscheck import ASKED, BATCHES, HITS, SESSIONS
from liaison.supply.following import trusted_time

WHAT = "crosscheck-forgotten"
AT_ONCE = 500  # sessions of one round


def forget(office: Office) -> int:
    """Forget what was past its time when the time was trusted last (threat A12); how many sessions."""
    clearing.partners_sets(office)
    trusted = office.read(trusted_time)
    if trusted is None:
        return 0
    until = min(trusted, office.now()) - dt.timedelta(days=limits(office.regimes).log_days)
    past = office.read(lambda connection: _past(connection, until))
    for row in past:
        # the keys go first: what a stop leaves unwritten is found again, and its keys are gone already
        office.keys.destroy([KeyId(row.key), KeyId(row.seed)])
        office.write(lambda connection, row=row: _written(office, connection, row))  # type: ignore[misc]
    clearing.served(office, until)
    return len(past)


def _past(connection: Connection, until: dt.datetime) -> list[Row[Any]]:
    """Sessions that ended before, and drafts that nobody went on with, of which subjects are still here."""
    over = [state.value for state in SessionState if state not in (SessionState.RUNNING,)]
    last = func.coalesce(SESSIONS.c.ended, SESSIONS.c.begun, SESSIONS.c.made)
    held = select(ASKED.c.session).where(ASKED.c.session == SESSIONS.c.id).exists()
    chosen = SESSIONS.c.state.in_(over) & (last <= until) & held
    return list(connection.execute(select(SESSIONS).where(chosen).limit(AT_ONCE)))


def _written(office: Office, connection: Connection, row: Row[Any]) -> None:
    detail = {"subjects": str(row.subjects)}
    record(office, connection, WHAT, ITSELF, objects=(row.id,), case=row.case_id, detail=detail)
    for table in (ASKED, HITS):
        connection.execute(delete(table).where(table.c.session == row.id))
    if SessionState(row.state) in (SessionState.DRAFT, SessionState.WAITING):
        over(connection, row, SessionStep.FORGET, office.now())
    connection.execute(update(BATCHES).where(BATCHES.c.session == row.id).values(sealed=None))
