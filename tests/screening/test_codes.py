"""Short codes of alerts and records: said over the telephone, found by whoever may see what they name."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liaison.holdings.shelves import fresh_id
from liaison.model.errors import BadInput
from liaison.model.roles import Role
from liaison.office import new_id
from liaison.screening import keeping
from liaison.screening.alerting import Alert
from liaison.screening.code_rules import ALERT, CROCKFORD, RECORD, SIGNS, code_of, in_id, read_code
from liaison.screening.codes import named_by
from liaison.screening.desk import Question, check
from tests.node_fixtures import both_databases
from tests.screening.node import ANA, BEN, Desk, a_desk, actor, enter
from tests.screening.test_desk import gezim


def alerted(desk: Desk) -> Alert:
    (alert,) = check(desk.office, desk.live, ANA, Question(gezim(), desk.grounds)).alerts
    return alert


def ids(desk: Desk, who: object, typed: str) -> list[str]:
    return [one.id for one in named_by(desk.office, who, typed).alerts]  # type: ignore[arg-type]


def test_a_code_is_six_signs_of_the_id_and_leads_back_to_it() -> None:
    for kind, made in ((ALERT, lambda: new_id("alert")), (RECORD, fresh_id)):
        for id in {made() for _ in range(500)}:
            code = code_of(id)
            assert len(code) == SIGNS
            assert set(code) <= set(CROCKFORD)
            assert in_id(kind, code) in id


def test_codes_of_records_of_one_import_differ_although_their_ids_begin_alike() -> None:
    made = [fresh_id() for _ in range(2_000)]
    assert len({code_of(id) for id in made}) >= len(made) - 1, "30 bits: a pair in 500 such imports"


@given(st.text(CROCKFORD, min_size=SIGNS, max_size=SIGNS))
def test_a_code_is_read_as_people_write_it(code: str) -> None:
    spoken = code.lower().replace("0", "o").replace("1", "l")
    assert read_code(f" {spoken[:3]}-{spoken[3:]} ") == code


@pytest.mark.parametrize("typed", ["", "7K2M9", "7K2M9QQ", "7K2M9U", "7K2M9é", "alert-7k2m9q"])
def test_what_is_no_code_is_refused(typed: str) -> None:
    with pytest.raises(BadInput, match="no code") as error:
        read_code(typed)
    assert (error.value.field, "7K2M9Q" in error.value.hint) == ("code", True)


@both_databases
def test_a_code_finds_its_alert_and_record_for_whoever_may_see_them_alone(tmp_path: Path, kind: str) -> None:
    with a_desk(tmp_path, kind) as desk:
        alert = alerted(desk)
        assert ids(desk, ANA, code_of(alert.id)) == [alert.id]
        assert desk.said()[-2].objects == (alert.id,), "that it was shown is recorded"
        answers_for_records = actor("ben", Role.DESK_OFFICER)
        enter(desk.office, answers_for_records)
        assert ids(desk, answers_for_records, code_of(alert.id)) == []
        record = named_by(desk.office, answers_for_records, code_of(alert.holding)).records
        assert [one.id for one in record] == [alert.holding]
        assert named_by(desk.office, BEN, code_of(alert.holding)).records == []
        assert [one.id for one in named_by(desk.office, ANA, code_of(alert.holding)).records] == [
            alert.holding
        ]


def test_two_alerts_with_one_code_are_both_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = iter(("a", "b"))
    monkeypatch.setattr(keeping, "new_id", lambda kind: f"{kind}-kq7xz2{next(made) * 20}")
    with a_desk(tmp_path) as desk:
        first = alerted(desk)
        desk.clock.forward(hours=1)
        second = alerted(desk)
        assert code_of(first.id) == code_of(second.id)
        assert ids(desk, ANA, code_of(first.id)) == [second.id, first.id], "the newest first"
