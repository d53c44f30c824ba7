"""A wanted vehicle on the pages and in the API: danger before a decision, what its owner asks for after it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from liaison.holdings.imports import import_file
from liaison.model.identifiers import Plate
from liaison.model.roles import Role
from liaison.model.subjects import Vehicle
from liaison.model.wanted import ActionCode, Sought, Wanted
from liaison.screening import desk as desk_service
from tests.holdings.test_wanted import line
from tests.web.payloads import REASON
from tests.web.scene import Scene, a_case, a_scene, order
from tests.web.taken import supply
from tests.web.test_requests_pages import DESK, INVESTIGATOR, arrived, browsers
from tests.web.two_desks import two_desks
from tests.web_fixtures import Officer


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    with a_scene(tmp_path_factory.mktemp("wanted")) as scene:
        yield scene


@pytest.fixture(scope="module")
def officer(scene: Scene) -> Officer:
    return scene.owners[Role.INVESTIGATOR]


@pytest.fixture(scope="module")
def found(scene: Scene, officer: Officer) -> tuple[str, str]:
    """An alert on a wanted vehicle, and the grounds on which it was asked for."""
    desk = scene.desk
    clerk = desk.actor(scene.owners[Role.DESK_OFFICER])
    risk = '<b onclick="x">armed</b> & violent'
    import_file(desk.office, clerk, order(desk, line(risk=risk), "vehicles", name="vehicles.jsonl"))
    _, grounds = a_case(desk, officer, "V-1")
    question = desk_service.Question(Vehicle(plate=Plate("AA 107 OB")), grounds)
    (alert,) = desk_service.check(desk.office, desk.node.live, desk.actor(officer), question).alerts
    return alert.id, grounds


def test_danger_is_shown_first_and_the_entry_once_it_is_confirmed(
    scene: Scene, officer: Officer, found: tuple[str, str]
) -> None:
    alert, _ = found
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


def test_the_record_s_own_page_shows_the_entry(
    scene: Scene, officer: Officer, found: tuple[str, str]
) -> None:
    alert, grounds = found
    with scene.desk.browser(officer) as browser, scene.desk.program(officer) as program:
        said = program.get(f"/api/v1/alerts/{alert}").json()
        page = browser.get(f"/holdings/{said['holding']}?case={said['case']}").text
        assert "+355 4 555 0100" in page
        record = program.get(f"/api/v1/holdings/{said['holding']}", params={"grounds": grounds}).json()
        assert (record["wanted"]["action"], "armed" in record["risk"]) == ("check-discreetly", True)


def test_a_partner_s_officer_reads_the_entry_of_what_was_supplied_on_grounds_alone(tmp_path: Path) -> None:
    wanted = Wanted(
        sought=Sought.STOLEN,
        action=ActionCode.OBSERVE,
        basis="order 12",
        office="Unit 4",
        contact="+355 4 555 0199",
        risk="armed",
    )
    vehicle = Vehicle(plate=Plate("AA 107 OB"))
    with two_desks(tmp_path) as houses:
        with browsers(houses.asked, DESK) as (desk,):
            ours, theirs = arrived(houses, desk)
        item = supply(houses, ours, theirs, "w", vehicle, frozenset(), wanted)
        with browsers(houses.asking, INVESTIGATOR) as (asker,):
            assert "555 0199" not in asker.get(f"/received/{item}").text
            read = asker.get(f"/received/{item}", params={"grounds": houses.asking.agency.grounds}).text
            assert all(text in read for text in ("+355 4 555 0199", "Do not stop the vehicle", "order 12"))
