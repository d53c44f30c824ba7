"""The card of a node: its public keys of one generation and how it is reached, signed by the key of its ledger.

Every use has a key of its own, and what is signed under one context fits no other: the identity key signs cards,
agreements and the ledger's heads; the document key signs letters, items and tokens (RFC 8037); the channel key signs
HTTP messages (RFC 9421); the seal key opens what is sealed to the node (RFC 9180).
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import re
from dataclasses import dataclass, field
from enum import Enum
from hashlib import sha256
from urllib.parse import urlsplit

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding

from liaison.ledger import ed25519
from liaison.ledger.keys import Kind, Signer, Verifier, parse_vkey
from liaison.model import canonical
from liaison.model.errors import BadInput, BadNote
from liaison.model.structs import Value

CONTEXT = b"liaison card v1\n"
ORIGIN = re.compile(r"[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?:/[a-z0-9._-]+)*")
FEDERATION = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,62}[a-z0-9])?")
WORD = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")
LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})?")
LONGEST_CARD = 16_384  # bytes
LONGEST_NAME = 120  # signs
LONGEST_ADDRESS = 300
MOST = 40  # capabilities, languages or versions
MOST_ADDRESSES = 4
KEY_DIGITS = 16  # hex digits of a key's id
GROUP = 4  # hex digits that are read aloud together
SEAL_KEY = 32  # bytes
PRIME = 2**255 - 19
PROBE = X25519PrivateKey.from_private_bytes(
    b"\x01" * SEAL_KEY
)  # not secret: it only shows a key of small order
HINT = "ask its owner for the card as it was signed"


class Use(Enum):
    """What a key is for; the label stands before its bytes where its id is made."""

    DOCUMENT = "liaison document key v1"
    CHANNEL = "liaison channel key v1"
    SEAL = "liaison seal key v1"


def key_id(use: Use, public: bytes) -> str:
    """The name of a public key: 16 hex digits of SHA-256 under its use. One key has another name in another use."""
    return sha256(f"{use.value}\n".encode() + public).hexdigest()[:KEY_DIGITS]


class Card(Value, frozen=True, kw_only=True):
    """What a node says of itself. Keys and the certificate (DER) are in base64url without padding.

    `ledger` and `witness` are verifier keys under the node's origin; `capabilities` are what it can do beyond what
    every node can; `versions` of the protocol that it speaks. Raises BadInput, BadNote for a key that is unsafe.
    """

    federation: str
    origin: str
    agency: str
    generation: int
    ledger: str
    witness: str
    addresses: tuple[str, ...]
    document: str
    channel: str
    seal: str
    certificate: str
    capabilities: tuple[str, ...] = ()
    versions: tuple[int, ...] = (1,)
    languages: tuple[str, ...] = ("en",)
    made: dt.datetime

    def __post_init__(self) -> None:
        super().__post_init__()
        _fits("federation", self.federation, FEDERATION)
        _fits("origin", self.origin, ORIGIN)
        if not 0 < len(self.agency) <= LONGEST_NAME or not self.agency.isprintable():
            raise BadInput("the agency has no usable name", field="agency", hint=HINT)
        if self.generation < 1 or self.made.tzinfo is None:
            raise BadInput("the generation is below 1 or the time has no zone", field="made", hint=HINT)
        for name, pattern in (("capabilities", WORD), ("languages", LANGUAGE)):
            require_words(name, getattr(self, name), pattern)
        if not 0 < len(self.versions) <= MOST or [*self.versions] != sorted({*self.versions}):
            raise BadInput("the versions are not in order", field="versions", hint=HINT)
        _require_addresses(self.addresses)
        _require_keys(self)

    @property
    def identity(self) -> Verifier:
        """The key by which the node is known; it signs its ledger's heads, its cards and its agreements."""
        return parse_vkey(self.ledger)

    @property
    def fingerprint(self) -> str:
        """The identity key's digest, in groups of hex digits to be read aloud; the same on every card of a node."""
        return fingerprint(self.ledger)

    @property
    def document_key(self) -> Ed25519PublicKey:
        """The key that verifies letters, items and tokens."""
        return ed25519.public_key(unpacked(self.document))

    @property
    def document_id(self) -> str:
        """The name of the document key."""
        return key_id(Use.DOCUMENT, unpacked(self.document))

    @property
    def channel_key(self) -> Ed25519PublicKey:
        """The key that verifies HTTP messages."""
        return ed25519.public_key(unpacked(self.channel))

    @property
    def channel_id(self) -> str:
        """The name of the channel key."""
        return key_id(Use.CHANNEL, unpacked(self.channel))

    @property
    def seal_key(self) -> X25519PublicKey:
        """The key to which content is sealed."""
        return X25519PublicKey.from_public_bytes(unpacked(self.seal))

    @property
    def seal_id(self) -> str:
        """The name of the seal key."""
        return key_id(Use.SEAL, unpacked(self.seal))

    @property
    def tls(self) -> bytes:
        """The certificate of the node's channel, in DER: it is pinned byte for byte."""
        return unpacked(self.certificate)

    def same_keys(self, other: Card) -> bool:
        """Whether both name the same keys in every use."""
        names = "ledger", "witness", "document", "channel", "seal", "certificate"
        return all(getattr(self, name) == getattr(other, name) for name in names)


class SignedCard(msgspec.Struct, frozen=True):
    """A card, the bytes that were signed, and the identity key's signature over them."""

    card: Card
    content: bytes
    signature: bytes

    @property
    def digest(self) -> str:
        """SHA-256 of the signed bytes, in hex."""
        return sha256(CONTEXT + self.content).hexdigest()

    @property
    def text(self) -> str:
        """The card as a file: the context, the card in canonical form, the signature."""
        return f"{(CONTEXT + self.content).decode()}\n{packed(self.signature)}\n"


@dataclass(frozen=True, slots=True)
class OwnKeys:
    """This node's private keys of one generation; `certificate` is DER. `former` are older generations, newest first.

    New letters are signed by the current ones; what was sealed to a former one is still opened.
    """

    generation: int
    document: Ed25519PrivateKey = field(repr=False)
    channel: Ed25519PrivateKey = field(repr=False)
    seal: X25519PrivateKey = field(repr=False)
    tls: ec.EllipticCurvePrivateKey = field(repr=False)
    certificate: bytes = field(repr=False)
    former: tuple[OwnKeys, ...] = ()

    @property
    def document_id(self) -> str:
        """The name of the document key."""
        return key_id(Use.DOCUMENT, self.document.public_key().public_bytes_raw())

    @property
    def channel_id(self) -> str:
        """The name of the channel key."""
        return key_id(Use.CHANNEL, self.channel.public_key().public_bytes_raw())

    @property
    def seal_id(self) -> str:
        """The name of the seal key."""
        return key_id(Use.SEAL, self.seal.public_key().public_bytes_raw())

    @property
    def every(self) -> tuple[OwnKeys, ...]:
        """All generations, the current one first."""
        return (self, *self.former)


def sign_card(card: Card, identity: Signer) -> SignedCard:
    """The card, signed. Raises ValueError for another node's key."""
    if identity.verifier.vkey != card.ledger:
        raise ValueError("a card is signed by the key that it names")
    content = canonical.encode(card)
    return SignedCard(card, content, identity.sign_apart(CONTEXT, content))


def read_card(text: str | bytes) -> SignedCard:
    """The card of a file, its own signature checked; whose it is says only the fingerprint, compared out of band.

    Raises BadInput for what is no card, BadNote for a key that is unsafe or a signature that does not fit.
    """
    written = text.encode() if isinstance(text, str) else text
    if len(written) > LONGEST_CARD or not written.startswith(CONTEXT):
        raise BadInput("this is not a node's card", hint="give the file that `liaison partner card` wrote")
    content, _, line = written.removeprefix(CONTEXT).removesuffix(b"\n").partition(b"\n")
    signature = unpacked(line.decode("ascii", "replace"))
    return checked_card(content, signature)


def checked_card(content: bytes, signature: bytes) -> SignedCard:
    """The card of signed bytes. Raises as `read_card`."""
    card = canonical.decode(content, Card)
    if not ed25519.verify(ed25519.public_key(card.identity.public), signature, CONTEXT + content):
        raise BadNote("the card was not signed by the key it names", hint=HINT)
    return SignedCard(card, content, signature)


def fingerprint(vkey: str) -> str:
    """SHA-256 of a verifier key, in groups of hex digits to be read aloud."""
    digits = sha256(vkey.encode()).hexdigest()
    return " ".join(digits[start : start + GROUP] for start in range(0, len(digits), GROUP))


def packed(content: bytes) -> str:
    """Base64url without padding."""
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def unpacked(text: str) -> bytes:
    """The bytes of a base64url text without padding, in its one form. Raises BadInput."""
    try:
        content = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        content = b""
    if not content or packed(content) != text:
        raise BadInput("this is not base64url without padding", hint=HINT)
    return content


def require_words(name: str, words: tuple[str, ...], pattern: re.Pattern[str]) -> None:
    """Raises BadInput unless the words are in order, once each and in form."""
    if len(words) > MOST or [*words] != sorted({*words}):
        raise BadInput(f"the {name} are not in order and once each", field=name, hint=HINT)
    for word in words:
        _fits(name, word, pattern)


def _fits(name: str, text: str, pattern: re.Pattern[str]) -> None:
    if len(text) > LONGEST_NAME or not pattern.fullmatch(text):
        raise BadInput(f"{text[:40]!r} cannot stand here", field=name, hint=HINT)


def _require_addresses(addresses: tuple[str, ...]) -> None:
    """Addresses are https, without a name, a query or a fragment: nothing else is ever fetched."""
    if len(addresses) > MOST_ADDRESSES:
        raise BadInput(f"there are over {MOST_ADDRESSES} addresses", field="addresses", hint=HINT)
    for address in addresses:
        try:
            parts = urlsplit(address)
            sound = parts.scheme == "https" and parts.hostname and parts.port != 0
        except ValueError:
            sound = False
        plain = address.isascii() and address.isprintable() and not re.search(r"[\s@?#\\]", address)
        if not (sound and plain and len(address) <= LONGEST_ADDRESS):
            raise BadInput(
                f"{address[:80]!r} is no address of a node",
                field="addresses",
                hint="for example https://node.police.example:8443",
            )


def _require_keys(card: Card) -> None:
    """Each use has a sound key of its own."""
    identity, witness = parse_vkey(card.ledger), parse_vkey(card.witness)
    if identity.kind != Kind.ED25519 or witness.kind != Kind.COSIGNATURE:
        raise BadInput("the ledger's or the witness's key is of another kind", field="ledger", hint=HINT)
    if {identity.name, witness.name} != {card.origin}:
        raise BadInput("the verifier keys are another node's", field="ledger", hint=HINT)
    keys = [identity.public, witness.public]
    for name in ("document", "channel"):
        keys.append(unpacked(getattr(card, name)))
        ed25519.public_key(keys[-1])
    keys.append(unpacked(card.seal))
    require_seal_key(keys[-1])
    if len({*keys}) != len(keys):
        raise BadNote("one key stands for two uses", hint="ask its owner for a card with a key for each use")
    require_certificate(unpacked(card.certificate))


def require_seal_key(public: bytes) -> None:
    """Raises BadNote for an X25519 key of small order or not in its one form (RFC 7748, section 6.1)."""
    try:
        if len(public) != SEAL_KEY or int.from_bytes(public, "little") >= PRIME:
            raise ValueError("not in its one form")
        PROBE.exchange(X25519PublicKey.from_public_bytes(public))
    except ValueError as error:
        raise BadNote(
            "this X25519 key is unsafe or not in its one form", hint="ask for another key"
        ) from error


def require_certificate(der: bytes) -> None:
    """Raises BadInput for what is no certificate of a P-256 key in the one form of DER."""
    try:
        found = x509.load_der_x509_certificate(der)
        key = found.public_key()
        same = found.public_bytes(Encoding.DER) == der
    except ValueError as error:
        raise BadInput("the TLS certificate cannot be read", field="certificate", hint=HINT) from error
    if not same or not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        raise BadInput("the TLS certificate is not of a P-256 key", field="certificate", hint=HINT)
