"""The holder's evaluations by the wheel `voprf` (Rust, curve25519-dalek), where it is: the same bytes, sooner.

It cannot take blinds or the proof's random scalar from outside, so it serves neither the asker nor the vectors of
proofs; what it does is held against the other backend before it is used.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import Any

from liaison.crosscheck.function import voprf
from liaison.crosscheck.function.groups import POINT
from liaison.crosscheck.function.suite import Suite
from liaison.model.errors import BadPoint

TRIAL = [b"liaison", b""]
CHANCE = bytes(32)


class Accelerated:
    """One key in the wheel's hands. It draws its own chance for proofs."""

    def __init__(self, module: Any, seed: bytes, info: bytes) -> None:
        self._module = module
        self._evaluator = module.Evaluator.from_seed(seed, info)

    @property
    def public(self) -> bytes:
        """The key that is published."""
        return bytes(self._evaluator.public_key.serialize())

    def outputs(self, inputs: Sequence[bytes]) -> bytes:
        """What `voprf.outputs` gives: bytes[64 * n]."""
        return b"".join(map(self._evaluator.evaluate_known_input, inputs))

    def evaluate(self, points: bytes) -> voprf.Evaluated:
        """What `voprf.evaluate` gives, with a proof of its own. Raises BadPoint."""
        voprf.require_batch(points)
        blinded, read = [], self._module.BlindedInput.deserialize
        for place in range(0, len(points), POINT):
            try:
                blinded.append(read(points[place : place + POINT]))
            except ValueError as error:
                number = place // POINT + 1
                raise BadPoint(
                    f"point {number} is not one of the group that can be used", row=number
                ) from error
        answer = bytes(self._evaluator.evaluate_batch(blinded).serialize())  # the proof, then the points
        return voprf.Evaluated(answer[voprf.PROOF :], answer[: voprf.PROOF])


def accelerated(seed: bytes, info: bytes, suite: Suite) -> Accelerated | None:
    """The key by the wheel; None where the wheel is not here or does not give what the suite's group gives."""
    try:
        fast = Accelerated(import_module("voprf.ristretto"), seed, info)
    except ImportError:
        return None
    key = voprf.derive_key(seed, info, suite)
    try:
        return fast if _agrees(fast, key, suite) else None
    finally:
        key.wipe()


def _agrees(fast: Accelerated, key: voprf.Key, suite: Suite) -> bool:
    points = suite.points(TRIAL)
    answer = fast.evaluate(points)
    return (
        fast.public == key.public
        and fast.outputs(TRIAL) == voprf.outputs(key, TRIAL, suite)
        and answer.points == voprf.evaluate(key, points, CHANCE, suite).points
    )
