"""Manifests while they are read: what both messages need to gather passengers and doubts."""

from __future__ import annotations

from dataclasses import dataclass, field

from liaison.formats.edifact.envelope import Message
from liaison.formats.edifact.splitting import MOST_COMPONENTS, Interchange
from liaison.formats.manifests import dates
from liaison.formats.manifests.countries import three_letters
from liaison.formats.manifests.flights import airport, designator
from liaison.formats.manifests.model import Flight, Leg, Named, Passenger, Role, TravelDocument, Travelled
from liaison.model.errors import BadInput

MOST_PASSENGERS = 250_000  # of one message
MOST_ABOARD = 12_000  # the largest ships carry 9,000 with their crew; the largest aircraft below 900
LEAVE_OUT = "the traveller goes on without it; ask the carrier"
FIRST_SEXES = {"M": "M", "F": "F", "X": "X", "U": "", "": "", "MI": "M", "FI": "F", "XI": "X", "UI": ""}


@dataclass(slots=True)
class Traveller:
    """A passenger while the message is read."""

    segment: int = 0
    booked: Named | None = None
    named: Named | None = None  # in the document
    names: tuple[Named, ...] = ()
    born: str = ""
    sex: str = ""
    nationality: str = ""
    residence: str = ""
    birthplace: str = ""
    documents: list[TravelDocument] = field(default_factory=list)
    role: Role = Role.PASSENGER
    infant: bool = False
    infant_of: Traveller | None = None
    seat: str = ""
    bags: int | None = None
    locator: str = ""
    reference: str = ""
    embarks: str = ""
    disembarks: str = ""
    legs: tuple[Flight, ...] = ()
    addresses: list[str] = field(default_factory=list)
    document: str = ""  # the code of the one that is open, with what is known of it
    document_number: str = ""
    document_issuer: str = ""
    document_expires: str = ""
    place: int = 0  # among the passengers of the manifest

    def passenger(self, number: int) -> Passenger:
        """The passenger, of which `number` is the segment's number in the file."""
        return Passenger(
            names=self.names,
            born=self.born,
            sex=self.sex,
            nationality=self.nationality,
            residence=self.residence,
            birthplace=self.birthplace,
            documents=tuple(self.documents),
            role=self.role,
            infant=self.infant,
            infant_of=self.infant_of.place if self.infant_of else None,
            seat=self.seat,
            bags=self.bags,
            locator=self.locator,
            reference=self.reference,
            embarks=self.embarks,
            disembarks=self.disembarks,
            legs=self.legs,
            addresses=tuple(self.addresses),
            segment=number,
        )


@dataclass(slots=True)
class FlightBuilt:
    """A flight while the message is read."""

    name: Travelled
    legs: list[Leg] = field(default_factory=list)
    code_shares: dict[Travelled, None] = field(default_factory=dict)

    def flight(self) -> Flight:
        """The flight."""
        name = self.name
        return Flight(name.carrier, name.number, name.suffix, tuple(self.legs), tuple(self.code_shares))


class Reading:
    """What the readers of both messages share: values of elements, and doubts about them."""

    def __init__(self, interchange: Interchange, message: Message) -> None:
        self.interchange, self.message = interchange, message
        self.doubts = interchange.doubts
        self.element, self.component = interchange.separators.element, interchange.separators.component
        self.value = interchange.value
        self.plain = interchange.plain
        self.year = int(message.header.sent[:4] or 0)
        self.at = message.first

    def parts(self, elements: list[str], place: int) -> list[str]:
        """The components of an element; one empty one where it is missing."""
        if len(elements) <= place:
            return [""]
        if self.plain:
            return elements[place].split(self.component, MOST_COMPONENTS)
        return [self.value(part) for part in elements[place].split(self.component, MOST_COMPONENTS)]

    def country(self, text: str, what: str) -> str:
        """Three letters; a doubt where the code is not known."""
        code, known = three_letters(text)
        if not known:
            self.doubts.add(self.at, f"{what} {text!r} is no country code that is known", LEAVE_OUT)
        return code

    def birth(self, text: str) -> str:
        """A date of birth; a doubt where it is none."""
        found = dates.born(text, self.year or dates.UNDATED)
        if text and not found:
            self.doubts.add(self.at, f"the date of birth {text!r} is no date", LEAVE_OUT)
        return found

    def ends(self, text: str) -> str:
        """The end of a document; a doubt where it is no date."""
        found = dates.expiry(text, self.year or dates.UNDATED)
        if text and not found:
            self.doubts.add(self.at, f"the expiry {text!r} is no date", LEAVE_OUT)
        return found

    def sexed(self, text: str) -> str:
        """M, F, X or nothing; a doubt where it is something else."""
        found = FIRST_SEXES.get(text.upper())
        if found is None:
            self.doubts.add(self.at, f"the sex {text!r} is none of M, F, X and U", LEAVE_OUT)
        return found or ""

    def port(self, text: str) -> str:
        """An airport's three letters; a doubt where they are not."""
        found = airport(text)
        if text and not found:
            self.doubts.add(self.at, f"{text!r} is no code of an airport", LEAVE_OUT)
        return found

    def flight(self, text: str, carrier: str = "") -> Travelled | None:
        """A flight's designator; a doubt where it is none."""
        found = designator(text, carrier)
        if found is None:
            shown = f"{carrier}{text}" if not text.startswith(carrier) else text
            self.doubts.add(
                self.at, f"{shown!r} is no flight", "a carrier of two or three signs, and a number"
            )
        return found

    def crowd(self, travellers: int) -> None:
        """Raises BadInput where a message lists more people than is read at once."""
        if travellers >= MOST_PASSENGERS:
            raise BadInput(
                f"the message lists more than {MOST_PASSENGERS:,} people", hint="send one flight in a message"
            )

    def hold_number(self, listed: int, declared: int | None) -> None:
        """Doubts where the message counts its people otherwise, or lists more than any craft carries."""
        if declared is not None and declared != listed:
            self.doubts.add(
                self.at,
                f"the message says it lists {declared:,} people; read: {listed:,}",
                "compare with the carrier's list",
            )
        if listed > MOST_ABOARD:
            self.doubts.add(
                self.message.first,
                f"{listed:,} people are listed, more than any aircraft or ship carries",
                "ask the carrier whether several flights were put together",
            )


def within_two_years(born: str, day: str) -> bool:
    """Whether somebody born on a day is an infant on another: under two (IATA Resolution 735f). ISO 8601 texts."""
    return len(born) == 10 and len(day) >= 10 and f"{int(born[:4]) + 2}{born[4:]}" > day[:10] >= born
