"""A name as match keys see it: its tokens, each with the consonant skeletons it may have and its first sound.

The skeletons are the engine's (`matching.phonetics`), of the forms in which the engine romanises every script
(`matching.names`). What they say of a name is part of the normaliser: a change there is a new version here.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import combinations
from typing import NamedTuple

from liaison.matching.names.particles import is_particle, is_patronymic, is_title
from liaison.matching.names.romanise import forms
from liaison.matching.names.split import tokens
from liaison.matching.phonetics import SKELETON, fold, skeleton

OPEN = "A"  # the class of a vowel at the beginning, and the skeleton of a token without consonants
SKELETONS = 2  # of a token in another script than Latin, whose sounds are open
MOST_TOKENS, LONGEST = 6, 24  # tokens of a name and letters of a token that are read
TELLING = (
    3  # consonants of a skeleton that stands for how its token is written; of a shorter one all sounds do
)


class Word(NamedTuple):
    """One reading of a token: its consonant skeleton, the class of its first sound, all its sounds, and what stands for
    how it is written: the skeleton again where it is long, else all sounds."""

    bones: str
    start: str
    near: str
    sounds: str


Token = tuple[Word, ...]  # its readings
Pair = tuple[Word, Word]  # in order


@lru_cache(maxsize=1 << 17)
def readings(token: str) -> Token:
    """The readings of a token, the likeliest first; none for one without a letter."""
    found: dict[Word, None] = {}
    for form in forms(token)[:4]:
        sound = fold(form[:LONGEST])
        bones = skeleton(form[:LONGEST]) or OPEN
        near = bones if len(bones) >= TELLING else sound
        found[Word(bones, SKELETON.get(sound[0], OPEN), near, sound)] = None
    by_bones: dict[str, Word] = {}
    for each in found:
        by_bones.setdefault(each.bones, each)
    native = max(token, default="") >= "\u0370"
    return tuple(by_bones.values())[: SKELETONS if native else 1]


@lru_cache(maxsize=1 << 16)
def words(text: str) -> tuple[Token, ...]:
    """The tokens of a part of a name; particles, titles and fathers' names only where there is nothing else."""
    read = [(token, spelled[0]) for token in tokens(text) if (spelled := forms(token))]
    telling = [pair for pair in read if not (is_particle(pair[1]) or is_title(pair[1]))] or read
    if len(telling) > 2:
        telling = [pair for pair in telling if not is_patronymic(pair[1])] or telling
    return tuple(readings(token) for token, _ in telling[:MOST_TOKENS])


def pairs(given: str, surname: str, full: str = "") -> list[Pair]:
    """The first given name with every surname and the first surname with every given name, each pair in order and once;
    of a name in one piece, every two tokens."""
    found: dict[Pair, None] = {}
    for mine, other in _tokens(given, surname, full)[0]:
        found[_ordered(mine[0], other[0])] = None
        for second in mine[1:]:
            found[_ordered(second, other[0])] = None
        for second in other[1:]:
            found[_ordered(mine[0], second)] = None
    return list(found)


def leading(given: str, surname: str, full: str = "") -> list[Pair]:
    """The likeliest readings of the first given name and first surname; of a name in one piece, of every two tokens.

    Each pair once."""
    both, lead = _tokens(given, surname, full)
    return list(dict.fromkeys(_ordered(mine[0], other[0]) for mine, other in both[:lead]))


def _ordered(one: Word, two: Word) -> Pair:
    return (one, two) if one <= two else (two, one)


@lru_cache(maxsize=1 << 8)
def _tokens(given: str, surname: str, full: str) -> tuple[list[tuple[Token, Token]], int]:
    """The pairs of tokens of a name, and how many of them lead. It is asked for both in turn."""
    first, last = words(given), words(surname)
    if first and last:
        return [(a, last[0]) for a in first] + [(first[0], b) for b in last[1:]], 1
    both = list(combinations(first + last + words(full), 2))
    return both, len(both)


def placed(place: str) -> str:
    """A place by the skeletons of its first two tokens, so that spellings and scripts agree; "" for none."""
    return ".".join(token[0].bones for token in words(place)[:2])
