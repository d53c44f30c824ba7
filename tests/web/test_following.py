"""A vehicle followed on pages and in the API: its journey on a map and in time, two places at once, a second person."""

from __future__ import annotations

import base64
import datetime as dt
import html
import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from liaison import policy
from liaison.model.grounds import Purpose
from liaison.model.roles import Role
from liaison.screening.case_rules import Part
from liaison.screening.cases import add_member, open_case
from liaison.screening.grounds import give_grounds
from liaison.sightings.following.viewing import following_of
from liaison.web.journey_picture import marks_of, times_of
from tests.screening.node import BASIS
from tests.web.payloads import DAY
from tests.web.scene import SOUTH, Scene, a_scene
from tests.web.test_cameras import png
from tests.web.test_vehicles import words
from tests.web_fixtures import Officer

MARK, OTHER = "AA 500 OB", "BB 222 CC"  # the entry of the scene, and one on no list
PLACES = (("north", 41.9), ("middle", 41.8), ("south", 41.7), ("coast", 41.0))
WHY = "A witness saw this van here in the summer."
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    with a_scene(tmp_path_factory.mktemp("following")) as scene:
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
def road(scene: Scene, program: httpx.Client) -> dict[str, str]:
    """Four cameras, past which one vehicle on a list and one on none drove; the cameras by their names."""
    made = program.post("/api/v1/cameras/feeds", json={"case": scene.owned["case"], "name": "Road"}).json()
    cameras = {}
    for name, latitude in PLACES:
        entry = {
            "feed": made["id"],
            "code": name,
            "name": f"Road, {name} <b>",
            "latitude": latitude,
            "longitude": 19.6,
            "bearing": 180,
            "authority": "PROS 9/26 (invented)",
            "assessment": "DPIA 4",
            "starts": (scene.desk.office.now() - 60 * MINUTE).isoformat(),
            "until": DAY,
            "grounds": scene.owned["grounds"],
        }
        cameras[name] = program.post("/api/v1/cameras", json=entry).json()["id"]
    now = scene.desk.office.now()
    trips = [("north", 16), ("middle", 8), ("south", 1), ("coast", 0.5)]
    reads = [
        {
            "plate": mark,
            "camera": name,
            "time": (now - ago * MINUTE).isoformat(),
            "confidence": 0.91,
            "image": base64.b64encode(png()).decode(),
        }
        for name, ago in trips
        for mark in (MARK, OTHER)
    ]
    answer = program.post(
        "/api/v1/cameras/reads", json=reads, headers={"authorization": f"Bearer {made['secret']}"}
    )
    assert answer.json()["taken"] == 8, answer.text
    more = {"grounds": scene.owned["grounds"], "persons": 40, "reason": WHY}
    approval = program.post("/api/v1/approvals/more", json=more).json()["approval"]
    with scene.desk.program(scene.owners[Role.SUPERVISOR]) as second:
        decided = {"approve": True, "reason": "It is needed."}
        second.post(f"/api/v1/approvals/{approval}/decision", json=decided)
    return cameras


def form(scene: Scene, mark: str = MARK, hours: float = 2, **changes: str) -> dict[str, str]:
    since = scene.desk.office.now() - dt.timedelta(hours=hours)
    fields = {
        "mark": mark,
        "grounds": scene.owned["grounds"],
        "since-day": str(since.day),
        "since-month": str(since.month),
        "since-year": str(since.year),
        "since_clock": f"{since:%H:%M}",
        "around": "",
        "kilometres": "50",
    }
    return fields | changes


def body(scene: Scene, mark: str = MARK, hours: float = 2, **changes: Any) -> dict[str, Any]:
    since = scene.desk.office.now() - dt.timedelta(hours=hours)
    return {"mark": mark, "grounds": scene.owned["grounds"], "since": since.isoformat()} | changes


def follows(scene: Scene, browser: httpx.Client, **said: Any) -> str:
    """The address of what was found."""
    sent = browser.post("/following/new", data=form(scene, **said))
    assert sent.status_code == 303, words(sent.text)
    return str(sent.headers["location"])


def test_the_journey_is_a_map_a_picture_in_time_and_a_table(
    scene: Scene, browser: httpx.Client, road: dict[str, str]
) -> None:
    address = follows(scene, browser)
    page = browser.get(address).text
    assert "Journey of AA500OB" in words(page)
    assert [html.unescape(one) for one in re.findall(r'class="l-map__number"[^>]*>([^<]+)<', page)] == list(
        "1234"
    )
    assert page.count('class="l-times__dot"') == 4
    assert page.count("l-times__hop--never") == 1
    assert page.count('class="l-map__line l-map__line--sighting"') == 1, (
        "the ways that a car can drive, as one"
    )
    assert "<b>" not in page.replace("&lt;b&gt;", "")
    said = words(page)
    assert "11.1 km in 8 min" in said
    assert "83 km/h" in said
    assert "91 %" in said
    assert MARK in said
    assert "Case " in said


def test_two_places_at_once_stand_side_by_side_with_both_pictures_and_the_limit(
    scene: Scene, browser: httpx.Client, program: httpx.Client, road: dict[str, str]
) -> None:
    address = follows(scene, browser)
    page = browser.get(address).text
    said = words(page)
    assert "A misread, or a copied plate" in said
    assert "77.8 km lie between the two cameras, and 30 s between the two reads." in said
    assert "The clocks may be wrong by 4 min together: even so it takes 1038 km/h. Beyond 200 km/h" in said
    pictures = re.findall(
        r'<img src="data:image/png;base64,[^"]+" alt="The picture of the plate at stop (\d)"', page
    )
    assert pictures == ["3", "4"]
    for stop in program.get(f"/api/v1{address}").json()["stops"][2:]:
        done = program.post(f"/api/v1/alerts/{stop['alert']}/confirm", json={"reason": WHY})
        assert done.status_code == 200, done.text
    assert "Possibly a copied plate" in words(browser.get(address).text)


def test_a_mark_on_no_list_has_no_picture_and_the_page_says_why(
    scene: Scene, browser: httpx.Client, road: dict[str, str]
) -> None:
    page = browser.get(follows(scene, browser, mark="bb222cc")).text
    said = words(page)
    assert said.count("not kept: a pseudonym") == 4
    assert said.count("No picture is kept of a mark on no list.") == 2
    assert '<img src="data:' not in page
    assert "marks that are easily taken for one another share one" in said


def test_where_no_camera_read_it_the_page_says_what_that_means(
    scene: Scene, browser: httpx.Client, road: dict[str, str]
) -> None:
    said = words(browser.get(follows(scene, browser, mark="ZZ 111 ZZ")).text)
    assert "No camera read this mark" in said
    assert "may have misread it" in said


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"mark": ""}, "this is needed"),
        ({"mark": "AA*"}, "this has a wildcard"),
        ({"mark": "!"}, "this is no registration mark"),
        ({"since-year": "2031"}, "this lies ahead"),
        ({"since-year": "2020"}, "this is too long ago"),
        ({"since_clock": "soon"}, "this is no time of day"),
        ({"since-day": "40"}, "this is no date"),
        ({"until_clock": "10:00"}, "this is needed"),
        ({"kilometres": "far", "around": "x"}, "this is no distance"),
        ({"grounds": "grounds-of-nobody"}, "these grounds or this camera are not yours"),
        ({"around": "camera-of-nobody"}, "these grounds or this camera are not yours"),
    ],
)
def test_what_cannot_be_is_said_and_what_was_typed_stays(
    scene: Scene, browser: httpx.Client, road: dict[str, str], changes: dict[str, str], error: str
) -> None:
    sent = browser.post("/following/new", data=form(scene) | changes)
    assert sent.status_code == 400
    assert error in words(sent.text)
    kept = {"grounds": "", "mark": "mark"} | changes
    for name in kept.keys() & {"mark", "since_clock", "kilometres"}:
        if changes.get(name):
            assert f'value="{changes[name]}"' in sent.text


def test_an_alert_and_a_camera_lead_to_the_form_without_the_mark_in_an_address(
    scene: Scene, browser: httpx.Client, program: httpx.Client, road: dict[str, str]
) -> None:
    (met,) = [
        one
        for one in program.get("/api/v1/sightings", params={"case": scene.owned["case"]}).json()["items"]
        if one["camera"] == road["north"]
    ]
    link = f"/following/new?alert={met['alert']}"
    assert link not in browser.get(f"/alerts/{met['alert']}").text, "nobody confirmed it yet"
    program.post(f"/api/v1/alerts/{met['alert']}/confirm", json={"reason": WHY})
    assert link in browser.get(f"/alerts/{met['alert']}").text
    page = browser.get(link).text
    assert 'name="mark" type="text" value="AA500OB"' in page
    assert f'<option value="{road["north"]}" selected>' in page
    assert f"/following/new?camera={road['south']}" in browser.get(f"/cameras/{road['south']}").text
    assert (
        f'<option value="{road["south"]}" selected>'
        in browser.get(f"/following/new?camera={road['south']}").text
    )
    assert 'href="/following/new"' in browser.get("/cameras").text
    case = scene.owned["case"]
    assert f"/following/new?case={case}" in browser.get(f"/cases/{case}").text


def test_the_case_lists_it_and_its_check_leads_to_it(
    scene: Scene, browser: httpx.Client, road: dict[str, str]
) -> None:
    address = follows(scene, browser)
    page = browser.get(f"/cases/{scene.owned['case']}").text
    assert f'href="{address}"' in page
    assert "A vehicle followed" in words(page)
    check = browser.get(address.replace("/following/", "/checks/"))
    assert (check.status_code, check.headers["location"]) == (303, address)
    assert f'href="{address}"' in browser.get("/following/new").text, "and under what one followed lately"


def test_a_second_person_lets_it_be_followed_further_back(
    scene: Scene, browser: httpx.Client, road: dict[str, str]
) -> None:
    hours = policy.limits(scene.desk.office.regimes).follow_hours + 2
    refused = browser.post("/following/new", data=form(scene, hours=hours))
    assert refused.status_code == 403
    assert 'action="/following/ask"' in refused.text
    assert "L18/follow" in refused.text
    short = browser.post("/following/ask", data=form(scene, hours=hours, reason="why"))
    assert short.status_code == 400
    assert 'action="/following/ask"' in short.text, "the question stays on the page"
    asked = browser.post("/following/ask", data=form(scene, hours=hours, reason=WHY))
    assert asked.status_code == 303, words(asked.text)
    address = asked.headers["location"].partition("?")[0]
    with scene.desk.browser(scene.owners[Role.SUPERVISOR]) as second:
        told = words(second.get(address).text)
        for said in ("AA500OB", WHY, "Road, north <b>", "UTC" if "UTC" in told else "+0000"):
            assert said in html.unescape(told)
        assert second.post(f"{address}/follow").status_code == 404, "it is not theirs"
        second.post(address, data={"answer": "approve", "reason": "It is needed."})
    page = browser.get(address).text
    assert f'action="{address}/follow"' in page
    done = browser.post(f"{address}/follow")
    assert done.status_code == 303
    shown = browser.get(done.headers["location"]).text
    assert f'href="{address}"' in shown
    assert browser.post(f"{address}/follow").status_code == 409


def test_a_program_follows_with_the_same_figures(
    scene: Scene, program: httpx.Client, road: dict[str, str]
) -> None:
    answer = program.post("/api/v1/following", json=body(scene))
    assert answer.status_code == 201, answer.text
    found = answer.json()
    assert [stop["camera"] for stop in found["stops"]] == [road[name] for name, _ in PLACES]
    assert {stop["kind"] for stop in found["stops"]} == {"sighting"}
    assert (found["stops"][0]["raw"], found["stops"][0]["sure"]) == (MARK, 0.91)
    first, _, never = found["legs"]
    assert (first["start"], first["end"], first["verdict"]) == (0, 1, "possible")
    assert first["needed"] == pytest.approx(83.4, abs=0.2)
    assert (never["verdict"] in ("unsure", "clone"), never["clocks"], round(never["least"])) == (
        True,
        240,
        1038,
    )
    assert found["company"]["beside"] == []
    again = program.get(f"/api/v1/following/{found['id']}").json()
    assert again == found
    listed = program.get("/api/v1/following", params={"case": scene.owned["case"], "limit": 2}).json()
    assert len(listed["items"]) == 2
    older = program.get(
        "/api/v1/following", params={"case": scene.owned["case"], "cursor": listed["next"]}
    ).json()
    every = [one["id"] for one in (*listed["items"], *older["items"])]
    assert len({*every}) == len(every)
    assert found["id"] in every


def test_a_program_chooses_cameras_and_asks_a_second_person(
    scene: Scene, program: httpx.Client, road: dict[str, str]
) -> None:
    chosen = {"cameras": [road["north"], road["south"]]}
    found = program.post("/api/v1/following", json=body(scene, OTHER, **chosen)).json()
    assert [stop["kind"] for stop in found["stops"]] == ["passage"] * 2
    near = {"around": road["middle"], "kilometres": 12}
    found = program.post("/api/v1/following", json=body(scene, OTHER, **near)).json()
    assert len(found["stops"]) == 3
    refused = program.post("/api/v1/following", json=body(scene, hours=40))
    assert refused.status_code == 403
    assert "L18/follow" in {reason["rule"] for reason in refused.json()["reasons"]}
    asked = program.post("/api/v1/following/ask", json=body(scene, hours=40, reason=WHY))
    assert asked.status_code == 201
    approval = asked.json()["approval"]
    assert program.post(f"/api/v1/approvals/{approval}/follow").status_code == 409
    with scene.desk.program(scene.owners[Role.SUPERVISOR]) as second:
        decided = {"approve": True, "reason": "It is needed."}
        assert second.post(f"/api/v1/approvals/{approval}/decision", json=decided).status_code == 200
    done = program.post(f"/api/v1/approvals/{approval}/follow")
    assert (done.status_code, done.json()["approval"]) == (201, approval)


@pytest.mark.parametrize(
    ("changes", "status", "field"),
    [
        ({"mark": "AA?00OB"}, 400, "mark"),
        ({"since": "2026-03-02T08:00:00"}, 400, "since"),
        ({"until": "2026-03-02T08:00:00"}, 400, "until"),
        ({"since": "yesterday"}, 400, "since"),
        ({"cameras": ["camera-none"]}, 404, ""),
        ({"kilometres": -1}, 400, "kilometres"),
        ({"colour": "red"}, 400, "colour"),
    ],
)
def test_what_a_program_cannot_ask_is_said(
    scene: Scene,
    program: httpx.Client,
    road: dict[str, str],
    changes: dict[str, Any],
    status: int,
    field: str,
) -> None:
    answer = program.post("/api/v1/following", json=body(scene) | changes)
    assert answer.status_code == status, answer.text
    if field:
        assert field in answer.text


def test_a_supervisor_sees_it_and_cannot_follow(
    scene: Scene, browser: httpx.Client, road: dict[str, str]
) -> None:
    address = follows(scene, browser)
    with scene.desk.browser(scene.owners[Role.SUPERVISOR]) as other:
        assert other.post("/following/new", data=form(scene)).status_code in (403, 404)
        assert other.get(address).status_code in (200, 404)
    with scene.desk.browser(scene.owners[Role.ADMINISTRATOR]) as other:
        assert other.get(address).status_code in (403, 404)


def test_a_colleague_who_does_not_see_the_cameras_case_sees_neither_place_nor_alert(
    scene: Scene, browser: httpx.Client, program: httpx.Client, officer: Officer, road: dict[str, str]
) -> None:
    office, ana = scene.desk.office, scene.desk.actor(officer)
    case = open_case(office, ana, reference="2026/900", title="Another", offence="drugs")
    grounds = give_grounds(
        office, ana, case.id, purpose=Purpose.INVESTIGATION, basis=BASIS, justification=WHY * 2
    )
    address = follows(scene, browser, grounds=grounds)
    alerts = [stop["alert"] for stop in program.get(f"/api/v1{address}").json()["stops"]]
    assert all(alerts)
    ben = scene.enrol("Ben Colleague", SOUTH, Role.INVESTIGATOR)
    add_member(office, ana, case.id, ben.person, Part.MEMBER)
    with scene.desk.browser(ben) as other, scene.desk.program(ben) as theirs:
        page, told = other.get(address).text, theirs.get(f"/api/v1{address}")
        assert told.status_code == 200
        assert [stop["kind"] for stop in told.json()["stops"]] == ["hidden"] * 4
        assert told.json()["legs"] == []
    said = words(page)
    assert said.count("a camera of a case that you do not see") == 5, "four stops, and what that means"
    assert "l-map" not in page
    for secret in (*alerts, *road.values(), "Road,", "41.9", "km/h", "Candidate", "Confirmed"):
        assert secret not in page.partition("<main")[2], secret
        assert secret not in told.text, secret


def test_numbers_of_stops_are_written_short() -> None:
    assert marks_of([1]) == "1"
    assert marks_of([2, 1]) == "1, 2"
    assert marks_of([3, 1, 2, 7, 9, 10]) == "1–3, 7, 9, 10"


def test_of_one_stop_there_is_no_picture_in_time(
    scene: Scene, browser: httpx.Client, officer: Officer, road: dict[str, str]
) -> None:
    address = follows(scene, browser, around=road["north"], kilometres="0")
    found = following_of(scene.desk.office, scene.desk.actor(officer), address.rpartition("/")[2])
    assert times_of(found, "UTC") is None
    page = browser.get(address).text
    assert "l-times" not in page
    assert "Map of the journey" in page
