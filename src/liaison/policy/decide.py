"""The decision: every rule of every regime must be met, and what each regime asks for is owed."""

from __future__ import annotations

from collections.abc import Iterator

from liaison.policy.actions import ORDINARY, SAFEGUARDING, SEARCHES, USES, Action
from liaison.policy.asking import is_manifest, is_traveller
from liaison.policy.context import Context
from liaison.policy.decisions import Decision, Duty, Obligation, Permit, Reason, Refuse, united
from liaison.policy.packs import Pack
from liaison.policy.rules import rules_for

NO_REGIME = Reason(
    rule="P00/regime",
    regime="",
    source="no rule pack is in force at this node",
    missing="there is no law to decide by",
    remedy="choose a rule pack in the settings",
)
SHOWS_HITS = SEARCHES | {Action.READ_HOLDING, Action.CONFIRM, Action.INSTRUCT}
CHANGES_RECORDS = frozenset({Action.CORRECT, Action.RESTRICT, Action.ERASE})
LEAVES = frozenset({Action.DISCLOSE, Action.USE_IN_COURT})


def decide(action: Action, context: Context, regimes: tuple[Pack, ...]) -> Decision:
    """What the regimes together say to this act: a permit only where every rule of each is met.

    It reads no clock and never raises. Reasons and obligations do not depend on the order of the regimes. Another
    regime can add a reason and never takes one away; without any regime nothing is permitted.
    """
    if not regimes:
        return Refuse(reasons=(NO_REGIME,))
    checks = (rule.check(context) for pack in regimes for rule in rules_for(pack, action))
    reasons = {(reason.rule, reason.regime): reason for reason in checks if reason is not None}
    if reasons:
        return Refuse(reasons=tuple(reasons[key] for key in sorted(reasons)))
    owed = (duty for pack in regimes for duty in _duties(action, context, pack))
    return Permit(obligations=united(owed))


def _duties(action: Action, context: Context, pack: Pack) -> Iterator[Obligation]:
    """What one regime asks of whoever does this."""
    yield Obligation(duty=Duty.LOG)
    if pack.notice:
        yield Obligation(duty=Duty.NOTICE, text=pack.notice)
    if action in SHOWS_HITS:
        yield Obligation(duty=Duty.LEAD)
    if action in SEARCHES:
        yield Obligation(duty=Duty.STOP_AT, limit=_allowance(context, pack))
    if action is Action.STANDING_QUESTION:
        yield Obligation(duty=Duty.END_WITHIN, limit=pack.standing_days)
    if action in CHANGES_RECORDS:
        yield Obligation(duty=Duty.TELL_RECIPIENTS)
    if action in LEAVES:
        yield Obligation(duty=Duty.KEEP_HANDLING)
    if _glass_used(action, context):
        yield Obligation(duty=Duty.TELL_SUPERVISOR)
        yield Obligation(duty=Duty.REVIEW_WITHIN, limit=pack.glass.review_hours)
    if action in USES and _review_passed(context):
        yield Obligation(duty=Duty.REVIEW_RECORD)


def _allowance(context: Context, pack: Pack) -> int:
    """Persons this search may ask about: as many as one officer may alone; where that is too few, as approved."""
    bulk, approval = pack.bulk, context.approval
    alone = min(bulk.persons - context.recent, bulk.persons_all_cases - context.recent_all_cases)
    if is_traveller(context, bulk.travellers):
        alone = max(1, alone)
    if is_manifest(context, pack.travel):
        alone = max(context.subjects, alone)
    if approval is None or (context.subjects <= alone and not context.pattern):
        return alone
    return min(approval.persons - approval.used, bulk.most)


def _glass_used(action: Action, context: Context) -> bool:
    grounded = action in ORDINARY | SAFEGUARDING
    return action is Action.BREAK_GLASS or (grounded and not context.on_case)


def _review_passed(context: Context) -> bool:
    due = context.record.review_at if context.record else None
    return due is None or context.now >= due
