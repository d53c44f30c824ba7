"""CSV (RFC 4180) that a spreadsheet can open without doing anything that a cell says."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

ACTIVE = ("=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20")
BOM = "\ufeff"


def neutralised(text: str) -> str:
    """A cell that a spreadsheet takes for a text: an apostrophe stands before what it would take for a formula."""
    return f"'{text}" if text.lstrip(" \n\u00a0").startswith(ACTIVE) or text.startswith(ACTIVE) else text


def table(titles: Sequence[str], rows: Iterable[Sequence[str]], mark: str = "") -> bytes:
    """A table in UTF-8. `mark` says who took it, when, under which entry of the ledger: the last line."""
    return b"".join((head(titles), lines(rows), *([lines([[mark]])] if mark else [])))


def head(titles: Sequence[str]) -> bytes:
    """How a table begins that is written part by part: the byte order mark and the line of titles."""
    return BOM.encode() + lines([titles])


def lines(rows: Iterable[Sequence[str]]) -> bytes:
    """Some lines of a table."""
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\r\n").writerows([neutralised(cell) for cell in row] for row in rows)
    return out.getvalue().encode()
