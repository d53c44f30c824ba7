"""Keys that sign notes, and those that verify them: Ed25519, and timestamped Ed25519 and ML-DSA-44.

C2SP signed-note v1.0.0 gives verifier keys (vkeys) and key ids, tlog-cosignature v1.1.0 the two timestamped kinds.
"""

from __future__ import annotations

import base64
import re
import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import IntEnum
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey, MLDSA44PublicKey

from liaison.ledger import ed25519
from liaison.ledger.checkpoints import LONGEST_ORIGIN, from_base64, parse_checkpoint
from liaison.model.errors import BadNote, MalformedNote

KEY_ID, TIME, SEED = 4, 8, 32  # bytes
MLDSA_KEY, MLDSA_SIGNATURE = 1312, 2420  # bytes (FIPS 204, ML-DSA-44)
LATEST = 2**63 - 1  # seconds since 1970
LONGEST_NAME = LONGEST_ORIGIN  # bytes
LONGEST_VKEY = 4096  # signs
NAME = re.compile(r"[^\s+\x00-\x1f\x7f]+")
VKEY = re.compile(r"([^+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+=*)")


class Kind(IntEnum):
    """The signature type byte of a key."""

    ED25519 = 0x01
    COSIGNATURE = 0x04  # Ed25519 with a time
    MLDSA = 0x06  # ML-DSA-44 with a time


KEY_SIZES = {Kind.ED25519: ed25519.KEY, Kind.COSIGNATURE: ed25519.KEY, Kind.MLDSA: MLDSA_KEY}
SIGNATURE_SIZES = {
    Kind.ED25519: ed25519.SIGNATURE,
    Kind.COSIGNATURE: TIME + ed25519.SIGNATURE,
    Kind.MLDSA: TIME + MLDSA_SIGNATURE,
}


@dataclass(frozen=True, slots=True)
class Verifier:
    """A key that verifies: whose it is, its kind, its bytes. Raises MalformedNote; BadNote for an unsafe key."""

    name: str
    kind: Kind
    public: bytes
    key_id: bytes = field(init=False)
    _check: Callable[[bytes, bytes], bool] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        require_name(self.name)
        if len(self.public) != KEY_SIZES[self.kind]:
            raise MalformedNote(f"a key of this kind has {KEY_SIZES[self.kind]} bytes")
        object.__setattr__(self, "key_id", key_id(self.name, self.kind, self.public))
        object.__setattr__(self, "_check", _checker(self.kind, self.public))

    @property
    def vkey(self) -> str:
        """The key in the form in which keys are exchanged."""
        return f"{self.name}+{self.key_id.hex()}+{_base64(bytes((self.kind,)) + self.public)}"

    def verify(self, text: str, signature: bytes) -> int:
        """When the text was signed, in seconds since 1970; 0 for a kind without a time. Raises BadNote."""
        if len(signature) != SIGNATURE_SIZES[self.kind]:
            raise BadNote(f"the signature of {self.name} does not have the size of its kind")
        if self.kind == Kind.ED25519:
            seconds, proper = 0, signature
        else:
            seconds, proper = int.from_bytes(signature[:TIME], "big"), signature[TIME:]
        if seconds > LATEST or not self._check(proper, message(self.kind, self.name, text, seconds)):
            raise BadNote(f"invalid signature of {self.name}")
        return seconds


def parse_vkey(written: str) -> Verifier:
    """The key of a vkey. Raises MalformedNote, and BadNote for an unsafe key or a kind we do not know."""
    parts = VKEY.fullmatch(written) if len(written) <= LONGEST_VKEY else None
    if not parts:
        raise MalformedNote("this is not a verifier key", hint="it reads NAME+8 hex digits+base64")
    name, written_id, encoded = parts.groups()
    kind, *_ = found = from_base64(encoded)
    if kind not in KEY_SIZES:
        raise BadNote(f"signatures of type {kind} are not known here", hint="give the log's Ed25519 key")
    verifier = Verifier(name, Kind(kind), found[1:])
    if verifier.key_id.hex() != written_id:
        raise MalformedNote("the key's id does not fit its name and bytes", hint="compare it with its owner")
    return verifier


class Signer:
    """A key that signs notes under a name, made of 32 random bytes. Raises MalformedNote for a name that cannot be."""

    def __init__(self, name: str, kind: Kind, seed: bytes) -> None:
        if len(seed) != SEED:
            raise ValueError(f"a seed has {SEED} bytes")
        self.kind = kind
        self._private: Ed25519PrivateKey | MLDSA44PrivateKey
        if kind == Kind.MLDSA:
            self._private = MLDSA44PrivateKey.from_seed_bytes(seed)
        else:
            self._private = Ed25519PrivateKey.from_private_bytes(seed)
        self.verifier = Verifier(name, kind, self._private.public_key().public_bytes_raw())

    @property
    def name(self) -> str:
        """Whose key it is."""
        return self.verifier.name

    def line(self, text: str, seconds: int) -> str:
        """The signature line for a note's text; `seconds` since 1970 is when, where the kind has a time."""
        if not 0 < seconds <= LATEST:
            raise ValueError("a signature's time is after 1970")
        signature = self._private.sign(message(self.kind, self.name, text, seconds))
        if self.kind != Kind.ED25519:
            signature = seconds.to_bytes(TIME, "big") + signature
        return f"— {self.name} {_base64(self.verifier.key_id + signature)}\n"

    def sign_apart(self, context: bytes, content: bytes) -> bytes:
        """The Ed25519 signature over what is no note, under a context that no note begins with (a space in line 1)."""
        if self.kind != Kind.ED25519 or b" " not in context or not context.endswith(b"\n"):
            raise ValueError(
                "only an Ed25519 key signs other than notes, under a context with a space and an end"
            )
        return self._private.sign(context + content)


def message(kind: Kind, name: str, text: str, seconds: int) -> bytes:
    """The bytes that a key of this kind and name signs for a note's text.

    Raises MalformedNote where ML-DSA would sign what is no checkpoint.
    """
    if kind == Kind.ED25519:
        return text.encode()
    if kind == Kind.COSIGNATURE:
        return f"cosignature/v1\ntime {seconds}\n{text}".encode()
    head = parse_checkpoint(text)
    times = struct.pack(">Q", seconds), struct.pack(">QQ", 0, head.size)
    return b"subtree/v1\n\0" + _short(name) + times[0] + _short(head.origin) + times[1] + head.root


def key_id(name: str, kind: Kind, public: bytes) -> bytes:
    """The four bytes by which a signature names its key."""
    return sha256(f"{name}\n".encode() + bytes((kind,)) + public).digest()[:KEY_ID]


def require_name(name: str) -> None:
    """Raises MalformedNote for what cannot be the name of a key."""
    if not NAME.fullmatch(name) or len(name.encode()) > LONGEST_NAME:
        raise MalformedNote(
            f"{name[:40]!r} cannot be the name of a key", hint="it has no space and no plus sign"
        )


def _checker(kind: Kind, public: bytes) -> Callable[[bytes, bytes], bool]:
    if kind == Kind.MLDSA:
        known = MLDSA44PublicKey.from_public_bytes(public)
        return lambda signature, signed: _mldsa(known, signature, signed)
    key = ed25519.public_key(public)
    return lambda signature, signed: ed25519.verify(key, signature, signed)


def _mldsa(key: MLDSA44PublicKey, signature: bytes, signed: bytes) -> bool:
    try:
        key.verify(signature, signed)
    except InvalidSignature:
        return False
    return True


def _short(text: str) -> bytes:
    encoded = text.encode()
    return bytes((len(encoded),)) + encoded


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode()
