"""The marks of vehicles in memory, for a process that looks up nothing else: no record of a person is opened in it.

Unlike `live`, nobody tells it of a change in this process; it looks for changes as often as it is asked to.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Sequence

from sqlalchemy import Connection

from liaison.holdings import indexing
from liaison.holdings.shelves import last_change
from liaison.holdings.things import Sighted, Things
from liaison.office import Office

VEHICLE = "vehicle"


class Marks:
    """The vehicles of one office that can be found, as of the last look. Threads may share it."""

    def __init__(self, office: Office) -> None:
        """Raises StoreUnavailable."""
        self._office, self._lock = office, threading.Lock()
        self._cursor = office.read(last_change)
        held = {id: thing for id, _, thing in indexing.everything(office, VEHICLE).things}
        self._things = Things(secrets.token_bytes(32), held)

    def of_marks(self, marks: Sequence[str]) -> list[tuple[int, Sighted]]:
        """Every vehicle whose plate is one of these marks, or is easily taken for it, with the mark's place."""
        things, today = self._things, self._office.now().date().isoformat()
        return [
            (place, seen) for place, seen in things.of_marks(marks) if not things.ended(seen.holding, today)
        ]

    def refresh(self) -> int:
        """Take in every change since the last look, whichever process made it; how many records it touched."""

        def work(connection: Connection) -> tuple[int, list[str], dict[str, indexing.LightThing]]:
            ids = [id for id, _ in indexing.changed_ids(connection, self._cursor)]
            found = indexing.some(self._office, connection, ids, VEHICLE).things if ids else []
            return last_change(connection), ids, {id: thing for id, _, thing in found}

        with self._lock:
            cursor, ids, come = self._office.read(work)
            self._things = self._things.changed(ids, come)
            self._cursor = cursor
        return len(ids)
