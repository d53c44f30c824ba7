"""Reads on their way to a node: sent again until they are taken, in order; bounded; and told where they are lost."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from liaison.cli.sending import MAKE, PATH, Sending, waiting
from liaison.model.errors import BadSetting

SECRET = "the-secret-of-the-feed"
KIND = "application/json"
TAKEN = 200, {"taken": 1, "refused": 0}


class Door:
    """A server that gives these answers one after the other, and then takes everything."""

    def __init__(self, *answers: tuple[int, dict[str, int]]) -> None:
        self.answers, self.bodies, self.secrets = list(answers), list[bytes](), set[str]()
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @contextmanager
    def open(self) -> Iterator[None]:
        door = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                assert self.path == PATH
                door.secrets.add(self.headers["Authorization"])
                status, said = door.answers.pop(0) if door.answers else TAKEN
                if status == 200:
                    door.bodies.append(body)
                content = json.dumps(said).encode()
                self.send_response(status)
                if status == 429:
                    self.send_header("Retry-After", "1")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, format: str, *args: object) -> None:
                """Say nothing."""

        server = HTTPServer(("127.0.0.1", self.port), Handler)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield
        finally:
            server.shutdown()
            server.server_close()
            thread.join()


def until(true: Callable[[], bool], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_what_waits_is_sent_in_order_once_the_node_answers() -> None:
    door, said = Door((503, {}), (429, {})), list[str]()
    with Sending(door.address, SECRET, say=said.append) as sending:
        for number in range(5):
            sending.put(KIND, b"%d" % number)
        time.sleep(0.7)
        assert door.bodies == []
        with door.open():
            until(lambda: len(door.bodies) == 5)
    assert door.bodies == [b"0", b"1", b"2", b"3", b"4"]
    assert door.secrets == {f"Bearer {SECRET}"}
    assert (sending.sent.taken, sending.sent.lost, sending.fault) == (5, 0, None)
    assert said == [
        "the node does not answer; it is tried again",
        "the node takes nothing now; it is tried again",
    ]


def test_of_too_many_the_oldest_are_lost_and_told() -> None:
    door, said = Door(), list[str]()
    with Sending(door.address, SECRET, say=said.append, most=(3, 998)) as sending:
        for number in range(10):
            sending.put(KIND, b"%d" % number)
        sending.put(KIND, b"x" * 998)  # too many bytes beside others
        with door.open():
            until(lambda: bool(door.bodies))
    assert door.bodies == [b"x" * 998]
    assert (sending.sent.taken, sending.sent.lost) == (1, 10)
    assert said.count("too many reads wait: the oldest are lost until the node answers") == 1
    assert "10 messages lost" in str(sending.sent)


def test_what_still_waits_at_the_end_is_told_as_lost() -> None:
    with Sending(Door().address, SECRET, last=0.5) as sending:
        sending.put(KIND, b"1")
        sending.put(KIND, b"2")
    assert sending.sent.lost == 2


def test_a_message_that_the_node_cannot_read_does_not_hold_up_the_next() -> None:
    door, said = Door((400, {}), (413, {}), (200, {"taken": 2, "refused": 3})), list[str]()
    with door.open(), Sending(door.address, SECRET, say=said.append) as sending:
        for number in range(4):
            sending.put(KIND, b"%d" % number)
    assert door.bodies == [b"2", b"3"]
    assert (sending.sent.taken, sending.sent.refused, sending.sent.unread) == (3, 3, 2)
    assert "the node could not read a message (status 400)" in said
    assert any("see whether the camera is registered, and its clock" in one for one in said)


def test_a_wrong_secret_ends_it() -> None:
    door = Door((401, {}))
    with door.open(), Sending(door.address, SECRET) as sending:
        sending.put(KIND, b"1")
        until(lambda: sending.fault is not None)
        with pytest.raises(BadSetting, match="no feed with this secret") as refused:
            sending.put(KIND, b"2")
    assert refused.value.hint == MAKE
    assert door.bodies == []


def test_the_secret_travels_in_the_clear_to_this_machine_alone() -> None:
    with pytest.raises(BadSetting, match="in the clear"):
        Sending("http://node.example", SECRET)


def test_a_message_at_which_the_node_fails_again_and_again_does_not_hold_up_the_next(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("liaison.cli.sending.FIRST", 0.01)
    door = Door(*[(500, {})] * 9)
    with door.open(), Sending(door.address, SECRET) as sending:
        sending.put(KIND, b"bad")
        sending.put(KIND, b"good")
        until(lambda: door.bodies == [b"good"])
    assert (sending.sent.taken, sending.sent.unread) == (1, 1)


@pytest.mark.parametrize(
    ("told", "seconds"),
    [("2", 2.0), ("99999", 30.0), ("²", 0.0), ("9" * 400, 0.0), ("soon", 0.0), ("-1", 0.0)],
)
def test_how_long_a_node_asks_to_wait_is_bounded_whatever_it_says(told: str, seconds: float) -> None:
    assert waiting(told) == seconds


@pytest.mark.parametrize(
    "node",
    [
        "https://name:secret@node.example",
        "https://:secret@node.example",
        "https://[::1",
        "https://node.example:abc",
        "https://node.example:0",
        "https://node.example/path",
        "ftp://node.example",
    ],
)
def test_an_address_that_is_none_or_holds_a_secret_is_refused_without_saying_it(node: str) -> None:
    with pytest.raises(BadSetting) as refused:
        Sending(node, SECRET)
    assert "secret@" not in str(refused.value)
