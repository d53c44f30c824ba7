"""A morning at an invented border: a passport that does not hold together, and a vehicle that a partner looks for.

The vehicle's entry comes in a signed letter, is met at the crossing, confirmed by a person, told back, and matches
nowhere once its owner withdraws it.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Sequence
from dataclasses import dataclass

from liaison.assistance import spontaneous
from liaison.demo.agency import BORDER, CENTRE, POLICE
from liaison.demo.booth import Booth
from liaison.demo.federation import Member
from liaison.demo.flights import fly
from liaison.demo.making import Say, actor_of
from liaison.demo.waiting import until
from liaison.formats.mrz import digits
from liaison.formats.mrz.layouts import TD3
from liaison.formats.mrz.writing import written
from liaison.holdings import vehicle_entries
from liaison.holdings.access import Footing
from liaison.model.categories import CaseId, Category
from liaison.model.dates import PartialDate
from liaison.model.grounds import Purpose
from liaison.model.handling import Handling, HandlingCode
from liaison.model.identifiers import Country, Plate
from liaison.model.roles import Role
from liaison.model.subjects import Vehicle
from liaison.model.wanted import ActionCode, Sought, Wanted
from liaison.policy import Actor
from liaison.screening import cases, confirming, desk, documents, grounds
from liaison.screening.checkpoint import counts
from liaison.screening.document_rules import Page
from liaison.screening.flights.viewing import flight_of
from liaison.supply import outcomes, recalls, taking
from liaison.supply import reading as supplied
from liaison.supply.documents import Why
from liaison.supply.letters import Result
from liaison.supply.outcomes import Led
from liaison.web.footing import footing_from

OPEN = Handling(codes=(HandlingCode.H0,))
PLATE = "AB 612 KT"
CROSSING = "Nord Bridge, lane 2"
SOUGHT = Wanted(
    sought=Sought.WANTED,
    action=ActionCode.STOP,
    basis="Order 12/26 of the court at Rivers (invented)",
    office="Rivers centre, vehicle crime",
    contact="+355 4 555 0100, day and night (invented)",
    risk="the driver may be armed",
)
PASSPORT = {
    "code": "P",
    "issuer": "ALB",
    "nationality": "ALB",
    "surname": "HOXHA",
    "given": "ARBEN",
    "number": "BA7654321",
    "birth": "860808",
    "sex": "M",
    "expiry": "310601",
}
COUNT = "8f7a2f0c-27cf-4c57-9a1f-5d1b0e6f6d10"  # of the people who are helped, once however often it is sent
SPOILT = "960808"  # the birth, put into the zone without the digit that covers the whole


def morning(members: Sequence[Member], seed: int, say: Say) -> None:
    """Tell a morning at the police's crossing, on nodes at work. Raises TooLate."""
    police, _, centre = members
    story = Story(police, centre, actor_of(police.node, BORDER), say)
    story.begin()
    story.flight(seed)
    story.document()
    item = story.entry()
    story.booth()
    story.vehicle(item)
    story.withdrawn(item)


@dataclass(slots=True)
class Story:
    """The police at the crossing, the partner that looks for a vehicle, and to whom it is told."""

    police: Member
    centre: Member
    officer: Actor  # at the crossing
    say: Say
    grounds: str = ""

    def begin(self) -> None:
        """The officer says once why everybody who crosses is checked."""
        office = self.police.node.office
        case = cases.open_case(
            office,
            self.officer,
            reference="BC-2026-11",
            title="First line at Nord Bridge",
            offence="smuggling-persons",
        )
        self.grounds = grounds.give_grounds(
            office,
            self.officer,
            case.id,
            purpose=Purpose.BORDER_CHECK,
            basis="border-law",
            justification="Everybody who crosses at Nord Bridge is checked, early shift.",
        )
        self.say(f"{BORDER.name} begins the early shift at Nord Bridge; her grounds are a border check.")

    def flight(self, seed: int) -> None:
        """A flight that is watched: its passenger list comes, and everybody on it is checked in one go."""
        node, vera = self.police.node, self.officer
        began = time.monotonic()
        kept = fly(node, vera, self.grounds, seed).kept
        shown = flight_of(node.office, vera, kept.flight)
        marked = [one for one in shown.aboard if one.marks]
        self.say(
            f"Flight {kept.name}, which she watches: its passenger list comes and {kept.people} people are checked "
            f"in {time.monotonic() - began:.1f} s; {len(marked)} with an alert to decide on."
        )
        for one in marked[:1]:
            name = one.one.names[0]
            self.say(
                f"   {name.surname}, {name.given}, born {one.one.born}, seat {one.one.seat}: may be known."
            )

    def booth(self) -> None:
        """The line is down for a while, and nobody waits for it."""
        sound = written(TD3, **PASSPORT | {"number": "BA1122334"})
        texts = [sound, "AA 455 KV", PLATE, "Besa Duka 1990-04-02"]
        Booth(self.police.node, self.officer, self.grounds, CROSSING, self.say).without_the_line(texts)

    def document(self) -> None:
        """A passport whose birth was moved, page and one digit with it; the digit over the whole was left."""
        zone = _spoilt(written(TD3, **PASSPORT))
        page = Page(surname="Hoxha", given="Arben", number="BA7654321", born=PartialDate("1986-08-08"))
        shown = documents.Shown(zone, self.grounds, page, CROSSING)
        window = dt.timedelta(hours=self.police.node.settings.document_hours)
        done = documents.examine(self.police.node.office, self.police.node.live, self.officer, shown, window)
        self.say(f"A passport is scanned: {documents.SAID[done.outcome].replace('-', ' ')}.")
        for finding in done.findings:
            self.say(f"   {finding.words} ({finding.source})")

    def entry(self) -> str:
        """The centre's wanted vehicle comes to the police, who take it into their records; the item."""
        office, lena = self.centre.node.office, self.centre.actor(Role.DESK_OFFICER)
        record = vehicle_entries.write(office, lena, _sought(office.now().date()))
        case = cases.open_case(
            office, lena, reference="RC-2026-31", title="Salt road", offence="trafficking-persons"
        )
        given = grounds.give_grounds(
            office,
            lena,
            case.id,
            purpose=Purpose.INVESTIGATION,
            basis="task",
            justification="The van brought people over the river on three nights in October.",
        )
        reason = "It may cross at Nord Bridge within days."
        giving = spontaneous.Giving(
            partner=POLICE.origin, holdings=(record,), grounds=given, reason=reason, urgent=True
        )
        spontaneous.give(office, self.centre.node.means, lena, giving)
        police, vera = self.police.node.office, self.officer
        came = until(lambda: next(iter(spontaneous.listed(police, vera)), None))
        spontaneous.into_case(police, vera, came.id, self.grounds)
        taking.take_in(police, vera, came.items[0], self._own())
        self.police.node.live.refresh()
        self.say(
            f"{CENTRE.agency} looks for a van, {PLATE}: its signed entry comes and is taken into the records."
        )
        return came.items[0]

    def vehicle(self, item: str) -> None:
        """The van comes, is met, and is confirmed before anybody is told what its owner asks for."""
        office = self.police.node.office
        answer = self._asked()
        (alert,) = answer.alerts
        assert alert.content is not None
        self.say(f"Its plate is read at {CROSSING}: a match. Danger: {alert.risk}.")
        done = confirming.confirm(
            office, self.officer, alert.id, "Plate, colour and make agree with the entry."
        )
        assert done.wanted is not None
        self.say(f"She compares and confirms; now she is told: {done.wanted.action.meaning}")
        self.say(f"   {done.wanted.office}, {done.wanted.contact}")
        led = Led(result=Result.FOUND, words=f"Met at {CROSSING}", on=office.now().date(), handling=OPEN)
        outcomes.tell(office, self.police.node.means, self.officer, item, self._own(), led)
        counts.count(office, self.officer, self.grounds, COUNT, of="people", found=3, helped=3)
        began, lena = time.monotonic(), self.centre.actor(Role.DESK_OFFICER)
        heard = until(lambda: supplied.outcomes(self.centre.node.office, lena, item))
        self.say(f"{time.monotonic() - began:.1f} s later the centre reads: “{heard[0].told.words}”.")
        self.say(
            "Three people were in its hold. They are helped, and counted; nobody writes down who they are."
        )

    def withdrawn(self, item: str) -> None:
        """Its owner withdraws the entry, and the plate matches no more."""
        lena, means = self.centre.actor(Role.DESK_OFFICER), self.centre.node.means
        began = time.monotonic()
        recalls.recall(self.centre.node.office, means, lena, item, Why.WITHDRAWN, "The van was found.")
        until(lambda: not self.police.node.live.vehicles(PLATE))
        self.say(
            f"The centre withdraws its entry: {time.monotonic() - began:.1f} s later the plate matches nothing here."
        )

    def _own(self) -> Footing:
        """The officer's grounds, as the reading of records takes them."""
        return footing_from(grounds.one_grounds(self.police.node.office, self.officer, self.grounds))

    def _asked(self) -> desk.Answer:
        van = Vehicle(plate=Plate(PLATE), registered=Country("ALB"))
        node = self.police.node
        return desk.check(node.office, node.live, self.officer, desk.Question(van, self.grounds))


def _spoilt(zone: str) -> str:
    """The zone with another birth and the digit of that computed anew; the digit over the whole is left."""
    return zone.replace(PASSPORT["birth"] + digits.digit(PASSPORT["birth"]), SPOILT + digits.digit(SPOILT))


def _sought(today: dt.date) -> vehicle_entries.Said:
    """The partner's entry of the vehicle."""
    return vehicle_entries.Said(
        vehicle=Vehicle(plate=Plate(PLATE), registered=Country("ALB")),
        wanted=SOUGHT,
        category=Category.SUSPECT,
        case=CaseId("RC-2026-31"),
        reason="It brought people over the river on three nights in October.",
        until=today + dt.timedelta(days=60),
        handling=OPEN,
    )
