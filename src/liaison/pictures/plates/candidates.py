"""What a crop may say: the raw reading, and other readings with how likely each is.

Candidates are the greedy reading of each crop, the same with one sign left out (a sticker or a coat of arms between
the groups is read as a sign) or with the network's own second choice at a place, and all of these as national forms
let them be read. Each is ranked by the mean over the crops of its log-probability, and what its form is worth.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from liaison.pictures.plates import grammar
from liaison.pictures.plates.lattice import Lattice, greedy, log_likelihoods, seconds

KEPT = 10  # candidates
SECOND = 0.02  # probability of a second choice that is tried


@dataclass(frozen=True, slots=True)
class Candidate:
    """A reading: the mean log-probability of its signs in the crops, and nats for the form that it fits."""

    text: str
    seen: float
    worth: float

    @property
    def score(self) -> float:
        """By what candidates are ranked, in nats."""
        return self.seen + self.worth


def ranked(lattices: Sequence[Lattice], expected: frozenset[str] = frozenset()) -> list[Candidate]:
    """The best KEPT candidates of one plate that was cropped in several ways, the likeliest first.

    The raw reading of the first crop is always one of them, where it has as many signs as a mark.
    """
    texts = sorted(_texts(lattices))
    if not texts:
        return []
    found = scored(texts, lattices, expected)
    raw = [each for each in found[KEPT:] if each.text == greedy(lattices[0])]
    return [*found[: KEPT - len(raw)], *raw]


def scored(texts: Sequence[str], lattices: Sequence[Lattice], expected: frozenset[str]) -> list[Candidate]:
    """These texts by these crops, the likeliest first."""
    seen = np.mean([log_likelihoods(each, texts) for each in lattices], 0)
    found = [
        Candidate(text, float(value), grammar.worth(text, expected))
        for text, value in zip(texts, seen, strict=True)
    ]
    return sorted(found, key=lambda one: -one.score)


def _texts(lattices: Iterable[Lattice]) -> set[str]:
    found = set[str]()
    for lattice in lattices:
        raw = greedy(lattice)
        if len(raw) - 1 > max(grammar.LENGTHS):
            continue
        near = {raw, *_without_one(raw)}
        near |= {raw[:at] + sign + raw[at + 1 :] for at, sign in seconds(lattice, SECOND)}
        found |= near | {other for text in near for other in grammar.fitted(text)}
    return {text for text in found if len(text) in grammar.LENGTHS}


def _without_one(text: str) -> set[str]:
    return {text[:at] + text[at + 1 :] for at in range(len(text))}
