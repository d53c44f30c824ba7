"""Reads of cameras come in here, from systems that show the secret of their feed. No person sends them."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

import msgspec
from litestar import Request, Response, post
from litestar.concurrency import sync_to_thread
from litestar.di import NamedDependency

from liaison.formats import cameras
from liaison.formats.cameras.opening import LARGEST
from liaison.model.errors import NotSignedIn
from liaison.officers.limits import Allowance
from liaison.sightings.taking import Gate
from liaison.web.context import Visit
from liaison.web.routing import API, refusals
from liaison.web.security import PUBLIC

PATH = f"{API}/cameras/reads"
SHOWN = 200  # reads that were refused, and doubts, in one answer
Asked = Request[Any, Any, Any]


class NotTakenOut(msgspec.Struct, frozen=True):
    """A read that was not taken: where it stands in the message, why, and what to do."""

    place: str
    reason: str
    hint: str = ""


class ReadsOut(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a message. It does not say whether anything was met, nor by a number of the ledger: whoever sends
    reads is not told who is sought. `refused` counts every read that was not taken; `not_taken` and `doubts` name the
    first of them."""

    taken: int
    refused: int
    not_taken: list[NotTakenOut]
    doubts: list[NotTakenOut]
    ignored: str


@post(
    PATH,
    audience=PUBLIC,
    program=True,
    machine=True,
    uncounted=True,
    status_code=200,
    request_max_body_size=LARGEST,
    tags=["cameras"],
    security=[{"feed": []}],
    responses=refusals(400, 401, 413, 429, 503),
)
async def take_reads(request: Asked, visit: NamedDependency[Visit]) -> Response[ReadsOut]:
    """Send reads of registered cameras, as the camera or its program writes them: see docs/cameras.md."""
    node, secret = visit.node, secret_of(request.headers)
    feed = await sync_to_thread(feed_of, node.gate, node.allowance, visit.remote, secret)
    kind, body = request.headers.get("content-type", ""), await request.body()
    return Response(await sync_to_thread(taken, node.gate, feed, kind, body), status_code=200)


def feed_of(gate: Gate, allowance: Allowance, remote: str, secret: str) -> Any:
    """The feed with this secret, before anything of its message is taken in. Raises NotSignedIn, and TooMany for who
    tries secrets."""
    try:
        return gate.feed(secret)
    except NotSignedIn:
        allowance.take(f"address {remote}")
        raise


def taken(gate: Gate, feed: Any, kind: str, body: bytes) -> ReadsOut:
    """Take a message of a feed. Raises BadInput for what is no message."""
    message = cameras.read(kind, body)
    found = gate.take_of(feed, message)
    late = [NotTakenOut(one.place, one.fault.value, one.fault.words) for one in found.refused]
    unread = [NotTakenOut(one.place, one.words, one.hint) for one in message.refused]
    doubts = [NotTakenOut(one.place, one.words, one.hint) for one in message.doubts]
    refused = unread + late
    return ReadsOut(
        taken=found.reads,
        refused=len(refused),
        not_taken=refused[:SHOWN],
        doubts=doubts[:SHOWN],
        ignored=message.ignored,
    )


def secret_of(headers: Mapping[str, str]) -> str:
    """The secret of the feed: as a bearer, as the password of Basic, or as cameras' programs send a key."""
    scheme, _, said = headers.get("authorization", "").partition(" ")
    if scheme.casefold() == "bearer":
        return said.strip()
    if scheme.casefold() == "basic":
        try:
            return base64.b64decode(said.strip(), validate=True).decode().partition(":")[2]
        except ValueError:
            return ""
    return headers.get("x-api-key", "").strip()


ROUTES = (take_reads,)
