"""The checkpoint's screen in a real browser before a real node: with the line, without it, and when it comes back."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from liaison.model.roles import Role
from tests.browser.booth import (
    CARD,
    LISTED,
    NARROW,
    OFFICE,
    PASSPORT,
    PLATE,
    QUIET,
    RED,
    STOLEN,
    SURNAME,
    TONES,
    Booth,
    a_device,
    back,
    begun,
    copied,
    give,
    in_field,
    kept,
    opened,
    scan,
    signed_in,
    state,
    tones,
    verdict,
    zone,
)
from tests.browser.conftest import faults
from tests.web.scene import enrol

PICTURES = os.environ.get("PICTURES_OF_PAGES", "")  # a folder for pictures, to be looked at
WIDE = {"width": 1280, "height": 900}


@pytest.fixture
def device(driver: Any, booth: Booth, tmp_path: Path) -> Iterator[Any]:
    booth.open()
    with a_device(driver, booth, tmp_path / "profile") as context:
        context.add_init_script(TONES)
        yield context


def test_a_scan_is_answered_in_words_colour_picture_and_sound(device: Any, booth: Booth) -> None:
    page = begun(device, booth)
    assert in_field(page)
    (clear,) = scan(page, PASSPORT)
    assert (verdict(clear), clear.locator("h2").inner_text()) == ("clear", "Nothing found")
    assert SURNAME in clear.inner_text()
    assert clear.locator("svg").count() > 0
    high = tones(page)
    assert len(high) == 1
    (hit,) = scan(page, LISTED)
    assert (verdict(hit), OFFICE in hit.inner_text()) == ("hit", True)
    assert re.search(r"/alerts/alert-", hit.locator("a").first.get_attribute("href"))
    low, red = tones(page), page.evaluate(RED)
    assert len(low) == 3
    assert low[0] < high[0] / 2
    (quiet,) = scan(page, QUIET)
    assert (verdict(quiet), "Discreet" in quiet.inner_text()) == ("hit", True)
    assert tones(page) == high, "it sounds like nothing found"
    assert page.evaluate(RED) != red
    assert in_field(page)
    page.get_by_role("button", name="Sound is on").click()
    scan(page, PLATE)
    assert (tones(page), in_field(page)) == ([], True)
    (unread,) = scan(page, "zzz")
    assert "date of birth" in unread.inner_text()
    page.wait_for_timeout(4_100)
    scan(page, "AA 305 CC")
    assert page.inner_text("#earlier-title") == "Earlier (5)"
    page.locator("#earlier-title").click()
    past = page.locator("#history > li > details > summary").all_inner_texts()
    assert [row.split("\n")[0] for row in past] == ["zzz", PLATE, QUIET, STOLEN, "BA7654321"]
    assert "Match" not in past[2], "nor does the history say so aloud"
    assert in_field(page)
    device.clear_cookies()
    (alone,) = scan(page, "AA 308 CC")
    assert (verdict(alone), state(page, "line")) == ("none", "Signed out")


def test_a_scanner_ends_with_enter_or_by_pausing(device: Any, booth: Booth) -> None:
    page = begun(device, booth)
    (card,) = scan(page, CARD, enter=False)
    assert "CC7654321" in card.inner_text(), "three lines, and no Enter behind the last"
    (passport,) = scan(page, PASSPORT)
    assert "BA7654321" in passport.inner_text(), "the Enter between two lines ends nothing"
    run = (PASSPORT + zone(number="BA1111111")).replace("\n", "")
    first, second = scan(page, run, many=2)
    assert "BA7654321" in first.inner_text()
    assert "BA1111111" in second.inner_text()
    page.evaluate("navigator.clipboard = undefined")
    page.locator("#scan").evaluate(
        "(field, text) => { field.value = text;"
        " field.dispatchEvent(new InputEvent('input', {inputType: 'insertFromPaste', bubbles: true})); }",
        "AA 300 CC\nAA 301 CC",
    )
    for mark in ("AA300CC", "AA301CC"):
        page.locator("#answers article", has_text=mark).wait_for()
    page.keyboard.type("AA 302", delay=90)  # a person types slowly, and is not cut short
    page.wait_for_timeout(400)
    assert page.input_value("#scan") == "AA 302"
    page.evaluate("document.querySelector('#sound').focus()")
    page.keyboard.type(" CC", delay=90)
    assert page.input_value("#scan").replace(" ", "") == "AA302CC", (
        "what is typed anywhere goes into the field"
    )


def test_found_and_helped_are_counted_and_can_be_taken_back(device: Any, booth: Booth) -> None:
    page = begun(device, booth)
    before = booth.counted()
    people = page.locator("[data-count='people found']")
    people.click()
    people.click()
    page.locator("[data-count='children helped']").click()
    page.get_by_role("button", name="Undo").click()
    assert in_field(page)
    assert booth.counted() == before, "nothing is sent at once"
    page.wait_for_function(
        "() => document.querySelector('#counted').textContent === 'Today in this case: 2 found, 0 helped'",
        timeout=9_000,
    )
    page.wait_for_timeout(300)
    assert booth.counted() == before + 2


def test_without_the_line_scanning_goes_on_and_each_scan_is_reported_once(device: Any, booth: Booth) -> None:
    page = begun(device, booth)
    code = copied(page)
    before = booth.stored()
    booth.cut()
    (stolen,) = scan(page, LISTED)
    assert (verdict(stolen), state(page, "line")) == ("hit", "No line")
    assert "Match in the copy of" in stolen.inner_text()
    assert OFFICE in stolen.inner_text()
    tones(page)
    (quiet,) = scan(page, QUIET)
    assert ("Discreet" in quiet.inner_text(), len(tones(page))) == (True, 1)
    (clear,) = scan(page, PASSPORT)
    assert re.search(r"Not in the copy of \d\d:\d\d", clear.inner_text())
    assert "full check is made when the line is back" in clear.inner_text()
    changed = PASSPORT.replace("9003152", "9003252")
    assert verdict(scan(page, changed)[0]) == "stop", "check digits are held up without the line too"
    page.locator("[data-count='vehicles found']").click()
    assert state(page, "waits") == "4 checks wait to be reported"

    page.reload()
    page.wait_for_selector("body[data-ready]")
    assert "code needed" in state(page, "carried")
    give(page, "0000000000")
    page.wait_for_selector("#unlock-error:not([hidden])")
    assert "not the code" in page.inner_text("#unlock-error")
    give(page, code.lower().replace("0", "o").replace("1", "l"))
    page.wait_for_selector("#shift:not([hidden])")
    assert verdict(scan(page, PLATE)[0]) == "hit"
    other = opened(device, booth)
    assert "code needed" in state(other, "carried"), "a second tab has no key of the first"
    give(other, code)
    other.wait_for_selector("#shift:not([hidden])")
    scan(other, "AA 303 CC")
    page.wait_for_function("() => document.querySelector('#waits').textContent.startsWith('6')")
    counts = booth.counted()

    lost: list[int] = []

    def lose(route: Any) -> None:
        """The node takes the report, and its answer is lost on the way."""
        lost.append(route.fetch().status)
        route.abort()

    page.bring_to_front()
    page.route("**/checkpoint/report", lose, times=1)
    back(page, booth)
    page.wait_for_timeout(1_000)
    assert (state(page, "line"), state(page, "waits")) == ("No line", "6 checks wait to be reported")
    other.bring_to_front()
    other.evaluate("window.dispatchEvent(new Event('online'))")
    page.evaluate("window.dispatchEvent(new Event('online'))")
    for one in (page, other):
        one.wait_for_function("() => document.querySelector('#waits').hidden")
    assert (lost, booth.stored() - before, booth.counted() - counts) == ([200], 6, 0)
    said = [one.inner_text("#reports") for one in (page, other) if one.locator("#reports").is_visible()]
    assert len(said) == 1, "one of the tabs reported"
    assert "6 checks were reported." in said[0]
    assert "4 of 6 need a look now" in said[0]
    assert kept(page, "waiting") == 0
    assert verdict(scan(other, "AA 304 CC")[0]) == "clear"
    assert booth.stored() - before == 7


def test_nothing_readable_lies_in_the_browser(driver: Any, booth: Booth, tmp_path: Path) -> None:
    with a_device(driver, booth, tmp_path / "profile") as device:
        page = begun(device, booth)
        code = copied(page)
        booth.cut()
        scan(page, PASSPORT)
        scan(page, PLATE)
        assert (kept(page, "waiting"), kept(page, "copies")) == (2, 1)
    booth.open()
    stored = b"".join(path.read_bytes() for path in (tmp_path / "profile").rglob("*") if path.is_file())
    assert b"liaison-checkpoint" in stored or "liaison-checkpoint".encode("utf-16-le") in stored
    for secret in (SURNAME, "BA7654321", PLATE, code, code.replace(" ", ""), STOLEN, "Morina"):
        assert secret.encode() not in stored, secret
        assert secret.encode("utf-16-le") not in stored, secret


def test_a_copy_that_has_ended_is_refused_and_erased_and_its_queue_is_kept(device: Any, booth: Booth) -> None:
    page = begun(device, booth)
    copied(page)
    before = booth.stored()
    booth.cut()
    scan(page, PLATE)
    page.clock.set_fixed_time(booth.desk.clock.now() + timedelta(hours=25))
    (after,) = scan(page, PLATE)
    assert (verdict(after), "the copy has ended" in after.inner_text()) == ("none", True)
    assert state(page, "carried").startswith("Copy ended")
    assert (kept(page, "copies"), kept(page, "waiting")) == (0, 2)
    booth.desk.clock.forward(hours=25)
    try:
        device.add_cookies([signed_in(booth)])
        back(page, booth)
        page.wait_for_selector("#reports:not([hidden])")
        assert (booth.stored() - before, kept(page, "waiting")) == (2, 0)
    finally:
        booth.desk.clock.forward(hours=-25)


def test_without_a_copy_scans_wait_in_memory_and_only_their_officer_reports_them(
    device: Any, booth: Booth
) -> None:
    page = begun(device, booth)
    before = booth.stored()
    booth.cut()
    (none,) = scan(page, PLATE)
    assert (verdict(none), none.locator("h2").inner_text()) == ("none", "Not looked up")
    assert "memory alone" in page.inner_text("#note")
    someone = enrol(booth.desk, f"Other {before}", "Morina", Role.INVESTIGATOR)
    device.add_cookies([{"name": booth.desk.cookie, "value": someone.session, "url": booth.address}])
    back(page, booth)
    page.wait_for_function("() => document.querySelector('#note').textContent.includes('Ana Dema')")
    assert booth.stored() == before
    device.add_cookies([{"name": booth.desk.cookie, "value": booth.officer.session, "url": booth.address}])
    page.evaluate("window.dispatchEvent(new Event('online'))")
    page.wait_for_selector("#reports:not([hidden])", state="attached")
    assert (booth.stored() - before, state(page, "waits")) == (1, ""), page.inner_text("#reports")
    page.wait_for_function("() => navigator.serviceWorker.controller !== null")
    booth.cut()
    page.reload()
    page.wait_for_selector("body[data-ready]")
    assert "no line and no copy" in page.inner_text("#note")
    assert not page.locator("#start").is_visible()
    back(page, booth)
    page.wait_for_selector("#start:not([hidden])")
    assert not page.locator("#note").is_visible()


def test_the_end_of_the_shift_erases_the_copy_and_the_history(device: Any, booth: Booth) -> None:
    page = begun(device, booth)
    copied(page)
    scan(page, PLATE)
    assert kept(page, "copies") == 1
    page.get_by_role("button", name="End the shift").click()
    page.get_by_role("button", name="Press again to end it").click()
    page.wait_for_selector("#start:not([hidden])")
    assert (kept(page, "copies"), kept(page, "keys"), page.locator("#history li").count()) == (0, 0, 0)
    assert PLATE not in page.inner_html("body")
    names = page.evaluate("caches.keys()")
    kept_by_worker = page.evaluate(
        "async (name) => (await (await caches.open(name)).keys()).map((one) => new URL(one.url).pathname)",
        names[0],
    )
    assert [
        each for each in kept_by_worker if each != "/checkpoint/" and not each.startswith("/static/")
    ] == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_screen_is_fit_for_everyone(device: Any, booth: Booth, scheme: str) -> None:
    page = begun(device, booth)
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    wrong: dict[str, list[str]] = {}
    looks = {"clear": PASSPORT, "hit": LISTED, "quiet": QUIET, "unread": "zzz"}
    for size, names in ((NARROW, list(looks)), (WIDE, ["hit"])):
        page.set_viewport_size(size)
        for name, text in ((name, looks[name]) for name in names):
            page.evaluate("() => window.scrollTo(0, document.documentElement.scrollHeight)")
            (panel,) = scan(page, text)
            assert panel.locator("h2").bounding_box()["y"] >= 0, "the answer is in view wherever one scrolled"
            over = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
            found = faults(page) + ([f"{over} pixels too wide"] if over > 0 else [])
            wrong |= {f"{name} {size['width']}": found} if found else {}
            if PICTURES:
                page.screenshot(path=str(Path(PICTURES) / f"checkpoint-{name}-{size['width']}-{scheme}.png"))
    small = page.eval_on_selector_all(
        "#shift button, #shift a",
        "all => all.filter(one => one.offsetHeight && one.offsetHeight < 44).length",
    )
    assert (wrong, small) == ({}, 0)


def test_the_shell_says_nothing_about_anybody(booth: Booth) -> None:
    with booth.desk.browser(booth.officer) as browser:
        shell = browser.get("/checkpoint").text
        kept = json.loads(re.match(r"const KEPT = (.*);", browser.get("/checkpoint/worker.js").text)[1])  # type: ignore[index]
    assert "Ana Dema" not in shell
    assert booth.grounds not in shell
    assert "/checkpoint/" in kept["addresses"]
    assert all(each == "/checkpoint/" or each.startswith("/static/") for each in kept["addresses"])


def test_a_report_that_the_node_holds_back_is_said_and_kept(device: Any, booth: Booth) -> None:
    page = begun(device, booth)
    copied(page)
    booth.cut()
    scan(page, PLATE)
    told = {"status": 429, "title": "Too many requests", "hint": "wait a minute"}
    page.route(
        "**/checkpoint/report",
        lambda route: route.fulfill(status=429, content_type="application/problem+json", json=told),
        times=1,
    )
    before = booth.stored()
    back(page, booth)
    page.wait_for_function("() => document.querySelector('#note').textContent.includes('Wait a minute')")
    assert (state(page, "line"), kept(page, "waiting")) == ("Online", 1)
    page.evaluate("window.dispatchEvent(new Event('online'))")
    page.wait_for_selector("#reports:not([hidden])")
    assert (booth.stored() - before, kept(page, "waiting")) == (1, 0)


def test_a_clock_that_was_turned_back_ends_the_copy_too(device: Any, booth: Booth) -> None:
    page = begun(device, booth)
    copied(page)
    booth.cut()
    assert verdict(scan(page, PLATE)[0]) == "hit"
    page.clock.set_fixed_time(booth.desk.clock.now() - timedelta(minutes=30))
    assert verdict(scan(page, PLATE)[0]) == "none"
    assert kept(page, "copies") == 0
    page.on("dialog", lambda asked: asked.accept())
