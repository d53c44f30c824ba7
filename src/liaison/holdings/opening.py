"""The rows of an import order's file, whatever its format."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from heapq import merge
from pathlib import Path

from liaison.holdings.findings import Findings, Read
from liaison.holdings.incoming import Incoming, from_bodies, from_people
from liaison.holdings.modelled import from_lines, is_modelled
from liaison.holdings.options import Options
from liaison.holdings.order import ImportOrder
from liaison.holdings.read import read_people, read_stream
from liaison.holdings.streams import Stream, opened, usable


@contextmanager
def incoming_rows(order: ImportOrder, findings: Findings) -> Iterator[tuple[Iterator[Incoming], int]]:
    """The rows in the file's order, and how many there are (0: not known). What is wrong goes to `findings`.

    Raises UnusableFile, BadSetting.
    """
    if isinstance(order.content, Path):
        with opened(order.content) as stream:
            if is_modelled(stream.head):
                yield _lines(stream, findings), 0
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
        if is_modelled(stream.head):
            yield _lines(usable(stream), findings), 0
            return
        read = read_stream(stream, _options(order))
    yield _records(read, findings), len(read.people) + len(read.bodies)


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
