"""An answer that is costly to find, remembered for a moment, so that asking often costs nothing."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from typing import Generic, TypeVar

Found = TypeVar("Found")


class Remembered(Generic[Found]):
    """The last answer and when it was found, in seconds of a clock that only counts on."""

    def __init__(self) -> None:
        self.last: tuple[float, Found] | None = None
        self.lock = Lock()

    def within(self, seconds: float, now: float, find: Callable[[], Found]) -> Found:
        """The last answer where it is younger than `seconds`, otherwise a new one; whoever asks meanwhile waits.

        An answer that raises is not remembered.
        """
        with self.lock:
            if self.last is None or not 0 <= now - self.last[0] < seconds:
                self.last = None
                self.last = now, find()
            return self.last[1]
