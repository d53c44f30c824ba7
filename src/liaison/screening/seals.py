"""Questions and alerts, each sealed under a key of its own; keys are made ahead, so that a check costs one commit.

To destroy a key is to erase what it sealed. What is compared without being read (the same question, a cleared pair) is
compared by digests under one more key, which never leaves the key ring in clear.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, insert, select

from liaison.model.errors import Erased
from liaison.office import Office
from liaison.ports import Compartment, KeyId, Keys
from liaison.storage.rings import EachRing
from liaison.storage.sealing import seal, unseal
from liaison.storage.stock import Stock
from liaison.storage.tables.screening import SECRETS

DIGEST = "digest"


@dataclass(frozen=True, slots=True)
class Sealed:
    """Content as a row holds it: the id of its key, and the bytes."""

    key: KeyId
    sealed: bytes


class Seals:
    """The keys of screening at one node, and a stock of keys that were never used."""

    def __init__(self, keys: Keys) -> None:
        self._keys, self._stock = keys, Stock(keys, Compartment.SCREENING)
        self._digest: bytes = b""

    def take(self, count: int = 1) -> list[tuple[KeyId, bytes]]:
        """Keys that were never used. Raises StoreUnavailable where none can be made."""
        return self._stock.take(count)

    def seal(self, content: bytes, about: str) -> Sealed:
        """The content under a new key; `about` names its row."""
        ((key_id, key),) = self.take()
        return Sealed(key_id, seal(key, content, about))

    def open(self, rows: Sequence[tuple[int, bytes, str]]) -> list[bytes]:
        """What rows of key, sealed bytes and name hold. Raises Erased where a key was destroyed."""
        keys = self._keys.fetch([KeyId(key) for key, _, _ in rows])
        return [unseal(key, sealed, about) for key, (_, sealed, about) in zip(keys, rows, strict=True)]

    def open_each(self, rows: Sequence[tuple[int, bytes, str]]) -> list[bytes | None]:
        """What rows hold, None where it was erased."""
        try:
            return list(self.open(rows))
        except Erased:
            return [self._open_one(row) for row in rows]

    def add(self, key: int, content: bytes, about: str) -> bytes:
        """More content under the key of a row, such as the reason for a decision on it. Raises Erased."""
        return seal(self._keys.fetch([KeyId(key)])[0], content, about)

    def digest_key(self, office: Office) -> bytes:
        """The key of this node's digests, made when it is first asked for."""
        if not self._digest:
            key_id = office.read(_digest_key) or office.write(self._new_digest_key)
            self._digest = self._keys.fetch([KeyId(key_id)])[0]
        return self._digest

    def _new_digest_key(self, connection: Connection) -> int:
        held = _digest_key(connection)
        if held is not None:
            return held
        ((key_id, _),) = self.take()
        connection.execute(insert(SECRETS).values(name=DIGEST, value=key_id))
        return key_id

    def _open_one(self, row: tuple[int, bytes, str]) -> bytes | None:
        try:
            return self.open([row])[0]
        except Erased:
            return None


_SEALS = EachRing(Seals)


def seals(office: Office) -> Seals:
    """The seals of this office: one for each key ring."""
    return _SEALS.of(office.keys)


def digest(key: bytes, content: bytes) -> str:
    """HMAC-SHA256 in hex: who does not hold the key cannot try out what was asked."""
    return hmac.new(key, content, hashlib.sha256).hexdigest()


def _digest_key(connection: Connection) -> int | None:
    return connection.execute(select(SECRETS.c.value).where(SECRETS.c.name == DIGEST)).scalar()
