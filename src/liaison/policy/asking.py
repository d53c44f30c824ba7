"""Conditions on who asks, why, and what the search is: grounds, case, criteria, number, second person."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from liaison.model.grounds import Purpose
from liaison.model.roles import Capability, Role, capabilities, clash
from liaison.policy.context import IDENTIFYING, NARROWING, SPECIAL, Context
from liaison.policy.packs import Basis, Travel
from liaison.policy.terms import Leaf

SHORTEST_REASON = 10  # characters
NO_FLIGHTS = Travel(manifest=0, offences=frozenset(), mask_days=1, gone_days=1)
# what passengers are assessed for: Directive (EU) 2016/681, articles 1(2) and 6(2)
SERIOUS = frozenset({Purpose.PREVENTION, Purpose.DETECTION, Purpose.INVESTIGATION})


@dataclass(frozen=True, slots=True)
class Capable(Leaf):
    """The person's roles, and their training where it takes some, bring a capability."""

    capability: Capability
    says = "the person's role lets them {capability}"
    lacks = "the person's role or training does not let them {capability}"
    cure = "ask someone whose role it is to {capability}, or have the training entered"

    def holds(self, context: Context) -> bool:
        """Whether they do."""
        actor = context.actor
        return self.capability in capabilities(actor.roles, trained=actor.trained)


@dataclass(frozen=True, slots=True)
class RolesAgree(Leaf):
    """No two of the person's roles exclude each other."""

    says = "whoever runs or audits the node does no other work on it"
    lacks = "the person holds roles that exclude each other"
    cure = "have the administrator take one of the roles away"

    def holds(self, context: Context) -> bool:
        """Whether none do."""
        return clash(context.actor.roles) is None


@dataclass(frozen=True, slots=True)
class HasGrounds(Leaf):
    """Grounds were given."""

    says = "purpose, case, legal basis and a justification are given, and the offence where there is one"
    lacks = "there are no grounds"
    cure = "give the purpose, the offence, the case, the legal basis and why you ask"

    def holds(self, context: Context) -> bool:
        """Whether they were."""
        return context.grounds is not None


@dataclass(frozen=True, slots=True)
class OwnGrounds(Leaf):
    """The grounds are the acting person's own."""

    says = "the person who acts gave the grounds"
    lacks = "another person gave these grounds"
    cure = "give grounds of your own for this case"

    def holds(self, context: Context) -> bool:
        """Whether they are."""
        return context.grounds is None or context.grounds.officer == context.actor.person


@dataclass(frozen=True, slots=True)
class GroundsInForce(Leaf):
    """The grounds were given, and not too long ago."""

    days: int
    says = "the grounds are not older than {days} days"
    lacks = "the grounds are older than {days} days or dated in the future"
    cure = "give the grounds for this case again"

    def holds(self, context: Context) -> bool:
        """Whether they were."""
        if context.grounds is None:
            return True
        return dt.timedelta(0) <= context.now - context.grounds.given <= dt.timedelta(days=self.days)


@dataclass(frozen=True, slots=True)
class PurposeAmong(Leaf):
    """The purpose is one of these."""

    purposes: frozenset[Purpose]
    says = "the purpose is one of: {purposes}"
    lacks = "the purpose is none of: {purposes}"
    cure = "ask for one of these purposes, if it is yours: {purposes}"

    def holds(self, context: Context) -> bool:
        """Whether it is."""
        return context.grounds is None or context.grounds.purpose in self.purposes


@dataclass(frozen=True, slots=True)
class PurposeProtects(Leaf):
    """The purpose is the protection of the person asked about, or it is not, as `wanted`."""

    wanted: bool
    cure = "ask about a missing or endangered person as a safeguarding question, and about others as a check"

    @property
    def says(self) -> str:  # type: ignore[override]
        """By what is wanted."""
        return f"the purpose is {'' if self.wanted else 'not '}the protection of the person asked about"

    @property
    def lacks(self) -> str:  # type: ignore[override]
        """By what is wanted."""
        return f"the purpose is {'not ' if self.wanted else ''}the protection of the person asked about"

    def holds(self, context: Context) -> bool:
        """Whether it is as wanted."""
        return context.grounds is None or context.grounds.purpose.protects is self.wanted


@dataclass(frozen=True, slots=True)
class BasisAmong(Leaf):
    """The legal basis is known to this law, and carries the purpose."""

    bases: tuple[Basis, ...]
    says = "the legal basis is one that this law knows for the purpose"
    lacks = "this law knows no such legal basis for the purpose"
    cure = "name the legal basis that carries this purpose, from the list in the settings"

    def holds(self, context: Context) -> bool:
        """Whether it does."""
        grounds = context.grounds
        return grounds is None or any(
            basis.code == grounds.basis and grounds.purpose in basis.purposes for basis in self.bases
        )


@dataclass(frozen=True, slots=True)
class AuthorityNamed(Leaf):
    """The order is referred to, where the basis is one that takes an order."""

    bases: frozenset[str]
    says = "a basis that takes an order ({bases}) comes with the order's reference"
    lacks = "the order of the court or prosecutor is not named"
    cure = "name the order by its reference, or another basis"

    def holds(self, context: Context) -> bool:
        """Whether it is."""
        return context.grounds is None or context.grounds.basis not in self.bases or bool(context.authority)


@dataclass(frozen=True, slots=True)
class AuthorityAgrees(Leaf):
    """The authority that agreed is referred to, whatever the basis."""

    says = "the authority that agreed is named with its reference"
    lacks = "no authority that agreed is named"
    cure = "name the court, prosecutor or other competent authority, and its reference"

    def holds(self, context: Context) -> bool:
        """Whether it is."""
        return bool(context.authority.strip())


@dataclass(frozen=True, slots=True)
class OnCase(Leaf):
    """The person works on the case of the grounds."""

    says = "the person works on the case"
    lacks = "the person does not work on this case"
    cure = "have the case's owner add you to it"

    def holds(self, context: Context) -> bool:
        """Whether they do."""
        return context.on_case


@dataclass(frozen=True, slots=True)
class GlassOpen(Leaf):
    """A glass was broken, and is still open."""

    says = "a glass was broken with a reason and is open"
    lacks = "no broken glass is open"
    cure = "break the glass with a reason, which your supervisor then reviews"

    def holds(self, context: Context) -> bool:
        """Whether one is."""
        return context.glass_until is not None and context.now < context.glass_until


@dataclass(frozen=True, slots=True)
class HasReason(Leaf):
    """A reason was written."""

    says = "a reason of 10 characters or more is written"
    lacks = "there is no reason of 10 characters or more"
    cure = "write the reason in a few words"

    def holds(self, context: Context) -> bool:
        """Whether one was."""
        return len(context.reason) >= SHORTEST_REASON


@dataclass(frozen=True, slots=True)
class NoSpecialCategory(Leaf):
    """The search uses no special category of data."""

    says = "ethnicity, religion, health, orientation and other special categories are not searched by"
    lacks = "a special category of data is searched by"
    cure = "leave it out: no search has such a field"

    def holds(self, context: Context) -> bool:
        """Whether it uses none."""
        return not context.criteria & SPECIAL


@dataclass(frozen=True, slots=True)
class KnownCriteria(Leaf):
    """The search uses fields that are known."""

    says = "a search uses only fields that are known"
    lacks = "a field is searched by that no search has"
    cure = "search by names, dates, documents, plates, numbers or accounts"

    def holds(self, context: Context) -> bool:
        """Whether it does; a special category is another term's concern."""
        return context.criteria <= IDENTIFYING | NARROWING | SPECIAL


@dataclass(frozen=True, slots=True)
class PointsAtSomeone(Leaf):
    """The search holds something that points at one person or thing."""

    says = "the search names someone or something: nationality, sex, age or place alone are no search"
    lacks = "nothing in the search points at one person or thing"
    cure = (
        "search by a name, a document, a plate, a number or an account; to tell a state of the conviction of its "
        "national, send a conviction notice"
    )

    def holds(self, context: Context) -> bool:
        """Whether it does."""
        return bool(context.criteria & IDENTIFYING)


@dataclass(frozen=True, slots=True)
class FinalConviction(Leaf):
    """There is a final conviction."""

    says = "the person was convicted, and finally"
    lacks = "there is no final conviction"
    cure = "wait until the conviction is final, and attach it"

    def holds(self, context: Context) -> bool:
        """Whether there is."""
        return context.final_conviction


@dataclass(frozen=True, slots=True)
class FewInCase(Leaf):
    """Few persons are asked about in the case, those of the window before included; or a traveller at the border, or
    the passengers of one flight."""

    persons: int
    hours: int
    travellers: int = 0
    travel: Travel = NO_FLIGHTS
    says = "at most {persons} persons in one case within {hours} hours"
    lacks = "more than {persons} persons in one case within {hours} hours"
    cure = "ask about {persons} persons or fewer within {hours} hours"

    def holds(self, context: Context) -> bool:
        """Whether they are."""
        few = context.subjects + context.recent <= self.persons
        return few or is_traveller(context, self.travellers) or is_manifest(context, self.travel)


@dataclass(frozen=True, slots=True)
class FewInAll(Leaf):
    """Few persons are asked about in all cases together; or a traveller, or the passengers of one flight."""

    persons: int
    travellers: int = 0
    travel: Travel = NO_FLIGHTS
    says = "at most {persons} in all cases together"
    lacks = "or more than {persons} in all cases together"
    cure = "{persons} or fewer in all cases together"

    def holds(self, context: Context) -> bool:
        """Whether they are."""
        few = context.subjects + context.recent_all_cases <= self.persons
        return few or is_traveller(context, self.travellers) or is_manifest(context, self.travel)


PRESENTED = frozenset({"document", "plate", "vin"})  # what stands before the officer at a border


def is_traveller(context: Context, most: int) -> bool:
    """Whether one person is asked about here and now by a document, or one vehicle by its mark or number, for a border
    check, as everybody and everything that crosses is; and no more of them, with those of the window before, than
    `most`."""
    if context.grounds is None or context.grounds.purpose is not Purpose.BORDER_CHECK:
        return False
    here = context.until is None and not context.exchange
    alone = context.subjects == 1 and bool(PRESENTED & context.criteria)
    return here and alone and context.crossed + 1 <= most


def is_manifest(context: Context, travel: Travel) -> bool:
    """Whether those asked about are whom a carrier's message lists for one flight, no more of them than the law lets
    be checked at once, for a border check or for one of the serious offences that it names."""
    grounds = context.grounds
    if grounds is None or not context.manifest or context.subjects > travel.manifest:
        return False
    serious = grounds.purpose in SERIOUS and grounds.offence in travel.offences
    here = context.until is None and not context.exchange
    return here and (serious or grounds.purpose is Purpose.BORDER_CHECK)


@dataclass(frozen=True, slots=True)
class FollowsClosely(Leaf):
    """A vehicle is followed a short while back, at few cameras."""

    hours: int
    cameras: int
    says = "a vehicle is followed {hours} hours back at most, at {cameras} cameras or fewer in a day"
    lacks = "a vehicle is followed more than {hours} hours back, or at more than {cameras} cameras in a day"
    cure = "ask for {hours} hours or less and {cameras} cameras or fewer in a day"

    def holds(self, context: Context) -> bool:
        """Whether it is."""
        return context.hours <= self.hours and context.cameras <= self.cameras


@dataclass(frozen=True, slots=True)
class NoPattern(Leaf):
    """The search has no wildcard."""

    says = "no wildcard"
    lacks = "the search has a wildcard"
    cure = "write the name or number out"

    def holds(self, context: Context) -> bool:
        """Whether it has none."""
        return not context.pattern


@dataclass(frozen=True, slots=True)
class AtMost(Leaf):
    """A search never asks about more persons than this."""

    persons: int
    says = "one search asks about at most {persons} persons, whoever approves"
    lacks = "one search asks about more than {persons} persons"
    cure = "divide it into searches that are approved one by one"

    def holds(self, context: Context) -> bool:
        """Whether it does not."""
        return context.subjects <= self.persons


@dataclass(frozen=True, slots=True)
class Approved(Leaf):
    """There is an approval, in force at this time, for this case."""

    hours: int
    says = "an approval for the case, given at most {hours} hours before it ends, is in force"
    lacks = "there is no approval in force for this case"
    cure = "have a second person approve it for this case"

    def holds(self, context: Context) -> bool:
        """Whether there is."""
        approval, grounds = context.approval, context.grounds
        if approval is None or grounds is None or approval.case != grounds.case:
            return False
        in_force = approval.given <= context.now < approval.expires
        return in_force and approval.expires - approval.given <= dt.timedelta(hours=self.hours)


@dataclass(frozen=True, slots=True)
class SecondPerson(Leaf):
    """Another person approved, whatever the account."""

    says = "another person gave it"
    lacks = "the person who asks approved it"
    cure = "have another person approve it; another account of yours does not count"

    def holds(self, context: Context) -> bool:
        """Whether another did."""
        return context.approval is None or context.approval.person != context.actor.person


@dataclass(frozen=True, slots=True)
class ApproverRole(Leaf):
    """Whoever approved has a role that may."""

    roles: frozenset[Role]
    says = "who gave it is one of: {roles}"
    lacks = "who approved is none of: {roles}"
    cure = "have one of these approve it: {roles}"

    def holds(self, context: Context) -> bool:
        """Whether they have."""
        return context.approval is None or bool(context.approval.roles & self.roles)


@dataclass(frozen=True, slots=True)
class WithinApproval(Leaf):
    """No more persons are asked about than were approved."""

    says = "it covers the number of persons"
    lacks = "more persons are asked about than were approved"
    cure = "ask about fewer, or have the number approved"

    def holds(self, context: Context) -> bool:
        """Whether no more are."""
        approval = context.approval
        return approval is None or context.subjects + approval.used <= approval.persons


@dataclass(frozen=True, slots=True)
class ActorRole(Leaf):
    """The person who approves has a role that this law lets approve."""

    roles: frozenset[Role]
    says = "the person is one of: {roles}"
    lacks = "the person is none of: {roles}"
    cure = "leave it to one of: {roles}"

    def holds(self, context: Context) -> bool:
        """Whether they have."""
        return bool(context.actor.roles & self.roles)


@dataclass(frozen=True, slots=True)
class AnothersRequest(Leaf):
    """What is approved or reviewed is another person's."""

    says = "it is another person's, whatever the account"
    lacks = "it is the person's own, or nobody is named who asked"
    cure = "leave it to another person"

    def holds(self, context: Context) -> bool:
        """Whether it is."""
        return context.requester is not None and context.requester != context.actor.person


@dataclass(frozen=True, slots=True)
class EndsWithin(Leaf):
    """An end was named that is still to come, and not too far away."""

    within: dt.timedelta
    says = "it ends, within {within}"
    lacks = "no end is named, or it has passed, or it is more than {within} away"
    cure = "name an end within {within}"

    def holds(self, context: Context) -> bool:
        """Whether one was."""
        if context.until is None:
            return False
        return dt.timedelta(0) < context.until - context.now <= self.within


@dataclass(frozen=True, slots=True)
class Assessed(Leaf):
    """A setting that widens what may be done has an impact assessment."""

    says = "a setting that lets more be done names the impact assessment that covers it"
    lacks = "the setting lets more be done, and no impact assessment is named"
    cure = "name the version of the impact assessment that covers it"

    def holds(self, context: Context) -> bool:
        """Whether it has, or widens nothing."""
        return not context.widens or bool(context.assessment)
