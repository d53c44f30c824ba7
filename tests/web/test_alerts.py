"""Alerts over HTTP: what waits, both sides, and the decision of a trained person with a reason."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import count

import pytest

from liaison.model.roles import Role
from liaison.screening import cases as case_service
from liaison.screening.case_rules import Part
from tests.web.payloads import REASON
from tests.web.scene import KNOWN, NORTH, Scene, a_case, a_scene, ask, enrol
from tests.web_fixtures import Officer

CASES = count(1)


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    with a_scene(tmp_path_factory.mktemp("alerts")) as scene:
        yield scene


@pytest.fixture(scope="module")
def officer(scene: Scene) -> Officer:
    return scene.owners[Role.INVESTIGATOR]


@pytest.fixture
def alert(scene: Scene, officer: Officer) -> str:
    """A new alert in a case of its own."""
    _, grounds = a_case(scene.desk, officer, f"A-{next(CASES)}")
    return ask(scene.desk, officer, grounds).alerts[0].id


def test_an_alert_is_confirmed_with_a_reason_and_then_tells_what_to_do(
    scene: Scene, officer: Officer, alert: str
) -> None:
    with scene.desk.browser(officer) as browser, scene.desk.program(officer) as program:
        assert f"/alerts/{alert}" in browser.get("/alerts").text
        before = browser.get(f"/alerts/{alert}").text
        assert "Соболев" in before
        assert program.get(f"/api/v1/alerts/{alert}").json()["instruction"] == ""
        answer = browser.post(f"/alerts/{alert}/confirm", data={"confirm_reason": REASON})
        assert answer.status_code == 303
        assert answer.headers["location"] == f"/alerts/{alert}?done=confirmed"
        after = program.get(f"/api/v1/alerts/{alert}").json()
        assert (after["state"], after["instruction"]) == ("confirmed", "call")
        page = browser.get(f"/alerts/{alert}").text
        assert REASON in page
        assert f"/alerts/{alert}" not in browser.get("/alerts").text


@pytest.mark.parametrize(
    ("verb", "field"),
    [("confirm", "confirm_reason"), ("reject", "reject_reason"), ("reopen", "reopen_reason")],
)
def test_a_decision_without_a_reason_is_refused_and_keeps_its_input(
    scene: Scene, officer: Officer, alert: str, verb: str, field: str
) -> None:
    with scene.desk.browser(officer) as browser, scene.desk.program(officer) as program:
        if verb == "reopen":
            assert browser.post(f"/alerts/{alert}/reject", data={"reject_reason": REASON}).status_code == 303
        answer = browser.post(f"/alerts/{alert}/{verb}", data={field: "no"})
        assert answer.status_code in (400, 403)
        assert re.search(rf'name="{field}"[^>]*>\s*no</textarea>', answer.text)
        told = program.post(f"/api/v1/alerts/{alert}/{verb}", json={"reason": "no"})
        assert told.status_code in (400, 403)
        assert told.json()["hint"]


@pytest.mark.parametrize("verb", ["confirm", "reject"])
def test_a_decision_without_any_reason_marks_its_field_and_says_so_once(
    scene: Scene, officer: Officer, alert: str, verb: str
) -> None:
    with scene.desk.browser(officer) as browser:
        answer = browser.post(f"/alerts/{alert}/{verb}", data={f"{verb}_reason": ""})
    assert answer.status_code == 400
    assert f'id="{verb}_reason-error"' in answer.text
    assert len(re.findall(r": this is needed</a>", answer.text)) == 1
    assert "l-refusal" not in answer.text


def test_a_rejected_pair_that_is_put_aside_does_not_come_back(scene: Scene, officer: Officer) -> None:
    _, grounds = a_case(scene.desk, officer, f"A-{next(CASES)}")
    first = ask(scene.desk, officer, grounds, "Aleksei Sobol").alerts[0]
    with scene.desk.program(officer) as program:
        sent = {"reason": REASON, "clear": True}
        answer = program.post(f"/api/v1/alerts/{first.id}/reject", json=sent)
        assert answer.json()["state"] == "rejected"
    again = ask(scene.desk, officer, grounds, "Aleksei Sobol")
    assert first.holding not in [one.holding for one in again.alerts]
    assert again.cleared >= 1


def test_a_decision_is_taken_back_and_stays_in_the_history(
    scene: Scene, officer: Officer, alert: str
) -> None:
    with scene.desk.browser(officer) as browser, scene.desk.program(officer) as program:
        browser.post(f"/alerts/{alert}/confirm", data={"confirm_reason": REASON})
        twice = browser.post(f"/alerts/{alert}/confirm", data={"confirm_reason": REASON})
        assert twice.status_code == 409
        assert program.get(f"/api/v1/alerts/{alert}").json()["state"] == "confirmed"
        back = "It was another man: the fingerprints were mixed up."
        assert browser.post(f"/alerts/{alert}/reopen", data={"reopen_reason": back}).status_code == 303
        assert program.get(f"/api/v1/alerts/{alert}").json()["state"] == "candidate"
        page = browser.get(f"/alerts/{alert}").text
        assert REASON in page
        assert back in page


def test_nobody_without_training_decides(scene: Scene, officer: Officer) -> None:
    untrained = scene.desk.enrol("Una Untrained", Role.INVESTIGATOR)
    _, grounds = a_case(scene.desk, untrained, f"A-{next(CASES)}")
    alert = ask(scene.desk, untrained, grounds).alerts[0].id
    with scene.desk.browser(untrained) as browser, scene.desk.program(untrained) as program:
        page = browser.get(f"/alerts/{alert}")
        assert page.status_code == 200
        assert "confirm_reason" not in page.text, "what cannot be done is not offered"
        assert program.post(f"/api/v1/alerts/{alert}/confirm", json={"reason": REASON}).status_code == 404
        assert browser.post(f"/alerts/{alert}/confirm", data={"confirm_reason": REASON}).status_code == 404


def test_a_reader_of_the_case_sees_and_does_not_decide(scene: Scene, officer: Officer) -> None:
    case, grounds = a_case(scene.desk, officer, f"A-{next(CASES)}")
    alert = ask(scene.desk, officer, grounds).alerts[0].id
    reader = enrol(scene.desk, "Rea Reader", NORTH, Role.INVESTIGATOR)
    case_service.add_member(scene.desk.office, scene.desk.actor(officer), case, reader.person, Part.READER)
    with scene.desk.program(reader) as program:
        assert program.get(f"/api/v1/alerts/{alert}").status_code == 200
        answer = program.post(f"/api/v1/alerts/{alert}/confirm", json={"reason": REASON})
        assert answer.status_code == 403
        assert answer.json()["reasons"]


def test_the_supervisor_of_the_unit_sees_and_does_not_decide(scene: Scene, alert: str) -> None:
    with scene.desk.program(scene.owners[Role.SUPERVISOR]) as program:
        assert program.get(f"/api/v1/alerts/{alert}").status_code == 200
        assert program.post(f"/api/v1/alerts/{alert}/confirm", json={"reason": REASON}).status_code == 404


def test_alerts_of_a_case_by_state_and_cursor(scene: Scene, officer: Officer) -> None:
    case, grounds = a_case(scene.desk, officer, f"A-{next(CASES)}")
    for _ in range(3):
        ask(scene.desk, officer, grounds)
        scene.desk.clock.forward(seconds=1)
    with scene.desk.program(officer) as program:
        address = f"/api/v1/cases/{case}/alerts"
        every = program.get(address).json()["items"]
        seen, cursor = [], ""
        while True:
            listed = program.get(address, params={"limit": 2, "cursor": cursor}).json()
            seen += [one["id"] for one in listed["items"]]
            cursor = listed["next"]
            if not cursor:
                break
        assert seen == [one["id"] for one in every]
        program.post(f"/api/v1/alerts/{seen[0]}/confirm", json={"reason": REASON})
        confirmed = program.get(address, params={"alert_state": "confirmed"}).json()["items"]
        assert [one["id"] for one in confirmed] == [seen[0]]
        assert program.get(address, params={"alert_state": "guilty"}).status_code == 400
        assert program.get(address, params={"cursor": "WyJ4Il0"}).json()["field"] == "cursor"


def test_every_look_at_an_alert_is_in_the_ledger(scene: Scene, officer: Officer, alert: str) -> None:
    with scene.desk.program(officer) as program:
        before = program.get("/api/v1/ledger/entries").json()["items"][0]["index"]
        program.get(f"/api/v1/alerts/{alert}")
        after = program.get("/api/v1/ledger/entries").json()["items"]
    assert any(alert in one["objects"] for one in after if one["index"] > before)
    assert KNOWN not in str(after)


def test_an_alert_links_the_entries_that_its_reader_may_open(
    scene: Scene, officer: Officer, alert: str
) -> None:
    with scene.desk.browser(officer) as browser:
        before = set(re.findall(r'href="/ledger/entries/(\d+)"', browser.get(f"/alerts/{alert}").text))
        browser.post(f"/alerts/{alert}/confirm", data={"confirm_reason": REASON})
        page = browser.get(f"/alerts/{alert}").text
        (decision,) = set(re.findall(r'href="/ledger/entries/(\d+)"', page)) - before
        assert len(before) == 1
        assert "alert-confirmed" in browser.get(f"/ledger/entries/{decision}").text
    supervisor = scene.owners[Role.SUPERVISOR]
    with scene.desk.browser(supervisor) as browser:
        assert "/ledger/entries/" not in browser.get(f"/alerts/{alert}").text


def test_a_second_decision_is_a_conflict(scene: Scene, officer: Officer, alert: str) -> None:
    with scene.desk.program(officer) as program:
        sent = {"reason": REASON}
        assert program.post(f"/api/v1/alerts/{alert}/confirm", json=sent).status_code == 200
        assert program.post(f"/api/v1/alerts/{alert}/confirm", json=sent).status_code == 409
        assert program.post(f"/api/v1/alerts/{alert}/reject", json=sent).status_code == 409
        assert program.post(f"/api/v1/alerts/{alert}/reopen", json=sent).status_code == 200
        assert program.post(f"/api/v1/alerts/{alert}/reopen", json=sent).status_code == 409
