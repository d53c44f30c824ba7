"""Cursor on Target, one event: XML as TAK clients write it (MITRE MP090284).

Read are the point, the times, course and speed, the callsign of craft and vehicles, and the element `people`. What
clients say besides of their users (telephone, address, role, remarks, who made a marker) is not read. Document types,
entities, events of over 64 KiB and events whose time is over are refused.
"""

from __future__ import annotations

from datetime import datetime

from liaison.formats.feeds import Doubts
from liaison.formats.feeds.doubts import shown
from liaison.formats.feeds.markup import Node, parsed
from liaison.formats.feeds.values import text
from liaison.formats.tracks import people, positions
from liaison.formats.tracks.cot_kinds import CANCELLED, EMERGENCY, LETTERS, PINGS, kind_of
from liaison.formats.tracks.model import Kind, Report, Source, Track
from liaison.model.errors import BadInput

LARGEST = 64 << 10  # bytes of one event
LONGEST_UID, LONGEST_TYPE, LONGEST_CALLSIGN = 128, 64, 64
NAMED = frozenset([Kind.DRONE, Kind.AIRCRAFT, Kind.BOAT, Kind.VEHICLE])  # their callsigns are no person's
PROTOBUF = b"\xbf"
SET_XML = (
    "this node takes Cursor on Target as XML: set TAK_PROTO=0 in pytak; ATAK, WinTAK and iTAK send XML over a "
    "streaming connection (TCP or TLS), and protobuf to a multicast group"
)


def read(data: bytes, now: datetime) -> Report:
    """The track or the sighting of one event. `now`: aware; an event that is stale by then is refused.

    Raises BadInput, with the element or attribute, for what is refused.
    """
    if data[:1] == PROTOBUF:
        raise BadInput("the message is TAK protobuf, which is not taken", hint=SET_XML)
    event = parsed(data.strip(), LARGEST, "the event")
    if event.tag != "event":
        raise BadInput(f"{shown(event.tag)!r} is no event of Cursor on Target", hint="send <event>")
    type_ = event.attributes.get("type", "")
    if not type_ or len(type_) > LONGEST_TYPE or not LETTERS.issuperset(type_):
        raise BadInput(
            f"{shown(type_)!r} is no type of an event", field="event/type", hint="as in a-f-A-M-H-Q"
        )
    if type_.startswith(PINGS):
        return Report(ignored=f"{type_}: clients and servers ask by it whether the other is there")
    if type_ == CANCELLED:
        return Report(ignored=f"{type_}: a call for help was taken back")
    return _told(event, type_, now)


def _told(event: Node, type_: str, now: datetime) -> Report:
    doubts, detail = Doubts(), event.child("detail")
    uid = text(event.attributes.get("uid"), "event/uid", doubts, LONGEST_UID)
    if not uid:
        raise BadInput(
            "the event has no uid that can be used", field="event/uid", hint="a client gives itself one"
        )
    seen = detail.child("people") if detail is not None else None
    kind = kind_of(type_)
    if seen is None and kind is None:
        return Report(ignored=f"{type_} is of no thing that moves: a drawing, a route or a message")
    time, stale = _times(event, now, doubts)
    point = event.child("point")
    if point is None:
        raise BadInput("the event has no point", field="event/point", hint=positions.GIVE_PLACE)
    said = point.attributes
    latitude, longitude = positions.place(said.get("lat"), said.get("lon"), "point")
    accuracy = positions.accuracy(said.get("ce"), "point/ce", doubts)
    _no_fix(latitude, longitude, accuracy, doubts)
    if seen is not None:
        assert detail is not None
        sighting = people.of_event(seen, detail, uid, latitude, longitude, time, accuracy)
        return Report(sightings=(sighting,), doubts=doubts.told())
    assert kind is not None
    course, speed = _moving(detail, doubts)
    track = Track(
        source=Source.COT,
        uid=uid,
        kind=kind,
        latitude=latitude,
        longitude=longitude,
        time=time,
        stale=stale,
        height=positions.height(said.get("hae"), "point/hae", doubts),
        accuracy=accuracy,
        course=course,
        speed=speed,
        callsign=_callsign(detail, kind, doubts),
        distress=type_.startswith(EMERGENCY),
        type=type_,
    )
    return Report(tracks=(track,), doubts=doubts.told())


def _times(event: Node, now: datetime, doubts: Doubts) -> tuple[datetime, datetime]:
    said = event.attributes
    time = positions.when(said.get("time") or said.get("start"), "event/time", doubts)
    stale = positions.when(said.get("stale"), "event/stale", doubts)
    if stale < time:
        hint = "the end of an event comes after its time: set the sender's clock"
        raise BadInput("the event was stale before it was made", field="event/stale", hint=hint)
    if stale < now:
        words = f"the event has been stale since {shown(said.get('stale'))}"
        raise BadInput(
            words, field="event/stale", hint="send it again with its new position, or set the clock"
        )
    positions.not_ahead(time, now, "event/time", doubts)
    return time, stale


def _no_fix(latitude: float, longitude: float, accuracy: float | None, doubts: Doubts) -> None:
    if latitude == longitude == 0:
        if accuracy is None:
            words = "the point is 0, 0 without an accuracy: the sender does not know where it is"
            raise BadInput(words, field="point", hint="wait until the device has a fix")
        doubts.add("point", "is 0, 0: look whether the sender knows where it is")


def _moving(detail: Node | None, doubts: Doubts) -> tuple[float | None, float | None]:
    """Course and speed."""
    track = detail.child("track") if detail is not None else None
    if track is None:
        return None, None
    course = positions.course(track.attributes.get("course"), "track/course", doubts)
    return course, positions.speed(track.attributes.get("speed"), "track/speed", doubts)


def _callsign(detail: Node | None, kind: Kind, doubts: Doubts) -> str:
    """The callsign of a craft or vehicle. A team's is as a rule the name that a person goes by, and is not kept."""
    contact = detail.child("contact") if detail is not None else None
    if contact is None or kind not in NAMED:
        return ""
    return text(contact.attributes.get("callsign"), "contact/callsign", doubts, LONGEST_CALLSIGN)
