"""How an alert moves: from candidate to confirmed or rejected, and back, by a named trained person alone. Pure.

No step leads to a measure. A confirmed alert tells its instruction, which a person then follows or not
(Directive (EU) 2016/680, article 11).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum

from liaison.model.errors import BadInput, Conflict
from liaison.model.holding import State
from liaison.model.wanted import Wanted
from liaison.policy import Actor, AlertState

LONGEST_REASON = 2000  # characters


class Step(Enum):
    """What a person does to an alert; the value is its past form."""

    CONFIRM = "confirmed"
    REJECT = "rejected"
    REOPEN = "reopened"


STEPS = {
    (AlertState.CANDIDATE, Step.CONFIRM): AlertState.CONFIRMED,
    (AlertState.CANDIDATE, Step.REJECT): AlertState.REJECTED,
    (AlertState.CONFIRMED, Step.REOPEN): AlertState.CANDIDATE,
    (AlertState.REJECTED, Step.REOPEN): AlertState.CANDIDATE,
}


class Ending(Enum):
    """Why nothing may be done on a record any more."""

    WITHDRAWN = "withdrawn"
    RESTRICTED = "restricted"
    OVER = "over"  # its last day has passed
    ERASED = "erased"


@dataclass(frozen=True, slots=True)
class Ended:
    """How a record ended, and when: the day on which that was done or, of one that is over, its last day."""

    how: Ending
    on: date

    def __str__(self) -> str:
        if self.how is Ending.OVER:
            return f"the record's last day was {self.on}"
        return f"the record was {self.how.value} on {self.on}"


ENDINGS = {
    State.WITHDRAWN: Ending.WITHDRAWN,
    State.RESTRICTED: Ending.RESTRICTED,
    State.ERASED: Ending.ERASED,
}


def ended(state: State, changed: date, until: date, today: date) -> Ended | None:
    """How a record ended that may not be acted upon today; None for one in use. changed: when it last was; until: the
    day from which it is found no more."""
    if state is not State.LIVE:
        return Ended(ENDINGS[state], changed)
    return Ended(Ending.OVER, until - timedelta(days=1)) if until <= today else None


def require_in_use(found: Ended | None) -> None:
    """Raises Conflict for a record that ended: nobody confirms an alert on it."""
    if found is not None:
        hint = "nothing may be done on this alert; check again what is before you"
        raise Conflict(str(found), hint=hint)


def after(state: AlertState, step: Step, by: Actor) -> AlertState:
    """The state that follows when this person takes the step.

    Raises Conflict where the step cannot be taken from here, and BadInput where nobody, or nobody trained, takes it.
    """
    if not by.person or not by.trained:
        raise BadInput("no trained person decides", field="actor", hint="a trained person decides, by name")
    return next_state(state, step)


def next_state(state: AlertState, step: Step) -> AlertState:
    """The state that follows, whoever takes the step. Raises Conflict where it cannot be taken from here."""
    found = STEPS.get((state, step))
    if found is None:
        raise Conflict(f"an alert that is {state.value} cannot be {step.value}", hint="load the alert again")
    return found


def reason_of(text: str) -> str:
    """The reason for a decision. Raises BadInput for one that is too long; whether it says enough the policy says."""
    kept = text.strip()
    if len(kept) > LONGEST_REASON:
        hint = f"at most {LONGEST_REASON} are kept; put the rest in the case"
        raise BadInput(f"the reason has {len(kept)} characters", field="reason", hint=hint)
    return kept


def instruction_told(state: AlertState, instruction: str, allowed: frozenset[str]) -> str:
    """The instruction, once a person has confirmed the alert; empty before, and where this law has no such one."""
    return instruction if state is AlertState.CONFIRMED and instruction in allowed else ""


def entry_told(state: AlertState, wanted: Wanted | None) -> Wanted | None:
    """What the owner of a vehicle's entry asks for, once a person has confirmed the alert; None before."""
    return wanted if state is AlertState.CONFIRMED else None


def risk_told(state: AlertState, wanted: Wanted | None) -> str:
    """What endangers whoever looks at the vehicle to decide, told before they decide; empty once they rejected it."""
    return wanted.risk if wanted is not None and state is not AlertState.REJECTED else ""
