"""Reading records: one at a time, on grounds, with an entry in the ledger; lists of them without what they say."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, func, select

from liaison.holdings import access, shelves
from liaison.holdings.access import Footing
from liaison.holdings.rules import facts
from liaison.holdings.shelves import OPEN
from liaison.ledger.statements import Statement
from liaison.model.categories import CaseId, Category
from liaison.model.holding import LegalHold, Record, State, Version
from liaison.office import Office
from liaison.policy import Action, Actor, Context
from liaison.storage.tables.holdings import HOLDINGS, VERSIONS

WHAT_SHOWN, WHAT_INSPECTED, WHAT_LISTED = "show-holding", "inspect-holding", "list-holdings"
MOST = 200  # rows of one page


@dataclass(frozen=True, slots=True)
class Entry:
    """A record in a list of records: codes and dates, nothing of what it says."""

    id: str
    list_name: str
    kind: str
    category: Category | None
    handling: str
    state: State
    version: int
    retention_until: dt.date
    review_at: dt.date
    held_until: dt.datetime | None
    changed: dt.datetime


@dataclass(frozen=True, slots=True)
class Page:
    """Some records, and where the next page begins: give it as `after`; empty where there is none."""

    entries: list[Entry]
    next: str


@dataclass(frozen=True, slots=True)
class Question:
    """What records are looked for by. There is no way to look for them by what a person is (rule L08).

    `part` is a place in the random signs of an id, after its kind, and what stands there.
    """

    list_name: str = ""
    state: State | None = None
    category: Category | None = None
    review_before: dt.date | None = None
    part: tuple[int, str] | None = None
    after: str = ""
    most: int = 50


def show(office: Office, actor: Actor, holding: str, footing: Footing | None) -> Record:
    """A record as it stands now, to someone who may read it on these grounds.

    Raises NotFound for one that does not exist or that this person may not see, Erased, NotLawful with every
    reason, LedgerUnavailable.
    """

    def work(connection: Connection) -> Record:
        row = _permitted(office, connection, actor, holding, footing)
        version = shelves.latest(connection, office.keys, OPEN, row)
        _tell(office, connection, actor, WHAT_SHOWN, holding, row.version, footing)
        return record_of(row, row.version, version)

    return office.write(work)


def versions(office: Office, actor: Actor, holding: str, footing: Footing | None) -> list[Record]:
    """Every version of a record, the first one first. Raises as `show`."""

    def work(connection: Connection) -> list[Record]:
        row = _permitted(office, connection, actor, holding, footing)
        query = select(VERSIONS).where(VERSIONS.c.holding == holding).order_by(VERSIONS.c.version)
        rows = connection.execute(query).all()
        opened = shelves.opened(office.keys, OPEN, rows)
        _tell(office, connection, actor, WHAT_SHOWN, holding, 0, footing)
        return [record_of(row, one.version, version) for one, version in zip(rows, opened, strict=True)]

    return office.write(work)


def inspect(office: Office, actor: Actor, holding: str, reason: str) -> Record:
    """A record as it stands, also a restricted one, to someone who may correct it and says why they look.

    Raises as `show`.
    """

    def work(connection: Connection) -> Record:
        now = office.now()
        row = access.load(connection, actor, holding, now)
        version = shelves.latest(connection, office.keys, OPEN, row)
        known = facts(version.holding, now.date(), State(row.state), row.hold_until)
        office.decide(Action.CORRECT, Context(actor=actor, now=now, record=known, reason=reason))
        _tell(office, connection, actor, WHAT_INSPECTED, holding, row.version, None)
        return record_of(row, row.version, version)

    return office.write(work)


def search(office: Office, actor: Actor, question: Question) -> Page:
    """Records by list, state, category or review, those this person may see, by id. Raises LedgerUnavailable."""
    most = max(1, min(question.most, MOST))

    def work(connection: Connection) -> Page:
        chosen = [access.visible(actor, office.now()), HOLDINGS.c.id > question.after, *_chosen(question)]
        query = select(HOLDINGS).where(*chosen).order_by(HOLDINGS.c.id).limit(most + 1)
        rows = connection.execute(query).all()
        told = Statement(
            what=WHAT_LISTED, who=actor.person, when=office.now(), outcome=str(min(len(rows), most))
        )
        office.log.append(connection, told)
        return Page([entry_of(row) for row in rows[:most]], rows[most - 1].id if len(rows) > most else "")

    return office.write(work)


def lists(office: Office, actor: Actor) -> dict[str, int]:
    """The lists with records that this person may see, and how many of each are not erased."""
    query = (
        select(HOLDINGS.c.list, func.count())
        .where(access.visible(actor, office.now()), HOLDINGS.c.state != State.ERASED.value)
        .group_by(HOLDINGS.c.list)
        .order_by(HOLDINGS.c.list)
    )
    return office.read(lambda connection: {row[0]: row[1] for row in connection.execute(query)})


def entry_of(row: Row[Any]) -> Entry:
    """A row as it stands in a list."""
    return Entry(
        id=row.id,
        list_name=row.list,
        kind=row.kind,
        category=Category(row.category) if row.category else None,
        handling=row.handling,
        state=State(row.state),
        version=row.version,
        retention_until=row.retention.date(),
        review_at=row.review.date(),
        held_until=row.hold_until,
        changed=row.changed,
    )


def record_of(row: Row[Any], number: int, version: Version) -> Record:
    """One version of a record as it is shown."""
    hold = LegalHold(until=row.hold_until, case=CaseId(row.hold_case)) if row.hold_until else None
    return Record(
        id=row.id,
        version=number,
        state=State(row.state),
        holding=version.holding,
        change=version.change,
        hold=hold,
    )


def _permitted(
    office: Office, connection: Connection, actor: Actor, holding: str, footing: Footing | None
) -> Row[Any]:
    """The row of a record that may be read. Raises NotFound, Erased, NotLawful."""
    now = office.now()
    row = access.load(connection, actor, holding, now)
    content = shelves.latest(connection, office.keys, OPEN, row).holding
    known = facts(content, now.date(), State(row.state), row.hold_until)
    given = access.context(connection, actor, holding, footing, now)
    office.decide(Action.READ_HOLDING, Context(**given, record=known))
    return row


def _tell(
    office: Office,
    connection: Connection,
    actor: Actor,
    what: str,
    holding: str,
    version: int,
    footing: Footing | None,
) -> None:
    told = Statement(
        what=what,
        who=actor.person,
        when=office.now(),
        case=footing.grounds.case if footing else "",
        purpose=footing.grounds.purpose.value if footing else "",
        grounds=footing.grounds_id if footing else "",
        objects=(holding,),
        detail={"version": str(version) if version else "all"},
    )
    office.log.append(connection, told)


def _chosen(question: Question) -> Sequence[Any]:
    chosen = []
    if question.list_name:
        chosen.append(HOLDINGS.c.list == question.list_name)
    if question.state is not None:
        chosen.append(HOLDINGS.c.state == question.state.value)
    if question.category is not None:
        chosen.append(HOLDINGS.c.category == question.category.value)
    if question.review_before is not None:
        chosen.append(HOLDINGS.c.review < shelves.midnight(question.review_before))
        chosen.append(HOLDINGS.c.state != State.ERASED.value)
    if question.part is not None:
        start, signs = question.part
        before = len("holding-") + start
        chosen.append(func.substr(HOLDINGS.c.id, before + 1, len(signs)) == signs)
        chosen.append(HOLDINGS.c.state != State.ERASED.value)
    return chosen
