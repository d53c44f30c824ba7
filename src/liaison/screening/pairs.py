"""Pairs of names from a CSV file, scored and written with every other column as it was."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice
from pathlib import Path
from typing import IO

import numpy as np
from numpy.typing import NDArray

from liaison.holdings import BadRow, read_date
from liaison.holdings.streams import standard_input
from liaison.matching.columns import Strings
from liaison.model.errors import BadInput, UnusableFile
from liaison.screening.alerts import STANDARD_OUTPUT, bad_rows_path, whole_file, write_bad_rows

NAMES, DATES, SCORE = ("name1", "name2"), ("dob1", "dob2"), "score"
BATCH = 10_000  # pairs scored at a time
DELIMITERS = ",;\t|"
LONGEST_FIELD = 16 << 20


@dataclass(frozen=True, slots=True)
class Scored:
    """What scoring a file came to: pairs scored, values that could not be used, and where those are listed."""

    pairs: int
    bad: int
    bad_file: Path | None


def score_pairs(source: Path, output: Path) -> Scored:
    """Add a score in [0, 1] to every pair; `-` is standard input or output. Raises UnusableFile, BadInput."""
    csv.field_size_limit(LONGEST_FIELD)
    bad: list[BadRow] = []
    count = 0
    rows = _Rows(str(source), _text(source))
    with whole_file(output) as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow([*rows.header, SCORE])
        while batch := list(islice(rows.pairs, BATCH)):
            for row, score in zip(batch, _scores(rows, batch, count, bad).tolist(), strict=True):
                writer.writerow([*row, f"{score:.6f}"])
            count += len(batch)
    bad = sorted([*rows.bad, *bad], key=lambda pair: pair.row)
    bad_file = bad_rows_path(output) if output != STANDARD_OUTPUT else None
    if bad_file:
        write_bad_rows(bad_file, bad)
    return Scored(count, len(bad), bad_file if bad else None)


def _text(source: Path) -> IO[str]:
    """The text of a file: UTF-16 by its mark, else UTF-8, else Windows-1252."""
    content = standard_input().read() if str(source) == "-" else source.read_bytes()
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return io.StringIO(content.decode("utf-16", "replace"), newline="")
    try:
        return io.StringIO(content.decode("utf-8-sig"), newline="")
    except UnicodeDecodeError:
        return io.StringIO(content.decode("cp1252", "replace"), newline="")


class _Rows:
    """The rows of a file under its header; rows with too many or too few fields are reported and evened out."""

    def __init__(self, file: str, text: IO[str]) -> None:
        first = text.readline()
        if not first.strip():
            raise UnusableFile(
                f"{file} is empty", file=file, hint="its first line must name the columns: name1,name2"
            )
        delimiter = max(DELIMITERS, key=first.count)
        self.file, self.bad = file, list[BadRow]()
        self.header = [
            name.strip().lstrip("\ufeff") for name in next(csv.reader([first], delimiter=delimiter))
        ]
        self.at = {name.casefold(): place for place, name in enumerate(self.header)}
        missing = [name for name in NAMES if name not in self.at]
        if missing:
            raise UnusableFile(
                f"{file} has no column {missing[0]!r}; it has {', '.join(map(repr, self.header))}",
                file=file,
                row=0,
                field=missing[0],
                hint="its first line must name the columns: name1,name2 and, where known, dob1,dob2",
            )
        if SCORE in self.at:
            raise BadInput(
                f"{file} has a column 'score' already", file=file, field=SCORE, hint="give it another name"
            )
        self.pairs = self._even(csv.reader(_without_nul(text), delimiter=delimiter))

    def _even(self, rows: Iterator[list[str]]) -> Iterator[list[str]]:
        width, number = len(self.header), 0
        for row in rows:
            if not row:
                continue
            number += 1
            if len(row) != width:
                reason = f"the row has {len(row)} fields, the header {width}: any more are left out"
                self.bad.append(BadRow(self.file, number, "", reason))
            yield [*row[:width], *[""] * (width - len(row))]


def _without_nul(lines: IO[str]) -> Iterator[str]:
    return (line.replace("\0", "") for line in lines)


def _scores(
    rows: _Rows, batch: Sequence[Sequence[str]], before: int, bad: list[BadRow]
) -> NDArray[np.float64]:
    from liaison.matching.compare import scores

    first, second = (Strings.of(row[rows.at[name]] for row in batch) for name in NAMES)
    for number, row in enumerate(batch, before + 1):
        bad += [
            BadRow(rows.file, number, name, "there is no name")
            for name in NAMES
            if not row[rows.at[name]].strip()
        ]
    born, other_born = (_born(rows, batch, name, before, bad) for name in DATES)
    return scores(first, second, born, other_born)


def _born(
    rows: _Rows, batch: Sequence[Sequence[str]], column: str, before: int, bad: list[BadRow]
) -> NDArray[np.int32] | None:
    read = cache(read_date)

    if column not in rows.at:
        return None
    codes = np.zeros(len(batch), np.int32)
    for at, row in enumerate(batch):
        if not (text := row[rows.at[column]].strip()):
            continue
        try:
            codes[at] = read(text)[0]
        except BadInput as error:
            bad.append(BadRow(rows.file, before + at + 1, column, str(error)))
    return codes
