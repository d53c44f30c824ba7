"""From subjects to the inputs of a session, and from outputs back to overlaps. Pure.

A leg asks every key of its subjects once, in their order, then padding up to a multiple of BUCKET. Padding comes from
the session's seed and has a beginning that no key has, so that an auditor can explain it, and nobody can hide a
question in it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

import numpy as np
from numpy.typing import NDArray

from liaison.crosscheck.function.voprf import Blinded
from liaison.crosscheck.likeness import grading
from liaison.crosscheck.likeness.grading import Strength
from liaison.crosscheck.likeness.matchkeys import MatchKey, evaluated, no_keys, of_question
from liaison.crosscheck.messages import BUCKET, MOST_BATCHES, OF_ONE
from liaison.model.errors import BadInput
from liaison.model.subjects import AnySubject

BATCH = (
    16 * BUCKET
)  # points of one batch: small enough that the holder works on one while another is on its way
PADDING = b"liaison-xc/v1 padding\n"  # keys begin with a length in two bytes, of which the first is zero


@dataclass(frozen=True, slots=True)
class Inputs:
    """What a leg asks. `owners`: by the subject's number, the places of its keys among the inputs."""

    inputs: tuple[bytes, ...]
    owners: Mapping[int, tuple[tuple[int, MatchKey], ...]]
    keys: int  # inputs before the padding

    @property
    def padding(self) -> int:
        """How many inputs are padding."""
        return len(self.inputs) - self.keys


@dataclass(frozen=True, slots=True)
class Hit:
    """One subject that a partner has. `chance`: overlaps this strong to expect of one subject who is not there."""

    number: int
    strength: Strength
    bits: float
    chance: float
    agreed: tuple[str, ...]


def inputs_of(
    holder: str,
    subjects: Mapping[int, AnySubject],
    seed: bytes,
    leg: str,
    full: Callable[[Sequence[bytes]], object] = len,
) -> Inputs:
    """The inputs of a leg at this holder; `full` is given each batch without padding as soon as it is whole.

    Raises BadInput where nothing can be asked of any subject.
    """
    places: dict[bytes, int] = {}
    inputs: list[bytes] = []
    owners: dict[int, tuple[tuple[int, MatchKey], ...]] = {}
    for number, subject in subjects.items():
        owned = []
        for key in of_question(subject):
            each = evaluated(holder, key)
            place = places.setdefault(each, len(inputs))
            if place == len(inputs):
                inputs.append(each)
                if not len(inputs) % BATCH:
                    full(inputs[-BATCH:])
            owned.append((place, key))
        owners[number] = tuple(owned)
    if not inputs:
        raise BadInput(
            "nothing of these subjects can be compared",
            field="subjects",
            hint="give dates of birth, or numbers of documents, vehicles, telephones or accounts",
        )
    count = padded(len(inputs))
    if count > MOST_BATCHES * BATCH:
        raise BadInput(f"{count:,} points are too many", field="subjects", hint="divide the list")
    filled = padding(seed, leg, count - len(inputs))
    return Inputs((*inputs, *filled), owners, len(inputs))


def points_of(subjects: int | Iterable[AnySubject]) -> int:
    """The points that asking about these subjects takes at each partner; about how many, where a number is given."""
    if isinstance(subjects, int):
        return padded(subjects * OF_ONE)
    return padded(len({(key.family, key.text) for subject in subjects for key in of_question(subject)}))


def people_of(subjects: Sequence[AnySubject]) -> int:
    """How many people the law counts: the subjects, or one for every OF_ONE of their keys where that is more, since
    several may be asked about as names and dates of one."""
    return max(len(subjects), sum(len(of_question(each)) for each in subjects) // OF_ONE)


def padded(count: int) -> int:
    """The next multiple of BUCKET."""
    return -(-max(count, 1) // BUCKET) * BUCKET


def padding(seed: bytes, leg: str, count: int) -> list[bytes]:
    """So many inputs that no record has, each hashed from the one before."""
    return no_keys(PADDING, sha256(b"liaison-xc/v1 padding" + seed + leg.encode()).digest(), count)


def cut(inputs: Sequence[bytes]) -> list[Sequence[bytes]]:
    """The inputs in batches."""
    return [inputs[start : start + BATCH] for start in range(0, len(inputs), BATCH)]


def digests_of(batches: Iterable[Blinded]) -> list[str]:
    """SHA-256 of each batch's points, in hex."""
    return [sha256(batch.points).hexdigest() for batch in batches]


def hits(asked: Inputs, found: NDArray[np.bool_], people: int) -> list[Hit]:
    """The subjects of whom at least one key is in the set, in order. found: bool[n] for the inputs.

    people: the padded size that the holder told.
    """
    there = set(np.flatnonzero(found[: asked.keys]).tolist())
    graded = []
    for number, owned in asked.owners.items():
        agreed = [key for place, key in owned if place in there]
        grade = grading.grade(agreed, [key for _, key in owned], people)
        if grade is not None:
            said = tuple(f"{key.family} {key.says}" for key in grade.agreed)
            graded.append(Hit(number, grade.strength, grade.bits, grade.chance, said))
    return graded
