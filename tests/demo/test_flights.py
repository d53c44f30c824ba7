"""The invented flight of the demonstration: the same seed, the same list, and the planted passenger is the alert."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from liaison.demo import agency
from liaison.demo.flights import CARRIER, NUMBER, PLANTED, message
from liaison.demo.making import actor_of, make
from liaison.formats.manifests import read
from liaison.node.wiring import open_node
from liaison.officers import notices
from liaison.screening.flights import viewing, watching
from liaison.screening.flights.rules import State

DAY = dt.date(2026, 3, 4)


def test_the_list_is_whole_and_the_same_for_the_same_seed() -> None:
    (one,) = read(message(120, 7, DAY))
    assert (one.flights[0].name, one.flights[0].legs[0].departs[:10]) == (f"{CARRIER}{NUMBER}", str(DAY))
    assert (len(one.passengers), one.declared, one.doubts) == (121, 121, ())
    assert sum(each.documents == PLANTED.documents for each in one.passengers) == 1
    assert message(120, 7, DAY) == message(120, 7, DAY) != message(120, 8, DAY)
    assert len(read(message(120, 7, DAY, planted=None))[0].passengers) == 120


def test_the_demonstration_has_a_flight_that_was_watched_and_one_alert_on_it(tmp_path: Path) -> None:
    make(tmp_path / "node", 300, 1, lambda _: None)
    with open_node(tmp_path / "node", work=False) as node:
        actor = actor_of(node, agency.DESK)
        (flight,), total = viewing.flights_of(node.office, actor)
        assert (total, flight.name, flight.people, flight.state) == (1, "LI117", 175, State.CHECKED)
        shown = viewing.flight_of(node.office, actor, flight.id)
        assert [name.surname for name in shown.aboard[0].one.names] == ["SOBOLEV"]
        assert shown.aboard[0].marks
        assert [watch.met for watch in watching.watches_of(node.office, actor)] == [1]
        assert watching.ARRIVED in [notice.kind for notice in notices.waiting(node.office, actor)]
