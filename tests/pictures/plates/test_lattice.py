"""What a lattice says of texts, held against the sum over every way by hand."""

from __future__ import annotations

from math import exp

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hn

from liaison.pictures.plates.lattice import (
    SIGNS,
    greedy,
    log_likelihood_by_hand,
    log_likelihoods,
    places_of,
    seconds,
)

TEXTS = ["", "A", "AA", "AB", "BA", "ABA", "AAB"]


def lattice(text: str, sure: float = 0.9, apart: bool = True) -> np.ndarray:
    """One step a sign, and one of no sign between."""
    rows = []
    for sign in text:
        row = np.full(37, (1 - sure) / 36, np.float32)
        row[1 + SIGNS.index(sign)] = sure
        blank = np.full(37, 0.001, np.float32)
        blank[0] = 1 - 0.036
        rows += [row, blank] if apart else [row]
    return np.array(rows, np.float32)


@st.composite
def small(draw: st.DrawFn) -> np.ndarray:
    """A lattice of a few steps in which only A and B are likely."""
    steps = draw(st.integers(1, 4))
    three = draw(hn.arrays(np.float32, (steps, 3), elements=st.floats(0.0625, 1, width=32)))
    found = np.zeros((steps, 37), np.float32)
    found[:, [0, 11, 12]] = three / three.sum(1, keepdims=True)
    return found


@settings(deadline=None, max_examples=25)
@given(small())
def test_the_quick_way_is_the_sum_over_every_way(shown: np.ndarray) -> None:
    narrow = np.concatenate([shown[:, [0, 11, 12]]], 1)
    for text, quick in zip(TEXTS, log_likelihoods(shown, TEXTS), strict=True):
        assert exp(quick) == pytest.approx(_by_hand(narrow, text), rel=1e-3, abs=1e-6)


def _by_hand(narrow: np.ndarray, text: str) -> float:
    """The readable twin over three places; a lattice of all 37 has too many ways."""
    wide = np.zeros((len(narrow), 3), np.float32)
    wide[:] = narrow
    return exp(log_likelihood_by_hand(wide, text.replace("A", SIGNS[0]).replace("B", SIGNS[1])))


def test_a_repeated_sign_needs_no_sign_between() -> None:
    together, apart = lattice("AA", apart=False), lattice("AA")
    assert greedy(together) == "A"
    assert greedy(apart) == "AA"
    assert log_likelihoods(together, ["A"])[0] > log_likelihoods(together, ["AA"])[0] + 3
    assert log_likelihoods(apart, ["AA"])[0] > log_likelihoods(apart, ["A"])[0] + 3


def test_second_choices_stand_at_the_place_of_their_sign() -> None:
    shown = lattice("AB1")
    shown[2, 1 + SIGNS.index("8")] = 0.3
    assert seconds(shown, 0.2) == [(1, "8")]


def test_classes_that_look_alike_count_for_one_sign_and_others_for_none() -> None:
    classes, places = places_of(("", "A", "a", "Ä", "А", "-", "1", "中", " "))
    assert classes.tolist() == [1, 2, 3, 4, 6]
    assert [SIGNS[place - 1] for place in places] == ["A", "A", "A", "A", "1"]
