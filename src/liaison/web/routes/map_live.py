"""What the map in the browser asks its node for: outlines, points, parts of the agency's own map, and what changed.

Events tell a digest of what stands and how many of which kind are new; no name, no place.
"""

from __future__ import annotations

import asyncio
import gzip
import re
from collections import Counter
from collections.abc import AsyncIterator, Set
from dataclasses import replace
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, get
from litestar.concurrency import sync_to_thread
from litestar.handlers import HTTPRouteHandler
from litestar.params import Parameter
from litestar.response import ServerSentEvent
from litestar.response.sse import ServerSentEventMessage

from liaison.ledger.log import size
from liaison.model.errors import BadInput, Conflict, NotSignedIn
from liaison.model.roles import Capability
from liaison.officers.sessions import still_signed_in
from liaison.web import map_features
from liaison.web.context import Visit
from liaison.web.language import later
from liaison.web.map_picture import Kind, Point
from liaison.web.map_view import read_box
from liaison.web.mapped import kind_of, layers, state_of, walked
from liaison.web.routing import Declared, served, the_visit
from liaison.web.sessions import cookie_of

SEES = Capability.CHECK
STREAM = "text/event-stream"
GEOJSON = "application/geo+json"
PACKED = "application/vnd.pmtiles"
DAY = "private, max-age=86400"
KEPT = "private, max-age=3600"
EVERY = 1.0  # seconds between two looks at the ledger's size
HEARTBEAT = 15  # looks between two signs of life; the session is looked at then
LASTS = 600  # looks of one connection; the browser comes back by itself
BACK = 5_000  # milliseconds after which it does
RANGE = re.compile(r"bytes=(\d{1,15})-(\d{1,15})")
Short = Annotated[str, Parameter(max_length=80)]


def _answers(path: str) -> Declared:
    return served(get(path, audience=SEES, include_in_schema=False), path)


@_answers("/map/outlines")
def outlines(visit: Visit, request: Request[Any, Any, Any]) -> Response[bytes]:
    """Outlines of countries."""
    content = map_features.outlines()
    headers = {"Cache-Control": DAY, "Vary": "Accept-Encoding", "Content-Type": GEOJSON}
    if "gzip" not in request.headers.get("accept-encoding", ""):
        return Response(gzip.decompress(content), headers=headers)
    return Response(content, headers=headers | {"Content-Encoding": "gzip"})


@_answers("/map/points")
def points(visit: Visit, kind: Short = "") -> Response[bytes]:
    """All points that the person sees, or those of a kind."""
    layer = layers(visit.office, visit.actor, kind_of(kind))
    return Response(map_features.points(layer, visit.say), headers={"Content-Type": GEOJSON})


@_answers("/map/shapes")
def shapes(visit: Visit, kind: Short = "", box: Short = "") -> Response[bytes]:
    """All lines that the person sees, and the squares of patrols, as large as a part of the map needs them."""
    layer = layers(visit.office, visit.actor, kind_of(kind))
    content = map_features.shapes(layer, walked(layer, read_box(box) if box else None))
    return Response(content, headers={"Content-Type": GEOJSON})


@_answers("/map/tiles")
def tiles(visit: Visit, request: Request[Any, Any, Any]) -> Response[bytes]:
    """A part of the agency's own map, by its range of bytes. Raises Conflict where there is no such map."""
    archive = visit.node.tiles
    if archive is None:
        raise Conflict(
            later("this node has no map of its own"), hint=later("name its file in the setting map_tiles")
        )
    headers = {"ETag": f'"{archive.tag}"', "Accept-Ranges": "bytes", "Cache-Control": KEPT}
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(b"", status_code=304, headers=headers)
    asked = RANGE.fullmatch(request.headers.get("range", "").strip())
    if asked is None:
        hint = "ask for one part: Range: bytes=0-16383"
        raise BadInput("the archive is not given as a whole", field="Range", hint=hint)
    first = int(asked[1])
    try:
        part = archive.part(first, int(asked[2]))
    except BadInput:
        return Response(b"", status_code=416, headers=headers | {"Content-Range": f"bytes */{archive.size}"})
    there = f"bytes {first}-{first + len(part) - 1}/{archive.size}"
    return Response(part, status_code=206, headers=headers | {"Content-Range": there, "Content-Type": PACKED})


class Change(msgspec.Struct, frozen=True):
    """What stands now, as a digest, and in words how many of each kind are new; none where it is not known."""

    state: str
    said: str


@get("/map/events", audience=SEES, include_in_schema=False)
async def events(request: Request[Any, Any, Any], kind: Short = "", since: Short = "") -> Response[Any]:
    """Tell what changes on the map, as it does; `since` is the state that the page shows. Whoever does not ask for a
    stream is told what stands now."""
    visit = the_visit(request)
    wanted = kind_of(kind)
    if STREAM not in request.headers.get("accept", ""):
        state, _ = await sync_to_thread(_standing, visit, wanted)
        return Response(msgspec.json.encode(Change(state, "")), media_type="application/json")
    last = request.headers.get("last-event-id", "")[:64] or since
    token = cookie_of(request, visit.settings)
    return ServerSentEvent(_stream(visit, token, wanted, last), retry_duration=BACK)


async def _stream(
    visit: Visit, token: str, kind: Kind | None, last: str
) -> AsyncIterator[ServerSentEventMessage]:
    """Events until the session ends, the node stops or the time of a connection is over."""
    entries = -1
    known: Set[Point] | None = None
    for beat in range(LASTS):
        if beat % HEARTBEAT == 0:
            visit = await sync_to_thread(_looked_at, visit, token)
            if visit.signed is None or not visit.may(SEES):
                yield ServerSentEventMessage(event="over", data="{}")
                return
            yield ServerSentEventMessage(comment="alive", data=None)
        now = await sync_to_thread(visit.office.read, size)
        if now != entries:
            entries = now
            state, there = await sync_to_thread(_standing, visit, kind)
            if state != last:
                last = state
                content = msgspec.json.encode(Change(state, _words(visit, there, known)))
                yield ServerSentEventMessage(event="map", id=state, data=content, retry=BACK)
            known = there
        await asyncio.sleep(EVERY)


def _standing(visit: Visit, kind: Kind | None) -> tuple[str, frozenset[Point]]:
    layer = layers(visit.office, visit.actor, kind)
    return state_of(layer), frozenset(layer.points)


def _words(visit: Visit, there: Set[Point], known: Set[Point] | None) -> str:
    """How many of each kind are new, in the reader's language; empty where nothing is, or it is not known."""
    new = Counter(point.kind for point in there - known) if known is not None else Counter()
    what = ", ".join(f"{count} × {visit.say(kind.label)}" for kind, count in new.items())
    return visit.say("New on the map: %(what)s", what=what) if what else ""


def _looked_at(visit: Visit, token: str) -> Visit:
    """The visit as the session stands now, without anybody once it is over; the stream does not keep it alive."""
    try:
        return replace(visit, signed=still_signed_in(visit.office, token, visit.node.people))
    except NotSignedIn:
        return replace(visit, signed=None)


ROUTES: tuple[HTTPRouteHandler, ...] = (outlines, points, shapes, tiles, events)
