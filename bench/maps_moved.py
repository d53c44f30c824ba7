"""The map that moves in the browser: from the navigation to a map that stands still, graphics by software.

A node of invented records answers in this process; its map is given a layer of points drawn by lot. That the officer
moves the map is remembered, as it is on the second day.
"""

from __future__ import annotations

import os
import random
import shutil
import socket
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.common import Absent, Figures, cpu_seconds

MANY, FEW = 20_000, 2_000
RUNS, ONCE = 5, 2
RECORDS = 120  # of the node; nothing of them is on the map
REGION = (18.0, 39.0, 23.0, 43.0)  # west, south, east, north
REMEMBERED = 'localStorage.setItem("liaison-map", "moving");'
WATCH = """
new MutationObserver((all, watching) => {
  if (!document.querySelector("#map-moving[data-idle]")) return;
  window.idle = performance.now();
  watching.disconnect();
}).observe(document, {subtree: true, attributes: true, childList: true, attributeFilter: ["data-idle"]});
"""


def measure(quick: bool) -> Figures:
    """Milliseconds from the navigation. Raises Absent without Chromium or the driver of browsers."""
    chromium = (
        os.environ.get("LIAISON_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    )
    if not chromium:
        raise Absent("there is no Chromium; name one with LIAISON_CHROMIUM")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError as error:
        raise Absent("playwright is not installed") from error
    count, runs = (FEW, ONCE) if quick else (MANY, RUNS)
    before = os.getloadavg()[0]
    with (
        tempfile.TemporaryDirectory() as aside,
        _served(Path(aside) / "node", count) as (address, cookie),
        sync_playwright() as driver,
    ):
        browser = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        try:
            first = [_opened(browser, address, cookie, again=False) for _ in range(runs)]
            later = [_opened(browser, address, cookie, again=True) for _ in range(runs)]
        finally:
            browser.close()
    return _told(count, first, later, before)


def _told(count: int, first: list[dict[str, Any]], later: list[dict[str, Any]], before: float) -> Figures:
    found = Figures("A map moved in the browser: headless Chromium, graphics by software, 1280 by 900 pixels")
    for name, runs in (("nothing kept by the browser", first), ("scripts kept by the browser", later)):
        spent = [run["idle"] for run in runs]
        what = f"{count:,} points, navigation to idle, {name}: median of {len(runs)}"
        found.add(what, round(statistics.median(spent)), "ms", "< 2,000")
        took = [1e3 * (run["browser"] + run["node"]) for run in runs]
        found.add(
            "the same, processor time of browser and node: median", round(statistics.median(took)), "ms"
        )
        found.add("the quickest and the slowest of these", f"{min(spent):,.0f} and {max(spent):,.0f}", "ms")
    found.add("until the server's own picture stands, median", round(_median(later, "picture")), "ms")
    found.add("marks over the map", later[0]["marks"])
    found.add("requests", len(later[0]["asked"]))
    elsewhere = sum(len(run["elsewhere"]) for run in first + later)
    found.add("requests to other hosts, in all runs", elsewhere, "", "0")
    found.notes.append(
        f"server and browser share the machine with others' work: load of one minute {before:.1f} before and "
        f"{os.getloadavg()[0]:.1f} after, on {os.cpu_count()} cores"
    )
    return found


def _median(runs: list[dict[str, Any]], name: str) -> float:
    return statistics.median(run[name] for run in runs)


def _opened(browser: Any, address: str, cookie: dict[str, str], *, again: bool) -> dict[str, Any]:
    """The page opened once, or for the second time; what the browser tells of it."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.add_cookies([cookie | {"url": address}])
    context.add_init_script(REMEMBERED)
    context.add_init_script(WATCH)
    page = context.new_page()
    asked: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    session = browser.new_browser_cdp_session()
    for _ in range(2 if again else 1):
        asked.clear()
        spent, own = _spent(session), cpu_seconds()
        page.goto(f"{address}/map", wait_until="commit")
        page.wait_for_function("() => window.idle", timeout=60_000)
    told = {
        "browser": _spent(session) - spent,
        "node": cpu_seconds() - own,
        "idle": page.evaluate("window.idle"),
        "picture": page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime"),
        "marks": page.locator(".l-map-moving__mark").count(),
        "asked": [*asked],
        "elsewhere": [each for each in asked if not each.startswith((f"{address}/", "data:"))],
    }
    session.detach()
    context.close()
    return told


def _spent(session: Any) -> float:
    """Processor seconds of all processes of the browser so far."""
    return float(sum(one["cpuTime"] for one in session.send("SystemInfo.getProcessInfo")["processInfo"]))


@contextmanager
def _served(folder: Path, count: int) -> Iterator[tuple[str, dict[str, str]]]:
    """The address of a node whose map has so many points, and the cookie of an officer."""
    import uvicorn

    from liaison.demo import agency
    from liaison.demo.making import make
    from liaison.node.wiring import open_node
    from liaison.officers.sign_in import sign_in_password
    from liaison.web import create_app, mapped
    from liaison.web.map_picture import Kind
    from liaison.web.sessions import cookie_name

    make(folder, RECORDS, 1, lambda _line: None)
    layer = _layer(count)
    before = dict(mapped.LAYERS)
    mapped.LAYERS.clear()
    mapped.LAYERS[Kind.SIGHTING] = lambda *_: layer
    try:
        with open_node(folder, work=False) as node:
            who = agency.INVESTIGATOR
            opened = sign_in_password(node.office, who.sign_in, who.password, settings=node.people)
            port = _free_port()
            server = uvicorn.Server(
                uvicorn.Config(create_app(node), host="127.0.0.1", port=port, log_config=None)
            )
            thread = threading.Thread(target=server.run, daemon=True)
            thread.start()
            while not server.started:
                time.sleep(0.02)
            yield f"http://localhost:{port}", {"name": cookie_name(node.settings), "value": opened.token}
            server.should_exit = True
            thread.join(20)
    finally:
        mapped.LAYERS.clear()
        mapped.LAYERS.update(before)


def _layer(count: int) -> Any:
    from datetime import UTC, datetime

    from liaison.web.map_picture import KINDS, Point
    from liaison.web.mapped import Layer, Placed

    chance, (west, south, east, north) = random.Random(1), REGION
    when = datetime(2026, 11, 1, tzinfo=UTC)
    points = (
        Point(chance.choice(KINDS), chance.uniform(south, north), chance.uniform(west, east), f"Point {each}")
        for each in range(count)
    )
    return Layer(tuple(Placed(point, when) for point in points), False)


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
