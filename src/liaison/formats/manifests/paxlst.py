"""PAXLST: passengers and crew as carriers declare them (WCO/IATA/ICAO guidelines on API; UN/EDIFACT D.02B and later).

UNH BGM RFF NAD+MS COM TDT LOC DTM { NAD ATT DTM GEI FTX LOC COM EMP NAT RFF MEA { DOC DTM LOC } } CNT UNT
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from liaison.formats.edifact.envelope import Message
from liaison.formats.edifact.splitting import MOST_ELEMENTS, Interchange
from liaison.formats.manifests import dates
from liaison.formats.manifests.building import FlightBuilt, Reading, Traveller, within_two_years
from liaison.formats.manifests.model import (
    Kind,
    Leg,
    Manifest,
    Named,
    Passenger,
    Role,
    TravelDocument,
    Travelled,
)

KINDS = {
    "745": Kind.PASSENGERS,
    "250": Kind.CREW,
    "336": Kind.MASTER_CREW,
    "266": Kind.CLOSED,
    "655": Kind.GATE_PASSES,
}
ROLES = {
    "FL": Role.PASSENGER,
    "FM": Role.CREW,
    "DDT": Role.CREW_IN_TRANSIT,
    "DDU": Role.PASSENGER_IN_TRANSIT,
    "ZZZ": Role.PASSENGER,
    "BV": Role.PASSENGER,
    "COT": Role.CREW,
}
CHANGES = {  # BGM, document name's code or number: what becomes of what was sent before
    "CP": "changed passengers",
    "CC": "changed crew",
    "CF": "changed flight",
    "RP": "removed passengers",
    "XR": "cancelled bookings",
    "XF": "cancelled flight",
    "XC": "cancelled crew",
    "CL": "flight closed",
    "CLNB": "flight closed, these did not board",
    "CLOB": "flight closed, these are on board",
}
CANCEL = ("RP", "XR", "XF", "XC", "CLNB")
REMEMBERED = 50_000  # segments
DEPARTURES, ARRIVALS, STOPS = ("125", "5", "9"), ("87", "8", "11", "60"), ("92", "13")
OF_FLIGHT = frozenset(DEPARTURES + ARRIVALS + STOPS)
LEAVES, COMES = ("189", "136", "133"), ("232", "178", "132")  # DTM
# Segments that are known and hold nothing that is kept.
PASSED = frozenset(("UNH", "UNT", "COM", "GEI", "EMP", "QTY", "GRP", "CPI", "SEQ", "UNS"))


@dataclass(slots=True)
class Stop:
    """An airport of a flight, while the message is read."""

    at: int
    what: str
    port: str
    arrives: str = ""
    departs: str = ""


class Paxlst(Reading):
    """Reads one PAXLST message."""

    def __init__(self, interchange: Interchange, message: Message) -> None:
        super().__init__(interchange, message)
        self.kind, self.change, self.cancelled, self.sender = Kind.OTHER, "", False, ""
        self.flights: list[FlightBuilt] = []
        self.passengers: list[Passenger] = []
        self.who: Traveller | None = None
        # Most segments of a list say what others said before (`NAT+2+ALB`): each is understood once.
        self.again: dict[str, tuple[str, str]] = {}
        self.raw, self.before = "", 0  # the segment that is read, and how many doubts there were before it
        self.declared: int | None = None
        self.counted_at = message.first
        self.stops: list[Stop] = []  # of the flight that is open
        self.unknown: set[str] = set()
        self.reads = {
            "NAD": self.nad, "ATT": self.att, "DTM": self.dtm, "LOC": self.loc, "NAT": self.nat, "RFF": self.rff,
            "DOC": self.doc, "TDT": self.tdt, "BGM": self.bgm, "CNT": self.cnt, "FTX": self.ftx, "MEA": self.mea,
        }  # fmt: skip

    def read(self) -> Manifest:
        """The manifest, without its doubts."""
        reads, element, again = self.reads, self.element, self.again
        first = self.message.first + 1
        segments = self.interchange.segments[first : self.message.stop]
        for at, raw in enumerate(segments, start=first):
            if raw in again and self.who is not None:
                setattr(self.who, *again[raw])
                continue
            reader = reads.get(raw[:3])
            if reader is not None:
                self.at, self.raw, self.before = at, raw, self.doubts.total
                reader(raw.split(element, MOST_ELEMENTS))
            elif raw[:3] not in PASSED:
                self.stray(at, raw)
        self.close()
        self.end_flight()
        return self.manifest()

    def manifest(self) -> Manifest:
        """What was read."""
        listed = len(self.passengers)
        self.at = self.counted_at
        self.hold_number(listed, self.declared)
        if not self.flights:
            self.doubts.add(
                self.message.first, "the message names no flight (TDT)", "ask the carrier which it is"
            )
        header = self.message.header
        return Manifest(
            kind=self.kind,
            message=self.message.type,
            version=self.message.version,
            sender=header.sender or self.sender,
            recipient=header.recipient,
            sent=header.sent,
            reference=self.message.reference,
            change=self.change,
            cancelled=self.cancelled,
            part=self.message.part,
            flights=tuple(built.flight() for built in self.flights),
            passengers=tuple(self.passengers),
            declared=self.declared,
        )

    def put(self, field: str, value: str) -> None:
        """Somebody's field, and that this segment means it, unless there was a doubt, which is told every time."""
        setattr(self.who, field, value)
        if self.doubts.total == self.before and len(self.again) < REMEMBERED:
            self.again[self.raw] = (field, value)

    def stray(self, at: int, raw: str) -> None:
        """A segment of which nothing is known; said once for each tag."""
        tag = raw[:3]
        if tag not in self.unknown and len(self.unknown) < 20:
            self.unknown.add(tag)
            self.doubts.add(
                at, f"the segment {tag!r} is not one of PAXLST and was not read", "look whether it was cut"
            )

    def bgm(self, e: list[str]) -> None:
        """Beginning: what the message lists, and what it does to an earlier one."""
        code = self.parts(e, 1)[0]
        self.kind = KINDS.get(code, Kind.OTHER)
        if self.kind is Kind.OTHER:
            self.doubts.add(self.at, f"BGM {code!r} is no kind of list that is known", "its people were read")
        change = self.parts(e, 2)[0].upper()
        self.change, self.cancelled = CHANGES.get(change, ""), change in CANCEL

    def tdt(self, e: list[str]) -> None:
        """A flight; one with the number of the last goes on with its next leg."""
        number, carrier = self.parts(e, 2)[0], self.parts(e, 5)[0]
        found = self.flight(number, carrier)
        self.end_flight()
        if not self.flights or self.flights[-1].name != found:
            self.flights.append(FlightBuilt(found or Travelled(carrier[:3], "")))

    def end_flight(self) -> None:
        """The stops that were named become legs."""
        stops, self.stops = self.stops, []
        if not self.flights or not stops:
            return
        if stops[0].what in ARRIVALS and any(stop.what in DEPARTURES for stop in stops):
            stops.reverse()
        legs = self.flights[-1].legs
        if len(stops) == 1:
            only = stops[0]
            arrived = only.what in ARRIVALS
            legs.append(Leg("", only.port, "", only.arrives) if arrived else Leg(only.port, "", only.departs))
            self.doubts.add(only.at, f"of the flight only {only.port} is named", "ask for the other airport")
        for one, two in pairwise(stops):
            if one.port != two.port:
                legs.append(Leg(one.port, two.port, one.departs, two.arrives))

    def nad(self, e: list[str]) -> None:
        """A name: the sender of the message, or somebody on the flight."""
        role = ROLES.get(e[1].strip()) if len(e) > 1 else None
        if role is None:
            if len(e) > 1 and e[1].strip() == "MS":
                self.sender = self.parts(e, 4)[0] or self.parts(e, 2)[0]
            self.close()
            return
        self.close()
        if self.stops:
            self.end_flight()
        self.crowd(len(self.passengers))
        self.who = who = Traveller(segment=self.at, role=role)
        parts = self.parts(e, 4)
        if parts[0] or len(parts) > 1:
            given = parts[1] if len(parts) == 2 else " ".join(part for part in parts[1:5] if part)
            who.names = (Named(parts[0], given),)
        elif self.kind is not Kind.CLOSED:
            self.doubts.add(self.at, "somebody is listed without a name", "look for a document or reference")

    def close(self) -> None:
        """Somebody's segments are over."""
        who = self.who
        if who is None:
            return
        self.end_document()
        if not (who.infant or not who.born) and within_two_years(who.born, self.departure()):
            who.infant = True
        self.passengers.append(who.passenger(who.segment + 1))
        self.who = None

    def departure(self) -> str:
        """The day on which the first flight departs; the day on which the message was sent where that is not said."""
        first = self.flights[0].legs[0].departs if self.flights and self.flights[0].legs else ""
        return first or self.message.header.sent

    def att(self, e: list[str]) -> None:
        """An attribute: the sex."""
        who = self.who
        if who is None or len(e) < 4 or e[1].strip() != "2":
            return
        text = self.value(e[3])
        if len(text) == 2 and text[1] in "Ii":
            who.sex, who.infant = self.sexed(text), True
        else:
            self.put("sex", self.sexed(text))

    def nat(self, e: list[str]) -> None:
        """A nationality."""
        if self.who is not None and len(e) > 2:
            self.put("nationality", self.country(self.parts(e, 2)[0], "the nationality"))

    def dtm(self, e: list[str]) -> None:
        """A date: of birth, of a document's end, of a departure or arrival."""
        parts = self.parts(e, 1)
        what, text = parts[0], parts[1] if len(parts) > 1 else ""
        if self.who is not None:
            if what == "329":
                self.put("born", self.birth(text))
            elif what == "36":
                self.put("document_expires", self.ends(text))
        elif what in LEAVES or what in COMES:
            self.timed(what in LEAVES, text)

    def timed(self, leaving: bool, text: str) -> None:
        """When the flight leaves, or comes to, the airport that was named last."""
        when = dates.moment(text)
        if text and not when:
            self.doubts.add(self.at, f"{text!r} is no date and time", "the leg goes on without it")
        self.year = self.year or int(when[:4] or 0)
        if self.stops and leaving:
            self.stops[-1].departs = when
        elif self.stops:
            self.stops[-1].arrives = when

    def loc(self, e: list[str]) -> None:
        """A place: of the flight, of somebody's journey, residence or birth, or of a document's issue."""
        what, parts = e[1].strip() if len(e) > 1 else "", self.parts(e, 2)
        who, text = self.who, parts[0]
        if who is None:
            if what in OF_FLIGHT and (port := self.port(text)):
                self.stops.append(Stop(self.at, what, port))
        elif what == "178":
            self.put("embarks", self.port(text))
        elif what == "179":
            self.put("disembarks", self.port(text))
        elif what == "174":
            self.put("residence", self.country(text, "the residence"))
        elif what == "180":
            self.put("birthplace", ", ".join(part for part in (text, *parts[3:]) if part))
        elif what == "91":
            self.put("document_issuer", self.country(text, "the issuer"))

    def rff(self, e: list[str]) -> None:
        """A reference: the booking, the carrier's own, the seat."""
        who = self.who
        if who is None or len(e) < 2:
            return
        what, _, text = e[1].partition(self.component)
        if self.component in text or not self.plain:
            text = self.value(text.split(self.component, 1)[0])
        if what == "AVF":
            who.locator = text
        elif what == "ABO":
            who.reference = text
        elif what == "SEA":
            self.put("seat", text.lstrip("0"))

    def doc(self, e: list[str]) -> None:
        """A document; what follows until the next one belongs to it."""
        self.end_document()
        who = self.who
        if who is None:
            return
        who.document, who.document_number = self.parts(e, 1)[0].upper(), self.parts(e, 2)[0]
        who.document_expires = who.document_issuer = ""
        if not who.document_number:
            self.doubts.add(self.at, "a document has no number", "ask the carrier for it")

    def end_document(self) -> None:
        """The document that is open is kept, unless it has no number."""
        who = self.who
        if who is not None and who.document_number:
            who.documents.append(
                TravelDocument(who.document, who.document_number, who.document_issuer, who.document_expires)
            )
            who.document_number = ""

    def ftx(self, e: list[str]) -> None:
        """Free text; only the tags of bags are looked at, and only counted: `BAG+++tag:pieces`."""
        if self.who is not None and len(e) > 4 and e[1].strip() == "BAG":
            parts = self.parts(e, 4)
            pieces = parts[1] if len(parts) > 1 else ""
            self.who.bags = (self.who.bags or 0) + (
                int(pieces) if pieces.isdecimal() and len(pieces) < 4 else 1
            )

    def mea(self, e: list[str]) -> None:
        """A measure: how many bags were checked in, `MEA+CT++:2`."""
        pieces = [*self.parts(e, 3), ""][1] if self.who is not None and len(e) > 3 else ""
        if self.who is not None and e[1].strip() == "CT" and pieces.isdecimal() and len(pieces) < 4:
            self.who.bags = int(pieces)

    def cnt(self, e: list[str]) -> None:
        """The message's own count: 41 of crew, 42 of passengers; written `42:2` or, against the rule, `42+2`."""
        self.close()
        parts = [part for place in (1, 2) for part in self.parts(e, place) if part]
        if len(parts) > 1 and parts[1].isdecimal() and len(parts[1]) < 9:
            self.counted_at = self.at
            self.declared = (self.declared or 0) + int(parts[1])
