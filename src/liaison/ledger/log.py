"""The node's log in its database: entries written in the caller's transaction, payloads sealed and erasable apart."""

from __future__ import annotations

import json
import secrets
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, delete, func, insert, select
from sqlalchemy.exc import SQLAlchemyError

from liaison.ledger.statements import LEAF, SALT, Statement, canonical, leaf, read
from liaison.model.errors import (
    Erased,
    LedgerDamaged,
    LedgerUnavailable,
    NotFound,
    StoreUnavailable,
)
from liaison.ports import Compartment, KeyId, Keys
from liaison.storage.prepared import Prepared
from liaison.storage.sealing import seal, unseal
from liaison.storage.stock import Stock
from liaison.storage.tables.ledger import ENTRIES, PAYLOADS

AT_ONCE = 500  # entries in one question
ONE_AT_A_TIME = 0x4C45444745520001  # PostgreSQL's lock for appending; SQLite has one writer anyway
NEW_ENTRY, NEW_PAYLOAD = Prepared(insert(ENTRIES)), Prepared(insert(PAYLOADS))
TURN = select(func.pg_advisory_xact_lock(ONE_AT_A_TIME))
LAST = Prepared(select(func.max(ENTRIES.c.entry).label("entry")))
FAILURES = (SQLAlchemyError, sqlite3.Error, StoreUnavailable, OSError)


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: its place from 0, and the leaf that the tree holds for it."""

    index: int
    leaf: bytes


@dataclass(frozen=True, slots=True)
class Opened:
    """An entry with what it commits to: whoever has these can check it against the tree."""

    index: int
    salt: bytes
    written: bytes

    @property
    def statement(self) -> Statement:
        """What the entry states."""
        return read(self.written)

    def line(self) -> str:
        """The entry as one line of a sample for an auditor."""
        return json.dumps(
            {"index": self.index, "salt": self.salt.hex(), "statement": self.written.decode()},
            ensure_ascii=False,
        )


class Log:
    """The log of one node. Its methods work inside the caller's transaction: both are kept, or neither."""

    def __init__(self, keys: Keys) -> None:
        self._keys = keys
        self._stock = Stock(keys, Compartment.LEDGER)

    def append(self, connection: Connection, statement: Statement) -> Entry:
        """Record a statement. Raises LedgerUnavailable, after which the caller's transaction must fail."""
        return self.append_many(connection, [statement])[0]

    def append_many(self, connection: Connection, statements: Sequence[Statement]) -> list[Entry]:
        """Record statements in order, without a gap. Raises LedgerUnavailable, and BadInput before anything is
        written."""
        if not statements:
            return []
        every = [canonical(statement) for statement in statements]
        try:
            keys = self._stock.take(len(every))
            made, payloads = [], []
            for index, (written, (key_id, key)) in enumerate(
                zip(every, keys, strict=True), _size_to_extend(connection)
            ):
                salt = secrets.token_bytes(SALT)
                made.append(Entry(index, leaf(salt, written)))
                payloads.append(
                    {"entry": index, "key": key_id, "sealed": seal(key, salt + written, _about(index))}
                )
            NEW_ENTRY.change(connection, [{"entry": each.index, "leaf": each.leaf} for each in made])
            NEW_PAYLOAD.change(connection, payloads)
        except FAILURES as error:
            raise LedgerUnavailable("the entry could not be written") from error
        return made

    def open(self, connection: Connection, index: int) -> Opened:
        """An entry with its salt and statement. Raises NotFound, Erased, LedgerDamaged, StoreUnavailable."""
        held = connection.execute(select(ENTRIES.c.leaf).where(ENTRIES.c.entry == index)).scalar()
        if held is None:
            raise NotFound
        payload = connection.execute(select(PAYLOADS).where(PAYLOADS.c.entry == index)).first()
        if payload is None:
            raise Erased(f"what entry {index} states was erased")
        content = unseal(self._keys.fetch([payload.key])[0], payload.sealed, _about(index))
        salt, written = content[:SALT], content[SALT:]
        if leaf(salt, written) != held:
            raise LedgerDamaged(
                f"entry {index} is not what its payload says", place="ledger_entries", index=index
            )
        return Opened(index, salt, written)

    def statement(self, connection: Connection, index: int) -> Statement:
        """What an entry states. Raises as `open`."""
        return self.open(connection, index).statement

    def erase(self, connection: Connection, indexes: Iterable[int]) -> int:
        """Erase what these entries state; how many still stated something. The leaves stay, and the log verifies.

        The keys are destroyed at once, whatever becomes of the transaction: no copy of the database opens again.
        The caller records the erasure itself.
        """
        wanted, erased = list(indexes), 0
        for start in range(0, len(wanted), AT_ONCE):
            chosen = PAYLOADS.c.entry.in_(wanted[start : start + AT_ONCE])
            keys = connection.execute(select(PAYLOADS.c.key).where(chosen)).scalars()
            erased += self._keys.destroy([KeyId(key) for key in keys])
            connection.execute(delete(PAYLOADS).where(chosen))
        return erased


def size(connection: Connection) -> int:
    """How many entries the database holds, counted from its last one."""
    last = LAST.first(connection, {})
    return 0 if last is None or last.entry is None else int(last.entry) + 1


def leaves(connection: Connection, start: int, end: int) -> list[bytes]:
    """The leaves from `start` up to `end`. Raises LedgerDamaged, naming the first entry that is missing or no leaf."""
    chosen = ENTRIES.c.entry.between(start, end - 1)
    rows = connection.execute(select(ENTRIES).where(chosen).order_by(ENTRIES.c.entry)).all()
    for index, row in enumerate(rows, start):
        if row.entry != index:
            raise _missing(index)
        if len(row.leaf) != LEAF:
            raise LedgerDamaged(f"entry {index} is not a leaf", place="ledger_entries", index=index)
    if len(rows) != end - start:
        raise _missing(start + len(rows))
    return [bytes(row.leaf) for row in rows]


def sample(log: Log, connection: Connection, indexes: Iterable[int]) -> str:
    """Entries for an auditor, as lines of JSON that tools/verify_log.py checks; erased ones are left out."""
    lines = []
    for index in indexes:
        try:
            lines.append(log.open(connection, index).line() + "\n")
        except Erased:
            continue
    return "".join(lines)


def take_turn(connection: Connection) -> None:
    """Let nobody else extend the log until this transaction ends, in whatever process of this node: what is read after
    it is what everybody before has left. SQLite has one writer anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(TURN)


def _size_to_extend(connection: Connection) -> int:
    """The size of the log, which nobody else extends until this transaction ends."""
    take_turn(connection)
    return size(connection)


def _about(index: int) -> str:
    return f"ledger_payloads:{index}"


def _missing(index: int) -> LedgerDamaged:
    return LedgerDamaged(f"entry {index} is missing", place="ledger_entries", index=index)
