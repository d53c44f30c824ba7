"""Two tabs, two officers and a sign-out at one device: no copy outlives its day, and nobody sees another's shift."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from liaison.holdings.imports import import_file
from liaison.model.roles import Role
from tests.browser.booth import (
    PASSPORT,
    PLATE,
    SURNAME,
    Booth,
    a_device,
    back,
    begun,
    copied,
    kept,
    scan,
    signed_in,
    state,
    verdict,
)
from tests.holdings.test_wanted import line
from tests.web.scene import enrol, order


@pytest.fixture
def device(driver: Any, booth: Booth, tmp_path: Path) -> Iterator[Any]:
    booth.open()
    with a_device(driver, booth, tmp_path / "profile") as context:
        yield context


def test_a_copy_ends_in_its_own_tab_although_another_tab_has_taken_a_later_one(
    device: Any, booth: Booth
) -> None:
    first = begun(device, booth)
    copied(first)
    booth.desk.clock.forward(hours=2)
    try:
        device.add_cookies([signed_in(booth)])
        with first.expect_response("**/checkpoint/state"):
            first.evaluate("window.dispatchEvent(new Event('online'))")
        copied(begun(device, booth))
        first.bring_to_front()
        booth.cut()
        assert verdict(scan(first, PLATE)[0]) == "hit"
        today = datetime.fromtimestamp(first.evaluate("Date.now()") / 1000, UTC)
        first.clock.set_fixed_time(today + timedelta(hours=23))
        (after,) = scan(first, PLATE)
        assert verdict(after) == "none", after.inner_text()
        assert kept(first, "copies") == 1, "the later copy lies there still"
    finally:
        booth.desk.clock.forward(hours=-2)


def test_whoever_signs_in_at_the_device_of_another_sees_nothing_of_the_other_shift(
    device: Any, booth: Booth
) -> None:
    page = begun(device, booth)
    copied(page)
    scan(page, PASSPORT)
    booth.cut()
    assert verdict(scan(page, PLATE)[0]) == "hit"
    someone = enrol(booth.desk, "Ben Other", "Morina", Role.INVESTIGATOR)
    device.add_cookies([{"name": booth.desk.cookie, "value": someone.session, "url": booth.address}])
    back(page, booth)
    page.wait_for_selector("#start:not([hidden])")
    assert not page.locator("#shift").is_visible()
    for seen in (PLATE, SURNAME, "BA7654321"):
        assert seen not in page.inner_html("body")
    assert page.locator("#history li").count() == 0
    assert state(page, "carried").endswith("code needed")
    assert (kept(page, "waiting"), kept(page, "copies")) == (1, 1)


def test_a_sign_out_in_another_tab_loses_no_scan_of_the_open_shift_and_the_screen_goes_on(
    device: Any, booth: Booth
) -> None:
    page = begun(device, booth)
    copied(page)
    before = booth.stored()
    booth.cut()
    scan(page, PLATE)
    booth.open()
    other = device.new_page()
    device.add_cookies([signed_in(booth)])  # a session of its own: the officer's first one goes on
    other.goto(booth.address + "/settings")
    other.evaluate("[...document.forms].find(one => one.action.endsWith('/sign-out')).requestSubmit()")
    other.wait_for_url("**/sign-in**")
    page.bring_to_front()
    (panel,) = scan(page, PASSPORT)
    assert (verdict(panel), state(page, "carried")) == ("none", "No copy")
    assert "memory alone" in page.inner_text("#note")
    device.add_cookies([signed_in(booth)])
    back(page, booth)
    page.wait_for_selector("#reports:not([hidden])")
    assert (booth.stored() - before, state(page, "waits")) == (2, "")


def test_a_clock_that_is_turned_back_within_the_day_ends_the_copy(device: Any, booth: Booth) -> None:
    page = begun(device, booth)
    copied(page)
    booth.cut()
    page.clock.set_fixed_time(booth.desk.clock.now() + timedelta(hours=20))
    assert verdict(scan(page, PLATE)[0]) == "hit"
    page.clock.set_fixed_time(booth.desk.clock.now() + timedelta(hours=1))
    assert verdict(scan(page, PLATE)[0]) == "none"
    assert kept(page, "copies") == 0


def test_a_wanted_mark_that_looks_like_a_number_is_reported_as_the_mark_that_it_was(
    device: Any, booth: Booth
) -> None:
    by = booth.desk.actor(enrol(booth.desk, "Second Officer", "Morina", Role.DESK_OFFICER))
    content = line(id="V9", plate="87 65 432", action="stop", vin="")
    import_file(booth.desk.office, by, order(booth.desk, content, "Foreign", name="foreign.jsonl"))
    booth.desk.node.live.refresh()
    page = begun(device, booth)
    copied(page)
    booth.cut()
    assert verdict(scan(page, "8765432")[0]) == "hit"
    back(page, booth)
    page.wait_for_selector("#reports:not([hidden])")
    assert "1 of 1 needs a look now" in page.inner_text("#reports-said")
