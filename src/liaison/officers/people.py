"""People and accounts as pages show them, read for those who may see them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, select, true

from liaison import policy
from liaison.model.categories import OfficerId
from liaison.model.roles import HOLDERS, Capability, Role
from liaison.office import Office
from liaison.officers.access import can, load_person, sees_everyone
from liaison.officers.recording import record
from liaison.officers.secrecy import opened, person_name
from liaison.officers.states import AccountState
from liaison.ports import KeyId
from liaison.storage.tables.officers import ACCOUNT_ROLES, ACCOUNTS, PASSKEYS, PEOPLE, TRAININGS


@dataclass(frozen=True, slots=True)
class Account:
    """One account; what it is signed in with, but no secret of it."""

    id: str
    sign_in: str
    state: AccountState
    roles: frozenset[Role]
    has_password: bool
    passkeys: int
    signed_in: datetime | None


@dataclass(frozen=True, slots=True)
class Training:
    """One course and the time until which it counts."""

    id: str
    course: str
    until: datetime
    withdrawn: bool


@dataclass(frozen=True, slots=True)
class Person:
    """One person with their accounts and training."""

    id: OfficerId
    name: str
    unit: str
    email: str
    trained: bool
    safeguards: bool
    accounts: tuple[Account, ...]
    trainings: tuple[Training, ...]

    @property
    def roles(self) -> frozenset[Role]:
        """Over all accounts that have not ended."""
        live = (account for account in self.accounts if account.state is not AccountState.ENDED)
        return frozenset(role for account in live for role in account.roles)


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody who works on cases here."""

    person: OfficerId
    name: str
    unit: str


def list_people(office: Office, actor: policy.Actor) -> list[Person]:
    """Everyone, by name, for administrators and overseers; oneself for anyone else. The look is recorded."""

    def work(connection: Connection) -> list[Person]:
        chosen = true() if sees_everyone(actor) else PEOPLE.c.id == actor.person
        found = _people(office, connection, chosen)
        record(office, connection, "people-read", actor.person, outcome=str(len(found)))
        return found

    return sorted(office.write(work), key=lambda person: (person.name.casefold(), person.id))


def show_person(office: Office, actor: policy.Actor, person: str) -> Person:
    """One person. The look is recorded. Raises NotFound for anyone one may not see."""

    def work(connection: Connection) -> Person:
        load_person(connection, actor, person)
        record(office, connection, "people-read", actor.person, objects=(person,))
        return _people(office, connection, PEOPLE.c.id == person)[0]

    return office.write(work)


def colleagues(office: Office, actor: policy.Actor) -> list[Colleague]:
    """The people who work on cases here, by name: whom a case's lead can let in. Nobody for whoever has no cases."""
    if not can(actor, Capability.OPEN_CASE):
        return []
    working = [role.value for role in HOLDERS[Capability.OPEN_CASE] | HOLDERS[Capability.APPROVE]]
    query = (
        select(PEOPLE.c.id, PEOPLE.c.key, PEOPLE.c.sealed)
        .join(ACCOUNTS, ACCOUNTS.c.person == PEOPLE.c.id)
        .join(ACCOUNT_ROLES, ACCOUNT_ROLES.c.account == ACCOUNTS.c.id)
        .where(ACCOUNTS.c.state != AccountState.ENDED.value, ACCOUNT_ROLES.c.role.in_(working))
        .distinct()
    )
    rows = office.read(lambda connection: list(connection.execute(query)))
    found = []
    for row in rows:
        texts = opened(office.keys, KeyId(row.key), row.sealed, f"people:{row.id}")
        found.append(Colleague(OfficerId(row.id), texts["name"], texts["unit"]))
    return sorted(found, key=lambda one: (one.name.casefold(), one.person))


def names_of(office: Office, people: Iterable[str]) -> dict[str, str]:
    """The names of these colleagues, for pages that say who did what. Ids of nobody are left out."""
    query = select(PEOPLE.c.id, PEOPLE.c.key, PEOPLE.c.sealed).where(PEOPLE.c.id.in_(list(people)))
    rows = office.read(lambda connection: list(connection.execute(query)))
    return {row.id: person_name(office.keys, KeyId(row.key), row.sealed, row.id) for row in rows}


def _people(office: Office, connection: Connection, chosen: ColumnElement[bool]) -> list[Person]:
    """Four questions, however many people."""
    people = list(connection.execute(select(PEOPLE).where(chosen)))
    ids = select(PEOPLE.c.id).where(chosen)
    accounts = _by(connection, select(ACCOUNTS).where(ACCOUNTS.c.person.in_(ids)), "person")
    owned = select(ACCOUNTS.c.id).where(ACCOUNTS.c.person.in_(ids))
    roles = _by(connection, select(ACCOUNT_ROLES).where(ACCOUNT_ROLES.c.account.in_(owned)), "account")
    live = select(PASSKEYS.c.account).where(PASSKEYS.c.account.in_(owned), PASSKEYS.c.removed.is_(None))
    passkeys = _by(connection, live, "account")
    trainings = _by(connection, select(TRAININGS).where(TRAININGS.c.person.in_(ids)), "person")
    now = office.now()
    return [
        _person(office, row, accounts.get(row.id, []), roles, passkeys, trainings.get(row.id, []), now)
        for row in people
    ]


def _by(connection: Connection, query: Any, column: str) -> dict[str, list[Row[Any]]]:
    found: dict[str, list[Row[Any]]] = {}
    for row in connection.execute(query):
        found.setdefault(getattr(row, column), []).append(row)
    return found


def _person(
    office: Office,
    row: Row[Any],
    accounts: list[Row[Any]],
    roles: dict[str, list[Row[Any]]],
    passkeys: dict[str, list[Row[Any]]],
    trainings: list[Row[Any]],
    now: datetime,
) -> Person:
    key = KeyId(row.key)
    texts = opened(office.keys, key, row.sealed, f"people:{row.id}")
    trained = any(each.until > now and each.withdrawn is None for each in trainings)
    return Person(
        OfficerId(row.id),
        texts["name"],
        texts["unit"],
        texts["email"],
        trained,
        row.safeguards,
        tuple(
            Account(
                each.id,
                opened(office.keys, key, each.sealed, f"accounts:{each.id}")["sign_in"],
                AccountState(each.state),
                frozenset(Role(held.role) for held in roles.get(each.id, [])),
                each.password is not None,
                len(passkeys.get(each.id, [])),
                each.signed_in,
            )
            for each in sorted(accounts, key=lambda each: (each.created, each.id))
        ),
        tuple(
            Training(each.id, each.course, each.until, each.withdrawn is not None)
            for each in sorted(trainings, key=lambda each: (each.until, each.id))
        ),
    )
