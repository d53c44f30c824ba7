"""The ways a token is written in ASCII letters: the door to the tables of all scripts."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from functools import lru_cache
from unicodedata import normalize

from liaison.matching.names.arabic import arabic
from liaison.matching.names.cyrillic import cyrillic
from liaison.matching.names.east import code, han, hangul, kana, named
from liaison.matching.names.greek import greek
from liaison.matching.names.latin import latin
from liaison.matching.names.near_east import armenian, georgian, hebrew
from liaison.matching.names.scheme import MOST_FORMS, distinct, plain

__all__ = ["MOST_FORMS", "forms"]

Speller = Callable[[str], tuple[str, ...]]
# First code point of each block, and who spells it. Latin's marks and punctuation never decide.
_BLOCKS: tuple[tuple[int, Speller], ...] = (
    (0x0000, latin), (0x0370, greek), (0x0400, cyrillic), (0x0530, armenian), (0x0590, hebrew), (0x0600, arabic),
    (0x0700, named), (0x0750, arabic), (0x0780, named), (0x08A0, arabic), (0x0900, named), (0x10A0, georgian),
    (0x1100, hangul), (0x1200, named), (0x1C80, cyrillic), (0x1C90, georgian), (0x1CC0, named), (0x1D00, latin),
    (0x1F00, greek), (0x2000, latin), (0x2C00, named), (0x2C60, latin), (0x2C80, named), (0x2D00, georgian),
    (0x2D30, named), (0x2DE0, cyrillic), (0x2E00, han), (0x3040, kana), (0x3100, named), (0x3130, hangul),
    (0x31A0, named),
    (0x31F0, kana), (0x3200, han), (0xA000, named), (0xA640, cyrillic), (0xA6A0, named), (0xA720, latin),
    (0xA800, named),
    (0xAC00, hangul), (0xD7B0, hangul), (0xD800, latin), (0xF900, han), (0xFB00, latin), (0xFB1D, hebrew),
    (0xFB50, arabic), (0xFE00, latin), (0xFE70, arabic), (0xFF00, latin), (0x10000, named), (0x20000, han),
    (0xE0000, latin),
)  # fmt: skip
_STARTS = [start for start, _ in _BLOCKS]


@lru_cache(maxsize=1 << 16)
def forms(token: str) -> tuple[str, ...]:
    """The spellings of a token in a-z, the most likely first, at most MOST_FORMS.

    Never empty for a token that holds a letter; a token of nothing else has no form.
    """
    if token.isascii():
        return (token,) if token.isalpha() and token.islower() else distinct((token.lower(),))
    folded = normalize("NFC", normalize("NFKC", token).casefold())
    return _speller(folded)(folded) or _spelled_out(folded)


def _speller(token: str) -> Speller:
    """Who spells the script of most weight: the first that is not Latin, and Han over kana."""
    chosen: Speller = latin
    for letter in token:
        if letter < "\u0370":
            continue
        speller = _BLOCKS[bisect_right(_STARTS, ord(letter)) - 1][1]
        if speller is han:
            return han
        if chosen is latin:
            chosen = speller
    return chosen


def _spelled_out(token: str) -> tuple[str, ...]:
    """Letters that no table knows, each by its code."""
    return distinct(("".join(plain(letter) or code(letter) for letter in token if letter.isalpha()),))
