"""Over real connections: what is answered at once has the bytes of every other answer, and the same things count."""

from __future__ import annotations

import re
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urlsplit

import pytest

from liaison.model.roles import Role
from liaison.officers.limits import Allowance
from liaison.web import create_app, short
from liaison.web.context import Visit
from liaison.web.routing import call
from liaison.web.security import SIGNED
from tests.web.serving import served
from tests.web.test_short import BODIES, FAILS, GOOD, PATH, Body, with_body
from tests.web_fixtures import Desk, a_desk

SLOW = "/api/v1/slow"
held, let_go = threading.Event(), threading.Event()


@call("/slow", audience=SIGNED, tags=["test"], status=201, short=True)
def slow(visit: Visit, data: Body) -> Body:
    """Waits until it may go on."""
    held.set()
    assert let_go.wait(20)
    return data


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with a_desk(tmp_path_factory.mktemp("prompt")) as desk:
        desk.app = create_app(desk.node, [with_body, slow])
        yield desk


@pytest.fixture(scope="module")
def token(desk: Desk) -> str:
    return desk.token(desk.enrol("Vera Kola", Role.INVESTIGATOR))


@pytest.fixture(scope="module")
def address(desk: Desk) -> Iterator[str]:
    with served(desk) as address:
        yield address


@pytest.fixture(scope="module")
def by_layers(desk: Desk) -> Iterator[str]:
    """The address of a server that answers nothing at once."""
    with served(another(desk), at_once=False) as address:
        yield address


def another(desk: Desk) -> Desk:
    """The same desk with an application of its own, which a second server can run meanwhile."""
    return replace(desk, app=create_app(desk.node, [with_body, slow]))


@pytest.fixture(autouse=True)
def events() -> None:
    held.clear()
    let_go.clear()


def request(token: str, body: bytes, path: str = PATH, *more: str) -> bytes:
    lines = [
        f"POST {path} HTTP/1.1",
        "Host: node.example",
        "Content-Type: application/json",
        f"Authorization: Bearer {token}",
        *more,
        f"Content-Length: {len(body)}",
    ]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def connected(address: str) -> socket.socket:
    place = urlsplit(address)
    one = socket.create_connection((place.hostname, place.port), 20)
    one.settimeout(20)
    return one


def answers(one: socket.socket, count: int = 1) -> list[bytes]:
    """So many answers, their dates and references left out."""
    came, found = b"", list[bytes]()
    while len(found) < count:
        head, end, rest = came.partition(b"\r\n\r\n")
        length = re.search(rb"content-length: (\d+)", head)
        if end and length and len(rest) >= int(length[1]):
            body, came = rest[: int(length[1])], rest[int(length[1]) :]
            found.append(re.sub(rb"date: [^\r]*\r\n|[0-9a-f]{16}", b"", head + end + body))
            continue
        piece = one.recv(65_536)
        assert piece, came
        came += piece
    return found


def asked(address: str, data: bytes) -> bytes:
    with connected(address) as one:
        one.sendall(data)
        return answers(one)[0]


def test_every_answer_has_the_bytes_that_it_has_by_layers(
    desk: Desk, token: str, address: str, by_layers: str
) -> None:
    requests = [request(token, body) for body in BODIES.values()]
    requests += [request("liaison_" + "x" * 43, GOOD), request(token, GOOD, PATH, "Accept-Language: fr")]
    for data in requests:
        assert asked(address, data) == asked(by_layers, data)


def test_a_plain_request_is_answered_without_the_layers(
    token: str, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(short.Application, "__call__", None)
    for name in ("good", *FAILS):
        status = asked(address, request(token, BODIES[name])).split()[1]
        assert (status == b"201") == (name == "good")


def test_a_connection_is_kept_and_takes_both_kinds(token: str, address: str) -> None:
    data = request(token, GOOD)
    with connected(address) as one:
        for pieces in ([data], [data[:30], data[30:]], [data], [data[:-3], data[-3:]], [data]):
            for piece in pieces:
                one.sendall(piece)
                time.sleep(0.05)
            assert answers(one)[0].startswith(b"HTTP/1.1 201 Created")


def test_requests_sent_together_are_answered_in_their_order(token: str, address: str) -> None:
    bodies = [b'{"count": %d}' % number for number in range(6)]
    with connected(address) as one:
        one.sendall(b"".join([request(token, body) for body in bodies]))
        found = answers(one, 6)
    assert [int(each.rpartition(b":")[2].rstrip(b'},"na')) for each in map(_count, found)] == list(range(6))


def _count(answer: bytes) -> bytes:
    found = re.search(rb'"count":\d+', answer)
    assert found
    return found[0]


def test_what_comes_while_a_request_is_worked_on_waits(token: str, address: str) -> None:
    with connected(address) as one:
        one.sendall(request(token, b'{"count": 1}', SLOW))
        assert held.wait(20)
        one.sendall(request(token, b'{"count": 2}') + request(token, b'{"count": 3}'))
        time.sleep(0.2)
        let_go.set()
        assert [_count(each) for each in answers(one, 3)] == [b'"count":1', b'"count":2', b'"count":3']


def test_a_client_that_leaves_disturbs_nobody(token: str, address: str) -> None:
    one = connected(address)
    one.sendall(request(token, GOOD, SLOW))
    assert held.wait(20)
    one.close()
    time.sleep(0.1)
    let_go.set()
    assert asked(address, request(token, GOOD)).startswith(b"HTTP/1.1 201")


def test_a_request_that_runs_is_finished_at_a_stop(desk: Desk, token: str) -> None:
    came = list[bytes]()
    with served(another(desk)) as address:
        thread = threading.Thread(target=lambda: came.append(asked(address, request(token, GOOD, SLOW))))
        thread.start()
        assert held.wait(20)
        threading.Timer(0.5, let_go.set).start()
    thread.join()
    assert came[0].startswith(b"HTTP/1.1 201")


def test_a_kept_connection_is_closed_when_it_stands_idle(desk: Desk, token: str) -> None:
    with served(another(desk)) as address, connected(address) as one:
        one.sendall(request(token, GOOD))
        answers(one)
        assert one.recv(1) == b""


def test_who_is_turned_away_is_counted_once(desk: Desk, token: str, address: str) -> None:
    kept = desk.node.allowance
    try:
        for sent in (request(token, b"{"), request("liaison_" + "x" * 43, GOOD), request(token, GOOD)):
            desk.node.allowance = Allowance(1, 3, lambda: 0.0)
            statuses = [asked(address, sent).split()[1] for _ in range(4)]
            assert [status == b"429" for status in statuses] == [False, False, False, True]
    finally:
        desk.node.allowance = kept


def test_a_body_over_the_limit_of_the_node_is_refused(
    desk: Desk, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits = desk.node.limits()
    monkeypatch.setattr(type(desk.node), "limits", lambda node: replace(limits, body_bytes=20))
    with served(another(desk)) as address:
        assert asked(address, request(token, GOOD)).startswith(b"HTTP/1.1 413")


def test_what_is_answered_at_once_is_counted_and_noted(desk: Desk, token: str, address: str) -> None:
    def counted() -> float:
        found = re.search(
            rb'liaison_requests_total\{method="POST",route="/api/v1/body",status="201"\} ([\d.]+)',
            desk.node.metrics.text(),
        )
        return float(found[1]) if found else 0.0

    before = counted()
    asked(address, request(token, GOOD))
    until = time.monotonic() + 5
    while counted() == before and time.monotonic() < until:  # it is counted once it is written
        time.sleep(0.01)
    assert counted() == before + 1
