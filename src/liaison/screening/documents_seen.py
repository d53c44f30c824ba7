"""The traces of examined documents: kept for some hours as keyed marks, asked for again, and then erased."""

from __future__ import annotations

import hmac
from datetime import datetime, timedelta
from hashlib import sha256
from math import isnan, nan
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select

from liaison.ledger.statements import Statement
from liaison.model.categories import OfficerId
from liaison.office import Office, new_id
from liaison.screening.document_rules.traces import MARK, Mark, Trace
from liaison.screening.seals import seals
from liaison.storage.tables.screening import TRACES

FORGOTTEN = "documents-forgotten"
ITSELF = OfficerId("node")  # who does what no person asked for
MOST = 200  # earlier traces of one document that are looked at, the newest


def marker(office: Office) -> Mark:
    """The pseudonyms of this node: HMAC-SHA256, cut to MARK bytes, under the key of its digests."""
    key = seals(office).digest_key(office)
    return lambda text: hmac.new(key, text.encode("utf-8", "replace"), sha256).digest()[:MARK]


def earlier(connection: Connection, document: bytes, since: datetime) -> list[Trace]:
    """The traces of a document after `since`, newest first."""
    query = select(TRACES).where(TRACES.c.document == document, TRACES.c.at > since)
    return [_trace(row) for row in connection.execute(query.order_by(TRACES.c.at.desc()).limit(MOST))]


def keep(connection: Connection, trace: Trace) -> None:
    """Keep a trace."""
    degrees = not isnan(trace.latitude + trace.longitude)
    row = {
        "id": new_id("trace"),
        "document": trace.document,
        "birth": trace.birth,
        "names": b"".join(trace.names),
        "expiry": trace.expiry,
        "at": trace.at,
        "place": trace.place,
        "latitude": trace.latitude if degrees else None,
        "longitude": trace.longitude if degrees else None,
    }
    connection.execute(insert(TRACES).values(row))


def forget(office: Office, window: timedelta) -> int:
    """Erase the traces that are older than the window; how many. That it was done is an entry of the ledger."""
    until = office.now() - window
    past = TRACES.c.at <= until
    count = select(func.count()).select_from(TRACES).where(past)
    if not office.read(lambda connection: connection.execute(count).scalar_one()):
        return 0

    def work(connection: Connection) -> int:
        many: int = connection.execute(count).scalar_one()
        detail = {"traces": str(many)}
        office.log.append(connection, Statement(what=FORGOTTEN, who=ITSELF, when=office.now(), detail=detail))
        connection.execute(delete(TRACES).where(past))
        return many

    return office.write(work)


def _trace(row: Row[Any]) -> Trace:
    marks = bytes(row.names)
    return Trace(
        document=bytes(row.document),
        birth=bytes(row.birth),
        names=tuple(marks[at : at + MARK] for at in range(0, len(marks), MARK)),
        expiry=bytes(row.expiry),
        at=row.at,
        place=row.place,
        latitude=nan if row.latitude is None else row.latitude,
        longitude=nan if row.longitude is None else row.longitude,
    )
