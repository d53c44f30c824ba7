"""What officers read of cross-checks: how far they are, what overlaps, and what they may still ask.

A session's progress holds nothing sealed. Opening its result is in the ledger.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, func, select, update

from liaison import policy
from liaison.crosscheck.asker.access import legs_of, load, load_result, visible
from liaison.crosscheck.asker.asked import Bad, entries, said_of, secrets_of
from liaison.crosscheck.asker.asking import must_be_countersigned, terms_of
from liaison.crosscheck.asker.looking import points_of
from liaison.crosscheck.asker.states import LegState, SessionState
from liaison.crosscheck.likeness.grading import Strength
from liaison.crosscheck.messages import Answer, Kind, permitted
from liaison.crosscheck.recording import record
from liaison.model.errors import BadInput, Conflict, NotFound
from liaison.model.subjects import AnySubject
from liaison.office import Office
from liaison.officers.states import ApprovalState
from liaison.partners import directory
from liaison.partners.agreement import CROSSCHECK, STANDING_CROSSCHECK
from liaison.partners.directory import Partner, PartnerState
from liaison.storage.tables.crosscheck import BATCHES, HITS, LEGS, SESSIONS
from liaison.storage.tables.officers import APPROVALS
from liaison.supply import signing

READ, REQUESTED = "crosscheck-read", "crosscheck-requested"
MOST = 200  # sessions shown at once


@dataclass(frozen=True, slots=True)
class LegShown:
    """A session at one partner. `partner` is its origin; `left` and `case_left` are points that may still be asked in
    the epoch and under the case (None where nobody has said). `whole` is what an authority permits, where `countersign`
    says that one must; empty until the leg is prepared. `code` says why a leg waits or was refused.
    """

    partner: str
    name: str
    state: LegState
    code: str
    points: int
    batches: int
    answered: int
    epoch: str
    left: int | None
    case_left: int | None
    countersign: bool
    authority: str
    whole: str
    has_receipt: bool
    tries: int
    next: dt.datetime | None
    id: str = ""

    @property
    def permits(self) -> bytes:
        """What an authority signs so that it may be asked; empty before the leg is prepared."""
        return permitted(self.partner, self.id, self.whole) if self.whole else b""


@dataclass(frozen=True, slots=True)
class Shown:
    """A session without what it holds. `subjects`, `bad_rows` and `points` are numbers; `until` of a standing one."""

    id: str
    kind: Kind
    state: SessionState
    person: str
    case: str
    grounds: str
    subjects: int
    bad_rows: int
    points: int
    until: dt.datetime | None
    made: dt.datetime
    begun: dt.datetime | None
    ended: dt.datetime | None
    legs: tuple[LegShown, ...]
    approval: str


@dataclass(frozen=True, slots=True)
class Overlap:
    """A subject that a partner has. `chance` overlaps as strong are expected of one subject who is not on record,
    `expected` of all that were asked about; `agreed` says what agreed. `request` in which the records were asked for.
    """

    number: int
    subject: AnySubject
    reference: str
    partner: str
    strength: Strength
    chance: float
    expected: float
    agreed: tuple[str, ...]
    request: str


@dataclass(frozen=True, slots=True)
class Opened:
    """A session with its result. `without` subjects overlap with nothing at any partner who answered."""

    shown: Shown
    title: str
    bad: tuple[Bad, ...]
    notes: tuple[str, ...]
    overlaps: tuple[Overlap, ...]
    without: int

    @property
    def legs(self) -> tuple[LegShown, ...]:
        """The session at each partner."""
        return self.shown.legs


@dataclass(frozen=True, slots=True)
class Ahead:
    """What asking one partner would take. `points` padding included; `allowed` False where no agreement names it."""

    partner: str
    name: str
    allowed: bool
    standing: bool
    countersign: bool
    points: int
    left: int | None
    case_left: int | None


def sessions_of(office: Office, actor: policy.Actor) -> list[Shown]:
    """The sessions that the person made, sees the case of or may agree to, newest first."""

    def work(connection: Connection) -> list[Shown]:
        query = select(SESSIONS).where(visible(office, connection, actor))
        rows = connection.execute(query.order_by(SESSIONS.c.made.desc(), SESSIONS.c.id).limit(MOST)).all()
        return [_shown(connection, row, office.now()) for row in rows]

    return office.read(work)


def session_of(office: Office, actor: policy.Actor, session: str) -> Shown:
    """One session, for its progress. Raises NotFound."""
    return office.read(
        lambda connection: _shown(connection, load(office, connection, actor, session), office.now())
    )


def opened(office: Office, actor: policy.Actor, session: str) -> Opened:
    """One session with its result; the look is in the ledger.

    Raises NotFound for whoever neither made it nor works on its case, Erased where it was forgotten.
    """

    def work(connection: Connection) -> Opened:
        row = load_result(office, connection, actor, session)
        record(office, connection, READ, actor.person, objects=(session,), case=row.case_id)
        key = secrets_of(office, row).key
        said, held = said_of(key, row), entries(connection, key, session)
        query = select(HITS).where(HITS.c.session == session).order_by(HITS.c.bits.desc(), HITS.c.number)
        overlaps = tuple(
            _overlap(hit, held[hit.number], row.subjects)
            for hit in connection.execute(query)
            if hit.number in held
        )
        without = row.subjects - len({each.number for each in overlaps})
        return Opened(
            _shown(connection, row, office.now()), said.title, said.bad, said.notes, overlaps, without
        )

    return office.write(work)


def preview(
    office: Office,
    actor: policy.Actor,
    partners: Sequence[str],
    subjects: int | Sequence[AnySubject],
    case: str = "",
) -> list[Ahead]:
    """What asking these partners about these subjects, or so many, would take, and what may still be asked. Raises
    NotFound for an unknown partner."""
    points = points_of(subjects)
    count = subjects if isinstance(subjects, int) else len(subjects)
    return office.read(
        lambda connection: [_ahead(office, connection, name, count, points, case) for name in partners]
    )


def entries_of(
    office: Office, actor: policy.Actor, session: str, partner: str, numbers: Sequence[int]
) -> list[tuple[int, AnySubject, str]]:
    """(number, subject, reference) of overlaps at a partner, to ask for the records. Raises NotFound for one that is no
    overlap."""

    def work(connection: Connection) -> list[tuple[int, AnySubject, str]]:
        row = load_result(office, connection, actor, session)
        _overlapping(connection, session, partner, numbers)
        held = entries(connection, secrets_of(office, row).key, session, sorted({*numbers}))
        return [(number, entry.subject, entry.reference) for number, entry in held.items()]

    return office.read(work)


def mark_requested(
    office: Office, actor: policy.Actor, session: str, partner: str, numbers: Sequence[int], request: str
) -> None:
    """Note in which request the records of these overlaps were asked for. Raises NotFound, Conflict for one that was
    asked for before, BadInput without a request."""
    if not request:
        raise BadInput("no request is named", field="request")

    def work(connection: Connection) -> None:
        row = load_result(office, connection, actor, session)
        if any(hit.request_id for hit in _overlapping(connection, session, partner, numbers)):
            raise Conflict("the records of an overlap were asked for before", hint="look at that request")
        detail = {"partner": partner, "overlaps": str(len({*numbers}))}
        objects = (session, request)
        record(office, connection, REQUESTED, actor.person, objects=objects, case=row.case_id, detail=detail)
        here = (HITS.c.session == session) & (HITS.c.partner == partner) & HITS.c.number.in_([*numbers])
        connection.execute(update(HITS).where(here).values(request_id=request))

    office.write(work)


def _overlapping(
    connection: Connection, session: str, partner: str, numbers: Sequence[int]
) -> list[Row[Any]]:
    """The overlaps of these subjects at a partner. Raises NotFound where one is none."""
    here = (HITS.c.session == session) & (HITS.c.partner == partner) & HITS.c.number.in_([*numbers])
    rows = list(connection.execute(select(HITS).where(here)))
    if not numbers or len(rows) != len({*numbers}):
        raise NotFound
    return rows


def _overlap(hit: Row[Any], entry: Any, subjects: int) -> Overlap:
    return Overlap(
        hit.number,
        entry.subject,
        entry.reference,
        hit.partner,
        Strength(hit.strength),
        hit.chance,
        hit.chance * subjects,
        tuple(hit.agreed.split("\n")),
        hit.request_id,
    )


def _shown(connection: Connection, row: Row[Any], now: dt.datetime) -> Shown:
    legs = {leg.partner: leg for leg in legs_of(connection, row.id)}  # the last round of each
    return Shown(
        row.id,
        Kind(row.kind),
        _state(connection, row),
        row.person,
        row.case_id,
        row.grounds_id,
        row.subjects,
        row.bad_rows,
        sum(leg.points for leg in legs.values()),
        row.until,
        row.made,
        row.begun,
        row.ended,
        tuple(_leg_shown(connection, row, leg, now) for leg in legs.values()),
        row.approval_id,
    )


def _state(connection: Connection, row: Row[Any]) -> SessionState:
    """How a session stands; one whose second person said no is refused from then on."""
    state = SessionState(row.state)
    if state is not SessionState.WAITING:
        return state
    query = select(APPROVALS.c.state).where(APPROVALS.c.id == row.approval_id)
    refused = connection.execute(query).scalar() == ApprovalState.REFUSED.value
    return SessionState.REFUSED if refused else state


def _leg_shown(connection: Connection, session: Row[Any], leg: Row[Any], now: dt.datetime) -> LegShown:
    partner = directory.partner(connection, leg.partner)
    terms = terms_of(partner)
    left, case_left = left_of(connection, partner, session.case_id, now)
    return LegShown(
        leg.partner,
        partner.name,
        LegState(leg.state),
        leg.code,
        leg.points,
        leg.batches,
        leg.answered,
        leg.epoch,
        left,
        case_left,
        must_be_countersigned(terms, session.subjects, leg.points),
        leg.authority,
        leg.whole,
        leg.theirs is not None,
        leg.tries,
        leg.next,
        leg.id,
    )


def _ahead(
    office: Office, connection: Connection, origin: str, subjects: int, points: int, case: str
) -> Ahead:
    partner = directory.partner(connection, origin)
    open_ = partner.state_at(office.now()) is PartnerState.ACTIVE and partner.agreement is not None
    exchanges = partner.agreement.exchanges if open_ and partner.agreement else ()
    left, case_left = left_of(connection, partner, case, office.now())
    return Ahead(
        origin,
        partner.name,
        CROSSCHECK in exchanges,
        STANDING_CROSSCHECK in exchanges,
        must_be_countersigned(terms_of(partner), subjects, points),
        points,
        left,
        case_left,
    )


def left_of(
    connection: Connection, partner: Partner, case: str, now: dt.datetime
) -> tuple[int | None, int | None]:
    """The points that may still be asked of a partner, and under a case; None where nothing was agreed.

    As the partner counts: what it answered within the days of an epoch. Its own word counts where that is less.
    """
    terms = terms_of(partner)
    if terms is None:
        return None, None
    window = dt.timedelta(days=terms.epoch_days)
    mine = (LEGS.c.partner == partner.origin) & (BATCHES.c.answer != "")

    def used(*chosen: ColumnElement[bool]) -> int:
        summed = select(func.coalesce(func.sum(BATCHES.c.points), 0)).join(LEGS, LEGS.c.id == BATCHES.c.leg)
        of_case = summed.join(SESSIONS, SESSIONS.c.id == LEGS.c.session).where(mine, *chosen)
        return int(connection.execute(of_case).scalar_one())

    lately = BATCHES.c.at > now - window
    left = max(0, terms.points - used(lately))
    joined = select(BATCHES).join(LEGS, LEGS.c.id == BATCHES.c.leg).where(mine, lately)
    last = connection.execute(joined.order_by(BATCHES.c.at.desc(), BATCHES.c.number.desc()).limit(1)).first()
    if last is not None:
        since = used(
            BATCHES.c.at > last.at - window, BATCHES.c.at <= now - window
        )  # counted then, and not now
        left = min(left, signing.told(last.answer, Answer).left + since)
    in_case = used(lately, SESSIONS.c.case_id == case) if case else 0
    return left, min(left, max(0, terms.case_points - in_case))
