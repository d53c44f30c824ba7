"""Asking witnesses to sign our head, and being one for others: the protocol of `witness` with a memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from hashlib import sha256
from pathlib import Path

from sqlalchemy import Connection, delete, insert, select

from liaison.ledger import witness
from liaison.ledger.checkpoints import number
from liaison.ledger.disk import Disk, alone, put
from liaison.ledger.heads import last_head, record_witnessed
from liaison.ledger.keys import Kind, Signer, Verifier
from liaison.ledger.notes import Head, Signed, open_checkpoint, parse_lines, verify_lines
from liaison.ledger.published import Published
from liaison.ledger.tiles import CHECKPOINT
from liaison.ledger.witness import Answer, Logs, Request, Seen
from liaison.model.errors import BadNote, LedgerDamaged, MalformedNote, NotFound
from liaison.storage import Store
from liaison.storage.tables.ledger import ALARMS, WITNESS_STATES

MOST_ANSWER = 64 * 1024  # bytes


class Witness:
    """A witness that remembers in the node's database what it signed. Raises ValueError for keys without a time."""

    def __init__(self, store: Store, logs: Logs, signers: Sequence[Signer]) -> None:
        witness.require_cosigners(signers)
        self._store, self._logs, self._signers = store, logs, signers

    def add_checkpoint(self, body: bytes, now: datetime) -> Answer:
        """The answer to POST /add-checkpoint; what it signs is durable before. Raises StoreUnavailable."""
        try:
            request = witness.parse_request(body)
        except MalformedNote as error:
            return Answer(witness.BAD, f"{error}\n")

        def work(connection: Connection) -> Answer:
            origin = request.head.origin
            seen = _seen(connection, origin, lock=True)
            found = witness.answer(request, seen, self._logs, self._signers, int(now.timestamp()))
            if found.seen is not None:
                _remember(connection, origin, found.seen, now)
            if found.status == witness.INCONSISTENT and not _same(request, seen):
                _keep_evidence(connection, request, body, now)
            return found

        return self._store.write(work)

    def checkpoint(self, origin_hash: str) -> bytes:
        """What GET /<origin hash>/checkpoint answers: the last head signed for that log. Raises NotFound."""
        for origin in self._logs:
            if witness.origin_hash(origin) == origin_hash:
                seen = self._store.read(partial(_seen, origin=origin))
                if seen is not None:
                    return seen.note
        raise NotFound


@dataclass(frozen=True, slots=True)
class Cosigned:
    """A witness signed our head: with these lines."""

    signed: tuple[Signed, ...]


@dataclass(frozen=True, slots=True)
class Behind:
    """A witness last signed a head of another size than we thought: ask again from there."""

    size: int


def ask(published: Published, old: int) -> bytes:
    """The body of POST /add-checkpoint, to a witness that last signed our head over `old` entries. Raises BadProof."""
    return witness.write_request(old, published.consistency(old), published.head.note)


def read_answer(
    status: int, kind: str, body: bytes, head: Head, witnesses: Sequence[Verifier]
) -> Cosigned | Behind:
    """What a witness answered. Raises LedgerDamaged where it has seen another history of this log (422).

    Raises BadNote for an answer of any other kind, or one that none of the witness's keys signed.
    """
    if len(body) > MOST_ANSWER:
        raise MalformedNote(f"a witness answers with at most {MOST_ANSWER} bytes")
    if status == witness.INCONSISTENT:
        raise LedgerDamaged(
            f"a witness has seen another history of {head.checkpoint.origin}",
            place=CHECKPOINT,
            hint="stop publishing; keep the request: two nodes may run with one key, or the log was changed",
        )
    try:
        written = body.decode()
    except UnicodeDecodeError as error:
        raise MalformedNote("a witness answers in UTF-8") from error
    if status == witness.CONFLICT and kind.partition(";")[0].strip() == witness.SIZE:
        return Behind(number(written.removesuffix("\n")))
    if status != witness.OK:
        raise BadNote(f"the witness refused with {status}")
    signed = verify_lines(head.checkpoint.text(), parse_lines(written), witnesses)
    timed = tuple(each for each in signed if each.verifier.kind != Kind.ED25519 and each.seconds)
    if not timed:
        raise BadNote("the witness signed with none of its known keys")
    return Cosigned(timed)


def remember(store: Store, name: str, head: Head, found: Cosigned | Behind, now: datetime) -> None:
    """Keep what a witness says it has seen, so that no smaller head is ever signed."""
    size = found.size if isinstance(found, Behind) else head.checkpoint.size
    line = b"" if isinstance(found, Behind) else "".join(each.line for each in found.signed).encode()
    store.write(lambda connection: record_witnessed(connection, name, size, line, now))


def show(
    store: Store, folder: Path, keys: Sequence[Verifier], found: Sequence[Signed], disk: Disk | None = None
) -> Head:
    """The last head with the signatures of witnesses under it, shown in `folder`; those of older heads are left out.

    Raises NotFound for a log without a head, LedgerDamaged, LedgerUnavailable, OSError.
    """
    with alone(folder):
        head = store.read(lambda connection: last_head(connection, keys))
        if head is None:
            raise NotFound
        lines = [each.line for each in found if _fits(head, each)]
        note = head.note + "".join(dict.fromkeys(lines)).encode()
        put(disk or Disk(), folder / CHECKPOINT, note)
        return open_checkpoint(note, head.checkpoint.origin, keys, [each.verifier for each in found])


def _fits(head: Head, signed: Signed) -> bool:
    try:
        return bool(verify_lines(head.checkpoint.text(), parse_lines(signed.line), [signed.verifier]))
    except BadNote:
        return False


def _seen(connection: Connection, origin: str, *, lock: bool = False) -> Seen | None:
    query = select(WITNESS_STATES).where(WITNESS_STATES.c.origin == origin)
    row = connection.execute(query.with_for_update() if lock else query).first()
    return Seen(row.size, bytes(row.root), bytes(row.note)) if row else None


def _remember(connection: Connection, origin: str, seen: Seen, now: datetime) -> None:
    connection.execute(delete(WITNESS_STATES).where(WITNESS_STATES.c.origin == origin))
    row = {"origin": origin, "size": seen.size, "root": seen.root, "note": seen.note, "at": now}
    connection.execute(insert(WITNESS_STATES), row)


def _same(request: Request, seen: Seen | None) -> bool:
    """Whether this is the head that was signed already: then only the proof is bad, and anybody may write one."""
    return seen is not None and (request.head.size, request.head.root) == (seen.size, seen.root)


def _keep_evidence(connection: Connection, request: Request, body: bytes, now: datetime) -> None:
    """Keep the request once for each head: heads are signed by the log, and proofs by nobody."""
    origin, digest = request.head.origin, sha256(request.head.text().encode()).hexdigest()
    if not connection.execute(select(ALARMS.c.digest).where(ALARMS.c.digest == digest)).first():
        row = {"digest": digest, "origin": origin, "request": body, "at": now}
        connection.execute(insert(ALARMS), row)
