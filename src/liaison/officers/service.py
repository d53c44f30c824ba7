"""People and the first administrator; `accounts` has what gives them accounts and roles, `training` their courses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from liaison import policy
from liaison.model.categories import OfficerId
from liaison.model.errors import BadInput, Conflict
from liaison.model.roles import Role
from liaison.office import Office, new_id
from liaison.officers import hashing
from liaison.officers.access import ADDRESS, SAFEGUARDS, load_person, require
from liaison.officers.accounts import (
    Another,
    Created,
    another_account,
    create_account,
    end_account,
    in_use,
    insert_account,
    overseers,
    overseers_made_alone,
    put_roles,
    set_roles,
)
from liaison.officers.approvals import Key, Request
from liaison.officers.people import Person, list_people, names_of, show_person
from liaison.officers.recording import record
from liaison.officers.rules import password_of, text_of
from liaison.officers.second import Change, waits_for_other
from liaison.officers.secrecy import Digests, digests, sealed_texts
from liaison.officers.settings import DEFAULTS, Settings
from liaison.officers.signed import Preferences, Signed
from liaison.officers.states import AccountState
from liaison.officers.training import record_training, withdraw_training
from liaison.ports import Compartment, KeyId
from liaison.storage.tables.officers import ACCOUNTS, PEOPLE

THEMES = ("auto", "light", "dark")

__all__ = [
    "Another",
    "Change",
    "Created",
    "First",
    "Newcomer",
    "Person",
    "another_account",
    "change_person",
    "create_account",
    "create_person",
    "end_account",
    "first_administrator",
    "list_people",
    "name_for_safeguarding",
    "names_of",
    "overseers",
    "overseers_made_alone",
    "record_training",
    "set_preferences",
    "set_roles",
    "show_person",
    "withdraw_training",
]


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Who somebody is, as the agency knows them."""

    name: str
    unit: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class First:
    """The first administrator."""

    person: OfficerId
    account: str


def first_administrator(
    office: Office, name: str, sign_in: str, password: str, settings: Settings = DEFAULTS
) -> First:
    """The node's first account, which can be signed in with at once. Raises Conflict where there is any account."""
    kept = password_of(password, about=(name, sign_in))
    keyed = digests(office)
    hash_ = hashing.hashed(keyed.peppered(kept), settings.argon)
    key = office.keys.create(Compartment.OFFICERS)[0]

    def work(connection: Connection) -> First:
        if connection.execute(select(func.count()).select_from(ACCOUNTS)).scalar_one():
            raise Conflict("this node has accounts already", hint="sign in as an administrator")
        person = OfficerId(new_id("person"))
        _insert_person(office, connection, keyed, person, Newcomer(name), key, person)
        account = insert_account(office, connection, keyed, person, key, sign_in, person)
        _activate_with(connection, account, hash_)
        put_roles(office, connection, person, account, frozenset({Role.ADMINISTRATOR}), person)
        return First(person, account)

    return office.write(work)


def create_person(office: Office, actor: policy.Actor, newcomer: Newcomer) -> OfficerId:
    """A new person, without an account. Raises NotLawful, BadInput."""
    require(office, actor, policy.Action.ADMINISTER_ACCOUNTS)
    keyed, key = digests(office), office.keys.create(Compartment.OFFICERS)[0]
    person = OfficerId(new_id("person"))
    office.write(
        lambda connection: _insert_person(office, connection, keyed, person, newcomer, key, actor.person)
    )
    return person


def change_person(
    office: Office, actor: policy.Actor, person: str, newcomer: Newcomer, *, approval: str = ""
) -> Change:
    """Who somebody is from now on. Another e-mail address can be a way into an account through an identity provider:
    where the person has an account in use it takes another person, as a new invitation does.

    Raises NotLawful, NotFound, BadInput, Conflict where the approval does not fit.
    """
    require(office, actor, policy.Action.ADMINISTER_ACCOUNTS)
    keyed, spare = digests(office), office.keys.create(Compartment.OFFICERS)[0]

    def work(connection: Connection) -> Change:
        row = load_person(connection, actor, person)
        kept = _sealed_person(keyed, person, newcomer, (KeyId(row.key), office.keys.fetch([row.key])[0]))
        if kept["mail_lookup"] not in (None, row.mail_lookup) and in_use(connection, person):
            request = Request(ADDRESS, {"person": person, "email": newcomer.email})
            waits = waits_for_other(office, connection, actor, request, approval=approval, spare=spare)
            if waits:
                return Change(False, waits)
        connection.execute(update(PEOPLE).where(PEOPLE.c.id == person).values(**kept))
        record(office, connection, "person-changed", actor.person, objects=(person,))
        return Change(True)

    return office.write(work)


def name_for_safeguarding(
    office: Office, actor: policy.Actor, person: str, named: bool, *, approval: str = ""
) -> Change:
    """Name a person for the safeguarding compartment, or no longer; naming takes two as giving roles does.

    Raises NotLawful, NotFound, Conflict where the approval does not fit.
    """
    require(office, actor, policy.Action.ADMINISTER_ACCOUNTS)
    spare = office.keys.create(Compartment.OFFICERS)[0]
    request = Request(SAFEGUARDS, {"person": person}, gains=person)

    def work(connection: Connection) -> Change:
        load_person(connection, actor, person)
        if named:
            waits = waits_for_other(office, connection, actor, request, approval=approval, spare=spare)
            if waits:
                return Change(False, waits)
        connection.execute(update(PEOPLE).where(PEOPLE.c.id == person).values(safeguards=named))
        outcome = "named" if named else "no longer named"
        record(office, connection, "safeguards-changed", actor.person, objects=(person,), outcome=outcome)
        return Change(True)

    return office.write(work)


def set_preferences(office: Office, signed: Signed, preferences: Preferences) -> None:
    """How this account likes the screen. Raises BadInput."""
    if preferences.theme not in THEMES:
        raise BadInput("there is no such theme", field="theme", hint=f"take one of {', '.join(THEMES)}")
    language = text_of(preferences.language, "language", shortest=0, longest=20)
    kept = {"language": language, "theme": preferences.theme, "shortcuts": preferences.shortcuts}
    change = update(ACCOUNTS).where(ACCOUNTS.c.id == signed.account).values(**kept)
    office.write(lambda connection: connection.execute(change))


def _insert_person(
    office: Office,
    connection: Connection,
    keyed: Digests,
    person: OfficerId,
    newcomer: Newcomer,
    key: Key,
    by: OfficerId,
) -> None:
    kept = _sealed_person(keyed, person, newcomer, key)
    connection.execute(
        insert(PEOPLE).values(id=person, key=key[0], safeguards=False, created=office.now(), **kept)
    )
    record(office, connection, "person-created", by, objects=(person,))


def _sealed_person(keyed: Digests, person: str, newcomer: Newcomer, key: Key) -> dict[str, Any]:
    texts = {
        "name": text_of(newcomer.name, "name", longest=200),
        "unit": text_of(newcomer.unit, "unit", shortest=0, longest=200),
        "email": text_of(newcomer.email, "email", shortest=0, longest=254),
    }
    mail = keyed.of("mail", texts["email"].casefold()) if texts["email"] else None
    return {"sealed": sealed_texts(key[1], f"people:{person}", texts), "mail_lookup": mail}


def _activate_with(connection: Connection, account: str, hash_: str) -> None:
    active = {"password": hash_, "state": AccountState.ACTIVE.value}
    connection.execute(update(ACCOUNTS).where(ACCOUNTS.c.id == account).values(**active))
