"""Nobody learns of a breach after it: the officer is told first, then the supervisor, then both that it is late."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, and_, func, or_, select

from liaison.assistance import events
from liaison.assistance.access import by_id, change
from liaison.assistance.clocks import Stage, instrument, stage
from liaison.assistance.rules import RUNNING, By, Side, State, Step, after
from liaison.model.categories import OfficerId
from liaison.model.roles import Role
from liaison.office import Office
from liaison.officers import notices
from liaison.storage.tables.assistance import REQUESTS
from liaison.storage.tables.transport import OUTBOX

WHAT_DUE_SOON, WHAT_ESCALATED, WHAT_OVERDUE = "request-due-soon", "request-escalated", "request-overdue"
LATE_THERE, RETURNED = "answer-overdue", "request-returned"
ORDER = (Stage.CALM, Stage.OFFICER, Stage.SUPERVISOR, Stage.OVERDUE)
WORDS = {Stage.OFFICER: WHAT_DUE_SOON, Stage.SUPERVISOR: WHAT_ESCALATED, Stage.OVERDUE: WHAT_OVERDUE}


def watch(office: Office) -> int:
    """Tell of every clock that came nearer to its end since the last time; how many there were."""
    told = 0
    for request in office.read(_running):
        told += office.write(lambda connection, request=request: _look(office, connection, request))  # type: ignore[misc]
    return told


def notice_returned(office: Office) -> int:
    """Tell whoever asked of requests that the other node did not take, as its signed receipt says; how many."""
    refused = and_(OUTBOX.c.thread == REQUESTS.c.thread, OUTBOX.c.state == "refused")
    mine = (REQUESTS.c.side == Side.ASKED.value) & (REQUESTS.c.state == State.SENT.value)
    query = select(REQUESTS.c.id, func.min(OUTBOX.c.code).label("code")).join(OUTBOX, refused).where(mine)
    mine_kinds = OUTBOX.c.kind.in_(("request", "request-part", "convictions-asked"))
    grouped = query.where(mine_kinds).group_by(REQUESTS.c.id)
    found = office.read(lambda connection: connection.execute(grouped).all())
    for each in found:
        office.write(lambda connection, each=each: _returned(office, connection, each.id, each.code))  # type: ignore[misc]
    return len(found)


def _returned(office: Office, connection: Connection, request: str, code: str) -> None:
    row = by_id(connection, request)
    following = after(Side.ASKED, State(row.state), Step.RETURN, By.PARTNER)
    events.record(office, connection, row, what=RETURNED, who=row.partner, code=code)
    change(connection, row, state=following.value, ended=office.now(), due=None)
    notices.add(connection, OfficerId(row.person), RETURNED, row.id, office.now())


def _running(connection: Connection) -> list[str]:
    states = [state.value for state in RUNNING]
    mine = (REQUESTS.c.side == Side.RECEIVED.value) & REQUESTS.c.state.in_(states)
    theirs = (REQUESTS.c.side == Side.ASKED.value) & REQUESTS.c.state.in_(states)
    query = select(REQUESTS.c.id).where(or_(mine, theirs), REQUESTS.c.due.is_not(None))
    return list(connection.execute(query.where(REQUESTS.c.stage != Stage.OVERDUE.value)).scalars())


def _look(office: Office, connection: Connection, request: str) -> int:
    row = by_id(connection, request)
    if row.due is None or State(row.state) not in RUNNING:
        return 0
    now = office.now()
    reached = stage(row.clock_from or row.received or row.made, row.due, now, instrument(row.instrument).warn)
    if reached not in ORDER or ORDER.index(reached) <= ORDER.index(Stage(row.stage)):
        return 0
    if Side(row.side) is Side.RECEIVED:
        _tell(office, connection, row, reached)
    elif reached is Stage.OVERDUE:
        events.record(office, connection, row, what=LATE_THERE, who=events.NODE)
        notices.add(connection, OfficerId(row.person), LATE_THERE, row.id, now)
    change(connection, row, stage=reached.value)
    return 1


def _tell(office: Office, connection: Connection, row: Any, reached: Stage) -> None:
    """Tell whom it concerns, and write that they were told."""
    what, now = WORDS[reached], office.now()
    events.record(office, connection, row, what=what, who=events.NODE)
    notices.add(connection, OfficerId(row.person) if row.person else Role.DESK_OFFICER, what, row.id, now)
    if reached in (Stage.SUPERVISOR, Stage.OVERDUE):
        notices.add(connection, Role.SUPERVISOR, what, row.id, now)
