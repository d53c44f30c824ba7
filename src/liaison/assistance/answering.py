"""The desk answers: one subject with what is supplied, many with "nothing held", one or all by a coded refusal.

Each answer is a person's act. Whether a record may go is decided for each record by the law, in `supply.sending`; an
answer leaves in the transaction that records it, in letters of at most 200.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, func, insert, select, update

from liaison import policy
from liaison.assistance import events, timing
from liaison.assistance.access import change, load_received, subject
from liaison.assistance.codes import Table, require_code
from liaison.assistance.content import found_of, opening_of
from liaison.assistance.messages import BATCH, Access, Answer, Answers, Result, least
from liaison.assistance.rules import (
    OPEN,
    STEP_OF,
    By,
    Side,
    State,
    SubjectState,
    SubjectStep,
    after,
    progress,
    require_running,
    sources,
    subject_after,
)
from liaison.assistance.triage import chosen
from liaison.assistance.ways import Means, post
from liaison.model.categories import CaseId
from liaison.model.errors import BadInput, Conflict, NotLawful
from liaison.model.grounds import Grounds, Purpose
from liaison.model.handling import Handling
from liaison.office import Office
from liaison.partners import directory
from liaison.screening.records import terms_of
from liaison.storage.tables.assistance import SUBJECTS, SUPPLIED
from liaison.supply.sending import Choice, Sending, Sent, Withheld, send

ANSWERED, NOTHING, WHAT_REFUSED, CONFIRMED = (
    "answer-sent",
    "nothing-confirmed",
    "answer-refused",
    "hit-confirmed",
)
AT_ONCE = 10  # letters of one transaction


@dataclass(frozen=True, slots=True)
class Reply:
    """What is answered of one subject: records by their ids, on which basis and why.

    `whole` where nothing more will follow. `authority` refers to a judicial order, where the basis takes one;
    `assurance` where the offence may carry the death penalty at the recipient.
    """

    holdings: tuple[str, ...]
    justification: str
    basis: str = "agreement"
    whole: bool = True
    handling: Handling | None = None
    authority: str = ""
    assurance: policy.Assurance | None = None
    origin_reviewed: bool = False


@dataclass(frozen=True, slots=True)
class Replied:
    """What became of an answer: its result, and the records that the law kept back, each with its reasons."""

    result: Result
    withheld: tuple[Withheld, ...]


def answer(
    office: Office, means: Means, actor: policy.Actor, request: str, number: int, reply: Reply
) -> Replied:
    """Answer one subject with records. What the law keeps back makes the answer partial.

    Raises NotFound, Conflict, BadInput, LinkClosed; NotLawful where a judicial authorisation is missing, the person is
    not trained to confirm a hit, or no record may go: the refusals are on the ledger then.
    """
    if not reply.holdings:
        raise BadInput(
            "no record is named", field="holdings", hint="name a record, or answer that nothing is held"
        )
    outcome = office.write(
        lambda connection: _answer(office, connection, means, actor, request, number, reply)
    )
    if isinstance(outcome, Replied):
        return outcome
    reasons = [reason for kept in outcome for reason in kept.reasons]
    raise NotLawful("none of the records may go", hint="; ".join(dict.fromkeys(reasons)))


def confirm_hit(
    office: Office, actor: policy.Actor, request: str, number: int, holding: str, reason: str
) -> None:
    """Find that a record is the subject, as a trained person; the core data are due 48 hours later (rule L25).

    Raises NotFound, Conflict, NotLawful.
    """

    def work(connection: Connection) -> None:
        row = load_received(office, connection, actor, request)
        require_running(State(row.state))
        held = subject(connection, request, number)
        _require_open(held)
        grounds = grounds_of(office, actor, row, reason, "agreement")
        _confirm(office, connection, actor, grounds, [holding], reason)
        events.record(office, connection, row, what=CONFIRMED, who=actor.person, count=1, objects=(holding,))
        if held.confirmed is None:
            _set(connection, request, number, confirmed=office.now())
        timing.keep(office, connection, row)

    office.write(work)


def confirm_nothing(
    office: Office, means: Means, actor: policy.Actor, request: str, numbers: Collection[int] | None = None
) -> int:
    """Confirm "nothing held" for the prepared subjects (None: all of them); how many were answered.

    Raises NotFound, Conflict, NotLawful, LinkClosed. What a stop interrupts is confirmed anew: an answer is sent once.
    """
    return _many(office, means, actor, request, numbers, SubjectStep.ANSWER_NOTHING, "")


def nothing_after_all(
    office: Office, means: Means, actor: policy.Actor, request: str, number: int, reason: str
) -> None:
    """Answer that nothing is held of a subject with hits: a trained person looked, and none of them is the subject.

    Raises NotFound, Conflict, BadInput, NotLawful.
    """

    def work(connection: Connection) -> None:
        row = load_received(office, connection, actor, request)
        require_running(State(row.state))
        held = subject(connection, request, number)
        grounds = grounds_of(office, actor, row, reason, "agreement")
        if SubjectState(held.state) is SubjectState.HIT:
            _confirm(office, connection, actor, grounds, _hit_holdings(office, held)[:1], reason)
        _close_one(office, connection, means, actor, row, held, Answer(number=number, result=Result.NOTHING))
        events.record(office, connection, row, what=NOTHING, who=actor.person, count=1)

    office.write(work)


def how_many(
    office: Office,
    actor: policy.Actor,
    request: str,
    numbers: Collection[int] | None = None,
    *,
    refusing: bool = False,
) -> int:
    """Of how many of these subjects (None: all) "nothing held" would be confirmed now, or how many would be refused.

    Raises NotFound, BadInput.
    """
    step = SubjectStep.REFUSE if refusing else SubjectStep.ANSWER_NOTHING

    def work(connection: Connection) -> int:
        load_received(office, connection, actor, request)
        query = select(func.count()).select_from(SUBJECTS).where(_of_step(request, numbers, step))
        return int(connection.execute(query).scalar() or 0)

    return office.read(work)


def refuse(
    office: Office,
    means: Means,
    actor: policy.Actor,
    request: str,
    ground: str,
    numbers: Collection[int] | None = None,
) -> int:
    """Refuse these subjects, or all that are open, by a coded ground; how many. Raises BadInput, and as others."""
    require_code(Table.REFUSALS, ground, "ground")
    return _many(office, means, actor, request, numbers, SubjectStep.REFUSE, ground)


def grounds_of(office: Office, actor: policy.Actor, row: Any, justification: str, basis: str) -> Grounds:
    """The grounds on which a person answers: purpose and offence are the request's, the words are theirs."""
    return Grounds(
        purpose=Purpose(row.purpose),
        case=CaseId(row.id),
        basis=basis,
        justification=justification,
        officer=actor.person,
        given=office.now(),
        offence=row.offence,
    )


def _many(
    office: Office,
    means: Means,
    actor: policy.Actor,
    request: str,
    numbers: Collection[int] | None,
    step: SubjectStep,
    ground: str,
) -> int:
    """One answer to many subjects, in transactions of ten letters each; how many there were."""
    done = 0
    while True:
        answered = office.write(
            lambda connection: _some(office, connection, means, actor, request, numbers, step, ground)
        )
        done += answered
        if answered < AT_ONCE * BATCH:
            break
    if not done:
        raise Conflict("none of these subjects waits for this answer", hint="look at the request again")
    return done


def _some(
    office: Office,
    connection: Connection,
    means: Means,
    actor: policy.Actor,
    request: str,
    numbers: Collection[int] | None,
    step: SubjectStep,
    ground: str,
) -> int:
    row = load_received(office, connection, actor, request)
    office.decide(policy.Action.ANSWER_PARTNER, timing.facts(office, connection, actor, row))
    open_ones = _of_step(request, numbers, step)
    query = select(SUBJECTS.c.number).where(open_ones).order_by(SUBJECTS.c.number).limit(AT_ONCE * BATCH)
    found = list(connection.execute(query).scalars())
    if not found:
        return 0
    require_running(State(row.state))
    result = Result.REFUSED if ground else Result.NOTHING
    batch = _last_batch(connection, request)
    for place, some in enumerate(_split(found), batch + 1):
        values = {
            "state": result.value,
            "ground": ground,
            "answered": office.now(),
            "answered_by": actor.person,
            "batch": place,
        }
        mine = (SUBJECTS.c.request_id == request) & SUBJECTS.c.number.in_(some)
        connection.execute(update(SUBJECTS).where(mine).values(**values))
        answers = tuple(Answer(number=number, result=result, ground=ground) for number in some)
        body = Answers(request=row.thread, number=place, answers=answers, revision=row.revision)
        post(office, connection, means, row.partner, row.thread, body, urgent=row.urgent)
    what = WHAT_REFUSED if ground else NOTHING
    events.record(office, connection, row, what=what, who=actor.person, count=len(found), code=ground)
    _moved(office, connection, row, actor)
    return len(found)


def _of_step(request: str, numbers: Collection[int] | None, step: SubjectStep) -> ColumnElement[bool]:
    """Those of these subjects with whom this step can be taken for many at once."""
    moves = sources(Side.RECEIVED, step, By.PERSON)
    # "nothing held" of a subject with hits takes a look at each: it is never confirmed for many at once
    froms = [state.value for state in moves if step is SubjectStep.REFUSE or state is SubjectState.PREPARED]
    return chosen(request, numbers) & SUBJECTS.c.state.in_(froms)


def _answer(
    office: Office,
    connection: Connection,
    means: Means,
    actor: policy.Actor,
    request: str,
    number: int,
    reply: Reply,
) -> Replied | tuple[Withheld, ...]:
    row = load_received(office, connection, actor, request)
    held = subject(connection, request, number)
    _require_open(held)
    _require_order(held)
    grounds = grounds_of(office, actor, row, reply.justification, reply.basis)
    _confirm(office, connection, actor, grounds, list(reply.holdings), reply.justification, reply.authority)
    wanted = opening_of(office, row)
    sending = Sending(
        partner=directory.partner(connection, row.partner),
        grounds=grounds,
        exchange=row.exchange,
        on_case=True,
        request=row.id,
        authority=reply.authority or held.order,
        assurance=reply.assurance,
        origin_reviewed=reply.origin_reviewed,
    )
    told = least(Purpose(row.purpose), wanted.wanted)
    choices = [Choice(holding=holding, handling=reply.handling, facts=told) for holding in reply.holdings]
    made = send(office, means, connection, actor, sending, choices)
    sent = [each for each in made if isinstance(each, Sent)]
    withheld = tuple(each for each in made if isinstance(each, Withheld))
    if not sent:
        return withheld
    result = Result.FULL if reply.whole and not withheld else Result.PARTIAL
    rows = [
        {
            "request_id": request,
            "number": number,
            "item": each.item,
            "holding_id": each.holding,
            "at": office.now(),
        }
        for each in sent
    ]
    connection.execute(insert(SUPPLIED), rows)
    body = Answer(number=number, result=result, items=tuple(each.supplied for each in sent))
    _close_one(office, connection, means, actor, row, held, body)
    objects = tuple(each.item for each in sent)
    events.record(
        office, connection, row, what=ANSWERED, who=actor.person, count=1, code=result.value, objects=objects
    )
    return Replied(result, withheld)


def _close_one(
    office: Office,
    connection: Connection,
    means: Means,
    actor: policy.Actor,
    row: Any,
    held: Any,
    body: Answer,
) -> None:
    """Write the answer on one subject and post it."""
    require_answerable(row, held)
    office.decide(policy.Action.ANSWER_PARTNER, timing.facts(office, connection, actor, row))
    following = subject_after(Side.RECEIVED, SubjectState(held.state), STEP_OF[body.result], By.PERSON)
    batch = _last_batch(connection, row.id) + 1
    _set(
        connection,
        row.id,
        held.number,
        state=following.value,
        answered=office.now(),
        answered_by=actor.person,
        batch=batch,
        confirmed=held.confirmed or (office.now() if body.items else None),
    )
    letter = Answers(request=row.thread, number=batch, answers=(body,), revision=row.revision)
    post(office, connection, means, row.partner, row.thread, letter, urgent=row.urgent)
    _moved(office, connection, row, actor)


def require_answerable(row: Any, held: Any) -> None:
    """Raises Conflict for a request that is over, but for what follows on a partial answer."""
    if not (State(row.state) is State.ANSWERED and SubjectState(held.state) is SubjectState.PARTIAL):
        require_running(State(row.state))


def _moved(office: Office, connection: Connection, row: Any, actor: policy.Actor) -> None:
    """Bring the request's state and clock up to the answers."""
    open_ones = (SUBJECTS.c.request_id == row.id) & SUBJECTS.c.state.in_([state.value for state in OPEN])
    left = int(connection.execute(select(func.count()).select_from(SUBJECTS).where(open_ones)).scalar() or 0)
    step = progress(State(row.state), left)
    following = after(Side.RECEIVED, State(row.state), step, By.PERSON)
    now = office.now()
    values: dict[str, Any] = {"state": following.value, "person": row.person or actor.person}
    values["first_answer"] = row.first_answer or now
    values["late"] = row.late or (row.due is not None and now > row.due)
    if following is State.ANSWERED:
        values["answered"] = row.answered or now
    timing.keep(office, connection, change(connection, row, **values))


def _confirm(
    office: Office,
    connection: Connection,
    actor: policy.Actor,
    grounds: Grounds,
    holdings: Sequence[str],
    reason: str,
    authority: str = "",
) -> None:
    """Decide that this person may find these records to be, or not to be, the subject. Raises NotLawful."""
    terms = terms_of(office, connection, holdings)
    for holding in holdings:
        known = terms.get(holding)
        if known is None:
            continue  # supply says that it is gone
        office.decide(
            policy.Action.CONFIRM,
            policy.Context(
                actor=actor,
                now=office.now(),
                grounds=grounds,
                on_case=True,
                record=known.facts,
                alert=policy.AlertState.CANDIDATE,
                reason=reason,
                authority=authority,
            ),
        )


def _hit_holdings(office: Office, held: Any) -> list[str]:
    return [hit.holding for hit in found_of(office, held).hits]


def _require_open(held: Any) -> None:
    if SubjectState(held.state) not in OPEN | {SubjectState.PARTIAL}:
        raise Conflict(f"the subject is {held.state}", hint="only an open one is answered")


def _require_order(held: Any) -> None:
    """Raises NotLawful where a judicial authorisation is needed and none is referred to (rule L26)."""
    if held.access == Access.AUTHORITY.value and not held.order:
        raise NotLawful(
            "the answer on this subject takes a judicial authorisation", hint="attach the order's reference"
        )


def _set(connection: Connection, request: str, number: int, **values: Any) -> Row[Any]:
    mine = (SUBJECTS.c.request_id == request) & (SUBJECTS.c.number == number)
    connection.execute(update(SUBJECTS).where(mine).values(**values))
    return subject(connection, request, number)


def _last_batch(connection: Connection, request: str) -> int:
    query = select(func.max(SUBJECTS.c.batch)).where(SUBJECTS.c.request_id == request)
    return int(connection.execute(query).scalar() or 0)


def _split(numbers: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(numbers), BATCH):
        yield numbers[start : start + BATCH]
