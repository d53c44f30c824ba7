"""Letters as the command line and pages show them: where they stand, and never what they say."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from liaison.model.errors import NotFound
from liaison.partners import directory
from liaison.partners.rules import Lane
from liaison.storage.tables.transport import CONFLICTS, INBOX, OUTBOX


@dataclass(frozen=True, slots=True)
class Standing:
    """One letter. `way` is sent or received; `digest` that of its bytes, which both ledgers name; `entry` the ledger's.

    `conflicts` are the digests of other letters that came under its id or number; `review` where it was taken under a
    key that was revoked since (threat A14).
    """

    way: str
    id: str
    partner: str
    lane: Lane
    number: int
    kind: str
    thread: str
    state: str
    code: str
    at: datetime
    done: datetime | None
    entry: int
    digest: str
    document_key: str
    conflicts: tuple[str, ...] = ()
    review: bool = False


def standing(connection: Connection, letter: str) -> list[Standing]:
    """Where a letter of this id stands, on either way. Raises NotFound."""
    sent = connection.execute(select(OUTBOX).where(OUTBOX.c.id == letter)).all()
    received = connection.execute(select(INBOX).where(INBOX.c.id == letter)).all()
    found = [_of(connection, "sent", row, row.made, row.done) for row in sent]
    found += [_of(connection, "received", row, row.received, row.received) for row in received]
    if not found:
        raise NotFound
    return found


def _of(connection: Connection, way: str, row: object, at: datetime, done: datetime | None) -> Standing:
    names = (
        "id",
        "number",
        "kind",
        "thread",
        "state",
        "code",
        "entry",
        "digest",
        "document_key",
        "partner",
        "lane",
    )
    held = {name: getattr(row, name) for name in names}
    others = select(CONFLICTS.c.digest).where(
        CONFLICTS.c.partner == held["partner"], CONFLICTS.c.first == held["digest"]
    )
    conflicts = tuple(connection.execute(others).scalars()) if way == "received" else ()
    partner = directory.by_id(connection, held.pop("partner"))
    return Standing(
        way=way,
        partner=partner.origin,
        lane=Lane(held.pop("lane")),
        at=at,
        done=done,
        conflicts=conflicts,
        review=way == "received" and partner.revoked(held["document_key"]),
        **held,
    )
