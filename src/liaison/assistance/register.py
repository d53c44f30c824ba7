"""Convictions as rows: of one's own courts, as they were entered, and the notices that were sent and received."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, insert, select, update

from liaison import policy
from liaison.assistance.codes import Table, read, require_code
from liaison.assistance.content import Key, keys, open_as, sealed
from liaison.assistance.messages import Conviction
from liaison.ledger.statements import Statement
from liaison.model.canonical import encode
from liaison.model.categories import Category
from liaison.model.errors import BadInput, NotFound
from liaison.model.handling import HandlingCode
from liaison.model.holding import maybe_child
from liaison.model.roles import Capability, capabilities
from liaison.office import Office, new_id
from liaison.storage.tables.assistance import CONVICTIONS

ENTERED, READ = "convictions-entered", "convictions-read"
OWN, SENT, RECEIVED = "own", "sent", "received"
AT_ONCE = 500
MOST = 200  # shown at once
LATEST = dt.date(9999, 1, 1)


@dataclass(frozen=True, slots=True)
class Readable:
    """A conviction in words of one language, beside the conviction as it is: ready to be filed or to trace assets."""

    id: str
    partner: str
    conviction: Conviction
    offences: tuple[str, ...]
    sanctions: tuple[str, ...]
    received: dt.datetime


def enter(
    office: Office,
    actor: policy.Actor,
    convictions: Sequence[Conviction],
    retention_until: dt.date,
    review_at: dt.date,
) -> int:
    """Enter final convictions of one's own courts; how many were new. Raises BadInput, NotLawful."""
    now = office.now()
    for each in convictions:
        require_known(each, now.date())
    facts = policy.RecordFacts(
        category=Category.CONVICTED,
        graded=True,
        handling=frozenset({HandlingCode.H0}),
        own=True,
        review_at=_midnight(review_at),
        expires_at=_midnight(retention_until),
    )
    office.decide(policy.Action.IMPORT, policy.Context(actor=actor, now=now, record=facts))
    new = 0
    for start in range(0, len(convictions), AT_ONCE):
        some = convictions[start : start + AT_ONCE]
        made = keys(office, len(some))

        def work(
            connection: Connection, some: Sequence[Conviction] = some, made: Sequence[Key] = made
        ) -> int:
            kept = put(office, connection, OWN, "", "", some, made, retention_until)
            told = Statement(what=ENTERED, who=actor.person, when=now, outcome=str(kept))
            office.log.append(connection, told)
            return kept

        new += office.write(work)
    return new


def require_known(given: Conviction, today: dt.date) -> None:
    """Raises BadInput for codes that are not in the tables, and for a conviction that is not final yet."""
    for code in given.offences:
        require_code(Table.OFFENCES, code, "offences")
    for sanction in given.sanctions:
        require_code(Table.SANCTIONS, sanction.code, "sanctions")
    if given.final > today:
        raise BadInput("the conviction is not final", field="final", hint="enter it once it is")


def put(
    office: Office,
    connection: Connection,
    side: str,
    partner: str,
    request: str,
    convictions: Sequence[Conviction],
    made: Sequence[Key],
    retention_until: dt.date,
) -> int:
    """Write convictions; one that is there is left, or replaced where it says something else. How many were new."""
    new = 0
    for each, key in zip(convictions, made, strict=True):
        digest = hashlib.sha256(encode(each)).digest()
        same = (
            (CONVICTIONS.c.side == side)
            & (CONVICTIONS.c.partner == partner)
            & (CONVICTIONS.c.notice == each.id)
        )
        known = connection.execute(select(CONVICTIONS.c.id, CONVICTIONS.c.digest).where(same)).first()
        if known is not None and bytes(known.digest) == digest:
            continue
        row_id = known.id if known is not None else new_id("conviction")
        values = {
            "request_id": request,
            "country": str(each.country),
            "nationality": " ".join(str(code) for code in each.person.nationalities),
            "offences": " ".join(each.offences),
            "final": each.final,
            "confiscation": each.confiscation,
            "at": office.now(),
            "retention": _midnight(retention_until),
            "digest": digest,
            "key": key[0],
            "sealed": sealed(key, each, _about(row_id)),
        }
        if known is None:
            connection.execute(
                insert(CONVICTIONS).values(id=row_id, side=side, partner=partner, notice=each.id, **values)
            )
            new += 1
        else:
            connection.execute(update(CONVICTIONS).where(CONVICTIONS.c.id == row_id).values(**values))
    return new


def of_nationals(
    connection: Connection,
    nationality: str,
    since: dt.date,
    until: dt.date,
    offences: Sequence[str] = (),
    unsent_to: str = "",
) -> list[Any]:
    """One's own final convictions of nationals of a state within a time. The ground is the conviction, the nationality
    says whom it is routed to (rule L08). `unsent_to`: those that this partner was not sent as they stand now."""
    chosen = (CONVICTIONS.c.side == OWN) & CONVICTIONS.c.nationality.contains(nationality)
    chosen &= CONVICTIONS.c.forgotten.is_(None)
    chosen &= (CONVICTIONS.c.final >= since) & (CONVICTIONS.c.final <= until)
    rows = connection.execute(
        select(CONVICTIONS).where(chosen).order_by(CONVICTIONS.c.final, CONVICTIONS.c.id)
    ).all()
    wanted = [row for row in rows if not offences or {*offences} & {*row.offences.split()}]
    if not unsent_to:
        return wanted
    sent = (CONVICTIONS.c.side == SENT) & (CONVICTIONS.c.partner == unsent_to)
    known = {
        bytes(digest) for digest in connection.execute(select(CONVICTIONS.c.digest).where(sent)).scalars()
    }
    return [row for row in wanted if bytes(row.digest) not in known]


def opened(office: Office, row: Any) -> Conviction:
    """What a row holds. Raises Erased."""
    return open_as(office, row.key, row.sealed, _about(row.id), Conviction)


def facts_of(given: Conviction, row: Any, today: dt.date) -> policy.RecordFacts:
    """What a decision must know of a conviction."""
    return policy.RecordFacts(
        category=Category.CONVICTED,
        minor=maybe_child(given.person.born, today),
        graded=True,
        handling=frozenset({HandlingCode.H0}),
        own=True,
        review_at=row.retention,
        expires_at=row.retention,
    )


def received(
    office: Office,
    actor: policy.Actor,
    language: str,
    *,
    request: str = "",
    confiscation: bool = False,
    after: str = "",
) -> list[Readable]:
    """Notices that were received, in words of a language, newest first; `confiscation` those that order one, which
    is what asset tracing begins with. The look is an entry of the ledger. Raises NotFound for whoever may see none.
    """
    held = capabilities(actor.roles, trained=actor.trained)
    if not held & {Capability.ANSWER_PARTNER, Capability.SUPERVISE}:
        raise NotFound

    def work(connection: Connection) -> list[Any]:
        chosen = (CONVICTIONS.c.side == RECEIVED) & CONVICTIONS.c.forgotten.is_(None)
        if request:
            chosen &= CONVICTIONS.c.request_id == request
        if confiscation:
            chosen &= CONVICTIONS.c.confiscation
        if after:
            chosen &= CONVICTIONS.c.id > after
        rows = connection.execute(
            select(CONVICTIONS).where(chosen).order_by(CONVICTIONS.c.id).limit(MOST)
        ).all()
        objects = tuple(row.id for row in rows)
        told = Statement(
            what=READ, who=actor.person, when=office.now(), objects=objects, outcome=str(len(rows))
        )
        office.log.append(connection, told)
        return list(rows)

    return [readable(office, row, language) for row in office.write(work)]


def readable(office: Office, row: Any, language: str) -> Readable:
    """A conviction in words; a code that this node does not know stays a code."""
    held = opened(office, row)
    return Readable(
        row.id,
        row.partner,
        held,
        tuple(read(Table.OFFENCES, code, language) for code in held.offences),
        tuple(read(Table.SANCTIONS, each.code, language) for each in held.sanctions),
        row.at,
    )


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), dt.UTC)


def _about(row_id: str) -> str:
    return f"assistance_convictions:{row_id}"
