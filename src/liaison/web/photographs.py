"""A photograph of a document as it is sent, and what was read in it as the page and the API show it."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from itertools import groupby
from math import atan2, cos, degrees, sin

import msgspec
from litestar.openapi.spec import OpenAPIFormat, OpenAPIMediaType, OpenAPIType, Operation, RequestBody, Schema

from liaison.formats.mrz import Doubt, read
from liaison.formats.mrz.alternatives import numbers
from liaison.model.errors import BadInput
from liaison.pictures.answers import UNCLEAR, Found, Reading
from liaison.pictures.headers import FIELD, MOST_BYTES
from liaison.web.context import Visit
from liaison.web.forms import Form
from liaison.web.language import later

LONGEST_BODY = MOST_BYTES + 200_000  # bytes: the picture, and what else the form says
WHY = {  # what was wrong, what to do
    "none": (
        later("no zone was found in the picture"),
        later("photograph the whole page from above, with the lines at its foot in the picture"),
    ),
    "cut": (
        later("the zone runs out of the picture, or its end is covered"),
        later("photograph it whole, with some room on every side of its two or three lines"),
    ),
    "small": (
        later("the lines are too small in the picture to be read"),
        later("go closer, until the zone is nearly as wide as the picture"),
    ),
    "dark": (
        later("the picture is too dark to be read"),
        later("take it again in better light, without a reflection on the lines"),
    ),
    "unclear": (
        later("no whole zone could be read in the picture"),
        later("lay the page flat, keep reflections off it, hold still and go closer"),
    ),
}


class DoubtOut(msgspec.Struct, frozen=True):
    """A sign that was read otherwise or not surely; line and column from 1, 0 for the whole zone."""

    kind: str
    words: str
    field: str
    line: int
    column: int


class ZoneOut(msgspec.Struct, frozen=True):
    """A zone that was read: compare it with the document. `numbers` are readings with which the digits would agree.

    `corners` are those of each line in the picture, in pixels, the right way up as its camera says.
    """

    mrz: str
    consistent: bool
    sure: bool
    doubts: tuple[DoubtOut, ...]
    numbers: tuple[str, ...]
    corners: tuple[tuple[tuple[float, float], ...], ...]


class PhotographOut(msgspec.Struct, frozen=True):
    """What was read in a photograph. Without a zone, `why` is none, cut, small, dark or unclear, and `advice` says
    what to do."""

    width: int
    height: int
    zones: tuple[ZoneOut, ...]
    why: str
    advice: str


@dataclass
class OfPicture(Operation):
    """An operation whose body is a form with a picture."""

    def __post_init__(self) -> None:
        picture = Schema(
            type=OpenAPIType.STRING, format=OpenAPIFormat.BINARY, description="A JPEG, PNG or WebP"
        )
        form = Schema(type=OpenAPIType.OBJECT, properties={FIELD: picture}, required=[FIELD])
        content = {"multipart/form-data": OpenAPIMediaType(schema=form)}
        self.request_body = RequestBody(content=content, required=True)


@dataclass(frozen=True, slots=True)
class Piece:
    """Signs of a line of the zone that stand together; `unclear` where they were not read surely."""

    text: str
    unclear: bool


@dataclass(frozen=True, slots=True)
class Strip:
    """The part of the photograph with one zone, as SVG takes it: what is seen, and how the picture is turned."""

    view: str
    turn: str


@dataclass(frozen=True, slots=True)
class ZoneShown:
    """A zone on the page: its lines in pieces, and what is to be said of it."""

    text: str
    lines: tuple[tuple[Piece, ...], ...]
    consistent: bool
    sure: bool
    doubts: tuple[Doubt, ...]
    numbers: tuple[str, ...]
    strip: Strip


@dataclass(frozen=True, slots=True)
class Picture:
    """A photograph on the page, made anew of its pixels, with the outlines of the lines that were read."""

    address: str  # data:, which the browser asks nobody for
    width: int
    height: int
    outlines: tuple[str, ...]
    zones: tuple[ZoneShown, ...]


def reading_of(visit: Visit, form: Form) -> Reading:
    """What is in the photograph of a form. Raises BadInput with the field, PartMissing, TooMany."""
    return visit.node.pictures.read(form.file(FIELD).file.getvalue())


def require_zone(reading: Reading) -> None:
    """Raises BadInput, with advice, where no zone was read."""
    if not reading.zones:
        words, advice = WHY[reading.why]
        raise BadInput(words, field=FIELD, hint=advice)


def picture_of(reading: Reading) -> Picture:
    """The photograph as the page shows it."""
    outlines = tuple(
        " ".join(f"{x:.0f},{y:.0f}" for x, y in line) for zone in reading.zones for line in zone.corners
    )
    address = "data:image/jpeg;base64," + b64encode(reading.shown).decode()
    return Picture(address, reading.width, reading.height, outlines, tuple(map(_shown, reading.zones)))


def _shown(zone: Found) -> ZoneShown:
    unclear = {(doubt.line, doubt.column) for doubt in zone.doubts if doubt.kind == UNCLEAR}
    lines = tuple(
        _pieces(line, {column for row, column in unclear if row == number}, whole=(number, 0) in unclear)
        for number, line in enumerate(zone.text.split("\n"), 1)
    )
    return ZoneShown(zone.text, lines, zone.consistent, zone.sure, zone.doubts, _numbers(zone), _strip(zone))


def _strip(zone: Found) -> Strip:
    """Where the zone's lines are, turned so that they are read from left to right."""
    points = [point for line in zone.corners for point in line]
    (left, top), (right, bottom) = zone.corners[0][0], zone.corners[0][1]
    turn = atan2(bottom - top, right - left)
    x, y = (sum(point[axis] for point in points) / len(points) for axis in (0, 1))
    along = [(px - x) * cos(turn) + (py - y) * sin(turn) for px, py in points]
    down = [(py - y) * cos(turn) - (px - x) * sin(turn) for px, py in points]
    wide, high = max(along) - min(along), max(down) - min(down)
    edge = 0.02 * wide
    view = (x + min(along) - edge, y + min(down) - edge, wide + 2 * edge, high + 2 * edge)
    return Strip(" ".join(f"{each:.1f}" for each in view), f"rotate({-degrees(turn):.2f} {x:.1f} {y:.1f})")


def _pieces(line: str, unclear: set[int], *, whole: bool) -> tuple[Piece, ...]:
    """A line parted where clear and unclear signs meet, columns from 1; in one piece where it is unclear as a whole."""
    if whole:
        return (Piece(line, True),)
    runs = groupby(enumerate(line, 1), key=lambda each: each[0] in unclear)
    return tuple(Piece("".join(sign for _, sign in run), marked) for marked, run in runs)


def _numbers(zone: Found) -> tuple[str, ...]:
    """Other readings of the number; none where the zone agrees, or is none after all."""
    if zone.consistent:
        return ()
    try:
        return numbers(read(zone.text))
    except BadInput:
        return ()


def photograph_out(reading: Reading) -> PhotographOut:
    """What was read, for a program."""
    zones = tuple(
        ZoneOut(
            zone.text,
            zone.consistent,
            zone.sure,
            tuple(
                DoubtOut(each.kind, each.words, each.field, each.line, each.column) for each in zone.doubts
            ),
            _numbers(zone),
            zone.corners,
        )
        for zone in reading.zones
    )
    advice = WHY[reading.why][1] if not zones else ""
    return PhotographOut(reading.width, reading.height, zones, reading.why, advice)
