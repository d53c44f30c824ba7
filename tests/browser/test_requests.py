"""Requests in a real browser: by keyboard alone, alive without a reload, fit for everyone at both widths and themes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.browser.conftest import _free_port, _listening, faults
from tests.web.test_requests_pages import DESK, INVESTIGATOR, WHY, agreed, arrived, browsers, place_of, sent
from tests.web.two_desks import House, Houses, two_desks

SIZES = ({"width": 1280, "height": 900}, {"width": 390, "height": 844})


@pytest.fixture(scope="module")
def houses(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Houses]:
    with two_desks(tmp_path_factory.mktemp("browsed")) as both:
        yield both


@contextmanager
def at(page: Any, house: House, role: Any) -> Iterator[str]:
    """The page's browser signed in as this officer; the address of their node."""
    port = _free_port()
    address = f"http://127.0.0.1:{port}"
    with _listening(house.desk, port):
        session = house.officers[role].session
        page.context.clear_cookies()
        page.context.add_cookies([{"name": house.desk.cookie, "value": session, "url": address}])
        yield address
        page.goto("about:blank")


def test_a_subject_is_answered_by_keyboard_alone(page: Any, houses: Houses) -> None:
    with browsers(houses.asked, DESK) as (desk,):
        _, place = arrived(houses, desk)
    with at(page, houses.asked, DESK) as address:
        page.goto(f"{address}{place}/subjects/1")
        page.focus("#why")
        page.keyboard.type(WHY)
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.wait_for_selector("#holding-1")
        page.focus("#holding-1")
        page.keyboard.press("Space")
        assert page.locator("#holding-1").is_checked()
        page.focus("button[value=records]")
        page.keyboard.press("Enter")
        page.wait_for_url(f"**{place}/subjects/1?done=subjects-answered")
        assert "Answered in full" in page.content()


def test_the_inbox_shows_what_arrives_without_a_reload(page: Any, houses: Houses) -> None:
    with at(page, houses.asked, DESK) as address:
        page.goto(f"{address}/requests")
        before = page.locator("#lines tbody tr").count()
        page.evaluate("window.same = true")
        sent(houses, urgent="yes", urgency="They cross the border tonight")
        houses.carry()
        page.locator("#lines tbody tr").nth(before).wait_for(timeout=20_000)
        assert page.evaluate("window.same") is True, "the page itself was not loaded again"
        assert page.locator("[data-clock]").first.inner_text().strip() != ""


def test_a_request_says_that_it_has_changed_and_only_then(page: Any, houses: Houses) -> None:
    with browsers(houses.asked, DESK) as (desk,):
        _, place = arrived(houses, desk)
        with at(page, houses.asked, DESK) as address:
            page.goto(f"{address}{place}")
            page.wait_for_timeout(3_000)
            assert not page.locator("[data-live-changed]").is_visible()
            agreed(desk, f"{place}/nothing")
            page.wait_for_selector("[data-live-changed]", state="visible", timeout=20_000)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_of_requests_are_fit_for_everyone(page: Any, houses: Houses, scheme: str) -> None:
    with browsers(houses.asked, DESK) as (desk,):
        ours, place = arrived(houses, desk)
        place_of(desk.post(f"{place}/questions", data={"question": "Which of the vans?", "pauses": "yes"}))
        houses.carry()
    shown = [
        (houses.asked, DESK, ["/requests", place, f"{place}/subjects/1", "/requests/league?ours=true"]),
        (houses.asked, DESK, ["/requests/convictions", "/requests/unasked", "/requests?over=true"]),
        (houses.asking, INVESTIGATOR, ["/requests/out", "/requests/new", ours, "/requests/templates"]),
    ]
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    wrong = []
    for house, role, places in shown:
        with at(page, house, role) as address:
            for each in places:
                page.goto(f"{address}{each}")
                for size in SIZES:
                    page.set_viewport_size(size)
                    over = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
                    wrong += [f"{each}: {over} pixels too wide"] if over > 0 else []
                wrong += [f"{each}: {fault}" for fault in faults(page)]
    assert wrong == []
