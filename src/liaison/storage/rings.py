"""What a module keeps in memory for each office: known by its key ring, and gone with it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar
from weakref import WeakKeyDictionary

from liaison.ports import Keys

T = TypeVar("T")


class EachRing(Generic[T]):
    """One thing for each key ring, made when it is first asked for. Threads may share it."""

    def __init__(self, make: Callable[[Keys], T]) -> None:
        self._make = make
        self._held: WeakKeyDictionary[Keys, T] = WeakKeyDictionary()
        self._lock = threading.Lock()

    def of(self, keys: Keys) -> T:
        """The thing of this key ring."""
        with self._lock:
            found = self._held.get(keys)
            if found is None:
                found = self._held[keys] = self._make(keys)
            return found

    def drop(self, keys: Keys) -> T | None:
        """Let go of it; the next who asks has a new one made. None where there is none."""
        with self._lock:
            return self._held.pop(keys, None)
