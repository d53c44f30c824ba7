"""Lists by cursor: each page says where the next one starts, so that rows which arrive meanwhile shift nothing."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Generic, TypeVar

import msgspec
from litestar.params import Parameter

from liaison.model.errors import BadInput

T = TypeVar("T")
SHOWN = 50  # rows of a page, unless told
MOST = 200  # rows of a page
LONGEST = 500  # characters of a cursor
PARTS = msgspec.json.Decoder(list[str])

Limit = Annotated[int, Parameter(ge=1, le=MOST, description="How many rows, at most")]
Cursor = Annotated[
    str, Parameter(max_length=LONGEST, description="`next` of the page before; empty for the first")
]


class Listed(msgspec.Struct, Generic[T], frozen=True):
    """One page of a list in the API. `next` is the cursor of the page after, empty on the last one."""

    items: list[T]
    next: str = ""


@dataclass(frozen=True, slots=True)
class Slice(Generic[T]):
    """One page of a list on the screen."""

    rows: Sequence[T]
    after: str = ""


def cursor_of(*parts: str | int) -> str:
    """A cursor that holds these parts. It hides nothing: it holds only what the page already showed."""
    return base64.urlsafe_b64encode(msgspec.json.encode([str(part) for part in parts])).decode().rstrip("=")


def parts_of(text: str, count: int) -> tuple[str, ...] | None:
    """The parts of a cursor; None for an empty one. Raises BadInput for one that this node did not make."""
    if not text:
        return None
    try:
        padded = text.encode("ascii") + b"=" * (-len(text) % 4)
        parts = PARTS.decode(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (ValueError, binascii.Error, msgspec.DecodeError):
        parts = []
    if len(parts) != count:
        raise BadInput("this is no cursor of a list", field="cursor", hint="take `next` of the page before")
    return tuple(parts)


def slice_by_number(rows: Sequence[T], text: str, limit: int = SHOWN) -> Slice[T]:
    """One page of rows that are all here, from the place that the cursor names. Raises BadInput."""
    parts = parts_of(text, 1)
    start = _whole(parts[0]) if parts else 0
    shown = rows[start : start + limit]
    return Slice(shown, cursor_of(start + limit) if start + limit < len(rows) else "")


def _whole(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 12):
        raise BadInput("this is no cursor of a list", field="cursor", hint="take `next` of the page before")
    return int(text)
