"""The rows of an import order's file, whatever its format."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from heapq import merge
from pathlib import Path

from liaison.holdings.delimited import table_of
from liaison.holdings.fields import field_of
from liaison.holdings.findings import Findings, Read
from liaison.holdings.incoming import Incoming, from_bodies, from_people
from liaison.holdings.modelled import from_lines, is_modelled
from liaison.holdings.options import Options
from liaison.holdings.order import ImportOrder
from liaison.holdings.read import read_people, read_stream
from liaison.holdings.streams import Stream, opened, usable
from liaison.holdings.thing_columns import ThingColumns, columns_of
from liaison.holdings.thing_rows import from_table
from liaison.model.errors import BadSetting, UnusableFile


@contextmanager
def incoming_rows(order: ImportOrder, findings: Findings) -> Iterator[tuple[Iterator[Incoming], int]]:
    """The rows in the file's order, and how many there are (0: not known). What is wrong goes to `findings`.

    Raises UnusableFile, BadSetting.
    """
    if isinstance(order.content, Path):
        with opened(order.content) as stream:
            special = _special(stream, order, findings)
            if special is not None:
                yield special, 0
                return
        read = read_people(
            order.content,
            columns=order.columns,
            encoding=order.encoding,
            delimiter=order.delimiter,
            keep=True,
        )
    else:
        stream = Stream(order.file, io.BytesIO(order.content), len(order.content))
        special = _special(stream, order, findings)
        if special is not None:
            yield special, 0
            return
        read = read_stream(stream, _options(order))
    yield _records(read, findings), len(read.people) + len(read.bodies)


def carries(order: ImportOrder, field: str) -> bool:
    """Whether rows of an order's file may say a field of a record themselves: the header of a table has a column for
    it. Lines of JSON have no header, and may; of a file that cannot be read so the import says why."""
    content = order.content if isinstance(order.content, bytes) else order.content.read_bytes()
    stream = Stream(order.file, io.BytesIO(content), len(content))
    if is_modelled(stream.head):
        return True
    header = _header(stream, order)
    try:
        things = columns_of(header, order.columns) if header else None
    except BadSetting:
        return True
    return field in (things.fields if things else {field_of(name) for name in header})


def _special(stream: Stream, order: ImportOrder, findings: Findings) -> Iterator[Incoming] | None:
    """The rows of a file that is no list of persons by its beginning; None for any other."""
    if is_modelled(stream.head):
        return _lines(usable(stream), findings)
    columns = _things(stream, order)
    if columns is None:
        return None
    return from_table(table_of(usable(stream), _options(order)), columns, findings)


def _things(stream: Stream, order: ImportOrder) -> ThingColumns | None:
    """The columns of a list of vehicles or reported documents; None for what is none, or cannot be read as one."""
    if stream.head.lstrip()[:1] in (b"<", b"{", b"[") or stream.head.startswith(b"PAR1"):
        return None
    header = _header(stream, order)
    return columns_of(header, order.columns) if header else None


def _header(stream: Stream, order: ImportOrder) -> tuple[str, ...]:
    """The header of a table; empty for what cannot be read as one: whoever reads it as a list of persons says why."""
    beginning = Stream(stream.name, io.BytesIO(stream.head), len(stream.head))
    try:
        return table_of(usable(beginning), _options(order)).header
    except UnusableFile:
        return ()


def _lines(stream: Stream, findings: Findings) -> Iterator[Incoming]:
    findings.note("records as lines of JSON")
    return from_lines(stream, findings)


def _records(read: Read, findings: Findings) -> Iterator[Incoming]:
    findings.bad_rows += read.bad_rows
    findings.notes += read.notes
    people, bodies = from_people(read, findings), from_bodies(read, findings)
    return merge(people, bodies, key=lambda incoming: incoming.row) if read.bodies else people


def _options(order: ImportOrder) -> Options:
    return Options(
        list_name=order.list_name,
        last_year=datetime.now(UTC).year,
        columns=order.columns,
        encoding=order.encoding,
        delimiter=order.delimiter,
        keep=True,
    )
