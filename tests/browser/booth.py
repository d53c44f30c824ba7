"""A node with lists, an officer at a booth, and a line that can be cut. Every name, number and mark is invented."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import uvicorn
from sqlalchemy import func, select

from liaison.formats.mrz.layouts import TD1, TD3
from liaison.formats.mrz.writing import written
from liaison.holdings.imports import import_file
from liaison.model.grounds import Purpose
from liaison.model.roles import Role
from liaison.officers.settings import Site
from liaison.officers.sign_in import sign_in_password
from liaison.screening import grounds
from liaison.storage.tables.checkpoint import COUNTS, SCANS
from liaison.web import create_app
from tests.browser.conftest import CHROMIUM, WATCH, _free_port
from tests.holdings.test_wanted import line
from tests.node_fixtures import FixedClock
from tests.web.payloads import WHY
from tests.web.scene import a_case, enrol, order
from tests.web_fixtures import PASSWORD, Desk, Officer, a_desk

STOLEN, SURNAME, PLATE, QUIET, VIN = "XX0000001", "OBERMULLERSTEIN", "AA107OB", "AB200CD", "WVWZZZ1JZXW000001"
OFFICE = "Border police, Morina"
NARROW = {"width": 390, "height": 844}
TONES = """
window.tones = [];
const own = OscillatorNode.prototype.start;
OscillatorNode.prototype.start = function (at) { window.tones.push(this.frequency.value); return own.call(this, at); };
"""
RED = "getComputedStyle(document.querySelector('#answers article')).borderLeftColor"
SOUND = {"code": "P", "issuer": "ALB", "nationality": "ALB", "surname": SURNAME, "given": "WOLFGANG",
         "number": "BA7654321", "birth": "900315", "sex": "M", "expiry": "310601"}  # fmt: skip


def zone(layout: Any = TD3, **changes: str) -> str:
    """A zone, with its line ends."""
    return written(layout, **{**SOUND, **changes})


EXPIRED = zone(number="BA5555555", expiry="250601")
CARD = zone(TD1, code="I", number="CC7654321")
PASSPORT, LISTED = zone(), zone(number=STOLEN, surname="KELMENDINI")


@dataclass(slots=True)
class Booth:
    """The node's desk, where it answers, and who works at the booth."""

    desk: Desk
    address: str
    port: int
    officer: Officer
    grounds: str
    server: Any = None
    thread: Any = None

    def open(self) -> None:
        """Let the line be there."""
        if self.thread is not None and self.thread.is_alive():
            return
        made = uvicorn.Config(
            self.desk.app, host="127.0.0.1", port=self.port, log_config=None, server_header=False
        )
        self.server = uvicorn.Server(made)
        self.thread = threading.Thread(target=self.server.run, daemon=True)
        self.thread.start()
        until = time.monotonic() + 20
        while not self.server.started and time.monotonic() < until:
            time.sleep(0.02)
        assert self.server.started

    def cut(self) -> None:
        """Let the line be gone: nobody answers at the address."""
        self.server.should_exit = True
        self.thread.join(20)
        assert not self.thread.is_alive()

    def stored(self, table: Any = SCANS) -> int:
        """How many scans, or counts, the node has."""
        return int(
            self.desk.office.read(lambda c: c.execute(select(func.count()).select_from(table)).scalar_one())
        )

    def counted(self) -> int:
        """How many counts the node has."""
        return self.stored(COUNTS)


def running(clock: FixedClock) -> None:
    """Let a clock go, as a browser's does; it can still be moved."""
    start = time.monotonic()
    clock.now = lambda: clock.time + timedelta(seconds=time.monotonic() - start)  # type: ignore[method-assign]


def crossing(desk: Desk, officer: Officer) -> str:
    """Grounds on which whoever crosses is checked, in a case of the crossing point."""
    case, _ = a_case(desk, officer, "MORINA-7")
    asked = {"purpose": Purpose.BORDER_CHECK, "basis": "border-law", "justification": WHY}
    return grounds.give_grounds(desk.office, desk.actor(officer), case, **asked)


@contextmanager
def a_booth(folder: Path) -> Iterator[Booth]:
    """A node whose lists have a stolen passport, a wanted vehicle, and one whose driver must not be alerted."""
    port = _free_port()
    address = f"http://localhost:{port}"
    with a_desk(folder, public_url=address, port=port) as desk:
        desk.node.people = replace(desk.node.people, site=Site("localhost", (address,), "Test node"))
        desk.app = create_app(desk.node)
        running(desk.clock)
        officer = enrol(desk, "Ana Dema", "Morina", Role.INVESTIGATOR)
        by = desk.actor(enrol(desk, "Desk Officer", "Morina", Role.DESK_OFFICER))
        lost = {"kind": "document", "id": "L1", "number": STOLEN, "type": "passport", "issuer": "ALB"}
        lost |= {"category": "suspect", "status": "stolen", "owner": OFFICE}
        lists = (
            ("Lost and stolen", "lost.jsonl", json.dumps(lost).encode()),
            (
                "Vehicles",
                "vehicles.jsonl",
                line(plate="AA 107 OB", action="stop", vin=VIN, make="Koral Vento", colour="grey")
                + line(id="V2", plate="AB 200 CD", action="do-not-alert-driver", vin=""),
            ),
        )
        for name, file, content in lists:
            import_file(desk.office, by, order(desk, content, name, name=file))
        desk.node.live.refresh()
        booth = Booth(desk, address, port, officer, crossing(desk, officer))
        booth.open()
        try:
            yield booth
        finally:
            booth.cut()


@contextmanager
def a_device(driver: Any, booth: Booth, profile: Path, **settings: Any) -> Iterator[Any]:
    """A browser with a profile of its own, in which the officer is signed in; nothing may be blocked or fail in it."""
    settings.setdefault("viewport", {"width": 1280, "height": 900})
    context = driver.chromium.launch_persistent_context(
        str(profile), executable_path=str(CHROMIUM), args=["--no-sandbox"], locale="en-GB", **settings
    )
    cookie = {"name": booth.desk.cookie, "value": booth.officer.session, "url": booth.address}
    context.add_cookies([cookie])
    context.add_init_script(WATCH)
    failed: list[str] = []
    context.on("weberror", lambda error: failed.append(str(error.error)))
    try:
        yield context
        blocked = [each.evaluate("window.violations ?? []") for each in context.pages]
    finally:
        context.close()
    assert [each for each in blocked if each] == []
    assert failed == []


def opened(device: Any, booth: Booth) -> Any:
    """The screen, once it knows how things stand."""
    page = device.pages[0] if device.pages[0].url == "about:blank" else device.new_page()
    page.goto(f"{booth.address}/checkpoint/")
    page.wait_for_selector("body[data-ready]")
    return page


def begun(device: Any, booth: Booth) -> Any:
    """The screen of a shift that has begun."""
    page = opened(device, booth)
    page.select_option("#grounds", booth.grounds)
    page.fill("#place", "Booth 3")
    page.get_by_role("button", name="Begin the shift").click()
    return page


def scan(page: Any, text: str, *, enter: bool = True, many: int = 1) -> list[Any]:
    """Type as a scanner does, where the focus is; the panels of the answer, once they stand there."""
    before = set(page.eval_on_selector_all("#answers article", "all => all.map(one => one.dataset.scan)"))
    page.keyboard.type(text)
    if enter:
        page.keyboard.press("Enter")
    page.wait_for_function(
        "([before, many]) => [...document.querySelectorAll('#answers article')]"
        ".filter(one => !before.includes(one.dataset.scan)).length >= many",
        arg=[list(before), many],
    )
    return [page.locator("#answers article").nth(at) for at in range(many)]


def verdict(panel: Any) -> str:
    """What a panel says of a scan: clear, hit, none."""
    said: str = panel.get_attribute("data-verdict")
    return said


def copied(page: Any) -> str:
    """Take an offline copy; the shift's code."""
    page.get_by_role("button", name="Take an offline copy").click()
    page.wait_for_selector("#told:not([hidden])")
    code: str = page.inner_text("#told-code")
    page.get_by_role("button", name="I have written it down").click()
    assert page.inner_text("#told-code", timeout=1000) == "", "the code is shown once"
    page.wait_for_function("() => navigator.serviceWorker.controller !== null")
    return code


def state(page: Any, name: str) -> str:
    """The words of a part of the screen; empty where it is not shown."""
    words: str = page.inner_text(f"#{name}") if page.locator(f"#{name}").is_visible() else ""
    return words


def back(page: Any, booth: Booth) -> None:
    """Let the line be back, and the screen notice it."""
    booth.open()
    page.evaluate("window.dispatchEvent(new Event('online'))")


def kept(page: Any, store: str) -> int:
    """How much lies in one store of the browser's database."""
    found: int = page.evaluate(
        """(store) => new Promise((resolve) => {
          const asked = indexedDB.open("liaison-checkpoint");
          asked.onsuccess = () => {
            const counting = asked.result.transaction(store).objectStore(store).count();
            counting.onsuccess = () => { asked.result.close(); resolve(counting.result); };
          };
        })""",
        store,
    )
    return found


def signed_in(booth: Booth) -> dict[str, str]:
    """The cookie of the same officer, whose session is not over."""
    signed = sign_in_password(
        booth.desk.office, booth.officer.sign_in, PASSWORD, settings=booth.desk.node.people
    )
    return {"name": booth.desk.cookie, "value": signed.token, "url": booth.address}


def give(page: Any, code: str) -> None:
    page.fill("#code", code)
    page.get_by_role("button", name="Open the copy").click()


def in_field(page: Any) -> bool:
    there: bool = page.evaluate("document.activeElement.id === 'scan'")
    return there


def tones(page: Any) -> list[float]:
    """The pitches since the last time one asked."""
    heard: list[float] = page.evaluate("window.tones.splice(0)")
    return heard
