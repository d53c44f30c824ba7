"""FollowTheMoney entities, one JSON object a line, as `ftm` and its tools read them; written without the library.

A person's documents are entities of their own that point at their holder. What a schema has no property for, the
handling above all, stands in `notes` and `summary`, so that nothing is passed on without its conditions.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from liaison.formats import handling_marks
from liaison.formats.publication import uuid_of
from liaison.model.handling import Handling
from liaison.model.subjects import (
    Account,
    AnySubject,
    Document,
    DocumentKind,
    NameKind,
    Organisation,
    Person,
    Phone,
    Sex,
    Vehicle,
)

Properties = dict[str, list[str]]
SEXES = {Sex.MALE: "male", Sex.FEMALE: "female", Sex.OTHER: "other"}


class Entity(msgspec.Struct, frozen=True):
    """An entity as FollowTheMoney writes it."""

    id: str
    schema: str
    properties: Properties


def entities(
    id: str, subject: AnySubject, handling: Handling, source: str = "", said: Sequence[str] = ()
) -> Iterator[Entity]:
    """The entities of one subject, the subject itself first. `source` is who says so, `said` stands in their notes."""
    notes = {"notes": [*handling_marks.words(handling), *said], "publisher": [source] if source else []}
    schema, properties = _subject(subject)
    yield Entity(id, schema, _kept(properties | notes))
    if isinstance(subject, Person):
        for paper in subject.documents:
            yield _paper(paper, id, notes)


def lines(found: Iterable[Entity]) -> bytes:
    """One entity a line."""
    return b"".join(msgspec.json.encode(each) + b"\n" for each in found)


def _subject(subject: AnySubject) -> tuple[str, Properties]:
    match subject:
        case Person():
            return "Person", _person(subject)
        case Document():
            return _schema(subject), _document(subject)
        case Vehicle():
            return "Vehicle", {
                "registrationNumber": [*_text(subject.plate), *_text(subject.vin)],
                "country": _text(subject.registered),
                "type": _text(subject.make),
                "description": _text(subject.colour),
            }
        case Account():
            return "BankAccount", {
                "iban": _text(subject.iban),
                "accountNumber": _text(subject.number),
                "bankName": _text(subject.institution),
            }
        case Organisation():
            return "Organization", {
                "name": list(subject.names),
                "registrationNumber": _text(subject.register_number),
                "jurisdiction": _text(subject.registered),
            }
        case Phone():
            return "LegalEntity", {"phone": _text(subject.number), "idNumber": _text(subject.imei)}


def _person(person: Person) -> Properties:
    primary = [name for name in person.names if name.kind is NameKind.PRIMARY] or list(person.names)
    other = [name for name in person.names if name not in primary]
    return {
        "name": [str(name) for name in primary],
        "alias": [str(name) for name in other],
        "firstName": [name.given for name in primary if name.given],
        "lastName": [name.surname for name in primary if name.surname],
        "birthDate": [str(date) for date in person.born],
        "gender": [SEXES[person.sex]] if person.sex else [],
        "nationality": [str(code).lower() for code in person.nationalities],
        "passportNumber": [str(p.number) for p in person.documents if p.type is DocumentKind.PASSPORT],
        "idNumber": [str(p.number) for p in person.documents if p.type is not DocumentKind.PASSPORT],
    }


def _paper(paper: Document, holder: str, notes: Properties) -> Entity:
    key = uuid_of("paper", holder, paper.type.value, str(paper.number))
    return Entity(key, _schema(paper), _kept(_document(paper) | notes | {"holder": [holder]}))


def _document(paper: Document) -> Properties:
    return {
        "number": [str(paper.number)],
        "type": [paper.type.value],
        "country": _text(paper.issuer),
        "endDate": _text(paper.expires),
    }


def _schema(paper: Document) -> str:
    return "Passport" if paper.type is DocumentKind.PASSPORT else "Identification"


def _text(value: object) -> list[str]:
    return [str(value)] if value else []


def _kept(properties: Properties) -> Properties:
    return {name: values for name, values in properties.items() if values}
