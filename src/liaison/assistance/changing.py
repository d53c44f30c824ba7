"""After it was sent: a request is withdrawn, in part or whole; a subject is corrected; what came of it is told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, func, select, update

from liaison import policy
from liaison.assistance import events, timing
from liaison.assistance.access import by_id, change, load_own
from liaison.assistance.codes import Table, codes, require_code
from liaison.assistance.content import subject_about
from liaison.assistance.messages import PART, Closed, Corrected, Entry, Withdrawn, require_said
from liaison.assistance.receiving import known_thread
from liaison.assistance.rules import (
    OPEN,
    By,
    Side,
    State,
    Step,
    SubjectState,
    SubjectStep,
    after,
    subject_after,
)
from liaison.assistance.triage import tell
from liaison.assistance.ways import Means, post
from liaison.model.canonical import encode
from liaison.model.categories import OfficerId
from liaison.model.errors import BadInput, Conflict
from liaison.model.roles import Role
from liaison.model.subjects import AnySubject
from liaison.office import Office
from liaison.officers import notices
from liaison.partners import directory
from liaison.ports import KeyId
from liaison.screening.lookups import context_for, footing
from liaison.storage.sealing import seal
from liaison.storage.tables.assistance import REQUESTS, SUBJECTS
from liaison.supply.reasons import assurance
from liaison.supply.refusing import NotTaken

WITHDRAWN, CORRECTED, CLOSED = "request-withdrawn", timing.WHAT_CORRECTED, "request-closed"
BEFORE_SENT = frozenset({State.DRAFT, State.SUBMITTED, State.NOT_AUTHORISED, State.AUTHORISED})
CLEAN = {
    "ground": "",
    "answered": None,
    "answered_by": "",
    "batch": 0,
    "hits": 0,
    "found": None,
    "confirmed": None,
}


def withdraw(
    office: Office,
    means: Means,
    actor: policy.Actor,
    request: str,
    reason: str,
    numbers: tuple[int, ...] = (),
) -> None:
    """Ask no longer: about these subjects, or about none of them. What was answered stays. Raises NotFound, Conflict,
    BadInput."""

    def work(connection: Connection) -> None:
        row = load_own(office, connection, actor, request)
        body = Withdrawn(request=row.thread, subjects=numbers, reason=reason)
        require_said(body, "reason")
        sent = State(row.state) not in BEFORE_SENT
        _withdrawn(office, connection, row, body, actor.person, Side.ASKED, By.PERSON)
        if sent:
            post(office, connection, means, row.partner, row.thread, body, urgent=row.urgent)

    office.write(work)


def correct(
    office: Office,
    means: Means,
    actor: policy.Actor,
    request: str,
    subjects: Mapping[int, AnySubject],
    reason: str,
) -> None:
    """Say whom subjects should have been; each is checked and answered anew. Raises NotFound, Conflict, BadInput."""
    if not 0 < len(subjects) <= PART:
        raise BadInput(f"{len(subjects)} corrections at once", field="subjects", hint=f"1 to {PART}")
    entries = tuple(Entry(number=number, subject=subject) for number, subject in sorted(subjects.items()))

    def work(connection: Connection) -> None:
        row = load_own(office, connection, actor, request)
        if State(row.state) in BEFORE_SENT | {State.SENT, State.WITHDRAWN, State.CLOSED}:
            raise Conflict(
                f"the request is {row.state}", hint="only one that was received and is open is corrected"
            )
        if len(entries) > timing.quota_left(connection, row.partner, Side.ASKED, office.now()):
            raise Conflict(
                "that is more subjects than the agreement lets be asked about in a day",
                hint="correct the rest tomorrow",
            )
        body = Corrected(request=row.thread, revision=row.revision + 1, subjects=entries, reason=reason)
        _corrected(office, connection, row, body, Side.ASKED, By.PERSON, actor.person)
        post(office, connection, means, row.partner, row.thread, body, urgent=row.urgent)

    office.write(work)


def close(
    office: Office, means: Means, actor: policy.Actor, request: str, outcome: str, grounds: str
) -> None:
    """Close a request that was answered, with what it led to; the other side is told. `grounds` are the person's own.

    Raises NotFound, Conflict, BadInput, NotLawful.
    """
    require_code(Table.OUTCOMES, outcome, "outcome")

    def work(connection: Connection) -> None:
        row, now = load_own(office, connection, actor, request), office.now()
        stand = footing(office, connection, actor, grounds, now)
        partner = directory.facts(directory.partner(connection, row.partner), now)
        assured = assurance(office, connection, row.partner, stand.row.offence)
        context = context_for(
            office, actor, stand, now, partner=partner, exchange=row.exchange, assurance=assured
        )
        office.decide(policy.Action.TELL_OUTCOME, context)
        following = after(Side.ASKED, State(row.state), Step.CLOSE, By.PERSON)
        events.record(office, connection, row, what=CLOSED, who=actor.person, code=outcome)
        change(connection, row, state=following.value, ended=now, outcome=outcome, due=None)
        body = Closed(request=row.thread, outcome=outcome)
        post(office, connection, means, row.partner, row.thread, body, urgent=row.urgent)

    office.write(work)


def take_withdrawn(
    office: Office, connection: Connection, means: Means, partner: str, body: Withdrawn
) -> str:
    """The asking side asks no longer. Raises NotTaken."""
    row = known_thread(connection, partner, Side.RECEIVED, body.request)
    if State(row.state) in (State.ANSWERED, State.CLOSED):
        return WITHDRAWN  # the answer was on its way: there is nothing left to withdraw
    try:
        _withdrawn(office, connection, row, body, partner, Side.RECEIVED, By.PARTNER)
    except Conflict as error:
        raise NotTaken("out-of-order", str(error)) from error
    left = by_id(connection, row.id)
    if left.due != row.due:
        tell(office, connection, means, left)
    _tell_desk(connection, office, row, WITHDRAWN)
    return WITHDRAWN


def take_corrected(
    office: Office, connection: Connection, means: Means, partner: str, body: Corrected
) -> str:
    """Subjects are other than was asked at first: they wait for a check again. Raises NotTaken."""
    row = known_thread(connection, partner, Side.RECEIVED, body.request)
    if body.revision != row.revision + 1:
        raise NotTaken("out-of-order", "another correction comes first")
    if len(body.subjects) > timing.quota_left(connection, partner, Side.RECEIVED, office.now()):
        raise NotTaken("over-quota", "that is more subjects than the agreement lets be asked about in a day")
    try:
        _corrected(office, connection, row, body, Side.RECEIVED, By.PARTNER, partner)
    except Conflict as error:
        raise NotTaken("out-of-order", str(error)) from error
    tell(office, connection, means, timing.keep(office, connection, by_id(connection, row.id)))
    _tell_desk(connection, office, row, CORRECTED)
    return CORRECTED


def take_closed(office: Office, connection: Connection, means: Means, partner: str, body: Closed) -> str:
    """What a request that we answered led to. Raises NotTaken."""
    row = known_thread(connection, partner, Side.RECEIVED, body.request)
    if body.outcome not in codes(Table.OUTCOMES):
        raise NotTaken("unknown-code", "the outcome is not known here")
    try:
        following = after(Side.RECEIVED, State(row.state), Step.CLOSE, By.PARTNER)
    except Conflict as error:
        raise NotTaken("out-of-order", str(error)) from error
    events.record(office, connection, row, what=CLOSED, who=partner, code=body.outcome)
    change(connection, row, state=following.value, ended=office.now(), outcome=body.outcome, due=None)
    _tell_desk(connection, office, row, CLOSED)
    return CLOSED


def _withdrawn(
    office: Office, connection: Connection, row: Any, body: Withdrawn, who: str, side: Side, by: By
) -> None:
    """Withdraw subjects that are open; where none is left, the request too."""
    mine = (SUBJECTS.c.request_id == row.id) & SUBJECTS.c.state.in_([state.value for state in OPEN])
    chosen = mine & SUBJECTS.c.number.in_(body.subjects) if body.subjects else mine
    changed = connection.execute(
        update(SUBJECTS).where(chosen).values(state=SubjectState.WITHDRAWN.value)
    ).rowcount
    if body.subjects and changed != len(set(body.subjects)) and by is By.PERSON:
        raise Conflict("not all of these subjects are open", hint="look at the request again")
    events.record(office, connection, row, what=WITHDRAWN, who=who, count=changed)
    left = connection.execute(select(func.count()).select_from(SUBJECTS).where(mine)).scalar()
    if left:
        if side is Side.RECEIVED:
            timing.keep(office, connection, row)
        return
    answered = (SUBJECTS.c.request_id == row.id) & (SUBJECTS.c.state != SubjectState.WITHDRAWN.value)
    if body.subjects and connection.execute(select(SUBJECTS.c.number).where(answered).limit(1)).first():
        following = after(side, State(row.state), Step.SETTLE, by)
        change(connection, row, state=following.value, answered=row.answered or office.now(), due=None)
        return
    following = after(side, State(row.state), Step.WITHDRAW, by)
    change(connection, row, state=following.value, ended=office.now(), due=None)


def _corrected(
    office: Office,
    connection: Connection,
    row: Any,
    body: Corrected,
    side: Side,
    by: By,
    who: str,
) -> None:
    numbers = [entry.number for entry in body.subjects]
    mine = (SUBJECTS.c.request_id == row.id) & SUBJECTS.c.number.in_(numbers)
    held = {each.number: each for each in connection.execute(select(SUBJECTS).where(mine))}
    if len(held) != len(numbers):
        raise Conflict("a subject of that place was not asked about")
    same = office.keys.fetch([KeyId(held[number].key) for number in numbers])
    for entry, key in zip(body.subjects, same, strict=True):
        state = subject_after(side, SubjectState(held[entry.number].state), SubjectStep.CORRECT, by)
        values = {
            "state": state.value,
            "kind": entry.subject.__struct_config__.tag,
            "revision": body.revision,
            "sealed": seal(key, encode(entry), subject_about(row.id, entry.number)),
            **CLEAN,
        }
        one = (SUBJECTS.c.request_id == row.id) & (SUBJECTS.c.number == entry.number)
        connection.execute(update(SUBJECTS).where(one).values(**values))
    events.record(
        office, connection, row, what=CORRECTED, who=who, count=len(numbers), code=str(body.revision)
    )
    # whoever was late before stays late, though the clock of what was corrected begins anew
    late = row.late or (row.due is not None and office.now() > row.due)
    changed: dict[str, Any] = {"revision": body.revision, "late": late}
    if State(row.state) is State.ANSWERED:
        changed |= {"state": after(side, State.ANSWERED, Step.REOPEN, by).value, "answered": None}
    connection.execute(update(REQUESTS).where(REQUESTS.c.id == row.id).values(**changed))


def _tell_desk(connection: Connection, office: Office, row: Any, what: str) -> None:
    to = OfficerId(row.person) if row.person else Role.DESK_OFFICER
    notices.add(connection, to, what, row.id, office.now())
