"""How an alert moves: from candidate to confirmed or rejected, and back, by a named trained person alone. Pure.

No step leads to a measure. A confirmed alert tells its instruction, which a person then follows or not
(Directive (EU) 2016/680, article 11).
"""

from __future__ import annotations

from enum import Enum

from liaison.model.errors import BadInput, Conflict
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
