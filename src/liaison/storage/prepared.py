"""Statements that run many times a second: compiled once for a database, then given to its driver as they are.

SQLAlchemy takes a tenth of a millisecond to prepare a statement that the database answers in a hundredth. What is
prepared here is the same statement with the same conversions of its values; errors are the same as well.
"""

from __future__ import annotations

import threading
from collections import namedtuple
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Executable, LargeBinary, Select
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.exc import DBAPIError

Convert = Callable[[Any], Any] | None
Row = Any  # a named tuple of the statement's columns


@dataclass(frozen=True, slots=True)
class _Compiled:
    """A statement for one database. `names` of the values in their order; `fixed` those that the statement holds."""

    sql: str
    names: tuple[str, ...]
    named: bool
    fixed: Mapping[str, Any]
    into: tuple[tuple[str, Convert], ...]  # as `names`
    out: tuple[Convert, ...]
    as_it_is: bool  # no column needs a conversion
    row: Callable[[Iterable[Any]], Row]


class Prepared:
    """A statement without lists of values, whose columns have names. It can be run on either database."""

    def __init__(self, statement: Executable) -> None:
        self._statement = statement
        self._made: dict[str, _Compiled] = {}
        self._lock = threading.Lock()

    def all(self, connection: Connection, values: Mapping[str, Any]) -> list[Row]:
        """Every row that a question finds."""
        made = self._for(connection.dialect)
        cursor = _run(connection, made, values)
        try:
            rows = cursor.fetchall()
        except Exception as error:
            raise _told(connection, made.sql, error) from error
        finally:
            cursor.close()
        if made.as_it_is:
            return [made.row(row) for row in rows]
        return [made.row(_converted(made.out, row)) for row in rows]

    def first(self, connection: Connection, values: Mapping[str, Any]) -> Row | None:
        """The first row that a question finds; None where it finds none."""
        return next(iter(self.all(connection, values)), None)

    def change(self, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> int:
        """Run a change for each of these; how many rows it touched."""
        if not rows:
            return 0
        cursor = _run(connection, self._for(connection.dialect), *rows)
        touched = cursor.rowcount
        cursor.close()
        return int(touched)

    def _for(self, dialect: Dialect) -> _Compiled:
        made = self._made.get(dialect.name)
        if made is None:
            with self._lock:
                made = self._made.setdefault(dialect.name, _compiled(self._statement, dialect))
        return made


def _compiled(statement: Any, dialect: Dialect) -> _Compiled:
    made = statement.compile(dialect=dialect)
    columns = list(statement.selected_columns) if isinstance(statement, Select) else []
    named = not made.positional
    names = tuple(made.binds) if named else tuple(made.positiontup)
    into = {name: _into(bind.type, dialect) for name, bind in made.binds.items()}
    out = tuple(_out(column.type, dialect) for column in columns)
    row = namedtuple("Row", [column.key for column in columns]) if columns else tuple  # type: ignore[misc]
    return _Compiled(
        str(made),
        names,
        named,
        {name: bind.value for name, bind in made.binds.items() if not bind.required},
        tuple((name, into[name]) for name in names),
        out,
        not any(out),
        row._make if columns else tuple,  # type: ignore[attr-defined]
    )


def _into(kind: Any, dialect: Dialect) -> Convert:
    """How a value is given to the driver; None where it takes it as it is."""
    if _bytes_as_they_are(kind, dialect):
        return None
    if hasattr(kind, "process_bind_param"):
        return kind.bind_processor(dialect)  # type: ignore[no-any-return]
    return kind.dialect_impl(dialect).bind_processor(dialect)  # type: ignore[no-any-return]


def _out(kind: Any, dialect: Dialect) -> Convert:
    """How a value of the driver's is read; None where it is right as it is."""
    if _bytes_as_they_are(kind, dialect):
        return None
    return kind.result_processor(dialect, None)  # type: ignore[no-any-return]


def _bytes_as_they_are(kind: Any, dialect: Dialect) -> bool:
    """Whether these are bytes for SQLite, whose driver takes and gives bytes; SQLAlchemy wraps each both ways."""
    return dialect.name == "sqlite" and isinstance(kind, LargeBinary)


def say(connection: Connection, sql: str) -> None:
    """Run a plain statement of a transaction: BEGIN, COMMIT and their like. Raises what SQLAlchemy would."""
    cursor = connection.connection.cursor()
    try:
        cursor.execute(sql)
    except Exception as error:
        raise _told(connection, sql, error) from error
    finally:
        cursor.close()


def copy_in(
    connection: Connection, table: str, columns: Mapping[str, str], rows: Iterable[Sequence[Any]]
) -> None:
    """Put rows into a table of PostgreSQL by its COPY, in binary: several times as fast as statements are.

    `columns` by name are PostgreSQL's types; values are as the database has them. Raises what SQLAlchemy would.
    """
    sql = f"COPY {table} ({', '.join(columns)}) FROM STDIN (FORMAT BINARY)"
    cursor: Any = connection.connection.cursor()
    try:
        with cursor.copy(sql) as copying:
            copying.set_types(list(columns.values()))
            for row in rows:
                copying.write_row(row)
    except Exception as error:
        raise _told(connection, sql, error) from error
    finally:
        cursor.close()


def _run(connection: Connection, made: _Compiled, *rows: Mapping[str, Any]) -> Any:
    """A cursor of the driver on which the statement has run, for each of these. Raises what SQLAlchemy would."""
    ready = [_ready(made, values) for values in rows]
    cursor = connection.connection.cursor()
    try:
        if len(ready) == 1:
            cursor.execute(made.sql, ready[0])
        else:
            cursor.executemany(made.sql, ready)
    except Exception as error:
        cursor.close()
        raise _told(connection, made.sql, error) from error
    return cursor


def _ready(made: _Compiled, values: Mapping[str, Any]) -> Any:
    """The values of a statement as its driver takes them."""
    given = {**made.fixed, **values} if made.fixed else values
    ready = [given[name] if convert is None else convert(given[name]) for name, convert in made.into]
    return dict(zip(made.names, ready, strict=True)) if made.named else ready


def _converted(out: tuple[Convert, ...], row: Sequence[Any]) -> Iterable[Any]:
    return [value if convert is None else convert(value) for convert, value in zip(out, row, strict=True)]


def _told(connection: Connection, sql: str, error: Exception) -> Exception:
    """The driver's error as SQLAlchemy would raise it; the values are not in it."""
    base = connection.dialect.dbapi.Error if connection.dialect.dbapi else Exception
    if not isinstance(error, base):
        return error
    lost = connection.dialect.is_disconnect(error, connection.connection, None)  # type: ignore[arg-type]
    if lost:
        connection.invalidate()
    return DBAPIError.instance(
        sql,
        None,
        error,
        base,
        hide_parameters=True,
        connection_invalidated=lost,
        dialect=connection.dialect,
    )
