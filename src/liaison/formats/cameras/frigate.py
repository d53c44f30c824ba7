"""Frigate: payloads of `frigate/events` and `frigate/tracked_object_update`, as its broker passes them on.

Source: Frigate documentation, "MQTT" and "License Plate Recognition". Of an event the state after the change is read.
`sub_label` and `name` are what the camera's owner calls a known vehicle, often a person's name: they are not kept.
"""

from __future__ import annotations

from typing import Any

from liaison.formats.cameras.gathering import Gathering, inside
from liaison.formats.cameras.model import Box, Format, Read, Vehicle
from liaison.formats.feeds.doubts import shown
from liaison.formats.feeds.values import as_number, moment, share, text


def take(document: dict[str, Any], gathering: Gathering) -> None:
    """The read of one payload."""
    if "after" in document:
        _event(inside(document, "after", gathering), gathering)
    elif document.get("type") == "lpr":
        _update(document, gathering)
    else:
        gathering.ignored = f"an update of the kind {shown(document.get('type'))!r}, which holds no plate"


def _event(after: dict[str, Any], gathering: Gathering) -> None:
    doubts, said = gathering.doubts, after.get("recognized_license_plate")
    sure = after.get("recognized_license_plate_score")
    if isinstance(said, list) and len(said) == 2:
        said, sure = said
    if not said:
        gathering.ignored = "an event of an object whose plate was not read"
        return
    if after.get("false_positive") is True:
        gathering.ignored = "an event that the sender itself takes for a mistake"
        return
    plate = gathering.plate(said, "after.recognized_license_plate")
    if plate:
        name = next((name for name in ("frame_time", "start_time") if after.get(name)), "frame_time")
        gathering.reads.append(
            Read(
                format=Format.FRIGATE,
                plate=plate,
                camera=text(after.get("camera"), "after.camera", doubts),
                confidence=share(sure, "after.recognized_license_plate_score", doubts, percent=False),
                time=moment(after.get(name), f"after.{name}", doubts),
                direction=text(after.get("velocity_angle"), "after.velocity_angle", doubts),
                vehicle=Vehicle(text(after.get("label"), "after.label", doubts)),
                read_id=text(after.get("id"), "after.id", doubts),
                place="after",
            )
        )


def _update(document: dict[str, Any], gathering: Gathering) -> None:
    doubts, plate = gathering.doubts, gathering.plate(document.get("plate"), "plate")
    if plate:
        gathering.reads.append(
            Read(
                format=Format.FRIGATE,
                plate=plate,
                camera=text(document.get("camera"), "camera", doubts),
                confidence=share(document.get("score"), "score", doubts, percent=False),
                time=moment(document.get("timestamp"), "timestamp", doubts),
                box=_box(document.get("plate_box"), gathering),
                read_id=text(document.get("id"), "id", doubts),
            )
        )


def _box(said: object, gathering: Gathering) -> Box | None:
    if not isinstance(said, list) or len(said) != 4:
        return None
    left, top, right, bottom = (as_number(side) for side in said)
    return gathering.between([left, right], [top, bottom], "plate_box")
