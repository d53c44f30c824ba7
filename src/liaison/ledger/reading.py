"""Many entries of the log at once, for those who read it: one question to the database and one to the key ring."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, Row, select

from liaison.ledger.log import Opened
from liaison.ledger.statements import SALT, leaf
from liaison.model.errors import Erased, LedgerDamaged
from liaison.ports import KeyId, Keys
from liaison.storage.sealing import unseal
from liaison.storage.tables.ledger import ENTRIES, PAYLOADS


def opened_between(
    keys: Keys, connection: Connection, start: int, end: int
) -> list[tuple[int, Opened | None]]:
    """The entries from `start` up to `end` with what they state, None where that was erased.

    Each is checked against its leaf. Raises LedgerDamaged, StoreUnavailable.
    """
    query = (
        select(ENTRIES.c.entry, ENTRIES.c.leaf, PAYLOADS.c.key, PAYLOADS.c.sealed)
        .outerjoin(PAYLOADS, PAYLOADS.c.entry == ENTRIES.c.entry)
        .where(ENTRIES.c.entry >= start, ENTRIES.c.entry < end)
        .order_by(ENTRIES.c.entry)
    )
    rows = connection.execute(query).all()
    held = _keys_of(keys, [row for row in rows if row.key is not None])
    return [(row.entry, _opened(row, held.get(row.key))) for row in rows]


def _keys_of(keys: Keys, rows: Sequence[Row[int, bytes, int, bytes]]) -> dict[int, bytes]:
    ids = [KeyId(row.key) for row in rows]
    try:
        return dict(zip(ids, keys.fetch(ids), strict=True))
    except Erased:
        return {KeyId(row.key): key for row in rows if (key := _key_or_none(keys, KeyId(row.key)))}


def _key_or_none(keys: Keys, key: KeyId) -> bytes | None:
    try:
        return keys.fetch([key])[0]
    except Erased:
        return None


def _opened(row: Row[int, bytes, int, bytes], key: bytes | None) -> Opened | None:
    if key is None:
        return None
    content = unseal(key, row.sealed, f"{PAYLOADS.name}:{row.entry}")
    salt, written = content[:SALT], content[SALT:]
    if leaf(salt, written) != row.leaf:
        raise LedgerDamaged(
            f"entry {row.entry} is not what its payload says", place=ENTRIES.name, index=row.entry
        )
    return Opened(row.entry, salt, written)
