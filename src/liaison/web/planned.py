"""What a planned action is about, as people and programs write it, and as pages show it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Annotated, TypeVar
from zoneinfo import ZoneInfo

import msgspec

from liaison.crosscheck.planned.actionkeys import Address, Thing, What, what_of
from liaison.model.errors import BadInput
from liaison.model.identifiers import Country, DocumentNumber, Iban, Imei, PhoneNumber, Plate, Vin
from liaison.model.subjects import Account, Document, Person, Phone, Vehicle
from liaison.web.asked import person_rows
from liaison.web.context import Visit
from liaison.web.forms import Form
from liaison.web.language import later
from liaison.web.subjects import (
    DocumentIn,
    PersonIn,
    VehicleIn,
    countries_of,
    dates_of,
    subject_of,
    typed_name,
)

Read = TypeVar("Read")
LONGEST = 200  # characters of a field
Words = Annotated[str, msgspec.Meta(max_length=LONGEST)]
WHATS = {
    What.ADDRESS: later("Address"),
    What.PERSON: later("Person"),
    What.VEHICLE: later("Vehicle"),
    What.PHONE: later("Telephone"),
    What.ACCOUNT: later("Account"),
    What.DOCUMENT: later("Document"),
}


class AddressIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="address"):
    """An address by its country, its postcode or town, its street, and the house number with its suffix."""

    country: Annotated[str, msgspec.Meta(description="ISO 3166 alpha-3")]
    street: Words
    number: Words = ""
    postcode: Words = ""
    town: Words = ""


class PhoneIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="phone"):
    """A telephone by its number with the country's code, or by its device."""

    number: Words = ""
    imei: Words = ""


class AccountIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="account"):
    """An account by its IBAN, or by its number at an institution."""

    iban: Words = ""
    number: Words = ""
    institution: Words = ""


ThingIn = AddressIn | PersonIn | VehicleIn | PhoneIn | AccountIn | DocumentIn


def thing_sent(sent: ThingIn) -> Thing:
    """What a program sent. Raises BadInput with the field."""
    if isinstance(sent, PersonIn | DocumentIn | VehicleIn):
        found = subject_of(sent)
        if isinstance(found, Person | Document | Vehicle):
            return found
    given = {name: str(getattr(sent, name)) for name in sent.__struct_fields__}
    return thing_of(_KINDS[type(sent)], Form({name: [text] for name, text in given.items()}))


def thing_of(what: What, form: Form) -> Thing:
    """What a form names. Raises BadInput with the field."""
    return _READERS[what](form)


def moment_of(form: Form, name: str, zone: str) -> dt.datetime:
    """The moment of a day in three fields and a clock in NAME_clock, in this zone. Raises BadInput."""
    day = form.date(name)
    if day is None:
        raise BadInput("this is needed", field=name, hint="give the day")
    text = form.needed(f"{name}_clock", longest=5)
    try:
        clock = dt.time.fromisoformat(text.zfill(5))
    except ValueError:
        raise BadInput(
            "this is no time of day", field=f"{name}_clock", hint="write hours and minutes, as 06:30"
        ) from None
    return dt.datetime.combine(day, clock, ZoneInfo(zone)).astimezone(dt.UTC)


def fields_of(thing: Thing) -> dict[str, str]:
    """The fields of a form that say what this thing is."""
    if isinstance(thing, Address):
        given = {name: getattr(thing, name) for name in ("street", "number", "postcode", "town")}
        return given | {"country": thing.country.text}
    if isinstance(thing, Person):
        name = thing.names[0] if thing.names else None
        told = name.full or f"{name.surname}, {name.given}" if name else ""
        number = thing.documents[0].number.text if thing.documents else ""
        return {"name": told, "born": thing.born[0].text if thing.born else "", "document": number}
    if isinstance(thing, Vehicle):
        return {"plate": _text(thing.plate), "registered": _text(thing.registered), "vin": _text(thing.vin)}
    if isinstance(thing, Phone):
        return {"number": _text(thing.number), "imei": _text(thing.imei)}
    if isinstance(thing, Account):
        return {"iban": _text(thing.iban), "number": thing.number, "institution": thing.institution}
    return {"number": thing.number.text, "issuer": _text(thing.issuer)}


def thing_rows(visit: Visit, thing: Thing) -> list[tuple[str, str]]:
    """What an action is about, field by field; what nobody said is left out."""
    if isinstance(thing, Person):
        return person_rows(visit, thing)
    labels = {
        "street": visit.say("Street"),
        "number": visit.say("House number") if isinstance(thing, Address) else visit.say("Number"),
        "postcode": visit.say("Postcode"),
        "town": visit.say("Town"),
        "country": visit.say("Country"),
        "plate": visit.say("Registration mark"),
        "registered": visit.say("Registered in"),
        "vin": visit.say("Identification number (VIN)"),
        "imei": visit.say("Device (IMEI)"),
        "iban": visit.say("IBAN"),
        "institution": visit.say("Institution"),
        "issuer": visit.say("Issued by"),
    }
    return [(labels[name], text) for name, text in fields_of(thing).items() if text]


def caption(visit: Visit, thing: Thing) -> str:
    """An action in one line."""
    told = fields_of(thing)
    if isinstance(thing, Address):
        return f"{told['street']} {told['number']}, {told['postcode']} {told['town']}".replace(
            " ,", ","
        ).strip()
    first = next((text for text in told.values() if text), "")
    return f"{visit.say(WHATS[what_of(thing)])} {first}"


def _text(value: object) -> str:
    return str(getattr(value, "text", "")) if value is not None else ""


def _address(form: Form) -> Address:
    return _whole(
        lambda: Address(
            country=_country(form, "country", needed=True),  # type: ignore[arg-type]
            street=form.needed("street", longest=LONGEST),
            number=form.text("number", longest=40),
            postcode=form.text("postcode", longest=40),
            town=form.text("town", longest=LONGEST),
        ),
        "postcode",
    )


def _person(form: Form) -> Person:
    name, number = form.text("name", longest=LONGEST), _maybe(form, "document", DocumentNumber)
    return _whole(
        lambda: Person(
            names=(typed_name(name),) if name else (),
            born=tuple(dates_of([form.text("born", longest=40)])),
            documents=(Document(number=number),) if number else (),
        ),
        "name",
    )


def _vehicle(form: Form) -> Vehicle:
    return _whole(
        lambda: Vehicle(
            plate=_maybe(form, "plate", Plate),
            vin=_maybe(form, "vin", Vin),
            registered=_country(form, "registered"),
        ),
        "plate",
    )


def _phone(form: Form) -> Phone:
    return _whole(
        lambda: Phone(number=_maybe(form, "number", PhoneNumber), imei=_maybe(form, "imei", Imei)), "number"
    )


def _account(form: Form) -> Account:
    number, bank = form.text("number", longest=60), form.text("institution", longest=LONGEST)
    return _whole(
        lambda: Account(iban=_maybe(form, "iban", Iban), number=number, institution=bank),
        "institution" if number else "iban",
    )


def _document(form: Form) -> Document:
    form.needed("number", longest=60)
    number = _maybe(form, "number", DocumentNumber)
    if number is None:
        raise BadInput("this is needed", field="number", hint="give the number")
    return Document(number=number, issuer=_country(form, "issuer"))


def _maybe(form: Form, name: str, kind: Callable[[str], Read]) -> Read | None:
    """An identifier that may be left out. Raises BadInput at its field."""
    text = form.text(name, longest=60)
    return _whole(lambda: kind(text), name) if text else None


def _country(form: Form, name: str, *, needed: bool = False) -> Country | None:
    text = form.needed(name, longest=80) if needed else form.text(name, longest=80)
    found = countries_of([text], name)
    return found[0] if found else None


def _whole(made: Callable[[], Read], field: str) -> Read:
    """What is made; what is wrong with it and names no field of the form is told at this one."""
    try:
        return made()
    except BadInput as error:
        if error.field in FIELDS:
            raise
        raise BadInput(str(error), field=field, hint=error.hint) from error


_FIELDS = """
country street number postcode town name born document plate registered vin imei iban institution issuer
"""
FIELDS = frozenset(_FIELDS.split())
_READERS: Mapping[What, Callable[[Form], Thing]] = {
    What.ADDRESS: _address,
    What.PERSON: _person,
    What.VEHICLE: _vehicle,
    What.PHONE: _phone,
    What.ACCOUNT: _account,
    What.DOCUMENT: _document,
}
_KINDS: Mapping[type, What] = {AddressIn: What.ADDRESS, PhoneIn: What.PHONE, AccountIn: What.ACCOUNT}
