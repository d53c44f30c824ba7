"""The forms of registration marks by state: patterns.tsv, whose head says how a form is written.

A form is told sign by sign: what may stand at each place. It shows that a reading can be a state's mark, never that
it is: many states share a form, and chosen, old and official marks often have none of these.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum
from functools import cache
from importlib.resources import files
from itertools import product
from string import ascii_uppercase, digits

import msgspec

from liaison.model.errors import BadInput

ANY_LETTER = frozenset(ascii_uppercase)
ANY_DIGIT = frozenset(digits)
PART = re.compile(r"(\((?P<either>[^)]*)\)|\[(?P<set>[^\]]*)\]|.)(?:\{(?P<least>\d)(?:,(?P<most>\d))?\})?")
Shape = tuple[frozenset[str], ...]  # what may stand at each place


class Reading(Enum):
    """What stands behind a row of the table."""

    DOCUMENTED = "documented"  # a public page was read that says so
    GENERAL = "general"  # commonly stated


class State(msgspec.Struct, frozen=True):
    """A state: its codes of two and three letters, and the sign that its vehicles show abroad."""

    code: str
    three: str
    sign: str
    name: str


class Form(msgspec.Struct, frozen=True):
    """A row of the table: one kind of mark of one state. `since` and `until` are years, 0 where no source says."""

    state: str
    kind: str
    written: str
    since: int
    until: int
    reading: Reading
    source: str


@cache
def states() -> dict[str, State]:
    """The states of the table, by their code of two letters."""
    return {state.code: state for state in (State(*row) for row in _rows("states.tsv"))}


def state_of(said: str) -> str:
    """The code of two letters of a state that is named by its codes or its sign: AL, ALB; DE, DEU, D; XK, RKS.

    Raises BadInput for a state whose marks are not in the table.
    """
    found = _said().get(said.strip().upper())
    if found is None:
        raise BadInput(
            f"{said!r} is no state whose registration marks are known here",
            field="state",
            hint=f"leave it out, or give one of {', '.join(sorted(states()))}",
        )
    return found


@cache
def table() -> tuple[Form, ...]:
    """Every row of the table, in its order."""
    return tuple(form for form, _ in _lines())


@cache
def shapes(length: int) -> tuple[tuple[Form, Shape], ...]:
    """Every form of marks of this many letters and digits, place by place, in the order of the table."""
    found: dict[tuple[Form, Shape], None] = {}
    for form, letters in _lines():
        for written in form.written.split():
            found.update({(form, one): None for one in _spelt(written, letters) if len(one) == length})
    return tuple(found)


@cache
def _lines() -> tuple[tuple[Form, frozenset[str]], ...]:
    """Each row with the letters that % stands for in it."""
    told = []
    for state, kind, written, letters, since, until, reading, source in _rows("patterns.tsv"):
        form = Form(state, kind, written, int(since or 0), int(until or 0), Reading(reading), source)
        told.append((form, _letters(letters)))
    return tuple(told)


@cache
def _said() -> dict[str, str]:
    told = {said: each.code for each in states().values() for said in (each.sign, each.three, each.code)}
    return told | {"MK": "MK", "GB": "GB"}


def _rows(name: str) -> Iterator[list[str]]:
    lines = files(__package__).joinpath(name).read_text("utf-8").splitlines()
    return (line.split("\t") for line in lines if line and not line.startswith("#"))


def _letters(said: str) -> frozenset[str]:
    """The letters that a row says: all, all but those behind a hyphen, or those that stand there."""
    return ANY_LETTER - set(said[1:]) if said.startswith("-") or not said else frozenset(said)


def _spelt(written: str, letters: frozenset[str]) -> Iterator[Shape]:
    """The shapes that a form stands for: one for each number of repetitions and each alternative."""
    choices: list[list[Shape]] = []
    for part in PART.finditer(written):
        least = int(part["least"] or 1)
        counts = range(least, int(part["most"] or least) + 1)
        if part["either"] is not None:
            choices.append([tuple(frozenset(sign) for sign in word) for word in part["either"].split("|")])
        else:
            choices.append([(_at(part, letters),) * count for count in counts])
    for chosen in product(*choices):
        yield tuple(place for some in chosen for place in some)


def _at(part: re.Match[str], letters: frozenset[str]) -> frozenset[str]:
    if part["set"] is not None:
        inside = re.compile(f"[{part['set']}]")
        return frozenset(sign for sign in digits + ascii_uppercase if inside.match(sign))
    return {"@": ANY_LETTER, "%": letters, "#": ANY_DIGIT}.get(part[1], frozenset(part[1]))
