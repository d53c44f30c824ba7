"""What the map in the browser asks for: who sees it, what it holds, which policy holds there, what events tell."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from liaison.model.errors import BadSetting
from liaison.model.roles import Role
from liaison.node.making import make_node
from liaison.node.tiles import LONGEST, open_tiles
from liaison.node.wiring import open_node
from liaison.officers import sessions
from liaison.web import map_features, mapped
from liaison.web.context import Visit
from liaison.web.headers import CONTENT
from liaison.web.map_picture import KINDS, Kind, Point, Track
from liaison.web.map_view import Box
from liaison.web.routes import map_live
from tests.tiles_written import archive
from tests.web.scene import Scene, a_scene
from tests.web.test_map import _watch
from tests.web_fixtures import SETTINGS, Officer

ASKED = ("/map/points", "/map/shapes", "/map/outlines", "/map/events", "/map/tiles")


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    with a_scene(tmp_path_factory.mktemp("live")) as scene:
        _watch(scene)
        yield scene


@pytest.fixture(scope="module")
def officer(scene: Scene) -> Officer:
    return scene.owners[Role.INVESTIGATOR]


@pytest.fixture
def own_map(scene: Scene, tmp_path: Path) -> Iterator[bytes]:
    """The agency's own map, as bytes; the node gives parts of it."""
    place = archive(tmp_path / "own.pmtiles")
    tiles = open_tiles(str(place), "")
    assert tiles is not None
    scene.desk.node.tiles = tiles
    yield place.read_bytes()
    scene.desk.node.tiles = None
    tiles.close()


def got(scene: Scene, officer: Officer | None, path: str, **headers: str) -> Any:
    with scene.desk.browser(officer, **headers) as browser:
        return browser.get(path)


def test_the_policy_of_the_map_is_that_of_every_page(scene: Scene, officer: Officer) -> None:
    """MapLibre needs no more than scripts of the node: its worker is one, its pictures are drawn, its styles are set by
    script. So nothing is relaxed, also not with a map of the agency's own."""
    answer = got(scene, officer, "/map")
    assert answer.headers["content-security-policy"] == CONTENT
    for allowed in ("unsafe", "blob:", "worker-src", "*", "http"):
        assert allowed not in CONTENT
    assert "script-src 'self'" in CONTENT
    assert "connect-src 'self'" in CONTENT
    assert (
        got(scene, officer, "/static/vendor/maplibre-gl-worker.mjs").headers["content-security-policy"]
        == CONTENT
    )


def test_scripts_of_the_map_are_scripts(scene: Scene, officer: Officer) -> None:
    page = got(scene, officer, "/map").text
    for name in ("maplibre-gl.mjs", "maplibre-gl-worker.mjs"):
        assert f'="/static/vendor/{name}?v=' in page
        answer = got(scene, None, f"/static/vendor/{name}")
        assert answer.headers["content-type"].startswith("text/javascript")
    assert "pmtiles.js" not in page, "it is needed for a map of the agency's own alone"


def test_points_are_those_of_the_page(scene: Scene, officer: Officer) -> None:
    answer = got(scene, officer, "/map/points")
    assert answer.headers["cache-control"] == "no-store"
    told = {each["properties"]["said"]: each for each in answer.json()["features"]}
    assert {
        "Camera: North gate",
        "Camera: South <gate>",
        "Camera: Port (over)",
        "Sighting: North gate",
    } <= set(told)
    north = told["Camera: North gate"]
    assert north["geometry"] == {"type": "Point", "coordinates": [19.8, 41.36]}
    assert north["properties"]["bearing"] == 10
    assert told["Camera: Port (over)"]["properties"]["sort"] == "camera-past"
    assert told["Sighting: North gate"]["properties"]["href"].startswith("/alerts/")
    only = got(scene, officer, "/map/points?kind=sighting").json()["features"]
    assert {each["properties"]["sort"] for each in only} == {"sighting"}


def test_others_are_told_nothing(scene: Scene, own_map: bytes) -> None:
    visitor = scene.visitors[Role.INVESTIGATOR]
    assert got(scene, visitor, "/map/points").json()["features"] == []
    assert got(scene, visitor, "/map/shapes").json()["features"] == []
    for path in ASKED:
        assert got(scene, scene.visitors[Role.AUDITOR], path, range="bytes=0-6").status_code == 404
        assert got(scene, None, path, accept="application/json", range="bytes=0-6").status_code == 401


def test_outlines_are_of_every_country_and_stay_within_the_world(scene: Scene, officer: Officer) -> None:
    answer = got(scene, officer, "/map/outlines")
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.headers["cache-control"] == "private, max-age=86400"
    features = answer.json()["features"]
    rings = [each for each in features if each["geometry"]["type"] == "MultiPolygon"]
    names = {each["properties"]["name"] for each in rings}
    assert len(names) == 241
    assert {"Albania", "Kosovo", "North Macedonia"} <= names
    for each in rings:
        for (ring,) in each["geometry"]["coordinates"]:
            assert ring[0] == ring[-1]
            assert all(x <= 180 and -90 <= y <= 90 for x, y in ring)
    assert all(each["geometry"]["coordinates"] for each in rings), "no country is lost at the edge"
    plain = got(scene, officer, "/map/outlines", **{"accept-encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert plain.content == answer.content


def test_lines_and_squares_are_where_the_picture_has_them() -> None:
    track = Track(Kind.DRONE, "A drone", ((41.0, 19.0), (41.5, 19.5)))
    short = Track(Kind.DRONE, "One place", ((41.0, 19.0),))
    layer = mapped.Layer((), False, (track, short), ((41.2, 19.2), (41.2, 19.2)))
    shown = mapped.walked(layer, Box(18, 40, 21, 42))
    line, square = json.loads(map_features.shapes(layer, shown))["features"]
    assert line["geometry"] == {"type": "LineString", "coordinates": [[19.0, 41.0], [19.5, 41.5]]}
    assert line["properties"] == {"kind": "drone", "name": "A drone"}
    ((ring,),) = (square["geometry"]["coordinates"],)
    west, east = min(x for x, _ in ring), max(x for x, _ in ring)
    south, north = min(y for _, y in ring), max(y for _, y in ring)
    assert west <= 19.2 <= east
    assert south <= 41.2 <= north
    assert square["properties"]["count"] == 2


def test_every_sort_has_a_sign_that_the_browser_draws_after(scene: Scene, officer: Officer) -> None:
    page = got(scene, officer, "/map").text
    for kind in KINDS:
        for past in (False, True):
            assert page.count(f'data-sort="{map_features.sort_of(kind.value, past)}"') == 1
        assert f'd="{kind.shape}"' in page


@pytest.mark.parametrize("path", ["/map/points?kind=spy", "/map/shapes?box=1,2", "/map/events?kind=spy"])
def test_what_cannot_be_shown_is_refused(scene: Scene, officer: Officer, path: str) -> None:
    assert got(scene, officer, path, accept="application/json").status_code == 400


def test_a_node_without_a_map_of_its_own_has_none(scene: Scene, officer: Officer) -> None:
    assert got(scene, officer, "/map/tiles", range="bytes=0-99").status_code == 409


def test_a_part_of_the_own_map_is_given_to_who_is_signed_in(
    scene: Scene, officer: Officer, own_map: bytes
) -> None:
    answer = got(scene, officer, "/map/tiles", range="bytes=0-126")
    assert (answer.status_code, answer.content) == (206, own_map[:127])
    assert answer.headers["content-range"] == f"bytes 0-126/{len(own_map)}"
    assert answer.headers["cache-control"].startswith("private")
    assert answer.headers["etag"].startswith('"')
    rest = got(scene, officer, "/map/tiles", range="bytes=100-16383")
    assert rest.content == own_map[100:]
    again = got(
        scene, officer, "/map/tiles", range="bytes=0-126", **{"if-none-match": answer.headers["etag"]}
    )
    assert (again.status_code, again.content) == (304, b"")
    page = got(scene, officer, "/map").text
    assert "© Invented Maps" in page
    assert "/static/vendor/pmtiles.js" in page


@pytest.mark.parametrize("asked", ["", "bytes=0-", "bytes=-5", "bytes=0-1,4-5", "lines=0-1", "bytes=a-b"])
def test_the_own_map_is_not_given_as_a_whole(
    scene: Scene, officer: Officer, own_map: bytes, asked: str
) -> None:
    answer = got(scene, officer, "/map/tiles", accept="application/json", range=asked)
    assert answer.status_code == 400
    assert "Range: bytes=" in answer.json()["hint"]


@pytest.mark.parametrize("asked", ["bytes=9-8", f"bytes=0-{LONGEST}", "bytes=99999999-99999999"])
def test_a_part_that_there_is_not_or_that_is_too_long_is_refused(
    scene: Scene, officer: Officer, own_map: bytes, asked: str
) -> None:
    answer = got(scene, officer, "/map/tiles", range=asked)
    assert answer.status_code == 416
    assert answer.headers["content-range"] == f"bytes */{len(own_map)}"


def test_a_node_with_a_setting_for_a_file_that_is_not_there_does_not_start(tmp_path: Path) -> None:
    make_node(tmp_path / "node", SETTINGS, lambda node: "")
    over = {"map_tiles": str(tmp_path / "none.pmtiles")}
    with open_node(tmp_path / "node", work=False, over=over) as node:  # other verbs go on
        assert node.tiles is None
    with pytest.raises(BadSetting, match="map_tiles"), open_node(tmp_path / "node", over=over):
        pass
    over["map_tiles"] = str(archive(tmp_path / "own.pmtiles"))
    with open_node(tmp_path / "node", over=over) as node:
        assert node.tiles is not None
        assert node.tiles.source == "© Invented Maps"


def visit_of(scene: Scene, officer: Officer) -> Visit:
    signed = sessions.signed_in(scene.desk.office, officer.session, scene.desk.node.people)
    return Visit(scene.desk.node, signed, "en", "", "test")


def told(scene: Scene, officer: Officer, since: str = "", between: Any = None, most: int = 8) -> list[Any]:
    """The first events of a stream; `between` is done once the first beat was sent."""
    visit = visit_of(scene, officer)

    async def follow() -> list[Any]:
        found = []
        stream = map_live._stream(visit, officer.session, None, since)
        async for event in stream:
            found.append(event)
            if between is not None and len(found) == 2:
                await asyncio.to_thread(between)
            if len(found) == most or event.event == "over":
                break
        await stream.aclose()  # type: ignore[attr-defined]
        return [event for event in found if event.event]

    return asyncio.run(asyncio.wait_for(follow(), 30))


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(map_live, "EVERY", 0.01)
    monkeypatch.setattr(map_live, "HEARTBEAT", 1)


@pytest.fixture
def one_more(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Puts a point on the map of whoever looks, and an entry in the ledger, as what makes one does."""

    def put() -> None:
        point = Point(Kind.BOAT, 41.0, 19.0, "Hidden name", "/boats/secret-1")
        placed = mapped.Placed(point, scene.desk.office.now())
        monkeypatch.setitem(mapped.LAYERS, Kind.BOAT, lambda *_: mapped.Layer((placed,), False))
        assert got(scene, scene.owners[Role.INVESTIGATOR], f"/alerts/{_alert(scene)}").status_code == 200

    return put


def _alert(scene: Scene) -> str:
    points = got(scene, scene.owners[Role.INVESTIGATOR], "/map/points?kind=sighting").json()["features"]
    return str(points[0]["properties"]["href"]).rpartition("/")[2]


def test_an_event_tells_how_many_are_new_and_of_what_and_nothing_else(
    scene: Scene, officer: Officer, quick: None, one_more: Any
) -> None:
    state = got(scene, officer, "/map/events", accept="application/json").json()["state"]
    assert f'data-state="{state}"' in got(scene, officer, "/map").text
    (event,) = told(scene, officer, since=state, between=one_more)
    change = json.loads(event.data)
    assert set(change) == {"state", "said"}
    assert change["said"] == "New on the map: 1 × Boat"
    assert event.id == change["state"] != state


def test_a_page_that_shows_what_stands_is_told_nothing_and_one_that_missed_something_is(
    scene: Scene, officer: Officer, quick: None
) -> None:
    state = got(scene, officer, "/map/events", accept="application/json").json()["state"]
    assert told(scene, officer, since=state) == []
    (event,) = told(scene, officer, since="of yesterday")
    assert json.loads(event.data) == {"state": state, "said": ""}


def test_the_stream_ends_with_the_session(scene: Scene, quick: None) -> None:
    leaver = scene.desk.enrol("Lea Leaves", Role.INVESTIGATOR)
    visit = visit_of(scene, leaver)
    found = told(scene, leaver, between=lambda: sessions.sign_out(visit.office, leaver.session), most=20)
    assert found[-1].event == "over"
