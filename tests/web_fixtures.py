"""What the tests of the web stand on: a real node in a folder, its application, its officers and their browsers."""

from __future__ import annotations

import asyncio
import io
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import msgspec
import structlog
from litestar import Litestar

from liaison import officers, policy
from liaison.model.categories import OfficerId
from liaison.model.roles import Role
from liaison.node.logs import STEPS
from liaison.node.making import make_node
from liaison.node.settings import Settings
from liaison.node.wiring import Node, open_node
from liaison.office import Office
from liaison.officers import invitations, service, sessions, tokens
from liaison.officers.settings import Argon
from liaison.officers.sign_in import sign_in_password
from liaison.web import create_app
from liaison.web.sessions import cookie_name, secure
from liaison.web.short import Application
from tests.node_fixtures import FixedClock
from tests.overseer import train, with_roles

HOST = "http://node.example"
SETTINGS = Settings(
    name="Test node",
    agency="Test police",
    origin="node.test.example",
    regimes=("demo",),
    public_url=HOST,
    requests_each_second=10_000,  # tests ask faster than a person
    requests_at_once=100_000,
)
PAGE = {"accept": "text/html", "sec-fetch-site": "same-origin", "accept-language": "en"}
PROGRAM = {"accept": "application/json", "accept-language": "en"}
PASSWORD = "four plums in a bucket"
QUICK = Argon(1, 64, 1)  # a hash that costs nothing: what is tested here is not the hash
ADMINISTRATOR = "ada"


@dataclass(frozen=True, slots=True)
class Officer:
    """Somebody who can sign in, with an open session."""

    person: OfficerId
    account: str
    sign_in: str
    session: str


class Wire(httpx.BaseTransport):
    """From a plain client to an application that runs in a loop of its own, as it does behind a server."""

    def __init__(self, app: Litestar) -> None:
        self.app, self.loop = app, asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()
        self.transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)  # type: ignore[arg-type]

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return asyncio.run_coroutine_threadsafe(self._answer(request), self.loop).result(60)

    async def _answer(self, request: httpx.Request) -> httpx.Response:
        sent = httpx.Request(request.method, request.url, headers=request.headers, content=request.read())
        answer = await self.transport.handle_async_request(sent)
        content = await httpx.Response(200, stream=answer.stream).aread()
        return httpx.Response(answer.status_code, headers=answer.headers, content=content)

    def shut(self) -> None:
        """End the loop and its threads."""
        asyncio.run_coroutine_threadsafe(self.loop.shutdown_default_executor(), self.loop).result(30)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
        self.loop.close()


@contextmanager
def client_of(app: Litestar, headers: dict[str, str]) -> Iterator[httpx.Client]:
    """A client of the application that follows no redirect."""
    wire = Wire(app)
    try:
        with httpx.Client(transport=wire, base_url=HOST, headers=headers) as client:
            yield client
    finally:
        wire.shut()


@dataclass(slots=True)
class Desk:
    """A node, its application, and how its people reach it."""

    node: Node
    app: Litestar
    clock: FixedClock
    administrator: Officer
    log: io.StringIO

    @property
    def office(self) -> Office:
        """Where services work."""
        return self.node.office

    def enrol(self, name: str, *roles: Role, trained: bool = False) -> Officer:
        """A new person of these roles, whom the administrator invited, signed in with a password."""
        by = sessions.signed_in(self.office, self.administrator.session, self.node.people).actor
        person = service.create_person(self.office, by, service.Newcomer(name))
        sign_in = name.split()[0].casefold()
        made = with_roles(self.office, by, person, sign_in, frozenset(roles), self.node.people)
        opened = invitations.accept_with_password(
            self.office, made.invitation.token, PASSWORD, settings=self.node.people
        )
        if trained:
            until = self.office.now() + timedelta(days=365)
            train(self.office, by, person, "Judging alerts", until, self.node.people)
        return Officer(person, made.account, sign_in, opened.token)

    @property
    def cookie(self) -> str:
        """The name of the node's cookie."""
        return cookie_name(self.node.settings)

    def actor(self, officer: Officer) -> policy.Actor:
        """The officer as services know them."""
        return sessions.signed_in(self.office, officer.session, self.node.people).actor

    @contextmanager
    def browser(self, officer: Officer | None = None, **headers: str) -> Iterator[httpx.Client]:
        """A browser: it asks for pages, comes from the node's own pages, and follows no redirect."""
        with client_of(self.app, PAGE | headers) as client:
            if officer is not None:
                client.cookies.set(self.cookie, officer.session)
            yield client

    @contextmanager
    def program(self, officer: Officer | None = None, **headers: str) -> Iterator[httpx.Client]:
        """A program, with a token of this officer's."""
        with client_of(self.app, PROGRAM | headers) as client:
            if officer is not None:
                client.headers["authorization"] = f"Bearer {self.token(officer)}"
            yield client

    def token(self, officer: Officer) -> str:
        """A new token of this officer's."""
        signed = sessions.signed_in(self.office, officer.session, self.node.people)
        expires = self.office.now() + timedelta(days=30)
        return tokens.create_token(self.office, signed, "test", expires, self.node.people)[1]


class Behind:
    """Stands where an application's node stands, so that the next test's node can stand behind the same application.

    The framework takes half a second to put an application together, and it keeps nothing of its node.
    """

    def __init__(self, node: Node) -> None:
        object.__setattr__(self, "node", node)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.node, name)

    def __setattr__(self, name: str, given: Any) -> None:
        setattr(self.node, name, given)

    def move(self, node: Node | None) -> None:
        """Stand before another node."""
        object.__setattr__(self, "node", node)


SPARE: dict[tuple[object, ...], list[tuple[Behind, Application]]] = {}


@contextmanager
def an_application(node: Node) -> Iterator[Application]:
    """The application in front of a node: one that no test uses now, of the same settings, or a new one."""
    told = node.settings
    spare = SPARE.setdefault((told.name, told.body_bytes, secure(told)), [])
    if spare:
        behind, app = spare.pop()
        behind.move(node)
    else:
        behind = Behind(node)
        app = create_app(behind)  # type: ignore[arg-type]
    yield app
    behind.move(None)
    spare.append((behind, app))


@contextmanager
def a_node(folder: Path, settings: Settings = SETTINGS, clock: FixedClock | None = None) -> Iterator[Node]:
    """A node that was made in a new folder, open on a clock that is set by hand, publishing when it is told to."""
    make_node(folder / "node", settings, lambda node: "")
    with open_node(folder / "node", clock or FixedClock(datetime.now(UTC)), work=False) as node:
        node.people = replace(node.people, argon=QUICK)
        yield node


@contextmanager
def a_desk(folder: Path, **settings: Any) -> Iterator[Desk]:
    """A node with its first administrator, and the application in front of it."""
    clock = FixedClock(datetime.now(UTC))
    with ExitStack() as stack:
        node = stack.enter_context(a_node(folder, msgspec.structs.replace(SETTINGS, **settings), clock))
        log, app = stack.enter_context(a_log()), stack.enter_context(an_application(node))
        yield Desk(node, app, clock, first_administrator(node), log)


@contextmanager
def a_log() -> Iterator[io.StringIO]:
    """The node's log as it is written where it runs, kept in memory."""
    kept, before = io.StringIO(), structlog.get_config()
    structlog.configure(
        processors=[structlog.stdlib.add_log_level, *STEPS, structlog.processors.JSONRenderer()],
        logger_factory=structlog.WriteLoggerFactory(file=kept),
    )
    yield kept
    structlog.configure(**before)


def first_administrator(node: Node) -> Officer:
    """The node's first administrator, with an open session."""
    first = service.first_administrator(node.office, "Ada Prifti", ADMINISTRATOR, PASSWORD, node.people)
    opened = sign_in(node.office, ADMINISTRATOR, node.people)
    return Officer(first.person, first.account, ADMINISTRATOR, opened)


def sign_in(office: Office, name: str, settings: officers.Settings) -> str:
    """The token of a new session of this account."""
    return sign_in_password(office, name, PASSWORD, settings=settings).token
