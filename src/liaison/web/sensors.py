"""Drones, boats and teams, and people in need, as the pages and the API show them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import msgspec

from liaison import policy
from liaison.formats.tracks import Kind as TrackKind
from liaison.formats.tracks import Need
from liaison.model.errors import BadInput
from liaison.sensors.patrols import Square
from liaison.sensors.register import Entry, Feed
from liaison.sensors.rescue import Entered, InNeed
from liaison.sensors.rules import ContactRole, Fault, FeedKind, Stage
from liaison.sensors.tallies import Counted
from liaison.sensors.tracks import Placed
from liaison.web.context import Visit
from liaison.web.forms import Form, end_of
from liaison.web.language import later
from liaison.web.map_picture import Kind, Picture, Point, picture
from liaison.web.map_view import Box, within

NEAR = (0.2, 0.1)  # degrees of longitude and latitude to each side of people in need
KINDS = {FeedKind.DRONE: later("Drone"), FeedKind.BOAT: later("Boat"), FeedKind.TEAM: later("Team")}
ROLES = {ContactRole.RESCUE: later("Rescue"), ContactRole.SAFEGUARDING: later("Safeguarding")}
MOVES = {
    TrackKind.DRONE: later("drone"),
    TrackKind.AIRCRAFT: later("aircraft"),
    TrackKind.BOAT: later("boat"),
    TrackKind.TEAM: later("team on foot"),
    TrackKind.VEHICLE: later("ground vehicle"),
    TrackKind.UNKNOWN: later("not said what"),
}
NEEDS = {
    Need.NONE: later("none"),
    Need.MEDICAL: later("medical help"),
    Need.EXPOSURE: later("shelter from cold, heat or wet"),
    Need.WATER: later("water"),
}
STAGES = {
    Stage.WAITS: (later("waits"), "bad"),
    Stage.TAKEN: (later("taken by rescue"), "warn"),
    Stage.UNDER_WAY: (later("help is under way"), "info"),
    Stage.ENDED: (later("ended"), "quiet"),
}
FAULTS = {
    Fault.BROKEN: later("not readable"),
    Fault.LARGE: later("too large"),
    Fault.STALE: later("stale"),
    Fault.CLOCK: later("of a time to come"),
    Fault.IDENTITY: later("said who somebody is"),
    Fault.FLOOD: later("too many"),
}
CUT = {
    "certificate": later("no certificate of this node"),
    "unknown": later("a certificate whose entry does not stand"),
    "handshake": later("no handshake of TLS"),
    "protobuf": later("TAK protobuf, which is not taken"),
    "too-many": later("too many connections"),
    "silent": later("nothing sent for minutes"),
    "broken": later("broke off"),
    "unavailable": later("the node could not keep what came"),
}


class SensorIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A drone, a boat or a team to be registered. `until` is the last day."""

    name: str
    kind: FeedKind
    unit: str
    authority: str
    assessment: str
    until: dt.date


class SensorOut(msgspec.Struct, frozen=True, kw_only=True):
    """A drone, a boat or a team of the register. `standing` where it may send; `certified` when its certificate was
    made. `secret` is told in the answer that registers it, once, and is empty in every other."""

    id: str
    name: str
    kind: FeedKind
    unit: str
    authority: str
    assessment: str
    registered: dt.datetime
    starts: dt.datetime
    until: dt.datetime
    ended: dt.datetime | None
    certified: dt.datetime | None
    standing: bool
    secret: str = ""


class TrackOut(msgspec.Struct, frozen=True, kw_only=True):
    """Where something is. It is not told any more from `until` on. Degrees in WGS 84, metres, metres a second."""

    id: str
    sensor: str
    name: str
    unit: str
    kind: str
    source: str
    latitude: float
    longitude: float
    accuracy: float | None
    height: float | None
    course: float | None
    speed: float | None
    distress: bool
    at: dt.datetime
    until: dt.datetime


class SquareOut(msgspec.Struct, frozen=True):
    """A square of a hundredth of a degree, by its middle, and for how many minutes it was looked at."""

    latitude: float
    longitude: float
    minutes: float
    last: dt.datetime


class InNeedIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """People in need, as somebody was called about. `at` is when they were seen; null for now."""

    people: int
    needs: list[Need]
    latitude: float
    longitude: float
    at: dt.datetime | None = None


class InNeedOut(msgspec.Struct, frozen=True, kw_only=True):
    """People in need: how many, where, when and what. `stage` is waits, taken, under-way or ended; `waited` are seconds
    until one of `told` contacts took them."""

    id: str
    number: int
    people: int
    needs: list[Need]
    latitude: float
    longitude: float
    accuracy: float | None
    at: dt.datetime
    last: dt.datetime
    received: dt.datetime
    told: int
    stage: Stage
    waited: int
    widened: dt.datetime | None
    taken: dt.datetime | None
    under_way: dt.datetime | None
    ended: dt.datetime | None
    helped: int | None


class HelpedIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How many were helped."""

    helped: int


class ContactIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody who is to be told of people in need, first. `reached` is a radio channel or a post."""

    person: str
    role: ContactRole
    reached: str


class ContactOut(msgspec.Struct, frozen=True):
    """Somebody who is told of people in need, first."""

    id: str
    person: str
    role: ContactRole
    reached: str
    named: dt.datetime


def sensor_out(feed: Feed) -> SensorOut:
    """A feed as the API tells it."""
    return SensorOut(**{name: getattr(feed, name) for name in SensorOut.__struct_fields__})


def track_out(placed: Placed) -> TrackOut:
    """A place as the API tells it."""
    told = {name: getattr(placed, name) for name in TrackOut.__struct_fields__ if hasattr(placed, name)}
    return TrackOut(**told | {"sensor": placed.feed, "kind": placed.kind.value})


def square_out(square: Square) -> SquareOut:
    """A square as the API tells it."""
    return SquareOut(square.latitude, square.longitude, square.minutes, square.last)


def in_need_out(one: InNeed) -> InNeedOut:
    """People in need as the API tells them."""
    told = {name: getattr(one, name) for name in InNeedOut.__struct_fields__}
    return InNeedOut(**told | {"needs": list(one.needs), "waited": int(one.waited.total_seconds())})


def entry_of(visit: Visit, data: SensorIn) -> Entry:
    """The entry that a program asks for."""
    until = until_of(visit, data.until)
    return Entry(data.name, data.kind, data.unit, data.authority, data.assessment, until)


def entry_in(visit: Visit, form: Form) -> Entry:
    """The entry that a form asks for. Raises BadInput."""
    day = form.date("until")
    if day is None:
        hint = later("name the last day on which it sends")
        raise BadInput(later("no day is named"), field="until", hint=hint)
    return Entry(
        name=form.needed("name"),
        kind=form.chosen("kind", FeedKind),
        unit=form.needed("unit"),
        authority=form.text("authority"),
        assessment=form.text("assessment"),
        until=until_of(visit, day),
    )


def entered_in(visit: Visit, form: Form) -> Entered:
    """The people in need that a form tells of. Raises BadInput."""
    ago = form.number("ago", 0, 1_440) if form.text("ago") else 0
    return Entered(
        people=form.number("people", 1, 100_000),
        needs=frozenset(form.all_chosen("needs", Need)),
        latitude=form.degrees("latitude"),
        longitude=form.degrees("longitude"),
        at=visit.office.now() - dt.timedelta(minutes=ago),
    )


def until_of(visit: Visit, day: dt.date) -> dt.datetime:
    """The end of a last day; of the latest that the law allows, this hour of it. Raises BadInput."""
    longest = dt.timedelta(days=policy.limits(visit.office.regimes).sensor_days)
    return end_of(day, visit.office.now() + longest)


def state_of(visit: Visit, feed: Feed) -> tuple[str, str]:
    """The state of a feed in words, and its tone."""
    if feed.standing:
        return visit.say("may send"), "good"
    if feed.ended is None and feed.starts > visit.office.now():
        return visit.say("not begun"), "info"
    return (visit.say("ended") if feed.ended else visit.say("over")), "quiet"


def stage_of(visit: Visit, one: InNeed) -> tuple[str, str]:
    """How far help is in words, and its tone."""
    words, tone = STAGES[one.stage]
    return visit.say(words), tone


def needs_of(visit: Visit, needs: Sequence[Need]) -> str:
    """What people need, in words."""
    return ", ".join(visit.say(NEEDS[need]) for need in needs)


def refusals_of(visit: Visit, counted: Counted) -> str:
    """Why messages were refused, with the numbers; a dash for none."""
    said = [
        f"{getattr(counted, fault.value):,} {visit.say(words)}"
        for fault, words in FAULTS.items()
        if getattr(counted, fault.value)
    ]
    return ", ".join(said) or "–"


def map_kind(placed: Placed) -> Kind:
    """What a place is on a map."""
    if placed.kind in (TrackKind.DRONE, TrackKind.AIRCRAFT):
        return Kind.DRONE
    if placed.kind is TrackKind.BOAT:
        return Kind.BOAT
    if placed.kind is TrackKind.UNKNOWN and placed.feed_kind is not FeedKind.TEAM:
        return Kind.BOAT if placed.feed_kind is FeedKind.BOAT else Kind.DRONE
    return Kind.TEAM


def point_of(placed: Placed) -> Point:
    """A place on a map."""
    bearing = None if placed.course is None else int(placed.course) % 360
    href = f"/sensors/{placed.feed}"
    return Point(map_kind(placed), placed.latitude, placed.longitude, placed.name, href=href, bearing=bearing)


def around(one: InNeed) -> Picture:
    """The map of people in need and of what lies around them."""
    east, north = NEAR
    west, south = max(one.longitude - east, -180), max(one.latitude - north, -90)
    box = within(Box(west, south, min(one.longitude + east, 180), min(one.latitude + north, 90)))
    point = Point(Kind.IN_NEED, one.latitude, one.longitude, f"{one.people:,}", past=one.ended is not None)
    return picture([point], box=box, width=640, height=320)


def patrolled(squares: Sequence[Square]) -> Picture:
    """The map of where was patrolled: a position for each minute."""
    places = [
        (one.latitude, one.longitude) for one in squares for _ in range(min(max(1, round(one.minutes)), 600))
    ]
    return picture([], patrolled=places)
