"""A process beside the node that takes reads of cameras and does nothing else: no page, no session, no person's record.

Its answers are those of the node's own route. It is started by `liaison serve` (`node.takers`), and ends with it.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import msgspec

from liaison.formats.cameras.opening import LARGEST
from liaison.model.errors import LiaisonError, NotFound, TooMany
from liaison.node import logs
from liaison.node.limits import Limits
from liaison.node.server import run, server, settle
from liaison.node.settings import Settings
from liaison.node.taker import opened
from liaison.node.takers import until_orphaned
from liaison.officers.limits import Allowance
from liaison.web.errors import PROBLEM, problem_of
from liaison.web.headers import standing
from liaison.web.routes.reads import PATH, feed_of, secret_of, taken
from liaison.web.sessions import secure

ENCODER = msgspec.json.Encoder()
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
FeedOf = Callable[[str, str], Any]  # remote, secret
Take = Callable[[Any, str, bytes], Any]  # feed, content type, body


def life(settings: Settings, database: str, limits: Limits, listening: Any, pipe: Connection) -> None:
    """Take reads on this socket until the node ends."""
    logs.set_up()
    allowance = Allowance(settings.requests_each_second, settings.requests_at_once)
    with opened(settings, database, pipe) as gate:
        app = Taking(partial(feed_of, gate, allowance), partial(taken, gate), standing(secure(settings)))
        _serve(settings, replace(limits, body_bytes=LARGEST, upload_bytes=LARGEST), listening, app)


def _serve(settings: Settings, limits: Limits, listening: Any, app: Taking) -> None:
    tls = bool(settings.tls_certificate)
    chosen = server(
        app,
        limits,
        certificate=Path(settings.tls_certificate) if tls else None,
        key=Path(settings.tls_key) if tls else None,
        drain_seconds=settings.drain_seconds,
        ready=lambda _: settle(),
    )

    def stop() -> None:
        chosen.should_exit = True

    until_orphaned(stop)
    run(chosen, listening)


class Taking:
    """The application: one address, which takes what a feed sends by `take`, once `feed_of` knows whose it is."""

    def __init__(self, feed_of: FeedOf, take: Take, always: list[tuple[bytes, bytes]]) -> None:
        self._feed_of, self._take, self._always = feed_of, take, always

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "lifespan":
            await _lives(receive, send)
            return
        status, headers = 200, [(b"content-type", b"application/json")]
        try:
            body = await self._answer(scope, receive)
        except Exception as error:
            problem = problem_of(error, secrets.token_hex(8))
            if not isinstance(error, LiaisonError):
                logs.log().error("request-failed", route=PATH, method="POST", exc_info=error)
            status, body = problem.status, ENCODER.encode(problem)
            headers = [(b"content-type", PROBLEM.encode())]
            if status in (429, 503):
                wait = error.retry_after if isinstance(error, TooMany) else 5
                headers.append((b"retry-after", str(wait).encode()))
        headers += [(b"content-length", str(len(body)).encode()), *self._always]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    async def _answer(self, scope: Any, receive: Receive) -> bytes:
        if scope["path"] != PATH or scope["method"] != "POST":
            raise NotFound
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        remote = scope["client"][0] if scope.get("client") else ""
        feed = await asyncio.to_thread(self._feed_of, remote, secret_of(headers))
        kind, body = headers.get("content-type", ""), await _whole(receive)
        took = await asyncio.to_thread(self._take, feed, kind, body)
        return ENCODER.encode(took)


async def _whole(receive: Receive) -> bytes:
    """The body; how long it may be stands before this, in the server."""
    taken_in = bytearray()
    while True:
        message = await receive()
        taken_in += message.get("body", b"")
        if not message.get("more_body", False):
            return bytes(taken_in)


async def _lives(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
