"""Alerts on passengers whose flight is past its days, before the nightly job masks them: read as it will leave them.

The job waits until two clocks agree; the day on which nobody is named any more does not (rule L17).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from sqlalchemy import Connection, select

from liaison import policy
from liaison.office import Office
from liaison.screening.content import Content, without_subject
from liaison.screening.keeping import AT_ONCE
from liaison.storage.tables.flights import MANIFESTS, PASSENGERS


def overdue(office: Office, alerts: Iterable[str]) -> frozenset[str]:
    """Those of the alerts that are on a passenger who is to be masked by now, and is not yet."""
    wanted = list(alerts)
    last = office.now() - timedelta(days=policy.limits(office.regimes).mask_days)
    query = select(PASSENGERS.c.alert_id).join(MANIFESTS, MANIFESTS.c.id == PASSENGERS.c.manifest_id)
    query = query.where(MANIFESTS.c.taken <= last, PASSENGERS.c.key == 0)

    def work(connection: Connection) -> frozenset[str]:
        return frozenset(
            alert
            for start in range(0, len(wanted), AT_ONCE)
            for alert in connection.execute(
                query.where(PASSENGERS.c.alert_id.in_(wanted[start : start + AT_ONCE]))
            ).scalars()
        )

    return office.read(work) if wanted else frozenset()


def as_masked(state: policy.AlertState, content: Content) -> Content | None:
    """What is left of an alert on a passenger who is masked: nothing where nobody confirmed it."""
    return without_subject(content) if state is policy.AlertState.CONFIRMED else None
