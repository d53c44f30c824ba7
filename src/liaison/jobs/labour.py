"""What a worker does, wherever it stands: keep the shared file open, and call the function on a chunk."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from liaison.model.errors import JobLost

AGAIN = 2  # times that a chunk whose worker was lost is run again

Key = tuple[str, Callable[[Path], Any], int, int, int]
_held: dict[Key, Any] = {}


def answer(
    shared: Path, opener: Callable[[Path], Any], function: Callable[[Any, Any], Any], chunk: Any
) -> Any:
    """function(opened file, chunk). The file stays open for the next chunk, until another file is asked for."""
    found = shared.stat()
    key = (str(shared), opener, found.st_ino, found.st_size, found.st_mtime_ns)
    if key not in _held:
        _held.clear()
        _held[key] = opener(shared)
    return function(_held[key], chunk)


def forget() -> None:
    """Let go of the open file."""
    _held.clear()


class Losses:
    """How often each chunk's worker was lost."""

    def __init__(self) -> None:
        self.counts: dict[int, int] = {}

    def add(self, chunk: int, why: str) -> None:
        """Note one loss. Raises JobLost where the chunk may not be run again."""
        self.counts[chunk] = count = self.counts.get(chunk, 0) + 1
        if count > AGAIN:
            raise JobLost(f"chunk {chunk + 1} was lost {count} times; the last time {why}")


class Order:
    """Results that come in any order and leave in the chunks'."""

    def __init__(self) -> None:
        self.waiting: dict[int, Any] = {}
        self.next = 0

    def add(self, chunk: int, result: Any) -> list[Any]:
        """The results that can leave now that this one is there."""
        self.waiting[chunk] = result
        leaving = []
        while self.next in self.waiting:
            leaving.append(self.waiting.pop(self.next))
            self.next += 1
        return leaving
