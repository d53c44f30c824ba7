"""What every code point is to a name: part of a token, between two tokens, or nothing at all.

A *letter* stands in a token. A *separator* ends one: spaces, hyphens, full stops, symbols, digits. A *joiner* vanishes
inside one: apostrophes, modifier letters for hamza and ayn, invisible characters, vowel points. So O'NEILL is
`oneill` and `علی‌رضا` one token.

Digits separate: no person's name holds one (ICAO 9303 part 3, 4.6 forbids them in the name field), and a form is
letters only. The numbers in the names of ships and companies are compared apart, in `compare`.
"""

from __future__ import annotations

import unicodedata
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from liaison.kernel.once import once

SEPARATOR, LETTER, JOINER, UNASSIGNED = range(4)

# Apostrophes, primes and accents that stand alone in names, and the marks of Hebrew abbreviations.
_APOSTROPHES = frozenset("'`´‘’‛′‵＇՚׳״ꞌꞋ")
# Vowel points and other marks of Arabic and Hebrew, the modifier letters, the variation selectors.
_VANISHING = ((0x02B0, 0x0300), (0x0591, 0x05BE), (0x05BF, 0x05C8), (0x0610, 0x061B), (0x064B, 0x0660),
              (0x06D6, 0x06EE), (0xFE00, 0xFE10))  # fmt: skip
_ALSO_VANISHING = frozenset((0x0640, 0x0670, 0x05BF, 0x0711))


def class_of(code: int) -> int:
    """SEPARATOR, LETTER, JOINER or UNASSIGNED, by the Unicode database of this Python."""
    category = unicodedata.category(chr(code))
    if chr(code) in _APOSTROPHES or code in _ALSO_VANISHING or category == "Cf":
        return JOINER
    if category == "Cn":
        return UNASSIGNED
    if category[0] in "LMS" and any(start <= code < end for start, end in _VANISHING):
        return JOINER
    return LETTER if category[0] in "LM" else SEPARATOR


def table_text() -> str:
    """The text of characters.tsv: first code point of every run of one class in the basic plane, and the class."""
    kinds = [class_of(code) for code in range(65536)]
    starts = [code for code in range(65536) if code == 0 or kinds[code] != kinds[code - 1]]
    return "".join(f"{code:04x}\t{kinds[code]}\n" for code in starts)


@cache
def runs() -> tuple[tuple[int, int, int], ...]:
    """(first code point, one past the last, class) of every run, as committed."""
    rows = [
        line.split("\t") for line in (files(__package__) / "characters.tsv").read_text("ascii").splitlines()
    ]
    starts = [int(row[0], 16) for row in rows]
    return tuple(zip(starts, [*starts[1:], 65536], (int(row[1]) for row in rows), strict=True))


@once
def classes() -> NDArray[np.uint8]:
    """uint8[65536]: SEPARATOR, LETTER or JOINER of every code point of the basic plane; all beyond it are letters.

    Code points that the Unicode version of the table (14.0) does not know are letters.
    """
    out = np.empty(65536, np.uint8)
    for start, end, kind in runs():
        out[start:end] = LETTER if kind == UNASSIGNED else kind
    return out
