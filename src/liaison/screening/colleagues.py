"""Who a colleague is now: their unit, whose supervisors see its cases, and their roles when they are not signed in."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select

from liaison import policy
from liaison.model.categories import OfficerId
from liaison.model.roles import Role
from liaison.office import Office
from liaison.officers.secrecy import opened
from liaison.officers.states import AccountState
from liaison.ports import KeyId
from liaison.storage.tables.officers import ACCOUNT_ROLES, ACCOUNTS, PEOPLE, TRAININGS


def unit_of(office: Office, connection: Connection, person: str) -> str:
    """The unit of a person; empty where they are not known here."""
    row = connection.execute(select(PEOPLE.c.key, PEOPLE.c.sealed).where(PEOPLE.c.id == person)).first()
    if row is None:
        return ""
    return opened(office.keys, KeyId(row.key), row.sealed, f"people:{person}").get("unit", "")


def actor_of(connection: Connection, person: str, now: datetime) -> policy.Actor:
    """A person with the roles of their active accounts and their training, as they are now; none once they left."""
    active = (ACCOUNTS.c.person == person) & (ACCOUNTS.c.state == AccountState.ACTIVE.value)
    held = select(ACCOUNT_ROLES.c.role).join(ACCOUNTS, ACCOUNTS.c.id == ACCOUNT_ROLES.c.account).where(active)
    in_force = (TRAININGS.c.person == person) & (TRAININGS.c.until > now) & TRAININGS.c.withdrawn.is_(None)
    trained = connection.execute(select(TRAININGS.c.id).where(in_force).limit(1)).first() is not None
    roles = frozenset(Role(role) for role in connection.execute(held).scalars())
    return policy.Actor(person=OfficerId(person), roles=roles, trained=trained)
