"""PNRGOV: bookings as carriers push them (IATA/WCO/ICAO implementation guide, 10.1 to 13.1 and later).

UNH MSG ORG TVL EQN { SRC RCI SSR DAT IFT ORG ADD EBD { TIF FTI IFT REF FAR SSR ADD { TKT MON PTK TXD DAT
{ FOP IFT } } } { TVL TRA RPI APD SSR RCI { DAT ORG { TRI TIF SSD { TBD } } } } { EQN RCI } { MSG TVL }
{ ABI DAT { SAC ... } } } UNT

Only what identifies a traveller is read. What is behind ABI is the booking's past and not read.
"""

from __future__ import annotations

import re

from liaison.formats.edifact.envelope import Message
from liaison.formats.edifact.splitting import MOST_ELEMENTS, Interchange
from liaison.formats.manifests import dates, requests
from liaison.formats.manifests.bookings import Booking
from liaison.formats.manifests.building import FlightBuilt, Reading, Traveller
from liaison.formats.manifests.flights import designator
from liaison.formats.manifests.model import Flight, Kind, Leg, Manifest, Named, TravelDocument, Travelled

GONE = frozenset(("HX", "XX", "XK", "XL", "UN", "UC", "US", "NO"))  # states of a leg that is not flown
KNOWN = (  # segments of the message, read or not
    "ABI ADD APD DAT EBD EQN FAR FOP FTI IFT LTS MON MSG ORG PTK RCI REF RPI SAC SRC SSD SSR TBD TIF TKT TRA TRI TVL "
    "TXD UNH UNT"
)
GLUED = re.compile(r"(?:TIF|TVL|SSR|RCI|SRC|TBD|IFT)$")
NAMES, FLIGHTS, PAST = range(3)  # the parts of a booking
NO_SEAT = 3 * "X"


class Pnrgov(Reading):
    """Reads one PNRGOV message."""

    def __init__(self, interchange: Interchange, message: Message) -> None:
        super().__init__(interchange, message)
        self.flights: list[FlightBuilt] = []
        self.travellers: list[Traveller] = []
        self.booking: Booking | None = None
        self.bookings = self.dropped = 0
        self.declared: int | None = None
        self.part, self.sender = NAMES, ""
        self.who: Traveller | None = None
        self.reported = False  # whether the leg that is open is of the flight that is reported
        self.marketed: Travelled | None = None  # the leg that is open, where another carrier operates it
        self.unknown: set[str] = set()
        self.reads = {
            "SRC": self.src, "RCI": self.rci, "TIF": self.tif, "SSR": self.ssr, "TVL": self.tvl, "TBD": self.tbd,
            "SSD": self.ssd, "RPI": self.rpi, "TRA": self.tra, "ABI": self.abi, "MSG": self.msg, "ORG": self.org,
            "EQN": self.eqn,
        }  # fmt: skip

    def read(self) -> Manifest:
        """The manifest, without its doubts."""
        reads, element, segments = self.reads, self.element, self.interchange.segments
        for at in range(self.message.first + 1, self.message.stop):
            raw = segments[at]
            reader = reads.get(raw[:3])
            if reader is not None:
                self.at = at
                reader(raw.split(element, MOST_ELEMENTS))
            elif raw[:3] not in KNOWN:
                self.stray(at, raw)
        self.close()
        return self.manifest()

    def manifest(self) -> Manifest:
        """What was read."""
        first, header = self.message.first, self.message.header
        if self.declared is not None and self.declared != self.bookings:
            self.doubts.add(
                first,
                f"the message says it holds {self.declared:,} bookings; read: {self.bookings:,}",
                "compare with the carrier's list",
            )
        if not self.flights:
            self.doubts.add(first, "the message names no flight (TVL)", "ask the carrier which it is")
        self.hold_number(len(self.travellers), None)
        return Manifest(
            kind=Kind.BOOKINGS,
            message=self.message.type,
            version=self.message.version,
            sender=header.sender or self.sender,
            recipient=header.recipient,
            sent=header.sent,
            reference=self.message.reference,
            part=self.message.part,
            flights=tuple(built.flight() for built in self.flights),
            passengers=tuple(who.passenger(who.segment + 1) for who in self.travellers),
            dropped=self.dropped,
        )

    def stray(self, at: int, raw: str) -> None:
        """A segment of which nothing is known; said once for each tag."""
        tag = raw[:3]
        if tag not in self.unknown and len(self.unknown) < 20:
            self.unknown.add(tag)
            self.doubts.add(
                at, f"the segment {tag!r} is not one of PNRGOV and was not read", "look whether it was cut"
            )

    def close(self) -> None:
        """A booking is over."""
        booking, self.booking, self.who = self.booking, None, None
        if booking is None:
            return
        for at, docs in booking.waiting:
            who = booking.by_name(docs.name) or (
                booking.travellers[0] if len(booking.travellers) == 1 else None
            )
            self.give(booking, at, docs, who)
        for at, docs, reference in booking.waiting_for:
            self.give(booking, at, docs, booking.by_reference.get(reference) or booking.by_name(docs.name))
        if not booking.travellers:
            self.doubts.add(booking.at, "a booking names no traveller", "ask the carrier for it")
        self.travellers += booking.finish(len(self.travellers), self.doubts.add)
        self.crowd(len(self.travellers))

    def src(self, e: list[str]) -> None:
        """The next booking."""
        self.close()
        self.booking, self.part = Booking(self.at), NAMES
        self.bookings += 1

    def eqn(self, e: list[str]) -> None:
        """How many bookings the message holds; within a booking, a part that was split from it."""
        text = self.parts(e, 1)[0]
        if self.booking is None and text.isdecimal() and len(text) < 7:
            self.declared = int(text)

    def org(self, e: list[str]) -> None:
        """The system that sends or booked; only the first is kept."""
        if self.booking is None:
            self.sender = self.parts(e, 1)[0]
        self.unglue(e)

    def unglue(self, e: list[str]) -> None:
        """A segment that ran into this one, since the terminator between them is missing."""
        for place, text in enumerate(e[1:], start=1):
            if (match := GLUED.search(text)) and place + 1 < len(e):
                tag = match[0]
                self.doubts.add(
                    self.at,
                    f"{tag} begins within {e[0]}: the terminator between them is missing",
                    "look at both",
                )
                if (reader := self.reads.get(tag)) is not None:
                    reader([tag, *e[place + 1 :]])
                return

    def rci(self, e: list[str]) -> None:
        """The booking's locator: the first of the booking, with the carrier that reports where it is there."""
        booking = self.booking
        if booking is None or booking.locator or self.part != NAMES:
            return
        found = [parts for place in range(1, len(e)) if len(parts := self.parts(e, place)) > 1 and parts[1]]
        own = {built.name.carrier for built in self.flights}
        chosen = next((parts for parts in found if parts[0] in own), found[0] if found else ["", ""])
        booking.locator = chosen[1].strip("\u2019\u2018`\u00b4")

    def msg(self, e: list[str]) -> None:
        """The message's function; within a booking, services other than flights begin."""
        if self.booking is not None:
            self.part = PAST

    def abi(self, e: list[str]) -> None:
        """The booking's past begins."""
        self.part = PAST

    def tif(self, e: list[str]) -> None:
        """Travellers: named in the booking, or named again where they checked in."""
        if self.booking is None or self.part == PAST:
            return
        surname = self.parts(e, 1)[0]
        for place in range(2, max(3, len(e))):
            parts = [*self.parts(e, place), "", "", ""]
            name, kind, reference = Named(surname, parts[0]), parts[1].upper(), parts[2]
            if not (surname or parts[0]):
                self.doubts.add(self.at, "a traveller has no name", "ask the carrier for it")
                continue
            self.who = self.traveller(name, kind, reference, bool(parts[3]))

    def traveller(self, name: Named, kind: str, reference: str, carries: bool) -> Traveller:
        """Who is named here."""
        booking = self.booking or Booking(self.at)
        if self.part == NAMES:
            if reference and reference in booking.by_reference:
                self.doubts.add(self.at, f"two travellers have the reference {reference!r}", "look at both")
            return booking.named(self.at, name, reference, kind, carries)
        known = booking.known(name, reference)
        if known is None:
            known = booking.named(self.at, name, reference, kind, carries)
            self.doubts.add(
                self.at, "a traveller stands in the check-in and not in the booking", "taken as a traveller"
            )
        return known

    def tvl(self, e: list[str]) -> None:
        """The flight that is reported, or a leg of a booking."""
        if self.part == PAST and self.booking is not None:
            return
        origin, destination = self.parts(e, 2)[0].upper(), self.parts(e, 3)[0].upper()
        carriers, number = [*self.parts(e, 4), ""], self.parts(e, 5)[0]
        if not (origin or destination):
            self.operated(number)
            return
        leg = Leg(self.port(origin), self.port(destination), *self.times(e))
        if self.booking is None:
            self.header(leg, self.flight(number, carriers[0]))
            return
        self.part, self.who = FLIGHTS, None
        self.leg(leg, designator(number, carriers[0]), carriers[1].upper(), number)

    def header(self, leg: Leg, found: Travelled | None) -> None:
        """A leg of the flight that is reported."""
        name = found or Travelled("", "")
        if not self.flights or self.flights[-1].name != name:
            self.flights.append(FlightBuilt(name))
        self.flights[-1].legs.append(leg)
        self.year = self.year or int(leg.departs[:4] or 0)

    def leg(self, leg: Leg, found: Travelled | None, operator: str, number: str) -> None:
        """A leg of the journey, and whether it is of the flight that is reported."""
        booking = self.booking
        self.reported, self.marketed = False, None
        if booking is None or found is None:
            return
        for built in self.flights:
            name = built.name
            same = any((leg.origin, leg.destination) == (own.origin, own.destination) for own in built.legs)
            if same and name.carrier in (found.carrier, operator):
                self.reported = True
                if found != name and operator and found.carrier != name.carrier:
                    built.code_shares[found] = None
        operated = (designator(number, operator),) if self.reported and operator else ()
        self.marketed = found if operator and operator != found.carrier else None
        shares = tuple(one for one in operated if one and one != found)
        booking.journey.append(Flight(found.carrier, found.number, found.suffix, (leg,), shares))

    def operated(self, number: str) -> None:
        """Behind a leg that is sold under another name: the number under which it is flown."""
        booking = self.booking
        if self.marketed is None or booking is None or not booking.journey:
            return
        last = booking.journey[-1]
        carrier = last.code_shares[0].carrier if last.code_shares else ""
        flown = designator(number, carrier) if carrier else None
        if flown:
            booking.journey[-1] = Flight(last.carrier, last.number, last.suffix, last.legs, (flown,))

    def times(self, e: list[str]) -> tuple[str, str]:
        """Departure and arrival of a leg; an arrival without its day is of the day of departure."""
        parts = [*self.parts(e, 1), "", "", ""]
        day, clock, to_day, to_clock = parts[:4]
        if len(to_day) == 4 and not to_clock:  # `1220:1505`: the arrival's day and its separator are left out
            to_day, to_clock = "", to_day
        departs = dates.booked(day, clock)
        arrives = dates.booked(to_day or day, to_clock) if to_clock or to_day else ""
        wrong = (day and not departs) or (to_clock and "T" not in arrives) or (clock and "T" not in departs)
        if wrong:
            self.doubts.add(self.at, "a time of the leg is none", "the leg goes on without it")
        return departs, arrives if "T" in arrives else ""

    def tra(self, e: list[str]) -> None:
        """Who flies a leg: `TRA+SK+1524`."""
        booking = self.booking
        if booking is None or not booking.journey or self.part != FLIGHTS:
            return
        flown = designator(self.parts(e, 2)[0], self.parts(e, 1)[0])
        last = booking.journey[-1]
        if flown:
            booking.journey[-1] = Flight(last.carrier, last.number, last.suffix, last.legs, (flown,))

    def rpi(self, e: list[str]) -> None:
        """The state of a leg: one that was cancelled is not flown."""
        state = self.parts(e, 2)[0][:2].upper()
        if state in GONE and self.booking and self.booking.journey and self.part == FLIGHTS:
            self.booking.journey.pop()
        if len(e) > 3:
            self.unglue(e)

    def ssd(self, e: list[str]) -> None:
        """The seat that was given at the check-in."""
        if self.reported and self.who is not None and self.part == FLIGHTS:
            self.seat(self.who, self.parts(e, 1)[0], given=True)

    def tbd(self, e: list[str]) -> None:
        """Checked bags: `2:34:700` are two pieces."""
        pieces = self.parts(e, 2)[0]
        if self.who is not None and self.part == FLIGHTS and pieces.isdecimal() and len(pieces) < 4:
            self.who.bags = int(pieces) if self.reported or self.who.bags is None else self.who.bags

    def seat(self, who: Traveller, text: str, given: bool = False) -> None:
        """A seat on the flight that is reported."""
        text = text.strip().lstrip("0")
        if text and text != NO_SEAT and (given or not who.seat):
            who.seat = text

    def ssr(self, e: list[str]) -> None:
        """A special service request."""
        parts = self.parts(e, 1)
        code = parts[0].upper()
        if requests.is_sensitive(code):
            self.dropped += 1
            return
        booking = self.booking
        if booking is None or self.part == PAST:
            return
        if code in ("SEAT", "NSST", "NSSA", "NSSW"):
            self.seats(booking, e)
        elif code == "DOCS":
            self.docs(booking, parts, e)
        elif code in ("DOCA", "DOCO", "INFT"):
            self.further(booking, code, parts, e)

    def seats(self, booking: Booking, e: list[str]) -> None:
        """Seats that were asked for, each with its traveller: `+15A::1+15B::2`."""
        for place in range(2, len(e)) if self.reported else ():
            parts = self.parts(e, place)
            who = booking.by_reference.get(parts[2]) if len(parts) > 2 else None
            if who is not None:
                self.seat(who, parts[0])

    def reference(self, e: list[str]) -> str:
        """Of which traveller a request is: the last reference it names, `+::1.1`."""
        return next(
            (found[2] for place in range(len(e) - 1, 1, -1) if len(found := self.parts(e, place)) > 2), ""
        )

    def docs(self, booking: Booking, parts: list[str], e: list[str]) -> None:
        """A document: of whom it names, else of the traveller above it, unless the name is another's."""
        found = requests.docs(requests.free_text(parts, 4))
        if found is None:
            self.doubts.add(
                self.at, "a DOCS request is cut before the date of birth", "ask the carrier for it"
            )
            return
        reference = self.reference(e)
        if reference and reference not in booking.by_reference:
            booking.waiting_for.append((self.at, found, reference))
        elif not booking.travellers:
            booking.waiting.append((self.at, found))
        else:
            who = booking.by_reference.get(reference) if reference else booking.whose(found, self.who)
            self.give(booking, self.at, found, who)

    def give(self, booking: Booking, at: int, docs: requests.Docs, who: Traveller | None) -> None:
        """A document and what it says go to its bearer."""
        self.at = at
        if who is None:
            self.doubts.add(at, "a document names nobody of the booking", "look at the names of the booking")
            return
        if docs.infant and not who.infant:
            who = booking.infant(at, who, docs.name, "")
        number, code = docs.number, docs.code.upper()
        who.named = who.named or docs.name
        who.born = who.born or self.birth(docs.born)
        who.sex = who.sex or self.sexed(docs.sex)
        who.nationality = who.nationality or self.country(docs.nationality, "the nationality")
        if number and all(number != held.number for held in who.documents):
            issuer, expires = self.country(docs.issuer, "the issuer"), self.ends(docs.expires)
            who.documents.append(TravelDocument(code, number, issuer, expires))

    def further(self, booking: Booking, code: str, parts: list[str], e: list[str]) -> None:
        """Address (DOCA), visa (DOCO) or infant (INFT) of a traveller."""
        reference = self.reference(e)
        who = booking.by_reference.get(reference) if reference else self.who
        text = requests.free_text(parts, 1)
        if who is None and self.part == FLIGHTS and not reference:
            return  # said again for a leg, without saying of whom
        if code == "INFT":
            self.infant(booking, who, text)
        elif who is None:
            self.doubts.add(self.at, f"a {code} request names nobody of the booking", "look at its reference")
        elif code == "DOCA" and (address := requests.doca(text)):
            self.address(booking.infant(self.at, who, None, "") if address.infant else who, address)
        elif code == "DOCO" and (visa := requests.doco(text)):
            who = booking.infant(self.at, who, None, "") if visa.infant else who
            who.birthplace = who.birthplace or visa.birthplace
            if visa.number and all(visa.number != held.number for held in who.documents):
                issuer = self.country(visa.country, "the country of a visa")
                who.documents.append(TravelDocument(visa.code, visa.number, issuer))

    def address(self, who: Traveller, address: requests.Address) -> None:
        """Where somebody lives, goes or was born."""
        if address.kind == "B":
            who.birthplace = who.birthplace or address.text
            return
        country = self.country(address.country, "the country of an address")
        if address.kind == "R":
            who.residence = who.residence or country
        if address.text and len(who.addresses) < 4:
            who.addresses.append(", ".join(part for part in (address.text, country) if part))

    def infant(self, booking: Booking, adult: Traveller | None, text: str) -> None:
        """An infant without a seat, on somebody's lap."""
        found = requests.inft(text)
        if found is None:
            self.doubts.add(self.at, "an infant has no name", "ask the carrier for it")
            return
        booking.infant(self.at, adult, found[0], self.birth(found[1]))
