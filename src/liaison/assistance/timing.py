"""The clock of a request as it stands: when its first open subject is due, by instrument, desk and recorded pauses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, case, func, insert, select, update

from liaison import policy
from liaison.assistance import clocks, events
from liaison.assistance.access import change
from liaison.assistance.clocks import Calendar, Pause, Stage
from liaison.assistance.desk import desk
from liaison.assistance.messages import Access
from liaison.assistance.rules import OPEN, Side, State
from liaison.office import Office, new_id
from liaison.partners import directory
from liaison.storage.tables.assistance import COPIES, EVENTS, PAUSES, REQUESTS, SUBJECTS

PAUSED, RESUMED, WHAT_TERM_CHOSEN = "clock-paused", "clock-resumed", "term-chosen"
WHAT_CORRECTED, WHAT_NOTIFIED = "request-corrected", "convictions-sent"
OF_THE_PACK = "eu-2023-977"  # the instrument whose hours stand in the rule packs too
CORE = "prum-ii-2024-982"


@dataclass(frozen=True, slots=True)
class Due:
    """When something is due, and since when its clock runs; `at` is None while it stands still."""

    since: datetime
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Chosen:
    """A term of the instrument that somebody chose, and when."""

    term: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """A pause that is not over. `access` is empty where it is for all subjects."""

    id: str
    access: str
    reason: str
    source: str
    began: datetime


def keep(office: Office, connection: Connection, row: Any) -> Row[Any]:
    """Bring the clock of a received request up to date after any change; the row as it is then."""
    first = first_due(dues(office, connection, row))
    if first is None:
        return change(connection, row, due=None, clock_from=None, stage=Stage.CALM.value)
    told = row.stage if first.at is not None and first.at == row.due else Stage.CALM.value
    return change(connection, row, due=first.at, clock_from=first.since, stage=told)


def dues(office: Office, connection: Connection, row: Any) -> dict[str, Due]:
    """When the open subjects are due, by how they are reached; under `core` those with a confirmed hit (rule L25).

    Those that were corrected stand apart, as `obtainable/2` for the second correction: their clock begins with it.
    """
    if row.received is None or State(row.state) in (State.ANSWERED, State.WITHDRAWN, State.CLOSED):
        return {}
    where, found = desk(connection).calendar, pauses(connection, row.id)
    chosen = chosen_term(connection, row)
    open_states = [state.value for state in OPEN]
    mine = (SUBJECTS.c.request_id == row.id) & SUBJECTS.c.state.in_(open_states)
    query = select(SUBJECTS.c.access, SUBJECTS.c.revision, func.min(SUBJECTS.c.confirmed).label("confirmed"))
    groups = connection.execute(query.where(mine).group_by(SUBJECTS.c.access, SUBJECTS.c.revision)).all()
    begun = _begun(connection, row.id) if any(group.revision for group in groups) else {}
    made = {}
    for group in groups:
        name = f"{group.access}/{group.revision}" if group.revision else group.access
        since = begun.get(str(group.revision), row.received)
        made[name] = due_of(office, row, group.access, since, where, found, chosen)
    if row.subjects == 0:
        made[""] = due_of(office, row, "", row.received, where, found, chosen)
    confirmed = [group.confirmed for group in groups if group.confirmed is not None]
    if confirmed:
        term = clocks.term_of(clocks.instrument(CORE), False, Access.DIRECT.value)
        cap = policy.limits(office.regimes).core_hours
        since = min(confirmed)
        made["core"] = Due(since, clocks.due(term, since, where, _of(found, Access.AUTHORITY.value), cap))
    return made


def due_of(
    office: Office,
    row: Any,
    access: str,
    since: datetime,
    where: Calendar,
    found: Mapping[str, Sequence[Pause]],
    chosen: Chosen | None = None,
) -> Due:
    """When subjects that are reached in this way are due. What nobody has sorted is taken as directly held."""
    reached = access or Access.DIRECT.value
    given = clocks.instrument(row.instrument)
    term = clocks.term_of(given, row.urgent, reached, chosen.term if chosen else "")
    if chosen and clocks.require_choice(given, chosen.term).starts == "choice":
        since = max(since, chosen.at)
    return Due(since, clocks.due(term, since, where, _of(found, access), _cap(office, row, reached)))


def chosen_term(connection: Connection, row: Any) -> Chosen | None:
    """The term that was chosen for a request, last; None where the ordinary one counts."""
    mine = (EVENTS.c.request_id == row.id) & (EVENTS.c.what == WHAT_TERM_CHOSEN)
    last = connection.execute(select(EVENTS).where(mine).order_by(EVENTS.c.number.desc()).limit(1)).first()
    return Chosen(last.code, last.at) if last is not None else None


def _begun(connection: Connection, request: str) -> dict[str, datetime]:
    """When each correction of a request was made, by its number."""
    mine = (EVENTS.c.request_id == request) & (EVENTS.c.what == WHAT_CORRECTED)
    query = select(EVENTS.c.code, EVENTS.c.at).where(mine)
    return {each.code: each.at for each in connection.execute(query)}


def first_due(made: Mapping[str, Due]) -> Due | None:
    """The one that is due first; one whose clock stands still where all do; None where nothing is due."""
    running = [due for due in made.values() if due.at is not None]
    if running:
        return min(running, key=lambda due: due.at or due.since)
    return next(iter(made.values()), None)


def last_due(made: Mapping[str, Due]) -> datetime | None:
    """When the last of the open subjects is due; None where that is not known yet."""
    times = [due.at for due in made.values()]
    return max((at for at in times if at is not None), default=None) if None not in times else None


def pauses(connection: Connection, request: str) -> dict[str, list[Pause]]:
    """The pauses of a request by the access they are for; empty: for all of it."""
    query = select(PAUSES).where(PAUSES.c.request_id == request).order_by(PAUSES.c.began)
    found: dict[str, list[Pause]] = {}
    for row in connection.execute(query):
        pause = Pause(reason=row.reason, began=row.began, ended=row.ended)
        found.setdefault(row.access, []).append(pause)
    return found


def standing(connection: Connection, request: str) -> list[Standing]:
    """The pauses of a request that are not over, oldest first."""
    mine = (PAUSES.c.request_id == request) & PAUSES.c.ended.is_(None)
    rows = connection.execute(select(PAUSES).where(mine).order_by(PAUSES.c.began, PAUSES.c.id))
    return [Standing(row.id, row.access, row.reason, row.source, row.began) for row in rows]


def begin(
    office: Office,
    connection: Connection,
    row: Any,
    who: str,
    reason: str,
    source: str,
    access: Access | None,
) -> str:
    """Write that the clock stands still. Raises BadInput for a reason that the instrument does not know."""
    lawful = clocks.require_reason(clocks.instrument(row.instrument), reason)
    pause_id = new_id("pause")
    values = {
        "id": pause_id,
        "request_id": row.id,
        "access": access.value if access else "",
        "reason": reason,
        "source": f"{lawful.article}; {source}",
        "person": who,
        "began": office.now(),
    }
    events.record(office, connection, row, what=PAUSED, who=who, code=reason, objects=(pause_id,))
    connection.execute(insert(PAUSES).values(**values))
    return pause_id


def end(office: Office, connection: Connection, row: Any, who: str, pause_id: str) -> None:
    """Write that the clock runs on, where it stood still."""
    open_one = (PAUSES.c.id == pause_id) & PAUSES.c.ended.is_(None)
    if connection.execute(update(PAUSES).where(open_one).values(ended=office.now())).rowcount:
        events.record(office, connection, row, what=RESUMED, who=who, objects=(pause_id,))


def facts(office: Office, connection: Connection, actor: policy.Actor, row: Any) -> policy.Context:
    """The facts of an answer to the partner of a request that says nothing of anybody."""
    now = office.now()
    partner = directory.facts(directory.partner(connection, row.partner), now)
    return policy.Context(actor=actor, now=now, partner=partner, exchange=row.exchange)


def used_today(connection: Connection, partner: str, side: str, now: datetime) -> int:
    """The subjects asked about in the last 24 hours: what the agreement's quota is held against.

    Who corrects a subject asks about another: it counts once more (threat A15). A copy counts as the request does. A
    request for convictions, which names nobody, counts as one, and with each conviction that it was answered with.
    """
    begun = REQUESTS.c.sent if Side(side) is Side.ASKED else REQUESTS.c.made
    mine = (REQUESTS.c.partner == partner) & (REQUESTS.c.side == side)
    since = now - timedelta(hours=24)
    each = case((REQUESTS.c.subjects == 0, 1), else_=REQUESTS.c.subjects)
    asked = select(func.sum(each)).where(mine, begun > since)
    late = EVENTS.c.what.in_((WHAT_CORRECTED, WHAT_NOTIFIED)) & (EVENTS.c.at > since)
    changed = select(func.sum(EVENTS.c.subjects)).select_from(EVENTS.join(REQUESTS)).where(mine, late)
    way = "sent" if Side(side) is Side.ASKED else "received"
    kept = (COPIES.c.partner == partner) & (COPIES.c.side == way) & (COPIES.c.at > since)
    copied = select(func.sum(COPIES.c.subjects)).where(kept)
    return sum(int(connection.execute(one).scalar() or 0) for one in (asked, changed, copied))


def quota_left(connection: Connection, partner: str, side: Side, now: datetime) -> int:
    """How many more subjects may be asked about now. Raises NotFound."""
    used = used_today(connection, partner, side.value, now)
    return directory.facts(directory.partner(connection, partner), now, used).quota_left


def _of(found: Mapping[str, Sequence[Pause]], access: str) -> list[Pause]:
    return [*found.get("", ()), *(found.get(access, ()) if access else ())]


def _cap(office: Office, row: Any, access: str) -> int | None:
    """The hours of the node's own law, where it sets any for this."""
    if row.instrument != OF_THE_PACK:
        return None
    limits = policy.limits(office.regimes)
    if not row.urgent:
        return limits.other_hours
    return limits.urgent_hours if access == Access.DIRECT.value else limits.obtainable_hours
