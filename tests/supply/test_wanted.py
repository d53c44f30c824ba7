"""A wanted vehicle at a partner: what the owner asks for goes with the record, and ends with it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest

from liaison.holdings import corrections, vehicle_entries
from liaison.holdings.consult import inspect
from liaison.holdings.live import LiveIndex
from liaison.model.identifiers import Plate
from liaison.model.subjects import Vehicle
from liaison.supply import taking
from tests.holdings.offices import DESK, said_in_ledger
from tests.holdings.test_vehicle_entries import said
from tests.holdings.test_wanted import line
from tests.node_fixtures import START, both_databases
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


@both_databases
def test_a_withdrawn_entry_matches_nowhere_more_and_whoever_never_had_it_is_told_nothing(
    tmp_path: Path, kind: str
) -> None:
    names = ("police.example", "one.example", "two.example", "three.example")
    with agencies(tmp_path, *names, agreed=False, kind=kind) as net:
        police, one, two, three = (net.agencies[name] for name in names)
        for other in (one, two, three):
            net.agree(police, other)
        entry = vehicle_entries.write(police.office, DESK, said())
        for other in (one, two):
            (item,) = police.gives(other, entry)
            net.carry()
            other.case(item)
            taking.take_in(other.office, DESK, item, footing(DESK))
        lives = [LiveIndex(each.office) for each in (police, one, two)]
        assert all(len(live.vehicles("AA301OB")) == 1 for live in lives)
        own, theirs = (vehicle_entries.listed(each.office, DESK).entries for each in (police, one))
        assert ([each.id for each in own], theirs) == ([entry], ())
        corrections.withdraw(police.office, DESK, entry, "the car was found")
        assert lives[0].vehicles("AA301OB") == []
        net.carry()
        assert [live.vehicles("AA301OB") for live in lives] == [[], [], []]
        assert "notice-received" not in said_in_ledger(three.office)
        assert said_in_ledger(one.office).count("notice-received") == 1


def test_what_was_withdrawn_by_mistake_is_written_again_here_and_sent_again_by_a_person_alone(
    net: Net,
) -> None:
    left, right = net.agencies[A], net.agencies[B]
    live = LiveIndex(right.office)
    item, _ = taken(net, left, right)
    record = left.supplied(item).holding
    corrections.withdraw(left.office, DESK, record, "the car was found")
    net.carry()
    corrections.reinstate(left.office, DESK, record, "it was another car")
    net.carry()
    assert len(LiveIndex(left.office).vehicles("AA107OB")) == 1
    assert live.vehicles("AA107OB") == []


def test_a_corrected_entry_reaches_the_partner_that_has_it(net: Net) -> None:
    left, right = net.agencies[A], net.agencies[B]
    live = LiveIndex(right.office)
    entry = vehicle_entries.write(left.office, DESK, said())
    (item,) = left.gives(right, entry)
    net.carry()
    right.case(item)
    taking.take_in(right.office, DESK, item, footing(DESK))
    other = Vehicle(plate=Plate("AA 302 OB"))
    vehicle_entries.correct(left.office, DESK, entry, said(vehicle=other), "the plate was misheard")
    net.carry()
    assert live.vehicles("AA301OB") == []
    assert len(live.vehicles("AA302OB")) == 1
