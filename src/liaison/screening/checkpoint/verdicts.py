"""What an officer at a checkpoint is told at once: a verdict, what to hold back, whom to call. Pure.

A verdict is a reason to look and never a measure. Orders that hold an officer back are told with the match: they come
too late once it is confirmed. Orders to act wait for the confirmation, as everywhere (Directive (EU) 2016/680, article
11; decisions 0052 and 0055).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import Enum

from liaison.formats.mrz.states import same_state
from liaison.matching.dates import WORDS, Grade
from liaison.model.holding import Holding, Instruction
from liaison.model.subjects import Document
from liaison.model.wanted import ActionCode
from liaison.screening.content import Why
from liaison.screening.document_rules import Outcome
from liaison.screening.finding_things import AGREES

NAME, DATE = "name", "date"  # kinds of reasons
SAME_DATE = WORDS[Grade.EQUAL]
EXPIRED = "date.expired"  # the rule


class Verdict(Enum):
    """What a scan came to, in the order of what is told first."""

    CLEAR = "clear"
    LOOK = "look"
    STOP = "stop"
    HIT = "hit"


class Order(Enum):
    """What is told with a match that nobody confirmed yet."""

    DANGER = "danger"
    VERIFY = "verify"
    CALL = "call"
    DISCREET = "discreet"
    DO_NOT_ALERT = "do-not-alert"
    OBSERVE = "observe"
    CHECK_DISCREETLY = "check-discreetly"
    DO_NOT_ALERT_DRIVER = "do-not-alert-driver"

    @property
    def meaning(self) -> str:
        """In one sentence, as the owner's order means it."""
        return MEANINGS[self]

    @property
    def quiet(self) -> bool:
        """Whether nothing may show that there is a record."""
        return self in QUIET


VERIFY = "Verify the match first: what the owner asks for beyond this is told once the match is confirmed."
DANGER = "Whoever comes near may be in danger: take care, and call before you go on."
MEANINGS = {
    Order.DANGER: DANGER,
    Order.VERIFY: VERIFY,
    Order.CALL: Instruction.CALL.meaning,
    Order.DISCREET: Instruction.DISCREET.meaning,
    Order.DO_NOT_ALERT: Instruction.DO_NOT_ALERT.meaning,
    Order.OBSERVE: ActionCode.OBSERVE.meaning,
    Order.CHECK_DISCREETLY: ActionCode.CHECK_DISCREETLY.meaning,
    Order.DO_NOT_ALERT_DRIVER: ActionCode.DO_NOT_ALERT_DRIVER.meaning,
}
QUIET = frozenset(
    {Order.DISCREET, Order.DO_NOT_ALERT, Order.OBSERVE, Order.CHECK_DISCREETLY, Order.DO_NOT_ALERT_DRIVER}
)
TELLING = (
    Order.DANGER,
    *(order for order in MEANINGS if order not in (Order.DANGER, Order.VERIFY)),
    Order.VERIFY,
)
TOLD = {order.value: order for order in Order if order not in (Order.DANGER, Order.VERIFY)}
RULED = {
    Outcome.NOTHING_FOUND: Verdict.CLEAR,
    Outcome.LOOK_AGAIN: Verdict.LOOK,
    Outcome.STOP: Verdict.STOP,
}


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """The one of these that is told; clear where there is none."""
    return max(verdicts, key=gravity, default=Verdict.CLEAR)


def gravity(verdict: Verdict) -> int:
    """How grave a verdict is beside others: 0 for clear."""
    return list(Verdict).index(verdict)


def of_thing(scores: Iterable[int]) -> Verdict:
    """By the scores of alerts on a vehicle, in 1/10,000 bit: one that reads the same is a match, one that is easily
    taken for it is a reason to look again."""
    return worst(Verdict.HIT if score >= AGREES else Verdict.LOOK for score in scores)


def of_person(matches: Iterable[tuple[Sequence[Why], bool]]) -> Verdict:
    """By the reasons of each alert on a person, and whether the record has the very document: a match where it has, or
    where the date of birth is the same and the name is like; else a reason to look again."""
    return worst(Verdict.HIT if same or _agree(reasons) else Verdict.LOOK for reasons, same in matches)


def _agree(reasons: Sequence[Why]) -> bool:
    name = sum(why.worth for why in reasons if why.kind == NAME)
    return name > 0 and any(why.kind == DATE and why.words == SAME_DATE for why in reasons)


def has_paper(holding: Holding, papers: Sequence[Document]) -> bool:
    """Whether a record has one of these documents: the number to the sign, and no other state. The search also finds
    numbers that are one sign apart, which are neighbours in every series."""
    subject = holding.subject
    held = (subject,) if isinstance(subject, Document) else getattr(subject, "documents", ())
    return any(
        one.number == two.number
        and (one.issuer is None or two.issuer is None or same_state(one.issuer.text, two.issuer.text))
        for one in papers
        for two in held
    )


def of_document(outcome: Outcome, rules: Iterable[str], reported: bool, holders: Verdict) -> Verdict:
    """Of a document: by the rules that found something, by whether it is reported lost or stolen, and by the alerts on
    its holder. At a crossing one that has expired is looked at again, with the line and without it."""
    expired = Verdict.LOOK if EXPIRED in rules else Verdict.CLEAR
    return worst((RULED[outcome], expired, Verdict.HIT if reported else Verdict.CLEAR, holders))


def orders_of(holding: Holding, allowed: frozenset[str]) -> tuple[Order, ...]:
    """What is told with a match on this record: danger, what holds back, then to verify. `allowed` are the instructions
    that the node's law has."""
    said = list[str]()
    if holding.instruction is not None and holding.instruction.value in allowed:
        said.append(holding.instruction.value)
    if holding.wanted is not None:
        said.append(holding.wanted.action.value)
    told = [TOLD[order] for order in said if order in TOLD]
    danger = (Order.DANGER,) if holding.wanted is not None and holding.wanted.risk else ()
    return (*danger, *dict.fromkeys(told), Order.VERIFY)


def is_quiet(holding: Holding) -> bool:
    """Whether nothing may show that there is this record. It is so whatever the law lets be told of its order."""
    said = {holding.instruction.value if holding.instruction else "", _action(holding)}
    return any(order.value in said for order in QUIET)


def called(holding: Holding) -> str:
    """Whom to call about a match: the office of a vehicle's entry with its contact, else the owner of the record."""
    entry = holding.wanted
    return f"{entry.office}, {entry.contact}" if entry is not None else holding.owner


def _action(holding: Holding) -> str:
    return holding.wanted.action.value if holding.wanted else ""
