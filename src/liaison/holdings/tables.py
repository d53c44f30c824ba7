"""Parquet, through pyarrow where it is installed: its rows are read as delimited text.

Nothing else reads it. A library that says of no value how long it is before it unpacks it could be made to fill the
memory by a small file.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from importlib.util import find_spec
from typing import Any

from liaison.holdings.delimited import read_delimited
from liaison.holdings.findings import Findings, Read
from liaison.holdings.layout import LONGEST_FIELD
from liaison.holdings.options import Options
from liaison.holdings.streams import Stream
from liaison.model.errors import UnusableFile

ROWS = 100_000  # that are turned into text at a time
LARGEST_GROUP = 1 << 30  # bytes of a group of rows, unpacked, and of one column of ROWS rows as text
WORDS = ("string", "large_string", "binary", "large_binary")


class Pieces(io.RawIOBase):
    """Pieces of bytes as a stream."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self.pieces, self.rest = pieces, b""

    def readable(self) -> bool:
        """True."""
        return True

    def readinto(self, view: Any, /) -> int:
        """Fill the view from its start; how many bytes were put there, 0 at the end."""
        while not self.rest:
            piece = next(self.pieces, None)
            if piece is None:
                return 0
            self.rest = piece
        count = min(len(view), len(self.rest))
        view[:count] = self.rest[:count]
        self.rest = self.rest[count:]
        return count


def read_parquet(stream: Stream, options: Options, findings: Findings) -> Read:
    """The people of a Parquet file. Raises UnusableFile, also where pyarrow is not installed."""
    if not find_spec("pyarrow"):
        raise UnusableFile(
            f"{stream.name} is Parquet, which takes a package that is not installed",
            file=stream.name,
            hint="install the extra `tables` (pip install 'liaison[tables]'), or give the list as CSV",
        )
    whole = io.BytesIO(b"".join(stream.pieces()))
    try:
        text = Stream(stream.name, Pieces(by_pyarrow(whole)))  # type: ignore[arg-type]
    except Exception as error:  # each library has errors of its own
        raise UnusableFile(
            f"{stream.name} cannot be read as Parquet: {error}", file=stream.name, hint="give the list as CSV"
        ) from error
    findings.note("Parquet")
    return read_delimited(text, options, findings)


def by_pyarrow(source: io.BytesIO) -> Iterator[bytes]:
    """The rows as CSV, header first."""
    from pyarrow import csv, parquet

    file = parquet.ParquetFile(source)
    _require_bounded(file.metadata)
    words = [field.name for field in file.schema_arrow if str(field.type) in WORDS]
    file = parquet.ParquetFile(source, read_dictionary=words)
    for number, batch in enumerate(file.iter_batches(ROWS)):
        _require_short(batch)
        out = io.BytesIO()
        csv.write_csv(batch, out, csv.WriteOptions(include_header=number == 0))
        yield out.getvalue()


def _require_bounded(described: Any) -> None:
    """Raises ValueError for a group of rows that unpacks to more than is held in memory at once."""
    for number in range(described.num_row_groups):
        if described.row_group(number).total_byte_size > LARGEST_GROUP:
            raise ValueError(f"a group of rows has more than {LARGEST_GROUP >> 20} MiB")


def _require_short(batch: Any) -> None:
    """Raises ValueError for values that are short in the file, where each is written once, and long as text."""
    from pyarrow import compute

    for column in batch.columns:
        if hasattr(column, "dictionary") and str(column.dictionary.type) in WORDS:
            longest = compute.max(compute.binary_length(column.dictionary)).as_py() or 0
            if longest > LONGEST_FIELD and longest * len(column) > LARGEST_GROUP:
                raise ValueError(f"values of {longest:,} bytes")
