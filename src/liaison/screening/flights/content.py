"""A manifest as it is sealed, in two pieces: how people travel, and who they are. Pure.

Who they are is everything that Directive (EU) 2016/681, article 12(2), masks: names, with whom somebody travels,
addresses, and all advance passenger data; and the doubts, which may quote them. What is left tells nobody apart.
"""

from __future__ import annotations

import zlib

import msgspec

from liaison.formats.edifact.doubts import Doubt
from liaison.formats.edifact.envelope import Part
from liaison.formats.manifests import join
from liaison.formats.manifests.model import Flight, Kind, Manifest, Named, Passenger, Role, TravelDocument

QUICK = (
    1  # of zlib's levels: a manifest is a quarter as large then, and the better ones take five times as long
)


class Seat(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """How one of the passengers travels."""

    role: Role
    infant: bool
    seat: str
    bags: int | None
    embarks: str
    disembarks: str
    legs: tuple[Flight, ...]
    segment: int


class Who(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Who one of the passengers is. Names are (surname, given); documents (code, number, issuer, expires)."""

    names: tuple[tuple[str, str], ...] = ()
    born: str = ""
    sex: str = ""
    nationality: str = ""
    residence: str = ""
    birthplace: str = ""
    documents: tuple[tuple[str, str, str, str], ...] = ()
    addresses: tuple[str, ...] = ()
    locator: str = ""
    reference: str = ""
    infant_of: int | None = None


class Travel(msgspec.Struct, frozen=True, kw_only=True):
    """A manifest without those whom it lists."""

    kind: Kind
    message: str
    version: str
    sender: str
    recipient: str
    sent: str
    reference: str
    change: str
    cancelled: bool
    parts: tuple[Part, ...]
    flights: tuple[Flight, ...]
    declared: int | None
    dropped: int
    file: str
    seats: tuple[Seat, ...]


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """Those whom a manifest lists, and what was doubtful of it."""

    people: tuple[Who, ...]
    doubts: tuple[Doubt, ...]


ENCODER = msgspec.msgpack.Encoder()
# Made here: a type that threads meet first, and at once, crashes msgspec.
TRAVEL = msgspec.msgpack.Decoder(Travel)
PEOPLE = msgspec.msgpack.Decoder(Listed)
ONE = msgspec.msgpack.Decoder(Who)


def packed(whole: Manifest, parts: tuple[Part, ...]) -> tuple[bytes, bytes]:
    """The two pieces of a manifest that came in these parts, none where it came whole: how they travel, and who they
    are."""
    travel, who = ENCODER.encode(_travel(whole, parts)), ENCODER.encode(_people(whole))
    return zlib.compress(travel, QUICK), zlib.compress(who, QUICK)


def opened(travel: bytes, who: bytes | None) -> tuple[Manifest, tuple[Part, ...]]:
    """The manifest again and its parts; without the second piece nobody has a name, and there are no doubts."""
    held = TRAVEL.decode(zlib.decompress(travel))
    listed = None if who is None else PEOPLE.decode(zlib.decompress(who))
    return _manifest(held, listed), held.parts


def missing(whole: Manifest, parts: tuple[Part, ...]) -> tuple[Doubt, ...]:
    """What is doubtful of parts that did not come, or came twice."""
    nobody = msgspec.structs.replace(whole, passengers=(), doubts=(), declared=None)
    return join(msgspec.structs.replace(nobody, part=part) for part in parts)[0].doubts if parts else ()


def told(part: Manifest) -> bytes:
    """What a part says, whatever its file is called: two that say the same are the same message."""
    return ENCODER.encode(msgspec.structs.replace(part, file="", doubts=()))


def packed_one(who: Who) -> bytes:
    """One passenger."""
    return ENCODER.encode(who)


def opened_one(piece: bytes) -> Who:
    """One passenger again."""
    return ONE.decode(piece)


def who_is(one: Passenger) -> Who:
    """Who a passenger is."""
    return Who(
        tuple((name.surname, name.given) for name in one.names),
        one.born,
        one.sex,
        one.nationality,
        one.residence,
        one.birthplace,
        tuple((paper.code, paper.number, paper.issuer, paper.expires) for paper in one.documents),
        one.addresses,
        one.locator,
        one.reference,
        one.infant_of,
    )


def _travel(part: Manifest, parts: tuple[Part, ...]) -> Travel:
    return Travel(
        kind=part.kind,
        message=part.message,
        version=part.version,
        sender=part.sender,
        recipient=part.recipient,
        sent=part.sent,
        reference=part.reference,
        change=part.change,
        cancelled=part.cancelled,
        parts=parts,
        flights=part.flights,
        declared=part.declared,
        dropped=part.dropped,
        file=part.file,
        seats=tuple(
            Seat(one.role, one.infant, one.seat, one.bags, one.embarks, one.disembarks, one.legs, one.segment)
            for one in part.passengers
        ),
    )


def _people(part: Manifest) -> Listed:
    return Listed(people=tuple(who_is(one) for one in part.passengers), doubts=part.doubts)


def _manifest(travel: Travel, named: Listed | None) -> Manifest:
    nobody = Who()
    people = named.people if named else (nobody,) * len(travel.seats)
    return Manifest(
        kind=travel.kind,
        message=travel.message,
        version=travel.version,
        sender=travel.sender,
        recipient=travel.recipient,
        sent=travel.sent,
        reference=travel.reference,
        change=travel.change,
        cancelled=travel.cancelled,
        flights=travel.flights,
        passengers=tuple(_passenger(seat, who) for seat, who in zip(travel.seats, people, strict=True)),
        declared=travel.declared,
        dropped=travel.dropped,
        doubts=named.doubts if named else (),
        file=travel.file,
    )


def _passenger(seat: Seat, who: Who) -> Passenger:
    return Passenger(
        names=tuple(Named(surname, given) for surname, given in who.names),
        born=who.born,
        sex=who.sex,
        nationality=who.nationality,
        residence=who.residence,
        birthplace=who.birthplace,
        documents=tuple(TravelDocument(*paper) for paper in who.documents),
        role=seat.role,
        infant=seat.infant,
        infant_of=who.infant_of,
        seat=seat.seat,
        bags=seat.bags,
        locator=who.locator,
        reference=who.reference,
        embarks=seat.embarks,
        disembarks=seat.disembarks,
        legs=seat.legs,
        addresses=who.addresses,
        segment=seat.segment,
    )
