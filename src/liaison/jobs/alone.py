"""Bulk work in this process, one chunk after another: what every other way of working is held against."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from types import TracebackType
from typing import Self

from liaison.jobs.labour import answer, forget
from liaison.ports import Chunk, Result, Shared, Work


class Alone:
    """This process."""

    def map_chunks(
        self,
        work: Work[Shared, Chunk, Result],
        chunks: Iterable[Chunk],
        progress: Callable[[int], None] | None = None,
    ) -> Iterator[Result]:
        """The results in the chunks' order. progress(done) is called with the number of chunks done."""
        for place, chunk in enumerate(chunks):
            result: Result = answer(work.shared, work.open, work.function, chunk)
            if progress is not None:
                progress(place + 1)
            yield result

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        forget()
