"""The short way answers with the bytes of the long way, and turns nobody away by itself."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from liaison.model.errors import BadInput, LedgerUnavailable, NotFound, NotLawful, TooMany
from liaison.model.roles import Capability, Role
from liaison.web import create_app, short
from liaison.web.context import Visit
from liaison.web.routing import call
from liaison.web.security import SIGNED
from tests.web_fixtures import Desk, a_desk

PATH, GUARDED, PLAIN = "/api/v1/body", "/api/v1/guarded", "application/json"
HIDDEN = "Ana Gashi, born 1984"
FAILS = {
    "bad": BadInput("this is too many", field="count", row=3),
    "absent": NotFound(),
    "unlawful": NotLawful(reasons=("no purpose",)),
    "often": TooMany("too many", retry_after=42),
    "unrecorded": LedgerUnavailable("the entry could not be written"),
    "unforeseen": ValueError(HIDDEN),
}
ran: list[str] = []  # the threads in which the function ran


class Inner(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="inner"):
    """A part of a body."""

    at: int = 0


class Body(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A body of the API."""

    count: int
    name: str = ""
    part: Inner | None = None


@call("/body", audience=SIGNED, tags=["test"], status=201, short=True)
def with_body(visit: Visit, data: Body) -> Body:
    """Takes a body; fails where its name says so."""
    ran.append(threading.current_thread().name)
    if data.name in FAILS:
        raise FAILS[data.name]
    return data


@call("/guarded", audience=Capability.APPROVE, tags=["test"], short=True)
def guarded(visit: Visit, data: Body) -> Body:
    """Is for few."""
    ran.append(threading.current_thread().name)
    return data


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with a_desk(tmp_path_factory.mktemp("short")) as desk:
        desk.app = create_app(desk.node, [with_body, guarded])
        yield desk


@pytest.fixture(scope="module")
def token(desk: Desk) -> str:
    return desk.token(desk.enrol("Vera Kola", Role.INVESTIGATOR))


def scope_of(path: str, *headers: tuple[str, str], method: str = "POST", query: str = "") -> dict[str, Any]:
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": query.encode(),
        "headers": [(name.encode(), value.encode()) for name, value in headers],
        "client": ("127.0.0.1", 4711),
        "server": ("node.example", 80),
        "state": {"request": "0123456789abcdef"},
    }


def answered(app: Any, scope: dict[str, Any], *bodies: bytes) -> list[Any]:
    """Every message of the answer, and what the node would count it as."""
    waiting = [
        {"type": "http.request", "body": body, "more_body": place < len(bodies)}
        for place, body in enumerate(bodies, 1)
    ]
    sent: list[Any] = []

    async def receive() -> Any:
        return waiting.pop(0) if waiting else {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(dict(message))

    asyncio.run(app(scope, receive, send))
    return [*sent, scope.get("path_template")]


def both(desk: Desk, make: Any, *bodies: bytes) -> tuple[list[Any], list[Any]]:
    """The answers of both ways."""
    ways = dict(desk.app.short)
    quick = answered(desk.app, make(), *bodies)
    desk.app.short.clear()
    try:
        return quick, answered(desk.app, make(), *bodies)
    finally:
        desk.app.short.update(ways)


def plain(token: str, length: int, *more: tuple[str, str], kind: str = PLAIN) -> list[tuple[str, str]]:
    return [
        ("host", "node.example"),
        ("content-type", kind),
        ("authorization", f"Bearer {token}"),
        ("content-length", str(length)),
        *more,
    ]


BODIES = {
    "good": b'{"count": 3, "name": "Gj\xc3\xabrgj", "part": {"type": "inner", "at": 2}}',
    "text for a number": b'{"count": "3"}',
    "a fraction": b'{"count": 3.0}',
    "doubled key": b'{"count": "x", "count": 4}',
    "no number": b'{"count": "x"}',
    "unknown field": b'{"count": 1, "more": 2}',
    "unknown part": b'{"count": 1, "part": {"type": "outer"}}',
    "missing field": b"{}",
    "huge number": b'{"count": 123456789012345678901234567890}',
    "no JSON": b'{"count": ',
    "two values": b'{"count": 1} {}',
    "no text": b'{"count": 1, "name": "\xff"}',
    "nested": b"[" * 20_000 + b"]" * 20_000,
    "null": b"null",
    "nothing": b"",
    **{name: f'{{"count": 1, "name": "{name}"}}'.encode() for name in FAILS},
}


@pytest.mark.parametrize("name", BODIES)
def test_both_ways_answer_every_body_alike(desk: Desk, token: str, name: str) -> None:
    body = BODIES[name]
    quick, slow = both(desk, lambda: scope_of(PATH, *plain(token, len(body))), body)
    assert quick == slow
    assert HIDDEN not in repr(quick)


GOOD = BODIES["good"]
REQUESTS: dict[str, Any] = {
    "token": lambda token: scope_of(PATH, *plain(token, len(GOOD))),
    "no token": lambda token: scope_of(
        PATH, *plain(token, len(GOOD))[:2], ("content-length", str(len(GOOD)))
    ),
    "wrong token": lambda token: scope_of(PATH, *plain("liaison_" + "x" * 43, len(GOOD))),
    "api key": lambda token: scope_of(
        PATH,
        *plain("", len(GOOD))[:2],
        ("authorization", f"ApiKey {token}"),
        ("content-length", str(len(GOOD))),
    ),
    "two tokens": lambda token: scope_of(PATH, *plain(token, len(GOOD), ("authorization", "Bearer x"))),
    "for others": lambda token: scope_of(GUARDED, *plain(token, len(GOOD))),
    "other type": lambda token: scope_of(PATH, *plain(token, len(GOOD), kind="text/plain")),
    "query": lambda token: scope_of(PATH, *plain(token, len(GOOD)), query="done=1"),
    "language": lambda token: scope_of(PATH, *plain(token, len(GOOD), ("accept-language", "fr"))),
    "get": lambda token: scope_of(PATH, *plain(token, len(GOOD)), method="GET"),
    "options": lambda token: scope_of(PATH, *plain(token, len(GOOD)), method="OPTIONS"),
    "slash": lambda token: scope_of(PATH + "/", *plain(token, len(GOOD))),
    "doubled slash": lambda token: scope_of("/" + PATH, *plain(token, len(GOOD))),
    "bad host": lambda token: scope_of(PATH, ("host", "a b"), *plain(token, len(GOOD))[1:]),
    "no host": lambda token: scope_of(PATH, *plain(token, len(GOOD))[1:]),
    "cookie": lambda token: scope_of(PATH, *plain(token, len(GOOD), ("cookie", "liaison=x; language=fr"))),
    "told too long": lambda token: scope_of(PATH, *plain(token, 9_999_999)),
    "told longer than it is": lambda token: scope_of(PATH, *plain(token, 70_000)),
    "no length": lambda token: scope_of(PATH, *plain(token, 0)[:3]),
}


@pytest.mark.parametrize("name", REQUESTS)
def test_both_ways_answer_every_request_alike(desk: Desk, token: str, name: str) -> None:
    quick, slow = both(desk, lambda: REQUESTS[name](token), GOOD)
    assert quick == slow


def test_a_body_in_pieces_is_one(desk: Desk, token: str) -> None:
    quick, slow = both(desk, lambda: scope_of(PATH, *plain(token, len(GOOD))), GOOD[:7], GOOD[7:])
    assert quick == slow
    assert quick[0]["status"] == 201


def test_a_client_that_leaves_is_answered_alike(desk: Desk, token: str) -> None:
    quick, slow = both(desk, lambda: scope_of(PATH, *plain(token, len(GOOD))))
    assert quick == slow


def test_what_is_plain_goes_the_short_way(desk: Desk, token: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(short.Litestar, "__call__", None)
    answer = answered(desk.app, scope_of(PATH, *plain(token, len(GOOD))), GOOD)
    assert answer[0]["status"] == 201


@pytest.mark.parametrize("name", ["no token", "wrong token", "for others"])
def test_whoever_is_turned_away_reaches_no_function(desk: Desk, token: str, name: str) -> None:
    ran.clear()
    assert answered(desk.app, REQUESTS[name](token), GOOD)[0]["status"] in (401, 403, 404)
    assert ran == []


def test_a_function_runs_in_a_thread_and_once(desk: Desk, token: str) -> None:
    for name in ("good", "bad", "unforeseen"):
        ran.clear()
        answered(desk.app, scope_of(PATH, *plain(token, len(BODIES[name]))), BODIES[name])
        assert len(ran) == 1
        assert ran[0] != threading.current_thread().name


def test_only_a_small_body_is_taken_in_before_the_guard(desk: Desk, token: str) -> None:
    way = desk.app.short[PATH]
    assert way.fits(scope_of(PATH, *plain(token, short.MOST)))
    assert not way.fits(scope_of(PATH, *plain(token, short.MOST + 1)))


def test_types_are_known_before_threads_meet_them(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    learned: list[Any] = []
    monkeypatch.setattr(short, "Decoder", learned.append)
    app: Any = create_app(desk.node, [with_body])
    assert [way.model for way in app.short.values()] == learned


def test_checks_go_the_short_way(tmp_path: Any) -> None:
    with a_desk(tmp_path) as desk:
        assert "/api/v1/checks" in desk.app.short


LEFT = ["no token", "two tokens", "other type", "query", "get", "options", "bad host", "no host", "no length"]


@pytest.mark.parametrize("name", LEFT)
def test_what_is_not_plain_is_left_to_the_framework(desk: Desk, token: str, name: str) -> None:
    assert not desk.app.short[PATH].fits(REQUESTS[name](token))
