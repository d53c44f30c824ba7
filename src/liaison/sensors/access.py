"""The authoriser of feeds and of people in need: loaded here alone, by whom the roles let see them (threat A23).

People in need go to rescue first: until one of the contacts has taken them, or they have waited too long, nobody else
sees them but who entered them.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, or_, select, true

from liaison import policy
from liaison.model.errors import NotFound
from liaison.model.roles import HOLDERS, Capability, capabilities
from liaison.office import Office
from liaison.officers.states import AccountState
from liaison.storage.tables.officers import ACCOUNT_ROLES, ACCOUNTS, PEOPLE
from liaison.storage.tables.sensors import CONTACTS, FEEDS, IN_NEED

SEES = sorted(role.value for role in HOLDERS[Capability.SENSORS])


def may(actor: policy.Actor, capability: Capability) -> bool:
    """Whether a person's roles bring it."""
    return capability in capabilities(actor.roles, trained=actor.trained)


def require_sight(office: Office, actor: policy.Actor) -> None:
    """Raises NotLawful for whoever may not see drones, boats, teams and people in need."""
    office.decide(policy.Action.RESCUE, policy.Context(actor=actor, now=office.now()))


def load_feed(office: Office, connection: Connection, actor: policy.Actor, feed: str) -> Row[Any]:
    """A feed, for whom the roles let see them. Raises NotFound."""
    return _load(actor, connection, FEEDS, FEEDS.c.id == feed)


def load_contact(office: Office, connection: Connection, actor: policy.Actor, contact: str) -> Row[Any]:
    """A contact. Raises NotFound."""
    return _load(actor, connection, CONTACTS, CONTACTS.c.id == contact)


def load_in_need(office: Office, connection: Connection, actor: policy.Actor, wanted: str) -> Row[Any]:
    """People in need, for whom they were handed to. Raises NotFound."""
    return _load(actor, connection, IN_NEED, (IN_NEED.c.id == wanted) & visible(connection, actor))


def visible(connection: Connection, actor: policy.Actor) -> ColumnElement[bool]:
    """The people in need whom somebody sees: all, for a contact; else those that rescue has taken, those that waited
    too long, and those whom they entered."""
    if actor.person in told(connection):
        return true()
    handed = IN_NEED.c.taken.is_not(None) | IN_NEED.c.widened.is_not(None)
    return or_(handed, IN_NEED.c.person == actor.person)


def acts(connection: Connection, actor: policy.Actor, row: Row[Any]) -> bool:
    """Whether somebody may say what is done for them: a contact, and after a long wait whoever sees them."""
    return row.widened is not None or actor.person in told(connection)


def told(connection: Connection) -> frozenset[str]:
    """The people who are told first: the contacts that are named, and who is named for the safeguarding compartment;
    each with an account in use and a role that lets them see it."""
    named = select(CONTACTS.c.person).where(CONTACTS.c.ended.is_(None))
    safeguards = select(PEOPLE.c.id).where(PEOPLE.c.safeguards)
    wanted = PEOPLE.c.id.in_(named) | PEOPLE.c.id.in_(safeguards)
    query = (
        select(PEOPLE.c.id)
        .join(ACCOUNTS, ACCOUNTS.c.person == PEOPLE.c.id)
        .join(ACCOUNT_ROLES, ACCOUNT_ROLES.c.account == ACCOUNTS.c.id)
        .where(wanted, ACCOUNTS.c.state == AccountState.ACTIVE.value, ACCOUNT_ROLES.c.role.in_(SEES))
        .distinct()
    )
    return frozenset(connection.execute(query).scalars())


def is_told(office: Office, actor: policy.Actor) -> bool:
    """Whether somebody is told of people in need first."""
    return office.read(lambda connection: actor.person in told(connection))


def _load(actor: policy.Actor, connection: Connection, table: Any, chosen: ColumnElement[bool]) -> Row[Any]:
    if not may(actor, Capability.SENSORS):
        raise NotFound
    row: Row[Any] | None = connection.execute(select(table).where(chosen)).first()
    if row is None:
        raise NotFound
    return row
