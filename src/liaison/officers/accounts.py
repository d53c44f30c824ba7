"""Accounts and roles: an administrator makes and ends them; who gets more by it, an overseer approves (threat A22).

On a fresh node nobody could approve. The first overseer, a supervisor or data-protection officer, is therefore made by
the administrator alone, which the ledger and the auditor's page say; everything after that takes another person.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from liaison import policy
from liaison.model.categories import OfficerId
from liaison.model.errors import Conflict, NotLawful
from liaison.model.roles import Role
from liaison.office import Office, new_id
from liaison.officers import notices
from liaison.officers.access import ACCOUNT, ROLES, active_with, load_account, load_person, require
from liaison.officers.approvals import Key, Request
from liaison.officers.invitations import Invitation, invite_within
from liaison.officers.names import canonical, lookalike
from liaison.officers.recording import record
from liaison.officers.rules import OVERSEERS, made_alone, together
from liaison.officers.second import Change, waits_for_other
from liaison.officers.secrecy import Digests, digests, sealed_texts
from liaison.officers.sessions import end_sessions_of
from liaison.officers.settings import DEFAULTS, Settings
from liaison.officers.states import AccountState
from liaison.officers.tokens import revoke_all_of
from liaison.ports import Compartment, KeyId
from liaison.storage.tables.officers import ACCOUNT_ROLES, ACCOUNTS, NOTICES

MADE_ALONE = "overseer-made-alone"


@dataclass(frozen=True, slots=True)
class Created:
    """A new account with its invitation; `roles` says whether they were given, or wait for an approval."""

    account: str
    invitation: Invitation
    roles: Change


@dataclass(frozen=True, slots=True)
class Another:
    """A further account of a person, or the approval that it waits for."""

    created: Created | None
    approval: str = ""


@dataclass(frozen=True, slots=True)
class MadeAlone:
    """An overseer whom an administrator made with nobody's approval; `account` is theirs."""

    account: str
    person: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Wanted:
    """An account that is wanted: whose, under which name, with which roles."""

    person: str
    sign_in: str
    roles: frozenset[Role]


def create_account(
    office: Office,
    actor: policy.Actor,
    person: str,
    sign_in: str,
    roles: frozenset[Role] = frozenset(),
    settings: Settings = DEFAULTS,
) -> Created:
    """The account of a person who has none, and the invitation with which its owner sets what they sign in with;
    nobody else learns it. The roles wait for an overseer's approval, unless this is the node's first overseer.

    Raises NotLawful where nobody could approve or the person has an account (see `another_account`), NotFound, BadInput
    for a name that cannot be one or roles that clash, Conflict for a name that is taken or looks like one that is.
    """
    require(office, actor, policy.Action.ADMINISTER_ACCOUNTS)
    keyed, spare = digests(office), office.keys.create(Compartment.OFFICERS)[0]
    wanted = Wanted(person, sign_in, roles)

    def work(connection: Connection) -> Created:
        load_person(connection, actor, person)
        if _has_account(connection, person):
            raise NotLawful(
                "the person has an account", hint="ask for another one: it takes a second pair of eyes"
            )
        account, invitation = _new_account(office, connection, actor, keyed, wanted, settings)
        change = _change_roles(office, connection, actor, person, account, roles, "", spare)
        return Created(account, invitation, change)

    return office.write(work)


def another_account(
    office: Office,
    actor: policy.Actor,
    person: str,
    sign_in: str,
    roles: frozenset[Role] = frozenset(),
    *,
    approval: str = "",
    settings: Settings = DEFAULTS,
) -> Another:
    """A further account of a person who has one that has not ended: an overseer is asked, and nothing is made yet;
    once they approved, call again with the `approval`. Its owner is told. For whoever has none, as `create_account`.

    Raises as `create_account`, and Conflict where the approval does not fit.
    """
    require(office, actor, policy.Action.ADMINISTER_ACCOUNTS)
    keyed, spare = digests(office), office.keys.create(Compartment.OFFICERS)[0]
    about = {"person": person, "sign_in": canonical(sign_in), "roles": _written(roles)}
    wanted = Wanted(person, sign_in, roles)

    def work(connection: Connection) -> Another:
        load_person(connection, actor, person)
        if not _has_account(connection, person):
            account, invitation = _new_account(office, connection, actor, keyed, wanted, settings)
            change = _change_roles(office, connection, actor, person, account, roles, "", spare)
            return Another(Created(account, invitation, change))
        together(_roles_of(connection, person, "")[0] | roles)
        request = Request(ACCOUNT, about, gains=person)
        waits = waits_for_other(office, connection, actor, request, approval=approval, spare=spare)
        if waits:
            return Another(None, waits)
        account, invitation = _new_account(office, connection, actor, keyed, wanted, settings)
        notices.add(connection, OfficerId(person), "account-created", account, office.now())
        if roles:
            put_roles(office, connection, OfficerId(person), account, roles, actor.person)
        return Another(Created(account, invitation, Change(True)))

    return office.write(work)


def set_roles(
    office: Office, actor: policy.Actor, account: str, roles: frozenset[Role], *, approval: str = ""
) -> Change:
    """Give exactly these roles. Where one is new an overseer is asked, and nothing changes yet: once they approved,
    call again with the `approval`. Taking roles away never waits.

    Raises NotLawful where nobody could approve, NotFound, BadInput where roles clash over all accounts of the person,
    Conflict where no active administrator or overseer would be left or the approval does not fit.
    """
    require(office, actor, policy.Action.ADMINISTER_ACCOUNTS)
    spare = office.keys.create(Compartment.OFFICERS)[0]

    def work(connection: Connection) -> Change:
        row = load_account(connection, actor, account)
        return _change_roles(office, connection, actor, row.person, account, roles, approval, spare)

    return office.write(work)


def end_account(office: Office, actor: policy.Actor, account: str) -> None:
    """End an account for good, with its sessions and tokens; what its person did stays theirs.

    Raises NotLawful, NotFound, Conflict for the last active administrator and the last active overseer.
    """
    require(office, actor, policy.Action.ADMINISTER_ACCOUNTS)

    def work(connection: Connection) -> None:
        row = load_account(connection, actor, account)
        _keep_an_administrator(connection, account)
        _keep_an_overseer(connection, account)
        now = office.now()
        ended = {"state": AccountState.ENDED.value, "password": None}
        connection.execute(update(ACCOUNTS).where(ACCOUNTS.c.id == account).values(**ended))
        end_sessions_of(connection, account, now)
        revoke_all_of(connection, account, now)
        record(office, connection, "account-ended", actor.person, objects=(account, row.person))

    return office.write(work)


def overseers_made_alone(office: Office) -> list[MadeAlone]:
    """Every overseer whom an administrator made alone, the oldest first. It names no content."""
    query = (
        select(ACCOUNTS.c.id, ACCOUNTS.c.person, NOTICES.c.at)
        .join(NOTICES, NOTICES.c.object == ACCOUNTS.c.id)
        .where(NOTICES.c.kind == MADE_ALONE, NOTICES.c.role == Role.AUDITOR.value)
        .order_by(NOTICES.c.at, NOTICES.c.id)
    )
    rows = office.read(lambda connection: list(connection.execute(query)))
    return [MadeAlone(row.id, row.person, row.at) for row in rows]


def overseers(office: Office) -> int:
    """How many persons can be asked for an overseer's approval now."""
    found = office.read(_active_overseers)
    return len(set(found.values()))


def in_use(connection: Connection, person: str) -> bool:
    """Whether the person has an account that can be signed in with."""
    active = ACCOUNTS.c.person == person, ACCOUNTS.c.state == AccountState.ACTIVE.value
    return connection.execute(select(ACCOUNTS.c.id).where(*active)).first() is not None


def _has_account(connection: Connection, person: str) -> bool:
    live = ACCOUNTS.c.person == person, ACCOUNTS.c.state != AccountState.ENDED.value
    return connection.execute(select(ACCOUNTS.c.id).where(*live)).first() is not None


def _new_account(
    office: Office,
    connection: Connection,
    actor: policy.Actor,
    keyed: Digests,
    wanted: Wanted,
    settings: Settings,
) -> tuple[str, Invitation]:
    row = load_person(connection, actor, wanted.person)
    key = KeyId(row.key), office.keys.fetch([KeyId(row.key)])[0]
    person = OfficerId(wanted.person)
    account = insert_account(office, connection, keyed, person, key, wanted.sign_in, actor.person)
    return account, invite_within(office, connection, actor.person, account, settings)


def insert_account(
    office: Office,
    connection: Connection,
    keyed: Digests,
    person: OfficerId,
    key: Key,
    sign_in: str,
    by: OfficerId,
) -> str:
    """The id of a new account, in the caller's transaction. Raises BadInput, Conflict for a name that is taken."""
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
    alone = made_alone(roles - held, _live_overseers(connection))
    if roles - held and not alone:
        about = {"account": account, "person": person, "roles": _written(roles)}
        request = Request(ROLES, about, gains=person)
        waits = waits_for_other(office, connection, actor, request, approval=approval, spare=spare)
        if waits:
            return Change(False, waits)
    _keep_both(connection, account, held, roles)
    put_roles(office, connection, OfficerId(person), account, roles, actor.person)
    if alone:
        _tell_made_alone(office, connection, actor, OfficerId(person), account, roles)
    return Change(True)


def _tell_made_alone(
    office: Office,
    connection: Connection,
    actor: policy.Actor,
    person: OfficerId,
    account: str,
    roles: frozenset[Role],
) -> None:
    """Say it in the ledger, to the person, and to whoever oversees or audits the node, now or later."""
    objects = (account, person)
    record(office, connection, MADE_ALONE, actor.person, objects=objects, outcome=_written(roles))
    others = (OVERSEERS | {Role.AUDITOR}) - roles
    notices.add(connection, person, MADE_ALONE, account, office.now())
    for role in sorted(others, key=lambda role: role.value):
        notices.add(connection, role, MADE_ALONE, account, office.now())


def _written(roles: frozenset[Role]) -> str:
    return ", ".join(sorted(role.value for role in roles))


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


def put_roles(
    office: Office,
    connection: Connection,
    person: OfficerId,
    account: str,
    roles: frozenset[Role],
    by: OfficerId,
) -> None:
    """Let the account have exactly these roles, in the caller's transaction, which has seen to who may give them."""
    connection.execute(delete(ACCOUNT_ROLES).where(ACCOUNT_ROLES.c.account == account))
    for role in roles:
        connection.execute(insert(ACCOUNT_ROLES).values(account=account, role=role.value))
    record(office, connection, "roles-changed", by, objects=(account, person), outcome=_written(roles))
    state = connection.execute(select(ACCOUNTS.c.state).where(ACCOUNTS.c.id == account)).scalar()
    if person != by and state == AccountState.ACTIVE.value:
        notices.add(connection, person, "roles-changed", account, office.now())


def _keep_both(connection: Connection, account: str, held: frozenset[Role], roles: frozenset[Role]) -> None:
    if Role.ADMINISTRATOR in held - roles:
        _keep_an_administrator(connection, account)
    if held & OVERSEERS and not roles & OVERSEERS:
        _keep_an_overseer(connection, account)


def _keep_an_administrator(connection: Connection, account: str) -> None:
    active = {row.id for row in active_with(connection, Role.ADMINISTRATOR)}
    if active and not active - {account}:
        raise Conflict("no active administrator would be left", hint="make another one first")


def _keep_an_overseer(connection: Connection, account: str) -> None:
    """Without one the administrator would be alone again, and could make the next first overseer."""
    active = set(_active_overseers(connection))
    if active and not active - {account}:
        raise Conflict(
            "no active supervisor or data-protection officer would be left", hint="make another one first"
        )


def _active_overseers(connection: Connection) -> dict[str, str]:
    """Account -> person of those that can be signed in with."""
    return {row.id: row.person for role in OVERSEERS for row in active_with(connection, role)}


def _live_overseers(connection: Connection) -> int:
    """How many accounts that have not ended hold a role of an overseer, opened or not."""
    names = [role.value for role in OVERSEERS]
    held = (
        select(func.count())
        .select_from(ACCOUNT_ROLES.join(ACCOUNTS, ACCOUNTS.c.id == ACCOUNT_ROLES.c.account))
        .where(ACCOUNT_ROLES.c.role.in_(names), ACCOUNTS.c.state != AccountState.ENDED.value)
    )
    return int(connection.execute(held).scalar_one())
