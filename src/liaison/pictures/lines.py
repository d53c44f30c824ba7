"""Where lines of text stand in a picture: boxes of any direction, and blocks of parallel lines of like height.

Places are in pixels of the picture, x to the right and y down; a box is float64[4, 2], its corners in the order of
reading: first above the beginning, then above the end, below the end, below the beginning.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos
from typing import Any

import numpy as np
from numpy.typing import NDArray

from liaison.pictures.networks import Floats, Pixels, likely

TEXT, SURE = 0.3, 0.5  # of a place, and of a whole box
SMALLEST = 3  # pixels of a box in what the network saw
GROWN = 1.6  # the network marks the middle of a line: by how much boxes are too small
MOST_BOXES = 400
LONG = 5.0  # times its height: what is shorter is no line of a zone, though it may be a piece of one
ALIKE = 1.6  # heights of lines of one zone
PARALLEL = 0.14  # radians
NEXT = (0.7, 3.6)  # heights from the middle of a line to the next one's
OVERLAP = 0.5  # of the shorter of two lines of one block
HIGHEST = 160  # pixels of a crop: more shows nothing more

Box = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Line:
    """A box with its direction: `along` is the unit vector in which it is read, up to a half turn."""

    box: Box

    @property
    def middle(self) -> NDArray[np.float64]:
        """The middle of the box."""
        return np.asarray(self.box.mean(0))

    @property
    def along(self) -> NDArray[np.float64]:
        """The direction of the line."""
        way = self.box[1] + self.box[2] - self.box[0] - self.box[3]
        return np.asarray(way / (np.linalg.norm(way) or 1))

    @property
    def length(self) -> float:
        """Pixels from its beginning to its end."""
        return float(np.linalg.norm(self.box[1] + self.box[2] - self.box[0] - self.box[3]) / 2)

    @property
    def height(self) -> float:
        """Pixels across."""
        return float(np.linalg.norm(self.box[2] + self.box[3] - self.box[0] - self.box[1]) / 2)


def lines(picture: Pixels, longest: int, enlarged: bool = False) -> list[Line]:
    """Every line of text that is found with the picture's longest side made `longest` pixels, by networks.likely."""
    return lines_of(picture, likely(picture, longest, enlarged))


def lines_of(picture: Pixels, chances: Floats) -> list[Line]:
    """Every line of text where it is likely, by how likely it is at each place of a picture of another size."""
    scale = np.array([picture.shape[1] / chances.shape[1], picture.shape[0] / chances.shape[0]])
    return [Line(_in_order(box * scale)) for box in _boxes(chances)]


def _boxes(chances: Floats) -> list[Any]:
    import cv2

    outlines, _ = cv2.findContours(
        (chances > TEXT).astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE
    )
    found = []
    for outline in sorted(outlines, key=len, reverse=True)[:MOST_BOXES]:
        middle, (width, height), turn = cv2.minAreaRect(outline)
        if min(width, height) < SMALLEST or _mean(chances, outline) < SURE:
            continue
        more = width * height * GROWN / (width + height)
        found.append(cv2.boxPoints((middle, (width + more, height + more), turn)).astype(np.float64))
    return found


def _mean(chances: Floats, outline: Any) -> float:
    """The mean inside an outline."""
    import cv2

    left, top, width, height = cv2.boundingRect(outline)
    inside = np.zeros((height, width), np.uint8)
    cv2.drawContours(inside, [outline - [left, top]], -1, 1, -1)
    return float(chances[top : top + height, left : left + width][inside > 0].mean())


def _in_order(box: Any) -> Box:
    """Corners along the longer side, from left to right, or downwards where it stands upright."""
    if np.linalg.norm(box[1] - box[0]) < np.linalg.norm(box[2] - box[1]):
        box = np.roll(box, -1, 0)
    way = box[1] - box[0]
    backwards = way[0] < 0 if abs(way[0]) >= abs(way[1]) else way[1] < 0
    return np.asarray(np.roll(box, -2, 0) if backwards else box, np.float64)


def blocks(found: Sequence[Line]) -> list[list[Line]]:
    """Long lines that stand together as those of a zone do, each from its top; pieces of a line are made one."""
    long = [line for line in joined(found) if line.length >= LONG * line.height]
    left, kept = list(range(len(long))), []
    while left:
        block, edge = [left.pop(0)], 0
        while edge < len(block):
            near = [other for other in left if _together(long[block[edge]], long[other])]
            left = [other for other in left if other not in near]
            block += near
            edge += 1
        down = np.array([-long[block[0]].along[1], long[block[0]].along[0]])
        kept.append(sorted((long[each] for each in block), key=lambda line: float(line.middle @ down)))
    return sorted(kept, key=lambda block: -max(line.length for line in block))


def joined(found: Sequence[Line]) -> list[Line]:
    """Lines of which pieces one behind the other, of like height, are one; the longest first."""
    kept: list[Line] = []
    for line in sorted(found, key=lambda line: -line.length):
        other = next((at for at, one in enumerate(kept) if _continues(one, line)), None)
        if other is None:
            kept.append(line)
        else:
            kept[other] = _stretched(kept[other], [*kept[other].box, *line.box])
    return kept


def _continues(one: Line, other: Line) -> bool:
    """Whether the second box goes on where the first one ends, or ends where it begins."""
    if not _alike(one, other) or (other.length > 3 * other.height and not _parallel(one, other)):
        return False
    across = np.array([-one.along[1], one.along[0]])
    apart = other.middle - one.middle
    gap = abs(float(apart @ one.along)) - (one.length + other.length) / 2
    return abs(float(apart @ across)) < one.height * 0.4 and -one.height < gap < one.height * 1.5


def _alike(one: Line, other: Line) -> bool:
    return 1 / ALIKE < one.height / other.height < ALIKE


def _parallel(one: Line, other: Line) -> bool:
    return abs(float(one.along @ other.along)) > cos(PARALLEL)


def _together(one: Line, other: Line) -> bool:
    if not _alike(one, other) or not _parallel(one, other):
        return False
    across = np.array([-one.along[1], one.along[0]])
    apart = other.middle - one.middle
    least, most = (each * (one.height + other.height) / 2 for each in NEXT)
    overlap = (one.length + other.length) / 2 - abs(float(apart @ one.along))
    beside = overlap > OVERLAP * min(one.length, other.length)
    return beside and least < abs(float(apart @ across)) < most


def _stretched(line: Line, points: Sequence[Any]) -> Line:
    """The line made so long that the points are beside it."""
    places = [float((point - line.middle) @ line.along) for point in points]
    first, last = min([*places, -line.length / 2]), max([*places, line.length / 2])
    start, end = line.along * (first + line.length / 2), line.along * (last - line.length / 2)
    return Line(line.box + np.array([start, end, end, start]))


def level(block: Sequence[Line]) -> list[Line]:
    """Lines that all begin and end where the first and the last of the block do, as those of a zone."""
    edges = [
        point
        for line in block
        for point in ((line.box[0] + line.box[3]) / 2, (line.box[1] + line.box[2]) / 2)
    ]
    return [_stretched(line, edges) for line in block]


def turned(line: Line) -> Line:
    """The same line read from its other end."""
    return Line(np.roll(line.box, -2, 0))


def crop(picture: Pixels, line: Line, above: float = 0.0, beside: float = 0.3) -> Pixels:
    """The line made straight, `above` of its height more above and below it, and `beside` at each end."""
    import cv2

    up = (line.box[0] - line.box[3] + line.box[1] - line.box[2]) / 2 * above
    on = line.along * line.height * beside
    box = line.box + np.array([up - on, up + on, -up + on, -up - on])
    height = max(8.0, line.height * (1 + 2 * above))
    scale = min(1.0, HIGHEST / height)
    size = max(8, round((line.length + 2 * beside * line.height) * scale)), max(8, round(height * scale))
    corners = np.array([[0, 0], [size[0], 0], size, [0, size[1]]], np.float32)
    change = cv2.getPerspectiveTransform(box.astype(np.float32), corners)
    flat = cv2.warpPerspective(picture, change, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(flat, np.uint8)
