"""Words that stand where a name is not known: `FNU` and `LNU` (first, last name unknown) and their like."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray


def capital(word: bytes) -> bytes:
    """The word with ASCII's capitals, as the kernel compares it."""
    return word.upper()  # bytes.upper leaves what is not ASCII alone


@cache
def listed() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The words that are nobody's name in any place, and those that stand for none only as the whole of a name.

    `NONE`, `NULL` and single letters are of the second kind, as they can stand in a name.
    """
    lines = files(__package__).joinpath("placeholders.tsv").read_text("utf-8").splitlines()
    pairs = [line.split("\t") for line in lines]
    return tuple(word for kind, word in pairs if kind == "any"), tuple(
        word for kind, word in pairs if kind == "whole"
    )


@cache
def words() -> tuple[frozenset[bytes], frozenset[bytes]]:
    """The placeholders as they are compared: as any word of a name, and as the whole of it."""
    anywhere, whole = ({capital(word.encode()) for word in kind} for kind in listed())
    return frozenset(anywhere), frozenset(anywhere | whole)


def without_placeholders(name: bytes) -> bytes:
    """The name without words that stand for none."""
    parts, whole = words()
    if capital(name) in whole:
        return b""
    tokens = name.split(b" ")
    kept = [token for token in tokens if capital(token) not in parts]
    if len(kept) == len(tokens):
        return name
    first = next(at for at, token in enumerate(tokens) if capital(token) in parts)
    before, after = (
        tokens[:first],
        [token for token in tokens[first:] if token and capital(token) not in parts],
    )
    while before and not before[-1]:
        before.pop()
    return b" ".join(before + after)


def named(name: str) -> str:
    """The name without words that stand for none."""
    return without_placeholders(name.encode("utf-8", "replace")).decode()


@cache
def kernel_tables() -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """For the kernel: a bit for every first two bytes, uint8[8192]; length, whole, letters, uint8[k, 32]."""
    parts, whole = words()
    beginnings, table = np.zeros(8192, np.uint8), np.zeros((len(whole), 32), np.uint8)
    for at, word in enumerate(sorted(whole)):
        both = word[0] << 8 | (word[1] if len(word) > 1 else 0)
        beginnings[both >> 3] |= 1 << (both & 7)
        table[at, 0], table[at, 1] = len(word), word not in parts
        table[at, 2 : 2 + len(word)] = list(word)
    return beginnings, table
