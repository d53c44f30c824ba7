"""The metadata that a drone's video carries: MISB ST 0601 local set, the tags that say where it is and what it sees.

A packet is the universal key, its length, and tags with lengths and values, big-endian; the last tag is the checksum
over all before it. Unknown tags are passed over and counted. A packet whose checksum does not hold is refused.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import msgspec

from liaison.formats.feeds import Doubt, Doubts
from liaison.formats.tracks import positions
from liaison.formats.tracks.model import Kind, Source, Track
from liaison.model.errors import BadInput

KEY = bytes.fromhex("060e2b34020b01010e01030101000000")
LARGEST = 4_096  # bytes of a packet
MOST_TAGS = 256  # of one packet
MOST_PACKETS = 10_000  # of one piece
CHECKSUM, VERSION = 1, 65
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
AGAIN = "cut the stream at the universal keys, and give whole packets"


class Frame(msgspec.Struct, frozen=True, kw_only=True):
    """What one packet says. Degrees, metres and metres a second; `above_sea` is the sensor's height."""

    time: datetime | None = None
    mission: str = ""
    tail_number: str = ""
    platform: str = ""
    callsign: str = ""
    heading: float | None = None
    pitch: float | None = None
    roll: float | None = None
    ground_speed: float | None = None
    latitude: float | None = None
    longitude: float | None = None
    above_sea: float | None = None
    height: float | None = None
    slant_range: float | None = None
    centre_latitude: float | None = None
    centre_longitude: float | None = None
    centre_above_sea: float | None = None
    version: int | None = None
    passed: int = 0  # tags that are not read here
    track: Track | None = None
    doubts: tuple[Doubt, ...] = ()


def _unsigned(low: float, high: float, size: int) -> Callable[[bytes], float | None]:
    most = 256**size - 1

    def value(raw: bytes) -> float | None:
        return low + int.from_bytes(raw, "big") * (high - low) / most if len(raw) == size else None

    return value


def _signed(around: float, size: int) -> Callable[[bytes], float | None]:
    """From -around to around; the lowest number means that there is none."""
    most = 256**size // 2 - 1

    def value(raw: bytes) -> float | None:
        if len(raw) != size:
            return None
        found = int.from_bytes(raw, "big", signed=True)
        return math.nan if found < -most else found * around / most

    return value


NUMBERS: dict[int, tuple[str, Callable[[bytes], float | None]]] = {
    5: ("heading", _unsigned(0, 360, 2)),
    6: ("pitch", _signed(20, 2)),
    7: ("roll", _signed(50, 2)),
    13: ("latitude", _signed(90, 4)),
    14: ("longitude", _signed(180, 4)),
    15: ("above_sea", _unsigned(-900, 19_000, 2)),
    21: ("slant_range", _unsigned(0, 5_000_000, 4)),
    23: ("centre_latitude", _signed(90, 4)),
    24: ("centre_longitude", _signed(180, 4)),
    25: ("centre_above_sea", _unsigned(-900, 19_000, 2)),
    56: ("ground_speed", _unsigned(0, 255, 1)),
    75: ("height", _unsigned(-900, 19_000, 2)),
}
TEXTS = {3: "mission", 4: "tail_number", 10: "platform", 59: "callsign"}
TIME = 2


def frames(data: bytes, sender: str = "") -> list[Frame | BadInput]:
    """Every packet of a piece of a stream, or why it is refused; what stands between packets is passed over.

    Raises BadInput for more packets than are read at once.
    """
    found: list[Frame | BadInput] = []
    at = data.find(KEY)
    while at >= 0:
        if len(found) == MOST_PACKETS:
            raise BadInput(f"there are more than {MOST_PACKETS:,} packets", hint="give fewer at a time")
        following = data.find(KEY, at + len(KEY))
        try:
            found.append(read(data[at : following if following >= 0 else len(data)][: LARGEST + 1], sender))
        except BadInput as bad:
            found.append(bad)
        at = following
    return found


def read(packet: bytes, sender: str = "") -> Frame:
    """One packet. `sender` is the track's uid where the packet names no platform. Raises BadInput, with the byte."""
    if not packet.startswith(KEY):
        raise BadInput("the packet does not begin with the key of MISB ST 0601", field="byte 0", hint=AGAIN)
    length, start = _length(packet, len(KEY))
    stop = start + length
    if stop > LARGEST:
        raise BadInput(
            f"a packet of {stop:,} bytes; at most {LARGEST:,} are read", field="byte 16", hint=AGAIN
        )
    if stop > len(packet):
        words = f"the packet is cut: {length:,} bytes are said and {len(packet) - start:,} are there"
        raise BadInput(words, field="byte 16", hint=AGAIN)
    doubts, found, passed, checked = Doubts(), dict[str, object](), 0, False
    for tag, at, raw in _tags(packet, start, stop):
        if tag == CHECKSUM:
            _checked(packet, at, raw)
            checked = True
        elif not _taken(tag, at, raw, found, doubts):
            passed += 1
    if not checked:
        doubts.add(f"byte {stop}", "the packet has no checksum", "let the encoder send tag 1")
    track = _track(found, sender, doubts)
    return Frame(passed=passed, track=track, doubts=doubts.told(), **found)  # type: ignore[arg-type]


def _taken(tag: int, at: int, raw: bytes, found: dict[str, object], doubts: Doubts) -> bool:
    """Whether a tag is one that is read here."""
    if tag in NUMBERS:
        name, value = NUMBERS[tag]
        number = value(raw)
        if number is None:
            doubts.add(f"byte {at}", f"tag {tag} has {len(raw)} bytes, and was left out")
        elif not math.isnan(number):
            found[name] = number
    elif tag in TEXTS:
        text = raw.rstrip(b"\0").decode("utf-8", "replace").strip()
        if len(text) > 127 or not text.isprintable() or "\ufffd" in text:
            doubts.add(f"byte {at}", f"tag {tag} is no text, and was left out")
        else:
            found[TEXTS[tag]] = text
    elif tag == TIME:
        _timed(at, raw, found, doubts)
    elif tag == VERSION:
        found["version"] = int.from_bytes(raw[:2], "big")
    else:
        return False
    return True


def _timed(at: int, raw: bytes, found: dict[str, object], doubts: Doubts) -> None:
    micros = int.from_bytes(raw, "big")
    if len(raw) != 8 or not 0 < micros < 4_102_444_800_000_000:  # until 2100
        doubts.add(f"byte {at}", "the time is none, and was left out")
    else:
        found["time"] = EPOCH + timedelta(microseconds=micros)


def _track(found: dict[str, object], sender: str, doubts: Doubts) -> Track | None:
    """The drone's own track, where the packet says when and where, and somebody says which drone it is."""
    uid = str(found.get("tail_number") or sender or found.get("platform") or "")
    if not uid or not {"time", "latitude", "longitude"} <= found.keys():
        return None
    latitude, longitude = positions.place(found["latitude"], found["longitude"], "tag 13")
    return Track(
        source=Source.KLV,
        uid=uid,
        kind=Kind.DRONE,
        latitude=latitude,
        longitude=longitude,
        time=found["time"],  # type: ignore[arg-type]
        height=positions.height(found.get("height"), "tag 75", doubts),
        above_sea=positions.height(found.get("above_sea"), "tag 15", doubts),
        speed=positions.speed(found.get("ground_speed"), "tag 56", doubts),
        callsign=str(found.get("callsign", "")),
    )


def _tags(packet: bytes, start: int, stop: int) -> Iterator[tuple[int, int, bytes]]:
    """Each tag, where its value begins, and the value."""
    at = start
    for _ in range(MOST_TAGS):
        if at >= stop:
            return
        tag, begun = 0, at
        while True:  # seven bits a byte, the highest bit says that another follows
            byte = packet[at]
            tag, at = tag << 7 | byte & 0x7F, at + 1
            if byte < 0x80:
                break
            if at - begun > 3 or at >= stop:
                raise BadInput("a tag has no end", field=f"byte {begun}", hint=AGAIN)
        length, at = _length(packet, at, stop)
        if at + length > stop:
            raise BadInput(f"tag {tag} is longer than its packet", field=f"byte {begun}", hint=AGAIN)
        yield tag, at, packet[at : at + length]
        at += length
    if at < stop:
        raise BadInput(f"the packet has more than {MOST_TAGS} tags", field=f"byte {at}", hint=AGAIN)


def _length(packet: bytes, at: int, stop: int | None = None) -> tuple[int, int]:
    """A length (BER, short or long form), and where what it measures begins."""
    end = len(packet) if stop is None else stop
    if at >= end:
        raise BadInput("the packet is cut before a length", field=f"byte {at}", hint=AGAIN)
    first = packet[at]
    if first < 0x80:
        return first, at + 1
    size = first & 0x7F
    if not 1 <= size <= 4 or at + 1 + size > end:
        raise BadInput("a length is none", field=f"byte {at}", hint=AGAIN)
    return int.from_bytes(packet[at + 1 : at + 1 + size], "big"), at + 1 + size


def _checked(packet: bytes, at: int, raw: bytes) -> None:
    """Raises BadInput where the checksum, a sum of 16-bit words up to its own value, is another."""
    said = int.from_bytes(raw, "big")
    if len(raw) != 2 or checksum(packet[:at]) != said:
        raise BadInput("the checksum does not hold: the packet is damaged", field=f"byte {at}", hint=AGAIN)


def checksum(head: bytes) -> int:
    """The checksum of all bytes of a packet before it (ST 0601, "bcc_16")."""
    return (sum(head[::2]) * 256 + sum(head[1::2])) & 0xFFFF
