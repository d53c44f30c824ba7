"""Where a plate may stand among the lines of text of a picture: boxes of its shape, pieces of one put together."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from liaison.pictures.lines import Line, joined

NARROWEST, LOWEST = 24.0, 7.0  # pixels of a box
LEAST, MOST = 1.5, 10.0  # length by height
WHOLE = 8.0  # length by height: pieces that come to more are not of one plate
MOST_BOXES = 12  # that are read: the largest


def boxes(found: Sequence[Line]) -> list[Line]:
    """The boxes that may be plates, the largest first; pieces stand there as they are and put together."""
    more = [
        line
        for line in joined([line for line in found if line.height >= LOWEST])
        if line.length <= WHOLE * line.height and not any(line is each for each in found)
    ]
    shaped = [line for line in [*more, *found] if _of_a_plate(line)]
    return sorted(shaped, key=lambda line: -line.length * line.height)[:MOST_BOXES]


def _of_a_plate(line: Line) -> bool:
    sized = line.length >= NARROWEST and line.height >= LOWEST
    return sized and LEAST * line.height <= line.length <= MOST * line.height


def same(one: Line, other: Line) -> float:
    """How much of both boxes is in both, by their upright frames: 0 to 1."""
    inside, areas = _overlap(one, other)
    return inside / (sum(areas) - inside)


def within(one: Line, other: Line) -> float:
    """How much of the smaller box is in the other, by their upright frames: 0 to 1."""
    inside, areas = _overlap(one, other)
    return inside / min(areas)


def _overlap(one: Line, other: Line) -> tuple[float, tuple[float, float]]:
    first, last = np.maximum(one.box.min(0), other.box.min(0)), np.minimum(one.box.max(0), other.box.max(0))
    areas = (float(np.prod(np.ptp(one.box, 0))), float(np.prod(np.ptp(other.box, 0))))
    return float(np.prod(np.maximum(last - first, 0))), areas
