"""Where two spellings of a name differ, letter by letter, to be marked for the eye. It does not touch the score."""

from __future__ import annotations

import re
import unicodedata
from difflib import SequenceMatcher

ALIKE = 0.5  # share of letters in common from which two words are compared letter by letter
Piece = tuple[str, bool]  # text, and whether the other side lacks it


def marked(name: str, other: str) -> list[Piece]:
    """`name` in pieces, each with whether it differs from the likest word of `other`. Accents and case do not count."""
    others = other.split()
    pieces: list[Piece] = []
    for word in re.findall(r"\s+|\S+", name):
        pieces += [(word, False)] if word.isspace() else _word(word, others)
    return _merged(pieces)


def same_spelling(name: str, other: str) -> bool:
    """Whether two names have the same words, in any order, leaving case and accents aside."""
    return sorted(map(folded, name.split())) == sorted(map(folded, other.split()))


def script(name: str) -> str:
    """The script of most letters of a name by its Unicode name: LATIN, CYRILLIC, ARABIC, ...; empty without letters."""
    scripts = [unicodedata.name(letter, "").split(" ")[0] for letter in name if letter.isalpha()]
    return max(set(scripts), key=lambda found: (scripts.count(found), found)) if scripts else ""


def folded(text: str) -> str:
    """Lower case without accents; as many letters as before wherever Unicode allows."""
    bare = (
        letter
        for letter in unicodedata.normalize("NFD", text.casefold())
        if not unicodedata.combining(letter)
    )
    return "".join(bare)


def _word(word: str, others: list[str]) -> list[Piece]:
    plain = [folded(letter) or letter for letter in word]
    compared = [
        (SequenceMatcher(None, "".join(plain), folded(other), autojunk=False), other) for other in others
    ]
    if not compared:
        return [(word, True)]
    best, _ = max(compared, key=lambda pair: pair[0].ratio())
    if best.ratio() < ALIKE:
        return [(word, True)]
    in_common = [False] * len("".join(plain))
    for block in best.get_matching_blocks():
        in_common[block.a : block.a + block.size] = [True] * block.size
    pieces, at = [], 0
    for letter, plain_letter in zip(word, plain, strict=True):
        pieces.append((letter, not all(in_common[at : at + len(plain_letter)])))
        at += len(plain_letter)
    return pieces


def _merged(pieces: list[Piece]) -> list[Piece]:
    merged: list[Piece] = []
    for text, differs in pieces:
        if merged and merged[-1][1] == differs:
            text = merged.pop()[0] + text
        merged.append((text, differs))
    return merged
