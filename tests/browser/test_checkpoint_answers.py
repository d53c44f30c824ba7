"""What the checkpoint says, with the line and without it: nothing is contradicted, hidden or lost."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from liaison.holdings.imports import import_file
from liaison.model.roles import Role
from liaison.officers import approvals
from liaison.policy import limits
from tests.browser.booth import (
    EXPIRED,
    LISTED,
    NARROW,
    OFFICE,
    PASSPORT,
    PLATE,
    QUIET,
    TONES,
    Booth,
    a_device,
    back,
    begun,
    copied,
    give,
    in_field,
    kept,
    scan,
    state,
    tones,
    verdict,
)
from tests.web.scene import enrol, order
from tests.web_fixtures import PASSWORD

GREEN = "getComputedStyle(document.querySelector('#answers h2')).backgroundColor"
CODE = re.compile(r"[0-9A-HJKMNP-TV-Z]{6}")


@pytest.fixture
def device(driver: Any, booth: Booth, tmp_path: Path) -> Iterator[Any]:
    booth.open()
    with a_device(driver, booth, tmp_path / "profile") as context:
        context.add_init_script(TONES)
        yield context
    booth.open()


@pytest.fixture(scope="module")
def person(booth: Booth) -> str:
    """Somebody who is sought; how a scan writes the name, which the record writes otherwise."""
    said = 'id,given,surname,dob,category,owner\nP1,Gëzim,Kelmendini,1984-02-03,suspect,"' + OFFICE + '"\n'
    by = booth.desk.actor(enrol(booth.desk, "People Officer", "Morina", Role.DESK_OFFICER))
    listed = order(booth.desk, said.encode(), "Sought", name="people.csv", owner=OFFICE)
    assert import_file(booth.desk.office, by, listed).new == 1
    booth.desk.node.live.refresh()
    return "Kelmendeni, Gezim 03.02.1984"


def until_shown(page: Any, many: int) -> None:
    """Wait until so many alerts of the shift are kept: no answer waits for that."""
    for _ in range(50):
        if kept(page, "shown") == many:
            return
        page.wait_for_timeout(100)
    assert kept(page, "shown") == many


def fold(page: Any) -> None:
    """Let the next answer fold those that stand open."""
    page.wait_for_timeout(4_100)


def test_what_the_copy_does_not_hold_is_told_without_colour_or_tone_of_good_news(
    device: Any, booth: Booth
) -> None:
    page = begun(device, booth)
    scan(page, PASSPORT)
    green, high = page.evaluate(GREEN), tones(page)
    copied(page)
    booth.cut()
    (panel,) = scan(page, PASSPORT)
    said = panel.inner_text()
    assert "Nothing found" not in said
    for words in ("exact name and date of birth", "document's number", "plate as written", "no full check"):
        assert words in said
    assert page.evaluate(GREEN) != green
    plain = tones(page)
    assert (len(plain), plain != high) == (1, True)
    scan(page, QUIET)
    assert tones(page) == plain, "a discreet match sounds like what the copy does not hold"
    fold(page)
    scan(page, "AA 306 CC")
    page.locator("#earlier-title").click()
    assert (
        "Nothing found"
        not in page.locator("#history li", has_text="BA7654321").first.inner_text().split("\n")[1]
    )


def test_an_expired_document_is_told_without_the_line(device: Any, booth: Booth) -> None:
    page = begun(device, booth)
    (online,) = scan(page, EXPIRED)
    assert verdict(online) == "look"
    copied(page)
    booth.cut()
    (panel,) = scan(page, EXPIRED)
    assert verdict(panel) == "look"
    assert "expired" in panel.locator("h2").inner_text()
    assert re.search(r"expired on 2025-06-01; today is \d{4}-\d\d-\d\d on this device", panel.inner_text())
    (valid,) = scan(page, PASSPORT)
    assert "valid until 2031-06-01" in valid.inner_text()


def test_an_alert_of_the_shift_is_repeated_without_the_line_and_lies_sealed(
    driver: Any, booth: Booth, person: str, tmp_path: Path
) -> None:
    booth.open()
    with a_device(driver, booth, tmp_path / "profile") as device:
        page = begun(device, booth)
        (online,) = scan(page, person)
        assert verdict(online) in ("look", "hit")
        spoken = online.locator(".l-answer__code").first.inner_text()
        code = copied(page)
        until_shown(page, 1)
        booth.cut()
        (panel,) = scan(page, person)
        assert re.match(r"An alert was shown here at \d\d:\d\d", panel.locator("h2").inner_text())
        assert verdict(panel) == verdict(online)
        assert ("Nothing found" in panel.inner_text(), OFFICE in panel.inner_text()) == (False, True)
        assert panel.locator(".l-answer__code").first.inner_text() == spoken
        page.reload()
        page.wait_for_selector("body[data-ready]")
        give(page, code)
        page.wait_for_selector("#shift:not([hidden])")
        (again,) = scan(page, person)
        assert "An alert was shown here at" in again.inner_text(), "a reload forgets nothing of the shift"
        until_shown(page, 1)
        page.once("dialog", lambda asked: asked.accept())
        page.close()
    stored = b"".join(path.read_bytes() for path in (tmp_path / "profile").rglob("*") if path.is_file())
    for secret in ("Kelmendeni", "KELMENDENI", spoken, OFFICE):
        assert secret.encode() not in stored, secret
        assert secret.encode("utf-16-le") not in stored, secret
    booth.open()


def test_the_end_of_the_shift_forgets_the_alerts_that_were_shown(device: Any, booth: Booth) -> None:
    page = begun(device, booth)
    copied(page)
    scan(page, LISTED)
    until_shown(page, 1)
    page.get_by_role("button", name="End the shift").click()
    page.get_by_role("button", name="Press again to end it").click()
    page.wait_for_selector("#start:not([hidden])")
    assert (kept(page, "shown"), kept(page, "keys")) == (0, 0)


def test_the_code_that_is_said_on_the_telephone_is_found_with_the_line_and_without(
    device: Any, booth: Booth
) -> None:
    page = begun(device, booth)
    (online,) = scan(page, PLATE)
    spoken = online.locator(".l-answer__code").inner_text()
    href = online.locator(".l-answer__alert").get_attribute("href")
    assert CODE.fullmatch(spoken)
    with booth.desk.browser(booth.officer) as browser:
        assert browser.get("/alerts", params={"code": spoken}).headers["location"] == href
    copied(page)
    booth.cut()
    (offline,) = scan(page, QUIET)
    record = offline.locator(".l-answer__code").inner_text()
    assert CODE.fullmatch(record)
    assert "holding-" not in offline.inner_text()
    booth.open()
    with booth.desk.browser(booth.officer) as browser:
        answer = browser.get("/alerts", params={"code": record})
        assert answer.status_code == 404, "their case has not met it yet"
    owner = enrol(booth.desk, "Headquarters", "Morina", Role.DESK_OFFICER)
    with booth.desk.browser(owner) as browser:
        assert "/holdings/" in browser.get("/alerts", params={"code": record}).headers["location"]


def test_a_match_says_first_what_warns_and_that_headquarters_may_know_more(device: Any, booth: Booth) -> None:
    page = begun(device, booth)
    (online,) = scan(page, PLATE)
    said = online.inner_text()
    assert (
        said.index("Danger: the driver may be armed")
        < said.index("Verify the match first")
        < said.index("An entry")
    )
    for words in ("Koral Vento", "grey", "Registered in"):
        assert words in said
    assert not re.search(r"person|fingerprint", said, re.IGNORECASE)
    copied(page)
    booth.cut()
    (panel,) = scan(page, QUIET)
    said = panel.inner_text()
    assert "More may be known at headquarters, as danger, make and colour" in said
    assert "Call Vehicle crime" in said
    assert not re.search(r"person|fingerprint", said, re.IGNORECASE)
    (document,) = scan(page, LISTED)
    assert "More may be known at headquarters" in document.inner_text()
    assert f"Call {OFFICE}" in document.inner_text()


def test_equal_scans_are_one_answer_and_each_is_checked_and_reported_once(device: Any, booth: Booth) -> None:
    page = begun(device, booth)
    before = booth.stored()
    for _ in range(3):
        scan(page, LISTED)
    assert page.locator("#answers article").count() == 1
    assert re.search(r"Scanned 3 times, last \d\d:\d\d", page.inner_text("#answers"))
    assert booth.stored() - before == 3
    fold(page)
    scan(page, "AA 307 CC")
    scan(page, LISTED)
    assert "Scanned 4 times" in page.inner_text("#answers"), "also what was folded"
    assert not page.locator("#earlier").is_visible()
    copied(page)
    booth.cut()
    for _ in range(2):
        scan(page, LISTED)
    assert state(page, "waits") == "2 checks wait to be reported"
    back(page, booth)
    page.wait_for_selector("#reports:not([hidden])")
    assert booth.stored() - before == 7
    assert page.locator("#reports li").count() == 1
    assert "scanned 2 times" in page.inner_text("#reports")


def test_older_answers_are_folded_and_the_rest_is_in_the_history(device: Any, booth: Booth) -> None:
    page = begun(device, booth)
    page.set_viewport_size(NARROW)
    for number in range(28):
        scan(page, f"AA {400 + number} CC")
    assert page.locator("#answers article").count() == 6
    assert page.inner_text("#earlier-title") == "Earlier (22)"
    page.locator("#earlier-title").click()
    assert page.locator("#history > li").count() == 20
    assert "2 more stand in the history of your checks" in page.inner_text("#earlier-rest")
    assert page.get_attribute("#earlier-rest a", "href") == "/check"
    assert in_field(page)
    fold(page)
    scan(page, "AA 500 CC")
    assert page.locator("#answers article").count() == 1
    page.locator("#history summary").first.press("Enter")
    assert page.locator("#history article").first.is_visible()
    scan(page, "AA 501 CC")
    assert page.locator("#history article").first.is_visible(), "what was unfolded stays so"


def test_on_a_phone_the_copy_stands_before_the_answers_and_a_menu_leads_on(device: Any, booth: Booth) -> None:
    page = begun(device, booth)
    page.set_viewport_size(NARROW)
    scan(page, LISTED)
    top = {name: page.locator(name).bounding_box()["y"] for name in ("#take", "#scan", "#answers")}
    assert top["#take"] < top["#scan"] < top["#answers"] < NARROW["height"]
    page.keyboard.press("Shift+Tab")
    page.locator(".l-booth__menu summary").press("Enter")
    link = page.get_by_role("link", name="Alerts")
    assert link.is_visible()
    assert (link.get_attribute("href"), link.get_attribute("target")) == ("/alerts", "_blank")
    link.press("Tab")
    scan(page, PASSPORT)
    assert in_field(page)
    page.evaluate("document.querySelector('.govuk-skip-link').focus()")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    scan(page, PLATE)
    assert in_field(page)


def test_a_text_that_is_nothing_is_told_what_the_field_takes(device: Any, booth: Booth) -> None:
    page = begun(device, booth)
    copied(page)
    for cut in (False, True):
        if cut:
            booth.cut()
        (panel,) = scan(page, "hello")
        said = panel.inner_text()
        assert verdict(panel) == "unread"
        for words in ("This field takes", "AA 123 BB", "ALB BA1234567", "HOXHA, Arben 02.03.1984", "P<ALB"):
            assert words in said
    (several,) = scan(page, "AA123BB AA999CC")
    assert "scan one at a time" in several.inner_text()


def test_signing_in_again_comes_back_and_no_waiting_scan_is_lost(device: Any, booth: Booth) -> None:
    page = begun(device, booth)
    before = booth.stored()
    device.clear_cookies()
    (panel,) = scan(page, PASSPORT)
    assert (verdict(panel), state(page, "line")) == ("none", "Signed out")
    with device.expect_page() as opening:
        page.get_by_role("link", name="Sign in again and come back here").click()
    there = opening.value
    there.wait_for_load_state()
    assert "/sign-in" in there.url
    there.fill("[name=name]", booth.officer.sign_in)
    there.fill("[name=password]", PASSWORD)
    with there.expect_event("close", timeout=15_000):
        there.keyboard.press("Enter")
    page.wait_for_selector("#reports:not([hidden])")
    assert (state(page, "line"), state(page, "waits"), booth.stored() - before) == ("Online", "", 1)
    assert not page.locator("#signed-out").is_visible()
    assert in_field(page) or page.locator("#shift").is_visible()


def test_a_name_beyond_the_laws_number_says_whom_to_ask_and_is_taken_once_they_agree(
    device: Any, booth: Booth
) -> None:
    office, again = booth.desk.office, "Another Somebody 1971-01-01"
    page = begun(device, booth)
    copied(page)
    for day in range(limits(office.regimes).bulk_persons):
        scan(page, f"Nobody Known 1970-01-{day + 1:02}")
    (panel,) = scan(page, PASSPORT)
    assert verdict(panel) == "clear", "a document goes on"
    (panel,) = scan(page, again)
    assert verdict(panel) == "unread"
    link = panel.get_by_role("link", name="Ask a second person for more checks")
    assert link.get_attribute("href") == f"/approvals/more?grounds={booth.grounds}"
    booth.cut()
    scan(page, again)
    back(page, booth)
    page.wait_for_selector("#reports:not([hidden])")
    reports = page.locator("#reports")
    assert "1 check was not taken" in reports.inner_text()
    with page.context.expect_page() as opening:
        reports.get_by_role("link", name="Ask a second person for more checks").click()
    form = opening.value
    form.fill("#persons", "5")
    form.fill("#reason", "A coach whose passengers have no documents")
    form.get_by_role("button", name="Ask a second person").click()
    form.wait_for_url("**/approvals/approval-*")
    approval = form.url.partition("?")[0].rpartition("/")[2]
    by = enrol(booth.desk, "Second Person", "Morina", Role.APPROVER)
    approvals.decide(office, booth.desk.actor(by), approval, True, "Seen, and in order")
    form.close()
    before = booth.stored()
    reports.get_by_role("button", name="Send them again").click()
    page.wait_for_function(
        "() => document.querySelector('#reports').textContent.includes('1 check was reported')"
    )
    assert (booth.stored() - before, kept(page, "waiting")) == (1, 0)
