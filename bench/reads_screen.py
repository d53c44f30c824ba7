"""From a read to its alert on an officer's screen: a served node, and Chromium on the page of what cameras meet.

Time is taken from just before the message leaves, by the clock of the machine, to the frame after the one in which the
alert's link stands in the page.
"""

from __future__ import annotations

import os
import random
import shutil
import statistics
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bench.common import Absent, Figures

READS, FEW = 120, 10
WAIT = 20_000  # milliseconds until one counts as lost
WATCH = """() => {
  window.seen = [];
  const known = new Set();
  const look = () => {
    for (const link of document.querySelectorAll('#latest a[href^="/alerts/"]')) {
      const where = link.getAttribute("href");
      if (known.has(where)) continue;
      known.add(where);
      requestAnimationFrame(() => {
        const painted = new MessageChannel();
        painted.port1.onmessage = () => window.seen.push(Date.now());
        painted.port2.postMessage(0);
      });
    }
  };
  new MutationObserver(look).observe(document.body, { childList: true, subtree: true });
}"""


def measured(quick: bool) -> Figures:
    """Milliseconds from a read to the screen. Raises Absent without Chromium or the driver of browsers."""
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
    from liaison.demo.agency import POLICE
    from liaison.demo.making import make_house

    reads = FEW if quick else READS
    with tempfile.TemporaryDirectory() as aside:
        folder = Path(aside) / "node"
        make_house(folder, POLICE, lambda _line: None)
        with serving(folder) as address, sync_playwright() as driver:
            secret = _prepared(address, reads)
            browser = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
            try:
                took = _watched(browser, address, secret, reads)
            finally:
                browser.close()
    found = Figures(f"From {reads} reads over HTTP to their alerts on the screen, one node, SQLite, Chromium")
    found.add("median", round(statistics.median(took)), "ms")
    found.add("95 of 100 under", round(sorted(took)[int(len(took) * 0.95)]), "ms", "< 1,000")
    found.add("longest", round(max(took)), "ms")
    found.notes.append("the page asks twice a second; each read comes at a random moment between two turns")
    return found


def _plate(number: int) -> str:
    return f"AB {number:03} KO"


def _prepared(address: str, reads: int) -> str:
    """So many wanted vehicles and one camera; the secret of its feed."""
    from liaison.demo.agency import DESK, INVESTIGATOR
    from liaison.demo.road import ENTRY, _at, _post, _registered

    until = (datetime.now(UTC) + timedelta(days=14)).date().isoformat()
    with _at(address, DESK) as desk, _at(address, INVESTIGATOR) as investigator:
        for number in range(reads):
            _post(desk, "/api/v1/vehicles", ENTRY | {"until": until, "plate": _plate(number)})
            time.sleep(0.06)  # under what one person may ask for in a second
        return _registered(investigator, until)[1]


def _watched(browser: Any, address: str, secret: str, reads: int) -> list[float]:
    import httpx

    from liaison.demo.agency import INVESTIGATOR
    from liaison.demo.road import CAMERAS

    context = browser.new_context(base_url=address)
    page = context.new_page()
    page.goto("/sign-in")
    page.fill("input[name=name]", INVESTIGATOR.sign_in)
    page.fill("input[name=password]", INVESTIGATOR.password)
    page.press("input[name=password]", "Enter")
    page.wait_for_url("**/")
    page.goto("/cameras/live")
    page.evaluate(WATCH)
    chance, took = random.Random(7), []
    headers = {"Authorization": f"Bearer {secret}"}
    with httpx.Client(base_url=address, headers=headers, timeout=30) as feed:
        for number in range(reads):
            page.wait_for_timeout(chance.uniform(50, 550))
            now = datetime.now(UTC).isoformat()
            began = time.time()
            read = {"plate": _plate(number), "time": now, "camera": CAMERAS[0][0]}
            feed.post("/api/v1/cameras/reads", json=read).raise_for_status()
            page.wait_for_function("(many) => window.seen.length >= many", arg=number + 1, timeout=WAIT)
            took.append(page.evaluate("window.seen[window.seen.length - 1]") - 1000 * began)
    context.close()
    return took
