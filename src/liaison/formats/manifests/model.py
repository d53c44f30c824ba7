"""Manifests as they were understood. Texts are as sent, in capitals or not; codes and dates are in one form.

Dates are ISO 8601 texts, as precise as known (`1984`, `1984-02-03`); times are of the airport's own clock
(`2026-03-04T12:20`). Countries are three letters. What is not known is empty.
"""

from __future__ import annotations

from enum import Enum

import msgspec

from liaison.formats.edifact.doubts import Doubt
from liaison.formats.edifact.envelope import Part


class Kind(Enum):
    """What a message lists (PAXLST: its BGM)."""

    PASSENGERS = "passenger list"
    CREW = "crew list"
    MASTER_CREW = "master crew list"
    CLOSED = "flight close-out"
    GATE_PASSES = "gate passes"
    BOOKINGS = "bookings"
    ROWS = "table"
    OTHER = "other list"


class Role(Enum):
    """As what somebody travels."""

    PASSENGER = "passenger"
    CREW = "crew"
    PASSENGER_IN_TRANSIT = "passenger in transit"
    CREW_IN_TRANSIT = "crew in transit"


class Leg(msgspec.Struct, frozen=True, gc=False):
    """From one airport to the next."""

    origin: str
    destination: str
    departs: str = ""
    arrives: str = ""


class Travelled(msgspec.Struct, frozen=True, gc=False):
    """A flight by carrier (IATA or ICAO), number without leading zeros, and operational suffix."""

    carrier: str
    number: str
    suffix: str = ""

    def __str__(self) -> str:
        return f"{self.carrier}{self.number}{self.suffix}"


class Flight(msgspec.Struct, frozen=True, gc=False):
    """A flight, its legs in order, and the names under which other carriers sell it."""

    carrier: str
    number: str
    suffix: str = ""
    legs: tuple[Leg, ...] = ()
    code_shares: tuple[Travelled, ...] = ()

    @property
    def name(self) -> str:
        """As on a board: `BA117`."""
        return f"{self.carrier}{self.number}{self.suffix}"


class Named(msgspec.Struct, frozen=True, gc=False):
    """A name; `given` holds every given name, in its order, without titles."""

    surname: str
    given: str = ""


class TravelDocument(msgspec.Struct, frozen=True, gc=False):
    """A document by the code the carrier sent (P passport, I identity card, V visa, AC crew certificate, ...)."""

    code: str
    number: str
    issuer: str = ""
    expires: str = ""


class Passenger(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Somebody on the flight, named in the segment `segment`; `infant_of` is a place in `passengers`, from 0."""

    names: tuple[Named, ...] = ()
    born: str = ""
    sex: str = ""  # M, F or X
    nationality: str = ""
    residence: str = ""
    birthplace: str = ""
    documents: tuple[TravelDocument, ...] = ()
    role: Role = Role.PASSENGER
    infant: bool = False
    infant_of: int | None = None
    seat: str = ""
    bags: int | None = None  # pieces
    locator: str = ""  # of the booking
    reference: str = ""  # by which the carrier tells its passengers apart
    embarks: str = ""
    disembarks: str = ""
    legs: tuple[Flight, ...] = ()  # the journey that was booked, one leg in each
    addresses: tuple[str, ...] = ()  # at the destination or of residence, where sent as passenger data
    segment: int = 0


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """One message as it was understood. `dropped` counts elements of a special category that were not kept."""

    kind: Kind
    message: str
    version: str = ""
    sender: str = ""
    recipient: str = ""
    sent: str = ""
    reference: str = ""
    change: str = ""  # what the carrier did to an earlier message, in words
    cancelled: bool = False
    part: Part | None = None
    flights: tuple[Flight, ...] = ()
    passengers: tuple[Passenger, ...] = ()
    declared: int | None = None  # how many people the message says it lists
    dropped: int = 0
    doubts: tuple[Doubt, ...] = ()
    file: str = ""

    @property
    def form(self) -> str:
        """What it came as: a message, or a table."""
        return "table" if self.kind is Kind.ROWS else "message"

    @property
    def piece(self) -> str:
        """What a doubt's `segment` counts: segments of a message, rows of a table."""
        return "row" if self.kind is Kind.ROWS else "segment"
