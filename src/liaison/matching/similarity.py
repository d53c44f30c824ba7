"""How improbable it is that two spellings are one name: the error channel, in ten-thousandths of a bit.

The readable twin of the kernel's `token_cost`. A cost is -log2 of the probability that a person who bears the one
spelling is recorded under the other, given that it is the same person; what it is worth as evidence depends on how
rare both spellings are, and is worked out in `evidence`.
"""

from __future__ import annotations

from liaison.matching.phonetics import LONGEST, apart, fold, skeleton

BIT = 10_000  # one bit of evidence
NO_MATCH = 1 << 30

SAME, OTHER_FORM, FOLDED, VARIANT, VOWELS, TYPO, FOLDED_TYPO, CUT, TYPO_TWICE = range(9)
LEVELS = (
    "same", "other romanisation", "same sound", "variant of the name", "same consonants", "one letter off",
    "one sound off", "cut short", "two letters off",
)  # fmt: skip

# Bits. Shares of recorded name differences: Damerau 1964 (80 % of misspellings are one edit); Christen,
# Data Matching (2012) ch. 5; the share of one exact error among its kind is 1 / (errors of that kind that occur).
COST: dict[int, int] = {
    SAME: 0,
    OTHER_FORM: 15_000,
    FOLDED: 35_000,
    VARIANT: 70_000,
    VOWELS: 55_000,  # and VOWEL_STEP for every letter that differs
    TYPO: 100_000,
    FOLDED_TYPO: 120_000,
    CUT: 95_000,
    TYPO_TWICE: 165_000,
}
VOWEL_STEP = 20_000
SHORT_SKELETON = 30_000  # more for a skeleton of two consonants, which many names share

SHORTEST_TYPO, SHORTEST_TWICE, SHORTEST_CUT, LONGEST_CUT = 3, 6, 4, 5
MASK_ONE, MASK_TWO = 2, 4  # consonant classes and vowels that one and two edits may change; more is no match


def osa(a: str, b: str) -> int:
    """Optimal string alignment distance: insertions, deletions, substitutions, neighbours swapped."""
    before: list[int] = []
    last = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        row = [i]
        for j, y in enumerate(b, 1):
            best = min(last[j] + 1, row[-1] + 1, last[j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and a[i - 2] == y:
                best = min(best, before[j - 2] + 1)
            row.append(best)
        before, last = last, row
    return last[-1]


def cost(a: str, b: str) -> tuple[int, int]:
    """(level, cost in 1/10,000 bit) of two forms; (TYPO_TWICE, NO_MATCH) when they are not one name. Symmetric."""
    a, b = a[:LONGEST], b[:LONGEST]
    if a == b:
        return SAME, COST[SAME]
    if fold(a) == fold(b):
        return FOLDED, COST[FOLDED]
    found = [*_same_consonants(a, b), *_typo(a, b, apart(a, b)), *_cut(a, b)]
    return min(found, key=lambda pair: (pair[1], pair[0]), default=(TYPO_TWICE, NO_MATCH))


def _same_consonants(a: str, b: str) -> list[tuple[int, int]]:
    classes = skeleton(a)
    if len(classes) < 2 or classes != skeleton(b):
        return []
    step = VOWEL_STEP * osa(fold(a), fold(b)) + (SHORT_SKELETON if len(classes) == 2 else 0)
    return [(VOWELS, COST[VOWELS] + step)]


def _typo(a: str, b: str, letters: int) -> list[tuple[int, int]]:
    shorter = min(len(a), len(b))
    if shorter < SHORTEST_TYPO or letters > MASK_TWO or abs(len(a) - len(b)) > 4:
        return []
    raw, sound = osa(a, b), osa(fold(a), fold(b))
    if raw == 1 and letters <= MASK_ONE:
        return [(TYPO, COST[TYPO])]
    if sound == 1 and letters <= MASK_ONE:
        return [(FOLDED_TYPO, COST[FOLDED_TYPO])]
    return [(TYPO_TWICE, COST[TYPO_TWICE])] if min(raw, sound) <= 2 and shorter >= SHORTEST_TWICE else []


def _cut(a: str, b: str) -> list[tuple[int, int]]:
    if len(a) > len(b):
        a, b = b, a
    fits = len(a) >= SHORTEST_CUT and len(b) - len(a) <= LONGEST_CUT and b.startswith(a)
    return [(CUT, COST[CUT])] if fits else []
