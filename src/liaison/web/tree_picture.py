"""The path of an inclusion proof as a picture: which hashes join at each level, from the entry up to the root."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from liaison.ledger.tree import node_hash

STEP, WIDE, TALL, MARGIN = (
    58,
    132,
    26,
    12,
)  # SVG units: between levels, width and height of a box, at the edges
GAP = 40  # between the middle of the path and its sibling's box


@dataclass(frozen=True, slots=True)
class Box:
    """One hash: the path's own, computed by whoever verifies, or a sibling that the proof brings."""

    x: int
    y: int
    text: str
    own: bool

    @property
    def middle(self) -> int:
        """The x of its middle."""
        return self.x + WIDE // 2


@dataclass(frozen=True, slots=True)
class Line:
    """From a box up to the one that it is hashed into."""

    x1: int
    y1: int
    x2: int
    y2: int


@dataclass(frozen=True, slots=True)
class Picture:
    """Boxes and lines, and how large the whole is. `levels` joins lead to the root."""

    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]
    width: int
    height: int
    levels: int


def sides(index: int, size: int, count: int) -> list[bool]:
    """For each hash of a proof, whether it stands to the left (RFC 9162, section 2.1.3.2)."""
    place, last = index, size - 1
    found: list[bool] = []
    for _ in range(count):
        left = bool(place & 1) or place == last
        found.append(left)
        if left:
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        place, last = place >> 1, last >> 1
    return found


def picture(leaf: bytes, index: int, size: int, proof: Sequence[bytes]) -> Picture:
    """The picture of a proof, the root at the top, drawn from the hash of the leaf."""
    levels = len(proof)
    height = 2 * MARGIN + levels * STEP + TALL
    centre = MARGIN + WIDE + GAP
    boxes = [_own(centre, height, 0, leaf)]
    lines: list[Line] = []
    for level, (sibling, left) in enumerate(zip(proof, sides(index, size, levels), strict=True)):
        held = boxes[-1]
        x = MARGIN if left else centre + WIDE + GAP
        beside = Box(x, held.y, _short(sibling), own=False)
        leaf = node_hash(sibling, leaf) if left else node_hash(leaf, sibling)
        above = _own(centre, height, level + 1, leaf)
        lines += [_line(held, above), _line(beside, above)]
        boxes[-1:] = [beside, held, above]
    return Picture(tuple(boxes), tuple(lines), 2 * MARGIN + 3 * WIDE + 2 * GAP, height, levels)


def _own(centre: int, height: int, level: int, content: bytes) -> Box:
    return Box(centre, height - MARGIN - TALL - level * STEP, _short(content), own=True)


def _line(low: Box, high: Box) -> Line:
    return Line(low.middle, low.y, high.middle, high.y + TALL)


def _short(content: bytes) -> str:
    return f"{content.hex()[:12]}…"
