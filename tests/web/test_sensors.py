"""Drones and boats on pages and in the API: registered, told once, seen until stale; and messages under a secret."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Iterator

import httpx
import msgspec
import pytest

from liaison.model.roles import Role
from liaison.node.metrics import Metrics
from liaison.node.sensing import Sensing
from liaison.sensors import certificates
from tests.sensors.field import Field
from tests.web.payloads import DAY
from tests.web.scene import Scene, a_scene
from tests.web.test_vehicles import words

MESSAGES = "/api/v1/sensors/messages"
FORM = {
    "name": "Drone 9",
    "kind": "drone",
    "unit": "Mountain post",
    "authority": "MoI 9/26 (invented)",
    "assessment": "DPIA 9",
    "until": DAY,
}


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    with a_scene(tmp_path_factory.mktemp("sensors")) as scene:
        yield scene


@pytest.fixture(scope="module")
def browser(scene: Scene) -> Iterator[httpx.Client]:
    with scene.desk.browser(scene.owners[Role.SUPERVISOR]) as browser:
        yield browser


@pytest.fixture(scope="module")
def secret(browser: httpx.Client) -> str:
    told = browser.post("/sensors/new", data=FORM)
    assert told.status_code == 200, words(told.text)
    assert told.headers["cache-control"] == "no-store"
    found = re.search(r'<code class="l-ident">([\w-]{43})</code>', told.text)
    assert found is not None
    return found[1]


@pytest.fixture(scope="module")
def sensor(browser: httpx.Client, secret: str) -> str:
    found = re.search(r'/sensors/(sensor-\w+)">Drone 9', browser.get("/sensors").text)
    assert found is not None
    return found[1]


def field_of(scene: Scene) -> Field:
    return Field(scene.desk.office, scene.desk.clock)


def sent(scene: Scene, secret: str, body: bytes) -> httpx.Response:
    with scene.desk.program() as sender:
        return sender.post(MESSAGES, content=body, headers={"authorization": f"Bearer {secret}"})


def test_the_secret_is_told_once(browser: httpx.Client, secret: str, sensor: str) -> None:
    for path in ("/sensors", f"/sensors/{sensor}", "/sensors/new"):
        assert secret not in browser.get(path).text
    assert browser.get(f"/api/v1/sensors/{sensor}").json()["secret"] == ""


def test_a_place_stands_on_pages_the_map_and_in_the_interface_until_it_is_stale(
    scene: Scene, browser: httpx.Client, secret: str, sensor: str
) -> None:
    named = '<contact callsign="DRONE NINE"/>'
    answer = sent(scene, secret, field_of(scene).event(detail=named))
    assert (answer.status_code, answer.json()["tracks"]) == (200, 1)
    with scene.desk.browser(scene.owners[Role.INVESTIGATOR]) as other:
        pages = (
            "/sensors",
            "/sensors/latest",
            f"/sensors/{sensor}",
            "/api/v1/sensors/tracks",
            "/map?kind=drone",
        )
        shown = [path for path in pages if "DRONE NINE" in other.get(path).text]
        assert shown == list(pages)
        assert "l-map__mark--drone" in other.get("/map").text
        scene.desk.clock.forward(minutes=1)
        assert [path for path in pages if "DRONE NINE" in other.get(path).text] == []
        assert other.get("/api/v1/sensors/tracks").json()["items"] == []


def test_what_is_refused_is_answered_with_its_reason_and_counted_on_the_page(
    scene: Scene, browser: httpx.Client, secret: str, sensor: str
) -> None:
    answer = sent(scene, secret, b'<!DOCTYPE a [<!ENTITY b "c">]><event uid="&b;"></event>').json()
    assert (answer["refused"], answer["not_taken"][0]["reason"]) == (1, "broken")
    assert "document type" in answer["not_taken"][0]["words"]
    named = sent(scene, secret, field_of(scene).people(name="somebody")).json()
    assert named["not_taken"][0]["reason"] == "identity"
    page = words(browser.get(f"/sensors/{sensor}").text)
    assert "1 not readable, 1 said who somebody is" in page
    assert sent(scene, secret, b"hello").status_code == 400
    assert sent(scene, "wrong", b"<event></event>").status_code == 401
    assert sent(scene, secret, b"<" * ((1 << 20) + 1)).status_code == 413


def test_how_many_messages_of_people_came_is_shown_to_who_is_told_first_alone(
    scene: Scene, secret: str, sensor: str
) -> None:
    with (
        scene.desk.browser(scene.owners[Role.DESK_OFFICER]) as rescuer,
        scene.desk.browser(scene.visitors[Role.INVESTIGATOR]) as other,
    ):
        sightings = rescuer.get("/api/v1/in-need").json()["items"]
        assert sent(scene, secret, field_of(scene).people(id="by-a-rock")).json()["people"] == 1
        for path in ("/sensors", f"/sensors/{sensor}"):
            assert "People in need, messages" in rescuer.get(path).text
            assert "People in need, messages" not in other.get(path).text, "they are told later"
        assert len(rescuer.get("/api/v1/in-need").json()["items"]) == len(sightings) + 1


def test_one_broken_broadcast_costs_no_people_in_need(scene: Scene, secret: str) -> None:
    seen = json.loads(field_of(scene).people(id="by-a-river"))
    body = json.dumps([seen, {"type": "remote-id", "messages": "A" * 24_000}]).encode()
    answer = sent(scene, secret, body)
    assert (answer.status_code, answer.json()["people"], answer.json()["refused"]) == (200, 1, 1)


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("until", "9999-12-31"),
        ("name", "Drone\0"),
        ("name", "Drone \u202e9"),
        ("unit", "Post\x07"),
    ],
)
def test_a_day_without_an_end_and_a_name_that_nobody_can_read_are_refused(
    browser: httpx.Client, field: str, wrong: str
) -> None:
    asked = browser.post("/api/v1/sensors", json=FORM | {field: wrong})
    assert (asked.status_code, asked.json()["field"]) == (400, field)
    assert browser.post("/sensors/new", data=FORM | {field: wrong}).status_code == 400


def test_where_was_patrolled_is_drawn_with_a_table_and_no_name(
    scene: Scene, browser: httpx.Client, secret: str
) -> None:
    sent(scene, secret, field_of(scene).event())
    before = patrolled(browser)
    scene.desk.clock.forward(seconds=60)
    for _ in range(2):
        sent(scene, secret, field_of(scene).event())
        scene.desk.clock.forward(seconds=60)
    page = browser.get("/sensors/patrol").text
    assert "l-map__square" in page
    assert "42.435, 19.905" in page
    assert "Drone 9" not in page
    assert patrolled(browser) == before + 2
    with scene.desk.browser(scene.owners[Role.INVESTIGATOR]) as other:
        assert f"Patrol: {before + 2:g} min" in words(other.get("/map?kind=patrol").text)


def patrolled(browser: httpx.Client) -> float:
    """For how many minutes squares were looked at in all."""
    return sum(one["minutes"] for one in browser.get("/api/v1/sensors/patrol").json()["items"])


def test_a_form_that_lacks_what_the_law_asks_is_refused_with_why(browser: httpx.Client) -> None:
    refused = browser.post("/sensors/new", data=FORM | {"authority": ""})
    assert refused.status_code == 403
    assert "no authority that agreed is named" in words(refused.text)
    assert 'value="Drone 9"' in refused.text
    day = browser.post("/sensors/new", data=FORM | {"until": ""})
    assert (day.status_code, "name the last day" in words(day.text)) == (400, True)


def test_a_certificate_is_a_package_once_where_the_node_listens(
    scene: Scene, browser: httpx.Client, sensor: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(certificates, "BITS", 2048)
    refused = browser.post(f"/sensors/{sensor}/certificate")
    assert (refused.status_code, "sensor_port" in words(refused.text)) == (409, True)
    node = scene.desk.node
    chosen = msgspec.structs.replace(node.settings, sensor_port=0, sensor_url="drones.example:8089")
    monkeypatch.setattr(node, "settings", chosen)
    monkeypatch.setattr(node, "sensing", Sensing(node.office, node.intake, chosen, Metrics()))
    made = browser.post(f"/sensors/{sensor}/certificate")
    assert made.headers["content-type"] == "application/zip"
    assert f'filename="{sensor}.zip"' in made.headers["content-disposition"]
    with zipfile.ZipFile(io.BytesIO(made.content)) as packed:
        assert {"MANIFEST/manifest.xml", "cert/client.p12", "pem/client.key"} <= set(packed.namelist())
        assert b"drones.example:8089:ssl" in packed.read("cert/config.pref")
    page = words(browser.get(f"/sensors/{sensor}").text)
    assert "tls://drones.example:8089" in page
    assert "Make a new certificate" in page


def test_it_is_ended_with_one_button_and_its_secret_is_worth_nothing(
    scene: Scene, browser: httpx.Client
) -> None:
    made = browser.post("/api/v1/sensors", json=FORM | {"name": "Drone 10"}).json()
    assert browser.post(f"/sensors/{made['id']}/end").status_code == 303
    assert sent(scene, made["secret"], field_of(scene).event()).status_code == 401
    assert browser.post(f"/sensors/{made['id']}/end").status_code == 409


def test_the_live_part_stops_asking_in_the_end(browser: httpx.Client) -> None:
    assert "every 2s" in browser.get("/sensors/latest?turn=3").text
    last = browser.get("/sensors/latest?turn=450").text
    assert "every 2s" not in last
    assert "has stopped asking" in last
