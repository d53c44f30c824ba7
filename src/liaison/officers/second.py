"""Two persons: what gives somebody power, or another's account, is not done by one administrator alone."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from liaison import policy
from liaison.model.errors import NotLawful
from liaison.office import Office
from liaison.officers import approvals
from liaison.officers.access import INTO_ACCOUNTS, seconds
from liaison.officers.approvals import Key, Request


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
    approval: str,
    spare: Key,
) -> str:
    """The id of the approval that the change waits for; empty where it may be done now.

    What gives a person more is approved by a supervisor or the data-protection officer; a way into an account by
    another administrator, or by one of those where there is none. `approval` is one that was asked for before, which
    is used up. Raises NotLawful where nobody could approve, Conflict where the approval does not fit.
    """
    if approval:
        approvals.use(office, connection, actor, approval, kind=request.kind, about=request.about)
        return ""
    if not seconds(connection, request.kind, actor.person, request.gains):
        raise _nobody(request.kind in INTO_ACCOUNTS)
    return approvals.ask_within(office, connection, actor, request, spare)


def _nobody(into_account: bool) -> NotLawful:
    if into_account:
        return NotLawful(
            "nobody opens another's account alone",
            hint="another administrator, a supervisor or the data-protection officer has to approve, and there is none",
        )
    return NotLawful(
        "nobody gives a person more alone: a supervisor or the data-protection officer has to approve",
        hint="there is none yet who is neither of you; make one first",
    )
