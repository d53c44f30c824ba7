import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import text

from liaison.model.errors import BadSetting, StoreUnavailable
from liaison.storage import Store
from liaison.storage.engines import address, hold
from tests.node_fixtures import fresh_postgresql


@pytest.mark.parametrize("url", ["mysql://localhost/b", "sqlite://", "nonsense", "", "sqlite:///"])
def test_another_database_is_refused(url: str) -> None:
    with pytest.raises(BadSetting) as refused:
        address(url)
    assert "postgresql" in refused.value.hint


def test_postgresql_is_spoken_with_psycopg() -> None:
    assert address("postgresql://a@localhost/c").drivername == "postgresql+psycopg"


def test_a_second_process_is_refused_and_the_first_goes_on(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/a folder/node.db"
    store = Store(url)
    code = f"from liaison.storage import Store; Store({url!r})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert "is in use by another process" in done.stderr
    with pytest.raises(StoreUnavailable, match="in use"):
        hold(url)
    store.write(lambda c: c.execute(text("CREATE TABLE a (b)")) and None)
    store.close()
    Store(url).close()


def test_a_place_that_cannot_be_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(StoreUnavailable, match="cannot be opened"):
        Store(f"sqlite:///{tmp_path}/file/node.db")


def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    (tmp_path / "node.db").write_bytes(b"not a database, but long enough to look like one" * 50)
    store = Store(f"sqlite:///{tmp_path}/node.db")
    with pytest.raises(StoreUnavailable):
        store.write(lambda c: c.execute(text("CREATE TABLE a (b)")) and None)
    store.close()


def test_the_settings_on_which_durability_stands_hold(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path}/node.db")
    asked = (
        "journal_mode",
        "synchronous",
        "foreign_keys",
        "mmap_size",
        "secure_delete",
        "wal_autocheckpoint",
    )

    def ask(connection: object) -> dict[str, object]:
        return {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in asked}

    writer = store.write(ask)
    reader = store.read(ask)
    store.close()
    assert writer == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "mmap_size": 0,
        "secure_delete": 1,
        "wal_autocheckpoint": 1000,
    }
    assert reader["wal_autocheckpoint"] == 0  # the writer alone writes the log back
    assert reader["foreign_keys"] == 1


def test_nobody_else_can_read_the_file_or_its_log(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path}/node.db")
    store.write(lambda c: c.execute(text("CREATE TABLE a (b)")) and None)
    for name in ("node.db", "node.db-wal", "node.db-shm"):
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600
    store.close()


def test_the_log_is_written_back_at_the_end(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path}/node.db")
    store.write(lambda c: c.execute(text("CREATE TABLE a (b)")) and None)
    store.read(lambda c: c.execute(text("SELECT * FROM a")).all())
    store.close()
    assert not (tmp_path / "node.db-wal").exists() or not (tmp_path / "node.db-wal").stat().st_size
    with sqlite3.connect(f"file:{tmp_path}/node.db?immutable=1", uri=True) as file:
        assert file.execute("SELECT name FROM sqlite_master").fetchall() == [("a",)]
    file.close()


def test_deleted_content_is_overwritten(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path}/node.db")
    store.write(lambda c: c.execute(text("CREATE TABLE a (b)")) and None)
    store.write(lambda c: c.execute(text("INSERT INTO a VALUES ('a-very-telling-text')")) and None)
    store.write(lambda c: c.execute(text("DELETE FROM a")) and None)
    store.close()
    assert b"a-very-telling-text" not in (tmp_path / "node.db").read_bytes()


def test_postgresql_is_not_held_by_one_process() -> None:
    with fresh_postgresql() as url:
        first, second = Store(url), Store(url)
        first.write(lambda c: c.execute(text("CREATE TABLE a (b int)")) and None)
        second.write(lambda c: c.execute(text("INSERT INTO a VALUES (1)")) and None)
        assert first.read(lambda c: c.execute(text("SELECT b FROM a")).scalar()) == 1
        first.close()
        second.close()


def test_a_postgresql_that_went_away_is_told_and_used_again_when_it_is_back() -> None:
    with fresh_postgresql() as url:
        store = Store(url)
        store.write(lambda c: c.execute(text("CREATE TABLE a (b int)")) and None)
        kill = text("SELECT pg_terminate_backend(pg_backend_pid())")
        with pytest.raises(StoreUnavailable):
            store.write(lambda c: c.execute(kill) and None)
        with pytest.raises(StoreUnavailable):
            store.read(lambda c: c.execute(kill) and None)
        store.write(lambda c: c.execute(text("INSERT INTO a VALUES (1)")) and None)
        assert store.read(lambda c: c.execute(text("SELECT b FROM a")).scalar()) == 1
        store.close()
