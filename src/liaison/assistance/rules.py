"""How a request and each of its subjects move, on either side; who moves them; and what a person must have done. Pure.

The two sides are two tables over the same states. A step is taken by a person, by the node itself, or by the other
side's letter; on the side that is asked no subject comes to an answer but by a person's step.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

from liaison.assistance.messages import Result
from liaison.model.errors import Conflict


class Side(Enum):
    """Whose request it is."""

    ASKED = "asked"  # by us
    RECEIVED = "received"  # from a partner


class By(Enum):
    """Who takes a step."""

    PERSON = "person"
    NODE = "node"
    PARTNER = "partner"


class State(Enum):
    """How far a request has come."""

    DRAFT = "draft"
    SUBMITTED = "submitted"  # waits for another person
    NOT_AUTHORISED = "not authorised"
    AUTHORISED = "authorised"
    SENT = "sent"
    ARRIVING = "arriving"  # parts are missing
    RECEIVED = "received"  # whole; the clock runs
    TRIAGED = "triaged"
    ANSWERING = "answering"  # some subjects are answered
    ANSWERED = "answered"
    WITHDRAWN = "withdrawn"
    RETURNED = "returned"  # the other node did not take it
    CLOSED = "closed"


class Step(Enum):
    """What happens to a request; the value is its past form."""

    SUBMIT = "submitted"
    AUTHORISE = "authorised"
    DECLINE = "declined"
    REVISE = "revised"
    SEND = "sent"
    RETURN = "returned"
    COMPLETE = "completed"  # every part is there
    TRIAGE = "triaged"
    ANSWER = "answered in part"
    FINISH = "answered in full"
    SETTLE = "answered"  # the rest was withdrawn
    REOPEN = "reopened"  # a subject was corrected after the answer
    WITHDRAW = "withdrawn"
    CLOSE = "closed"


class SubjectState(Enum):
    """How far one subject has come. WAITING is before the check; PREPARED where it found nothing, which a person has to
    confirm; HIT where it found something, on which a person decides."""

    WAITING = "waiting"
    PREPARED = "prepared"
    HIT = "hit"
    FULL = "full"
    PARTIAL = "partial"
    NOTHING = "nothing held"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class SubjectStep(Enum):
    """What happens to a subject; the value is its past form."""

    CLEAR = "found nothing"
    FIND = "found"
    ANSWER_FULL = "answered in full"
    ANSWER_PARTIAL = "answered in part"
    ANSWER_NOTHING = "answered: nothing held"
    REFUSE = "refused"
    CORRECT = "corrected"
    WITHDRAW = "withdrawn"


ANSWERED = frozenset({SubjectState.FULL, SubjectState.PARTIAL, SubjectState.NOTHING, SubjectState.REFUSED})
OVER = ANSWERED | {SubjectState.WITHDRAWN}
OPEN = frozenset(SubjectState) - OVER
ENDED = frozenset({State.WITHDRAWN, State.RETURNED, State.CLOSED})
RUNNING = frozenset({State.RECEIVED, State.TRIAGED, State.ANSWERING})  # the clock of a request runs

_P, _N, _O = By.PERSON, By.NODE, By.PARTNER
Moves = Mapping[tuple[State, Step], tuple[State, By]]

ASKED: Moves = {
    (State.DRAFT, Step.SUBMIT): (State.SUBMITTED, _P),
    (State.SUBMITTED, Step.AUTHORISE): (State.AUTHORISED, _P),
    (State.SUBMITTED, Step.DECLINE): (State.NOT_AUTHORISED, _P),
    (State.SUBMITTED, Step.REVISE): (State.DRAFT, _P),
    (State.NOT_AUTHORISED, Step.REVISE): (State.DRAFT, _P),
    (State.AUTHORISED, Step.REVISE): (State.DRAFT, _P),
    (State.AUTHORISED, Step.SEND): (State.SENT, _P),
    (State.SENT, Step.RETURN): (State.RETURNED, _O),
    (State.SENT, Step.COMPLETE): (State.RECEIVED, _O),
    (State.RECEIVED, Step.TRIAGE): (State.TRIAGED, _O),
    (State.TRIAGED, Step.TRIAGE): (State.TRIAGED, _O),
    (State.ANSWERING, Step.TRIAGE): (State.ANSWERING, _O),
    (State.RECEIVED, Step.ANSWER): (State.ANSWERING, _O),
    (State.TRIAGED, Step.ANSWER): (State.ANSWERING, _O),
    (State.ANSWERING, Step.ANSWER): (State.ANSWERING, _O),
    (State.RECEIVED, Step.FINISH): (State.ANSWERED, _O),
    (State.TRIAGED, Step.FINISH): (State.ANSWERED, _O),
    (State.ANSWERING, Step.FINISH): (State.ANSWERED, _O),
    (State.ANSWERED, Step.FINISH): (State.ANSWERED, _O),  # a part that was held back follows
    (State.ANSWERING, Step.SETTLE): (State.ANSWERED, _P),
    (State.ANSWERED, Step.REOPEN): (State.ANSWERING, _P),
    (State.ANSWERED, Step.CLOSE): (State.CLOSED, _P),
    **{
        (state, Step.WITHDRAW): (State.WITHDRAWN, _P)
        for state in (
            State.DRAFT,
            State.SUBMITTED,
            State.NOT_AUTHORISED,
            State.AUTHORISED,
            State.SENT,
            State.RECEIVED,
            State.TRIAGED,
            State.ANSWERING,
        )
    },
}
RECEIVED: Moves = {
    (State.ARRIVING, Step.COMPLETE): (State.RECEIVED, _O),
    (State.RECEIVED, Step.TRIAGE): (State.TRIAGED, _P),
    (State.TRIAGED, Step.TRIAGE): (State.TRIAGED, _P),
    (State.ANSWERING, Step.TRIAGE): (State.ANSWERING, _P),
    (State.RECEIVED, Step.ANSWER): (State.ANSWERING, _P),
    (State.TRIAGED, Step.ANSWER): (State.ANSWERING, _P),
    (State.ANSWERING, Step.ANSWER): (State.ANSWERING, _P),
    (State.RECEIVED, Step.FINISH): (State.ANSWERED, _P),
    (State.TRIAGED, Step.FINISH): (State.ANSWERED, _P),
    (State.ANSWERING, Step.FINISH): (State.ANSWERED, _P),
    (State.ANSWERED, Step.FINISH): (State.ANSWERED, _P),  # a part that was held back follows
    (State.ANSWERING, Step.SETTLE): (State.ANSWERED, _O),  # which a person's answer has brought there
    (State.ANSWERED, Step.REOPEN): (State.ANSWERING, _O),
    (State.ANSWERED, Step.CLOSE): (State.CLOSED, _O),
    **{
        (state, Step.WITHDRAW): (State.WITHDRAWN, _O)
        for state in (State.ARRIVING, State.RECEIVED, State.TRIAGED, State.ANSWERING)
    },
}
MOVES: Mapping[Side, Moves] = {Side.ASKED: ASKED, Side.RECEIVED: RECEIVED}

_ANSWERS = {
    SubjectStep.ANSWER_FULL: SubjectState.FULL,
    SubjectStep.ANSWER_PARTIAL: SubjectState.PARTIAL,
    SubjectStep.ANSWER_NOTHING: SubjectState.NOTHING,
    SubjectStep.REFUSE: SubjectState.REFUSED,
}
SubjectMoves = Mapping[tuple[SubjectState, SubjectStep], tuple[SubjectState, By]]
ASKED_SUBJECT: SubjectMoves = {
    **{(SubjectState.WAITING, step): (state, _O) for step, state in _ANSWERS.items()},
    (SubjectState.PARTIAL, SubjectStep.ANSWER_PARTIAL): (SubjectState.PARTIAL, _O),
    (SubjectState.PARTIAL, SubjectStep.ANSWER_FULL): (SubjectState.FULL, _O),
    **{
        (state, SubjectStep.CORRECT): (SubjectState.WAITING, _P)
        for state in (SubjectState.WAITING, *_ANSWERS.values())
    },
    (SubjectState.WAITING, SubjectStep.WITHDRAW): (SubjectState.WITHDRAWN, _P),
}
RECEIVED_SUBJECT: SubjectMoves = {
    (SubjectState.WAITING, SubjectStep.CLEAR): (SubjectState.PREPARED, _N),
    (SubjectState.WAITING, SubjectStep.FIND): (SubjectState.HIT, _N),
    (SubjectState.PREPARED, SubjectStep.ANSWER_NOTHING): (SubjectState.NOTHING, _P),
    **{(SubjectState.HIT, step): (state, _P) for step, state in _ANSWERS.items()},
    # what no search of ours finds may still be obtained, in a register or from another authority
    (SubjectState.PREPARED, SubjectStep.ANSWER_FULL): (SubjectState.FULL, _P),
    (SubjectState.PREPARED, SubjectStep.ANSWER_PARTIAL): (SubjectState.PARTIAL, _P),
    (SubjectState.PREPARED, SubjectStep.REFUSE): (SubjectState.REFUSED, _P),
    (SubjectState.WAITING, SubjectStep.REFUSE): (SubjectState.REFUSED, _P),
    (SubjectState.PARTIAL, SubjectStep.ANSWER_PARTIAL): (SubjectState.PARTIAL, _P),
    (SubjectState.PARTIAL, SubjectStep.ANSWER_FULL): (SubjectState.FULL, _P),
    **{
        (state, SubjectStep.CORRECT): (SubjectState.WAITING, _O)
        for state in SubjectState
        if state is not SubjectState.WITHDRAWN
    },
    **{(state, SubjectStep.WITHDRAW): (SubjectState.WITHDRAWN, _O) for state in OPEN},
}
SUBJECT_MOVES: Mapping[Side, SubjectMoves] = {
    Side.ASKED: ASKED_SUBJECT,
    Side.RECEIVED: RECEIVED_SUBJECT,
}
STEP_OF = {
    Result.FULL: SubjectStep.ANSWER_FULL,
    Result.PARTIAL: SubjectStep.ANSWER_PARTIAL,
    Result.NOTHING: SubjectStep.ANSWER_NOTHING,
    Result.REFUSED: SubjectStep.REFUSE,
}


def after(side: Side, state: State, step: Step, by: By) -> State:
    """The state of a request that follows. Raises Conflict where the step cannot be taken from here, or not by them."""
    found = MOVES[side].get((state, step))
    if found is None or found[1] is not by:
        raise Conflict(f"a request that is {state.value} cannot be {step.value}")
    return found[0]


def subject_after(side: Side, state: SubjectState, step: SubjectStep, by: By) -> SubjectState:
    """The state of a subject that follows. Raises Conflict where the step cannot be taken from here, or not by them."""
    found = SUBJECT_MOVES[side].get((state, step))
    if found is None or found[1] is not by:
        raise Conflict(f"a subject that is {state.value} cannot be {step.value}")
    return found[0]


def sources(side: Side, step: SubjectStep, by: By) -> dict[SubjectState, SubjectState]:
    """From which states a subject's step leads where: for many subjects in one change."""
    return {
        state: following
        for (state, own), (following, who) in SUBJECT_MOVES[side].items()
        if own is step and who is by
    }


def progress(state: State, open_subjects: int) -> Step:
    """The step that answers bring a request: FINISH with the last open subject, ANSWER before it."""
    return Step.FINISH if open_subjects == 0 else Step.ANSWER


def require_running(state: State) -> None:
    """Raises Conflict for a request that is not open to answers, clarification and triage."""
    if state not in RUNNING:
        raise Conflict(f"the request is {state.value}", hint="only one that was received and is open goes on")
