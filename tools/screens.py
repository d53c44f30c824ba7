"""Photographs of every page of a demonstration node, into docs/screens: at 1280 and 390 pixels, light; some dark.

Run as `./dev screens [NAME...]`. It needs Chromium. It exits with 1 where a page is not answered as it should be.
"""

from __future__ import annotations

import base64
import shutil
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from liaison.cli.node_demo import serving
from liaison.demo import agency
from liaison.demo.agency import Officer
from liaison.demo.comparing import compare
from liaison.demo.drone import fly
from liaison.demo.exchange import exchange
from liaison.demo.federation import make_partners, three
from liaison.demo.making import make
from liaison.demo.road import drive
from liaison.demo.walk import walk

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tools"))  # as a program, and as a module of the tests

from palette import fewer_colours  # noqa: E402

FOLDER = ROOT / "docs" / "screens"
WIDE, NARROW = (1280, 800), (390, 844)
TALLEST = 2_400  # pixels of a picture
RECORDS, SEED = 2_000, 1
FIRST = "main a[href^='{}']:not([href$='/new']):not([href$='/import']):not([href$='/retention'])"
HIT = "the hit"


@dataclass(frozen=True, slots=True)
class Shot:
    """A page: who looks, where they begin, the beginning of the link that they follow from there, what is added to its
    address, the status it is answered with, and what is typed into which field and sent before the picture is taken.

    `scanned` is of the checkpoint's screen alone: what is scanned there; empty where no shift has begun. `pressed` are
    the selectors of a button, and of what stands once it has worked."""

    name: str
    who: Officer | None
    start: str
    link: str = ""
    more: str = ""
    status: int = 200
    typed: tuple[tuple[str, str], ...] = ()
    scanned: str | None = None
    pressed: tuple[str, str] = ("", "")


ZONE = "P<ALBHOXHA<<ARBEN<<<<<<<<<<<<<<<<<<<<<<<<<<<\nBA12345675SRB9003152M3806018<<<<<<<<<<<<<<<4"
PAGES = (
    Shot("sign-in", None, "/sign-in"),
    Shot("invitation", None, "/invitation"),
    Shot("today", agency.DESK, "/"),
    Shot("check", agency.DESK, "/check"),
    Shot("check-answer", agency.INVESTIGATOR, "/check", "/checks/"),
    Shot("document-new", agency.DESK, "/documents"),
    Shot("document", agency.DESK, "/documents", typed=(("mrz", ZONE),)),
    Shot("checkpoint-start", agency.INVESTIGATOR, "/checkpoint/", scanned=""),
    Shot("checkpoint-stop", agency.INVESTIGATOR, "/checkpoint/", scanned=ZONE),
    Shot("checkpoint", agency.INVESTIGATOR, "/checkpoint/", scanned="Aleksey Sobolev 1972-04-12"),
    Shot("flights", agency.DESK, "/flights"),
    Shot("flight", agency.DESK, "/flights", "/flights/flight-"),
    Shot("flight-new", agency.DESK, "/flights/new"),
    Shot("flights-watched", agency.DESK, "/flights/watched"),
    Shot("sensors", agency.SUPERVISOR, "/sensors"),
    Shot("sensor", agency.SUPERVISOR, "/sensors", "/sensors/sensor-"),
    Shot("sensor-new", agency.SUPERVISOR, "/sensors/new"),
    Shot("patrol", agency.INVESTIGATOR, "/sensors/patrol"),
    Shot("in-need", agency.DESK, "/in-need"),
    Shot("in-need-one", agency.DESK, "/in-need", "/in-need/need-"),
    Shot("in-need-new", agency.INVESTIGATOR, "/in-need/new"),
    Shot("in-need-contacts", agency.SUPERVISOR, "/in-need/contacts"),
    Shot("cameras", agency.INVESTIGATOR, "/cameras"),
    Shot("camera", agency.INVESTIGATOR, "/cameras", "/cameras/camera-"),
    Shot("camera-new", agency.INVESTIGATOR, "/cameras/new"),
    Shot("camera-feed-new", agency.INVESTIGATOR, "/cameras/feeds/new"),
    Shot("cameras-live", agency.INVESTIGATOR, "/cameras/live"),
    Shot("following-new", agency.INVESTIGATOR, "/following/new"),
    Shot("following", agency.INVESTIGATOR, "/following/new", "/following/check-"),
    Shot("alerts", agency.DESK, "/alerts"),
    Shot("alert", agency.DESK, "/alerts", "/alerts/"),
    Shot("hit", agency.INVESTIGATOR, HIT),
    Shot("map", agency.DESK, "/map"),
    Shot("map-moving", agency.INVESTIGATOR, "/map", pressed=("[data-map-move]", "#map-moving[data-idle]")),
    Shot("cases", agency.DESK, "/cases"),
    Shot("case", agency.DESK, "/cases", "/cases/case-"),
    Shot("case-new", agency.INVESTIGATOR, "/cases/new"),
    Shot("grounds", agency.INVESTIGATOR, "/cases", "/cases/case-", "/grounds"),
    Shot("lists", agency.DESK, "/lists"),
    Shot("list", agency.DESK, "/lists", "/lists/"),
    Shot("list-new", agency.DESK, "/lists/new"),
    Shot("questions", agency.DESK, "/questions"),
    Shot("question", agency.DESK, "/questions", "/questions/standing-"),
    Shot("questions-new", agency.DESK, "/questions/new"),
    Shot("holdings", agency.DESK, "/holdings"),
    Shot("holding", agency.INVESTIGATOR, HIT, "/holdings/"),
    Shot("holding-grounds", agency.DESK, "/holdings", "/holdings/holding-"),
    Shot("vehicles", agency.DESK, "/holdings/vehicles"),
    Shot("vehicle-new", agency.DESK, "/holdings/vehicles/new"),
    Shot("vehicle", agency.DESK, "/holdings/vehicles", "/holdings/vehicles/holding-"),
    Shot("import", agency.DESK, "/holdings/import"),
    Shot("retention", agency.PROTECTION, "/holdings/retention"),
    Shot("requests-none", agency.DESK, "/requests"),
    Shot("crosschecks-none", agency.DESK, "/crosschecks"),
    Shot("protected", agency.DESK, "/protected"),
    Shot("approvals", agency.APPROVER, "/approvals"),
    Shot("approval", agency.APPROVER, "/approvals", "/approvals/"),
    Shot("break-glass", agency.SUPERVISOR, "/break-glass"),
    Shot("break-glass-new", agency.DESK, "/break-glass/new"),
    Shot("ledger", agency.PROTECTION, "/ledger"),
    Shot("ledger-entry", agency.INVESTIGATOR, "/ledger", "/ledger/entries/"),
    Shot("ledger-head", agency.AUDITOR, "/ledger/head"),
    Shot("audit", agency.AUDITOR, "/audit"),
    Shot("audit-figures", agency.AUDITOR, "/audit/figures"),
    Shot("people", agency.ADMINISTRATOR, "/people"),
    Shot("person", agency.ADMINISTRATOR, "/people", "/people/person-"),
    Shot("person-new", agency.ADMINISTRATOR, "/people/new"),
    Shot("settings", agency.INVESTIGATOR, "/settings"),
    Shot("security", agency.INVESTIGATOR, "/settings/security"),
    Shot("rules", agency.INVESTIGATOR, "/settings/rules"),
    Shot("settings-node", agency.ADMINISTRATOR, "/settings/node"),
    Shot("api", agency.INVESTIGATOR, "/settings/api"),
    Shot("not-found", agency.INVESTIGATOR, "/nothing-here", status=404),
)
PETRA, EMIL, ODA = agency.PROSECUTOR.officers
# pages of what passes between agencies: of the police, who asked, and of the prosecutor, who was asked
BETWEEN = (
    Shot("requests-asked", agency.INVESTIGATOR, "/requests/out?over=true"),
    Shot("request-asked", agency.INVESTIGATOR, "/requests/out?over=true", "/requests/request-"),
    Shot("request-new", agency.INVESTIGATOR, "/requests/new"),
    Shot("request-templates", agency.INVESTIGATOR, "/requests/templates"),
    Shot("crosschecks", agency.INVESTIGATOR, "/crosschecks"),
    Shot("crosscheck", agency.INVESTIGATOR, "/crosschecks", "/crosschecks/crosscheck-"),
    Shot("crosscheck-new", agency.INVESTIGATOR, "/crosschecks/new"),
    Shot("crosscheck-receipt", agency.INVESTIGATOR, "/crosschecks", "/crosschecks/crosscheck-", "/receipt"),
    Shot("crosscheck-reopen", agency.SUPERVISOR, "/crosschecks", "/crosschecks/crosscheck-", "/reopen"),
    Shot("actions", agency.INVESTIGATOR, "/actions"),
    Shot("action", agency.INVESTIGATOR, "/actions", "/actions/action-"),
    Shot("action-new", agency.INVESTIGATOR, "/actions/new"),
    Shot("received", agency.INVESTIGATOR, "/received"),
    Shot("received-item", agency.INVESTIGATOR, "/received", "/received/item-"),
    Shot("league", agency.SUPERVISOR, "/requests/league"),
    Shot("partners", agency.ADMINISTRATOR, "/partners"),
    Shot("partner", agency.ADMINISTRATOR, "/partners", "/partners/morvenia"),
    Shot("partner-propose", agency.SUPERVISOR, "/partners/morvenia.liaison.example/propose"),
    Shot("partner-add", agency.ADMINISTRATOR, "/partners/add"),
    Shot("partner-own", agency.ADMINISTRATOR, "/partners/own"),
    Shot("requests", PETRA, "/requests?over=true"),
    Shot("request", PETRA, "/requests?over=true", "/requests/request-"),
    Shot("request-subject", PETRA, "/requests?over=true", "/requests/request-", "/subjects/2"),
    Shot("supplied", PETRA, "/supplied"),
    Shot("supplied-item", PETRA, "/supplied", "/supplied/item-"),
    Shot("supplied-notices", PETRA, "/supplied/notices?all=true"),
    Shot("permissions", PETRA, "/permissions"),
    Shot("crosschecks-served", PETRA, "/crosschecks/served"),
    Shot("crosscheck-served", PETRA, "/crosschecks/served", "/crosschecks/served/"),
    Shot("crosschecks-sets", PETRA, "/crosschecks/sets"),
    Shot("intake", PETRA, "/intake"),
    Shot("published", EMIL, "/published"),
    Shot("convictions", PETRA, "/requests/convictions"),
)
DARK = (
    "today",
    "checkpoint",
    "check-answer",
    "alert",
    "hit",
    "flight",
    "ledger-entry",
    "request",
    "partner",
    "crosscheck",
    "action",
    "map",
    "map-moving",
)
SUBJECTS = 60  # of the request between the two agencies


def main(names: list[str]) -> int:
    """Photograph the pages named, or all; 1 where one was not answered as it should be."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if not chromium:
        print("screens: Chromium is not installed", file=sys.stderr)
        return 1
    wanted = [shot for shot in (*PAGES, *BETWEEN) if not names or shot.name in names]
    FOLDER.mkdir(parents=True, exist_ok=True)
    for old in FOLDER.glob("*.png") if not names else ():
        old.unlink()
    with tempfile.TemporaryDirectory() as aside:
        folder = Path(aside)
        make(folder / "node", RECORDS, SEED, _quiet)
        make_partners(folder, RECORDS, SEED, _quiet)
        with three(folder) as members:
            compare(members, folder, SEED, _quiet)
            exchange(members, folder, SUBJECTS, SEED, _quiet)
        with (
            serving(folder / "node") as police,
            serving(folder / "prosecutor") as prosecutor,
            sync_playwright() as playwright,
        ):
            hit = walk(police, _quiet)
            drive(police, _quiet)
            fly(police, _quiet)
            addresses = dict.fromkeys(agency.PROSECUTOR.officers, prosecutor)
            browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
            wrong = _photographed(browser, police, hit, wanted, addresses)
            browser.close()
    for line in wrong:
        print(f"screens: {line}", file=sys.stderr)
    return bool(wrong)


def signed_in(browser: Browser, address: str, who: Officer | None) -> BrowserContext:
    """A browser in which this officer of the demonstration is signed in."""
    context = browser.new_context(base_url=address, reduced_motion="reduce")
    if who is not None:
        page = context.new_page()
        page.goto("/sign-in")
        page.fill("input[name=name]", who.sign_in)
        page.fill("input[name=password]", who.password)
        page.press("input[name=password]", "Enter")
        page.wait_for_url("**/")
        page.close()
    return context


def address_of(page: Page, shot: Shot, hit: str) -> str:
    """The path of the page, found by following its link. Raises LookupError where there is no such link."""
    start = hit if shot.start == HIT else shot.start
    if not shot.link:
        return start
    page.goto(start)
    found = page.locator(FIRST.format(shot.link))
    if not found.count():
        raise LookupError(f"{start} has no link to {shot.link}")
    return f"{found.first.get_attribute('href')}{shot.more}"


def _photographed(
    browser: Browser, address: str, hit: str, wanted: list[Shot], elsewhere: Mapping[Officer, str]
) -> list[str]:
    """Take the pictures, one browser for each officer; what went wrong. Some officers work `elsewhere`."""
    wrong: list[str] = []
    for who in dict.fromkeys(shot.who for shot in wanted):
        context = signed_in(browser, elsewhere.get(who, address) if who else address, who)
        page = context.new_page()
        for shot in wanted:
            if shot.who is who:
                wrong += _taken(page, shot, hit)
        context.close()
    return wrong


def _taken(page: Page, shot: Shot, hit: str) -> list[str]:
    page.set_viewport_size({"width": WIDE[0], "height": WIDE[1]})
    try:
        path = address_of(page, shot, hit)
    except LookupError as error:
        return [f"{shot.name}: {error}"]
    answer = page.goto(path)
    if answer is None or answer.status != shot.status:
        return [f"{shot.name}: {path} was answered with {answer.status if answer else 'nothing'}"]
    send(page, shot)
    kinds = [("", WIDE, "light"), ("-narrow", NARROW, "light")]
    kinds += [("-dark", WIDE, "dark")] if shot.name in DARK else []
    for ending, size, scheme in kinds:
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        _picture(page, FOLDER / f"{shot.name}{ending}.png", size)
    page.emulate_media(color_scheme="light")
    return []


def send(page: Page, shot: Shot) -> None:
    """Type what a page's picture needs, and send its form; nothing where it needs nothing."""
    for field, text in shot.typed:
        page.fill(f"[name={field}]", text)
    if shot.typed:
        with page.expect_navigation():
            page.locator("main button[type=submit]").last.click()
    if shot.scanned is not None:
        _scan(page, shot.scanned)
    if any(shot.pressed):
        press, stands = shot.pressed
        page.click(press)
        page.wait_for_selector(stands)


def _scan(page: Page, text: str) -> None:
    """Begin a shift at the checkpoint and scan this; nothing is begun where there is nothing to scan."""
    page.wait_for_selector("body[data-ready]")
    if not text:
        return
    page.select_option(
        "#grounds", page.eval_on_selector("#grounds option[value^='grounds-']", "one => one.value")
    )
    page.fill("#place", "Booth 3")
    page.click("#begin button")
    page.keyboard.type(text)
    page.keyboard.press("Enter")
    page.wait_for_selector("#answers article")


def _picture(page: Page, place: Path, size: tuple[int, int]) -> None:
    width, height = size
    page.set_viewport_size({"width": width, "height": height})
    tall = min(page.evaluate("document.documentElement.scrollHeight"), TALLEST)
    page.set_viewport_size({"width": width, "height": max(height, tall)})
    page.evaluate("document.fonts.ready")
    session = page.context.new_cdp_session(page)
    taken = session.send("Page.captureScreenshot", {"format": "png", "optimizeForSpeed": True})
    session.detach()
    place.write_bytes(fewer_colours(base64.b64decode(taken["data"])))


_quiet: Callable[[str], None] = lambda _line: None  # noqa: E731

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
