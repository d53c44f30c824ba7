"""Who may come in: every route names its audience, and nothing is let through that names none.

A route's audience is PUBLIC, SIGNED (anyone who is signed in) or capabilities, of which the person holds one. What
they may do with a given object is decided by the service behind the route. An audience that is not met is answered
like an address that does not exist, so that nobody learns what others may do.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import Any
from urllib.parse import urlsplit

from litestar.concurrency import sync_to_thread
from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler

from liaison.model.errors import LiaisonError, NotFound, NotSignedIn
from liaison.model.roles import Capability
from liaison.node.wiring import Node
from liaison.officers.sessions import signed_in
from liaison.officers.signed import Signed
from liaison.officers.tokens import signed_in_by_token
from liaison.web.context import Visit, visit_of
from liaison.web.sessions import bearer_of, cookie_of

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
OWN = frozenset({"same-origin", "none"})  # "none" is a person's own doing: a bookmark, a typed address


class Open(Enum):
    """Audiences that need no capability."""

    PUBLIC = "everyone"
    SIGNED = "whoever is signed in"


PUBLIC, SIGNED = Open.PUBLIC, Open.SIGNED
Audience = Open | Capability | frozenset[Capability]


class ForeignOrigin(LiaisonError):
    """A change was asked for by a page of another site, in this person's name."""

    status = 403
    title = "This did not come from a page of this node"
    hint = "open the node's own page and send it from there; a program sends a token instead of a cookie"


def audience_of(handler: BaseRouteHandler) -> Audience | None:
    """Whom a route is for; None where it does not say, and then it lets nobody in."""
    audience = handler.opt.get("audience")
    return audience if isinstance(audience, Open | Capability | frozenset) else None


def lets_in(audience: Audience | None, visit: Visit) -> bool:
    """Whether this person belongs to the audience. Raises NotSignedIn where nobody is signed in and one must be."""
    if audience is PUBLIC:
        return True
    if audience is None:
        return False
    if visit.signed is None:
        raise NotSignedIn("this needs a person")
    if audience is SIGNED:
        return True
    wanted = audience if isinstance(audience, frozenset) else frozenset({audience})
    return bool(wanted & visit.capabilities)


def guard(node: Node) -> Callable[[ASGIConnection[Any, Any, Any, Any], BaseRouteHandler], Any]:
    """What stands before every route. It runs before a body is read."""

    async def admit(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
        machine = handler.opt.get("machine")  # known by its own keys or secrets, and nobody's session
        token = "" if machine else bearer_of(connection)
        if not token and not machine:
            refuse_foreign(connection, node)
        try:
            signed = await _signed(node, token, cookie_of(connection, node.settings))
        except NotSignedIn:
            counted(node, connection, handler, None)
            raise
        admitted(node, connection, handler, signed)

    return admit


def admitted(
    node: Node,
    connection: ASGIConnection[Any, Any, Any, Any],
    handler: BaseRouteHandler,
    signed: Signed | None,
) -> Visit:
    """The visit, which is kept with the request. Raises TooMany; NotFound, NotSignedIn for whom the route is not."""
    counted(node, connection, handler, signed)
    visit = visit_of(node, connection, signed)
    connection.scope["state"]["visit"] = visit
    if not lets_in(audience_of(handler), visit):
        raise NotFound
    return visit


def counted(
    node: Node,
    connection: ASGIConnection[Any, Any, Any, Any],
    handler: BaseRouteHandler,
    signed: Signed | None,
) -> None:
    """Count the request once, whichever way it goes: by the person, or by the address of who is nobody yet.

    A route that costs nothing says `uncounted=True`. Raises TooMany.
    """
    state = connection.scope["state"]
    if handler.opt.get("uncounted") or state.get("counted"):
        return
    address = connection.client.host if connection.client else ""
    node.allowance.take(f"person {signed.actor.person}" if signed else f"address {address}")
    state["counted"] = True


def signed_by(node: Node, token: str) -> Signed:
    """Whose token this is. Raises NotSignedIn for one that does not hold."""
    return signed_in_by_token(node.office, token)


async def _signed(node: Node, token: str, cookie: str) -> Signed | None:
    """Who sends this. A token that does not hold is refused; a cookie that does not hold is as good as none."""
    if token:
        return await sync_to_thread(signed_by, node, token)
    if not cookie:
        return None
    try:
        return await sync_to_thread(signed_in, node.office, cookie, node.people)
    except NotSignedIn:
        return None


def refuse_foreign(connection: ASGIConnection[Any, Any, Any, Any], node: Node) -> None:
    """Refuse a change that another site's page asked for. Raises ForeignOrigin.

    Browsers of today say in Sec-Fetch-Site where a request came from; older ones send Origin. One that says neither
    is refused: a program has a token, and needs no cookie.
    """
    if str(connection.scope.get("method")) in SAFE:
        return
    site = connection.headers.get("sec-fetch-site")
    if site is not None:
        if site not in OWN:
            raise ForeignOrigin("another site asked for this")
        return
    origin = connection.headers.get("origin", "")
    if not origin or not _same_origin(origin, connection, node):
        raise ForeignOrigin("nothing shows that a page of this node asked for this")


def _same_origin(origin: str, connection: ASGIConnection[Any, Any, Any, Any], node: Node) -> bool:
    if node.settings.public_url:
        own = urlsplit(node.settings.public_url)
        return urlsplit(origin)[:2] == own[:2]
    return urlsplit(origin).netloc == connection.headers.get("host", "")
