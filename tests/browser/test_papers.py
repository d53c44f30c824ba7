"""Copies in a real browser: chosen, downloaded and opened; the page is fit for everyone at both widths and themes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from liaison.model.roles import Role
from tests.browser.conftest import faults
from tests.formats.pdf_text import text_of
from tests.web.serving import served
from tests.web.taken import H1, Ground, a_ground
from tests.web.two_desks import WHY, House

INVESTIGATOR, DESK = Role.INVESTIGATOR, Role.DESK_OFFICER
SIZES = ({"width": 1280, "height": 900}, {"width": 390, "height": 844})
PICTURES = os.environ.get("PICTURES_OF_PAGES", "")  # a folder for pictures and copies, to be looked at


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory, chromium: Any) -> Iterator[Ground]:
    with a_ground(tmp_path_factory.mktemp("copies")) as made:
        yield made


@contextmanager
def at(page: Any, house: House, role: Role) -> Iterator[str]:
    """The page's browser signed in as this officer; the address of their node."""
    with served(house.desk) as address:
        session = house.officers[role].session
        page.context.clear_cookies()
        page.context.add_cookies([{"name": house.desk.cookie, "value": session, "url": address}])
        yield address
        page.goto("about:blank")


def downloaded(page: Any, form: str) -> bytes:
    """What the browser saves once this form is chosen and the copy taken."""
    page.locator(f"input[name=form][value={form}]").check()
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Take the copy").click()
    download = waiting.value
    assert download.suggested_filename.startswith("liaison-0")
    if PICTURES:
        download.save_as(Path(PICTURES) / f"copy-{download.suggested_filename}")
    return Path(download.path()).read_bytes()


def test_a_request_is_printed_and_saved_from_its_page(page: Any, ground: Ground) -> None:
    asking = ground.houses.asking
    with at(page, asking, INVESTIGATOR) as address:
        page.goto(f"{address}{ground.ours}")
        page.get_by_role("button", name="Print or save").click()
        page.wait_for_url(f"**{ground.ours}/copy")
        assert page.get_by_text("Left out (H2 H3)").first.is_visible()
        page.select_option("#grounds", ground.grounds)
        pages = text_of(downloaded(page, "pdf"))
        assert "Request and answer" in pages[0]
        assert all("ledger entry" in each for each in pages)
        assert "AA100BB" in "\n".join(pages)
        assert downloaded(page, "csv").startswith("\ufeffNumber".encode())
        assert b'"schema":"Vehicle"' in downloaded(page, "ftm")
        assert b"AA102BB" not in downloaded(page, "misp"), "H2 binds and MISP does not"


def test_a_refused_door_says_why_on_the_page(page: Any, ground: Ground) -> None:
    with at(page, ground.houses.asking, DESK) as address:
        page.goto(f"{address}/received/{ground.things[frozenset({H1})]}/copy")
        page.select_option("#grounds", ground.clerk)
        page.fill("#court", "Court of Tirana")
        page.get_by_role("button", name="Take the copy").click()
        page.get_by_text("What would make it lawful").wait_for()
        assert page.get_by_text("the record carries H1").first.is_visible()


def test_a_record_that_we_supplied_is_saved_in_ones_own_words(page: Any, ground: Ground) -> None:
    with at(page, ground.houses.asked, DESK) as address:
        page.goto(f"{address}/supplied/{ground.things[frozenset()]}")
        page.get_by_role("button", name="Print or save").click()
        page.fill("#justification", WHY)
        assert b"AA100BB" in downloaded(page, "stix")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_of_copies_is_fit_for_everyone(page: Any, ground: Ground, scheme: str) -> None:
    person = ground.people[frozenset({H1})]
    shown = [
        (ground.houses.asking, INVESTIGATOR, f"{ground.ours}/copy"),
        (ground.houses.asking, DESK, f"/received/{person}/copy"),
        (ground.houses.asked, DESK, f"{ground.theirs}/copy"),
        (ground.houses.asked, DESK, f"/supplied/{person}/copy"),
        (ground.houses.asked, DESK, "/requests/convictions/copy"),
    ]
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    wrong: dict[str, list[str]] = {}
    for number, (house, role, path) in enumerate(shown):
        with at(page, house, role) as address:
            for size in SIZES:
                page.set_viewport_size(size)
                page.goto(address + path)
                over = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
                found = faults(page) + ([f"{over} pixels too wide"] if over > 0 else [])
                wrong |= {f"{path} {size['width']}": found} if found else {}
                if PICTURES:
                    name = f"copy-{number}-{size['width']}-{scheme}.png"
                    page.screenshot(path=str(Path(PICTURES) / name), full_page=True)
    assert wrong == {}
