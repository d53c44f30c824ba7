"""Which national forms a text fits, what that is worth, and how a text is to be read so that it fits one.

The forms are the table of formats.vehicles. A form that fits makes a text likelier by a fixed number of nats and never
certain: a reading that fits no form may be right. What a form is worth does not depend on the picture, so that it can
outweigh a small difference between two signs and not a clear one.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import islice, product

import numpy as np
from numpy.typing import NDArray

from liaison.formats.vehicles import forms
from liaison.formats.vehicles.plates import TAKEN_FOR
from liaison.pictures.plates.lattice import PLACES, SIGNS

LENGTHS = range(3, 10)  # letters and digits of a mark that is looked for
ORDINARY, ANY = 3.0, 1.5  # nats: a form that cars are given today, and any other of the table
EXPECTED = 2.0  # nats more for a state that the camera expects
MOST_CHANGED = 3  # signs that are taken for others so that a form fits
MOST_WAYS = 8  # in which one form is fitted
# what cameras take for one another beside the pairs of formats.vehicles
ALSO = {"T": "7", "7": "T", "A": "4", "4": "A"}
TAKEN = {sign: TAKEN_FOR.get(sign, "") + ALSO.get(sign, "") for sign in SIGNS}


@dataclass(frozen=True, slots=True)
class _Forms:
    """The shapes of one length: bool[shapes, places, 1 + 36], and of each what it is worth by state."""

    shapes: tuple[forms.Shape, ...]
    allowed: NDArray[np.bool_]
    worth: tuple[dict[str, float], ...]


@cache
def _forms(length: int) -> _Forms:
    worth: dict[forms.Shape, dict[str, float]] = {}
    for form, shape in forms.shapes(length):
        value = ORDINARY if form.kind == "car" and not form.until else ANY
        states = worth.setdefault(shape, {})
        states[form.state] = max(value, states.get(form.state, 0.0))
    allowed = np.zeros((len(worth), length, 1 + len(SIGNS)), bool)
    for row, shape in enumerate(worth):
        for place, signs in enumerate(shape):
            allowed[row, place, [PLACES[sign] for sign in signs]] = True
    return _Forms(tuple(worth), allowed, tuple(worth.values()))


def _fitting(text: str) -> tuple[_Forms, NDArray[np.bool_]]:
    """The forms of its length, and bool[shapes, places]: whether its sign may stand there."""
    every = _forms(len(text))
    signs = [PLACES[sign] for sign in text]
    return every, every.allowed[:, np.arange(len(text)), signs]


@lru_cache(65_536)
def worth(text: str, expected: frozenset[str] = frozenset()) -> float:
    """Nats that the form of a text adds; 0 where it fits none."""
    if len(text) not in LENGTHS:
        return 0.0
    every, fits = _fitting(text)
    found = [every.worth[row] for row in np.flatnonzero(fits.all(1))]
    return max(
        (value + EXPECTED * (state in expected) for states in found for state, value in states.items()),
        default=0.0,
    )


def states(text: str) -> tuple[str, ...]:
    """The states one of whose forms a text fits, in the order of their codes."""
    if len(text) not in LENGTHS:
        return ()
    every, fits = _fitting(text)
    return tuple(sorted({state for row in np.flatnonzero(fits.all(1)) for state in every.worth[row]}))


def fitted(text: str) -> set[str]:
    """The text with up to MOST_CHANGED signs read as those that cameras take them for, so that a form fits."""
    if len(text) not in LENGTHS:
        return set()
    every, fits = _fitting(text)
    found = set[str]()
    for row in np.flatnonzero((~fits).sum(1) <= MOST_CHANGED):
        ways = [
            sign
            if fits[row, place]
            else "".join(one for one in TAKEN[sign] if one in every.shapes[row][place])
            for place, sign in enumerate(text)
        ]
        if all(ways):
            found.update(islice(map("".join, product(*ways)), MOST_WAYS))
    return found
