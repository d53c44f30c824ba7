"""Blue Iris with CodeProject.AI: the macros &JSON (`ai_dump`) or &PLATE (`plate_number`) in a posted alert.

Source: ALPR-Database, "Set up an alert action within Blue Iris". `memo` is not read: it mixes plates with every other
word that the camera says.
"""

from __future__ import annotations

from typing import Any

from liaison.formats.cameras.gathering import Gathering, inside, numbered, several
from liaison.formats.cameras.model import Box, Format, Read
from liaison.formats.cameras.opening import decoded
from liaison.formats.feeds.doubts import shown
from liaison.formats.feeds.values import as_number, moment, share, text
from liaison.model.errors import BadInput

LABEL = "Plate: "
SIDES = ("x_min", "x_max", "y_min", "y_max")
MACROS = 'post {"ai_dump":&JSON,"Image":"&ALERT_JPEG","camera":"&CAM","timestamp":"&ALERT_TIME"}'


def take(document: dict[str, Any], gathering: Gathering) -> None:
    """The reads of one alert."""
    doubts = gathering.doubts
    shared: dict[str, Any] = {
        "format": Format.BLUE_IRIS,
        "camera": text(document.get("camera"), "camera", doubts),
        "time": moment(document.get("timestamp"), "timestamp", doubts),
        "pictures": gathering.picture(document.get("Image"), "Image"),
    }
    read_id = text(document.get("ALERT_PATH"), "ALERT_PATH", doubts)
    if "ai_dump" not in document:
        plate = gathering.plate(document.get("plate_number"), "plate_number")
        if plate:
            gathering.reads.append(Read(plate=plate, read_id=read_id, **shared))
        return
    for at, (place, row) in enumerate(_predictions(document["ai_dump"], gathering)):
        plate = gathering.plate(_plate(row), f"{place}.plate")
        if plate:
            gathering.reads.append(
                Read(
                    plate=plate,
                    confidence=share(row.get("confidence"), f"{place}.confidence", doubts, percent=False),
                    box=_box(row, gathering, place),
                    read_id=numbered(read_id, at),
                    place=place,
                    **shared,
                )
            )


def _predictions(dump: object, gathering: Gathering) -> list[tuple[str, dict[str, Any]]]:
    """What the plate module found, with its places; other modules of the camera are passed over."""
    if isinstance(dump, str):
        try:
            dump = decoded(dump, "ai_dump")
        except BadInput as bad:
            gathering.refuse("ai_dump", str(bad), MACROS)
            return []
    modules = dump if isinstance(dump, list) else [dump]
    for at, module in enumerate(modules):
        if isinstance(module, dict) and module.get("api") == "alpr":
            place = f"ai_dump[{at}].found"
            found = inside(module, "found", gathering, f"ai_dump[{at}]")
            if not found.get("predictions"):
                gathering.ignored = "an alert without a plate"
                return []
            return several(found["predictions"], f"{place}.predictions", gathering)
    if not all(isinstance(module, dict) for module in modules):
        gathering.refuse("ai_dump", f"{shown(dump)} is not what CodeProject.AI answers", MACROS)
        return []
    gathering.ignored = "an alert that no plate module answered"
    return []


def _plate(row: dict[str, Any]) -> object:
    said = row.get("plate")
    label = row.get("label")
    if not said and isinstance(label, str) and label.startswith(LABEL):
        return label.removeprefix(LABEL)
    return said


def _box(row: dict[str, Any], gathering: Gathering, place: str) -> Box | None:
    if not any(side in row for side in SIDES):
        return None
    left, right, top, bottom = (as_number(row.get(side)) for side in SIDES)
    return gathering.between([left, right], [top, bottom], place)
