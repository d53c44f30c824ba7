"""People in need whom a drone, a boat or a team sees: how many, where, when, and what they need. Never who they are.

As our own JSON (docs/cameras.md), or as `<people count="12" need="water medical"/>` in the detail of an event of Cursor
on Target. A field that is not one of these is refused by its name, because it could say who somebody is: what a camera
sees of a person from the air is a count here and nothing else.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

import msgspec

from liaison.formats.feeds import Doubts
from liaison.formats.feeds.doubts import shown
from liaison.formats.feeds.markup import Node
from liaison.formats.feeds.values import as_number, text
from liaison.formats.tracks import positions
from liaison.formats.tracks.model import Need, Report, Sighting, Source
from liaison.model.errors import BadInput

LARGEST = 16 << 10  # bytes of a message
MOST = 100_000  # people of one sighting
TYPE = "people"
FIELDS = ("type", "id", "from", "count", "need", "latitude", "longitude", "accuracy", "time")
ATTRIBUTES = frozenset(["count", "need"])
# What clients put into every event, of themselves and of the marker; none of it is read.
BESIDES = frozenset(
    [
        *("people", "contact", "track", "takv", "status", "precisionlocation", "_flow-tags_", "__group"),
        *("color", "usericon", "archive", "uid", "link", "height", "height_unit", "creator"),
    ]
)
PARTED = re.compile(r"[\s,;+]+")
COUNT_ALONE = "send how many people there are and what they need; nothing that says who they are"
NEEDS = f"a need is one of {', '.join(need.value for need in Need)}"
DECODER = msgspec.json.Decoder()


def read(data: bytes, now: datetime) -> Report:
    """The sighting of one JSON message. `now`: aware. Raises BadInput, with the field, for what is refused."""
    message = _object(data)
    for name in message:
        if name not in FIELDS:
            raise BadInput(f"a sighting has no field {shown(name)!r}", field=shown(name), hint=COUNT_ALONE)
    if message.get("type", TYPE) != TYPE:
        raise BadInput(
            f"{shown(message['type'])!r} is no sighting", field="type", hint=f"the type is {TYPE!r}"
        )
    doubts = Doubts()
    latitude, longitude = positions.place(message.get("latitude"), message.get("longitude"), "latitude")
    time = positions.when(message.get("time"), "time", doubts)
    positions.not_ahead(time, now, "time", doubts)
    sighting = Sighting(
        source=Source.PEOPLE,
        uid=text(message.get("id"), "id", doubts),
        count=_count(message.get("count")),
        needs=_needs(message.get("need")),
        latitude=latitude,
        longitude=longitude,
        time=time,
        accuracy=positions.accuracy(message.get("accuracy"), "accuracy", doubts),
        seen_by=text(message.get("from"), "from", doubts),
    )
    return Report(sightings=(sighting,), doubts=doubts.told())


def of_event(
    seen: Node,
    detail: Node,
    uid: str,
    latitude: float,
    longitude: float,
    time: datetime,
    accuracy: float | None,
) -> Sighting:
    """The sighting that the element `people` of an event holds. Raises BadInput for what could say who somebody is."""
    for name in seen.attributes:
        if name not in ATTRIBUTES:
            raise BadInput(f"people have no {shown(name)!r}", field=f"people/{shown(name)}", hint=COUNT_ALONE)
    if seen.children or seen.text.strip():
        inside = shown(seen.children[0].tag) if seen.children else "text"
        raise BadInput(f"people hold {inside!r}", field="people", hint=COUNT_ALONE)
    for node in detail.children:
        if node.tag not in BESIDES and not _empty(node):
            words = f"an event with people holds {shown(node.tag)!r}"
            raise BadInput(words, field=f"detail/{shown(node.tag)}", hint=COUNT_ALONE)
    return Sighting(
        source=Source.COT,
        uid=uid,
        count=_count(seen.attributes.get("count")),
        needs=_needs(seen.attributes.get("need")),
        latitude=latitude,
        longitude=longitude,
        time=time,
        accuracy=accuracy,
        seen_by=_maker(detail),
    )


def _object(data: bytes) -> dict[str, Any]:
    if len(data) > LARGEST:
        raise BadInput(
            f"the sighting has {len(data):,} bytes; at most {LARGEST:,} are read", hint=COUNT_ALONE
        )
    try:
        found = DECODER.decode(data)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise BadInput(f"the sighting is no JSON: {error}", hint="send JSON in UTF-8") from None
    if not isinstance(found, dict):
        raise BadInput(f"{shown(found)} is no sighting", hint=f"send an object with {', '.join(FIELDS)}")
    return found


def _count(value: object) -> int:
    found = None if isinstance(value, str) and not value.isdigit() else as_number(value)
    if found is None or found != int(found) or not 1 <= found <= MOST:
        hint = f"a whole number from 1 to {MOST:,}"
        raise BadInput(f"{shown(value)!r} is no number of people", field="count", hint=hint)
    return int(found)


def _needs(value: object) -> tuple[Need, ...]:
    """In the order of `Need`; several together are parted by blanks or commas, or come as a list."""
    words = PARTED.split(value.strip().lower()) if isinstance(value, str) else value
    if not isinstance(words, list) or not words or len(words) > len(Need):
        raise BadInput(f"{shown(value)!r} is no need", field="need", hint=NEEDS)
    found = set()
    for word in words:
        try:
            found.add(Need(word))
        except ValueError:
            raise BadInput(f"{shown(word)!r} is no need that is known", field="need", hint=NEEDS) from None
    if Need.NONE in found and len(found) > 1:
        raise BadInput("a need is said, and that there is none", field="need", hint=NEEDS)
    return tuple(need for need in Need if need in found)


def _empty(node: Node) -> bool:
    """Whether an element says nothing: clients write an empty <remarks/> into every marker."""
    return not (
        node.text.strip() or node.children or any(value.strip() for value in node.attributes.values())
    )


def _maker(detail: Node) -> str:
    """The uid of the device that made the marker; not what its user is called."""
    for tag in ("link", "creator"):
        node = detail.child(tag)
        if node is not None and (uid := node.attributes.get("uid", "").strip()):
            return uid if len(uid) <= 128 and uid.isprintable() else ""
    return ""
