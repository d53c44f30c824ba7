"""The key by which a node is known: it signs the ledger's heads, and partners compare its fingerprint."""

from __future__ import annotations

import os
import secrets
from hashlib import sha256
from pathlib import Path

from liaison.ledger.keys import SEED, Kind, Signer
from liaison.model.errors import BadSetting

FILES = {Kind.ED25519: "node.seed", Kind.MLDSA: "node-mldsa.seed", Kind.COSIGNATURE: "node-witness.seed"}
GROUP = 4  # hex digits that are read aloud together


def make_identity(folder: Path, second: bool = False) -> None:
    """New seeds in `folder`, readable by their owner alone. Raises FileExistsError."""
    for kind, name in FILES.items():
        if kind != Kind.MLDSA or second:
            place = os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(place, "wb") as out:
                out.write(secrets.token_bytes(SEED))
                out.flush()
                os.fsync(out.fileno())


def signers(folder: Path, origin: str, second: bool = False) -> list[Signer]:
    """The keys that sign for `origin`: Ed25519, and ML-DSA-44 where a second one is wanted. Raises BadSetting."""
    kinds = [Kind.ED25519, Kind.MLDSA] if second else [Kind.ED25519]
    return [Signer(origin, kind, _seed(folder / FILES[kind])) for kind in kinds]


def cosigner(folder: Path, origin: str) -> Signer:
    """The key with which the node signs other logs as their witness; it signs nothing else. Raises BadSetting."""
    return Signer(origin, Kind.COSIGNATURE, _seed(folder / FILES[Kind.COSIGNATURE]))


def fingerprint(signer: Signer) -> str:
    """SHA-256 of the node's verifier key, in groups of hex digits to be read aloud."""
    digits = sha256(signer.verifier.vkey.encode()).hexdigest()
    return " ".join(digits[start : start + GROUP] for start in range(0, len(digits), GROUP))


def _seed(place: Path) -> bytes:
    try:
        if place.stat().st_mode & 0o077:
            raise BadSetting(f"others can read {place}", hint=f"chmod 600 {place}")
        seed = place.read_bytes()
    except OSError as error:
        raise BadSetting(f"{place} cannot be read: {error.strerror}", hint="restore the keys") from error
    if len(seed) != SEED:
        raise BadSetting(f"{place} does not hold a key", hint="restore the keys")
    return seed
