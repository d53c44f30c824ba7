"""The store on both databases: what is acknowledged is there, what failed is not, and failures are each their own."""

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import (
    Column,
    Connection,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    insert,
    select,
    text,
)
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from liaison.model.errors import BadInput, StoreUnavailable
from liaison.storage import Store
from liaison.storage.store import SHARED, Spectator
from tests.node_fixtures import both_databases, database

OWN = MetaData()
ROWS = Table(
    "rows", OWN, Column("id", Integer, primary_key=True), Column("value", Text), UniqueConstraint("value")
)
pytestmark = both_databases


@pytest.fixture
def url(kind: str, tmp_path: Path) -> Iterator[str]:
    with database(kind, tmp_path) as found:
        yield found


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    found = Store(url)
    found.write(OWN.create_all)
    yield found
    found.close()


def put(connection: Connection, value: str) -> str:
    connection.execute(insert(ROWS).values(value=value))
    return value


def values(connection: Connection) -> list[str]:
    return list(connection.execute(select(ROWS.c.value).order_by(ROWS.c.id)).scalars())


def test_what_was_written_is_read(store: Store) -> None:
    assert store.write(lambda c: put(c, "a")) == "a"
    assert store.read(values) == ["a"]


def test_what_was_written_is_there_after_the_store_is_opened_again(store: Store, url: str) -> None:
    store.write(lambda c: put(c, "a"))
    store.close()
    again = Store(url)
    assert again.read(values) == ["a"]
    again.close()


def test_a_change_that_fails_keeps_nothing_and_raises_what_it_raised(store: Store) -> None:
    def fail(connection: Connection) -> None:
        put(connection, "a")
        raise BadInput("no")

    with pytest.raises(BadInput, match="no"):
        store.write(fail)
    assert store.read(values) == []
    store.write(lambda c: put(c, "b"))
    assert store.read(values) == ["b"]


def test_a_row_that_may_not_be_is_the_callers_error(store: Store) -> None:
    store.write(lambda c: put(c, "a"))
    with pytest.raises(IntegrityError):
        store.write(lambda c: put(c, "a"))
    assert store.read(values) == ["a"]


def test_changes_that_share_a_commit_do_not_share_their_failures(store: Store) -> None:
    """One change holds the writer until many wait behind it; every other one of those fails."""
    gate, outcomes = threading.Event(), {}

    def hold(connection: Connection) -> None:
        gate.wait(20)

    def one(number: int) -> None:
        def work(connection: Connection) -> int:
            put(connection, f"{number:03}")
            if number % 2:
                raise ValueError(number)
            return number

        try:
            outcomes[number] = store.write(work)
        except ValueError as error:
            outcomes[number] = error

    holder = threading.Thread(target=lambda: store.write(hold))
    holder.start()
    threads = [threading.Thread(target=one, args=(number,)) for number in range(2 * SHARED)]
    for each in threads:
        each.start()
    while store.waiting < len(threads):
        time.sleep(0.005)
    gate.set()
    for each in [holder, *threads]:
        each.join(20)
    assert sorted(store.read(values)) == [f"{number:03}" for number in range(0, 2 * SHARED, 2)]
    assert all(outcomes[number] == number for number in range(0, 2 * SHARED, 2))
    assert all(isinstance(outcomes[number], ValueError) for number in range(1, 2 * SHARED, 2))


def test_a_change_is_not_seen_before_it_is_whole(store: Store) -> None:
    seen = []

    def work(connection: Connection) -> None:
        put(connection, "a")
        seen.append(store.read(values))
        put(connection, "b")

    store.write(work)
    assert seen == [[]]
    assert store.read(values) == ["a", "b"]


def test_a_reader_keeps_its_snapshot(store: Store) -> None:
    store.write(lambda c: put(c, "a"))

    def look(connection: Connection) -> tuple[list[str], list[str]]:
        first = values(connection)
        store.write(lambda c: put(c, "b"))
        return first, values(connection)

    assert store.read(look) == (["a"], ["a"])
    assert store.read(values) == ["a", "b"]


def test_a_reader_cannot_write(store: Store) -> None:
    with pytest.raises((StoreUnavailable, SQLAlchemyError)):
        store.read(lambda c: put(c, "a"))
    assert store.read(values) == []


def test_a_change_inside_a_change_is_refused_and_does_not_hang(store: Store) -> None:
    with pytest.raises(RuntimeError, match="pass the connection on"):
        store.write(lambda c: store.write(lambda inner: put(inner, "a")))
    assert store.write(lambda c: put(c, "b")) == "b"


def test_a_closed_store_takes_nothing(store: Store) -> None:
    store.close()
    store.close()
    with pytest.raises(StoreUnavailable, match="closed"):
        store.write(lambda c: put(c, "a"))


def test_what_was_asked_before_the_close_is_done(store: Store, url: str) -> None:
    done = []

    def one(number: int) -> None:
        try:
            store.write(lambda c: put(c, str(number)))
            done.append(str(number))
        except StoreUnavailable:
            return

    threads = [threading.Thread(target=one, args=(number,)) for number in range(40)]
    for each in threads:
        each.start()
    store.close()
    for each in threads:
        each.join(20)
        assert not each.is_alive()
    again = Store(url)
    assert sorted(again.read(values)) == sorted(done)
    again.close()


def test_a_statement_that_cannot_be_is_told_and_the_next_change_goes_on(store: Store) -> None:
    with pytest.raises((StoreUnavailable, SQLAlchemyError)):
        store.write(lambda c: c.execute(text("SELECT * FROM nowhere")))
    assert store.write(lambda c: put(c, "a")) == "a"


def test_many_readers_read_beside_a_writer(store: Store) -> None:
    stop, faults = threading.Event(), []

    def look() -> None:
        while not stop.is_set():
            found = store.read(values)
            if found != [str(number) for number in range(len(found))]:
                faults.append(found)

    threads = [threading.Thread(target=look) for _ in range(4)]
    for each in threads:
        each.start()
    for number in range(100):
        store.write(lambda c, number=number: put(c, str(number)))
    stop.set()
    for each in threads:
        each.join(20)
    assert faults == []
    assert len(store.read(values)) == 100


def test_a_spectator_sees_what_is_durable_and_changes_nothing(store: Store, url: str) -> None:
    store.write(lambda c: put(c, "a"))
    other = Spectator(url)
    assert other.read(values) == ["a"]
    store.write(lambda c: put(c, "b"))
    assert other.read(values) == ["a", "b"]
    with pytest.raises((StoreUnavailable, SQLAlchemyError)):
        other.read(lambda c: put(c, "c"))
    other.close()
    assert store.write(lambda c: put(c, "d")) == "d"
    assert store.read(values) == ["a", "b", "d"]


CHILD = """
import sys
from sqlalchemy import text
from liaison.storage import Store
store = Store(sys.argv[1])
number = 0
while True:
    store.write(lambda c: c.execute(text(f"INSERT INTO rows (id, value) VALUES ({number}, '{number}')")) and None)
    print(number, flush=True)
    number += 1
"""


def test_nothing_acknowledged_is_lost_when_the_process_is_killed(store: Store, url: str) -> None:
    store.close()
    with subprocess.Popen([sys.executable, "-c", CHILD, url], stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        acknowledged = [int(child.stdout.readline()) for _ in range(30)]
        child.kill()
        acknowledged += [int(line) for line in child.stdout.read().splitlines()]
    again = Store(url)
    held = set(again.read(lambda c: c.execute(text("SELECT id FROM rows")).scalars().all()))
    again.close()
    assert set(acknowledged) <= held
    assert len(held) <= len(acknowledged) + 1
