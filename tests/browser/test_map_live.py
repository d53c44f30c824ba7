"""The map that moves, in a real browser: it asks its own node alone, the keyboard reaches its points, what is new comes
by itself, and the picture stays what is printed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from liaison.formats.cameras import read
from liaison.model.roles import Role
from liaison.node.tiles import open_tiles
from liaison.sightings.register import Entry, Place, end, make_feed, register
from liaison.sightings.taking import Gate
from liaison.web import mapped
from liaison.web.map_picture import Kind, Track
from tests.browser.conftest import AXE, RULES
from tests.browser.test_pages import LOOK
from tests.tiles_written import archive
from tests.web.scene import a_case, enrol
from tests.web.test_vehicles import PLACE, form
from tests.web_fixtures import Desk, Officer

EVERYTHING = {"type": "tag", "values": RULES}
PLATE = "AA 731 OB"
GATES = [Place(f"Gate {each}", 41 + each / 4, 19.5 + each % 3 / 2, 45 * each) for each in range(8)]
IDLE = "#map-moving[data-idle]"
HIDDEN = """(hidden) => {
  Object.defineProperty(document, "hidden", {value: hidden, configurable: true});
  document.dispatchEvent(new Event("visibilitychange"));
}"""
See = Callable[[int], None]


class Road:
    """Cameras of an officer's case, and a wanted vehicle that they can meet."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.officer = enrol(desk, "Lena Live", "Unit", Role.INVESTIGATOR, Role.DESK_OFFICER)
        case, grounds = a_case(desk, self.officer, "MAP-3")
        actor = desk.actor(self.officer)
        feed = make_feed(desk.office, actor, case, "Roadside")
        self.secret = feed.secret
        until = desk.office.now() + timedelta(days=7)
        for place in GATES:
            entry = Entry(feed.id, place.name, place, "PROS 7/26", "DPIA", until)
            camera = register(desk.office, actor, grounds, entry)
        end(desk.office, actor, camera.id)
        with desk.browser(self.officer) as browser:
            sent = browser.post(f"{PLACE}/new", data=form(plate=PLATE, risk="armed", colour="grey"))
            assert sent.status_code == 303, sent.text
        desk.node.live.refresh()

    def meets(self, gate: int) -> None:
        """The wanted vehicle passes this gate."""
        told = {"plate": PLATE.replace(" ", ""), "camera": GATES[gate].name}
        told |= {"time": self.desk.office.now().isoformat(), "country": "AL"}
        message = read("application/json", json.dumps(told).encode())
        assert len(Gate(self.desk.office, self.desk.node.live).take(self.secret, message).met) == 1


@pytest.fixture(scope="module")
def road(served: tuple[Desk, str]) -> Road:
    return Road(served[0])


@pytest.fixture
def at_map(served: tuple[Desk, str], road: Road, page: Any) -> Iterator[Any]:
    """The page of the map. Everything that the browser asked for was asked of this node, and no policy was broken."""
    desk, address = served
    asked: list[str] = []
    said: list[str] = []
    page.context.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    signed_in(page, desk, road.officer, address)
    with page.expect_response(lambda answer: "/map/events" in answer.url):
        page.goto(f"{address}/map")
    page.wait_for_timeout(
        1_000
    )  # until the node has looked at what stands, and knows what is new from then on
    yield page
    assert len(asked) > 5
    assert [each for each in asked if not each.startswith((f"{address}/", "data:"))] == []
    assert [each for each in said if "Content Security Policy" in each or "violates" in each] == []


def signed_in(page: Any, desk: Desk, officer: Officer, address: str) -> None:
    page.context.add_cookies([{"name": desk.cookie, "value": officer.session, "url": address}])


def moved(page: Any) -> None:
    """Let the map be moved; it is drawn once this returns."""
    page.click("[data-map-move]")
    page.wait_for_selector(IDLE)
    page.locator(".l-map-moving__mark").first.wait_for()


def near(page: Any, place: Place) -> None:
    """Move the map to the country about a place, as its address has it."""
    west, north = place.longitude - 0.05, place.latitude + 0.04
    box = f"{west},{place.latitude - 0.04},{place.longitude + 0.05},{north}"
    page.goto(page.url.split("?")[0] + f"?box={box}")
    page.wait_for_selector(IDLE)


def test_the_map_moves_and_picture_table_and_address_follow(at_map: Any) -> None:
    moved(at_map)
    assert not at_map.locator(".l-map__picture").is_visible()
    before = at_map.get_attribute("#map-picture", "data-box")
    rows = at_map.locator("#map-table tbody tr").count()
    at_map.focus(".maplibregl-canvas")
    for _ in range(2):
        at_map.keyboard.press("+")
        at_map.wait_for_timeout(500)
    at_map.keyboard.press("ArrowUp")
    at_map.wait_for_function(
        "(rows) => document.querySelectorAll('#map-table tbody tr').length < rows", arg=rows
    )
    assert at_map.get_attribute("#map-picture", "data-box") != before
    assert "box=" in at_map.url
    assert at_map.input_value("input[name=box]") in at_map.url.replace("%2C", ",")


def test_the_outlines_the_points_and_the_shapes_are_asked_for_once(at_map: Any) -> None:
    asked: list[str] = []
    at_map.context.on("request", lambda request: asked.append(request.url.partition("?")[0]))
    moved(at_map)
    for part in ("outlines", "points", "shapes"):
        assert sum(each.endswith(f"/map/{part}") for each in asked) == 1
    assert sum(each.endswith("maplibre-gl-worker.mjs") for each in asked) >= 1


def test_a_point_is_a_link_that_the_keyboard_reaches(at_map: Any) -> None:
    moved(at_map)
    near(at_map, GATES[2])
    mark = at_map.locator("a.l-map-moving__mark")
    assert mark.get_attribute("aria-label") == "Camera: Gate 2"
    at_map.focus(".maplibregl-canvas")
    at_map.keyboard.press("Tab")
    assert at_map.evaluate("document.activeElement.getAttribute('aria-label')") == "Camera: Gate 2"
    with at_map.expect_navigation():
        at_map.keyboard.press("Enter")
    assert "/cameras/camera-" in at_map.url


def test_a_mark_of_several_comes_nearer_and_counts_each_sort_by_itself(at_map: Any) -> None:
    moved(at_map)
    at_map.goto(at_map.url.split("?")[0] + "?box=0,25,40,55")
    at_map.wait_for_selector(IDLE)
    mark = at_map.locator("button.l-map-moving__mark")
    assert mark.count() == 1
    assert mark.get_attribute("title").startswith("7 × Camera, 1 × Camera (over)")
    mark.focus()
    at_map.keyboard.press("Enter")
    at_map.wait_for_function("() => document.querySelectorAll('.l-map-moving__mark').length > 1")


def test_what_stands_at_one_place_is_listed(at_map: Any, road: Road) -> None:
    road.meets(5)
    moved(at_map)
    near(at_map, GATES[5])
    mark = at_map.locator("button.l-map-moving__mark")
    assert mark.get_attribute("title") == "1 × Camera, 1 × Sighting"
    mark.click()
    at_map.wait_for_selector(".maplibregl-popup a")
    assert at_map.locator(".maplibregl-popup a").all_inner_texts() == ["Camera: Gate 5", "Sighting: Gate 5"]


def test_a_new_sighting_comes_by_itself_to_the_picture_the_table_and_whoever_listens(
    at_map: Any, road: Road
) -> None:
    at_map.evaluate("window.same = true")
    road.meets(0)
    row = at_map.locator("#map-table tr", has_text="Sighting: Gate 0")
    row.wait_for(timeout=30_000)
    assert at_map.locator(".l-map__picture title", has_text="Sighting: Gate 0").count() == 1
    assert at_map.inner_text("[data-map-said]") == "New on the map: 1 × Sighting"
    assert at_map.get_attribute("[data-map-said]", "role") == "status"
    assert at_map.evaluate("window.same") is True, "the page itself was not loaded again"


def test_a_new_sighting_comes_to_the_map_that_moves(at_map: Any, road: Road) -> None:
    moved(at_map)
    near(at_map, GATES[1])
    at_map.locator("a.l-map-moving__mark").wait_for()
    road.meets(1)
    at_map.wait_for_selector("button[title='1 × Camera, 1 × Sighting']", timeout=30_000)


def test_nothing_comes_while_the_map_is_paused_or_the_tab_hidden(at_map: Any, road: Road) -> None:
    row = at_map.locator("#map-table tr", has_text="Sighting: Gate 3")
    at_map.click("[data-map-follow]")
    assert at_map.get_attribute("[data-map-follow]", "aria-pressed") == "false"
    road.meets(3)
    at_map.wait_for_timeout(2_500)
    assert row.count() == 0
    at_map.click("[data-map-follow]")
    row.wait_for(timeout=30_000)
    assert at_map.inner_text("[data-map-said]") == "The map has changed."
    at_map.evaluate(HIDDEN, True)
    road.meets(4)
    at_map.wait_for_timeout(2_500)
    later = at_map.locator("#map-table tr", has_text="Sighting: Gate 4")
    assert later.count() == 0
    at_map.evaluate(HIDDEN, False)
    later.wait_for(timeout=30_000)


def test_whoever_reads_the_table_by_keyboard_keeps_their_place(at_map: Any, road: Road) -> None:
    at_map.locator("#map-table a", has_text="Gate 2").focus()
    road.meets(6)
    at_map.locator("[data-map-said]", has_text="New on the map").wait_for(timeout=30_000)
    assert at_map.evaluate("document.activeElement.textContent") == "Camera: Gate 2"
    at_map.focus("[data-map-follow]")
    at_map.locator("#map-table tr", has_text="Sighting: Gate 6").wait_for(timeout=30_000)


def test_the_picture_is_what_is_printed(at_map: Any) -> None:
    moved(at_map)
    at_map.emulate_media(media="print")
    assert at_map.locator(".l-map__picture").is_visible()
    assert not at_map.locator("#map-moving").is_visible()
    assert not at_map.locator("[data-map-move]").is_visible()


def test_the_choice_is_kept_on_this_browser_and_taken_back(at_map: Any) -> None:
    moved(at_map)
    at_map.reload()
    at_map.wait_for_selector(IDLE)
    at_map.click("[data-map-move]")
    assert at_map.locator(".l-map__picture").is_visible()
    assert at_map.locator(".maplibregl-canvas").count() == 0
    assert at_map.locator("[data-map-move]").is_visible()
    assert at_map.inner_text("[data-map-said]") == ""
    at_map.reload()
    assert not at_map.locator("#map-moving").is_visible()


def test_a_map_that_cannot_be_drawn_leaves_the_picture_and_says_so(at_map: Any) -> None:
    at_map.route("**/map/points?*", lambda route: route.fulfill(status=503))
    at_map.click("[data-map-move]")
    at_map.locator("[data-map-said]", has_text="the picture stays").wait_for()
    assert at_map.locator(".l-map__picture").is_visible()
    assert at_map.locator(".maplibregl-canvas").count() == 0
    at_map.unroute("**/map/points?*")
    at_map.reload()
    assert at_map.locator("[data-map-move]").is_visible()
    assert not at_map.locator("#map-moving").is_visible()


def test_who_changes_their_mind_while_the_map_loads_has_one_map_or_none(at_map: Any) -> None:
    for _ in range(3):
        at_map.click("[data-map-move]")
    at_map.wait_for_selector(IDLE)
    at_map.wait_for_timeout(500)
    assert at_map.locator(".maplibregl-canvas").count() == 1
    at_map.click("[data-map-move]")
    assert at_map.locator(".maplibregl-canvas").count() == 0


def test_a_node_that_was_away_is_asked_again(at_map: Any, road: Road) -> None:
    at_map.route("**/map", lambda route: route.fulfill(status=503))
    road.meets(2)
    at_map.locator("[data-map-said]", has_text="New on the map").wait_for(timeout=30_000)
    at_map.unroute("**/map")
    at_map.locator("#map-table tr", has_text="Sighting: Gate 2").wait_for(timeout=30_000)


def test_without_webgl_or_scripts_the_picture_stays(
    served: tuple[Desk, str], road: Road, chromium: Any
) -> None:
    desk, address = served
    for more in ({}, {"java_script_enabled": False}):
        context = chromium.new_context(**more)
        page = context.new_page()
        page.add_init_script("HTMLCanvasElement.prototype.getContext = () => null")
        signed_in(page, desk, road.officer, address)
        page.goto(f"{address}/map")
        page.wait_for_load_state("load")
        assert page.locator(".l-map__picture").is_visible()
        assert not page.locator("[data-map-move]").is_visible()
        context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_the_map_that_moves_fits_and_nothing_is_found_wrong(at_map: Any, width: int, scheme: str) -> None:
    at_map.set_viewport_size({"width": width, "height": 844})
    at_map.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    moved(at_map)
    assert at_map.evaluate("document.documentElement.scrollWidth") <= width
    at_map.evaluate(AXE.read_text("utf-8"))
    assert at_map.evaluate(LOOK, EVERYTHING) == []


def test_lines_and_squares_of_a_layer_are_drawn_with_no_further_work(
    at_map: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def boats(*_: object) -> mapped.Layer:
        track = Track(Kind.BOAT, "A boat", ((41.0, 19.0), (41.4, 19.2)))
        return mapped.Layer((), False, (track,), ((41.2, 20.0), (41.21, 20.01)))

    monkeypatch.setitem(mapped.LAYERS, Kind.BOAT, boats)
    at_map.reload()
    assert at_map.locator(".l-map__line--boat").count() == 1
    assert at_map.locator(".l-map__square").count() >= 1
    with at_map.expect_response("**/map/shapes?*") as found:
        moved(at_map)
    forms = {each["geometry"]["type"] for each in found.value.json()["features"]}
    assert forms == {"LineString", "Polygon"}
    at_map.focus(".maplibregl-canvas")
    with at_map.expect_response("**/map/shapes?*") as found:
        at_map.keyboard.press("+")
    assert found.value.ok, "squares are as large as the new part needs"


def test_the_agencys_own_map_is_drawn_and_its_source_is_named(
    served: tuple[Desk, str], at_map: Any, tmp_path: Path
) -> None:
    desk, _ = served
    desk.node.tiles = open_tiles(str(archive(tmp_path / "own.pmtiles", zooms=4)), "")
    answers: list[tuple[int, str]] = []
    at_map.on(
        "response",
        lambda got: (
            answers.append((got.status, got.headers["cache-control"])) if "/map/tiles" in got.url else None
        ),
    )
    try:
        at_map.reload()
        moved(at_map)
    finally:
        desk.node.tiles.close()
        desk.node.tiles = None
    assert len(answers) >= 2
    assert set(answers) == {(206, "private, max-age=3600")}
    assert "© Invented Maps" in at_map.inner_text(".l-map-moving__source")
    assert at_map.locator(".l-map-moving__source").is_visible()
