"""Manifests of rows: what a reader of tables has cut, by the names of its fields, in the same model."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from liaison.formats.edifact.doubts import Doubt
from liaison.formats.manifests import dates
from liaison.formats.manifests.countries import three_letters
from liaison.formats.manifests.flights import airport, designator
from liaison.formats.manifests.model import Flight, Kind, Leg, Manifest, Named, Passenger, TravelDocument
from liaison.model.dates import PartialDate
from liaison.model.errors import BadInput

FIELDS = (
    "surname", "given", "name", "born", "sex", "nationality", "residence", "document", "document_type", "issuer",
    "expires", "seat", "locator", "flight", "origin", "destination", "departs", "arrives",
)  # fmt: skip
SEXES = {"M": "M", "MALE": "M", "F": "F", "FEMALE": "F", "X": "X", "": "", "U": ""}
WITHOUT = "the traveller goes on without it"


def manifest(rows: Iterable[Mapping[str, str]], file: str = "") -> Manifest:
    """The manifest of rows, each a mapping of FIELDS. A doubt's `segment` is its row from 1. Raises BadInput for none.

    Dates are ISO 8601 or as carriers write them (DDMMMYY); readers that know more give them in ISO 8601.
    """
    flights: dict[Flight, None] = {}
    passengers: list[Passenger] = []
    doubts: list[Doubt] = []
    for number, row in enumerate(rows, start=1):
        value = {field: (row.get(field) or "").strip() for field in FIELDS}
        told: list[str] = []
        one = _passenger(value, number, told)
        if one is None:
            told.append("the row names nobody and was not read")
        else:
            passengers.append(one)
        if flight := _flight(value, told):
            flights[flight] = None
        doubts += [Doubt(number, -1, words, WITHOUT, file) for words in told]
    if not passengers:
        raise BadInput(
            "no row names a passenger", file=file, hint="name the columns: surname, given, born, ..."
        )
    return Manifest(
        kind=Kind.ROWS,
        message="rows",
        flights=tuple(flights),
        passengers=tuple(passengers),
        doubts=tuple(doubts),
        file=file,
    )


def _passenger(value: Mapping[str, str], row: int, told: list[str]) -> Passenger | None:
    surname, given = value["surname"], value["given"]
    if value["name"] and not surname:
        surname, _, given = value["name"].partition("/" if "/" in value["name"] else ",")
    number = value["document"]
    if not (surname or given or number):
        return None
    sex = SEXES.get(value["sex"].upper())
    if sex is None:
        told.append(f"the sex {value['sex']!r} is none of M, F, X")
    document = TravelDocument(
        value["document_type"].upper(), number, _country(value, "issuer", told), _day(value, "expires", told)
    )
    return Passenger(
        names=(Named(surname.strip(), given.strip()),) if surname or given else (),
        born=_day(value, "born", told),
        sex=sex or "",
        nationality=_country(value, "nationality", told),
        residence=_country(value, "residence", told),
        documents=(document,) if number else (),
        seat=value["seat"],
        locator=value["locator"],
        embarks=airport(value["origin"]),
        disembarks=airport(value["destination"]),
        segment=row,
    )


def _flight(value: Mapping[str, str], told: list[str]) -> Flight | None:
    if not value["flight"]:
        return None
    found = designator(value["flight"])
    if found is None:
        told.append(f"{value['flight']!r} is no flight")
        return None
    departs, arrives = (_moment(value, field, told) for field in ("departs", "arrives"))
    leg = Leg(airport(value["origin"]), airport(value["destination"]), departs, arrives)
    legs = (leg,) if leg.origin or leg.destination or leg.departs else ()
    return Flight(found.carrier, found.number, found.suffix, legs)


def _country(value: Mapping[str, str], field: str, told: list[str]) -> str:
    code, known = three_letters(value[field])
    if not known:
        told.append(f"{field} {value[field]!r} is no country code that is known")
    return code


def _moment(value: Mapping[str, str], field: str, told: list[str]) -> str:
    """A day and time of the flight; empty where it is no day in ISO 8601, which is told."""
    text = value[field]
    try:
        if not text or len(str(PartialDate(text[:10]))) == 10:
            return text
    except BadInput:
        pass
    told.append(f"{field} {text!r} is no day that can be read; write it as 2026-11-25")
    return ""


def _day(value: Mapping[str, str], field: str, told: list[str]) -> str:
    text = value[field]
    if not text:
        return ""
    try:
        return str(PartialDate(text))
    except BadInput:
        found = (
            (dates.born if field == "born" else dates.expiry)(text, dates.UNDATED)
            if len(text) in (7, 9)
            else ""
        )
        if not found:
            told.append(f"{field} {text!r} is no date")
        return found
