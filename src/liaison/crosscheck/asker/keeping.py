"""How legs stand in the database: questions before they are sent, answers once they are checked, overlaps, the end."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from sqlalchemy import BindParameter, Connection, Row, bindparam, func, insert, select, update

from liaison.crosscheck.asker import receipts
from liaison.crosscheck.asker.access import by_id, move
from liaison.crosscheck.asker.asked import batch_about, secrets_of
from liaison.crosscheck.asker.blinding import Ready
from liaison.crosscheck.asker.looking import Hit
from liaison.crosscheck.asker.states import LegState, SessionState, SessionStep, after
from liaison.crosscheck.function.eliasfano import Numbers
from liaison.crosscheck.likeness.matchkeys import VERSION
from liaison.crosscheck.messages import Countersignature, Kind, Of, Published, Question
from liaison.crosscheck.recording import ITSELF, record
from liaison.model.categories import OfficerId
from liaison.model.errors import BadInput, LiaisonError, NotFound, WrongEpoch
from liaison.model.grounds import Purpose
from liaison.office import Office
from liaison.officers import notices
from liaison.storage.prepared import Prepared
from liaison.storage.sealing import seal, unseal
from liaison.storage.tables.crosscheck import BATCHES, HITS, LEGS, SESSIONS
from liaison.storage.tables.officers import APPROVALS
from liaison.supply import signing
from liaison.supply.signing import Type
from liaison.transport.means import Means

DONE, STOPPED = "crosscheck-done", "crosscheck-stopped"
SOON = dt.timedelta(minutes=4)  # a question is sent within this time of its signature; holders take five
_OF: BindParameter[str] = bindparam("of")
_LEG, _SESSION = (Prepared(select(table).where(table.c.id == _OF)) for table in (LEGS, SESSIONS))
_DECIDED = Prepared(select(APPROVALS.c.decided_by).where(APPROVALS.c.id == _OF))
_STATES = Prepared(
    select(SESSIONS.c.state, LEGS.c.state.label("leg"))
    .join(LEGS, LEGS.c.session == SESSIONS.c.id)
    .where(LEGS.c.id == _OF)
)
_BATCH = Prepared(select(BATCHES).where(BATCHES.c.leg == _OF, BATCHES.c.number == bindparam("place")))
HEAD = ">u8"  # the first eight bytes of an output


class Over(LiaisonError):
    """The session was cancelled or ended while it was worked on; nobody is told."""


@dataclass(frozen=True, slots=True)
class Job:
    """One leg and its session. `second`: who agreed to it besides the officer; empty where nobody had to."""

    leg: Row[Any]
    session: Row[Any]
    second: str


@dataclass(frozen=True, slots=True)
class Checked:
    """The answer to a batch, whose proof holds, and its outputs' heads."""

    answer: str
    heads: Numbers = field(repr=False)


def read_job(connection: Connection, leg: str) -> Job:
    """One leg, for work that the node does by itself. Raises NotFound."""
    row = _LEG.first(connection, {"of": leg})
    session = None if row is None else _SESSION.first(connection, {"of": row.session})
    if row is None or session is None:
        raise NotFound
    approval = _DECIDED.first(connection, {"of": session.approval_id}) if session.approval_id else None
    return Job(row, session, str(approval.decided_by or "") if approval is not None else "")


def batch(connection: Connection, job: Job, number: int) -> Row[Any]:
    """One batch of a leg that is still to be asked. Raises Over."""
    held = _STATES.first(connection, {"of": job.leg.id})
    row: Row[Any] | None = _BATCH.first(connection, {"of": job.leg.id, "place": number})
    if held is None or row is None:
        raise NotFound
    if SessionState(held.state) is not SessionState.RUNNING or LegState(held.leg) is not LegState.RUNNING:
        raise Over("the cross-check was stopped")
    return row


def aim(
    office: Office, means: Means, job: Job, told: Published, ready: Ready, *, unasked: bool = False
) -> Job:
    """Let a leg be asked under the key of this set: its questions are signed and written before the first goes.

    Questions that grew old while the leg waited are signed anew where it is known that none was asked.

    Raises WrongEpoch for one that was answered in part under another key; BadInput where the batches are not those that
    were committed to.
    """
    if job.leg.answered and job.leg.epoch != told.epoch:
        raise WrongEpoch("the partner's key changed in the middle of the session")
    if ready.whole != job.leg.whole:
        raise BadInput("the batches are not those that were committed to", field="digest")
    old = unasked and job.leg.begun is not None and office.now() - job.leg.begun > SOON
    if _is_aimed(job.leg, told) and not old:
        return job

    def work(connection: Connection) -> None:
        aim_within(office, connection, means, job, told, anew=old)

    office.write(work)
    return office.read(lambda connection: read_job(connection, job.leg.id))


def aim_within(
    office: Office, connection: Connection, means: Means, job: Job, told: Published, *, anew: bool = False
) -> None:
    """The same in the caller's transaction, of batches that were committed to. Raises Over."""
    now = office.now()
    anew = anew or job.leg.epoch != told.epoch
    values = {"epoch": told.epoch, "version": told.version, "state": LegState.RUNNING.value, "code": ""}
    values |= {"next": None, "begun": job.leg.begun or now}
    here = LEGS.c.id == job.leg.id
    running = here & LEGS.c.state.in_([LegState.WAITING.value, LegState.RUNNING.value])
    if connection.execute(update(LEGS).where(running).values(**values)).rowcount != 1:
        raise Over("the cross-check was stopped")
    mine = (BATCHES.c.leg == job.leg.id) & (BATCHES.c.answer == "")
    for row in connection.execute(select(BATCHES).where(mine)).all():
        if anew or not row.question:
            question = _signed(means, job, row, told.epoch, told.public, now)
            _write_question(connection, job.leg.id, row.number, question)


def _is_aimed(leg: Row[Any], told: Published) -> bool:
    """Whether this was done for the very set, and nothing came between: a leg runs once its questions are written."""
    same = (leg.epoch, leg.version) == (told.epoch, told.version)
    return same and LegState(leg.state) is LegState.RUNNING and not leg.code and leg.next is None


def sign_again(office: Office, means: Means, job: Job, number: int) -> str:
    """The question of a batch, signed anew since the one before is too old; written before it goes."""

    def work(connection: Connection) -> str:
        row = batch(connection, job, number)
        before = signing.told(row.question, Question)
        question = _signed(means, job, row, before.epoch, before.public, office.now())
        _write_question(connection, job.leg.id, number, question)
        return question

    return office.write(work)


def kept(office: Office, job: Job) -> dict[int, Checked]:
    """The batches that were answered before, by their numbers."""
    here = (BATCHES.c.leg == job.leg.id) & BATCHES.c.sealed.is_not(None)
    rows = office.read(lambda connection: connection.execute(select(BATCHES).where(here)).all())
    if not rows:
        return {}
    key = secrets_of(office, job.session).key
    return {row.number: Checked(row.answer, heads_of(key, row.leg, row.number, row.sealed)) for row in rows}


def heads_of(key: bytes, leg: str, number: int, sealed: bytes) -> Numbers:
    """The outputs' heads of a batch: uint64[n]."""
    return np.frombuffer(unseal(key, sealed, batch_about(leg, number)), HEAD).astype(np.uint64)


def answered(office: Office, job: Job, number: int, given: Checked) -> None:
    """Keep one answer, and its outputs sealed until the leg is done; not those where it was stopped meanwhile."""
    key = secrets_of(office, job.session).key

    def work(connection: Connection) -> None:
        _write_answer(connection, job, number, given, key, office.now())
        try:
            batch(connection, job, number)
        except Over:
            here = (BATCHES.c.leg == job.leg.id) & (BATCHES.c.number == number)
            connection.execute(update(BATCHES).where(here).values(sealed=None))

    office.write(work)


def finish(
    office: Office, means: Means, job: Job, told: Published, last: Checked, found: Sequence[Hit]
) -> None:
    """A leg is answered and looked up: last answer, overlaps and receipt in one transaction. Raises Over."""
    stands, now = Kind(job.session.kind) is Kind.STANDING, office.now()
    key = secrets_of(office, job.session).key if stands else None  # what is looked up once is sealed no more

    def work(connection: Connection) -> None:
        row = batch(connection, job, job.leg.batches)
        if not row.answer:
            _write_answer(connection, job, row.number, last, key, now)
        keep_hits(connection, job.session.id, job.leg.partner, found, now)
        if not stands:
            connection.execute(update(BATCHES).where(BATCHES.c.leg == job.leg.id).values(sealed=None))
        detail = {"partner": job.leg.partner, "points": str(job.leg.points)}
        objects = (job.session.id, job.leg.id)
        record(
            office,
            connection,
            DONE,
            ITSELF,
            digest=job.leg.whole,
            case=job.session.case_id,
            objects=objects,
            outcome=str(len(found)),
            detail=detail,
        )
        values = {"state": LegState.DONE.value, "version": told.version, "ended": now}
        ours = receipts.signed(connection, means, job.leg.id)
        connection.execute(
            update(LEGS).where(LEGS.c.id == job.leg.id).values(**values, ours=ours, code="", tries=0)
        )
        _told_where_whole(connection, job, now)

    office.write(work)


def keep_hits(
    connection: Connection, session: str, partner: str, found: Sequence[Hit], now: dt.datetime
) -> list[int]:
    """Write overlaps; the subjects whose overlap is new. One that was there is kept as the stronger of the two."""
    here = (HITS.c.session == session) & (HITS.c.partner == partner)
    before = {
        row.number: row.bits for row in connection.execute(select(HITS.c.number, HITS.c.bits).where(here))
    }
    new = []
    for hit in found:
        values = {
            "strength": hit.strength.value,
            "bits": hit.bits,
            "chance": hit.chance,
            "agreed": "\n".join(hit.agreed),
        }
        if hit.number not in before:
            row = {
                "session": session,
                "partner": partner,
                "number": hit.number,
                "found": now,
                "request_id": "",
            }
            connection.execute(insert(HITS).values(row | values))
            new.append(hit.number)
        elif hit.bits > before[hit.number]:
            connection.execute(update(HITS).where(here, HITS.c.number == hit.number).values(**values))
    return new


def stop(office: Office, job: Job, code: str) -> None:
    """A leg is over without an answer: the partner refused, or what came could not be accepted. The officer is told."""
    now = office.now()

    def work(connection: Connection) -> None:
        here = LEGS.c.id == job.leg.id
        open_ = here & LEGS.c.state.in_([LegState.WAITING.value, LegState.RUNNING.value])
        values = {"state": LegState.REFUSED.value, "code": code[:80], "ended": now, "next": None}
        if connection.execute(update(LEGS).where(open_).values(**values)).rowcount != 1:
            return
        connection.execute(update(BATCHES).where(BATCHES.c.leg == job.leg.id).values(sealed=None))
        objects, detail = (job.session.id, job.leg.id), {"partner": job.leg.partner}
        record(
            office,
            connection,
            STOPPED,
            ITSELF,
            objects=objects,
            case=job.session.case_id,
            outcome=code[:80],
            detail=detail,
        )
        notices.add(connection, OfficerId(job.session.person), STOPPED, job.session.id, now)
        _told_where_whole(connection, job, now)

    office.write(work)


def postpone(office: Office, job: Job, code: str, wait: dt.timedelta) -> None:
    """Try again later."""
    values = {"code": code[:80], "tries": LEGS.c.tries + 1, "next": office.now() + wait}
    here = LEGS.c.id == job.leg.id
    office.write(lambda connection: connection.execute(update(LEGS).where(here).values(**values)))


def _told_where_whole(connection: Connection, job: Job, now: dt.datetime) -> None:
    """Once the last leg of a session is over, the officer is told; a standing one goes on."""
    open_ = LEGS.c.state.in_([LegState.WAITING.value, LegState.RUNNING.value])
    query = select(func.count()).where(LEGS.c.session == job.session.id, open_)
    if connection.execute(query).scalar():
        return
    session = by_id(connection, job.session.id)
    if Kind(session.kind) is Kind.CHECK:
        following = after(SessionState(session.state), SessionStep.FINISH)
        move(connection, session, state=following.value, ended=now)
    if job.leg.round == 1:
        notices.add(connection, OfficerId(session.person), DONE, session.id, now)


def _write_answer(
    connection: Connection, job: Job, number: int, given: Checked, key: bytes | None, now: dt.datetime
) -> None:
    """Keep an answer, and the outputs where there is a key to seal them."""
    content = given.heads.astype(HEAD).tobytes()
    sealed = None if key is None else seal(key, content, batch_about(job.leg.id, number))
    here = (BATCHES.c.leg == job.leg.id) & (BATCHES.c.number == number)
    kept = {"answer": given.answer, "at": now, "sealed": sealed}
    connection.execute(update(BATCHES).where(here).values(**kept))
    count = LEGS.c.answered + 1
    connection.execute(update(LEGS).where(LEGS.c.id == job.leg.id).values(answered=count))


def _write_question(connection: Connection, leg: str, number: int, question: str) -> None:
    here = (BATCHES.c.leg == leg) & (BATCHES.c.number == number)
    connection.execute(update(BATCHES).where(here).values(question=question))


def _signed(means: Means, job: Job, row: Row[Any], epoch: str, public: str, now: dt.datetime) -> str:
    """The question of a batch, signed. The leg's id is what the partner is told for the session: no other partner of
    the session is told the same."""
    leg, session = job.leg, job.session
    given = Countersignature(authority=leg.authority, signature=leg.signature) if leg.signature else None
    question = Question(
        federation=means.federation,
        asker=means.origin,
        holder=leg.partner,
        session=leg.id,
        kind=Kind(session.kind),
        of=Of.RECORDS,
        batch=row.number,
        batches=leg.batches,
        points=row.points,
        all_points=leg.points,
        subjects=session.subjects,
        digest=row.digest,
        whole=leg.whole,
        epoch=epoch,
        public=public,
        normaliser=VERSION,
        officer=session.person,
        reference=session.reference,
        purpose=Purpose(session.purpose),
        basis=session.basis,
        made=now,
        offence=session.offence,
        second=job.second,
        until=session.until,
        countersigned=given,
    )
    return signing.signed(Type.QUESTION, question, means.own.document)
