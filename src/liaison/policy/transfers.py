"""Conditions on whoever it would go to: the link and the agreement with them, the gateway, what is feared there."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from liaison.model.grounds import OffenceFlag, offence
from liaison.model.roles import Role
from liaison.policy.context import Context, RecordFacts
from liaison.policy.records import OfRecord
from liaison.policy.terms import Leaf

CONTEMPORANEOUS = dt.timedelta(hours=24)  # between a senior officer's reasons and the transfer they are for


@dataclass(frozen=True, slots=True)
class Consented(Leaf):
    """The originator permits it, for this recipient and purpose."""

    says = "the originator's permission for this recipient and purpose is in force"
    lacks = "there is no permission of the originator for this recipient and purpose"
    cure = "ask the originator for its permission"

    def holds(self, context: Context) -> bool:
        """Whether it does."""
        consent, partner, grounds = context.consent, context.partner, context.grounds
        if consent is None or partner is None or grounds is None:
            return False
        matches = (consent.recipient, consent.purpose) == (partner.name, grounds.purpose)
        return matches and context.now < consent.expires


@dataclass(frozen=True, slots=True)
class HasPartner(Leaf):
    """The recipient is named."""

    says = "the recipient is named"
    lacks = "nobody is named who would receive it"
    cure = "name the recipient"

    def holds(self, context: Context) -> bool:
        """Whether it is."""
        return context.partner is not None


@dataclass(frozen=True, slots=True)
class PartnerWithin(Leaf):
    """The recipient is under the same law."""

    says = "the recipient is under the same law"
    lacks = "the recipient is under another law"
    cure = "send it to a recipient under the same law"

    def holds(self, context: Context) -> bool:
        """Whether it is."""
        return context.partner is not None and context.partner.within


@dataclass(frozen=True, slots=True)
class GatewayOpen(Leaf):
    """The gateway to the recipient has not expired."""

    says = "a gateway to it (adequacy, safeguards or a special case) is recorded and has not expired"
    lacks = "no gateway to the recipient is recorded, or it has expired"
    cure = "have the gateway recorded or renewed with its legal reasons"

    def holds(self, context: Context) -> bool:
        """Whether it has not."""
        expires = context.partner.gateway_expires if context.partner else None
        return expires is not None and context.now < expires


@dataclass(frozen=True, slots=True)
class LinkOpen(Leaf):
    """Letters pass between the two."""

    says = "the link to the recipient is open"
    lacks = "the link to the recipient is closed or revoked, or no agreement with it is in force"
    cure = "have the agreement signed or renewed"

    def holds(self, context: Context) -> bool:
        """Whether they do; without a recipient another rule refuses."""
        return context.partner is None or context.partner.open


@dataclass(frozen=True, slots=True)
class PurposeAgreed(Leaf):
    """The agreement with the partner names the purpose."""

    says = "the agreement with the partner names the purpose"
    lacks = "the agreement with the partner does not name this purpose"
    cure = "ask for a purpose that the agreement names, or have the agreement widened"

    def holds(self, context: Context) -> bool:
        """Whether it does."""
        partner, grounds = context.partner, context.grounds
        return partner is None or grounds is None or grounds.purpose in partner.purposes


@dataclass(frozen=True, slots=True)
class OffenceAgreed(Leaf):
    """The agreement with the partner covers the offence, where there is one."""

    says = "the agreement with the partner covers the offence"
    lacks = "the agreement with the partner does not cover this offence"
    cure = "name the offence that the agreement covers, if it is the one, or have the agreement widened"

    def holds(self, context: Context) -> bool:
        """Whether it does."""
        partner, code = context.partner, context.grounds.offence if context.grounds else ""
        return partner is None or not code or code in partner.offences


@dataclass(frozen=True, slots=True)
class ExchangeAgreed(Leaf):
    """The agreement with the partner names this kind of exchange."""

    says = "the agreement with the partner names this kind of exchange"
    lacks = "the agreement with the partner does not name this kind of exchange"
    cure = "ask in a way that the agreement names, or have the agreement widened"

    def holds(self, context: Context) -> bool:
        """Whether it does."""
        return context.partner is None or context.exchange in context.partner.exchanges


@dataclass(frozen=True, slots=True)
class QuotaLeft(Leaf):
    """The partner may be asked about so many today."""

    says = "no more subjects are asked about than the agreement lets this node ask about in a day"
    lacks = "that is more subjects than the agreement lets this node ask about today"
    cure = "ask about fewer, go on tomorrow, or have the quota raised"

    def holds(self, context: Context) -> bool:
        """Whether it may."""
        return context.partner is None or context.subjects <= context.partner.quota_left


@dataclass(frozen=True, slots=True)
class NoCapitalRisk(Leaf):
    """Neither death penalty nor torture is to be feared for this offence at this recipient."""

    offences: frozenset[str]
    says = "the recipient keeps no death penalty, or the offence is one that carries none"
    lacks = "the offence may carry the death penalty at the recipient"
    cure = "send nothing about this offence to this recipient"

    def holds(self, context: Context) -> bool:
        """Whether neither is. Without a named offence the risk is not excluded."""
        if context.partner is None or not context.partner.capital:
            return True
        code = context.grounds.offence if context.grounds else ""
        return bool(code) and code not in self.offences


@dataclass(frozen=True, slots=True)
class Assured(Leaf):
    """A senior officer signed reasons on an assurance, at the time."""

    says = "an assurance is attached, and a supervisor signed reasons of strict necessity within the last 24 hours"
    lacks = "no assurance with a supervisor's reasons of the last 24 hours is attached"
    cure = "attach the assurance and have a supervisor, another person than you, sign the reasons now"

    def holds(self, context: Context) -> bool:
        """Whether one did."""
        given = context.assurance
        if given is None or not (given.reference and given.reasons):
            return False
        senior = Role.SUPERVISOR in given.signer_roles and given.signed_by != context.actor.person
        return senior and dt.timedelta(0) <= context.now - given.signed <= CONTEMPORANEOUS


@dataclass(frozen=True, slots=True)
class NotExcluded(Leaf):
    """The offence is not of an excluded character."""

    flags: frozenset[OffenceFlag]
    says = "the offence is none of a character that is excluded: {flags}"
    lacks = "the offence is of a character that is excluded: {flags}"
    cure = "send nothing on this offence; an ordinary offence in the same facts is named by itself"

    def holds(self, context: Context) -> bool:
        """Whether it is not."""
        code = context.grounds.offence if context.grounds else ""
        return not code or not self.flags & {*offence(code).flags}


@dataclass(frozen=True, slots=True)
class NotFromThere(OfRecord):
    """The person did not seek protection from the recipient's state."""

    says = "the person has not sought protection from the recipient's state"
    lacks = "the person sought protection from the recipient's state"
    cure = "send nothing to that state"

    def met(self, record: RecordFacts, context: Context) -> bool:
        """Whether they did not."""
        return not (record.protected and context.partner is not None and context.partner.origin)


@dataclass(frozen=True, slots=True)
class OriginReviewed(Leaf):
    """Contact with the state of origin was reviewed."""

    says = "contact with that state was reviewed for this person"
    lacks = "contact with that state was not reviewed"
    cure = "have the contact reviewed for non-refoulement"

    def holds(self, context: Context) -> bool:
        """Whether it was."""
        return context.origin_reviewed
