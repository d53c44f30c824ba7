"""The rules, as one pack sets their numbers, lists and sources. A rule is a value: what, when, and on what it rests.

The part of an id before the stroke is the row of docs/law.md (L), the threat it answers (A), or a rule of our own
(P). No pack can leave a rule out.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cache

from liaison.model.grounds import Purpose
from liaison.model.handling import HandlingCode
from liaison.model.roles import Capability
from liaison.policy import actions as of
from liaison.policy import asking as ask
from liaison.policy import records as rec
from liaison.policy import transfers as to
from liaison.policy.actions import Action
from liaison.policy.context import Context
from liaison.policy.decisions import Reason
from liaison.policy.packs import Pack
from liaison.policy.terms import AllOf, AnyOf, Term

LONGEST_CARRIED = dt.timedelta(hours=72)  # a copy outside the node, which no withdrawal reaches


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of one regime: these `actions` need this term."""

    id: str
    regime: str
    source: str
    actions: frozenset[Action]
    needs: Term

    def applies(self, action: Action) -> bool:
        """Whether the rule has a word on it."""
        return action in self.actions

    def check(self, context: Context) -> Reason | None:
        """The reason against, or None where the rule is met."""
        if self.needs.holds(context):
            return None
        return Reason(
            rule=self.id,
            regime=self.regime,
            source=self.source,
            missing=self.needs.lacking(context),
            remedy=self.needs.remedy(context),
        )


@cache
def rules(pack: Pack) -> tuple[Rule, ...]:
    """Every rule as this pack sets it, in the order in which they are shown."""
    rows = (*_of_persons(), *_of_grounds(pack), *_of_searches(pack), *_of_records(pack), *_of_transfers(pack))
    return tuple(
        Rule(
            id=name,
            regime=pack.name,
            source=pack.sources[name.partition("/")[0]].article,
            actions=frozenset(actions),
            needs=needs,
        )
        for name, actions, needs in rows
    )


@cache
def rules_for(pack: Pack, action: Action) -> tuple[Rule, ...]:
    """The rules that apply to an action."""
    return tuple(rule for rule in rules(pack) if rule.applies(action))


Row = tuple[str, frozenset[Action] | set[Action], Term]


def _of_persons() -> list[Row]:
    granted: list[Row] = [
        (
            f"P01/{capability.name.lower().replace('_', '-')}",
            {action for action in Action if action.capability is capability},
            ask.Capable(capability),
        )
        for capability in Capability
    ]
    return [*granted, ("P02/roles", of.ALL, ask.RolesAgree())]


def _of_grounds(pack: Pack) -> list[Row]:
    orders = frozenset(basis.code for basis in pack.bases if basis.needs_authority)
    served = {purpose: pack.reuse(purpose) for purpose in (None, *Purpose)}
    return [
        ("L01/grounds", of.GROUNDED, ask.HasGrounds()),
        ("L01/own", of.GROUNDED, ask.OwnGrounds()),
        ("L01/fresh", of.GROUNDED, ask.GroundsInForce(pack.grounds.max_days)),
        ("L01/purpose", of.GROUNDED, ask.PurposeAmong(pack.purposes.allowed)),
        ("L01/basis", of.GROUNDED, ask.BasisAmong(pack.bases)),
        ("L01/reuse", of.USES, rec.ReuseAllowed(served)),
        ("L04/kind", of.ORDINARY, ask.PurposeProtects(False)),
        ("L04/protection", of.SAFEGUARDING, ask.PurposeProtects(True)),
        ("L26/authority", of.GROUNDED, ask.AuthorityNamed(orders)),
        ("A20/case", of.GROUNDED - {Action.BREAK_GLASS}, AnyOf(ask.OnCase(), ask.GlassOpen())),
        ("A20/reason", of.REASONED, ask.HasReason()),
        ("A20/glass", {Action.BREAK_GLASS}, ask.EndsWithin(dt.timedelta(hours=pack.glass.max_hours))),
        ("A20/review", {Action.REVIEW_BREAK_GLASS}, ask.AnothersRequest()),
    ]


def _of_searches(pack: Pack) -> list[Row]:
    bulk, second = pack.bulk, pack.approval
    alone = AllOf(
        ask.FewInCase(bulk.persons, bulk.window_hours, bulk.travellers, pack.travel),
        ask.FewInAll(bulk.persons_all_cases, bulk.travellers, pack.travel),
        ask.NoPattern(),
    )
    approved, cameras = _approved(pack), pack.cameras
    closely = ask.FollowsClosely(cameras.follow_hours, cameras.follow_cameras)
    ends = ask.EndsWithin(dt.timedelta(days=cameras.days))
    registered = ask.EndsWithin(dt.timedelta(days=pack.sensors.days))
    return [
        ("L07/special", of.SEARCHES | {Action.ASK_SAFEGUARDING, Action.CROSSCHECK}, ask.NoSpecialCategory()),
        ("L07/known", of.SEARCHES | {Action.ASK_SAFEGUARDING}, ask.KnownCriteria()),
        ("L08/individual", of.SEARCHES | {Action.ASK_SAFEGUARDING}, ask.PointsAtSomeone()),
        ("L08/conviction", {Action.NOTIFY_CONVICTION}, ask.FinalConviction()),
        ("L10/bulk", of.SEARCHES | {Action.ASK_SAFEGUARDING, Action.CROSSCHECK}, AnyOf(alone, approved)),
        ("L10/most", of.SEARCHES | {Action.ASK_SAFEGUARDING, Action.CROSSCHECK}, ask.AtMost(bulk.most)),
        ("L16/carried", {Action.CARRY}, ask.EndsWithin(LONGEST_CARRIED)),
        ("L16/standing", {Action.STANDING_QUESTION}, ask.EndsWithin(dt.timedelta(days=pack.standing_days))),
        ("A22/approve", {Action.APPROVE}, AllOf(ask.AnothersRequest(), ask.ActorRole(second.roles))),
        ("L17/unmask", {Action.UNMASK}, AllOf(ask.AuthorityAgrees(), approved)),
        ("L18/follow", {Action.FOLLOW}, AnyOf(closely, approved)),
        ("L29/camera", {Action.PLACE_CAMERA}, AllOf(ask.AuthorityAgrees(), ask.Assessed(), ends)),
        ("L29/sensor", {Action.REGISTER_SENSOR}, AllOf(ask.AuthorityAgrees(), ask.Assessed(), registered)),
        ("L31/assessment", {Action.SETTINGS, Action.AGREE}, ask.Assessed()),
    ]


def _of_records(pack: Pack) -> list[Row]:
    kept = pack.retention
    entering = {Action.IMPORT, Action.INDEX}
    return [
        ("P03/record", of.RECORDED, rec.HasRecord()),
        ("L03/category", entering, rec.HasCategory()),
        ("L04/index", {Action.INDEX}, AllOf(rec.CategoryAmong(pack.index.categories), rec.Adult())),
        ("L04/shielded", of.USES, AllOf(rec.NotShielded(), rec.Adult())),
        ("L04/named", {Action.ANSWER_SAFEGUARDING}, rec.NamedForSafeguarding()),
        ("L09/candidate", {Action.CONFIRM}, rec.IsCandidate()),
        ("L09/confirmed", {Action.INSTRUCT}, rec.IsConfirmed()),
        ("L09/instruction", {Action.INSTRUCT}, rec.InstructionAmong(frozenset(pack.instructions))),
        ("L16/retention", {Action.IMPORT}, rec.KeptWithin(kept.max_days)),
        ("L16/review", {Action.IMPORT}, rec.ReviewedWithin(kept.review_days)),
        ("L16/expired", of.USES | {Action.INDEX}, rec.NotExpired()),
        ("L21/restricted", of.USES | {Action.INDEX}, rec.NotRestricted()),
        ("L22/hold", {Action.ERASE}, rec.NotHeld()),
        ("L22/end", {Action.HOLD}, ask.EndsWithin(dt.timedelta(days=max(kept.max_days.values())))),
    ]


def _approved(pack: Pack) -> Term:
    """Another person, of a role that may, approved it, in time and for as many."""
    return AllOf(
        ask.Approved(pack.approval.max_hours),
        ask.SecondPerson(),
        ask.ApproverRole(pack.approval.roles),
        ask.WithinApproval(),
    )


def _of_transfers(pack: Pack) -> list[Row]:
    sent, offences = {Action.DISCLOSE}, pack.offences
    agreed = AllOf(to.PurposeAgreed(), to.OffenceAgreed(), to.ExchangeAgreed())
    own, consented = rec.OwnRecord(), to.Consented()
    onward = AllOf(rec.WithoutCode(HandlingCode.H2), to.PartnerWithin())
    return [
        ("L01/agreement", of.AGREED, agreed),
        ("L05/grade", sent, rec.Graded()),
        ("L06/review", sent, rec.ReviewNotDue()),
        ("L06/own", {Action.RECALL}, own),
        ("L10/authorised", {Action.ASK_PARTNER}, _approved(pack)),
        ("L10/quota", {Action.ASK_PARTNER}, to.QuotaLeft()),
        ("L11/court", {Action.USE_IN_COURT}, AnyOf(own, rec.WithoutCode(HandlingCode.H1), consented)),
        (
            "L11/other",
            sent | {Action.USE_IN_COURT, Action.CARRY},
            AnyOf(own, rec.WithoutCode(HandlingCode.H3), consented),
        ),
        ("L12/onward", sent, AnyOf(own, onward, consented)),
        ("L12/originator", {Action.GRANT}, own),
        ("L13/recipient", of.ADDRESSED, to.HasPartner()),
        ("L13/open", of.ADDRESSED, to.LinkOpen()),
        ("L13/gateway", of.ADDRESSED, AnyOf(to.PartnerWithin(), to.GatewayOpen())),
        ("L14/capital", of.TOLD, AnyOf(to.NoCapitalRisk(offences.capital), to.Assured())),
        ("L15/character", of.TOLD | {Action.CROSSCHECK}, to.NotExcluded(offences.excluded)),
        ("L15/origin", of.TOLD & of.RECORDED, AnyOf(to.NotFromThere(), to.OriginReviewed())),
    ]
