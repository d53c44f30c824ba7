"""A partner's node that dribbles: each byte comes in time, and the call as a whole never ends."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import pytest

from liaison.partners import directory
from liaison.transport import channel
from liaison.transport.channel import Channel, Unreachable, server_tls
from tests.partners.pairs import Side, pair, two_sides

HEAD = b"HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n"
MOST = 3_000  # bytes that it sends, one by one: what would wait for the end comes to one


@contextmanager
def dribbling(port: socket.socket, side: Side, other: Side, begins: bytes) -> Iterator[None]:
    """A node that sends this beginning of an answer, and then a byte at a time."""
    over = threading.Event()

    def serve() -> None:
        context = server_tls(side.keys, [side.knows(other).card])
        with suppress(OSError), context.wrap_socket(port.accept()[0], server_side=True) as link:
            link.recv(65_536)
            link.sendall(begins)
            for _ in range(MOST):
                if over.wait(0.01):
                    return
                link.sendall(b"a")

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        port.close()
        thread.join()


@pytest.mark.parametrize("begins", [HEAD, b"HTTP/1.1 200 OK\r\nx: "], ids=["in its answer", "in its headers"])
def test_a_call_whose_answer_never_ends_is_ended(
    tmp_path: Path, begins: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(channel, "WHOLE", 0.5)
    with two_sides(tmp_path, "sqlite") as (left, right), socket.create_server(("127.0.0.1", 0)) as port:
        right.told = replace(right.told, addresses=(f"https://127.0.0.1:{port.getsockname()[1]}",))
        pair(left, right)
        card = left.office.read(lambda connection: directory.partner(connection, right.origin)).card
        with (
            dribbling(port, right, left, begins),
            closing(Channel(left.keys, [card], left.office.now)) as to,
            pytest.raises(Unreachable, match="too long to answer"),
        ):
            to.call("GET", "/liaison/v1/crosscheck/set/records")


@pytest.mark.parametrize(
    ("told", "seconds"), [("7", 7), ("99999", 3600), ("", 60), ("soon", 60), ("¹", 60), ("9" * 5000, 60)]
)
def test_how_long_a_partner_asks_us_to_wait_is_bounded_whatever_it_says(told: str, seconds: int) -> None:
    assert channel._seconds(told) == seconds
