"""What must be signed before anything goes to a partner, and by whom: so that a refusal is never where work ends.

An assurance against the death penalty and torture is signed for a partner and an offence (rule L14); contact with a
state from which a person sought protection is reviewed for each record (rule L15). Both are a supervisor's, another
person's than who sends, and serve for 24 hours.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from liaison import policy
from liaison.assistance.access import load
from liaison.assistance.answering import grounds_of
from liaison.ledger.statements import Statement
from liaison.model.errors import BadInput, NotLawful
from liaison.model.grounds import Grounds, offence
from liaison.model.roles import Capability, Role, capabilities
from liaison.office import Office
from liaison.officers import notices
from liaison.partners import directory
from liaison.policy.transfers import CONTEMPORANEOUS
from liaison.supply import reasons
from liaison.supply.sending import Sending, against

CAPITAL, ORIGIN = "L14/capital", "L15/origin"
WHAT_WANTED = {CAPITAL: "assurance-wanted", ORIGIN: "origin-review-wanted"}
BETWEEN = "/"  # between a partner and an offence, or a record, in what a notice is about
ASKS = frozenset({Capability.ASK_PARTNER, Capability.DISCLOSE, Capability.NOTIFY_CONVICTION})


@dataclass(frozen=True, slots=True)
class Safeguards:
    """What stands between this side and a partner for one offence.

    `assurance` where the law asks for one; `signed` is the last that was given, `until` when it serves no more, `own`
    where the person who looks signed it, so that another has to send. `origin` where people sought protection from
    that state, so that each record may need a review.
    """

    partner: str
    offence: str
    assurance: bool
    signed: policy.Assurance | None
    until: datetime | None
    own: bool
    origin: bool


@dataclass(frozen=True, slots=True)
class Against:
    """One reason against sending a record, and the rule that says so; empty where it is no rule of the law."""

    rule: str
    text: str


def of_request(office: Office, actor: policy.Actor, request: str) -> Safeguards:
    """What must be signed before anything of a request goes to its partner. Raises NotFound."""

    def work(connection: Connection) -> Safeguards:
        row = load(office, connection, actor, request)
        grounds = grounds_of(office, actor, row, "what must be there before it goes", "agreement")
        return of_partner(office, connection, actor, row.partner, grounds)

    return office.read(work)


def of_partner(
    office: Office, connection: Connection, actor: policy.Actor, partner: str, grounds: Grounds
) -> Safeguards:
    """What must be signed before anything goes to a partner on these grounds. Raises NotFound."""
    now = office.now()
    facts = directory.facts(directory.partner(connection, partner), now)
    context = policy.Context(actor=actor, now=now, grounds=grounds, partner=facts)
    decision = policy.decide(policy.Action.DISCLOSE, context, office.regimes)
    rules = {each.rule for each in decision.reasons} if isinstance(decision, policy.Refuse) else set()
    signed = reasons.assurance(office, connection, partner, grounds.offence) if CAPITAL in rules else None
    until = signed.signed + CONTEMPORANEOUS if signed else None
    serves = until is not None and now <= until
    return Safeguards(
        partner=partner,
        offence=grounds.offence,
        assurance=CAPITAL in rules,
        signed=signed if serves else None,
        until=until if serves else None,
        own=bool(serves and signed and signed.signed_by == actor.person),
        origin=facts.origin,
    )


def against_each(
    office: Office, actor: policy.Actor, request: str, holdings: list[str], authority: str = ""
) -> dict[str, list[Against]]:
    """What stands against answering with these records, by their ids. Nothing is written. Raises NotFound."""

    def work(connection: Connection) -> dict[str, list[Against]]:
        row = load(office, connection, actor, request)
        sending = Sending(
            partner=directory.partner(connection, row.partner),
            grounds=grounds_of(office, actor, row, "what stands against sending it", "agreement"),
            exchange=row.exchange,
            on_case=True,
            request=row.id,
            authority=authority,
        )
        return {each: reasons_against(office, connection, actor, sending, each) for each in holdings}

    return office.read(work)


def reasons_against(
    office: Office, connection: Connection, actor: policy.Actor, sending: Sending, holding: str
) -> list[Against]:
    """What stands against sending one record. Nothing is written."""
    found = against(office, connection, actor, sending, holding)
    return [_against(each) for each in found]


def feared(office: Office, *, capital: bool) -> frozenset[str]:
    """The partners at which death penalty or torture are to be feared; or else from whose state people fled."""
    known = office.read(directory.partners)
    return frozenset(each.origin for each in known if (each.capital if capital else each.state_of_origin))


def ask(office: Office, actor: policy.Actor, rule: str, partner: str, about: str) -> None:
    """Ask the supervisors to sign: an assurance about an offence, or the review of a record. It is on the ledger.

    Raises NotFound, BadInput, NotLawful for whoever sends nothing to partners.
    """
    if not ASKS & capabilities(actor.roles, trained=actor.trained):
        raise NotLawful("only whoever asks or answers partners asks for this", hint="ask the desk")
    if rule not in WHAT_WANTED or BETWEEN in partner or not about:
        raise BadInput("this is not one of the choices", field="rule")
    if rule == CAPITAL:
        offence(about)
    else:
        office.read(lambda connection: reasons.require_record(office, connection, actor, about))

    def work(connection: Connection) -> None:
        known = directory.partner(connection, partner)
        now = office.now()
        told = Statement(
            what=WHAT_WANTED[rule],
            who=actor.person,
            when=now,
            objects=(about,),
            detail={"partner": known.origin},
        )
        office.log.append(connection, told)
        notices.add(connection, Role.SUPERVISOR, WHAT_WANTED[rule], f"{known.origin}{BETWEEN}{about}", now)

    office.write(work)


def _against(reason: Any) -> Against:
    return Against("", reason) if isinstance(reason, str) else Against(reason.rule, str(reason))
