"""The safeguarding compartment: victims, witnesses, the missing, and children.

Its records stand in tables and under keys of their own, and in no match index. Nothing but this package's `safeguard*`
modules reads them; to everyone else they do not exist (rule L04). What is here serves imports, corrections and
retention, which put records in and take them away without showing them; `safeguards` answers named officers.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, Select, select, update

from liaison.holdings import shelves
from liaison.holdings.rules import PROTECTED
from liaison.holdings.shelves import OPEN, Draft, Rows, Shelf
from liaison.holdings.shredding import bury
from liaison.ledger.statements import Statement
from liaison.model.holding import Holding, State, Version
from liaison.office import Office
from liaison.policy import Actor
from liaison.ports import Compartment
from liaison.storage.tables.holdings import SAFEGUARDED, SAFEGUARDED_VERSIONS

SHELF = Shelf(Compartment.SAFEGUARDING, SAFEGUARDED, SAFEGUARDED_VERSIONS)
WHAT_MOVED = "erase"  # the ledger's word is that of every erasure: it does not tell who came under protection


def still_protected(listed: Holding, before: Holding | None) -> Holding:
    """What a list says anew of a record here: no list takes away the protection that a person gave."""
    if before is None or listed.category in PROTECTED or before.category not in PROTECTED:
        return listed
    return msgspec.structs.replace(listed, involvement=before.involvement)


def ref_of(office: Office, holding: Holding) -> bytes:
    """The keyed digest by which a list's own id is found here. Not to be asked for within a change."""
    return shelves.keyed(shelves.digest_key(office, SHELF), holding.list_name, holding.record)


def holdings_of(office: Office, rows: Sequence[Row[Any]]) -> dict[str, Holding]:
    """What these records say, by id: for an import, which keeps their protection."""
    if not rows:
        return {}

    def work(connection: Connection) -> dict[str, Holding]:
        return {row.id: shelves.latest(connection, office.keys, SHELF, row).holding for row in rows}

    return office.read(work)


def take_over(
    office: Office, connection: Connection, actor: Actor, old: Sequence[Row[Any]], rows: Rows, change: int
) -> None:
    """Take records in, in the transaction that buries the ones they were. The caller shreds these afterwards."""
    if not old:
        return
    shelves.add(connection, SHELF, rows, change)
    told = [Statement(what=WHAT_MOVED, who=actor.person, when=office.now(), objects=(row.id,)) for row in old]
    entries = office.log.append_many(connection, told)
    receipts = {row.id: entry.index for row, entry in zip(old, entries, strict=True)}
    bury(connection, OPEN, receipts, change, forget=True)


def receive(
    office: Office, connection: Connection, actor: Actor, row: Row[Any], version: Version, ref: bytes
) -> None:
    """Take one record in, under a new key and another id. The caller shreds the one it was afterwards."""
    draft = Draft(shelves.fresh_id(), 1, version, ref, row.digest)
    rows = shelves.sealed_rows(office.keys, SHELF, [draft])
    with shelves.no_orphans(office.keys, rows.keys):
        take_over(office, connection, actor, [row], rows, shelves.next_change(connection))


def overdue(connection: Connection, now: dt.datetime, most: int) -> list[tuple[str, str]]:
    """Id and list of records here whose retention has ended and that no legal hold keeps."""
    return shelves.overdue(connection, SHELF, now, most)


def withdraw_absent(office: Office, list_name: str, seen: set[bytes], key: bytes) -> None:
    """Withdraw the records of a complete list whose own ids are not among those seen (digests under `key`)."""
    absent: list[str] = []
    for rows in _pages(office, list_name):
        for row, holding in zip(rows, holdings_of(office, rows).values(), strict=True):
            if shelves.keyed(key, list_name, holding.record) not in seen:
                absent.append(row.id)
    for start in range(0, len(absent), shelves.AT_ONCE):
        office.write(partial(_withdraw, office, absent[start : start + shelves.AT_ONCE]))


def _withdraw(office: Office, ids: Sequence[str], connection: Connection) -> None:
    change = shelves.next_change(connection)
    values = {"state": State.WITHDRAWN.value, "changed": office.now(), "change": change}
    connection.execute(update(SAFEGUARDED).where(SAFEGUARDED.c.id.in_(ids)).values(**values))


def _pages(office: Office, list_name: str) -> Iterator[list[Row[Any]]]:
    last = ""
    while True:
        table = SAFEGUARDED
        chosen = (table.c.list == list_name) & (table.c.state == State.LIVE.value) & (table.c.id > last)
        page = select(table).where(chosen).order_by(table.c.id).limit(shelves.AT_ONCE)
        rows = office.read(partial(_rows, page))
        if not rows:
            return
        yield rows
        last = rows[-1].id


def _rows(question: Select[Any], connection: Connection) -> list[Row[Any]]:
    return list(connection.execute(question))
