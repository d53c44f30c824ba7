"""The channel to one partner: TLS 1.3 with both certificates pinned, and messages that are signed on both ways.

The address is the one of the partner's card and of nothing else; no redirect is followed and no proxy asked (A28).
"""

from __future__ import annotations

import secrets
import socket
import ssl
import tempfile
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from datetime import datetime
from functools import partial
from types import TracebackType
from typing import Any, Self

import httpx

from liaison.model.errors import BadNote, LiaisonError
from liaison.partners.cards import Card, OwnKeys
from liaison.partners.own import tls_pem
from liaison.transport.calls import LONGEST_CALL
from liaison.transport.deadline import Deadline
from liaison.transport.messages import Message, Reply, key_named, sign_request, verify_response

CONNECT, WAIT = 5.0, 60.0  # seconds
WHOLE = 120.0  # seconds of a call, and one more for each SLOWEST bytes that are sent or come
SLOWEST = 16 << 10
NONCE = 16  # bytes
CONNECTIONS = 2
SLOW = "it took too long to answer"


class Unreachable(LiaisonError):
    """A partner's node did not answer, or not as that node."""

    status = 503
    title = "The partner's node cannot be reached"
    hint = "what waits for it is kept and sent again"

    def __init__(self, message: str = "", *, wait: int = 0, said: bytes = b"") -> None:
        super().__init__(message)
        self.wait = wait  # seconds that it asked us to wait
        self.said = said  # what it said with it, signed


class Channel:
    """Calls to one partner's node, over connections that are kept. `card` is its current card."""

    def __init__(self, own: OwnKeys, cards: Iterable[Card], now: Callable[[], datetime]) -> None:
        self._own, self._cards, self._now = own, tuple(cards), now
        self._pinned = frozenset(card.tls for card in self._cards)
        self._sockets: list[Any] = []  # of connections that are kept, the newest last
        self._http = httpx.Client(
            verify=client_tls(own, self._cards),
            timeout=httpx.Timeout(WAIT, connect=CONNECT),
            limits=httpx.Limits(max_connections=CONNECTIONS),
            follow_redirects=False,
            trust_env=False,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the connections."""
        self._http.close()

    def call(
        self, method: str, path: str, body: bytes = b"", kind: str = "application/json"
    ) -> tuple[int, bytes, str]:
        """Status, body and content type of a signed answer. Raises Unreachable where no address gives one."""
        fault = Unreachable("its card names no address")
        for address in self._cards[0].addresses:
            try:
                return self._call(method, address.rstrip("/") + path, body, kind)
            except Unreachable as error:
                fault = error
        raise fault

    def _call(self, method: str, url: str, body: bytes, kind: str) -> tuple[int, bytes, str]:
        message = Message(method, url, body, {})
        sign_request(
            message, self._own.channel, self._own.channel_id, self._now(), secrets.token_urlsafe(NONCE)
        )
        headers = {**message.headers, "content-type": kind}
        with Deadline(WHOLE + len(body) / SLOWEST) as deadline:
            for kept in self._sockets:
                deadline.ends(partial(_end, kept))
            told = {"trace": lambda event, given: self._watched(deadline, event, given)}
            try:
                with self._http.stream(
                    method, url, content=body, headers=headers, extensions=told
                ) as response:
                    self._require_pinned(response)
                    content = _bounded(response, deadline)
            except (httpx.HTTPError, httpx.InvalidURL, ssl.SSLError, OSError) as error:
                raise Unreachable(SLOW if deadline.passed else type(error).__name__) from error
        reply = Reply(response.status_code, message, content, _one_each(response.headers))
        self._require_signed(reply)
        if response.status_code == 429:
            wait = _seconds(response.headers.get("retry-after", ""))
            raise Unreachable("it asks us to wait", wait=wait, said=content)
        return response.status_code, content, reply.headers.get("content-type", "")

    def _watched(self, deadline: Deadline, event: str, given: Mapping[str, Any]) -> None:
        """What the library tells of a call: a connection that it made is ended with the call, where that is slow."""
        if event == "connection.start_tls.complete":
            made = given["return_value"].get_extra_info("socket")
            self._sockets = [*self._sockets[1 - CONNECTIONS :], made]
            deadline.ends(partial(_end, made))

    def _require_pinned(self, response: httpx.Response) -> None:
        """The certificate is the partner's, byte for byte: one that the pinned one signed is not."""
        stream = response.extensions["network_stream"]
        found = stream.get_extra_info("ssl_object").getpeercert(True)
        if found not in self._pinned:
            raise Unreachable("another certificate than the card's")

    def _require_signed(self, reply: Reply) -> None:
        try:
            key = key_named(reply.headers)
            card = next((each for each in self._cards if each.channel_id == key), None)
            if card is None:
                raise BadNote("a key that is not the partner's")
            verify_response(reply, card.channel_key, self._now())
        except BadNote as error:
            raise Unreachable(f"status {reply.status_code}, not signed by the partner") from error


def client_tls(own: OwnKeys, cards: Iterable[Card]) -> ssl.SSLContext:
    """TLS 1.3 towards a node with one of these cards, and no other."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False  # a node is known by its pinned certificate, never by a name
    _shared(context, own, cards)
    return context


def server_tls(own: OwnKeys, cards: Iterable[Card]) -> ssl.SSLContext:
    """TLS 1.3 for callers with one of these cards' certificates."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    _shared(context, own, cards)
    return context


def _shared(context: ssl.SSLContext, own: OwnKeys, cards: Iterable[Card]) -> None:
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.verify_mode = ssl.CERT_REQUIRED
    for card in cards:
        pin(context, card)
    show(context, own)


def pin(context: ssl.SSLContext, card: Card) -> None:
    """Let a card's certificate in; whoever answers compares it byte for byte."""
    context.load_verify_locations(cadata=ssl.DER_cert_to_PEM_cert(card.tls))


def show(context: ssl.SSLContext, own: OwnKeys) -> None:
    """Show this node's certificate from the next connection on."""
    with tempfile.NamedTemporaryFile(suffix=".pem") as file:  # the library reads keys from files alone
        file.write(tls_pem(own))
        file.flush()
        context.load_cert_chain(file.name)


def _end(connection: socket.socket) -> None:
    """Wake whoever reads or writes: closing alone does not. The TLS of it is left to its own thread."""
    with suppress(OSError):
        socket.socket.shutdown(connection, socket.SHUT_RDWR)


def _bounded(response: httpx.Response, deadline: Deadline) -> bytes:
    content = b""
    for part in response.iter_raw():
        content += part
        deadline.allow(len(part) / SLOWEST)
        if len(content) > LONGEST_CALL:
            raise Unreachable("its answer is too long")
    return content


def _one_each(headers: httpx.Headers) -> dict[str, str]:
    """The headers that the signature is about; one that came twice is none."""
    held = headers.multi_items()
    names = [name for name, _ in held]
    return {name.lower(): value for name, value in held if names.count(name) == 1}


def _seconds(text: str) -> int:
    return min(int(text), 3600) if text.isascii() and text.isdigit() and len(text) < 6 else 60
