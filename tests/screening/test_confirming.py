"""Alerts are decided upon by a named trained person who works on the case, with a reason, and nothing is lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from liaison.model.categories import Category
from liaison.model.errors import Conflict, NotFound, NotLawful
from liaison.model.grounds import Purpose
from liaison.policy import AlertState
from liaison.screening.alerting import Alert, alert_of, alerts_of_check
from liaison.screening.case_rules import Part
from liaison.screening.cases import add_member, close_case, open_case
from liaison.screening.confirming import confirm, reject, reopen
from liaison.screening.desk import Question, check
from liaison.screening.grounds import give_grounds
from tests.node_fixtures import both_databases
from tests.screening.node import (
    ANA,
    BASIS,
    BEN,
    REASON,
    VOKSHI,
    WHY,
    Desk,
    a_desk,
    actor,
    enter,
    gezim,
    passport,
    rules_of,
)


def an_alert(desk: Desk) -> Alert:
    """The one alert of a check about the man of the list."""
    (alert,) = check(desk.office, desk.live, ANA, Question(gezim(), desk.grounds)).alerts
    return alert


@both_databases
def test_a_confirmed_alert_tells_its_instruction(tmp_path: Path, kind: str) -> None:
    with a_desk(tmp_path, kind) as desk:
        alert = an_alert(desk)
        assert alert.instruction == ""
        confirmed = confirm(desk.office, ANA, alert.id, REASON)
        assert (confirmed.state, confirmed.instruction) == (AlertState.CONFIRMED, "call")
        assert [(one.person, one.reason) for one in confirmed.history] == [(ANA.person, REASON)]


def test_a_candidate_tells_its_instruction_to_nobody(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        shown = alert_of(desk.office, ANA, an_alert(desk).id)
        assert shown.content is not None
        assert (shown.instruction, shown.content.instruction) == ("", "")


def test_an_untrained_person_confirms_nothing(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        alert = an_alert(desk)
        with pytest.raises(NotLawful) as refused:
            confirm(desk.office, actor("ana", trained=False), alert.id, REASON)
        assert rules_of(refused.value) == {"P01/confirm"}
        assert alert_of(desk.office, ANA, alert.id).state is AlertState.CANDIDATE


def test_without_a_reason_nothing_is_confirmed(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk, pytest.raises(NotLawful) as refused:
        confirm(desk.office, ANA, an_alert(desk).id, " ok ")
    assert rules_of(refused.value) == {"A20/reason"}


def test_an_alert_of_another_case_is_not_found(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk, pytest.raises(NotFound):
        confirm(desk.office, BEN, an_alert(desk).id, REASON)


def test_another_member_decides_on_grounds_of_their_own(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        alert = an_alert(desk)
        enter(desk.office, BEN)
        add_member(desk.office, ANA, desk.case.id, BEN.person, Part.MEMBER)
        with pytest.raises(NotLawful) as refused:
            confirm(desk.office, BEN, alert.id, REASON)
        assert rules_of(refused.value) == {"L01/grounds"}
        given = {"purpose": Purpose.INVESTIGATION, "basis": BASIS, "justification": WHY}
        give_grounds(desk.office, BEN, desk.case.id, **given)
        assert confirm(desk.office, BEN, alert.id, REASON).decided_by == BEN.person


def test_a_reader_of_the_case_decides_nothing(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        alert = an_alert(desk)
        enter(desk.office, BEN)
        add_member(desk.office, ANA, desk.case.id, BEN.person, Part.READER)
        with pytest.raises(NotLawful) as refused:
            confirm(desk.office, BEN, alert.id, REASON)
        assert "A20/case" in rules_of(refused.value)


def test_an_alert_is_decided_once(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        alert = an_alert(desk)
        reject(desk.office, ANA, alert.id, REASON)
        with pytest.raises(Conflict, match="rejected cannot be confirmed"):
            confirm(desk.office, ANA, alert.id, REASON)


@both_databases
def test_a_cleared_pair_is_left_out_and_said_so(tmp_path: Path, kind: str) -> None:
    with a_desk(tmp_path, kind) as desk:
        reject(desk.office, ANA, an_alert(desk).id, REASON, clear=True)
        answer = check(desk.office, desk.live, ANA, Question(gezim(), desk.grounds))
        assert (answer.alerts, answer.cleared) == ((), 1)


def test_a_rejection_alone_clears_no_pair(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        reject(desk.office, ANA, an_alert(desk).id, REASON)
        answer = check(desk.office, desk.live, ANA, Question(gezim(), desk.grounds))
        assert (len(answer.alerts), answer.cleared) == (1, 0)


def test_a_cleared_pair_comes_back_when_the_question_says_more(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        reject(desk.office, ANA, an_alert(desk).id, REASON, clear=True)
        answer = check(desk.office, desk.live, ANA, Question(gezim(sex=None), desk.grounds))
        assert (len(answer.alerts), answer.cleared) == (1, 0)


@both_databases
def test_what_is_reopened_keeps_its_history_and_clears_no_more(tmp_path: Path, kind: str) -> None:
    with a_desk(tmp_path, kind) as desk:
        alert = an_alert(desk)
        reject(desk.office, ANA, alert.id, REASON, clear=True)
        again = reopen(desk.office, ANA, alert.id, "The passport was read wrongly")
        assert (again.state, again.decided_by, again.decided) == (AlertState.CANDIDATE, None, None)
        assert [one.after for one in again.history] == [AlertState.REJECTED, AlertState.CANDIDATE]
        assert check(desk.office, desk.live, ANA, Question(gezim(), desk.grounds)).cleared == 0


def test_a_decision_is_on_the_ledger_without_its_reason(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        alert = an_alert(desk)
        confirm(desk.office, ANA, alert.id, REASON)
        last = desk.said()[-1]
        assert (last.what, last.who, last.objects[:2]) == (
            "alert-confirmed",
            ANA.person,
            (alert.id, alert.holding),
        )
        assert REASON not in repr(last)


def test_nothing_is_decided_in_a_closed_case(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        alert = an_alert(desk)
        close_case(desk.office, ANA, desk.case.id)
        with pytest.raises(Conflict):
            confirm(desk.office, ANA, alert.id, REASON)


def test_a_record_that_became_protected_is_not_confirmed(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        alert = an_alert(desk)
        desk.change(VOKSHI, category=Category.SUSPECT, born="2015-01-01")
        with pytest.raises(NotLawful) as refused:
            confirm(desk.office, ANA, alert.id, REASON)
        assert rules_of(refused.value) == {"L04/shielded"}


def test_what_an_alert_says_stays_as_it_was_decided_upon(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        alert = an_alert(desk)
        desk.change(VOKSHI, owner="Another unit")
        confirmed = confirm(desk.office, ANA, alert.id, REASON)
        assert confirmed.content == alert.content


def test_every_showing_of_alerts_is_on_the_ledger(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        alert = an_alert(desk)
        alerts_of_check(desk.office, ANA, alert.check)
        assert (desk.said()[-1].what, desk.said()[-1].objects) == ("alert-read", (alert.id,))


@pytest.mark.parametrize(("numbered", "left_out"), [(False, 0), (True, 1)])
def test_who_has_no_document_is_cleared_in_their_case_alone(
    tmp_path: Path, numbered: bool, left_out: int
) -> None:
    asked = gezim(documents=(passport(),)) if numbered else gezim()
    with a_desk(tmp_path) as desk:
        (alert,) = check(desk.office, desk.live, ANA, Question(asked, desk.grounds)).alerts
        reject(desk.office, ANA, alert.id, REASON, clear=True)
        assert check(desk.office, desk.live, ANA, Question(asked, desk.grounds)).cleared == 1
        other = open_case(desk.office, ANA, reference="2026/200", title="Another", offence="drugs")
        given = {"purpose": Purpose.INVESTIGATION, "basis": BASIS, "justification": WHY}
        grounds = give_grounds(desk.office, ANA, other.id, **given)
        assert check(desk.office, desk.live, ANA, Question(asked, grounds)).cleared == left_out
