"""Everybody on a list looked up at once: leads linked to passengers, approvals beyond the number, windows kept."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from liaison.formats.manifests.model import Named as Name
from liaison.formats.manifests.model import Passenger, TravelDocument
from liaison.model.errors import Conflict, NotFound, NotLawful
from liaison.model.grounds import Purpose
from liaison.model.identifiers import Country, DocumentNumber
from liaison.model.roles import Role
from liaison.model.subjects import Document, DocumentKind
from liaison.officers import approvals
from liaison.policy import limits, load_pack
from liaison.screening import history
from liaison.screening.alerting import alerts_of_check
from liaison.screening.case_rules import Part
from liaison.screening.cases import add_member
from liaison.screening.confirming import confirm, reject
from liaison.screening.desk import Question
from liaison.screening.desk import check as check_one
from liaison.screening.flights import checking, viewing
from liaison.screening.flights.checking import check, recover
from liaison.screening.flights.finding import least
from liaison.screening.flights.reading import Sent
from liaison.screening.flights.rules import State
from liaison.screening.flights.taking import Delivery
from liaison.screening.grounds import give_grounds
from liaison.screening.running import Threads
from liaison.storage.tables.flights import MANIFESTS, PASSENGERS
from liaison.storage.tables.screening import CHECKS
from tests.formats.manifests.made import many
from tests.node_fixtures import both_databases
from tests.screening.conftest import Row
from tests.screening.flights.flown import SOUGHT, border, deliver, message, one
from tests.screening.node import ANA, BASIS, BEN, REASON, WHY, Desk, a_desk, actor, enter, gezim, rules_of

CARL = actor("carl", Role.APPROVER)
LOST: Row = ("L1", "-", "-", "1990-01-01")
STOLEN = Document(number=DocumentNumber("BX0000009"), type=DocumentKind.PASSPORT, issuer=Country("ALB"))


def strict(desk: Desk) -> Desk:
    """The same desk where Albania's law holds as well: no manifest without a second person."""
    import dataclasses

    both = (*desk.office.regimes, load_pack("albania"))
    return dataclasses.replace(desk, office=dataclasses.replace(desk.office, regimes=both))


@both_databases
def test_one_whom_a_record_names_is_a_lead_linked_to_the_passenger(tmp_path: Path, kind: str) -> None:
    with a_desk(tmp_path, kind) as desk:
        kept = one(deliver(desk, message()))
        shown = viewing.flight_of(desk.office, ANA, kept.flight)
        (mark,) = shown.aboard[0].marks
        assert (shown.aboard[0].one.names[0].surname, mark.state.value, mark.reported) == (
            "VOKSHI",
            "candidate",
            False,
        )
        assert shown.report is not None
        (alert,) = alerts_of_check(desk.office, ANA, shown.report.check)
        assert (alert.id, alert.holding) == (mark.alert, desk.ids["R900"])
        assert alert.content is not None
        assert (alert.content.subject.name, alert.content.subject.id) == ("GEZIM VOKSHI", "10")
        asked, answered, told = desk.said()[-5:-2]
        assert [asked.what, answered.what, told.what] == ["check", "check-answered", "manifest-checked"]
        assert told.objects == (kept.id, kept.flight, shown.report.check)
        assert told.detail == {"people": "10", "with-alert": "1", "listed": "0"}
        confirm(desk.office, ANA, mark.alert, REASON)
        (listed,), _ = viewing.flights_of(desk.office, ANA)
        assert (listed.candidates, listed.confirmed, listed.rejected) == (0, 1, 0)
        assert history.check_of(desk.office, ANA, shown.report.check).looked_up == 10


def test_a_pair_that_was_cleared_is_left_out_of_the_next_list(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        first = one(deliver(desk, message()))
        (mark,) = viewing.flight_of(desk.office, ANA, first.flight).aboard[0].marks
        reject(desk.office, ANA, mark.alert, "Another person: born in another town", clear=True)
        second = one(deliver(desk, message(day="2026-03-05")))
        assert viewing.flight_of(desk.office, ANA, second.flight).with_alert == 0


@both_databases
def test_a_document_reported_lost_is_found_whatever_the_name(tmp_path: Path, kind: str) -> None:
    words = " ".join("ABCDEFGHIJKLMNOPQRS")
    bearer = Passenger(
        names=(Name("X", words),), documents=(TravelDocument("P", "BX0000009", "ALB", "2031-01-01"),)
    )
    nameless = Passenger(documents=(TravelDocument("P", "BX0000009", "ALB", "2031-01-01"),))
    with a_desk(tmp_path, kind) as desk:
        desk.arrive(LOST, subject=STOLEN, owner="Border police, Kukës", extra={"Status": "Stolen"})
        kept = one(deliver(desk, message(*many(3), bearer)))
        shown = viewing.flight_of(desk.office, ANA, kept.flight)
        assert [(each.place, [mark.reported for mark in each.marks]) for each in shown.aboard[:1]] == [
            (3, [True])
        ]
        (told,) = [said for said in desk.said() if said.what == "manifest-checked"]
        assert told.detail["listed"] == "1"
        lines = b"flight,departs,passport,issuer\nLI119,2026-03-04,BX0000009,ALB\n"
        alone = one(deliver(desk, lines))
        assert nameless.documents[0].number == "BX0000009"
        assert viewing.flight_of(desk.office, ANA, alone.flight).with_alert == 1


def test_a_flight_leaves_the_window_of_its_officer_alone(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        most = limits(desk.office.regimes).bulk_persons
        grounds = border(desk)
        deliver(desk, message(*many(300)), grounds=grounds)
        deliver(desk, message(*many(300), number="118"))
        kinds = desk.office.read(lambda connection: list(connection.execute(select(CHECKS.c.kind)).scalars()))
        assert kinds == ["manifest", "manifest"]
        for _ in range(most):
            check_one(desk.office, desk.live, ANA, Question(gezim(), desk.grounds))
        with pytest.raises(NotLawful) as refused:
            check_one(desk.office, desk.live, ANA, Question(gezim(), desk.grounds))
        assert rules_of(refused.value) == {"L10/bulk"}
        assert one(deliver(desk, message(*many(300), number="119"))).state is State.CHECKED, (
            "nor is it stopped by it"
        )


def test_a_typed_table_fills_the_window_as_a_list_does(tmp_path: Path) -> None:
    most = limits((load_pack("demo"),)).bulk_persons
    rows = "\n".join(f"LI117,2026-03-04,Nobody{chr(97 + at)},Jan" for at in range(most))
    with a_desk(tmp_path) as desk:
        kept = one(deliver(desk, f"flight,departs,surname,given\n{rows}\n".encode()))
        assert kept.state is State.CHECKED
        with pytest.raises(NotLawful):
            check_one(desk.office, desk.live, ANA, Question(gezim(), desk.grounds))


@both_databases
def test_where_the_law_has_no_such_check_a_second_person_agrees(tmp_path: Path, kind: str) -> None:
    with a_desk(tmp_path, kind) as whole:
        desk = strict(whole)
        enter(desk.office, CARL)
        kept = one(deliver(desk, message(*many(30), SOUGHT)))
        assert (kept.state, bool(kept.approval)) == (State.WAITING, True)
        with pytest.raises(Conflict):
            check(desk.office, desk.live, ANA, kept.id)
        asked = approvals.show(desk.office, CARL, kept.approval)
        assert (asked.kind, asked.cap, asked.about["flight"]) == ("check-manifest", 31, "LI117 2026-03-04")
        approvals.decide(desk.office, CARL, kept.approval, True, "Seen, and in order")
        assert check(desk.office, desk.live, ANA, kept.id) is State.CHECKED
        assert viewing.flight_of(desk.office, ANA, kept.flight).with_alert == 1
        assert approvals.show(desk.office, CARL, kept.approval).spent == 31
        with pytest.raises(Conflict):
            check(desk.office, desk.live, ANA, kept.id)


def test_an_approval_of_one_list_checks_no_other(tmp_path: Path) -> None:
    with a_desk(tmp_path) as whole:
        desk = strict(whole)
        enter(desk.office, CARL)
        first = one(deliver(desk, message(*many(30))))
        second = one(deliver(desk, message(*many(30), number="118")))
        approvals.decide(desk.office, CARL, first.approval, True, "Seen, and in order")
        swap = MANIFESTS.update().where(MANIFESTS.c.id == second.id).values(approval_id=first.approval)
        desk.office.write(lambda connection: connection.execute(swap))
        assert check(desk.office, desk.live, ANA, second.id) is State.FAILED
        assert "check" not in desk.verbs()


def test_another_does_not_check_what_somebody_took(tmp_path: Path) -> None:
    with a_desk(tmp_path) as whole:
        desk = strict(whole)
        kept = one(deliver(desk, message(*many(30))))
        enter(desk.office, BEN)
        with pytest.raises(NotFound):
            check(desk.office, desk.live, BEN, kept.id)
        add_member(desk.office, ANA, desk.case.id, BEN.person, Part.MEMBER)
        with pytest.raises(NotFound):
            check(desk.office, desk.live, BEN, kept.id)


@both_databases
def test_a_list_whose_approval_lapsed_is_asked_for_anew_when_it_is_handed_in_again(
    tmp_path: Path, kind: str
) -> None:
    with a_desk(tmp_path, kind) as whole:
        desk = strict(whole)
        enter(desk.office, CARL)
        first = one(deliver(desk, message(*many(30), SOUGHT)))
        assert one(deliver(desk, message(*many(30), SOUGHT))).approval == first.approval, (
            "it is still awaited"
        )
        desk.clock.forward(hours=limits(desk.office.regimes).approval_hours + 1)
        again = one(deliver(desk, message(*many(30), SOUGHT)))
        assert (again.id, again.state) == (first.id, State.WAITING)
        assert again.approval not in ("", first.approval)
        approvals.decide(desk.office, CARL, again.approval, True, "Seen, and in order")
        assert check(desk.office, desk.live, ANA, first.id) is State.CHECKED
        assert [said.outcome for said in desk.said() if said.what == "manifest-taken"] == [
            "",
            "handed in again",
        ]


@both_databases
def test_what_somebody_left_unchecked_a_colleague_checks_by_handing_it_in(
    tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("the engine stopped")

    with a_desk(tmp_path, kind) as desk:
        with monkeypatch.context() as patched:
            patched.setattr(checking, "find", broken)
            kept = one(deliver(desk, message()))
        enter(desk.office, BEN)
        add_member(desk.office, ANA, desk.case.id, BEN.person, Part.MEMBER)
        grounds = give_grounds(
            desk.office, BEN, desk.case.id, purpose=Purpose.INVESTIGATION, basis=BASIS, justification=WHY
        )
        delivery = Delivery(grounds, (Sent("again.edi", message()),))
        done = one(checking.take_and_check(desk.office, desk.live, BEN, delivery))
        assert (done.id, done.state) == (kept.id, State.CHECKED)
        shown = viewing.flight_of(desk.office, BEN, kept.flight)
        assert shown.report is not None
        assert (shown.report.person, shown.report.grounds, shown.with_alert) == (BEN.person, grounds, 1)
        with pytest.raises(NotFound):
            check(desk.office, desk.live, ANA, kept.id)


def test_a_check_that_fails_can_be_begun_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("the engine stopped")

    with a_desk(tmp_path) as desk:
        with monkeypatch.context() as patched:
            patched.setattr(checking, "find", broken)
            kept = one(deliver(desk, message()))
        assert kept.state is State.FAILED
        (said,) = [said for said in desk.said() if said.what == "manifest-failed"]
        assert said.outcome == "The program failed"
        assert check(desk.office, desk.live, ANA, kept.id) is State.CHECKED


def test_a_node_that_stopped_gives_up_what_ran(tmp_path: Path) -> None:
    with a_desk(tmp_path) as whole:
        kept = one(deliver(strict(whole), message(*many(30))))
        checking.begin(whole.office, ANA, kept.id) if not kept.approval else None
        running = MANIFESTS.update().values(state="running")
        whole.office.write(lambda connection: connection.execute(running))
        assert recover(whole.office) == 1
        assert viewing.progress_of(whole.office, ANA, kept.id).state is State.FAILED
        assert recover(whole.office) == 0


def test_a_hundred_thousand_people_are_approved_checked_and_shown_page_by_page(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        enter(desk.office, CARL)
        kept = one(deliver(desk, message(*many(99_999), SOUGHT)))
        assert (kept.people, kept.state, bool(kept.approval)) == (100_000, State.WAITING, True)
        approvals.decide(
            desk.office, CARL, kept.approval, True, "A ferry, and all of it on order of the court"
        )
        runs = Threads()
        assert check(desk.office, desk.live, ANA, kept.id, runs) is State.RUNNING
        runs.wait(kept.id, 120)
        told = viewing.progress_of(desk.office, ANA, kept.id)
        assert (told.state, told.done, told.total) == (State.CHECKED, 100_000, 100_000)
        shown = viewing.flight_of(desk.office, ANA, kept.flight, page=1_000)
        assert (shown.pages, len(shown.aboard)) == (1_000, 100)
        places = desk.office.read(
            lambda connection: list(connection.execute(select(PASSENGERS.c.place)).scalars())
        )
        assert 99_999 in places


def test_nobody_by_chance(tmp_path: Path) -> None:
    assert least(10_000) == pytest.approx(18.93, abs=0.01)
    assert least(0) == least(3) == 8.0
