"""What is kept of people so that a stolen database tells little: keyed digests, sealed texts, hashed tokens."""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from hashlib import sha256

import msgspec
from sqlalchemy import Connection, insert, select

from liaison.office import Office
from liaison.ports import Compartment, KeyId, Keys
from liaison.storage.sealing import seal, unseal
from liaison.storage.tables.officers import SECRETS

TOKEN = 32  # bytes: 256 bits
PURPOSES = ("lookups", "passwords")
REMEMBERED = 4096  # names of people
TEXTS = msgspec.json.Decoder(dict[str, str])
_NAMES: dict[bytes, str] = {}


@dataclass(frozen=True, slots=True, repr=False)
class Digests:
    """Keyed digests under two keys of this node, which stand in its key ring and not in its database."""

    lookups: bytes
    passwords: bytes

    def of(self, kind: str, text: str) -> str:
        """HMAC-SHA-256 in hex; the kinds of text have nothing in common."""
        return hmac.new(self.lookups, f"{kind}\0{text}".encode(), sha256).hexdigest()

    def peppered(self, password: str) -> str:
        """What is hashed of a password: without the key ring a stolen hash cannot be guessed at."""
        return hmac.new(self.passwords, password.encode(), sha256).hexdigest()


def digests(office: Office) -> Digests:
    """The node's keyed digests; their keys are made on first use. Not to be called inside a write."""
    held = office.read(_held)
    if len(held) < len(PURPOSES):
        made = office.keys.create(Compartment.OFFICERS, len(PURPOSES))
        fresh = {purpose: key for purpose, (key, _) in zip(PURPOSES, made, strict=True)}
        held = office.write(lambda connection: _kept(connection, fresh))
    lookups, passwords = office.keys.fetch([held[purpose] for purpose in PURPOSES])
    return Digests(lookups, passwords)


def _held(connection: Connection) -> dict[str, KeyId]:
    return {row.purpose: KeyId(row.key) for row in connection.execute(select(SECRETS))}


def _kept(connection: Connection, fresh: dict[str, KeyId]) -> dict[str, KeyId]:
    """Whoever comes second uses what the first one kept."""
    held = _held(connection)
    for purpose in PURPOSES:
        if purpose not in held:
            connection.execute(insert(SECRETS).values(purpose=purpose, key=fresh[purpose]))
            held[purpose] = fresh[purpose]
    return held


def new_token() -> str:
    """A secret of 256 random bits, fit for a cookie, a header or a link."""
    return secrets.token_urlsafe(TOKEN)


def token_digest(token: str) -> str:
    """SHA-256 in hex: all that is kept of a token. It is random, so nobody can guess at it from this."""
    return sha256(token.encode("utf-8", "replace")).hexdigest()


def sealed_texts(key: bytes, about: str, texts: dict[str, str]) -> bytes:
    """Texts sealed for one row."""
    return seal(key, msgspec.json.encode(texts), about)


def opened(keys: Keys, key: KeyId, sealed: bytes, about: str) -> dict[str, str]:
    """The texts again. Raises Erased where their key was destroyed."""
    return TEXTS.decode(unseal(keys.fetch([key])[0], sealed, about))


def person_name(keys: Keys, key: KeyId, sealed: bytes, person: str) -> str:
    """A person's name; remembered by its sealed bytes, since every request asks for it."""
    name = _NAMES.get(sealed)
    if name is None:
        name = opened(keys, key, sealed, f"people:{person}")["name"]
        if len(_NAMES) >= REMEMBERED:
            _NAMES.clear()
        _NAMES[sealed] = name
    return name
