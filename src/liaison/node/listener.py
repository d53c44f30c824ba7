"""Where partners call: a server of its own, TLS 1.3 with pinned certificates on both ends."""

from __future__ import annotations

import asyncio
import threading
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import uvicorn

from liaison.model.errors import BadSetting, LiaisonError, StoreUnavailable
from liaison.node.limits import Crowd, Limits
from liaison.node.logs import log
from liaison.node.server import TOO_MANY, Bounded, Loop, Server, bounded
from liaison.node.turns import Door, Patience, Turns
from liaison.partners.cards import Card, OwnKeys
from liaison.transport.calls import LETTERS, LONGEST_CALL, Answered, Call, Desk
from liaison.transport.channel import pin, server_tls, show
from liaison.transport.messages import Message

CALLS_EACH = 3  # of one certificate that are under way at once, with their bodies: a partner makes two
WORKERS = 4  # calls that are answered at once; each waits for the one writer
WORKERS_EACH = 2  # of one partner: who floods leaves the others their turns
CONNECTIONS_EACH = 32  # of one certificate
HELD = 5.0  # seconds after which one who has to wait is told so: who floods is no faster than that
QUOTA = b'"over-quota"'  # is answered to who asked too much of one kind, and floods nobody
STARTED = 10.0  # seconds that it may take to listen


class Known(Bounded):
    """A connection whose certificate is kept beside it, for whoever answers its calls."""

    certificates: dict[tuple[str, int], bytes]
    connected: Counter[bytes]

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the certificate; TLS has checked already that it is a partner's or was signed by one."""
        super().connection_made(transport)
        spoken = transport.get_extra_info("ssl_object")
        if self.client and spoken is not None:
            caller = spoken.getpeercert(binary_form=True) or b""
            self.certificates[self.client] = caller
            self.connected[caller] += 1
            if self.connected[caller] > CONNECTIONS_EACH:
                self.transport.pause_reading()
                self.loop.call_later(HELD, self.cut, TOO_MANY)  # at once, and it would be back at once

    def connection_lost(self, error: Exception | None) -> None:
        """Forget it."""
        if self.client and self.client in self.certificates:
            caller = self.certificates.pop(self.client)
            self.connected[caller] -= 1
            if not self.connected[caller]:
                del self.connected[caller]
        super().connection_lost(error)


class Listener:
    """The server for partners, in a thread with an event loop of its own."""

    def __init__(self, desk: Desk, own: OwnKeys, limits: Limits, host: str, port: int, url: str) -> None:
        self._tls = server_tls(own, ())
        self._desk, self._host, self._port, self._url = desk, host, port, url
        self._limits = limits
        self._ready, self._certificates = threading.Event(), dict[tuple[str, int], bytes]()
        self._workers = ThreadPoolExecutor(WORKERS, "partner-call")
        self._pinned: set[bytes] = set()
        self._under_way, self._connected = Counter[bytes](), Counter[bytes]()
        self._turns, self._door, self._patience = Turns(WORKERS, WORKERS_EACH), Door(), Patience()
        self._shown = own.generation
        self.port = 0  # where it listens, once it does
        self._server = self._made()
        self._thread = threading.Thread(target=self._run, name="partners", daemon=True)

    def start(self) -> None:
        """Listen. Raises BadSetting where that cannot be."""
        self._thread.start()
        if not self._ready.wait(STARTED):
            raise BadSetting(
                f"partners cannot be listened for on {self._host}:{self._port}",
                hint="set partner_host and partner_port to an address of this machine that is free",
            )

    def stop(self) -> None:
        """Finish the calls that run, and stop."""
        self._server.should_exit = True
        if self._thread.is_alive():
            self._thread.join()
        self._workers.shutdown()

    def know(self, own: OwnKeys, cards: Iterable[Card]) -> None:
        """Let these certificates in as well, and show this node's current one; what may be asked is another matter."""
        if own.generation != self._shown:
            self._shown = own.generation
            show(self._tls, own)
        for card in cards:
            if card.tls not in self._pinned:
                self._pinned.add(card.tls)
                pin(self._tls, card)

    def _made(self) -> Server:
        limits = self._limits
        held = {"certificates": self._certificates, "connected": self._connected}
        kind = type("Called", (Known,), {"crowd": Crowd(limits), **held})
        config = uvicorn.Config(
            bounded(self._answer, limits),
            host=self._host,
            port=self._port,
            http=kind,
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            timeout_graceful_shutdown=5,
            h11_max_incomplete_event_size=limits.head_bytes,
        )
        config.load()
        config.ssl = self._tls
        return Server(config, self._listens)

    def _listens(self, port: int) -> None:
        self.port = port
        self._ready.set()

    def _run(self) -> None:
        try:
            with asyncio.Runner(loop_factory=Loop) as runner:
                runner.run(self._server.serve())
        except SystemExit:  # uvicorn's way to say that it cannot listen; start() says it in words
            log().error("partners-not-listening", port=self._port)

    async def _answer(self, scope: Any, receive: Any, send: Any) -> None:
        """One call, unless its caller has to wait: neither memory nor workers are one partner's alone.

        Who has to wait is told so before the body is read, and not at once.
        """
        caller = self._certificates.get(tuple(scope["client"]), b"")
        wait = self._door.wait(_kind(caller, scope["path"])) or int(self._under_way[caller] >= CALLS_EACH)
        if wait:
            await asyncio.sleep(HELD)
            await _send(send, Answered(429, b"", {"retry-after": str(wait)}))
            return
        self._under_way[caller] += 1
        try:
            await self._one(scope, receive, send, caller)
        finally:
            self._under_way[caller] -= 1
            if not self._under_way[caller]:
                del self._under_way[caller]

    async def _one(self, scope: Any, receive: Any, send: Any, caller: bytes) -> None:
        """One call: its body taken in, answered in a thread."""
        body = await _body(receive)
        headers = _headers(scope["headers"])
        base = self._url or f"https://{headers.get('host', '')}"
        path = scope["raw_path"].decode("ascii", "replace")
        query = scope["query_string"].decode("ascii", "replace")
        url = base.rstrip("/") + path + ("?" + query if query else "")
        call = Call(Message(scope["method"], url, body, headers), caller)
        loop = asyncio.get_running_loop()
        async with self._turns.turn(caller):
            answered = await loop.run_in_executor(self._workers, self._answered, call)
        if answered.status == 403 and not self._patience.lasts(caller):
            self._door.tell(_kind(caller, scope["path"]), HELD)
        elif answered.status == 429 and QUOTA not in answered.body:
            self._door.tell(_kind(caller, scope["path"]), float(answered.headers["retry-after"]))
        await _send(send, answered)

    def _answered(self, call: Call) -> Answered:
        try:
            return self._desk.answer(call)
        except StoreUnavailable:
            return Answered(503, b"", {"retry-after": "5"})
        except LiaisonError as error:
            return Answered(error.status, b"", {})
        except Exception as error:
            log().error("partner-call-failed", exc_info=error)
            return Answered(500, b"", {})


def _kind(caller: bytes, path: str) -> bytes:
    """Who calls for what: letters and all else have allowances of their own."""
    return (b"letters " if path == LETTERS else b"calls ") + caller


async def _send(send: Any, answered: Answered) -> None:
    told = {"content-length": str(len(answered.body)), **answered.headers}
    start = {"type": "http.response.start", "status": answered.status}
    await send(start | {"headers": [(name.encode(), value.encode()) for name, value in told.items()]})
    await send({"type": "http.response.body", "body": answered.body})


async def _body(receive: Any) -> bytes:
    content, more = bytearray(), True
    while more and len(content) <= LONGEST_CALL:
        message = await receive()
        content += message.get("body", b"")
        more = message.get("more_body", False)
    return bytes(content)


def _headers(raw: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """The headers that came once: one that came twice is none."""
    held = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in raw]
    names = [name for name, _ in held]
    return {name: value for name, value in held if names.count(name) == 1}
