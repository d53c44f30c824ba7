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

from sqlalchemy import Connection, Executable, Select
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
    into: Mapping[str, Convert]
    out: tuple[Convert, ...]
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
        return [made.row(_converted(made.out, row)) for row in rows]

    def first(self, connection: Connection, values: Mapping[str, Any]) -> Row | None:
        """The first row that a question finds; None where it finds none."""
        return next(iter(self.all(connection, values)), None)

    def change(self, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> int:
        """Run a change for each of these; how many rows it touched the last time."""
        made, touched = self._for(connection.dialect), 0
        for values in rows:
            cursor = _run(connection, made, values)
            touched = cursor.rowcount
            cursor.close()
        return touched

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
    into = {
        name: bind.type.dialect_impl(dialect).bind_processor(dialect)
        if not hasattr(bind.type, "process_bind_param")
        else bind.type.bind_processor(dialect)
        for name, bind in made.binds.items()
    }
    row = namedtuple("Row", [column.key for column in columns]) if columns else tuple  # type: ignore[misc]
    return _Compiled(
        str(made),
        names,
        named,
        {name: bind.value for name, bind in made.binds.items() if not bind.required},
        into,
        tuple(column.type.result_processor(dialect, None) for column in columns),
        row._make if columns else tuple,  # type: ignore[attr-defined]
    )


def say(connection: Connection, sql: str) -> None:
    """Run a plain statement of a transaction: BEGIN, COMMIT and their like. Raises what SQLAlchemy would."""
    cursor = connection.connection.cursor()
    try:
        cursor.execute(sql)
    except Exception as error:
        raise _told(connection, sql, error) from error
    finally:
        cursor.close()


def _run(connection: Connection, made: _Compiled, values: Mapping[str, Any]) -> Any:
    """A cursor of the driver on which the statement has run. Raises what SQLAlchemy would."""
    given = {**made.fixed, **values}
    ready = [
        given[name] if (convert := made.into[name]) is None else convert(given[name]) for name in made.names
    ]
    cursor = connection.connection.cursor()
    try:
        cursor.execute(made.sql, dict(zip(made.names, ready, strict=True)) if made.named else ready)
    except Exception as error:
        cursor.close()
        raise _told(connection, made.sql, error) from error
    return cursor


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
