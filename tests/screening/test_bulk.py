"""Lists of people: read row by row, approved by a second person, run beside everything else, stopped when cancelled."""

from __future__ import annotations

from pathlib import Path

import pytest

from liaison import policy
from liaison.model.errors import Conflict, NotFound, NotLawful
from liaison.model.roles import Role
from liaison.officers import approvals
from liaison.screening import bulk_runs, running
from liaison.screening.alerting import alerts_of_check
from liaison.screening.approved import ask_for_more
from liaison.screening.bulk_orders import ListOrder, cancel, list_of, order_list, pasted, progress_of
from liaison.screening.bulk_runs import Runs, begin, finish, recover
from liaison.screening.confirming import reject
from liaison.screening.desk import Question, check
from liaison.screening.grounds import READ, grounds_of_approval
from liaison.screening.list_rules import ListState
from tests.node_fixtures import both_databases
from tests.screening.conftest import crowd
from tests.screening.node import ANA, BEN, REASON, WHY, Desk, a_desk, actor, enter, gezim, rules_of

CARL = actor("carl", Role.APPROVER)
FEW = "Gëzim Vokshi 1984-02-03\nWolfgang Obermüller; 1931-11-30; DEU\nMarta Oliveira"
MANY = "name,born\n" + "\n".join(f"{given} {surname},{born}" for _, given, surname, born in crowd()[:120])


def ran(desk: Desk, order: str) -> ListState:
    """What a list came to."""
    return finish(desk.office, desk.live, begin(desk.office, ANA, order))


def approve(desk: Desk, approval: str) -> None:
    """A second person says yes."""
    enter(desk.office, CARL)
    approvals.decide(desk.office, CARL, approval, True, "Seen, and in order")


@both_databases
def test_a_pasted_list_is_checked_and_its_alerts_are_ranked(tmp_path: Path, kind: str) -> None:
    with a_desk(tmp_path, kind) as desk:
        order = order_list(desk.office, ANA, pasted(desk.grounds, FEW))
        assert (order.state, order.subjects, order.approval) == (ListState.WAITING, 3, "")
        runs = Runs()
        runs.start(desk.office, desk.live, ANA, order.id)
        runs.wait(order.id)
        done = progress_of(desk.office, ANA, order.id)
        assert (done.state, done.done) == (ListState.DONE, 3)
        (alert,) = alerts_of_check(desk.office, ANA, done.check)
        assert alert.content is not None
        assert (alert.holding, alert.content.subject.id) == (desk.ids["R900"], "1")


def test_bad_rows_are_reported_and_the_others_are_kept(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        content = b"name,born\nAna Leka,1984-13-44\n,1990-01-01\nLuan Duka,1990-01-01\n"
        order = order_list(desk.office, ANA, ListOrder(desk.grounds, content, "travellers.csv"))
        assert order.subjects == 2
        assert {(bad.row, bad.field) for bad in order.bad} == {(1, "born"), (2, "")}
        assert list_of(desk.office, ANA, order.id).bad == order.bad


@both_databases
def test_a_list_over_the_threshold_waits_for_a_second_person(tmp_path: Path, kind: str) -> None:
    with a_desk(tmp_path, kind) as desk:
        order = order_list(desk.office, ANA, pasted(desk.grounds, MANY))
        assert order.approval
        with pytest.raises(Conflict):
            begin(desk.office, ANA, order.id)
        approve(desk, order.approval)
        assert ran(desk, order.id) is ListState.DONE
        assert approvals.show(desk.office, ANA, order.approval).state.value == "used"


def test_whoever_asks_cannot_approve_whatever_their_role(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        order = order_list(desk.office, ANA, pasted(desk.grounds, MANY))
        ana_again = policy.Actor(person=ANA.person, roles=frozenset({Role.APPROVER}), trained=True)
        with pytest.raises((NotFound, NotLawful)):
            approvals.decide(desk.office, ana_again, order.approval, True, "Fine with me")


def test_whoever_decides_reads_why_and_the_look_is_on_the_ledger(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        approval = order_list(desk.office, ANA, pasted(desk.grounds, MANY)).approval
        enter(desk.office, CARL)
        given = grounds_of_approval(desk.office, CARL, approval)
        assert given is not None
        assert (given.justification, given.person) == (WHY, ANA.person)
        look = desk.said()[-1]
        assert (look.what, look.who, look.grounds) == (READ, CARL.person, given.id)
        with pytest.raises(NotFound):
            grounds_of_approval(desk.office, BEN, approval)
        other = ask_for_more(desk.office, ANA, desk.case.id, 5, REASON)
        assert grounds_of_approval(desk.office, CARL, other) is None


def test_an_approval_of_one_list_runs_no_other(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        one = order_list(desk.office, ANA, pasted(desk.grounds, MANY))
        other = order_list(desk.office, ANA, pasted(desk.grounds, MANY))
        approve(desk, one.approval)
        assert ran(desk, one.id) is ListState.DONE
        with pytest.raises(Conflict):
            begin(desk.office, ANA, other.id)


def test_a_list_that_is_refused_for_another_reason_asks_for_no_approval(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        with pytest.raises(NotLawful) as refused:
            order_list(desk.office, actor("ana", Role.APPROVER), pasted(desk.grounds, MANY))
        assert "P01/check-bulk" in rules_of(refused.value)
        assert approvals.requests_of(desk.office, ANA) == []


@both_databases
def test_single_checks_add_up_to_a_list(tmp_path: Path, kind: str) -> None:
    with a_desk(tmp_path, kind) as desk:
        most = policy.limits(desk.office.regimes).bulk_persons
        ran(desk, order_list(desk.office, ANA, pasted(desk.grounds, _people(most - 1))).id)
        check(desk.office, desk.live, ANA, Question(gezim(), desk.grounds))
        with pytest.raises(NotLawful) as refused:
            check(desk.office, desk.live, ANA, Question(gezim(), desk.grounds))
        assert rules_of(refused.value) == {"L10/bulk"}
        desk.clock.forward(days=8)
        check(desk.office, desk.live, ANA, Question(gezim(), desk.grounds))


def test_a_list_of_one_counts_together_with_those_before(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        most = policy.limits(desk.office.regimes).bulk_persons
        first = order_list(desk.office, ANA, pasted(desk.grounds, _people(most)))
        second = order_list(desk.office, ANA, pasted(desk.grounds, "Gëzim Vokshi 1984-02-03"))
        assert (first.approval, second.approval) == ("", "")
        assert ran(desk, first.id) is ListState.DONE
        with pytest.raises(NotLawful):
            begin(desk.office, ANA, second.id)


def test_of_two_lists_that_are_each_allowed_the_second_to_end_is_refused(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        most = policy.limits(desk.office.regimes).bulk_persons
        begun = [
            begin(desk.office, ANA, order_list(desk.office, ANA, pasted(desk.grounds, _people(most))).id)
            for _ in range(2)
        ]
        assert [finish(desk.office, desk.live, one) for one in begun] == [ListState.DONE, ListState.FAILED]
        assert desk.verbs().count("check-answered") == 1


def test_nothing_is_told_of_a_cancelled_list(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        order = order_list(desk.office, ANA, pasted(desk.grounds, FEW))
        begun = begin(desk.office, ANA, order.id)
        cancel(desk.office, ANA, order.id)
        assert finish(desk.office, desk.live, begun) is ListState.CANCELLED
        assert progress_of(desk.office, ANA, order.id).check == ""
        assert "check" not in desk.verbs()


def test_progress_stops_a_list_that_was_cancelled_while_it_ran(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with a_desk(tmp_path) as desk:
        monkeypatch.setattr(running, "EVERY", 0.0)
        order = order_list(desk.office, ANA, pasted(desk.grounds, FEW))
        begun = begin(desk.office, ANA, order.id)
        cancel(desk.office, ANA, order.id)
        progress = bulk_runs._progress(desk.office, order.id, 3)
        with pytest.raises(bulk_runs._Cancelled):
            progress(1, 3)
        assert finish(desk.office, desk.live, begun) is ListState.CANCELLED


def test_a_cleared_pair_is_left_out_of_a_list_and_counted(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        runs = []
        for _ in range(2):
            order = order_list(desk.office, ANA, pasted(desk.grounds, FEW))
            assert ran(desk, order.id) is ListState.DONE
            runs.append(alerts_of_check(desk.office, ANA, progress_of(desk.office, ANA, order.id).check))
            for alert in runs[-1]:
                reject(desk.office, ANA, alert.id, REASON, clear=True)
        assert [len(alerts) for alerts in runs] == [1, 0]
        assert desk.said()[-1].detail["cleared"] == "1"


def test_another_persons_list_is_not_found(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        order = order_list(desk.office, ANA, pasted(desk.grounds, FEW))
        for verb in (cancel, list_of, progress_of):
            with pytest.raises(NotFound):
                verb(desk.office, BEN, order.id)


def test_a_list_that_ran_when_the_node_stopped_is_given_up(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        order = order_list(desk.office, ANA, pasted(desk.grounds, FEW))
        begin(desk.office, ANA, order.id)
        assert recover(desk.office) == 1
        assert progress_of(desk.office, ANA, order.id).state is ListState.FAILED


def test_a_list_says_nothing_of_its_people_in_clear(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        order = order_list(desk.office, ANA, pasted(desk.grounds, FEW))
        ran(desk, order.id)
        desk.office.store.close()
        kept = b"".join(path.read_bytes() for path in tmp_path.glob("node.db*"))
        assert b"Vokshi" not in kept
        assert "Obermüller".encode() not in kept


def _people(count: int) -> str:
    """As many people as no list holds."""
    return "\n".join(
        f"Wolfgang Obermüller {1900 + number // 12}-{number % 12 + 1:02}-11" for number in range(count)
    )
