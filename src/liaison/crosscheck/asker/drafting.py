"""A cross-check before it is asked: which case, which partners, and whom, from a file, a paste or one by one.

A list is read whole and every bad row is said and kept; the good ones go on. Subjects are sealed one by one.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from liaison import policy
from liaison.crosscheck.asker.access import load_own
from liaison.crosscheck.asker.asked import Bad, Entry, Said, sealed_entry, sealed_said
from liaison.crosscheck.asker.looking import people_of
from liaison.crosscheck.asker.states import LegState, SessionState
from liaison.crosscheck.likeness.matchkeys import of_question
from liaison.crosscheck.messages import SHORT, Kind
from liaison.crosscheck.recording import record
from liaison.holdings.findings import Findings
from liaison.holdings.incoming import Incoming, from_bodies, from_people
from liaison.holdings.modelled import from_lines, is_modelled
from liaison.holdings.options import Options
from liaison.holdings.read import read_stream
from liaison.holdings.shelves import no_orphans
from liaison.holdings.streams import Stream, usable
from liaison.model.errors import BadInput, Conflict
from liaison.model.subjects import AnySubject, Person
from liaison.office import Office, new_id
from liaison.partners import directory
from liaison.policy import limits
from liaison.ports import Compartment, KeyId
from liaison.screening.list_rules import require_size
from liaison.screening.lookups import footing
from liaison.storage.tables.crosscheck import ASKED, BATCHES, HITS, LEGS, SESSIONS
from liaison.storage.tables.screening import CASES

DRAFTED, DISCARDED = "crosscheck-drafted", "crosscheck-discarded"
MOST_SUBJECTS, MOST_PARTNERS = 100_000, 40
MOST_VALUES = 30  # names, dates or documents of one subject
STEP = 2_000  # subjects written with one commit
SHOWN = 500  # bad rows that are kept of a list


@dataclass(frozen=True, slots=True)
class Order:
    """Whom to cross-check with which partners (origins), on which grounds; `until` for a standing one.

    `content` is a file or a pasted table with its header (see screening.list_rules.table_of); `subjects` are added to
    those of it.
    """

    grounds: str
    partners: tuple[str, ...]
    kind: Kind = Kind.CHECK
    title: str = ""
    until: dt.datetime | None = None
    content: bytes = b""
    name: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    subjects: tuple[AnySubject, ...] = ()


@dataclass(frozen=True, slots=True)
class Listed:
    """The subjects of an order, and what could not be used of it."""

    entries: tuple[Entry, ...]
    bad: tuple[Bad, ...]
    notes: tuple[str, ...]


def draft(office: Office, actor: policy.Actor, order: Order) -> str:
    """Begin a cross-check; its id. Nothing is asked yet.

    Raises NotFound for grounds that are not the person's own and for unknown partners, Conflict for ended grounds and
    a closed case, BadInput with the field, UnusableFile for a list that cannot be read.
    """
    now = office.now()
    _require_shape(office, order, now)
    office.read(lambda connection: _row(office, connection, actor, order, now))
    listed = read_order(order, now.year)
    session = new_id("crosscheck")
    (key, secret), (seed, _) = office.keys.create(Compartment.CROSSCHECK, 2)
    people = people_of([entry.subject for entry in listed.entries])
    said = Said(title=order.title[:SHORT], bad=listed.bad[:SHOWN], notes=listed.notes)
    rows = [
        {"session": session, "number": number, "sealed": sealed_entry(secret, session, number, entry)}
        for number, entry in enumerate(listed.entries, 1)
    ]

    def begin(connection: Connection) -> None:
        row = _row(office, connection, actor, order, now) | {"id": session, "key": key, "seed": seed}
        row |= {"people": people, "bad_rows": len(listed.bad), "sealed": sealed_said(secret, session, said)}
        detail = {"subjects": str(len(rows)), "bad-rows": str(len(listed.bad)), "kind": order.kind.value}
        record(
            office, connection, DRAFTED, actor.person, objects=(session,), case=row["case_id"], detail=detail
        )
        connection.execute(insert(SESSIONS).values(row))
        connection.execute(
            insert(LEGS), [leg_row(session, partner, 1) for partner in sorted({*order.partners})]
        )
        _add(connection, session, rows[:STEP])

    with no_orphans(office.keys, [key, seed]):
        office.write(begin)
    for start in range(STEP, len(rows), STEP):
        step = rows[start : start + STEP]
        office.write(lambda connection, step=step: _add(connection, session, step))  # type: ignore[misc]
    return session


def discard(office: Office, actor: policy.Actor, session: str) -> None:
    """Give up a draft: whom it was about is erased. Raises NotFound, Conflict for one that is no draft any more."""

    def work(connection: Connection) -> list[KeyId]:
        row = load_own(office, connection, actor, session)
        if SessionState(row.state) is not SessionState.DRAFT:
            raise Conflict(f"the cross-check is {row.state}", hint="cancel it instead")
        record(office, connection, DISCARDED, actor.person, objects=(session,), case=row.case_id)
        for table in (HITS, BATCHES, ASKED, LEGS):
            connection.execute(delete(table).where(table.c.session == session))
        connection.execute(delete(SESSIONS).where(SESSIONS.c.id == session))
        return [KeyId(row.key), KeyId(row.seed)]

    office.keys.destroy(office.write(work))


def read_order(order: Order, year: int) -> Listed:
    """The subjects of an order, those of its list first, and every row that cannot be used; `year` is this one.
    Raises BadInput, UnusableFile."""
    found = _read(order, year) if order.content else Listed((), (), ())
    bad = [*found.bad]
    entries = [*found.entries]
    for place, subject in enumerate(order.subjects, 1):
        reason = unusable(subject)
        if reason:
            bad.append(Bad(row=place, field="subject", reason=reason))
        else:
            entries.append(Entry(subject=subject))
    if not entries:
        raise BadInput(
            "nobody in the list can be cross-checked",
            field="list",
            hint=bad[0].reason if bad else "give at least one subject",
        )
    if len(entries) > MOST_SUBJECTS:
        hint = f"at most {MOST_SUBJECTS:,}; divide it"
        raise BadInput(f"the list has {len(entries):,} subjects", field="list", hint=hint)
    return Listed(tuple(entries), tuple(bad), found.notes)


def unusable(subject: AnySubject) -> str:
    """Why a subject cannot be compared; empty where it can."""
    said = ((name, getattr(subject, name)) for name in subject.__struct_fields__)
    many = next((name for name, each in said if isinstance(each, tuple) and len(each) > MOST_VALUES), "")
    if many:
        return f"more than {MOST_VALUES} {many}"
    if of_question(subject):
        return ""
    if isinstance(subject, Person):
        return "two names and a date of birth, or a document's number, are needed to compare a person"
    return "nothing of it is compared: give its number"


def _read(order: Order, year: int) -> Listed:
    require_size(order.content)
    findings = Findings(order.name or "pasted list")
    entries: list[Entry] = []
    for row in _rows(order, findings, year):
        reason = unusable(row.subject)
        if reason:
            findings.bad(row.row, "", f"{reason}: left out")
        else:
            entries.append(Entry(subject=row.subject, reference=row.record[:SHORT]))
    bad = tuple(Bad(row=one.row, field=one.field, reason=one.reason) for one in findings.bad_rows)
    return Listed(tuple(entries), bad, tuple(findings.notes))


def _rows(order: Order, findings: Findings, year: int) -> Iterator[Incoming]:
    """The rows of a list in its order: people and organisations of any format, and lines of the vocabulary, which hold
    documents, vehicles, telephones and accounts too."""
    stream = Stream(findings.file, io.BytesIO(order.content), len(order.content))
    if is_modelled(stream.head):
        return from_lines(usable(stream), findings)
    read = read_stream(stream, Options(list_name="asked", last_year=year, columns=order.columns, keep=True))
    findings.bad_rows += read.bad_rows
    findings.notes += read.notes
    return chain(from_people(read, findings), from_bodies(read, findings))


def _require_shape(office: Office, order: Order, now: dt.datetime) -> None:
    """Raises BadInput for an order that no session can be made of."""
    if not 0 < len({*order.partners}) <= MOST_PARTNERS:
        raise BadInput("no partner is named", field="partners", hint="choose at least one")
    if (order.kind is Kind.STANDING) != (order.until is not None):
        raise BadInput("a standing cross-check, and no other, has an end", field="until", hint="give its end")
    if order.until is not None:
        latest = now + dt.timedelta(days=limits(office.regimes).standing_days)
        if not now < order.until <= latest:
            hint = f"at the latest {latest:%Y-%m-%d}"
            raise BadInput("it cannot stand until then", field="until", hint=hint)


def _row(
    office: Office, connection: Connection, actor: policy.Actor, order: Order, now: dt.datetime
) -> dict[str, Any]:
    """The row of a session, on grounds that are the person's own, but for its keys."""
    stand = footing(office, connection, actor, order.grounds, now).row
    for partner in order.partners:
        _require_standing(directory.partner(connection, partner), order, now)
    reference = select(CASES.c.reference).where(CASES.c.id == stand.case_id)
    return {
        "kind": order.kind.value,
        "state": SessionState.DRAFT.value,
        "person": actor.person,
        "case_id": stand.case_id,
        "grounds_id": order.grounds,
        "purpose": stand.purpose,
        "offence": stand.offence,
        "basis": stand.basis,
        "reference": str(connection.execute(reference).scalar_one())[:SHORT],
        "subjects": 0,
        "approval_id": "",
        "until": order.until,
        "made": now,
    }


def _require_standing(partner: directory.Partner, order: Order, now: dt.datetime) -> None:
    """Raises BadInput where the agreement ends a standing cross-check sooner."""
    terms = partner.agreement.crosscheck if partner.agreement else None
    if order.until is None or terms is None:
        return  # what the agreement does not name at all is the law's matter
    if order.until > now + dt.timedelta(days=terms.standing_days):
        hint = f"at most {terms.standing_days} days were agreed with {partner.origin}"
        raise BadInput("it cannot stand until then", field="until", hint=hint)


def leg_row(session: str, partner: str, number: int) -> dict[str, Any]:
    """A leg that nothing was asked on."""
    empty = dict.fromkeys(("code", "epoch", "whole", "authority", "signature"), "")
    none = dict.fromkeys(("version", "points", "batches", "answered", "tries"), 0)
    return {
        "id": new_id("leg"),
        "session": session,
        "partner": partner,
        "round": number,
        "state": LegState.WAITING.value,
        **empty,
        **none,
    }


def _add(connection: Connection, session: str, rows: Sequence[Mapping[str, Any]]) -> None:
    connection.execute(insert(ASKED), list(rows))
    count = SESSIONS.c.subjects + len(rows)
    connection.execute(update(SESSIONS).where(SESSIONS.c.id == session).values(subjects=count))
