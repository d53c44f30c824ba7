"""Connections that read are kept, never shared, and not used again where something failed."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, select, text
from sqlalchemy.exc import OperationalError

from liaison.model.errors import StoreUnavailable
from liaison.storage import readers
from liaison.storage.engines import READERS, writer
from liaison.storage.engines import readers as engine_of
from liaison.storage.readers import Readers


@pytest.fixture
def held(tmp_path: Path) -> Iterator[Readers]:
    url = f"sqlite:///{tmp_path}/node.db"
    with writer(url).connect() as connection:
        connection.execute(text("CREATE TABLE things (id INTEGER)"))
    found = Readers(engine_of(url))
    yield found
    found.close()


def ask(connection: Connection) -> int:
    return int(connection.execute(select(1)).scalar_one())


def used(held: Readers, times: int) -> set[Connection]:
    found = set()
    for _ in range(times):
        with held.lend() as connection:
            assert ask(connection) == 1
            found.add(connection)
    return found


def test_connections_are_kept(held: Readers) -> None:
    first = used(held, READERS)
    assert len(first) == READERS
    assert used(held, 3 * READERS) == first


def test_a_transaction_does_not_outlast_the_loan(held: Readers) -> None:
    used(held, READERS)
    with held.lend() as connection:
        assert not connection.in_transaction()


def test_two_threads_never_share_one(held: Readers) -> None:
    with held.lend() as mine, held.lend() as yours:
        assert mine is not yours


def test_one_on_which_something_failed_is_not_used_again(held: Readers) -> None:
    with pytest.raises(OperationalError), held.lend() as failed:
        failed.execute(text("SELECT * FROM nowhere"))
    assert failed.closed
    assert failed not in used(held, 2 * READERS)


def test_failures_do_not_use_up_the_connections(held: Readers) -> None:
    for _ in range(3 * READERS):
        with pytest.raises(ValueError, match="no"), held.lend():
            raise ValueError("no")
    assert len(used(held, READERS)) == READERS


def test_one_more_than_there_are_waits_and_is_told(held: Readers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readers, "LONGEST", 0.05)
    loans = [held.lend() for _ in range(READERS)]
    for each in loans:
        each.__enter__()
    with pytest.raises(StoreUnavailable), held.lend():
        pass
    monkeypatch.setattr(readers, "LONGEST", 20.0)
    back = threading.Timer(0.05, loans[0].__exit__, (None, None, None))
    back.start()
    with held.lend() as connection:
        assert ask(connection) == 1
    back.join()
    for each in loans[1:]:
        each.__exit__(None, None, None)


def test_one_that_comes_back_after_the_close_is_closed(held: Readers) -> None:
    with held.lend() as late:
        held.close()
    assert late.closed
