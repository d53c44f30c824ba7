"""FollowTheMoney entities as subjects that can be asked about, and records as entities: pure."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import Any

from liaison.holdings.countries import two_letters
from liaison.model.errors import BadInput
from liaison.model.identifiers import Country, DocumentNumber, Plate, Vin
from liaison.model.subjects import (
    AnySubject,
    Document,
    DocumentKind,
    Name,
    NameKind,
    Organisation,
    Person,
    Sex,
    Vehicle,
)
from liaison.web.subjects import countries_of, dates_of

Properties = Mapping[str, Sequence[str]]
MOST_VALUES = 100  # of one property
PEOPLE = frozenset({"Person", "LegalEntity", "Thing"})
BODIES = frozenset({"Organization", "Company", "PublicBody"})
PAPERS = {
    "Passport": DocumentKind.PASSPORT,
    "Identification": DocumentKind.OTHER,
}
MATCHABLE = (*sorted(PEOPLE), *sorted(BODIES), *sorted(PAPERS), "Vehicle")
SEXES = {
    "male": Sex.MALE,
    "m": Sex.MALE,
    "female": Sex.FEMALE,
    "f": Sex.FEMALE,
    "other": Sex.OTHER,
    "x": Sex.OTHER,
}
WORDS = {Sex.MALE: "male", Sex.FEMALE: "female", Sex.OTHER: "other"}
ALIASES = ("alias", "weakAlias", "previousName")
NUMBERS = ("passportNumber", "idNumber")
OF_PEOPLE = "name firstName secondName middleName lastName birthDate gender nationality citizenship country"
OF_BODIES = "name registrationNumber country jurisdiction"
USED: dict[str, frozenset[str]] = {
    **{schema: frozenset({*OF_PEOPLE.split(), *ALIASES, *NUMBERS}) for schema in PEOPLE},
    **{schema: frozenset({*OF_BODIES.split(), *ALIASES}) for schema in BODIES},
    **{schema: frozenset({"number", "country"}) for schema in PAPERS},
    "Vehicle": frozenset({"registrationNumber", "vin", "country"}),
}


def subject_of(schema: str, properties: Properties) -> AnySubject:
    """What an entity asks about. Raises BadInput, naming the property, for a value that cannot be read, and for a
    schema of which a node holds nothing."""
    for name, values in properties.items():
        if len(values) > MOST_VALUES:
            raise BadInput(f"{len(values)} values of {name}", field=name, hint=f"send at most {MOST_VALUES}")
    if schema in PEOPLE:
        return _person(properties)
    if schema in BODIES:
        return _organisation(properties)
    if schema in PAPERS:
        return _document(_first(properties, "number"), PAPERS[schema], _countries(properties, "country"))
    if schema == "Vehicle":
        return _vehicle(properties)
    raise BadInput(
        f"nothing of the schema {schema!r} can be asked about",
        field="schema",
        hint=f"use {', '.join(MATCHABLE)}",
    )


def unused(schema: str, properties: Properties) -> list[str]:
    """The properties that took no part in the question."""
    return sorted(set(properties) - USED.get(schema, frozenset()))


def _person(held: Properties) -> Person:
    return Person(
        names=tuple(_names(held)),
        born=tuple(dates_of(_all(held, "birthDate"), "birthDate")),
        sex=_sex(_first(held, "gender")),
        nationalities=_countries(held, "nationality", "citizenship") or _countries(held, "country"),
        documents=tuple(_document(number, DocumentKind.OTHER, ()) for number in _all(held, *NUMBERS)),
    )


def _names(held: Properties) -> Iterable[Name]:
    given = _all(held, "firstName") + _all(held, "secondName", "middleName")
    surname = _all(held, "lastName")
    whole = _all(held, "name")
    if given and surname:
        parted = Name(given=" ".join(given), surname=" ".join(surname))
        yield parted
        whole = [name for name in whole if name != str(parted)]
    elif not whole and (given or surname):
        whole = [" ".join([*given, *surname])]
    yield from (Name(full=name) for name in whole)
    yield from (Name(full=name, kind=NameKind.ALIAS) for name in _all(held, *ALIASES))


def _sex(value: str) -> Sex | None:
    if value and value.casefold() not in SEXES:
        raise BadInput(
            f"{value!r} is no gender", field="gender", hint="send male, female or other, or nothing"
        )
    return SEXES.get(value.casefold())


def _organisation(held: Properties) -> Organisation:
    countries = _countries(held, "jurisdiction", "country")
    return Organisation(
        names=tuple(_all(held, "name", *ALIASES)),
        registered=countries[0] if countries else None,
        register_number=_first(held, "registrationNumber"),
    )


def _document(number: str, kind: DocumentKind, countries: tuple[Country, ...]) -> Document:
    return Document(number=DocumentNumber(number), type=kind, issuer=countries[0] if countries else None)


def _vehicle(held: Properties) -> Vehicle:
    plate, vin, countries = (
        _first(held, "registrationNumber"),
        _first(held, "vin"),
        _countries(held, "country"),
    )
    return Vehicle(
        plate=Plate(plate) if plate else None,
        vin=Vin(vin) if vin else None,
        registered=countries[0] if countries else None,
    )


def _countries(held: Properties, *fields: str) -> tuple[Country, ...]:
    each = [countries_of(_all(held, field), field) for field in fields]
    return tuple(dict.fromkeys(chain.from_iterable(each)))


def _all(held: Properties, *names: str) -> list[str]:
    return [value.strip() for name in names for value in held.get(name, ()) if value.strip()]


def _first(held: Properties, name: str) -> str:
    return next(iter(_all(held, name)), "")


def properties_of(subject: AnySubject) -> tuple[str, dict[str, list[str]]]:
    """A subject as schema and properties of FollowTheMoney; what that vocabulary has no place for is left out."""
    if isinstance(subject, Person):
        return "Person", _full(_person_properties(subject))
    if isinstance(subject, Organisation):
        place = [two_letters(subject.registered.text)] if subject.registered else []
        number = [subject.register_number]
        return "Organization", _full(
            {"name": list(subject.names), "jurisdiction": place, "registrationNumber": number}
        )
    if isinstance(subject, Vehicle):
        plate = [subject.plate.text] if subject.plate else []
        vin = [subject.vin.text] if subject.vin else []
        place = [two_letters(subject.registered.text)] if subject.registered else []
        return "Vehicle", _full({"registrationNumber": plate, "vin": vin, "country": place})
    if isinstance(subject, Document):
        place = [two_letters(subject.issuer.text)] if subject.issuer else []
        return "Passport", _full({"number": [subject.number.text], "country": place})
    return "Thing", {}


def _person_properties(person: Person) -> dict[str, list[str]]:
    first = [str(name) for name in person.names if name.kind is not NameKind.ALIAS]
    return {
        "name": first,
        "alias": [str(name) for name in person.names if name.kind is NameKind.ALIAS],
        "birthDate": [date.text for date in person.born],
        "birthPlace": [person.birthplace],
        "gender": [WORDS[person.sex]] if person.sex else [],
        "nationality": [two_letters(country.text) for country in person.nationalities],
        "passportNumber": [paper.number.text for paper in person.documents],
    }


def _full(properties: dict[str, list[str]]) -> dict[str, list[str]]:
    kept = {name: [value for value in values if value] for name, values in properties.items()}
    return {name: values for name, values in kept.items() if values}


def caption_of(subject: AnySubject) -> str:
    """The name by which a subject is listed; empty where it has none."""
    _, held = properties_of(subject)
    for field in ("name", "alias", "registrationNumber", "number", "passportNumber", "vin"):
        if held.get(field):
            return held[field][0]
    return ""


def probability(score: int, records: int) -> float:
    """The chance, 0 to 1, that two sides are one, where each of `records` was as likely beforehand.

    `score` is in 1/10,000 bit: the weight of evidence of Fellegi and Sunter (1969) as a logarithm to base 2.
    """
    odds = math.exp2(min(max(score / 10_000, -100.0), 200.0)) / max(records, 1)
    return odds / (1 + odds)


def entity(identity: str, subject: AnySubject, datasets: Sequence[str], **more: Any) -> dict[str, Any]:
    """A record as yente writes an entity."""
    schema, properties = properties_of(subject)
    return {
        "id": identity,
        "caption": caption_of(subject),
        "schema": schema,
        "properties": properties,
        "datasets": list(datasets),
        "referents": [],
        "target": True,
        **more,
    }
