"""What agreement and disagreement are worth beside rarity: the assumptions of the engine on one page.

All in ten-thousandths of a bit of evidence (log2 of a likelihood ratio). Nothing here is learned from a test set:
each is a rounded share of how records of one person differ, and the list supplies how common things are.
"""

from __future__ import annotations

import ctypes
from math import log2

import numpy as np
from numpy.typing import NDArray

from liaison.kernel import address, lib
from liaison.matching.dates import BIT, LOSS, Grade
from liaison.matching.similarity import (
    COST,
    CUT,
    FOLDED,
    FOLDED_TYPO,
    OTHER_FORM,
    SAME,
    SHORT_SKELETON,
    TYPO,
    TYPO_TWICE,
    VARIANT,
    VOWEL_STEP,
    VOWELS,
)  # fmt: skip

JOINED = 30_000  # two tokens written as one
REPLACED = 55_000  # a token on each side that the other lacks
EXTRA = 18_000  # a token on one side only: a second name not always given
SWAPPED_ORDER = 40_000  # a given name that is the other's surname
PARTICLE = 5_000  # the most that al, de, von, bin can say
INITIAL = 15_000
BOTH_INITIALS = 20_000
SEX_OTHER = 35_000
NATION_SAME = 10_000
NATION_OTHER = 20_000
DOCUMENT_SHARED = 17_000  # one person in three is recorded twice with one document
DOCUMENT_TYPO = 105_000  # one character off
UNSEEN_KINDS = 200_000  # tokens of which nothing is known, over which their share is spread
LITTLE = 1000  # names that a list needs to outweigh the background
SHARES = 10_000_000  # a share of the background is a number of these parts

_PLAIN = [
    "joined", "replaced", "extra", "swapped_order", "dependence", "particle", "initial", "initials",
]  # fmt: skip


class KernelWeights(ctypes.Structure):
    """The kernel's `Weights`."""

    _fields_ = [
        *((name, ctypes.c_int32) for name in (
            "same", "other_form", "folded", "variant", "vowels", "typo", "folded_typo", "cut", "typo_twice",
            "vowel_step", "short_skeleton",
        )),
        ("loss", ctypes.c_int32 * len(Grade)),
        *((name, ctypes.c_int32) for name in _PLAIN),
        ("sex_same", ctypes.c_int32 * 4),
        *((name, ctypes.c_int32) for name in (
            "sex_other", "nation_same", "nation_other", "document_typo",
        )),
    ]  # fmt: skip


def kernel_weights(dependence: int, sex_same: NDArray[np.int32]) -> KernelWeights:
    """The weights for an index in which names of one origin share `dependence`."""
    costs = (COST[k] for k in (SAME, OTHER_FORM, FOLDED, VARIANT, VOWELS, TYPO, FOLDED_TYPO, CUT, TYPO_TWICE))
    losses = (ctypes.c_int32 * len(Grade))(*(LOSS[grade] for grade in Grade))
    return KernelWeights(
        *costs, VOWEL_STEP, SHORT_SKELETON, losses,
        JOINED, REPLACED, EXTRA, SWAPPED_ORDER, dependence, PARTICLE, INITIAL, BOTH_INITIALS,
        (ctypes.c_int32 * 4)(*sex_same.tolist()),
        SEX_OTHER, NATION_SAME, NATION_OTHER, DOCUMENT_TYPO,
    )  # fmt: skip


def sex_weights(sex: NDArray[np.uint8]) -> NDArray[np.int32]:
    """What agreeing in each sex is worth by its share in the list: int32[4], at most one bit and a half."""
    counts = np.bincount(sex & 3, minlength=4).astype(float)
    share = (counts + 10) / (counts[1:].sum() + 40)
    weights: NDArray[np.int32] = np.clip(np.rint(-np.log2(share) * BIT), 0, 15_000).astype(np.int32)
    weights[0] = 0
    return weights


def rarities(
    counts: NDArray[np.int64], background: NDArray[np.int64], names: int
) -> tuple[NDArray[np.int32], int, int]:
    """-log2 of each token's share of `names`, for tokens met `counts` times; that of one never heard of; and how many
    names' worth of background the list was given.

    A list says itself how common a token is, as far as it is long enough. Beside it stands the background, in
    SHARES of a token: it weighs as much as LITTLE names and as all tokens that the list holds once, whose share is
    that of the tokens it does not hold (Good-Turing).
    """
    prior = LITTLE + int((counts == 1).sum())
    bits = token_bits(counts, background, names, prior)
    unknown = np.full(1, SHARES // UNSEEN_KINDS, np.int64)
    return bits, int(token_bits(np.zeros(1, np.int64), unknown, names, prior)[0]), prior


def token_bits(
    counts: NDArray[np.int64], background: NDArray[np.int64], names: int, prior: int
) -> NDArray[np.int32]:
    """-log2((count + prior * background) / (names + prior)) in 1/10,000 bit, in integers on every machine."""
    shares, out = (counts * SHARES + prior * background).astype(np.uint64), np.empty(len(counts), np.int32)
    whole = ctypes.c_uint64((names + prior) * SHARES)
    lib().lk_rarities(address(shares), whole, ctypes.c_int64(len(counts)), address(out))
    return out


def chance(score: int, rows: int) -> float:
    """At most how many rows of a list of `rows` reach this score by chance: a likelihood ratio of x is exceeded by
    fewer than 1/x of the others (Markov's inequality, as in Royall, Statistical Evidence, 1997)."""
    return float(rows * 2.0 ** (-score / BIT))


def default_least(rows: int) -> int:
    """The score at which at most four rows of the list would match by chance."""
    return max(int((log2(max(rows, 1)) - 2) * BIT), 8 * BIT)
