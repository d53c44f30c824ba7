"""Messages of drones and boats made for the tests, by another path than the one that reads them."""

from __future__ import annotations

import struct
from datetime import UTC, datetime
from pathlib import Path

from liaison.formats.tracks import Need, Report, Sighting
from liaison.formats.tracks.model import Source

DATA = Path(__file__).parents[1] / "data" / "tracks"
AT = datetime(2026, 3, 4, 11, 20, 11, tzinfo=UTC)
NOW = datetime(2026, 3, 4, 11, 20, 30, tzinfo=UTC)
KEY = bytes.fromhex("060e2b34020b01010e01030101000000")


def sample(name: str) -> bytes:
    """One message of tests/formats/data/tracks."""
    return (DATA / name).read_bytes()


def basic(serial: str = "INVENT0000001", craft: int = 2, kind: int = 1) -> bytes:
    """A message Basic ID."""
    return bytes([0x02, kind << 4 | craft]) + serial.encode().ljust(20, b"\0") + bytes(3)


def location(
    latitude: float = 41.312,
    longitude: float = 19.445,
    *,
    course: int = 271,
    speed: int = 49,
    fast: bool = False,
    height: int = 2167,
    accuracy: int = 10,
    tenths: int = 12112,
    status: int = 2,
) -> bytes:
    """A message Location/Vector; speed and height as they are coded."""
    flags = status << 4 | (2 if course >= 180 else 0) | (1 if fast else 0)
    where = struct.pack("<ii", round(latitude * 1e7), round(longitude * 1e7))
    heights = struct.pack("<HHH", 2100, height, 2050)
    return (
        bytes([0x12, flags, course - 180 if course >= 180 else course, speed, 0])
        + where
        + heights
        + bytes([accuracy, 0])
        + struct.pack("<H", tenths)
        + bytes(2)
    )


def system(latitude: float = 41.3, longitude: float = 19.44, seconds: int = 226_322_411) -> bytes:
    """A message System: where the operator stands."""
    where = struct.pack("<ii", round(latitude * 1e7), round(longitude * 1e7))
    return (
        bytes([0x42, 0x05])
        + where
        + struct.pack("<HBHHBHI", 1, 3, 2300, 2000, 0x12, 2030, seconds)
        + bytes(1)
    )


def operator(name: str = "ALBinvented0001") -> bytes:
    """A message Operator ID."""
    return bytes([0x52, 0]) + name.encode().ljust(20, b"\0") + bytes(3)


def pack(*messages: bytes) -> bytes:
    """A message pack."""
    return bytes([0xF2, 25, len(messages)]) + b"".join(messages)


def ber(length: int) -> bytes:
    """A length of BER, in the short form where it fits."""
    if length < 128:
        return bytes([length])
    raw = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes([0x80 | len(raw)]) + raw


def klv(tags: dict[int, bytes], *, checksum: bool = True) -> bytes:
    """A packet of MISB ST 0601; its checksum is summed byte by byte, as the standard's own code does."""
    inside = b"".join(oid(tag) + ber(len(raw)) + raw for tag, raw in tags.items())
    if not checksum:
        return KEY + ber(len(inside)) + inside
    head = KEY + ber(len(inside) + 4) + inside + b"\x01\x02"
    total = 0
    for at, byte in enumerate(head):
        total += byte << (8 * ((at + 1) % 2))
    return head + (total & 0xFFFF).to_bytes(2, "big")


def oid(tag: int) -> bytes:
    """A tag in seven bits a byte."""
    raw = [tag & 0x7F]
    while tag := tag >> 7:
        raw.append(0x80 | tag & 0x7F)
    return bytes(reversed(raw))


def frame() -> dict[int, bytes]:
    """The tags of an invented drone's video."""
    return {
        2: int(AT.timestamp() * 1_000_000).to_bytes(8, "big"),
        3: b"INVENTED MISSION",
        4: b"ZZ-INVENT",
        5: (round(159.9744 * 65535 / 360)).to_bytes(2, "big"),
        6: round(-0.43 * 65534 / 40).to_bytes(2, "big", signed=True),
        7: round(3.4 * 65534 / 100).to_bytes(2, "big", signed=True),
        10: b"INVENTED ONE",
        13: round(41.312 * (2**32 - 2) / 180).to_bytes(4, "big", signed=True),
        14: round(19.445 * (2**32 - 2) / 360).to_bytes(4, "big", signed=True),
        15: round((1210.5 + 900) * 65535 / 19900).to_bytes(2, "big"),
        21: round(3000 * (2**32 - 1) / 5_000_000).to_bytes(4, "big"),
        23: round(41.32 * (2**32 - 2) / 180).to_bytes(4, "big", signed=True),
        24: round(19.45 * (2**32 - 2) / 360).to_bytes(4, "big", signed=True),
        25: round((5.0 + 900) * 65535 / 19900).to_bytes(2, "big"),
        56: bytes([21]),
        65: bytes([17]),
        75: round((1250.5 + 900) * 65535 / 19900).to_bytes(2, "big"),
        2000: b"unknown",
    }


def twelve(source: Source, uid: str) -> Report:
    """What the samples of people in need tell."""
    seen = Sighting(
        source=source,
        uid=uid,
        count=12,
        needs=(Need.MEDICAL, Need.WATER),
        latitude=41.2501,
        longitude=19.3102,
        time=AT,
        accuracy=25,
        seen_by="invented-drone-1",
    )
    return Report(sightings=(seen,))
