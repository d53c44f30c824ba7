"""How long answers take: by partner and instrument, theirs to us and ours to them. Counts and times, no persons."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select

from liaison import policy
from liaison.assistance.rules import RUNNING, Side, State
from liaison.ledger.statements import Statement
from liaison.model.roles import Capability, capabilities
from liaison.office import Office
from liaison.storage.tables.assistance import REQUESTS

LOOKED = "league-read"
YEAR = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Row:
    """One line: requests that were received in the time, how many are answered and how many late; of the answered
    ones the median and the 80th percentile of the time from receipt to the last answer, and the median to the first.

    `on_time` is the share in per mille of those answered or due; None where none is yet.
    """

    partner: str
    side: Side  # ASKED: how they answer us; RECEIVED: how we answer them
    instrument: str
    requests: int
    subjects: int
    answered: int
    late: int
    first: timedelta | None
    median: timedelta | None
    percentile_80: timedelta | None
    on_time: int | None


def league(
    office: Office, actor: policy.Actor, since: datetime | None = None, *, ours: bool = False
) -> list[Row]:
    """How partners answer us, or with `ours` how we answer them, the slowest first. To the desk, its supervisors and
    whoever sees figures. Raises NotLawful.
    """
    now = office.now()
    if Capability.ANSWER_PARTNER not in capabilities(actor.roles, trained=actor.trained):
        office.decide(policy.Action.STATISTICS, policy.Context(actor=actor, now=now))
    side = Side.RECEIVED if ours else Side.ASKED

    def work(connection: Connection) -> Sequence[Any]:
        told = Statement(what=LOOKED, who=actor.person, when=now, outcome=side.value)
        office.log.append(connection, told)
        chosen = (REQUESTS.c.side == side.value) & (REQUESTS.c.received > (since or now - YEAR))
        return connection.execute(select(REQUESTS).where(chosen)).all()

    groups: dict[tuple[str, str], list[Any]] = defaultdict(list)
    for row in office.write(work):
        groups[row.partner, row.instrument].append(row)
    lines = [_row(partner, side, code, rows, now) for (partner, code), rows in groups.items()]
    return sorted(
        lines, key=lambda line: (-(line.percentile_80 or timedelta()), line.partner, line.instrument)
    )


def _row(partner: str, side: Side, code: str, rows: Sequence[Any], now: datetime) -> Row:
    answered = [row for row in rows if row.answered is not None]
    late = [row for row in rows if row.late or _overdue(row, now)]
    counted = {row.id for row in (*answered, *late)}
    took = [row.answered - row.received for row in answered]
    first = [row.first_answer - row.received for row in rows if row.first_answer is not None]
    return Row(
        partner,
        side,
        code,
        len(rows),
        sum(row.subjects for row in rows),
        len(answered),
        len(late),
        percentile(first, 50),
        percentile(took, 50),
        percentile(took, 80),
        (len(counted) - len(late)) * 1000 // len(counted) if counted else None,
    )


def percentile(times: Sequence[timedelta], share: int) -> timedelta | None:
    """The shortest of these times within which so many of a hundred lie (nearest rank); None of none."""
    if not times:
        return None
    rank = max(-(-len(times) * share // 100), 1)
    return sorted(times)[rank - 1]


def _overdue(row: Any, now: datetime) -> bool:
    return State(row.state) in RUNNING and row.due is not None and now > row.due
