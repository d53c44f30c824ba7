"""Content sealed under a key of its own: AES-256-GCM with a random nonce, bound to what it belongs to."""

from __future__ import annotations

import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from liaison.model.errors import StoreUnavailable

NONCE = 12  # bytes


def seal(key: bytes, content: bytes, about: str) -> bytes:
    """The content, encrypted; `about` names the row it belongs to, and it opens under that name alone."""
    nonce = secrets.token_bytes(NONCE)
    return nonce + AESGCM(key).encrypt(nonce, content, about.encode())


class DamagedContent(StoreUnavailable):
    """Sealed bytes are not those that were sealed."""


def unseal(key: bytes, sealed: bytes, about: str) -> bytes:
    """The content again. Raises DamagedContent where the bytes are not those that were sealed for `about`."""
    try:
        return AESGCM(key).decrypt(sealed[:NONCE], sealed[NONCE:], about.encode())
    except (InvalidTag, ValueError) as error:  # ValueError: fewer bytes than a nonce has
        raise DamagedContent(
            "sealed content is damaged", hint="run `liaison verify`, and restore the row from a backup"
        ) from error
