"""How many points a partner had evaluated, and may still: of late, and for one case; and of how many people.

What counts was answered within as many days as the agreement gives an epoch, whichever epoch it was under: a set that
is made anew before its time gives nothing back.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, func, select

from liaison.crosscheck.holder.epochs import DAY
from liaison.crosscheck.messages import Kind, Of, Question
from liaison.model.errors import OverQuota
from liaison.partners import directory
from liaison.partners.agreement import Comparison
from liaison.storage.prepared import Prepared
from liaison.storage.tables.crosscheck import ANSWERED, SERVED

SAME = (SERVED.c.partner == ANSWERED.c.partner) & (SERVED.c.session == ANSWERED.c.session)
_OF = SERVED.c.of == bindparam("kind_of_set")
_USED = Prepared(
    select(
        SERVED.c.reference,
        func.sum(ANSWERED.c.points).label("points"),
        func.min(ANSWERED.c.at).label("first"),
    )
    .join(SERVED, SAME)
    .where(ANSWERED.c.partner == bindparam("asker"), _OF, ANSWERED.c.at > bindparam("since"))
    .group_by(SERVED.c.reference)
)
_PEOPLE = Prepared(
    select(SERVED.c.kind, SERVED.c.epoch, func.sum(SERVED.c.people).label("people"))
    .where(
        SERVED.c.partner == bindparam("asker"),
        _OF,
        SERVED.c.reference == bindparam("for_case"),
        SERVED.c.session != bindparam("but"),
        SERVED.c.last > bindparam("since"),
    )
    .group_by(SERVED.c.kind, SERVED.c.epoch)
)


@dataclass(frozen=True, slots=True)
class Meter:
    """Points of one partner within the last days of an epoch's length. `by_case` are those used, by the partner's
    reference of the case; the first of them stop to count at `frees`, None where none are used."""

    points: int  # that the agreement allows, and for one case
    case_points: int
    by_case: Mapping[str, int]
    frees: dt.datetime | None

    @property
    def used(self) -> int:
        """Of all cases."""
        return sum(self.by_case.values())

    @property
    def left(self) -> int:
        """Of all cases."""
        return max(0, self.points - self.used)

    def left_of(self, reference: str) -> int:
        """For one case: no more than is left of all."""
        return min(self.left, max(0, self.case_points - self.by_case.get(reference, 0)))


def meter(connection: Connection, partner: str, of: Of, now: dt.datetime) -> Meter:
    """How a partner, by origin, stands now; nothing is left where no agreement is in force. Raises NotFound."""
    agreement = directory.partner(connection, partner).agreement
    terms = agreement.crosscheck if agreement else None
    return metered(connection, partner, of, terms, now) if terms else Meter(0, 0, {}, None)


def metered(connection: Connection, partner: str, of: Of, terms: Comparison, now: dt.datetime) -> Meter:
    """As `meter`, where the terms are known."""
    window = terms.epoch_days * DAY
    rows = _USED.all(connection, {"asker": partner, "kind_of_set": of.value, "since": now - window})
    by_case = {row.reference: int(row.points) for row in rows}
    frees = min((row.first for row in rows), default=None)
    return Meter(terms.points, terms.case_points, by_case, frees + window if frees else None)


def people(
    connection: Connection, partner: str, question: Question, own: int, terms: Comparison, now: dt.datetime
) -> int:
    """About how many people a partner asks in a case: `own` of the question's session, and those of its other sessions
    of late whom no authority signed for.

    A standing cross-check asks about the same people anew under each key: of those, the epoch with the most counts.
    """
    others = {
        "asker": partner,
        "kind_of_set": question.of.value,
        "for_case": question.reference,
        "but": question.session,
        "since": now - terms.epoch_days * DAY,
    }
    standing = Counter[str]()
    once = Counter[str]()
    (standing if question.kind is Kind.STANDING else once)[question.epoch] = own
    for row in _PEOPLE.all(connection, others):
        (standing if row.kind == Kind.STANDING.value else once)[row.epoch] += int(row.people)
    return once.total() + max(standing.values(), default=0)


def require_left(held: Meter, terms: Comparison, reference: str, points: int, now: dt.datetime) -> None:
    """Raises OverQuota where so many points more are not left, of all or for the case; it says when the first of those
    used stop to count."""
    if points <= held.left_of(reference):
        return
    told = "this case" if points <= held.left else "this partner"
    frees = held.frees or now + terms.epoch_days * DAY
    wait = max(1, int((frees - now).total_seconds()))
    raise OverQuota(f"{points} points are more than are left for {told}", retry_after=wait)
