"""The verifiable oblivious pseudorandom function of RFC 9497, many inputs at once: bytes in, bytes out.

The asker blinds its inputs, the holder evaluates them under its key with one proof for the batch, and the asker checks
the proof, takes the blinds off and hashes. Randomness is passed in. Points stand one after another, 32 bytes each.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256, sha512

from liaison.crosscheck.function.groups import ORDER, POINT, SCALAR
from liaison.crosscheck.function.suite import Suite, lengthened, standard
from liaison.model.errors import BadPoint, BadProof

SEED = 32  # bytes
PROOF = 2 * SCALAR
LARGEST_BATCH = 8192  # points; RFC 9497 allows 65,535
ZERO = bytes(SCALAR)
KEY_HINT = "keep what was received: the partner's node used another key than the one it published"


@dataclass(slots=True)
class Key:
    """A holder's key for one epoch. `secret` can be wiped; `public` is what it publishes."""

    secret: bytearray = field(repr=False)
    public: bytes

    def wipe(self) -> None:
        """Overwrite the secret. Copies that Python made on the way to it are out of reach."""
        self.secret[:] = bytes(len(self.secret))


@dataclass(frozen=True, slots=True)
class Blinded:
    """Blinded inputs, which say nothing of them, and the blinds that open them."""

    points: bytes
    blinds: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Evaluated:
    """Blinded inputs under a key, and the proof that it was one key for all: c, then s (RFC 9497 section 2.2)."""

    points: bytes
    proof: bytes


def derive_key(seed: bytes | bytearray, info: bytes, suite: Suite | None = None) -> Key:
    """The key that a secret seed of 32 bytes and public words lead to (RFC 9497 section 3.2.1)."""
    suite = suite or standard()
    if len(seed) != SEED:
        raise ValueError(f"a seed has {SEED} bytes")
    for counter in range(256):
        secret = suite.scalar(bytes(seed) + lengthened(info) + bytes([counter]), b"DeriveKeyPair")
        if secret != ZERO:
            return Key(bytearray(secret), suite.group.multiply_base(secret))
    raise ValueError("the seed leads to no key")  # one in 2**64512


def batch_seed(seed: bytes, session: str, number: int) -> bytes:
    """The seed of one batch of a session, from 1 on, that its blinds come from."""
    return sha256(b"liaison-xc/v1 batch" + seed + session.encode() + number.to_bytes(4, "big")).digest()


def blind(inputs: Sequence[bytes], seed: bytes, suite: Suite | None = None) -> Blinded:
    """Each input's point times a blind of its own that the seed leads to, so that the seed opens the batch again.

    The blind of input i is HashToScalar(seed, i in four bytes, input) under a name of its own. A seed of 32 random
    bytes serves one batch alone: two batches of one seed would show which inputs they share at one place.
    """
    suite = suite or standard()
    if len(seed) != SEED:
        raise ValueError(f"a seed has {SEED} bytes")
    named = seed + b"liaison-xc/v1 blind"
    blinds = suite.scalars(named + place.to_bytes(4, "big") + each for place, each in enumerate(inputs))
    return Blinded(suite.group.multiply(suite.points(inputs), blinds), blinds)


def evaluate(key: Key, points: bytes, chance: bytes, suite: Suite | None = None) -> Evaluated:
    """Each point under the key, and the proof (RFC 9497 section 3.3.2, BlindEvaluate). Raises BadPoint.

    `chance` is 32 random bytes. The proof's random scalar is hashed from them, the secret and the points together, so
    that chance which repeats does not give the key away.
    """
    suite = suite or standard()
    if len(chance) != SEED:
        raise ValueError(f"chance has {SEED} bytes")
    require_batch(points)
    evaluated = suite.group.multiply_all(points, key.secret)
    hidden = chance + bytes(key.secret) + sha512(points).digest()
    return Evaluated(
        evaluated, prove(key, points, evaluated, suite.scalar(hidden, b"liaison-xc/v1 proof "), suite)
    )


def prove(key: Key, points: bytes, evaluated: bytes, random: bytes, suite: Suite | None = None) -> bytes:
    """The proof that each evaluated point is its point times the key's secret (RFC 9497 section 2.2.1, GenerateProof).

    `random` is a scalar that no other proof used: two proofs with one give the key away.
    """
    suite = suite or standard()
    group = suite.group
    weights = _weights(suite, key.public, points, evaluated)
    left = group.weighted_sum(points, weights)
    right = group.multiply_all(left, key.secret)
    challenge = _challenge(
        suite, key.public, left, right, group.multiply_base(random), group.multiply_all(left, random)
    )
    return challenge + group.difference(random, group.product(challenge, key.secret))


def verify(public: bytes, points: bytes, evaluated: bytes, proof: bytes, suite: Suite | None = None) -> None:
    """Raises BadProof unless the points were evaluated under this public key (RFC 9497 section 2.2.2, VerifyProof).

    Raises BadPoint for the identity and for what is no point.
    """
    suite = suite or standard()
    _require_form(points, evaluated, proof)
    group = suite.group
    group.require_points(public)
    weights = _weights(suite, public, points, evaluated)
    left, right = group.weighted_sum(points, weights), group.weighted_sum(evaluated, weights)
    challenge, answer = proof[:SCALAR], proof[SCALAR:]
    try:
        second = group.add(group.multiply_base(answer), group.multiply(public, challenge))
        third = group.add(group.multiply(left, answer), group.multiply(right, challenge))
    except BadPoint as error:  # a challenge or answer of zero, which an honest proof does not have
        raise BadProof("the proof is not one that a key can make", hint=KEY_HINT) from error
    if _challenge(suite, public, left, right, second, third) != challenge:
        raise BadProof("the points were not evaluated under the published key", hint=KEY_HINT)


def _require_form(points: bytes, evaluated: bytes, proof: bytes) -> None:
    require_batch(points)
    if len(evaluated) != len(points):
        raise BadPoint(
            f"{len(points) // POINT} points were asked about and {len(evaluated) // POINT} came back"
        )
    scalars = (proof[:SCALAR], proof[SCALAR:])
    if len(proof) != PROOF or any(int.from_bytes(each, "little") >= ORDER for each in scalars):
        raise BadProof(f"a proof is two scalars of {SCALAR} bytes", hint=KEY_HINT)


def require_batch(points: bytes) -> None:
    """Raises BadPoint for more or fewer bytes than a batch of points has."""
    if len(points) % POINT or not 0 < len(points) <= LARGEST_BATCH * POINT:
        raise BadPoint(f"a batch is 1 to {LARGEST_BATCH} points of {POINT} bytes")


def finalize(
    public: bytes, inputs: Sequence[bytes], blinded: Blinded, evaluated: Evaluated, suite: Suite | None = None
) -> list[bytes]:
    """The function's outputs, 64 bytes each, after the proof was checked (RFC 9497 section 3.3.2, Finalize).

    Raises BadProof, BadPoint.
    """
    suite = suite or standard()
    if len(inputs) * POINT != len(blinded.points):
        raise ValueError("there must be one blinded point for each input")
    verify(public, blinded.points, evaluated.points, evaluated.proof, suite)
    return unblind(inputs, blinded.blinds, evaluated.points, suite)


def unblind(inputs: Sequence[bytes], blinds: bytes, points: bytes, suite: Suite | None = None) -> list[bytes]:
    """The outputs of evaluated points, without a look at any proof (mode OPRF: RFC 9497 section 3.3.1, Finalize)."""
    suite = suite or standard()
    return _hashed(inputs, suite.group.multiply(points, suite.group.inverses(blinds)))


def outputs(key: Key, inputs: Sequence[bytes], suite: Suite | None = None) -> bytes:
    """The function's outputs for the holder's own inputs: bytes[64 * n] (RFC 9497 section 3.3.1, Evaluate)."""
    suite = suite or standard()
    return b"".join(_hashed(inputs, suite.group.multiply_all(suite.points(inputs), key.secret)))


def _hashed(inputs: Sequence[bytes], points: bytes) -> list[bytes]:
    return [
        sha512(lengthened(each) + b"\0\x20" + points[place : place + POINT] + b"Finalize").digest()
        for each, place in zip(inputs, range(0, len(points), POINT), strict=True)
    ]


def _weights(suite: Suite, public: bytes, points: bytes, evaluated: bytes) -> bytes:
    """The scalar that each pair of points weighs in the composites (RFC 9497 section 2.2.1, ComputeComposites)."""
    name = b"Seed-" + suite.context
    seed = lengthened(sha512(lengthened(public) + lengthened(name)).digest())
    return suite.scalars(
        seed
        + number.to_bytes(2, "big")
        + b"\0\x20"
        + points[place : place + POINT]
        + b"\0\x20"
        + evaluated[place : place + POINT]
        + b"Composite"
        for number, place in enumerate(range(0, len(points), POINT))
    )


def _challenge(suite: Suite, *points: bytes) -> bytes:
    return suite.scalar(b"".join(map(lengthened, points)) + b"Challenge")


__all__ = [
    "LARGEST_BATCH",
    "PROOF",
    "Blinded",
    "Evaluated",
    "Key",
    "blind",
    "derive_key",
    "evaluate",
    "finalize",
    "outputs",
    "prove",
    "require_batch",
    "unblind",
    "verify",
]
