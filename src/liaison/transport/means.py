"""What whoever writes or takes letters is given besides the office: the node's own keys, and whom to wake."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from liaison.office import Office
from liaison.partners.cards import OwnKeys
from liaison.ports import Compartment, KeyId

SPARE = 256  # keys made at once, so that one commit of the key ring serves many letters


def _nobody(_: str) -> None:
    """No delivery is under way: a test, or a verb of the command line."""


def _uncounted(_origin: str, _code: str, _count: int) -> None:
    """Nobody keeps metrics."""


@dataclass(slots=True)
class Means:
    """The node's part in its federation. `own` changes with each rotation of keys.

    `wake(origin)` is called once something waits for a partner, `arrived(kind)` once a letter of a kind was taken, and
    `refused(origin, code, count)` once letters counted for nothing; all after the transaction, and none waits.
    """

    federation: str
    origin: str
    own: OwnKeys
    wake: Callable[[str], None] = _nobody
    arrived: Callable[[str], None] = _nobody
    refused: Callable[[str, str, int], None] = _uncounted
    _spare: list[tuple[KeyId, bytes]] = field(default_factory=list)
    _lock: Any = field(
        default_factory=threading.Lock
    )  # the web's decoder walks these types, and knows no lock

    def keys(self, office: Office, count: int = 1) -> list[tuple[KeyId, bytes]]:
        """Keys for letters at rest, each used once; those of a transaction that fails are used for nothing."""
        with self._lock:
            if len(self._spare) < count:
                self._spare += office.keys.create(Compartment.TRANSPORT, max(count, SPARE))
            taken, self._spare = self._spare[:count], self._spare[count:]
            return taken
