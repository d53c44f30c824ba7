"""Sessions at their partners, worked off: batch after batch, partners side by side, on from where a stop left them.

One batch is on its way while the proof of the one before is checked; a holder answers the batches of a session in
their order. What goes out is what was committed to: a batch whose digest is another is not asked. An answer counts once
its proof holds against the key that the partner published with its set; otherwise nothing of it is looked up.
"""

from __future__ import annotations

import datetime as dt
import random
import threading
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from hashlib import sha256
from os import cpu_count

import numpy as np
from sqlalchemy import Connection, and_, bindparam, or_, select

from liaison.crosscheck.asker import blinding, keeping, lines, receipts, sets
from liaison.crosscheck.asker.asked import entries, secrets_of, subjects_of
from liaison.crosscheck.asker.asking import ASKED, COUNTERSIGN
from liaison.crosscheck.asker.blinding import Ready
from liaison.crosscheck.asker.keeping import SOON, Checked, Job
from liaison.crosscheck.asker.lawful import still_lawful
from liaison.crosscheck.asker.lines import Line, Refused
from liaison.crosscheck.asker.looking import cut, hits
from liaison.crosscheck.asker.sets import Kept
from liaison.crosscheck.asker.states import LegState, SessionState
from liaison.crosscheck.function import tokens, voprf
from liaison.crosscheck.function.eliasfano import Numbers
from liaison.crosscheck.function.voprf import Blinded, Evaluated
from liaison.crosscheck.messages import Answer, Question, packed, unpacked
from liaison.model.errors import (
    BadInput,
    BadNote,
    BadPoint,
    BadProof,
    DamagedSet,
    Erased,
    LiaisonError,
    OtherNormaliser,
    WrongEpoch,
    WrongKey,
)
from liaison.office import Office
from liaison.partners.directory import LinkClosed, Partner
from liaison.storage.prepared import Prepared
from liaison.storage.rings import EachRing
from liaison.storage.sealing import DamagedContent
from liaison.storage.tables.crosscheck import LEGS, SESSIONS
from liaison.supply import signing
from liaison.supply.signing import Type
from liaison.transport.calls import code_of
from liaison.transport.channel import Unreachable
from liaison.transport.means import Means

EVERY = 5.0  # seconds between two looks, unless somebody asks
WAKES = frozenset({ASKED})  # what Means.arrived is told of when there is something to ask
AT_ONE = 3  # legs worked on at one partner: who answers slowly holds up nobody else
AHEAD = 2  # answers whose proof is being checked while the next batch is on its way
FIRST_WAIT, LONGEST_WAIT = dt.timedelta(seconds=1), dt.timedelta(minutes=5)
MOVED_ON = frozenset({"wrong-epoch", "wrong-key", "other-normaliser"})  # answered by a look at the newest set
NOT_READY = frozenset({"conflict", "not-found"})  # of a partner whose set is being made
FAULTS = (
    BadInput,
    BadNote,
    BadPoint,
    BadProof,
    DamagedContent,
    DamagedSet,
    OtherNormaliser,
    WrongEpoch,
    WrongKey,
    Erased,
)
RECEIPT = dt.timedelta(days=30)  # for which a partner that refuses to sign a receipt is asked for it, daily
UNSIGNED = "unsigned"  # a receipt that is asked for no more
_CHECKS = ThreadPoolExecutor(max(2, cpu_count() or 1), "proofs")


_ASKED = and_(
    or_(LEGS.c.state == LegState.WAITING.value, LEGS.c.state == LegState.RUNNING.value),
    SESSIONS.c.state == SessionState.RUNNING.value,
    LEGS.c.code != COUNTERSIGN,
)
_UNRECEIPTED = and_(
    LEGS.c.state == LegState.DONE.value,
    LEGS.c.ours.is_not(None),
    LEGS.c.theirs.is_(None),
    LEGS.c.code != UNSIGNED,
)
_DUE = Prepared(
    select(LEGS.c.id, LEGS.c.partner)
    .join(SESSIONS, SESSIONS.c.id == LEGS.c.session)
    .where(or_(_ASKED, _UNRECEIPTED), or_(LEGS.c.next.is_(None), LEGS.c.next <= bindparam("now")))
    .order_by(LEGS.c.points, LEGS.c.id)
)


class NotReady(Unreachable):
    """A partner that has no set to look into now, or whose time under it is over."""


@dataclass(slots=True)
class _Works:
    """The legs of one office that are being worked on."""

    places: dict[str, ThreadPoolExecutor] = field(default_factory=dict)  # by partner
    busy: set[str] = field(default_factory=set)
    faults: list[BaseException] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def begin(self, office: Office, means: Means, leg: str, partner: str) -> Future[None] | None:
        """Begin with a leg once one of its partner's places is free; None where it is being worked on."""
        with self.lock:
            if leg in self.busy:
                return None
            places = self.places.get(partner)
            if places is None:
                places = self.places[partner] = ThreadPoolExecutor(AT_ONE, "crosscheck")
            self.busy.add(leg)
            return places.submit(self._run, office, means, leg)

    def end(self) -> None:
        """Finish what was begun, and nothing that waits for a place."""
        with self.lock:
            pools = [*self.places.values()]
        for places in pools:
            places.shutdown(wait=False, cancel_futures=True)
        for places in pools:
            places.shutdown(wait=True)

    def _run(self, office: Office, means: Means, leg: str) -> None:
        try:
            work_on(office, means, leg)
        except BaseException as error:
            self.faults.append(error)
        finally:
            with self.lock:
                self.busy.discard(leg)


_WORKS = EachRing(lambda keys: _Works())


def run(office: Office, means: Means, *, wait: bool = True) -> int:
    """Work on every leg that is due, side by side; how many. For the background: at every start, when somebody asks
    (WAKES), and again and again. Without `wait` it does not stay until they are done.

    Raises what a leg failed with since the last time, as StoreUnavailable and LedgerUnavailable.
    """
    works = _WORKS.of(office.keys)
    due = office.read(lambda connection: _due(connection, office.now()))
    begun = [future for leg in due if (future := works.begin(office, means, *leg)) is not None]
    if wait:
        for future in begun:
            future.result()
    if works.faults:
        raise works.faults.pop(0)
    return len(due)


def stop(office: Office) -> None:
    """The node stops: finish the batches that are under way, and end the connections."""
    _WORKS.of(office.keys).end()
    _WORKS.drop(office.keys)
    lines.close(office)


def work_on(office: Office, means: Means, leg: str) -> None:
    """Go on with one leg as far as that is possible now."""
    job = office.read(lambda connection: keeping.read_job(connection, leg))
    line = lines.line(office, means, job.leg.partner)
    try:
        if LegState(job.leg.state) is not LegState.DONE:
            _asked(office, means, line, job)
    except keeping.Over:
        return  # it was cancelled meanwhile
    except (Unreachable, LinkClosed) as error:
        wait = error.wait if isinstance(error, Unreachable) else 0
        keeping.postpone(office, job, code_of(error), _pause(job.leg.tries, wait))
    except Refused as error:
        keeping.stop(office, job, error.code)
    except FAULTS as error:
        keeping.stop(office, job, code_of(error))
    else:
        _receipt(office, line, job)


def _receipt(office: Office, line: Line, job: Job) -> None:
    """Have the partner sign the receipt; what it found stands without it, and it is asked for again."""
    leg = office.read(lambda connection: keeping.read_job(connection, job.leg.id)).leg
    try:
        receipts.exchange(office, line, leg)
    except (Unreachable, LinkClosed) as error:
        keeping.postpone(office, job, code_of(error), _pause(leg.tries, 0))
    except (Refused, *FAULTS) as error:
        code = error.code if isinstance(error, Refused) else code_of(error)
        late = leg.ended is not None and office.now() - leg.ended > RECEIPT
        keeping.postpone(office, job, UNSIGNED if late else code, sets.DAILY)


def _asked(office: Office, means: Means, line: Line, job: Job) -> None:
    """Ask what is left of a leg, and look its outputs up."""
    if office.now() - job.session.begun > SOON and not still_lawful(office, job.session, job.leg.partner):
        raise Refused("not-lawful", "the law of this node does not carry it any more")
    kept = _set(office, line)
    try:
        _asked_under(office, means, line, job, kept)
    except Refused as error:
        again = office.read(lambda connection: keeping.read_job(connection, job.leg.id))
        if error.code not in MOVED_ON or again.leg.answered:
            raise
        newest = sets.renewed(office, line, kept, kept.published.of)
        if newest.published.epoch == kept.published.epoch:
            raise
        _asked_under(office, means, line, again, newest)


def _set(office: Office, line: Line) -> Kept:
    """The partner's set, in time. Raises NotReady as well as what `sets.fresh` raises."""
    try:
        kept = sets.fresh(office, line)
        if office.now() >= kept.published.ends:
            kept = sets.renewed(office, line, kept, kept.published.of)
    except Refused as error:
        if error.code in NOT_READY:
            raise NotReady(error.code) from error
        raise
    if office.now() >= kept.published.ends:
        raise NotReady("the set is over, and there is no new one")
    return kept


def _asked_under(office: Office, means: Means, line: Line, job: Job, kept: Kept) -> None:
    remembered = blinding.recall(office, job.leg.id)  # until it is worked on the first time
    ready = remembered or _ready(office, job)
    job = keeping.aim(office, means, job, kept.published, ready, unasked=remembered is not None)
    found = _outputs(office, means, line, job, kept, ready)
    whole = np.concatenate([found[number].heads for number in sorted(found)])
    there = tokens.contains(kept.tokens, whole)
    graded = hits(ready.asked, there, kept.published.people)
    last = found[len(ready.batches)]
    keeping.finish(office, means, job, kept.published, last, graded)


def _ready(office: Office, job: Job) -> Ready:
    """The leg with its blinded batches, once more from the seed. Raises Erased."""
    given = secrets_of(office, job.session)
    held = office.read(lambda connection: entries(connection, given.key, job.session.id))
    subjects = subjects_of(held)
    return blinding.ready(job.leg.partner, job.leg.id, subjects, given.seed)


def _outputs(
    office: Office, means: Means, line: Line, job: Job, kept: Kept, ready: Ready
) -> dict[int, Checked]:
    """The outputs of every batch: those that were kept, and those that are asked for now, in order.

    Raises what stopped it, once what was answered until then is kept.
    """
    found = keeping.kept(office, job) if job.leg.answered else {}
    count = len(ready.batches)
    left = [number for number in range(1, count + 1) if number not in found]
    if len(left) == 0:  # stopped between the last answer and its look-up
        return found
    partner, parts = line.partner(), cut(ready.asked.inputs)
    checking: deque[tuple[int, Future[Checked]]] = deque()
    lost = {*left[: AHEAD + 1]}  # they may have been asked before a stop, which lost the answers
    fault: LiaisonError | None = None

    def checked(number: int, document: str, answer: bytes) -> Checked:
        batch, inputs = ready.batches[number - 1], tuple(parts[number - 1])
        given = _checked(partner, kept, document, answer, batch, inputs)
        if number != count:  # the last of a leg is kept with what it leads to
            keeping.answered(office, job, number, given)
        return given

    try:
        for number in left:
            batch = ready.batches[number - 1]
            document, answer = _ask(office, means, line, job, number, batch, lost)
            checking.append((number, _CHECKS.submit(checked, number, document, answer)))
            while len(checking) > AHEAD or (checking and checking[0][1].done()):
                _take(found, checking)
    except LiaisonError as error:
        fault = error
    finally:
        wait([future for _, future in checking])
    while checking:
        _take(found, checking)
    if fault is not None:
        raise fault
    return found


def _take(found: dict[int, Checked], checking: deque[tuple[int, Future[Checked]]]) -> None:
    """The oldest answer, once it is checked and kept."""
    number, future = checking.popleft()
    found[number] = future.result()


def _ask(
    office: Office, means: Means, line: Line, job: Job, number: int, batch: Blinded, lost: set[int]
) -> tuple[str, bytes]:
    """A question as it was signed, and what came back.

    One that may have been asked before, and its answer `lost`, is asked again by the same document; where it was not,
    nor were those after it. Raises BadInput for a batch that is not the one that was committed to.
    """
    row = office.read(lambda connection: keeping.batch(connection, job, number))
    if sha256(batch.points).hexdigest() != row.digest:
        raise BadInput("the batch is not the one that was committed to", field="digest")
    document = row.question
    stale = office.now() - signing.told(document, Question).made > SOON
    again = stale and number in lost
    if stale and not again:
        document = keeping.sign_again(office, means, job, number)
    try:
        return document, line.ask("POST", "/crosscheck/evaluate", packed(document, batch.points))
    except Refused as error:
        if not again or error.code != "bad-input":
            raise
    lost.clear()
    document = keeping.sign_again(office, means, job, number)
    return document, line.ask("POST", "/crosscheck/evaluate", packed(document, batch.points))


def _checked(
    partner: Partner, kept: Kept, document: str, body: bytes, batch: Blinded, inputs: tuple[bytes, ...]
) -> Checked:
    """The outputs of an answer whose signature and proof hold. Raises BadInput, BadNote, BadPoint, BadProof."""
    question = signing.told(document, Question)
    text, points = unpacked(body)
    answer = signing.opened(Type.ANSWER, text, Answer, signing.keys_of(partner.cards))
    told = (answer.holder, answer.session, answer.batch, answer.epoch, answer.question)
    asked = (question.holder, question.session, question.batch, question.epoch)
    if told != (*asked, sha256(document.encode()).hexdigest()):
        raise BadProof("the answer is to another question")
    if sha256(points).hexdigest() != answer.evaluated:
        raise BadProof("the points are not those that were signed for")
    public, evaluated = bytes.fromhex(kept.published.public), Evaluated(points, bytes.fromhex(answer.proof))
    outputs = voprf.finalize(public, inputs, batch, evaluated)
    heads: Numbers = tokens.heads(b"".join(outputs))
    return Checked(text, heads)


def _due(connection: Connection, now: dt.datetime) -> list[tuple[str, str]]:
    """Legs that can be gone on with, by their partners: small ones first: one suspect does not wait behind a list."""
    return [(row.id, row.partner) for row in _DUE.all(connection, {"now": now})]


def _pause(tries: int, wait: int) -> dt.timedelta:
    """How long until the next try: longer each time, and not for all at the same moment."""
    least = min(FIRST_WAIT * 2 ** min(tries, 16), LONGEST_WAIT)
    later: dt.timedelta = least * (0.5 + random.random() / 2)
    return max(later, dt.timedelta(seconds=wait))
