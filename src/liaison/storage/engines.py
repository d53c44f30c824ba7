"""Engines for the two databases, with every setting on which durability stands."""

from __future__ import annotations

import fcntl
import os
import sqlite3
from pathlib import Path
from typing import IO, Any
from urllib.parse import quote

from sqlalchemy import URL, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import QueuePool

from liaison.model.errors import BadSetting, StoreUnavailable

KINDS = ("sqlite", "postgresql")
BUSY = 5_000  # milliseconds that a connection waits for another
READERS = 8
SHARED_PRAGMAS = ("foreign_keys=ON", "mmap_size=0", "secure_delete=ON")


def address(url: str) -> URL:
    """The URL of a database. Raises BadSetting for one that is neither a SQLite file nor PostgreSQL."""
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise BadSetting("the database URL cannot be read", hint=SHAPES) from error
    kind = parsed.get_backend_name()
    if kind not in KINDS or (kind == "sqlite" and not parsed.database):
        raise BadSetting(f"a node cannot keep its records in {kind}", hint=SHAPES)
    return parsed.set(drivername="postgresql+psycopg") if kind == "postgresql" else parsed


SHAPES = "give sqlite:///FOLDER/node.db, or postgresql://USER@HOST/DATABASE"


def hold(url: str) -> IO[bytes]:
    """A lock on a SQLite file for as long as it is open; for PostgreSQL, which has its own, a file of no use.

    Two connections that write or checkpoint can damage a SQLite write-ahead log (versions to 3.51.2), so a second
    process is refused. Raises StoreUnavailable.
    """
    parsed = address(url)
    if parsed.get_backend_name() != "sqlite":
        return Path("/dev/null").open("rb")
    place = Path(str(parsed.database))
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(place, os.O_RDWR | os.O_CREAT, 0o600))  # its log and its index of it follow
        held = place.with_name(place.name + ".lock").open("wb")
    except OSError as error:
        raise StoreUnavailable(f"{place} cannot be opened: {error.strerror}") from error
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        held.close()
        raise StoreUnavailable(
            f"{place} is in use by another process", hint="stop the node that serves it first"
        ) from error
    return held


def writer(url: str) -> Engine:
    """An engine with one connection, which alone writes."""
    return _engine(url, size=1, pragmas=("synchronous=FULL", "wal_autocheckpoint=1000"))


def readers(url: str) -> Engine:
    """An engine whose connections cannot write."""
    return _engine(url, size=READERS, pragmas=("query_only=ON", "wal_autocheckpoint=0"))


def spectators(url: str) -> Engine:
    """An engine for another process than the node's: its connections cannot change anything, not even the log."""
    parsed = address(url)
    if parsed.get_backend_name() == "sqlite":
        name = quote(str(Path(str(parsed.database)).absolute()))
        return _engine(
            f"sqlite:///file:{name}?mode=ro&uri=true", size=1, pragmas=("query_only=ON",), log=False
        )
    return readers(url)


def _engine(url: str, size: int, pragmas: tuple[str, ...], log: bool = True) -> Engine:
    parsed = address(url)
    if parsed.get_backend_name() == "postgresql":
        # the transactions are begun by hand, on both databases alike
        return create_engine(
            parsed, pool_size=size, max_overflow=0, pool_pre_ping=True, isolation_level="AUTOCOMMIT"
        )
    engine = create_engine(
        parsed,
        poolclass=QueuePool,
        pool_size=size,
        max_overflow=0,
        isolation_level="AUTOCOMMIT",
        connect_args={"check_same_thread": False, "timeout": BUSY / 1000},
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _record: Any) -> None:
        # the log's mode stands in the file: who cannot write does not ask for it
        for pragma in (*("journal_mode=WAL",) * log, *SHARED_PRAGMAS, *pragmas):
            connection.execute(f"PRAGMA {pragma}")

    return engine
