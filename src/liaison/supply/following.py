"""What follows by itself: records that changed are told to whoever has them, notices are carried out and confirmed,
the silent are asked again. Each step is durable by itself and may be repeated: a crash anywhere loses nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, func, insert, or_, select, update

from liaison.holdings import shelves
from liaison.holdings.shelves import OPEN, midnight
from liaison.ledger.statements import Statement
from liaison.model.errors import LiaisonError
from liaison.model.holding import State as RecordState
from liaison.model.roles import Role
from liaison.office import Office
from liaison.officers import notices as persons
from liaison.storage.tables.holdings import CURSORS, HOLDINGS, RUNS
from liaison.storage.tables.supply import COMPLIANCE, HELD, NOTICES, SUPPLIED, WAYS
from liaison.supply import forgetting, issuing, keeping, reporting, rules, taking, vouching
from liaison.supply.documents import Kind, Outcome, Told, Why
from liaison.supply.items import Item, State, digest, sign_item
from liaison.supply.keeping import Kept
from liaison.supply.receiving import JOB
from liaison.supply.rules import Due
from liaison.supply.sending import said
from liaison.transport.means import Means

CURSOR = "supply"  # how far the changes of records were followed
BATCH = 200  # records or notices of one transaction
WHAT_DONE, WHAT_EXPIRED, WHAT_CHASED, WHAT_TOLD = (
    "notice-carried-out",
    "item-expired",
    "notice-chased",
    "notice-unanswered",
)
OPEN_STATES = (State.HELD.value, State.RESTRICTED.value)


@dataclass(frozen=True, slots=True)
class Followed:
    """What one run did; `failed` are notices that could not be carried out yet."""

    issued: int
    carried_out: int
    failed: int
    confirmed: int
    expired: int
    chased: int


def run(office: Office, means: Means) -> Followed:
    """Do all that waits. Raises LedgerUnavailable, StoreUnavailable; what was done before stays done."""
    issued = follow_records(office, means)
    carried_out, failed = carry_out_all(office)
    taking.finish_removals(office)
    office.write(forgetting.forget_late)
    keeping.destroy_due(office)
    confirmed = _drained(office, partial(_confirm_some, office, means))
    return Followed(issued, carried_out, failed, confirmed, expire(office), chase(office, means))


# --- our own records change -------------------------------------------------------------------------------------


def follow_records(office: Office, means: Means) -> int:
    """Tell of every record that changed since it was supplied; how many notices that made (rule L06)."""
    made = 0
    while True:
        more, some = office.write(partial(_follow_some, office, means))
        made += some
        if not more:
            return made


def _follow_some(office: Office, means: Means, connection: Connection) -> tuple[bool, int]:
    """Whether there may be more, and how many notices were issued."""
    reached = shelves.last_change(connection, CURSOR)
    joined = SUPPLIED.join(HOLDINGS, HOLDINGS.c.id == SUPPLIED.c.holding)
    changed = or_(HOLDINGS.c.version != SUPPLIED.c.version, HOLDINGS.c.state != SUPPLIED.c.record_state)
    columns = (HOLDINGS.c.version.label("now_version"), HOLDINGS.c.state.label("now_state"))
    query: Select[Any] = (
        select(*SUPPLIED.c, *columns)
        .select_from(joined)
        .where(HOLDINGS.c.change > reached, changed, SUPPLIED.c.state.in_(OPEN_STATES))
        .order_by(HOLDINGS.c.change, SUPPLIED.c.id)
        .limit(BATCH)
    )
    rows = connection.execute(query).all()
    issued = sum(_follow(office, means, connection, row) for row in rows)
    if len(rows) < BATCH:
        _reach(connection, shelves.last_change(connection))
    return len(rows) == BATCH, issued


def _follow(office: Office, means: Means, connection: Connection, row: Row[Any]) -> int:
    """The notices that a record's change makes for one item; how many."""
    before, after = RecordState(row.record_state), RecordState(row.now_state)
    seen = {"version": row.now_version, "record_state": row.now_state}
    connection.execute(update(SUPPLIED).where(SUPPLIED.c.id == row.id).values(**seen))
    if after is RecordState.ERASED:
        issuing.issue(office, means, connection, row, Kind.ERASE, Why.OVER, JOB)
        return 1
    if after is RecordState.WITHDRAWN:
        issuing.issue(office, means, connection, row, Kind.RECALL, Why.WITHDRAWN, JOB)
        return 1
    made = _correct(office, means, connection, row) if row.now_version != row.version else 0
    if before is not after:
        contested = after is RecordState.RESTRICTED
        kind, why = (Kind.RESTRICT, Why.CONTESTED) if contested else (Kind.UNRESTRICT, Why.SETTLED)
        issuing.issue(office, means, connection, _reread(connection, row.id), kind, why, JOB)
        made += 1
    return made


def _correct(office: Office, means: Means, connection: Connection, row: Row[Any]) -> int:
    """Sign the item anew with what the record says now; nothing where what was supplied has not changed."""
    record = connection.execute(select(HOLDINGS).where(HOLDINGS.c.id == row.holding)).one()
    holding = shelves.latest(connection, office.keys, OPEN, record).holding
    item = keeping.kept(office.keys, row.key, row.sealed, row.id).content
    now, full = office.now(), bool(item.why or item.facts or item.assessments)
    kept = min(item.retention_until, holding.retention_until)
    values = {name: getattr(item, name) for name in item.__struct_fields__} | said(
        office, holding, told=full or not holding.facts
    )
    values |= {"retention_until": kept, "review_at": min(holding.review_at, kept)}
    values["handling"] = rules.handling(item.handling, holding.handling)
    if Item(**values) == item:
        return 0
    values |= {"revision": item.revision + 1, "made": now, "supersedes": row.digest}
    text = sign_item(Item(**values), means.own.document)
    (box,) = keeping.sealed(office.keys, [(keeping.about_item(row.id), keeping.written(Kept(item=text)))])
    new = {"key": box.key, "sealed": box.sealed, "digest": digest(text), "revision": values["revision"]}
    new |= {"retention": midnight(kept), "handling": keeping.codes_text(values["handling"])}
    connection.execute(update(SUPPLIED).where(SUPPLIED.c.id == row.id).values(**new))
    keeping.destroy_later(connection, row.id, [row.key])
    issuing.issue(office, means, connection, row, Kind.CORRECT, Why.WRONG, JOB, text)
    return 1


def _reread(connection: Connection, item: str) -> Row[Any]:
    return connection.execute(select(SUPPLIED).where(SUPPLIED.c.id == item)).one()


def _reach(connection: Connection, change: int) -> None:
    done = connection.execute(update(CURSORS).where(CURSORS.c.name == CURSOR).values(value=change))
    if not done.rowcount:
        connection.execute(insert(CURSORS).values(name=CURSOR, value=change))


# --- notices that were received ---------------------------------------------------------------------------------


def _follow_record(office: Office, row: Row[Any], kind: Kind) -> bool:
    """Bring the record that was made of an item to how the item stands; whether all was done."""
    state = State(row.state)
    if row.taken_by is None:
        return True
    if state.over:
        return taking.remove(office, row)
    if kind is Kind.CORRECT:
        taking.renew(office, row.id)
    (taking.restrict if state is State.RESTRICTED else taking.unrestrict)(office, row)
    return True


def carry_out_all(office: Office) -> tuple[int, int]:
    """Do what notices ask beyond what their transaction did: keys, and the records that were made of the items.

    How many notices were carried out, and how many could not be: those are tried again next time.
    """
    done, failed = 0, set[str]()
    while rows := office.read(partial(_to_do, failed)):
        keeping.destroy_due(office)
        ready: list[tuple[Row[Any], Outcome]] = []
        for notice, held in rows:
            try:
                carried = _follow_record(office, held, Kind(notice.kind))
                ready.append((notice, Outcome.DONE if carried else Outcome.EVIDENCE))
            except LiaisonError:
                failed.add(notice.id)
        office.write(partial(_settle, office, ready))
        done += len(ready)
    return done, len(failed)


def _settle(office: Office, ready: list[tuple[Row[Any], Outcome]], connection: Connection) -> None:
    now = office.now()
    for notice, outcome in ready:
        values = {"done": now, "outcome": outcome.value}
        connection.execute(update(NOTICES).where(NOTICES.c.id == notice.id).values(**values))
    told = [
        Statement(
            what=WHAT_DONE,
            who=JOB,
            when=now,
            objects=(notice.item, notice.id),
            outcome=outcome.value,
            detail={"kind": notice.kind},
        )
        for notice, outcome in ready
    ]
    office.log.append_many(connection, told)


def _to_do(failed: set[str], connection: Connection) -> list[tuple[Row[Any], Row[Any]]]:
    """Notices that wait, each with the item that it is about."""
    waiting = NOTICES.c.done.is_(None) & NOTICES.c.id.not_in(failed)
    query = select(NOTICES).where(waiting).order_by(NOTICES.c.taken, NOTICES.c.id).limit(BATCH)
    rows = connection.execute(query).all()
    items = connection.execute(select(HELD).where(HELD.c.id.in_({row.item for row in rows}))).all()
    held = {row.id: row for row in items}
    return [(row, held[row.item]) for row in rows]


def _confirm_some(office: Office, means: Means, connection: Connection) -> int:
    joined = WAYS.join(NOTICES, WAYS.c.notice == NOTICES.c.id)
    due = WAYS.c.confirmed.is_(None) & NOTICES.c.done.is_not(None)
    query = select(WAYS).select_from(joined).where(due).limit(BATCH)
    ways = connection.execute(query).all()
    for way in ways:
        notice = connection.execute(select(NOTICES).where(NOTICES.c.id == way.notice)).one()
        reporting.confirm(office, means, connection, notice, way)
    return len(ways)


def _drained(office: Office, some: Callable[[Connection], int]) -> int:
    done = 0
    while count := office.write(some):
        done += count
    return done


# --- the end of retention ---------------------------------------------------------------------------------------


def expire(office: Office) -> int:
    """End what is past its retention here, once the last run of retention trusted the time (threat A12); how many."""
    count = office.write(partial(_expire_some, office))
    if count:
        keeping.destroy_due(office)
    return count


def trusted_time(connection: Connection) -> dt.datetime | None:
    """When the last run of retention trusted the time: what ended after it is not destroyed yet (threat A12)."""
    return connection.execute(select(func.max(RUNS.c.at)).where(RUNS.c.outcome != "refused")).scalar()


def _expire_some(office: Office, connection: Connection) -> int:
    trusted = trusted_time(connection)
    if trusted is None:
        return 0
    past = and_(HELD.c.retention <= trusted, HELD.c.retention <= office.now(), HELD.c.state.in_(OPEN_STATES))
    rows = connection.execute(select(HELD.c.id, HELD.c.key).where(past).limit(BATCH)).all()
    for row in rows:
        values = {"state": State.EXPIRED.value, "sealed": None}
        connection.execute(update(HELD).where(HELD.c.id == row.id).values(**values))
        keeping.destroy_later(connection, row.id, [row.key])
        issuing.drop_replacements(connection, row.id)
        _tell(office, connection, WHAT_EXPIRED, (row.id,), State.EXPIRED.value, {})
    return len(rows)


# --- the silent -------------------------------------------------------------------------------------------------


def chase(office: Office, means: Means) -> int:
    """Ask again who has not confirmed: after a day, then after as long again each time, a week at most.

    From the third day on the supervisors are told each day, until it confirms or a person ends it. How many steps
    that were.
    """
    return _drained(office, partial(_chase, office, means))


def _chase(office: Office, means: Means, connection: Connection) -> int:
    now = office.now()
    silent = COMPLIANCE.c.confirmed.is_(None) & COMPLIANCE.c.ended.is_(None)
    untold = COMPLIANCE.c.told.is_(None) | (COMPLIANCE.c.told <= now - rules.TELL_EVERY)
    to_tell = (COMPLIANCE.c.since <= now - rules.TELL_AFTER) & untold
    steps = silent & ((COMPLIANCE.c.again <= now) | to_tell)
    rows = connection.execute(select(COMPLIANCE).where(steps).limit(BATCH)).all()
    told = set[str]()  # the supervisors once of each notice, however many are silent
    return sum(_chase_one(office, means, connection, row, told) for row in rows)


def _chase_one(
    office: Office, means: Means, connection: Connection, row: Row[Any], notices_told: set[str]
) -> int:
    now = office.now()
    due = rules.due(row.since, row.again, row.told, now)
    if due is None:
        return 0
    chosen = (COMPLIANCE.c.notice == row.notice) & (COMPLIANCE.c.node == row.node)
    notice = connection.execute(select(NOTICES).where(NOTICES.c.id == row.notice)).one()
    if due is Due.TELL:
        connection.execute(update(COMPLIANCE).where(chosen).values(told=now))
        if row.notice not in notices_told:
            notices_told.add(row.notice)
            persons.add(connection, Role.SUPERVISOR, WHAT_TOLD, row.notice, now)
        _tell(office, connection, WHAT_TOLD, (notice.item, row.notice), "", {"node": row.node})
        return 1
    values = {"chased": now, "again": rules.asked_again(row.since, now)}
    connection.execute(update(COMPLIANCE).where(chosen).values(**values))
    us = keeping.origin(connection)
    told = _told_again(office, connection, notice, us)
    if told is not None:
        issuing.spread(office, means, connection, row.notice, told, again=row.node)
    _tell(office, connection, WHAT_CHASED, (notice.item, row.notice), "", {"node": row.node})
    return 1


def _told_again(office: Office, connection: Connection, notice: Row[Any], us: str) -> Told | None:
    """The letter of a notice once more; None where what it brought is gone with the item."""
    replacement = ""
    if notice.replacing:
        if notice.sealed is None:
            return None
        about = keeping.about_item(notice.id)
        replacement = keeping.opened(office.keys, notice.key, notice.sealed, about).decode()
    chain = keeping.chain_of(notice.chain)
    card = vouching.card_of(connection, notice.originator) if not chain else _card(office, connection, notice)
    return Told(
        notice=notice.document, chain=(*chain, us), card=card if chain else "", replacement=replacement
    )


def _card(office: Office, connection: Connection, notice: Row[Any]) -> str:
    row = connection.execute(select(HELD).where(HELD.c.id == notice.item)).first()
    if row is not None and row.sealed is not None and row.vouched:
        return keeping.kept(office.keys, row.key, row.sealed, row.id).card
    return vouching.card_of(connection, notice.originator)


def _tell(
    office: Office,
    connection: Connection,
    what: str,
    objects: tuple[str, ...],
    outcome: str,
    detail: dict[str, str],
) -> None:
    told = Statement(what=what, who=JOB, when=office.now(), objects=objects, outcome=outcome, detail=detail)
    office.log.append(connection, told)
