"""Entries of stolen and wanted vehicles that a person writes and keeps: made, put right, prolonged, and listed.

They are records like any other, in a list of their own; withdrawing one, and taking it back into use, are
`corrections`. Whoever imports or corrects records keeps them, and sees all that this agency listed itself. What they
were shown is on the ledger.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from msgspec.structs import replace
from sqlalchemy import ColumnElement, Connection, Row, select

from liaison import policy
from liaison.holdings import access, corrections, live, shelves
from liaison.holdings.entry_rules import ENDS_SOON, EntryState, entry_state, require_entry
from liaison.holdings.rules import SUPPLIED, WRITTEN, facts
from liaison.holdings.shelves import OPEN, Draft
from liaison.ledger.statements import Statement
from liaison.model.categories import CaseId, Category, Involvement
from liaison.model.errors import Erased, NotFound
from liaison.model.handling import Handling
from liaison.model.holding import Change, Holding, State, Version
from liaison.model.roles import Capability, capabilities
from liaison.model.subjects import Vehicle
from liaison.model.wanted import Wanted
from liaison.office import Office, new_id
from liaison.policy import Action, Actor, Context
from liaison.storage.tables.holdings import HOLDINGS, VERSIONS

WHAT_WRITTEN, WHAT_LISTED = "write-vehicle-entry", "list-vehicle-entries"
KEEPS = frozenset({Capability.IMPORT, Capability.CORRECT})
MOST = 200  # entries of one page
KIND = "vehicle"


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a person says of one entry. case, reason: why the vehicle is sought. until: the day from which it is not."""

    vehicle: Vehicle
    wanted: Wanted
    category: Category
    case: CaseId
    reason: str
    until: dt.date
    handling: Handling


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry as those who keep it see it."""

    id: str
    version: int
    state: EntryState
    holding: Holding
    changed: dt.datetime

    @property
    def last_day(self) -> dt.date:
        """The last day on which it matches."""
        return self.holding.retention_until - dt.timedelta(days=1)

    @property
    def vehicle(self) -> Vehicle:
        """What it is about."""
        assert isinstance(self.holding.subject, Vehicle)
        return self.holding.subject

    @property
    def wanted(self) -> Wanted:
        """What it asks for."""
        assert self.holding.wanted is not None
        return self.holding.wanted


@dataclass(frozen=True, slots=True)
class Page:
    """Some entries, the newest first. `next` is where the page after begins; empty on the last one."""

    entries: tuple[Entry, ...]
    next: str = ""


def write(office: Office, actor: Actor, said: Said) -> str:
    """A new entry, found by whoever checks from when this returns; its id.

    Raises NotLawful, BadInput with the field, LedgerUnavailable.
    """
    now = office.now()
    holding = _holding(office, actor, said, new_id("entry"))
    require_entry(holding, now.date(), policy.limits(office.regimes))
    known = facts(holding, now.date())
    office.decide(Action.IMPORT, Context(actor=actor, now=now, record=known, reason=said.reason))
    change = Change(what=WHAT_WRITTEN, by=actor.person, at=now, reason=said.reason)
    ref = shelves.keyed(shelves.digest_key(office, OPEN), holding.list_name, holding.record)
    draft = Draft(shelves.fresh_id(), 1, Version(holding=holding, change=change), ref, None)
    rows = shelves.sealed_rows(office.keys, OPEN, [draft])

    def work(connection: Connection) -> None:
        shelves.add(connection, OPEN, rows, shelves.next_change(connection))
        _tell(office, connection, actor, WHAT_WRITTEN, (draft.id,))

    with shelves.no_orphans(office.keys, rows.keys):
        office.write(work)
    live.changed(office)
    return draft.id


def correct(office: Office, actor: Actor, holding: str, said: Said, reason: str) -> None:
    """Let an entry say something else from now on; partners that have it are told. Raises as `write`, and NotFound."""
    entry = one(office, actor, holding)
    before = entry.holding
    after = _holding(office, actor, said, before.record)
    after = replace(after, list_name=before.list_name, source=before.source)
    _put(office, actor, holding, after, reason, entry.version)


def prolong(office: Office, actor: Actor, holding: str, until: dt.date, reason: str) -> None:
    """Let an entry that a person looked at again end on another day. Raises as `correct`."""
    entry = one(office, actor, holding)
    review = _review(office, entry.holding.category, until)
    said = replace(entry.holding, retention_until=until, review_at=review)
    _put(office, actor, holding, said, reason, entry.version)


def one(office: Office, actor: Actor, holding: str) -> Entry:
    """One entry. Raises NotFound for what is none of this agency's own, LedgerUnavailable."""
    found = _shown(office, actor, HOLDINGS.c.id == holding, 1)
    if not found:
        raise NotFound
    return found[0]


def listed(
    office: Office, actor: Actor, state: EntryState | None = None, after: str = "", most: int = 50
) -> Page:
    """Entries of this agency's own lists, of one state or all, the newest first. Raises NotFound for whoever keeps
    none."""
    most = max(1, min(most, MOST))
    now = office.now()
    chosen = _in_state(state, now) & (HOLDINGS.c.id < after if after else HOLDINGS.c.id != "")
    rows = office.read(lambda connection: connection.execute(_own(chosen, most + 1)).all())
    entries = _shown(office, actor, HOLDINGS.c.id.in_([row.id for row in rows[:most]]), most)
    return Page(tuple(entries), rows[most - 1].id if len(rows) > most else "")


def _holding(office: Office, actor: Actor, said: Said, record: str) -> Holding:
    involved = Involvement(category=said.category, case=said.case, reason=said.reason, reviewer=actor.person)
    return Holding(
        list_name=WRITTEN,
        record=record,
        subject=said.vehicle,
        owner=said.wanted.office,
        source=office.name,
        handling=said.handling,
        retention_until=said.until,
        review_at=_review(office, said.category, said.until),
        involvement=involved,
        wanted=said.wanted,
    )


def _review(office: Office, category: Category | None, until: dt.date) -> dt.date:
    """When somebody has to look at it again: before its end, and as soon as the law asks for the category."""
    days = policy.limits(office.regimes).review_days
    last = office.now().date() + dt.timedelta(days=days[category or Category.CONTACT])
    return min(until, last)


def _put(office: Office, actor: Actor, holding: str, said: Holding, reason: str, seen: int) -> None:
    require_entry(said, office.now().date(), policy.limits(office.regimes))
    corrections.correct(office, actor, holding, said, reason, seen)


def _shown(office: Office, actor: Actor, chosen: ColumnElement[bool], most: int) -> list[Entry]:
    """Entries that are opened for whoever keeps them, with one statement that says which."""
    if not KEEPS & capabilities(actor.roles, trained=actor.trained):
        raise NotFound

    def work(connection: Connection) -> list[Entry]:
        visible = access.visible(actor, office.now())
        rows = connection.execute(_own(chosen & visible, most)).all()
        found = [entry for row in rows if (entry := _opened(office, row)) is not None]
        _tell(office, connection, actor, WHAT_LISTED, tuple(entry.id for entry in found))
        return found

    return office.write(work)


def _own(chosen: ColumnElement[bool], most: int) -> Any:
    """Rows of vehicles that this agency listed itself and did not erase, with what is sealed of their last version."""
    latest = (VERSIONS.c.holding == HOLDINGS.c.id) & (VERSIONS.c.version == HOLDINGS.c.version)
    own = (
        (HOLDINGS.c.kind == KIND)
        & (HOLDINGS.c.state != State.ERASED.value)
        & HOLDINGS.c.list.not_like(f"{SUPPLIED}%")
    )
    columns = (HOLDINGS.c.id, HOLDINGS.c.state, HOLDINGS.c.changed, *VERSIONS.c)
    query = select(*columns).join(VERSIONS, latest).where(own, chosen)
    return query.order_by(HOLDINGS.c.id.desc()).limit(most)


def _opened(office: Office, row: Row[Any]) -> Entry | None:
    """The entry of a row; None for a vehicle that nobody seeks, and for one that is being erased."""
    try:
        (version,) = shelves.opened(office.keys, OPEN, [row])
    except Erased:
        return None
    held = version.holding
    if held.wanted is None:
        return None
    state = entry_state(State(row.state), held.retention_until, office.now().date())
    return Entry(row.holding, row.version, state, held, row.changed)


def _in_state(state: EntryState | None, now: dt.datetime) -> ColumnElement[bool]:
    """The rows of entries in a state: what `entry_state` says of them, as a question."""
    kept = {EntryState.WITHDRAWN: State.WITHDRAWN, EntryState.RESTRICTED: State.RESTRICTED}
    if state is None:
        return HOLDINGS.c.id != ""
    if state in kept:
        return HOLDINGS.c.state == kept[state].value
    ends, live_ = HOLDINGS.c.retention, HOLDINGS.c.state == State.LIVE.value
    soon = shelves.midnight(now.date() + ENDS_SOON)
    if state is EntryState.ENDED:
        return live_ & (ends <= now)
    return live_ & (ends > now) & ((ends <= soon) if state is EntryState.ENDING else (ends > soon))


def _tell(office: Office, connection: Connection, actor: Actor, what: str, objects: Sequence[str]) -> None:
    told = Statement(what=what, who=actor.person, when=office.now(), objects=tuple(objects))
    office.log.append(connection, told)
