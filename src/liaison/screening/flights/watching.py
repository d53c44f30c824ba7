"""Flights that somebody wants to be told of: for a reason, until a day, and once for each flight.

Who watches is told that a list of the flight came, and nothing of whom it lists: that is for who sees the case.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, exists, func, insert, select, update

from liaison import policy
from liaison.formats.manifests.model import Flight
from liaison.ledger.statements import Statement
from liaison.model.categories import OfficerId
from liaison.model.errors import Conflict
from liaison.office import Office, new_id
from liaison.officers import notices
from liaison.screening.access import seen_cases
from liaison.screening.approved import by_number_alone
from liaison.screening.case_rules import CaseState, Part
from liaison.screening.flights.access import load_watch
from liaison.screening.flights.rules import Sought, in_force, matches, require_end
from liaison.screening.lookups import context_for, footing
from liaison.screening.permission import settle, weigh
from liaison.storage.tables.flights import FLIGHTS, MET, WATCHES
from liaison.storage.tables.screening import CASES, GROUNDS, MEMBERS

ASKED, WHAT_ENDED, WHAT_RESUMED, ARRIVED = (
    "flight-watched",
    "flight-watch-ended",
    "flight-watch-resumed",
    "flight-arrived",
)
WORKING = tuple(part.value for part in Part if part.works)


@dataclass(frozen=True, slots=True)
class Watch:
    """A watch as it stands. `ended` is when the person ended it; `met` how many flights it was told of."""

    id: str
    case: str
    grounds: str
    wanted: Sought
    asked: datetime
    until: datetime
    ended: datetime | None
    standing: bool
    met: int

    @property
    def last_day(self) -> date:
        """The last day on which it stands (UTC): an end at midnight is that of the day before."""
        return (self.until - timedelta(microseconds=1)).date()


def watch(office: Office, actor: policy.Actor, grounds: str, wanted: Sought, until: datetime) -> str:
    """Ask to be told when a list of such a flight comes; the watch's id.

    Raises BadInput for an end that cannot be, NotFound for grounds that are not the person's own, Conflict for those
    that ended, NotLawful where no check could rest on them.
    """
    now = office.now()
    require_end(until, now)
    stand = office.read(lambda connection: footing(office, connection, actor, grounds, now))
    context = context_for(office, actor, stand, now, criteria=frozenset({"name"}))
    decision = weigh(office, policy.Action.CHECK, context)
    if not by_number_alone(decision):
        settle(office, policy.Action.CHECK, context, decision)
    row = {
        "id": new_id("watch"),
        "person": actor.person,
        "case_id": stand.row.case_id,
        "grounds_id": grounds,
        "asked": now,
        "until": until,
        "ended": None,
        **{name: getattr(wanted, name) for name in Sought.__slots__},
    }

    def work(connection: Connection) -> str:
        office.log.append(connection, _statement(ASKED, actor, row, now, {"flight": wanted.words}))
        connection.execute(insert(WATCHES).values(row))
        return str(row["id"])

    return office.write(work)


def end(office: Office, actor: policy.Actor, wanted: str) -> None:
    """End a watch before its time: it is told of nothing any more. Raises NotFound, Conflict where it is over."""
    _change(office, actor, wanted, WHAT_ENDED, office.now())


def resume(office: Office, actor: policy.Actor, wanted: str) -> None:
    """Take the end of a watch back: it stands again until its day. Raises NotFound, Conflict where that has passed, or
    it was never ended."""
    _change(office, actor, wanted, WHAT_RESUMED, None)


def _change(office: Office, actor: policy.Actor, wanted: str, what: str, ended: datetime | None) -> None:
    now = office.now()

    def work(connection: Connection) -> None:
        row = load_watch(connection, actor, wanted)
        if row.until <= now:
            raise Conflict("the watch is over", hint="watch the flight anew")
        if (row.ended is None) is (ended is None):
            raise Conflict("the watch was ended" if ended else "the watch was not ended")
        office.log.append(connection, _statement(what, actor, row._asdict(), now))
        connection.execute(update(WATCHES).where(WATCHES.c.id == wanted).values(ended=ended))

    office.write(work)


def watches_of(office: Office, actor: policy.Actor) -> list[Watch]:
    """The person's own watches, those that stand first, then the newest."""
    met = select(func.count()).select_from(MET).where(MET.c.watch_id == WATCHES.c.id)
    query = select(WATCHES, met.scalar_subquery().label("met")).where(WATCHES.c.person == actor.person)
    newest = query.order_by(WATCHES.c.asked.desc(), WATCHES.c.id).limit(500)
    now = office.now()
    rows = office.read(lambda connection: connection.execute(newest).all())
    return sorted((_shown(row, now) for row in rows), key=lambda one: not one.standing)


def tell(office: Office, connection: Connection, flight: str, flights: Iterable[Flight]) -> int:
    """Tell whoever watches such a flight that a list of it came, once; how many were told. In the transaction that
    keeps the list. Nobody is told whose grounds ended, or who works on the case no more."""
    now, flown = office.now(), tuple(flights)
    standing = WATCHES.c.until > now, WATCHES.c.ended.is_(None), _rests()
    there = connection.execute(select(WATCHES).where(*standing)).all()
    met = [row for row in there if matches(_sought(row), flown)]
    told = set(connection.execute(select(MET.c.watch_id).where(MET.c.flight_id == flight)).scalars())
    news = [row for row in met if row.id not in told]
    for row in news:
        connection.execute(insert(MET).values(watch_id=row.id, flight_id=flight, at=now))
        office.log.append(
            connection,
            Statement(
                what=ARRIVED, who=OfficerId(row.person), when=now, case=row.case_id, objects=(row.id, flight)
            ),
        )
    for person in dict.fromkeys(row.person for row in news):
        notices.add(connection, OfficerId(person), ARRIVED, flight, now)
    return len(news)


def _rests() -> ColumnElement[bool]:
    """The watches whose person still works on the open case, on grounds in force or what took their place."""
    given, held = GROUNDS.alias(), GROUNDS.alias()
    same = (held.c.case_id == given.c.case_id) & (held.c.person == given.c.person)
    same &= (held.c.purpose == given.c.purpose) & held.c.ended.is_(None)
    grounded = select(held.c.id).join(given, same).where(given.c.id == WATCHES.c.grounds_id)
    works = select(MEMBERS.c.case_id).join(CASES, CASES.c.id == MEMBERS.c.case_id)
    works = works.where(MEMBERS.c.case_id == WATCHES.c.case_id, MEMBERS.c.person == WATCHES.c.person)
    works = works.where(CASES.c.state == CaseState.OPEN.value, MEMBERS.c.part.in_(WORKING))
    return exists(grounded) & exists(works)


def met_by(office: Office, actor: policy.Actor, wanted: str) -> list[Row[Any]]:
    """The flights that a watch was told of, newest first: numbers and days, whoever sees them. Raises NotFound."""

    def work(connection: Connection) -> list[Row[Any]]:
        load_watch(connection, actor, wanted)
        query = select(FLIGHTS, MET.c.at).join(MET, MET.c.flight_id == FLIGHTS.c.id)
        return list(
            connection.execute(query.where(MET.c.watch_id == wanted).order_by(MET.c.at.desc()).limit(200))
        )

    return office.read(work)


def seen(office: Office, actor: policy.Actor, flights: Sequence[str]) -> frozenset[str]:
    """Which of these flights the person may open: those of the cases that they see."""

    def work(connection: Connection) -> frozenset[str]:
        mine = FLIGHTS.c.case_id.in_(seen_cases(office, connection, actor))
        query = select(FLIGHTS.c.id).where(FLIGHTS.c.id.in_(list(flights)), mine)
        return frozenset(connection.execute(query).scalars())

    return office.read(work)


def _sought(row: Row[Any]) -> Sought:
    return Sought(row.carrier, row.number, row.suffix, row.origin, row.destination)


def _shown(row: Row[Any], now: datetime) -> Watch:
    standing = in_force(row.until, row.ended, now)
    return Watch(
        row.id,
        row.case_id,
        row.grounds_id,
        _sought(row),
        row.asked,
        row.until,
        row.ended,
        standing,
        int(row.met),
    )


def _statement(
    what: str, actor: policy.Actor, row: dict[str, Any], now: datetime, detail: dict[str, str] | None = None
) -> Statement:
    return Statement(
        what=what,
        who=actor.person,
        when=now,
        case=row["case_id"],
        grounds=row["grounds_id"],
        objects=(row["id"],),
        detail=detail or {},
    )
