"""Lists of people over HTTP: pasted or sent, approved by a second person, run, stopped, refused."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

import httpx
import pytest

from liaison.model.roles import Role
from tests.web.payloads import REASON
from tests.web.scene import KNOWN, PROTECTED, Scene, a_case, a_scene
from tests.web_fixtures import Officer

CASES = count(1)
NAMES = "\n".join(f"Somebody Number{letter}" for letter in "abcdefghijk")
FEW = f"name,born\n{KNOWN},1972-04-12\nQwxyz Vbnmk,1980-02-30\n"


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    with a_scene(tmp_path_factory.mktemp("lists")) as scene:
        yield scene


@pytest.fixture(scope="module")
def officer(scene: Scene) -> Officer:
    return scene.owners[Role.INVESTIGATOR]


@pytest.fixture
def grounds(scene: Scene, officer: Officer) -> str:
    return a_case(scene.desk, officer, f"L-{next(CASES)}")[1]


def listed(scene: Scene, program: httpx.Client, order: str) -> dict[str, object]:
    """A list once it is over."""
    scene.desk.node.runs.wait(order, 30)
    found: dict[str, object] = program.get(f"/api/v1/lists/{order}").json()
    return found


def test_a_few_names_are_checked_at_once(scene: Scene, officer: Officer, grounds: str) -> None:
    with scene.desk.browser(officer) as browser, scene.desk.program(officer) as program:
        answer = browser.post("/lists/new", data={"grounds": grounds, "list": FEW})
        assert answer.status_code == 303
        place = answer.headers["location"].partition("?")[0]
        done = listed(scene, program, place.rpartition("/")[2])
        assert done["state"] == "done"
        page = browser.get(place)
        assert f"/checks/{done['check']}" in page.text
        assert "Соболев" in browser.get(f"/checks/{done['check']}").text
        assert place in browser.get("/lists").text


def test_a_bad_field_is_told_and_the_rest_is_checked(scene: Scene, officer: Officer, grounds: str) -> None:
    with scene.desk.program(officer) as program:
        made = program.post("/api/v1/lists", json={"grounds": grounds, "text": FEW})
        assert made.status_code == 201
        done = listed(scene, program, made.json()["id"])
    assert (done["state"], done["subjects"], done["bad_rows"]) == ("done", 2, 1)
    (bad,) = made.json()["bad"]
    assert (bad["row"], bad["field"]) == (2, "born")


def test_a_long_list_is_approved_by_a_second_person_and_run(
    scene: Scene, officer: Officer, grounds: str
) -> None:
    """Asked, approved by another person, started, done: all of it over HTTP."""
    approver = scene.owners[Role.APPROVER]
    with (
        scene.desk.browser(officer) as mine,
        scene.desk.browser(approver) as theirs,
        scene.desk.program(officer) as program,
    ):
        sent = mine.post("/lists/new", data={"grounds": grounds, "list": f"{NAMES}\n{KNOWN}"})
        assert sent.headers["location"].endswith("?done=order-asked")
        place = sent.headers["location"].partition("?")[0]
        order = place.rpartition("/")[2]
        waiting = program.get(f"/api/v1/lists/{order}").json()
        assert waiting["state"] == "waiting"
        approval = waiting["approval"]
        early = mine.post(f"{place}/start", data={})
        assert early.status_code == 409
        own = mine.post(f"/approvals/{approval}", data={"answer": "approve", "reason": REASON})
        assert own.status_code == 403, "nobody approves what they asked for"
        assert f"/approvals/{approval}" in theirs.get("/approvals").text
        asked = theirs.get(f"/approvals/{approval}").text
        reference = program.get(f"/api/v1/cases/{waiting['case']}").json()["reference"]
        assert "A list of people to check" in asked
        assert f">{reference}<" in asked
        for raw in ("check-list", order, grounds, waiting["case"]):
            assert raw not in asked
        assert theirs.get(place).status_code == 404, "who approves sees the request and not the list"
        good = theirs.post(f"/approvals/{approval}", data={"answer": "approve", "reason": REASON})
        assert good.status_code == 303
        assert f'href="{place}"' in mine.get(f"/approvals/{approval}").text
        assert "Give this id" not in mine.get(f"/approvals/{approval}").text
        assert mine.post(f"{place}/start", data={}).status_code == 303
        done = listed(scene, program, order)
        assert (done["state"], done["subjects"]) == ("done", 12)
        alerts = program.get(f"/api/v1/checks/{done['check']}/alerts").json()["items"]
        assert [one["holding"] for one in alerts] == [scene.owned["holding"]]
        assert mine.post(f"{place}/start", data={}).status_code == 409


def test_a_list_that_was_refused_does_not_run(scene: Scene, officer: Officer, grounds: str) -> None:
    with (
        scene.desk.program(officer) as program,
        scene.desk.program(scene.owners[Role.SUPERVISOR]) as supervisor,
    ):
        made = program.post("/api/v1/lists", json={"grounds": grounds, "text": NAMES}).json()
        decision = {"approve": False, "reason": "There is no link to the case."}
        answer = supervisor.post(f"/api/v1/approvals/{made['approval']}/decision", json=decision)
        assert answer.json()["state"] == "refused"
        assert program.post(f"/api/v1/lists/{made['id']}/start").status_code == 409


def test_a_list_that_waits_is_taken_back(scene: Scene, officer: Officer, grounds: str) -> None:
    with scene.desk.browser(officer) as browser, scene.desk.program(officer) as program:
        made = program.post("/api/v1/lists", json={"grounds": grounds, "text": NAMES}).json()
        assert browser.post(f"/lists/{made['id']}/stop", data={}).status_code == 303
        assert program.get(f"/api/v1/lists/{made['id']}").json()["state"] == "cancelled"
        assert program.post(f"/api/v1/lists/{made['id']}/stop").status_code == 409


def test_a_file_is_sent_from_the_page(scene: Scene, officer: Officer, grounds: str) -> None:
    with scene.desk.browser(officer) as browser, scene.desk.program(officer) as program:
        sent = {"file": ("passengers.csv", FEW.encode(), "text/csv")}
        answer = browser.post("/lists/new", data={"grounds": grounds}, files=sent)
        assert answer.status_code == 303
        place = answer.headers["location"].partition("?")[0]
        assert listed(scene, program, place.rpartition("/")[2])["state"] == "done"
        assert "passengers.csv" in browser.get(place).text


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"list": ""}, "list"),
        ({"list": NAMES, "grounds": "grounds-" + "a" * 26}, 'href="#grounds"'),
        ({"list": "A B", "grounds": ""}, 'href="#grounds"'),
    ],
)
def test_a_form_that_is_refused_keeps_its_input(
    scene: Scene, officer: Officer, grounds: str, sent: dict[str, str], words: str
) -> None:
    with scene.desk.browser(officer) as browser:
        answer = browser.post("/lists/new", data={"grounds": grounds} | sent)
    assert answer.status_code == 400
    assert words in answer.text
    assert sent["list"].partition("\n")[0] in answer.text


def test_a_file_that_is_no_list_is_refused(scene: Scene, officer: Officer, grounds: str) -> None:
    with scene.desk.browser(officer) as browser:
        sent = {"file": ("photo.jpg", bytes(range(256)) * 4, "image/jpeg")}
        answer = browser.post("/lists/new", data={"grounds": grounds}, files=sent)
    assert answer.status_code == 400


def test_a_protected_person_in_a_list_is_like_one_who_never_was(
    scene: Scene, officer: Officer, grounds: str
) -> None:
    with scene.desk.program(officer) as program:
        found = []
        for name in (PROTECTED, "Zylfije Abcdefi"):
            made = program.post("/api/v1/lists", json={"grounds": grounds, "text": f"name\n{name}\n"}).json()
            done = listed(scene, program, made["id"])
            check = program.get(f"/api/v1/checks/{done['check']}").json()
            found.append(
                [check[name] for name in ("looked_up", "alerts", "cleared", "withheld", "min_score")]
            )
    assert found[0] == found[1]
