"""Two names, looked at by themselves: how likely they are names of one person or organisation, and why.

The engine weighs a name against a whole list; here there is only the pair, so rarity comes from background shares.
Tokens are aligned one to one, the strongest evidence first; a pair's evidence is
min(-cost - log2 min(P), -log2 max(P)) bits, P being the share of each token. What is left over on both sides counts
against, on one side hardly: names are shortened more often than changed. The score rises strictly with the evidence.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import exp

import numpy as np
from numpy.typing import NDArray

from liaison.matching.columns import Strings
from liaison.matching.dates import BIT, LOSS, Grade, grade
from liaison.matching.names import organisations
from liaison.matching.names.background import rarity
from liaison.matching.names.particles import is_title
from liaison.matching.names.split import tokens
from liaison.matching.names.words import NO_LIKENESS, Word, likeness, word

DATE_BITS = 14.0  # of a full date of birth among people of all ages


@dataclass(frozen=True, slots=True)
class Pairing:
    """Tokens of the two names taken for one: their places, how, and the evidence in bits."""

    first: tuple[int, ...]
    second: tuple[int, ...]
    how: str
    bits: float
    lost: float  # bits by which it is less than the same token would be


@dataclass(frozen=True, slots=True)
class Account:
    """What a comparison rests on, in bits."""

    agreed: float  # of the pairings
    lost: float  # by differences within them
    conflict: float  # tokens left over on both sides
    extra: float  # tokens left over on one side
    share: float  # of the shorter name, what is agreed
    swapped: int  # pairings that cross
    numbers: float = 0.0  # against: numbers that differ
    legal: float = 0.0  # legal forms
    date: float = 0.0


@dataclass(frozen=True, slots=True)
class Comparison:
    """score: 0 to 1, the higher the likelier one name; reasons in words, the weightiest first."""

    score: float
    reasons: tuple[str, ...]
