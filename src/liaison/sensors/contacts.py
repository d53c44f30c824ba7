"""Who is told of people in need, before anybody else: the contacts for rescue and for safeguarding."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from liaison import policy
from liaison.ledger.statements import Statement
from liaison.model.categories import OfficerId
from liaison.model.errors import BadInput, Conflict
from liaison.model.roles import Capability
from liaison.office import Office, new_id
from liaison.screening.colleagues import actor_of
from liaison.sensors.access import load_contact, may, require_sight
from liaison.sensors.register import require_registering
from liaison.sensors.rules import ContactRole
from liaison.storage.tables.sensors import CONTACTS

NAMED, ENDED = "rescue-contact-named", "rescue-contact-ended"
LONGEST = 120  # characters


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody who is told. `reached` is how else they are reached: a radio channel or a post."""

    id: str
    person: OfficerId
    role: ContactRole
    reached: str
    named: datetime


def name(office: Office, actor: policy.Actor, person: str, role: ContactRole, reached: str) -> Contact:
    """Have somebody told of people in need. Raises NotFound, BadInput with the field, Conflict where they are named."""
    require_registering(actor)
    now, contact, kept = office.now(), new_id("contact"), " ".join(reached.split())
    if not kept or len(kept) > LONGEST:
        hint = f"a radio channel or a post that is always manned, in 1 to {LONGEST} characters"
        raise BadInput("it is not said how they are reached", field="reached", hint=hint)

    def work(connection: Connection) -> None:
        if not may(actor_of(connection, person, now), Capability.SENSORS):
            hint = "name an investigator, a desk officer or a supervisor who has an account"
            raise BadInput("this person cannot be told", field="person", hint=hint)
        stands = (CONTACTS.c.person == person) & CONTACTS.c.ended.is_(None) & (CONTACTS.c.role == role.value)
        if connection.execute(select(CONTACTS.c.id).where(stands)).first() is not None:
            raise Conflict("they are named already", hint="end that entry first")
        said = Statement(
            what=NAMED, who=actor.person, when=now, objects=(contact, person), detail={"role": role.value}
        )
        office.log.append(connection, said)
        row = {"id": contact, "person": person, "role": role.value, "reached": kept}
        connection.execute(insert(CONTACTS).values(row | {"named": now, "named_by": actor.person}))

    office.write(work)
    return Contact(contact, OfficerId(person), role, kept, now)


def end(office: Office, actor: policy.Actor, contact: str) -> None:
    """Have somebody told no more. Raises NotFound, Conflict where it is so."""
    require_registering(actor)
    now = office.now()

    def work(connection: Connection) -> None:
        row = load_contact(office, connection, actor, contact)
        if row.ended is not None:
            raise Conflict("this entry was ended before")
        office.log.append(
            connection, Statement(what=ENDED, who=actor.person, when=now, objects=(contact, row.person))
        )
        connection.execute(update(CONTACTS).where(CONTACTS.c.id == contact).values(ended=now))

    office.write(work)


def contacts_of(office: Office, actor: policy.Actor) -> list[Contact]:
    """Those who are named, rescue first. Raises NotLawful for whoever may not see it."""
    require_sight(office, actor)
    query = select(CONTACTS).where(CONTACTS.c.ended.is_(None)).order_by(CONTACTS.c.role, CONTACTS.c.named)
    rows = office.read(lambda connection: connection.execute(query).all())
    return [
        Contact(row.id, OfficerId(row.person), ContactRole(row.role), row.reached, row.named) for row in rows
    ]
