"""What a short code names: alerts of cases that the person sees, and records that they may see."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, select

from liaison import policy
from liaison.holdings import consult
from liaison.model.errors import NotFound
from liaison.office import Office
from liaison.screening.access import load_alert
from liaison.screening.alerting import Alert, log_read, opened_all
from liaison.screening.code_rules import ALERT, PARTS, RECORD, in_id, read_code
from liaison.storage.tables.screening import ALERTS

LAST = "z" * 32  # after every id that begins alike


@dataclass(frozen=True, slots=True)
class Named:
    """What a code names: seldom more than one. The alerts are the newest first."""

    alerts: list[Alert]
    records: list[consult.Entry]


def named_by(office: Office, actor: policy.Actor, typed: str) -> Named:
    """What the code that somebody reads out names. What is shown is recorded.

    Raises BadInput with the field for what is no code; LedgerUnavailable.
    """
    code = read_code(typed)

    def work(connection: Connection) -> list[Row[Any]]:
        rows = list(_alerts(office, connection, actor, in_id(ALERT, code)))
        log_read(office, connection, actor, rows)
        return rows

    question = consult.Question(part=(PARTS[RECORD].start, in_id(RECORD, code)))
    alerts = opened_all(office, office.write(work))
    return Named(alerts, consult.search(office, actor, question).entries)


def _alerts(office: Office, connection: Connection, actor: policy.Actor, signs: str) -> Iterator[Row[Any]]:
    first = f"{ALERT}-{signs}"
    between = ALERTS.c.id.between(first, first + LAST)
    query = select(ALERTS.c.id).where(between).order_by(ALERTS.c.at.desc(), ALERTS.c.id)
    for alert in connection.execute(query).scalars().all():
        try:
            yield load_alert(office, connection, actor, alert)
        except NotFound:
            continue
