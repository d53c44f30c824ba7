"""The look in a real browser, under the strict policy: no violation of WCAG 2.2 AA, keys, menus, passkeys."""

from __future__ import annotations

import json
import mimetypes
import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import webauthn
from playwright.sync_api import Browser, BrowserContext, Page, Route, sync_playwright
from webauthn.helpers.structs import PublicKeyCredentialDescriptor

from liaison.web import render
from liaison.web.language import LANGUAGES

HERE = Path(__file__).parent
CHROMIUM = os.environ.get("LIAISON_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
ORIGIN = "http://localhost"
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
WHEN = datetime(2026, 11, 21, 9, 14, 5, tzinfo=UTC)
SHELL = render.Page(
    title="Today",
    active="today",
    node=render.NodeSign("tirana-desk", "Coordination agency", "9f2a 7701 44bc e0d2"),
    officer=render.Reader("Elira Dervishi", "Coordination desk", ("Desk officer", "Approver")),
    navigation=render.navigation([place.key for place in render.PLACES], {"alerts": 12}),
    demonstration=True,
    warnings=("keys stand in plain files",),
    crumbs=(("Today", "/"), ("Everything", "")),
    errors=(("Enter a given name", "given"),),
    notices=(render.Notice("Welcome back."),),
)
PASSKEY = '<p id="passkey-error"></p><button type="button" data-passkey="{}">Use a passkey</button>'

pytestmark = pytest.mark.skipif(
    CHROMIUM is None, reason="there is no Chromium; name one with LIAISON_CHROMIUM"
)


def look(page: render.Page, source: str | None = None) -> str:
    """The page of every macro, or a page of the given content."""
    text = (HERE / "look.html").read_text("utf-8") if source is None else source
    return render.environment(page.language).from_string(text).render(page=page, when=WHEN)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Headless Chromium."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield chromium
        chromium.close()


class Visit:
    """One page, served from memory with the policy; nothing leaves the process."""

    def __init__(self, browser: Browser, html: str, **settings: Any) -> None:
        self.context: BrowserContext = browser.new_context(**settings)
        self.html, self.said, self.asked = html, list[str](), list[str]()
        self.answers: dict[str, Any] = {}
        self.page: Page = self.context.new_page()
        self.page.route("**/*", self._answer)
        self.page.on("console", lambda message: self.said.append(message.text))
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.goto(f"{ORIGIN}/look")
        self.page.wait_for_load_state("networkidle")

    def _answer(self, route: Route) -> None:
        address = urlsplit(route.request.url)
        self.asked.append(address.path)
        headers = {"Content-Security-Policy": POLICY, "X-Content-Type-Options": "nosniff"}
        static = render.STATIC / address.path.removeprefix("/static/")
        if address.path in self.answers:
            body = json.dumps(self.answers[address.path](route.request.post_data))
            route.fulfill(body=body, headers=headers | {"Content-Type": "application/json"})
        elif address.path.startswith("/static/") and static.is_file():
            kind = mimetypes.guess_type(static.name)[0] or "application/octet-stream"
            route.fulfill(body=static.read_bytes(), headers=headers | {"Content-Type": kind})
        else:
            route.fulfill(body=self.html, headers=headers | {"Content-Type": "text/html; charset=utf-8"})

    def violations(self) -> list[str]:
        """What axe finds; its script goes in by the debugger, as the policy allows no other way."""
        debugger = self.context.new_cdp_session(self.page)
        debugger.send("Runtime.evaluate", {"expression": (HERE / "axe.min.js").read_text("utf-8")})
        found = self.page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)
        return [f"{one['id']}: {node['html'][:120]}" for one in found["violations"] for node in one["nodes"]]

    def __enter__(self) -> Visit:
        return self

    def __exit__(self, *_: object) -> None:
        self.context.close()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280, 2200])
def test_every_macro_keeps_wcag_in_both_themes(browser: Browser, theme: str, width: int) -> None:
    html = look(replace(SHELL, theme=theme))
    with Visit(browser, html, viewport={"width": width, "height": 900}) as visit:
        assert visit.violations() == []
        assert visit.page.evaluate("document.documentElement.scrollWidth") == width
        assert [text for text in visit.said if "Content Security Policy" in text or "Error" in text] == []


def test_the_devices_theme_holds_unless_the_officer_chose(browser: Browser) -> None:
    grounds = set()
    for theme, device in (("auto", "dark"), ("dark", "light"), ("light", "dark"), ("auto", "light")):
        with Visit(browser, look(replace(SHELL, theme=theme)), color_scheme=device) as visit:
            grounds.add(
                (theme, device, visit.page.evaluate("getComputedStyle(document.body).backgroundColor"))
            )
    shade = {(theme, device): ground for theme, device, ground in grounds}
    assert shade["auto", "dark"] == shade["dark", "light"] != shade["light", "dark"] == shade["auto", "light"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_fits_a_telephone(browser: Browser, language: str) -> None:
    html = look(replace(SHELL, language=language))
    with Visit(browser, html, viewport={"width": 390, "height": 800}) as visit:
        assert visit.page.evaluate("document.documentElement.scrollWidth") == 390


def test_the_menus_open_without_script(browser: Browser) -> None:
    settings: dict[str, Any] = {"viewport": {"width": 390, "height": 800}, "java_script_enabled": False}
    with Visit(browser, look(SHELL), **settings) as visit:
        assert not visit.page.locator(".l-nav__link").first.is_visible()
        visit.page.locator(".l-header__menu").click()
        assert visit.page.locator(".l-nav__link").first.is_visible()
        visit.page.keyboard.press("Escape")
        visit.page.locator(".l-header__officer").click()
        assert visit.page.get_by_text("Sign out").is_visible()


def test_the_open_menus_keep_wcag(browser: Browser) -> None:
    for opener in (".l-header__menu", ".l-header__officer"):
        with Visit(browser, look(SHELL), viewport={"width": 390, "height": 800}) as visit:
            visit.page.locator(opener).click()
            assert visit.violations() == []


def test_keys_go_where_they_say(browser: Browser) -> None:
    with Visit(browser, look(replace(SHELL, errors=()))) as visit:
        keyboard = visit.page.keyboard
        keyboard.press("j")
        keyboard.press("j")
        keyboard.press("k")
        first = "document.activeElement === document.querySelector('[data-alert]')"
        assert visit.page.evaluate(first)
        keyboard.press("?")
        assert visit.page.locator("#keys").is_visible()
        assert visit.violations() == []
        keyboard.press("Escape")
        keyboard.press("/")
        assert visit.page.evaluate("document.activeElement.id") == "quick-check"
        keyboard.type("gh?")
        assert visit.page.locator("#quick-check").input_value() == "gh?"
        visit.page.locator("h1").click()
        keyboard.press("g")
        keyboard.press("h")
        visit.page.wait_for_url(f"{ORIGIN}/holdings")


def test_keys_that_are_turned_off_do_nothing(browser: Browser) -> None:
    with Visit(browser, look(replace(SHELL, shortcuts=False, errors=()))) as visit:
        visit.page.keyboard.press("/")
        visit.page.keyboard.press("j")
        assert visit.page.evaluate("document.activeElement.tagName") == "BODY"


def test_a_chosen_theme_shows_at_once_and_is_told_to_the_node(browser: Browser) -> None:
    with Visit(browser, look(SHELL)) as visit:
        visit.answers["/settings/theme"] = lambda sent: {"theme": sent}
        visit.page.locator(".l-header__officer").click()
        with visit.page.expect_response("**/settings/theme") as told:
            visit.page.get_by_role("button", name="Dark").click()
        assert told.value.request.post_data == "theme=dark"
        assert visit.page.evaluate("document.documentElement.dataset.theme") == "dark"


def test_a_chosen_file_is_named_with_its_size(browser: Browser) -> None:
    with Visit(browser, look(SHELL)) as visit:
        field, chosen = visit.page.locator("#list-file"), visit.page.locator("[data-drop-chosen]")
        field.set_input_files({"name": "list.csv", "mimeType": "text/csv", "buffer": b"x" * 12_345})
        assert chosen.inner_text() == "list.csv (12.3 kB)"
        field.set_input_files({"name": "big.csv", "mimeType": "text/csv", "buffer": b"x" * 1_000_001})
        assert "larger than the node takes" in chosen.inner_text()


def passkey_page(kind: str) -> str:
    """A page with one passkey button."""
    content = '{% extends "plain.html" %}{% block content %}' + PASSKEY.format(kind) + "{% endblock %}"
    return look(replace(SHELL, officer=None), content)


def test_a_passkey_is_added_and_signs_in(browser: Browser) -> None:
    with Visit(browser, passkey_page("add")) as visit:
        debugger = visit.context.new_cdp_session(visit.page)
        debugger.send("WebAuthn.enable")
        options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True}
        options |= {"hasUserVerification": True, "isUserVerified": True, "automaticPresenceSimulation": True}
        debugger.send("WebAuthn.addVirtualAuthenticator", {"options": options})
        made = webauthn.generate_registration_options(rp_id="localhost", rp_name="Liaison", user_name="elira")
        sent: dict[str, str] = {}
        visit.answers["/settings/passkeys/options"] = lambda _: json.loads(webauthn.options_to_json(made))
        visit.answers["/settings/passkeys"] = lambda body: sent.update(add=body) or {"next": "/added"}
        visit.page.get_by_text("Use a passkey").click()
        visit.page.wait_for_url(f"{ORIGIN}/added")
        added = webauthn.verify_registration_response(
            credential=sent["add"],
            expected_challenge=made.challenge,
            expected_origin=ORIGIN,
            expected_rp_id="localhost",
        )
        known = [PublicKeyCredentialDescriptor(id=added.credential_id)]
        asked = webauthn.generate_authentication_options(rp_id="localhost", allow_credentials=known)
        visit.answers["/sign-in/passkey/options"] = lambda _: json.loads(webauthn.options_to_json(asked))
        visit.answers["/sign-in/passkey"] = lambda body: sent.update(get=body) or {"next": "//evil.example"}
        visit.html = passkey_page("sign-in")
        visit.page.goto(f"{ORIGIN}/sign-in")
        visit.page.get_by_text("Use a passkey").click()
        visit.page.wait_for_url(f"{ORIGIN}/")
        signed = webauthn.verify_authentication_response(
            credential=sent["get"],
            expected_challenge=asked.challenge,
            expected_origin=ORIGIN,
            expected_rp_id="localhost",
            credential_public_key=added.credential_public_key,
            credential_current_sign_count=0,
        )
        assert signed.credential_id == added.credential_id


def test_a_failed_passkey_says_so(browser: Browser) -> None:
    with Visit(browser, passkey_page("sign-in")) as visit:
        visit.page.get_by_text("Use a passkey").click()
        visit.page.wait_for_function("document.getElementById('passkey-error').textContent")
        assert visit.page.get_by_text("Use a passkey").is_enabled()


def test_bytes_survive_the_way_into_base64url_and_back(browser: Browser) -> None:
    with Visit(browser, look(SHELL)) as visit:
        same = """async () => {
            const { toBase64url, fromBase64url } = await import("/static/passkeys.js");
            for (let length = 0; length < 70; length += 1) {
                const bytes = crypto.getRandomValues(new Uint8Array(length));
                const text = toBase64url(bytes.buffer);
                if (/[^\\w-]/.test(text)) return text;
                const back = new Uint8Array(fromBase64url(text));
                if (back.join() !== bytes.join()) return text;
            }
            return "same";
        }"""
        assert visit.page.evaluate(same) == "same"
