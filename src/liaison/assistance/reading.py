"""What pages show of requests: both boxes with their clocks, one request as a page, its subjects, one subject.

Lists hold codes, counts and times; whatever is content is shown in the transaction that writes the look down.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import BigInteger, Connection, Row, and_, case, func, or_, select, type_coerce

from liaison import policy
from liaison.assistance import clocks, events, timing
from liaison.assistance.access import load, subject, visible
from liaison.assistance.answering import grounds_of
from liaison.assistance.clocks import Pause, Stage
from liaison.assistance.content import Bad, FoundHit, entries_of, found_of, open_as, opening_of, request_about
from liaison.assistance.copies import copies_of
from liaison.assistance.drafting import Draft, lists_of
from liaison.assistance.events import Event, timeline
from liaison.assistance.messages import ConvictionsAsked, Entry, Opening
from liaison.assistance.rules import ENDED, RUNNING, Side, State, SubjectState
from liaison.assistance.timing import Due, Standing
from liaison.model.errors import NotFound
from liaison.office import Office
from liaison.screening.records import terms_of
from liaison.storage.tables.assistance import REQUESTS, SUBJECTS, SUPPLIED

READ, SUBJECTS_READ, SUBJECT_READ = "request-read", "subjects-read", "subject-read"
SHOWN = 50
MOST = 200  # rows of one page
WITHOUT_SUBJECTS = "convictions"


@dataclass(frozen=True, slots=True)
class Line:
    """A request in a list. `left` is the time to the answer that is due first, negative where it is late; None where
    no clock runs. `open` are subjects without an answer."""

    id: str
    side: Side
    partner: str
    exchange: str
    state: State
    urgent: bool
    purpose: str
    offence: str
    instrument: str
    case: str
    person: str
    subjects: int
    open: int
    hits: int
    made: datetime
    received: datetime | None
    due: datetime | None
    left: timedelta | None
    stage: Stage


@dataclass(frozen=True, slots=True)
class Page:
    """Some requests, and where the next page begins: give it as `after`; empty where there is none."""

    lines: list[Line]
    next: str


@dataclass(frozen=True, slots=True)
class RequestView:
    """One request as a page. `text` is what was written; `counts` subjects by state, `reached` by access.

    `standing` are the pauses that are not over, `term` the term that was chosen in place of the ordinary one.
    `lists` are the lists that a draft was made of: their names, bad rows, subjects and how many are taken in.
    """

    line: Line
    text: Draft | Opening | ConvictionsAsked
    counts: dict[SubjectState, int]
    reached: dict[str, int]
    dues: dict[str, Due]
    pauses: dict[str, list[Pause]]
    standing: list[Standing]
    term: str
    events: list[Event]
    copies: list[tuple[str, str, int]]
    lists: list[tuple[str, tuple[Bad, ...], int, int]]
    outcome: str
    authorised_by: str
    approval: str


@dataclass(frozen=True, slots=True)
class SubjectLine:
    """A subject in a request's table, with who or what it is."""

    number: int
    entry: Entry
    state: SubjectState
    access: str
    hits: int
    ground: str
    order: bool
    answered: datetime | None
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SubjectPage:
    """Some subjects, and the number after which the next page begins; 0 where there is none."""

    subjects: list[SubjectLine]
    next: int


@dataclass(frozen=True, slots=True)
class SubjectView:
    """One subject with what we hold, for the desk: leads, strongest first; how many more there are, and how many the
    law keeps from this person."""

    line: SubjectLine
    hits: tuple[FoundHit, ...]
    more: int
    kept_back: int
    confirmed: datetime | None


def inbox(
    office: Office, actor: policy.Actor, *, over: bool = False, after: str = "", most: int = SHOWN
) -> Page:
    """Requests that were received, urgent ones on top and then what is nearest to its end; with `over` those that are
    answered or ended."""
    return _box(office, actor, Side.RECEIVED, over, after, most)


def outbox(
    office: Office, actor: policy.Actor, *, over: bool = False, after: str = "", most: int = SHOWN
) -> Page:
    """Requests of ours that the person sees, in the same order."""
    return _box(office, actor, Side.ASKED, over, after, most)


def request_view(office: Office, actor: policy.Actor, request: str) -> RequestView:
    """One request. Raises NotFound, Erased."""

    def work(connection: Connection) -> RequestView:
        row = load(office, connection, actor, request)
        events.look(office, connection, row, who=actor.person, what=READ)
        line = _lines(connection, [row], office.now())[0]
        counts = select(SUBJECTS.c.state, func.count().label("total")).where(SUBJECTS.c.request_id == request)
        reached = select(SUBJECTS.c.access, func.count().label("total")).where(
            SUBJECTS.c.request_id == request
        )
        by_state = connection.execute(counts.group_by(SUBJECTS.c.state)).all()
        by_access = connection.execute(reached.group_by(SUBJECTS.c.access)).all()
        lists = lists_of(office, connection, request) if line.side is Side.ASKED else []
        return RequestView(
            line,
            text_of(office, row),
            {SubjectState(each.state): int(each.total) for each in by_state},
            {each.access: int(each.total) for each in by_access},
            timing.dues(office, connection, row) if line.side is Side.RECEIVED else {},
            timing.pauses(connection, request),
            timing.standing(connection, request),
            known.term if (known := timing.chosen_term(connection, row)) else "",
            timeline(connection, request),
            copies_of(connection, request),
            [(said.name, said.bad, count, done) for said, count, done in lists],
            row.outcome,
            row.authorised_by,
            row.approval_id,
        )

    return office.write(work)


def subjects(
    office: Office,
    actor: policy.Actor,
    request: str,
    *,
    state: SubjectState | None = None,
    access: str | None = None,
    after: int = 0,
    most: int = SHOWN,
) -> SubjectPage:
    """The subjects of a request, by state and access where one is named. Raises NotFound, Erased."""
    count = max(1, min(most, MOST))

    def work(connection: Connection) -> tuple[Sequence[Row[Any]], dict[int, tuple[str, ...]]]:
        row = load(office, connection, actor, request)
        chosen = (SUBJECTS.c.request_id == request) & (SUBJECTS.c.number > after)
        if state is not None:
            chosen &= SUBJECTS.c.state == state.value
        if access is not None:
            chosen &= SUBJECTS.c.access == access
        rows = connection.execute(
            select(SUBJECTS).where(chosen).order_by(SUBJECTS.c.number).limit(count + 1)
        ).all()
        events.look(
            office,
            connection,
            row,
            who=actor.person,
            what=SUBJECTS_READ,
            objects=[str(each.number) for each in rows[:count]],
        )
        return rows, _items(connection, request, [each.number for each in rows[:count]])

    rows, items = office.write(work)
    shown = rows[:count]
    lines = [
        _subject_line(each, entry, items)
        for each, entry in zip(shown, entries_of(office, shown), strict=True)
    ]
    return SubjectPage(lines, shown[-1].number if len(rows) > count else 0)


def subject_view(office: Office, actor: policy.Actor, request: str, number: int, reason: str) -> SubjectView:
    """One subject of a request that was received, with the records that may be it; on the request's grounds and in the
    person's own words. Raises NotFound, Erased, BadInput for too few words, NotLawful.
    """

    def work(connection: Connection) -> SubjectView:
        row = load(office, connection, actor, request)
        if Side(row.side) is not Side.RECEIVED:
            raise NotFound
        held = subject(connection, request, number)
        found = found_of(office, held)
        grounds = grounds_of(office, actor, row, reason, "agreement")
        context = policy.Context(actor=actor, now=office.now(), grounds=grounds, on_case=True)
        readable = _readable(office, connection, context, found.hits)
        objects = [str(number), *(hit.holding for hit in readable)]
        events.look(office, connection, row, who=actor.person, what=SUBJECT_READ, objects=objects)
        (entry,) = entries_of(office, [held])
        line = _subject_line(held, entry, _items(connection, request, [number]))
        return SubjectView(line, readable, found.more, len(found.hits) - len(readable), held.confirmed)

    return office.write(work)


def how_many(office: Office, actor: policy.Actor) -> dict[Stage, int]:
    """How many received requests are open, by how near their end is: what the front page counts."""

    def work(connection: Connection) -> Sequence[Row[Any]]:
        running = [state.value for state in RUNNING]
        mine = (REQUESTS.c.side == Side.RECEIVED.value) & REQUESTS.c.state.in_(running)
        return connection.execute(select(REQUESTS).where(mine, visible(office, connection, actor))).all()

    now, counted = office.now(), dict.fromkeys(Stage, 0)
    for row in office.read(work):
        counted[_stage(row, now)] += 1
    return counted


def _readable(
    office: Office, connection: Connection, context: policy.Context, hits: Sequence[FoundHit]
) -> tuple[FoundHit, ...]:
    """The hits whose records this person may read for this purpose."""
    terms = terms_of(office, connection, [hit.holding for hit in hits])
    kept = []
    for hit in hits:
        known = terms.get(hit.holding)
        if known is None:
            continue
        reading = msgspec.structs.replace(context, record=known.facts)
        if isinstance(policy.decide(policy.Action.READ_HOLDING, reading, office.regimes), policy.Permit):
            kept.append(hit)
    return tuple(kept)


def text_of(office: Office, row: Any) -> Draft | Opening | ConvictionsAsked:
    """What was written of a request: before it is sent, as it was sent, or for convictions. Raises Erased."""
    if row.exchange == WITHOUT_SUBJECTS and not row.subjects and row.digest:
        return open_as(office, row.key, row.sealed, request_about(row.id), ConvictionsAsked)
    if row.digest:
        return opening_of(office, row)
    return open_as(office, row.key, row.sealed, request_about(row.id), Draft)


def _box(office: Office, actor: policy.Actor, side: Side, over: bool, after: str, most: int) -> Page:
    count = max(1, min(most, MOST))
    done = [state.value for state in (*ENDED, State.ANSWERED)]

    def work(connection: Connection) -> tuple[list[Line], str]:
        in_box = REQUESTS.c.state.in_(done) if over else REQUESTS.c.state.not_in(done)
        chosen = [REQUESTS.c.side == side.value, in_box, visible(office, connection, actor)]
        order = _by_time() if over else _rank()
        if after:
            last = connection.execute(select(order, REQUESTS.c.id).where(REQUESTS.c.id == after)).first()
            if last is None:
                raise NotFound
            chosen.append(or_(order > last[0], and_(order == last[0], REQUESTS.c.id > after)))
        query = select(REQUESTS).where(*chosen).order_by(order, REQUESTS.c.id).limit(count + 1)
        rows = connection.execute(query).all()
        return _lines(connection, rows[:count], office.now()), rows[count - 1].id if len(rows) > count else ""

    return Page(*office.read(work))


def _rank() -> Any:
    """Urgent ones first, also while their clock stands still; of these and of the others what is nearest to its end by
    what was told last; then what is due first; then what has no clock yet, by when it was made."""
    near = case(
        {stage.value: place for place, stage in enumerate(NEAREST)}, value=REQUESTS.c.stage, else_=QUIET
    )
    calm = case((REQUESTS.c.urgent, 0), else_=1)
    return calm * (QUIET + 1) * APART + near * APART + _by_time()


def _by_time() -> Any:
    due, made = (type_coerce(column, BigInteger) for column in (REQUESTS.c.due, REQUESTS.c.made))
    return func.coalesce(due, made + FAR)


FAR = timedelta(days=3650) // timedelta(microseconds=1)
NEAREST = (Stage.OVERDUE, Stage.SUPERVISOR, Stage.OFFICER)
QUIET = len(NEAREST)
APART = 10**17  # microseconds: more than any time in a list, and seven of them are within 63 bits


def _lines(connection: Connection, rows: Sequence[Any], now: datetime) -> list[Line]:
    open_states = [SubjectState.WAITING, SubjectState.PREPARED, SubjectState.HIT]
    counts: dict[str, dict[str, int]] = {}
    if rows:
        query = select(SUBJECTS.c.request_id, SUBJECTS.c.state, func.count().label("total"))
        query = query.where(SUBJECTS.c.request_id.in_([row.id for row in rows]))
        for each in connection.execute(query.group_by(SUBJECTS.c.request_id, SUBJECTS.c.state)):
            counts.setdefault(each.request_id, {})[each.state] = int(each.total)
    return [
        Line(
            row.id,
            Side(row.side),
            row.partner,
            row.exchange,
            State(row.state),
            row.urgent,
            row.purpose,
            row.offence,
            row.instrument,
            row.case_id,
            row.person,
            row.subjects,
            sum(counts.get(row.id, {}).get(state.value, 0) for state in open_states),
            counts.get(row.id, {}).get(SubjectState.HIT.value, 0),
            row.made,
            row.received,
            row.due,
            row.due - now if row.due is not None and State(row.state) in RUNNING else None,
            _stage(row, now),
        )
        for row in rows
    ]


def _stage(row: Any, now: datetime) -> Stage:
    if State(row.state) not in RUNNING:
        return Stage.CALM
    start = row.clock_from or row.received or row.made
    return clocks.stage(start, row.due, now, clocks.instrument(row.instrument).warn)


def _items(connection: Connection, request: str, numbers: Sequence[int]) -> dict[int, tuple[str, ...]]:
    query = select(SUPPLIED.c.number, SUPPLIED.c.item).where(SUPPLIED.c.request_id == request)
    found: dict[int, tuple[str, ...]] = {}
    for row in connection.execute(query.where(SUPPLIED.c.number.in_(numbers)).order_by(SUPPLIED.c.item)):
        found[row.number] = (*found.get(row.number, ()), row.item)
    return found


def _subject_line(row: Any, entry: Entry, items: dict[int, tuple[str, ...]]) -> SubjectLine:
    return SubjectLine(
        row.number,
        entry,
        SubjectState(row.state),
        row.access,
        row.hits,
        row.ground,
        bool(row.order),
        row.answered,
        items.get(row.number, ()),
    )
