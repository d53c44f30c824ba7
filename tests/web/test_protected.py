"""Protected persons over HTTP: for named officers and purposes of protection alone; others learn nothing."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import update

from liaison.model.grounds import Purpose
from liaison.model.roles import Role
from liaison.screening import grounds as grounds_service
from liaison.storage.tables.officers import PEOPLE
from tests.web.payloads import WHY
from tests.web.scene import NORTH, PROTECTED, a_case, enrol, with_records
from tests.web_fixtures import Desk, Officer, a_desk


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("protected")
    with a_desk(folder) as desk:
        with_records(desk, enrol(desk, "Cle Clerk", NORTH, Role.DESK_OFFICER), folder / "lists", 20)
        yield desk


def named(desk: Desk, name: str) -> Officer:
    officer = enrol(desk, name, NORTH, Role.DESK_OFFICER)
    chosen = update(PEOPLE).where(PEOPLE.c.id == officer.person).values(safeguards=True)
    desk.office.write(lambda connection: connection.execute(chosen))
    return officer


def for_protection(desk: Desk, officer: Officer, case: str) -> str:
    return grounds_service.give_grounds(
        desk.office,
        desk.actor(officer),
        case,
        purpose=Purpose.SAFEGUARDING,
        basis="vital-interest",
        justification=WHY,
    )


def test_a_named_officer_is_answered_for_protection(desk: Desk) -> None:
    officer = named(desk, "Nora Named")
    case, _ = a_case(desk, officer, "P-1")
    given = for_protection(desk, officer, case)
    with desk.browser(officer) as browser:
        assert 'href="/protected"' in browser.get("/").text
        asked = browser.post("/protected", data={"grounds": given, "name": PROTECTED})
        assert asked.status_code == 200
        assert "1996-09-14" in asked.text
        nobody = browser.post("/protected", data={"grounds": given, "name": "Zoltan Nowhere"})
        assert "No protected person is like this" in nobody.text


def test_another_purpose_is_refused_and_nothing_is_told(desk: Desk) -> None:
    officer = named(desk, "Nils Named")
    _, given = a_case(desk, officer, "P-2")
    with desk.browser(officer) as browser:
        refused = browser.post("/protected", data={"grounds": given, "name": PROTECTED})
        assert refused.status_code == 403
        assert "1996-09-14" not in refused.text
        assert "l-refusal" in refused.text


def test_who_is_not_named_is_refused_and_sees_no_way_there(desk: Desk) -> None:
    officer = enrol(desk, "Olga Other", NORTH, Role.DESK_OFFICER)
    case, _ = a_case(desk, officer, "P-3")
    given = for_protection(desk, officer, case)
    with desk.browser(officer) as browser:
        assert 'href="/protected"' not in browser.get("/").text
        assert "You are not named for this" in browser.get("/protected").text
        refused = browser.post("/protected", data={"grounds": given, "name": PROTECTED})
        assert refused.status_code == 403
        assert "1996-09-14" not in refused.text


def test_others_find_no_such_page(desk: Desk) -> None:
    with desk.browser(enrol(desk, "Ines Investigator", NORTH, Role.INVESTIGATOR)) as browser:
        assert browser.get("/protected").status_code == 404
