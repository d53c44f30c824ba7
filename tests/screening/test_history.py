"""What was asked before, and what waits: for those who see the case, without contents until they are opened."""

from __future__ import annotations

from pathlib import Path

import pytest

from liaison.model.errors import NotFound
from liaison.screening.cases import close_case
from liaison.screening.confirming import reject
from liaison.screening.desk import Question, check
from liaison.screening.history import check_of, checks_of_case, how_many_wait, own_checks, waiting
from tests.node_fixtures import both_databases
from tests.screening.node import ANA, BEN, REASON, a_desk, enter, gezim, nobody


@both_databases
def test_a_check_opens_again_with_its_question_and_that_is_logged(tmp_path: Path, kind: str) -> None:
    with a_desk(tmp_path, kind) as desk:
        made = check(desk.office, desk.live, ANA, Question(gezim(), desk.grounds)).check
        look = check_of(desk.office, ANA, made)
        assert look.question is not None
        assert (look.question.subject, look.alerts, look.person) == (gezim(), 1, ANA.person)
        assert (desk.said()[-1].what, desk.said()[-1].objects) == ("check-read", (made,))


def test_a_list_of_checks_opens_no_question(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        made = [check(desk.office, desk.live, ANA, Question(nobody(), desk.grounds)).check for _ in range(3)]
        listed = checks_of_case(desk.office, ANA, desk.case.id)
        assert {look.id for look in listed} == set(made)
        assert all(look.question is None for look in listed)
        assert own_checks(desk.office, ANA) == listed
        assert (
            own_checks(desk.office, ANA, limit=1) + own_checks(desk.office, ANA, before=listed[0].id)
            == listed
        )


def test_another_persons_checks_are_not_found(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        made = check(desk.office, desk.live, ANA, Question(gezim(), desk.grounds)).check
        enter(desk.office, BEN)
        assert own_checks(desk.office, BEN) == []
        for ask in (
            lambda: check_of(desk.office, BEN, made),
            lambda: checks_of_case(desk.office, BEN, desk.case.id),
        ):
            with pytest.raises(NotFound):
                ask()


@both_databases
def test_alerts_wait_until_somebody_decides_or_the_case_is_closed(tmp_path: Path, kind: str) -> None:
    with a_desk(tmp_path, kind) as desk:
        alerts = [
            check(desk.office, desk.live, ANA, Question(gezim(), desk.grounds)).alerts[0] for _ in range(2)
        ]
        found = waiting(desk.office, ANA)
        (newest,) = found.alerts
        earlier = {one.id for one in found.earlier[newest.id]}
        assert {newest.id, *earlier} == {alert.id for alert in alerts}, "on the same, and none is lost"
        assert (found.total, desk.said()[-1].what) == (1, "alert-read")
        reject(desk.office, ANA, alerts[0].id, REASON)
        assert how_many_wait(desk.office, ANA) == 1
        assert how_many_wait(desk.office, BEN) == 0
        close_case(desk.office, ANA, desk.case.id)
        assert how_many_wait(desk.office, ANA) == 0
