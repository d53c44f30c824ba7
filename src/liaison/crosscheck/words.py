"""A name as match keys see it: its tokens, each with the consonant skeletons it may have and its first sound.

The skeletons are the engine's (`matching.phonetics`), of the forms in which the engine romanises every script
(`matching.names`). What they say of a name is part of the normaliser: a change there is a new version here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations

from liaison.matching.names.particles import is_particle, is_patronymic, is_title
from liaison.matching.names.romanise import forms
from liaison.matching.names.split import tokens
from liaison.matching.phonetics import SKELETON, fold, skeleton

OPEN = "A"  # the class of a vowel at the beginning, and the skeleton of a token without consonants
SKELETONS = 2  # of a token in another script than Latin, whose sounds are open
MOST_TOKENS, LONGEST = 6, 24  # tokens of a name and letters of a token that are read


@dataclass(frozen=True, slots=True, order=True)
class Word:
    """One reading of a token: its consonant skeleton, and the class of its first sound."""

    bones: str
    start: str


@lru_cache(maxsize=1 << 17)
def readings(token: str) -> tuple[Word, ...]:
    """The readings of a token, the likeliest first; none for one without a letter."""
    found: dict[Word, None] = {}
    for form in forms(token)[:4]:
        sound = fold(form[:LONGEST])
        found[Word(skeleton(form[:LONGEST]) or OPEN, SKELETON.get(sound[0], OPEN))] = None
    by_bones: dict[str, Word] = {}
    for each in found:
        by_bones.setdefault(each.bones, each)
    native = max(token, default="") >= "\u0370"
    return tuple(by_bones.values())[: SKELETONS if native else 1]


@lru_cache(maxsize=1 << 16)
def words(text: str) -> tuple[tuple[Word, ...], ...]:
    """The tokens of a part of a name; particles, titles and fathers' names only where there is nothing else."""
    read = [(token, spelled[0]) for token in tokens(text) if (spelled := forms(token))]
    telling = [pair for pair in read if not (is_particle(pair[1]) or is_title(pair[1]))] or read
    if len(telling) > 2:
        telling = [pair for pair in telling if not is_patronymic(pair[1])] or telling
    return tuple(readings(token) for token, _ in telling[:MOST_TOKENS])


def pairs(given: str, surname: str, full: str = "") -> Iterator[tuple[Word, Word]]:
    """The first given name with every surname and the first surname with every given name, each pair in order and once;
    of a name in one piece, every two tokens."""
    first, last = words(given), words(surname)
    if first and last:
        both = [(a, last[0]) for a in first] + [(first[0], b) for b in last[1:]]
    else:
        both = list(combinations(first + last + words(full), 2))
    seen: set[tuple[Word, Word]] = set()
    for mine, other in both:
        for one, two in _read(mine, other):
            pair = (one, two) if one <= two else (two, one)
            if pair not in seen:
                seen.add(pair)
                yield pair


def _read(a: tuple[Word, ...], b: tuple[Word, ...]) -> Iterator[tuple[Word, Word]]:
    """The likeliest readings of two tokens, and each with one second reading."""
    yield a[0], b[0]
    for other in a[1:]:
        yield other, b[0]
    for other in b[1:]:
        yield a[0], other


def placed(place: str) -> str:
    """A place by the skeletons of its first two tokens, so that spellings and scripts agree; "" for none."""
    return ".".join(token[0].bones for token in words(place)[:2])
