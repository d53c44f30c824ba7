"""What a process that takes reads of cameras works with, put together: a gate on the node's database and lent keys.

It opens vehicles' records alone. What others wrote or withdrew it sees at its next look, and keys of hours that are
over it lets go of. Started by `takers`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from multiprocessing.connection import Connection

from liaison import policy
from liaison.holdings.marks import Marks
from liaison.ledger.log import Log
from liaison.node.background import Repeated
from liaison.node.clock import SystemClock
from liaison.node.lending import Lent
from liaison.node.settings import Settings
from liaison.office import Office
from liaison.sightings import passages
from liaison.sightings.taking import Gate
from liaison.storage import Store

LOOK = 0.25  # seconds between two looks for entries that were written or withdrawn
FORGET = 60.0  # seconds between two looks for keys of hours that are over


@contextmanager
def opened(settings: Settings, database: str, pipe: Connection) -> Iterator[Gate]:
    """The gate, kept up with the records until the end. Raises StoreUnavailable."""
    keys, store = Lent(pipe), Store(database)
    regimes = tuple(policy.load_pack(name) for name in settings.regimes)
    office = Office(settings.agency, store, Log(keys), keys, SystemClock(), regimes)
    marks = Marks(office)
    work = (
        Repeated("marks", LOOK, marks.refresh),
        Repeated("passages", FORGET, partial(passages.let_go, office)),
    )
    for each in work:
        each.start()
    try:
        yield Gate(office, marks)
    finally:
        for each in work:
            each.stop()
        store.close()
