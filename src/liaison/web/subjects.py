"""Whom or what is asked about, as people and programs write it: plain texts, read into the vocabulary's values."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Annotated

import msgspec

from liaison.holdings.countries import nationalities
from liaison.holdings.single import read_date
from liaison.matching.columns import country_name
from liaison.matching.index import born as written
from liaison.model.dates import PartialDate
from liaison.model.errors import BadInput
from liaison.model.identifiers import Country, DocumentNumber, Plate, Vin
from liaison.model.subjects import AnySubject, Document, DocumentKind, Name, NameKind, Person, Sex, Vehicle
from liaison.web.forms import Form

MOST = 20  # names, dates, countries or documents of one person
LONGEST = 200  # characters of a name
Words = Annotated[str, msgspec.Meta(max_length=LONGEST)]
SEXES = {sex.value: sex for sex in Sex}


def _says(description: str) -> msgspec.Meta:
    return msgspec.Meta(description=description)


class NameIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A name: `full`, or `given` and `surname` where they are told apart."""

    full: Words = ""
    given: Words = ""
    surname: Words = ""
    alias: bool = False


class DocumentIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="document"):
    """A document by its number."""

    number: Annotated[str, msgspec.Meta(min_length=1, max_length=60)]
    type: DocumentKind = DocumentKind.OTHER
    issuer: Annotated[str, _says("ISO 3166 alpha-3")] = ""


class PersonIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="person"):
    """A person by names, dates of birth and documents."""

    names: Annotated[list[NameIn], msgspec.Meta(max_length=MOST)] = []
    born: Annotated[list[str], msgspec.Meta(max_length=MOST, description="1984-02-03, 1984-02 or 1984")] = []
    sex: Annotated[str, _says("M, F or X; empty where it is not known")] = ""
    nationalities: Annotated[list[str], msgspec.Meta(max_length=MOST, description="ISO 3166 alpha-3")] = []
    documents: Annotated[list[str], msgspec.Meta(max_length=MOST, description="Numbers")] = []


class VehicleIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="vehicle"):
    """A vehicle by its registration mark or its identification number."""

    plate: Annotated[str, msgspec.Meta(max_length=20)] = ""
    vin: Annotated[str, msgspec.Meta(max_length=20)] = ""
    registered: Annotated[str, _says("ISO 3166 alpha-3")] = ""


SubjectIn = PersonIn | DocumentIn | VehicleIn


def subject_of(sent: SubjectIn) -> AnySubject:
    """The subject that was sent. Raises BadInput with the field."""
    if isinstance(sent, PersonIn):
        return Person(
            names=tuple(_name(name) for name in sent.names),
            born=tuple(dates_of(sent.born)),
            sex=sex_of(sent.sex),
            nationalities=countries_of(sent.nationalities),
            documents=tuple(Document(number=DocumentNumber(number)) for number in sent.documents),
        )
    if isinstance(sent, DocumentIn):
        issuers = countries_of([sent.issuer], "issuer")
        return Document(
            number=DocumentNumber(sent.number), type=sent.type, issuer=issuers[0] if issuers else None
        )
    registered = countries_of([sent.registered], "registered")
    return Vehicle(
        plate=Plate(sent.plate) if sent.plate else None,
        vin=Vin(sent.vin) if sent.vin else None,
        registered=registered[0] if registered else None,
    )


def person_of(form: Form) -> Person:
    """The person that the form of a check names. Raises BadInput with the field of the form."""
    name, number = form.text("name", longest=LONGEST), form.text("document", longest=60)
    if not name and not number:
        raise BadInput("there is nothing to ask about", field="name", hint="give a name or a document number")
    aliases = [line.strip() for line in form.text("aliases", longest=LONGEST * MOST).splitlines()]
    names = [typed_name(name)] if name else []
    names += [Name(full=alias, kind=NameKind.ALIAS) for alias in aliases if alias][:MOST]
    return Person(
        names=tuple(names),
        born=tuple(dates_of([form.text("born", longest=40)])),
        sex=sex_of(form.text("sex", longest=1)),
        nationalities=countries_of([form.text("nationality", longest=80)], "nationality"),
        documents=(_document(number),) if number else (),
    )


def typed_name(text: str) -> Name:
    """A name as it is typed: `Gashi, Ana` tells the surname from the given name."""
    surname, comma, given = text.partition(",")
    if comma and given.strip() and surname.strip() and "," not in given:
        return Name(given=given.strip(), surname=surname.strip())
    return Name(full=text)


def dates_of(values: Iterable[str], field: str = "born") -> Iterable[PartialDate]:
    """Dates of birth, each with its other reading where it is ambiguous. Raises BadInput."""
    for value in values:
        if value.strip():
            try:
                codes = read_date(value)
            except BadInput as error:
                raise BadInput(str(error), field=field, hint=error.hint) from error
            yield from (PartialDate(written(code)) for code in codes if code)


def countries_of(values: Sequence[str], field: str = "nationalities") -> tuple[Country, ...]:
    """Countries by code or name. Raises BadInput."""
    codes: dict[str, None] = {}
    for value in values:
        if value.strip():
            try:
                codes |= dict.fromkeys(country_name(code) for code in nationalities(value))
            except ValueError as error:
                raise BadInput(str(error), field=field, hint="write ISO 3166, as ALB") from error
    return tuple(Country(code) for code in codes)


def sex_of(value: str, field: str = "sex") -> Sex | None:
    """M, F or X; None where nothing is said. Raises BadInput."""
    if value and value.upper() not in SEXES:
        raise BadInput(f"{value!r} is no sex", field=field, hint="send M, F or X, or nothing")
    return SEXES.get(value.upper())


def _name(sent: NameIn) -> Name:
    kind = NameKind.ALIAS if sent.alias else NameKind.PRIMARY
    return Name(full=sent.full, given=sent.given, surname=sent.surname, kind=kind)


def _document(number: str) -> Document:
    try:
        return Document(number=DocumentNumber(number))
    except BadInput as error:
        raise BadInput(str(error), field="document", hint=error.hint) from error
