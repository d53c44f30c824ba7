"""Migrations make the tables of the program, on both databases, and never lose a row in silence."""

import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import Connection, inspect, text

from liaison.model.errors import StoreUnavailable
from liaison.storage import Store, migrate
from liaison.storage.tables.node import FACTS
from tests.node_fixtures import START, both_databases, database

SHAPES = {
    "sqlite": "SELECT name, sql FROM sqlite_master WHERE name NOT LIKE 'alembic%' AND name NOT LIKE 'sqlite%'",
    "postgresql": """SELECT c.relname || ':' || coalesce(k.conname, a.attname), coalesce(
            pg_get_constraintdef(k.oid), format_type(a.atttypid, a.atttypmod) || a.attnotnull::text)
        FROM pg_class c LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
        LEFT JOIN pg_constraint k ON k.conrelid = c.oid
        WHERE c.relnamespace = 'public'::regnamespace AND c.relname NOT LIKE 'alembic%'""",
}


def shape(connection: Connection) -> set[tuple[str, str]]:
    """Every table, column, constraint and index as the database itself describes it."""
    rows = connection.execute(text(SHAPES[connection.dialect.name])).all()
    indexes = {
        (index["name"] or "", f"{sorted(map(str, index['column_names']))}{index['unique']}")
        for name in inspect(connection).get_table_names()
        for index in inspect(connection).get_indexes(name)
    }
    tidy = {(name, "".join(sorted("".join((sql or "").split()).replace('"', "")))) for name, sql in rows}
    return tidy | indexes


@both_databases
def test_migrations_make_the_tables_of_the_program(kind: str, tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    with database(kind, tmp_path / "a") as first, database(kind, tmp_path / "b") as second:
        migrated, made = Store(first), Store(second)
        try:
            done = migrated.write(migrate.upgrade)
            made.write(migrate.every_table().create_all)
            assert done is not None
            assert (done.old, done.new) == ("", migrate.head())
            assert migrated.read(shape) == made.read(shape)
            migrated.read(migrate.require_current)
        finally:
            migrated.close()
            made.close()


def test_the_names_of_the_files_tell_what_alembic_reads_in_them() -> None:
    script = migrate._script()
    assert migrate.head() == script.get_current_head()
    assert migrate._revisions() == {each.revision for each in script.walk_revisions()}


def test_a_node_that_is_up_to_date_does_without_alembic() -> None:
    asked = "import sys, liaison.node.wiring; print('alembic' in sys.modules)"
    told = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "False"


@both_databases
def test_a_second_upgrade_changes_nothing(kind: str, tmp_path: Path) -> None:
    with database(kind, tmp_path) as url:
        store = Store(url)
        store.write(migrate.upgrade)
        store.write(lambda c: c.execute(FACTS.insert().values(fact="origin", value="a", at=START)))
        assert store.write(migrate.upgrade) is None
        assert store.read(migrate.rows)["node_facts"] == 1
        store.close()


@both_databases
def test_a_database_of_a_newer_program_is_refused(kind: str, tmp_path: Path) -> None:
    with database(kind, tmp_path) as url:
        store = Store(url)
        store.write(migrate.upgrade)
        store.write(lambda c: c.execute(text("UPDATE alembic_version SET version_num = '9999'")))
        with pytest.raises(StoreUnavailable, match="9999"):
            store.write(migrate.upgrade)
        with pytest.raises(StoreUnavailable, match="9999"):
            store.read(migrate.require_current)
        store.close()


@both_databases
def test_an_empty_database_is_not_current(kind: str, tmp_path: Path) -> None:
    with database(kind, tmp_path) as url:
        store = Store(url)
        with pytest.raises(StoreUnavailable, match="revision none"):
            store.read(migrate.require_current)
        store.close()


@both_databases
def test_a_migration_that_loses_rows_changes_nothing(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def losing(_revision: object, _context: object) -> list[object]:
        return []

    with database(kind, tmp_path) as url:
        store = Store(url)
        store.write(migrate.upgrade)
        store.write(lambda c: c.execute(FACTS.insert().values(fact="origin", value="a", at=START)))
        store.write(lambda c: c.execute(text("DELETE FROM alembic_version")))
        counts = iter([{"node_facts": 1}, {"node_facts": 0}])
        monkeypatch.setattr(migrate, "_steps", losing)
        monkeypatch.setattr(migrate, "rows", lambda _connection: next(counts))
        with pytest.raises(StoreUnavailable, match="lose rows of node_facts"):
            store.write(migrate.upgrade)
        monkeypatch.undo()
        assert store.read(migrate.rows)["node_facts"] == 1
        store.close()


@both_databases
def test_a_migration_is_whole_or_not_at_all(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(connection: Connection) -> None:
        migrate.upgrade(connection)
        raise ValueError("the power went")

    with database(kind, tmp_path) as url:
        store = Store(url)
        with pytest.raises(ValueError, match="power"):
            store.write(broken)
        assert store.read(lambda c: inspect(c).get_table_names()) == []
        store.close()
