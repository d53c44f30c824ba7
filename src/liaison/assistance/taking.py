"""The side that asked hears of its request: that it is whole there, when it is due, and the answers as they come."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from liaison.assistance import events
from liaison.assistance.access import change
from liaison.assistance.clocks import Stage
from liaison.assistance.codes import Table, codes
from liaison.assistance.messages import Acknowledged, Answer, Answers, Triaged
from liaison.assistance.receiving import known_thread
from liaison.assistance.rules import (
    OPEN,
    RUNNING,
    STEP_OF,
    By,
    Side,
    State,
    Step,
    SubjectState,
    after,
    progress,
    subject_after,
)
from liaison.assistance.ways import Means
from liaison.model.categories import OfficerId
from liaison.model.errors import Conflict
from liaison.office import Office
from liaison.officers import notices
from liaison.storage.tables.assistance import SUBJECTS, SUPPLIED
from liaison.supply.receiving import Where, receive
from liaison.supply.refusing import NotTaken

RECEIVED, TRIAGED, ANSWERED, ALL_ANSWERED = (
    "request-acknowledged",
    "triage-received",
    "answers-received",
    "request-answered",
)
REACH = dt.timedelta(days=3_650)  # from now to when something is due


def take_acknowledged(
    office: Office, connection: Connection, means: Means, partner: str, body: Acknowledged
) -> str:
    """The request is whole at the other side. Raises NotTaken where it is not what was sent."""
    row = known_thread(connection, partner, Side.ASKED, body.request)
    if body.digest != row.digest or body.subjects != row.subjects:
        raise NotTaken("wrong-digest", "that is not what was sent")
    following, now = _after(row, Step.COMPLETE), office.now()
    # their clock, which is held against ours: nothing is received before it was sent, or after we were told of it
    received = min(max(body.received, row.sent), now)
    due = _within_reach(body.due, now)
    change(connection, row, state=following.value, received=received, due=due, clock_from=received)
    events.record(office, connection, row, what=RECEIVED, who=partner, count=body.subjects)
    return RECEIVED


def take_triaged(office: Office, connection: Connection, means: Means, partner: str, body: Triaged) -> str:
    """How the other side reaches the information, and when it will answer. Raises NotTaken."""
    row = known_thread(connection, partner, Side.ASKED, body.request)
    if State(row.state) in (State.WITHDRAWN, State.ANSWERED, State.CLOSED):
        return TRIAGED
    # without a count nothing was sorted: it is the clock alone that is told of
    alone = not body.counts and State(row.state) in RUNNING
    following = State(row.state) if alone else _after(row, Step.TRIAGE)
    detail = {access: str(count) for access, count in sorted(body.counts.items())[:10]}
    _within_reach(body.due, office.now())
    told = row.stage if body.due == row.due else Stage.CALM.value
    change(connection, row, state=following.value, due=body.due, stage=told)
    events.record(office, connection, row, what=TRIAGED, who=partner, detail=detail)
    return TRIAGED


def take_answers(office: Office, connection: Connection, means: Means, partner: str, body: Answers) -> str:
    """A batch of answers, with the items in it: all of it is taken, or the letter is refused. Raises NotTaken.

    What crossed a withdrawal is passed over, so that the other answers of its batch are not lost with it.
    """
    row = known_thread(connection, partner, Side.ASKED, body.request)
    if State(row.state) in (State.WITHDRAWN, State.CLOSED):
        raise NotTaken("request-over", "the request was withdrawn or closed")
    places = [answer.number for answer in body.answers]
    mine = (SUBJECTS.c.request_id == row.id) & SUBJECTS.c.number.in_(places)
    held = {each.number: each for each in connection.execute(select(SUBJECTS).where(mine))}
    if len(held) != len(places):
        raise NotTaken(
            "unknown-subject", "the answers are about subjects that were not asked about, or twice"
        )
    asked = [one for one in body.answers if held[one.number].state != SubjectState.WITHDRAWN.value]
    if not asked:
        raise NotTaken("subject-withdrawn", "the subjects were withdrawn before they were answered")
    taken = [_take(office, connection, means, row, partner, held[one.number], one, body) for one in asked]
    objects = tuple(item for items in taken for item in items)
    events.record(
        office,
        connection,
        row,
        what=ANSWERED,
        who=partner,
        count=len(asked),
        code=str(body.number),
        objects=objects[:200],
    )
    _moved(office, connection, row)
    return ANSWERED


def _take(
    office: Office,
    connection: Connection,
    means: Means,
    row: Any,
    partner: str,
    held: Any,
    body: Answer,
    batch: Answers,
) -> list[str]:
    """One answer; the ids of its items. One that crossed a correction is kept, and the subject waits for another."""
    if body.ground and body.ground not in codes(Table.REFUSALS):
        raise NotTaken("unknown-code", "the ground of a refusal is not known here")
    following = None
    try:
        if held.revision <= batch.revision:
            following = subject_after(Side.ASKED, SubjectState(held.state), STEP_OF[body.result], By.PARTNER)
    except Conflict as error:
        raise NotTaken("answered-before", str(error)) from error
    received = receive(
        office, means, connection, Where(sender=partner, request=row.id, case=row.case_id), body.items
    )
    now = office.now()
    if following is not None:
        values = {
            "state": following.value,
            "ground": body.ground,
            "answered": now,
            "answered_by": partner,
            "batch": batch.number,
        }
        mine = (SUBJECTS.c.request_id == row.id) & (SUBJECTS.c.number == body.number)
        connection.execute(update(SUBJECTS).where(mine).values(**values))
    items = [each.item for each in received]
    if items:
        rows = [
            {"request_id": row.id, "number": body.number, "item": item, "holding_id": "", "at": now}
            for item in dict.fromkeys(items)
        ]
        connection.execute(insert(SUPPLIED), rows)
    return items


def _within_reach(due: dt.datetime | None, now: dt.datetime) -> dt.datetime | None:
    """The time that a partner says. Raises NotTaken for one that no instrument sets."""
    if due is not None and abs(due - now) > REACH:
        raise NotTaken("bad-time", "it is due at a time that no instrument sets")
    return due


def _moved(office: Office, connection: Connection, row: Any) -> None:
    """Bring the request up to the answers that are here; whoever asked is told when the last one is."""
    open_ones = (SUBJECTS.c.request_id == row.id) & SUBJECTS.c.state.in_([state.value for state in OPEN])
    left = int(connection.execute(select(func.count()).select_from(SUBJECTS).where(open_ones)).scalar() or 0)
    following = _after(row, progress(State(row.state), left))
    now = office.now()
    values: dict[str, Any] = {"state": following.value, "first_answer": row.first_answer or now}
    values["late"] = row.late or (row.due is not None and now > row.due)
    if following is State.ANSWERED:
        values |= {"answered": row.answered or now, "due": None}
        if row.answered is None:
            events.record(office, connection, row, what=ALL_ANSWERED, who=events.NODE, count=row.subjects)
            notices.add(connection, OfficerId(row.person), ALL_ANSWERED, row.id, now)
    change(connection, row, **values)


def _after(row: Any, step: Step) -> State:
    """The state that follows on the partner's letter. Raises NotTaken where it does not fit."""
    try:
        return after(Side.ASKED, State(row.state), step, By.PARTNER)
    except Conflict as error:
        raise NotTaken("out-of-order", str(error)) from error
