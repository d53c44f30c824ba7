"""The door: a content type and bytes to reads."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from liaison.formats.cameras import blue_iris, frigate, hikvision, openalpr, plain, plate_recognizer
from liaison.formats.cameras.gathering import Gathering
from liaison.formats.cameras.model import Format, Reads
from liaison.formats.cameras.opening import Opened, opened
from liaison.formats.cameras.recognising import format_of

OBJECTS: dict[Format, Callable[[dict[str, Any], Gathering], None]] = {
    Format.OPENALPR: openalpr.take,
    Format.PLATE_RECOGNIZER: plate_recognizer.take,
    Format.FRIGATE: frigate.take,
    Format.BLUE_IRIS: blue_iris.take,
}


def recognise(content_type: str, body: bytes) -> Format:
    """Which format a body is. Raises BadInput, which says why it is none."""
    return format_of(opened(content_type, body))


def read(content_type: str, body: bytes) -> Reads:
    """Every read of a body. Raises BadInput where it is no message of a known format, or more than is read at once.

    A payload that came over MQTT has no content type: give "".
    """
    found = opened(content_type, body)
    form = format_of(found)
    gathering = Gathering(pictures=found.pictures, doubts=found.doubts, refused=found.refused)
    _take(form, found, gathering)
    return Reads(
        format=form,
        reads=tuple(gathering.reads),
        pictures=tuple(gathering.pictures),
        doubts=gathering.doubts.told(),
        refused=tuple(gathering.refused),
        ignored=gathering.ignored if not gathering.reads else "",
    )


def _take(form: Format, found: Opened, gathering: Gathering) -> None:
    if found.root is not None:
        hikvision.take(found.root, gathering)
    elif form is Format.PLAIN:
        for place, row in found.rows:
            plain.take(row, gathering, place)
    else:
        document = found.rows[0][1]
        assert isinstance(document, dict)
        OBJECTS[form](document, gathering)
