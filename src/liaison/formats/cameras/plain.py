"""Our own JSON, for whoever has a camera that none of the other formats fits: docs/cameras.md.

`plate`, `time` and `camera` are needed. An unknown field is told by its name and not taken.
"""

from __future__ import annotations

from typing import Any

from liaison.formats.cameras.gathering import Gathering, inside, under
from liaison.formats.cameras.model import Box, Format, Read, Vehicle
from liaison.formats.feeds.doubts import shown
from liaison.formats.feeds.values import moment, number, share, text

NEEDED = ("plate", "time", "camera")
FIELDS = frozenset(
    [
        *NEEDED,
        *("confidence", "candidates", "country", "region", "direction", "lane", "box", "vehicle", "image"),
        *("device", "id"),
    ]
)
KNOWN = f"the fields are {', '.join([*NEEDED, *sorted(FIELDS.difference(NEEDED))])}"
SIDES = ("x", "y", "width", "height")


def take(row: object, gathering: Gathering, place: str = "") -> None:
    """One read."""
    if not isinstance(row, dict):
        gathering.refuse(place, f"{shown(row)} is no read", KNOWN)
        return
    doubts = gathering.doubts
    for name in row.keys() - FIELDS:
        doubts.add(under(place, shown(name)), "is no field of a read, and was not taken", KNOWN)
    camera = text(row.get("camera"), under(place, "camera"), doubts)
    time = moment(row.get("time"), under(place, "time"), doubts)
    if not camera or time is None:
        missing = "camera" if not camera else "time"
        gathering.refuse(under(place, missing), f"the read has no {missing} that can be used", KNOWN)
        return
    plate = gathering.plate(row.get("plate"), under(place, "plate"))
    if not plate:
        return
    gathering.reads.append(
        Read(
            format=Format.PLAIN,
            plate=plate,
            camera=camera,
            time=time,
            place=place,
            **_further(row, gathering, place, plate),
        )
    )


def _further(row: dict[str, Any], gathering: Gathering, place: str, plate: str) -> dict[str, Any]:
    """The fields that were sent of those that need not be."""
    doubts = gathering.doubts
    found: dict[str, Any] = {
        name: text(row[name], under(place, name), doubts)
        for name in ("country", "region", "direction", "lane", "device")
        if name in row
    }
    if "id" in row:
        found["read_id"] = text(row["id"], under(place, "id"), doubts)
    if "confidence" in row:
        found["confidence"] = share(row["confidence"], under(place, "confidence"), doubts, percent=False)
    if "candidates" in row:
        at = under(place, "candidates")
        found["candidates"] = gathering.candidates(row["candidates"], at, percent=False, but=plate)
    if "box" in row:
        found["box"] = _box(row, gathering, place)
    if "vehicle" in row:
        found["vehicle"] = _vehicle(row, gathering, place)
    if "image" in row:
        found["pictures"] = gathering.picture(row["image"], under(place, "image"))
    elif gathering.pictures and not place:
        found["pictures"] = tuple(range(len(gathering.pictures)))
    return found


def _box(row: dict[str, Any], gathering: Gathering, place: str) -> Box | None:
    at = under(place, "box")
    sides = inside(row, "box", gathering, place)
    x, y, width, height = (number(sides.get(side), f"{at}.{side}", gathering.doubts) for side in SIDES)
    if x is None or y is None or width is None or height is None:
        gathering.doubts.add(at, f"a box has {', '.join(SIDES)}", "it was left out")
        return None
    return Box(x, y, width, height)


def _vehicle(row: dict[str, Any], gathering: Gathering, place: str) -> Vehicle:
    said, at = inside(row, "vehicle", gathering, place), under(place, "vehicle")
    kind, make = (text(said.get(name), f"{at}.{name}", gathering.doubts) for name in ("type", "make"))
    colour = text(said.get("colour", said.get("color")), f"{at}.colour", gathering.doubts)
    return Vehicle(kind, colour, make)
