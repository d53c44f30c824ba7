"""Plain requests, answered on their connection without the layers that can carry any request.

To read and write a request through h11, uvicorn and ASGI takes longer than to answer it. Where nothing about a request
can be doubted it is cut up here, worked on in a thread, and answered with the bytes that those layers would send: it
came whole and in one piece, nothing stands before or behind it, its first line is one of a few, its headers are of
those below and each is there once, and a length alone says where its body ends. Everything else is h11's, with its
deadlines, and so is what this way turned away: every byte is read by one of the two alone.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Protocol

import h11
from uvicorn.protocols.http.h11_impl import STATUS_PHRASES

from liaison.node.metrics import Metrics, named, note
from liaison.node.server import Bounded

Messages = list[dict[str, Any]]  # of ASGI: how an answer starts, and its body
THREADS = 16  # requests whose work runs at once; more wait in line
LINE = re.compile(rb"([A-Za-z-]{1,32}): ([!-~](?:[ -~]{0,2000}[!-~])?)")  # RFC 9112, section 5, and narrower
LENGTH = re.compile(rb"[1-9][0-9]{0,6}")
KEPT = b"keep-alive"
KNOWN = frozenset(
    {
        b"accept",
        b"accept-encoding",
        b"accept-language",
        b"authorization",
        b"connection",
        b"content-length",
        b"content-type",
        b"host",
        b"user-agent",
    }
)


class Way(Protocol):
    """How requests to one address are answered."""

    def fits(self, scope: Any) -> bool:
        """Whether a request is plain for the application as well."""
        ...

    def work(self, scope: Any, body: bytes) -> Messages | None:
        """The answer, in a thread; None where nothing was done and the application shall answer."""
        ...


@dataclass(frozen=True, slots=True)
class Plain:
    """A request of which nothing can be doubted."""

    headers: list[tuple[bytes, bytes]]
    body: bytes


def plain(data: bytes, longest: int) -> Plain | None:
    """The request that these bytes are, whole and alone, with a head of at most `longest` bytes; None where anything
    else could be read in them. Its first line is not looked at."""
    head, end, body = data.partition(b"\r\n\r\n")
    if not end or len(head) > longest:
        return None
    headers: dict[bytes, bytes] = {}
    for line in head.split(b"\r\n")[1:]:
        parts = LINE.fullmatch(line)
        if parts is None:
            return None
        name = parts[1].lower()
        if name in headers or name not in KNOWN:
            return None
        headers[name] = parts[2]
    length = headers.get(b"content-length", b"")
    if not LENGTH.fullmatch(length) or int(length) != len(body):
        return None
    if b"host" not in headers or headers.get(b"connection", KEPT).lower() != KEPT:
        return None
    return Plain(list(headers.items()), body)


class Prompt:
    """The ways that answer at once, by their request line, and the threads in which they work."""

    def __init__(self, ways: Mapping[str, Way], metrics: Metrics) -> None:
        self.ways = {f"POST {path} HTTP/1.1".encode(): (path, way) for path, way in ways.items()}
        self.metrics = metrics
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="prompt")

    def begin(self, connection: Prompted, asked: Asked) -> None:
        """Work on a request, and tell its connection."""
        self._threads.submit(self._work, connection, asked)

    def close(self) -> None:
        """Let what runs come to its end."""
        self._threads.shutdown()

    def _work(self, connection: Prompted, asked: Asked) -> None:
        try:
            answer = asked.way.work(asked.scope, asked.body)
        except Exception:
            answer = None
        with suppress(RuntimeError):  # the loop ended before the work did
            connection.loop.call_soon_threadsafe(connection.answer, asked, answer)


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that is worked on: as it came, as ASGI has it, and when by time.perf_counter."""

    data: bytes
    way: Way
    scope: dict[str, Any]
    body: bytes
    began: float


class Prompted(Bounded):
    """A connection that answers what is plain at once. `prompt` is set on the class that `prompted` makes."""

    prompt: Prompt

    def __init__(self, *words: Any, **given: Any) -> None:
        super().__init__(*words, **given)
        self.busy = self.leaving = self.gone = False
        self.behind = b""  # what came while a request is worked on

    def data_received(self, data: bytes) -> None:
        """Take bytes in: a plain request here, all others as every connection does."""
        if self.busy:
            self.behind += data
            self.flow.pause_reading()
            return
        asked = self._asked(data) if self._free() else None
        if asked is None:
            super().data_received(data)
            return
        self._unset_keepalive_if_required()
        self._expect_nothing()
        self.received += len(data)
        self.busy = True
        self.prompt.begin(self, asked)

    def connection_lost(self, error: Exception | None) -> None:
        """Forget the connection; the work that it asked for still comes to its end."""
        self.gone = True
        super().connection_lost(error)

    def shutdown(self) -> None:
        """Finish the request that runs, if one does; then close."""
        if self.busy:
            self.leaving = True
        else:
            super().shutdown()

    def answer(self, asked: Asked, messages: Messages | None) -> None:
        """Answer the request that was worked on, or have the application answer it; then go on with what came
        meanwhile."""
        self.busy = False
        if messages is None:
            self._leave_it(asked)
        else:
            self._write(*messages)
            note(self.prompt.metrics, asked.scope, messages[0]["status"], time.perf_counter() - asked.began)
        behind, self.behind = self.behind, b""
        if not self.gone:
            self.flow.resume_reading()
            if behind:
                self.data_received(behind)

    def _free(self) -> bool:
        """Whether nothing is under way on this connection, in either direction."""
        return (
            self.conn.our_state is h11.IDLE
            and self.conn.their_state is h11.IDLE
            and not self.conn.trailing_data[0]
            and not self.flow.write_paused
            and not self.transport.is_closing()
        )

    def _asked(self, data: bytes) -> Asked | None:
        known = self.prompt.ways.get(data[: data.find(b"\r\n")])
        found = plain(data, self.limits.head_bytes) if known else None
        if known is None or found is None or len(found.body) > self.limits.body_bytes:
            return None
        scope = self._scope(known[0], found.headers)
        named(scope)
        asked = Asked(data, known[1], scope, found.body, time.perf_counter())
        return asked if asked.way.fits(scope) else None

    def _scope(self, path: str, headers: list[tuple[bytes, bytes]]) -> dict[str, Any]:
        """What uvicorn says of such a request."""
        return {
            "type": "http",
            "asgi": {"version": self.asgi_version, "spec_version": "2.3"},
            "http_version": "1.1",
            "server": self.server,
            "client": self.client,
            "scheme": self.scheme,
            "method": "POST",
            "root_path": self.root_path,
            "path": path,
            "raw_path": path.encode(),
            "query_string": b"",
            "headers": headers,
            "state": self.app_state.copy(),
        }

    def _leave_it(self, asked: Asked) -> None:
        """Have the application answer: the request was counted already, and is not plain to it."""
        if self.gone:
            return
        kept = self.app_state
        self.app_state = kept | {"long": True, "counted": asked.scope["state"].get("counted", False)}
        try:
            super().data_received(asked.data)
        finally:
            self.app_state = kept
        if self.leaving:
            super().shutdown()

    def _write(self, start: dict[str, Any], body: dict[str, Any]) -> None:
        if self.gone or self.transport.is_closing():
            return
        lines = [b"HTTP/1.1 %d %s" % (start["status"], STATUS_PHRASES[start["status"]])]
        lines += [b"%s: %s" % header for header in (*self.server_state.default_headers, *start["headers"])]
        self.transport.write(b"\r\n".join(lines) + b"\r\n\r\n" + body["body"])
        self.server_state.total_requests += 1
        if self.leaving:
            self.transport.close()
            self.end()
        else:
            self.timeout_keep_alive_task = self.loop.call_later(self.limits.idle_seconds, self._idle_too_long)


def prompted(prompt: Prompt) -> type[Prompted]:
    """The class of connections that answer these ways at once."""
    return type("Prompted", (Prompted,), {"prompt": prompt})


async def gathered(answer: Any) -> Messages:
    """The messages that an ASGI application sends; `answer(send)` has it answer."""
    sent: Messages = []

    async def send(message: Any) -> None:
        sent.append(message)

    await answer(send)
    return sent


def in_thread(answer: Any) -> Messages:
    """As `gathered`, in a thread without a loop of its own."""
    return asyncio.run(gathered(answer))
