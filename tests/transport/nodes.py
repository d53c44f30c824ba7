"""Two nodes with real servers, and how to call one of them by what the other holds, well or badly."""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager

from sqlalchemy import Connection, func, select

from liaison.ledger.log import size
from liaison.node import couriers
from liaison.node.wiring import Node
from liaison.partners import directory
from liaison.partners.cards import Card, OwnKeys
from liaison.storage.tables.node import FACTS
from liaison.storage.tables.transport import INBOX, OUTBOX
from liaison.transport import outbox
from liaison.transport.calls import LETTERS
from liaison.transport.channel import Channel, client_tls
from liaison.transport.messages import Message, sign_request
from liaison.transport.outbox import Outgoing
from tests.faults.two_nodes import ORIGINS
from tests.transport.sides import KIND, Mark

PATIENCE = 200.0  # seconds until something is taken never to come: a busy machine is slow, and not wrong


def writes(node: Node, to: str, *words: str, urgent: bool = False) -> None:
    def work(connection: Connection) -> None:
        for word in words:
            going = Outgoing(ORIGINS[to], KIND, "thread", Mark(word=word), urgent)
            outbox.post(node.office, connection, node.means, going)

    node.office.write(work)


def waiting(node: Node) -> int:
    query = select(func.count()).select_from(OUTBOX).where(OUTBOX.c.state == "waiting")
    return node.office.read(lambda connection: connection.execute(query).scalar_one())


def marks(node: Node) -> int:
    query = select(func.count()).select_from(FACTS).where(FACTS.c.fact.startswith("mark-"))
    return node.office.read(lambda connection: connection.execute(query).scalar_one())


def state(node: Node) -> tuple[int, int, int]:
    """What an attack must not change: entries about letters, letters, marks."""

    def work(connection: Connection) -> tuple[int, int]:
        verbs = [node.office.log.statement(connection, index).what for index in range(size(connection))]
        about = sum(verb.startswith("letter") for verb in verbs)
        return about, connection.execute(select(func.count()).select_from(INBOX)).scalar_one()

    return *node.office.read(work), marks(node)


def until(true: Callable[[], bool]) -> None:
    ending = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < ending, "it did not come to that in time"
        time.sleep(0.02)


@contextmanager
def a_courier(node: Node) -> Iterator[couriers.Courier]:
    """The way to the other side; a test that fails leaves no connection to those after it."""
    with closing(couriers.Courier(node.office, node.means, ORIGINS["right"])) as courier:
        yield courier


@contextmanager
def carrying(node: Node) -> Iterator[couriers.Couriers]:
    """The couriers of a node that does nothing by itself."""
    try:
        yield node.correspondence.couriers
    finally:
        node.correspondence.couriers.stop()


def card_of(node: Node, origin: str) -> Card:
    return node.office.read(lambda connection: directory.partner(connection, origin)).card


@contextmanager
def channel(left: Node, right: Node, keys: OwnKeys | None = None) -> Iterator[Channel]:
    card = card_of(left, right.settings.origin)
    with closing(Channel(keys or left.own, (card,), left.office.now)) as made:
        yield made


def call(left: Node, right: Node, body: bytes, path: str = LETTERS) -> tuple[int, bytes]:
    with channel(left, right) as to:
        status, answer, _ = to.call("POST", path, body)
    return status, answer


def raw(left: Node, right: Node, asked: bytes, keys: OwnKeys | None = None) -> bytes:
    """What the server answers to these bytes from whoever has these keys' channel."""
    with spoken(left, right, keys) as line:
        line.sendall(asked)
        return line.recv(65_536)


@contextmanager
def spoken(left: Node, right: Node, keys: OwnKeys | None = None) -> Iterator[ssl.SSLSocket]:
    context = client_tls(keys or left.own, [card_of(left, right.settings.origin)])
    with (
        socket.create_connection(("127.0.0.1", right.settings.partner_port), 10) as plain,
        context.wrap_socket(plain) as line,
    ):
        line.settimeout(30)
        yield line


def signed(left: Node, right: Node, body: bytes, keys: OwnKeys | None = None, **changed: object) -> bytes:
    """A request as bytes, signed by these keys."""
    keys = keys or left.own
    address = card_of(left, right.settings.origin).addresses[0] + LETTERS
    at = changed.get("at", left.office.now())
    message = Message("POST", address, body, {})
    sign_request(message, keys.channel, keys.channel_id, at, str(changed.get("nonce", "n" * 22)))  # type: ignore[arg-type]
    sent = bytes(changed.get("sent", body))  # type: ignore[call-overload]
    lines = [f"POST {LETTERS} HTTP/1.1", "host: x", f"content-length: {len(sent)}"]
    lines += [f"{name}: {value}" for name, value in message.headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + sent


def status_of(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])
