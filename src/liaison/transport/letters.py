"""What two nodes say to each other: letters, and a receipt for each. Pure: bytes in, values out.

A letter is a compact JWS (RFC 7515, 8037) of canonical JSON under the sender's document key. What it is about stands
in it sealed to the recipient (HPKE, RFC 9180), bound to everything else it says, and padded within the seal to one of a
few sizes. A signature is checked over the bytes that came; there is one form of header, one algorithm, and one type of
document each.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from enum import Enum
from hashlib import sha256

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from liaison.ledger import ed25519
from liaison.model import canonical
from liaison.model.errors import BadInput, BadNote
from liaison.model.structs import Value
from liaison.partners.cards import Use, key_id, packed, unpacked
from liaison.partners.rules import Lane

VERSION = 1
CONTEXT = b"liaison letter v1\n"
SALT = 32  # bytes
LONGEST_LETTER = 1 << 20  # bytes of the JWS
LONGEST_BODY = 580_000  # bytes: base64 twice over makes the letter 16/9 as long
LONGEST_RECEIPT = 4096
END = b"\x80"  # after the body, before the zeros that fill it up (ISO/IEC 7816-4, padding method 2)
SIZES = (*(1024 << step for step in range(10)), LONGEST_BODY + len(END))  # bytes that a body is filled up to
KIND = re.compile(r"[a-z][a-z-]{0,39}")
ID = re.compile(r"[a-z]+-[a-z2-7]{8,64}")
THREAD = re.compile(
    r"[A-Za-z0-9][A-Za-z0-9._:-]{0,119}"
)  # its sender's choice, and it stands in entries: no text
DIGEST = re.compile(r"[0-9a-f]{64}")
NAME = re.compile(r"[0-9a-f]{16}")
CODE = re.compile(r"(?:[a-z][a-z-]{0,39})?")
MOST_NUMBER = 2**53 - 1
SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)
HINT = "ask its sender for the bytes as they were signed"


class Type(Enum):
    """What a signed document is; the type is signed, so that none is read as another (threat A05)."""

    LETTER = "liaison-letter"
    RECEIPT = "liaison-receipt"


class Letter(Value, frozen=True, kw_only=True):
    """One letter. It says in clear who writes to whom, of what kind and thread, and at which place in which lane.

    `sealed` is the body in base64url, sealed to the key `seal_key`; `digest` the SHA-256 of salt and body, in hex.
    """

    federation: str
    version: int
    id: str
    kind: str
    sender: str
    recipient: str
    lane: Lane
    number: int
    thread: str
    made: dt.datetime
    seal_key: str
    digest: str
    sealed: str

    def __post_init__(self) -> None:
        super().__post_init__()
        shapes = (
            ("id", self.id, ID),
            ("kind", self.kind, KIND),
            ("digest", self.digest, DIGEST),
            ("seal_key", self.seal_key, NAME),
        )
        for field, text, form in shapes:
            if not form.fullmatch(text):
                raise BadInput(f"the {field} is not in form", field=field, hint=HINT)
        if (
            not 0 < self.number <= MOST_NUMBER
            or self.made.tzinfo is None
            or not THREAD.fullmatch(self.thread)
        ):
            raise BadInput("its number, time or thread is not in form", field="number", hint=HINT)


class Outcome(Enum):
    """What the recipient did with a letter. A GAP is not kept: it says which number is wanted first."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    CONFLICT = "conflict"  # another letter came under this id or number before
    GAP = "gap"


class Receipt(Value, frozen=True, kw_only=True):
    """The recipient's signed word on the bytes of one letter.

    `digest` is the SHA-256 of the letter's JWS, in hex; `entry` the recipient's ledger entry; `wanted` the number
    that comes next in the lane.
    """

    federation: str
    letter: str
    digest: str
    sender: str
    recipient: str
    outcome: Outcome
    code: str = ""
    received: dt.datetime
    entry: int
    wanted: int

    def __post_init__(self) -> None:
        super().__post_init__()
        if not DIGEST.fullmatch(self.digest) or not CODE.fullmatch(self.code) or self.received.tzinfo is None:
            raise BadInput("the receipt's digest, code or time is not in form", field="digest", hint=HINT)


class Signed(msgspec.Struct, frozen=True):
    """A document as it came: the id of the key that it names, what is signed, the signature, the payload."""

    key: str
    signed: bytes
    signature: bytes
    payload: bytes


def digest_of(text: bytes) -> str:
    """SHA-256 of the bytes of a document, in hex."""
    return sha256(text).hexdigest()


def sign(kind: Type, value: Value, key: Ed25519PrivateKey) -> bytes:
    """The document of a value, signed by a document key."""
    name = key_id(Use.DOCUMENT, key.public_key().public_bytes_raw())
    text = f"{packed(_header(kind, name))}.{packed(canonical.encode(value))}".encode()
    return text + b"." + packed(key.sign(text)).encode()


def parts(kind: Type, text: bytes) -> Signed:
    """The parts of a document; nothing is proved by them yet. Raises BadInput for another type or form."""
    longest = LONGEST_LETTER if kind is Type.LETTER else LONGEST_RECEIPT
    if len(text) > longest or not text.isascii() or text.count(b".") != 2:
        raise BadInput(f"this is no {kind.value}", field="letter", hint=HINT)
    head, body, mark = (part.decode() for part in text.split(b"."))
    header = unpacked(head)
    found = re.search(rb'"kid":"([0-9a-f]{16})"', header)
    name = found[1].decode() if found else ""
    if header != _header(kind, name):
        raise BadInput(f"this is no {kind.value} in its one form", field="header", hint=HINT)
    return Signed(name, f"{head}.{body}".encode(), unpacked(mark), unpacked(body))


def letter_of(document: Signed) -> Letter:
    """What a letter says of itself; its signature is another matter. Raises BadInput."""
    return canonical.decode(document.payload, Letter)


def receipt_of(document: Signed) -> Receipt:
    """What a receipt says of itself. Raises BadInput."""
    return canonical.decode(document.payload, Receipt)


def require_signed(document: Signed, key: Ed25519PublicKey) -> None:
    """Raises BadNote unless this key signed the bytes."""
    if not ed25519.verify(key, document.signature, document.signed):
        raise BadNote("the signature does not fit the bytes", hint=HINT)


def seal_body(
    body: bytes, salt: bytes, key: X25519PublicKey, made: Callable[[str, str], Letter], least: int = 0
) -> Letter:
    """The letter that `made(digest, "")` gives, with the body sealed into it, filled up to one of SIZES.

    `least` is the smallest size that it may have, in bytes. Raises BadInput for a body that is too long.
    """
    if len(body) > LONGEST_BODY:
        raise BadInput(f"a letter of {len(body):,} bytes is over {LONGEST_BODY:,}", hint="send it in parts")
    bare = made(sha256(salt + body).hexdigest(), "")
    sealed = packed(SUITE.encrypt(salt + filled_up(body, least), key, info=_bound(bare)))
    return msgspec.structs.replace(bare, sealed=sealed)


def filled_up(body: bytes, least: int = 0) -> bytes:
    """A body with its end marked, filled up with zeros to the next of SIZES that is not below `least`."""
    wanted = max(len(body) + len(END), min(least, SIZES[-1]))
    return (body + END).ljust(next(size for size in SIZES if size >= wanted), b"\0")


def taken_out(content: bytes) -> bytes:
    """The body that was filled up. Raises BadNote for a size that is none of SIZES, or an end that is not marked."""
    body = content.rstrip(b"\0")
    if len(content) not in SIZES or not body.endswith(END):
        raise BadNote("the letter is not filled up to one of the sizes of letters", hint=HINT)
    return body[: -len(END)]


def open_body(letter: Letter, key: X25519PrivateKey) -> bytes:
    """The body that was sealed. Raises BadNote where it was not sealed to this key, for this letter."""
    try:
        content = SUITE.decrypt(unpacked(letter.sealed), key, info=_bound(letter))
    except (InvalidTag, ValueError) as error:
        raise BadNote("the letter was not sealed to this node as it stands", hint=HINT) from error
    body = taken_out(content[SALT:])
    if sha256(content[:SALT] + body).hexdigest() != letter.digest:
        raise BadNote("the letter's digest is not that of its body", hint=HINT)
    return body


def _bound(letter: Letter) -> bytes:
    """Everything that the letter says besides what is sealed: it opens with these words alone."""
    return CONTEXT + canonical.encode(msgspec.structs.replace(letter, sealed=""))


def _header(kind: Type, name: str) -> bytes:
    return canonical.encode({"alg": "EdDSA", "kid": name, "typ": kind.value})
