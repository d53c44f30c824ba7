"""What may happen to feeds, tracks and sightings of people in need: how long a place counts, who is told when. Pure."""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from enum import Enum

from liaison.formats.tracks import Kind, Track
from liaison.formats.tracks.cot_stream import Refusal
from liaison.formats.tracks.model import Source
from liaison.formats.tracks.people import COUNT_ALONE

AHEAD = timedelta(minutes=5)  # that a sender's clock may be ahead of ours
OLDEST_NEED = timedelta(hours=24)  # of people who were seen; who was seen before is sought by other means
STEP = timedelta(minutes=1)  # between two places of a thing that counts as looking, at most
SQUARE = 0.01  # degrees
HOUR = timedelta(hours=1)
A_MINUTE, PEOPLE_A_MINUTE = 6_000, 600  # messages of one feed; of these, counted apart, of people in need
MOST_TRACKS, MOST_OPEN = 5_000, 200  # of one feed at a time: things, and sightings that are not ended
# how long a place counts where the sender does not say: a ship at anchor sends every three minutes (ITU-R M.1371)
USUAL = {
    Source.AIS: timedelta(minutes=6),
    Source.REMOTE_ID: timedelta(seconds=30),
    Source.KLV: timedelta(seconds=30),
}
SHORT = timedelta(minutes=1)
OWN = frozenset(
    {Source.COT, Source.KLV}
)  # senders that are our own: AIS and Remote ID are heard from anybody


class FeedKind(Enum):
    """What a feed is of."""

    DRONE = "drone"
    BOAT = "boat"
    TEAM = "team"


class ContactRole(Enum):
    """Why somebody is told of people in need."""

    RESCUE = "rescue"
    SAFEGUARDING = "safeguarding"


class Fault(Enum):
    """Why a message is not taken."""

    BROKEN = "broken"
    LARGE = "large"
    STALE = "stale"
    CLOCK = "clock"
    IDENTITY = "identity"
    FLOOD = "flood"

    @property
    def words(self) -> str:
        """In a sentence, with what to do."""
        return FAULTS[self]


FAULTS = {
    Fault.BROKEN: "this cannot be read: send the message as the device makes it",
    Fault.LARGE: "the message is too large: send places and counts alone",
    Fault.STALE: "the place is stale: send where it is now, or set the sender's clock",
    Fault.CLOCK: "the time is still to come: set the sender's clock",
    Fault.IDENTITY: "the message says more of people than how many they are and what they need: leave that out",
    Fault.FLOOD: "the feed sends more than one feed can mean: look at its settings",
}


class Stage(Enum):
    """How far the help for people in need is."""

    WAITS = "waits"
    TAKEN = "taken"
    UNDER_WAY = "under-way"
    ENDED = "ended"


def fault_of(refusal: Refusal) -> Fault:
    """Why a reader refused a message."""
    if refusal.field == "event/stale":
        return Fault.STALE
    if refusal.hint == COUNT_ALONE and "bytes" not in refusal.words:
        return Fault.IDENTITY
    large = "bytes; at most" in refusal.words or "no end of an event" in refusal.words
    return Fault.LARGE if large else Fault.BROKEN


def counts_until(track: Track, now: datetime, most: timedelta) -> datetime | Fault:
    """Until when a place counts, as the sender says or as is usual, `most` from now at the latest; or why not. A place
    that is older than `most` counts no more, whatever the sender says."""
    if track.time > now + AHEAD:
        return Fault.CLOCK
    if track.time <= now - most:
        return Fault.STALE
    said = track.stale or track.time + USUAL.get(track.source, SHORT)
    until = min(said, now + most)
    return until if until > now else Fault.STALE


def need_fault(at: datetime, now: datetime) -> Fault | None:
    """Why a sighting of people is not taken for its time; None where it is."""
    if at > now + AHEAD:
        return Fault.CLOCK
    return Fault.STALE if at < now - OLDEST_NEED else None


def looks(track: Track) -> bool:
    """Whether where this goes is where we patrol."""
    return track.source in OWN and track.kind is not Kind.UNKNOWN


def looked(before: datetime, at: datetime) -> int:
    """Seconds of looking between two places of a thing; 0 where it was not heard for longer than STEP, or went back."""
    passed = at - before
    return int(passed.total_seconds()) if timedelta(0) < passed <= STEP else 0


def square_of(latitude: float, longitude: float) -> tuple[int, int]:
    """The square of a place, in hundredths of a degree: some 1.1 km from south to north."""
    return math.floor(round(latitude / SQUARE, 6)), math.floor(round(longitude / SQUARE, 6))


def middle_of(north: int, east: int) -> tuple[float, float]:
    """The middle of a square, in degrees."""
    return round((north + 0.5) * SQUARE, 4), round((east + 0.5) * SQUARE, 4)


def hour_of(at: datetime) -> int:
    """The hour of a time, since 1970."""
    return int(at.timestamp()) // 3600


def stage_of(taken: datetime | None, under_way: datetime | None, ended: datetime | None) -> Stage:
    """How far help is."""
    if ended is not None:
        return Stage.ENDED
    if under_way is not None:
        return Stage.UNDER_WAY
    return Stage.WAITS if taken is None else Stage.TAKEN
