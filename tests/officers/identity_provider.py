"""A little OpenID Connect provider on the loopback, which can be told to lie."""

from __future__ import annotations

import hmac
import json
import secrets
import threading
from base64 import b64decode, urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote_plus, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

CLIENT, SECRET = "node-1", "a secret/with signs"


def b64(content: bytes) -> str:
    return urlsafe_b64encode(content).decode().rstrip("=")


@dataclass
class IdentityProvider:
    """One provider. `bend` changes the claims before they are signed, `sign` replaces the signing altogether."""

    now: Callable[[], datetime]
    subject: str = "subject-1"
    extra: dict[str, Any] = field(default_factory=dict)
    bend: Callable[[dict[str, Any]], None] = lambda claims: None
    sign: Callable[[dict[str, Any]], str] | None = None
    reuse_codes: bool = False
    metadata: dict[str, Any] = field(default_factory=dict)
    answer: bytes | None = None  # sent in place of every token answer
    asked: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.key = ECKey.generate_key("P-256", {"kid": "key-1", "use": "sig"})
        self.rsa = RSAKey.generate_key(2048, {"kid": "rsa-1", "use": "sig"})
        self.published: list[Any] = [self.key, self.rsa]
        self.codes: dict[str, dict[str, str]] = {}
        outer = self

        class Answering(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.asked.append(self.path)
                if self.path == "/.well-known/openid-configuration":
                    self._send(200, json.dumps(outer.described()).encode())
                elif self.path == "/keys":
                    keys = [key.as_dict(private=False) for key in outer.published]
                    self._send(200, json.dumps({"keys": keys}).encode())
                else:
                    self._send(404, b"{}")

            def do_POST(self) -> None:
                outer.asked.append(self.path)
                form = parse_qs(self.rfile.read(int(self.headers["content-length"])).decode())
                fields = {name: values[0] for name, values in form.items()}
                self._send(*outer.token(fields, self.headers.get("authorization", "")))

            def _send(self, status: int, content: bytes) -> None:
                self.send_response(status)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, format: str, *args: Any) -> None:
                return

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02})
        self.thread.start()
        self.issuer = f"http://127.0.0.1:{self.server.server_address[1]}"

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def described(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            **self.metadata,
        }

    def authorize(self, url: str) -> dict[str, str]:
        """What a browser brings back after its user has signed in at the provider."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        assert asked["response_type"] == "code"
        assert asked["client_id"] == CLIENT
        assert asked["code_challenge_method"] == "S256"
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        return {"state": asked["state"], "code": code, "iss": self.issuer}

    def token(self, form: dict[str, str], authorization: str) -> tuple[int, bytes]:
        if self.answer is not None:
            return 200, self.answer
        client, _, secret = b64decode(authorization.removeprefix("Basic ")).decode().partition(":")
        asked = self.codes.get(form["code"]) if self.reuse_codes else self.codes.pop(form["code"], None)
        proven = asked and b64(sha256(form["code_verifier"].encode()).digest()) == asked["code_challenge"]
        known = (unquote_plus(client), unquote_plus(secret)) == (CLIENT, SECRET)
        if not asked or not proven or not known or form["redirect_uri"] != asked["redirect_uri"]:
            return 400, b'{"error": "invalid_grant"}'
        at = int(self.now().timestamp())
        claims = {"iss": self.issuer, "aud": CLIENT, "sub": self.subject, "nonce": asked["nonce"]}
        claims |= {"iat": at, "exp": at + 300, **self.extra}
        self.bend(claims)
        token = self.sign(claims) if self.sign else self.signed(claims)
        return 200, json.dumps({"id_token": token, "access_token": "x", "token_type": "Bearer"}).encode()

    def signed(self, claims: dict[str, Any], key: Any = None, algorithm: str = "ES256") -> str:
        """Signed as an honest provider does."""
        chosen = key or self.key
        return jwt.encode({"alg": algorithm, "kid": chosen.kid}, claims, chosen, algorithms=[algorithm])

    def unsigned(self, claims: dict[str, Any]) -> str:
        """With alg=none, and no signature."""
        head = b64(json.dumps({"alg": "none"}).encode())
        return f"{head}.{b64(json.dumps(claims).encode())}."

    def confused(self, claims: dict[str, Any]) -> str:
        """HMAC under the published RSA key: right for a verifier that takes the algorithm from the token."""
        head = b64(json.dumps({"alg": "HS256", "kid": self.rsa.kid}).encode())
        signed = f"{head}.{b64(json.dumps(claims).encode())}"
        return f"{signed}.{b64(hmac.digest(self.rsa.as_pem(private=False), signed.encode(), 'sha256'))}"

    def rotate(self) -> None:
        """Publish another key in place of the former, and sign with it."""
        self.key = ECKey.generate_key("P-256", {"kid": "key-2", "use": "sig"})
        self.published = [self.key]
