"""Standing questions tell when a matching record arrives, as long as the law carries them, and end by themselves."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from liaison import policy
from liaison.model.errors import Conflict, NotFound, NotLawful
from liaison.model.grounds import Purpose
from liaison.model.identifiers import Plate
from liaison.model.subjects import Vehicle
from liaison.officers import notices
from liaison.policy import AlertState
from liaison.screening.alerting import alerts_of_case
from liaison.screening.cases import close_case
from liaison.screening.confirming import reject
from liaison.screening.desk import Question, check
from liaison.screening.grounds import give_grounds
from liaison.screening.standing import Standing, keep, standing_of, withdraw
from liaison.screening.standing_runs import run_standing
from liaison.storage.tables.officers import ACCOUNTS
from tests.node_fixtures import START, both_databases
from tests.screening.node import ANA, BASIS, BEN, REASON, WHY, Desk, a_desk, gezim, nobody, rules_of

MONTH = START + timedelta(days=29)
WOLFGANG = ("R901", "Wolfgang", "Obermüller", "1931-11-30")


def kept(desk: Desk, expires: object = MONTH) -> Standing:
    """A standing question about somebody whom no list holds yet."""
    answer = check(desk.office, desk.live, ANA, Question(nobody(), desk.grounds))
    assert answer.alerts == ()
    return keep(desk.office, desk.live, ANA, answer.check, expires)  # type: ignore[arg-type]


@both_databases
def test_a_record_that_arrives_makes_an_alert_and_a_notice(tmp_path: Path, kind: str) -> None:
    with a_desk(tmp_path, kind) as desk:
        standing = kept(desk)
        assert run_standing(desk.office, desk.live).alerts == 0
        desk.arrive(WOLFGANG)
        assert run_standing(desk.office, desk.live).alerts == 1
        (alert,) = alerts_of_case(desk.office, ANA, desk.case.id)
        assert (alert.standing, alert.holding, alert.state) == (
            standing.id,
            desk.ids["R901"],
            AlertState.CANDIDATE,
        )
        assert [(one.kind, one.object) for one in notices.waiting(desk.office, ANA)] == [
            ("standing-alert", alert.check)
        ]


def test_an_alert_of_a_standing_question_is_scored_as_a_check_scores_it(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        kept(desk)
        desk.arrive(WOLFGANG)
        run_standing(desk.office, desk.live)
        (told,) = alerts_of_case(desk.office, ANA, desk.case.id)
        (asked,) = check(desk.office, desk.live, ANA, Question(nobody(), desk.grounds)).alerts
        assert (told.score, told.content) == (asked.score, asked.content)


@both_databases
def test_what_was_told_once_is_not_told_twice(tmp_path: Path, kind: str) -> None:
    with a_desk(tmp_path, kind) as desk:
        kept(desk)
        desk.arrive(WOLFGANG)
        assert run_standing(desk.office, desk.live).alerts == 1
        desk.change(WOLFGANG, owner="Another unit")
        desk.live.refresh()
        again = run_standing(desk.office, desk.live)
        assert (again.changed, again.alerts) == (1, 0)


def test_what_the_check_told_is_not_told_again(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        answer = check(desk.office, desk.live, ANA, Question(gezim(), desk.grounds))
        keep(desk.office, desk.live, ANA, answer.check, MONTH)
        desk.change(("R900", "Gëzim", "Vokshi", "1984-02-03"), document="BA1234567", owner="Another unit")
        desk.live.refresh()
        run = run_standing(desk.office, desk.live)
        assert (run.changed, run.alerts) == (1, 0)


def test_a_run_that_was_broken_off_is_done_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with a_desk(tmp_path) as desk:
        kept(desk)
        desk.arrive(WOLFGANG)
        with monkeypatch.context() as broken:
            broken.setattr("liaison.screening.standing_runs._tell", _stop)
            with pytest.raises(KeyboardInterrupt):
                run_standing(desk.office, desk.live)
        assert run_standing(desk.office, desk.live).alerts == 1


def test_an_expired_question_asks_no_more_and_says_so(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        standing = kept(desk)
        desk.clock.forward(days=29)
        desk.arrive(WOLFGANG)
        run = run_standing(desk.office, desk.live)
        assert (run.alerts, run.ended) == (0, 1)
        (over,) = standing_of(desk.office, ANA, ended=True)
        assert (over.id, over.why_ended) == (standing.id, "expired")


def test_an_end_that_the_law_does_not_allow_is_refused(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        days = policy.limits(desk.office.regimes).standing_days
        with pytest.raises(NotLawful) as refused:
            kept(desk, START + timedelta(days=days, seconds=1))
        assert rules_of(refused.value) == {"L16/standing"}


def test_a_question_ends_with_its_case(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        kept(desk)
        close_case(desk.office, ANA, desk.case.id)
        desk.arrive(WOLFGANG)
        assert run_standing(desk.office, desk.live).alerts == 0
        assert [one.why_ended for one in standing_of(desk.office, ANA, ended=True)] == ["case closed"]


def test_a_question_ends_when_its_person_has_left(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        kept(desk)
        left = update(ACCOUNTS).where(ACCOUNTS.c.person == ANA.person).values(state="ended")
        desk.office.write(lambda connection: connection.execute(left))
        desk.arrive(WOLFGANG)
        assert run_standing(desk.office, desk.live).alerts == 0
        assert [one.why_ended for one in standing_of(desk.office, ANA, ended=True)] == ["no longer lawful"]
        assert "refused" in desk.verbs()


def test_a_question_goes_on_when_its_grounds_are_given_again(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        kept(desk)
        words = {"purpose": Purpose.INVESTIGATION, "basis": BASIS, "justification": WHY}
        give_grounds(desk.office, ANA, desk.case.id, **words)
        desk.arrive(WOLFGANG)
        assert run_standing(desk.office, desk.live).alerts == 1


def test_a_withdrawn_question_asks_no_more(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        standing = kept(desk)
        withdraw(desk.office, ANA, standing.id)
        desk.arrive(WOLFGANG)
        assert run_standing(desk.office, desk.live).alerts == 0
        with pytest.raises(Conflict):
            withdraw(desk.office, ANA, standing.id)


def test_another_persons_check_or_question_is_not_found(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        standing = kept(desk)
        for ask in (
            lambda: keep(desk.office, desk.live, BEN, standing.check, MONTH),
            lambda: withdraw(desk.office, BEN, standing.id),
        ):
            with pytest.raises(NotFound):
                ask()


def test_one_check_stands_once(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        standing = kept(desk)
        with pytest.raises(Conflict):
            keep(desk.office, desk.live, ANA, standing.check, MONTH)


def test_a_pair_that_was_cleared_meanwhile_is_left_out(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        kept(desk)
        desk.arrive(WOLFGANG)
        (alert,) = check(desk.office, desk.live, ANA, Question(nobody(), desk.grounds)).alerts
        reject(desk.office, ANA, alert.id, REASON, clear=True)
        assert run_standing(desk.office, desk.live).alerts == 0


def test_a_vehicle_is_told_when_its_record_arrives(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        van = Vehicle(plate=Plate("AA 107 OB"))
        answer = check(desk.office, desk.live, ANA, Question(van, desk.grounds))
        keep(desk.office, desk.live, ANA, answer.check, MONTH)
        desk.arrive(WOLFGANG, subject=Vehicle(plate=Plate("AA107OB")))
        assert run_standing(desk.office, desk.live).alerts == 1


def _stop(*_: object) -> None:
    raise KeyboardInterrupt
