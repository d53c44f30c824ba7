"""A real check, shared among workers of which one is killed half-way."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path
from typing import Any

import numpy as np

from liaison.matching.index import Index
from liaison.matching.search import Chunk, Hits, Limits, answer_chunk, chunks, finish, gather, plan, search
from liaison.ports import Jobs, Work
from tests.matching.people import crowd, people

LIMITS = Limits(min_score=5)


def saved_index(folder: Path) -> Path:
    """An index of 300 records in two segments, one of them removed."""
    index = Index.build(people(crowd(300)))
    index.add(people([{"id": "later", "name": "Zana Dushku", "born": "1984-02-03"}]))
    index.remove("list", "r3")
    path = folder / "list.index"
    index.save(path)
    return path


def as_bytes(hits: Hits) -> list[bytes]:
    """Every column of the alerts."""
    columns = (hits.subject, hits.record, hits.name, hits.subject_name, hits.score)
    return [np.ascontiguousarray(column).tobytes() for column in columns]


def alone(path: Path) -> Hits:
    """The alerts of one process in one go."""
    return search(Index.open(path), people(crowd(300)), LIMITS)


def shared_among(jobs: Jobs, path: Path) -> Hits:
    """The alerts of the same people, 40 a chunk."""
    index, asked = Index.open(path), people(crowd(300))
    planned = plan(index, asked, LIMITS)
    work = Work(shared=path, open=opened_with_its_path, function=answer_and_die_once)

    def found(least: int) -> list[Any]:
        pieces = list(chunks(asked, planned, LIMITS, 40, least))
        return gather(asked, zip(pieces, jobs.map_chunks(work, pieces), strict=True))

    return finish(index, asked, planned, LIMITS, found)


def opened_with_its_path(path: Path) -> tuple[Index, Path]:
    """The index and where it stands."""
    return Index.open(path), path


def answer_and_die_once(shared: tuple[Index, Path], chunk: Chunk) -> list[Any]:
    """answer_chunk; the worker that first has the chunk from person 80 on is killed with its answer in hand."""
    index, path = shared
    answer = answer_chunk(index, chunk)
    note = path.parent / "killed"
    if chunk.first_person == 80 and not note.exists():
        note.touch()
        os.kill(os.getpid(), signal.SIGKILL)
        time.sleep(60)
    return answer
