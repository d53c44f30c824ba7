"""uvicorn with deadlines of its own: for a request's head, its body, and a reader that takes nothing.

uvicorn waits without end for a request that never comes whole, so a few hundred slow connections could hold a node.
Here every connection is at each moment in one of four states, and each but the application's own work has a deadline:
the head is arriving, the body is arriving, the answer is being read, or the connection stands idle.
"""

from __future__ import annotations

import asyncio
import gc
import signal
import ssl
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import h11
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from liaison.node.limits import LONGEST_UPLOAD, SLOWEST_UPLOAD, Crowd, Limits, is_upload

LIVE = "liaison.live"  # in the scope of an answer that has no end of its own
LINGER = 2.0  # seconds that what was written may still take to leave a connection that closes
YOUNG = 20_000  # objects made since the last collection before the next
TOO_LATE = b"HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
TOO_MANY = (
    b"HTTP/1.1 503 Service Unavailable\r\nconnection: close\r\nretry-after: 5\r\ncontent-length: 0\r\n\r\n"
)


class Bounded(H11Protocol):
    """One connection with deadlines and limits. `crowd` is set on the class that `protocol` makes."""

    crowd: Crowd

    def __init__(self, *words: Any, **named: Any) -> None:
        super().__init__(*words, **named)
        self.limits = self.crowd.limits
        self.address: str | None = None  # set while the connection is counted
        self.reading: asyncio.TimerHandle | None = None
        self.writing: asyncio.TimerHandle | None = None
        self.ending: asyncio.TimerHandle | None = None
        self.asked: object = None  # the request whose body is arriving
        self.received = self.marked = 0
        self.until = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Count the connection, or turn it away."""
        super().connection_made(transport)  # type: ignore[arg-type]
        address = self.client[0] if self.client else ""
        if not self.crowd.enter(address):
            self.cut(TOO_MANY)
            return
        self.address = address
        self._expect_head()

    def connection_lost(self, error: Exception | None) -> None:
        """Forget the connection and its deadlines."""
        for timer in (self.reading, self.writing, self.ending):
            if timer is not None:
                timer.cancel()
        if self.address is not None:
            self.crowd.leave(self.address)
            self.address = None
        super().connection_lost(error)

    def data_received(self, data: bytes) -> None:
        """Take bytes in, and set the deadline for those that must follow."""
        if self.transport.is_closing():
            return
        self.received += len(data)
        super().data_received(data)
        self._look()

    def on_response_complete(self) -> None:
        """An answer is written: the next request may come on the same connection."""
        super().on_response_complete()
        if self.transport.is_closing():
            self.end()
            return
        if (
            self.timeout_keep_alive_task is not None
        ):  # uvicorn's own, which would wait for a reader without end
            self.timeout_keep_alive_task.cancel()
            self.timeout_keep_alive_task = self.loop.call_later(self.limits.idle_seconds, self._idle_too_long)
        self._look()

    def shutdown(self) -> None:
        """Finish the request that runs, if one does; then close. A stream without an end is over at once."""
        if self.scope is not None and LIVE in self.scope and not self.transport.is_closing():
            self.cut(b"")
            return
        super().shutdown()
        if self.transport.is_closing():
            self.end()

    def send_400_response(self, msg: str) -> None:
        """Say that this is no HTTP, then close."""
        super().send_400_response(msg)
        self.end()

    def pause_writing(self) -> None:
        """The reader is slow: it has until the deadline to take something."""
        super().pause_writing()
        if self.writing is None:
            self.writing = self.loop.call_later(self.limits.write_seconds, self.transport.abort)

    def resume_writing(self) -> None:
        """The reader took what waited."""
        super().resume_writing()
        if self.writing is not None:
            self.writing.cancel()
            self.writing = None

    def cut(self, answer: bytes) -> None:
        """Close the connection now; `answer` goes out first unless another answer has begun."""
        if self.transport.is_closing():
            return
        if self.conn.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            self.transport.write(answer)
        if self.cycle is not None and not self.cycle.response_complete:
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        self.transport.close()
        self.end()

    def end(self) -> None:
        """Give up on the bytes that a closing connection does not take in time."""
        if self.ending is None:
            self.ending = self.loop.call_later(LINGER, self.transport.abort)

    def _look(self) -> None:
        """Set the deadline of the state that the connection is in now."""
        if self.transport.is_closing():
            self.end()
        elif self.conn.their_state is h11.SEND_BODY:
            self._expect_body()
        elif self._awaits_head() and self.conn.trailing_data[0]:
            if self.reading is None or self.asked is not None:
                self._expect_head()
        elif not self._awaits_head() or self.timeout_keep_alive_task is not None:
            self._expect_nothing()

    def _awaits_head(self) -> bool:
        return self.conn.their_state is h11.IDLE

    def _expect_head(self) -> None:
        self.asked = None
        self._set(self.limits.head_seconds, self._head_late)

    def _expect_nothing(self) -> None:
        self.asked = None
        if self.reading is not None:
            self.reading.cancel()
            self.reading = None

    def _expect_body(self) -> None:
        """The deadline of a body counts from its head; a file may take longer while it keeps coming."""
        if self.asked is self.scope:
            return
        self.asked, self.marked = self.scope, self.received
        self.until = self.loop.time() + LONGEST_UPLOAD
        self._set(self.limits.body_seconds, self._body_late)

    def _set(self, seconds: float, late: Callable[[], None]) -> None:
        if self.reading is not None:
            self.reading.cancel()
        self.reading = self.loop.call_later(seconds, late)

    def _idle_too_long(self) -> None:
        self.timeout_keep_alive_handler()
        self.end()

    def _head_late(self) -> None:
        self.reading = None
        self.cut(TOO_LATE)

    def _body_late(self) -> None:
        """Cut the connection, unless a file is on its way and came on since the last look."""
        self.reading = None
        came, self.marked = self.received - self.marked, self.received
        upload = is_upload(_header(self.headers, b"content-type"))
        held_back = self.flow.read_paused  # it is the application that does not take it
        if self.loop.time() < self.until and (held_back or (upload and came >= SLOWEST_UPLOAD)):
            self._set(self.limits.body_seconds, self._body_late)
        else:
            self.cut(TOO_LATE)


def bounded(app: Any, limits: Limits) -> Any:
    """The application behind a limit on the size of bodies: 413 before more than that is taken in."""

    async def run(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        longest = limits.longest(_header(scope["headers"], b"content-type"))
        told = _header(scope["headers"], b"content-length")
        if told.isdigit() and int(told) > longest:
            await _refuse(send)
            return
        await _Counted(app, longest).run(scope, receive, send)

    return run


class _TooLarge(Exception):
    """A body went over its limit while it came."""


class _Counted:
    """One request whose body is counted as it comes."""

    def __init__(self, app: Any, longest: int) -> None:
        self.app, self.longest = app, longest
        self.taken, self.begun, self.over = 0, False, False

    async def run(self, scope: Any, receive: Any, send: Any) -> None:
        """Run the application; 413 where the body is too long and no answer has begun."""

        async def counted() -> Any:
            message = await receive()
            self.taken += len(message.get("body", b""))
            if self.taken > self.longest:
                self.over = True
                raise _TooLarge
            return message

        async def noted(message: Any) -> None:
            if self.over and not self.begun:
                return  # the application's own answer to the failure; ours follows
            self.begun = True
            if _is_live(message):
                scope[LIVE] = True
            await send(message)

        with suppress(_TooLarge):
            await self.app(scope, counted, noted)
        if self.over and not self.begun:
            await _refuse(send)


def _is_live(message: Any) -> bool:
    """Whether an answer begins that is a stream of events, which comes back by itself once it is cut."""
    begins = message["type"] == "http.response.start"
    return begins and _header(message.get("headers", []), b"content-type").startswith(b"text/event-stream")


async def _refuse(send: Any) -> None:
    body = b"The request is larger than this node takes."
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(body)).encode()),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _header(headers: list[tuple[bytes, bytes]], name: bytes) -> bytes:
    return next((value for key, value in headers if key == name), b"")


def protocol(limits: Limits, kind: type[Bounded] = Bounded) -> type[Bounded]:
    """The class of the connections of one server."""
    return type("Connection", (kind,), {"crowd": Crowd(limits)})


class Loop(asyncio.SelectorEventLoop):
    """An event loop on which a TLS handshake has the deadline of a request's head."""

    handshake = 6.0  # seconds

    async def create_server(self, *words: Any, **named: Any) -> Any:
        """A server as asyncio makes it, with the deadline where it speaks TLS."""
        if named.get("ssl") is not None:
            named |= {"ssl_handshake_timeout": self.handshake, "ssl_shutdown_timeout": LINGER}
        return await super().create_server(*words, **named)


class Server(uvicorn.Server):
    """uvicorn's server, which says where it listens once it does."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[int], None]) -> None:
        super().__init__(config)
        self.ready = ready

    def handle_exit(self, sig: int, frame: Any) -> None:
        """A signal asks to stop. It is not raised again at the end: the node behind the server still has to close."""
        self.force_exit = self.should_exit and sig == signal.SIGINT
        self.should_exit = True

    async def startup(self, sockets: Any = None) -> None:
        """Listen, then call ready(port)."""
        await super().startup(sockets=sockets)
        if self.started:
            self.ready(int(self.servers[0].sockets[0].getsockname()[1]))


def server(
    app: Any,
    limits: Limits,
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    ready: Callable[[int], None] = lambda port: None,
    certificate: Path | None = None,
    key: Path | None = None,
    drain_seconds: int = 20,
    connection: type[Bounded] = Bounded,
) -> Server:
    """A server for an ASGI application. `ready(port)` is called when it listens. Raises OSError, ssl.SSLError."""
    config = uvicorn.Config(
        bounded(app, limits),
        host=host,
        port=port,
        http=protocol(limits, connection),
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=bool(limits.proxies),
        forwarded_allow_ips=sorted(limits.proxies),
        timeout_graceful_shutdown=drain_seconds,
        h11_max_incomplete_event_size=limits.head_bytes,
        backlog=2048,
        ssl_certfile=certificate,
        ssl_keyfile=key,
    )
    config.load()
    if config.ssl is not None:
        config.ssl.minimum_version = ssl.TLSVersion.TLSv1_2
    return Server(config, ready)


def settle() -> None:
    """Take what a node holds once it is ready out of the collector's sight, and let it look less often.

    A full collection over the modules and the index takes tens of milliseconds, in which nothing is answered; what is
    there now stays as long as the node.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, *gc.get_threshold()[1:])


def run(server: Server, door: Any = None) -> None:
    """Serve until a signal asks to stop; requests that run may finish. `door`: a socket that listens already."""
    with asyncio.Runner(loop_factory=Loop) as runner:
        runner.run(server.serve([door] if door is not None else None))
