"""The short way: calls that programs make hundreds of times a second, answered in one thread from token to bytes.

The framework takes longer to carry such a call through its layers than the node to answer it. What is plain goes this
way: a POST with a token and a small body of JSON, to a route that says `short=True`. Guard, decoder, handler, encoder,
errors and headers are those of the long way, and whatever is not plain or is turned away is left to it, whole.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from functools import partial
from typing import Any

from litestar import Litestar, Request
from litestar.handlers import HTTPRouteHandler
from litestar.routes import HTTPRoute
from litestar.serialization import decode_json, encode_json, get_serializer
from litestar.types import Message, Receive, Send
from msgspec.json import Decoder

from liaison.node.prompt import Messages, in_thread
from liaison.node.wiring import Node
from liaison.web.headers import hardened, standing
from liaison.web.security import admitted, signed_by
from liaison.web.sessions import bearer_of, secure

MOST = 65_536  # bytes of a body: it is taken in before it is known who sends it
PLAIN_HOST = re.compile(rb"[A-Za-z0-9.-]+(?::\d{1,5})?")
Raw = list[tuple[bytes, bytes]]


class Application(Litestar):
    """The framework's application, with the short way before it."""

    short: dict[str, Short]

    def shorten(self, node: Node) -> None:
        """Take the routes that say so the short way."""
        self.short = {
            route.path_format: Short(node, self, route, handler)
            for route in self.routes
            if isinstance(route, HTTPRoute)
            for handler in route.route_handlers
            if handler.opt.get("short")
        }

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer: the short way where the request is plain, else as the framework does."""
        way = self.short.get(scope["path"]) if scope["type"] == "http" else None
        if way is None or scope.get("state", {}).get("long") or not way.fits(scope):
            await super().__call__(scope, receive, send)
            return
        messages, body = await _taken(receive)
        found = (
            await asyncio.get_running_loop().run_in_executor(None, way.work, scope, body) if body else None
        )
        if found is None:
            await super().__call__(scope, _again(messages, receive), send)
            return
        for message in found:
            await send(message)


class Short:
    """One route. Its function is given a `visit` and `data`, and what it gives is written as JSON."""

    def __init__(self, node: Node, app: Litestar, route: HTTPRoute, handler: HTTPRouteHandler) -> None:
        self.node, self.app, self.path, self.handler = node, app, route.path_format, handler
        self.function: Callable[..., Any] = handler.fn.plain  # type: ignore[attr-defined]
        self.decoders, self.model = handler.resolve_type_decoders(), handler.signature_model
        Decoder(self.model)  # msgspec learns a type when it first meets it, and two threads at once crash it
        self.serializer = get_serializer(handler.resolve_type_encoders())
        self.harden, self.always = hardened(secure(node.settings)), standing(secure(node.settings))

    def fits(self, scope: Any) -> bool:
        """Whether a request is plain: what the framework would look at more closely, it shall."""
        if scope["method"] != "POST" or scope["query_string"] or scope.get("root_path"):
            return False
        found = dict(scope["headers"])
        length = found.get(b"content-length", b"")
        return (
            len(found) == len(scope["headers"])
            and found.get(b"content-type") == b"application/json"
            and b"authorization" in found
            and len(length) <= 5
            and length.isdigit()
            and int(length) <= MOST
            and PLAIN_HOST.fullmatch(found.get(b"host", b"")) is not None
        )

    def work(self, scope: Any, body: bytes) -> Messages | None:
        """The answer; None where nothing was done, since the person or the body is turned away: the long way shall."""
        scope["app"] = scope["litestar_app"] = self.app
        scope["route_handler"], scope["path_template"] = self.handler, self.path
        scope["path_params"] = {}
        scope.setdefault("state", {})
        request: Request[Any, Any, Any] = Request(scope)
        try:
            visit = admitted(self.node, request, self.handler, signed_by(self.node, bearer_of(request)))
            sent = decode_json(body, type_decoders=self.decoders)
            given = self.model.parse_values_from_connection_kwargs(request, {"visit": visit, "data": sent})
        except Exception:
            return None
        try:
            made = encode_json(self.function(**given), self.serializer)
        except Exception as error:
            return in_thread(partial(self._tell, request, error))
        head: Raw = [
            (b"content-type", b"application/json"),
            (b"content-length", str(len(made)).encode()),
            *self.always,
        ]
        return [
            {"type": "http.response.start", "status": self.handler.status_code, "headers": head},
            {"type": "http.response.body", "body": made, "more_body": False},
        ]

    async def _tell(self, request: Request[Any, Any, Any], error: Exception, send: Send) -> None:
        """Tell an error of the function as the framework would have it told."""

        async def noted(message: Message) -> None:
            await self.harden(message, request.scope)
            await send(message)

        render: Any = self.app.exception_handlers[Exception]
        response = render(request, error)
        encoders = self.handler.resolve_type_encoders()
        answer = response.to_asgi_response(app=None, request=request, type_encoders=encoders)
        await answer(request.scope, request.receive, noted)


async def _taken(receive: Receive) -> tuple[list[Any], bytes]:
    """Every message of a request until its body is whole, and the body; empty where it does not come whole."""
    messages: list[Any] = []
    while True:
        message = await receive()
        messages.append(message)
        if message["type"] != "http.request":
            return messages, b""
        if not message.get("more_body", False):
            return messages, b"".join([each.get("body", b"") for each in messages])


def _again(messages: list[Any], receive: Receive) -> Receive:
    """What gives these messages first, then those that follow."""
    waiting = iter(messages)

    async def give() -> Any:
        for message in waiting:
            return message
        return await receive()

    return give
