"""Every table of a database in one file that no database program is needed for: portable between both kinds.

A frame is its length (four bytes) and MessagePack. The first frame of a table is its name and columns; each row is a
frame; null ends the table, and a last null the file.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import IO, Any

import msgspec
from sqlalchemy import Boolean, Connection, Table, column, insert, table, text
from sqlalchemy.types import TypeDecorator, TypeEngine

from liaison.model.errors import BadInput
from liaison.storage import migrate

LENGTH = struct.Struct(">I")
LARGEST = 64 * 2**20  # bytes of a frame
AT_ONCE = 1000  # rows


def dump(connection: Connection, place: Path) -> int:
    """Write every table that may be copied to a new file, from the snapshot of the connection; how many rows."""
    count = 0
    with place.open("xb") as out:
        for each in migrate.every_table().sorted_tables:
            if each.name in left_out():
                continue
            _put(out, [str(each.name), [str(one.name) for one in each.columns]])
            for row in connection.exec_driver_sql(f"SELECT {_columns(each)} FROM {each.name}"):
                _put(out, [bytes(value) if isinstance(value, memoryview) else value for value in row])
                count += 1
            _put(out, None)
        _put(out, None)
    return count


def left_out() -> frozenset[str]:
    """The tables that stand in no backup: what is gone from the node in a day would stay in it."""
    tables = migrate.every_table().tables.values()
    return frozenset(str(each.name) for each in tables if not each.info.get("copied", True))


def load(connection: Connection, place: Path) -> int:
    """Fill the empty tables of a database that is of this program's revision; how many rows. Raises BadInput."""
    tables = {each.name: each for each in migrate.every_table().sorted_tables}
    count = 0
    with place.open("rb") as file:
        while (head := _next(file, place)) is not None:
            if not (isinstance(head, list) and len(head) == 2 and head[0] in tables):
                raise _bad(place, "it names a table that is none of this program's")
            rows = _rows(file, place)
            while some := list(islice(rows, AT_ONCE)):
                _insert(connection, tables[head[0]], head[1], some)
                count += len(some)
    for each in tables.values():
        _go_on(connection, each)
    return count


def _insert(connection: Connection, into: Table, columns: list[str], rows: list[list[Any]]) -> None:
    plain = table(into.name, *(column(name, _plain(into, name)) for name in columns))
    truths = {name for name in columns if isinstance(into.c[name].type, Boolean)}  # numbers, in SQLite
    named = [dict(zip(columns, row, strict=True)) for row in rows]
    for row in named:
        row.update({name: bool(row[name]) for name in truths if row[name] is not None})
    connection.execute(insert(plain), named)


def _plain(into: Table, name: str) -> TypeEngine[Any]:
    """The type of a column as it stands in the database: a moment is written as the number that was read."""
    kind = into.c[name].type
    return kind.impl_instance if isinstance(kind, TypeDecorator) else kind


def _rows(file: IO[bytes], place: Path) -> Iterator[list[Any]]:
    while (row := _next(file, place)) is not None:
        yield row


def _go_on(connection: Connection, each: Table) -> None:
    """Have PostgreSQL count on from the last number that a table holds."""
    own = each.autoincrement_column
    if own is None or connection.dialect.name != "postgresql":
        return
    sequence = text("SELECT pg_get_serial_sequence(:table, :column)")
    name = connection.execute(sequence, {"table": each.name, "column": own.name}).scalar()
    if name:
        connection.execute(
            text(f"SELECT setval(:name, max({own.name})) FROM {each.name} HAVING max({own.name}) > 0"),
            {"name": name},
        )


def _columns(each: Table) -> str:
    return ", ".join(f'"{one.name}"' for one in each.columns)


def _put(out: IO[bytes], frame: Any) -> None:
    content = msgspec.msgpack.encode(frame)
    out.write(LENGTH.pack(len(content)) + content)


def _next(file: IO[bytes], place: Path) -> Any:
    head = file.read(LENGTH.size)
    length = LENGTH.unpack(head)[0] if len(head) == LENGTH.size else LARGEST + 1
    content = file.read(length) if length <= LARGEST else b""
    if length > LARGEST or len(content) < length:
        raise _bad(place, "it ends too early")
    try:
        return msgspec.msgpack.decode(content)
    except msgspec.DecodeError as error:
        raise _bad(place, "a frame of it cannot be read") from error


def _bad(place: Path, why: str) -> BadInput:
    return BadInput(f"{place} is damaged: {why}", file=str(place), hint="restore another backup")
