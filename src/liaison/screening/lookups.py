"""What a person may rest a question on now: own grounds, an open case they work on, and how much they asked of late."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Row, Select, Text, and_, bindparam, func, select

from liaison import policy
from liaison.office import Office
from liaison.officers.break_glass import open_until
from liaison.screening.case_rules import CaseState, Part, require_open
from liaison.screening.grounds import BOOK, own, require_in_force
from liaison.storage.prepared import Prepared
from liaison.storage.tables.base import Moment
from liaison.storage.tables.screening import CASES, CHECKS, GROUNDS, MEMBERS

TRAVELLER = "traveller"  # the kind of a check at a border that is counted by itself


def _query() -> Select[Any]:
    """Grounds with their case, what the person is in it, and the sums of their look-ups; made once, since to put it
    together takes longer than to ask it."""
    person, since = bindparam("person", type_=Text), bindparam("since", type_=Moment)
    mine = and_(MEMBERS.c.case_id == GROUNDS.c.case_id, MEMBERS.c.person == person)
    asked = select(func.coalesce(func.sum(CHECKS.c.looked_up), 0)).where(
        CHECKS.c.person == person, CHECKS.c.at > since
    )
    # whoever crosses a border or is on a flight is nobody's choice to ask about, and stops no other work
    every = asked.where(CHECKS.c.kind != TRAVELLER, CHECKS.c.kind != "manifest")
    crossed = asked.where(CHECKS.c.kind == TRAVELLER)
    recent = every.where(CHECKS.c.case_id == GROUNDS.c.case_id).correlate(GROUNDS).scalar_subquery()
    return (
        select(
            GROUNDS,
            CASES.c.state,
            MEMBERS.c.part,
            recent.label("recent"),
            every.scalar_subquery().label("recent_all"),
            crossed.scalar_subquery().label("crossed"),
        )
        .join(CASES, CASES.c.id == GROUNDS.c.case_id)
        .outerjoin(MEMBERS, mine)
        .where(GROUNDS.c.id == bindparam("grounds"))
    )


QUERY = Prepared(_query())


@dataclass(frozen=True, slots=True)
class Footing:
    """Own grounds and their case as they are now; subjects this person asked about within the window, in the case
    and in all cases, and travellers at a border beside these; until when a glass before the case is open, for somebody
    who does not work on it."""

    row: Row[Any]
    on_case: bool
    recent: int
    recent_all_cases: int
    crossed: int
    glass_until: datetime | None


def footing(
    office: Office, connection: Connection, actor: policy.Actor, grounds: str, now: datetime
) -> Footing:
    """What a question of this person on these grounds rests on.

    Raises NotFound for grounds that are not the person's own, Conflict for ended ones and for a closed case.
    """
    asked = {"person": actor.person, "grounds": grounds, "since": now - window(office.regimes)}
    row = own(QUERY.first(connection, asked), actor)
    require_in_force(row.ended)
    require_open(CaseState(row.state))
    works = row.part is not None and Part(row.part).works
    glass = None if works else open_until(connection, actor, row.case_id, now)
    return Footing(row, works, int(row.recent), int(row.recent_all), int(row.crossed), glass)


def context_for(
    office: Office, actor: policy.Actor, footing: Footing, now: datetime, **facts: Any
) -> policy.Context:
    """The facts of an act that rests on a footing. Raises Erased where the grounds' text was."""
    given = BOOK.read(office, footing.row)
    return policy.Context(
        actor=actor,
        now=now,
        grounds=given.grounds,
        authority=given.authority,
        on_case=footing.on_case,
        recent=footing.recent,
        recent_all_cases=footing.recent_all_cases,
        crossed=footing.crossed,
        glass_until=footing.glass_until,
        **facts,
    )


@lru_cache(maxsize=8)
def window(regimes: tuple[policy.Pack, ...]) -> timedelta:
    """The time within which look-ups add up (threat A21)."""
    return policy.limits(regimes).bulk_window


def latest_grounds(connection: Connection, grounds: str) -> str:
    """The grounds in force that took the place of these: of the same person, case and purpose; else these."""
    given = select(GROUNDS).where(GROUNDS.c.id == grounds).subquery()
    same = (GROUNDS.c.case_id == given.c.case_id) & (GROUNDS.c.person == given.c.person)
    same &= (GROUNDS.c.purpose == given.c.purpose) & GROUNDS.c.ended.is_(None)
    query = select(GROUNDS.c.id).join(given, same).order_by(GROUNDS.c.given.desc()).limit(1)
    return connection.execute(query).scalar() or grounds
