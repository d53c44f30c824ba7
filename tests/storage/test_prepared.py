"""Prepared statements against the same ones through SQLAlchemy, on both databases."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import (
    Boolean,
    Column,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    bindparam,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError, OperationalError

from liaison.model.errors import StoreUnavailable
from liaison.storage import Store
from liaison.storage.prepared import Prepared
from liaison.storage.tables.base import Moment
from tests.node_fixtures import both_databases, database

THINGS = Table(
    "things",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False),
    Column("at", Moment),
    Column("open", Boolean, nullable=False),
    Column("sealed", LargeBinary),
)
AT = datetime(2026, 3, 2, 9, 0, 0, 123456, tzinfo=UTC)
ROWS = [
    {"id": 1, "name": "Ilir", "at": AT, "open": True, "sealed": b"\0\xff"},
    {"id": 2, "name": "100% 'q' :x %s ?", "at": None, "open": False, "sealed": None},
]
NEW = Prepared(insert(THINGS))
NAMED = Prepared(select(THINGS).where(THINGS.c.name == bindparam("wanted")))
COUNT = Prepared(select(func.count().label("many"), func.max(THINGS.c.id).label("last")).select_from(THINGS))
LATER = Prepared(
    select(THINGS.c.id, THINGS.c.at).where(
        THINGS.c.at > bindparam("since", type_=Moment), THINGS.c.open.is_(True)
    )
)
TWICE = Prepared(
    select(THINGS.c.id).where(
        (THINGS.c.name == bindparam("wanted"))
        | (THINGS.c.sealed.is_(None) & (THINGS.c.name == bindparam("wanted")))
    )
)
RENAME = Prepared(update(THINGS).where(THINGS.c.id == bindparam("which")).values(name=bindparam("new_name")))


@both_databases
def test_values_come_back_as_they_went_in(kind: str, tmp_path: Path) -> None:
    with database(kind, tmp_path) as url:
        store = Store(url)
        store.write(THINGS.create)
        store.write(lambda connection: NEW.change(connection, ROWS))
        plain = store.read(lambda connection: connection.execute(select(THINGS).order_by(THINGS.c.id)).all())
        assert [row._asdict() for row in plain] == ROWS
        for row in ROWS:
            found = store.read(lambda connection, name=row["name"]: NAMED.all(connection, {"wanted": name}))
            assert [one._asdict() for one in found] == [row]
        assert store.read(lambda connection: NAMED.first(connection, {"wanted": "nobody"})) is None
        assert store.read(lambda connection: TWICE.first(connection, {"wanted": "Ilir"})).id == 1
        assert tuple(store.read(lambda connection: COUNT.first(connection, {}))) == (2, 2)
        since = {"since": AT.replace(microsecond=123455)}
        assert [tuple(row) for row in store.read(lambda connection: LATER.all(connection, since))] == [
            (1, AT)
        ]
        assert store.read(lambda connection: LATER.all(connection, {"since": AT})) == []
        touched = store.write(lambda c: RENAME.change(c, [{"which": 2, "new_name": "Ana"}]))
        assert touched == 1
        assert store.write(lambda c: RENAME.change(c, [{"which": 3, "new_name": "Ana"}])) == 0
        store.close()


@both_databases
def test_it_stands_and_falls_with_its_transaction(kind: str, tmp_path: Path) -> None:
    with database(kind, tmp_path) as url:
        store = Store(url)
        store.write(THINGS.create)

        def twice(connection: object) -> None:
            NEW.change(connection, [ROWS[0], ROWS[0]])

        with pytest.raises(IntegrityError) as refused:
            store.write(twice)
        assert "Ilir" not in str(refused.value)
        assert store.read(lambda connection: COUNT.first(connection, {})).many == 0
        store.close()


def test_a_table_that_is_not_there_is_told_as_by_sqlalchemy(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path}/node.db")
    with pytest.raises(StoreUnavailable) as refused:
        store.read(lambda connection: COUNT.first(connection, {}))
    assert isinstance(refused.value.__cause__, OperationalError)
    store.close()


def test_a_value_that_is_missing_is_no_silent_null(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path}/node.db")
    store.write(THINGS.create)
    with pytest.raises(KeyError):
        store.read(lambda connection: NAMED.all(connection, {}))
    with pytest.raises(ValueError, match="without a zone"):
        store.read(lambda connection: LATER.all(connection, {"since": datetime(2026, 1, 1)}))
    store.close()
