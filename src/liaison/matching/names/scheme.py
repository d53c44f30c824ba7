"""A convention of romanisation as a value, and the forms that several of them make of one token."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from unicodedata import normalize

MOST_FORMS = 6
_NOT_LETTERS = re.compile("[^a-z]+")


@dataclass(frozen=True, slots=True)
class Scheme:
    """Rewriting in order: strings in context (regular expressions), then single letters."""

    letters: Mapping[int, str]
    before: tuple[tuple[re.Pattern[str], str], ...] = field(default=())

    def __call__(self, token: str) -> str:
        """The token in this convention; what the letters do not name stays."""
        for pattern, out in self.before:
            token = pattern.sub(out, token)
        return token.translate(self.letters)


def scheme(
    letters: str | Mapping[str, str], *bases: Mapping[int, str], before: Iterable[tuple[str, str]] = ()
) -> Scheme:
    """A scheme from `а a б b в v ...` (`-` for nothing), laid over `bases`."""
    table: dict[int, str] = {}
    for base in bases:
        table.update(base)
    table.update(letter_table(letters))
    return Scheme(table, tuple((re.compile(pattern), out) for pattern, out in before))


def letter_table(letters: str | Mapping[str, str]) -> dict[int, str]:
    """{code point: spelling} of pairs of words; `-` is the empty spelling."""
    if not isinstance(letters, str):
        return {ord(letter): out for letter, out in letters.items()}
    words = letters.split()
    return {ord(a): "" if b == "-" else b for a, b in zip(words[::2], words[1::2], strict=True)}


def distinct(spellings: Iterable[str]) -> tuple[str, ...]:
    """The first MOST_FORMS different spellings that are made of a-z alone, in order."""
    kept: dict[str, None] = {}
    for spelling in spellings:
        if spelling and ((spelling.isalpha() and spelling.isascii()) or (spelling := plain(spelling))):
            kept[spelling] = None
            if len(kept) == MOST_FORMS:
                break
    return tuple(kept)


def plain(text: str) -> str:
    """The letters a-z of a text, accents taken off."""
    return _NOT_LETTERS.sub("", normalize("NFKD", text).lower())
