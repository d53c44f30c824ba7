"""Cases over HTTP: opened, joined, given grounds, closed; and what is refused, with its field."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from liaison.model.roles import Role
from tests.web.payloads import WHY
from tests.web.scene import NORTH, SOUTH, a_case, enrol
from tests.web_fixtures import Desk, Officer, a_desk

CASE = {"reference": "N-2026-7", "title": "Harbour", "offence": "trafficking-persons"}
GROUNDS = {"purpose": "investigation", "basis": "task", "justification": WHY}


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with a_desk(tmp_path_factory.mktemp("cases")) as desk:
        yield desk


@pytest.fixture(scope="module")
def lead(desk: Desk) -> Officer:
    return enrol(desk, "Lea Lead", NORTH, Role.INVESTIGATOR)


@pytest.fixture(scope="module")
def other(desk: Desk) -> Officer:
    return enrol(desk, "Otto Other", SOUTH, Role.INVESTIGATOR)


def opened(desk: Desk, by: Officer, reference: str) -> str:
    with desk.program(by) as program:
        answer = program.post("/api/v1/cases", json=CASE | {"reference": reference})
        assert answer.status_code == 201
        return str(answer.json()["id"])


def test_a_case_is_opened_and_leads_to_its_grounds_and_a_check(desk: Desk, lead: Officer) -> None:
    with desk.browser(lead) as browser:
        answer = browser.post("/cases/new", data=CASE)
        assert answer.status_code == 303
        place, _, done = answer.headers["location"].partition("?")
        assert done == "done=case-opened"
        assert place.endswith("/grounds")
        form = browser.get(place)
        assert "N-2026-7" in form.text
        given = browser.post(place, data=GROUNDS)
        assert given.status_code == 303
        assert given.headers["location"].startswith("/check?grounds=grounds-")
        assert browser.get(given.headers["location"]).status_code == 200
        case = browser.get(place.removesuffix("/grounds")).text
        assert "Harbour" in case
        assert "Lea Lead" in case
        assert WHY in case


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"reference": "Ana Gashi"}, "reference"),
        ({"reference": ""}, "reference"),
        ({"title": "  "}, "title"),
        ({"offence": "being-poor"}, "offence"),
        ({"offence": ""}, "offence"),
    ],
)
def test_a_form_that_is_refused_keeps_its_input(
    desk: Desk, lead: Officer, wrong: dict[str, str], field: str
) -> None:
    sent = CASE | {"reference": "N-1", "title": "Kept title"} | wrong
    with desk.browser(lead) as browser:
        answer = browser.post("/cases/new", data=sent)
    assert answer.status_code == 400
    assert f'href="#{field}"' in answer.text
    if field != "title":
        assert 'value="Kept title"' in answer.text
    with desk.program(lead) as program:
        told = program.post("/api/v1/cases", json=sent)
        assert (told.status_code, told.json()["field"]) == (400, field)


def test_grounds_that_no_check_could_rest_on_are_refused_with_their_reasons(
    desk: Desk, lead: Officer
) -> None:
    case = opened(desk, lead, "N-10")
    with desk.program(lead) as program:
        answer = program.post(f"/api/v1/cases/{case}/grounds", json=GROUNDS | {"basis": "order"})
        assert answer.status_code == 403
        (reason,) = answer.json()["reasons"]
        assert reason["missing"]
        assert reason["remedy"]
        assert "2023/977" in reason["source"] or "2016/680" in reason["source"]
    with desk.browser(lead) as browser:
        page = browser.post(f"/cases/{case}/grounds", data=GROUNDS | {"basis": "order"})
        assert page.status_code == 403
        assert reason["missing"] in page.text
        assert WHY in page.text, "what was typed is kept"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"justification": "because"}, "justification"),
        ({"justification": "!!! ??? ... --- ///"}, "justification"),
        ({"basis": ""}, "basis"),
    ],
)
def test_grounds_that_say_too_little_are_refused_at_their_field(
    desk: Desk, lead: Officer, wrong: dict[str, str], field: str
) -> None:
    _, given = a_case(desk, lead, f"N-2{field[0]}{len(str(wrong))}")
    with desk.program(lead) as program:
        case = program.get("/api/v1/cases").json()["items"][0]["id"]
        answer = program.post(f"/api/v1/cases/{case}/grounds", json=GROUNDS | wrong)
        assert (answer.status_code, answer.json()["field"]) == (400, field)
        assert given


def test_grounds_are_kept_and_the_last_ones_take_the_place_of_those_before(desk: Desk, lead: Officer) -> None:
    case = opened(desk, lead, "N-11")
    with desk.program(lead) as program:
        first = program.post(f"/api/v1/cases/{case}/grounds", json=GROUNDS).json()
        desk.clock.forward(seconds=1)
        second = program.post(f"/api/v1/cases/{case}/grounds", json=GROUNDS).json()
        listed = program.get(f"/api/v1/cases/{case}/grounds").json()["items"]
    assert [(one["id"], one["ended"] is None) for one in listed] == [
        (second["id"], True),
        (first["id"], False),
    ]
    assert listed[0]["justification"] == WHY


def test_a_colleague_is_let_in_and_sent_out(desk: Desk, lead: Officer, other: Officer) -> None:
    case = opened(desk, lead, "N-12")
    with desk.browser(lead) as mine, desk.browser(other) as theirs:
        assert theirs.get(f"/cases/{case}").status_code == 404
        answer = mine.post(f"/cases/{case}/members", data={"person": other.person, "part": "reader"})
        assert answer.status_code == 303
        assert theirs.get(f"/cases/{case}").status_code == 200
        refused = theirs.post(f"/cases/{case}/close", data={"sure": "yes"})
        assert refused.status_code == 404, "a reader does not lead"
        assert mine.post(f"/cases/{case}/members/remove", data={"person": other.person}).status_code == 303
        assert theirs.get(f"/cases/{case}").status_code == 404


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.AUDITOR, None])
def test_nobody_without_cases_is_let_in(desk: Desk, lead: Officer, role: Role | None) -> None:
    case = opened(desk, lead, f"N-13{role.name[0] if role else 'X'}")
    person = "person-" + "a" * 26
    if role is Role.ADMINISTRATOR:
        person = desk.administrator.person
    elif role:
        person = enrol(desk, f"The {role.name}", NORTH, role).person
    with desk.browser(lead) as browser:
        answer = browser.post(f"/cases/{case}/members", data={"person": person, "part": "member"})
    assert answer.status_code == 400
    assert "nobody who works on cases here" in answer.text


def test_the_last_lead_stays(desk: Desk, lead: Officer) -> None:
    case = opened(desk, lead, "N-14")
    with desk.browser(lead) as browser:
        answer = browser.post(f"/cases/{case}/members/remove", data={"person": lead.person})
        assert answer.status_code == 409
        assert "no lead" in answer.text


def test_a_case_is_closed_for_good_once_the_box_is_ticked(desk: Desk, lead: Officer) -> None:
    case = opened(desk, lead, "N-15")
    with desk.browser(lead) as browser, desk.program(lead) as program:
        unsure = browser.post(f"/cases/{case}/close", data={})
        assert unsure.status_code == 400
        assert 'href="#sure"' in unsure.text
        assert browser.post(f"/cases/{case}/close", data={"sure": "yes"}).status_code == 303
        assert browser.post(f"/cases/{case}/close", data={"sure": "yes"}).status_code == 409
        assert program.post(f"/api/v1/cases/{case}/grounds", json=GROUNDS).status_code == 409
        assert case not in str(program.get("/api/v1/cases").json())
        assert case in str(program.get("/api/v1/cases", params={"closed": True}).json())
        assert browser.get("/cases", params={"closed": "true"}).text.count("N-15") >= 1


def test_cases_go_on_by_cursor(desk: Desk, other: Officer) -> None:
    made = {opened(desk, other, f"S-{number}") for number in range(5)}
    seen: list[str] = []
    cursor = ""
    with desk.program(other) as program:
        while True:
            listed = program.get("/api/v1/cases", params={"limit": 2, "cursor": cursor}).json()
            seen += [each["id"] for each in listed["items"]]
            cursor = listed["next"]
            if not cursor:
                break
        wrong = program.get("/api/v1/cases", params={"cursor": "bm9uc2Vuc2U"})
        assert (wrong.status_code, wrong.json()["field"]) == (400, "cursor")
    assert len(seen) == len(set(seen))
    assert made <= set(seen)


def test_a_supervisor_sees_the_cases_of_their_unit_alone(desk: Desk, lead: Officer, other: Officer) -> None:
    north, south = opened(desk, lead, "N-16"), opened(desk, other, "S-16")
    supervisor = enrol(desk, "Sam Super", NORTH, Role.SUPERVISOR)
    with desk.program(supervisor) as program:
        assert program.get(f"/api/v1/cases/{north}").status_code == 200
        assert program.get(f"/api/v1/cases/{south}").status_code == 404
        listed = {one["id"] for one in program.get("/api/v1/cases", params={"limit": 200}).json()["items"]}
    assert north in listed
    assert south not in listed


def test_a_field_that_there_is_not_is_named(desk: Desk, lead: Officer) -> None:
    with desk.program(lead) as program:
        answer = program.post("/api/v1/cases", json=CASE | {"nationality": "ALB"})
    assert answer.status_code == 400
    assert "nationality" in str(answer.json()["invalid"])
