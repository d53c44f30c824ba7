"""One writer, many readers: every change of a node passes one thread, which makes many of them durable at once."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from liaison.model.errors import StoreUnavailable
from liaison.storage import engines
from liaison.storage.prepared import say
from liaison.storage.readers import Readers

T = TypeVar("T")
SHARED = 64  # changes that may share one commit
Work = Callable[[Connection], T]
SNAPSHOT = {"sqlite": "BEGIN", "postgresql": "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"}
CHANGE = {"sqlite": "BEGIN IMMEDIATE", "postgresql": "BEGIN"}


class Change:
    """A change that waits for its turn, and then for its commit. A future of the standard library takes longer to make
    and to settle than a small statement to run."""

    __slots__ = ("_settled", "error", "result", "work")

    def __init__(self, work: Work[Any]) -> None:
        self.work = work
        self.result: Any = None
        self.error: BaseException | None = None
        self._settled = threading.Lock()
        self._settled.acquire()

    def settle(self, result: Any = None, error: BaseException | None = None) -> None:
        """Let the caller go on. Called once."""
        self.result, self.error = result, error
        self._settled.release()

    def outcome(self) -> Any:
        """What the work gave, once it is durable. Raises what kept it from it."""
        self._settled.acquire()
        if self.error is not None:
            try:
                raise self.error
            finally:
                del self  # an error holds the frame that raised it
        return self.result


class Store:
    """The database of one node. One process may write a SQLite file; several may write a PostgreSQL database.

    Raises StoreUnavailable where the database cannot be opened, is held by another process, or is not as new as
    this program.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self._hold = engines.hold(url)
        self._engine, self._readers = engines.writer(url), Readers(engines.readers(url))
        self._tasks: queue.SimpleQueue[Change | None] = queue.SimpleQueue()
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
        change = Change(work)
        with self._door:  # nothing is put behind the last task, where nobody would take it
            if self._closed:
                raise StoreUnavailable("the database is closed")
            self._tasks.put(change)
        return change.outcome()  # type: ignore[no-any-return]

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
        while (change := self._tasks.get()) is not None:
            stop = self._write_together(change)
            if stop:
                return

    def _write_together(self, change: Change) -> bool:
        """Make this change and those that wait behind it durable with one commit; whether the store closes."""
        done: list[tuple[Change, Any]] = []
        begin, stop = CHANGE[self._engine.dialect.name], False
        try:
            with self._engine.connect() as connection:
                say(connection, begin)
                try:
                    while True:
                        if error := _run(connection, change, done, begin):
                            change.settle(error=error)
                            change = SETTLED
                        following = self._next() if len(done) < SHARED else ()
                        stop = following is None
                        if not following:
                            break
                        change = following
                    say(connection, "COMMIT")
                except BaseException:
                    _undo(connection)
                    raise
        except BaseException as error:
            failure = StoreUnavailable("the change could not be made durable; nothing of it was kept")
            failure.__cause__ = error
            for waiting in {*(one for one, _ in done), change} - {SETTLED}:
                waiting.settle(error=failure)
            return stop
        for waiting, result in done:
            waiting.settle(result)
        return stop

    def _next(self) -> Change | tuple[()] | None:
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


def _nothing(connection: Connection) -> None:
    """The work of a change that is settled."""


SETTLED = Change(_nothing)  # in the place of one that was told already what became of it


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


def _run(
    connection: Connection, change: Change, done: list[tuple[Change, Any]], begin: str
) -> Exception | None:
    """Run one change, so that its failure, which is returned, is its own: behind a savepoint where others are in the
    transaction already."""
    alone = not done
    if not alone:
        say(connection, "SAVEPOINT change")
    try:
        result = change.work(connection)
    except Exception as error:
        if isinstance(error, OperationalError):
            raise
        if alone:
            say(connection, "ROLLBACK")
            say(connection, begin)
        else:
            connection.exec_driver_sql("ROLLBACK TO SAVEPOINT change")
        return error
    if not alone:
        say(connection, "RELEASE SAVEPOINT change")
    done.append((change, result))
    return None


def _undo(connection: Connection) -> None:
    """Give the transaction up; where the database is gone there is nothing left to undo."""
    try:
        say(connection, "ROLLBACK")
    except SQLAlchemyError:
        connection.invalidate()
