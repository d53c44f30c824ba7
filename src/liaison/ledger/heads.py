"""The heads that were signed, and those that witnesses saw: against them everything is compared before signing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, delete, func, insert, select, update

from liaison.ledger.disk import Disk, put
from liaison.ledger.keys import Verifier
from liaison.ledger.log import leaves, size
from liaison.ledger.notes import LONGEST, Head, open_checkpoint
from liaison.ledger.published import Published
from liaison.ledger.sources import Folder
from liaison.ledger.tiles import CHECKPOINT
from liaison.ledger.tree import Edge, leaf_hash
from liaison.model.errors import BadNote, LedgerDamaged, MissingFile
from liaison.storage import Store
from liaison.storage.tables.ledger import HEADS, WITNESSED

AT_ONCE = 65_536  # leaves read at once
RESTORED = (
    "the database is older than what was signed: restore the newest one, and ask partners for the last head"
)


def last_head(connection: Connection, keys: Sequence[Verifier]) -> Head | None:
    """The largest head that was signed, as the database remembers it. Raises LedgerDamaged where it was changed."""
    row = connection.execute(select(HEADS).order_by(HEADS.c.size.desc()).limit(1)).first()
    if row is None:
        return None
    try:
        head = open_checkpoint(bytes(row.note), keys[0].name, keys)
    except BadNote as error:
        raise LedgerDamaged(f"the last signed head cannot be read: {error}", place="ledger_heads") from error
    if (head.checkpoint.size, head.checkpoint.root) != (row.size, bytes(row.root)):
        raise LedgerDamaged("the last signed head is not what was recorded of it", place="ledger_heads")
    return head


def record(store: Store, note: bytes, keys: Sequence[Verifier], now: datetime) -> Head:
    """Keep a head that was just signed, before anybody is shown it; the head. Raises StoreUnavailable, BadNote.

    Of the heads before it the size and the root are kept, not the note.
    """
    head = open_checkpoint(note, keys[0].name, keys)
    row = {"size": head.checkpoint.size, "root": head.checkpoint.root, "note": note, "signed": now}

    def keep(connection: Connection) -> None:
        before = select(func.max(HEADS.c.size)).scalar_subquery()
        connection.execute(update(HEADS).where(HEADS.c.size == before).values(note=b""))
        connection.execute(insert(HEADS), row)

    store.write(keep)
    return head


def record_witnessed(connection: Connection, witness: str, size: int, line: bytes, now: datetime) -> None:
    """Remember the largest size that a witness says it has seen; `line` is its cosignature, or empty."""
    seen = connection.execute(select(WITNESSED.c.size).where(WITNESSED.c.witness == witness)).scalar()
    if seen is not None and seen > size:
        return
    connection.execute(delete(WITNESSED).where(WITNESSED.c.witness == witness))
    row = {"witness": witness, "size": size, "line": line, "at": now}
    connection.execute(insert(WITNESSED), row)


def require_no_rollback(store: Store, head: Head | None, committed: int) -> None:
    """Raises LedgerDamaged where the database holds fewer entries than were signed or than a witness has seen."""
    signed = head.checkpoint.size if head else 0
    query = select(WITNESSED).order_by(WITNESSED.c.size.desc(), WITNESSED.c.witness).limit(1)
    seen = store.read(lambda connection: connection.execute(query).first())
    if committed < signed:
        raise _rolled_back(committed, f"a head over {signed} was signed")
    if seen is not None and committed < seen.size:
        raise _rolled_back(committed, f"{seen.witness} has seen {seen.size}")


def agree(store: Store, folder: Path, keys: Sequence[Verifier], now: datetime, disk: Disk) -> Head | None:
    """The last head that was signed, shown in the folder; the folder's tiles were seen to lead to it.

    None for a log without a head. Raises LedgerDamaged where database and folder cannot come from one history.
    """
    kept = store.read(lambda connection: last_head(connection, keys))
    shown = _shown(folder, keys)
    if shown is not None and (kept is None or shown.checkpoint.size > kept.checkpoint.size):
        _require_leaves(store, shown)
        kept = record(store, shown.note, keys, now)
    elif shown is not None:
        store.read(lambda connection: _require_signed(connection, shown))
    if kept is not None:
        Published(Folder(folder), kept)
        if shown is None or shown.checkpoint != kept.checkpoint:
            put(disk, folder / CHECKPOINT, kept.note)
    return kept


def database_root(connection: Connection, end: int) -> bytes:
    """The root over the first `end` leaves of the database. Raises LedgerDamaged."""
    edge = Edge()
    for start in range(0, end, AT_ONCE):
        for each in leaves(connection, start, min(end, start + AT_ONCE)):
            edge.append(leaf_hash(each))
    return edge.root()


def _shown(folder: Path, keys: Sequence[Verifier]) -> Head | None:
    """The head that the folder shows. Raises LedgerDamaged for one that we did not sign."""
    try:
        return open_checkpoint(Folder(folder).read(CHECKPOINT, LONGEST), keys[0].name, keys)
    except MissingFile:
        return None
    except BadNote as error:
        raise LedgerDamaged(f"the checkpoint is not what we signed: {error}", place=CHECKPOINT) from error


def _require_leaves(store: Store, shown: Head) -> None:
    """A head that the database forgot must still be over its leaves."""
    head = shown.checkpoint
    require_no_rollback(store, shown, store.read(size))
    if store.read(lambda connection: database_root(connection, head.size)) != head.root:
        raise LedgerDamaged(
            f"the database's first {head.size} entries are not those that were signed",
            place="ledger_entries",
            hint=RESTORED,
        )


def _require_signed(connection: Connection, shown: Head) -> None:
    """A head that the folder shows must be one that the database knows."""
    head = shown.checkpoint
    if connection.execute(select(HEADS.c.root).where(HEADS.c.size == head.size)).scalar() != head.root:
        raise LedgerDamaged(
            f"the checkpoint over {head.size} entries is signed with this log's key but is not in its database",
            place=CHECKPOINT,
            hint="two nodes may run with one key: stop both, and compare their logs",
        )


def _rolled_back(committed: int, against: str) -> LedgerDamaged:
    return LedgerDamaged(
        f"the database holds {committed} entries, but {against}",
        place="ledger_entries",
        index=committed,
        hint=RESTORED,
    )
