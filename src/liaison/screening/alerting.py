"""Alerts: shown side by side with their reasons, confirmed or rejected by a trained person with a reason, and reopened.

Every showing of what an alert holds is an entry of the ledger, in the transaction that reads it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from msgspec import structs
from sqlalchemy import Connection, Row, select

from liaison import policy
from liaison.ledger.statements import Statement
from liaison.model.errors import Erased
from liaison.model.wanted import Wanted
from liaison.office import Office
from liaison.screening.access import load_alert, load_case, load_check, load_standing
from liaison.screening.alert_rules import Ended, entry_told, instruction_told, risk_told
from liaison.screening.content import Content, content_of
from liaison.screening.endings import endings
from liaison.screening.keeping import NAMED, alert_about
from liaison.screening.seals import seals
from liaison.screening.travelled import as_masked, overdue
from liaison.storage.tables.screening import ALERTS, DECISIONS

READ = "alert-read"


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision on an alert. `reason` is None where it was erased, `entry` is the ledger's."""

    before: policy.AlertState
    after: policy.AlertState
    person: str
    at: datetime
    reason: str | None
    entry: int


@dataclass(frozen=True, slots=True)
class Alert:
    """A record that matches what was asked: a lead for a person to verify, never a measure.

    `score` in 1/10,000 bit. `content` is None where it was erased; its own `instruction` and
    `wanted` are always empty; those here are told once the alert is confirmed, `risk` until it is rejected.
    `ended` says that the record may not be acted upon any more; then none of them is told.
    """

    id: str
    check: str
    standing: str
    case: str
    person: str
    holding: str
    rank: int
    score: int
    state: policy.AlertState
    at: datetime
    decided_by: str | None
    decided: datetime | None
    content: Content | None
    instruction: str = ""
    wanted: Wanted | None = None
    risk: str = ""
    ended: Ended | None = None
    history: tuple[Decision, ...] = field(default=())


def alert_of(office: Office, actor: policy.Actor, alert: str) -> Alert:
    """One alert with its history. Raises NotFound."""

    def work(connection: Connection) -> tuple[list[Row[Any]], Sequence[Row[Any]]]:
        row = load_alert(office, connection, actor, alert)
        log_read(office, connection, actor, [row])
        query = select(DECISIONS).where(DECISIONS.c.alert_id == alert).order_by(DECISIONS.c.number)
        return [row], connection.execute(query).all()

    rows, decisions = office.write(work)
    (shown,) = opened_all(office, rows)
    return with_history(office, shown, rows[0].key, decisions)


def alerts_of_check(office: Office, actor: policy.Actor, check: str) -> list[Alert]:
    """The alerts of a check, strongest first. Raises NotFound."""

    def work(connection: Connection) -> Sequence[Row[Any]]:
        load_check(office, connection, actor, check)
        query = select(ALERTS).where(ALERTS.c.check_id == check).order_by(ALERTS.c.rank)
        return _logged(office, connection, actor, connection.execute(query).all())

    return opened_all(office, office.write(work))


def alerts_of_standing(
    office: Office, actor: policy.Actor, standing: str, *, limit: int = 100
) -> list[Alert]:
    """The alerts that a standing question made, newest first. Raises NotFound."""

    def work(connection: Connection) -> Sequence[Row[Any]]:
        load_standing(office, connection, actor, standing)
        query = select(ALERTS).where(ALERTS.c.standing_id == standing)
        newest = query.order_by(ALERTS.c.at.desc(), ALERTS.c.check_id, ALERTS.c.rank).limit(limit)
        return _logged(office, connection, actor, connection.execute(newest).all())

    return opened_all(office, office.write(work))


def alerts_of_case(
    office: Office,
    actor: policy.Actor,
    case: str,
    *,
    state: policy.AlertState | None = None,
    limit: int = 100,
    offset: int = 0,
) -> list[Alert]:
    """Alerts of a case, newest first and within a check strongest first. Raises NotFound."""

    def work(connection: Connection) -> Sequence[Row[Any]]:
        load_case(office, connection, actor, case)
        query = select(ALERTS).where(ALERTS.c.case_id == case)
        if state is not None:
            query = query.where(ALERTS.c.state == state.value)
        query = query.order_by(ALERTS.c.at.desc(), ALERTS.c.check_id, ALERTS.c.rank)
        found = connection.execute(query.limit(limit).offset(offset)).all()
        return _logged(office, connection, actor, found)

    return opened_all(office, office.write(work))


def shown_of(
    row: Mapping[str, Any],
    content: Content | None,
    allowed: frozenset[str] = frozenset(),
    ended: Ended | None = None,
) -> Alert:
    """An alert as it is shown: the instruction only where it is confirmed, and nothing to do on a record that ended."""
    state = policy.AlertState(row["state"])
    told = content if ended is None else None
    instruction = instruction_told(state, told.instruction, allowed) if told else ""
    return Alert(
        row["id"],
        row["check_id"],
        row["standing_id"],
        row["case_id"],
        row["person"],
        row["holding_id"],
        row["rank"],
        row["score"],
        state,
        row["at"],
        row["decided_by"],
        row["decided"],
        _without_orders(content),
        instruction,
        entry_told(state, told.wanted) if told else None,
        risk_told(state, told.wanted) if told else "",
        ended,
    )


def with_history(office: Office, alert: Alert, key: int, decisions: Sequence[Row[Any]]) -> Alert:
    """The alert with the decisions on it, oldest first."""
    sealed = [(key, row.sealed, decision_about(row.id)) for row in decisions]
    reasons = seals(office).open_each(sealed) if alert.content is not None else [None] * len(decisions)
    history = tuple(
        Decision(
            policy.AlertState(row.before),
            policy.AlertState(row.after),
            row.person,
            row.at,
            None if reason is None else reason.decode(),
            row.entry,
        )
        for row, reason in zip(decisions, reasons, strict=True)
    )
    return replace(alert, history=history)


def opened(office: Office, row: Row[Any]) -> Content:
    """What an alert holds. Raises Erased."""
    (content,) = _contents(office, [row])
    if content is None:
        raise Erased("what the alert holds was erased")
    return content


def decision_about(decision: str) -> str:
    """What the seal of a decision's reason is bound to."""
    return f"screening_decisions:{decision}"


def opened_all(office: Office, rows: Sequence[Row[Any]]) -> list[Alert]:
    """The alerts of rows of ALERTS. Who shows them writes it down: see log_read."""
    allowed = policy.limits(office.regimes).instructions
    ids = [row.holding_id for row in rows]
    over = office.read(lambda connection: endings(office, connection, ids)) if ids else {}
    return [
        shown_of(row._asdict(), content, allowed, over.get(row.holding_id))
        for row, content in zip(rows, _contents(office, rows), strict=True)
    ]


def _contents(office: Office, rows: Sequence[Row[Any]]) -> list[Content | None]:
    """What alerts hold; None where it was erased, or is of a passenger who is named no more."""
    sealed = seals(office).open_each([(row.key, row.sealed, alert_about(row.id)) for row in rows])
    found = [None if content is None else content_of(content) for content in sealed]
    late = overdue(office, (row.id for row in rows))
    return [
        as_masked(policy.AlertState(row.state), content) if content and row.id in late else content
        for row, content in zip(rows, found, strict=True)
    ]


def _logged(
    office: Office, connection: Connection, actor: policy.Actor, rows: Sequence[Row[Any]]
) -> Sequence[Row[Any]]:
    log_read(office, connection, actor, rows)
    return rows


def log_read(office: Office, connection: Connection, actor: policy.Actor, rows: Sequence[Row[Any]]) -> None:
    """Who was shown which alerts; some hundred of them in one entry."""
    for start in range(0, len(rows), NAMED):
        some = rows[start : start + NAMED]
        office.log.append(
            connection,
            Statement(
                what=READ,
                who=actor.person,
                when=office.now(),
                case=some[0].case_id,
                objects=tuple(row.id for row in some),
                outcome=str(len(some)),
            ),
        )


def _without_orders(content: Content | None) -> Content | None:
    if content is None or not (content.instruction or content.wanted):
        return content
    return structs.replace(content, instruction="", wanted=None)
