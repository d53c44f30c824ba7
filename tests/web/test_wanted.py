"""A wanted vehicle on the pages and in the API: danger before a decision, what its owner asks for after it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from liaison.holdings.imports import import_file
from liaison.model.identifiers import Plate
from liaison.model.roles import Role
from liaison.model.subjects import Vehicle
from liaison.screening import desk as desk_service
from tests.holdings.test_wanted import line
from tests.web.payloads import REASON
from tests.web.scene import Scene, a_case, a_scene, order
from tests.web_fixtures import Officer


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    with a_scene(tmp_path_factory.mktemp("wanted")) as scene:
        yield scene


@pytest.fixture(scope="module")
def officer(scene: Scene) -> Officer:
    return scene.owners[Role.INVESTIGATOR]


@pytest.fixture(scope="module")
def alert(scene: Scene, officer: Officer) -> str:
    desk = scene.desk
    clerk = desk.actor(scene.owners[Role.DESK_OFFICER])
    risk = '<b onclick="x">armed</b> & violent'
    import_file(desk.office, clerk, order(desk, line(risk=risk), "vehicles", name="vehicles.jsonl"))
    _, grounds = a_case(desk, officer, "V-1")
    question = desk_service.Question(Vehicle(plate=Plate("AA 107 OB")), grounds)
    (found,) = desk_service.check(desk.office, desk.node.live, desk.actor(officer), question).alerts
    return found.id


def test_danger_is_shown_first_and_the_entry_once_it_is_confirmed(
    scene: Scene, officer: Officer, alert: str
) -> None:
    told = ("order 12 of the district court", "+355 4 555 0100", "Vehicle crime, Durrës")
    with scene.desk.browser(officer) as browser, scene.desk.program(officer) as program:
        before = browser.get(f"/alerts/{alert}").text
        assert "&lt;b onclick=&#34;x&#34;&gt;armed&lt;/b&gt; &amp; violent" in before
        assert not any(text in before for text in told)
        said = program.get(f"/api/v1/alerts/{alert}").json()
        assert (said["wanted"], "armed" in said["risk"]) == (None, True)
        browser.post(f"/alerts/{alert}/confirm", data={"confirm_reason": REASON})
        after = browser.get(f"/alerts/{alert}").text
        assert all(text in after for text in told)
        assert "note who is in it and what it carries" in after
        said = program.get(f"/api/v1/alerts/{alert}").json()
        assert said["wanted"] == {
            "sought": "wanted",
            "action": "check-discreetly",
            "basis": "order 12 of the district court",
            "office": "Vehicle crime, Durrës",
            "contact": "+355 4 555 0100, day and night",
        }


def test_the_record_s_own_page_shows_the_entry(scene: Scene, officer: Officer, alert: str) -> None:
    with scene.desk.browser(officer) as browser, scene.desk.program(officer) as program:
        said = program.get(f"/api/v1/alerts/{alert}").json()
        page = browser.get(f"/holdings/{said['holding']}?case={said['case']}").text
        assert "+355 4 555 0100" in page
