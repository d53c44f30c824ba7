"""A request arrives: its opening, then its parts; it is whole when all are there as they were promised.

The clock starts with the part that makes it whole, by our time. What the agreement does not cover is refused by a
signed receipt, before anything of it is kept.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import Connection, Row, insert, select

from liaison.assistance import clocks, events, timing
from liaison.assistance.access import by_thread, change
from liaison.assistance.content import keys, opening_of, request_about, sealed
from liaison.assistance.drafting import insert_subjects
from liaison.assistance.messages import (
    PART,
    Acknowledged,
    Opening,
    Part,
    part_digest,
    whole_digest,
)
from liaison.assistance.rules import By, Side, State, Step, after
from liaison.assistance.ways import Means, post
from liaison.model.errors import BadInput, NotFound
from liaison.model.roles import Role
from liaison.office import Office, new_id
from liaison.officers import notices
from liaison.partners import directory
from liaison.storage.tables.assistance import PARTS, REQUESTS
from liaison.supply.refusing import NotTaken

OPENED, PART_RECEIVED, RECEIVED = "request-opened", "request-part-received", "request-received"


def take_opening(office: Office, connection: Connection, means: Means, partner: str, body: Opening) -> str:
    """Begin a request of this partner; the ledger's word for it. Raises NotTaken."""
    if body.id != body.id.strip() or _known(connection, partner, body.id):
        raise NotTaken("request-known", "a request of this id was received before")
    require_agreed(office, connection, partner, body)
    now, request = office.now(), new_id("request")
    (key,) = keys(office)
    row = {
        "id": request,
        "side": Side.RECEIVED.value,
        "partner": partner,
        "thread": body.id,
        "exchange": body.exchange,
        "state": State.ARRIVING.value,
        "urgent": body.urgent,
        "purpose": body.purpose.value,
        "offence": body.offence,
        "instrument": body.instrument,
        "subjects": body.subjects,
        "parts": body.parts,
        "digest": body.digest,
        "copied": body.copied.copied,
        "exception": body.copied.exception,
        "centre": body.centre,
        "made": now,
        "late": False,
        "stage": clocks.Stage.CALM.value,
        "retention": dt.datetime.combine(body.retention_until, dt.time(), dt.UTC),
        "key": key[0],
        "sealed": sealed(key, body, request_about(request)),
        **dict.fromkeys(("case_id", "grounds_id", "person", "authorised_by", "approval_id", "outcome"), ""),
        **dict.fromkeys(("revision", "parts_there"), 0),
    }
    connection.execute(insert(REQUESTS).values(**row))
    made = by_thread(connection, partner, Side.RECEIVED, body.id)
    events.record(office, connection, made, what=OPENED, who=partner, count=body.subjects, digest=body.digest)
    if body.term:
        events.record(office, connection, made, what=timing.WHAT_TERM_CHOSEN, who=partner, code=body.term)
    return OPENED


def take_part(
    office: Office, connection: Connection, means: Means, partner: str, body: Part, letter: str = ""
) -> str:
    """Take some subjects of a request; the ledger's word for it. Raises NotTaken."""
    row = known_thread(connection, partner, Side.RECEIVED, body.request)
    if State(row.state) is not State.ARRIVING or body.number != row.parts_there + 1:
        raise NotTaken("unexpected-part", "the request is whole, or another part of it comes first")
    count = len(body.subjects)
    if count != min(PART, row.subjects - (body.number - 1) * PART):
        raise NotTaken("wrong-count", "the part has not as many subjects as the request promised")
    made = keys(office, count)
    insert_subjects(connection, row.id, body.subjects, made)
    digest = part_digest(body.subjects)
    values = {"request_id": row.id, "number": body.number, "subjects": count, "digest": digest}
    connection.execute(insert(PARTS).values(**values, letter=letter, at=office.now()))
    events.record(
        office,
        connection,
        row,
        what=PART_RECEIVED,
        who=partner,
        count=count,
        code=str(body.number),
        digest=digest,
    )
    there = change(connection, row, parts_there=body.number)
    if there.parts_there == there.parts:
        _whole(office, connection, means, there)
    return PART_RECEIVED


def known_thread(connection: Connection, partner: str, side: Side, thread: str) -> Row[Any]:
    """A request that this partner is a side of. Raises NotTaken."""
    try:
        return by_thread(connection, partner, side, thread)
    except NotFound:
        raise NotTaken("unknown-request", "no such request is known here") from None


def require_agreed(office: Office, connection: Connection, partner: str, body: Opening) -> None:
    """What a request must be to be taken: agreed, within the quota, of an instrument that is known. Raises NotTaken."""
    now = office.now()
    known = directory.partner(connection, partner)
    used = timing.used_today(connection, partner, Side.RECEIVED.value, now)
    facts = directory.facts(known, now, used)
    if not facts.open:
        raise NotTaken("link-closed", "the link is closed")
    if body.purpose not in facts.purposes or (body.offence and body.offence not in facts.offences):
        raise NotTaken("not-agreed", "the agreement does not name this purpose or offence")
    if body.exchange not in facts.exchanges:
        raise NotTaken("not-agreed", "the agreement does not name this kind of exchange")
    if body.subjects > facts.quota_left:
        raise NotTaken("over-quota", "that is more subjects than the agreement lets be asked about in a day")
    try:
        known_instrument = clocks.instrument(body.instrument)
    except BadInput:
        raise NotTaken("unknown-instrument", "the instrument is not known here") from None
    try:
        if body.term:
            clocks.require_choice(known_instrument, body.term, "asking")
    except BadInput:
        raise NotTaken(
            "unknown-term", "the instrument has no such term that the asking side chooses"
        ) from None


def _whole(office: Office, connection: Connection, means: Means, row: Any) -> None:
    """Every part is there: the clock starts, the asking side is told, the desk has work. Raises NotTaken."""
    query = select(PARTS.c.digest).where(PARTS.c.request_id == row.id).order_by(PARTS.c.number)
    digest = whole_digest(connection.execute(query).scalars())
    if digest != row.digest:
        raise NotTaken("wrong-digest", "the parts are not those that the request promised")
    following = after(Side.RECEIVED, State(row.state), Step.COMPLETE, By.PARTNER)
    now = office.now()
    whole = change(connection, row, state=following.value, received=now)
    clocked = timing.keep(office, connection, whole)
    events.record(office, connection, row, what=RECEIVED, who=row.partner, count=row.subjects, digest=digest)
    notices.add(connection, Role.DESK_OFFICER, RECEIVED, row.id, now)
    told = Acknowledged(
        request=row.thread, received=now, subjects=row.subjects, digest=digest, due=clocked.due
    )
    post(office, connection, means, row.partner, row.thread, told, urgent=row.urgent)


def wanted_of(office: Office, row: Any) -> Opening:
    """What a request that was received asks for. Raises Erased."""
    return opening_of(office, row)


def _known(connection: Connection, partner: str, thread: str) -> bool:
    try:
        by_thread(connection, partner, Side.RECEIVED, thread)
    except NotFound:
        return False
    return True
