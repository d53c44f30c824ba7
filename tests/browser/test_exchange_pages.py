"""Partners, and what passed between them, in a real browser: axe, two widths and themes, and the keyboard alone."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from liaison.model.roles import Role
from tests.browser.conftest import AXE, RULES, WATCH
from tests.web.serving import served
from tests.web.test_supply_pages import WHY, WRONG, Supplied
from tests.web.two_desks import House, two_desks
from tests.web_fixtures import Officer

WIDE, NARROW = (1280, 900), (390, 844)
INVESTIGATOR, DESK, SUPERVISOR = Role.INVESTIGATOR, Role.DESK_OFFICER, Role.SUPERVISOR
PICTURES = os.environ.get("PICTURES_OF_PAGES", "")  # a folder for pictures of every page, to be looked at
LOOK = """async (rules) => {
  const found = await axe.run(document, {runOnly: {type: "tag", values: rules}, resultTypes: ["violations"]});
  return found.violations.map((each) => `${each.id}: ${each.nodes[0].html.slice(0, 200)}`);
}"""
CUT = """[...document.querySelectorAll(".l-table-scroll")]
  .filter((each) => each.scrollWidth > each.clientWidth + 1).map((each) => each.getAttribute("aria-label"))"""
PAGES = {  # name: which agency, who, address
    "partners": ("asked", SUPERVISOR, "/partners"),
    "partner": ("asked", SUPERVISOR, "/partners/police.example"),
    "partner-admin": ("asked", None, "/partners/police.example"),
    "partner-add": ("asked", None, "/partners/add"),
    "partner-own": ("asked", None, "/partners/own"),
    "partner-rotate": ("asked", None, "/partners/own/rotate"),
    "partner-terms": ("asked", SUPERVISOR, "/partners/police.example/propose"),
    "partner-revoke": ("asked", None, "/partners/police.example/revoke"),
    "partner-letters": ("asked", None, "/partners/police.example/letters"),
    "received": ("asking", INVESTIGATOR, "/received"),
    "received-closed": ("asking", INVESTIGATOR, "{got}"),
    "received-read": ("asking", INVESTIGATOR, "{got}?grounds={grounds}"),
    "received-desk": ("asking", DESK, "{got}"),
    "supplied": ("asked", DESK, "/supplied"),
    "supplied-item": ("asked", DESK, "{sent}"),
    "supplied-recall": ("asked", DESK, "{sent}/recall"),
    "notices": ("asked", DESK, "/supplied/notices"),
    "permissions": ("asked", SUPERVISOR, "/permissions"),
    "permission": ("asked", SUPERVISOR, "{permission}"),
    "intake": ("asked", DESK, "/intake"),
    "published": ("asked", SUPERVISOR, "/published"),
    "collection": ("asked", DESK, "{collection}"),
    "today": ("asked", SUPERVISOR, "/"),
}


@dataclass
class Ground:
    """Both agencies behind servers, a browser for each officer, and where things stand."""

    supplied: Supplied
    pages: dict[tuple[str, Role | None], Any]
    places: dict[str, str]
    addresses: dict[str, str]

    def open(self, name: str) -> Any:
        """The page of this name, opened by whoever it is for."""
        which, who, path = PAGES[name]
        page = self.pages[which, who]
        answer = page.goto(self.addresses[which] + path.format(**self.places))
        assert answer.status == 200
        return page


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory, chromium: Any) -> Iterator[Ground]:
    with two_desks(tmp_path_factory.mktemp("houses")) as houses, ExitStack() as stack:
        supplied = Supplied(houses)
        places = {"got": supplied.got, "sent": supplied.sent, "grounds": supplied.grounds} | _made(supplied)
        both = {"asking": houses.asking, "asked": houses.asked}
        addresses = {name: stack.enter_context(served(house.desk)) for name, house in both.items()}
        pages = {}
        for which, who in {(which, who) for which, who, _ in PAGES.values()}:
            context = chromium.new_context(locale="en-GB", reduced_motion="reduce")
            context.add_init_script(WATCH)
            officer = _officer(both[which], who)
            cookie = {"name": both[which].desk.cookie, "value": officer.session, "url": addresses[which]}
            context.add_cookies([cookie])
            pages[which, who] = context.new_page()
            stack.callback(context.close)
        yield Ground(supplied, pages, places, addresses)


def _officer(house: House, who: Role | None) -> Officer:
    return house.officers[who] if who else house.desk.administrator


def _made(supplied: Supplied) -> dict[str, str]:
    """A permission that is asked for, a collection, and a proposal that waits."""
    from tests.web.test_partners_pages import TERMS
    from tests.web.test_publishing_pages import opened
    from tests.web.test_requests_pages import browsers, place_of

    houses = supplied.houses
    with browsers(houses.asking, INVESTIGATOR, SUPERVISOR) as (asker, head):
        wish = {"lifts": ["H1", "H2"], "court_named": "Court of Tirana", "purpose": "prosecution", "why": WHY}
        permission = place_of(asker.post(f"{supplied.got}/ask", data=wish))
        place_of(head.post(f"/partners/{houses.asked.origin}/propose", data=TERMS))
        page = head.get(f"/partners/{houses.asked.origin}").text
        digest = page.split("/agreements/")[1][:64]
        document = head.get(f"/partners/{houses.asked.origin}/agreements/{digest}").text
    houses.pair.carry()
    with browsers(houses.asked, SUPERVISOR) as (other,):
        place_of(other.post(f"/partners/{houses.asking.origin}/agreement", data={"agreement": document}))
    return {"permission": permission, "collection": opened(houses)}


@pytest.mark.parametrize("name", PAGES)
def test_every_page_is_fit_for_everyone(ground: Ground, name: str) -> None:
    page = ground.open(name)
    page.evaluate(AXE.read_text("utf-8"))
    wrong: dict[str, list[str]] = {}
    for width, height in (WIDE, NARROW):
        page.set_viewport_size({"width": width, "height": height})
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            found = page.evaluate(LOOK, RULES)
            over = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
            wrong[f"{width} {scheme}"] = found + ([f"{over} pixels too wide"] if over > 0 else [])
        wrong[f"{width} tables"] = [f"{name} is cut off" for name in page.evaluate(CUT)]
        page.emulate_media(color_scheme="light")
        if PICTURES:
            page.screenshot(path=str(Path(PICTURES) / f"{name}-{width}.png"), full_page=True)
    assert {kind: found for kind, found in wrong.items() if found} == {}
    assert page.evaluate("window.violations") == []


def test_an_item_is_called_back_with_the_keyboard_alone(ground: Ground) -> None:
    page = ground.open("supplied-recall")
    page.set_viewport_size({"width": WIDE[0], "height": WIDE[1]})
    page.locator("#why").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.type(WRONG)
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/supplied/item-*?done=item-recalled")
    assert page.get_by_text("The recall is on its way").is_visible()
    assert page.get_by_text("Not confirmed").first.is_visible()
