"""The one place that says whether an item, or a record, may leave by a door: on a screen, as a file, to a court.

Every door asks here first, whatever format stands behind it. A door that a use does not go by is shut before the law
is asked; where the law permits, the originator's conditions go along (rule L11, threat A19).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from liaison import policy
from liaison.model.grounds import Grounds
from liaison.model.handling import Handling, HandlingCode
from liaison.office import Office
from liaison.policy import Action, Actor, Context, RecordFacts
from liaison.supply import rules
from liaison.supply.rules import Door, Shut

__all__ = ["Door", "Label", "Use", "may", "weigh"]
RULE = "L11/door"
CURES = {
    Shut.NOT_THIS_WAY: "take the door that this use goes by",
    Shut.UNBOUND: "send it as an item, whose conditions each node checks, or ask the originator to lift them",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """What a door must know of an item or a record: nothing of what it says but how it may be used.

    `handling` is the originator's with all that others added; `original` the originator's alone.
    """

    record: RecordFacts
    handling: Handling
    original: Handling

    @property
    def codes(self) -> frozenset[HandlingCode]:
        """The codes that hold."""
        return frozenset(self.handling.codes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """What is to be done with it, and on what footing. For a court, `partner` names it."""

    action: Action
    grounds: Grounds | None = None
    on_case: bool = False
    glass_until: dt.datetime | None = None
    partner: policy.Partner | None = None
    exchange: str = ""
    consent: policy.Consent | None = None
    lifted: frozenset[HandlingCode] = frozenset()
    authority: str = ""
    assurance: policy.Assurance | None = None
    origin_reviewed: bool = False


def may(office: Office, actor: Actor, label: Label, door: Door, use: Use) -> policy.Permit:
    """The permit, with its obligations. Raises NotLawful with every reason against."""
    return policy.require(weigh(office, actor, label, door, use))


def weigh(office: Office, actor: Actor, label: Label, door: Door, use: Use) -> policy.Decision:
    """The permit or the refusal, for a caller that records the refusal."""
    shut = rules.shut(label.codes, use.action, door)
    if shut is not None:
        return policy.Refuse(reasons=(_reason(shut, door),))
    return policy.decide(use.action, context(office, actor, label, use), office.regimes)


def context(office: Office, actor: Actor, label: Label, use: Use) -> Context:
    """The facts of one use, for the policy. A consent that does not lift what stands against it is none."""
    return Context(
        actor=actor,
        now=office.now(),
        grounds=use.grounds,
        on_case=use.on_case,
        glass_until=use.glass_until,
        record=label.record,
        partner=use.partner,
        exchange=use.exchange,
        consent=use.consent if use.consent and _lifts(label, use) else None,
        authority=use.authority,
        assurance=use.assurance,
        origin_reviewed=use.origin_reviewed,
    )


def _lifts(label: Label, use: Use) -> bool:
    """Whether what was lifted is all that stands against this use, and nobody but the originator set it."""
    if use.action not in (Action.DISCLOSE, Action.USE_IN_COURT):
        return False
    original = frozenset(label.original.codes)
    needed = rules.to_be_lifted(original, use.action)
    return needed <= use.lifted and not rules.bound_by_others(original, label.codes, use.action)


def _reason(shut: Shut, door: Door) -> policy.Reason:
    return policy.Reason(
        rule=RULE,
        regime="",
        source="Directive (EU) 2016/680, article 9(3); the originator's handling codes",
        missing=f"{shut.value} ({door.value})",
        remedy=CURES[shut],
    )
