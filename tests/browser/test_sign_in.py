"""Signing in, and the pages that everybody has, in a real browser."""

from __future__ import annotations

from typing import Any

import pytest

from liaison.model.roles import Role
from tests.browser.conftest import faults
from tests.web_fixtures import PASSWORD, Desk, Officer

INLINE = """() => {
  const script = document.createElement("script");
  script.text = "window.ran = 1";
  document.body.append(script);
}"""
PAGES = {
    "administrator": ["/", "/people", "/people/new", "/settings", "/settings/security", "/settings/node"],
    "auditor": ["/ledger", "/ledger/entries/1", "/ledger/head", "/audit", "/audit/figures"],
    "supervisor": ["/approvals", "/break-glass", "/settings/rules", "/settings/api"],
}


def enter(page: Any, address: str, name: str = "ada") -> None:
    page.goto(f"{address}/sign-in")
    page.fill("#name", name)
    page.fill("#password", PASSWORD)
    page.press("#password", "Enter")
    page.wait_for_url(f"{address}/")


@pytest.fixture(scope="module")
def officers(served: tuple[Desk, str]) -> dict[str, Officer]:
    desk, _ = served
    desk.node.publish_now()
    return {
        "administrator": desk.administrator,
        "auditor": desk.enrol("Ilir Marku", Role.AUDITOR),
        "supervisor": desk.enrol("Sokol Deda", Role.SUPERVISOR),
    }


def test_a_password_signs_in(served: tuple[Desk, str], page: Any) -> None:
    _, address = served
    enter(page, address)
    assert page.inner_text("h1") == "Today"


def test_a_link_that_invites_brings_its_code(served: tuple[Desk, str], page: Any) -> None:
    _, address = served
    page.goto(f"{address}/invitation#a-code-that-nobody-gave")
    page.wait_for_function("() => document.getElementById('code').value === 'a-code-that-nobody-gave'")
    assert page.url == f"{address}/invitation"


def test_a_wrong_password_is_told_and_the_page_says_so_in_its_title(
    served: tuple[Desk, str], page: Any
) -> None:
    _, address = served
    page.goto(f"{address}/sign-in")
    page.fill("#name", "nobody")
    page.fill("#password", "not the password")
    page.press("#password", "Enter")
    page.wait_for_selector(".govuk-error-summary")
    assert page.title().startswith("Error:")
    assert page.input_value("#password") == ""


def test_the_keyboard_alone_signs_in_and_out(served: tuple[Desk, str], page: Any) -> None:
    _, address = served
    page.goto(f"{address}/sign-in")
    for _ in range(12):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "name":
            break
    page.keyboard.type("ada")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{address}/")
    page.keyboard.press("Tab")
    assert "skip" in page.evaluate("document.activeElement.className")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.focus(".l-header__officer")
    page.keyboard.press("Enter")
    page.focus(".l-popover__out")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{address}/sign-in?done=signed-out")


def test_a_passkey_is_added_and_signs_in(served: tuple[Desk, str], page: Any) -> None:
    desk, address = served
    officer = desk.enrol("Petra Gjini", Role.INVESTIGATOR)
    authenticator = page.context.new_cdp_session(page)
    authenticator.send("WebAuthn.enable")
    authenticator.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    enter(page, address, officer.sign_in)
    page.goto(f"{address}/settings/security")
    page.fill("#passkey-label", "key on my ring")
    page.click("[data-passkey=add]")
    page.wait_for_url(f"{address}/settings/security?done=passkey-added")
    assert "key on my ring" in page.inner_text("main")
    page.context.clear_cookies()
    page.goto(f"{address}/sign-in")
    page.click("[data-passkey=sign-in]")
    page.wait_for_url(f"{address}/")
    assert page.inner_text(".l-header__who") == "Petra Gjini"


def test_a_session_cookie_is_no_business_of_scripts(served: tuple[Desk, str], page: Any) -> None:
    _, address = served
    enter(page, address)
    assert "liaison" not in page.evaluate("document.cookie")


def test_an_inline_script_is_not_run(served: tuple[Desk, str], chromium: Any) -> None:
    _, address = served
    context = chromium.new_context()
    page = context.new_page()
    page.goto(f"{address}/sign-in")
    page.evaluate(INLINE)
    assert page.evaluate("window.ran") is None
    context.close()


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_axe_finds_nothing(
    served: tuple[Desk, str], officers: dict[str, Officer], chromium: Any, scheme: str, width: int
) -> None:
    _, address = served
    found: dict[str, list[str]] = {}
    for role, paths in {"": ["/sign-in", "/invitation", "/nothing"], **PAGES}.items():
        context = chromium.new_context(
            color_scheme=scheme, viewport={"width": width, "height": 900}, bypass_csp=True
        )
        if role:
            context.add_cookies([{"name": served[0].cookie, "value": officers[role].session, "url": address}])
        page = context.new_page()
        for path in paths:
            page.goto(f"{address}{path}")
            found[path] = faults(page)
            wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
            if wide > 0:
                found[path].append(f"{wide} pixels wider than the screen")
        context.close()
    assert {path: wrong for path, wrong in found.items() if wrong} == {}
