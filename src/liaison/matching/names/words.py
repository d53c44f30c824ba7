"""One token as it is compared with another: its forms, their sounds, and what it costs to take two for one name.

Forms are compared by the error channel of `similarity`. Beyond it stands a looser one for pairs that are looked at one
by one: a weighted edit distance between sounds, in which vowels weigh less than consonants, and next to nothing where
one side is written in a script that leaves them out.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate

from liaison.matching.names.background import rarity
from liaison.matching.names.particles import is_particle
from liaison.matching.names.romanise import forms
from liaison.matching.names.variants import groups
from liaison.matching.phonetics import fold, mask, skeleton
from liaison.matching.similarity import BIT, LEVELS, NO_MATCH, cost

NO_LIKENESS = 99.0  # bits: not one name
OTHER_FORM, SPELLING, VARIANT = 1.5, 3.0, 7.0  # bits
LOOSE, LOOSE_STEP = 5.0, 6.5  # bits of a loose likeness in one script: to begin with, and for one consonant
CROSSED, CROSSED_STEP = 2.0, 4.5  # the same between scripts, where spelling varies more
LOOSEST = 0.6  # of a longer sound, the part that may differ
VOWEL, VOWEL_ABJAD, KIN = (
    0.5,
    0.15,
    0.5,
)  # steps: a vowel, a vowel that is not written, consonants of one class

CLASSES = 0x3FF  # of a mask: which classes of consonants occur
MOST_APART = 4  # classes that one form has and the other has not; with more, over half the sounds differ

_VOWELS = frozenset("aeiou")
_CLASS = {
    c: g
    for g, letters in enumerate(("bp", "dt", "kgq", "fvw", "szcxj", "h", "l", "r", "m", "n", "y", "aeiou"))
    for c in letters
}


@dataclass(frozen=True, slots=True)
class Word:
    """A token with what is known of it. bits: -log2 of its share among tokens."""

    text: str
    forms: tuple[str, ...]
    native: bool  # not Latin
    abjad: bool  # written without its short vowels
    bits: float
    particle: bool
    groups: frozenset[int]
    sounds: tuple[int, ...]  # of every form: which classes of consonants it has

    @property
    def initial(self) -> bool:
        """Whether the token is a single letter."""
        return len(self.text) == 1 and len(self.forms[0]) <= 2


@lru_cache(maxsize=1 << 16)
def word(token: str) -> Word | None:
    """The token as a Word; None where it has no form."""
    spelled = forms(token)
    if not spelled:
        return None
    letter = token[0] if token.isascii() else max(token)
    return Word(
        text=token,
        forms=spelled,
        native=letter >= "Ͱ" and not "Ḁ" <= letter <= "ỿ",
        abjad="֐" <= letter <= "ࣿ" or "יִ" <= letter <= "ﻼ",
        bits=min(rarity(form) for form in spelled[:3]),
        particle=is_particle(spelled[0]),
        groups=frozenset(g for form in spelled for g in groups(form)),
        sounds=tuple(mask(form) & CLASSES for form in spelled),
    )


def likeness(a: Word, b: Word) -> tuple[str, float]:
    """(how, cost in bits) of taking two tokens for one name; NO_LIKENESS where they are not. Symmetric."""
    if a.forms == b.forms or a.forms[0] == b.forms[0]:
        return "same", 0.0
    return _likeness(a, b) if a.text < b.text else _likeness(b, a)


@lru_cache(maxsize=1 << 17)
def _likeness(a: Word, b: Word) -> tuple[str, float]:
    if not set(a.forms).isdisjoint(b.forms):
        return "other romanisation", OTHER_FORM
    best = _variant(a, b)
    crossed = a.native != b.native
    for i, x in enumerate(a.forms):
        for j, y in enumerate(b.forms):
            if (a.sounds[i] ^ b.sounds[j]).bit_count() > MOST_APART:
                continue
            more = OTHER_FORM if i + j else 0.0
            if not crossed:
                level, paid = _channel(x, y)
                if paid < NO_MATCH:
                    best = min(best, (LEVELS[level], paid / BIT + more), key=_bits)
            if crossed or best[1] > OTHER_FORM + LOOSE:
                best = min(best, _loose(x, y, crossed, a.abjad or b.abjad, more), key=_bits)
    return best


def _variant(a: Word, b: Word) -> tuple[str, float]:
    """Of one name in two languages; with the same consonants, only in another spelling."""
    if a.groups.isdisjoint(b.groups):
        return "", NO_LIKENESS
    alike = len(skeleton(a.forms[0])) > 1 and skeleton(a.forms[0]) == skeleton(b.forms[0])
    return "variant of the name", SPELLING if alike else VARIANT


def _bits(found: tuple[str, float]) -> float:
    return found[1]


@lru_cache(maxsize=1 << 17)
def _channel(x: str, y: str) -> tuple[int, int]:
    return cost(x, y)


def _loose(x: str, y: str, crossed: bool, abjad: bool, more: float) -> tuple[str, float]:
    share, steps = distance(fold(x), fold(y), abjad)
    if share > LOOSEST:
        return "", NO_LIKENESS
    begin, step = (CROSSED, CROSSED_STEP) if crossed else (LOOSE, LOOSE_STEP)
    return "similar", begin + step * steps + more


@lru_cache(maxsize=1 << 17)
def distance(x: str, y: str, abjad: bool) -> tuple[float, float]:
    """(share of the longer sound that differs, steps that it takes) between two folds."""
    weight = _WEIGHTS[abjad]
    change = _CHANGES[abjad]
    weights_y = [weight[d] for d in y]
    row = [0.0, *accumulate(weights_y)]
    whole = row[-1]
    for c in x:
        own, costs = weight[c], change[c]
        diagonal = row[0]
        left = row[0] = diagonal + own
        for j, d in enumerate(y, 1):
            above = row[j]
            best = diagonal if c == d else diagonal + costs[d]
            diagonal = above
            if (dropped := above + own) < best:
                best = dropped
            if (added := left + weights_y[j - 1]) < best:
                best = added
            left = row[j] = best
    return row[-1] / max(sum(weight[c] for c in x), whole), row[-1]


def _change(c: str, d: str, own: float, other: float) -> float:
    if own < 1.0 and other < 1.0:
        return own
    return KIN if own == other and _CLASS[c] == _CLASS[d] else max(own, other)


_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_WEIGHTS = [{c: vowel if c in _VOWELS else 1.0 for c in _LETTERS} for vowel in (VOWEL, VOWEL_ABJAD)]
_CHANGES = [{c: {d: _change(c, d, w[c], w[d]) for d in _LETTERS} for c in _LETTERS} for w in _WEIGHTS]
