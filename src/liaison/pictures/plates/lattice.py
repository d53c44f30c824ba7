"""What stands in a crop as the network sees it, step by step, and how likely a text is by it.

A lattice is float32[steps, 1 + 36]: for each step the probability of no sign, then of each of SIGNS. The probability of
a text is the sum over all ways in which it can be spelt along the steps (the forward pass of connectionist temporal
classification: Graves and others, ICML 2006). Pure but for numpy.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from liaison.formats.vehicles.folding import latin

SIGNS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
PLACES = {sign: at for at, sign in enumerate(SIGNS, 1)}
LEAST = 1e-7  # of a probability: the network's own steps are no finer

Lattice = NDArray[np.float32]


def places_of(alphabet: Iterable[str]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Which classes of a network count for which place of a lattice, by the signs of its classes in their order.

    Small letters, letters with accents and look-alikes of other scripts are the Latin capital; what else there is (a
    hyphen, a dot, a coat of arms taken for a Chinese sign) is no sign.
    """
    pairs = [
        (at, PLACES[latin(sign)])
        for at, sign in enumerate(alphabet)
        if len(sign) == 1 and latin(sign) in PLACES
    ]
    return np.array([pair[0] for pair in pairs], np.int64), np.array([pair[1] for pair in pairs], np.int64)


def greedy(lattice: Lattice) -> str:
    """The likeliest sign of each step, repeats as one."""
    best = lattice.argmax(1)
    kept = best[(best > 0) & (np.diff(best, prepend=0) != 0)]
    return "".join(SIGNS[place - 1] for place in kept)


def seconds(lattice: Lattice, least: float) -> list[tuple[int, str]]:
    """Other signs that have at least `least` at a step where the greedy text has one, each with its place there."""
    best, found, at = lattice.argmax(1), list[tuple[int, str]](), -1
    for step, place in enumerate(best):
        if place and (step == 0 or best[step - 1] != place):
            at += 1
        if place:
            ranked = np.argsort(lattice[step, 1:])[::-1][1:3]
            found += [(at, SIGNS[other]) for other in ranked if lattice[step, 1 + other] >= least]
    return list(dict.fromkeys(found))


def log_likelihoods(lattice: Lattice, texts: Sequence[str]) -> NDArray[np.float64]:
    """float64[texts]: the natural logarithm of the probability of each text, by all ways to spell it."""
    longest = max((len(text) for text in texts), default=0)
    labels = np.zeros((len(texts), 2 * longest + 1), np.int64)
    for row, text in enumerate(texts):
        labels[row, 1 : 2 * len(text) : 2] = [PLACES[sign] for sign in text]
    ends = np.array([2 * len(text) for text in texts])
    rows = np.arange(len(texts))
    skips = np.zeros(labels.shape)  # from a sign to the next one without "no sign" between
    skips[:, 3::2] = labels[:, 3::2] != labels[:, 1:-2:2]
    chances = np.maximum(lattice.astype(np.float64), LEAST)
    ways = np.zeros(labels.shape)
    ways[:, 0] = 1.0
    total = np.zeros(len(texts))
    for chance in chances:
        before = ways.copy()
        ways[:, 1:] += before[:, :-1]
        ways[:, 2:] += before[:, :-2] * skips[:, 2:]
        ways *= chance[labels]
        scale = ways.sum(1)
        scale[scale == 0] = 1e-300
        ways /= scale[:, None]
        total += np.log(scale)
    last = ways[rows, ends] + np.where(ends > 0, ways[rows, np.maximum(ends - 1, 0)], 0.0)
    return np.asarray(total + np.log(np.maximum(last, 1e-300)))


def log_likelihood_by_hand(lattice: Lattice, text: str) -> float:
    """The readable twin of log_likelihoods: the sum over every way to give each step a sign or none."""
    from itertools import product
    from math import log

    total = 0.0
    for way in product(range(lattice.shape[1]), repeat=len(lattice)):
        spelt = "".join(
            SIGNS[place - 1] for at, place in enumerate(way) if place and (at == 0 or way[at - 1] != place)
        )
        if spelt == text:
            chance = 1.0
            for step, place in enumerate(way):
                chance *= max(float(lattice[step, place]), LEAST)
            total += chance
    return log(max(total, 1e-300))
