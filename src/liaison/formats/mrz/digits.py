"""Check digits of ICAO Doc 9303 part 3, section 4.9, and whether every sign is of the type its place has.

`verdict` asks the kernel; `twin` says in Python what the kernel does (kernel/mrz.c), and the tests hold one against
the other. A verdict is a number whose bits say what is not as it should be: bit i that check i of the layout does
not agree, MISFIT that a sign is of the wrong type. LONG and COUNTED are no faults: the number goes on in the optional
data, and its digit agrees only where the filler between the two parts is counted, as older cards do
(PRADO BEL-BO-03003; newer ones do not, BEL-BO-11005).
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from functools import cache

from liaison.formats.mrz.layouts import ALLOWED, ALPHABET, DIGIT, FILLER, LAYOUTS, LETTER, SEX, Check, Layout
from liaison.kernel import address, lib

WEIGHTS = (7, 3, 1)
VALUES = {sign: value for value, sign in enumerate(ALPHABET)} | {"<": 0}
MISFIT, LONG, COUNTED = 1 << 8, 1 << 9, 1 << 10
FAULTS = MISFIT | 0xFF
KINDS = dict.fromkeys(ALPHABET, LETTER) | dict.fromkeys("0123456789", DIGIT) | {
    "<": FILLER | SEX, "M": LETTER | SEX, "F": LETTER | SEX,
}  # fmt: skip


def digit(text: str) -> str:
    """The check digit of a text: digits count as they are, A to Z as 10 to 35, a filler as 0; weights 7, 3, 1."""
    return str(sum(VALUES.get(sign, 0) * WEIGHTS[at % 3] for at, sign in enumerate(text)) % 10)


def fits(sign: str, kind: str) -> bool:
    """Whether a sign may stand at a place of that kind (layouts.ALLOWED)."""
    return bool(KINDS.get(sign, 0) & ALLOWED[kind])


def verdict(layout: Layout, text: str) -> int:
    """The bits of one zone of the layout's size, in ASCII."""
    return _kernel(layout.name)(text.encode())


def twin(layout: Layout, text: str) -> int:
    """What the kernel returns, said readably."""
    bits = sum(1 << number for number, check in enumerate(layout.checks) if not _agrees(check, text))
    if any(not fits(sign, kind) for sign, kind in zip(text, layout.kinds, strict=True)):
        bits |= MISFIT
    if is_long(layout, text):
        bits = bits & ~1 | LONG | _long_number(layout, text)
    return bits


def is_long(layout: Layout, text: str) -> bool:
    """Whether the number goes on in the optional data: a filler stands where its check digit would."""
    first, end = layout.overflow
    return end > 0 and text[layout.checks[0].at] == "<" and text[first] != "<"


def overflow_of(layout: Layout, text: str) -> str:
    """What of a long number, with its check digit at the end, stands in the optional data."""
    first, end = layout.overflow
    return text[first:end].partition("<")[0]


@cache
def _kernel(name: str) -> Callable[[bytes], int]:
    """The kernel's verdict upon zones of one layout."""
    ask = lib()["lk_mrz_verdict"]  # its own object, whose types are set for this layout alone
    ask.argtypes, ask.restype = [ctypes.c_void_p, ctypes.c_char_p], ctypes.c_uint32
    where = address(next(layout for layout in LAYOUTS if layout.name == name).table)

    def verdict_of(text: bytes) -> int:
        return ask(where, text)  # type: ignore[no-any-return]

    return verdict_of


def _agrees(check: Check, text: str) -> bool:
    covered = "".join(text[first:end] for first, end in check.pieces)
    if text[check.at] == "<":
        return check.blank and not covered.strip("<")
    return text[check.at] == digit(covered)


def _long_number(layout: Layout, text: str) -> int:
    first, end = layout.fields["number"]
    rest = overflow_of(layout, text)
    if len(rest) < 2:
        return 1
    number = text[first:end]
    if digit(number + rest[:-1]) == rest[-1]:
        return 0
    return COUNTED if digit(number + "<" + rest[:-1]) == rest[-1] else 1
