"""Work that a node does by itself, each kind in a thread of its own; one that fails is tried again."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from liaison.node.logs import log

LONGEST_WAIT = 60.0  # seconds after failures


class Repeated:
    """Runs `work` every so many seconds and whenever it is woken, until it is stopped.

    `failed(name)` is called for every failure; the next try comes later each time, up to LONGEST_WAIT. The first run
    comes `first` seconds after the start, unless it is woken before.
    """

    def __init__(
        self,
        name: str,
        every: float,
        work: Callable[[], object],
        failed: Callable[[str], None] = lambda name: None,
        first: float = 0.0,
    ) -> None:
        self.name, self.every, self.first = name, every, first
        self.succeeded: float | None = None  # when, by time.monotonic()
        self.error: BaseException | None = None  # of the last run, where it failed
        self._work, self._failed = work, failed
        self._wake, self._stop = threading.Event(), False
        self._alone = threading.Lock()
        self._thread = threading.Thread(target=self._repeat, name=name, daemon=True)

    def start(self) -> None:
        """Begin."""
        if not self.first:
            self._wake.set()
        self._thread.start()

    def wake(self) -> None:
        """Run soon, without waiting for the turn."""
        self._wake.set()

    def now(self) -> None:
        """Run in the caller's thread, after a run that is under way. Raises what the work raises."""
        with self._alone:
            self._work()
            self.succeeded, self.error = time.monotonic(), None

    def stop(self) -> None:
        """End after the run that is under way."""
        self._stop = True
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join()

    def age(self) -> float:
        """Seconds since the last success; infinite before the first."""
        return float("inf") if self.succeeded is None else time.monotonic() - self.succeeded

    def _repeat(self) -> None:
        wait = self.first
        while True:
            self._wake.wait(wait or self.every)
            if self._stop:
                return
            self._wake.clear()
            wait = 0.0 if self._try() else min(max(1.0, wait * 2), LONGEST_WAIT)

    def _try(self) -> bool:
        try:
            self.now()
        except Exception as error:
            self.error = error
            self._failed(self.name)
            log().error("work-failed", work=self.name, exc_info=error)
            return False
        return True
