"""What the law says to holding a planned action against a partner's: for an officer who enters it, and later for the
node that goes on by itself on that officer's word."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import Connection, Row

from liaison import policy
from liaison.model.errors import Conflict, Erased, NotFound
from liaison.office import Office
from liaison.partners import directory
from liaison.partners.agreement import DECONFLICTION
from liaison.partners.directory import Partner, PartnerState
from liaison.screening.colleagues import actor_of
from liaison.screening.lookups import context_for, footing, latest_grounds
from liaison.screening.permission import settle, weigh


def agreed(connection: Connection, now: dt.datetime) -> list[Partner]:
    """The partners with whom the link is open and deconfliction agreed."""
    return [
        each
        for each in directory.partners(connection)
        if each.state_at(now) is PartnerState.ACTIVE
        and each.agreement is not None
        and DECONFLICTION in each.agreement.exchanges
    ]


def law(
    office: Office, connection: Connection, actor: policy.Actor, grounds: str, partner: Partner
) -> tuple[policy.Context, policy.Decision]:
    """What the law says to holding an action on these grounds against a partner's.

    Raises NotFound, Conflict and Erased for grounds that carry nothing.
    """
    now = office.now()
    stand = footing(office, connection, actor, grounds, now)
    facts = directory.facts(partner, now)
    context = context_for(office, actor, stand, now, partner=facts, exchange=DECONFLICTION)
    return context, weigh(office, policy.Action.CROSSCHECK, context)


def still_lawful(
    office: Office, connection: Connection, row: Row[Any], partner: Partner
) -> policy.Context | None:
    """The facts on which an action may be held against a partner's now, for whoever entered it; None where not."""
    actor = actor_of(connection, row.person, office.now())
    try:
        context, decision = law(
            office, connection, actor, latest_grounds(connection, row.grounds_id), partner
        )
    except (NotFound, Conflict, Erased):
        return None
    return None if isinstance(decision, policy.Refuse) else context


def permitted(office: Office, actor: policy.Actor, grounds: str) -> list[tuple[str, bool]]:
    """The partners who agreed, by origin, and whether the law lets the action be held against theirs.

    Raises Conflict where none agreed, NotLawful where none may be asked.
    """

    def look(connection: Connection) -> list[tuple[str, policy.Context, policy.Decision]]:
        found = agreed(connection, office.now())
        return [(each.origin, *law(office, connection, actor, grounds, each)) for each in found]

    weighed = office.read(look)
    if not weighed:
        hint = "have an agreement signed that names deconfliction"
        raise Conflict("no partner agreed on deconfliction", hint=hint)
    if all(isinstance(decision, policy.Refuse) for _, _, decision in weighed):
        _, context, decision = weighed[0]
        settle(office, policy.Action.CROSSCHECK, context, decision)
    return [(origin, not isinstance(decision, policy.Refuse)) for origin, _, decision in weighed]
