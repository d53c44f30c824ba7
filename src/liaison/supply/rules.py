"""What may happen to what was supplied, and in what order: handling, doors, notices, permissions, chasing. All pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from enum import Enum

from liaison.model.errors import BadInput
from liaison.model.grounds import Purpose
from liaison.model.handling import UNSTATED, Handling, HandlingCode, combined
from liaison.policy import Action, Refuse
from liaison.supply.documents import Kind, Notice, Outcome, Standing
from liaison.supply.items import Item, State, Urgency

CHASE_AFTER = dt.timedelta(days=1)
TELL_AFTER, TELL_EVERY = dt.timedelta(days=3), dt.timedelta(days=1)
LONGEST_PAUSE = dt.timedelta(days=7)  # between two times that a silent node is asked again
CONTEMPORANEOUS = dt.timedelta(hours=24)  # between the reasons of an urgent transfer and the transfer
ONWARD_RULE = "L12/onward"


# --- handling can only go up ------------------------------------------------------------------------------------


def handling(*parts: Handling | None) -> Handling:
    """Every condition of each; where one says nothing, every code holds (threat A34)."""
    return combined(UNSTATED if part is None else part for part in parts)


def at_least(handling: Handling, floor: Handling) -> bool:
    """Whether all that the floor asks for is asked for."""
    return {*floor.codes} <= {*handling.codes} and floor.restriction in handling.restriction


# --- doors ------------------------------------------------------------------------------------------------------


class Door(Enum):
    """A way by which what an item says leaves the node, or is shown."""

    SCREEN = "screen"
    API = "api"
    FILE = "file"
    PRINT = "print"
    ONWARD = "onward"
    COURT = "court"
    TAXII = "taxii"
    MISP = "misp"

    @property
    def marked(self) -> bool:
        """Whether what leaves by it carries a mark of who took it and when."""
        return self in (Door.FILE, Door.PRINT, Door.COURT)


_HERE = frozenset({Door.SCREEN, Door.API, Door.FILE, Door.PRINT})
_AWAY = frozenset({Door.ONWARD, Door.FILE, Door.PRINT, Door.TAXII, Door.MISP})
LEADS = {  # by which doors each use goes at all
    Action.READ_HOLDING: _HERE,
    Action.DISCLOSE: _AWAY,
    Action.USE_IN_COURT: frozenset({Door.COURT, Door.FILE, Door.PRINT}),
}
# Formats that bind nobody: what is taken from there is copied on, and no node asks for a token
UNBOUND = frozenset({Door.TAXII, Door.MISP})
UNBOUND_NEVER = frozenset({HandlingCode.H2, HandlingCode.H3})


class Shut(Enum):
    """Why a door is shut before the law is asked."""

    NOT_THIS_WAY = "this use does not go by this door"
    UNBOUND = "this format binds nobody to the originator's conditions"


def shut(codes: frozenset[HandlingCode], action: Action, door: Door) -> Shut | None:
    """Why this use of an item with these codes cannot go by this door; None where the law decides."""
    if door not in LEADS.get(action, frozenset()):
        return Shut.NOT_THIS_WAY
    if door in UNBOUND and (not codes or codes & UNBOUND_NEVER):
        return Shut.UNBOUND
    return None


def to_be_lifted(codes: frozenset[HandlingCode], action: Action) -> frozenset[HandlingCode]:
    """The codes that a consent to this use must lift. Passing on takes one that lifts H2, whether it is set or not."""
    own = {Action.DISCLOSE: HandlingCode.H2, Action.USE_IN_COURT: HandlingCode.H1}[action]
    other = {HandlingCode.H3} if HandlingCode.H3 in codes or not codes else set()
    return frozenset({own, *other})


def bound_by_others(
    original: frozenset[HandlingCode], now_held: frozenset[HandlingCode], action: Action
) -> bool:
    """Whether a node between added a condition on this use: the originator's consent does not lift what is not its."""
    return bool((now_held - original) & to_be_lifted(now_held, action))


# --- passing on -------------------------------------------------------------------------------------------------


def urgent(urgency: Urgency | None, purpose: Purpose, now: dt.datetime) -> bool:
    """Whether the exception of LED, article 35(2) is made out: a threat to public security, reasons of these hours."""
    if urgency is None or purpose is not Purpose.PUBLIC_SECURITY:
        return False
    return dt.timedelta(0) <= now - urgency.at <= CONTEMPORANEOUS


def excused(refusal: Refuse) -> bool:
    """Whether all that stands against it is that the originator did not authorise it, which urgency replaces."""
    return {reason.rule for reason in refusal.reasons} == {ONWARD_RULE}


def onward_lawful(codes: frozenset[HandlingCode], within: bool, consented: bool, urgent: bool) -> bool:
    """Whether what another node passes on may be taken: L12 as the receiver sees it.

    The originator permits it; or nothing forbids passing on and the same law holds; or it could not wait. Urgency
    never lifts what the originator wrote out (H3).
    """
    if consented:
        return True
    if HandlingCode.H3 in codes or not codes:
        return False
    return urgent or (within and HandlingCode.H2 not in codes)


def kept_until(item: Item, cap_days: int, today: dt.date) -> dt.date:
    """The end of retention here: the originator's, and no later than the agreement lets it be kept."""
    return min(item.retention_until, today + dt.timedelta(days=cap_days))


# --- notices ----------------------------------------------------------------------------------------------------


def applied(standing: Standing, notice: Notice) -> Standing:
    """What stands after one more notice: the same in whatever order and however often they come.

    An end is final, and an erasure says more than a recall; of corrections, and of restrictions, the last one counts.
    """
    if notice.kind.ends:
        erased = Kind.ERASE in (notice.kind, standing.ended)
        ended = Kind.ERASE if erased else Kind.RECALL
        return Standing(ended, standing.corrected, standing.contested, standing.restricted)
    if notice.kind is Kind.CORRECT:
        last = max(standing.corrected, notice.number)
        return Standing(standing.ended, last, standing.contested, standing.restricted)
    if notice.number <= standing.contested:
        return standing
    return Standing(standing.ended, standing.corrected, notice.number, notice.kind is Kind.RESTRICT)


def state_of(standing: Standing) -> State:
    """How an item stands after its notices."""
    if standing.ended is not None:
        return State.ERASED if standing.ended is Kind.ERASE else State.RECALLED
    return State.RESTRICTED if standing.restricted else State.HELD


def replaces(standing: Standing, notice: Notice) -> bool:
    """Whether a correction brings content that is newer than what is held."""
    return notice.kind is Kind.CORRECT and standing.ended is None and notice.number > standing.corrected


# --- who has not complied ---------------------------------------------------------------------------------------


class Due(Enum):
    """What is due to one recipient who has not confirmed."""

    CHASE = "ask again"
    TELL = "tell the supervisor"


def due(since: dt.datetime, again: dt.datetime, told: dt.datetime | None, now: dt.datetime) -> Due | None:
    """What is due now; None where nothing is. From the third day on a person is told, each day."""
    if now - since >= TELL_AFTER and (told is None or now - told >= TELL_EVERY):
        return Due.TELL
    return Due.CHASE if now >= again else None


def asked_again(since: dt.datetime, now: dt.datetime) -> dt.datetime:
    """When a node that is asked now is asked the next time: after as long as it has been silent, a week at most."""
    return now + min(max(now - since, CHASE_AFTER), LONGEST_PAUSE)


def complied(outcome: Outcome | None, kind: Kind) -> bool:
    """Whether an outcome is all that was asked for: what is kept as evidence was not erased."""
    return outcome in (Outcome.DONE, Outcome.NEVER_HELD) or (outcome is Outcome.EVIDENCE and not kind.ends)


# --- permissions ------------------------------------------------------------------------------------------------


class Asked(Enum):
    """How a request for permission stands."""

    ASKED = "asked"
    GRANTED = "granted"
    REFUSED = "refused"
    EXPIRED = "expired"  # what was granted is over
    VOID = "void"  # the item was recalled


MOVES = {
    Asked.ASKED: frozenset({Asked.GRANTED, Asked.REFUSED, Asked.VOID}),
    Asked.GRANTED: frozenset({Asked.EXPIRED, Asked.VOID}),
}


def may_become(state: Asked, to: Asked) -> bool:
    """Whether a request may move so."""
    return to in MOVES.get(state, frozenset())


def standing_of(state: Asked, expires: dt.datetime | None, now: dt.datetime) -> Asked:
    """How it stands at a time: what was granted is over when its time is."""
    if state is Asked.GRANTED and expires is not None and now >= expires:
        return Asked.EXPIRED
    return state


def require_lifts(lifts: Iterable[HandlingCode]) -> tuple[HandlingCode, ...]:
    """The codes in order. Raises BadInput for none, and for H0, which nobody lifts."""
    asked = {*lifts}
    if not asked or HandlingCode.H0 in asked:
        raise BadInput("name what is to be lifted: H1, H2 or H3", field="lifts")
    return tuple(code for code in HandlingCode if code in asked)
