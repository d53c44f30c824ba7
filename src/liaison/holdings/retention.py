"""The end of records: what is past its retention is erased, with a receipt, once two sources of time agree.

A clock that jumps deletes nothing by itself (threat A12): the run is refused, the data-protection officer is told,
and a person has to confirm the time.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from sqlalchemy import Connection, func, insert, select

from liaison.holdings import erasure, live, safeguarding, shelves
from liaison.holdings.erasure import Cause, Receipt
from liaison.holdings.rules import Doubt, Times, doubt
from liaison.holdings.shelves import OPEN, Shelf
from liaison.holdings.shredding import sweep
from liaison.ledger.statements import Statement
from liaison.model.categories import OfficerId
from liaison.model.errors import NotLawful
from liaison.model.holding import State
from liaison.model.roles import Capability, Role, capabilities
from liaison.office import Office, new_id
from liaison.officers import notices
from liaison.policy import Actor
from liaison.ports import Clock
from liaison.storage.tables.holdings import HOLDINGS, RUNS
from liaison.storage.tables.ledger import HEADS

JOB = OfficerId("retention-job")
BATCH = 200  # records of one transaction
WHAT_RUN, WHAT_REFUSED, WHAT_CONFIRMED = "retention-run", "retention-refused", "time-confirmed"


@dataclass(frozen=True, slots=True)
class Due:
    """How many records wait: past their retention, past it but held as evidence, past their review."""

    overdue: int
    held: int
    reviews: int


@dataclass(slots=True)
class Run:
    """What a run did. doubt: why it erased nothing. held: records that a legal hold kept."""

    id: str
    doubt: Doubt | None = None
    receipts: list[Receipt] = field(default_factory=list)
    held: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Past:
    """A run that is over. outcome: run, refused for its doubt, or confirmed by a person; by: who let it go on."""

    id: str
    at: dt.datetime
    second: dt.datetime
    outcome: str
    erased: int
    held: int
    by: str


class SecondClock:
    """A time that does not follow the system's clock: one known moment, and how long this machine ran since then."""

    def __init__(self, moment: dt.datetime, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._moment, self._monotonic, self._start = moment, monotonic, monotonic()

    def now(self) -> dt.datetime:
        """The time in UTC."""
        return self._moment + dt.timedelta(seconds=self._monotonic() - self._start)


def second_clock(office: Office, monotonic: Callable[[], float] = time.monotonic) -> SecondClock:
    """A second source of time that begins at the last signed head of the ledger; without one, now. Make it at start."""
    last = office.read(lambda connection: connection.execute(select(func.max(HEADS.c.signed))).scalar())
    return SecondClock(last or office.now(), monotonic)


def due(office: Office) -> Due:
    """How many records wait for retention and review."""
    now, table = office.now(), HOLDINGS
    there = table.c.state != State.ERASED.value

    def work(connection: Connection) -> Due:
        def count(*chosen: Any) -> int:
            query = select(func.count()).select_from(table).where(there, *chosen)
            return connection.execute(query).scalar_one()

        past, held = table.c.retention <= now, table.c.hold_until > now
        kept = count(past, held)
        return Due(count(past) - kept, kept, count(table.c.review <= now))

    return office.read(work)


def run(office: Office, second: Clock, by: OfficerId = JOB) -> Run:
    """Erase what is past its retention. Raises LedgerUnavailable, StoreUnavailable; what was erased before stays so."""
    result = Run(new_id("run"))
    times = office.now(), second.now()
    result.doubt = doubt(times, office.read(_last))
    if result.doubt is not None:
        office.write(lambda connection: _end(office, connection, result, times, "refused", WHAT_REFUSED, by))
        return result
    quiet: list[Receipt] = []
    for shelf, receipts in ((OPEN, result.receipts), (safeguarding.SHELF, quiet)):
        sweep(office, shelf)
        _erase_overdue(office, shelf, times[0], receipts)
    result.held = office.read(lambda connection: shelves.kept_for_evidence(connection, OPEN, times[0]))
    office.write(lambda connection: _end(office, connection, result, times, "run", WHAT_RUN, by))
    live.changed(office)
    return result


def run_now(office: Office, actor: Actor, second: Clock) -> Run:
    """Run it for a person who does not wait for the night. Raises NotLawful for one who may not erase, and as `run`."""
    _require_eraser(actor)
    return run(office, second, actor.person)


def runs(office: Office, actor: Actor, most: int = 20) -> list[Past]:
    """The last runs, newest first. Raises NotLawful for one who may not erase records."""
    _require_eraser(actor)
    columns = (RUNS.c.id, RUNS.c.at, RUNS.c.second, RUNS.c.outcome, RUNS.c.erased, RUNS.c.held, RUNS.c.by)
    query = select(*columns).order_by(RUNS.c.made.desc(), RUNS.c.id.desc()).limit(most)
    return office.read(lambda connection: [Past(*row) for row in connection.execute(query)])


def confirm_time(office: Office, actor: Actor, second: Clock) -> None:
    """Say, as a person who looked at another clock, that the system's time is right; the next run goes on from it.

    Raises NotLawful for one who may not erase records.
    """
    _require_eraser(actor)
    times, result = (office.now(), second.now()), Run(new_id("run"))
    office.write(
        lambda connection: _end(office, connection, result, times, "confirmed", WHAT_CONFIRMED, actor.person)
    )


def last_doubt(office: Office) -> dt.datetime | None:
    """When a run was refused that no person has answered since; None where none was."""

    def work(connection: Connection) -> dt.datetime | None:
        query = select(RUNS.c.at, RUNS.c.outcome).order_by(RUNS.c.made.desc(), RUNS.c.id.desc()).limit(1)
        last = connection.execute(query).first()
        return last.at if last is not None and last.outcome == "refused" else None

    return office.read(work)


def _require_eraser(actor: Actor) -> None:
    if Capability.ERASE not in capabilities(actor.roles, trained=actor.trained):
        raise NotLawful(
            "only who may erase records answers for retention", hint="ask the data-protection officer"
        )


def _erase_overdue(office: Office, shelf: Shelf, now: dt.datetime, receipts: list[Receipt]) -> None:
    while True:
        batch = office.write(partial(_bury_overdue, office, shelf, now))
        if not batch:
            return
        erasure.finish(office, shelf, [receipt.holding for receipt in batch])
        receipts += batch


def _bury_overdue(office: Office, shelf: Shelf, now: dt.datetime, connection: Connection) -> list[Receipt]:
    records = shelves.overdue(connection, shelf, now, BATCH)
    if not records:
        return []
    return erasure.buried(office, connection, JOB, shelf, records, Cause.RETENTION)


def _last(connection: Connection) -> Times | None:
    """Both times of the last run that erased, or of the last confirmation."""
    query = select(RUNS.c.at, RUNS.c.second).where(RUNS.c.outcome != "refused")
    row = connection.execute(query.order_by(RUNS.c.made.desc(), RUNS.c.id.desc()).limit(1)).first()
    return None if row is None else (row.at, row.second)


def _end(
    office: Office,
    connection: Connection,
    result: Run,
    times: Times,
    outcome: str,
    what: str,
    who: OfficerId = JOB,
) -> None:
    """Keep what a run came to, and tell of it."""
    counts = {"erased": len(result.receipts), "held": len(result.held)}
    made = connection.execute(select(func.count()).select_from(RUNS)).scalar_one()
    row = {"id": result.id, "made": made, "at": times[0], "second": times[1], "outcome": outcome, "by": who}
    connection.execute(insert(RUNS).values(**row, **counts))
    told = Statement(
        what=what,
        who=who,
        when=times[0],
        objects=(result.id,),
        outcome=str(result.doubt) if result.doubt else "",
        detail={name: str(count) for name, count in counts.items()},
    )
    office.log.append(connection, told)
    if outcome == "refused":
        notices.add(connection, Role.DATA_PROTECTION_OFFICER, what, result.id, times[0])
