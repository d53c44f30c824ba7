"""The way from a question to a proof, as an officer goes it: by keyboard alone, and without scripts."""

from __future__ import annotations

from typing import Any

from liaison.demo.agency import INVESTIGATOR
from tools.screens import signed_in

REASON = "Fingerprints taken at the port agree with those on file."
WHY = "A witness named him as the man who drove the van that night."


def reach(page: Any, selector: str, most: int = 90) -> None:
    """Press Tab until the focus is on what the selector names."""
    for _ in range(most):
        if page.evaluate("(selector) => document.activeElement.matches(selector)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"the keyboard does not reach {selector} on {page.url}")


def enter(page: Any, selector: str) -> None:
    """Go to it and press Enter, and wait for the page that follows."""
    reach(page, selector)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def write(page: Any, selector: str, text: str) -> None:
    reach(page, selector)
    page.keyboard.type(text)


def proved(page: Any) -> bool:
    """Whether the entry of the ledger shows its proof, once the next head is signed."""
    for _ in range(20):
        if page.locator("svg.l-tree").count():
            return True
        page.wait_for_timeout(300)
        page.reload()
    return False


def test_the_keyboard_alone_goes_from_a_new_case_to_the_proof(
    demonstration: tuple[str, str], chromium: Any
) -> None:
    context = signed_in(chromium, demonstration[0], None)
    page = context.new_page()
    page.goto("/sign-in")
    write(page, "#name", INVESTIGATOR.sign_in)
    write(page, "#password", INVESTIGATOR.password)
    page.keyboard.press("Enter")
    page.wait_for_url("**/")
    page.keyboard.press("g")
    with page.expect_navigation():
        page.keyboard.press("s")
    enter(page, "main a[href='/cases/new']")
    write(page, "#reference", "OP-2026-077")
    write(page, "#title", "Night van")
    write(page, "#offence", "Traf")
    enter(page, "main form[action='/cases/new'] button")
    write(page, "#purpose", "Inv")
    reach(page, "input[name=basis]")
    while page.evaluate("document.activeElement.value") != "task" or not page.evaluate(
        "document.activeElement.checked"
    ):
        page.keyboard.press("ArrowDown")
    write(page, "#justification", WHY)
    enter(page, "main form[action$='/grounds'] button")
    assert page.url.startswith(f"{demonstration[0]}/check?grounds=")
    write(page, "#name", "Aleksey Sobolev")
    write(page, "#born", "1972-04-12")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert "Соболев" in page.inner_text("[data-alerts]")
    assert "Night van" in page.inner_text("main")
    enter(page, "[data-alerts] a.govuk-button")
    write(page, "#confirm_reason", REASON)
    assert page.locator(".l-instruction").count() == 0
    enter(page, "form[action$='/confirm'] button")
    assert "Call the owner of the record" in page.inner_text(".l-instruction")
    assert REASON in page.inner_text(".l-timeline")
    enter(page, "main a[href^='/ledger/entries/']")
    assert proved(page)
    context.close()


def test_without_scripts_the_same_way_is_open(demonstration: tuple[str, str], chromium: Any) -> None:
    signed = signed_in(chromium, demonstration[0], INVESTIGATOR)
    context = chromium.new_context(
        base_url=demonstration[0], java_script_enabled=False, storage_state=signed.storage_state()
    )
    page = context.new_page()
    page.goto("/check")
    page.select_option("#grounds", own_grounds(page))
    page.fill("main #name", "Aleksei Sobol")
    page.click("main form[action='/check'] button")
    page.locator("[data-alerts] a.govuk-button:has-text('Look and decide')").first.click()
    page.fill("#reject_reason", "Ten years younger, and another mother's name.")
    page.click("form[action$='/reject'] button")
    assert "You rejected the alert." in page.inner_text("main")
    page.click("main a[href^='/ledger/entries/']")
    assert page.locator("h2", has_text="Proof").count() == 1
    context.close()
    signed.close()


def test_a_name_in_the_corner_is_asked_about_without_an_address_that_tells_it(
    demonstration: tuple[str, str], chromium: Any
) -> None:
    context = signed_in(chromium, demonstration[0], INVESTIGATOR)
    page = context.new_page()
    page.goto("/")
    page.keyboard.press("/")
    page.keyboard.type("Elira Marku")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert "Elira" not in page.url
    assert page.input_value("main #name") == "Elira Marku"
    context.close()


def own_grounds(page: Any) -> str:
    """The first grounds that the form offers."""
    value: str = page.eval_on_selector("#grounds option[value^='grounds-']", "option => option.value")
    return value


def test_a_standing_question_is_kept_from_a_check_and_ended(
    demonstration: tuple[str, str], chromium: Any
) -> None:
    context = signed_in(chromium, demonstration[0], INVESTIGATOR)
    page = context.new_page()
    page.goto("/check")
    page.select_option("#grounds", own_grounds(page))
    page.fill("main #name", "Nobody Whatever")
    page.click("main form[action='/check'] button")
    page.click("main a[href^='/questions/new?check=']")
    page.fill("#until-year", "2190")
    page.click("main form[action='/questions/new'] button")
    assert "within 30 days" in page.inner_text(".l-refusal")
    page.goto("/questions/new")
    page.select_option("#grounds", own_grounds(page))
    page.fill("main #name", "Nobody Whatever")
    page.click("main form[action='/questions/new'] button")
    assert "The standing question is kept" in page.inner_text("main")
    page.click("form[action$='/end'] button")
    assert "Ended by hand" in page.inner_text("main")
    context.close()
