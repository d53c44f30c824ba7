"""Invented flights for the tests: a few people, one of them on the list, in messages as carriers send them."""

from __future__ import annotations

from dataclasses import replace

import msgspec

from liaison.formats.manifests import Flight, Kind, Leg, Manifest, Passenger, TravelDocument, writing
from liaison.formats.manifests.model import Named
from liaison.model.grounds import Purpose
from liaison.screening.flights.checking import take_and_check
from liaison.screening.flights.reading import Sent
from liaison.screening.flights.taking import Delivery, Kept, Taken
from liaison.screening.grounds import give_grounds
from tests.formats.manifests.made import manifest, many
from tests.screening.node import ANA, BASIS, Desk

DAY = "2026-03-04"
SOUGHT = Passenger(
    names=(Named("VOKSHI", "GEZIM"),),
    born="1984-02-03",
    sex="M",
    nationality="ALB",
    documents=(TravelDocument("P", "BA1234567", "ALB", "2031-06-01"),),
    locator="ABC123",
    seat="12C",
)


def flight(number: str = "117", day: str = DAY) -> Flight:
    return Flight("LI", number, "", (Leg("TIA", "LHR", f"{day}T12:20", f"{day}T16:35"),))


def message(
    *people: Passenger, number: str = "117", day: str = DAY, per_part: int = 0, **changes: object
) -> bytes:
    """A passenger list (PAXLST) of these people; where none is named, of nine and one who is sought."""
    listed = manifest(people or (*many(9), SOUGHT))
    listed = msgspec.structs.replace(listed, flights=(flight(number, day),), **changes)
    return writing.paxlst(listed, replace(writing.Form(), per_part=per_part))


def bookings(*people: Passenger) -> bytes:
    """Bookings (PNRGOV) of these people."""
    listed = manifest(people or (*many(3), SOUGHT), Kind.BOOKINGS, "PNRGOV")
    return writing.pnrgov(listed)


def border(desk: Desk) -> str:
    """Grounds for a border check."""
    return give_grounds(
        desk.office,
        ANA,
        desk.case.id,
        purpose=Purpose.BORDER_CHECK,
        basis="border-law",
        justification="Arrivals of the early shift at the airport",
    )


def deliver(desk: Desk, *contents: bytes, grounds: str = "", **more: str) -> Taken:
    """Hand files in, and have what waits for nobody checked."""
    files = tuple(Sent(f"file{number}.edi", content) for number, content in enumerate(contents, 1))
    delivery = Delivery(grounds or desk.grounds, files, **more)
    return take_and_check(desk.office, desk.live, ANA, delivery)


def one(taken: Taken) -> Kept:
    """The one manifest of a delivery."""
    (kept,) = taken.kept
    return kept


__all__ = ["BASIS", "DAY", "SOUGHT", "Manifest", "bookings", "border", "deliver", "flight", "message", "one"]
