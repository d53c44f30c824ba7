"""Lists of people to check: asked for, approved where the law wants a second person, kept sealed until they are run.

What is wrong with a list is said row by row when it is asked for. Running it is `bulk_runs`.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, and_, insert, select, update

from liaison import policy
from liaison.holdings import BadRow
from liaison.holdings.findings import Read
from liaison.holdings.options import Options
from liaison.holdings.read import read_stream
from liaison.holdings.streams import Stream
from liaison.ledger.statements import Statement
from liaison.matching.columns import People
from liaison.matching.dates import BIT
from liaison.model.canonical import encode
from liaison.model.errors import Conflict, NotFound
from liaison.model.structs import Value
from liaison.office import Office, new_id
from liaison.officers import approvals
from liaison.ports import Compartment
from liaison.screening.access import load_list, seen_cases
from liaison.screening.approved import by_number_alone
from liaison.screening.list_rules import (
    ListState,
    ListStep,
    after,
    require_size,
    table_of,
)
from liaison.screening.lookups import context_for, footing
from liaison.screening.permission import settle, weigh
from liaison.screening.seals import seals
from liaison.storage.sealing import seal
from liaison.storage.tables.screening import LISTS

ORDERED, ENDED, READ = "list-ordered", "list-cancelled", "list-read"
KIND = "check-list"
SHOWN = 500  # bad rows that are kept with a list; how many there are is kept too
FIELDS = ("name", "born", "sex", "nationality", "document")


@dataclass(frozen=True, slots=True)
class ListOrder:
    """People to check: a file or its like, on which grounds, within which limits (see matching.search.Limits)."""

    grounds: str
    content: bytes
    name: str = "pasted list"
    columns: Mapping[str, str] = field(default_factory=dict)
    min_score: float | None = None
    alerts_per_1000: float | None = None
    lists: tuple[str, ...] = ()


class Bad(Value, frozen=True, kw_only=True):
    """A row, or one field of it, that could not be used as it is; row 0 is the whole file."""

    row: int
    field: str
    reason: str


class Sealed(Value, frozen=True, kw_only=True):
    """A list as it is sealed: what it is called, how it is read, within which limits it is checked; what was wrong."""

    name: str
    columns: dict[str, str] = msgspec.field(default_factory=dict)
    least: int | None = None  # 1/10,000 bit
    per_1000: int | None = None  # thousandths of an alert
    lists: tuple[str, ...] = ()
    bad: tuple[Bad, ...] = ()
    notes: tuple[str, ...] = ()


SEALED = msgspec.json.Decoder(Sealed)


@dataclass(frozen=True, slots=True)
class ListShown:
    """A list as it is shown. `done` and `total` are names; `bad` are the first bad rows, `bad_rows` how many there are.
    `name`, `bad` and `notes` are empty where they were not opened or were erased."""

    id: str
    person: str
    case: str
    grounds: str
    state: ListState
    asked: datetime
    started: datetime | None
    ended: datetime | None
    subjects: int
    bad_rows: int
    done: int
    total: int
    approval: str
    check: str
    name: str = ""
    bad: tuple[Bad, ...] = ()
    notes: tuple[str, ...] = ()


def pasted(grounds: str, text: str, **limits: Any) -> ListOrder:
    """The order for a pasted list: a table with its header, or a person on each line. Raises BadInput."""
    return ListOrder(grounds, table_of(text), **limits)


def order_list(office: Office, actor: policy.Actor, order: ListOrder) -> ListShown:
    """Read a list and keep it; ask for an approval where the law wants one.

    Raises BadInput and UnusableFile for what cannot be read; NotLawful for every reason but the number, which an
    approval answers; NotFound and Conflict as for a check.
    """
    require_size(order.content)
    now = office.now()
    found = read_list(order.content, order.name, order.columns, now.year)
    context = office.read(
        lambda connection: context_of(office, connection, actor, order.grounds, found.people, now)
    )
    decision = weigh(office, policy.Action.CHECK_BULK, context)
    if not by_number_alone(decision):
        settle(office, policy.Action.CHECK_BULK, context, decision)
    needs = isinstance(decision, policy.Refuse)
    row, sealed = _row(office, context, order, found)
    key = office.keys.create(Compartment.OFFICERS)[0] if needs else None

    def work(connection: Connection) -> Row[Any]:
        approval = ""
        if key is not None:
            request = approvals.Request(KIND, about_of(row), row["case_id"], row["subjects"])
            approval = approvals.ask_within(office, connection, actor, request, key)
        office.log.append(connection, _statement(ORDERED, context, row))
        connection.execute(insert(LISTS).values(row | {"approval_id": approval}))
        return load_list(office, connection, actor, row["id"])

    return _shown(office.write(work), sealed)


def list_of(office: Office, actor: policy.Actor, order: str) -> ListShown:
    """One list with what was wrong with it; the look is on the ledger. Raises NotFound."""

    def work(connection: Connection) -> Row[Any]:
        row = load_list(office, connection, actor, order)
        statement = Statement(
            what=READ, who=actor.person, when=office.now(), case=row.case_id, objects=(order,)
        )
        office.log.append(connection, statement)
        return row

    row = office.write(work)
    opened = seals(office).open_each([(row.key, row.sealed, about(order))])[0]
    return _shown(row, None if opened is None else content_of(opened)[0])


def progress_of(office: Office, actor: policy.Actor, order: str) -> ListShown:
    """How far a list is, without what it holds. Raises NotFound."""
    return _shown(office.read(lambda connection: load_list(office, connection, actor, order)), None)


def lists_of(office: Office, actor: policy.Actor) -> list[ListShown]:
    """The lists of the cases that the person sees, newest first, without what they hold."""

    def work(connection: Connection) -> Sequence[Row[Any]]:
        seen = LISTS.c.case_id.in_(seen_cases(office, connection, actor))
        query = select(LISTS).where(seen).order_by(LISTS.c.asked.desc(), LISTS.c.id).limit(200)
        return connection.execute(query).all()

    return [_shown(row, None) for row in office.read(work)]


def cancel(office: Office, actor: policy.Actor, order: str) -> ListShown:
    """Stop a list, or give it up before it began: nothing of it is told. By whoever asked.

    Raises NotFound, Conflict where it is over.
    """
    now = office.now()

    def work(connection: Connection) -> Row[Any]:
        row = own_list(office, connection, actor, order)
        following = after(ListState(row.state), ListStep.CANCEL)
        statement = Statement(what=ENDED, who=actor.person, when=now, case=row.case_id, objects=(order,))
        office.log.append(connection, statement)
        move(connection, row, following, ended=now)
        return load_list(office, connection, actor, order)

    return _shown(office.write(work), None)


def own_list(office: Office, connection: Connection, actor: policy.Actor, order: str) -> Row[Any]:
    """A list that this person asked for. Raises NotFound."""
    row = load_list(office, connection, actor, order)
    if row.person != actor.person:
        raise NotFound
    return row


def move(connection: Connection, row: Row[Any], following: ListState, **values: Any) -> None:
    """Change the state of a list, if it is still what was read. Raises Conflict."""
    same = and_(LISTS.c.id == row.id, LISTS.c.state == row.state)
    changed = connection.execute(update(LISTS).where(same).values(state=following.value, **values))
    if changed.rowcount != 1:
        raise Conflict("the list was changed by someone else meanwhile")


def context_of(
    office: Office,
    connection: Connection,
    actor: policy.Actor,
    grounds: str,
    people: People,
    now: datetime,
    approval: policy.Approval | None = None,
) -> policy.Context:
    """The facts of checking these people now."""
    stand = footing(office, connection, actor, grounds, now)
    facts = {"subjects": len(people), "criteria": fields_of(people), "approval": approval}
    return context_for(office, actor, stand, now, **facts)


def fields_of(people: People) -> frozenset[str]:
    """The fields that a list searches by."""
    there = {
        "name": len(people.person) > 0,
        "document": len(people.documents) > 0,
        "born": bool(people.dob.any()),
        "sex": bool(people.sex.any()),
        "nationality": bool(people.nationality.any()),
    }
    return frozenset(name for name in FIELDS if there[name])


def read_list(content: bytes, name: str, columns: Mapping[str, str], year: int) -> Read:
    """The people of a list and its bad rows; `year` is this one. Raises UnusableFile, BadSetting."""
    stream = Stream(name, io.BytesIO(content), len(content))
    return read_stream(stream, Options(list_name=name, last_year=year, columns=columns))


def about(order: str) -> str:
    """What a list's seal is bound to."""
    return f"screening_lists:{order}"


def about_of(row: Mapping[str, Any]) -> dict[str, str]:
    """What an approver reads of a list, and what the approval is good for: this list alone."""
    return {
        "list": row["id"],
        "people": str(row["subjects"]),
        "grounds": row["grounds_id"],
    }


def content_of(opened: bytes) -> tuple[Sealed, bytes]:
    """What was sealed of a list: its description and its bytes."""
    size = int.from_bytes(opened[:4], "big")
    return SEALED.decode(opened[4 : 4 + size]), opened[4 + size :]


def _row(
    office: Office, context: policy.Context, order: ListOrder, found: Read
) -> tuple[dict[str, Any], Sealed]:
    """The row of a list, sealed."""
    grounds = context.grounds
    assert grounds is not None
    list_id, described = new_id("list"), _described(order, found)
    head = encode(described)
    ((key_id, key),) = seals(office).take()
    content = len(head).to_bytes(4, "big") + head + order.content
    row = {
        "id": list_id,
        "person": context.actor.person,
        "case_id": grounds.case,
        "grounds_id": order.grounds,
        "state": ListState.WAITING.value,
        "asked": context.now,
        "subjects": len(found.people),
        "bad_rows": len(found.bad_rows),
        "done": 0,
        "total": len(found.people.person),
        "check_id": "",
        "key": key_id,
        "sealed": seal(key, content, about(list_id)),
    }
    return row, described


def _described(order: ListOrder, found: Read) -> Sealed:
    return Sealed(
        name=order.name[:200] or "list",
        columns=dict(order.columns),
        least=None if order.min_score is None else round(order.min_score * BIT),
        per_1000=None if order.alerts_per_1000 is None else round(order.alerts_per_1000 * 1000),
        lists=tuple(sorted(set(order.lists))),
        bad=tuple(_bad(row) for row in found.bad_rows[:SHOWN]),
        notes=tuple(found.notes),
    )


def _bad(row: BadRow) -> Bad:
    return Bad(row=row.row, field=row.field, reason=row.reason)


def _statement(what: str, context: policy.Context, row: Mapping[str, Any]) -> Statement:
    grounds = context.grounds
    return Statement(
        what=what,
        who=context.actor.person,
        when=context.now,
        case=row["case_id"],
        purpose=grounds.purpose.value if grounds else "",
        grounds=row["grounds_id"],
        objects=(row["id"],),
        detail={"subjects": str(row["subjects"]), "bad-rows": str(row["bad_rows"])},
    )


def _shown(row: Row[Any], held: Sealed | None) -> ListShown:
    return ListShown(
        row.id,
        row.person,
        row.case_id,
        row.grounds_id,
        ListState(row.state),
        row.asked,
        row.started,
        row.ended,
        row.subjects,
        row.bad_rows,
        row.done,
        row.total,
        row.approval_id,
        row.check_id,
        held.name if held else "",
        held.bad if held else (),
        held.notes if held else (),
    )
