"""Taking an item into our own records, so that checks find it: as a record of its originator, for no longer than that
lets it be kept, and gone with the item.
"""

from __future__ import annotations

from typing import Any

import msgspec
from sqlalchemy import Connection, Row, select, update

from liaison.holdings import corrections, erasure, shelves
from liaison.holdings.access import Footing
from liaison.holdings.imports import import_file
from liaison.holdings.order import ImportOrder
from liaison.holdings.rules import supplied_by
from liaison.holdings.shelves import OPEN
from liaison.ledger.statements import Statement
from liaison.model.categories import CaseId, Category, OfficerId
from liaison.model.errors import BadInput, Conflict, Erased
from liaison.model.holding import State as RecordState
from liaison.model.roles import Role
from liaison.model.wanted import Wanted
from liaison.office import Office
from liaison.policy import Action, Actor
from liaison.storage.tables.holdings import HOLDINGS
from liaison.storage.tables.supply import HELD
from liaison.supply import access, doors
from liaison.supply.access import Loaded
from liaison.supply.doors import Door, Use
from liaison.supply.items import State

WHAT = "item-taken-in"
HANDS = Actor(person=OfficerId("supply-job"), roles=frozenset({Role.DESK_OFFICER}))
REASON = "the originator called it back"


def take_in(
    office: Office, actor: Actor, item: str, footing: Footing, category: Category | None = None
) -> str:
    """Make a record of an item; the record's id. category: for a thing that came without one.

    Raises NotFound, Erased, NotLawful, BadInput, Conflict for one that was taken in before.
    """

    def mark(connection: Connection) -> Loaded:
        loaded = access.load(office, connection, actor, item)
        if loaded.row.taken_by:
            raise Conflict("the item was taken into the records before")
        use = Use(
            action=Action.READ_HOLDING,
            grounds=footing.grounds,
            on_case=access.on_case(connection, actor, loaded.row, footing),
        )
        doors.may(office, actor, loaded.label, Door.SCREEN, use)
        told = Statement(
            what=WHAT, who=actor.person, when=office.now(), case=footing.grounds.case, objects=(item,)
        )
        office.log.append(connection, told)
        connection.execute(update(HELD).where(HELD.c.id == item).values(taken_by=actor.person))
        return loaded

    loaded = office.write(mark)
    try:
        return _import(office, actor, loaded, category)
    except BaseException:
        if record_of(office, loaded.row) is None:
            office.write(lambda connection: _unmark(connection, item))
        raise


def renew(office: Office, item: str) -> None:
    """Bring the record of an item to what the item says now."""
    row = office.read(lambda connection: connection.execute(select(HELD).where(HELD.c.id == item)).one())
    _import(office, HANDS, access.content(office, row), None)


def record_of(office: Office, row: Row[Any]) -> Row[Any] | None:
    """The record that was made of an item; None where none was. Found by the item, also after a crash."""
    ref = shelves.keyed(shelves.digest_key(office, OPEN), supplied_by(row.originator), row.id)
    chosen = select(HOLDINGS).where(HOLDINGS.c.ref == ref)
    return office.read(lambda connection: connection.execute(chosen).first())


def remove(office: Office, row: Row[Any]) -> bool:
    """Erase the record of an item; whether it is gone. One that is held as evidence is restricted in place of it."""
    record = record_of(office, row)
    if record is None or record.state == RecordState.ERASED.value:
        if record is not None:
            erasure.finish(office, OPEN, [record.id])
        return True
    if record.hold_until is not None and record.hold_until > office.now():
        restrict(office, row)
        return False
    cause = erasure.Cause.ORDER

    def work(connection: Connection) -> None:
        erasure.buried(office, connection, HANDS.person, OPEN, [(record.id, record.list)], cause, row.id)

    office.write(work)
    erasure.finish(office, OPEN, [record.id])
    return True


def restrict(office: Office, row: Row[Any]) -> None:
    """Restrict the record of an item, as the originator did its own."""
    record = record_of(office, row)
    if record is not None and record.state == RecordState.LIVE.value:
        corrections.restrict(office, HANDS, record.id, REASON)


def unrestrict(office: Office, row: Row[Any]) -> None:
    """Lift the restriction of the record of an item."""
    record = record_of(office, row)
    if record is not None and record.state == RecordState.RESTRICTED.value:
        corrections.unrestrict(office, HANDS, record.id, "the originator settled what was contested")


def _unmark(connection: Connection, item: str) -> None:
    connection.execute(update(HELD).where(HELD.c.id == item, HELD.c.holding.is_(None)).values(taken_by=None))


def _import(office: Office, actor: Actor, loaded: Loaded, category: Category | None) -> str:
    said, row = loaded.item, loaded.row
    if said.category is None and category is None and not row.holding:
        raise BadInput("the item has no category", field="category", hint="say in what capacity it stands")
    told: dict[str, Any] = msgspec.to_builtins(said.subject, enc_hook=str)
    told |= {"id": said.id, "facts": msgspec.to_builtins(said.facts, enc_hook=str)}
    told |= {"assessments": msgspec.to_builtins(said.assessments, enc_hook=str)}
    told |= _entry(said.wanted)
    order = ImportOrder(
        list_name=supplied_by(said.originator),
        supplied=True,
        content=msgspec.json.encode(told) + b"\n",
        name="item.jsonl",
        owner=said.source,
        source=said.originator,
        handling=loaded.label.handling,
        retention_until=min(said.retention_until, row.retention.date()),
        review_at=min(said.review_at, row.retention.date()),
        case=CaseId(row.request or said.id),
        reason=said.why or "supplied by a partner",
        category=said.category or category or Category.CONTACT,
        graded=said.graded,
        instruction=said.instruction,
    )
    done = import_file(office, actor, order)
    if done.refused or not done.read:
        raise BadInput("; ".join(bad.reason for bad in done.bad_rows) or "nothing was taken in", field="item")
    record = record_of(office, row)
    assert record is not None, "what was imported just now is found by its list and id"
    _require_as_it_stands(office, loaded, record.id)
    return str(record.id)


def _entry(wanted: Wanted | None) -> dict[str, str]:
    """What an item asks for of a stolen or wanted vehicle, as a row of a list says it."""
    if wanted is None:
        return {}
    said: dict[str, str] = msgspec.to_builtins(wanted)
    return {"wanted" if name == "sought" else name: text for name, text in said.items()}


def _require_as_it_stands(office: Office, loaded: Loaded, record: str) -> None:
    """Bring a record that was just made to how its item stands: a notice may have come while it was made. Raises Erased
    where the item is gone, and the record with it."""
    mine = HELD.c.id == loaded.row.id

    def bind(connection: Connection) -> Row[Any]:
        connection.execute(update(HELD).where(mine).values(holding=record))
        return connection.execute(select(HELD).where(mine)).one()

    row = office.write(bind)
    state = State(row.state)
    if state.over:
        remove(office, row)
        raise Erased(f"the item was {row.state} while it was taken in: nothing of it is left here")
    if row.digest != loaded.row.digest:
        renew(office, row.id)
    elif state is State.RESTRICTED:
        restrict(office, row)


def finish_removals(office: Office) -> int:
    """Remove the records of items that ended while they were taken in by a process that stopped; how many. One of which
    there is no record yet is looked for again: it may just be made."""
    ended = [state.value for state in State if state.over]
    chosen = HELD.c.state.in_(ended) & HELD.c.taken_by.is_not(None) & HELD.c.holding.is_(None)
    rows = office.read(lambda connection: connection.execute(select(HELD).where(chosen)).all())
    made = [(row, record) for row in rows if (record := record_of(office, row)) is not None]
    for row, record in made:
        remove(office, row)
        values = update(HELD).where(HELD.c.id == row.id).values(holding=record.id)
        office.write(lambda connection, values=values: connection.execute(values))  # type: ignore[misc]
    return len(made)
