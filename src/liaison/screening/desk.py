"""One check by an officer, in order: decide, match, disclose, record; nothing is told before the record is durable.

The question, its alerts and two entries of the ledger are written in one transaction, in which the decision is made
once more on the counts as they are then: two checks at once cannot both be the last that is allowed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection

from liaison import policy
from liaison.matching.dates import BIT
from liaison.model.errors import BadInput
from liaison.model.subjects import AnySubject
from liaison.office import Office, new_id
from liaison.screening import keeping
from liaison.screening.alerting import Alert, shown_of
from liaison.screening.approved import spend, weigh_number
from liaison.screening.asked import criteria, nationality, person_of, require_readable
from liaison.screening.content import MOST, Asked, pack
from liaison.screening.disclosure import disclose
from liaison.screening.finding import Found, Pairs, find_apart, find_person
from liaison.screening.finding_things import find_thing
from liaison.screening.lookups import TRAVELLER, Footing, context_for, footing
from liaison.screening.oneself import asks_about_oneself
from liaison.screening.permission import settle, write_refusal
from liaison.screening.records import Live
from liaison.screening.seals import seals

LARGEST_MOST = 1000  # alerts of one question


@dataclass(frozen=True, slots=True)
class Question:
    """Whom or what a person asks about, on which grounds, and within which limits.

    `min_score` in bits, None where the size of the lists says it; `lists` by name, none for all; `most` alerts;
    `apart` looks a person's documents up by themselves too, so that no name keeps their records from being found.
    """

    subject: AnySubject
    grounds: str
    min_score: float | None = None
    lists: tuple[str, ...] = ()
    most: int = MOST
    apart: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What a check came to: alerts, strongest first; how many were left out as cleared before, and how many more
    there are than were asked for; the score asked for in bits; notices to be shown; the ledger's entry."""

    check: str
    entry: int
    at: datetime
    alerts: tuple[Alert, ...]
    cleared: int
    withheld: int
    min_score: float
    notices: tuple[str, ...] = field(default=())


Beside = Callable[[Connection, Answer], None]  # what is written in the transaction of a check


def check(
    office: Office, live: Live, actor: policy.Actor, question: Question, beside: Beside | None = None
) -> Answer:
    """Check one person, document or vehicle against the records; `beside` is written with the check, or neither is.

    Raises BadInput with the field; NotFound for grounds that are not the person's own; Conflict for ended grounds and a
    closed case; NotLawful with every reason; LedgerUnavailable and StoreUnavailable, after which nothing was told.
    """
    asked = asked_of(question)
    now = office.now()
    weighed, oneself = office.read(
        lambda connection: (
            _weigh(office, connection, actor, question, asked, now),
            asks_about_oneself(office, connection, actor, asked.subject),
        )
    )
    context = weighed.context
    permit = settle(office, policy.Action.CHECK, context, weighed.decision)
    found = _find(office, live, asked, context, apart=question.apart)
    disclosed = disclose(office, context, found.hits, asked.most)
    look = keeping.Look(
        id=new_id("check"),
        kind=_kind(office, context),
        person=actor.person,
        grounds_id=question.grounds,
        context=context,
        question=pack(asked),
        looked_up=1,
        least=found.least,
        origins={nationality(asked.subject): 1},
        oneself=oneself,
    )
    kept = keeping.ready(office, look, disclosed)

    def work(connection: Connection) -> int | policy.Refuse:
        outcome = _keep(office, connection, actor, question, asked, kept, weighed)
        if beside is not None and isinstance(outcome, int):
            beside(connection, _answer(kept, outcome, permit))
        return outcome

    outcome = office.write(work)
    entry = outcome if isinstance(outcome, int) else _refused(outcome)
    return _answer(kept, entry, permit)


def asked_of(question: Question) -> Asked:
    """The question as it is sealed. Raises BadInput for limits that cannot be, and for nothing to search by."""
    if not 1 <= question.most <= LARGEST_MOST:
        raise BadInput(f"{question.most} alerts", field="most", hint=f"ask for 1 to {LARGEST_MOST}")
    least = None if question.min_score is None else round(question.min_score * BIT)
    person = person_of(question.subject)
    if person is not None:
        require_readable([person])
    return Asked(
        subject=question.subject, least=least, lists=tuple(sorted(set(question.lists))), most=question.most
    )


def subject_kind(subject: AnySubject) -> policy.SubjectKind:
    """What a question is about, as the policy names it."""
    return policy.SubjectKind(subject.__struct_config__.tag)


@dataclass(frozen=True, slots=True)
class Weighed:
    """A decision on a check, what it rests on, and the approval that it would spend; empty for none."""

    footing: Footing
    decision: policy.Decision
    context: policy.Context
    approval: str

    def holds(self, now: Footing) -> bool:
        """Whether the decision is the same on what a footing is now: the law reads nothing but facts, and the other
        facts are the question's own. An approval may have been spent meanwhile, so one that needs it does not hold."""
        return self.footing == now and isinstance(self.decision, policy.Permit) and not self.approval


def _weigh(
    office: Office,
    connection: Connection,
    actor: policy.Actor,
    question: Question,
    asked: Asked,
    now: datetime,
    before: Weighed | None = None,
) -> Weighed:
    """The decision on this check by the counts as they are; `before` is the one that was made before in this check."""
    stand = footing(office, connection, actor, question.grounds, now)
    if before is not None and before.holds(stand):
        return before
    facts = {"subject": subject_kind(asked.subject), "criteria": criteria(asked.subject)}
    context = context_for(office, actor, stand, now, **facts)
    return Weighed(stand, *weigh_number(office, connection, policy.Action.CHECK, context))


def _find(office: Office, live: Live, asked: Asked, context: policy.Context, *, apart: bool) -> Found:
    person, salt = person_of(asked.subject), seals(office).digest_key(office)
    if person is None:
        return find_thing(live, asked, salt)
    case = context.grounds.case if context.grounds else ""
    return (find_apart if apart else find_person)(live, person, asked, Pairs(salt, (case,)))


def _keep(
    office: Office,
    connection: Connection,
    actor: policy.Actor,
    question: Question,
    asked: Asked,
    kept: keeping.Kept,
    before: Weighed,
) -> int | policy.Refuse:
    """Write the check, unless what was permitted is so no more: then the refusal is what is written."""
    now = kept.look.context.now
    weighed = _weigh(office, connection, actor, question, asked, now, before)
    if isinstance(weighed.decision, policy.Refuse):
        write_refusal(office, connection, policy.Action.CHECK, weighed.context, weighed.decision)
        return weighed.decision
    if weighed.approval:
        spend(office, connection, actor, weighed.approval)
    return keeping.write(office, connection, keeping.of_kind(kept, _kind(office, weighed.context)))


def _kind(office: Office, context: policy.Context) -> str:
    return TRAVELLER if policy.crosses(context, office.regimes) else "one"


def _refused(refusal: policy.Refuse) -> int:
    policy.require(refusal)
    raise AssertionError("a refusal is raised")


def _answer(kept: keeping.Kept, entry: int, permit: policy.Permit) -> Answer:
    look, disclosed = kept.look, kept.disclosed
    alerts = tuple(shown_of(row, told.content) for row, told in zip(kept.alerts, disclosed.told, strict=True))
    notices = tuple(owed.text for owed in permit.obligations if owed.duty is policy.Duty.NOTICE)
    return Answer(
        look.id,
        entry,
        look.context.now,
        alerts,
        disclosed.cleared,
        disclosed.withheld,
        look.least / BIT,
        notices,
    )
