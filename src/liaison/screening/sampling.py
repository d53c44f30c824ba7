"""The auditor's sample: look-ups drawn by chance that nobody can choose, each with its justification.

The seed is committed to by the ledger before a look-up is shown; whoever has it and the ids of the look-ups can draw
the same sample again. An auditor reads nothing that was not drawn, and every showing is an entry of the ledger.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from liaison import policy
from liaison.ledger.statements import Statement
from liaison.model.canonical import decode
from liaison.model.errors import BadInput, NotFound
from liaison.office import Office, new_id
from liaison.screening.access import load_sample
from liaison.screening.bulk_runs import ListAsked
from liaison.screening.content import Asked, asked_of
from liaison.screening.grounds import WORDS, grounds_about
from liaison.screening.keeping import check_about
from liaison.screening.permission import permit
from liaison.screening.sampling_rules import drawn, require_sample
from liaison.screening.seals import seals
from liaison.storage.tables.screening import CASES, CHECKS, GROUNDS, SAMPLED, SAMPLES

DRAWN, SHOWN, OPENED = "sample-drawn", "sample-shown", "sample-opened"


@dataclass(frozen=True, slots=True)
class Sample:
    """A sample: from how many look-ups of which time it was drawn, by which seed (64 hexadecimal digits)."""

    id: str
    at: datetime
    since: datetime
    until: datetime
    population: int
    seed: str
    entry: int


@dataclass(frozen=True, slots=True)
class LookUp:
    """One look-up of a sample. `justification` is None where it was erased; `opened` when its question was read."""

    check: str
    kind: str
    person: str
    at: datetime
    case: str
    reference: str
    purpose: str
    offence: str
    basis: str
    justification: str | None
    looked_up: int
    alerts: int
    cleared: int
    opened: datetime | None


def draw(office: Office, actor: policy.Actor, since: datetime, until: datetime, size: int) -> Sample:
    """Draw look-ups made from `since` to before `until`. Raises NotLawful, BadInput."""
    now = office.now()
    require_sample(size, since, until)
    permit(office, policy.Action.AUDIT_SAMPLE, policy.Context(actor=actor, now=now))
    sample, seed = new_id("sample"), secrets.token_hex(32)
    chosen = (CHECKS.c.at >= since) & (CHECKS.c.at < until)

    query = select(CHECKS.c.id).where(chosen)
    ids = office.read(lambda connection: list(connection.execute(query).scalars()))
    if not ids:
        raise BadInput("nobody asked anything in that time", field="since", hint="take a longer time")

    def work(connection: Connection) -> Row[Any]:
        detail = {"since": since.isoformat(), "until": until.isoformat(), "population": str(len(ids))}
        told = Statement(
            what=DRAWN, who=actor.person, when=now, objects=(sample,), digest=seed, detail=detail
        )
        entry = office.log.append(connection, told)
        row = {"id": sample, "person": actor.person, "at": now, "seed": seed, "since": since, "until": until}
        connection.execute(insert(SAMPLES).values(row | {"population": len(ids), "entry": entry.index}))
        places = enumerate(drawn(ids, seed, size))
        connection.execute(
            insert(SAMPLED), [{"sample_id": sample, "place": at, "check_id": check} for at, check in places]
        )
        return load_sample(office, connection, actor, sample)

    return _sample(office.write(work))


def samples_of(office: Office, actor: policy.Actor) -> list[Sample]:
    """The samples that this person drew, newest first."""
    query = (
        select(SAMPLES).where(SAMPLES.c.person == actor.person).order_by(SAMPLES.c.at.desc(), SAMPLES.c.id)
    )
    return [_sample(row) for row in office.read(lambda connection: connection.execute(query).all())]


def show(office: Office, actor: policy.Actor, sample: str) -> list[LookUp]:
    """The look-ups of a sample with their justifications, without their questions. Raises NotFound, NotLawful."""
    now = office.now()
    permit(office, policy.Action.AUDIT_SAMPLE, policy.Context(actor=actor, now=now))

    def work(connection: Connection) -> Sequence[Row[Any]]:
        load_sample(office, connection, actor, sample)
        office.log.append(connection, Statement(what=SHOWN, who=actor.person, when=now, objects=(sample,)))
        return connection.execute(_look_ups(sample)).all()

    rows = office.write(work)
    sealed = [(row.grounds_key, row.justification, grounds_about(row.grounds_id)) for row in rows]
    texts = seals(office).open_each(sealed)
    return [_look_up(row, text) for row, text in zip(rows, texts, strict=True)]


def open_question(office: Office, actor: policy.Actor, sample: str, check: str) -> Asked | ListAsked:
    """What was asked in one look-up of a sample. Raises NotFound for one that was not drawn, Erased, NotLawful."""
    now = office.now()
    permit(office, policy.Action.AUDIT_SAMPLE, policy.Context(actor=actor, now=now))

    def work(connection: Connection) -> Row[Any]:
        load_sample(office, connection, actor, sample)
        member = (SAMPLED.c.sample_id == sample) & (SAMPLED.c.check_id == check)
        query = select(CHECKS).join(SAMPLED, SAMPLED.c.check_id == CHECKS.c.id).where(member)
        row = connection.execute(query).first()
        if row is None:
            raise NotFound
        told = Statement(what=OPENED, who=actor.person, when=now, case=row.case_id, objects=(sample, check))
        office.log.append(connection, told)
        first = member & SAMPLED.c.opened.is_(None)
        connection.execute(update(SAMPLED).where(first).values(opened=now))
        return row

    row = office.write(work)
    (content,) = seals(office).open([(row.key, row.sealed, check_about(row.id))])
    return decode(content, ListAsked) if row.kind in ("list", "manifest") else asked_of(content)


def _look_ups(sample: str) -> Any:
    columns = (
        CHECKS,
        CASES.c.reference,
        GROUNDS.c.basis,
        GROUNDS.c.key.label("grounds_key"),
        GROUNDS.c.sealed.label("justification"),
        SAMPLED.c.opened,
    )
    return (
        select(*columns)
        .join(SAMPLED, SAMPLED.c.check_id == CHECKS.c.id)
        .join(CASES, CASES.c.id == CHECKS.c.case_id)
        .join(GROUNDS, GROUNDS.c.id == CHECKS.c.grounds_id)
        .where(SAMPLED.c.sample_id == sample)
        .order_by(SAMPLED.c.place)
    )


def _look_up(row: Row[Any], text: bytes | None) -> LookUp:
    return LookUp(
        row.id,
        row.kind,
        row.person,
        row.at,
        row.case_id,
        row.reference,
        row.purpose,
        row.offence,
        row.basis,
        None if text is None else WORDS.decode(text).justification,
        row.looked_up,
        row.alerts,
        row.cleared,
        row.opened,
    )


def _sample(row: Row[Any]) -> Sample:
    return Sample(row.id, row.at, row.since, row.until, row.population, row.seed, row.entry)
