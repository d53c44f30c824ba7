"""A wanted vehicle at a partner: what the owner asks for goes with the record, and ends with it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest

from liaison.holdings.consult import inspect
from liaison.holdings.live import LiveIndex
from liaison.supply import taking
from tests.holdings.offices import DESK
from tests.holdings.test_wanted import line
from tests.node_fixtures import START
from tests.supply.offices import Agency, Net, agencies, footing

A, B = "police.example", "border.example"


@pytest.fixture
def net(tmp_path: Path) -> Iterator[Net]:
    with agencies(tmp_path, A, B) as made:
        yield made


def taken(net: Net, left: Agency, right: Agency) -> tuple[str, str]:
    """The item of a vehicle that one side listed and the other took into its records, and the record there."""
    (record,) = left.records(line())
    (item,) = left.gives(right, record)
    net.carry()
    right.case(item)
    return item, taking.take_in(right.office, DESK, item, footing(DESK))


def test_what_the_owner_asks_for_arrives_with_the_record(net: Net) -> None:
    left, right = net.agencies[A], net.agencies[B]
    _, record = taken(net, left, right)
    here = inspect(right.office, DESK, record, "looking at what came").holding
    (own,) = left.records(line())
    assert here.wanted is not None
    assert here.wanted == inspect(left.office, DESK, own, "what was sent").holding.wanted
    assert here.retention_until <= START.date() + dt.timedelta(days=90)


def test_a_called_back_entry_matches_at_the_partner_no_more_once_its_letter_is_read(net: Net) -> None:
    left, right = net.agencies[A], net.agencies[B]
    live = LiveIndex(right.office)
    item, record = taken(net, left, right)
    assert [seen.holding for seen in live.vehicles("AA107OB")] == [record]
    left.recalls(item)
    net.carry()
    assert live.vehicles("AA107OB") == []


def test_an_entry_that_ended_matches_at_the_partner_no_more(net: Net) -> None:
    left, right = net.agencies[A], net.agencies[B]
    live = LiveIndex(right.office)
    _, record = taken(net, left, right)
    until = inspect(right.office, DESK, record, "looking at what came").holding.retention_until
    net.clock.forward(days=(until - START.date()).days - 1)
    assert len(live.vehicles("AA107OB")) == 1
    net.clock.forward(days=1)
    assert live.vehicles("AA107OB") == []
