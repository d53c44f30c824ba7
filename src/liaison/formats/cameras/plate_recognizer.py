"""Plate Recognizer Stream: the JSON that its webhook posts, alone or as the part `json` beside a picture.

Source: Plate Recognizer, "Webhooks" and "Stream results". Plates come in small letters; they are kept so, and
`Read.capitals` is what a list is asked with.
"""

from __future__ import annotations

from typing import Any

from liaison.formats.cameras.gathering import Gathering, inside, numbered, several
from liaison.formats.cameras.model import Box, Format, Read, Vehicle
from liaison.formats.feeds.values import as_number, moment, share, text

SIDES = ("xmin", "ymin", "xmax", "ymax")


def take(document: dict[str, Any], gathering: Gathering) -> None:
    """The reads of one event."""
    hook = inside(document, "hook", gathering)
    data = inside(document, "data", gathering) if "data" in document else document
    at = "data." if "data" in document else ""
    doubts, rows = gathering.doubts, data.get("results")
    if rows == []:
        gathering.ignored = "an event without a plate"
        return
    camera = text(data.get("camera_id"), f"{at}camera_id", doubts)
    name = "timestamp_local" if data.get("timestamp_local") else "timestamp"
    time = moment(data.get(name), f"{at}{name}", doubts)
    read_id = text(hook.get("filename"), "hook.filename", doubts)  # `hook.id` is the camera's
    pictures = tuple(range(len(gathering.pictures)))
    for number, (place, row) in enumerate(several(rows, f"{at}results", gathering)):
        if row.get("plate") is None and isinstance(row.get("vehicle"), dict):
            doubts.add(place, "is a vehicle whose plate was not read")
            continue
        plate = gathering.plate(row.get("plate"), f"{place}.plate")
        if plate:
            region = inside(row, "region", gathering, place)
            gathering.reads.append(
                Read(
                    format=Format.PLATE_RECOGNIZER,
                    plate=plate,
                    camera=camera,
                    confidence=share(row.get("score"), f"{place}.score", doubts, percent=False),
                    candidates=gathering.candidates(
                        row.get("candidates"), f"{place}.candidates", percent=False, score="score", but=plate
                    ),
                    region=text(region.get("code"), f"{place}.region.code", doubts),
                    time=time,
                    direction=text(row.get("direction"), f"{place}.direction", doubts),
                    box=_box(row, gathering, place),
                    vehicle=_vehicle(row, gathering, place),
                    pictures=pictures,
                    read_id=numbered(read_id, number),
                    place=place,
                )
            )


def _box(row: dict[str, Any], gathering: Gathering, place: str) -> Box | None:
    said = row.get("box")
    if not isinstance(said, dict):
        return None
    left, top, right, bottom = (as_number(said.get(side)) for side in SIDES)
    return gathering.between([left, right], [top, bottom], f"{place}.box")


def _vehicle(row: dict[str, Any], gathering: Gathering, place: str) -> Vehicle:
    said = inside(row, "vehicle", gathering, place)

    def first(name: str, field: str) -> str:
        rows = row.get(name)
        found = rows[0].get(field) if isinstance(rows, list) and rows and isinstance(rows[0], dict) else None
        return text(found, f"{place}.{name}", gathering.doubts)

    kind = text(said.get("type"), f"{place}.vehicle.type", gathering.doubts)
    return Vehicle(kind, first("color", "color"), first("model_make", "make"))
