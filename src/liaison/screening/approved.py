"""Asking about more persons than the law lets one officer ask about alone: a second person approves how many more.

Small questions that add up count like a list (threat A21): the window is summed in the transaction that writes the
question, and every question beyond it spends one person of the approval.
"""

from __future__ import annotations

from datetime import datetime

import msgspec
from sqlalchemy import Connection, select

from liaison import policy
from liaison.model.errors import Conflict, LiaisonError, NotLawful
from liaison.office import Office
from liaison.officers import approvals
from liaison.officers.access import load_approval
from liaison.officers.states import ApprovalState
from liaison.screening.access import load_case
from liaison.screening.permission import weigh
from liaison.storage.tables.officers import APPROVALS
from liaison.storage.tables.screening import CASES

MORE = "more-checks"
BY_NUMBER = "L10/bulk"


def ask_for_more(
    office: Office, actor: policy.Actor, case: str, persons: int, reason: str, expires: datetime | None = None
) -> str:
    """Ask a second person for so many more checks in a case; the approval's id. Raises NotFound, BadInput."""
    office.read(lambda connection: load_case(office, connection, actor, case))
    request = approvals.Request(MORE, {"reason": reason}, case, persons, expires)
    return approvals.ask(office, actor, request)


def case_of_approval(office: Office, actor: policy.Actor, approval: str) -> str:
    """The reference of the case that a request is about, to whoever sees the request. Raises NotFound."""

    def work(connection: Connection) -> str:
        row = load_approval(connection, office, actor, approval)
        found = connection.execute(select(CASES.c.reference).where(CASES.c.id == row.case)).scalar()
        return str(found or "")

    return office.read(work)


def weigh_number(
    office: Office, connection: Connection, action: policy.Action, context: policy.Context
) -> tuple[policy.Decision, policy.Context, str]:
    """The decision on a question alone, or, where the number alone is against it, with an approval for more.

    Also the context that was decided on, and the id of the approval that the question spends; empty for none.
    """
    decision = weigh(office, action, context)
    if not by_number_alone(decision):
        return decision, context, ""
    for approval in _for_more(connection, context):
        try:
            given = approvals.approved(office, connection, context.actor, approval)
        except Conflict:
            continue
        helped = msgspec.structs.replace(context, approval=given)
        again = weigh(office, action, helped)
        if isinstance(again, policy.Permit):
            return again, helped, approval
    return decision, context, ""


def spend(
    office: Office, connection: Connection, actor: policy.Actor, approval: str, persons: int = 1
) -> None:
    """Spend persons of an approval for more, in the transaction of the question. Raises Conflict."""
    approvals.use(office, connection, actor, approval, kind=MORE, persons=persons)


def by_number_alone(decision: policy.Decision) -> bool:
    """Whether a refusal has no other reason than how many persons are asked about."""
    return isinstance(decision, policy.Refuse) and {reason.rule for reason in decision.reasons} == {BY_NUMBER}


def refused_by_number(error: LiaisonError) -> bool:
    """Whether an error is a refusal with no other reason than how many persons are asked about."""
    rules = {reason.rule for reason in getattr(error, "reasons", ()) if isinstance(reason, policy.Reason)}
    return isinstance(error, NotLawful) and rules == {BY_NUMBER}


def _for_more(connection: Connection, context: policy.Context) -> list[str]:
    """Approvals for more questions of this person in this case, the oldest first."""
    if context.grounds is None:
        return []
    mine = (APPROVALS.c.asked_by == context.actor.person) & (APPROVALS.c.case == context.grounds.case)
    mine &= (APPROVALS.c.kind == MORE) & (APPROVALS.c.state == ApprovalState.APPROVED.value)
    query = select(APPROVALS.c.id).where(mine, APPROVALS.c.expires > context.now).order_by(APPROVALS.c.asked)
    return list(connection.execute(query).scalars())
