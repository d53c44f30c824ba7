"""HTTP messages between nodes: signed on both ways (RFC 9421, RFC 9530), so that a gateway can change nothing of them.

A request's signature covers its method, address and digest, under a nonce; a response's covers its status and digest,
and the request's own signature, so that no answer can be given to another question.
"""

from __future__ import annotations

import datetime as dt
import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from http_message_signatures import (
    HTTPMessageSigner,
    HTTPMessageVerifier,
    HTTPSignatureKeyResolver,
    InvalidSignature,
    algorithms,
)
from http_message_signatures.exceptions import HTTPMessageSignaturesException

from liaison.model.errors import BadNote

TAG, LABEL = "liaison-v1", "liaison"
AGE = dt.timedelta(minutes=5)  # that a signature may be old, or ahead of our clock
MOST_NONCES = 100_000  # of one key
KEY = re.compile(r'keyid="([0-9a-f]{16})"')
OF_REQUEST = ("@method", "@target-uri", "content-digest")
OF_RESPONSE = ("@status", "content-digest", f'"signature";req;key="{LABEL}"')
HINT = "compare both nodes' clocks and cards"


@dataclass(slots=True)
class Message:
    """A request, or the response to one, as it is signed: header names in lower case."""

    method: str
    url: str
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Reply:
    """A response, and the request that it answers."""

    status_code: int
    request: Message
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)


class Nonces:
    """The nonces of the last minutes: a request counts once (threat A01). Those of one key use up no other's room."""

    def __init__(self) -> None:
        self._seen: dict[str, dict[str, dt.datetime]] = {}
        self._lock = threading.Lock()

    def take(self, key: str, nonce: str, now: dt.datetime) -> None:
        """Raises BadNote for a nonce that was taken before, and where there are too many to remember."""
        with self._lock:
            mine = self._seen.setdefault(key, {})
            if len(mine) >= MOST_NONCES:
                mine = self._seen[key] = {each: at for each, at in mine.items() if now - at <= 2 * AGE}
            if nonce in mine or len(mine) >= MOST_NONCES:
                raise BadNote("the request was sent before", hint="send it anew, under a nonce of its own")
            mine[nonce] = now


class _One(HTTPSignatureKeyResolver):
    """Resolves to one key, whatever its name is."""

    def __init__(
        self, private: Ed25519PrivateKey | None = None, public: Ed25519PublicKey | None = None
    ) -> None:
        self.private, self.public = private, public

    def resolve_private_key(self, key_id: str) -> Ed25519PrivateKey | None:
        """To sign with."""
        return self.private

    def resolve_public_key(self, key_id: str) -> Ed25519PublicKey | None:
        """To verify with."""
        return self.public


class _Verifier(HTTPMessageVerifier):
    """The library's verifier, by this node's clock."""

    now: dt.datetime

    def validate_created_and_expires(self, sig_input: Any, max_age: dt.timedelta | None = None) -> None:
        """Raises InvalidSignature for a time that is missing, too old or ahead."""
        created = sig_input.params.get("created")
        if type(created) is not int or abs(self.now - _time(created)) > AGE:
            raise InvalidSignature("the signature's time is missing, too old or ahead")


def sign_request(message: Message, key: Ed25519PrivateKey, key_id: str, now: dt.datetime, nonce: str) -> None:
    """Sign a request in place."""
    _sign(message, message.body, key, key_id, now, OF_REQUEST, nonce)


def sign_response(reply: Reply, key: Ed25519PrivateKey, key_id: str, now: dt.datetime) -> None:
    """Sign a response in place; its request is signed."""
    _sign(reply, reply.body, key, key_id, now, OF_RESPONSE, None)


def key_named(headers: Mapping[str, str]) -> str:
    """The id of the key that a message names; nothing is proved by it. Raises BadNote."""
    found = KEY.findall(headers.get("signature-input", ""))
    if len(found) != 1:
        raise BadNote("the message names no key in its one form", hint=HINT)
    return str(found[0])


def verify_request(message: Message, key: Ed25519PublicKey, now: dt.datetime) -> str:
    """The nonce of a request that this key signed, now. Raises BadNote."""
    parameters = _verify(message, message.body, key, now, OF_REQUEST)
    nonce = parameters.get("nonce")
    if not isinstance(nonce, str) or not 16 <= len(nonce) <= 64:
        raise BadNote("the request has no nonce", hint=HINT)
    return nonce


def verify_response(reply: Reply, key: Ed25519PublicKey, now: dt.datetime) -> None:
    """Raises BadNote unless this key signed the response to this request, now."""
    _verify(reply, reply.body, key, now, OF_RESPONSE)


def _sign(
    message: Message | Reply,
    body: bytes,
    key: Ed25519PrivateKey,
    key_id: str,
    now: dt.datetime,
    covered: tuple[str, ...],
    nonce: str | None,
) -> None:
    signer = HTTPMessageSigner(signature_algorithm=algorithms.ED25519, key_resolver=_One(private=key))
    signer.sign(
        message,
        key_id=key_id,
        created=now,
        nonce=nonce,
        label=LABEL,
        tag=TAG,
        covered_component_ids=covered,
        body=body,
    )
    message.headers.update({name.lower(): message.headers.pop(name) for name in list(message.headers)})


def _verify(
    message: Message | Reply,
    body: bytes,
    key: Ed25519PublicKey,
    now: dt.datetime,
    covered: tuple[str, ...],
) -> Mapping[str, object]:
    """The parameters of the one signature, which covers exactly what it should. Raises BadNote."""
    verifier = _Verifier(signature_algorithm=algorithms.ED25519, key_resolver=_One(public=key))
    verifier.now = now
    try:
        (found,) = verifier.verify(message, expect_tag=TAG, expect_label=LABEL, body=body)
    except (HTTPMessageSignaturesException, ValueError) as error:
        raise BadNote("the message is not signed as it should be", hint=HINT) from error
    wanted = {each if each.startswith('"') else f'"{each}"' for each in covered}
    if {*found.covered_components} - {'"@signature-params"'} != wanted:
        raise BadNote("the signature covers something else than it should", hint=HINT)
    return dict(found.parameters)


def _time(seconds: int) -> dt.datetime:
    try:
        return dt.datetime.fromtimestamp(seconds, dt.UTC)
    except (OverflowError, OSError, ValueError) as error:
        raise InvalidSignature("the signature's time cannot be") from error


__all__ = [
    "AGE",
    "Message",
    "Nonces",
    "Reply",
    "key_named",
    "sign_request",
    "sign_response",
    "verify_request",
    "verify_response",
]
