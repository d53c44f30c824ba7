"""Number plates: exact look-ups, and look-ups that read O as 0, I as 1, B as 8, S as 5, Z as 2 and G as 6.

Readers of plates take these characters for one another; a plate of the same *class* is a candidate whose picture a
person looks at, never the same plate. Arbitrary other misreadings are not looked up: the space of plates is so dense
that a million of them lie within one edit of two others each.
"""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from liaison.kernel import address, lib
from liaison.matching.columns import Strings

CONFUSED = {"O": "0", "Q": "0", "D": "0", "I": "1", "L": "1", "B": "8", "S": "5", "Z": "2", "G": "6"}
KEPT = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
MANY = 0x9E3779B97F4A7C15


@cache
def _folds(confusable: bool) -> NDArray[np.uint8]:
    """Byte -> 1..36 by KEPT, 0 for what does not count in a plate: blanks, hyphens, dots."""
    codes = np.zeros(256, np.uint8)
    for character in KEPT:
        code = 1 + KEPT.index(CONFUSED.get(character, character) if confusable else character)
        codes[ord(character)] = codes[ord(character.lower())] = code
    return codes


def key(plate: str, *, confusable: bool = False) -> int:
    """The key of one plate, 0 for one without a letter or digit: the readable twin of the kernel's."""
    codes, value = _folds(confusable), 0
    counted = [int(codes[byte]) for byte in plate.encode() if codes[byte]]
    for place, code in enumerate(counted):
        value = (value << 6 | code) if place < 10 else (value ^ code) * MANY
        value &= 0xFFFFFFFFFFFFFFFF
    return value


def keys(plates: Strings, *, confusable: bool = False) -> NDArray[np.uint64]:
    """The keys of many plates: uint64[n]."""
    out = np.empty(len(plates), np.uint64)
    lib().lk_plate_keys(
        address(plates.data),
        address(plates.ends),
        ctypes.c_int64(len(plates)),
        address(_folds(confusable)),
        address(out),
    )
    return out


class Plates:
    """Wanted plates, to be looked up exactly or by confusable class."""

    def __init__(self, plates: Strings | Sequence[str]) -> None:
        column = plates if isinstance(plates, Strings) else Strings.of(plates)
        self._tables = {
            confusable: _Table(keys(column, confusable=confusable)) for confusable in (False, True)
        }

    def find(
        self, read: Strings | Sequence[str], *, confusable: bool = False
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Every pair of a read plate and a wanted one that agree: (reads, wanted), int64[p] each, in the
        order of the reads."""
        column = read if isinstance(read, Strings) else Strings.of(read)
        return self._tables[confusable].find(keys(column, confusable=confusable))


class _Table:
    def __init__(self, held: NDArray[np.uint64]) -> None:
        self._keys = held
        self._mask = (1 << max(2 * len(held), 2).bit_length()) - 1
        self._slots, self._next = np.zeros(self._mask + 1, np.uint32), np.empty(len(held), np.int32)
        lib().lk_plate_table(
            address(held),
            ctypes.c_int64(len(held)),
            address(self._slots),
            ctypes.c_uint64(self._mask),
            address(self._next),
        )

    def find(self, asked: NDArray[np.uint64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        first = np.empty(len(asked), np.int32)
        lib().lk_plate_find(
            address(self._keys),
            address(self._slots),
            ctypes.c_uint64(self._mask),
            address(asked),
            ctypes.c_int64(len(asked)),
            address(first),
        )
        reads, wanted, more = np.flatnonzero(first >= 0), [], []
        at = first[reads].astype(np.int64)
        while len(reads):
            wanted.append(at)
            more.append(reads)
            at = self._next[at].astype(np.int64)
            reads, at = reads[at >= 0], at[at >= 0]
        if not wanted:
            return np.zeros(0, np.int64), np.zeros(0, np.int64)
        both = np.stack([np.concatenate(more), np.concatenate(wanted)])
        both = both[:, np.lexsort((both[1], both[0]))]
        return both[0], both[1]
