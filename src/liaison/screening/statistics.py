"""Figures without persons: checks by purpose and offence, refusals by rule, alerts by outcome, and the monthly look at
whether people of one nationality are asked about, alerted or confirmed more than others (rules L08 and L27)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Connection, Row, func, select

from liaison import policy
from liaison.ledger.statements import Statement
from liaison.office import Office
from liaison.screening.keeping import month_of
from liaison.screening.permission import permit
from liaison.screening.sampling_rules import require_sample
from liaison.screening.statistics_rules import Count, count, counts
from liaison.storage.tables.screening import ALERTS, CHECKS, ORIGINS, REFUSALS

T = TypeVar("T")
READ = "statistics-read"
Figures = dict[str, Count]


@dataclass(frozen=True, slots=True)
class Statistics:
    """Figures of the time from `since` to before `until`. A count under 5 is held back."""

    since: datetime
    until: datetime
    questions: Count
    subjects: Count
    refusals: Count
    by_kind: Figures
    by_purpose: Figures
    by_offence: Figures
    by_outcome: Figures  # of alerts: candidate, confirmed, rejected
    by_rule: Figures  # of refusals; one refusal may have several rules


@dataclass(frozen=True, slots=True)
class Origin:
    """One nationality in one month: how often it was asked about, and what came of it. Empty: none was given."""

    month: str
    nationality: str
    questions: Count
    alerts: Count
    confirmed: Count
    rejected: Count


def statistics(office: Office, actor: policy.Actor, since: datetime, until: datetime) -> Statistics:
    """The figures of a time; the look is on the ledger. Raises NotLawful, BadInput."""
    require_sample(1, since, until)
    return office.write(_permitted(office, actor, lambda connection: _figures(connection, since, until)))


def origins(office: Office, actor: policy.Actor, since: datetime, until: datetime) -> list[Origin]:
    """The figures by nationality of every month of a time, the months in order. Raises NotLawful, BadInput."""
    require_sample(1, since, until)
    months = (ORIGINS.c.month >= month_of(since)) & (ORIGINS.c.month <= month_of(until))
    query = select(ORIGINS).where(months).order_by(ORIGINS.c.month, ORIGINS.c.nationality)
    rows = office.write(_permitted(office, actor, lambda connection: connection.execute(query).all()))
    return _origins(rows)


def _permitted(
    office: Office, actor: policy.Actor, work: Callable[[Connection], T]
) -> Callable[[Connection], T]:
    """The work, with the entry of the ledger that it is done; decided upon before."""
    now = office.now()
    permit(office, policy.Action.STATISTICS, policy.Context(actor=actor, now=now))

    def recorded(connection: Connection) -> T:
        office.log.append(connection, Statement(what=READ, who=actor.person, when=now))
        return work(connection)

    return recorded


def _figures(connection: Connection, since: datetime, until: datetime) -> Statistics:
    asked = (CHECKS.c.at >= since) & (CHECKS.c.at < until)
    alerted = (ALERTS.c.at >= since) & (ALERTS.c.at < until)
    refused = (REFUSALS.c.at >= since) & (REFUSALS.c.at < until)
    total = select(func.count(), func.coalesce(func.sum(CHECKS.c.looked_up), 0)).where(asked)
    questions, subjects = connection.execute(total).one()
    refusals = connection.execute(select(func.count()).where(refused, REFUSALS.c.first)).scalar_one()
    return Statistics(
        since,
        until,
        count(questions),
        count(int(subjects)),
        count(refusals),
        _by(connection, CHECKS.c.kind, asked),
        _by(connection, CHECKS.c.purpose, asked),
        _by(connection, CHECKS.c.offence, asked),
        _by(connection, ALERTS.c.state, alerted),
        _by(connection, REFUSALS.c.rule, refused),
    )


def _by(connection: Connection, column: Any, chosen: ColumnElement[bool]) -> Figures:
    rows = connection.execute(select(column, func.count()).where(chosen).group_by(column))
    return counts({str(name): int(number) for name, number in rows})


def _origins(rows: Sequence[Row[Any]]) -> list[Origin]:
    """Each column of a month is held back by itself, as `counts` does."""
    found = []
    for month in sorted({row.month for row in rows}):
        own = [row for row in rows if row.month == month]
        names = ("questions", "alerts", "confirmed", "rejected")
        columns = {name: counts({row.nationality: getattr(row, name) for row in own}) for name in names}
        found += [
            Origin(month, row.nationality, *(columns[name][row.nationality] for name in names)) for row in own
        ]
    return found
