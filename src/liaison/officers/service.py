"""People, accounts and roles: what an administrator does, and never alone for themself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from liaison import policy
from liaison.model.categories import OfficerId
from liaison.model.errors import BadInput, Conflict, NotLawful
from liaison.model.roles import Capability, Role
from liaison.office import Office, new_id
from liaison.officers import hashing, notices
from liaison.officers.access import (
    ADDRESS,
    ROLES,
    SAFEGUARDS,
    active_with,
    can,
    load_account,
    load_person,
    load_training,
    require,
)
from liaison.officers.approvals import Key, Request
from liaison.officers.invitations import Invitation, invite_within
from liaison.officers.names import canonical, lookalike
from liaison.officers.people import Person, list_people, names_of, show_person
from liaison.officers.recording import record
from liaison.officers.rules import password_of, text_of, together
from liaison.officers.second import Change, waits_for_other
from liaison.officers.secrecy import Digests, digests, sealed_texts
from liaison.officers.sessions import end_sessions_of
from liaison.officers.settings import DEFAULTS, Settings
from liaison.officers.signed import Preferences, Signed
from liaison.officers.states import AccountState
from liaison.officers.tokens import revoke_all_of
from liaison.ports import Compartment, KeyId
from liaison.storage.tables.officers import ACCOUNT_ROLES, ACCOUNTS, PEOPLE, TRAININGS

THEMES = ("auto", "light", "dark")

__all__ = [
    "Change",
    "Created",
    "First",
    "Newcomer",
    "Person",
    "change_person",
    "create_account",
    "create_person",
    "end_account",
    "first_administrator",
    "list_people",
    "name_for_safeguarding",
    "names_of",
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


@dataclass(frozen=True, slots=True)
class Created:
    """A new account with its invitation; `roles` says whether they were given, or wait for an approval."""

    account: str
    invitation: Invitation
    roles: Change


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
        account = _insert_account(office, connection, keyed, person, key, sign_in, person)
        _activate_with(connection, account, hash_)
        _put_roles(office, connection, person, account, frozenset({Role.ADMINISTRATOR}), person)
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
        if kept["mail_lookup"] not in (None, row.mail_lookup) and _in_use(connection, person):
            request = Request(ADDRESS, {"person": person, "email": newcomer.email})
            waits = waits_for_other(
                office, connection, actor, request, owner=person, approval=approval, spare=spare
            )
            if waits:
                return Change(False, waits)
        connection.execute(update(PEOPLE).where(PEOPLE.c.id == person).values(**kept))
        record(office, connection, "person-changed", actor.person, objects=(person,))
        return Change(True)

    return office.write(work)


def create_account(
    office: Office,
    actor: policy.Actor,
    person: str,
    sign_in: str,
    roles: frozenset[Role] = frozenset(),
    settings: Settings = DEFAULTS,
) -> Created:
    """A new account and the invitation with which its owner sets what they sign in with; nobody else learns it.

    Raises NotLawful, NotFound, BadInput for a name that cannot be one or roles that clash, Conflict for a name that
    is taken or looks like one that is.
    """
    require(office, actor, policy.Action.ADMINISTER_ACCOUNTS)
    keyed, spare = digests(office), office.keys.create(Compartment.OFFICERS)[0]

    def work(connection: Connection) -> Created:
        row = load_person(connection, actor, person)
        key = KeyId(row.key), office.keys.fetch([KeyId(row.key)])[0]
        account = _insert_account(office, connection, keyed, OfficerId(person), key, sign_in, actor.person)
        invitation = invite_within(office, connection, actor.person, account, settings)
        if _in_use(connection, person):
            notices.add(connection, OfficerId(person), "account-created", account, office.now())
        change = _change_roles(office, connection, actor, person, account, roles, "", spare)
        return Created(account, invitation, change)

    return office.write(work)


def set_roles(
    office: Office, actor: policy.Actor, account: str, roles: frozenset[Role], *, approval: str = ""
) -> Change:
    """Give exactly these roles. Where that takes another administrator, one is asked, and nothing changes yet:
    once they approved, call again with the `approval`.

    Raises NotLawful, NotFound, BadInput where roles clash over all accounts of the person, Conflict where no active
    administrator would be left or the approval does not fit.
    """
    require(office, actor, policy.Action.ADMINISTER_ACCOUNTS)
    spare = office.keys.create(Compartment.OFFICERS)[0]

    def work(connection: Connection) -> Change:
        row = load_account(connection, actor, account)
        return _change_roles(office, connection, actor, row.person, account, roles, approval, spare)

    return office.write(work)


def name_for_safeguarding(
    office: Office, actor: policy.Actor, person: str, named: bool, *, approval: str = ""
) -> Change:
    """Name a person for the safeguarding compartment, or no longer; naming takes two as giving roles does."""
    require(office, actor, policy.Action.ADMINISTER_ACCOUNTS)
    spare = office.keys.create(Compartment.OFFICERS)[0]
    about = {"person": person}

    def work(connection: Connection) -> Change:
        load_person(connection, actor, person)
        if named:
            request = Request(SAFEGUARDS, about)
            waits = waits_for_other(
                office, connection, actor, request, owner=person, approval=approval, spare=spare
            )
            if waits:
                return Change(False, waits)
        connection.execute(update(PEOPLE).where(PEOPLE.c.id == person).values(safeguards=named))
        outcome = "named" if named else "no longer named"
        record(office, connection, "safeguards-changed", actor.person, objects=(person,), outcome=outcome)
        return Change(True)

    return office.write(work)


def end_account(office: Office, actor: policy.Actor, account: str) -> None:
    """End an account for good, with its sessions and tokens; what its person did stays theirs.

    Raises NotLawful, NotFound, Conflict for the last active administrator.
    """
    require(office, actor, policy.Action.ADMINISTER_ACCOUNTS)

    def work(connection: Connection) -> None:
        row = load_account(connection, actor, account)
        _keep_an_administrator(connection, account)
        now = office.now()
        ended = {"state": AccountState.ENDED.value, "password": None}
        connection.execute(update(ACCOUNTS).where(ACCOUNTS.c.id == account).values(**ended))
        end_sessions_of(connection, account, now)
        revoke_all_of(connection, account, now)
        record(office, connection, "account-ended", actor.person, objects=(account, row.person))

    office.write(work)


def record_training(office: Office, actor: policy.Actor, person: str, course: str, until: datetime) -> str:
    """Record that a person was trained, until when it counts; the record's id. Nobody records their own.

    Raises NotLawful for who is neither administrator nor supervisor, NotFound, BadInput.
    """
    _require_trainer(actor, person)
    kept, training = text_of(course, "course", longest=120), new_id("training")
    if until.tzinfo is None or until <= office.now():
        raise BadInput("the training would count until a time that has passed", field="until")

    def work(connection: Connection) -> str:
        load_person(connection, actor, person)
        connection.execute(
            insert(TRAININGS).values(
                id=training,
                person=person,
                course=kept,
                until=until,
                recorded=office.now(),
                recorded_by=actor.person,
            )
        )
        detail = {"until": until.isoformat()}
        record(office, connection, "trained", actor.person, objects=(person, training), detail=detail)
        return training

    return office.write(work)


def withdraw_training(office: Office, actor: policy.Actor, training: str) -> None:
    """Let a training record count no longer. Raises NotLawful, NotFound."""

    def work(connection: Connection) -> None:
        row = load_training(connection, actor, training)
        _require_trainer(actor, row.person)
        gone = update(TRAININGS).where(TRAININGS.c.id == training, TRAININGS.c.withdrawn.is_(None))
        connection.execute(gone.values(withdrawn=office.now()))
        record(office, connection, "training-withdrawn", actor.person, objects=(row.person, training))

    office.write(work)


def set_preferences(office: Office, signed: Signed, preferences: Preferences) -> None:
    """How this account likes the screen. Raises BadInput."""
    if preferences.theme not in THEMES:
        raise BadInput("there is no such theme", field="theme", hint=f"take one of {', '.join(THEMES)}")
    language = text_of(preferences.language, "language", shortest=0, longest=20)
    kept = {"language": language, "theme": preferences.theme, "shortcuts": preferences.shortcuts}
    change = update(ACCOUNTS).where(ACCOUNTS.c.id == signed.account).values(**kept)
    office.write(lambda connection: connection.execute(change))


def _require_trainer(actor: policy.Actor, person: str) -> None:
    if not (can(actor, Capability.ADMINISTER_ACCOUNTS) or can(actor, Capability.SUPERVISE)):
        raise NotLawful("training is recorded by an administrator or a supervisor")
    if person == actor.person:
        raise NotLawful("nobody records their own training", hint="another person has to")


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


def _in_use(connection: Connection, person: str) -> bool:
    """Whether the person has an account that can be signed in with."""
    active = ACCOUNTS.c.person == person, ACCOUNTS.c.state == AccountState.ACTIVE.value
    return connection.execute(select(ACCOUNTS.c.id).where(*active)).first() is not None


def _insert_account(
    office: Office,
    connection: Connection,
    keyed: Digests,
    person: OfficerId,
    key: Key,
    sign_in: str,
    by: OfficerId,
) -> str:
    account, folded = new_id("account"), canonical(sign_in)
    row = {
        "id": account,
        "person": person,
        "lookup": keyed.of("sign-in", folded),
        "lookalike": keyed.of("lookalike", lookalike(folded)),
        "sealed": sealed_texts(key[1], f"accounts:{account}", {"sign_in": folded}),
        "state": AccountState.INVITED.value,
        "created": office.now(),
        "language": "",
        "theme": "auto",
        "shortcuts": True,
    }
    try:
        connection.execute(insert(ACCOUNTS).values(**row))
    except IntegrityError as error:
        raise Conflict(
            "this sign-in name is taken, or looks like one that is", hint="choose another name"
        ) from error
    record(office, connection, "account-created", by, objects=(account, person))
    return account


def _activate_with(connection: Connection, account: str, hash_: str) -> None:
    active = {"password": hash_, "state": AccountState.ACTIVE.value}
    connection.execute(update(ACCOUNTS).where(ACCOUNTS.c.id == account).values(**active))


def _change_roles(
    office: Office,
    connection: Connection,
    actor: policy.Actor,
    person: str,
    account: str,
    roles: frozenset[Role],
    approval: str,
    spare: Key,
) -> Change:
    elsewhere, held = _roles_of(connection, person, account)
    together(elsewhere | roles)
    if held == roles:
        return Change(True)
    about = {"account": account, "person": person, "roles": ", ".join(sorted(role.value for role in roles))}
    if roles - held:
        request = Request(ROLES, about)
        waits = waits_for_other(
            office, connection, actor, request, owner=person, approval=approval, spare=spare
        )
        if waits:
            return Change(False, waits)
    if Role.ADMINISTRATOR in held - roles:
        _keep_an_administrator(connection, account)
    _put_roles(office, connection, OfficerId(person), account, roles, actor.person)
    return Change(True)


def _roles_of(connection: Connection, person: str, account: str) -> tuple[frozenset[Role], frozenset[Role]]:
    """The person's roles on other accounts that have not ended, and those on this one."""
    query = (
        select(ACCOUNT_ROLES.c.account, ACCOUNT_ROLES.c.role)
        .join(ACCOUNTS, ACCOUNTS.c.id == ACCOUNT_ROLES.c.account)
        .where(ACCOUNTS.c.person == person, ACCOUNTS.c.state != AccountState.ENDED.value)
    )
    rows = list(connection.execute(query))
    elsewhere = frozenset(Role(row.role) for row in rows if row.account != account)
    return elsewhere, frozenset(Role(row.role) for row in rows if row.account == account)


def _put_roles(
    office: Office,
    connection: Connection,
    person: OfficerId,
    account: str,
    roles: frozenset[Role],
    by: OfficerId,
) -> None:
    connection.execute(delete(ACCOUNT_ROLES).where(ACCOUNT_ROLES.c.account == account))
    for role in roles:
        connection.execute(insert(ACCOUNT_ROLES).values(account=account, role=role.value))
    names = ", ".join(sorted(role.value for role in roles))
    record(office, connection, "roles-changed", by, objects=(account, person), outcome=names)
    state = connection.execute(select(ACCOUNTS.c.state).where(ACCOUNTS.c.id == account)).scalar()
    if person != by and state == AccountState.ACTIVE.value:
        notices.add(connection, person, "roles-changed", account, office.now())


def _keep_an_administrator(connection: Connection, account: str) -> None:
    active = {row.id for row in active_with(connection, Role.ADMINISTRATOR)}
    if active and not active - {account}:
        raise Conflict("no active administrator would be left", hint="make another one first")
