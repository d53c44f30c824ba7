"""A page offers no way to a place where the person gets nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from liaison.model.roles import Role
from tests.web.scene import Scene, a_scene
from tests.web_fixtures import Desk, a_desk

PAGES = ("/lists/{list}", "/checks/{check}", "/alerts/{alert}", "/holdings/{holding}", "/cases/{case}", "/")
LINK = re.compile(r'<a [^>]*href="(/[^"#]*)"')


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with a_desk(tmp_path_factory.mktemp("offered")) as desk:
        yield desk


@pytest.mark.parametrize("role", [Role.APPROVER, Role.SUPERVISOR, Role.INVESTIGATOR])
def test_broken_glasses_are_offered_to_who_may_see_them(desk: Desk, role: Role) -> None:
    with desk.browser(desk.enrol(f"{role.value} of glass", role)) as browser:
        offered = 'href="/break-glass"' in browser.get("/approvals").text
        assert offered == (browser.get("/break-glass").status_code == 200)
        assert offered == (role is not Role.APPROVER)


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    with a_scene(tmp_path_factory.mktemp("ways")) as scene:
        yield scene


@pytest.mark.parametrize("role", list(Role))
def test_no_way_out_of_a_page_is_a_dead_end(scene: Scene, role: Role) -> None:
    with scene.desk.browser(scene.owners[role]) as browser:
        for page in PAGES:
            shown = browser.get(page.format(**scene.owned))
            if shown.status_code != 200:
                continue
            for way in sorted(set(LINK.findall(shown.text.replace("&amp;", "&")))):
                assert browser.get(way).status_code != 404, f"{page} offers {way} to {role.value}"


def test_an_import_says_what_is_needed_and_that_the_file_is_to_be_chosen_again(desk: Desk) -> None:
    with desk.browser(desk.enrol("Ilda Kurti", Role.DESK_OFFICER)) as browser:
        assert "No longer than the law lets the category be kept" in browser.get("/holdings/import").text
        blank = {
            f"{name}-{part}": "" for name in ("retention", "review") for part in ("day", "month", "year")
        }
        sent = {"list_name": "", "owner": "Police", "source": "", "case": "A", "reason": "held"} | blank
        shown = browser.post(
            "/holdings/import", data=sent, files={"file": ("a.csv", b"name\nA B\n", "text/csv")}
        )
        assert shown.status_code == 400
        for told in ("Name of the list", "Source"):
            assert f"{told}: this is needed</a>" in shown.text
        named = sent | {"list_name": "Held", "source": "patrols"}
        again = browser.post(
            "/holdings/import", data=named, files={"file": ("a.csv", b"name\nA B\n", "text/csv")}
        )
        assert (again.status_code, 'href="#retention' in again.text) == (400, True), "no row says its own end"
        assert "Choose the file again" in shown.text
