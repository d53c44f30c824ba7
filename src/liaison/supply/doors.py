"""The one place that says whether an item, or a record, may leave by a door: on a screen, as a file, to a court.

Every door asks here first, whatever format stands behind it. A door that a use does not go by is shut before the law
is asked; where the law permits, the originator's conditions go along (rule L11, threat A19).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from liaison import policy
from liaison.formats.copies import Form
from liaison.model.grounds import Grounds
from liaison.model.handling import Handling, HandlingCode
from liaison.office import Office
from liaison.policy import Action, Actor, Context, RecordFacts
from liaison.supply import rules
from liaison.supply.rules import Door, Shut

__all__ = ["DOORS", "Door", "Form", "Label", "Use", "against", "may", "weigh"]
RULE = "L11/door"
DOORS = {form: Door.PRINT if form is Form.PAPER else Door.FILE for form in Form}  # by which a copy leaves
UNBOUND = {
    Form.STIX: Door.TAXII,
    Form.MISP: Door.MISP,
}  # forms that bind nobody, as the door they are made for
OF_CODES = frozenset({RULE, "L11/court", "L11/other", "L12/onward"})
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


def weigh(
    office: Office, actor: Actor, label: Label, door: Door, use: Use, form: Form | None = None
) -> policy.Decision:
    """The permit or the refusal, for a caller that records the refusal. In a form that binds nobody a file is under
    the same codes as what is published in it."""
    shut = rules.shut(label.codes, use.action, door)
    if shut is not None:
        return policy.Refuse(reasons=(_reason(shut, door),))
    made_for = UNBOUND.get(form) if form else None
    unbound = rules.shut(label.codes, Action.DISCLOSE, made_for) if made_for else None
    if made_for is not None and unbound is not None:
        return policy.Refuse(reasons=(_reason(unbound, made_for),))
    return policy.decide(use.action, context(office, actor, label, use), office.regimes)


def against(
    refusal: policy.Refuse, label: Label, use: Use, form: Form | None = None
) -> frozenset[HandlingCode]:
    """The codes for which it was refused; none where the law refuses for something else as well."""
    if not {reason.rule for reason in refusal.reasons} <= OF_CODES:
        return frozenset()
    if use.action in (Action.DISCLOSE, Action.USE_IN_COURT) and form not in UNBOUND:
        return label.codes & rules.to_be_lifted(label.codes, use.action)
    return label.codes & rules.UNBOUND_NEVER


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
