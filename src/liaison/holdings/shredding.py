"""Erasing by destroying keys, in steps that can be repeated: bury the row, destroy its keys, drop what they sealed.

The row is buried in the transaction that writes the receipt. The keys go once that is durable; whatever a crash
leaves in between, `sweep` finishes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from sqlalchemy import Connection, Delete, Row, bindparam, delete, select, update

from liaison.holdings.shelves import AT_ONCE, Shelf, versions_of
from liaison.model.holding import State
from liaison.office import Office
from liaison.ports import KeyId


def bury(
    connection: Connection, shelf: Shelf, receipts: Mapping[str, int], change: int, *, forget: bool = False
) -> None:
    """Leave of these records a row that says that they were there, with the ledger's entry of the erasure.

    forget: their list may bring them again.
    """
    values: dict[str, Any] = {"state": State.ERASED.value, "digest": None, "change": change}
    values |= {"receipt": bindparam("entry")} | ({"ref": None} if forget else {})
    if receipts:
        buried = update(shelf.records).where(shelf.records.c.id == bindparam("holding")).values(**values)
        rows = [{"holding": id, "entry": entry} for id, entry in receipts.items()]
        connection.execute(buried, rows)


def shred(office: Office, shelf: Shelf, ids: Sequence[str]) -> None:
    """Destroy the keys of every version of buried records, then drop what they sealed."""
    for start in range(0, len(ids), AT_ONCE):
        some = ids[start : start + AT_ONCE]
        rows = office.read(partial(_versions, shelf, some))
        office.keys.destroy(KeyId(row.key) for row in rows)
        dropped = delete(shelf.versions).where(shelf.versions.c.holding.in_(some))
        office.write(partial(_execute, dropped))


def sweep(office: Office, shelf: Shelf) -> int:
    """Finish what a crash left of erasures; how many records that were."""
    erased = select(shelf.records.c.id).where(shelf.records.c.state == State.ERASED.value)
    left = select(shelf.versions.c.holding).where(shelf.versions.c.holding.in_(erased)).distinct()
    ids = office.read(lambda connection: list(connection.execute(left).scalars()))
    shred(office, shelf, ids)
    return len(ids)


def _versions(shelf: Shelf, ids: Sequence[str], connection: Connection) -> list[Row[Any]]:
    return list(versions_of(connection, shelf, ids))


def _execute(change: Delete, connection: Connection) -> None:
    connection.execute(change)
