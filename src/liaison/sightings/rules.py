"""What may happen to cameras and reads: what a mark that was read means beside a wanted one, and which read is taken.
Pure."""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import Enum
from functools import lru_cache
from hashlib import sha256

from liaison.formats.vehicles import plates
from liaison.formats.vehicles.folding import KEPT, folded
from liaison.matching.plates import CONFUSED
from liaison.model.errors import BadInput

PSEUDONYM = 16  # bytes
SHORTEST, LONGEST = 2, 12  # letters and digits of a mark
OLDEST = timedelta(hours=24)  # a read that comes later than this is no sighting any more
HOUR = timedelta(hours=1)
SURE = 0.1  # the least confidence of a candidate that is taken up
PLAIN = {ord(sign): sign.upper() for sign in "abcdefghijklmnopqrstuvwxyz"} | {
    ord(sign): None for sign in " -.·"
}
CLASS = str.maketrans(CONFUSED)


class Likeness(Enum):
    """How a mark that was read is like a wanted one."""

    EXACT = "exact"
    CLASS = "class"  # it differs in signs that are taken for one another alone
    POSSIBLE = "possible"  # the camera itself thought of the wanted one, among others


class Fault(Enum):
    """Why a read is not taken."""

    CAMERA = "camera"  # not in the register, or its entry does not stand
    PLATE = "plate"
    CLOCK = "clock"
    BEFORE = "before"  # made when the camera's entry did not stand yet
    FLOOD = "flood"

    @property
    def words(self) -> str:
        """In a sentence, with what to do."""
        return FAULTS[self]


FAULTS = {
    Fault.CAMERA: "no entry of the register stands for this camera: register it, or have the entry renewed",
    Fault.PLATE: "this is no registration mark of 2 to 12 letters and digits: look at the camera's reader",
    Fault.CLOCK: "the time of the read cannot be: set the camera's clock, or say its offset from UTC",
    Fault.BEFORE: "the read was made before the entry of this camera began: reads of an earlier time are not taken",
    Fault.FLOOD: "the camera sends more reads than one camera can see: look at its settings",
}


def read_as(mark: str) -> str:
    """The letters and digits of a mark as it was read; empty for what is no mark."""
    text = mark.translate(PLAIN)
    if not (text.isascii() and text.isalnum()):
        try:
            text = folded(mark, "plate").text
        except BadInput:
            return ""
    return text if SHORTEST <= len(text) <= LONGEST and KEPT.issuperset(text) else ""


def likeness(
    read: str, wanted: str, candidates: Iterable[tuple[str, float | None]], here: frozenset[str] = frozenset()
) -> Likeness | None:
    """What a mark that was read means beside a wanted one; None for nothing.

    Both are as `read_as` writes them; `here` are states whose marks pass the camera as a rule: none, those whose form
    the wanted one has. A mark that differs in confusable signs alone is like the wanted one where it has no form of
    these states, so that it was misread, or where the camera itself offers the wanted one among its candidates; else
    it is another vehicle's own. One that differs otherwise is possible where the camera offers the
    wanted one, and at most one sign differs, is too many or is missing.
    """
    if read == wanted:
        return Likeness.EXACT
    offered = any(mark == wanted and (sure is None or sure >= SURE) for mark, sure in candidates)
    if read.translate(CLASS) == wanted.translate(CLASS):
        return Likeness.CLASS if offered or not states(read) & (here or states(wanted)) else None
    return Likeness.POSSIBLE if offered and one_edit(read, wanted) else None


@lru_cache(65_536)
def states(mark: str) -> frozenset[str]:
    """The states that give out marks of the form of this one today."""
    return frozenset(fit.state for fit in plates.read(mark).fits if not fit.until)


def one_edit(one: str, other: str) -> bool:
    """Whether at most one sign differs, is too many or is missing; confusable signs count as the same."""
    short, long = sorted((one.translate(CLASS), other.translate(CLASS)), key=len)
    if len(long) - len(short) > 1:
        return False
    at = next((n for n, (a, b) in enumerate(zip(short, long, strict=False)) if a != b), len(short))
    return short[at + (len(short) == len(long)) :] == long[at + 1 :]


def clock_fault(at: datetime, received: datetime, tolerance: timedelta) -> bool:
    """Whether a read's time cannot be: it is still to come, beyond the camera's tolerance, or a day old."""
    return at > received + tolerance or at < received - OLDEST


def pseudonym(key: bytes, mark: str) -> bytes:
    """What a mark on no list is kept as: HMAC-SHA256 (RFC 2104) under the key of its hour, cut to PSEUDONYM bytes.

    Signs that are taken for one another are one: a target that was misread is found again."""
    return hmac.digest(key, mark.translate(CLASS).encode(), sha256)[:PSEUDONYM]


def alike(one: str, other: str) -> bool:
    """Whether two marks share a pseudonym."""
    return one.translate(CLASS) == other.translate(CLASS)


def hour_of(at: datetime) -> int:
    """The hour of a time, since 1970."""
    return int(at.timestamp()) // 3600


def forgotten(hour: int, now: datetime) -> bool:
    """Whether the key of an hour is destroyed by now: everything under it is a day old."""
    return (hour + 1) * 3600 + OLDEST.total_seconds() <= now.timestamp()
