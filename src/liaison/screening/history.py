"""What was asked before: a person's own checks, those of a case, one of them again, and the alerts that wait.

A list of checks tells counts alone. To open a question again is an entry of the ledger.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, func, or_, select

from liaison import policy
from liaison.ledger.statements import Statement
from liaison.matching.dates import BIT
from liaison.office import Office
from liaison.screening.access import load_case, load_check, seen_cases
from liaison.screening.alerting import Alert, log_read, opened_all
from liaison.screening.content import Asked, asked_of
from liaison.screening.endings import over
from liaison.screening.keeping import check_about
from liaison.screening.seals import seals
from liaison.storage.tables.screening import ALERTS, CASES, CHECKS

READ = "check-read"
SAME = (ALERTS.c.case_id, ALERTS.c.holding_id, ALERTS.c.subject_digest)
SHOWN = 50  # rows, unless told
MOST = 200


@dataclass(frozen=True, slots=True)
class Look:
    """A check that was made. `kind` is as `keeping.Look` has it; `min_score` in bits; `question` stands only where one
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
class Seen:
    """One alert of several on the same: when it was found."""

    id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Waiting:
    """Alerts on which nobody has decided, newest first, and how many there are in all.

    The same question that found the same record in the same case is one of them, by its newest alert; the others stand
    in `earlier` by the id of that, newest first. `ended` are alerts whose record may not be acted upon any more.
    """

    alerts: list[Alert]
    total: int
    earlier: dict[str, tuple[Seen, ...]] = field(default_factory=dict)
    ended: list[Alert] = field(default_factory=list)


def check_of(office: Office, actor: policy.Actor, check: str) -> Look:
    """One check with its question. Raises NotFound."""

    def work(connection: Connection) -> Row[Any]:
        row = load_check(office, connection, actor, check)
        told = Statement(what=READ, who=actor.person, when=office.now(), case=row.case_id, objects=(check,))
        office.log.append(connection, told)
        return row

    row = office.write(work)
    if row.kind in ("list", "manifest"):
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
    limit = min(limit, MOST)

    def work(connection: Connection) -> tuple[Sequence[Row[Any]], int, dict[str, tuple[Seen, ...]], int]:
        undecided = _undecided(office, connection, actor)
        gone = over(office.now())
        rows = connection.execute(_newest(undecided & ~gone).limit(limit)).all()
        total = connection.execute(_how_many(undecided & ~gone)).scalar_one()
        ended = connection.execute(_newest(undecided & gone).limit(limit)).all()
        earlier = _earlier(connection, undecided & ~gone, rows)
        log_read(office, connection, actor, [*rows, *ended])
        return [*rows, *ended], total, earlier, len(rows)

    found, total, earlier, open_ = office.write(work)
    alerts = opened_all(office, found)
    return Waiting(alerts[:open_], total, earlier, alerts[open_:])


def how_many_wait(office: Office, actor: policy.Actor) -> int:
    """How many alerts wait in the open cases that the person sees, those on the same counted once."""

    def work(connection: Connection) -> int:
        undecided = _undecided(office, connection, actor) & ~over(office.now())
        return int(connection.execute(_how_many(undecided)).scalar_one())

    return office.read(work)


def _newest(chosen: ColumnElement[bool]) -> Select[Any]:
    """Of each group of alerts on the same the newest, the newest first."""
    place = func.row_number().over(partition_by=SAME, order_by=(ALERTS.c.at.desc(), ALERTS.c.id.desc()))
    ranked = select(ALERTS.c.id, place.label("place")).where(chosen).subquery()
    query = select(ALERTS).join(ranked, (ranked.c.id == ALERTS.c.id) & (ranked.c.place == 1))
    return query.order_by(ALERTS.c.at.desc(), ALERTS.c.check_id, ALERTS.c.rank)


def _how_many(chosen: ColumnElement[bool]) -> Select[Any]:
    return select(func.count()).select_from(select(*SAME).where(chosen).distinct().subquery())


def _earlier(
    connection: Connection, chosen: ColumnElement[bool], rows: Sequence[Row[Any]]
) -> dict[str, tuple[Seen, ...]]:
    """The other alerts on the same as these, by the ids of these."""
    newest = {(row.case_id, row.holding_id, row.subject_digest): row.id for row in rows}
    same = chosen & ALERTS.c.holding_id.in_({row.holding_id for row in rows})
    query = select(ALERTS.c.id, ALERTS.c.at, *SAME).where(same)
    found: dict[str, tuple[Seen, ...]] = {}
    for row in connection.execute(query.order_by(ALERTS.c.at.desc(), ALERTS.c.id.desc())):
        first = newest.get((row.case_id, row.holding_id, row.subject_digest))
        if first is not None and first != row.id:
            found[first] = (*found.get(first, ()), Seen(row.id, row.at))
    return found


def _undecided(office: Office, connection: Connection, actor: policy.Actor) -> ColumnElement[bool]:
    open_cases = select(CASES.c.id).where(CASES.c.state == "open")
    return and_(
        ALERTS.c.state == policy.AlertState.CANDIDATE.value,
        ALERTS.c.case_id.in_(seen_cases(office, connection, actor)),
        ALERTS.c.case_id.in_(open_cases),
    )


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
