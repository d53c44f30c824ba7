"""Keys made before they are needed: one commit of the key ring serves many rows, and no transaction waits for it."""

from __future__ import annotations

import threading
from contextlib import suppress

from liaison.model.errors import StoreUnavailable
from liaison.ports import Compartment, KeyId, Keys

BATCH = 256  # keys made at once
LOW = 128  # left over when the next batch is begun


class Stock:
    """Keys of one compartment that were never used. Each is given out once; those that a stop leaves are used for
    nothing."""

    def __init__(self, keys: Keys, compartment: Compartment) -> None:
        self._keys, self._compartment = keys, compartment
        self._spare: list[tuple[KeyId, bytes]] = []
        self._lock, self._making = threading.Lock(), threading.Lock()

    def take(self, count: int = 1) -> list[tuple[KeyId, bytes]]:
        """Keys that were never used. Raises StoreUnavailable where none can be made."""
        while True:
            with self._lock:
                if len(self._spare) >= count:
                    taken, self._spare = self._spare[:count], self._spare[count:]
                    low = len(self._spare) < LOW
                    break
            self._make(max(count, BATCH))
        if low and not self._making.locked():
            threading.Thread(target=self._make_ahead, name="keys", daemon=True).start()
        return taken

    def _make_ahead(self) -> None:
        with suppress(StoreUnavailable):  # the next who needs keys meets it
            self._make(BATCH)

    def _make(self, count: int) -> None:
        with self._making:
            made = self._keys.create(self._compartment, count)
            with self._lock:
                self._spare += made
