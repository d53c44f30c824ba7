"""What stands where in the five zones of ICAO Doc 9303, and what each check digit covers.

A zone is kept as its lines run together; places are 0-based from its first sign, and `Layout.place` says on which
line and column (from 1) that is. Sources: Doc 9303 part 4 (TD3), 5 (TD1), 6 (TD2), 7 (MRV-A, MRV-B), eighth edition.
"""

from __future__ import annotations

from functools import cached_property

import msgspec
import numpy as np
from numpy.typing import NDArray

DIGIT, LETTER, FILLER, SEX = 1, 2, 4, 8
# What may stand at a place: L a letter, A a letter or filler, N anything, T and O a digit or filler, C a digit, S
# a sex.
ALLOWED = {"L": LETTER, "A": LETTER | FILLER, "N": DIGIT | LETTER | FILLER, "T": DIGIT | FILLER, "O": DIGIT | FILLER,
           "C": DIGIT, "S": SEX}  # fmt: skip
MOST_CHECKS, MOST_PIECES, LONGEST = 5, 4, 90
ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ<"


class Check(msgspec.Struct, frozen=True):
    """One check digit: its place, the pieces it is computed over, and whether a filler may stand for 0."""

    field: str
    at: int
    pieces: tuple[tuple[int, int], ...]  # first place, place after the last
    covers: str
    blank: bool = False


class Layout(msgspec.Struct, frozen=True, dict=True):
    """One of the five forms."""

    name: str
    words: str
    width: int
    kinds: str  # of every place, by ALLOWED
    fields: dict[str, tuple[int, int]]  # first place, place after the last
    checks: tuple[Check, ...]
    overflow: tuple[int, int] = (0, 0)  # where a number of more than nine signs goes on

    @property
    def size(self) -> int:
        """Signs in all."""
        return len(self.kinds)

    @property
    def visa(self) -> bool:
        """Whether its first letter is V, which no other document has."""
        return self.name.startswith("MRV")

    @property
    def lines(self) -> int:
        """2 or 3."""
        return self.size // self.width

    def place(self, at: int) -> tuple[int, int]:
        """Line and column, from 1."""
        return at // self.width + 1, at % self.width + 1

    def field_at(self, at: int) -> str:
        """The name of the field that a place belongs to."""
        return next(name for name, (first, end) in self.fields.items() if first <= at < end)

    @cached_property
    def table(self) -> NDArray[np.int32]:
        """The layout as the kernel takes it (kernel/mrz.c): int32[4 + 90 + 5 * (3 + 2 * 4)]."""
        out = [self.size, *self.overflow, len(self.checks)]
        out += [ALLOWED[kind] for kind in self.kinds.ljust(LONGEST, "N")]
        for check in self.checks:
            pieces = [place for piece in check.pieces for place in piece]
            out += [check.at, check.blank, len(check.pieces), *pieces, *[0] * (2 * MOST_PIECES - len(pieces))]
        row = 3 + 2 * MOST_PIECES
        return np.array(out + [0] * (row * (MOST_CHECKS - len(self.checks))), np.int32)


def _check(field: str, at: int, first: int, covers: str, blank: bool = False) -> Check:
    return Check(field, at, ((first, at),), covers, blank)


def _two_lines(name: str, words: str, width: int, visa: bool) -> Layout:
    """TD3, TD2, MRV-A and MRV-B: names on the first line, all else on the second."""
    at, passport = width, width == 44 and not visa
    number_check = "C" if passport or visa else "O"  # the number of a TD2 may go on in its optional data
    tail = {True: "N" * (width - 28), False: "N" * (width - 29) + "C"}[visa]
    if passport:
        tail = "N" * 14 + "OC"
    kinds = "LA" + "A" * (width - 2) + "N" * 9 + number_check + "AAA" + "TTTTTTC" + "S" + "TTTTTTC" + tail
    places = {"code": (0, 2), "issuer": (2, 5), "names": (5, width), "number": (at, at + 9),
              "number_check": (at + 9, at + 10), "nationality": (at + 10, at + 13), "birth": (at + 13, at + 19),
              "birth_check": (at + 19, at + 20), "sex": (at + 20, at + 21), "expiry": (at + 21, at + 27),
              "expiry_check": (at + 27, at + 28)}  # fmt: skip
    checks = [
        _check("number_check", at + 9, at, "the document number"),
        _check("birth_check", at + 19, at + 13, "the date of birth"),
        _check("expiry_check", at + 27, at + 21, "the date of expiry"),
    ]
    end = len(kinds)
    if visa:
        return Layout(name, words, width, kinds, {**places, "optional": (at + 28, end)}, tuple(checks))
    if passport:
        places |= {"optional": (at + 28, at + 42), "optional_check": (at + 42, at + 43)}
        checks.append(_check("optional_check", at + 42, at + 28, "the personal number", blank=True))
    else:
        places |= {"optional": (at + 28, end - 1)}
    places["composite_check"] = (end - 1, end)
    pieces = ((at, at + 10), (at + 13, at + 20), (at + 21, end - 1))
    covers = "document number, date of birth, date of expiry, optional data and their check digits"
    checks.append(Check("composite_check", end - 1, pieces, covers))
    overflow = (0, 0) if passport else (at + 28, end - 1)
    return Layout(name, words, width, kinds, places, tuple(checks), overflow)


def _card() -> Layout:
    """TD1: document and number, person, names."""
    kinds = (
        "LA"
        + "AAA"
        + "N" * 9
        + "O"
        + "N" * 15
        + "TTTTTTC"
        + "S"
        + "TTTTTTC"
        + "AAA"
        + "N" * 11
        + "C"
        + "A" * 30
    )
    places = {"code": (0, 2), "issuer": (2, 5), "number": (5, 14), "number_check": (14, 15),
              "optional": (15, 30), "birth": (30, 36), "birth_check": (36, 37), "sex": (37, 38), "expiry": (38, 44),
              "expiry_check": (44, 45), "nationality": (45, 48), "optional_2": (48, 59), "composite_check": (59, 60),
              "names": (60, 90)}  # fmt: skip
    pieces = ((5, 30), (30, 37), (38, 45), (48, 59))
    covers = (
        "document number, date of birth, date of expiry, both fields of optional data and the check digits"
    )
    checks = (
        _check("number_check", 14, 5, "the document number"),
        _check("birth_check", 36, 30, "the date of birth"),
        _check("expiry_check", 44, 38, "the date of expiry"),
        Check("composite_check", 59, pieces, covers),
    )
    return Layout("TD1", "card of three lines", 30, kinds, places, checks, (15, 30))


TD1 = _card()
TD2 = _two_lines("TD2", "card of two lines", 36, visa=False)
TD3 = _two_lines("TD3", "passport", 44, visa=False)
MRV_A = _two_lines("MRV-A", "visa, large", 44, visa=True)
MRV_B = _two_lines("MRV-B", "visa, small", 36, visa=True)
LAYOUTS = (TD1, TD2, TD3, MRV_A, MRV_B)
BY_SIZE = {
    (layout.size, visa): layout
    for visa in (False, True)
    for layout in LAYOUTS
    if layout is TD1 or layout.visa == visa
}


def layout_of(text: str) -> Layout | None:
    """The layout of a zone by its size and first letter; None where no layout has that size."""
    return BY_SIZE.get((len(text), text[:1] == "V"))
