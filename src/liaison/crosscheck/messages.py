"""What two nodes tell each other in a private cross-check: documents that both keep, signed (supply/signing.py). Pure.

    Published   of a set: its key, its size and the hash of every shard             holder, fetched by the asker
    Question    one batch of blinded points: who asks, why, under which case         asker, with the points
    Answer      the same batch under the key, with the proof                         holder, with the points
    Receipt     a session as a whole, once every batch was answered                  both, the same bytes

A body that carries points is `packed`: the document's length in four bytes, the document, the points. Nothing here
says anything of whom is asked about, or of what was found.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from enum import Enum
from hashlib import sha256

from liaison.crosscheck.function.groups import POINT
from liaison.crosscheck.function.tokens import Outline
from liaison.crosscheck.function.voprf import LARGEST_BATCH, PROOF
from liaison.model.errors import BadInput
from liaison.model.grounds import Purpose, offence
from liaison.model.structs import Value

HEX32 = re.compile(r"[0-9a-f]{64}")
NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,79}")
SHORT = 200  # characters
REJECTIONS = frozenset({"damaged-set", "wrong-key", "other-normaliser", "bad-note", "bad-input"})
LONGEST_DOCUMENT = 1 << 20  # bytes
MOST_BATCHES = 4096
BUCKET = (
    256  # points: a leg is filled up to a multiple of it, so that their number tells little of the people
)
OF_ONE = 37  # points of one person with a date of birth, on the average (docs/crosscheck.md), rounded up
COUNTERSIGNED = b"liaison crosscheck authority v1\n"  # what an authority signs begins with it
HINT = "tell the partner whose node sent it"


class Kind(Enum):
    """How a session is meant: once, or as long as it stands."""

    CHECK = "check"
    STANDING = "standing"


class Of(Enum):
    """What a set is made of: records, or actions that are planned (see deconfliction)."""

    RECORDS = "records"
    ACTIONS = "actions"


class Published(Value, frozen=True, kw_only=True):
    """What a holder signs of a set. `public` in hex; `people` padded; `digests` of the shards in hex, in order.

    `version` grows with each change of the set within its epoch; `changes` where they are published.
    """

    holder: str
    epoch: str
    of: Of
    normaliser: str
    public: str
    version: int
    people: int
    width: int
    count: int
    digests: tuple[str, ...]
    begun: dt.datetime
    ends: dt.datetime
    made: dt.datetime
    changes: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        require_names(self, "epoch")
        require_digests("public", (self.public,))
        require_digests("digests", self.digests)
        if self.version < 1 or not self.people >= 0 or not self.begun < self.ends:
            raise BadInput("a set is not described as it can be", field="version", hint=HINT)

    @property
    def outline(self) -> Outline:
        """What its shards are held against."""
        return Outline(self.width, self.count, tuple(bytes.fromhex(each) for each in self.digests))


class Countersignature(Value, frozen=True, kw_only=True):
    """An authority's leave for a session at one holder: `authority` is its vkey, `signature` (hex) over `permitted`."""

    authority: str
    signature: str


class Question(Value, frozen=True, kw_only=True):
    """One batch, and on whose word: the officer, the case, the ground, and who else agreed.

    `digest` of this batch's points; `whole` over those of every batch of the session (`whole_of`), told with each.
    `officer` and `second` are the asking node's names for two persons; `until` the end of a standing cross-check.
    """

    federation: str
    asker: str
    holder: str
    session: str
    kind: Kind
    of: Of
    batch: int
    batches: int
    points: int
    all_points: int
    subjects: int
    digest: str
    whole: str
    epoch: str
    public: str
    normaliser: str
    officer: str
    reference: str
    purpose: Purpose
    basis: str
    made: dt.datetime
    offence: str = ""
    second: str = ""
    until: dt.datetime | None = None
    countersigned: Countersignature | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        require_names(self, "session", "epoch")
        require_digests("digest", (self.digest, self.whole, self.public))
        for field in ("officer", "reference", "basis"):
            if not 0 < len(getattr(self, field)) <= SHORT:
                raise BadInput(f"a question says its {field}", field=field, hint=HINT)
        if self.offence:
            offence(self.offence)
        if not 0 < self.batch <= self.batches <= MOST_BATCHES:
            raise BadInput("a batch has a place among all", field="batch", hint=HINT)
        if not 0 < self.points <= min(LARGEST_BATCH, self.all_points) or self.subjects < 1:
            raise BadInput("a batch has a number of points", field="points", hint=HINT)
        if (self.kind is Kind.STANDING) != (self.until is not None):
            raise BadInput("a standing cross-check, and no other, has an end", field="until", hint=HINT)


class Rejection(Value, frozen=True, kw_only=True):
    """That a holder's set was not taken, and the code of why; epoch "" and version 0 where nothing could be read."""

    of: Of
    epoch: str
    version: int
    code: str

    def __post_init__(self) -> None:
        super().__post_init__()
        known = (NAME.fullmatch(self.epoch) and self.version > 0) or (not self.epoch and self.version == 0)
        if not known or self.code not in REJECTIONS:
            raise BadInput("no such set is given, or not for this reason", field="code", hint=HINT)


class Answer(Value, frozen=True, kw_only=True):
    """One batch under the key: `question` is the digest of the signed question, `proof` in hex.

    `left` are the points that the asker may still have evaluated in this epoch.
    """

    holder: str
    session: str
    batch: int
    epoch: str
    question: str
    evaluated: str
    proof: str
    left: int
    at: dt.datetime

    def __post_init__(self) -> None:
        super().__post_init__()
        require_digests("evaluated", (self.question, self.evaluated))
        if len(self.proof) != 2 * PROOF or not re.fullmatch("[0-9a-f]+", self.proof):
            raise BadInput("a proof has 64 bytes", field="proof", hint=HINT)


class Receipt(Value, frozen=True, kw_only=True):
    """One session as both sides keep it: who asked whom, when, how much, under which case. Both sign the same bytes."""

    federation: str
    asker: str
    holder: str
    session: str
    kind: Kind
    of: Of
    officer: str
    reference: str
    purpose: Purpose
    basis: str
    epoch: str
    public: str
    subjects: int
    points: int
    batches: int
    whole: str
    made: dt.datetime  # the first question
    offence: str = ""
    second: str = ""
    until: dt.datetime | None = None
    countersigned: Countersignature | None = None


def receipt_of(question: Question) -> Receipt:
    """The receipt of a session that the last of its questions tells of."""
    given = {name: getattr(question, name) for name in Receipt.__struct_fields__ if name != "points"}
    return Receipt(points=question.all_points, **given)


def whole_of(digests: Iterable[str]) -> str:
    """SHA-256 over the digests of a session's batches, in hex: what is committed to before the first leaves."""
    return sha256(b"".join(bytes.fromhex(each) for each in digests)).hexdigest()


def permitted(holder: str, session: str, whole: str) -> bytes:
    """What an authority signs: this session of points, at this holder, and no other."""
    return COUNTERSIGNED + "\n".join((holder, session, whole)).encode() + b"\n"


def packed(document: str, points: bytes) -> bytes:
    """A body that carries points."""
    head = document.encode("ascii")
    return len(head).to_bytes(4, "big") + head + points


def unpacked(body: bytes) -> tuple[str, bytes]:
    """The document and the points of a body. Raises BadInput for what is none."""
    size = int.from_bytes(body[:4], "big")
    document, points = body[4 : 4 + size], body[4 + size :]
    if not 0 < size <= LONGEST_DOCUMENT or len(document) != size or not document.isascii():
        raise BadInput("a body does not begin with a document", field="body", hint=HINT)
    if len(points) % POINT:
        raise BadInput("a body does not end with whole points", field="body", hint=HINT)
    return document.decode(), points


def joined(shards: Sequence[bytes]) -> bytes:
    """Shards, one after another, each after its length in four bytes."""
    return b"".join(len(shard).to_bytes(4, "big") + shard for shard in shards)


def parted(body: bytes, count: int) -> list[bytes]:
    """So many shards of a body. Raises BadInput for any other bytes."""
    shards: list[bytes] = []
    place = 0
    while place < len(body) and len(shards) < count:
        size = int.from_bytes(body[place : place + 4], "big")
        shards.append(body[place + 4 : place + 4 + size])
        place += 4 + size
    if place != len(body) or len(shards) != count:
        raise BadInput("that is not the number of shards that was asked for", field="shards", hint=HINT)
    return shards


def require_digests(field: str, digests: Iterable[str]) -> None:
    """Raises BadInput for what are no 32 bytes in hex."""
    if not all(HEX32.fullmatch(each) for each in digests):
        raise BadInput("32 bytes in hex are expected", field=field, hint=HINT)


def require_names(value: Value, *fields: str) -> None:
    """Raises BadInput for names that no node gives."""
    for field in fields:
        if not NAME.fullmatch(getattr(value, field)):
            raise BadInput(f"that is no name of a {field}", field=field, hint=HINT)
