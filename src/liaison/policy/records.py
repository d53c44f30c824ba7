"""Conditions on one record and its alert: category, grade, dates, handling, restrictions."""

from __future__ import annotations

import datetime as dt
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass

from liaison.model.categories import Category
from liaison.model.grounds import Purpose
from liaison.model.handling import HandlingCode
from liaison.policy.context import AlertState, Context, RecordFacts
from liaison.policy.terms import Leaf

SHIELDED = frozenset({Category.VICTIM, Category.WITNESS})


@dataclass(frozen=True, slots=True)
class HasRecord(Leaf):
    """The record is before whoever decides."""

    says = "the record's category, dates, handling and restrictions are known"
    lacks = "nothing is known of the record"
    cure = "load the record before deciding"

    def holds(self, context: Context) -> bool:
        """Whether it is."""
        return context.record is not None


class OfRecord(Leaf, ABC):
    """A condition on the record; it holds where there is none, since HasRecord asks for one."""

    __slots__ = ()

    def holds(self, context: Context) -> bool:
        """Whether the record meets it."""
        return context.record is None or self.met(context.record, context)

    @abstractmethod
    def met(self, record: RecordFacts, context: Context) -> bool:
        """Whether this record meets it."""


@dataclass(frozen=True, slots=True)
class HasCategory(OfRecord):
    """The capacity in which the person stands in the case is known."""

    says = "the category of person is stated: not known is not suspect"
    lacks = "the category of person is missing"
    cure = "state whether the person is suspect, convicted, victim, witness, contact or missing"

    def met(self, record: RecordFacts, context: Context) -> bool:
        """Whether it is."""
        return record.category is not None


@dataclass(frozen=True, slots=True)
class CategoryAmong(OfRecord):
    """The category is one that a check may find."""

    categories: frozenset[Category]
    says = "only these are put in the match index: {categories}"
    lacks = "the category of person is none that a check may find: {categories}"
    cure = "leave the record out of the index; it is asked for in another way"

    def met(self, record: RecordFacts, context: Context) -> bool:
        """Whether it is."""
        return record.category in self.categories


@dataclass(frozen=True, slots=True)
class Adult(OfRecord):
    """The person is not under 18."""

    says = "the person is not under 18"
    lacks = "the person is under 18"
    cure = "ask by a safeguarding question"

    def met(self, record: RecordFacts, context: Context) -> bool:
        """Whether they are not."""
        return not record.minor


@dataclass(frozen=True, slots=True)
class NotShielded(OfRecord):
    """The person is neither victim nor witness, and their category is known."""

    says = "the person is neither victim nor witness"
    lacks = "the person is a victim or witness, or their category is not known"
    cure = "ask by a safeguarding question, which a named officer answers"

    def met(self, record: RecordFacts, context: Context) -> bool:
        """Whether they are."""
        return record.category is not None and record.category not in SHIELDED


@dataclass(frozen=True, slots=True)
class NamedForSafeguarding(Leaf):
    """The person is named for the safeguarding compartment."""

    says = "an officer named for the safeguarding compartment answers"
    lacks = "the person is not named for the safeguarding compartment"
    cure = "leave it to an officer who is"

    def holds(self, context: Context) -> bool:
        """Whether they are."""
        return context.actor.safeguards


@dataclass(frozen=True, slots=True)
class ReuseAllowed(OfRecord):
    """The purpose is one that a record collected for its purpose may serve."""

    served: Mapping[Purpose | None, frozenset[Purpose]]
    says = "the purpose is one that the record's own purpose may serve, by the matrix below"
    lacks = "the record was collected for a purpose that does not serve this one"
    cure = "ask anew for this purpose, on a basis of its own"

    def met(self, record: RecordFacts, context: Context) -> bool:
        """Whether it is."""
        served = self.served[record.collected_for]
        return context.grounds is None or context.grounds.purpose in served


@dataclass(frozen=True, slots=True)
class Graded(OfRecord):
    """Source and information are graded."""

    says = "source and information are graded"
    lacks = "the record has no grade"
    cure = "grade it; what came without a grade is X4"

    def met(self, record: RecordFacts, context: Context) -> bool:
        """Whether they are."""
        return record.graded


@dataclass(frozen=True, slots=True)
class ReviewNotDue(OfRecord):
    """The record's review is still to come."""

    says = "the record's review date has not passed"
    lacks = "the record's review date has passed or is not set"
    cure = "review the record first"

    def met(self, record: RecordFacts, context: Context) -> bool:
        """Whether it is."""
        return record.review_at is not None and context.now < record.review_at


@dataclass(frozen=True, slots=True)
class NotExpired(OfRecord):
    """The record may still be kept."""

    says = "the record's retention has not ended"
    lacks = "the record's retention has ended or is not set"
    cure = "nothing: the record is due for erasure; set its dates if they were never set"

    def met(self, record: RecordFacts, context: Context) -> bool:
        """Whether it may."""
        return record.expires_at is not None and context.now < record.expires_at


@dataclass(frozen=True, slots=True)
class KeptWithin(OfRecord):
    """The retention asked for is within what the category allows."""

    days: Mapping[Category, int]
    says = "the record's retention ends, within the days its category allows"
    lacks = "the record's retention is not set, has ended, or is longer than its category allows"
    cure = "set an end of retention within the days below"

    def met(self, record: RecordFacts, context: Context) -> bool:
        """Whether it is; a record without category is another term's concern."""
        if record.category is None:
            return True
        return _ahead(record.expires_at, context.now, self.days[record.category])


@dataclass(frozen=True, slots=True)
class ReviewedWithin(OfRecord):
    """The first review is within what the category allows."""

    days: Mapping[Category, int]
    says = "the record's next review is set, within the days its category allows"
    lacks = "the record's review is not set, has passed, or is later than its category allows"
    cure = "set a review date within the days below"

    def met(self, record: RecordFacts, context: Context) -> bool:
        """Whether it is; a record without category is another term's concern."""
        if record.category is None:
            return True
        return _ahead(record.review_at, context.now, self.days[record.category])


@dataclass(frozen=True, slots=True)
class NotRestricted(OfRecord):
    """The record is not frozen."""

    says = "the record is not restricted"
    lacks = "the record is restricted: it is contested, or kept as evidence alone"
    cure = "wait until the data-protection officer lifts the restriction"

    def met(self, record: RecordFacts, context: Context) -> bool:
        """Whether it is not."""
        return not record.restricted


@dataclass(frozen=True, slots=True)
class NotHeld(OfRecord):
    """No legal hold is on the record."""

    says = "no legal hold is on the record"
    lacks = "the record is held as evidence"
    cure = "wait until the hold ends, or restrict the record instead"

    def met(self, record: RecordFacts, context: Context) -> bool:
        """Whether none is."""
        return record.held_until is None or context.now >= record.held_until


@dataclass(frozen=True, slots=True)
class IsCandidate(Leaf):
    """The alert has not been judged."""

    says = "the alert is a candidate"
    lacks = "there is no alert, or it was judged before"
    cure = "judge an alert that is still a candidate, or undo the judgement first"

    def holds(self, context: Context) -> bool:
        """Whether it has not."""
        return context.alert is AlertState.CANDIDATE


@dataclass(frozen=True, slots=True)
class IsConfirmed(Leaf):
    """A named person confirmed the alert."""

    says = "a named, trained person confirmed the alert"
    lacks = "no person confirmed the alert: it is a lead and no more"
    cure = "have a trained person compare both sides and confirm it"

    def holds(self, context: Context) -> bool:
        """Whether one did."""
        return context.alert is AlertState.CONFIRMED and bool(context.confirmed_by)


@dataclass(frozen=True, slots=True)
class InstructionAmong(Leaf):
    """The instruction is one that this law allows on a hit."""

    instructions: frozenset[str]
    says = "the instruction is one of: {instructions}"
    lacks = "the instruction is none of: {instructions}"
    cure = "give one of these instructions: {instructions}"

    def holds(self, context: Context) -> bool:
        """Whether it is."""
        return context.instruction in self.instructions


@dataclass(frozen=True, slots=True)
class OwnRecord(OfRecord):
    """This agency is the originator."""

    says = "the record is the agency's own"
    lacks = "the record is another agency's"
    cure = "ask the originator to act on its own record"

    def met(self, record: RecordFacts, context: Context) -> bool:
        """Whether it is."""
        return record.own


@dataclass(frozen=True, slots=True)
class WithoutCode(OfRecord):
    """The record does not carry this handling code; without any code it carries all of them."""

    code: HandlingCode
    says = "the record does not carry {code}"
    lacks = "the record carries {code}, or no handling code at all"
    cure = "ask the originator to lift {code}"

    def met(self, record: RecordFacts, context: Context) -> bool:
        """Whether it does not."""
        return bool(record.handling) and self.code not in record.handling


def _ahead(time: dt.datetime | None, now: dt.datetime, days: int) -> bool:
    """Whether a time was set, is to come, and is at most so many days away."""
    return time is not None and dt.timedelta(0) < time - now <= dt.timedelta(days=days)
