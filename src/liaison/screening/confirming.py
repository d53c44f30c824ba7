"""Decisions on alerts: by a named trained person who works on the case, with a reason; each is kept, none is undone
without a trace. A rejection may clear the pair, so that later checks leave it out until either side changes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from liaison import policy
from liaison.ledger.statements import Statement
from liaison.model.errors import Conflict, Erased
from liaison.office import Office, new_id
from liaison.screening.access import load_alert, load_case, works_on
from liaison.screening.alert_rules import Step, after, next_state, reason_of, require_in_use
from liaison.screening.alerting import Alert, decision_about, opened, shown_of, with_history
from liaison.screening.case_rules import require_open
from liaison.screening.content import Content
from liaison.screening.endings import endings
from liaison.screening.grounds import BOOK
from liaison.screening.keeping import add_to_origins, month_of
from liaison.screening.permission import settle, weigh
from liaison.screening.records import terms_of
from liaison.screening.seals import seals
from liaison.storage.tables.screening import ALERTS, CHECKS, CLEARED, DECISIONS, GROUNDS

COUNTED = {policy.AlertState.CONFIRMED: "confirmed", policy.AlertState.REJECTED: "rejected"}


@dataclass(frozen=True, slots=True)
class Judged:
    """An alert before a decision, what it holds, and the facts of the decision."""

    row: Row[Any]
    content: Content
    context: policy.Context


def confirm(office: Office, actor: policy.Actor, alert: str, reason: str) -> Alert:
    """Confirm that the record is about whom was asked; from now on its instruction is told.

    Raises NotFound, Conflict where it was decided or its record ended, Erased where the record or the alert was,
    NotLawful where the person is not trained, has no grounds of their own in the case, or gives no reason.
    """
    return _decide(office, actor, alert, Step.CONFIRM, reason)


def reject(office: Office, actor: policy.Actor, alert: str, reason: str, *, clear: bool = False) -> Alert:
    """Reject an alert. `clear`: leave this pair out of later checks, until either side changes. Raises as `confirm`."""
    return _decide(office, actor, alert, Step.REJECT, reason, clear=clear)


def reopen(office: Office, actor: policy.Actor, alert: str, reason: str) -> Alert:
    """Take a decision back: the alert is a candidate again, and a pair that it cleared is cleared no more.

    Raises as `confirm`; by whoever may decide.
    """
    return _decide(office, actor, alert, Step.REOPEN, reason)


def _decide(
    office: Office,
    actor: policy.Actor,
    alert: str,
    step: Step,
    reason: str,
    *,
    clear: bool = False,
) -> Alert:
    reason = reason_of(reason)
    judged = _judged(office, actor, alert, step, reason)
    case = judged.row.case_id
    action = policy.Action.CONFIRM
    next_state(policy.AlertState(judged.row.state), step)
    settle(office, action, judged.context, weigh(office, action, judged.context), case)
    state = after(policy.AlertState(judged.row.state), step, actor)
    decision = new_id("decision")
    sealed = seals(office).add(judged.row.key, reason.encode(), decision_about(decision))
    row = {"id": decision, "alert_id": alert, "before": judged.row.state, "after": state.value}
    row |= {"person": actor.person, "at": judged.context.now, "sealed": sealed}

    def work(connection: Connection) -> tuple[Row[Any], Any]:
        require_open(load_case(office, connection, actor, case).state)
        entry = office.log.append(connection, _statement(judged, step, decision, clear)).index
        _move(connection, judged, state, actor)
        number = connection.execute(
            select(func.count()).select_from(DECISIONS).where(DECISIONS.c.alert_id == alert)
        ).scalar_one()
        connection.execute(insert(DECISIONS).values(row | {"number": number + 1, "entry": entry}))
        _clear(connection, judged, state, actor, clear)
        _count(connection, judged, state)
        history = select(DECISIONS).where(DECISIONS.c.alert_id == alert).order_by(DECISIONS.c.number)
        return load_alert(office, connection, actor, alert), connection.execute(history).all()

    now, decisions = office.write(work)
    allowed = policy.limits(office.regimes).instructions
    return with_history(office, shown_of(now._asdict(), judged.content, allowed), now.key, decisions)


def _judged(office: Office, actor: policy.Actor, alert: str, step: Step, reason: str) -> Judged:
    """The alert and the facts of the decision. What reopens an alert is judged as what decides on it."""
    now = office.now()

    def work(connection: Connection) -> tuple[Row[Any], Row[Any] | None, bool, policy.RecordFacts | None]:
        row = load_alert(office, connection, actor, alert)
        if step is Step.CONFIRM:
            require_in_use(endings(office, connection, [row.holding_id]).get(row.holding_id))
        require_open(load_case(office, connection, actor, row.case_id).state)
        terms = terms_of(office, connection, [row.holding_id]).get(row.holding_id)
        facts = terms.facts if terms else None
        return (
            row,
            own_grounds(connection, actor, row),
            works_on(connection, actor.person, row.case_id),
            facts,
        )

    row, grounds, works, facts = office.read(work)
    if facts is None:
        raise Erased("the record is gone", hint="what was decided on it before stands in its history")
    given = BOOK.read(office, grounds) if grounds is not None else None
    state = policy.AlertState.CANDIDATE if step is Step.REOPEN else policy.AlertState(row.state)
    context = policy.Context(
        actor=actor,
        now=now,
        grounds=given.grounds if given else None,
        authority=given.authority if given else "",
        on_case=works,
        record=facts,
        alert=state,
        reason=reason,
    )
    return Judged(row, opened(office, row), context)


def own_grounds(connection: Connection, actor: policy.Actor, alert: Row[Any]) -> Row[Any] | None:
    """The person's own grounds in force in the case, for the purpose of the check."""
    purpose = select(CHECKS.c.purpose).where(CHECKS.c.id == alert.check_id).scalar_subquery()
    mine = (GROUNDS.c.case_id == alert.case_id) & (GROUNDS.c.person == actor.person)
    mine &= (GROUNDS.c.purpose == purpose) & GROUNDS.c.ended.is_(None)
    return connection.execute(select(GROUNDS).where(mine).order_by(GROUNDS.c.given.desc())).first()


def _statement(judged: Judged, step: Step, decision: str, clear: bool) -> Statement:
    row, context = judged.row, judged.context
    return Statement(
        what=f"alert-{step.value}",
        who=context.actor.person,
        when=context.now,
        case=row.case_id,
        purpose=context.grounds.purpose.value if context.grounds else "",
        objects=(row.id, row.holding_id, decision),
        detail={"cleared": "yes"} if clear and step is Step.REJECT else {},
    )


def _move(connection: Connection, judged: Judged, following: policy.AlertState, actor: policy.Actor) -> None:
    """Change the state, if it is still what it was. Raises Conflict."""
    undecided = following is policy.AlertState.CANDIDATE
    values = {
        "state": following.value,
        "decided_by": None if undecided else actor.person,
        "decided": None if undecided else judged.context.now,
    }
    same = (ALERTS.c.id == judged.row.id) & (ALERTS.c.state == judged.row.state)
    if connection.execute(update(ALERTS).where(same).values(values)).rowcount != 1:
        raise Conflict("another person has decided on this alert in the meantime")


def _clear(
    connection: Connection,
    judged: Judged,
    following: policy.AlertState,
    actor: policy.Actor,
    clear: bool,
) -> None:
    """Keep the pair as cleared, or take back what this alert had cleared."""
    row = judged.row
    pair = (CLEARED.c.subject == row.subject_digest) & (CLEARED.c.record == row.record_digest)
    if following is policy.AlertState.CANDIDATE:
        connection.execute(delete(CLEARED).where(CLEARED.c.alert_id == row.id))
    elif clear and connection.execute(select(CLEARED.c.alert_id).where(pair)).first() is None:
        connection.execute(insert(CLEARED).values(_pair(row, actor, judged.context.now)))


def _pair(row: Row[Any], actor: policy.Actor, now: datetime) -> dict[str, Any]:
    return {
        "subject": row.subject_digest,
        "record": row.record_digest,
        "alert_id": row.id,
        "person": actor.person,
        "at": now,
    }


def _count(connection: Connection, judged: Judged, following: policy.AlertState) -> None:
    """Count the decision by origin, in the month in which the question was asked; a reopened one no more."""
    counts = {}
    before = policy.AlertState(judged.row.state)
    if following in COUNTED:
        counts[COUNTED[following]] = 1
    if before in COUNTED:
        counts[COUNTED[before]] = -1
    month = month_of(judged.row.at)
    add_to_origins(connection, month, judged.content.subject.nationality, counts)
