"""Connections that read, kept open between questions: to take one out of a pool takes as long as a small question."""

from __future__ import annotations

import queue
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine

from liaison.model.errors import StoreUnavailable
from liaison.storage.engines import READERS

LONGEST = 30.0  # seconds to wait for a connection


class Readers:
    """At most READERS connections of an engine, each lent to one thread at a time.

    Of a database in another process (PostgreSQL) they are taken from the engine's pool each time, which tries whether
    the connection still stands.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine, self._keeps = engine, engine.dialect.name == "sqlite"
        self._free: queue.SimpleQueue[Connection | None] = (
            queue.SimpleQueue()
        )  # None: one that is not open yet
        for _ in range(READERS):
            self._free.put(None)

    @contextmanager
    def lend(self) -> Iterator[Connection]:
        """A connection, given back at the end; one on which anything failed is not used again.

        Raises StoreUnavailable where every connection is lent for too long, and what opening one raises.
        """
        if not self._keeps:
            with self._engine.connect() as connection:
                yield connection
            return
        kept = self._taken()
        try:
            connection = kept or self._engine.connect()
        except BaseException:
            self._free.put(None)
            raise
        try:
            yield connection
            if connection.in_transaction():
                connection.rollback()
        except BaseException:
            connection.close()
            self._free.put(None)
            raise
        if self._keeps:
            self._free.put(connection)
        else:
            connection.close()

    def close(self) -> None:
        """Close every connection that is not lent; one that is, is closed when it comes back."""
        self._keeps = False
        for _ in range(READERS):
            try:
                kept = self._free.get_nowait()
            except queue.Empty:
                break
            if kept is not None:
                kept.close()
        self._engine.dispose()

    def _taken(self) -> Connection | None:
        try:
            return self._free.get(timeout=LONGEST)
        except queue.Empty as error:
            raise StoreUnavailable("every connection to the database is in use") from error
