"""Which keys agreed -> how strong the overlap is, and how many such ones would come by chance.

Fellegi and Sunter (1969): every key has a weight, log2(P(agrees | one person) / P(agrees | strangers)). The first is a
share of how records of one person differ; the second, for one key against the holder's whole set, is the lesser of the
holder's promise (`matchkeys`: it publishes nothing that says less) and of what the public shares and its size make of
it. Keys of one person's names overlap one another, so their evidence is that of the strongest, or of two tokens that
agree each by a key of its own; a document or a number beside it counts in full.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from math import log2, log10

from liaison.crosscheck.likeness.matchkeys import EXACT, FEW, MatchKey
from liaison.crosscheck.likeness.shares import DAYS, PER_PERSON, TOGETHER, YEARS, public_share

# Chance overlaps of one key that is asked for, at FEW people and at MANY, and the share of true pairs in which it
# agrees: measured on seeds 12 and 13 of bench/crosscheck_keys.py. `around`: N with another date.
MANY = 10 * FEW
PROMISED = {
    "S": (0.00015, 0.0017), "N": (0.0002, 0.0004), "Y": (0.0001, 0.0022), "YS": (0.0013, 0.0002), "L": (0.0001, 0.0004),
    "W0": (0.0018, 0.0001), "W1": (0.0014, 0.0003), "W2": (0.0001, 0.0009), "W3": (0.0001, 0.0008),
    "WE": (0.0004, 0.0001), "WP": (0.0001, 0.0004), "around": (0.00008, 0.00017),
}  # fmt: skip
AGREES = {"S": 0.2, "N": 0.6, "Y": 0.005, "YS": 0.06, "L": 0.02, "W0": 0.5, "W1": 0.4, "W2": 0.4, "W3": 0.2,
          "WE": 0.4, "WP": 0.1, "around": 0.006}  # fmt: skip
SOUNDS = {"W0": 0, "W1": 1, "W2": 2, "W3": 3, "WE": 2, "WP": 5}  # that the rest of a key is worth, a bit each
THING, MARK = 1e-10, 1e-6  # shares of one number, and of one registration mark without its country
THINGS_AGREE, BOTH_AGREE = 0.2, 0.5
LEAST_TOLD = 0.01  # overlaps by chance below which no number is said
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


def by_chance(expected: float) -> str:
    """How many overlaps as strong would come by chance, as a sentence."""
    if expected < LEAST_TOLD:
        return f"fewer than {LEAST_TOLD} such overlaps would come by chance"
    return f"about {expected:.2g} such overlaps would come by chance"


def chance(key: MatchKey, people: int) -> float:
    """Overlaps by chance to expect of one key that is asked for against a set of so many (padded) people."""
    kind = _kind(key)
    if kind not in PROMISED:
        return min(people * _thing_share(key), 1.0)
    few, many = PROMISED[kind]
    between = min(max(log10(people / FEW), 0.0), 1.0)
    return float(min(few * (many / few) ** between, people * _share(key)))


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
            both = _both_tokens(group, people) if named else 1.0
            together = log2(BOTH_AGREE / both)
            least = max(together, *(bits(key, people) for key in group))
            weight += least
            alike = (key for key in questions if (_kind(key) in PROMISED) is named)
            met = sum(chance(key, people) for key in alike if bits(key, people) >= least)
            expected *= min(met + both * (together >= least), 1.0)
    return Grade(_strength(expected), weight, expected, tuple(agreed))


def _both_tokens(agreed: Sequence[MatchKey], people: int) -> float:
    """Chance overlaps of the rarest two tokens that agree each by a key of its own, on one date; 1 where no two do."""
    known = [(*_token_and_date(key), chance(key, people)) for key in agreed if key.family in SOUNDS]
    beside = 0.6 * TOGETHER * PER_PERSON
    rarest = (
        met * min(beside * public_share(other), 1.0)
        for token, day, met in known
        for other, same, _ in known
        if token != other and day == same
    )
    return min(rarest, default=1.0)


def _token_and_date(key: MatchKey) -> tuple[str, str]:
    token, *_, day = key.text.decode().split("|")
    return token, day


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
        alone = public_share(one) * PER_PERSON / (DAYS * YEARS)
        return alone * 0.5 ** SOUNDS[key.family]
    pair = 0.6 * TOGETHER * PER_PERSON**2 * public_share(one) * public_share(two)
    return pair / YEARS / (DAYS if len(dated[0]) > 4 else 1)
