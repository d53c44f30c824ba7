"""Which Ed25519 keys and signatures are accepted: only those on which every careful implementation agrees.

The check is that of RFC 8032 section 5.1.7 without the cofactor, as OpenSSL makes it, and stricter: points of small
order are refused as keys (with one, a signature fits many texts) and as R, and so is every encoding that is not
canonical. The vectors of C2SP/CCTV name the cases; tests/ledger/test_ed25519.py says what happens to each.
"""

from __future__ import annotations

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from liaison.model.errors import BadNote

KEY, SIGNATURE = 32, 64  # bytes
PRIME = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
EIGHTH = 2707385501144840649318225287225658788936804267575313519463743609750303402022
SMALL_ORDER = frozenset((0, 1, PRIME - 1, EIGHTH, PRIME - EIGHTH))  # y of the points of order 1, 2, 4 and 8
WITHOUT_SIGN = (1 << 255) - 1


def sound_point(encoded: bytes) -> bool:
    """Whether 32 bytes can be a point of large order in its one encoding; whether it is on the curve is not seen."""
    y = int.from_bytes(encoded, "little") & WITHOUT_SIGN
    return len(encoded) == KEY and y < PRIME and y not in SMALL_ORDER


def public_key(encoded: bytes) -> Ed25519PublicKey:
    """The key of 32 bytes. Raises BadNote for one of small order, off the curve, or in another encoding."""
    if not sound_point(encoded):
        raise BadNote("this Ed25519 key is unsafe or not in its one form", hint="ask for another key")
    return Ed25519PublicKey.from_public_bytes(encoded)


def verify(key: Ed25519PublicKey, signature: bytes, message: bytes) -> bool:
    """Whether the signature is that of the message by a key from `public_key`."""
    if len(signature) != SIGNATURE or not sound_point(signature[:32]):
        return False
    if int.from_bytes(signature[32:], "little") >= ORDER:
        return False
    try:
        key.verify(signature, message)
    except InvalidSignature:
        return False
    return True
