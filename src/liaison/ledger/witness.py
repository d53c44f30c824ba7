"""The witness protocol, C2SP tlog-witness v1.0.0, as a pure function: a request and what was seen before, an answer.

A witness signs a log's head when it continues the one it signed before. It never sees entries: the consistency proof
is enough to notice a log that shows different people different things.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from liaison.ledger.checkpoints import Checkpoint, hash_lines, hash_of, number, parse_checkpoint
from liaison.ledger.keys import Kind, Signer, Verifier
from liaison.ledger.notes import LONGEST, Head, open_checkpoint, split_note
from liaison.ledger.tree import EMPTY_ROOT, LONGEST_PROOF, verify_consistency
from liaison.model.errors import BadNote, BadProof, MalformedNote

MOST = LONGEST + 4096  # bytes of a request
PLAIN = "text/plain; charset=utf-8"
SIZE = "text/x.tlog.size"
OK, BAD, FORBIDDEN, UNKNOWN, CONFLICT, INCONSISTENT = 200, 400, 403, 404, 409, 422
Logs = Mapping[str, Sequence[Verifier]]
"""The keys of each log that is witnessed, by its origin."""


@dataclass(frozen=True, slots=True)
class Request:
    """What a log asks for: a signature on `note`, whose tree continues the one of `old` leaves."""

    old: int
    proof: tuple[bytes, ...]
    note: bytes
    head: Checkpoint


@dataclass(frozen=True, slots=True)
class Seen:
    """The last head of a log that was signed; `note` is shown to whoever asks what this witness has seen."""

    size: int
    root: bytes
    note: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """What is answered. `seen` must be durable before it is sent; a request answered with 422 is kept as evidence."""

    status: int
    body: str
    kind: str = PLAIN
    seen: Seen | None = None


class Refusal(Exception):
    """A request that is not signed, with the answer it gets."""

    def __init__(self, status: int, body: str, kind: str = PLAIN) -> None:
        super().__init__(body)
        self.answer = Answer(status, body, kind)


def parse_request(body: bytes) -> Request:
    """The request of a body; its signature lines are not looked at yet. Raises MalformedNote."""
    if len(body) > MOST:
        raise MalformedNote(f"a request has at most {MOST} bytes")
    top, found, note = body.partition(b"\n\n")
    try:
        first, *proof = top.decode("ascii").split("\n")
    except UnicodeDecodeError as error:
        raise MalformedNote("a proof is written in ASCII") from error
    if not found or not first.startswith("old "):
        raise MalformedNote("a request begins with the old size")
    if len(proof) > LONGEST_PROOF:
        raise MalformedNote(f"a proof has at most {LONGEST_PROOF} hashes")
    hashes = tuple(hash_of(line) for line in proof)
    return Request(number(first[4:]), hashes, note, parse_checkpoint(split_note(note)[0]))


def write_request(old: int, proof: Sequence[bytes], note: bytes) -> bytes:
    """The body that asks for a signature on `note`."""
    return f"old {old}\n{hash_lines(proof)}\n".encode() + note


def answer(
    request: Request, seen: Seen | None, logs: Logs, signers: Sequence[Signer], seconds: int
) -> Answer:
    """The answer to a request, given the last head that was signed for its origin; `seconds` since 1970 is now.

    Whoever calls holds a lock from reading `seen` until the answer's is durable: two requests never cross.
    """
    try:
        head = _known_head(request, logs)
        _require_continuation(request, seen)
    except Refusal as refusal:
        return refusal.answer
    text = request.head.text()
    lines = "".join(signer.line(text, seconds) for signer in signers)
    kept = f"{text}\n{''.join(each.line for each in head.signed)}{lines}".encode()
    return Answer(OK, lines, seen=Seen(request.head.size, request.head.root, kept))


def origin_hash(origin: str) -> str:
    """The name under which a witness shows the last head of a log: /<this>/checkpoint."""
    return sha256(origin.encode()).hexdigest()


def require_cosigners(signers: Sequence[Signer]) -> None:
    """Raises ValueError where a key's signatures have no time: a witness says when it saw a head."""
    if not signers or any(signer.kind == Kind.ED25519 for signer in signers):
        raise ValueError("a witness signs with timestamped keys")


def _known_head(request: Request, logs: Logs) -> Head:
    keys = logs.get(request.head.origin)
    if not keys:
        raise Refusal(UNKNOWN, "unknown log\n")
    try:
        return open_checkpoint(request.note, request.head.origin, keys)
    except BadNote as error:
        raise Refusal(FORBIDDEN, f"invalid signature: {error}\n") from error


def _require_continuation(request: Request, seen: Seen | None) -> None:
    old, head, last = request.old, request.head, seen.size if seen else 0
    if old > head.size:
        raise Refusal(BAD, "the old size is over the new one\n")
    if old != last:
        raise Refusal(CONFLICT, f"{last}\n", SIZE)
    if not head.size and head.root != EMPTY_ROOT:
        raise Refusal(INCONSISTENT, "an empty log has another root\n")
    if not old or seen is None:
        if request.proof:
            raise Refusal(INCONSISTENT, "the consistency proof from nothing is not empty\n")
        return
    try:
        verify_consistency(old, head.size, request.proof, seen.root, head.root)
    except BadProof as error:
        raise Refusal(INCONSISTENT, f"invalid consistency proof: {error}\n") from error
