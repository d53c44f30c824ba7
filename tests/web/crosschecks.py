"""Two agencies that cross-check over a real wire: the one that is asked listens, and its set is made."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import httpx
import msgspec

from liaison.crosscheck.asker import legs
from liaison.crosscheck.holder import background
from liaison.model.roles import Role
from liaison.partners.agreement import CROSSCHECK, STANDING_CROSSCHECK, Comparison
from liaison.partners.service import Terms
from tests.two_offices import TERMS
from tests.web.payloads import REASON
from tests.web.two_desks import GEZIM, House, Houses, two_desks

INVESTIGATOR, DESK, APPROVER, SUPERVISOR = (
    Role.INVESTIGATOR,
    Role.DESK_OFFICER,
    Role.APPROVER,
    Role.SUPERVISOR,
)
AUDITOR = Role.AUDITOR
STRANGER = "Wolfgang Obermüller;1931-11-30;DEU;"
LIST = f"name;born;nationality;document\n{GEZIM}\n{STRANGER}"
ID = re.compile(r"/crosschecks/(crosscheck-[a-z0-9]+)")


def terms(**said: object) -> Terms:
    """Ordinary terms with cross-checks of both kinds."""
    compared = msgspec.structs.replace(Comparison(changes=True, standing_days=60), **said)
    return replace(TERMS, exchanges=(*TERMS.exchanges, CROSSCHECK, STANDING_CROSSCHECK), crosscheck=compared)


@dataclass
class Crossing:
    """Both agencies, and what each does by itself, when it is told to."""

    houses: Houses

    @property
    def asking(self) -> House:
        return self.houses.asking

    @property
    def asked(self) -> House:
        return self.houses.asked

    def make(self) -> None:
        """Let the holder make its set."""
        node = self.asked.desk.node
        background.run(node.office, node.means)

    def ask(self) -> None:
        """Let the asking node work off what was started."""
        node = self.asking.desk.node
        legs.run(node.office, node.means)


@contextmanager
def crossing(folder: Path, terms: Terms | None = None) -> Iterator[Crossing]:
    """Both agencies; the one that is asked holds the crowd and one Gëzim Vokshi, and listens on this machine."""
    port = free_port()
    where = {"partner_host": "127.0.0.1", "partner_port": port, "partner_url": f"https://127.0.0.1:{port}"}
    with two_desks(folder, terms or globals()["terms"](), **where) as houses, ExitStack() as stack:
        node = houses.asked.desk.node
        node.correspondence.start()
        stack.callback(node.correspondence.stop)
        stack.callback(background.stop, node.office)
        stack.callback(legs.stop, houses.asking.desk.office)
        made = Crossing(houses)
        made.make()
        yield made


@contextmanager
def browsers(house: House, *roles: Role) -> Iterator[list[httpx.Client]]:
    with ExitStack() as stack:
        yield [stack.enter_context(house.desk.browser(house.officers[role])) for role in roles]


def form(crossed: Crossing, **said: object) -> dict[str, object]:
    """A new cross-check as a browser sends it."""
    given = {"grounds": crossed.asking.agency.grounds, "partners": crossed.asked.origin, "kind": "check"}
    return {**given, "title": "Vans", "list": LIST, "act": "keep", **said}


def drafted(crossed: Crossing, browser: httpx.Client, **said: object) -> str:
    """The address of a cross-check that was prepared."""
    made = browser.post("/crosschecks/new", data=form(crossed, **said))
    assert made.status_code == 303, made.text
    return str(made.headers["location"]).partition("?")[0]


def done(crossed: Crossing, browser: httpx.Client, **said: object) -> str:
    """The address of one that was answered."""
    place = drafted(crossed, browser, **said)
    if posted(browser, f"{place}/start") == f"{place}?done=crosscheck-submitted":
        (approval,) = {*re.findall(r"/approvals/(approval-[a-z0-9]+)", browser.get(place).text)}
        agreed(crossed, approval)
        assert posted(browser, f"{place}/start") == f"{place}?done=crosscheck-started"
    crossed.ask()
    return place


def agreed(crossed: Crossing, approval: str) -> None:
    """Let a second person agree, where so many were asked about by now that the law needs one."""
    with browsers(crossed.asking, Role.APPROVER) as (second,):
        posted(second, f"/approvals/{approval}", {"answer": "approve", "reason": REASON})


def posted(browser: httpx.Client, path: str, data: Mapping[str, object] | None = None) -> str:
    """Where a form sent the browser."""
    answer = browser.post(path, data=dict(data or {}))
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def free_port() -> int:
    """A port of this machine that nobody has."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])
