"""The seams of the program, as protocols: what stands behind one can be exchanged without the rest noticing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Generic, Protocol, Self, TypeVar

Shared = TypeVar("Shared")
Chunk = TypeVar("Chunk")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Work(Generic[Shared, Chunk, Result]):
    """One function over many chunks, with one file that every worker needs.

    `open` and `function` can be imported by name; `open` maps the file into memory, and a worker calls it once.
    Chunks and results can be pickled. The function gives the same result for the same chunk, for it may be run
    again after a worker was lost.
    """

    shared: Path
    open: Callable[[Path], Shared]
    function: Callable[[Shared, Chunk], Result]


class Jobs(Protocol):
    """Where bulk work is done: in this process, in several, or on several machines."""

    def map_chunks(
        self,
        work: Work[Shared, Chunk, Result],
        chunks: Iterable[Chunk],
        progress: Callable[[int], None] | None = None,
    ) -> Iterator[Result]:
        """The results in the chunks' order, each once. progress(done) is called with the number of chunks done.

        What the function raises is raised here. Raises JobLost for a chunk whose worker was lost too often.
        """
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop every worker."""
        ...
