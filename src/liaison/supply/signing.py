"""Documents that partners sign, as compact JWS (RFC 7515, 8037): one header, one algorithm, the bytes as received.

The type stands in the header and is signed, so that a token can never be read as an item (threats A05, A07). The
payload is canonical JSON; a signature is checked over the bytes that came, never over what they would be written as.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from enum import Enum
from typing import TypeVar

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from liaison.ledger import ed25519
from liaison.model import canonical
from liaison.model.errors import BadInput, BadNote
from liaison.partners.cards import Card, Use, key_id, packed, unpacked

T = TypeVar("T")
LONGEST = 1 << 20  # bytes of one document
KEY_ID = re.compile(r"[0-9a-f]{16}")
HINT = "ask its sender for the bytes as they were signed"


class Type(Enum):
    """What a document is; each is signed under its own name."""

    ITEM = "liaison-item"
    CONSENT = "liaison-consent"
    NOTICE = "liaison-notice"
    CONFIRMATION = "liaison-confirmation"
    PASSAGE = "liaison-passage"
    TOKEN_SET = "liaison-token-set"
    QUESTION = "liaison-crosscheck-question"
    ANSWER = "liaison-crosscheck-answer"
    RECEIPT = "liaison-crosscheck-receipt"


def signed(kind: Type, value: object, key: Ed25519PrivateKey) -> str:
    """The document of a value, signed by a document key."""
    name = key_id(Use.DOCUMENT, key.public_key().public_bytes_raw())
    text = f"{packed(_header(kind, name))}.{packed(canonical.encode(value))}"
    return f"{text}.{packed(key.sign(text.encode()))}"


def signer(kind: Type, text: str) -> str:
    """The id of the key that a document says signed it; nothing is proved by it. Raises BadInput."""
    head, _, _ = _parts(text)
    header = canonical.decode(unpacked(head))
    name = header.get("kid") if isinstance(header, dict) else None
    if not isinstance(name, str) or not KEY_ID.fullmatch(name) or unpacked(head) != _header(kind, name):
        raise BadInput(f"this is no {kind.value}", field="header", hint=HINT)
    return name


def opened(kind: Type, text: str, form: type[T], keys: Mapping[str, Ed25519PublicKey]) -> T:
    """What a document says, once one of these keys is seen to have signed it.

    Raises BadInput for another form, BadNote for a signature of none of the keys.
    """
    name = signer(kind, text)
    head, body, mark = _parts(text)
    key = keys.get(name)
    if key is None or not ed25519.verify(key, unpacked(mark), f"{head}.{body}".encode()):
        raise BadNote(f"the {kind.value} was not signed by whom it names", hint=HINT)
    return canonical.decode(unpacked(body), form)


def told(text: str, form: type[T]) -> T:
    """What a document says of itself, its signature not looked at: to find out whose key it takes. Raises BadInput."""
    return canonical.decode(unpacked(_parts(text)[1]), form)


def keys_of(cards: Iterable[Card]) -> dict[str, Ed25519PublicKey]:
    """The document keys of cards, by their ids."""
    return {card.document_id: card.document_key for card in cards}


def _header(kind: Type, name: str) -> bytes:
    return canonical.encode({"alg": "EdDSA", "kid": name, "typ": kind.value})


def _parts(text: str) -> tuple[str, str, str]:
    parts = text.split(".")
    if len(parts) != 3 or len(text) > LONGEST or not text.isascii():
        raise BadInput("this is no signed document", hint=HINT)
    return parts[0], parts[1], parts[2]
