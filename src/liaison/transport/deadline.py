"""A time within which a call is over, however slowly its other end sends: with each byte a wait begins anew."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self


class Deadline:
    """Ends the connections of a call that takes longer than `seconds` and what `allow` added, and then is `passed`."""

    def __init__(self, seconds: float) -> None:
        self.passed = False
        self._until = time.monotonic() + seconds
        self._over = threading.Event()
        self._watch = threading.Thread(target=self._wait, name="deadline", daemon=True)
        self._ends: list[Callable[[], None]] = []
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        self._watch.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._watch.join()

    def allow(self, seconds: float) -> None:
        """Give so much more time."""
        with self._lock:
            self._until += seconds

    def ends(self, end: Callable[[], None]) -> None:
        """What ends a connection, called once the time is over."""
        with self._lock:
            self._ends.append(end)
            if self.passed:
                end()

    def _wait(self) -> None:
        while not self._over.wait(max(0.0, self._until - time.monotonic())):
            with self._lock:
                if time.monotonic() < self._until:
                    continue
                self.passed = True
                for end in self._ends:
                    end()
                return
