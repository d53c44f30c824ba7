"""Putting records right: corrections, withdrawals, restrictions and holds, each a new version that says who and why.

Older versions stay readable for those who may read the record (Directive (EU) 2016/680, articles 7 and 16).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Row, update

from liaison.holdings import access, live, safeguarding, shelves, snapshots
from liaison.holdings.consult import record_of
from liaison.holdings.rules import facts, is_protected, require_short
from liaison.holdings.shelves import OPEN, Draft
from liaison.holdings.shredding import shred
from liaison.ledger.statements import Statement
from liaison.model.categories import CaseId
from liaison.model.errors import BadInput, Conflict, NotLawful
from liaison.model.holding import Change, Holding, Record, State, Version
from liaison.office import Office
from liaison.policy import Action, Actor, Context
from liaison.storage.tables.holdings import HOLDINGS

WHAT_CORRECTED, WHAT_RESTRICTED, WHAT_UNRESTRICTED = (
    "correct-holding",
    "restrict-holding",
    "unrestrict-holding",
)
WHAT_WITHDRAWN, WHAT_REINSTATED = "withdraw-holding", "reinstate-holding"
ORIGINATOR = "tell the originator what is wrong; restrict the record until it is put right"
WHAT_HELD, WHAT_RELEASED = "hold-for-evidence", "release-from-hold"


def correct(
    office: Office, actor: Actor, holding: str, said: Holding, reason: str, seen: int | None = None
) -> Record | None:
    """The record with what it says from now on; None where it came under protection and is found here no more.

    Its list and the list's id of it stay. seen: the version that the correction was made of. Raises NotFound, Erased,
    NotLawful, BadInput, and Conflict, also where there is another version by now.
    """
    now = office.now()
    require_short(said, now.date())
    if is_protected(said, now.date()):
        _protect(office, actor, holding, said, reason)
        return None
    return _changed(office, actor, holding, Action.CORRECT, WHAT_CORRECTED, reason, said=said, seen=seen)


def restrict(office: Office, actor: Actor, holding: str, reason: str) -> Record:
    """The record, contested: kept and shown as such, and matched against nothing. Raises as `correct`."""
    need = State.LIVE
    return _changed(
        office, actor, holding, Action.RESTRICT, WHAT_RESTRICTED, reason, need=need, state=State.RESTRICTED
    )


def unrestrict(office: Office, actor: Actor, holding: str, reason: str) -> Record:
    """The record in use again. Raises as `correct`."""
    need = State.RESTRICTED
    return _changed(
        office, actor, holding, Action.RESTRICT, WHAT_UNRESTRICTED, reason, need=need, state=State.LIVE
    )


def withdraw(office: Office, actor: Actor, holding: str, reason: str) -> Record:
    """A record of our own that holds no more: matched against nothing from before this returns, and called back from
    every partner that has it. Raises as `correct`."""
    return _changed(
        office,
        actor,
        holding,
        Action.CORRECT,
        WHAT_WITHDRAWN,
        reason,
        need=State.LIVE,
        state=State.WITHDRAWN,
    )


def reinstate(office: Office, actor: Actor, holding: str, reason: str) -> Record:
    """A withdrawn record in use again. What was called back from partners is not sent again. Raises as `correct`."""
    return _changed(
        office,
        actor,
        holding,
        Action.CORRECT,
        WHAT_REINSTATED,
        reason,
        need=State.WITHDRAWN,
        state=State.LIVE,
    )


def legal_hold(
    office: Office, actor: Actor, holding: str, case: CaseId, until: dt.datetime, reason: str
) -> Record:
    """The record, kept as evidence in a case until a day, whatever its retention says (article 16(3)).

    Raises as `correct`.
    """
    if not case.strip():
        raise BadInput("the case is empty", field="case", hint="name the case that it is kept for")
    held = {"hold_until": until, "hold_case": case}
    return _changed(office, actor, holding, Action.HOLD, WHAT_HELD, reason, held=held, until=until)


def release_hold(office: Office, actor: Actor, holding: str, reason: str) -> Record:
    """The record without its legal hold. Raises as `correct`."""
    held = {"hold_until": None, "hold_case": None}
    return _changed(office, actor, holding, Action.RESTRICT, WHAT_RELEASED, reason, held=held)


def _changed(
    office: Office,
    actor: Actor,
    holding: str,
    action: Action,
    what: str,
    reason: str,
    *,
    said: Holding | None = None,
    seen: int | None = None,
    need: State | None = None,
    state: State | None = None,
    held: Mapping[str, Any] | None = None,
    until: dt.datetime | None = None,
) -> Record:
    def work(connection: Connection) -> Record:
        row, before = _loaded(office, connection, actor, holding, action, reason, until)
        if need is not None and row.state != need.value:
            raise Conflict(f"the record is {row.state}, not {need.value}")
        if seen is not None and row.version != seen:
            raise Conflict("the record was changed by someone else meanwhile", hint="look at it again")
        change = Change(what=what, by=actor.person, at=office.now(), reason=reason)
        after = before.holding if said is None else _same_record(before.holding, said)
        _write(office, connection, shelves.draft_after(row, after, change, state), held or {})
        _tell(office, connection, actor, what, holding)
        now_held = connection.execute(HOLDINGS.select().where(HOLDINGS.c.id == holding)).one()
        return record_of(now_held, now_held.version, Version(holding=after, change=change))

    record = office.write(work)
    if record.state is not State.LIVE:
        live.taken_out(office, [holding])
    live.changed(office)
    return record


def _loaded(
    office: Office,
    connection: Connection,
    actor: Actor,
    holding: str,
    action: Action,
    reason: str,
    until: dt.datetime | None = None,
) -> tuple[Row[Any], Version]:
    """The record's row and what it says, where this person may do this with it."""
    now = office.now()
    row = access.load(connection, actor, holding, now)
    version = shelves.latest(connection, office.keys, OPEN, row)
    known = facts(version.holding, now.date(), State(row.state), row.hold_until)
    office.decide(action, Context(actor=actor, now=now, record=known, reason=reason, until=until))
    if action is Action.CORRECT and not known.own:
        raise NotLawful("the record is another agency's: its originator corrects it", hint=ORIGINATOR)
    return row, version


def _write(office: Office, connection: Connection, draft: Draft, held: Mapping[str, Any]) -> None:
    rows = shelves.sealed_rows(office.keys, OPEN, [draft])
    with shelves.no_orphans(office.keys, rows.keys):
        shelves.renew(connection, OPEN, rows, shelves.next_change(connection))
        if held:
            connection.execute(update(HOLDINGS).where(HOLDINGS.c.id == draft.id).values(**held))


def _protect(office: Office, actor: Actor, holding: str, said: Holding, reason: str) -> None:
    """Move a record into the safeguarding compartment: a new key there, and the old ones destroyed."""

    def work(connection: Connection) -> None:
        row, before = _loaded(office, connection, actor, holding, Action.CORRECT, reason)
        after = _same_record(before.holding, said)
        change = Change(what=WHAT_CORRECTED, by=actor.person, at=office.now(), reason=reason)
        safeguarding.receive(office, connection, actor, row, Version(holding=after, change=change), ref)

    ref = safeguarding.ref_of(office, said)
    office.write(work)
    live.taken_out(office, [holding])
    shred(office, OPEN, [holding])
    snapshots.spoil(office)
    live.changed(office)


def _same_record(before: Holding, said: Holding) -> Holding:
    if (said.list_name, said.record) != (before.list_name, before.record):
        raise BadInput("a correction leaves the list and its id as they are", field="record")
    return said


def _tell(office: Office, connection: Connection, actor: Actor, what: str, holding: str) -> None:
    told = Statement(what=what, who=actor.person, when=office.now(), objects=(holding,))
    office.log.append(connection, told)
