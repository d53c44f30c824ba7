"""The whole account of two entries, in Python: the readable twin of the kernel's `account`, and the oracle
of its tests.

Every score is the sum of what `account` returns. All figures are in 1/10,000 bit.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from liaison.matching import dates, weights
from liaison.matching.phonetics import fold
from liaison.matching.similarity import COST, FOLDED, NO_MATCH, OTHER_FORM, SAME, TYPO_TWICE, VARIANT, cost

INITIAL_LEVEL = len(dates.Grade)


@dataclass(frozen=True, slots=True)
class Token:
    """A token of a name: its forms, how rare it is, and what is known of it. role: 0 any, 1 given, 2 surname."""

    forms: tuple[str, ...]
    rarity: int
    role: int = 0
    particle: bool = False
    groups: frozenset[int] = frozenset()
    together: int = 0  # hundredths of a bit shared with the token before it; for held names

    @property
    def initial(self) -> bool:
        """Is it a single letter?"""
        return len(self.forms[0]) == 1


@dataclass(frozen=True, slots=True)
class Entry:
    """One name of a person with what else is recorded."""

    tokens: tuple[Token, ...]
    dob: int = 0
    sex: int = 0
    nationality: tuple[int, int] = (0, 0)


@dataclass(frozen=True, slots=True)
class Match:
    """Tokens taken for one name. kind 0: token i and token j; 1: i and j, j + 1 run together; 2: i, i + 1 and j."""

    kind: int
    i: int
    j: int
    level: int
    weight: int

    def asked(self) -> set[int]:
        """The asked tokens it uses."""
        return {self.i, self.i + 1} if self.kind == 2 else {self.i}

    def held(self) -> set[int]:
        """The held tokens it uses."""
        return {self.j, self.j + 1} if self.kind == 1 else {self.j}


@dataclass(frozen=True, slots=True)
class List:
    """What a list says of its own: how common dates and sexes are, and how names of one origin go together."""

    date_bits: NDArray[np.int32]
    sex_same: Sequence[int]
    dependence: int


@dataclass(frozen=True, slots=True)
class Account:
    """The contributions to a score."""

    matches: tuple[Match, ...]
    unmatched: int
    order: int
    dependence: int
    grade: dates.Grade
    date: int
    document: int
    sex: int
    nation: int
    score: int = field(init=False)

    def __post_init__(self) -> None:
        parts = (self.unmatched, self.order, self.dependence, self.date, self.document, self.sex, self.nation)
        object.__setattr__(self, "score", sum(match.weight for match in self.matches) + sum(parts))


def weigh(rarity_a: int, rarity_b: int, price: int) -> int:
    """What two spellings are worth: log2(P(both | one name) / P(both | chance)), by the rarer one, and never more than
    the commoner one alone would be."""
    return min(max(rarity_a, rarity_b) - price, min(rarity_a, rarity_b))


def token_cost(a: Token, b: Token) -> tuple[int, int]:
    """(cost, level) of the cheapest way to take two tokens for one name, over their forms and their variants."""
    found = []
    for i, mine in enumerate(a.forms):
        for j, theirs in enumerate(b.forms):
            level, price = cost(mine, theirs)
            if price < NO_MATCH:
                later = i + j > 0
                found.append(
                    (price + COST[OTHER_FORM] * later, OTHER_FORM if later and level == SAME else level)
                )
    if a.groups & b.groups:
        found.append((COST[VARIANT], VARIANT))
    return min(found, default=(NO_MATCH, TYPO_TWICE))


def pair(a: Token, b: Token) -> tuple[int, int] | None:
    """(weight, level) of two tokens, None when they are not one name."""
    if a.initial or b.initial:
        if a.forms[0][0] != b.forms[0][0]:
            return None
        return (weights.BOTH_INITIALS if a.initial and b.initial else weights.INITIAL), INITIAL_LEVEL
    price, level = token_cost(a, b)
    if price >= NO_MATCH:
        return None
    weight = weigh(a.rarity, b.rarity, price)
    return (min(weight, weights.PARTICLE) if a.particle or b.particle else weight), level


def joined(a: Token, b: Token, whole: Token) -> tuple[int, int] | None:
    """(weight, level) of two tokens that run together to a third, by spelling or by sound; None when they do not."""
    if a.forms[0] + b.forms[0] == whole.forms[0]:
        level = SAME
    elif fold(a.forms[0]) + fold(b.forms[0]) == fold(whole.forms[0]):
        level = FOLDED
    else:
        return None
    return weigh(a.rarity + b.rarity, whole.rarity, weights.JOINED + (COST[FOLDED] if level else 0)), level


def _candidates(asked: Sequence[Token], held: Sequence[Token]) -> Iterator[Match]:
    """Every way to take tokens of two names for one, single tokens first."""
    for i, a in enumerate(asked):
        for j, b in enumerate(held):
            if (single := pair(a, b)) is not None:
                yield Match(0, i, j, single[1], single[0])
    for i, a in enumerate(asked):
        for j, b in enumerate(held):
            if (
                j + 1 < len(held)
                and b.role == held[j + 1].role
                and (two := joined(b, held[j + 1], a)) is not None
            ):
                yield Match(1, i, j, two[1], two[0])
            if (
                i + 1 < len(asked)
                and a.role == asked[i + 1].role
                and (two := joined(a, asked[i + 1], b)) is not None
            ):
                yield Match(2, i, j, two[1], two[0])


def align(asked: Sequence[Token], held: Sequence[Token]) -> tuple[Match, ...]:
    """Pairs of tokens, the heaviest first, no token twice; nothing lighter than two unmatched tokens are."""
    left = [match for match in _candidates(asked, held) if match.weight > -weights.REPLACED]
    chosen: list[Match] = []
    while left:
        best = max(left, key=lambda match: match.weight)
        chosen.append(best)
        left = [m for m in left if not (m.asked() & best.asked() or m.held() & best.held())]
    return tuple(chosen)


def _together(held: Sequence[Token], used: set[int], dependence: int) -> int:
    shared = (100 * held[j].together - dependence for j in range(1, len(held)) if {j - 1, j} <= used)
    return sum(bits for bits in shared if bits > 0)


def account(asked: Entry, held: Entry, of: List, document: int = 0) -> Account:
    """The account of one entry against another. `document`: what their papers agree in, 0 for nothing."""
    matches = align(asked.tokens, held.tokens)
    used = {i for match in matches for i in match.asked()}, {j for match in matches for j in match.held()}
    counted = [m for m in matches if not (asked.tokens[m.i].particle or held.tokens[m.j].particle)]
    crossed = any(
        {0} != {a, b} and a and b and a != b
        for a, b in ((asked.tokens[m.i].role, held.tokens[m.j].role) for m in counted)
    )
    lost = sum(i not in used[0] and not token.particle for i, token in enumerate(asked.tokens))
    left_over = sum(j not in used[1] and not token.particle for j, token in enumerate(held.tokens))
    grade = dates.grade(asked.dob, held.dob)
    known = bool(matches or document)
    return Account(
        matches,
        -(min(lost, left_over) * weights.REPLACED + abs(lost - left_over) * weights.EXTRA),
        -weights.SWAPPED_ORDER if crossed else 0,
        -max(len(counted) - 1, 0) * of.dependence - _together(held.tokens, used[1], of.dependence),
        grade,
        dates.evidence(grade, asked.dob, held.dob, of.date_bits),
        document,
        _sex(asked.sex, held.sex, of) if known else 0,
        _nation(asked.nationality, held.nationality) if known else 0,
    )


def _sex(a: int, b: int, of: List) -> int:
    if not a or not b:
        return 0
    return of.sex_same[a] if a == b else -weights.SEX_OTHER


def _nation(a: tuple[int, int], b: tuple[int, int]) -> int:
    if not a[0] or not b[0]:
        return 0
    return weights.NATION_SAME if set(a) & set(b) - {0} else -weights.NATION_OTHER
