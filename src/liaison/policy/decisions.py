"""What a decision is: a permit with its obligations, or a refusal with its reasons."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum

from liaison.model.errors import NotLawful
from liaison.model.structs import Value


class Duty(Enum):
    """What whoever acts on a permit must also do. The limit of each stands in the unit named here."""

    LOG = "log"  # write the act to the ledger in the same transaction
    NOTICE = "notice"  # show the notice of a pack that counsel has not signed
    LEAD = "lead"  # show a hit as a lead for a person to verify
    STOP_AT = "stop-at"  # persons after which the search stops by itself
    END_WITHIN = "end-within"  # days after which a standing question ends
    TELL_SUPERVISOR = "tell-supervisor"  # at once
    REVIEW_WITHIN = "review-within"  # hours after which a broken glass must have been reviewed
    REVIEW_RECORD = "review-record"  # its review date has passed
    TELL_RECIPIENTS = "tell-recipients"  # everyone the record was sent to, until they acknowledge
    KEEP_HANDLING = "keep-handling"  # the originator's codes go with it

    @property
    def limited(self) -> bool:
        """Whether a number stands beside it."""
        return self in (Duty.STOP_AT, Duty.END_WITHIN, Duty.REVIEW_WITHIN)


class Obligation(Value, frozen=True, kw_only=True):
    """One duty, its limit (0 where it has none) and, for a notice, its text."""

    duty: Duty
    limit: int = 0
    text: str = ""


class Reason(Value, frozen=True, kw_only=True):
    """Why not: the rule, its source in the regime that refuses, what is missing, what would make it lawful."""

    rule: str
    regime: str
    source: str
    missing: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.missing}. To make it lawful: {self.remedy} ({self.rule}; {self.source})"


class Permit(Value, frozen=True, kw_only=True):
    """It may be done, with these duties, in the order of Duty."""

    obligations: tuple[Obligation, ...] = ()

    def duty(self, duty: Duty) -> Obligation | None:
        """The obligation of this kind; None where there is none."""
        return next((owed for owed in self.obligations if owed.duty is duty), None)


class Refuse(Value, frozen=True, kw_only=True):
    """It may not be done, for every one of these reasons, in the order of rule and regime."""

    reasons: tuple[Reason, ...]


Decision = Permit | Refuse


def require(decision: Decision) -> Permit:
    """The permit. Raises NotLawful with every reason of a refusal."""
    if isinstance(decision, Refuse):
        raise NotLawful(
            reasons=decision.reasons, hint="; and ".join(dict.fromkeys(r.remedy for r in decision.reasons))
        )
    return decision


def united(obligations: Iterable[Obligation]) -> tuple[Obligation, ...]:
    """Every duty once, with the strictest limit; each notice, since their texts differ."""
    kept: dict[tuple[int, str], Obligation] = {}
    order = list(Duty)
    for owed in obligations:
        key = (order.index(owed.duty), owed.text)
        if key not in kept or owed.limit < kept[key].limit:
            kept[key] = owed
    return tuple(kept[key] for key in sorted(kept))
