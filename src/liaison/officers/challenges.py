"""Challenges of a ceremony in two steps. Nothing is kept until one has served: asking for many fills no disk.

A challenge is 16 random bytes and the time at which it is over, with a keyed digest over both, its kind and what it
is bound to. Once a ceremony has succeeded its challenge is kept as taken until it would have been over.
"""

from __future__ import annotations

import hmac
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, delete, insert
from sqlalchemy.exc import IntegrityError

from liaison.model.errors import NotSignedIn
from liaison.officers.secrecy import Digests, token_digest
from liaison.storage.tables.officers import TAKEN_CHALLENGES

LASTS = timedelta(minutes=10)
RANDOM, CLOCK, DIGEST = 16, 8, 32  # bytes of each part
LENGTH = 76  # characters of a challenge as text, with its padding
OVER = "this took too long, or was done already"


def new_challenge(keyed: Digests, kind: str, bound: str, now: datetime) -> str:
    """A challenge of this kind, bound to an account or a browser, as text that fits into an address."""
    over = int((now + LASTS).timestamp() * 1000)
    head = secrets.token_bytes(RANDOM) + over.to_bytes(CLOCK, "big")
    return urlsafe_b64encode(head + _digest(keyed, kind, bound, head)).decode()


def challenge_bytes(challenge: str) -> bytes:
    """The challenge as an authenticator signs it. Raises NotSignedIn for what is none."""
    try:
        content = urlsafe_b64decode(challenge.encode("ascii"))
    except ValueError as error:
        raise NotSignedIn(OVER, hint="begin again") from error
    if len(challenge) != LENGTH or len(content) != RANDOM + CLOCK + DIGEST:
        raise NotSignedIn(OVER, hint="begin again")
    return content


def check(keyed: Digests, kind: str, bound: str, challenge: str, now: datetime) -> None:
    """Raises NotSignedIn for a challenge that is not ours, of another kind, bound to another, or over."""
    content = challenge_bytes(challenge)
    head, digest = content[: RANDOM + CLOCK], content[RANDOM + CLOCK :]
    if not hmac.compare_digest(digest, _digest(keyed, kind, bound, head)) or now >= _over(content):
        raise NotSignedIn(OVER, hint="begin again")


def take(connection: Connection, challenge: str, now: datetime) -> None:
    """Let nobody use this challenge again. In the transaction of what it served for. Raises NotSignedIn."""
    connection.execute(delete(TAKEN_CHALLENGES).where(TAKEN_CHALLENGES.c.expires <= now))
    over = _over(challenge_bytes(challenge))
    if now >= over:
        raise NotSignedIn(OVER, hint="begin again")
    try:
        connection.execute(insert(TAKEN_CHALLENGES).values(digest=token_digest(challenge), expires=over))
    except IntegrityError as error:
        raise NotSignedIn(OVER, hint="begin again") from error


def _digest(keyed: Digests, kind: str, bound: str, head: bytes) -> bytes:
    return bytes.fromhex(keyed.of("challenge", f"{kind}\0{bound}\0{head.hex()}"))


def _over(content: bytes) -> datetime:
    milliseconds = int.from_bytes(content[RANDOM : RANDOM + CLOCK], "big")
    return datetime.fromtimestamp(milliseconds / 1000, UTC)
