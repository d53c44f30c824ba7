"""How a browser and a program show who they are: a cookie that no script reads, or a token in a header."""

from __future__ import annotations

import base64
import hashlib
from typing import Any
from urllib.parse import urlsplit

from litestar import Response
from litestar.connection import ASGIConnection
from litestar.datastructures import Cookie

from liaison.node.settings import Settings

BARE, HOST_ONLY = (
    "liaison",
    "__Host-liaison",
)  # a browser keeps the second over https alone, for this host alone
SCHEMES = ("bearer", "apikey")
BASIC, BARE_KEYS = "/taxii2", "/misp/"  # where clients know no other way
LONGEST = 512  # characters of a token


def secure(settings: Settings) -> bool:
    """Whether people reach the node by https alone: it speaks TLS itself, or something in front of it does."""
    return bool(settings.tls_certificate) or urlsplit(settings.public_url).scheme == "https"


def cookie_name(settings: Settings) -> str:
    """The name of the node's cookie. The bare one is for a node on this machine's own loopback, without TLS.

    It ends in a mark of the node, since browsers do not keep the cookies of two ports of one host apart.
    """
    mark = hashlib.sha256(settings.origin.encode()).hexdigest()[:8]
    return f"{HOST_ONLY if secure(settings) else BARE}-{mark}"


def cookie_of(connection: ASGIConnection[Any, Any, Any, Any], settings: Settings) -> str:
    """The session's token from the cookie, empty without one."""
    return named_cookie(connection, cookie_name(settings))


def named_cookie(connection: ASGIConnection[Any, Any, Any, Any], wanted: str) -> str:
    """A cookie's value, empty without it. Two cookies of the name are none: one of them was planted.

    It is read here and not by the framework, which would keep it in a cache.
    """
    pairs = (part.strip().partition("=") for part in connection.headers.get("cookie", "").split(";"))
    found = [value for name, _, value in pairs if name == wanted]
    return found[0] if len(found) == 1 and len(found[0]) <= LONGEST else ""


def bearer_of(connection: ASGIConnection[Any, Any, Any, Any]) -> str:
    """The token of `Authorization: Bearer TOKEN` (RFC 6750, section 2.1), or as tools write it: `ApiKey TOKEN` of
    yente's clients, the password of Basic where TAXII is spoken, the bare token where MISP is. Empty without one."""
    written = connection.headers.get("authorization", "")
    scheme, _, token = written.partition(" ")
    token, path = token.strip(), connection.url.path
    if scheme.casefold() not in SCHEMES:
        bare = path.startswith(BARE_KEYS) and not token
        token = scheme if bare else ""
        if scheme.casefold() == "basic" and path.startswith(BASIC):
            token = _password(written.partition(" ")[2])
    return token if 0 < len(token) <= LONGEST else ""


def _password(written: str) -> str:
    """The password of Basic (RFC 7617): a token says whose it is, so that the name counts for nothing."""
    try:
        return base64.b64decode(written.strip(), validate=True).decode().partition(":")[2]
    except ValueError:
        return ""


def with_session(response: Response[Any], token: str, settings: Settings) -> Response[Any]:
    """The answer with the session's cookie, which lasts until the browser ends or the node ends the session."""
    response.set_cookie(_cookie(token, settings))
    return response


def without_session(response: Response[Any], settings: Settings) -> Response[Any]:
    """The answer that makes the browser forget the session, and whatever else it kept of this node."""
    cookie = _cookie("", settings)
    cookie.max_age = 0
    response.set_cookie(cookie)
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


def _cookie(token: str, settings: Settings) -> Cookie:
    return Cookie(
        key=cookie_name(settings),
        value=token,
        path="/",
        secure=secure(settings),
        httponly=True,
        samesite="strict",
    )
