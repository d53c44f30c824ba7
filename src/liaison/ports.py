"""The seams of the program, as protocols: what stands behind one can be exchanged without the rest noticing."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from pathlib import Path
from types import TracebackType
from typing import Generic, NewType, Protocol, Self, TypeVar

Shared = TypeVar("Shared")
Chunk = TypeVar("Chunk")
Result = TypeVar("Result")
KeyId = NewType("KeyId", int)


class Compartment(Enum):
    """What is sealed apart: a key of one opens nothing of another."""

    HOLDINGS = "holdings"
    SAFEGUARDING = "safeguarding"  # victims, witnesses, children
    SCREENING = "screening"  # questions and alerts
    LEDGER = "ledger"  # readable payloads of ledger entries
    OFFICERS = "officers"  # contact details, tokens of other services
    INDEX = "index"  # the match index as it is kept on disk
    PARTNERS = "partners"  # who is spoken to at a partner
    TRANSPORT = "transport"  # letters as they were sent and received
    SUPPLY = "supply"  # what was supplied to us by others
    ASSISTANCE = "assistance"  # requests, their subjects and answers
    CROSSCHECK = "crosscheck"  # keys of token sets, the sets, and what was cross-checked


ALL = frozenset(Compartment)


class Clock(Protocol):
    """Where the time comes from."""

    def now(self) -> datetime:
        """The time in UTC."""
        ...


class Keys(Protocol):
    """Keys of records, kept apart from the records: to destroy one is to erase what it sealed."""

    def create(self, compartment: Compartment, count: int = 1) -> list[tuple[KeyId, bytes]]:
        """New random 32-byte keys, durable before they are given out."""
        ...

    def fetch(self, ids: Sequence[KeyId], of: Collection[Compartment] = ALL) -> list[bytes]:
        """The keys of these ids, in order. Raises Erased where one was destroyed, or is of no compartment of `of`."""
        ...

    def destroy(self, ids: Iterable[KeyId]) -> int:
        """Destroy keys for good; how many there were."""
        ...


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
