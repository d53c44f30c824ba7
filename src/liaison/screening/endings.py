"""What became of the records that alerts are about: nothing may be done on one that is withdrawn, contested or over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, bindparam, exists, or_, select
from sqlalchemy.sql.elements import ColumnElement

from liaison.model.holding import State
from liaison.office import Office
from liaison.screening.alert_rules import Ended, ended
from liaison.storage.tables.holdings import HOLDINGS
from liaison.storage.tables.screening import ALERTS

AT_ONCE = 500  # ids in one question
ROWS = select(HOLDINGS.c.id, HOLDINGS.c.state, HOLDINGS.c.changed, HOLDINGS.c.retention).where(
    HOLDINGS.c.id.in_(bindparam("some", expanding=True))
)


def endings(office: Office, connection: Connection, holdings: Sequence[str]) -> Mapping[str, Ended]:
    """How those of these records ended that may not be acted upon, by their ids."""
    today, found = office.now().date(), dict[str, Ended]()
    ids = list(dict.fromkeys(holdings))
    for start in range(0, len(ids), AT_ONCE):
        for row in connection.execute(ROWS, {"some": ids[start : start + AT_ONCE]}):
            how = ended(State(row.state), row.changed.date(), row.retention.date(), today)
            if how is not None:
                found[row.id] = how
    return found


def over(now: datetime) -> ColumnElement[bool]:
    """The alerts of records that ended: what `ended` says, as a question."""
    not_in_use = or_(HOLDINGS.c.state != State.LIVE.value, HOLDINGS.c.retention <= now)
    return exists().where(HOLDINGS.c.id == ALERTS.c.holding_id, not_in_use)
