"""What an identity token must say before anybody is signed in by it (OpenID Connect Core 1.0, 3.1.3.7). Pure."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from liaison.model.errors import NotSignedIn

LONGEST_SUBJECT = 255  # characters (Core, 2)
OLDEST = timedelta(minutes=10)  # from its issue to its use


@dataclass(frozen=True, slots=True)
class Expected:
    """What the token has to agree with. `leeway` is how far the provider's clock may be off."""

    issuer: str
    client_id: str
    nonce: str
    now: datetime
    leeway: timedelta


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the provider says it is; `email` only where the provider has verified it."""

    issuer: str
    subject: str
    email: str


def identity(claims: Mapping[str, Any], expected: Expected) -> Identity:
    """Who signs in. Raises NotSignedIn, naming the claim that is not right and never what it says."""
    _require("iss", claims.get("iss") == expected.issuer)
    _require("aud", expected.client_id in _audience(claims.get("aud")))
    if len(_audience(claims.get("aud"))) > 1 or "azp" in claims:
        _require("azp", claims.get("azp") == expected.client_id)
    _require("nonce", _same(claims.get("nonce"), expected.nonce))
    issued, over = _time(claims, "iat"), _time(claims, "exp")
    _require("exp", expected.now < over + expected.leeway)
    _require("iat", issued <= expected.now + expected.leeway)
    _require("iat", expected.now - issued <= OLDEST + expected.leeway)
    if "nbf" in claims:
        _require("nbf", _time(claims, "nbf") <= expected.now + expected.leeway)
    subject = claims.get("sub")
    _require("sub", isinstance(subject, str) and 0 < len(subject) <= LONGEST_SUBJECT)
    email = claims.get("email")
    verified = claims.get("email_verified") is True and isinstance(email, str)
    return Identity(expected.issuer, str(subject), str(email) if verified else "")


def _require(claim: str, holds: bool) -> None:
    if not holds:
        raise NotSignedIn(
            f"the identity provider's answer cannot be accepted ({claim})",
            hint="sign in again from the start",
        )


def _audience(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]


def _same(given: object, expected: str) -> bool:
    return isinstance(given, str) and hmac.compare_digest(given.encode(), expected.encode())


def _time(claims: Mapping[str, Any], claim: str) -> datetime:
    """A claim in seconds since 1970. Raises NotSignedIn for anything else, among it times no calendar has."""
    value = claims.get(claim)
    _require(claim, isinstance(value, int | float) and not isinstance(value, bool))
    try:
        return datetime.fromtimestamp(float(value or 0), UTC)
    except (ValueError, OverflowError, OSError):
        _require(claim, False)
        raise
