"""People in need on pages and in the API: rescue first, then others; taken, under way, ended; never a name."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from liaison.model.roles import Role
from tests.web.scene import Scene, a_scene
from tests.web.test_vehicles import words

CALL = {"people": "5", "needs": ["medical", "water"], "latitude": "42,44", "longitude": "19.9", "ago": "3"}


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    with a_scene(tmp_path_factory.mktemp("in-need")) as scene:
        yield scene


@pytest.fixture(scope="module")
def rescuer(scene: Scene) -> Iterator[httpx.Client]:
    with scene.desk.browser(scene.owners[Role.DESK_OFFICER]) as browser:
        yield browser


@pytest.fixture(scope="module")
def other(scene: Scene) -> Iterator[httpx.Client]:
    with scene.desk.browser(scene.visitors[Role.INVESTIGATOR]) as browser:
        yield browser


@pytest.fixture(scope="module")
def caller(scene: Scene) -> Iterator[httpx.Client]:
    with scene.desk.browser(scene.owners[Role.INVESTIGATOR]) as browser:
        yield browser


def test_a_call_is_entered_told_to_rescue_and_hidden_from_others_until_it_is_taken(
    rescuer: httpx.Client, other: httpx.Client, caller: httpx.Client, scene: Scene
) -> None:
    sent = caller.post("/in-need/new", data=CALL)
    assert sent.status_code == 303, words(sent.text)
    path = sent.headers["location"].partition("?")[0]
    assert "People in need were seen: take it, and send help" in words(rescuer.get("/").text)
    assert path in rescuer.get("/in-need").text
    for hidden in ("/in-need", "/map?kind=people-in-need", "/api/v1/in-need"):
        assert path.rpartition("/")[2] not in other.get(hidden).text
    assert other.get(path).status_code == 404
    assert other.post(f"{path}/take").status_code == 404
    assert "I take it" not in words(caller.get(path).text), "who entered it sees it, and does nothing to it"
    scene.desk.clock.forward(minutes=2)
    page = words(rescuer.get(path).text)
    assert "What they need: medical help, water" in page
    assert "2" in page
    assert rescuer.post(f"{path}/take").status_code == 303
    assert rescuer.post(f"{path}/take").status_code == 409
    assert path in other.get("/in-need").text
    assert "People in need: 5" in words(other.get("/map?kind=people-in-need").text)
    seen = words(other.get(path).text)
    assert "taken by rescue" in seen
    assert "End it" not in seen
    assert rescuer.post(f"{path}/under-way").status_code == 303
    assert rescuer.post(f"{path}/end", data={"helped": "many"}).status_code == 400
    assert rescuer.post(f"{path}/end", data={"helped": "5"}).status_code == 303
    assert "5 people were helped" in words(other.get(path).text)
    assert "People in need: 5" not in words(other.get("/map?kind=people-in-need").text), "it is over"


@pytest.mark.parametrize(
    "wrong",
    [
        {"people": "0"},
        {"needs": []},
        {"needs": ["none", "water"]},
        {"latitude": "north"},
        {"ago": "x"},
        {"latitude": "4_1.3"},
        {"latitude": "٤١"},
        {"latitude": "1e1"},
    ],
)
def test_what_cannot_be_is_refused_and_what_was_typed_is_kept(
    caller: httpx.Client, wrong: dict[str, object]
) -> None:
    refused = caller.post("/in-need/new", data=CALL | wrong)
    assert refused.status_code == 400
    assert "There is a problem" in words(refused.text) or "govuk-error-summary" in refused.text
    assert 'value="19.9"' in refused.text


def test_over_the_interface_there_is_no_field_for_who_they_are(caller: httpx.Client) -> None:
    said = {"people": 2, "needs": ["exposure"], "latitude": 42.4, "longitude": 19.9}
    made = caller.post("/api/v1/in-need", json=said)
    assert (made.status_code, made.json()["stage"]) == (201, "waits")
    for more in ({"name": "somebody"}, {"remarks": "a man"}, {"at": "2026-03-04T11:20:11"}):
        refused = caller.post("/api/v1/in-need", json=said | more)
        assert refused.status_code == 400, more


def test_contacts_are_named_and_ended_on_a_page(
    scene: Scene, rescuer: httpx.Client, other: httpx.Client
) -> None:
    person = scene.visitors[Role.INVESTIGATOR].person
    data = {"person": person, "role": "safeguarding", "reached": "channel 16"}
    assert other.post("/in-need/contacts", data=data).status_code == 404
    assert rescuer.post("/in-need/contacts", data=data | {"reached": " "}).status_code == 400
    assert rescuer.post("/in-need/contacts", data=data).status_code == 303
    assert rescuer.post("/in-need/contacts", data=data).status_code == 409
    page = other.get("/in-need/contacts").text
    assert "Visiting INVESTIGATOR" in page
    assert "channel 16" in page
    contacts = rescuer.get("/api/v1/in-need/contacts").json()["items"]
    mine = next(one["id"] for one in contacts if one["person"] == person)
    assert rescuer.post(f"/in-need/contacts/{mine}/end").status_code == 303
    assert "channel 16" not in other.get("/in-need/contacts").text


def test_who_is_no_officer_of_the_field_sees_neither_place(scene: Scene) -> None:
    for role in (Role.AUDITOR, Role.ADMINISTRATOR, Role.APPROVER):
        with scene.desk.browser(scene.owners[role]) as browser:
            assert [browser.get(path).status_code for path in ("/sensors", "/in-need")] == [404, 404]
            assert 'href="/in-need"' not in browser.get("/").text
