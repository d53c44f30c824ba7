"""The file of alerts and the file of bad rows beside it: written in a stream, in place whole or not at all."""

from __future__ import annotations

import csv
import os
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING

import numpy as np

from liaison.matching.columns import People
from liaison.matching.index import Index
from liaison.matching.search import Hits
from liaison.screening.leads import lines
from liaison.screening.rules import BAD_ROW_COLUMNS, COLUMNS, bits, inert

if TYPE_CHECKING:
    from liaison.holdings import BadRow

BATCH = 1 << 16  # alerts whose texts are taken out of the columns at a time
STANDARD_OUTPUT = Path("-")


@contextmanager
def whole_file(path: Path) -> Iterator[IO[str]]:
    """A text file that takes the place of `path` when the block ends well, and is gone when it does not.

    It can be read by its owner alone, as alerts are about people. `-` is standard output.
    """
    if path == STANDARD_OUTPUT:
        yield sys.stdout
        return
    path = path.resolve()
    if path.exists() and not path.is_file():  # a pipe or a device cannot be replaced, only written to
        with path.open("w", encoding="utf-8", newline="") as out:
            yield out
        return
    with tempfile.NamedTemporaryFile(
        "w", encoding="utf-8", newline="", dir=path.parent, prefix=f".{path.name}.", delete=False
    ) as out:
        try:
            yield out
            out.flush()
            os.fsync(out.fileno())
            os.replace(out.name, path)
        except BaseException:
            os.unlink(out.name)
            raise


def write_alerts(path: Path, index: Index, people: People, hits: Hits) -> None:
    """Write the hits as CSV, strongest first, with the columns of `rules.COLUMNS`."""
    with whole_file(path) as out:
        write = csv.writer(out, lineterminator="\n").writerow
        write(COLUMNS)
        for row in alert_rows(index, people, hits):
            write(row)


def alert_rows(index: Index, people: People, hits: Hits) -> Iterator[Sequence[str]]:
    """The cells of each hit, harmless in a spreadsheet."""
    from liaison.matching.explain import reasons

    for start in range(0, len(hits), BATCH):
        batch = hits.take(np.arange(start, min(start + BATCH, len(hits))))
        scores = batch.score.tolist()
        for at, (line, why) in enumerate(
            zip(lines(index, people, batch), reasons(index, people, batch), strict=True)
        ):
            yield (
                inert(line.subject_id),
                inert(line.record_id),
                bits(scores[at]),
                str(start + at + 1),
                inert(line.list),
                inert(line.matched_name),
                inert(why),
                inert(line.subject_name),
                line.subject_born,
                line.record_born,
            )


def bad_rows_path(alerts: Path) -> Path:
    """Where the bad rows of a check are listed: ALERTS.csv.errors."""
    return alerts.with_name(alerts.name + ".errors")


def write_bad_rows(path: Path, bad: Iterable[BadRow]) -> int:
    """List the bad rows with file, row, field and reason; returns how many. Without any, an older list is removed."""
    rows = list(bad)
    if not rows:
        path.unlink(missing_ok=True)
        return 0
    with whole_file(path) as out:
        write = csv.writer(out, lineterminator="\n").writerow
        write(BAD_ROW_COLUMNS)
        for row in rows:
            write([inert(str(getattr(row, name))) for name in BAD_ROW_COLUMNS])
    return len(rows)
