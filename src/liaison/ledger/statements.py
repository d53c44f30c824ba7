"""What an entry of the ledger states, and the leaf that commits to it without telling it."""

from __future__ import annotations

import re
from datetime import datetime
from hashlib import sha256

import msgspec

from liaison.model.canonical import decode, encode
from liaison.model.categories import OfficerId
from liaison.model.errors import BadInput
from liaison.model.structs import Value

SALT = 32  # bytes
MARK = b"liaison/1:"  # the first bytes of every leaf: the form of what follows
LEAF = len(MARK) + 32  # bytes
LONGEST = 32_768  # bytes of a statement in canonical form
VERB = re.compile(r"[a-z][a-z-]{0,63}")
DIGEST = re.compile(r"(?:[0-9a-f]{64})?")
HINT = "a statement holds ids, digests and counts; texts and people stand in the records it names"


class Statement(Value, frozen=True, kw_only=True):
    """One thing that was done. It names records by their ids and questions by their digests, never people looked for.

    `what` is a verb of the part that states it (a-z and -); `digest` the SHA-256 of the question in hex, or empty;
    `outcome` a word or counts. Raises BadInput.
    """

    what: str
    who: OfficerId
    when: datetime
    case: str = ""
    purpose: str = ""
    grounds: str = ""
    objects: tuple[str, ...] = ()
    digest: str = ""
    outcome: str = ""
    detail: dict[str, str] = msgspec.field(default_factory=dict)

    def __post_init__(self) -> None:
        super().__post_init__()
        if not VERB.fullmatch(self.what):
            raise BadInput(f"{self.what!r} is not a verb of the ledger", field="what", hint="write a-z and -")
        if not self.who:
            raise BadInput("a statement says who did it", field="who")
        if self.when.tzinfo is None:
            raise BadInput("a statement's time has a zone", field="when", hint="give a time in UTC")
        if not DIGEST.fullmatch(self.digest):
            raise BadInput(
                "a digest is a SHA-256 in hex", field="digest", hint="write 64 signs of 0-9 and a-f"
            )


def canonical(statement: Statement) -> bytes:
    """The bytes that a leaf commits to. Raises BadInput for a statement over LONGEST bytes."""
    written = encode(statement)
    if len(written) > LONGEST:
        raise BadInput(f"a statement of {len(written)} bytes is over {LONGEST}", hint=HINT)
    return written


def read(written: bytes) -> Statement:
    """The statement of these canonical bytes. Raises BadInput."""
    return decode(written, Statement)


def leaf(salt: bytes, written: bytes) -> bytes:
    """The leaf of a statement in canonical form: MARK, then SHA-256 of the salt and the bytes.

    The salt is random and SALT bytes long: without it nobody can try out what a leaf may say.
    """
    if len(salt) != SALT:
        raise ValueError(f"a salt has {SALT} bytes")
    return MARK + sha256(salt + written).digest()
