"""A software authenticator (WebAuthn level 3), with every field that an attacker would bend."""

from __future__ import annotations

import json
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    EllipticCurvePrivateKey,
    generate_private_key,
)

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


def text(content: bytes) -> str:
    """Base64url without padding."""
    return urlsafe_b64encode(content).decode().rstrip("=")


def content(text: str) -> bytes:
    """What base64url says."""
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass
class Authenticator:
    """One device with one discoverable passkey. `bent` overrides: origin, rp_id, challenge, flags, type."""

    origin: str = "https://localhost"
    counts: bool = True
    uses: int = 0
    credential: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    handle: bytes = b""
    key: EllipticCurvePrivateKey = field(default_factory=lambda: generate_private_key(SECP256R1()))

    def create(self, options: str, **bent: Any) -> str:
        """The answer to a registration, as the browser's JSON."""
        asked = json.loads(options)
        self.handle = content(asked["user"]["id"])
        seen = self._client("webauthn.create", asked, bent)
        point = self.key.public_key().public_numbers()
        cose = {1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32, "big"), -3: point.y.to_bytes(32, "big")}
        attested = bytes(16) + len(self.credential).to_bytes(2, "big") + self.credential + cbor2.dumps(cose)
        told = self._told(asked["rp"]["id"], PRESENT | VERIFIED | ATTESTED, bent) + attested
        response = {
            "clientDataJSON": text(seen),
            "attestationObject": text(cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": told})),
        }
        return self._answer(response)

    def get(self, options: str, **bent: Any) -> str:
        """The answer to a sign-in, as the browser's JSON."""
        asked = json.loads(options)
        self.uses += self.counts
        seen = self._client("webauthn.get", asked, bent)
        told = self._told(asked["rpId"], PRESENT | VERIFIED, bent)
        signature = self.key.sign(told + sha256(seen).digest(), ECDSA(hashes.SHA256()))
        response = {
            "clientDataJSON": text(seen),
            "authenticatorData": text(told),
            "signature": text(bent.get("signature", signature)),
            "userHandle": text(bent.get("handle", self.handle)),
        }
        return self._answer(response)

    def _client(self, kind: str, asked: dict[str, Any], bent: dict[str, Any]) -> bytes:
        seen = {
            "type": bent.get("type", kind),
            "challenge": bent.get("challenge", asked["challenge"]),
            "origin": bent.get("origin", self.origin),
            "crossOrigin": False,
        }
        return json.dumps(seen).encode()

    def _told(self, rp_id: str, flags: int, bent: dict[str, Any]) -> bytes:
        hashed = sha256(bent.get("rp_id", rp_id).encode()).digest()
        return hashed + bytes([bent.get("flags", flags)]) + bent.get("uses", self.uses).to_bytes(4, "big")

    def _answer(self, response: dict[str, str]) -> str:
        name = text(self.credential)
        return json.dumps({"id": name, "rawId": name, "type": "public-key", "response": response})
