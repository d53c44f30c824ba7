"""A leg with every batch blinded: made from seed and subjects, the same bytes each time.

Between start and questions it is kept in memory; after a stop it is made again.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property
from os import cpu_count

from liaison.crosscheck.asker import looking
from liaison.crosscheck.asker.looking import Inputs
from liaison.crosscheck.function import voprf
from liaison.crosscheck.function.groups import POINT
from liaison.crosscheck.function.voprf import Blinded
from liaison.crosscheck.messages import whole_of
from liaison.model.errors import BadInput
from liaison.model.subjects import AnySubject
from liaison.office import Office
from liaison.storage.rings import EachRing

MOST_KEPT = 1 << 20  # points of legs that are kept in memory
_WORKERS = ThreadPoolExecutor(
    min(8, cpu_count() or 1), "blinding"
)  # libsodium computes without the interpreter


@dataclass(frozen=True)
class Ready:
    """A leg that can be asked."""

    leg: str
    asked: Inputs
    batches: tuple[Blinded, ...] = field(repr=False)

    @cached_property
    def digests(self) -> tuple[str, ...]:
        """SHA-256 of each batch's points, in hex."""
        return tuple(looking.digests_of(self.batches))

    @cached_property
    def whole(self) -> str:
        """What the leg commits to."""
        return whole_of(self.digests)

    @property
    def points(self) -> int:
        """Points, padding included."""
        return sum(len(batch.points) // POINT for batch in self.batches)


def ready(holder: str, leg: str, subjects: Mapping[int, AnySubject], seed: bytes) -> Ready:
    """A leg at this holder, blinded: the first batches while the keys of the others are made.

    Raises BadInput where nothing of the subjects can be compared.
    """
    begun: list[Future[Blinded]] = []

    def blind(batch: Sequence[bytes]) -> None:
        begun.append(_WORKERS.submit(voprf.blind, batch, voprf.batch_seed(seed, leg, len(begun) + 1)))

    try:
        asked = looking.inputs_of(holder, subjects, seed, leg, blind)
    except BadInput:
        for each in begun:
            each.cancel()
        raise
    for batch in looking.cut(asked.inputs)[len(begun) :]:
        blind(batch)
    return Ready(leg, asked, tuple(each.result() for each in begun))


@dataclass(slots=True)
class _Kept:
    held: OrderedDict[str, Ready] = field(default_factory=OrderedDict)
    lock: threading.Lock = field(default_factory=threading.Lock)


_KEPT = EachRing(lambda keys: _Kept())


def remember(office: Office, given: Ready) -> None:
    """Keep a leg until it is asked; the oldest go where there are too many."""
    kept = _KEPT.of(office.keys)
    with kept.lock:
        kept.held[given.leg] = given
        while sum(each.points for each in kept.held.values()) > MOST_KEPT:
            kept.held.popitem(last=False)


def recall(office: Office, leg: str) -> Ready | None:
    """A leg that was kept; it is kept no longer."""
    kept = _KEPT.of(office.keys)
    with kept.lock:
        return kept.held.pop(leg, None)
