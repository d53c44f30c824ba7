"""Questions as the matching takes them: the columns of the persons and documents asked about, and the fields used."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

import numpy as np

from liaison.matching.columns import People, Strings, country_code, dob_code
from liaison.matching.one import Person as OnePerson
from liaison.model.dates import PartialDate
from liaison.model.errors import BadInput
from liaison.model.subjects import AnySubject, Document, Name, Person, Sex

SEXES = {None: 0, Sex.MALE: 1, Sex.FEMALE: 2, Sex.OTHER: 3}
LIST = "asked"


def criteria(subject: AnySubject) -> frozenset[str]:
    """The fields a question uses, by the names of policy.context."""
    used = {name for name, there in _fields(subject) if there}
    return frozenset(used)


def nationality(subject: AnySubject) -> str:
    """The first nationality asked about; empty where none is given."""
    given = subject.nationalities if isinstance(subject, Person) else ()
    return str(given[0]) if given else ""


def person_of(subject: AnySubject) -> Person | None:
    """The person asked about, or the bearer of the document asked about; None for anything else."""
    if isinstance(subject, Person):
        return subject
    return Person(documents=(subject,)) if isinstance(subject, Document) else None


def people_of(persons: Sequence[Person], ids: Sequence[str]) -> People:
    """The columns of persons. A third date of birth or nationality is left out of the comparison."""
    names = [person.names or (None,) for person in persons]
    papers = [person.documents for person in persons]
    born = np.array([_two([_code(date) for date in person.born]) for person in persons], np.int32).reshape(
        -1, 2
    )
    nations = [[country_code(str(code)) for code in person.nationalities] for person in persons]
    citizens = np.array([_two(codes) for codes in nations], np.uint16).reshape(-1, 2)
    return People(
        ids=Strings.of(ids),
        person=_owners(names),
        given=_part(names, "given"),
        surname=_part(names, "surname"),
        full=_part(names, "full"),
        dob=born[:, 0].copy(),
        dob_alt=born[:, 1].copy(),
        sex=np.array([SEXES[person.sex] for person in persons], np.uint8),
        nationality=citizens[:, 0].copy(),
        nationality_alt=citizens[:, 1].copy(),
        documents=Strings.of(str(paper.number) for paper in chain.from_iterable(papers)),
        document_person=_owners(papers),
        source=np.zeros(len(persons), np.uint16),
        lists=(LIST,),
    )


def simple(person: Person) -> OnePerson | None:
    """The person as the checker of one takes it; None where there is more of something than it takes."""
    names, born, nations, papers = person.names, person.born, person.nationalities, person.documents
    if max(len(names), len(born), len(nations), len(papers)) > 1:
        return None
    name = names[0] if names else None
    return OnePerson(
        given=name.given if name else "",
        surname=name.surname if name else "",
        full=name.full if name else "",
        born=_code(born[0]) if born else 0,
        sex=SEXES[person.sex],
        nationality=country_code(str(nations[0])) if nations else 0,
        document=str(papers[0].number) if papers else "",
    )


def require_readable(persons: Sequence[Person]) -> None:
    """Raises BadInput for a person whose every name is signs alone."""
    for person in persons:
        if not person.documents and not any(_letters(name) for name in person.names):
            raise BadInput("no usable name", field="name", hint="give a name, or a document number")


def _letters(name: Name) -> bool:
    return any(sign.isalpha() for sign in str(name))


def _fields(subject: AnySubject) -> list[tuple[str, object]]:
    if isinstance(subject, Person):
        return [
            ("name", subject.names),
            ("born", subject.born),
            ("birthplace", subject.birthplace),
            ("sex", subject.sex),
            ("nationality", subject.nationalities),
            ("document", subject.documents),
        ]
    renamed = {"number": "document" if isinstance(subject, Document) else type(subject).__name__.lower()}
    renamed |= {"names": "organisation", "registered": "country"}
    known = ("number", "issuer", "plate", "registered", "vin", "make", "colour", "imei", "iban", "names")
    fields = [name for name in (*known, "register_number") if hasattr(subject, name)]
    return [(renamed.get(name, name), getattr(subject, name)) for name in fields]


def _owners(parts: Sequence[Sequence[object]]) -> np.ndarray:
    return np.repeat(np.arange(len(parts), dtype=np.int32), [len(part) for part in parts])


def _part(names: Sequence[Sequence[Name | None]], part: str) -> Strings:
    return Strings.of(getattr(name, part) if name else "" for name in chain.from_iterable(names))


def _code(date: PartialDate) -> int:
    return dob_code(date.year, date.month, date.day)


def _two(codes: Sequence[int]) -> tuple[int, int]:
    first, second, *_ = (*codes, 0, 0)
    return first, second
