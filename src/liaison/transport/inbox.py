"""Letters that come: verified, taken once and in order, acted on, recorded and receipted, all in one transaction.

Whoever understands a kind of letter registers for it. What they raise refuses the letter: it is kept, the receipt
says why, nothing of what they did stays, and the next letter goes on (threat A11).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Generic, TypeVar

from sqlalchemy import Connection, bindparam, insert, select
from sqlalchemy.exc import OperationalError

from liaison.ledger.statements import Statement
from liaison.model import canonical
from liaison.model.errors import (
    BadInput,
    BadNote,
    LedgerUnavailable,
    LiaisonError,
    StoreUnavailable,
)
from liaison.model.structs import Value
from liaison.office import Office
from liaison.partners import directory
from liaison.partners.directory import Partner
from liaison.partners.rules import KeyNotValid, Lane
from liaison.storage.prepared import Prepared, say
from liaison.storage.sealing import seal
from liaison.storage.tables.transport import CONFLICTS, INBOX
from liaison.transport import lanes, refusals
from liaison.transport.letters import (
    VERSION,
    Letter,
    Outcome,
    Receipt,
    Signed,
    Type,
    digest_of,
    letter_of,
    open_body,
    parts,
    require_signed,
    sign,
)
from liaison.transport.means import Means
from liaison.transport.outbox import NODE

Body = TypeVar("Body", bound=Value)
WHAT_TAKEN, WHAT_REFUSED, WHAT_CONFLICT = "letter-received", "letter-refused", "letter-conflict"
NEW_CARD = "card"  # the kind of letter with a partner's new keys
TOGETHER = 64  # letters in one transaction: officers' work gets its turn in between
# the node's own trouble: nothing is taken, nothing receipted
NEVER_REFUSED = (LedgerUnavailable, StoreUnavailable, OperationalError)
_KNOWN = Prepared(
    select(INBOX.c.digest, INBOX.c.receipt).where(
        INBOX.c.partner == bindparam("of"), INBOX.c.id == bindparam("letter")
    )
)
_NEW = Prepared(insert(INBOX))


@dataclass(frozen=True, slots=True)
class Incoming(Generic[Body]):
    """A letter whose signature, place and seal hold: from whom, in which thread, and what it says."""

    partner: Partner
    letter: Letter
    digest: str
    body: Body


class Refused(LiaisonError):
    """A letter is not acted on. `code` goes into the receipt: a-z and -, and nothing of what the letter says."""

    status = 409
    title = "The letter is refused"

    def __init__(self, code: str, message: str = "", *, hint: str | None = None) -> None:
        super().__init__(message or code, hint=hint)
        self.code = code


Taker = Callable[[Office, Connection, Means, Incoming[Any]], str]
_TAKERS: dict[str, tuple[type[Value], Taker]] = {}


def handles(kind: str, body: type[Body]) -> Callable[[Taker], Taker]:
    """Register who takes letters of a kind. They give the ledger's word for what was done, and raise to refuse."""

    def register(taker: Taker) -> Taker:
        held = _TAKERS.setdefault(kind, (body, taker))
        if held[1] is not taker:
            raise ValueError(f"two take letters of kind {kind}")
        return taker

    return register


def kinds() -> frozenset[str]:
    """The kinds of letters that are understood."""
    return frozenset(_TAKERS)


@dataclass(frozen=True, slots=True)
class _Read:
    """A letter as far as it can be read without the database. `verified` is the document key that did sign it."""

    text: bytes
    digest: str
    document: Signed | None = None
    letter: Letter | None = None
    body: bytes | None = None
    verified: str = ""


def take_in(office: Office, means: Means, partner: Partner, texts: Sequence[bytes]) -> list[bytes]:
    """Take letters of one partner, in their order; a signed receipt for each, durable before it is given out.

    A letter that came before gets the receipt of then, byte for byte. Raises LinkClosed where the link is not open,
    LedgerUnavailable and StoreUnavailable, after which nothing was taken.
    """
    directory.require_open(partner, office.now())
    read = [_read(means, partner, text) for text in texts]
    arrived, passed, receipts = set[str](), list[str](), list[bytes]()

    def work(connection: Connection, some: Sequence[_Read]) -> tuple[list[bytes], list[str]]:
        current, made, codes = directory.by_id(connection, partner.id), list[bytes](), list[str]()
        directory.require_open(current, office.now())
        for each in some:
            made.append(_take(office, connection, means, current, each, arrived, codes))
            if each.letter is not None and each.letter.kind == NEW_CARD:
                current = directory.by_id(connection, partner.id)  # what follows may be under its keys
        refusals.note(office, connection, current, refusals.counted(codes))
        return made, codes

    for start in range(0, len(read), TOGETHER):
        made, codes = office.write(partial(work, some=read[start : start + TOGETHER]))
        receipts += made
        passed += codes
    for kind in sorted(arrived):
        means.arrived(kind)
    for code, count in sorted(refusals.counted(passed).items()):
        means.refused(partner.origin, code, count)
    return receipts


def _read(means: Means, partner: Partner, text: bytes) -> _Read:
    """What can be read of a letter. Its signature and seal, which cost most, are seen to outside the transaction."""
    digest = digest_of(text)
    try:
        document = parts(Type.LETTER, text)
        letter = letter_of(document)
    except LiaisonError:
        return _Read(text, digest)
    body = None
    for keys in means.own.every:
        if keys.seal_id == letter.seal_key:
            try:
                body = open_body(letter, keys.seal)
            except LiaisonError:
                break
    return _Read(text, digest, document, letter, body, _signer(partner, document))


def _signer(partner: Partner, document: Signed) -> str:
    """The document key of the partner's that signed it, whether it counts there or not; empty where none did."""
    for each in partner.generations:
        if each.card.document_id == document.key:
            try:
                require_signed(document, each.card.document_key)
            except BadNote:
                return ""
            return each.card.document
    return ""


def _take(
    office: Office,
    connection: Connection,
    means: Means,
    partner: Partner,
    read: _Read,
    arrived: set[str],
    passed: list[str],
) -> bytes:
    """The receipt of one letter. Why one counts for nothing is put to `passed`."""

    def passing(code: str, wanted: int, outcome: Outcome = Outcome.REFUSED) -> bytes:
        """The receipt of bytes that count for nothing: they are not kept, and the number stays free."""
        passed.append(code)
        told = "" if outcome is Outcome.GAP else code
        return _receipt(office, means, partner, read, outcome, wanted, code=told)

    letter, document = read.letter, read.document
    if letter is None or document is None:
        return passing("form", 0)
    at = lanes.place(connection, partner.id, letter.lane)
    if (letter.federation, letter.version) != (means.federation, VERSION):
        return passing("federation", at.next_in)
    if (letter.sender, letter.recipient) != (partner.origin, means.origin):
        return passing("names", at.next_in)
    known = _KNOWN.first(connection, {"of": partner.id, "letter": letter.id})
    if known is not None and known.digest == read.digest:
        # the very bytes that were verified then, whatever became of their key (threat A01)
        return bytes(known.receipt)
    try:
        card = partner.signer_of(document.key, letter.lane, letter.number)
        if card.document != read.verified:
            require_signed(document, card.document_key)  # a key that came with a card just before
    except KeyNotValid:
        return passing("key", at.next_in)
    except BadNote:
        return passing("signature", at.next_in)
    if known is not None or letter.number < at.next_in:
        return _conflict(office, connection, means, partner, read, at)
    if letter.number > at.next_in:
        return passing(refusals.GAP, at.next_in, Outcome.GAP)
    return _act(office, connection, means, partner, read, at, arrived)


def _act(
    office: Office,
    connection: Connection,
    means: Means,
    partner: Partner,
    read: _Read,
    at: lanes.Place,
    arrived: set[str],
) -> bytes:
    """Act on the next letter of its lane, or refuse it; either way it is kept and counts."""
    letter, document = read.letter, read.document
    assert letter is not None
    assert document is not None
    code, done = "", ""
    say(connection, "SAVEPOINT letter")
    try:
        done = _done(office, connection, means, partner, read)
        arrived.add(letter.kind)
    except NEVER_REFUSED:
        raise
    except Exception as error:  # whatever a letter sets off stops no other (threat A11)
        say(connection, "ROLLBACK TO SAVEPOINT letter")
        code = _code(error)
    say(connection, "RELEASE SAVEPOINT letter")
    chain = lanes.came(connection, partner.id, letter.lane, at, read.digest)
    entry = _recorded(office, connection, partner, read, WHAT_REFUSED if code else WHAT_TAKEN, code or done)
    outcome = Outcome.REFUSED if code else Outcome.ACCEPTED
    receipt = _receipt(office, means, partner, read, outcome, at.next_in + 1, code=code, entry=entry)
    key_id, key = means.keys(office)[0]
    row = {
        "partner": partner.id,
        "id": letter.id,
        "lane": letter.lane.value,
        "number": letter.number,
        "kind": letter.kind,
        "thread": letter.thread,
        "document_key": document.key,
        "digest": read.digest,
        "key": key_id,
        "sealed": seal(key, read.text, about_in(partner.id, letter.id)),
        "received": office.now(),
        "entry": entry,
        "state": outcome.value,
        "code": code,
        "receipt": receipt,
        "chain": chain,
    }
    _NEW.change(connection, [row])
    return receipt


def _done(office: Office, connection: Connection, means: Means, partner: Partner, read: _Read) -> str:
    """What whoever understands the letter did. Raises what refuses it."""
    letter = read.letter
    assert letter is not None
    if read.body is None:
        raise Refused("seal", "it is not sealed to this node")
    if letter.kind not in _TAKERS:
        raise Refused("kind", "nobody here understands letters of this kind")
    form, taker = _TAKERS[letter.kind]
    body = canonical.decode(read.body, form)
    return taker(office, connection, means, Incoming(partner, letter, read.digest, body))


def _code(error: Exception) -> str:
    """The word for the receipt: nothing of the letter, nothing of this node's workings."""
    if isinstance(error, Refused):
        return error.code
    if isinstance(error, BadInput | BadNote):
        return "content"
    return "state" if isinstance(error, LiaisonError) else "failure"


def _conflict(
    office: Office, connection: Connection, means: Means, partner: Partner, read: _Read, at: lanes.Place
) -> bytes:
    """Another letter came under this id or number before: it stays the one that counts, both are kept (threat A02)."""
    letter = read.letter
    assert letter is not None
    held = connection.execute(
        select(CONFLICTS.c.receipt).where(
            CONFLICTS.c.partner == partner.id, CONFLICTS.c.digest == read.digest
        )
    ).scalar()
    if held is not None:
        return bytes(held)
    same = (INBOX.c.id == letter.id) | (
        (INBOX.c.lane == letter.lane.value) & (INBOX.c.number == letter.number)
    )
    first = connection.execute(select(INBOX.c.digest).where(INBOX.c.partner == partner.id, same)).scalar()
    entry = _recorded(office, connection, partner, read, WHAT_CONFLICT, first or "")
    receipt = _receipt(
        office, means, partner, read, Outcome.CONFLICT, at.next_in, code="other-letter", entry=entry
    )
    key_id, key = means.keys(office)[0]
    connection.execute(
        insert(CONFLICTS).values(
            partner=partner.id,
            digest=read.digest,
            letter=letter.id,
            first=first or "",
            key=key_id,
            sealed=seal(key, read.text, about_in(partner.id, letter.id)),
            receipt=receipt,
            at=office.now(),
        )
    )
    return receipt


def _recorded(
    office: Office, connection: Connection, partner: Partner, read: _Read, what: str, outcome: str
) -> int:
    letter = read.letter
    assert letter is not None
    return office.log.append(
        connection,
        Statement(
            what=what,
            who=NODE,
            when=office.now(),
            objects=(letter.id, partner.id, letter.thread),
            digest=read.digest,
            outcome=outcome,
            detail={"kind": letter.kind, "lane": letter.lane.value, "number": str(letter.number)},
        ),
    ).index


def _receipt(
    office: Office,
    means: Means,
    partner: Partner,
    read: _Read,
    outcome: Outcome,
    wanted: int,
    *,
    code: str = "",
    entry: int = -1,
) -> bytes:
    receipt = Receipt(
        federation=means.federation,
        letter=read.letter.id if read.letter else "",
        digest=read.digest,
        sender=partner.origin,
        recipient=means.origin,
        outcome=outcome,
        code=code,
        received=office.now(),
        entry=entry,
        wanted=wanted,
    )
    return sign(Type.RECEIPT, receipt, means.own.document)


def about_in(partner_id: str, letter: str) -> str:
    """What a letter that came is sealed for at rest."""
    return f"letters_in:{partner_id}:{letter}"


__all__ = ["Incoming", "Lane", "Refused", "handles", "kinds", "take_in"]
