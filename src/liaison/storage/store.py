"""One writer, many readers: every change of a node passes one thread, which makes many of them durable at once."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import AbstractContextManager
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError

from liaison.model.errors import StoreUnavailable
from liaison.storage import engines
from liaison.storage.prepared import say
from liaison.storage.readers import Readers

T = TypeVar("T")
SHARED = 64  # changes that may share one commit
Work = Callable[[Connection], T]
Task = tuple[Work[Any], "Future[Any]"]
SNAPSHOT = {"sqlite": "BEGIN", "postgresql": "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"}
CHANGE = {"sqlite": "BEGIN IMMEDIATE", "postgresql": "BEGIN"}


class Store:
    """The database of one node. One process may write a SQLite file; several may write a PostgreSQL database.

    Raises StoreUnavailable where the database cannot be opened, is held by another process, or is not as new as
    this program.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self._hold = engines.hold(url)
        self._engine, self._readers = engines.writer(url), Readers(engines.readers(url))
        self._tasks: queue.SimpleQueue[Task | None] = queue.SimpleQueue()
        self._closed, self._door = False, threading.Lock()
        self._thread = threading.Thread(target=self._write_all, name="writer", daemon=True)
        self._thread.start()

    @property
    def engine(self) -> Engine:
        """The writer's engine, for migrations before anything else is done."""
        return self._engine

    @property
    def waiting(self) -> int:
        """How many changes wait for their turn, about."""
        return self._tasks.qsize()

    def write(self, work: Work[T]) -> T:
        """What `work(connection)` gives, once it is durable; several callers' works may share one commit.

        What the work raises is raised here, and nothing of that work is kept. Raises StoreUnavailable where it
        could not be made durable. A work never calls write itself.
        """
        if threading.current_thread() is self._thread:
            raise RuntimeError("a change cannot wait for another change: pass the connection on")
        future: Future[T] = Future()
        with self._door:  # nothing is put behind the last task, where nobody would take it
            if self._closed:
                raise StoreUnavailable("the database is closed")
            self._tasks.put((work, future))
        return future.result()

    def read(self, work: Work[T]) -> T:
        """What `work(connection)` gives, from one snapshot. Raises StoreUnavailable."""
        return _read(self._readers.lend(), work)

    def close(self) -> None:
        """Finish what was asked for, then let go of the database."""
        with self._door:
            if self._closed:
                return
            self._closed = True
            self._tasks.put(None)
        self._thread.join()
        self._readers.close()  # the writer goes last: it alone writes the log back into the file
        self._engine.dispose()
        self._hold.close()

    def _write_all(self) -> None:
        while (task := self._tasks.get()) is not None:
            stop = self._write_together(task)
            if stop:
                return

    def _write_together(self, task: Task) -> bool:
        """Make this change and those that wait behind it durable with one commit; whether the store closes."""
        done: list[tuple[Future[Any], Any]] = []
        future: Future[Any] = task[1]
        stop = False
        try:
            with self._engine.connect() as connection:
                say(connection, CHANGE[self._engine.dialect.name])
                try:
                    while True:
                        future = task[1]
                        _run(connection, task, done)
                        following = self._next() if len(done) < SHARED else ()
                        stop = following is None
                        if not following:
                            break
                        task = following
                    say(connection, "COMMIT")
                except BaseException:
                    _undo(connection)
                    raise
        except BaseException as error:
            failure = StoreUnavailable("the change could not be made durable; nothing of it was kept")
            failure.__cause__ = error
            for waiting in {*(one for one, _ in done), future}:
                if not waiting.done():
                    waiting.set_exception(failure)
            return stop
        for waiting, result in done:
            waiting.set_result(result)
        return stop

    def _next(self) -> Task | tuple[()] | None:
        """The change that waits next; empty where none does, None where the store closes."""
        try:
            return self._tasks.get_nowait()
        except queue.Empty:
            return ()


class Spectator:
    """The database of a node that may be running in another process: it can be read, and nothing else."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._engine = engines.spectators(url)

    def read(self, work: Work[T]) -> T:
        """What `work(connection)` gives, from one snapshot. Raises StoreUnavailable."""
        return _read(self._engine.connect(), work)

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()


def _read(lent: AbstractContextManager[Connection], work: Work[T]) -> T:
    try:
        with lent as connection:
            say(connection, SNAPSHOT[connection.dialect.name])
            try:
                return work(connection)
            finally:
                _undo(connection)
    except OperationalError as error:
        raise StoreUnavailable("the database cannot be read") from error


def _run(connection: Connection, task: Task, done: list[tuple[Future[Any], Any]]) -> None:
    """Run one change behind a savepoint, so that its failure is its own."""
    work, future = task
    say(connection, "SAVEPOINT change")
    try:
        result = work(connection)
    except DBAPIError as error:
        connection.exec_driver_sql("ROLLBACK TO SAVEPOINT change")
        if isinstance(error, OperationalError):
            raise
        future.set_exception(error)
    except Exception as error:
        connection.exec_driver_sql("ROLLBACK TO SAVEPOINT change")
        future.set_exception(error)
    else:
        say(connection, "RELEASE SAVEPOINT change")
        done.append((future, result))


def _undo(connection: Connection) -> None:
    """Give the transaction up; where the database is gone there is nothing left to undo."""
    try:
        say(connection, "ROLLBACK")
    except SQLAlchemyError:
        connection.invalidate()
