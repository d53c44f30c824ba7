"""What was asked before: a person's own checks, those of a case, one of them again, and the alerts that wait.

A list of checks tells counts alone. To open a question again is an entry of the ledger.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, func, or_, select

from liaison import policy
from liaison.ledger.statements import Statement
from liaison.matching.dates import BIT
from liaison.office import Office
from liaison.screening.access import load_case, load_check, seen_cases
from liaison.screening.alerting import Alert, log_read, opened_all
from liaison.screening.content import Asked, asked_of
from liaison.screening.keeping import check_about
from liaison.screening.seals import seals
from liaison.storage.tables.screening import ALERTS, CASES, CHECKS

READ = "check-read"
SHOWN = 50  # rows, unless told
MOST = 200


@dataclass(frozen=True, slots=True)
class Look:
    """A check that was made. `kind` is one, list or standing; `min_score` in bits; `question` stands only where one
    check of one subject was opened, and is None where it was erased."""

    id: str
    kind: str
    case: str
    grounds: str
    person: str
    at: datetime
    looked_up: int
    alerts: int
    cleared: int
    withheld: int
    min_score: float
    entry: int
    question: Asked | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """Alerts on which nobody has decided, newest first, and how many there are in all."""

    alerts: list[Alert]
    total: int


def check_of(office: Office, actor: policy.Actor, check: str) -> Look:
    """One check with its question. Raises NotFound."""

    def work(connection: Connection) -> Row[Any]:
        row = load_check(office, connection, actor, check)
        told = Statement(what=READ, who=actor.person, when=office.now(), case=row.case_id, objects=(check,))
        office.log.append(connection, told)
        return row

    row = office.write(work)
    if row.kind == "list":
        return _look(row)
    (opened,) = seals(office).open_each([(row.key, row.sealed, check_about(row.id))])
    return _look(row, None if opened is None else asked_of(opened))


def checks_of_case(
    office: Office, actor: policy.Actor, case: str, *, limit: int = SHOWN, before: str = ""
) -> list[Look]:
    """The checks of a case, newest first, those before the check `before` where it is named. Raises NotFound."""

    def work(connection: Connection) -> Sequence[Row[Any]]:
        load_case(office, connection, actor, case)
        return _listed(connection, CHECKS.c.case_id == case, limit, before)

    return [_look(row) for row in office.read(work)]


def own_checks(office: Office, actor: policy.Actor, *, limit: int = SHOWN, before: str = "") -> list[Look]:
    """The person's own checks, newest first, those before the check `before` where it is named."""
    own = CHECKS.c.person == actor.person
    return [_look(row) for row in office.read(lambda connection: _listed(connection, own, limit, before))]


def waiting(office: Office, actor: policy.Actor, *, limit: int = SHOWN) -> Waiting:
    """The alerts on which nobody has decided, of the open cases that the person sees. What is shown is recorded."""

    def work(connection: Connection) -> tuple[Sequence[Row[Any]], int]:
        undecided = _undecided(office, connection, actor)
        query = select(ALERTS).where(undecided)
        newest = query.order_by(ALERTS.c.at.desc(), ALERTS.c.check_id, ALERTS.c.rank).limit(min(limit, MOST))
        total = connection.execute(select(func.count()).select_from(ALERTS).where(undecided)).scalar()
        return connection.execute(newest).all(), int(total or 0)

    rows, total = office.write(lambda connection: _recorded(office, connection, actor, *work(connection)))
    return Waiting(opened_all(office, rows), total)


def how_many_wait(office: Office, actor: policy.Actor) -> int:
    """How many alerts wait in the open cases that the person sees."""

    def work(connection: Connection) -> int:
        query = select(func.count()).select_from(ALERTS)
        return int(connection.execute(query.where(_undecided(office, connection, actor))).scalar() or 0)

    return office.read(work)


def _undecided(office: Office, connection: Connection, actor: policy.Actor) -> ColumnElement[bool]:
    open_cases = select(CASES.c.id).where(CASES.c.state == "open")
    return and_(
        ALERTS.c.state == policy.AlertState.CANDIDATE.value,
        ALERTS.c.case_id.in_(seen_cases(office, connection, actor)),
        ALERTS.c.case_id.in_(open_cases),
    )


def _recorded(
    office: Office, connection: Connection, actor: policy.Actor, rows: Sequence[Row[Any]], total: int
) -> tuple[Sequence[Row[Any]], int]:
    log_read(office, connection, actor, rows)
    return rows, total


def _listed(
    connection: Connection, chosen: ColumnElement[bool], limit: int, before: str
) -> Sequence[Row[Any]]:
    query = select(CHECKS).where(chosen)
    if before:
        at = select(CHECKS.c.at).where(CHECKS.c.id == before, chosen).scalar_subquery()
        query = query.where(or_(CHECKS.c.at < at, and_(CHECKS.c.at == at, CHECKS.c.id < before)))
    ordered = query.order_by(CHECKS.c.at.desc(), CHECKS.c.id.desc())
    return connection.execute(ordered.limit(min(limit, MOST))).all()


def _look(row: Row[Any], question: Asked | None = None) -> Look:
    return Look(
        id=row.id,
        kind=row.kind,
        case=row.case_id,
        grounds=row.grounds_id,
        person=row.person,
        at=row.at,
        looked_up=row.looked_up,
        alerts=row.alerts,
        cleared=row.cleared,
        withheld=row.withheld,
        min_score=row.least / BIT,
        entry=row.entry,
        question=question,
    )
