"""Imports that run: a list of a million takes a minute, so it runs beside the request, and a page watches it.

What an import did stands in the ledger and with the records. What is kept here is for whoever started it, until the
node is stopped.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime

from liaison import policy
from liaison.holdings.imports import import_file
from liaison.holdings.live import LiveIndex
from liaison.holdings.order import Imported, ImportOrder
from liaison.model.errors import LiaisonError, NotFound, TooMany
from liaison.office import Office, new_id

KEPT = 50  # imports that are remembered
AT_ONCE = 2


@dataclass(slots=True)
class Import:
    """One import: `done` rows of `total`, 0 where that is not known; `result` or `error` once it is over."""

    id: str
    person: str
    file: str
    list_name: str
    started: datetime
    done: int = 0
    total: int = 0
    result: Imported | None = None
    error: LiaisonError | None = None
    failed: bool = False
    over: threading.Event = field(default_factory=threading.Event)


class Imports:
    """The imports of one node."""

    def __init__(self) -> None:
        self._held: OrderedDict[str, Import] = OrderedDict()
        self._lock = threading.Lock()

    def start(self, office: Office, live: LiveIndex, actor: policy.Actor, order: ImportOrder) -> Import:
        """Begin an import, and come back. Raises TooMany while others run."""
        job = Import(new_id("import"), actor.person, order.file, order.list_name, office.now())
        with self._lock:
            if sum(not one.over.is_set() for one in self._held.values()) >= AT_ONCE:
                raise TooMany("other imports run", retry_after=30, hint="wait until they are over")
            self._held[job.id] = job
            while len(self._held) > KEPT:
                self._held.popitem(last=False)
        threading.Thread(
            target=_run, args=(office, live, actor, order, job), name="import", daemon=True
        ).start()
        return job

    def of(self, actor: policy.Actor, job: str) -> Import:
        """An import that this person started. Raises NotFound."""
        found = self._held.get(job)
        if found is None or found.person != actor.person:
            raise NotFound
        return found

    def all_of(self, actor: policy.Actor) -> list[Import]:
        """The imports that this person started, newest first."""
        return [one for one in reversed(self._held.values()) if one.person == actor.person]


def _run(office: Office, live: LiveIndex, actor: policy.Actor, order: ImportOrder, job: Import) -> None:
    def progress(done: int, total: int) -> None:
        job.done, job.total = done, total

    try:
        job.result = import_file(office, actor, order, progress)
        live.refresh()
    except LiaisonError as error:
        job.error = error
    except Exception:
        job.failed = True
        raise
    finally:
        job.over.set()
