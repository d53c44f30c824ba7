"""What the law of the node says to an act of screening; every refusal is a row of the ledger, and counted."""

from __future__ import annotations

from sqlalchemy import Connection, insert

from liaison import policy
from liaison.ledger.statements import Statement
from liaison.office import Office, new_id
from liaison.storage.tables.screening import REFUSALS

REFUSED = "refused"


def permit(office: Office, action: policy.Action, context: policy.Context, case: str = "") -> policy.Permit:
    """The permit for an act. Raises NotLawful with every reason, once the refusal is on the ledger."""
    return settle(office, action, context, weigh(office, action, context), case)


def settle(
    office: Office, action: policy.Action, context: policy.Context, decision: policy.Decision, case: str = ""
) -> policy.Permit:
    """The permit of a decision. Raises NotLawful, once the refusal is on the ledger."""
    if isinstance(decision, policy.Refuse):
        refusal = decision
        office.write(lambda connection: write_refusal(office, connection, action, context, refusal, case))
    return policy.require(decision)


def weigh(office: Office, action: policy.Action, context: policy.Context) -> policy.Decision:
    """The permit or the refusal, for a caller that records the refusal itself."""
    return policy.decide(action, context, office.regimes)


def write_refusal(
    office: Office,
    connection: Connection,
    action: policy.Action,
    context: policy.Context,
    refusal: policy.Refuse,
    case: str = "",
) -> None:
    """Record a refusal: on the ledger, and a row for each rule that refuses."""
    rules = tuple(dict.fromkeys(reason.rule for reason in refusal.reasons))
    grounds = context.grounds
    case = case or (grounds.case if grounds else "")
    purpose, offence = (grounds.purpose.value, grounds.offence) if grounds else ("", "")
    office.log.append(
        connection,
        Statement(
            what=REFUSED,
            who=context.actor.person,
            when=context.now,
            case=case,
            purpose=purpose,
            outcome=action.value,
            detail={"rules": " ".join(rules), "subjects": str(context.subjects)},
        ),
    )
    same = {
        "id": new_id("refusal"),
        "at": context.now,
        "person": context.actor.person,
        "case_id": case,
        "action": action.value,
        "purpose": purpose,
        "offence": offence,
    }
    connection.execute(
        insert(REFUSALS),
        [same | {"rule": rule, "first": place == 0} for place, rule in enumerate(rules)],
    )
