"""The ledger's public files and the witness protocol: what partners mirror and cosign, without any person in it.

Every file is checked against the signed head before it is served (C2SP tlog-tiles, tlog-checkpoint, tlog-witness).
"""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, get, post
from litestar.concurrency import sync_to_thread
from litestar.di import NamedDependency

from liaison.ledger.published import Published
from liaison.ledger.sources import Folder
from liaison.ledger.tiles import CHECKPOINT
from liaison.ledger.witness import MOST, PLAIN
from liaison.model.errors import MissingFile, NotFound
from liaison.web.context import Visit
from liaison.web.headers import FOR_EVER
from liaison.web.routing import NO_TOKEN, Declared, refusals, served
from liaison.web.security import PUBLIC

BYTES = "application/octet-stream"
ALWAYS_ASK = "no-cache"


def public(path: str, kind: str) -> Declared:
    """A file that anybody may mirror."""
    described: dict[str, Any] = {"tags": ["mirror"], "security": NO_TOKEN, "responses": refusals(404, 503)}
    described["uncounted"] = True  # who mirrors a log asks for thousands of them
    return served(get(path, audience=PUBLIC, program=True, media_type=kind, **described), path)


@public("/ledger/checkpoint", PLAIN)
def checkpoint(visit: Visit) -> Response[bytes]:
    """The signed head of the log."""
    return Response(
        _file(visit, CHECKPOINT),
        headers={"Cache-Control": ALWAYS_ASK, "Content-Type": PLAIN},
    )


@public("/ledger/tile/{name:path}", BYTES)
def tile(visit: Visit, name: str) -> Response[bytes]:
    """A tile of hashes, or a bundle of entries: commitments, which tell nothing. It never changes."""
    content = _file(visit, f"tile/{name.lstrip('/')}")
    return Response(content, headers={"Cache-Control": FOR_EVER}, media_type=BYTES)


@post(
    "/add-checkpoint",
    audience=PUBLIC,
    program=True,
    machine=True,
    include_in_schema=False,
    request_max_body_size=MOST,
    status_code=200,
)
async def add_checkpoint(request: Request[Any, Any, Any], visit: NamedDependency[Visit]) -> Response[str]:
    """A partner's log asks for this node's signature as its witness."""
    body = await request.body()
    found = await sync_to_thread(lambda: visit.node.witness.add_checkpoint(body, visit.office.now()))
    return Response(found.body, status_code=found.status, headers={"Content-Type": found.kind})


@public("/witness/{origin_hash:str}/checkpoint", PLAIN)
def witnessed(visit: Visit, origin_hash: str) -> Response[bytes]:
    """The last head of a partner's log that this node signed as its witness."""
    content = visit.node.witness.checkpoint(origin_hash)
    return Response(content, headers={"Cache-Control": ALWAYS_ASK, "Content-Type": PLAIN})


def _file(visit: Visit, path: str) -> bytes:
    node = visit.node
    keys = [signer.verifier for signer in node.signers]
    try:
        return Published.open(Folder(node.places.ledger), keys, node.settings.origin).file(path)
    except MissingFile:
        raise NotFound from None


ROUTES = (checkpoint, tile, add_checkpoint, witnessed)
