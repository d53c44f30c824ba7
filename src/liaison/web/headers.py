"""The headers that every answer carries, whatever wrote it: pages, files, errors, and answers of the framework."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable

from litestar.datastructures import MutableScopeHeaders
from litestar.types import Message, Scope

CONTENT = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
POWERS = (
    "accelerometer",
    "camera",
    "display-capture",
    "geolocation",
    "gyroscope",
    "hid",
    "idle-detection",
    "local-fonts",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "screen-wake-lock",
    "serial",
    "usb",
    "xr-spatial-tracking",
)
ALWAYS = {
    "Content-Security-Policy": CONTENT,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Permissions-Policy": ", ".join(f"{power}=()" for power in POWERS),
}
KEPT_BY_NOBODY = "no-store"
TWO_YEARS = 63_072_000  # seconds
FOR_EVER = "public, max-age=31536000, immutable"


def request_id(scope: Scope) -> str:
    """The name of this request in the log: random, and already there where the node counts its requests."""
    return str(scope.setdefault("state", {}).setdefault("request", secrets.token_hex(8)))


def route_of(scope: Scope) -> str:
    """The route's pattern, never the address itself, whose ids would tell who looked at what."""
    return str(scope.get("path_template") or "unmatched")


def standing(secure: bool) -> list[tuple[bytes, bytes]]:
    """The headers that an answer has where it brings none of them itself, as they are sent."""
    more = {"Strict-Transport-Security": f"max-age={TWO_YEARS}; includeSubDomains"} if secure else {}
    found = ALWAYS | {"Cache-Control": KEPT_BY_NOBODY} | more
    return [(name.lower().encode(), value.encode()) for name, value in found.items()]


def hardened(secure: bool) -> Callable[[Message, Scope], Awaitable[None]]:
    """What adds the headers as an answer starts. `secure`: people reach the node by https only.

    A header that the answer already has is left: static files and the ledger's tiles say themselves how long they
    may be kept.
    """

    async def before_send(message: Message, scope: Scope) -> None:
        if message["type"] != "http.response.start":
            return
        headers = MutableScopeHeaders.from_message(message)
        for name, value in ALWAYS.items():
            headers.setdefault(name, value)
        headers.setdefault("Cache-Control", KEPT_BY_NOBODY)
        if secure:
            headers.setdefault("Strict-Transport-Security", f"max-age={TWO_YEARS}; includeSubDomains")

    return before_send
