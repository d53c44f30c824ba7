"""A copy that is taken away: of a record that was supplied, of a request with its answers, of notices of convictions.

Each says who took it, when, for which case and under which entry of the ledger, how it may be used, and what is left
out. A table and FollowTheMoney are written part by part, so that a request about 100,000 people never stands in memory;
the other forms are whole documents, for as many subjects as `MOST` says.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

import msgspec

from liaison.formats import followthemoney, handling_marks, misp, papers, pdf, spreadsheet, stix
from liaison.formats.papers import Answered, LeftOut, Row, Supplied
from liaison.formats.publication import Publication, fields, reduced, uuid_of
from liaison.model.handling import Handling, combined
from liaison.model.holding import Assessment, Fact
from liaison.model.subjects import AnySubject, Person

MOST = 5_000  # subjects of a request in one document
NO_PERSONS = "STIX is not made of persons: take another form"


class Form(Enum):
    """In which form a copy is. The value is the name that is sent for it."""

    PAPER = "pdf"
    TABLE = "csv"
    ENTITIES = "ftm"
    STIX = "stix"
    MISP = "misp"

    @property
    def media(self) -> str:
        """Its media type."""
        return MEDIA[self]

    @property
    def ending(self) -> str:
        """How the name of its file ends."""
        return self.value if self in (Form.PAPER, Form.TABLE) else f"{self.value}.json"

    @property
    def streams(self) -> bool:
        """Whether it is written part by part, for any number of subjects."""
        return self in (Form.TABLE, Form.ENTITIES)


MEDIA = {
    Form.PAPER: "application/pdf",
    Form.TABLE: "text/csv",
    Form.ENTITIES: "application/json+ftm",
    Form.STIX: "application/stix+json;version=2.1",
    Form.MISP: "application/json",
}
RECORD = ("Field", "Value")
ANSWERS = (
    "Number",
    "Reference",
    "Asked about",
    "State",
    "Answer",
    "Record",
    "Originator",
    "Handling",
    "Restriction",
    "Category",
    "Grade",
    "Kept until",
    "Name",
    "Born",
    "Sex",
    "Nationality",
    "Document",
    "Other numbers",
    "Facts",
    "Assessments",
    "Left out",
)
PERSON = ("name", "born", "sex", "nationality", "document")


@dataclass(frozen=True, slots=True)
class Mark:
    """What a copy carries: who took it, when, for which case, under which entry. `line` is all of it, with the
    conditions of the whole, as one line of text."""

    who: str
    at: dt.datetime
    case: str
    entry: int
    line: str

    @property
    def of_pages(self) -> pdf.Mark:
        """As it stands on every page."""
        return pdf.Mark(self.who, self.at, self.entry, self.case)


@dataclass(frozen=True, slots=True)
class Head:
    """What a copy of a request begins with: its reference, its conditions, its fields as they were written."""

    reference: str
    handling: Handling
    fields: Sequence[Row]


def fault(form: Form, subject: AnySubject) -> str:
    """Why something cannot be written in a form; empty where it can."""
    return NO_PERSONS if form is Form.STIX and isinstance(subject, Person) else ""


def record(form: Form, held: Supplied, mark: Mark) -> bytes:
    """One record."""
    match form:
        case Form.PAPER:
            return pdf.document(papers.supplied(held), mark.of_pages)
        case Form.TABLE:
            return spreadsheet.table(RECORD, [row for row in _rows(held) if row[1]], mark.line)
        case Form.ENTITIES:
            return _entities(held, mark)
        case Form.STIX:
            return _bundle([held], mark)
        case Form.MISP:
            return msgspec.json.encode({"Event": _event(held, mark)})


def request(form: Form, head: Head, batches: Iterable[Sequence[Answered]], mark: Mark) -> Iterator[bytes]:
    """A request with its answers, part by part where the form can be."""
    if form is Form.TABLE:
        return _table(head, batches, mark)
    if form is Form.ENTITIES:
        return _lines(head, batches, mark)
    return iter([_whole(form, head, [one for some in batches for one in some], mark)])


def _whole(form: Form, head: Head, subjects: Sequence[Answered], mark: Mark) -> bytes:
    if form is Form.PAPER:
        handling = _under(head.handling, subjects)
        held = papers.Request(
            reference=head.reference, handling=handling, fields=head.fields, subjects=subjects
        )
        return pdf.document(papers.request(held), mark.of_pages)
    records = [each for one in subjects for each in one.records]
    said = papers.left_out(subjects)
    if form is Form.STIX:
        return _bundle(records, mark, said)
    events = [{"Event": _event(each, mark)} for each in records]
    return msgspec.json.encode({"response": events, "left_out": said, "mark": mark.line})


def _table(head: Head, batches: Iterable[Sequence[Answered]], mark: Mark) -> Iterator[bytes]:
    counts: Counter[str] = Counter()
    handling = head.handling
    yield spreadsheet.head(ANSWERS)
    for some in batches:
        counts.update(each.told for one in some for each in one.left_out)
        handling = _under(handling, some)
        yield spreadsheet.lines(row for one in some for row in _answers(one))
    yield spreadsheet.lines([[line] for line in (*papers.said_of(counts), *_conditions(handling), mark.line)])


def _under(handling: Handling, some: Sequence[Answered]) -> Handling:
    """Every condition of what was written, and of these records."""
    return combined([handling, *(each.handling for one in some for each in one.records)])


def _conditions(handling: Handling) -> tuple[str, ...]:
    return tuple(f"Some of it: {words}" for words in handling_marks.words(handling)[1:])


def _answers(one: Answered) -> Iterator[Sequence[str]]:
    """A row for each record of a subject, also for one that is left out; one row where there is none."""
    asked = (str(one.number), one.reference, _in_words(one.subject), one.state, one.answer)
    empty = [""] * (len(ANSWERS) - len(asked) - 1)
    for held in one.records:
        yield (*asked, *_cells(held), "")
    for gone in one.left_out:
        yield (*asked, gone.reference, *empty[1:], gone.told)
    if not one.records and not one.left_out:
        yield (*asked, *empty, "")


def _cells(held: Supplied) -> tuple[str, ...]:
    told: dict[str, list[str]] = {}
    for name, text in fields(held.subject):
        person = isinstance(held.subject, Person) or name == "name"
        told.setdefault(name if person else "other", []).append(text if person else f"{name}: {text}")
    return (
        held.reference,
        held.originator,
        " ".join(code.value for code in held.handling.codes),
        held.handling.restriction,
        held.category.value if held.category else "",
        held.graded.original,
        held.retention_until.isoformat(),
        *("; ".join(told.get(name, ())) for name in (*PERSON, "other")),
        *("; ".join(f"{one.text} ({one.graded.original})" for one in some) for some in _said(held)),
    )


def _said(held: Supplied) -> tuple[Sequence[Fact | Assessment], ...]:
    return held.facts, held.assessments


def _in_words(subject: AnySubject) -> str:
    return "; ".join(text for _, text in fields(subject))


def _rows(held: Supplied) -> Iterator[Row]:
    yield "originator", held.originator
    yield "reference", held.reference
    yield "handling", " ".join(code.value for code in held.handling.codes)
    yield "restriction", held.handling.restriction
    yield "category", held.category.value if held.category else ""
    yield "grade", held.graded.original
    yield "kept until", held.retention_until.isoformat()
    yield from fields(held.subject)
    yield from ((f"fact {one.graded.original}", one.text) for one in held.facts)
    yield from ((f"assessment {one.graded.original}", one.text) for one in held.assessments)


def _entities(held: Supplied, mark: Mark) -> bytes:
    """The subject and its documents; each says under which mark it left, and what is told of the subject."""
    told = [f"fact {one.graded.original}: {one.text}" for one in held.facts]
    told += [f"assessment {one.graded.original}: {one.text}" for one in held.assessments]
    said = (f"grade {held.graded.original}", *told, mark.line)
    return followthemoney.lines(
        followthemoney.entities(held.reference, reduced(held.subject), held.handling, held.originator, said)
    )


def _lines(head: Head, batches: Iterable[Sequence[Answered]], mark: Mark) -> Iterator[bytes]:
    """The entities of every record, and at the end one that says what was left out."""
    counts: Counter[str] = Counter()
    handling = head.handling
    for some in batches:
        counts.update(each.told for one in some for each in one.left_out)
        handling = _under(handling, some)
        yield b"".join(_entities(each, mark) for one in some for each in one.records)
    yield closing(head.reference, handling, counts, mark)


def closing(title: str, handling: Handling, counts: Counter[str], mark: Mark) -> bytes:
    """The last entity of a file in FollowTheMoney: what is left out of it, its conditions and its mark."""
    notes = [*papers.said_of(counts), *handling_marks.words(handling), mark.line]
    properties = {"title": [title], "notes": notes}
    last = followthemoney.Entity(uuid_of("copy", mark.line), "Document", properties)
    return followthemoney.lines([last])


def _bundle(records: Sequence[Supplied], mark: Mark, said: Sequence[str] = ()) -> bytes:
    """A bundle with a note that says who took it and what is not in it; of no records, the note alone."""
    published = [_published(each) for each in records]
    made: stix.Object = (
        stix.bundle(published)
        if published
        else {"type": "bundle", "id": f"bundle--{uuid_of('bundle', mark.line)}", "objects": []}
    )
    refs = [f"indicator--{one.id}" for one in published] or [stix.AUTHOR]
    marks = dict.fromkeys(ref for each in made["objects"] for ref in each.get("object_marking_refs", ()))
    note = {
        "type": "note",
        "spec_version": stix.SPEC,
        "id": f"note--{uuid_of('copy', mark.line)}",
        "created": stix.timestamp(mark.at),
        "modified": stix.timestamp(mark.at),
        "content": "\n".join((mark.line, *said)),
        "object_refs": refs,
    }
    note |= {"object_marking_refs": [*marks]} if marks else {}
    titles = {f"indicator--{one.id}": _title(one) for one in published}
    for each in made["objects"]:
        each |= {"name": titles[each["id"]]} if each["id"] in titles else {}
    foundations = [] if published else [stix.author()]
    made["objects"] = [*foundations, *made["objects"], note]
    return msgspec.json.encode(made)


def _event(held: Supplied, mark: Mark) -> misp.Event:
    """A record as an event for this organisation alone, with the mark as a tag of its own."""
    one = _published(held)
    group = misp.sharing_group(uuid_of("copy", mark.line), "Taken out of the node", [])
    made = misp.event(one, misp.number_of(one.id), group)
    made |= {"distribution": "0", "sharing_group_id": "0", "published": False, "info": _title(one)}
    made.pop("SharingGroup")
    made["Tag"] = [*made["Tag"], misp.tag(f'liaison:taken="{mark.line.replace(chr(34), chr(39))}"')]
    return made


def _title(one: Publication) -> str:
    """A line that says what it is, without saying who: nothing of a copy is a wanted notice."""
    return f"Supplied record: {one.kind}"


def _published(held: Supplied) -> Publication:
    """A record as a publication of its originator. The end of its keeping comes after its making, whatever it says."""
    end = dt.datetime.combine(held.retention_until, dt.time(), dt.UTC)
    return Publication(
        id=uuid_of("item", held.reference),
        origin=held.originator,
        agency=held.originator,
        subject=reduced(held.subject),
        purpose=held.purpose,
        offence=held.offence,
        handling=held.handling,
        graded=held.graded,
        made=held.made,
        changed=held.made,
        until=max(end, held.made + dt.timedelta(seconds=1)),
    )


__all__ = [
    "MOST",
    "Answered",
    "Form",
    "Head",
    "LeftOut",
    "Mark",
    "Supplied",
    "closing",
    "fault",
    "record",
    "request",
]
