"""What machines ask of a node: does it live, is it ready, what does it count. None of it is about people.

Counts and parts show the rhythm of the work to whoever watches them. They are told to programs on the same machine and
to administrators; to others there is nothing here, unless the settings open it (`metrics_open`).
"""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import ip_address
from typing import Any

import msgspec
from litestar import Response, get
from litestar.connection import ASGIConnection
from litestar.enums import MediaType
from litestar.handlers import BaseRouteHandler
from litestar.openapi.datastructures import ResponseSpec

from liaison.model.errors import NotFound
from liaison.node.health import ready, recent_health
from liaison.node.metrics import CONTENT_TYPE
from liaison.web.context import Visit
from liaison.web.routing import NO_TOKEN, Declared, refusals, served
from liaison.web.security import PUBLIC

FORWARDED = ("forwarded", "via", "x-real-ip")  # a proxy speaks for somebody else


def near(connection: ASGIConnection[Any, Any, Any, Any], _handler: BaseRouteHandler) -> None:
    """Let in what asks from this machine itself, and administrators. Raises NotFound for all others."""
    visit: Visit = connection.scope["state"]["visit"]
    if not (visit.settings.metrics_open or visit.administers or from_here(visit.remote, connection.headers)):
        raise NotFound


def from_here(remote: str, headers: Mapping[str, str]) -> bool:
    """Whether a request was made on this machine: from a loopback address, and for nobody on another machine."""
    if any(name in headers for name in FORWARDED):
        return False
    via = headers.get("x-forwarded-for")
    return all(_loopback(text) for text in (remote, *([] if via is None else via.split(","))))


def _loopback(text: str) -> bool:
    try:
        address = ip_address(text.strip())
    except ValueError:
        return False
    return (getattr(address, "ipv4_mapped", None) or address).is_loopback


def asked(path: str, **opt: Any) -> Declared:
    """What a machine may ask that is near."""
    told: dict[str, Any] = {"audience": PUBLIC, "uncounted": True, "program": True, "security": NO_TOKEN}
    return served(get(path, guards=[near], **told, **opt), path)


class Part(msgspec.Struct, frozen=True):
    """One part of the node. `hint` says what to do where it is not ready."""

    name: str
    ready: bool
    found: str = ""
    hint: str = ""


class Readiness(msgspec.Struct, frozen=True):
    """Whether the node takes work, and each part of it. `status` is `ok` or `unready`: yente's clients read that."""

    ready: bool
    status: str
    parts: list[Part]


UNREADY = {503: ResponseSpec(Readiness, generate_examples=False, description="A part is not ready")}


@get(
    "/livez",
    sync_to_thread=False,
    audience=PUBLIC,
    uncounted=True,
    program=True,
    tags=["health"],
    media_type=MediaType.TEXT,
    security=NO_TOKEN,
)
def livez() -> str:
    """Whether the process answers at all."""
    return "alive\n"


@asked("/readyz", tags=["health"], responses=UNREADY | refusals(404))
def readyz(visit: Visit) -> Response[Readiness]:
    """Whether the node takes work; 503 where a part is not ready, and then the part says why. For who is near."""
    found = recent_health(visit.node)
    parts = [Part(each.name, each.ok, each.found, "" if each.ok else each.hint) for each in found]
    good = ready(found)
    return Response(Readiness(good, "ok" if good else "unready", parts), status_code=200 if good else 503)


@asked("/metrics", include_in_schema=False)
def metrics(visit: Visit) -> Response[bytes]:
    """Counts in Prometheus' text format: by route, status and rule, never by person or record."""
    return Response(visit.node.metrics.text(), headers={"Content-Type": CONTENT_TYPE})


ROUTES = (livez, readyz, metrics)
