"""Keys made ahead: each once, never waited for twice, and a ring that closes stops nobody."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest

from liaison.model.errors import StoreUnavailable
from liaison.ports import Compartment
from liaison.storage.keys import KeyRing
from liaison.storage.stock import BATCH, LOW, Stock


@pytest.fixture
def ring(tmp_path: Path) -> KeyRing:
    KeyRing.make(tmp_path / "keys")
    return KeyRing(tmp_path / "keys")


def test_every_key_is_given_once_whoever_asks(ring: KeyRing) -> None:
    stock, taken = Stock(ring, Compartment.LEDGER), list[int]()

    def take() -> None:
        for count in (1, 3, 40, BATCH + 5):
            taken.extend(int(key) for key, _ in stock.take(count))

    threads = [threading.Thread(target=take) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(taken) == len(set(taken)) == 4 * (1 + 3 + 40 + BATCH + 5)
    assert ring.fetch(taken[:5])


def test_the_next_batch_is_begun_before_the_last_key_is_gone(ring: KeyRing) -> None:
    stock = Stock(ring, Compartment.LEDGER)
    first = [int(key) for key, _ in stock.take(BATCH - LOW + 1)]
    made = BATCH
    until = time.monotonic() + 10
    while len(ring.fetch(range(1, made + 1))) == BATCH and time.monotonic() < until:
        try:
            ring.fetch([made + BATCH])  # type: ignore[list-item]
            break
        except Exception:
            time.sleep(0.01)
    assert time.monotonic() < until
    assert max(first) <= BATCH


def test_a_ring_that_was_closed_is_met_by_whoever_needs_a_key(ring: KeyRing) -> None:
    stock = Stock(ring, Compartment.LEDGER)
    stock.take()
    ring.close()
    stock._make_ahead()  # in its own thread it would end in a traceback
    with pytest.raises(StoreUnavailable):
        stock.take(BATCH)
