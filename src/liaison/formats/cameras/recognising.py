"""Which format a document is, by fields that no other format has."""

from __future__ import annotations

from typing import Any

from liaison.formats.cameras import hikvision
from liaison.formats.cameras.model import Format
from liaison.formats.cameras.opening import Opened
from liaison.formats.feeds.doubts import shown
from liaison.model.errors import BadInput

UPDATES = ("lpr", "description", "face", "classification")
KNOWN = (
    "Liaison reads its own JSON (plate, time, camera), OpenALPR and Rekor, Plate Recognizer Stream, Hikvision ISAPI, "
    "Frigate and Blue Iris: docs/cameras.md"
)


def format_of(opened: Opened) -> Format:
    """The format of a body. Raises BadInput, which says what was looked for and not found."""
    if opened.root is not None:
        if opened.root.tag in hikvision.ROOTS:
            return Format.HIKVISION
        raise BadInput(f"XML with {shown(opened.root.tag)!r} outside is none that is known", hint=KNOWN)
    if opened.batch:
        return Format.PLAIN
    document = opened.rows[0][1] if opened.rows else None
    if not isinstance(document, dict):
        raise BadInput(f"the JSON is {shown(document)!r}, and a read is an object", hint=KNOWN)
    found = _of_object(document)
    if found is None:
        names = ", ".join(shown(name) for name in list(document)[:8]) or "none"
        raise BadInput(f"the JSON is none that is known; its fields: {names}", hint=KNOWN)
    return found


def _is_update(document: dict[str, Any]) -> bool:
    """Whether an object is an update that Frigate makes of something it follows."""
    return "id" in document and document.get("type") in UPDATES


def _of_object(document: dict[str, Any]) -> Format | None:
    kind = document.get("data_type")
    results = isinstance(document.get("results"), list)
    if (isinstance(kind, str) and (kind.startswith("alpr_") or kind == "heartbeat")) or (
        results and "epoch_time" in document
    ):
        return Format.OPENALPR
    if ("hook" in document and "data" in document) or (results and "camera_id" in document):
        return Format.PLATE_RECOGNIZER
    if isinstance(document.get("data"), dict) and isinstance(document["data"].get("results"), list):
        return Format.PLATE_RECOGNIZER
    if ("after" in document and "type" in document) or _is_update(document):
        return Format.FRIGATE
    if "ai_dump" in document or "plate_number" in document:
        return Format.BLUE_IRIS
    return Format.PLAIN if "plate" in document else None
