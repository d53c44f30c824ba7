"""A case is seen by its members and the supervisors of its unit; to anyone else it is not there."""

from __future__ import annotations

from pathlib import Path

import pytest

from liaison.model.categories import CaseId
from liaison.model.errors import BadInput, Conflict, NotFound, NotLawful
from liaison.model.grounds import Purpose
from liaison.model.roles import Role
from liaison.officers import break_glass
from liaison.screening.case_rules import Part, reference_of, title_of
from liaison.screening.cases import (
    add_member,
    case_of,
    cases_of,
    close_case,
    members_of,
    open_case,
    remove_member,
)
from liaison.screening.desk import Question, check
from liaison.screening.grounds import give_grounds, grounds_of
from tests.node_fixtures import both_databases
from tests.screening.node import ANA, BEN, Desk, a_desk, actor, enter, gezim, rules_of

CHIEF, OTHER_CHIEF = actor("chief", Role.SUPERVISOR), actor("other", Role.SUPERVISOR)
ADMINISTRATOR = actor("admin", Role.ADMINISTRATOR)


@both_databases
def test_its_lead_sees_a_case_that_was_opened(tmp_path: Path, kind: str) -> None:
    with a_desk(tmp_path, kind) as desk:
        assert cases_of(desk.office, ANA) == [desk.case]
        assert case_of(desk.office, ANA, desk.case.id) == desk.case
        assert (desk.case.title, desk.case.part, desk.case.leads) == ("Van at the border", Part.LEAD, True)
        assert desk.said()[0].what == "case-opened"


@both_databases
def test_anyone_else_finds_no_case_and_not_by_any_verb(tmp_path: Path, kind: str) -> None:
    with a_desk(tmp_path, kind) as desk:
        enter(desk.office, BEN)
        assert cases_of(desk.office, BEN) == []
        for case in (desk.case.id, "case-of-nobody"):
            for verb in _verbs(desk, case):
                with pytest.raises(NotFound) as missing:
                    verb()
                assert str(missing.value) == "there is nothing here that you may see"


@both_databases
def test_the_supervisor_of_its_unit_sees_a_case_and_no_other_supervisor(tmp_path: Path, kind: str) -> None:
    with a_desk(tmp_path, kind) as desk:
        enter(desk.office, CHIEF)
        enter(desk.office, OTHER_CHIEF, unit="Unit 2")
        (seen,) = cases_of(desk.office, CHIEF)
        assert (seen.id, seen.part, seen.leads) == (desk.case.id, None, True)
        assert cases_of(desk.office, OTHER_CHIEF) == []


def test_a_supervisor_who_works_on_a_case_gives_grounds_to_read_and_still_asks_nothing(
    tmp_path: Path,
) -> None:
    with a_desk(tmp_path) as desk:
        enter(desk.office, CHIEF)
        given = {
            "purpose": Purpose.INVESTIGATION,
            "basis": "task",
            "justification": "I review how this is worked.",
        }
        with pytest.raises(NotLawful) as refused:
            give_grounds(desk.office, CHIEF, desk.case.id, **given)  # type: ignore[arg-type]
        assert "P01/check" in rules_of(refused.value)
        add_member(desk.office, ANA, desk.case.id, CHIEF.person, Part.MEMBER)
        grounds = give_grounds(desk.office, CHIEF, desk.case.id, **given)  # type: ignore[arg-type]
        with pytest.raises(NotLawful) as refused:
            check(desk.office, desk.live, CHIEF, Question(gezim(), grounds))
        assert rules_of(refused.value) == {"P01/check"}


def test_an_administrator_sees_no_case_and_opens_none(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        enter(desk.office, ADMINISTRATOR)
        assert cases_of(desk.office, ADMINISTRATOR) == []
        with pytest.raises(NotLawful) as refused:
            open_case(desk.office, ADMINISTRATOR, reference="2026/9", title="Mine", offence="drugs")
        assert rules_of(refused.value) == {"P01/open-case"}


def test_a_member_sees_the_case_and_does_not_lead_it(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        enter(desk.office, BEN)
        add_member(desk.office, ANA, desk.case.id, BEN.person, Part.MEMBER)
        assert [member.person for member in members_of(desk.office, BEN, desk.case.id)] == [
            ANA.person,
            BEN.person,
        ]
        with pytest.raises(NotFound):
            close_case(desk.office, BEN, desk.case.id)


def test_a_case_always_has_a_lead(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        for change in (
            lambda: remove_member(desk.office, ANA, desk.case.id, ANA.person),
            lambda: add_member(desk.office, ANA, desk.case.id, ANA.person, Part.READER),
        ):
            with pytest.raises(Conflict):
                change()
        assert case_of(desk.office, ANA, desk.case.id).part is Part.LEAD


def test_nobody_who_is_not_known_becomes_a_member(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk, pytest.raises(BadInput) as refused:
        add_member(desk.office, ANA, desk.case.id, BEN.person, Part.MEMBER)
    assert refused.value.field == "person"


def test_a_case_is_closed_once_and_for_good(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        close_case(desk.office, ANA, desk.case.id)
        with pytest.raises(Conflict):
            close_case(desk.office, ANA, desk.case.id)
        assert cases_of(desk.office, ANA) == []
        assert [case.id for case in cases_of(desk.office, ANA, closed=True)] == [desk.case.id]


def test_a_broken_glass_lets_a_case_be_seen_while_it_is_open(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        enter(desk.office, BEN)
        grounds = _grounds_of(desk)
        reason = "The lead cannot be reached and the van is at the border now"
        break_glass.open(desk.office, BEN, "case", desk.case.id, reason, grounds=grounds, hours=1)
        seen = case_of(desk.office, BEN, desk.case.id)
        assert (seen.part, seen.leads) == (None, False)
        desk.clock.forward(hours=1)
        with pytest.raises(NotFound):
            case_of(desk.office, BEN, desk.case.id)


@pytest.mark.parametrize("text", ["", "Gashi", "x" * 41, "2026/1; DROP", "٢٠٢٦", "../1\n"])
def test_a_name_is_no_reference(text: str) -> None:
    with pytest.raises(BadInput):
        reference_of(text)


def test_a_title_is_one_line() -> None:
    assert title_of(" Van\nat the  border ") == "Van at the border"
    for text in ("", " \n", "x" * 201):
        with pytest.raises(BadInput):
            title_of(text)


def _verbs(desk: Desk, case: str) -> list:  # type: ignore[type-arg]
    return [
        lambda: case_of(desk.office, BEN, case),
        lambda: members_of(desk.office, BEN, case),
        lambda: grounds_of(desk.office, BEN, case),
        lambda: add_member(desk.office, BEN, case, BEN.person, Part.MEMBER),
        lambda: remove_member(desk.office, BEN, case, ANA.person),
        lambda: close_case(desk.office, BEN, case),
    ]


def _grounds_of(desk: Desk):  # type: ignore[no-untyped-def]
    """Ben's grounds for breaking the glass, in words of his own."""
    from liaison.model.grounds import Grounds, Purpose

    return Grounds(
        purpose=Purpose.INVESTIGATION,
        case=CaseId(desk.case.id),
        basis="task",
        justification="The van of the case is standing at the border now",
        officer=BEN.person,
        given=desk.clock.now(),
        offence="drugs",
    )
