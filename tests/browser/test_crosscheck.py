"""A private cross-check in a real browser: two served nodes, TLS between them, live progress, a strong overlap."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.browser.conftest import faults
from tests.browser.test_requests import SIZES, at
from tests.web.crosschecks import DESK, INVESTIGATOR, LIST, SUPERVISOR, Crossing, browsers, crossing, done


@pytest.fixture(scope="module")
def crossed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crossing]:
    with crossing(tmp_path_factory.mktemp("crossed")) as made:
        yield made


def test_a_cross_check_from_the_form_to_the_request(page: Any, crossed: Crossing) -> None:
    with at(page, crossed.asking, INVESTIGATOR) as address:
        page.goto(f"{address}/crosschecks")
        page.get_by_role("button", name="New cross-check").click()
        page.fill("#list", LIST)
        page.get_by_role("button", name="What would they learn?").click()
        assert "2 subjects" in page.locator("#ahead").inner_text()
        assert "Vokshi" in page.input_value("#list")
        page.get_by_role("button", name="Prepare the cross-check").click()
        page.wait_for_url("**/crosschecks/crosscheck-*")
        page.get_by_role("button", name="Start").click()
        page.wait_for_url("**done=crosscheck-started")
        assert "Under way" in page.locator("#state").inner_text()
        crossed.ask()
        page.locator("#overlaps").wait_for(timeout=20_000)  # the page came to it by itself
        row = page.locator("tr", has_text="Gëzim Vokshi")
        assert "Strong" in row.inner_text()
        assert "document number" in row.inner_text()
        page.focus("#numbers")
        page.keyboard.press("Space")
        page.get_by_role("button", name="Ask for the records").click()
        page.fill("#contact", "duty desk")
        for field in ("description", "link"):
            page.fill(f"#{field}", "Named by a witness as the driver")
        page.select_option("#copied", "none-named")
        page.get_by_role("button", name="Make the draft").click()
        page.wait_for_url("**/requests/request-*")
        assert "Gëzim Vokshi" in page.content()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_of_cross_checks_are_fit_for_everyone(page: Any, crossed: Crossing, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    wrong: list[str] = []
    with browsers(crossed.asking, INVESTIGATOR) as (ours,):
        done(crossed, ours)
    with at(page, crossed.asking, INVESTIGATOR) as address:
        page.goto(f"{address}/crosschecks")
        one = page.locator("main a[href^='/crosschecks/crosscheck-']").first.get_attribute("href")
        for path in ("/crosschecks", "/crosschecks/new", one, f"{one}/receipt"):
            wrong += looked(page, address, path)
    with at(page, crossed.asked, DESK) as address:
        for path in ("/crosschecks/served", "/crosschecks/sets"):
            wrong += looked(page, address, path)
        page.goto(f"{address}/crosschecks/served")
        served = page.locator("main a[href^='/crosschecks/served/']").first.get_attribute("href")
        wrong += looked(page, address, served)
    with at(page, crossed.asking, SUPERVISOR) as address:
        wrong += looked(page, address, f"/partners/{crossed.asked.origin}/propose")
    assert wrong == []


def looked(page: Any, address: str, path: str) -> list[str]:
    """What is wrong with a page at either width."""
    page.goto(f"{address}{path}")
    found = []
    for size in SIZES:
        page.set_viewport_size(size)
        over = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        found += [f"{path}: {over} pixels too wide"] if over > 0 else []
        found += [f"{path}: {fault}" for fault in faults(page)]
    return found
