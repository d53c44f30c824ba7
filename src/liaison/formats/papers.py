"""What stands in a printed document: a record that was supplied, or a request with its subjects and their answers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from liaison.formats.pdf import Paper, Section
from liaison.formats.publication import fields
from liaison.model.categories import Category
from liaison.model.grounds import Purpose, offence
from liaison.model.handling import Handling
from liaison.model.holding import Assessment, Fact
from liaison.model.scales import Graded
from liaison.model.subjects import AnySubject, Person

NOTICE = "A lead for a person to verify, never a measure by itself."
Row = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Supplied:
    """A record as it was supplied: who signed it, what it says, how far to rely on it, until when it is kept."""

    reference: str
    originator: str
    subject: AnySubject
    category: Category | None
    purpose: Purpose
    offence: str
    graded: Graded
    handling: Handling
    made: dt.datetime
    retention_until: dt.date
    facts: tuple[Fact, ...] = ()
    assessments: tuple[Assessment, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """One subject of a request: its number, whom or what it is about, how it stands, what was answered."""

    number: int
    subject: AnySubject
    state: str
    answer: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A request and its answer: its fields in order, as they were written, and its subjects."""

    reference: str
    handling: Handling
    fields: Sequence[Row]
    subjects: Sequence[Answered]


def supplied(record: Supplied) -> Paper:
    """A supplied record on paper; facts stand apart from assessments, each with its grade."""
    about = offence(record.offence).label if record.offence else ""
    grade = f"{record.graded.original} ({'; '.join(record.graded.meanings)})"
    rows = [
        ("Originator", record.originator),
        ("Reference", record.reference),
        ("Purpose", record.purpose.label),
        ("Offence", about),
        ("Category", record.category.value if record.category else ""),
        ("Grade", grade),
        ("Signed", f"{record.made.astimezone(dt.UTC):%Y-%m-%d %H:%M} UTC"),
        ("Kept until", record.retention_until.isoformat()),
    ]
    parts = [Section("Conditions and origin", _filled(rows)), Section("Subject", _about(record.subject))]
    parts += [Section("Facts", _filled(_graded(one) for one in record.facts))] if record.facts else []
    made = record.assessments
    parts += [Section("Assessments", _filled(_graded(one) for one in made))] if made else []
    return Paper("Supplied record", record.handling, (*parts, Section("", (("", NOTICE),))))


def request(held: Request) -> Paper:
    """A request on paper, each subject with its answer."""
    sections = [Section(f"Request {held.reference}", _filled(held.fields))]
    for one in held.subjects:
        rows = [*_about(one.subject), ("State", one.state), ("Answer", one.answer)]
        sections.append(Section(f"Subject {one.number}", _filled(rows)))
    return Paper("Request and answer", held.handling, (*sections, Section("", (("", NOTICE),))))


def _about(subject: AnySubject) -> tuple[Row, ...]:
    rows = [(name.replace("_", " ").capitalize(), text) for name, text in fields(subject)]
    if isinstance(subject, Person) and subject.birthplace:
        rows.append(("Birthplace", subject.birthplace))
    return tuple(rows)


def _graded(one: Fact | Assessment) -> Row:
    return f"{one.graded.original}, {one.dated}", one.text


def _filled(rows: Iterable[Row]) -> tuple[Row, ...]:
    return tuple((name, text) for name, text in rows if text)
