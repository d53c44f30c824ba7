"""What changes among requests, told as it happens: server-sent events with ids, states and counts, and nothing else.

The id of an event is the digest of what stood then, so that a browser that comes back is told only what it missed.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import msgspec
from litestar import Request, Response, get
from litestar.concurrency import sync_to_thread
from litestar.response import ServerSentEvent
from litestar.response.sse import ServerSentEventMessage

from liaison.assistance.reading import MOST, Line, inbox, outbox
from liaison.ledger.log import size
from liaison.model.errors import NotSignedIn
from liaison.officers.sessions import still_signed_in
from liaison.web.context import Visit
from liaison.web.requested import ANSWERERS, READS
from liaison.web.routing import the_visit
from liaison.web.sessions import cookie_of

STREAM = "text/event-stream"
EVERY = 2.0  # seconds between two looks at the ledger's size
HEARTBEAT = 7  # looks between two signs of life; the session is looked at then
LASTS = 300  # looks of one connection; the browser comes back by itself
BACK = 5_000  # milliseconds after which it does


class Told(msgspec.Struct, frozen=True):
    """A request as events tell of it."""

    id: str
    side: str
    state: str
    urgent: bool
    open: int
    hits: int
    stage: str


class Change(msgspec.Struct, frozen=True):
    """What stands now: the requests that are open to whoever listens, those that are due first on top."""

    requests: list[Told]


@get("/requests/events", audience=READS, include_in_schema=False)
async def events(request: Request[Any, Any, Any]) -> Response[Any]:
    """Open a stream. Whoever does not ask for one is told what stands now, and that is all."""
    visit = the_visit(request)
    last = request.headers.get("last-event-id", "")[:64]
    token = cookie_of(request, visit.settings)
    if STREAM not in request.headers.get("accept", ""):
        change = await sync_to_thread(_standing, visit)
        return Response(msgspec.json.encode(change), media_type="application/json")
    return ServerSentEvent(_stream(visit, token, last), retry_duration=BACK)


async def _stream(visit: Visit, token: str, last: str) -> AsyncIterator[ServerSentEventMessage]:
    """Events until the session ends, the node stops or the time of a connection is over."""
    seen = -1
    for beat in range(LASTS):
        if beat % HEARTBEAT == 0:
            visit = await sync_to_thread(_looked_at, visit, token)
            if visit.signed is None or not visit.may(*READS):
                yield ServerSentEventMessage(event="over", data="{}")
                return
            yield ServerSentEventMessage(comment="alive", data=None)
        entries = await sync_to_thread(visit.office.read, size)
        if entries != seen:
            seen = entries
            content = msgspec.json.encode(await sync_to_thread(_standing, visit))
            digest = hashlib.sha256(content).hexdigest()[:32]
            if digest != last:
                last = digest
                yield ServerSentEventMessage(event="requests", id=digest, data=content, retry=BACK)
        await asyncio.sleep(EVERY)


def _standing(visit: Visit) -> Change:
    found = outbox(visit.office, visit.actor, most=MOST).lines
    if visit.may(*ANSWERERS):
        found = inbox(visit.office, visit.actor, most=MOST).lines + found
    return Change([_told(line) for line in found])


def _told(line: Line) -> Told:
    return Told(
        line.id, line.side.value, line.state.value, line.urgent, line.open, line.hits, line.stage.value
    )


def _looked_at(visit: Visit, token: str) -> Visit:
    """The visit as the session stands now, without anybody once it is over; the stream does not keep it alive."""
    try:
        return replace(visit, signed=still_signed_in(visit.office, token, visit.node.people))
    except NotSignedIn:
        return replace(visit, signed=None)


ROUTES = (events,)
