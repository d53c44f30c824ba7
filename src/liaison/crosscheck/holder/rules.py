"""Which records may become match keys: decided here, for every record, before a key is made of one.

A set of tokens is of suspects and convicted people, and of things, as the agreement's terms allow: never of a victim, a
witness, a missing person, or anyone who may be under 18 (rule L04).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

from liaison.crosscheck.holder.light import LightHolding, LightPerson
from liaison.holdings.rules import PROTECTED, is_own_list
from liaison.model.categories import Category
from liaison.model.dates import PartialDate
from liaison.model.handling import HandlingCode
from liaison.model.holding import State, maybe_child

MAY = frozenset({Category.SUSPECT, Category.CONVICTED, Category.CONTACT})


class Unpublished(Enum):
    """Why a record does not become keys."""

    PROTECTED = "a victim, a witness or a missing person"
    MINOR = "a person who may be under 18"
    CATEGORY = "a category that the agreement does not name"
    THING = "things are not part of the agreement"
    STATE = "restricted, withdrawn or erased"
    OVERDUE = "kept for longer than it may be"
    HANDLING = "a handling code that lets nothing out"
    NOT_OWN = "another agency's record"

    def __str__(self) -> str:
        return self.value


@dataclass(frozen=True, slots=True, kw_only=True)
class CrosscheckTerms:
    """What an agreement lets into a set. `categories`: of people; protected ones have no effect."""

    categories: frozenset[Category] = frozenset({Category.SUSPECT, Category.CONVICTED})
    things: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How a record stands on the day that a set is made."""

    today: dt.date
    state: State = State.LIVE


def unpublished(record: LightHolding, standing: Standing, terms: CrosscheckTerms) -> Unpublished | None:
    """Why the record must not become keys; None where it may."""
    if standing.state is not State.LIVE:
        return Unpublished.STATE
    if record.category in PROTECTED:
        return Unpublished.PROTECTED
    if record.retention_until < standing.today:
        return Unpublished.OVERDUE
    if not is_own_list(record.list_name):
        return Unpublished.NOT_OWN
    if HandlingCode.H3 in record.handling.codes:
        return Unpublished.HANDLING
    return _by_subject(record, standing, terms)


def _by_subject(record: LightHolding, standing: Standing, terms: CrosscheckTerms) -> Unpublished | None:
    person = record.subject if isinstance(record.subject, LightPerson) else None
    if person and any(_maybe_child(born, standing.today) for born in person.born):
        return Unpublished.MINOR
    if record.category is not None:
        may = record.category in MAY and record.category in terms.categories
        return None if may else Unpublished.CATEGORY
    return None if terms.things and not person else Unpublished.THING


@lru_cache(maxsize=1 << 16)
def _maybe_child(born: str, today: dt.date) -> bool:
    return maybe_child((PartialDate(born),), today)


def publishable(record: LightHolding, standing: Standing, terms: CrosscheckTerms) -> bool:
    """Whether the record may become keys of a set under these terms."""
    return unpublished(record, standing, terms) is None
