"""What entries state is kept as long as the law of the node says; their leaves stay, and the log still verifies.

It serves Directive (EU) 2016/680, article 25, and the laws that end the keeping of logs: an entry is as old as the
first signed head that holds it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from sqlalchemy import Connection, func, select

from liaison.ledger.log import Log
from liaison.ledger.statements import Statement
from liaison.model.categories import OfficerId
from liaison.storage.tables.ledger import HEADS, PAYLOADS

FORGOTTEN = "log-forgotten"
AT_ONCE = 500  # payloads erased in one transaction
T = TypeVar("T")
Write = Callable[[Callable[[Connection], int]], int]


def forget(write: Write, log: Log, before: datetime, who: OfficerId, now: datetime) -> int:
    """Erase what entries state that stood under a head signed before `before`; how many. Each batch is recorded.

    Raises LedgerUnavailable, StoreUnavailable; what was erased before stays so.
    """
    total = 0
    while erased := write(lambda connection: _batch(connection, log, before, who, now)):
        total += erased
    return total


def _batch(connection: Connection, log: Log, before: datetime, who: OfficerId, now: datetime) -> int:
    end = connection.execute(select(func.max(HEADS.c.size)).where(HEADS.c.signed < before)).scalar() or 0
    query = select(PAYLOADS.c.entry).where(PAYLOADS.c.entry < end).order_by(PAYLOADS.c.entry).limit(AT_ONCE)
    overdue = list(connection.execute(query).scalars())
    if not overdue:
        return 0
    span = {"from": str(overdue[0]), "to": str(overdue[-1])}
    log.append(
        connection, Statement(what=FORGOTTEN, who=who, when=now, outcome=str(len(overdue)), detail=span)
    )
    return log.erase(connection, overdue)
