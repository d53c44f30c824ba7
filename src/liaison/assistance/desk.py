"""Where the desk works: zone, holidays and nationality; who is the single point of contact, who a coordination centre.

A copy of every request goes to the point of contact, if it is another agency (Directive (EU) 2023/977, articles 4 and
14; rule L24).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from sqlalchemy import Connection, delete, insert, select

from liaison import policy
from liaison.assistance.clocks import Calendar, calendar
from liaison.ledger.statements import Statement
from liaison.model.errors import BadInput
from liaison.model.identifiers import Country
from liaison.office import Office
from liaison.partners import directory
from liaison.storage.tables.assistance import CONTACTS, DESK

SET, NAMED = "desk-set", "contact-named"
ZONE, HOLIDAYS, NATIONALITY = NAMES = "zone", "holidays", "nationality"


class Role(Enum):
    """What a partner is to this agency, beside a partner."""

    POINT = "contact point"
    CENTRE = "coordination centre"


@dataclass(frozen=True, slots=True)
class Desk:
    """The desk of this agency. `nationality` is that of its state, by three letters; empty until it is set."""

    zone: str = "UTC"
    holidays: str = "none"
    nationality: str = ""

    @property
    def calendar(self) -> Calendar:
        """By which its clocks run."""
        return calendar(self.zone, self.holidays)


def desk(connection: Connection) -> Desk:
    """The desk as it is set."""
    chosen = DESK.c.name.in_(NAMES)
    rows = {row.name: row.value for row in connection.execute(select(DESK).where(chosen))}
    return Desk(**rows)


def set_desk(office: Office, actor: policy.Actor, wanted: Desk) -> Desk:
    """Set zone, holidays and nationality; by an administrator. Raises NotLawful, BadSetting, BadInput."""
    now = office.now()
    office.decide(policy.Action.SETTINGS, policy.Context(actor=actor, now=now, widens=False))
    _ = wanted.calendar
    values = {ZONE: wanted.zone, HOLIDAYS: wanted.holidays}
    if wanted.nationality:
        values[NATIONALITY] = str(Country(wanted.nationality))

    def work(connection: Connection) -> Desk:
        told = Statement(what=SET, who=actor.person, when=now, detail=values)
        office.log.append(connection, told)
        connection.execute(delete(DESK).where(DESK.c.name.in_(NAMES)))
        rows = [
            {"name": name, "value": value, "person": actor.person, "at": now}
            for name, value in values.items()
        ]
        connection.execute(insert(DESK), rows)
        return desk(connection)

    return office.write(work)


def name_contact(
    office: Office, actor: policy.Actor, role: Role, partner: str, *, ends: bool = False
) -> None:
    """Say that a partner is the point of contact or a coordination centre, or, with `ends`, is it no longer.

    By an administrator. There is one point of contact; another one takes its place. Raises NotLawful, NotFound.
    """
    now = office.now()
    office.decide(policy.Action.SETTINGS, policy.Context(actor=actor, now=now, widens=False))

    def work(connection: Connection) -> None:
        known = directory.partner(connection, partner)
        outcome = "ended" if ends else "named"
        told = Statement(
            what=NAMED,
            who=actor.person,
            when=now,
            objects=(known.id,),
            outcome=outcome,
            detail={"role": role.value},
        )
        office.log.append(connection, told)
        same = CONTACTS.c.role == role.value
        if role is Role.CENTRE or ends:
            same &= CONTACTS.c.partner == partner
        connection.execute(delete(CONTACTS).where(same))
        if not ends:
            row = {"role": role.value, "partner": partner, "person": actor.person, "at": now}
            connection.execute(insert(CONTACTS).values(**row))

    office.write(work)


def contacts(connection: Connection, role: Role) -> list[str]:
    """The partners of a role, by their origins."""
    query = select(CONTACTS.c.partner).where(CONTACTS.c.role == role.value).order_by(CONTACTS.c.partner)
    return list(connection.execute(query).scalars())


def point_of_contact(connection: Connection) -> str:
    """The single point of contact; empty where none is named."""
    return next(iter(contacts(connection, Role.POINT)), "")


def require_centre(connection: Connection, partner: str) -> None:
    """Raises BadInput for a partner that is no coordination centre."""
    if partner not in contacts(connection, Role.CENTRE):
        raise BadInput(
            f"{partner} is no coordination centre", field="centre", hint="an administrator names the centres"
        )
