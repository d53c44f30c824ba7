"""A check by an officer: who may, what is told, and that nothing is told that is not on the ledger."""

from __future__ import annotations

from pathlib import Path

import pytest

from liaison.model.errors import NotFound
from liaison.screening.desk import Question, check
from tests.node_fixtures import both_databases
from tests.screening.node import ANA, BEN, a_desk, gezim, nobody


@both_databases
def test_a_check_tells_who_matches_with_reasons_that_sum_to_the_score(tmp_path: Path, kind: str) -> None:
    with a_desk(tmp_path, kind) as desk:
        answer = check(desk.office, desk.live, ANA, Question(gezim(), desk.grounds))
        (alert,) = answer.alerts
        assert alert.content is not None
        assert alert.content.record.name == "Gëzim Vokshi"
        assert sum(reason.worth for reason in alert.content.reasons) == alert.score
        assert alert.holding == desk.ids["R900"]


@both_databases
def test_what_was_asked_and_what_was_told_stand_on_the_ledger(tmp_path: Path, kind: str) -> None:
    with a_desk(tmp_path, kind) as desk:
        answer = check(desk.office, desk.live, ANA, Question(gezim(), desk.grounds))
        asked, told = desk.said()[-2:]
        assert (asked.what, told.what, asked.objects[0]) == ("check", "check-answered", answer.check)
        assert len(asked.digest) == 64
        assert told.objects == (answer.check, desk.ids["R900"])
        assert "Vokshi" not in repr((asked, told))


def test_another_persons_grounds_are_not_found(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk, pytest.raises(NotFound):
        check(desk.office, desk.live, BEN, Question(nobody(), desk.grounds))
