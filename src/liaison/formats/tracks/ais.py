"""Boats by AIS (ITU-R M.1371): sentences AIVDM as receivers pass them on, read by pyais, an extra of this program.

Positions are read of ships (1, 2, 3), small craft (18, 19), aircraft of rescue (9) and far ships (27); names of 5, 19
and 24. A beacon of somebody in distress (970 boat, 972 person overboard, 974 buoy) says so. Who sails is never in it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import msgspec

from liaison.formats.feeds import Doubt, Doubts
from liaison.formats.feeds.doubts import shown
from liaison.formats.tracks import positions
from liaison.formats.tracks.model import Kind, Source, Track
from liaison.model.errors import BadInput, PartMissing

LARGEST = 1 << 20  # bytes that are read at once
LONGEST = 400  # bytes of a sentence, its tag block included
MOST_PENDING = 64  # messages whose other sentences have not come
MOST_PARTS = 5
POSITIONS, NAMES = frozenset([1, 2, 3, 9, 18, 19, 27]), frozenset([5, 19, 24])
RESCUE_AIRCRAFT = 9
CLOCKS = timedelta(seconds=5)  # that a receiver's clock may be behind
KNOT = 1852 / 3600  # metres a second
GOOD, COARSE = 10.0, None  # metres, where the message says that its accuracy is high
DISTRESS = ("970", "972", "974")
HINT = "install the extra boats: pip install 'liaison[boats]'"
AGAIN = "pass the receiver's sentences on as they come"
Decode = Callable[..., Any]


class Vessel(msgspec.Struct, frozen=True, gc=False):
    """What a boat says of itself: its name and call sign, which are the boat's and nobody's."""

    mmsi: str
    name: str = ""
    call_sign: str = ""
    type: int | None = None  # ITU-R M.1371, "Identifiers to be used by ships to report their type"


class Heard(msgspec.Struct, frozen=True, kw_only=True):
    """What sentences held. `passed` counts messages of kinds that are not read."""

    tracks: tuple[Track, ...] = ()
    vessels: tuple[Vessel, ...] = ()
    doubts: tuple[Doubt, ...] = ()
    passed: int = 0


@cache
def _decode() -> Decode | None:
    try:
        from pyais.decode import decode
    except ImportError:
        return None
    found: Decode = decode
    return found


def installed() -> bool:
    """Whether this installation reads AIS."""
    return _decode() is not None


class Receiver:
    """One receiver. The sentences of a message that comes in several are kept until all are there; of MOST_PENDING
    messages at most, the oldest being given up."""

    def __init__(self) -> None:
        decode = _decode()
        if decode is None:
            raise PartMissing("AIS cannot be read here", hint=HINT)
        self._decode = decode
        self._pending: dict[tuple[bytes, ...], dict[int, bytes]] = {}

    def read(self, data: bytes, received: datetime) -> Heard:
        """What these sentences, one a line, hold. `received`: aware; a message says the second of its minute alone.

        Raises BadInput for more than is read at once; a sentence that is none is a doubt.
        """
        if len(data) > LARGEST:
            raise BadInput(
                f"{len(data):,} bytes of sentences; at most {LARGEST:,} are read at once", hint=AGAIN
            )
        tracks, vessels, doubts, passed = list[Track](), list[Vessel](), Doubts(), 0
        for at, line in enumerate(data.splitlines(), 1):
            sentence = line.strip()
            if not sentence or sentence[:1] in (b"#", b"$"):
                continue
            try:
                whole = self._whole(sentence)
                message = self._decoded(whole) if whole else None
                if message is None:
                    continue
                if message.msg_type not in POSITIONS | NAMES:
                    passed += 1
                    continue
                if message.msg_type in POSITIONS:
                    track = _track(message, received, f"line {at}", doubts)
                    tracks += [track] if track else []
                if message.msg_type in NAMES:
                    vessels.append(_vessel(message))
            except BadInput as bad:
                doubts.add(f"line {at}", str(bad), bad.hint)
        return Heard(tracks=tuple(tracks), vessels=tuple(vessels), doubts=doubts.told(), passed=passed)

    def _whole(self, sentence: bytes) -> list[bytes]:
        """All sentences of a message; nothing while some are missing."""
        if len(sentence) > LONGEST:
            raise BadInput(f"a sentence of {len(sentence):,} bytes is none", hint=AGAIN)
        fields = sentence[sentence.find(b"!") :].split(b",")
        if (
            len(fields) < 7
            or not fields[0].startswith(b"!")
            or not (fields[1].isdigit() and fields[2].isdigit())
        ):
            raise BadInput(f"{shown(sentence.decode('latin-1'))!r} is no sentence of AIS", hint=AGAIN)
        parts, number = int(fields[1][:2]), int(fields[2][:2])
        if parts == 1:
            return [sentence]
        if not 1 < parts <= MOST_PARTS or not 1 <= number <= parts:
            raise BadInput(f"sentence {number} of {parts} is none", hint=AGAIN)
        key = (fields[0], fields[1], fields[3], fields[4])
        if key not in self._pending and len(self._pending) == MOST_PENDING:
            del self._pending[next(iter(self._pending))]
        if number == 1:
            self._pending.pop(key, None)
        held = self._pending.setdefault(key, {})
        held[number] = sentence
        if len(held) < parts:
            return []
        del self._pending[key]
        return [held[number] for number in sorted(held)]

    def _decoded(self, sentences: list[bytes]) -> Any:
        try:
            message = self._decode(*sentences, error_if_checksum_invalid=True)
        except Exception as error:  # pyais lets errors of Python through for some payloads
            reason = type(error).__name__
            raise BadInput(f"a message of AIS cannot be read ({reason})", hint=AGAIN) from error
        if message.mmsi is None:
            raise BadInput("a message of AIS is cut", hint=AGAIN)
        return message


def _track(message: Any, received: datetime, where: str, doubts: Doubts) -> Track | None:
    north, east = message.lat, message.lon
    if north is None or east is None:
        raise BadInput("a position of AIS is cut", hint=AGAIN)
    if north == 91 or east == 181:
        return None  # it does not know where it is
    latitude, longitude = positions.place(north, east, "position")
    mmsi = f"{message.mmsi:09}"
    rescue = message.msg_type == RESCUE_AIRCRAFT
    knots, course = message.speed, message.course
    unknown = (1023,) if rescue else (63,) if message.msg_type == 27 else (102.3,)
    return Track(
        source=Source.AIS,
        uid=mmsi,
        kind=Kind.AIRCRAFT if rescue else Kind.UNKNOWN if mmsi.startswith(DISTRESS) else Kind.BOAT,
        latitude=latitude,
        longitude=longitude,
        time=_time(getattr(message, "second", None), received),
        accuracy=GOOD if message.accuracy else COARSE,
        course=None if course is None or course >= 360 else positions.course(course, where, doubts),
        speed=None if knots is None or knots in unknown else positions.speed(knots * KNOT, where, doubts),
        distress=mmsi.startswith(DISTRESS),
        type=str(int(message.msg_type)),
    )


def _time(second: int | None, received: datetime) -> datetime:
    """The last time with this second of its minute that is not after its receipt, but for what clocks differ; that of
    receipt where none is said."""
    if second is None or second > 59:
        return received
    made = received.replace(second=second, microsecond=0)
    minute = timedelta(minutes=1)
    return max(time for time in (made - minute, made, made + minute) if time <= received + CLOCKS)


def _vessel(message: Any) -> Vessel:
    """Fields that a part of a message does not have are empty."""
    kind = getattr(message, "ship_type", None)
    return Vessel(
        f"{message.mmsi:09}",
        _text(getattr(message, "shipname", "")),
        _text(getattr(message, "callsign", "")),
        None if kind is None else int(kind),
    )


def _text(value: object) -> str:
    text = value.rstrip("@ ").strip() if isinstance(value, str) else ""
    return text if text.isprintable() else ""
