"""What machines ask of a node: does it live, is it ready, what does it count. None of it is about people."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import Response, get
from litestar.enums import MediaType
from litestar.openapi.datastructures import ResponseSpec

from liaison.node.health import health, ready
from liaison.node.metrics import CONTENT_TYPE
from liaison.web.context import Visit
from liaison.web.routing import NO_TOKEN, Declared, served
from liaison.web.security import PUBLIC


def asked(path: str, **opt: Any) -> Declared:
    """What any machine may ask."""
    return served(get(path, audience=PUBLIC, program=True, security=NO_TOKEN, **opt), path)


class Part(msgspec.Struct, frozen=True):
    """One part of the node. `hint` says what to do where it is not ready."""

    name: str
    ready: bool
    found: str = ""
    hint: str = ""


class Readiness(msgspec.Struct, frozen=True):
    """Whether the node takes work, and each part of it."""

    ready: bool
    parts: list[Part]


UNREADY = {503: ResponseSpec(Readiness, generate_examples=False, description="A part is not ready")}


@get(
    "/livez",
    sync_to_thread=False,
    audience=PUBLIC,
    program=True,
    tags=["health"],
    media_type=MediaType.TEXT,
    security=NO_TOKEN,
)
def livez() -> str:
    """Whether the process answers at all."""
    return "alive\n"


@asked("/readyz", tags=["health"], responses=UNREADY)
def readyz(visit: Visit) -> Response[Readiness]:
    """Whether the node takes work; 503 where a part is not ready, and then the part says why."""
    found = health(visit.node)
    parts = [Part(each.name, each.ok, each.found, "" if each.ok else each.hint) for each in found]
    good = ready(found)
    return Response(Readiness(good, parts), status_code=200 if good else 503)


@asked("/metrics", include_in_schema=False)
def metrics(visit: Visit) -> Response[bytes]:
    """Counts in Prometheus' text format: by route, status and rule, never by person or record."""
    return Response(visit.node.metrics.text(), headers={"Content-Type": CONTENT_TYPE})


ROUTES = (livez, readyz, metrics)
