"""An invented flight: its passenger list as a carrier sends it (PAXLST), with one passenger whom a record may be."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from liaison.demo.mistakes import faithful
from liaison.demo.people import Person, draw
from liaison.formats.manifests import Flight, Kind, Leg, Manifest, Passenger, TravelDocument
from liaison.formats.manifests.model import Named, Travelled
from liaison.formats.manifests.writing import paxlst
from liaison.node.wiring import Node
from liaison.policy import Actor
from liaison.screening.flights import checking, watching
from liaison.screening.flights.reading import Sent
from liaison.screening.flights.rules import sought
from liaison.screening.flights.taking import Delivery, Kept

CARRIER, NUMBER, SOLD_AS = "LI", "117", Travelled("XV", "2117")  # neither is assigned to a carrier
ROUTE = ("TIA", "VIE", "LHR")
SEATS = "ABCDEF"
NUMBERS = {  # forms of passports' numbers, so that not every document looks unusual: L a letter, 9 a digit
    "ALB": "LL9999999", "AUT": "L9999999", "BEL": "LL999999", "BGR": "999999999", "DEU": "C99999999",
    "ESP": "LLL999999", "FRA": "99LL99999", "GBR": "999999999", "GRC": "LL9999999", "HRV": "999999999",
    "HUN": "LL999999", "ITA": "LL9999999", "POL": "LL9999999", "PRT": "LL999999", "ROU": "99999999",
    "TUR": "L99999999",
}  # fmt: skip
PLANTED = Passenger(
    names=(Named("SOBOLEV", "ALEKSEY"),),
    born="1972-04-12",
    sex="M",
    documents=(TravelDocument("P", "VX7301842", "MDA", "2031-06-01"),),
    seat="31F",
    locator="QX7PLA",
)


@dataclass(frozen=True, slots=True)
class Flown:
    """What came of the flight: the watch, the list as it is kept, and the message."""

    watch: str
    kept: Kept
    message: bytes


def message(
    people: int, seed: int, day: dt.date, planted: Passenger | None = PLANTED, number: str = NUMBER
) -> bytes:
    """The passenger list of one flight: so many invented people, and the one who is planted. The same seed makes the
    same list."""
    rng = np.random.default_rng(seed)
    first = day.replace(month=1, day=1) + dt.timedelta(days=366)
    listed = [
        passenger(at, one, _number(one, rng), first + dt.timedelta(days=at * 7 % 3_000))
        for at, one in enumerate(draw(rng, people))
    ]
    if planted is not None:
        listed.insert(int(rng.integers(len(listed) + 1)), planted)
    return list_of(listed, day, number, str(seed))


def list_of(passengers: Sequence[Passenger], day: dt.date, number: str, reference: str) -> bytes:
    """The passenger list of the invented flight of this number and day, as its carrier sends it."""
    legs = (
        Leg(ROUTE[0], ROUTE[1], f"{day}T06:10", f"{day}T07:55"),
        Leg(ROUTE[1], ROUTE[2], f"{day}T08:45", f"{day}T10:20"),
    )
    manifest = Manifest(
        kind=Kind.PASSENGERS,
        message="PAXLST",
        sender="LICARRIER",
        recipient="XVAPI",
        sent=f"{day - dt.timedelta(days=1)}T21:15",
        reference=reference,
        flights=(Flight(CARRIER, number, "", legs, (SOLD_AS,)),),
        passengers=tuple(passengers),
    )
    return paxlst(manifest)


def passenger(at: int, one: Person, number: str, expires: dt.date) -> Passenger:
    """An invented person as a carrier lists them at place `at`, with a passport of this number."""
    spelt = faithful(one)
    return Passenger(
        names=(Named(spelt.family.upper(), spelt.given.upper()),),
        born=one.born,
        sex=one.sex,
        nationality=one.nationality,
        documents=(TravelDocument("P", number, one.nationality, expires.isoformat()),),
        seat=f"{at // len(SEATS) + 1}{SEATS[at % len(SEATS)]}",
        locator=f"QX{at // 2:04}",
    )


def fly(node: Node, actor: Actor, grounds: str, seed: int, people: int = 174) -> Flown:
    """Watch the invented flight of tomorrow, take its list and check everybody on it, on the person's own grounds."""
    office, now = node.office, node.office.now()
    flight = sought(f"{CARRIER}{NUMBER}", "", "")
    watch = watching.watch(office, actor, grounds, flight, now + dt.timedelta(days=30))
    sent = message(people, seed, now.date() + dt.timedelta(days=1))
    delivery = Delivery(grounds, (Sent("paxlst-117.edi", sent),))
    (kept,) = checking.take_and_check(office, node.live, actor, delivery, node.manifests).kept
    return Flown(watch, kept, sent)


def _number(one: Person, rng: np.random.Generator) -> str:
    """An invented number of the form that the state's passports have, where that is known here."""
    form = NUMBERS.get(one.nationality)
    if form is None:
        return one.document
    signs = {"9": "0123456789", "L": "ABCDEFGHKLMNPRSTVXYZ"}
    return "".join(str(rng.choice(list(signs[each]))) if each in signs else each for each in form)
