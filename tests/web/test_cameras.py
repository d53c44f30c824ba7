"""Cameras on pages and in the API: registered, ended, judged; what they met is compared on the page of its alert."""

from __future__ import annotations

import base64
import datetime as dt
import html
import re
import struct
import time
import zlib
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from liaison.model.roles import Role
from liaison.web.cameras import address_of
from tests.web.payloads import DAY, REASON
from tests.web.scene import Scene, a_case, a_scene
from tests.web.test_vehicles import words
from tests.web_fixtures import Officer

PLATE = "AA 500 OB"  # the entry of the scene


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    with a_scene(tmp_path_factory.mktemp("cameras")) as scene:
        yield scene


@pytest.fixture(scope="module")
def officer(scene: Scene) -> Officer:
    return scene.owners[Role.INVESTIGATOR]


@pytest.fixture(scope="module")
def browser(scene: Scene, officer: Officer) -> Iterator[httpx.Client]:
    with scene.desk.browser(officer) as browser:
        yield browser


@pytest.fixture(scope="module")
def program(scene: Scene, officer: Officer) -> Iterator[httpx.Client]:
    with scene.desk.program(officer) as program:
        yield program


@pytest.fixture(scope="module")
def secret(scene: Scene, browser: httpx.Client) -> str:
    """The secret of a feed that was made on the page."""
    told = browser.post("/cameras/feeds/new", data={"case": scene.owned["case"], "name": "Recorder 1"})
    assert told.status_code == 200
    found = re.search(r'<code class="l-ident">([\w-]{43})</code>', told.text)
    assert found is not None
    return found[1]


@pytest.fixture(scope="module")
def camera(scene: Scene, browser: httpx.Client, secret: str) -> str:
    """A camera that was registered on the page."""
    sent = browser.post("/cameras/new", data=form(scene, browser))
    assert sent.status_code == 303, words(sent.text)
    return sent.headers["location"].partition("?")[0].rpartition("/")[2]


def feed_of(browser: httpx.Client, name: str = "Recorder 1") -> str:
    page = browser.get("/cameras/new").text
    found = re.search(rf'<option value="(feed-\w+)"[^>]*>{name}', page)
    assert found is not None
    return found[1]


def form(scene: Scene, browser: httpx.Client, **changes: str) -> dict[str, str]:
    usual = {
        "feed": feed_of(browser),
        "code": "gate-2",
        "name": "Coast road, kilometre 4",
        "latitude": "41,3275",
        "longitude": "19.8187",
        "bearing": "90",
        "country": "AL",
        "signs": "signs",
        "grounds": scene.owned["grounds"],
        "authority": "PROS 9/26 (invented)",
        "assessment": "DPIA 4",
        "until": DAY,
        "unmatched_hours": "",
    }
    return usual | changes


def png() -> bytes:
    """A picture of one white pixel."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return (
            struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        )

    head = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    data = zlib.compress(b"\0\xff")
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def sees(scene: Scene, secret: str, plate: str = PLATE, **fields: Any) -> dict[str, Any]:
    """What the node answers to a read of this plate."""
    read = {"plate": plate, "time": scene.desk.office.now().isoformat(), "camera": "gate-2"} | fields
    with scene.desk.program() as sender:
        answer = sender.post(
            "/api/v1/cameras/reads", json=read, headers={"authorization": f"Bearer {secret}"}
        )
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


def met(program: httpx.Client, scene: Scene) -> list[dict[str, Any]]:
    answer = program.get("/api/v1/sightings", params={"case": scene.owned["case"]})
    assert answer.status_code == 200
    rows: list[dict[str, Any]] = answer.json()["items"]
    return rows


def test_the_secret_of_a_feed_is_told_once_and_in_no_address(
    browser: httpx.Client, secret: str, camera: str
) -> None:
    for path in ("/cameras", "/cameras/new", f"/cameras/{camera}"):
        assert secret not in browser.get(path).text
    told = browser.get("/cameras").text
    assert "Recorder 1" in told


def test_a_camera_stands_on_a_map_of_its_country(browser: httpx.Client, camera: str) -> None:
    page = browser.get(f"/cameras/{camera}").text
    assert page.count('class="l-map__mark l-map__mark--camera"') == 2, "on the map, and in its legend"
    assert 'class="l-map__lands"' in page
    assert f'href="/cameras/{camera}"' in browser.get("/map").text


def test_the_page_of_the_secret_says_how_a_camera_sends(scene: Scene, browser: httpx.Client) -> None:
    told = browser.post("/cameras/feeds/new", data={"case": scene.owned["case"], "name": "Recorder 2"})
    page = words(told.text)
    assert told.headers["cache-control"] == "no-store"
    assert "http://node.example/api/v1/cameras/reads" in page
    assert "Authorization: Bearer $SECRET" in page
    assert "?" not in re.search(r"curl \S+", page)[0]  # type: ignore[index]


def test_a_camera_is_registered_and_stands_in_the_list(
    scene: Scene, browser: httpx.Client, program: httpx.Client, camera: str
) -> None:
    told = words(browser.get("/cameras").text)
    assert "Coast road, kilometre 4 gate-2 41.3275, 19.8187 east (90°) reads" in told
    found = program.get(f"/api/v1/cameras/{camera}").json()
    assert (found["state"], found["latitude"], found["country"]) == ("standing", 41.3275, "AL")
    assert found["unmatched_hours"] == 24
    last = dt.date.fromisoformat(DAY)
    assert dt.datetime.fromisoformat(found["until"]).date() == last + dt.timedelta(days=1)
    assert camera in [one["id"] for one in program.get("/api/v1/cameras").json()["items"]]


def test_an_officer_of_another_case_sees_no_camera_and_is_told_what_to_do(scene: Scene, camera: str) -> None:
    other = scene.visitors[Role.INVESTIGATOR]
    with scene.desk.browser(other) as browser:
        page = words(browser.get("/cameras").text)
        assert "No camera is registered in your cases" in page
        assert browser.get(f"/cameras/{camera}").status_code == 404
    with scene.desk.program(other) as program:
        assert program.get("/api/v1/cameras").json()["items"] == []
        answer = program.get("/api/v1/sightings", params={"case": scene.owned["case"]})
        assert answer.status_code == 404


def test_whoever_may_not_place_a_camera_has_no_such_form(scene: Scene) -> None:
    with scene.desk.browser(scene.owners[Role.APPROVER]) as browser:
        assert browser.get("/cameras/new").status_code == 404
        assert browser.get("/cameras").status_code == 404


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"latitude": "north"}, "Latitude: this is no number"),
        ({"longitude": "1_9.8"}, "Longitude: this is no number"),
        ({"longitude": "١٩"}, "Longitude: this is no number"),
        ({"until": "9999-12-31"}, "Last day: this day is too far ahead"),
        ({"name": "Coast\u202eroad"}, "this needs a name"),
        ({"bearing": "east"}, "Vehicles go: this is no whole number"),
        ({"code": ""}, "Name in the feed: this is needed"),
        ({"until": ""}, "Last day: no day is named"),
        ({"unmatched_hours": "25"}, "Hours for marks on no list: 25 hours"),
    ],
)
def test_a_wrong_field_is_named_and_what_was_typed_is_kept(
    scene: Scene, browser: httpx.Client, secret: str, wrong: dict[str, str], told: str
) -> None:
    answer = browser.post("/cameras/new", data=form(scene, browser, **{"code": "gate-9"} | wrong))
    assert answer.status_code == 400
    page = html.unescape(words(answer.text))
    assert told in page
    assert wrong.get("name") or 'value="Coast road, kilometre 4"' in answer.text


def test_without_an_authority_the_page_says_the_rule(
    scene: Scene, browser: httpx.Client, secret: str
) -> None:
    answer = browser.post("/cameras/new", data=form(scene, browser, code="gate-8", authority=""))
    assert answer.status_code == 403
    assert "L29" in words(answer.text)


def test_a_feed_of_another_case_is_refused_by_name(
    scene: Scene, officer: Officer, browser: httpx.Client, secret: str
) -> None:
    _, grounds = a_case(scene.desk, officer, "CAM-2")
    answer = browser.post("/cameras/new", data=form(scene, browser, code="gate-7", grounds=grounds))
    assert answer.status_code == 400
    assert "Feed: the feed and the grounds are of different cases" in words(answer.text)


def test_an_alert_of_a_camera_shows_the_picture_and_where_the_marks_differ(
    scene: Scene, browser: httpx.Client, program: httpx.Client, camera: str, secret: str
) -> None:
    sent = {
        "confidence": 0.88,
        "candidates": [{"plate": PLATE, "confidence": 0.31}],
        "image": base64.b64encode(png()).decode(),
        "direction": "inbound",
        "vehicle": {"colour": "red"},
    }
    assert sees(scene, secret, "AA 5O0 OB", **sent)["taken"] == 1
    assert sees(scene, secret, "AA 5O0 OB", **sent)["taken"] == 1
    (one,) = [each for each in met(program, scene) if each["camera"] == camera]
    assert (one["raw"], one["wanted"], one["likeness"], one["reads"]) == ("AA 5O0 OB", "AA500OB", "class", 2)
    assert base64.b64decode(one["picture"]) == png()
    answer = browser.get(f"/alerts/{one['alert']}")
    assert f'src="data:image/png;base64,{one["picture"]}"' in answer.text
    assert "img-src 'self' data:" in answer.headers["content-security-policy"]
    assert "AA5<mark>O</mark>0OB" in answer.text
    assert "AA5<mark>0</mark>0OB" in answer.text
    page = words(answer.text)
    for told in (
        "from sign 4: read O, wanted 0",
        "easily read as the other",
        "AA 5O0 OB 88 %",
        "AA 500 OB 31 %",
        "2 reads, the last at",
        "0 s later",
        "inbound",
        "red",
        "Compare the picture with the entry, sign by sign",
    ):
        assert told in page, told
    assert f'href="/cameras/{camera}"' in answer.text
    listed = words(browser.get(f"/cameras/{camera}").text)
    assert "AA 5O0 OB AA500OB easily read as the other" in listed
    rejected = browser.post(f"/alerts/{one['alert']}/reject", data={"reject_reason": REASON})
    assert rejected.status_code == 303
    told = program.get(f"/api/v1/cameras/{camera}").json()
    assert (told["decided"], told["rejected"], told["today"]["met"]) == (1, 1, 1)
    assert "1 of 1 (100 %)" in words(browser.get("/cameras").text)


def test_what_a_camera_meets_stands_on_the_live_page_at_its_next_turn_without_the_mark(
    scene: Scene, browser: httpx.Client, program: httpx.Client, camera: str, secret: str
) -> None:
    first = browser.get("/cameras/live")
    asks = re.search(r'hx-get="(/cameras/live/latest\?turn=1)" hx-trigger="every 500ms"', first.text)
    assert asks is not None
    shown = program.get("/api/v1/ledger/entries").json()["items"]
    waits = []
    for number in range(20):
        scene.desk.clock.forward(seconds=301)
        began = time.monotonic()
        sees(scene, secret)
        newest = browser.get(asks[1])
        waits.append(time.monotonic() - began + 0.5)  # the turn that has just passed
        assert newest.text.count("/alerts/") == min(10, first.text.count("/alerts/") + number + 1)
    assert sorted(waits)[18] < 1, "p95 from the read to the screen, with a whole turn in between"
    assert "turn=2" in newest.text
    assert "Coast road, kilometre 4" in newest.text
    assert "AA500OB" not in newest.text
    entries = program.get("/api/v1/ledger/entries").json()["items"]
    read = [one for one in entries if one["what"] in ("sighting-read", "alert-read") and one not in shown]
    assert read == [], "nothing sealed was opened"
    last = browser.get("/cameras/live/latest?turn=1800").text
    assert "hx-get" not in last
    assert "This page has stopped asking" in last


def test_what_was_shown_of_a_sighting_is_in_the_ledger(
    scene: Scene, browser: httpx.Client, program: httpx.Client, camera: str, secret: str
) -> None:
    sees(scene, secret)
    alert = met(program, scene)[0]["alert"]
    before = len(program.get("/api/v1/ledger/entries").json()["items"])
    browser.get(f"/alerts/{alert}")
    entries = program.get("/api/v1/ledger/entries").json()["items"]
    assert len(entries) >= before
    assert any(one["what"] == "sighting-read" for one in entries)


@pytest.mark.parametrize(
    ("picture", "kind"),
    [
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (png(), "image/png"),
        (b"RIFF\x10\x00\x00\x00WEBPVP8 ", "image/webp"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'>", ""),
        (b"RIFF\x10\x00\x00\x00WAVEfmt ", ""),
        (b"", ""),
    ],
)
def test_only_pictures_are_shown_as_pictures(picture: bytes, kind: str) -> None:
    address = address_of(picture)
    assert address.startswith(f"data:{kind};base64,") if kind else address == ""


def test_what_is_no_picture_is_said_to_be_none(
    scene: Scene, browser: httpx.Client, program: httpx.Client, camera: str, secret: str
) -> None:
    scene.desk.clock.forward(minutes=6)
    image = base64.b64encode(b"GIF89a" + bytes(40)).decode()
    sees(scene, secret, image=image)
    newest = met(program, scene)[0]
    told = words(browser.get(f"/alerts/{newest['alert']}").text)
    said = "The picture cannot be shown" if newest["picture"] else "The camera sent no picture"
    assert said in told


def test_a_camera_is_ended_and_the_end_taken_back(
    scene: Scene, browser: httpx.Client, program: httpx.Client, camera: str, secret: str
) -> None:
    assert browser.post(f"/cameras/{camera}/end").status_code == 303
    assert "Undo the end" in browser.get(f"/cameras/{camera}").text
    assert browser.post(f"/cameras/{camera}/end").status_code == 409
    assert sees(scene, secret)["taken"] == 0
    assert browser.post(f"/cameras/{camera}/resume").status_code == 303
    assert program.post(f"/api/v1/cameras/{camera}/end").json()["state"] == "ended"
    assert program.post(f"/api/v1/cameras/{camera}/resume").json()["state"] == "standing"


def test_a_program_registers_a_camera(scene: Scene, program: httpx.Client, browser: httpx.Client) -> None:
    usual = form(scene, browser)
    data = {name: usual[name] for name in ("feed", "grounds", "name", "authority", "assessment", "until")}
    data |= {"code": "gate-5", "latitude": 41.0, "longitude": 19.5, "covert": True, "unmatched_hours": 0}  # type: ignore[dict-item]
    answer = program.post("/api/v1/cameras", json=data)
    assert answer.status_code == 201, answer.text
    told = answer.json()
    assert (told["covert"], told["unmatched_hours"], told["bearing"], told["state"]) == (
        True,
        0,
        None,
        "standing",
    )
    wrong = program.post("/api/v1/cameras", json=data | {"code": "gate-6", "latitude": 91})
    assert (wrong.status_code, wrong.json()["field"]) == (400, "latitude")
    for field, text in (("until", "9999-12-31"), ("name", "Gate\0"), ("name", "Gate\u202e")):
        wrong = program.post("/api/v1/cameras", json=data | {"code": "gate-6", field: text})
        assert (wrong.status_code, wrong.json()["field"]) == (400, field)


def test_a_program_makes_a_feed_and_is_told_its_secret_once(scene: Scene, program: httpx.Client) -> None:
    answer = program.post("/api/v1/cameras/feeds", json={"case": scene.owned["case"], "name": "Recorder 4"})
    assert answer.status_code == 201
    assert sees(scene, answer.json()["secret"])["not_taken"][0]["reason"] == "camera"
    for name in (" ", "Recorder\0", "Recorder \u202e4"):
        refused = program.post("/api/v1/cameras/feeds", json={"case": scene.owned["case"], "name": name})
        assert (refused.status_code, refused.json()["field"]) == (400, "name")


def test_a_feed_is_ended_and_sends_nothing_any_more(scene: Scene, browser: httpx.Client) -> None:
    told = browser.post("/cameras/feeds/new", data={"case": scene.owned["case"], "name": "Recorder 3"})
    secret = re.search(r'<code class="l-ident">([\w-]{43})</code>', told.text)[1]  # type: ignore[index]
    feed = feed_of(browser, "Recorder 3")
    assert browser.post(f"/cameras/feeds/{feed}/end").status_code == 303
    assert browser.post(f"/cameras/feeds/{feed}/end").status_code == 409
    with scene.desk.program() as sender:
        answer = sender.post("/api/v1/cameras/reads", json={}, headers={"authorization": f"Bearer {secret}"})
    assert answer.status_code == 401
