"""The holder's answers to its partners: points under its key, and receipts; its sets and their changes are in giving.

A batch is looked at, evaluated, and looked at again in the transaction that counts it, before its answer leaves; so two
batches at once take no more than the quota together. Whatever is refused is an entry of the ledger, and reveals
nothing but the code of its error.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import msgspec
from sqlalchemy import BindParameter, Connection, Row, bindparam, insert, select, update

from liaison.crosscheck.function.voprf import Evaluated
from liaison.crosscheck.holder import quotas
from liaison.crosscheck.holder.epochs import Epoch
from liaison.crosscheck.holder.making import process_of
from liaison.crosscheck.holder.questions import (
    OutOfOrder,
    people_at_least,
    require_addressed,
    require_agreed,
    require_countersigned,
    require_epoch,
    require_fresh,
)
from liaison.crosscheck.messages import (
    Answer,
    Of,
    Question,
    Receipt,
    packed,
    receipt_of,
    unpacked,
    whole_of,
)
from liaison.crosscheck.recording import ITSELF, record
from liaison.model.errors import (
    BadInput,
    BadNote,
    LedgerUnavailable,
    LiaisonError,
    NotFound,
    Replayed,
    StoreUnavailable,
)
from liaison.office import Office
from liaison.partners import directory
from liaison.partners.directory import Partner
from liaison.storage.prepared import Prepared
from liaison.storage.tables.crosscheck import ANSWERED, SERVED
from liaison.supply import signing
from liaison.supply.signing import Type
from liaison.transport.calls import answers, code_of
from liaison.transport.means import Means
from liaison.transport.messages import Message

WHAT_ANSWERED, WHAT_REFUSED, WHAT_RECEIPT = (
    "crosscheck-answered",
    "crosscheck-refused",
    "crosscheck-receipt-given",
)
_ASKER: BindParameter[str] = bindparam("asker")
_SESSION = Prepared(select(SERVED).where(SERVED.c.partner == _ASKER, SERVED.c.session == bindparam("name")))
_MINE = ANSWERED.c.partner == _ASKER, ANSWERED.c.session == bindparam("name")
_BATCH = Prepared(select(ANSWERED).where(*_MINE, ANSWERED.c.batch == bindparam("number")))
_DIGESTS = Prepared(select(ANSWERED.c.digest).where(*_MINE).order_by(ANSWERED.c.batch))
_SAME = Prepared(
    select(ANSWERED.c.batch).where(ANSWERED.c.partner == _ASKER, ANSWERED.c.digest == bindparam("points"))
)
OVER = (LedgerUnavailable, StoreUnavailable)  # after which nothing can be recorded


@dataclass(frozen=True, slots=True)
class Asked:
    """One batch as it came: its question, as it was signed too, and its points."""

    question: Question
    document: str
    points: bytes


@dataclass(frozen=True, slots=True)
class Standing:
    """How a batch stands when it is looked at: the epoch, what is left, its session so far, and its answer where it
    has one."""

    epoch: Epoch
    meter: quotas.Meter
    session: Row[Any] | None
    answered: Row[Any] | None


@answers("POST", "/crosscheck/evaluate")
def evaluate_call(office: Office, means: Means, partner: Partner, message: Message) -> bytes:
    """The answer to a batch. Raises LiaisonError."""
    return evaluate(office, means, partner, message.body)


@answers("POST", "/crosscheck/receipt")
def receipt_call(office: Office, means: Means, partner: Partner, message: Message) -> bytes:
    """The receipt of a session, signed here. Raises LiaisonError."""
    return receipt(office, means, partner, message.body)


def evaluate(office: Office, means: Means, partner: Partner, body: bytes) -> bytes:
    """A batch under the key of its epoch, with the signed answer.

    A batch that is asked again by the very same document is evaluated again under its first answer, and not counted.
    Raises BadInput, BadNote, LinkClosed, NotLawful, OtherNormaliser, WrongEpoch, WrongKey, Replayed, OutOfOrder,
    OverQuota, BadPoint, KeyProcessLost.
    """
    with refusing(office, partner) as told:
        document, points = unpacked(body)
        question = signing.opened(Type.QUESTION, document, Question, signing.keys_of(partner.cards))
        told |= {"session": question.session, "batch": f"{question.batch}/{question.batches}"}
        require_addressed(means, partner, question, points)
        asked = Asked(question, document, points)
        standing = office.read(lambda connection: _looked_at(office, connection, partner, asked))
        evaluated = process_of(office, means, standing.epoch).evaluate(points)
        answer = office.write(
            lambda connection: _answered(office, means, connection, partner, asked, evaluated)
        )
        return packed(answer, evaluated.points)


@contextmanager
def refusing(office: Office, partner: Partner) -> Iterator[dict[str, str]]:
    """Writes an entry of the ledger for what is refused within; what it is about is told by the caller."""
    told: dict[str, str] = {}
    try:
        yield told
    except OVER:
        raise
    except LiaisonError as error:
        detail = {"partner": partner.origin, "code": code_of(error), **told}
        office.write(lambda connection: record(office, connection, WHAT_REFUSED, ITSELF, detail=detail))
        raise


def _looked_at(office: Office, connection: Connection, partner: Partner, asked: Asked) -> Standing:
    """Everything that is asked of a batch before it is answered. Raises as `evaluate`."""
    question, now = asked.question, office.now()
    known = directory.by_id(connection, partner.id)
    if signing.signer(Type.QUESTION, asked.document) not in signing.keys_of(known.cards):
        raise BadNote("the key that signed the question is no longer good")
    terms = require_agreed(known, question, now)
    epoch = require_epoch(connection, known, question, now)
    meter = quotas.metered(connection, known.origin, question.of, terms, now)
    session = _session(connection, known.origin, question.session)
    people = people_at_least(question)
    if session is None and question.of is Of.RECORDS:  # an action is one, and its list is no list of people
        people = quotas.people(connection, known.origin, question, people, terms, now)
    require_countersigned(terms, question, people)
    before = _batch(connection, known.origin, question.session, question.batch)
    if before is not None and before.question == asked.document:
        return Standing(epoch, meter, session, before)
    require_fresh(question, now)
    _require_new(connection, known.origin, question, before)
    _require_next(connection, question, session)
    wanted = question.points if session is not None else question.all_points
    quotas.require_left(meter, terms, question.reference, wanted, now)
    return Standing(epoch, meter, session, None)


def _require_new(connection: Connection, partner: str, question: Question, before: Row[Any] | None) -> None:
    same = {"asker": partner, "points": question.digest}
    if before is not None or _SAME.first(connection, same) is not None:
        raise Replayed("this batch was answered before")


def _require_next(connection: Connection, question: Question, session: Row[Any] | None) -> None:
    """The batch follows those before it, under the very same words, and the last of them completes what was told."""
    if question.batch != (session.answered if session is not None else 0) + 1:
        raise OutOfOrder("batches are answered one after another")
    points, digests = question.points, [question.digest]
    if session is not None:
        points += session.points
        digests = [*_digests(connection, session), question.digest]
        told = msgspec.structs.replace(receipt_of(question), made=session.first)
        if told != _receipt(connection, session):
            raise OutOfOrder("the question does not say what the first of its session said")
    over = points > question.all_points or (
        question.batch < question.batches and points == question.all_points
    )
    if over or (question.batch == question.batches and points != question.all_points):
        raise OutOfOrder("the batches have not as many points as were told")
    if question.batch == question.batches and whole_of(digests) != question.whole:
        raise OutOfOrder("the batches are not those that were told of with the first")


def _answered(
    office: Office, means: Means, connection: Connection, partner: Partner, asked: Asked, evaluated: Evaluated
) -> str:
    """Count a batch and sign its answer, in one transaction. Raises as `evaluate`."""
    standing = _looked_at(office, connection, partner, asked)
    digest = sha256(evaluated.points).hexdigest()
    if standing.answered is not None:
        return _answered_before(standing.answered, digest, means)
    question, now = asked.question, office.now()
    entry = _told(office, connection, partner, asked)
    answer = Answer(
        holder=means.origin,
        session=question.session,
        batch=question.batch,
        epoch=question.epoch,
        question=sha256(asked.document.encode()).hexdigest(),
        evaluated=digest,
        proof=evaluated.proof.hex(),
        left=standing.meter.left - question.points,
        at=now,
    )
    text = signing.signed(Type.ANSWER, answer, means.own.document)
    _keep_session(connection, partner.origin, question, standing.session, answer)
    row = {"partner": partner.origin, "session": question.session, "batch": question.batch}
    row |= {"epoch": question.epoch, "digest": question.digest, "points": question.points}
    row |= {"question": asked.document, "answer": text, "at": now, "entry": entry}
    connection.execute(insert(ANSWERED).values(row))
    return text


def _answered_before(row: Row[Any], digest: str, means: Means) -> str:
    """The answer that a batch had, where it is still the answer to it."""
    keys = {means.own.document_id: means.own.document.public_key()}
    keys |= {each.document_id: each.document.public_key() for each in means.own.former}
    if signing.opened(Type.ANSWER, row.answer, Answer, keys).evaluated != digest:
        raise Replayed("this batch was answered before, and otherwise")
    return str(row.answer)


def _told(office: Office, connection: Connection, partner: Partner, asked: Asked) -> int:
    question, digest = asked.question, sha256(asked.document.encode()).hexdigest()
    told = {"partner": partner.origin, "session": question.session, "points": str(question.points)}
    told |= {"batch": f"{question.batch}/{question.batches}", "kind": question.kind.value}
    objects = (question.epoch,)
    return record(office, connection, WHAT_ANSWERED, ITSELF, digest=digest, objects=objects, detail=told)


def _keep_session(
    connection: Connection, partner: str, question: Question, session: Row[Any] | None, answer: Answer
) -> None:
    if session is not None:
        values = {"points": session.points + question.points, "answered": question.batch, "last": answer.at}
        connection.execute(update(SERVED).where(_here(partner, question.session)).values(**values))
        return
    names = ("session", "officer", "second", "reference", "offence", "basis", "until", "epoch", "whole")
    row = {name: getattr(question, name) for name in (*names, "points", "batches")}
    row |= {"partner": partner, "kind": question.kind.value, "of": question.of.value}
    row |= {"purpose": question.purpose.value, "answered": 1, "first": question.made, "last": answer.at}
    row["people"] = 0 if question.countersigned else people_at_least(question)
    connection.execute(insert(SERVED).values(row))


def receipt(office: Office, means: Means, partner: Partner, body: bytes) -> bytes:
    """The receipt of a session that was answered whole, signed here as the partner signed it; both are kept.

    Raises BadInput, BadNote, NotFound, OutOfOrder.
    """
    with refusing(office, partner) as told:
        theirs = body.decode("ascii", "replace")
        given = signing.opened(Type.RECEIPT, theirs, Receipt, signing.keys_of(partner.cards))
        told["session"] = given.session
        ours = signing.signed(Type.RECEIPT, given, means.own.document)
        return office.write(
            lambda connection: _receipted(office, connection, partner, given, (theirs, ours))
        ).encode()


def _receipted(
    office: Office, connection: Connection, partner: Partner, given: Receipt, texts: tuple[str, str]
) -> str:
    theirs, ours = texts
    session = _session(connection, partner.origin, given.session)
    if session is None:
        raise NotFound
    if session.answered != session.batches:
        raise OutOfOrder("the session was not answered whole")
    if _receipt(connection, session) != given:
        raise BadInput("the receipt does not say what was asked", field="receipt")
    if session.ours is not None:
        return str(session.ours)
    told = {"partner": partner.origin, "session": given.session}
    digest = sha256(theirs.encode()).hexdigest()
    record(office, connection, WHAT_RECEIPT, ITSELF, digest=digest, objects=(session.epoch,), detail=told)
    here = _here(partner.origin, given.session)
    connection.execute(update(SERVED).where(here).values(theirs=theirs, ours=ours))
    return ours


def _receipt(connection: Connection, session: Row[Any]) -> Receipt:
    """What both sides sign of a session: what the first of its questions said."""
    first = _batch(connection, session.partner, session.session, 1)
    if first is None:
        raise NotFound
    return receipt_of(signing.told(first.question, Question))


def _session(connection: Connection, partner: str, session: str) -> Row[Any] | None:
    return _SESSION.first(connection, {"asker": partner, "name": session})


def _here(partner: str, session: str) -> Any:
    return (SERVED.c.partner == partner) & (SERVED.c.session == session)


def _batch(connection: Connection, partner: str, session: str, number: int) -> Row[Any] | None:
    return _BATCH.first(connection, {"asker": partner, "name": session, "number": number})


def _digests(connection: Connection, session: Row[Any]) -> list[str]:
    here = {"asker": session.partner, "name": session.session}
    return [row.digest for row in _DIGESTS.all(connection, here)]


__all__ = ["evaluate", "receipt", "refusing"]
