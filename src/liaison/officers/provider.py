"""An identity provider: where it is, what it is trusted for, and its keys as it publishes them."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote_plus, urlsplit

import httpx
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from liaison.model.errors import BadSetting, NotSignedIn

LARGEST = 262_144  # bytes of an answer
KEPT = timedelta(hours=1)  # metadata and keys
AGAIN = timedelta(minutes=1)  # between two looks for a key that is not known
# Signatures of a key pair alone: with `none` or an HMAC anybody who knows the public key could sign (RFC 8725, 3.1)
ALGORITHMS = frozenset(
    {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519"}
)
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
SILENT = "the identity provider does not answer as it should"


@dataclass(frozen=True, slots=True)
class Provider:
    """One OpenID Connect provider, as the node's settings have it. Raises BadSetting.

    With `link_by_email` somebody whose verified address is that of one person with one account is signed in to it,
    and linked from then on; without it an administrator links each account.
    """

    issuer: str
    client_id: str
    redirect_uri: str
    client_secret: str = field(default="", repr=False)
    label: str = "Single sign-on"
    algorithms: tuple[str, ...] = ("ES256", "EdDSA", "PS256", "RS256")
    link_by_email: bool = False
    leeway: timedelta = timedelta(seconds=60)
    timeout: float = 10.0  # seconds

    def __post_init__(self) -> None:
        if not self.algorithms or set(self.algorithms) - ALGORITHMS:
            raise BadSetting("an algorithm of the identity provider is not one of a key pair")
        for url in (self.issuer, self.redirect_uri):
            require_safe(url)


def require_safe(url: object) -> str:
    """The address, where it is https or on this machine. Raises BadSetting."""
    parts = urlsplit(url) if isinstance(url, str) else urlsplit("")
    if parts.scheme == "https" and parts.hostname:
        return str(url)
    if parts.scheme == "http" and parts.hostname in LOOPBACK:
        return str(url)
    raise BadSetting("an address of the identity provider is not https")


class Directory:
    """A provider's metadata and keys, read when they are needed and kept for an hour.

    A token under a key that is not known makes it look again, at most once a minute: keys are rotated. Safe for
    many threads.
    """

    def __init__(self, provider: Provider, client: httpx.Client | None = None) -> None:
        self.provider = provider
        self._client = client or httpx.Client(
            timeout=provider.timeout, follow_redirects=False, trust_env=False
        )
        self._lock = threading.Lock()
        self._metadata: tuple[datetime, dict[str, Any]] | None = None
        self._keys: tuple[datetime, KeySet] | None = None

    def close(self) -> None:
        """Let go of the connections."""
        self._client.close()

    def metadata(self, now: datetime) -> dict[str, Any]:
        """The provider's metadata (OpenID Connect Discovery 1.0). Raises NotSignedIn."""
        with self._lock:
            if self._metadata is None or not timedelta(0) <= now - self._metadata[0] < KEPT:
                self._metadata = now, self._discover()
            return self._metadata[1]

    def claims(self, token: str, now: datetime) -> Mapping[str, Any]:
        """What a signed token says; the signature alone is judged here. Raises NotSignedIn."""
        try:
            return self._opened(token, self._key_set(now, KEPT))
        except (JoseError, ValueError):
            pass  # perhaps by a key that was published since
        try:
            return self._opened(token, self._key_set(now, AGAIN))
        except (JoseError, ValueError) as error:
            raise NotSignedIn("the identity provider's signature does not hold") from error

    def exchange(self, code: str, verifier: str, now: datetime) -> str:
        """The identity token for a code (RFC 6749, 4.1.3, with RFC 7636). Raises NotSignedIn."""
        provider, metadata = self.provider, self.metadata(now)
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": provider.redirect_uri,
            "client_id": provider.client_id,
            "code_verifier": verifier,
        }
        auth = None
        if provider.client_secret:
            if "client_secret_basic" in metadata.get(
                "token_endpoint_auth_methods_supported", ["client_secret_basic"]
            ):
                # RFC 6749, 2.3.1: both are form-encoded before they go into the header
                auth = httpx.BasicAuth(quote_plus(provider.client_id), quote_plus(provider.client_secret))
            else:
                form["client_secret"] = provider.client_secret
        answer = self._asked("POST", metadata["token_endpoint"], form, auth)
        token = answer.get("id_token")
        if not isinstance(token, str):
            raise NotSignedIn(SILENT)
        return token

    def _opened(self, token: str, keys: KeySet) -> Mapping[str, Any]:
        return jwt.decode(token, keys, algorithms=list(self.provider.algorithms)).claims

    def _key_set(self, now: datetime, kept: timedelta) -> KeySet:
        address = self.metadata(now)["jwks_uri"]
        with self._lock:
            if self._keys is None or not timedelta(0) <= now - self._keys[0] < kept:
                published = self._asked("GET", address)
                try:
                    self._keys = now, KeySet.import_key_set(_of_pairs(published))
                except (JoseError, ValueError, KeyError, TypeError) as error:
                    raise NotSignedIn(SILENT) from error
            return self._keys[1]

    def _discover(self) -> dict[str, Any]:
        issuer = self.provider.issuer
        found = self._asked("GET", issuer.rstrip("/") + "/.well-known/openid-configuration")
        if found.get("issuer") != issuer:
            raise NotSignedIn("the identity provider calls itself something else")
        for endpoint in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
            try:
                require_safe(found.get(endpoint))
            except BadSetting as error:
                raise NotSignedIn(SILENT) from error
        return found

    def _asked(
        self, method: str, url: str, form: Mapping[str, str] | None = None, auth: httpx.Auth | None = None
    ) -> dict[str, Any]:
        """The JSON object of an answer, which is bounded. Raises NotSignedIn."""
        headers = {"accept": "application/json"}
        try:
            with self._client.stream(method, url, data=form, auth=auth, headers=headers) as answer:
                content = b""
                for part in answer.iter_bytes():
                    content += part
                    if len(content) > LARGEST:
                        raise NotSignedIn(SILENT)
                value = json.loads(content) if answer.status_code == 200 else None
        except (httpx.HTTPError, httpx.InvalidURL, ValueError, RecursionError) as error:
            raise NotSignedIn(SILENT, hint="try again, or sign in another way") from error
        if not isinstance(value, dict):
            raise NotSignedIn(SILENT, hint="try again, or sign in another way")
        return value


def _of_pairs(published: dict[str, Any]) -> Any:
    """The published keys without symmetric ones and those for encryption."""
    keys = published["keys"]
    pairs = [key for key in keys if key.get("kty") in ("RSA", "EC", "OKP") and key.get("use", "sig") == "sig"]
    return {"keys": pairs}
