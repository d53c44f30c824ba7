"""What an entry of a stolen or wanted vehicle may say, and how it stands on a day."""

from __future__ import annotations

import datetime as dt
from enum import Enum

from liaison.holdings.rules import is_protected, require_end
from liaison.model.errors import BadInput
from liaison.model.holding import Holding, State
from liaison.policy import Limits

ENDS_SOON = dt.timedelta(days=3)  # in which whoever keeps it should look at it again


class EntryState(Enum):
    """How an entry stands. Only what is in force matches, to its last day."""

    IN_FORCE = "in-force"
    ENDING = "ending"  # in force, and to end within ENDS_SOON
    ENDED = "ended"
    WITHDRAWN = "withdrawn"
    RESTRICTED = "restricted"


def entry_state(state: State, until: dt.date, today: dt.date) -> EntryState:
    """How an entry stands today. until: the day from which it is found no more."""
    if state is not State.LIVE:
        return EntryState.RESTRICTED if state is State.RESTRICTED else EntryState.WITHDRAWN
    if until <= today:
        return EntryState.ENDED
    return EntryState.ENDING if until - today <= ENDS_SOON else EntryState.IN_FORCE


def require_entry(holding: Holding, today: dt.date, limits: Limits) -> None:
    """Raises BadInput with the field for an entry that no check would find, and for an end that cannot be."""
    if holding.wanted is None:
        raise BadInput("the record is no entry of a vehicle", field="wanted")
    if holding.category not in limits.categories or is_protected(holding, today):
        named = " or ".join(sorted(one.value for one in limits.categories))
        hint = f"the law of this node lets a check find {named} alone: say which whoever uses the vehicle is"
        raise BadInput("no check would find an entry of this category", field="category", hint=hint)
    try:
        require_end(holding.wanted, holding.retention_until, today)
    except BadInput as error:
        raise BadInput(str(error), field="until", hint=error.hint) from error
    last = today + dt.timedelta(days=limits.retention_days[holding.category])
    if not today < holding.retention_until <= last:
        hint = f"give a day after {today} and no later than {last}"
        raise BadInput("the law of this node does not let it be kept so long", field="until", hint=hint)
