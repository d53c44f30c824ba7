"""Alerts on vehicles: what they show, that those on the same are one to decide, and that none is confirmed once its
entry ended. Every plate is invented."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from liaison.holdings import corrections, vehicle_entries
from liaison.model.errors import Conflict
from liaison.model.holding import State
from liaison.model.identifiers import Country, DocumentNumber, Plate
from liaison.model.subjects import Document, Vehicle
from liaison.policy import AlertState
from liaison.screening.alert_rules import Ended, Ending, ended
from liaison.screening.alerting import alert_of, alerts_of_case
from liaison.screening.confirming import confirm
from liaison.screening.desk import Question, check
from liaison.screening.history import how_many_wait, waiting
from tests.holdings.offices import DESK
from tests.holdings.test_vehicle_entries import said, wanted
from tests.node_fixtures import both_databases
from tests.screening.node import ANA, PASSPORT, REASON, Desk, a_desk

DAY = dt.date(2026, 3, 2)


def scanned(desk: Desk, plate: str = "AA 301 OB") -> str:
    asked = Vehicle(plate=Plate(plate), registered=Country("ALB"))
    (alert,) = check(desk.office, desk.live, ANA, Question(asked, desk.grounds)).alerts
    return alert.id


def an_entry(desk: Desk, **changes: object) -> str:
    vehicle = Vehicle(
        plate=Plate("AA 301 OB"), registered=Country("ALB"), make="Skoda Octavia", colour="grey"
    )
    return vehicle_entries.write(desk.office, DESK, said(vehicle=vehicle, **changes))


@pytest.mark.parametrize(
    ("state", "until", "found"),
    [
        (State.LIVE, DAY + dt.timedelta(days=1), None),
        (State.LIVE, DAY, Ended(Ending.OVER, DAY - dt.timedelta(days=1))),
        (State.WITHDRAWN, DAY + dt.timedelta(days=9), Ended(Ending.WITHDRAWN, dt.date(2026, 3, 1))),
        (State.RESTRICTED, DAY + dt.timedelta(days=9), Ended(Ending.RESTRICTED, dt.date(2026, 3, 1))),
        (State.ERASED, DAY, Ended(Ending.ERASED, dt.date(2026, 3, 1))),
    ],
)
def test_a_record_ended_when_it_was_put_out_of_use_or_on_its_last_day(
    state: State, until: dt.date, found: Ended | None
) -> None:
    assert ended(state, dt.date(2026, 3, 1), until, DAY) == found


@both_databases()
def test_an_alert_on_a_withdrawn_entry_warns_no_more_and_nobody_confirms_it(
    tmp_path: Path, kind: str
) -> None:
    with a_desk(tmp_path, kind) as desk:
        entry = an_entry(desk, wanted=wanted(risk="armed"))
        first, second = scanned(desk), scanned(desk)
        assert alert_of(desk.office, ANA, first).risk
        assert confirm(desk.office, ANA, second, REASON).wanted is not None
        corrections.withdraw(desk.office, DESK, entry, "the car was found")
        today = desk.office.now().date()
        for alert in (first, second):
            shown = alert_of(desk.office, ANA, alert)
            assert (shown.ended, shown.risk, shown.wanted) == (Ended(Ending.WITHDRAWN, today), "", None)
        with pytest.raises(Conflict, match=f"withdrawn on {today}"):
            confirm(desk.office, ANA, first, REASON)
        assert alert_of(desk.office, ANA, first).state is AlertState.CANDIDATE
        found = waiting(desk.office, ANA)
        assert (found.alerts, found.total, how_many_wait(desk.office, ANA)) == ([], 0, 0)
        assert [alert.id for alert in found.ended] == [first]
        corrections.reinstate(desk.office, DESK, entry, "it was another car")
        assert confirm(desk.office, ANA, first, REASON).wanted is not None


def test_an_alert_on_an_entry_that_is_over_is_not_confirmed(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        until = desk.office.now().date() + dt.timedelta(days=2)
        an_entry(desk, until=until)
        alert = scanned(desk)
        desk.clock.forward(days=2)
        with pytest.raises(Conflict, match=f"last day was {until - dt.timedelta(days=1)}"):
            confirm(desk.office, ANA, alert, REASON)


def test_both_sides_of_an_alert_on_a_vehicle_say_what_it_looks_like(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        an_entry(desk)
        content = alert_of(desk.office, ANA, scanned(desk)).content
        assert content is not None
        assert content.about == "vehicle"
        assert (content.subject.plate, content.subject.registered) == (str(Plate("AA 301 OB")), "ALB")
        held = content.record
        assert (held.plate, held.registered, held.make, held.colour) == (
            str(Plate("AA 301 OB")),
            "ALB",
            "Skoda Octavia",
            "grey",
        )


@both_databases()
def test_alerts_on_the_same_are_one_to_decide_and_none_is_lost(tmp_path: Path, kind: str) -> None:
    with a_desk(tmp_path, kind) as desk:
        an_entry(desk)
        seen = []
        for _ in range(3):
            seen.append(scanned(desk))
            desk.clock.forward(minutes=3)
        found = waiting(desk.office, ANA)
        assert [alert.id for alert in found.alerts] == seen[2:]
        assert (found.total, how_many_wait(desk.office, ANA)) == (1, 1)
        earlier = found.earlier[seen[2]]
        assert [one.id for one in earlier] == [seen[1], seen[0]]
        assert earlier[0].at - earlier[1].at == dt.timedelta(minutes=3)
        assert {one.id for one in alerts_of_case(desk.office, ANA, desk.case.id)} == set(seen)
        told = [one for one in desk.said() if one.what == "alert-read" and one.objects == (seen[2],)]
        assert told, "what was shown of the list is on the ledger"
        confirm(desk.office, ANA, seen[2], REASON)
        assert [alert.id for alert in waiting(desk.office, ANA).alerts] == [seen[1]]


@pytest.mark.parametrize(
    ("number", "words"),
    [(PASSPORT, "document number agrees"), ("BA1234568", "document number is one sign apart")],
)
def test_a_reason_says_whether_the_number_agrees_to_the_sign(tmp_path: Path, number: str, words: str) -> None:
    with a_desk(tmp_path) as desk:
        question = Question(Document(number=DocumentNumber(number)), desk.grounds)
        (alert,) = check(desk.office, desk.live, ANA, question).alerts
        assert alert.content is not None
        assert [why.words for why in alert.content.reasons if why.kind == "document"] == [words]
