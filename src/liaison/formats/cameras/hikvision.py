"""Hikvision ISAPI: `EventNotificationAlert` of the kind ANPR, and the `Plates` that a device lists when it is asked.

Elements come under http://www.hikvision.com/ver20/XMLSchema, under isapi.org and std-cgi.com, ver10 and ver20, with a
prefix or without: their own names decide. Confidences are per cent. Where `originalLicensePlate` is sent, it is what
stands on the plate and `licensePlate` the device's transliteration, kept as a candidate.
"""

from __future__ import annotations

import re

from liaison.formats.cameras.gathering import MOST_READS, Gathering
from liaison.formats.cameras.model import Box, Candidate, Format, Read, Vehicle
from liaison.formats.feeds.doubts import shown
from liaison.formats.feeds.markup import Node
from liaison.formats.feeds.values import as_number, moment, share, text

ROOTS = ("EventNotificationAlert", "Plates")
PLATES = ("originalLicensePlate", "licensePlate", "plateNumber", "vehiclePlate", "plate")
UNREAD = frozenset(["unknown", "unlicensed", "noplate", "no plate", "none", "n/a", "-"])
NOTHING = frozenset(["", "unknown", "0"])  # of a text that a device knows nothing to say in
BASIC = re.compile(r"(\d{8}T\d{6})(\d{4})")  # an offset whose plus was lost on the way


def take(root: Node, gathering: Gathering) -> None:
    """The reads of one message."""
    if root.tag == "Plates":
        plates = list(root.all_of("Plate"))
        if not plates:
            gathering.ignored = "a list without a plate"
        if len(plates) > MOST_READS:
            words = f"there are {len(plates):,} plates; the first {MOST_READS} were taken"
            gathering.refuse(root.place(), words, "ask the device for fewer at a time")
        for plate in plates[:MOST_READS]:
            _listed(plate, gathering)
        return
    kind = root.said("eventType")
    event = root.child("ANPR")
    if event is None or kind.upper() not in ("", "ANPR", "VEHICLEDETECTION"):
        gathering.ignored = f"an event of the kind {shown(kind or 'unknown')!r}, which holds no read"
        return
    _event(root, event, gathering)


def _event(root: Node, event: Node, gathering: Gathering) -> None:
    doubts = gathering.doubts
    plates = _plates(event, gathering)
    if not plates:
        return
    gathering.reads.append(
        Read(
            format=Format.HIKVISION,
            plate=plates[0],
            camera=_said(root, gathering, "channelName", "deviceID", "channelID"),
            device=_said(root, gathering, "macAddress", "deviceUUID", "ipAddress"),
            confidence=share(
                event.said("confidenceLevel"), event.place("confidenceLevel"), doubts, percent=True
            ),
            candidates=tuple(Candidate(plate) for plate in plates[1:]),
            country=_said(event, gathering, "country", "CRIndex"),
            region=_said(event, gathering, "area", "province", "region"),
            time=moment(root.said("dateTime"), root.place("dateTime"), doubts),
            direction=_said(event, gathering, "direction"),
            lane=_said(event, gathering, "line", "laneNo"),
            box=_box(event, gathering),
            vehicle=_vehicle(event, gathering),
            pictures=tuple(range(len(gathering.pictures))),
            read_id=_said(root, gathering, "UUID"),
            place=event.place(),
        )
    )


def _listed(plate: Node, gathering: Gathering) -> None:
    """One plate of a list."""
    plates, doubts = _plates(plate, gathering), gathering.doubts
    if plates:
        said = plate.said("captureTime")
        gathering.reads.append(
            Read(
                format=Format.HIKVISION,
                plate=plates[0],
                candidates=tuple(Candidate(other) for other in plates[1:]),
                country=_said(plate, gathering, "country"),
                time=moment(BASIC.sub(r"\1+\2", said), plate.place("captureTime"), doubts),
                direction=_said(plate, gathering, "direction"),
                lane=_said(plate, gathering, "laneNo"),
                read_id=_said(plate, gathering, "picName"),
                place=plate.place(),
            )
        )


def _plates(node: Node, gathering: Gathering) -> list[str]:
    """The plate as it stands on the vehicle, then other readings of it; nothing where none was read."""
    said = [(tag, value) for tag in PLATES if (value := node.said(tag))]
    read = [(tag, value) for tag, value in said if value.lower() not in UNREAD]
    if said and not read:
        gathering.ignored = "a vehicle whose plate was not read"
        return []
    if not read:
        gathering.refuse(node.place("licensePlate"), "there is no plate")
        return []
    plates = [gathering.plate(value, node.place(tag)) for tag, value in read]
    return list(dict.fromkeys(plates)) if all(plates) else []


def _said(node: Node, gathering: Gathering, *tags: str) -> str:
    """The text of the first of these elements that says something; empty where none does."""
    for tag in tags:
        said = node.said(tag)
        if said.lower() not in NOTHING:
            return text(said, node.place(tag), gathering.doubts)
    return ""


def _vehicle(event: Node, gathering: Gathering) -> Vehicle:
    more = event.child("vehicleInfo")
    kind = _said(event, gathering, "vehicleType")
    if more is None:
        return Vehicle(kind)
    return Vehicle(kind, _said(more, gathering, "color"), _said(more, gathering, "vehicleLogoRecog"))


def _box(event: Node, gathering: Gathering) -> Box | None:
    listed = event.child("pictureInfoList")
    for node in [event, *(listed.children if listed else ())]:
        rectangle = node.child("plateRect")
        if rectangle is not None:
            x, y, width, height = (
                as_number(rectangle.said(side) or rectangle.said(side.lower()))
                for side in ("X", "Y", "width", "height")
            )
            if x is None or y is None or width is None or height is None:
                gathering.doubts.add(rectangle.place(), "a side of the box is no number", "it was left out")
                return None
            return Box(x, y, width, height)
    return None
