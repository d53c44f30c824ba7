"""Threat A20: an officer who asks about themself is seen by whoever supervises, and the ledger notes it."""

from __future__ import annotations

from pathlib import Path

import pytest

from liaison import policy
from liaison.model.grounds import Purpose
from liaison.model.identifiers import Country, Plate
from liaison.model.roles import Role
from liaison.model.subjects import Name, Person, Vehicle
from liaison.officers import notices
from liaison.screening.asked import people_of
from liaison.screening.bulk_orders import order_list, pasted
from liaison.screening.bulk_runs import begin, finish
from liaison.screening.case_rules import Part
from liaison.screening.cases import add_member
from liaison.screening.desk import Question, check
from liaison.screening.grounds import give_grounds
from liaison.screening.list_rules import ListState
from liaison.screening.oneself import names
from liaison.screening.oneself_rules import may_be_in_list, may_be_oneself
from tests.node_fixtures import both_databases
from tests.screening.node import BASIS, WHY, Desk, a_desk, actor, enter, nobody

DREN = actor("Dren Hoxhaj")  # the tests' people are named as their ids are
BOTH = actor("Dren Hoxhaj", Role.INVESTIGATOR, Role.SUPERVISOR)
BOSS = actor("boss", Role.SUPERVISOR)
GUARD = actor("guard", Role.DATA_PROTECTION_OFFICER)


@pytest.mark.parametrize(
    "asked", ["Ana Dema", "Dema, Ana", "DEMA Ana", "Ана Дема", "Anna Dema", "Ana Maria Dema", "Dr Ana Dema"]
)
def test_ones_own_name_is_known_however_it_is_written(asked: str) -> None:
    assert may_be_oneself("Ana Dema", [asked])
    assert may_be_in_list("Ana Dema", ["Luan Prifti", asked])


@pytest.mark.parametrize("asked", ["Ana Hoxha", "Arta Dema", "Алексей Соболев", "Luan Prifti", "", "-"])
def test_another_name_is_not(asked: str) -> None:
    assert not may_be_oneself("Ana Dema", [asked])
    assert not may_be_in_list("Ana Dema", [asked])


def test_nobody_without_a_name_is_oneself() -> None:
    assert not may_be_oneself("", ["Ana Dema"])
    assert not may_be_in_list("", ["Ana Dema"])


def dren(name: str = "Hoxhaj, Person-Dren") -> Person:
    return Person(names=(Name(full=name),))


def grounds_of(desk: Desk, who: policy.Actor) -> str:
    """Grounds of this person's in the case."""
    enter(desk.office, who)
    add_member(desk.office, actor("ana"), desk.case.id, who.person, Part.MEMBER)
    return give_grounds(
        desk.office, who, desk.case.id, purpose=Purpose.INVESTIGATION, basis=BASIS, justification=WHY
    )


def told(desk: Desk, who: policy.Actor) -> list[tuple[str, str]]:
    return [(one.kind, one.object) for one in notices.waiting(desk.office, who)]


@both_databases
def test_who_asks_about_themself_is_answered_and_noticed(tmp_path: Path, kind: str) -> None:
    with a_desk(tmp_path, kind) as desk:
        grounds = grounds_of(desk, DREN)
        answer = check(desk.office, desk.live, DREN, Question(dren(), grounds))
        assert told(desk, BOSS) == [("asked-about-oneself", answer.check)]
        assert told(desk, GUARD) == []
        asked = next(one for one in desk.said() if one.what == "check")
        assert asked.detail["oneself"] == "may be"


def test_who_asks_about_another_is_not(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        grounds = grounds_of(desk, DREN)
        check(desk.office, desk.live, DREN, Question(nobody(), grounds))
        plate = Vehicle(plate=Plate("AA123BB"), registered=Country("ALB"))
        check(desk.office, desk.live, DREN, Question(plate, grounds))
        assert told(desk, BOSS) == []
        assert all("oneself" not in one.detail for one in desk.said())


def test_of_a_supervisors_own_the_data_protection_officer_is_told(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        answer = check(desk.office, desk.live, BOTH, Question(dren(), grounds_of(desk, BOTH)))
        assert told(desk, GUARD) == [("asked-about-oneself", answer.check)]
        assert told(desk, BOTH) == []


def test_oneself_in_a_list_is_noticed_too(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        grounds = grounds_of(desk, DREN)
        for text, noticed in (("Luan Prifti\nBesa Leka", 0), ("Luan Prifti\nHoxhaj Person Dren", 1)):
            listed = order_list(desk.office, DREN, pasted(grounds, text))
            begun = begin(desk.office, DREN, listed.id)
            assert finish(desk.office, desk.live, begun) is ListState.DONE
            assert len(told(desk, BOSS)) == noticed


def test_a_list_of_names_in_parts_is_read() -> None:
    asked = [Person(names=(Name(given="Ana", surname="Dema"),)), Person(names=(Name(full="Luan Prifti"),))]
    assert list(names(people_of(asked, ["1", "2"]))) == ["Ana Dema", "Luan Prifti"]
