"""The checkpoint's screen on a phone: from the Enter of a scan to the painted answer, with the line and without it.

A node of invented records is made and served as an agency would; Chromium is a phone of 390 pixels whose processor is
slowed to a quarter. Time is taken in the page: from the key's own time stamp to the frame after the one in which the
panel stands.
"""

from __future__ import annotations

import os
import random
import shutil
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from bench.common import Absent, Figures
from bench.papers_made import sound

SCANS, FEW = 300, 40
WARM = 10  # scans before the measured ones
RECORDS, FEW_RECORDS = 20_000, 1_000
SLOWER = 4  # times: a phone of the middle class beside this machine
PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
LETTERS = "ABCDEFGHJKLMNPRSTVXYZ"
WATCH = """() => {
  window.took = [];
  let began = 0;
  document.querySelector("#scan").addEventListener("keydown", (event) => { began = event.timeStamp; }, true);
  new MutationObserver((all) => {
    if (!all.some((one) => [...one.addedNodes].some((node) => node.tagName === "ARTICLE"))) return;
    requestAnimationFrame(() => {
      const painted = new MessageChannel();
      painted.port1.onmessage = () => window.took.push(performance.now() - began);
      painted.port2.postMessage(0);
    });
  }).observe(document.querySelector("#answers"), { childList: true });
}"""


def measure(quick: bool) -> list[Figures]:
    """Milliseconds from a scan to its answer. Raises Absent without Chromium or the driver of browsers."""
    chromium = (
        os.environ.get("LIAISON_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    )
    if not chromium:
        raise Absent("there is no Chromium; name one with LIAISON_CHROMIUM")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError as error:
        raise Absent("playwright is not installed") from error
    from liaison.cli.node_demo import serving
    from liaison.demo.making import make

    scans, records = (FEW, FEW_RECORDS) if quick else (SCANS, RECORDS)
    with tempfile.TemporaryDirectory() as aside:
        folder = Path(aside) / "node"
        make(folder, records, 1, lambda _line: None)
        grounds = _grounds(folder)
        with serving(folder) as address, sync_playwright() as driver:
            browser = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
            context = _signed_in(browser, address)
            try:
                return [_measured(context, grounds, scans, records)]
            finally:
                context.close()
                browser.close()


def _grounds(folder: Path) -> str:
    """Grounds of the investigator on which whoever crosses a border is checked."""
    from liaison.demo import agency
    from liaison.model.grounds import Purpose
    from liaison.node.wiring import open_node
    from liaison.officers import sessions
    from liaison.officers.sign_in import sign_in_password
    from liaison.screening.cases import open_case
    from liaison.screening.grounds import give_grounds

    with open_node(folder, work=False) as node:
        who = agency.INVESTIGATOR
        opened = sign_in_password(node.office, who.sign_in, who.password, settings=node.people)
        actor = sessions.signed_in(node.office, opened.token, node.people).actor
        case = open_case(node.office, actor, reference="B-7", title="Booth", offence="trafficking-persons")
        return give_grounds(
            node.office,
            actor,
            case.id,
            purpose=Purpose.BORDER_CHECK,
            basis="border-law",
            justification="Invented travellers of the benchmark cross an invented border.",
        )


def _signed_in(browser: Any, address: str) -> Any:
    from liaison.demo import agency

    context = browser.new_context(base_url=address, **PHONE)
    page = context.new_page()
    page.goto("/sign-in")
    page.fill("input[name=name]", agency.INVESTIGATOR.sign_in)
    page.fill("input[name=password]", agency.INVESTIGATOR.password)
    page.press("input[name=password]", "Enter")
    page.wait_for_url("**/")
    page.close()
    return context


def _measured(context: Any, grounds: str, scans: int, records: int) -> Figures:
    page = context.new_page()
    page.goto("/checkpoint/")
    page.wait_for_selector("body[data-ready]")
    page.select_option("#grounds", grounds)
    page.fill("#place", "Bench")
    page.get_by_role("button", name="Begin the shift").click()
    phone = context.new_cdp_session(page)
    phone.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    page.evaluate(WATCH)
    chance = random.Random(11)
    online = _scanned(page, [_scan(chance, number) for number in range(scans + WARM)])
    start = time.perf_counter()
    page.get_by_role("button", name="Take an offline copy").click()
    page.wait_for_selector("#told:not([hidden])", timeout=120_000)
    copied = time.perf_counter() - start
    held = page.inner_text("#copy-said")
    page.get_by_role("button", name="I have written it down").click()
    context.set_offline(True)
    offline = _scanned(page, [_scan(chance, number) for number in range(scans + WARM)])
    found = Figures(
        f"from Enter to the painted answer, {scans} scans, {records:,} records, a phone {SLOWER} times slower"
    )
    for name, took, most in (
        ("with the line", online, "< 300"),
        ("without it, by the copy", offline, "< 300"),
    ):
        found.add(f"{name}: median", round(statistics.median(took), 1), "ms")
        found.add(f"{name}: 99 of 100 under", round(took[int(len(took) * 0.99)], 1), "ms", most)
        found.add(f"{name}: longest", round(took[-1], 1), "ms")
    found.add("taking the copy, and deriving its key", round(copied, 2), "s")
    found.notes.append("half passports, a quarter cards, a quarter registration marks; all of them invented")
    found.notes.append(held)
    return found


def _scanned(page: Any, texts: list[str]) -> list[float]:
    """Milliseconds of each scan, the first left out, in order of their size."""
    page.evaluate("() => { window.took.length = 0; }")
    for number, text in enumerate(texts, 1):
        page.evaluate("() => document.querySelector('#scan').focus()")
        page.keyboard.insert_text(text)
        page.keyboard.press("Enter")
        page.wait_for_function("(many) => window.took.length >= many", arg=number)
    took: list[float] = page.evaluate("window.took")
    return sorted(took[WARM:])


def _scan(chance: random.Random, number: int) -> str:
    """A passport, a card or a mark, each invented."""
    if number % 4 == 3:
        letters = chance.choices(LETTERS, k=4)
        return f"{letters[0]}{letters[1]}{chance.randrange(100, 1000)}{letters[2]}{letters[3]}"
    wanted = "TD1" if number % 4 == 1 else "TD3"
    while True:
        document = sound(chance).document
        if document.layout.name == wanted:
            return "\n".join(document.lines)
