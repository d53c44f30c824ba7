"""Everything a node keeps, read again and compared: pages, sealed content, the ledger's entries, tiles and head.

It changes nothing, and may run beside a node that serves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, Table, select
from sqlalchemy.exc import DatabaseError

from liaison.ledger.heads import database_root, last_head
from liaison.ledger.keys import Signer
from liaison.ledger.log import leaves, size
from liaison.ledger.published import Published
from liaison.ledger.sources import Folder
from liaison.ledger.statements import SALT, leaf
from liaison.ledger.tiles import CHECKPOINT
from liaison.ledger.verify import entries
from liaison.model.errors import Erased, LedgerDamaged, LiaisonError, MissingFile, StoreUnavailable
from liaison.node.facts import require_facts
from liaison.node.identity import signers
from liaison.node.sealed import open_all
from liaison.node.settings import read_settings, require_node
from liaison.node.wiring import Places
from liaison.partners import checking, own
from liaison.ports import KeyId
from liaison.storage import migrate
from liaison.storage.keys import KeyRing
from liaison.storage.sealing import unseal
from liaison.storage.store import Spectator
from liaison.storage.tables.ledger import PAYLOADS

AT_ONCE = 500  # rows
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Finding:
    """One check: how many things were compared, how many of them erased; and the first that is bad, or nothing."""

    name: str
    compared: int = 0
    erased: int = 0
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Opened:
    """The parts of a node that is looked at from outside."""

    store: Spectator
    keys: KeyRing
    signers: list[Signer]
    places: Places


def verify_node(folder: Path, say: Say = lambda name: None) -> list[Finding]:
    """Every check in order. `say(name)` is called before each. Raises what opening the node raises."""
    folder = folder.resolve()
    require_node(folder)
    settings = read_settings(folder)
    places = Places.of(folder, settings)
    with ExitStack() as stack:
        chosen = signers(places.keys, settings.origin, settings.ledger_second_signature)
        keys = KeyRing(places.keys, spectator=True)
        stack.callback(keys.close)
        store = Spectator(places.database)
        stack.callback(store.close)
        return _checked(Opened(store, keys, chosen, places), say)


def _checked(node: Opened, say: Say) -> list[Finding]:
    found = []
    for name, check in CHECKS.items():
        say(name)
        found.append(_safely(name, check, node))
        if name == "pages" and found[-1].fault:
            break  # what stands on damaged pages tells nothing more
    return found


def pages(node: Opened) -> Finding:
    """The database's own check of its pages, and every row of every table read once."""

    def work(connection: Connection) -> Finding:
        if connection.dialect.name == "sqlite":
            told = connection.exec_driver_sql("PRAGMA integrity_check(1)").scalar()
            if told != "ok":
                return Finding("pages", fault=str(told).splitlines()[0])
            broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
            if broken is not None:
                return Finding("pages", fault=f"a row of {broken[0]} points at nothing")
        migrate.require_current(connection)
        return Finding("pages", sum(_read(connection, each) for each in migrate.every_table().sorted_tables))

    return node.store.read(work)


def belonging(node: Opened) -> Finding:
    """Database, key ring and the node's key are of one node."""
    node.store.read(lambda connection: require_facts(connection, node.keys, node.signers[0]))
    return Finding("belonging", 1)


def sealed(node: Opened) -> Finding:
    """Every sealed piece opens under its key, unless its key was destroyed."""
    found = node.store.read(lambda connection: open_all(connection, node.keys))
    return Finding("sealed", found.opened, found.erased, found.fault)


def partners(node: Opened) -> Finding:
    """The node's own cards have their keys; partners' cards and agreements the signatures that made them count."""

    def work(connection: Connection) -> Finding:
        found = own.faults(connection, node.places.keys, node.signers[0].verifier)
        compared, others = checking.faults(connection, node.signers[0].name)
        return Finding("partners", own.count(connection) + compared, fault=next(iter([*found, *others]), ""))

    return node.store.read(work)


def statements(node: Opened) -> Finding:
    """Every entry's statement is what its leaf commits to, and no entry is missing."""

    def work(connection: Connection) -> Finding:
        erased, count = 0, size(connection)
        for start in range(0, count, AT_ONCE):
            end = min(count, start + AT_ONCE)
            committed = leaves(connection, start, end)
            chosen = select(PAYLOADS).where(PAYLOADS.c.entry.between(start, end - 1))
            payloads = connection.execute(chosen.order_by(PAYLOADS.c.entry)).all()
            erased += len(committed) - len(payloads)
            for row, content in zip(payloads, _contents(node.keys, payloads), strict=True):
                if content is None:
                    erased += 1
                elif leaf(content[:SALT], content[SALT:]) != committed[row.entry - start]:
                    return Finding(
                        "statements", row.entry, erased, f"entry {row.entry} is not what was stated"
                    )
        return Finding("statements", count, erased)

    return node.store.read(work)


def _contents(keys: KeyRing, payloads: Sequence[Row[Any]]) -> Iterator[bytes | None]:
    """What each payload holds, None where its key is destroyed. Raises LedgerDamaged for one that does not open."""
    try:
        found: list[bytes | None] = list(keys.fetch([KeyId(row.key) for row in payloads]))
    except Erased:
        found = [_key_or_none(keys, KeyId(row.key)) for row in payloads]
    for row, key in zip(payloads, found, strict=True):
        try:
            yield None if key is None else unseal(key, row.sealed, f"ledger_payloads:{row.entry}")
        except StoreUnavailable as error:
            raise LedgerDamaged(f"what entry {row.entry} states does not open", index=row.entry) from error


def _key_or_none(keys: KeyRing, key: KeyId) -> bytes | None:
    try:
        return keys.fetch([key])[0]
    except Erased:
        return None


def head(node: Opened) -> Finding:
    """The last head that was signed is over the database's leaves."""

    def work(connection: Connection) -> Finding:
        last = last_head(connection, [signer.verifier for signer in node.signers])
        if last is None:
            return Finding("head")
        signed = last.checkpoint
        if size(connection) < signed.size:
            return Finding("head", signed.size, fault=f"entry {size(connection)} of {signed.size} is missing")
        if database_root(connection, signed.size) != signed.root:
            return Finding("head", signed.size, fault=f"the first {signed.size} entries are not those signed")
        return Finding("head", signed.size)

    return node.store.read(work)


def files(node: Opened) -> Finding:
    """The log's public files verify, and hold the database's leaves."""
    place = node.places.ledger
    if not (place / CHECKPOINT).exists():
        known = node.store.read(lambda c: last_head(c, [signer.verifier for signer in node.signers]))
        return Finding("files", fault=f"{CHECKPOINT} is missing" if known else "")
    published = Published.open(Folder(place), [node.signers[0].verifier])

    def work(connection: Connection) -> Finding:
        for start, some in entries(published):
            held = leaves(connection, start, min(start + len(some), size(connection)))
            for index, (mine, shown) in enumerate(zip(held, some, strict=False), start):
                if mine != shown:
                    return Finding("files", index, fault=f"entry {index} is not the one in the database")
            if len(held) < len(some):
                missing = start + len(held)
                return Finding("files", missing, fault=f"entry {missing} is not in the database")
        return Finding("files", published.size)

    return node.store.read(work)


CHECKS: dict[str, Callable[[Opened], Finding]] = {
    "pages": pages,
    "belonging": belonging,
    "sealed": sealed,
    "partners": partners,
    "statements": statements,
    "head": head,
    "files": files,
}


def _safely(name: str, check: Callable[[Opened], Finding], node: Opened) -> Finding:
    try:
        return check(node)
    except LedgerDamaged as error:
        return Finding(name, fault=str(error))
    except (MissingFile, StoreUnavailable) as error:
        reason = str(error.__cause__ or "") or str(error)
        return Finding(name, fault=reason.splitlines()[0])
    except LiaisonError as error:
        return Finding(name, fault=f"{error.title}: {error}")
    except DatabaseError as error:
        return Finding(name, fault=str(error.orig))
    except UnicodeDecodeError:  # what is damaged may be a text, also in the database's own words on it
        return Finding(name, fault="a text in the database is not text")


def _read(connection: Connection, each: Table) -> int:
    """How many rows a table has; each was read whole."""
    found = connection.execution_options(yield_per=AT_ONCE).execute(select(each))
    return sum(len(some) for some in found.partitions(AT_ONCE))
