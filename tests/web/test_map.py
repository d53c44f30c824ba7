"""The page of the map: whose cameras and sightings are on it, what it lists beside, and what it refuses."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import timedelta

import pytest

from liaison.formats.cameras import read
from liaison.model.roles import Role
from liaison.sightings.register import Entry, Place, end, make_feed, register
from liaison.sightings.seen import sightings_of
from liaison.sightings.taking import Gate
from liaison.web import mapped
from tests.web.scene import Scene, a_case, a_scene
from tests.web.test_vehicles import PLACE, form
from tests.web_fixtures import Officer

GATES = (
    ("N", "North gate", 41.36, 19.80, 10),
    ("S", "South <gate>", 41.28, 19.84, None),
    ("P", "Port", 45.0, 25.0, None),
)
PLATE = "AA 731 OB"


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    with a_scene(tmp_path_factory.mktemp("map")) as scene:
        _watch(scene)
        yield scene


@pytest.fixture(scope="module")
def officer(scene: Scene) -> Officer:
    return scene.owners[Role.INVESTIGATOR]


def _watch(scene: Scene) -> None:
    """Three cameras, of which one is over, and a wanted vehicle at another."""
    desk, officer = scene.desk, scene.owners[Role.INVESTIGATOR]
    with desk.browser(scene.owners[Role.DESK_OFFICER]) as browser:
        sent = browser.post(f"{PLACE}/new", data=form(plate=PLATE, risk="armed", colour="grey"))
        assert sent.status_code == 303, sent.text
    case, grounds = a_case(desk, officer, "MAP-1")
    actor = desk.actor(officer)
    feed = make_feed(desk.office, actor, case, "Roadside")
    until = desk.office.now() + timedelta(days=7)
    for code, name, latitude, longitude, bearing in GATES:
        place = Place(name, latitude, longitude, bearing, "AL")
        camera = register(
            desk.office, actor, grounds, Entry(feed.id, code, place, "PROS 7/26", "DPIA 3", until)
        )
        if code == "P":
            end(desk.office, actor, camera.id)
    desk.node.live.refresh()
    body = {
        "plate": PLATE.replace(" ", ""),
        "camera": "N",
        "time": desk.office.now().isoformat(),
        "country": "AL",
    }
    taken = Gate(desk.office, desk.node.live).take(
        feed.secret, read("application/json", json.dumps(body).encode())
    )
    assert len(taken.met) == 1


def shown(scene: Scene, officer: Officer, query: str = "", status: int = 200) -> str:
    with scene.desk.browser(officer) as browser:
        answer = browser.get(f"/map{query}")
    assert answer.status_code == status, answer.text
    return answer.text


def test_cameras_and_sightings_of_the_persons_cases_are_on_the_map_and_in_the_table(
    scene: Scene, officer: Officer
) -> None:
    page = shown(scene, officer)
    assert "<title>2 × Camera: North gate, South &lt;gate&gt;</title>" in page, "they are close to each other"
    assert "<title>Camera: Port (over)</title>" in page
    assert "<title>Sighting: North gate</title>" in page
    assert "Natural Earth: no streets, coarse borders" in page
    table = page[page.index("<table") :]
    for text in ("Camera: North gate", "South &lt;gate&gt;", "Port", "41.3600, 19.8000"):
        assert text in table
    near = shown(scene, officer, "?box=19.7,41.2,19.95,41.45")
    assert "<title>Camera: North gate</title>" in near
    assert "<title>Camera: South &lt;gate&gt;</title>" in near
    assert 'transform="rotate(10)"' in near, "the way that the camera looks"


def test_a_sighting_leads_to_its_alert_on_the_map_and_in_the_table(scene: Scene, officer: Officer) -> None:
    page = shown(scene, officer)
    (alert,) = {one.alert for one in sightings_of(scene.desk.office, scene.desk.actor(officer), 10)}
    assert page.count(f'href="/alerts/{alert}"') == 2
    with scene.desk.browser(officer) as browser:
        assert browser.get(f"/alerts/{alert}").status_code == 200


def test_others_see_nothing_of_them(scene: Scene) -> None:
    page = shown(scene, scene.visitors[Role.INVESTIGATOR])
    assert "North gate" not in page
    assert "Nothing is on the map" in page
    assert sightings_of(scene.desk.office, scene.desk.actor(scene.visitors[Role.INVESTIGATOR]), 10) == []


def test_the_filter_shows_one_kind(scene: Scene, officer: Officer) -> None:
    page = shown(scene, officer, "?kind=sighting")
    assert "Sighting: North gate" in page
    assert "Camera: North gate" not in page


def test_a_part_of_the_map_lists_what_it_shows_and_counts_the_rest(scene: Scene, officer: Officer) -> None:
    page = shown(scene, officer, "?box=24,44,26,46")
    assert "Camera: Port" in page
    assert "North gate" not in page
    assert re.search(r"\b[345] points lie beyond the edge of the map\.", page)
    assert "Nothing in this part of the map" in shown(scene, officer, "?box=-10,-10,-5,-5")


def test_the_links_lead_to_other_parts_and_keep_the_kind(scene: Scene, officer: Officer) -> None:
    page = shown(scene, officer, "?kind=camera")
    ways = page[page.index('class="l-map__ways"') :]
    found = re.findall(r'href="(/map\?kind=camera&amp;box=[^"]+)"', ways[: ways.index("</nav>")])
    assert len(found) == 6
    for each in found:
        assert "l-map__picture" in shown(scene, officer, each.removeprefix("/map").replace("&amp;", "&"))


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("?box=1,2,3", "this is no part of a map"),
        ("?box=nan,0,1,1", "this is no part of a map"),
        ("?kind=spy", "no such kind"),
        ("?kind=balloon", "no such kind"),
    ],
)
def test_what_cannot_be_shown_is_said_at_its_field(
    scene: Scene, officer: Officer, query: str, said: str
) -> None:
    page = shown(scene, officer, query, 400)
    assert said in page
    assert f'id="{query[1:].partition("=")[0]}-error"' in page


def test_more_than_are_shown_is_said(scene: Scene, officer: Officer, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "more than are shown" not in shown(scene, officer)
    monkeypatch.setattr(mapped, "MOST", 3)
    assert "There are more than are shown at once" in shown(scene, officer)


def test_nothing_stands_in_line_and_no_other_host_is_named(scene: Scene, officer: Officer) -> None:
    with scene.desk.browser(officer) as browser:
        answer = browser.get("/map")
    assert "script-src 'self'" in answer.headers["content-security-policy"]
    body = answer.text[answer.text.index("<figure") : answer.text.index("</figure>")]
    assert not re.search(r"\bstyle=|<script|https?:", body)
