"""What a record's own facts decide: which compartment it belongs in, and when it may be deleted."""

from __future__ import annotations

import datetime as dt
from enum import Enum

from liaison.model.categories import Category
from liaison.model.errors import BadInput
from liaison.model.holding import Holding, State, maybe_child
from liaison.model.subjects import Person
from liaison.model.wanted import MOST_DAYS, Sought, Wanted
from liaison.policy import RecordFacts

PROTECTED = frozenset({Category.VICTIM, Category.WITNESS, Category.MISSING})
LONGEST_NAME = 120  # characters of a list's name
SUPPLIED = "supplied by "  # with an originator's name: the list of what was taken in from it
WRITTEN = "Entries of vehicles"  # the list of those that a person wrote here
LONGEST_WANTED = dt.timedelta(days=MOST_DAYS)
AGREE = dt.timedelta(days=1)  # by how much two sources of time may differ


def is_minor(holding: Holding, today: dt.date) -> bool:
    """Whether the record is of a person who may be under 18."""
    return type(holding.subject) is Person and maybe_child(holding.subject.born, today)


def is_protected(holding: Holding, today: dt.date) -> bool:
    """Whether the record belongs in the safeguarding compartment: victims, witnesses, the missing, children."""
    return holding.category in PROTECTED or is_minor(holding, today)


def last_day(wanted: Wanted | None, today: dt.date) -> dt.date | None:
    """The last day on which an entry that is written today may end; None where it ends as any record."""
    return today + LONGEST_WANTED if wanted is not None and wanted.sought is Sought.WANTED else None


def require_short(holding: Holding, today: dt.date) -> None:
    """Raises BadInput for a vehicle that is wanted for longer than an entry written today may say."""
    last = last_day(holding.wanted, today)
    if last is not None and holding.retention_until > last:
        raise BadInput(
            f"a vehicle is wanted for at most {MOST_DAYS} days",
            field="retention_until",
            hint=f"end it on {last} or sooner, and review it before then",
        )


def require_end(wanted: Wanted | None, until: dt.date | None, today: dt.date) -> None:
    """Raises BadInput for an entry that a person writes today and that says no end, one that is over, or for a wanted
    vehicle one that is too far away. A stolen one may say none: it ends as any record."""
    last = last_day(wanted, today)
    if wanted is None or (until is None and last is None):
        return
    hint = f"give a day after {today} and no later than {last}" if last else f"give a day after {today}"
    if until is None:
        raise BadInput(
            "the entry does not say until when the vehicle is wanted", field="retention", hint=hint
        )
    if until <= today:
        raise BadInput(f"the entry ended on {until}", field="retention", hint=hint)
    if last is not None and until > last:
        raise BadInput(f"a vehicle is wanted for at most {MOST_DAYS} days", field="retention", hint=hint)


def supplied_by(originator: str) -> str:
    """The list in which an originator's items stand."""
    return f"{SUPPLIED}{originator}"[:LONGEST_NAME]


def is_own(holding: Holding) -> bool:
    """Whether this agency is the record's originator: it was not taken in from a partner."""
    return is_own_list(holding.list_name)


def is_own_list(name: str) -> bool:
    """Whether a list's records are this agency's own."""
    return not name.startswith(SUPPLIED)


def facts(
    holding: Holding, today: dt.date, state: State = State.LIVE, held_until: dt.datetime | None = None
) -> RecordFacts:
    """What a decision must know of a record."""
    return RecordFacts(
        category=holding.category,
        minor=is_minor(holding, today),
        graded=True,
        handling=frozenset(holding.handling.codes),
        own=is_own(holding),
        review_at=_midnight(holding.review_at),
        expires_at=_midnight(holding.retention_until),
        restricted=state is not State.LIVE,
        held_until=held_until,
    )


class Doubt(Enum):
    """Why no record is deleted for its age now."""

    APART = "the two sources of time differ by more than a day"
    BACKWARD = "the time is before that of the last run"

    def __str__(self) -> str:
        return self.value


Times = tuple[dt.datetime, dt.datetime]


def doubt(now: Times, last: Times | None) -> Doubt | None:
    """Why the time cannot be relied on for deleting; None where it can.

    now: the time by the system's clock and by a second source. last: both when records were last deleted, or when a
    person last confirmed the system's time: where both sources went on alike since then, they need not show the same.
    """
    system, second = now
    if last is not None and system < last[0] - AGREE:
        return Doubt.BACKWARD
    if abs(system - second) <= AGREE:
        return None
    if last is not None and abs((system - last[0]) - (second - last[1])) <= AGREE:
        return None
    return Doubt.APART


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime(day.year, day.month, day.day, tzinfo=dt.UTC)
