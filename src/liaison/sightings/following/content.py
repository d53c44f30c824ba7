"""What stands sealed of a following: where the vehicle was, and which others stayed with it.

Of a wanted vehicle's sighting the alert's id stands here alone: what the camera saw is under the alert's own key, and
is erased with it. Of a vehicle on no list there is neither mark nor pseudonym.
"""

from __future__ import annotations

from datetime import datetime

import msgspec

from liaison.model.structs import Value


class Stop(Value, frozen=True, kw_only=True):
    """The vehicle at a camera, named by its id, from its first to its last read there. `alert` of a sighting, which
    knows its own last read; empty for a mark that was kept as a pseudonym."""

    camera: str
    at: datetime
    last: datetime
    reads: int = 1
    alert: str = ""


class Beside(Value, frozen=True, kw_only=True):
    """A vehicle that stayed close: at which cameras, when, and by how many seconds later. `alerts` are the sightings of
    one on a list; without any it is on none."""

    cameras: tuple[str, ...]
    at: tuple[datetime, ...]
    seconds: tuple[int, ...]
    expected: float
    chance: float
    alerts: tuple[str, ...] = ()


class Company(Value, frozen=True, kw_only=True):
    """Who stayed close beyond chance, of how many compared vehicles, held against how many trips of others; `tells`
    where these were enough to tell. Of the nearest of the rest: at how many cameras, and how many would be so by
    chance. `queue` where slow driving, or several that stayed, hide who accompanied it."""

    beside: tuple[Beside, ...] = ()
    compared: int = 0
    trips: int = 0
    tells: bool = True
    most: int = 0
    expected: float = 0.0
    queue: bool = False


class Found(Value, frozen=True, kw_only=True):
    """What a following came to. `asked` are the cameras that were asked, by their numbers."""

    stops: tuple[Stop, ...] = ()
    company: Company = Company()
    asked: tuple[int, ...] = ()


DECODER = msgspec.msgpack.Decoder(Found)  # before threads meet it


def packed(found: Found) -> bytes:
    """The bytes that are sealed."""
    return msgspec.msgpack.encode(found)


def found_of(content: bytes) -> Found:
    """What was sealed."""
    return DECODER.decode(content)


def about(check: str) -> str:
    """What the seal of a following is bound to."""
    return f"followings:{check}"
