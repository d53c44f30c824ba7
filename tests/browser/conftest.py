"""A node behind a real server, and Chromium in front of it; skipped where there is no Chromium."""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from liaison.cli.node_demo import serving
from liaison.demo.drone import fly
from liaison.demo.making import make
from liaison.demo.road import drive
from liaison.demo.walk import walk
from liaison.officers.settings import Site
from liaison.web import create_app
from tests.web_fixtures import Desk, a_desk

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
CHROMIUM = Path(os.environ.get("LIAISON_CHROMIUM", "/usr/bin/chromium"))
AXE = Path(__file__).with_name("axe.min.js")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
WATCH = """
window.violations = [];
document.addEventListener("securitypolicyviolation", (event) => {
  window.violations.push(`${event.violatedDirective} ${event.blockedURI}`);
});
"""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Desk, str]]:
    """A node with its administrator, and the address at which it answers."""
    port = _free_port()
    address = f"http://localhost:{port}"
    with a_desk(tmp_path_factory.mktemp("node"), public_url=address, port=port) as desk:
        desk.node.people = replace(desk.node.people, site=Site("localhost", (address,), "Test node"))
        desk.app = create_app(desk.node)
        with _listening(desk, port):
            yield desk, address


@pytest.fixture(scope="module")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """A demonstration node in a process of its own: its address, and the path of its confirmed hit."""
    if not CHROMIUM.exists():
        pytest.skip(f"there is no Chromium at {CHROMIUM}: set LIAISON_CHROMIUM")
    place = tmp_path_factory.mktemp("demo") / "node"
    make(place, 120, 1, lambda line: None)
    with serving(place) as address:
        hit = walk(address, lambda line: None)
        drive(address, lambda line: None)
        fly(address, lambda line: None)
        yield address, hit


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """The browser."""
    if not CHROMIUM.exists():
        pytest.skip(f"there is no Chromium at {CHROMIUM}: set LIAISON_CHROMIUM")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Any) -> Iterator[Any]:
    """A page that notes what the policy of content blocked and what failed in scripts; neither may have happened."""
    context = chromium.new_context(locale="en-GB", viewport={"width": 1280, "height": 900})
    context.add_init_script(WATCH)
    page = context.new_page()
    failed: list[str] = []
    page.on("pageerror", lambda error: failed.append(str(error)))
    yield page
    blocked = page.evaluate("window.violations")
    context.close()
    assert blocked == []
    assert failed == []


def faults(page: Any) -> list[str]:
    """What axe finds wrong on the page, each with the first place where it does."""
    page.evaluate(AXE.read_text("utf-8"))
    found = page.evaluate("(rules) => axe.run(document, {runOnly: {type: 'tag', values: rules}})", RULES)
    return [f"{each['id']}: {each['nodes'][0]['html'][:200]}" for each in found["violations"]]


@contextmanager
def _listening(desk: Desk, port: int) -> Iterator[None]:
    server = uvicorn.Server(
        uvicorn.Config(desk.app, host="127.0.0.1", port=port, log_config=None, server_header=False)
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    until = time.monotonic() + 20
    while not server.started and time.monotonic() < until:
        time.sleep(0.02)
    assert server.started
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(20)


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@pytest.fixture(scope="module")
def driver() -> Iterator[Any]:
    """What drives Chromium."""
    if not CHROMIUM.exists():
        pytest.skip(f"there is no Chromium at {CHROMIUM}: set LIAISON_CHROMIUM")
    with playwright.sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="module")
def booth(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A node with lists, and an officer at a booth."""
    from tests.browser.booth import a_booth  # which stands on this module

    with a_booth(tmp_path_factory.mktemp("booth")) as booth:
        yield booth
