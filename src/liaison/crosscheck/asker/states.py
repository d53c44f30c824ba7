"""The states of a cross-check and of its legs, and the steps between them. Pure.

draft --submit--> waiting      waiting --refuse--> refused, where the second person says no
draft or waiting --start--> running --finish--> done, of a standing one --end--> ended
draft, waiting or running --cancel--> cancelled, draft or waiting --forget--> cancelled where nobody went on
"""

from __future__ import annotations

from enum import Enum

from liaison.model.errors import Conflict


class SessionState(Enum):
    """How far a session is."""

    DRAFT = "draft"
    WAITING = "waiting"  # for a second person
    REFUSED = "refused"
    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"
    ENDED = "ended"  # of a standing one

    @property
    def over(self) -> bool:
        """Whether nothing of it is asked or looked up any more."""
        return self not in (SessionState.DRAFT, SessionState.WAITING, SessionState.RUNNING)


class SessionStep(Enum):
    """What may happen to a session."""

    SUBMIT = "submit"
    REFUSE = "refuse"
    FORGET = "forget"
    START = "start"
    FINISH = "finish"
    CANCEL = "cancel"
    END = "end"


class LegState(Enum):
    """How far a session is at one partner."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    REFUSED = "refused"
    CANCELLED = "cancelled"


STEPS = {
    (SessionState.DRAFT, SessionStep.SUBMIT): SessionState.WAITING,
    (SessionState.WAITING, SessionStep.REFUSE): SessionState.REFUSED,
    (SessionState.WAITING, SessionStep.START): SessionState.RUNNING,
    (SessionState.WAITING, SessionStep.FORGET): SessionState.CANCELLED,
    (SessionState.DRAFT, SessionStep.FORGET): SessionState.CANCELLED,
    (SessionState.WAITING, SessionStep.CANCEL): SessionState.CANCELLED,
    (SessionState.DRAFT, SessionStep.START): SessionState.RUNNING,
    (SessionState.DRAFT, SessionStep.CANCEL): SessionState.CANCELLED,
    (SessionState.RUNNING, SessionStep.FINISH): SessionState.DONE,
    (SessionState.RUNNING, SessionStep.CANCEL): SessionState.CANCELLED,
    (SessionState.RUNNING, SessionStep.END): SessionState.ENDED,
}


def after(state: SessionState, step: SessionStep) -> SessionState:
    """The state that a step leads to. Raises Conflict where it cannot be taken."""
    following = STEPS.get((state, step))
    if following is None:
        raise Conflict(f"a cross-check that is {state.value} cannot be {_DONE[step]}")
    return following


_DONE = {
    SessionStep.SUBMIT: "submitted",
    SessionStep.REFUSE: "refused",
    SessionStep.FORGET: "forgotten",
    SessionStep.START: "started",
    SessionStep.FINISH: "finished",
    SessionStep.CANCEL: "cancelled",
    SessionStep.END: "ended",
}
