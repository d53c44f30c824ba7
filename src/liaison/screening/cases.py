"""Cases: opened by a named person, seen by their members, closed for good. Every check belongs to one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, delete, insert, select, update

from liaison import policy
from liaison.ledger.statements import Statement
from liaison.model.categories import OfficerId
from liaison.model.errors import BadInput, Conflict
from liaison.model.grounds import offence as offence_of
from liaison.office import Office, new_id
from liaison.screening.access import Held, load_case, load_led_case, seen_cases
from liaison.screening.case_rules import CaseState, Part, reference_of, require_open, title_of
from liaison.screening.colleagues import unit_of
from liaison.screening.permission import permit
from liaison.screening.seals import seals
from liaison.screening.standing_rules import Ended
from liaison.storage.tables.officers import PEOPLE
from liaison.storage.tables.screening import CASES, MEMBERS, STANDING

OPENED, CLOSED, JOINED, LEFT, READ = "case-opened", "case-closed", "case-joined", "case-left", "case-read"
NAMED = 200  # cases that one entry of the ledger names


@dataclass(frozen=True, slots=True)
class Case:
    """A case as its members see it. `title` is None where it was erased; `part` is the reader's own, None for a
    supervisor who is no member."""

    id: str
    reference: str
    title: str | None
    offence: str
    unit: str
    state: CaseState
    opened: datetime
    opened_by: str
    closed: datetime | None
    part: Part | None
    leads: bool


@dataclass(frozen=True, slots=True)
class Member:
    """A person in a case."""

    person: str
    part: Part
    since: datetime
    added_by: str


def open_case(office: Office, actor: policy.Actor, *, reference: str, title: str, offence: str) -> Case:
    """Open a case and lead it. `offence` is a code of model.grounds.OFFENCES.

    Raises NotLawful for a person who may not, BadInput with the field.
    """
    now = office.now()
    permit(office, policy.Action.OPEN_CASE, policy.Context(actor=actor, now=now))
    case, reference, title = new_id("case"), reference_of(reference), title_of(title)
    sealed = seals(office).seal(title.encode(), _about(case))
    row: dict[str, Any] = {
        "id": case,
        "reference": reference,
        "offence": offence_of(offence).code,
        "state": "open",
    }
    row |= {"opened": now, "opened_by": actor.person, "key": sealed.key, "sealed": sealed.sealed}
    member = {"case_id": case, "person": actor.person, "part": Part.LEAD.value, "since": now}

    def work(connection: Connection) -> Held:
        office.log.append(connection, _statement(OPENED, actor, now, case))
        connection.execute(insert(CASES).values(row | {"unit": unit_of(office, connection, actor.person)}))
        connection.execute(insert(MEMBERS).values(member | {"added_by": actor.person}))
        return load_case(office, connection, actor, case)

    return _shown(office.write(work), title)


def cases_of(office: Office, actor: policy.Actor, *, closed: bool = False, titles: bool = True) -> list[Case]:
    """The cases that the person sees, newest first; closed ones where they are asked for. To show their `titles` is an
    entry of the ledger; without them each is None."""

    def work(connection: Connection) -> Sequence[Row[Any]]:
        mine = and_(MEMBERS.c.case_id == CASES.c.id, MEMBERS.c.person == actor.person)
        query = select(CASES, MEMBERS.c.part).outerjoin(MEMBERS, mine)
        query = query.where(CASES.c.id.in_(seen_cases(office, connection, actor)))
        if not closed:
            query = query.where(CASES.c.state == CaseState.OPEN.value)
        return connection.execute(query.order_by(CASES.c.opened.desc(), CASES.c.id)).all()

    rows = office.write(lambda c: log_read(office, c, actor, work(c))) if titles else office.read(work)
    sealed = [(row.key, row.sealed, _about(row.id)) for row in rows]
    texts = seals(office).open_each(sealed) if titles else [None] * len(rows)
    return [
        _shown(
            Held(row, Part(row.part) if row.part else None, row.part in (None, Part.LEAD.value)), _text(text)
        )
        for row, text in zip(rows, texts, strict=True)
    ]


def case_of(office: Office, actor: policy.Actor, case: str) -> Case:
    """One case; to show it is an entry of the ledger. Raises NotFound."""

    def work(connection: Connection) -> Held:
        held = load_case(office, connection, actor, case)
        log_read(office, connection, actor, [held.row])
        return held

    held = office.write(work)
    (title,) = seals(office).open_each([(held.row.key, held.row.sealed, _about(case))])
    return _shown(held, _text(title))


def log_read(
    office: Office, connection: Connection, actor: policy.Actor, rows: Sequence[Row[Any]]
) -> Sequence[Row[Any]]:
    """Write down who was shown these cases, some hundred of them in one entry; the cases again."""
    for start in range(0, len(rows), NAMED):
        some = tuple(row.id for row in rows[start : start + NAMED])
        told = Statement(
            what=READ,
            who=actor.person,
            when=office.now(),
            case=some[0] if len(some) == 1 else "",
            objects=some,
            outcome=str(len(some)),
        )
        office.log.append(connection, told)
    return rows


def members_of(office: Office, actor: policy.Actor, case: str) -> list[Member]:
    """Who is in the case, in the order in which they came. Raises NotFound."""

    def work(connection: Connection) -> list[Member]:
        load_case(office, connection, actor, case)
        query = select(MEMBERS).where(MEMBERS.c.case_id == case).order_by(MEMBERS.c.since, MEMBERS.c.person)
        return [
            Member(row.person, Part(row.part), row.since, row.added_by) for row in connection.execute(query)
        ]

    return office.read(work)


def add_member(office: Office, actor: policy.Actor, case: str, person: OfficerId, part: Part) -> None:
    """Let a person into the case, or change what they are in it. By its lead or the unit's supervisor.

    Raises NotFound, Conflict for a closed case and for the last lead.
    """
    now = office.now()

    def work(connection: Connection) -> None:
        require_open(load_led_case(office, connection, actor, case).state)
        _require_known(connection, person)
        office.log.append(connection, _statement(JOINED, actor, now, case, person, part.value))
        _without(connection, case, person)
        row = {"case_id": case, "person": person, "part": part.value, "since": now, "added_by": actor.person}
        connection.execute(insert(MEMBERS).values(row))
        _require_lead(connection, case)

    office.write(work)


def remove_member(office: Office, actor: policy.Actor, case: str, person: OfficerId) -> None:
    """Take a person out of the case. Raises NotFound, Conflict for the last lead."""
    now = office.now()

    def work(connection: Connection) -> None:
        load_led_case(office, connection, actor, case)
        office.log.append(connection, _statement(LEFT, actor, now, case, person))
        _without(connection, case, person)
        _require_lead(connection, case)

    office.write(work)


def close_case(office: Office, actor: policy.Actor, case: str) -> Case:
    """Close a case for good: no question is asked in it any more, and its standing questions end.

    Raises NotFound, Conflict where it is closed.
    """
    now = office.now()

    def work(connection: Connection) -> None:
        require_open(load_led_case(office, connection, actor, case).state)
        office.log.append(connection, _statement(CLOSED, actor, now, case))
        connection.execute(update(CASES).where(CASES.c.id == case).values(state="closed", closed=now))
        standing = and_(STANDING.c.case_id == case, STANDING.c.ended.is_(None))
        connection.execute(
            update(STANDING).where(standing).values(ended=now, why_ended=Ended.CASE_CLOSED.value)
        )

    office.write(work)
    return case_of(office, actor, case)


def _shown(held: Held, title: str | None) -> Case:
    row = held.row
    return Case(
        row.id,
        row.reference,
        title,
        row.offence,
        row.unit,
        held.state,
        row.opened,
        row.opened_by,
        row.closed,
        held.part,
        held.leads,
    )


def _statement(
    what: str, actor: policy.Actor, now: datetime, case: str, person: str = "", part: str = ""
) -> Statement:
    objects = (case, person) if person else (case,)
    return Statement(what=what, who=actor.person, when=now, case=case, objects=objects, outcome=part)


def _without(connection: Connection, case: str, person: str) -> None:
    connection.execute(delete(MEMBERS).where(MEMBERS.c.case_id == case, MEMBERS.c.person == person))


def _require_lead(connection: Connection, case: str) -> None:
    query = select(MEMBERS.c.person).where(MEMBERS.c.case_id == case, MEMBERS.c.part == Part.LEAD.value)
    if connection.execute(query.limit(1)).first() is None:
        raise Conflict("the case would have no lead", hint="name another lead first")


def _require_known(connection: Connection, person: str) -> None:
    if connection.execute(select(PEOPLE.c.id).where(PEOPLE.c.id == person)).first() is None:
        raise BadInput("there is no such person", field="person", hint="name the person by their id")


def _text(content: bytes | None) -> str | None:
    return None if content is None else content.decode()


def _about(case: str) -> str:
    return f"screening_cases:{case}"
