"""The authoriser of this part: whose account, request, break-glass and notice somebody may see.

What a person may not see is absent to them: every `load_` raises NotFound for both alike.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, false, or_, select, true

from liaison import policy
from liaison.model.errors import NotFound
from liaison.model.roles import Capability, Role, capabilities
from liaison.office import Office
from liaison.officers.rules import OVERSEERS
from liaison.officers.states import AccountState
from liaison.storage.tables.officers import (
    ACCOUNT_ROLES,
    ACCOUNTS,
    APPROVALS,
    GLASSES,
    INVITATIONS,
    NOTICES,
    PASSKEYS,
    PEOPLE,
    TOKENS,
    TRAININGS,
)

ROLES = "roles"  # kinds of approval that are about people; every other is decided by whom the pack names
ACCOUNT = "account"
TRAINING = "training"
SAFEGUARDS = "safeguards"
RECOVERY = "recovery"
LINK = "link"
ADDRESS = "address"
OF_OVERSEERS = frozenset(
    {ROLES, ACCOUNT, TRAINING, SAFEGUARDS}
)  # what gives a person more: no administrator's
INTO_ACCOUNTS = frozenset(
    {RECOVERY, LINK, ADDRESS}
)  # new ways into an account in use: another administrator's
ABOUT_PEOPLE = OF_OVERSEERS | INTO_ACCOUNTS
Found = Row[Any]


def require(office: Office, actor: policy.Actor, action: policy.Action) -> None:
    """Raises NotLawful where this person's roles or the node's law do not permit the action."""
    office.decide(action, policy.Context(actor=actor, now=office.now()))


def can(actor: policy.Actor, capability: Capability) -> bool:
    """Whether roles and training bring this."""
    return capability in capabilities(actor.roles, trained=actor.trained)


def sees_everyone(actor: policy.Actor) -> bool:
    """Whether they see every person: whoever administers accounts, and whoever approves what gives a person more."""
    return can(actor, Capability.ADMINISTER_ACCOUNTS) or bool(actor.roles & OVERSEERS)


def load_person(connection: Connection, actor: policy.Actor, person: str) -> Found:
    """A person: oneself; to administrators and overseers, everyone. Raises NotFound."""
    mine = true() if sees_everyone(actor) else PEOPLE.c.id == actor.person
    return _one(connection, select(PEOPLE).where(PEOPLE.c.id == person, mine))


def load_account(connection: Connection, actor: policy.Actor, account: str) -> Found:
    """An account: one's own; to administrators, everyone's. Raises NotFound."""
    mine = true() if can(actor, Capability.ADMINISTER_ACCOUNTS) else ACCOUNTS.c.person == actor.person
    return _one(connection, select(ACCOUNTS).where(ACCOUNTS.c.id == account, mine))


def load_training(connection: Connection, actor: policy.Actor, training: str) -> Found:
    """A training record, to whoever may see the person. Raises NotFound."""
    row = _one(connection, select(TRAININGS).where(TRAININGS.c.id == training))
    load_person(connection, actor, row.person)
    return row


def load_passkey(connection: Connection, account: str, passkey: str) -> Found:
    """A passkey of one's own account that was not removed. Raises NotFound."""
    own = and_(PASSKEYS.c.id == passkey, PASSKEYS.c.account == account, PASSKEYS.c.removed.is_(None))
    return _one(connection, select(PASSKEYS).where(own))


def load_token(connection: Connection, actor: policy.Actor, token: str) -> Found:
    """A token of one's own; to administrators, everyone's. Raises NotFound."""
    row = _one(connection, select(TOKENS).where(TOKENS.c.id == token))
    load_account(connection, actor, row.account)
    return row


def load_invitation(connection: Connection, digest: str) -> Found:
    """An invitation by the digest of its token. Raises NotFound."""
    return _one(connection, select(INVITATIONS).where(INVITATIONS.c.digest == digest))


def visible_approvals(office: Office, actor: policy.Actor) -> ColumnElement[bool]:
    """The requests somebody sees: their own, and those they may decide."""
    return or_(APPROVALS.c.asked_by == actor.person, decidable(office, actor))


def decidable(office: Office, actor: policy.Actor) -> ColumnElement[bool]:
    """The requests somebody may decide: never one of their own or to their gain, whatever account they use (A22)."""
    kinds: list[ColumnElement[bool]] = []
    if can(actor, Capability.ADMINISTER_ACCOUNTS):
        kinds.append(APPROVALS.c.kind.in_(INTO_ACCOUNTS))
    if actor.roles & OVERSEERS:
        kinds.append(APPROVALS.c.kind.in_(OF_OVERSEERS))
        another = _active(Role.ADMINISTRATOR).where(ACCOUNTS.c.person != APPROVALS.c.asked_by)
        kinds.append(and_(APPROVALS.c.kind.in_(INTO_ACCOUNTS), ~another.correlate(APPROVALS).exists()))
    if actor.roles & policy.limits(office.regimes).approval_roles:
        kinds.append(APPROVALS.c.kind.not_in(ABOUT_PEOPLE))
    others = APPROVALS.c.asked_by != actor.person, APPROVALS.c.gains != actor.person
    return and_(*others, or_(false(), *kinds))


def load_approval(connection: Connection, office: Office, actor: policy.Actor, approval: str) -> Found:
    """A request, to whoever asked or may decide. Raises NotFound."""
    chosen = and_(APPROVALS.c.id == approval, visible_approvals(office, actor))
    return _one(connection, select(APPROVALS).where(chosen))


def visible_glasses(actor: policy.Actor) -> ColumnElement[bool]:
    """The broken glasses somebody sees: their own; to those who review them, everyone's."""
    if can(actor, Capability.REVIEW_BREAK_GLASS):
        return true()
    return GLASSES.c.person == actor.person


def load_glass(connection: Connection, actor: policy.Actor, glass: str) -> Found:
    """A broken glass, to whoever broke it or reviews it. Raises NotFound."""
    return _one(connection, select(GLASSES).where(GLASSES.c.id == glass, visible_glasses(actor)))


def visible_notices(actor: policy.Actor) -> ColumnElement[bool]:
    """Notices to this person or to one of their roles."""
    roles = [role.value for role in actor.roles]
    return or_(NOTICES.c.person == actor.person, NOTICES.c.role.in_(roles))


def load_notice(connection: Connection, actor: policy.Actor, notice: str) -> Found:
    """A notice, to those it is for. Raises NotFound."""
    return _one(connection, select(NOTICES).where(NOTICES.c.id == notice, visible_notices(actor)))


def active_with(connection: Connection, role: Role) -> list[Found]:
    """The accounts (id, person) that can be signed in with and hold this role."""
    return list(connection.execute(_active(role)))


def second_roles(connection: Connection, kind: str, asker: str) -> frozenset[Role]:
    """The roles of those who decide a request about people: supervisors and the data-protection officer on what gives
    somebody more; on a way into an account administrators, or the overseers where there is no other one than who asks.
    """
    if kind in OF_OVERSEERS:
        return OVERSEERS
    others = {row.person for row in active_with(connection, Role.ADMINISTRATOR)} - {asker}
    return frozenset({Role.ADMINISTRATOR}) if others else OVERSEERS


def seconds(connection: Connection, kind: str, asker: str, gains: str = "") -> set[str]:
    """The persons who could decide such a request of `asker` now, whoever gains by it set apart."""
    roles = second_roles(connection, kind, asker)
    return {row.person for role in roles for row in active_with(connection, role)} - {asker, gains}


def _active(role: Role) -> Select[tuple[str, str]]:
    held = select(ACCOUNTS.c.id, ACCOUNTS.c.person).join(
        ACCOUNT_ROLES, ACCOUNT_ROLES.c.account == ACCOUNTS.c.id
    )
    return held.where(ACCOUNTS.c.state == AccountState.ACTIVE.value, ACCOUNT_ROLES.c.role == role.value)


def _one(connection: Connection, query: Any) -> Found:
    found: Found | None = connection.execute(query).first()
    if found is None:
        raise NotFound
    return found
