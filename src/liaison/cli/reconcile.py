"""`liaison reconcile`: the node's Reconciliation API at an address of this machine, for tools that send no headers.

OpenRefine and its like cannot send a token or grounds. This stands between: it answers on the loopback alone, adds both
to what it passes on, and passes on nothing but reconciliation. A page in the same browser is kept out three ways: by
the Host it names (DNS rebinding), by its Origin, and by Sec-Fetch-Site where it sends no Origin.
"""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import urlsplit

import typer

from liaison.model.errors import BadSetting

if TYPE_CHECKING:
    import httpx

ORIGINS = frozenset({"http://127.0.0.1:3333", "http://localhost:3333"})  # where OpenRefine serves its pages
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
PATHS = re.compile(r"/reconcile(/[a-z]+)*", re.ASCII)
METHODS = ("GET", "POST")
LARGEST = 2 << 20  # bytes of a body
PATIENCE = 120.0  # seconds for one answer: a batch is many checks
GROUNDS = "Liaison-Grounds"
Send = Callable[[dict[str, Any]], Awaitable[None]]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Headers = Iterable[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True)
class Way:
    """From `own`, the address on this machine, to the node: what is added to every request."""

    own: str
    node: str
    token: str
    grounds: str


def reconcile(
    node: Annotated[str, typer.Option(help="The node's address, as https://node.example.")],
    grounds: Annotated[str, typer.Option(help="The id of your grounds; the page of the case shows it.")],
    token_file: Annotated[
        Path, typer.Option(help="A file with an API token of yours, readable by you alone.")
    ],
    port: Annotated[int, typer.Option(help="Listen on this port; 0 takes a free one.", min=0, max=65535)] = 0,
) -> None:
    """Let OpenRefine ask the node: prints an address to paste as a reconciliation service, until Ctrl+C."""
    import httpx
    import uvicorn

    node, token = address_of(node), token_of(token_file)
    try:
        listening = socket.create_server(("127.0.0.1", port))
    except OSError as error:
        raise BadSetting(
            f"port {port} cannot be used: {error.strerror}", hint="take another, or 0"
        ) from error
    own = f"http://127.0.0.1:{listening.getsockname()[1]}"
    client = httpx.AsyncClient(timeout=PATIENCE, trust_env=False)
    typer.echo(f"Add this reconciliation service: {own}/reconcile")
    app = proxy(Way(own, node, token, grounds), client)
    config = uvicorn.Config(app, access_log=False, log_level="error", lifespan="off", server_header=False)
    uvicorn.Server(config).run(sockets=[listening])


def address_of(node: str) -> str:
    """The node's address without a slash at its end. Raises BadSetting where a token would go out in the clear."""
    try:
        parts = urlsplit(node)
        known = parts.scheme in ("http", "https") and bool(parts.hostname) and not parts.path.strip("/")
        whole = known and parts.port != 0 and "@" not in parts.netloc
    except ValueError:
        whole = False
    if not whole:
        hint = "give it as https://node.example; a name and a secret have no place in it"
        raise BadSetting("this is no address of a node", hint=hint)
    if parts.scheme == "http" and parts.hostname not in LOOPBACK:
        raise BadSetting("the token would travel in the clear", hint="give the node's address with https://")
    return f"{parts.scheme}://{parts.netloc}"


def token_of(file: Path) -> str:
    """The token in a file. Raises BadSetting where there is none, or others may read it."""
    try:
        if file.stat().st_mode & 0o077:
            raise BadSetting(f"others may read {file}", hint=f"chmod 600 {file}")
        token = file.read_text("ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise BadSetting(
            f"{file} cannot be read as a token", hint="save a token of Settings in it"
        ) from error
    if not token or not token.isprintable() or " " in token:
        raise BadSetting(f"{file} holds no token", hint="save a token of Settings in it, and nothing else")
    return token


def proxy(way: Way, client: httpx.AsyncClient) -> Callable[[Any, Receive, Send], Awaitable[None]]:
    """The ASGI application that passes reconciliation on, and nothing else."""

    async def app(scope: Any, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        origin = headers.get("origin", "")
        why = refusal(way, scope["method"], scope["path"], headers)
        if why is not None:
            await _answer(send, why[0], _problem(*why), origin)
        elif scope["method"] == "OPTIONS":
            await _answer(send, 204, b"", origin)
        else:
            body = await _body(receive)
            found = (413, _problem(413, "the body is too large")) if body is None else None
            status, content = found or await _passed(way, client, scope, headers, body or b"")
            await _answer(send, status, content, origin)

    return app


def refusal(way: Way, method: str, path: str, headers: dict[str, str]) -> tuple[int, str] | None:
    """Why a request is not passed on, with its status; None where it is."""
    hosts = {urlsplit(way.own).netloc, urlsplit(way.own).netloc.replace("127.0.0.1", "localhost")}
    if headers.get("host", "") not in hosts:
        return 421, "this address is for programs of this machine"
    origin = headers.get("origin", "")
    if origin and origin not in ORIGINS:
        return 403, "a page of another site asked for this"
    if not origin and headers.get("sec-fetch-site", "none") not in ("none", "same-origin"):
        return 403, "a page of another site asked for this"
    if not PATHS.fullmatch(path):
        return 404, "only reconciliation is passed on"
    if method not in (*METHODS, "OPTIONS"):
        return 405, "only GET and POST are passed on"
    return None


async def _passed(
    way: Way, client: httpx.AsyncClient, scope: Any, headers: dict[str, str], body: bytes
) -> tuple[int, bytes]:
    """The node's answer, with this address in the place of the node's where a tool is told whom to ask."""
    import httpx

    sent = {"Authorization": f"Bearer {way.token}", GROUNDS: way.grounds, "Accept": "application/json"}
    if "content-type" in headers:
        sent["Content-Type"] = headers["content-type"]
    query = scope["query_string"].decode("latin-1")
    url = f"{way.node}{scope['path']}{'?' + query if query else ''}"
    try:
        answer = await client.request(scope["method"], url, headers=sent, content=body)
    except (httpx.HTTPError, httpx.InvalidURL):
        return 502, _problem(502, "the node does not answer")
    if scope["method"] == "GET" and scope["path"] == "/reconcile" and answer.status_code == 200:
        return 200, _readdressed(answer.content, way.own)
    return answer.status_code, answer.content


def _readdressed(manifest: bytes, own: str) -> bytes:
    """The manifest with this address as that of its services; records are still seen at the node."""
    try:
        told = json.loads(manifest)
        services = [*told.get("suggest", {}).values(), told.get("extend", {}).get("propose_properties", {})]
        for service in services:
            service["service_url"] = own
    except (ValueError, AttributeError, TypeError):
        return manifest
    return json.dumps(told, ensure_ascii=False).encode()


async def _body(receive: Receive) -> bytes | None:
    """The body; None where it is too large."""
    taken = bytearray()
    while True:
        message = await receive()
        taken += message.get("body", b"")
        if len(taken) > LARGEST:
            return None
        if not message.get("more_body"):
            return bytes(taken)


def _problem(status: int, title: str) -> bytes:
    return json.dumps({"status": status, "title": title}).encode()


async def _answer(send: Send, status: int, content: bytes, origin: str) -> None:
    headers = [(b"content-type", b"application/json"), (b"cache-control", b"no-store"), (b"vary", b"Origin")]
    headers += [(b"content-length", str(len(content)).encode())] if status != 204 else []
    if origin in ORIGINS:
        headers += [
            (b"access-control-allow-origin", origin.encode()),
            (b"access-control-allow-methods", ", ".join(METHODS).encode()),
            (b"access-control-allow-headers", b"Content-Type"),
        ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": content})
