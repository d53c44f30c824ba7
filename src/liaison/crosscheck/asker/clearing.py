"""What is kept of others and is past its time: sessions that were answered for partners, and sets of theirs."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import Connection, Row, delete, func, select, tuple_

from liaison.crosscheck.asker import sets
from liaison.crosscheck.holder.epochs import DAY, EpochState
from liaison.crosscheck.recording import ITSELF, record
from liaison.office import Office
from liaison.partners import directory
from liaison.partners.rules import PartnerState
from liaison.storage.tables.crosscheck import ANSWERED, EPOCHS, REJECTED, SERVED, SETS

WHAT = "crosscheck-served-forgotten"
AT_ONCE = 500  # sessions of one transaction


def served(office: Office, until: dt.datetime) -> int:
    """Erase officers, cases and signed questions of sessions that partners asked last before, under keys that are
    closed; how many. That they were answered, and with which digest, the ledger keeps."""
    count = 0
    while some := office.write(lambda connection: _served(office, connection, until)):
        count += some
    return count


def _served(office: Office, connection: Connection, until: dt.datetime) -> int:
    closed = select(EPOCHS.c.id).where(EPOCHS.c.state == EpochState.CLOSED.value)
    past = (SERVED.c.last <= until) & SERVED.c.epoch.in_(closed)
    chosen = select(SERVED.c.partner, SERVED.c.session).where(past).order_by(SERVED.c.last).limit(AT_ONCE)
    rows = [(row.partner, row.session) for row in connection.execute(chosen)]
    connection.execute(delete(REJECTED).where(REJECTED.c.at <= until))
    if rows:
        batches = tuple_(ANSWERED.c.partner, ANSWERED.c.session).in_(rows)
        counted = connection.execute(select(func.count()).select_from(ANSWERED).where(batches)).scalar_one()
        detail = {"sessions": str(len(rows)), "batches": str(counted)}
        record(office, connection, WHAT, ITSELF, detail=detail)
        connection.execute(delete(ANSWERED).where(batches))
        connection.execute(delete(SERVED).where(tuple_(SERVED.c.partner, SERVED.c.session).in_(rows)))
    return len(rows)


def partners_sets(office: Office) -> int:
    """Destroy the partners' sets whose epoch is over for a day, and those of partners whose link was ended or
    revoked; how many."""
    past = office.read(lambda connection: _past(connection, office.now()))
    for row in past:
        sets.drop(office, row)
    return len(past)


def _past(connection: Connection, now: dt.datetime) -> list[Row[Any]]:
    gone = {each.origin for each in directory.partners(connection) if each.kept is not PartnerState.ACTIVE}
    rows = connection.execute(select(SETS)).all()
    return [row for row in rows if row.ends + DAY <= now or row.partner in gone]
