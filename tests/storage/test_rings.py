"""What a module keeps for each office: one for each key ring, until it is dropped or the ring is gone."""

from __future__ import annotations

import gc
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from weakref import ref

from liaison.storage.rings import EachRing


class Ring:
    """Stands for a key ring, which is only looked at by who it is."""


def test_each_ring_has_one_of_its_own_until_it_is_dropped() -> None:
    made: list[Any] = []
    held: EachRing[list[str]] = EachRing(lambda keys: made.append(keys) or [])  # type: ignore[func-returns-value]
    one, other = Ring(), Ring()
    held.of(one).append("kept")  # type: ignore[arg-type]
    with ThreadPoolExecutor(8) as pool:
        assert all(each == ["kept"] for each in pool.map(held.of, [one] * 100))  # type: ignore[arg-type]
    assert held.of(other) == []  # type: ignore[arg-type]
    assert made == [one, other]
    assert held.drop(one) == ["kept"]  # type: ignore[arg-type]
    assert held.drop(one) is None  # type: ignore[arg-type]
    assert held.of(one) == []  # type: ignore[arg-type]


def test_it_goes_with_its_ring() -> None:
    held: EachRing[Ring] = EachRing(lambda keys: Ring())
    ring = Ring()
    thing = ref(held.of(ring))  # type: ignore[arg-type]
    assert thing() is not None
    del ring
    gc.collect()
    assert thing() is None
