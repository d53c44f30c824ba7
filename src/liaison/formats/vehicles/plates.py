"""Registration marks: which states' forms a reading fits, and how it may be read otherwise.

A string alone does not say whose mark it is: AA 123 BB is Albanian, Italian, French or Slovak by its form. So all are
given, and a state that is known from elsewhere is asked for by name. Where a form wants a digit and a letter stands
there that cameras and eyes take for it (O and 0, I and 1, B and 8, S and 5, Z and 2, G and 6), the other reading is
offered beside the first. It never takes its place: a mark that fits no form may still be right.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import islice, product

import msgspec

from liaison.formats.vehicles.folding import KEPT, Doubt, folded
from liaison.formats.vehicles.forms import Form, Reading, Shape, shapes, state_of, states
from liaison.model.errors import BadInput

LETTERS = range(2, 13)  # letters and digits of a mark, as model.identifiers.Plate takes them
MOST_CHANGED = 3  # signs that another reading changes of a mark that fits no form
CHANGED_OF_FIT = 1  # of one that fits one
MOST_OTHERS = 8  # other readings that are offered
# The signs that liaison.matching.plates takes for one another in its look-ups by class.
TAKEN_FOR = {
    "O": "0",
    "Q": "0",
    "D": "0",
    "I": "1",
    "L": "1",
    "B": "8",
    "S": "5",
    "Z": "2",
    "G": "6",
    "0": "ODQ",
    "1": "IL",
    "8": "B",
    "5": "S",
    "2": "Z",
    "6": "G",
}


class Fit(msgspec.Struct, frozen=True):
    """A form that the reading fits as it stands. `since` and `until` are years, 0 where no source says."""

    state: str
    kind: str
    since: int
    until: int
    reading: Reading
    source: str


class Otherwise(msgspec.Struct, frozen=True):
    """Another reading of the mark: the places that differ, from 1 in `text`, and the states whose form it fits."""

    text: str
    places: tuple[int, ...]
    states: tuple[str, ...]


class Plate(msgspec.Struct, frozen=True):
    """A registration mark that was read: `raw` as it was given, `text` in Latin capitals and digits.

    `state` is the one that was asked for, if any; then `fits` and `otherwise` are of that state alone.
    """

    raw: str
    text: str
    state: str
    fits: tuple[Fit, ...]
    otherwise: tuple[Otherwise, ...]
    doubts: tuple[Doubt, ...]

    @property
    def states(self) -> tuple[str, ...]:
        """The states one of whose forms the reading fits, in the order of their codes."""
        return tuple(sorted({fit.state for fit in self.fits}))


def read(text: str, state: str | None = None) -> Plate:
    """A registration mark. `state`: by two or three letters or its sign on vehicles, where it is known.

    Raises BadInput, with the field, for what has not 2 to 12 letters and digits, and for a state not in the table.
    """
    wanted = state_of(state) if state else ""
    seen = folded(text, "plate")
    if len(seen.text) not in LETTERS:
        raise BadInput(
            f"{text!r} is not a registration mark",
            field="plate",
            hint=f"it has {LETTERS.start} to {LETTERS.stop - 1} letters and digits",
        )
    as_is, perhaps = _matching(seen.text)
    found = [(form, shape) for form, shape in _chosen(len(seen.text), as_is) if wanted in ("", form.state)]
    fits = dict.fromkeys(_fit(form) for form, _ in found)
    others: dict[str, set[str]] = {}
    for form, shape in _chosen(len(seen.text), perhaps & ~as_is):
        if wanted in ("", form.state):
            for reading in _readings(seen.text, shape, CHANGED_OF_FIT if fits else MOST_CHANGED):
                others.setdefault(reading, set()).add(form.state)
    doubts = seen.doubts if fits else (*seen.doubts, _unknown(wanted, bool(others)))
    return Plate(seen.raw, seen.text, wanted, tuple(fits), _others(seen.text, others), doubts)


def _matching(text: str) -> tuple[int, int]:
    """The shapes that the text fits as it stands, and those that it fits with signs for others; bits by their place in
    forms.shapes."""
    as_is = perhaps = -1
    for at, sign in zip(_masks(len(text)), text, strict=True):
        exact, taken = at.get(sign, (0, 0))
        as_is &= exact
        perhaps &= taken
    return as_is, perhaps


@cache
def _masks(length: int) -> tuple[dict[str, tuple[int, int]], ...]:
    """For each place, by sign: the shapes that allow it there, and those that allow it or what it is taken for."""
    every = shapes(length)

    def bits(place: int, signs: str) -> int:
        return sum(1 << at for at, (_, shape) in enumerate(every) if shape[place] & set(signs))

    return tuple(
        {sign: (bits(place, sign), bits(place, sign + TAKEN_FOR.get(sign, ""))) for sign in KEPT}
        for place in range(length)
    )


def _chosen(length: int, bits: int) -> Iterator[tuple[Form, Shape]]:
    """The shapes of these bits, in the order of the table."""
    every = shapes(length)
    while bits:
        lowest = bits & -bits
        yield every[lowest.bit_length() - 1]
        bits ^= lowest


def _readings(text: str, shape: Shape, most: int) -> Iterator[str]:
    """The text as this shape lets it be read with no more than `most` signs for those that are taken for them."""
    places = [
        sign if sign in allowed else "".join(one for one in TAKEN_FOR[sign] if one in allowed)
        for sign, allowed in zip(text, shape, strict=True)
    ]
    if sum(sign not in allowed for sign, allowed in zip(text, shape, strict=True)) <= most:
        yield from islice(map("".join, product(*places)), MOST_OTHERS)


def _fit(form: Form) -> Fit:
    return Fit(form.state, form.kind, form.since, form.until, form.reading, form.source)


def _others(text: str, found: dict[str, set[str]]) -> tuple[Otherwise, ...]:
    """Other readings, those that change least first."""
    told = [
        Otherwise(other, tuple(at + 1 for at in range(len(text)) if text[at] != other[at]), tuple(sorted(of)))
        for other, of in found.items()
    ]
    return tuple(sorted(told, key=lambda one: (len(one.places), -len(one.states)))[:MOST_OTHERS])


def _unknown(state: str, others: bool) -> Doubt:
    whose = f"of {states()[state].name} that is known here" if state else "that is known here"
    more = "; it may be read otherwise" if others else ""
    return Doubt("form", f"the mark has no form {whose}{more}")
