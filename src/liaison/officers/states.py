"""The states of accounts, approvals and broken glasses, and every step between them, as tables. Pure."""

from __future__ import annotations

from datetime import datetime
from enum import Enum

from liaison.model.moves import moved


class AccountState(Enum):
    """Whether an account can be signed in with."""

    INVITED = "invited"  # it has nothing yet to sign in with
    ACTIVE = "active"
    ENDED = "ended"


class Method(Enum):
    """How somebody showed who they are. A token is no session, and is kept in its own table."""

    PASSWORD = "password"
    PASSKEY = "passkey"
    OIDC = "oidc"
    TOKEN = "token"


class ApprovalState(Enum):
    """How far a request for a second pair of eyes has come."""

    ASKED = "asked"
    APPROVED = "approved"
    REFUSED = "refused"
    EXPIRED = "expired"
    USED = "used"


class GlassState(Enum):
    """How far a break-glass has come. Access ends by the clock; the review ends by a person."""

    OPEN = "open"
    ENDED = "ended"  # access is over, the review is not
    REVIEWED = "reviewed"


class Step(Enum):
    """What happens to an approval; the value is its past form."""

    APPROVE = "approved"
    REFUSE = "refused"
    EXPIRE = "expired"
    USE = "used"


class GlassStep(Enum):
    """What happens to a broken glass; the value is its past form."""

    END = "ended"
    REVIEW = "reviewed"


APPROVAL: dict[tuple[ApprovalState, Step], ApprovalState] = {
    (ApprovalState.ASKED, Step.APPROVE): ApprovalState.APPROVED,
    (ApprovalState.ASKED, Step.REFUSE): ApprovalState.REFUSED,
    (ApprovalState.ASKED, Step.EXPIRE): ApprovalState.EXPIRED,
    (ApprovalState.APPROVED, Step.EXPIRE): ApprovalState.EXPIRED,
    (ApprovalState.APPROVED, Step.USE): ApprovalState.USED,
}
GLASS: dict[tuple[GlassState, GlassStep], GlassState] = {
    (GlassState.OPEN, GlassStep.END): GlassState.ENDED,
    (GlassState.OPEN, GlassStep.REVIEW): GlassState.REVIEWED,
    (GlassState.ENDED, GlassStep.REVIEW): GlassState.REVIEWED,
}


def approval_after(state: ApprovalState, step: Step) -> ApprovalState:
    """The state that follows. Raises Conflict where the step cannot be taken from here."""
    return moved(APPROVAL, "a request", state, step)


def approval_now(state: ApprovalState, expires: datetime, now: datetime) -> ApprovalState:
    """The state as the clock has it: what was not used in time has expired."""
    return APPROVAL.get((state, Step.EXPIRE), state) if now >= expires else state


def glass_after(state: GlassState, step: GlassStep) -> GlassState:
    """The state that follows. Raises Conflict where the step cannot be taken from here."""
    return moved(GLASS, "a break-glass", state, step)


def glass_now(state: GlassState, until: datetime, now: datetime) -> GlassState:
    """The state as the clock has it: access ends by itself, the review does not."""
    return GLASS.get((state, GlassStep.END), state) if now >= until else state
