"""Every page of a demonstration node in a real browser: what axe finds, how wide it is, what the policy blocks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from liaison.demo import agency
from liaison.demo.agency import Officer
from tests.browser.conftest import AXE, RULES, WATCH
from tools.screens import NARROW, PAGES, WIDE, Shot, address_of, send, signed_in

EVERYTHING = {"type": "tag", "values": RULES}
DRAWING = {
    "type": "rule",
    "values": ["color-contrast", "target-size", "link-in-text-block"],
}  # what a theme or a width can change
BARE = (  # what the places of exchange show on a node without partners
    Shot("partners-none", agency.ADMINISTRATOR, "/partners"),
    Shot("partners-none-to-add", agency.SUPERVISOR, "/partners"),
    Shot("received-none", agency.INVESTIGATOR, "/received"),
    Shot("supplied-none", agency.DESK, "/supplied"),
    Shot("notices-none", agency.SUPERVISOR, "/supplied/notices"),
    Shot("permissions-none", agency.SUPERVISOR, "/permissions?out=true"),
    Shot("permissions-none-in", agency.SUPERVISOR, "/permissions"),
    Shot("intake-none", agency.DESK, "/intake"),
    Shot("intake-none-refused", agency.DESK, "/intake?which=refused"),
    Shot("published-none", agency.SUPERVISOR, "/published"),
)
SHOTS = (*PAGES, *BARE)
KINDS = [
    (WIDE, "light", EVERYTHING),
    (WIDE, "dark", DRAWING),
    (NARROW, "light", DRAWING),
    (NARROW, "dark", EVERYTHING),
]
LOOK = """async (rules) => {
  const found = await axe.run(document, {runOnly: rules, resultTypes: ["violations"], preload: false});
  return found.violations.map((each) => `${each.id}: ${each.nodes[0].html.slice(0, 200)}`);
}"""
Seats = dict[Officer | None, Any]


@pytest.fixture(scope="module")
def seats(demonstration: tuple[str, str], chromium: Any) -> Iterator[Seats]:
    """A page for each officer of the demonstration, signed in."""
    address, _ = demonstration
    contexts = {who: signed_in(chromium, address, who) for who in dict.fromkeys(shot.who for shot in SHOTS)}
    for context in contexts.values():
        context.add_init_script(WATCH)
    yield {who: context.new_page() for who, context in contexts.items()}
    for context in contexts.values():
        context.close()


def opened(seats: Seats, demonstration: tuple[str, str], shot: Shot) -> tuple[Any, Any]:
    page = seats[shot.who]
    answer = page.goto(address_of(page, shot, demonstration[1]))
    return page, answer


@pytest.mark.parametrize("shot", SHOTS, ids=lambda shot: shot.name)
def test_every_page_is_fit_for_everyone(seats: Seats, demonstration: tuple[str, str], shot: Shot) -> None:
    page, answer = opened(seats, demonstration, shot)
    assert answer.status == shot.status
    send(page, shot)
    page.evaluate(AXE.read_text("utf-8"))
    wrong: dict[str, list[str]] = {}
    for (width, height), scheme, rules in KINDS:
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme=scheme)
        found = page.evaluate(LOOK, rules)
        over = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        wrong[f"{width} {scheme}"] = found + ([f"{over} pixels too wide"] if over > 0 else [])
    assert {kind: found for kind, found in wrong.items() if found} == {}
    assert page.evaluate("window.violations") == []


@pytest.mark.parametrize("name", ["check-answer", "hit", "case", "ledger-entry"])
def test_a_page_prints_what_it_says_and_nothing_to_press(
    seats: Seats, demonstration: tuple[str, str], name: str
) -> None:
    shot = next(shot for shot in PAGES if shot.name == name)
    page, _ = opened(seats, demonstration, shot)
    page.emulate_media(media="print")
    try:
        assert not page.locator(".l-nav").is_visible()
        assert not page.locator(".l-header").is_visible()
        assert page.locator("main button.govuk-button:visible").count() == 0
        assert page.locator("h1").is_visible()
        assert page.pdf().startswith(b"%PDF")
    finally:
        page.emulate_media(media="screen")


def test_the_list_has_every_page_that_the_navigation_leads_to(seats: Seats) -> None:
    known = {shot.start for shot in SHOTS}
    for who, page in seats.items():
        if who is not None:
            page.goto("/")
            links = page.locator(".l-nav__link")
            assert {links.nth(place).get_attribute("href") for place in range(links.count())} <= known
