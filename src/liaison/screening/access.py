"""The authoriser of screening: every object is loaded here, and what a person may not see is not found.

A case is seen by its members and by the supervisors of its unit; what belongs to a case by whoever sees the case.
Raises NotFound alike for what is absent and for what is another's (threat A23).
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, Table, and_, or_, select

from liaison import policy
from liaison.model.errors import NotFound
from liaison.model.roles import Capability, capabilities
from liaison.office import Office
from liaison.officers.break_glass import open_until
from liaison.screening.case_rules import CaseState, Part, leads, sees
from liaison.screening.colleagues import unit_of
from liaison.storage.tables.screening import (
    ALERTS,
    CASES,
    CHECKS,
    GROUNDS,
    LISTS,
    MEMBERS,
    SAMPLES,
    STANDING,
)


class Held:
    """A case as one person holds it: the row, what they are in it, and whether they lead it."""

    __slots__ = ("leads", "part", "row")

    def __init__(self, row: Row[Any], part: Part | None, leads_it: bool) -> None:
        self.row, self.part, self.leads = row, part, leads_it

    @property
    def state(self) -> CaseState:
        """Whether the case is open."""
        return CaseState(self.row.state)

    @property
    def works(self) -> bool:
        """Whether the person asks and decides in it."""
        return self.part is not None and self.part.works


def load_case(office: Office, connection: Connection, actor: policy.Actor, case: str) -> Held:
    """A case that the person sees, or before which they broke the glass. Raises NotFound."""
    mine = and_(MEMBERS.c.case_id == CASES.c.id, MEMBERS.c.person == actor.person)
    row = connection.execute(
        select(CASES, MEMBERS.c.part).outerjoin(MEMBERS, mine).where(CASES.c.id == case)
    ).first()
    unit = _supervised_unit(office, connection, actor)
    part = Part(row.part) if row and row.part else None
    seen = row is not None and sees(part, actor.roles, unit, row.unit)
    if not seen and open_until(connection, actor, case, office.now()) is None:
        raise NotFound
    if row is None:
        raise NotFound
    return Held(row, part, leads(part, actor.roles, unit, row.unit))


def load_led_case(office: Office, connection: Connection, actor: policy.Actor, case: str) -> Held:
    """A case that the person leads or supervises. Raises NotFound."""
    held = load_case(office, connection, actor, case)
    if not held.leads:
        raise NotFound
    return held


def load_grounds(office: Office, connection: Connection, actor: policy.Actor, grounds: str) -> Row[Any]:
    """Grounds given in a case that the person sees. Raises NotFound."""
    return _load(office, connection, actor, GROUNDS, grounds)


def load_check(office: Office, connection: Connection, actor: policy.Actor, check: str) -> Row[Any]:
    """A check made in a case that the person sees. Raises NotFound."""
    return _load(office, connection, actor, CHECKS, check)


def load_alert(office: Office, connection: Connection, actor: policy.Actor, alert: str) -> Row[Any]:
    """An alert of a case that the person sees. Raises NotFound."""
    return _load(office, connection, actor, ALERTS, alert)


def load_list(office: Office, connection: Connection, actor: policy.Actor, order: str) -> Row[Any]:
    """A list asked about in a case that the person sees. Raises NotFound."""
    return _load(office, connection, actor, LISTS, order)


def load_standing(office: Office, connection: Connection, actor: policy.Actor, standing: str) -> Row[Any]:
    """A standing question of a case that the person sees. Raises NotFound."""
    return _load(office, connection, actor, STANDING, standing)


def load_sample(office: Office, connection: Connection, actor: policy.Actor, sample: str) -> Row[Any]:
    """A sample that the person drew. Raises NotFound."""
    row = connection.execute(select(SAMPLES).where(SAMPLES.c.id == sample)).first()
    if row is None or row.person != actor.person:
        raise NotFound
    return row


def seen_cases(office: Office, connection: Connection, actor: policy.Actor) -> Any:
    """The ids of the cases that a person sees, as a condition's right side: `column.in_(seen_cases(...))`."""
    own = select(MEMBERS.c.case_id).where(MEMBERS.c.person == actor.person)
    unit = _supervised_unit(office, connection, actor)
    rule = CASES.c.id.in_(own)
    return select(CASES.c.id).where(or_(rule, CASES.c.unit == unit) if unit else rule)


def works_on(connection: Connection, person: str, case: str) -> bool:
    """Whether a person asks and decides in a case."""
    query = select(MEMBERS.c.part).where(MEMBERS.c.case_id == case, MEMBERS.c.person == person)
    part = connection.execute(query).scalar()
    return part is not None and Part(part).works


def _load(office: Office, connection: Connection, actor: policy.Actor, table: Table, wanted: str) -> Row[Any]:
    row = connection.execute(select(table).where(table.c.id == wanted)).first()
    if row is None:
        raise NotFound
    load_case(office, connection, actor, row.case_id)
    return row


def _supervised_unit(office: Office, connection: Connection, actor: policy.Actor) -> str:
    """The unit whose cases the person supervises; empty where they supervise none."""
    if Capability.SUPERVISE not in capabilities(actor.roles):
        return ""
    return unit_of(office, connection, actor.person)
