"""When an authority has to sign a cross-check, and whether it did. Both sides go by this, each for itself."""

from __future__ import annotations

import re
from collections.abc import Iterable

from liaison.crosscheck.messages import BUCKET, OF_ONE
from liaison.ledger import ed25519
from liaison.ledger.keys import Kind, parse_vkey
from liaison.model.errors import BadNote

SIGNATURE = re.compile(r"[0-9a-f]{128}")


def people_of(subjects: int, points: int) -> int:
    """How many people a session is about: as many as it says, or more where its points are of more.

    What fills the last bucket, less one, is of nobody.
    """
    return max(subjects, -(-max(0, points - BUCKET + 1) // OF_ONE))


def is_signed(authorities: Iterable[str], vkey: str, signature: str, told: bytes) -> bool:
    """Whether one of these authorities, by its verifier key, signed this text; the signature is in lower-case hex."""
    if vkey not in authorities or not SIGNATURE.fullmatch(signature):
        return False
    try:
        verifier = parse_vkey(vkey)
        key = ed25519.public_key(verifier.public)
    except BadNote:
        return False
    return verifier.kind is Kind.ED25519 and ed25519.verify(key, bytes.fromhex(signature), told)
