"""What stands in a printed document: a record that was supplied, or a request with its subjects and their answers."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
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
LEFT_OUT = "Left out"
COMPLETE = "Nothing: every record that was supplied stands in it."
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
class LeftOut:
    """A record that does not go along: the handling codes that forbid it, where it is they, and why in words."""

    reference: str
    codes: str
    why: str

    @property
    def told(self) -> str:
        """The codes, if any, and the reason."""
        return f"{self.codes}: {self.why}" if self.codes else self.why


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """One subject of a request: its number, whom or what it is about, how it stands, what was answered.

    `reference` is what the asking side calls it. `records` are what was supplied on it, without what is `left_out`.
    """

    number: int
    subject: AnySubject
    state: str
    answer: str = ""
    reference: str = ""
    records: tuple[Supplied, ...] = ()
    left_out: tuple[LeftOut, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A request and its answer: its fields in order, as they were written, and its subjects."""

    reference: str
    handling: Handling
    fields: Sequence[Row]
    subjects: Sequence[Answered]


def supplied(record: Supplied) -> Paper:
    """A supplied record on paper; facts stand apart from assessments, each with its grade."""
    parts = [
        Section("Conditions and origin", _origin(record)),
        Section("Subject", _about(record.subject)),
        *_told(record),
    ]
    return Paper("Supplied record", record.handling, (*parts, Section("", (("", NOTICE),))))


def request(held: Request) -> Paper:
    """A request on paper, each subject with its answer and the records of it; what is left out is said first."""
    sections = [Section(f"Request {held.reference}", _filled(held.fields))]
    sections.append(Section(LEFT_OUT, tuple(("", line) for line in left_out(held.subjects))))
    for one in held.subjects:
        sections += _subject(one)
    return Paper("Request and answer", held.handling, (*sections, Section("", (("", NOTICE),))))


def left_out(subjects: Iterable[Answered]) -> tuple[str, ...]:
    """How many records do not go along, for which code and why: a line for each reason; one line where all go."""
    return said_of(Counter(each.told for one in subjects for each in one.left_out))


def said_of(counts: Counter[str]) -> tuple[str, ...]:
    """The same of reasons that were counted."""
    lines = (
        f"{count} record{'s' if count > 1 else ''} left out. {why}" for why, count in sorted(counts.items())
    )
    return tuple(lines) or (COMPLETE,)


def _subject(one: Answered) -> Iterator[Section]:
    rows = [
        *_about(one.subject),
        ("Reference", one.reference),
        ("State", one.state),
        ("Answer", one.answer),
        *((LEFT_OUT, each.told) for each in one.left_out),
    ]
    yield Section(f"Subject {one.number}", _filled(rows))
    for record in one.records:
        said = [("Conditions", conditions(record.handling)), *_origin(record), *_about(record.subject)]
        yield Section(f"Subject {one.number}: record supplied", _filled(said))
        yield from _told(record)


def conditions(handling: Handling) -> str:
    """The codes, with the originator's own words where there are any; what they mean stands at the beginning."""
    restriction = f" ({handling.restriction})" if handling.restriction else ""
    return " ".join(code.value for code in handling.codes) + restriction


def _origin(record: Supplied) -> tuple[Row, ...]:
    rows = [
        ("Originator", record.originator),
        ("Reference", record.reference),
        ("Purpose", record.purpose.label),
        ("Offence", offence(record.offence).label if record.offence else ""),
        ("Category", record.category.value if record.category else ""),
        ("Grade", f"{record.graded.original} ({'; '.join(record.graded.meanings)})"),
        ("Signed", f"{record.made.astimezone(dt.UTC):%Y-%m-%d %H:%M} UTC"),
        ("Kept until", record.retention_until.isoformat()),
    ]
    return _filled(rows)


def _told(record: Supplied) -> list[Section]:
    said = (("Facts", record.facts), ("Assessments", record.assessments))
    return [Section(name, _filled(_graded(one) for one in some)) for name, some in said if some]


def _about(subject: AnySubject) -> tuple[Row, ...]:
    rows = [(name.replace("_", " ").capitalize(), text) for name, text in fields(subject)]
    if isinstance(subject, Person) and subject.birthplace:
        rows.append(("Birthplace", subject.birthplace))
    return tuple(rows)


def _graded(one: Fact | Assessment) -> Row:
    return f"{one.graded.original}, {one.dated}", one.text


def _filled(rows: Iterable[Row]) -> tuple[Row, ...]:
    return tuple((name, text) for name, text in rows if text)
