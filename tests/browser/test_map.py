"""The map in a real browser: it asks no other host, fits a telephone, is read out, and its links work."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from liaison.model.roles import Role
from liaison.sightings.register import Entry, Place, end, make_feed, register
from tests.browser.conftest import AXE, RULES
from tests.browser.test_pages import LOOK
from tests.web.scene import a_case, enrol
from tests.web_fixtures import PASSWORD, Desk

EVERYTHING = {"type": "tag", "values": RULES}
GATES = [
    Place(f"Gate {place}", 41 + place / 50, 19.5 + place % 7 / 9, 45 * (place % 8)) for place in range(24)
]


@pytest.fixture(scope="module")
def officer(served: tuple[Desk, str]) -> str:
    """The name with which an officer signs in who has cameras; one of them is over."""
    desk, _ = served
    officer = enrol(desk, "Mira Map", "Unit", Role.INVESTIGATOR)
    case, grounds = a_case(desk, officer, "MAP-2")
    actor = desk.actor(officer)
    feed = make_feed(desk.office, actor, case, "Roadside")
    until = desk.office.now() + timedelta(days=7)
    for place in GATES:
        camera = register(
            desk.office, actor, grounds, Entry(feed.id, place.name, place, "PROS 7/26", "DPIA", until)
        )
    end(desk.office, actor, camera.id)
    return officer.sign_in


@pytest.fixture
def on_map(served: tuple[Desk, str], officer: str, page: Any) -> Iterator[tuple[Any, list[str]]]:
    """The page of the map, and every address that the browser asked for on the way."""
    asked: list[str] = []
    page.context.on("request", lambda request: asked.append(request.url))
    page.goto(f"{served[1]}/sign-in")
    page.fill("input[name=name]", officer)
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_url("**/")
    page.goto(f"{served[1]}/map")
    yield page, asked
    assert len(asked) > 5
    assert [each for each in asked if not each.startswith((served[1], "data:"))] == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_the_map_fits_and_nothing_is_found_wrong(
    on_map: tuple[Any, list[str]], width: int, scheme: str
) -> None:
    page, _ = on_map
    page.set_viewport_size({"width": width, "height": 844})
    page.emulate_media(color_scheme=scheme)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    drawn = page.locator(".l-map__picture").bounding_box()
    assert drawn["width"] > width / 3
    assert page.locator(".l-map__mark--camera").count() > 10
    page.evaluate(AXE.read_text("utf-8"))
    assert page.evaluate(LOOK, EVERYTHING) == []


def test_links_move_the_map_and_a_group_opens(on_map: tuple[Any, list[str]]) -> None:
    page, asked = on_map
    for _ in range(3):
        with page.expect_navigation():
            page.click(".l-map__ways a:has-text('Farther')")
    group = page.locator(".l-map__picture a:has(.l-map__count)").first
    group.focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.locator(".l-map__mark--camera").count() > 1
    with page.expect_navigation():
        page.click(".l-map__ways a:has-text('All')")
    assert page.url.endswith("/map")
    assert sum("/map" in each for each in asked) >= 6
