"""OpenALPR and Rekor: `alpr_group` (one vehicle, many frames) and `alpr_results` (one frame).

Source: OpenALPR agent documentation, "Results" and "Group Results". Confidences are per cent, times milliseconds
since 1970. A heartbeat and an alert are told as ignored: alerts are made here, by our own entries.
"""

from __future__ import annotations

from typing import Any

from liaison.formats.cameras.gathering import Gathering, inside, numbered, several
from liaison.formats.cameras.model import Format, Read, Vehicle
from liaison.formats.feeds.doubts import shown
from liaison.formats.feeds.values import moment, share, text

IGNORED = {
    "heartbeat": "a heartbeat: it says how the agent does and holds no read",
    "alpr_alert": "an alert of the sender's own list: its read comes by itself, and alerts are made here",
}


def take(document: dict[str, Any], gathering: Gathering) -> None:
    """The reads of one message."""
    kind = document.get("data_type", "alpr_results")
    if kind == "alpr_group":
        _group(document, gathering)
    elif kind == "alpr_results":
        _frame(document, gathering)
    else:
        gathering.ignored = (
            IGNORED.get(shown(kind)) or f"a message of the kind {shown(kind)!r}, which holds no read"
        )


def _group(document: dict[str, Any], gathering: Gathering) -> None:
    if document.get("is_preview") is True:
        gathering.ignored = "a preview of a group that is still seen: the group itself follows"
        return
    doubts, best = gathering.doubts, inside(document, "best_plate", gathering)
    plate = gathering.plate(document.get("best_plate_number") or best.get("plate"), "best_plate_number")
    if not plate:
        return
    rows = document.get("candidates") or best.get("candidates")
    sure = document.get("best_confidence", best.get("confidence"))
    uuids = document.get("uuids")
    first = uuids[0] if isinstance(uuids, list) and uuids else None
    region = text(document.get("best_region") or best.get("region"), "best_region", doubts)
    gathering.reads.append(
        Read(
            format=Format.OPENALPR,
            plate=plate,
            camera=text(document.get("camera_id"), "camera_id", doubts),
            device=text(document.get("site_id") or document.get("agent_uid"), "site_id", doubts),
            confidence=share(sure, "best_confidence", doubts, percent=True),
            candidates=gathering.candidates(rows, "candidates", percent=True, but=plate),
            country=text(document.get("country"), "country", doubts),
            region=region,
            time=moment(document.get("epoch_start"), "epoch_start", doubts),
            direction=text(document.get("travel_direction"), "travel_direction", doubts),
            box=gathering.corners(best.get("coordinates"), "best_plate.coordinates"),
            vehicle=_vehicle(document.get("vehicle"), gathering),
            pictures=(
                *gathering.picture(best.get("plate_crop_jpeg"), "best_plate.plate_crop_jpeg"),
                *gathering.picture(document.get("vehicle_crop_jpeg"), "vehicle_crop_jpeg"),
            ),
            read_id=text(document.get("best_uuid") or first, "best_uuid", doubts),
        )
    )


def _frame(document: dict[str, Any], gathering: Gathering) -> None:
    doubts, rows = gathering.doubts, document.get("results")
    if rows == []:
        gathering.ignored = "a picture without a plate"
        return
    camera = text(document.get("camera_id"), "camera_id", doubts)
    device = text(document.get("site_id") or document.get("agent_uid"), "site_id", doubts)
    time = moment(document.get("epoch_time"), "epoch_time", doubts)
    read_id = text(document.get("uuid"), "uuid", doubts)
    for at, (place, row) in enumerate(several(rows, "results", gathering)):
        plate = gathering.plate(row.get("plate"), f"{place}.plate")
        if plate:
            gathering.reads.append(
                Read(
                    format=Format.OPENALPR,
                    plate=plate,
                    camera=camera,
                    device=device,
                    confidence=share(row.get("confidence"), f"{place}.confidence", doubts, percent=True),
                    candidates=gathering.candidates(
                        row.get("candidates"), f"{place}.candidates", percent=True, but=plate
                    ),
                    region=text(row.get("region"), f"{place}.region", doubts),
                    time=time,
                    box=gathering.corners(row.get("coordinates"), f"{place}.coordinates"),
                    pictures=gathering.picture(row.get("plate_crop_jpeg"), f"{place}.plate_crop_jpeg"),
                    read_id=numbered(read_id, at),
                    place=place,
                )
            )


def _vehicle(said: object, gathering: Gathering) -> Vehicle:
    """The likeliest of each list: they are sent in that order."""
    if not isinstance(said, dict):
        return Vehicle()

    def first(name: str) -> str:
        rows = said.get(name)
        named = (
            rows[0].get("name")
            if isinstance(rows, list) and rows and isinstance(rows[0], dict)
            else rows or None
        )
        return text(named, f"vehicle.{name}", gathering.doubts)

    return Vehicle(first("body_type"), first("color"), first("make"))
