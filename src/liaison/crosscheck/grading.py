"""Which keys agreed -> how strong the overlap is, and how many such ones would come by chance.

Fellegi and Sunter (1969): every key has a weight, log2(P(agrees | one person) / P(agrees | strangers)). The first is a
share of how records of one person differ; the second, for one key against the holder's whole set, is the lesser of the
holder's promise (`matchkeys`: it publishes nothing that says less) and of what the public shares and its size make of
it. Keys of one person's names overlap one another, so their evidence is that of the strongest; a document or a number
beside it counts in full.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from math import log2

from liaison.crosscheck.matchkeys import EXACT, MatchKey
from liaison.crosscheck.shares import DAYS, PER_PERSON, TOGETHER, YEARS, public_share

# Chance overlaps of one key that is asked for, and the share of true pairs in which it agrees: measured on seed 12 of
# bench/crosscheck_keys.py, rounded up. `around`: S with another date.
PROMISED = {"S": 0.0003, "C": 0.002, "Y": 0.002, "L": 0.0005, "W0": 0.0008, "W1": 0.0009, "W2": 0.0008, "W3": 0.0003,
            "around": 0.0001}  # fmt: skip
AGREES = {"S": 0.5, "C": 0.1, "Y": 0.06, "L": 0.02, "W0": 0.3, "W1": 0.1, "W2": 0.2, "W3": 0.05,
          "around": 0.006}  # fmt: skip
THING, MARK = 1e-10, 1e-6  # shares of one number, and of one registration mark without its country
THINGS_AGREE = 0.2
STRONG, POSSIBLE = 0.001, 0.01  # overlaps by chance for one suspect, at most


class Strength(Enum):
    """How strong an overlap is."""

    STRONG = "strong"
    POSSIBLE = "possible"
    WEAK = "weak"


@dataclass(frozen=True, slots=True)
class Grade:
    """What the keys that agreed say. bits: the weight; chance: overlaps this strong to expect of one suspect who is not
    on record."""

    strength: Strength
    bits: float
    chance: float
    agreed: tuple[MatchKey, ...]

    def among(self, suspects: int) -> float:
        """Overlaps this strong to expect by chance among so many suspects of whom none is on record."""
        return self.chance * suspects

    def sentence(self, suspects: int) -> str:
        """For the officer: `about 0.2 such overlaps would come by chance`."""
        expected = self.among(suspects)
        if expected < 0.01:
            return "fewer than 0.01 such overlaps would come by chance"
        return f"about {expected:.2g} such overlaps would come by chance"


def chance(key: MatchKey, people: int) -> float:
    """Overlaps by chance to expect of one key that is asked for against a set of so many (padded) people."""
    kind = _kind(key)
    if kind not in PROMISED:
        return min(people * _thing_share(key), 1.0)
    return min(PROMISED[kind], people * _share(key))


def bits(key: MatchKey, people: int) -> float:
    """The weight of one key that agreed, log2 of a likelihood ratio."""
    return log2(AGREES.get(_kind(key), THINGS_AGREE) / chance(key, people))


def grade(agreed: Sequence[MatchKey], asked: Iterable[MatchKey], people: int) -> Grade | None:
    """What it says that these of the keys asked for about one subject are in the set; None where there is none.

    people: the padded size that the holder's manifest gives. asked: every key that was asked for about the subject.
    """
    if not agreed:
        return None
    questions = list(asked)
    names = [key for key in agreed if _kind(key) in PROMISED]
    numbers = [key for key in agreed if _kind(key) not in PROMISED]
    weight, expected = 0.0, 1.0
    for group, named in ((names, True), (numbers, False)):
        if group:
            least = max(bits(key, people) for key in group)
            weight += least
            alike = (key for key in questions if (_kind(key) in PROMISED) is named)
            expected *= min(sum(chance(key, people) for key in alike if bits(key, people) >= least), 1.0)
    return Grade(_strength(expected), weight, expected, tuple(agreed))


def _strength(expected: float) -> Strength:
    if expected <= STRONG:
        return Strength.STRONG
    return Strength.POSSIBLE if expected <= POSSIBLE else Strength.WEAK


def _thing_share(key: MatchKey) -> float:
    """The share of things with this key; a document's number without its country by its length."""
    if key.family == "D":
        return float(0.1 ** (len(key.text) + 1))
    return MARK if key.family == "P" else THING


def _kind(key: MatchKey) -> str:
    return key.family if key.says == EXACT else "around"


def _share(key: MatchKey) -> float:
    """The share of people who have this key, by the public shares; a beginning counts as half a token."""
    one, two, *dated = key.text.decode().split("|")
    if key.family.startswith("W"):
        return public_share(one) * PER_PERSON * 0.5 ** int(key.family[1]) / (DAYS * YEARS)
    pair = 0.6 * TOGETHER * PER_PERSON**2 * public_share(one) * public_share(two)
    return pair / YEARS / (DAYS if len(dated[0]) > 4 else 1)
