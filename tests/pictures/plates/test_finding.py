"""Boxes that may be plates: by their shape, with the pieces of one put together."""

from __future__ import annotations

import numpy as np
import pytest

from liaison.pictures.lines import Line
from liaison.pictures.plates.finding import MOST_BOXES, boxes, same, within


def line(left: float, top: float, width: float, height: float) -> Line:
    return Line(
        np.array([[left, top], [left + width, top], [left + width, top + height], [left, top + height]])
    )


def test_pieces_of_one_plate_are_put_together_and_stay() -> None:
    pieces = [line(100, 100, 55, 30), line(165, 101, 75, 30)]
    found = boxes(pieces)
    assert found[0].length == pytest.approx(140)
    assert [each.length for each in found[1:]] == [75, 55]


def test_lines_above_one_another_or_of_other_heights_are_not_put_together() -> None:
    assert len(boxes([line(100, 100, 60, 30), line(100, 140, 60, 30)])) == 2
    assert len(boxes([line(100, 100, 60, 30), line(165, 100, 30, 12)])) == 2


@pytest.mark.parametrize("sides", [(20, 10), (30, 28), (500, 20), (60, 5)])
def test_what_has_not_the_shape_of_a_plate_is_left_out(sides: tuple[int, int]) -> None:
    assert boxes([line(10, 10, *sides)]) == []


def test_no_more_are_read_than_the_largest() -> None:
    many = [line(10, 100 * at, 100 + at, 20) for at in range(MOST_BOXES + 9)]
    found = boxes(many)
    assert len(found) == MOST_BOXES
    assert min(each.length for each in found) == 109


def test_how_much_two_boxes_share() -> None:
    whole, half = line(0, 0, 100, 20), line(0, 0, 50, 20)
    assert (same(whole, half), within(whole, half)) == (0.5, 1.0)
    assert same(whole, line(200, 0, 100, 20)) == within(whole, line(0, 50, 10, 10)) == 0
