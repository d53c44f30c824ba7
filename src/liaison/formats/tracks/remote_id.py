"""Remote ID of drones: the messages of 25 bytes of ASTM F3411 (ASD-STAN EN 4709-002), and packs of them.

Read are Basic ID, Location/Vector, System and Operator ID. A description in the operator's own words (Self ID) and
signatures (Authentication) are passed over. Anybody can broadcast anything: a serial number is a lead, not a proof.
The layout follows opendroneid.h of opendroneid-core-c. Numbers are little-endian.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import msgspec

from liaison.formats.feeds import Doubt, Doubts
from liaison.formats.tracks import positions
from liaison.formats.tracks.model import Kind, Source, Track
from liaison.model.errors import BadInput

SIZE = 25  # bytes of a message
MOST = 9  # messages of a pack
BASIC, LOCATION, SYSTEM, OPERATOR, PACK = 0, 1, 4, 5, 0xF
PASSED = {2: "a signature", 3: "a description in the operator's words"}
LOCATED = struct.Struct("<xBBBbiiHHHBBHBx")
SYSTEMS = struct.Struct("<xBiiHBHHBHIx")
EPOCH = datetime(2019, 1, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
IDS = ("none", "serial number", "registration", "flight plan", "session")
CRAFT = (
    *("", "aeroplane", "helicopter or multirotor", "gyroplane", "hybrid", "ornithopter", "glider", "kite"),
    *(
        "free balloon",
        "captive balloon",
        "airship",
        "parachute",
        "rocket",
        "tethered aircraft",
        "ground obstacle",
    ),
)
OBSTACLE, EMERGENCY = 14, 3
NAUTICAL = 1852  # metres
# The radius in metres that each code promises at most.
ACCURACIES = (
    *(
        None,
        10 * NAUTICAL,
        4 * NAUTICAL,
        2 * NAUTICAL,
        NAUTICAL,
        NAUTICAL / 2,
        0.3 * NAUTICAL,
        0.1 * NAUTICAL,
    ),
    *(0.05 * NAUTICAL, 30, 10, 3, 1),
)
AGAIN = "give the messages as they were broadcast: 25 bytes each, or a pack"


class Broadcast(msgspec.Struct, frozen=True, kw_only=True):
    """What the messages say of a drone and of where its operator stands; degrees in WGS 84, metres."""

    track: Track | None = None
    uas_id: str = ""
    id_kind: str = ""
    craft: str = ""
    operator_id: str = ""
    operator_latitude: float | None = None
    operator_longitude: float | None = None
    operator_height: float | None = None
    area_radius: int = 0  # metres around the position in which `area_count` drones fly
    area_count: int = 0
    system_time: datetime | None = None
    doubts: tuple[Doubt, ...] = ()


@dataclass(slots=True)
class _Reading:
    """A drone while its messages are read."""

    received: datetime
    doubts: Doubts = field(default_factory=Doubts)
    found: dict[str, object] = field(default_factory=dict)
    located: dict[str, object] | None = None
    kind: Kind = Kind.DRONE


def read(data: bytes, received: datetime, sender: str = "") -> Broadcast:
    """One message or a pack. `received`: aware; a message says how far into the hour it was made, and no more.

    `sender`: the transmitter's address, by which a position without an identity is told from others; without either
    there is no track. Raises BadInput for what is no message.
    """
    reading = _Reading(received)
    for at in _messages(data):
        _take(data[at : at + SIZE], at, reading)
    uid = str(reading.found.get("uas_id") or sender)
    track = None
    if reading.located is not None and uid:
        track = Track(source=Source.REMOTE_ID, uid=uid, kind=reading.kind, **reading.located)  # type: ignore[arg-type]
    elif reading.located is not None:
        words = "a position without an identity, and no sender was given"
        reading.doubts.add("byte 0", words, "give the address of the transmitter")
    return Broadcast(track=track, doubts=reading.doubts.told(), **reading.found)  # type: ignore[arg-type]


def _messages(data: bytes) -> list[int]:
    """Where each message begins."""
    if len(data) == SIZE and data[0] >> 4 != PACK:
        return [0]
    if len(data) < 3 or data[0] >> 4 != PACK:
        raise BadInput(f"{len(data):,} bytes are no message of Remote ID", hint=AGAIN)
    size, count = data[1], data[2]
    if size != SIZE or not 1 <= count <= MOST:
        raise BadInput(f"a pack of {count} messages of {size} bytes is none", field="byte 1", hint=AGAIN)
    if len(data) < 3 + SIZE * count:
        words = f"the pack is cut: {count} messages are said and {len(data) - 3:,} bytes are there"
        raise BadInput(words, field="byte 2", hint=AGAIN)
    return [3 + SIZE * at for at in range(count)]


def _take(message: bytes, at: int, reading: _Reading) -> None:
    kind = message[0] >> 4
    if kind == BASIC:
        _basic(message, at, reading)
    elif kind == LOCATION:
        _location(message, at, reading)
    elif kind == SYSTEM:
        _system(message, at, reading)
    elif kind == OPERATOR:
        reading.found["operator_id"] = _text(message[2:22], at + 2, reading)
    elif kind not in PASSED:
        reading.doubts.add(f"byte {at}", f"a message of the kind {kind} is not known, and was passed over")


def _basic(message: bytes, at: int, reading: _Reading) -> None:
    id_kind, craft = message[1] >> 4, message[1] & 0xF
    if id_kind >= len(IDS) or reading.found.get("uas_id"):
        words = (
            "a second identity was passed over"
            if id_kind < len(IDS)
            else f"identities of the kind {id_kind} are not known"
        )
        reading.doubts.add(f"byte {at + 1}", words)
        return
    raw = message[2:22]
    binary = id_kind >= 3  # a UUID, or a session's bytes
    name = raw.rstrip(b"\0").hex() if binary else _text(raw, at + 2, reading)
    reading.found |= {
        "uas_id": name,
        "id_kind": IDS[id_kind],
        "craft": CRAFT[craft] if craft < len(CRAFT) else "other",
    }
    reading.kind = Kind.UNKNOWN if craft == OBSTACLE else Kind.DRONE


def _location(message: bytes, at: int, reading: _Reading) -> None:
    flags, direction, fast, _, north, east, _, height, _, accuracies, _, tenths, _ = LOCATED.unpack(message)
    latitude, longitude = north / 1e7, east / 1e7
    if north == east == 0:
        reading.doubts.add(f"byte {at + 5}", "the drone does not know where it is")
        return
    latitude, longitude = positions.place(latitude, longitude, f"byte {at + 5}")
    course = direction + (180 if flags & 2 else 0)
    speed = fast * 0.75 + 63.75 if flags & 1 else fast * 0.25
    code = accuracies & 0xF
    reading.located = {
        "latitude": latitude,
        "longitude": longitude,
        "time": _time(tenths, at + 21, reading),
        "height": _metres(height),
        "accuracy": ACCURACIES[code] if code < len(ACCURACIES) else None,
        "course": positions.course(course, f"byte {at + 2}", reading.doubts) if course != 361 else None,
        "speed": speed if speed < 255 else None,
        "distress": flags >> 4 == EMERGENCY,
    }


def _system(message: bytes, at: int, reading: _Reading) -> None:
    _, north, east, count, radius, _, _, _, height, seconds = SYSTEMS.unpack(message)
    if north or east:
        place = positions.place(north / 1e7, east / 1e7, f"byte {at + 2}")
        reading.found |= {
            "operator_latitude": place[0],
            "operator_longitude": place[1],
            "operator_height": _metres(height),
        }
    reading.found |= {"area_count": count, "area_radius": radius * 10}
    if seconds:
        reading.found["system_time"] = EPOCH + timedelta(seconds=seconds)


def _time(tenths: int, at: int, reading: _Reading) -> datetime:
    """The time nearest to when it was received that is so far into its hour."""
    if tenths > 36_000:
        if tenths != 0xFFFF:
            reading.doubts.add(
                f"byte {at}", f"{tenths} tenths of a second are over an hour: the time of receipt was taken"
            )
        return reading.received
    hour = reading.received.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    made = hour + timedelta(seconds=tenths / 10)
    return min((made - HOUR, made, made + HOUR), key=lambda time: abs(time - reading.received))


def _metres(code: int) -> float | None:
    return code * 0.5 - 1000 if 0 < code < 0xFFFF else None


def _text(raw: bytes, at: int, reading: _Reading) -> str:
    text = raw.rstrip(b"\0 ").decode("ascii", "replace")
    if not text.isprintable() or "\ufffd" in text:
        reading.doubts.add(f"byte {at}", "an identity holds bytes that are no text, and was left out")
        return ""
    return text
