"""Passengers as the engine takes them: values of the vocabulary, one by one, or plain columns, all in one go."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from liaison.formats.manifests.model import Passenger, TravelDocument
from liaison.model.dates import PartialDate
from liaison.model.errors import BadInput
from liaison.model.identifiers import Country, DocumentNumber
from liaison.model.subjects import Document, DocumentKind, Name, NameKind, Person, Sex

# The first letter of a code of ICAO 9303 and of the carriers' own (WCO data element 1001).
KINDS = {"P": DocumentKind.PASSPORT, "I": DocumentKind.IDENTITY_CARD, "A": DocumentKind.IDENTITY_CARD,
         "C": DocumentKind.IDENTITY_CARD, "V": DocumentKind.VISA}  # fmt: skip
KINDS_IN_FULL = {"AC": DocumentKind.OTHER, "IP": DocumentKind.PASSPORT, "CR": DocumentKind.RESIDENCE_PERMIT}
SEXES = {"M": Sex.MALE, "F": Sex.FEMALE, "X": Sex.OTHER}


def person(passenger: Passenger) -> Person | None:
    """The passenger as a person; None without name and document. A document number that can be none is left out."""
    names = tuple(
        Name(given=name.given, surname=name.surname, kind=NameKind.ALIAS if number else NameKind.PRIMARY)
        for number, name in enumerate(passenger.names)
        if name.given.strip() or name.surname.strip()
    )
    documents = tuple(found for each in passenger.documents if (found := _document(each)))
    if not (names or documents):
        return None
    return Person(
        names=names,
        born=(PartialDate(passenger.born),) if passenger.born else (),
        birthplace=passenger.birthplace,
        sex=SEXES.get(passenger.sex),
        nationalities=(Country(passenger.nationality),) if passenger.nationality else (),
        documents=documents,
    )


def _document(sent: TravelDocument) -> Document | None:
    try:
        number = DocumentNumber(sent.number)
    except BadInput:
        return None
    return Document(
        number=number,
        type=kind(sent.code),
        issuer=Country(sent.issuer) if sent.issuer else None,
        expires=PartialDate(sent.expires) if sent.expires else None,
    )


def kind(code: str) -> DocumentKind:
    """What a carrier's code of a document stands for."""
    return KINDS_IN_FULL.get(code) or KINDS.get(code[:1], DocumentKind.OTHER)


@dataclass(slots=True)
class Columns:
    """Passengers in columns: n people, k names, d documents. Of names and documents the owner's place is said.

    `born` are the parts of the date (year * 512 + month * 32 + day, 0 for what is not known), as the engine codes them.
    """

    passenger: list[int] = field(default_factory=list)  # n: the place in the manifest
    born: list[int] = field(default_factory=list)  # n
    sex: list[str] = field(default_factory=list)  # n: M, F, X or nothing
    nationality: list[str] = field(default_factory=list)  # n: three letters or nothing
    given: list[str] = field(default_factory=list)  # k
    surname: list[str] = field(default_factory=list)  # k
    person: list[int] = field(default_factory=list)  # k: whose name, does not fall
    documents: list[str] = field(default_factory=list)  # d
    document_person: list[int] = field(default_factory=list)  # d: whose document, does not fall


def columns(passengers: Iterable[Passenger]) -> Columns:
    """All passengers who have a name, in columns. Nothing is made an object of its own."""
    made = Columns()
    row = 0
    for place, one in enumerate(passengers):
        if not one.names:
            continue
        made.passenger.append(place)
        born = one.born
        made.born.append(int(born[:4]) * 512 + int(born[5:7] or 0) * 32 + int(born[8:] or 0) if born else 0)
        made.sex.append(one.sex)
        made.nationality.append(one.nationality)
        for name in one.names:
            made.given.append(name.given)
            made.surname.append(name.surname)
            made.person.append(row)
        for document in one.documents:
            made.documents.append(document.number)
            made.document_person.append(row)
        row += 1
    return made
