"""What stands sealed of a sighting: how the camera read the mark, what else it thought of, and the picture."""

from __future__ import annotations

import msgspec

from liaison.model.structs import Value


class Candidate(Value, frozen=True, kw_only=True):
    """Another reading that the camera offered, and how sure it was of it, from 0 to 1; None where it does not say."""

    mark: str
    sure: float | None = None


class Seen(Value, frozen=True, kw_only=True):
    """A wanted vehicle at a camera, as it was read. `raw` is as the camera wrote it, and is never changed; `wanted` the
    mark of the entry. `picture` is as it came, empty for none. Vehicle and way are the camera's own words."""

    raw: str
    wanted: str
    sure: float | None = None
    candidates: tuple[Candidate, ...] = ()
    country: str = ""
    direction: str = ""
    lane: str = ""
    vehicle: str = ""
    picture: bytes = b""


DECODER = msgspec.msgpack.Decoder(Seen)  # before threads meet it


def packed(seen: Seen) -> bytes:
    """The bytes that are sealed."""
    return msgspec.msgpack.encode(seen)


def seen_of(content: bytes) -> Seen:
    """What was sealed."""
    return DECODER.decode(content)


def about(alert: str) -> str:
    """What the seal of a sighting is bound to."""
    return f"sightings:{alert}"
