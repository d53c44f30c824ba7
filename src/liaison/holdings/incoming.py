"""Rows of a file as subjects with what else the row says, whatever format they came in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from liaison.holdings.countries import nationalities
from liaison.holdings.findings import Findings, Read
from liaison.holdings.kept import texts as texts_between
from liaison.matching.columns import People, Strings, country_name
from liaison.model.dates import PartialDate
from liaison.model.errors import BadInput
from liaison.model.holding import Assessment, Fact
from liaison.model.identifiers import Country, DocumentNumber
from liaison.model.subjects import AnySubject, Document, Name, NameKind, Organisation, Person, Sex

BLOCK = 1_000  # rows made at a time
NOTHING: Mapping[str, str] = {}
SEXES = (None, Sex.MALE, Sex.FEMALE, Sex.OTHER)


@dataclass(slots=True)
class Incoming:
    """One row of a file. record: the list's own id, empty where it has none. told: what else the row says.

    headers: the file's header of a field, where it is called otherwise. ends: whether a wanted vehicle's entry has to
    say its own end, as one that a person wrote in a table.
    """

    row: int
    record: str
    subject: AnySubject
    told: Mapping[str, str]
    facts: tuple[Fact, ...] = ()
    assessments: tuple[Assessment, ...] = ()
    doubts: list[tuple[str, str]] = field(
        default_factory=list
    )  # field and reason, where a value was set aside
    headers: Mapping[str, str] = field(default_factory=dict)
    ends: bool = False


def from_people(read: Read, findings: Findings) -> Iterator[Incoming]:
    """The people of a file in its order; what cannot be part of a record is told to `findings`."""
    own_ids = not read.columns or "id" in read.columns
    for start in range(0, len(read.people), BLOCK):
        part = read.people.part(start, min(start + BLOCK, len(read.people)))
        yield from _block(part, read, start, own_ids, findings)


def from_bodies(read: Read, findings: Findings) -> Iterator[Incoming]:
    """The organisations of a file in its order; one without a name or number is told to `findings`."""
    for body in read.bodies:
        country, told = _country(body.country, body.kept)
        try:
            subject = Organisation(names=body.names, registered=country, register_number=body.register_number)
        except BadInput as error:
            findings.bad(body.row, "", f"{error}: left out")
            continue
        yield Incoming(body.row, body.id, subject, told)


def _country(text: str, told: Mapping[str, str]) -> tuple[Country | None, Mapping[str, str]]:
    """The country of a text; one that cannot be read is kept as it is written."""
    try:
        codes = [code for code in nationalities(text) if code] if text else []
    except ValueError:
        codes, told = [], {**told, "country": text}
    return (state(codes[0]) if codes else None), told


def _block(part: People, read: Read, start: int, own_ids: bool, findings: Findings) -> Iterator[Incoming]:
    ids = texts(part.ids) if own_ids else [""] * len(part)
    names, documents = _names(part), _documents(part)
    born = zip(part.dob.tolist(), part.dob_alt.tolist(), strict=True)
    citizens = zip(part.nationality.tolist(), part.nationality_alt.tolist(), strict=True)
    kept = read.kept[start : start + len(part)] if read.kept else [NOTHING] * len(part)
    columns = zip(ids, names, documents, born, citizens, part.sex.tolist(), strict=True)
    for at, (record, named, numbers, dates, states, sex) in enumerate(columns):
        row = int(read.rows[start + at])
        told = kept[at]
        papers, told = _papers(numbers, told, row, findings)
        if not named and not papers:
            findings.bad(row, "", "neither a usable name nor a usable document number: left out")
            continue
        yield Incoming(
            row,
            record,
            Person(
                names=named,
                born=tuple(date(code) for code in dates if code),
                sex=SEXES[sex & 3],
                nationalities=tuple(state(code) for code in states if code),
                documents=papers,
            ),
            told,
        )


def _names(part: People) -> list[tuple[Name, ...]]:
    found: list[list[Name]] = [[] for _ in range(len(part))]
    columns = zip(part.person.tolist(), texts(part.given), texts(part.surname), texts(part.full), strict=True)
    for person, given, surname, full in columns:
        kind = NameKind.ALIAS if found[person] else NameKind.PRIMARY
        if given or surname:
            found[person].append(Name(given=given, surname=surname, kind=kind))
        elif full:
            found[person].append(Name(full=full, kind=kind))
    return [tuple(names) for names in found]


def _documents(part: People) -> list[list[str]]:
    found: list[list[str]] = [[] for _ in range(len(part))]
    for person, number in zip(part.document_person.tolist(), texts(part.documents), strict=True):
        found[person].append(number)
    return found


def _papers(
    numbers: Sequence[str], told: Mapping[str, str], row: int, findings: Findings
) -> tuple[tuple[Document, ...], Mapping[str, str]]:
    """The documents of these numbers; a number that cannot be one is kept as it is written, and told."""
    papers: list[Document] = []
    for number in numbers:
        try:
            papers.append(Document(number=DocumentNumber(number)))
        except BadInput as error:
            findings.bad(row, "document", f"{error}; kept as it is written")
            told = {**told, "document": "; ".join(filter(None, [told.get("document", ""), number]))}
    return tuple(papers), told


def texts(column: Strings) -> list[str]:
    """The strings of a column at once."""
    return texts_between(column, 0, len(column))


@lru_cache(1 << 17)
def date(code: int) -> PartialDate:
    """The date of a dob_code."""
    return PartialDate.of(code >> 9, code >> 5 & 15, code & 31 if code >> 5 & 15 else 0)


@lru_cache(1 << 10)
def state(code: int) -> Country:
    """The country of a country_code."""
    return Country(country_name(code))
