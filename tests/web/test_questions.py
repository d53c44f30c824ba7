"""Standing questions over HTTP: kept from a check or asked anew, read by their case, ended by whoever asked."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from liaison.holdings.imports import import_file
from liaison.model.roles import Role
from liaison.screening.standing_runs import run_standing
from tests.web.scene import NORTH, SOUTH, a_case, ask, enrol, order
from tests.web_fixtures import Desk, Officer, a_desk

ASKED = {"kind": "person", "names": [{"full": "Wolfgang Obermüller"}], "born": ["1931-11-30"]}
ARRIVES = "record_id,name,born,category\nR-1,Wolfgang Obermüller,1931-11-30,suspect\n".encode()


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with a_desk(tmp_path_factory.mktemp("questions")) as desk:
        yield desk


@pytest.fixture(scope="module")
def ana(desk: Desk) -> Officer:
    return enrol(desk, "Ana Asks", NORTH, Role.INVESTIGATOR)


@pytest.fixture(scope="module")
def grounds(desk: Desk, ana: Officer) -> str:
    return a_case(desk, ana)[1]


def day(desk: Desk, days: int) -> dict[str, str]:
    until = desk.office.now().date() + timedelta(days=days)
    return {"until-day": str(until.day), "until-month": str(until.month), "until-year": str(until.year)}


def test_a_question_is_asked_kept_and_ended_on_pages(desk: Desk, ana: Officer, grounds: str) -> None:
    with desk.browser(ana) as browser:
        form = {"grounds": grounds, "name": "Nobody Here", **day(desk, 20)}
        kept = browser.post("/questions/new", data=form)
        assert kept.status_code == 303
        place = kept.headers["location"].partition("?")[0]
        assert "Nobody Here" in browser.get(place).text
        assert place in browser.get("/questions").text
        assert browser.post(f"{place}/end").status_code == 303
        assert "Ended by hand" in browser.get(place).text
        assert place not in browser.get("/questions").text
        assert place in browser.get("/questions?ended=true").text
        assert browser.post(f"{place}/end").status_code == 409


def test_an_end_that_the_law_does_not_allow_asks_again_for_the_end_alone(
    desk: Desk, ana: Officer, grounds: str
) -> None:
    with desk.browser(ana) as browser:
        form = {"grounds": grounds, "name": "Nobody Else", **day(desk, 4000)}
        refused = browser.post("/questions/new", data=form)
        assert refused.status_code == 403
        assert 'name="check" value="check-' in refused.text
        assert 'name="born"' not in refused.text
        assert "Nobody Else" in refused.text


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"until-year": ""}, "until"),
        ({"until-year": "1999"}, "until"),
        ({"name": ""}, "name"),
        ({"grounds": "grounds-x"}, "grounds"),
    ],
)
def test_what_is_wrong_is_told_at_its_field(
    desk: Desk, ana: Officer, grounds: str, change: dict[str, str], field: str
) -> None:
    with desk.browser(ana) as browser:
        form = {"grounds": grounds, "name": "Nobody Here", **day(desk, 20)} | change
        refused = browser.post("/questions/new", data=form)
        assert refused.status_code == 400
        assert f'href="#{field}"' in refused.text


def test_a_record_that_arrives_later_stands_on_the_questions_page(
    desk: Desk, ana: Officer, grounds: str
) -> None:
    expires = (desk.office.now() + timedelta(days=10)).isoformat()
    with desk.program(ana) as program:
        kept = program.post(
            "/api/v1/questions", json={"subject": ASKED, "grounds": grounds, "expires": expires}
        )
        assert kept.status_code == 201
        held = kept.json()
        run_standing(desk.office, desk.node.live)
        clerk = enrol(desk, "Cle Clerk", SOUTH, Role.DESK_OFFICER)
        import_file(desk.office, desk.actor(clerk), order(desk, ARRIVES, "Later"))
        desk.node.live.refresh()
        assert run_standing(desk.office, desk.node.live).alerts == 1
        (alert,) = program.get(f"/api/v1/questions/{held['id']}/alerts").json()["items"]
        assert alert["record"]["name"] == "Wolfgang Obermüller"
    with desk.browser(ana) as browser:
        assert f"/alerts/{alert['id']}" in browser.get(f"/questions/{held['id']}").text
        assert "/checks/check-" in browser.get("/").text  # the notice leads to what was found


def test_nobody_outside_the_case_sees_or_ends_it(desk: Desk, ana: Officer, grounds: str) -> None:
    other = enrol(desk, "Otto Outside", SOUTH, Role.INVESTIGATOR)
    answer = ask(desk, ana, grounds, "Somebody Else")
    expires = (desk.office.now() + timedelta(days=10)).isoformat()
    with desk.program(ana) as program:
        held = program.post("/api/v1/questions", json={"check": answer.check, "expires": expires}).json()
    with desk.program(other) as program:
        for path in (f"/api/v1/questions/{held['id']}", f"/api/v1/questions/{held['id']}/alerts"):
            assert program.get(path).status_code == 404
        assert program.post(f"/api/v1/questions/{held['id']}/end").status_code == 404
        assert (
            program.post("/api/v1/questions", json={"check": answer.check, "expires": expires}).status_code
            == 404
        )
        assert program.get("/api/v1/questions").json()["items"] == []
    with desk.browser(other) as browser:
        assert browser.get(f"/questions/new?check={answer.check}").status_code == 404


@pytest.mark.parametrize(
    "body", [{}, {"check": "check-x", "subject": ASKED}, {"check": "check-x", "zone": False}]
)
def test_a_call_that_says_too_little_or_too_much_is_refused(
    desk: Desk, ana: Officer, body: dict[str, object]
) -> None:
    zone = body.pop("zone", True)
    expires = (desk.office.now() + timedelta(days=10)).isoformat() if zone else "2030-01-01T00:00:00"
    with desk.program(ana) as program:
        assert program.post("/api/v1/questions", json=body | {"expires": expires}).status_code == 400
