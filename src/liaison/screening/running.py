"""Long checks that run beside everything else in this process: a few at once, and how far each is."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from liaison.screening.list_rules import require_free

AT_ONCE = 2  # checks of one kind that run beside each other
EVERY = 0.5  # seconds between two notes of progress


class Threads:
    """The checks of one kind that run here, by name."""

    def __init__(self) -> None:
        self._threads: dict[str, threading.Thread] = {}
        self._lock = threading.Lock()

    def run(self, name: str, begin: Callable[[], Callable[[], object]]) -> None:
        """Begin a check, and do in a thread what `begin` gives. Raises TooMany, and what `begin` raises."""
        with self._lock:
            self._threads = {other: each for other, each in self._threads.items() if each.is_alive()}
            require_free(len(self._threads), AT_ONCE)
            thread = threading.Thread(target=begin(), name=name, daemon=True)
            self._threads[name] = thread
            thread.start()

    def wait(self, name: str, timeout: float | None = None) -> None:
        """Wait until a check that was begun here is over; at most so many seconds."""
        thread = self._threads.get(name)
        if thread is not None:
            thread.join(timeout)


class Notes:
    """Notes how far a check is, twice a second. Called by the threads that match."""

    def __init__(self, note: Callable[[int], None], total: int) -> None:
        self._note, self._total = note, total
        self._next = time.monotonic() + EVERY
        self._lock = threading.Lock()

    def __call__(self, done: int, total: int) -> None:
        """Note it if it is time. Raises what the note raises."""
        with self._lock:
            if time.monotonic() < self._next:
                return
            self._next = time.monotonic() + EVERY
        self._note(min(done, self._total))
