"""One reading of several looks at a vehicle, and which looks are of one vehicle.

Every candidate of any frame is held against what each frame showed, and the log-probabilities are added; what its form
is worth is added once. Frames that follow one another err alike, so that the sum over n of them counts as the square
root of n would. A reading is told only where AGREEING frames or more have it as their own first one, and where it is
likelier than not or most frames have it: one look alone is no pass, nor a cut-off mark that some looks show, and two
vehicles behind one another are not made one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import sqrt

import numpy as np

from liaison.pictures.plates import grammar
from liaison.pictures.plates.answers import Pass
from liaison.pictures.plates.candidates import KEPT, Candidate
from liaison.pictures.plates.lattice import log_likelihoods
from liaison.pictures.plates.reading import Look, plate

AGREEING = 2  # frames
EVEN = 0.5  # confidence: what is less likely than not is told only where most looks agree
MOST_LOOKS = 12  # of a track that are kept: those that are seen best
GAP = 2.0  # seconds without a look, after which a vehicle has passed
NEAR = 2.0  # lengths of the box: how far it moves between two looks
EDITS = 2  # signs that two looks at one vehicle may be read otherwise
TRACKS = 16  # vehicles at one time


@dataclass(slots=True, eq=False)
class Track:
    """Looks at one vehicle: how many there were, when, and those that are kept."""

    first: float  # seconds from the beginning
    last: float
    frames: int = 0
    looks: list[Look] = field(default_factory=list)

    def add(self, look: Look, seconds: float) -> None:
        """One more look."""
        self.frames += 1
        self.last = seconds
        self.looks.append(look)
        if len(self.looks) > MOST_LOOKS:  # the newest stays: by it the next one is known
            self.looks.remove(min(self.looks[:-1], key=lambda each: each.strength))


def fused(looks: Sequence[Look], expected: frozenset[str] = frozenset()) -> list[Candidate]:
    """The candidates of several looks together, the likeliest first."""
    texts = sorted({each.text for look in looks for each in look.found})
    if not texts:
        return []
    frames = [np.mean([log_likelihoods(each, texts) for each in look.lattices], 0) for look in looks]
    seen = np.sum(frames, 0) / sqrt(len(frames))
    found = [
        Candidate(text, float(value), grammar.worth(text, expected))
        for text, value in zip(texts, seen, strict=True)
    ]
    return sorted(found, key=lambda one: -one.score)[:KEPT]


def passed(track: Track, expected: frozenset[str] = frozenset()) -> Pass | None:
    """The pass that a track was; None where too few frames agree on what it reads, or that is hardly seen."""
    found = fused(track.looks, expected)
    agreeing = sum(look.found[0].text == found[0].text for look in track.looks) if found else 0
    if agreeing < AGREEING:
        return None
    best = max(track.looks, key=lambda look: look.strength)
    told = plate(best.line, best.lattices, found, best.shown)
    if told.confidence < EVEN and 2 * agreeing <= len(track.looks):
        return None
    return Pass(
        told,
        track.frames,
        agreeing,
        round(track.first, 3),
        round(track.last, 3),
    )


class Tracks:
    """The vehicles that are in sight."""

    def __init__(self) -> None:
        self._open: list[Track] = []

    def __len__(self) -> int:
        return len(self._open)

    def add(self, looks: Sequence[Look], seconds: float) -> None:
        """The looks of one frame. Each goes to the vehicle that it continues, or begins one."""
        free = list(self._open)
        for look in looks:
            near = [track for track in free if continues(track.looks[-1], look)]
            track = min(near, key=lambda each: _apart(each.looks[-1], look), default=None)
            if track is None:
                if len(self._open) >= TRACKS:
                    continue
                track = Track(seconds, seconds)
                self._open.append(track)
            else:
                free.remove(track)
            track.add(look, seconds)

    def ended(self, seconds: float) -> list[Track]:
        """The vehicles that have passed by now; they are in sight no more."""
        over = [track for track in self._open if seconds - track.last > GAP]
        self._open = [track for track in self._open if track not in over]
        return over


def continues(before: Look, look: Look) -> bool:
    """Whether two looks may be of one vehicle: near one another and read alike."""
    alike = bool({each.text for each in before.found} & {each.text for each in look.found}) or (
        edits(before.found[0].text, look.found[0].text) <= EDITS
    )
    return alike and _apart(before, look) <= NEAR * max(before.line.length, look.line.length)


def edits(one: str, other: str) -> int:
    """How many signs have to be put in, left out or changed to make one text of the other."""
    row = list(range(len(other) + 1))
    for at, sign in enumerate(one, 1):
        before, row[0] = row[0], at
        for place, each in enumerate(other, 1):
            before, row[place] = row[place], min(row[place] + 1, row[place - 1] + 1, before + (sign != each))
    return row[-1]


def _apart(before: Look, look: Look) -> float:
    return float(np.linalg.norm(before.line.middle - look.line.middle))
