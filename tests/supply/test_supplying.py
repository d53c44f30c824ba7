from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.supply.offices import Agency, Net, agencies

A, B = "police.example", "prosecutor.example"


@pytest.fixture
def net(tmp_path: Path) -> Iterator[Net]:
    with agencies(tmp_path, A, B) as made:
        yield made


@pytest.fixture
def both(net: Net) -> tuple[Agency, Agency]:
    return net.agencies[A], net.agencies[B]


def test_a_record_arrives_as_its_originator_signed_it(net: Net, both: tuple[Agency, Agency]) -> None:
    left, right = both
    record, *_ = left.records()
    (item,) = left.gives(right, record)
    net.carry()
    row = right.held(item)
    assert (row.originator, row.vouched, row.state) == (A, False, "held")
