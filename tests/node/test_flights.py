"""Flights at a node: the nightly job masks them once the time is trusted, every piece is verified, a stop gives up."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from liaison.holdings import retention
from liaison.model.grounds import Purpose
from liaison.model.roles import Role
from liaison.node.sealed import open_all
from liaison.node.wiring import Node, open_node
from liaison.policy import Actor
from liaison.screening import cases, grounds
from liaison.screening.flights import checking, viewing
from liaison.screening.flights.reading import Sent
from liaison.screening.flights.rules import State
from liaison.screening.flights.taking import Delivery
from liaison.storage.tables.flights import MANIFESTS
from tests.node_fixtures import FixedClock
from tests.screening.flights.flown import message
from tests.screening.node import ANA, WHY, actor, enter

PROTECTION = actor("dora", Role.DATA_PROTECTION_OFFICER)
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def flown(node: Node, by: Actor = ANA) -> str:
    """A flight that was taken and checked; its id."""
    enter(node.office, by)
    case = cases.open_case(node.office, by, reference="2026/1", title="Airport", offence="drugs")
    given = grounds.give_grounds(
        node.office, by, case.id, purpose=Purpose.INVESTIGATION, basis="task", justification=WHY
    )
    delivery = Delivery(given, (Sent("a.edi", message()),))
    return checking.take_and_check(node.office, node.live, by, delivery, node.manifests).kept[0].flight


def who(node: Node) -> list[bytes | None]:
    return node.office.read(lambda connection: list(connection.execute(select(MANIFESTS.c.who)).scalars()))


def test_the_nightly_job_masks_flights_once_the_time_is_trusted(folder: Path) -> None:
    clock = FixedClock(NOW)
    with open_node(folder, clock, work=False) as node:
        flight = flown(node)
        node._keep_no_longer()
        assert who(node) != [None]
        clock.forward(days=183)
        node._keep_no_longer()
        assert retention.last_doubt(node.office) is not None
        assert who(node) != [None], "a clock that jumps masks nothing by itself"
        retention.confirm_time(node.office, PROTECTION, node.second)
        node._keep_no_longer()
        assert who(node) == [None]
        assert all(not each.one.names for each in viewing.flight_of(node.office, ANA, flight).aboard)


def test_every_sealed_piece_of_a_flight_is_opened_by_the_verification(folder: Path) -> None:
    with open_node(folder, work=False) as node:
        before = node.office.read(lambda connection: open_all(connection, node.office.keys))
        flown(node)
        found = node.office.read(lambda connection: open_all(connection, node.office.keys))
        assert found.fault == ""
        assert found.opened - before.opened >= 2
        spoilt = MANIFESTS.update().values(who=b"\0" * 40)
        node.office.write(lambda connection: connection.execute(spoilt))
        found = node.office.read(lambda connection: open_all(connection, node.office.keys))
        assert found.fault.startswith("flight_manifests.who:")


def test_what_ran_when_a_node_stopped_can_be_begun_again(folder: Path) -> None:
    with open_node(folder, work=False) as node:
        flight = flown(node)
        node.office.write(lambda connection: connection.execute(MANIFESTS.update().values(state="running")))
    with open_node(folder, work=False) as node:
        (report,) = viewing.flight_of(node.office, ANA, flight).reports
        assert report.state is State.FAILED
        assert checking.check(node.office, node.live, ANA, report.id) is State.CHECKED
        assert node.office.now() - timedelta(days=1) < report.taken
