"""A search in this process, in several, or on a cluster: the alerts are the same in every case."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from liaison.matching.asks import Asks
from liaison.matching.columns import People
from liaison.matching.index import Index
from liaison.matching.search import Hits, Limits, answer_chunk, chunks, finish, gather, plan, search
from liaison.screening.progress import Progress

CHUNK = 20_000  # people that a worker is sent at a time
STAGE = "Checking"


def search_with(
    jobs: str,
    index: Index,
    saved: Path | None,
    people: People,
    limits: Limits,
    progress: Progress,
    asked: Asks | None = None,
) -> Hits:
    """The alerts within the limits. `asked` is `read_asks(people)` where that was done before.

    `jobs` is empty for this process alone, else what `liaison.jobs.jobs_from` takes; `saved` is the file that holds the
    index, if one does. Raises BadSetting, JobLost.
    """
    if not jobs:
        return search(index, people, limits, lambda done, total: progress(STAGE, done, total), asked)
    from liaison.jobs import jobs_from
    from liaison.ports import Work

    planned, total = plan(index, people, limits, asked), len(people)
    with _file(index, saved) as path, jobs_from(jobs) as workers:
        work = Work(shared=path, open=Index.open, function=answer_chunk)

        def tell(done: int) -> None:
            progress(STAGE, min(done * CHUNK, total), total)

        def found(least: int) -> list[NDArray[np.void]]:
            pieces = list(chunks(people, planned, limits, CHUNK, least))
            return gather(people, zip(pieces, workers.map_chunks(work, pieces, tell), strict=True))

        return finish(index, people, planned, limits, found)


@contextmanager
def _file(index: Index, saved: Path | None) -> Iterator[Path]:
    """A file that holds the index, for the workers to map; gone afterwards if it had to be made."""
    if saved is not None:
        yield saved.resolve()
        return
    with tempfile.TemporaryDirectory(prefix="liaison-") as folder:
        path = Path(folder) / "shared.index"
        index.save(path)
        yield path
