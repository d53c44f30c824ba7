"""Where something is, and people in need who were seen. What was not sent is empty or None."""

from __future__ import annotations

from datetime import datetime
from enum import Enum

import msgspec

from liaison.formats.feeds import Doubt


class Source(Enum):
    """The form in which it came."""

    COT = "cursor-on-target"
    REMOTE_ID = "remote-id"
    KLV = "misb-0601"
    AIS = "ais"
    PEOPLE = "people"


class Kind(Enum):
    """What moves. An aircraft is one with people in it, or one that does not say that it has none."""

    DRONE = "drone"
    AIRCRAFT = "aircraft"
    BOAT = "boat"
    TEAM = "team on foot"
    VEHICLE = "ground vehicle"
    UNKNOWN = "unknown"


class Need(Enum):
    """What people who were seen need; nothing more is asked of them."""

    NONE = "none"
    MEDICAL = "medical"
    EXPOSURE = "exposure"  # cold, heat, wet
    WATER = "water"  # to drink


class Track(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One position of something. `uid` is the sender's own name for it.

    Degrees in WGS 84; `height` in metres above its ellipsoid, `above_sea` above mean sea level; `accuracy` is a
    radius in metres; `course` in degrees from true north, `speed` in metres a second over ground.
    """

    source: Source
    uid: str
    kind: Kind
    latitude: float
    longitude: float
    time: datetime
    stale: datetime | None = None
    height: float | None = None
    above_sea: float | None = None
    accuracy: float | None = None
    course: float | None = None
    speed: float | None = None
    callsign: str = ""  # of craft and vehicles; never a person's
    distress: bool = False  # the sender says that it needs help
    type: str = ""  # in the sender's own code
    looked_at: tuple[float, float] | None = None  # the middle of what its camera sees


class Sighting(msgspec.Struct, frozen=True, kw_only=True):
    """People in need who were seen: how many, where, when, and what they need. There is no field for who they are."""

    source: Source
    uid: str
    count: int
    needs: tuple[Need, ...]
    latitude: float
    longitude: float
    time: datetime
    accuracy: float | None = None
    seen_by: str = ""  # the drone, boat or team that saw them


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """A message as it was understood. `ignored`: why one that is as it should be holds no track and no sighting."""

    tracks: tuple[Track, ...] = ()
    sightings: tuple[Sighting, ...] = ()
    doubts: tuple[Doubt, ...] = ()
    ignored: str = ""
