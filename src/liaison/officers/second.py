"""Two persons: what gives somebody power, or another's account, is not done by one administrator alone."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from liaison import policy
from liaison.model.errors import NotLawful
from liaison.model.roles import Role
from liaison.office import Office
from liaison.officers import approvals
from liaison.officers.access import INTO_ACCOUNTS, active_with, seconds
from liaison.officers.approvals import Key, Request
from liaison.officers.rules import Giving, giving


@dataclass(frozen=True, slots=True)
class Change:
    """What became of a change that may take two: done, or waiting for the approval with this id."""

    done: bool
    approval: str = ""


def waits_for_other(
    office: Office,
    connection: Connection,
    actor: policy.Actor,
    request: Request,
    *,
    owner: str,
    approval: str,
    spare: Key,
) -> str:
    """The id of the approval that the change waits for; empty where it may be done now.

    Where there is no other administrator, a supervisor or the data-protection officer decides on ways into an account.
    `owner` is the person who gains by it, `approval` one that was asked for before, which is used up. Raises
    NotLawful where nobody could approve, Conflict where the approval does not fit.
    """
    others = {row.person for row in active_with(connection, Role.ADMINISTRATOR)} - {actor.person}
    into_account = request.kind in INTO_ACCOUNTS
    way = giving(to_self=owner == actor.person, other_administrators=len(others), into_account=into_account)
    if way is Giving.AT_ONCE:
        return ""
    if approval:
        approvals.use(office, connection, actor, approval, kind=request.kind, about=request.about)
        return ""
    if not seconds(connection, request.kind, actor.person):
        raise _nobody(into_account)
    return approvals.ask_within(office, connection, actor, request, spare)


def _nobody(into_account: bool) -> NotLawful:
    if into_account:
        return NotLawful(
            "nobody opens another's account alone",
            hint="another administrator, a supervisor or the data-protection officer has to approve, and there is none",
        )
    return NotLawful(
        "nobody gives more to themself", hint="another administrator has to approve, and there is none"
    )
