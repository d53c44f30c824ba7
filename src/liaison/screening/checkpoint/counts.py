"""How many people were found and helped: counts by case and day, never who."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, func, insert, select

from liaison import policy
from liaison.ledger.statements import Statement
from liaison.model.errors import NotFound
from liaison.office import Office
from liaison.screening.access import load_case
from liaison.screening.checkpoint.rules import require_counts
from liaison.screening.lookups import footing
from liaison.storage.tables.checkpoint import COUNTS

COUNTED = "checkpoint-counts"


@dataclass(frozen=True, slots=True)
class Count:
    """How many were found and helped in a case on a day: of people, children, documents, vehicles or other."""

    day: str
    of: str
    found: int
    helped: int


def count(
    office: Office,
    actor: policy.Actor,
    grounds: str,
    id: str,
    *,
    of: str,
    found: int,
    helped: int,
) -> list[Count]:
    """Count people in the case of these grounds; its counts of today. The same id counts once.

    Raises BadInput with the field, NotFound for grounds that are not the person's own, Conflict, LedgerUnavailable.
    """
    require_counts(of, found, helped)

    def work(connection: Connection) -> list[Count]:
        now = office.now()
        stand = footing(office, connection, actor, grounds, now)
        if not stand.on_case:
            raise NotFound
        case, day = str(stand.row.case_id), now.date().isoformat()
        mine = (COUNTS.c.person == actor.person) & (COUNTS.c.id == id)
        if connection.execute(select(COUNTS.c.id).where(mine)).first() is None:
            said = Statement(
                what=COUNTED,
                who=actor.person,
                when=now,
                case=case,
                purpose=stand.row.purpose,
                grounds=grounds,
                detail={"of": of, "found": str(found), "helped": str(helped)},
            )
            office.log.append(connection, said)
            row = {"person": actor.person, "id": id, "case_id": case, "day": day, "of": of}
            connection.execute(insert(COUNTS).values(row | {"found": found, "helped": helped}))
        return [one for one in _of_case(connection, case) if one.day == day]

    return office.write(work)


def counts_of(office: Office, actor: policy.Actor, case: str) -> list[Count]:
    """The counts of a case, by day. Raises NotFound for a case that the person does not see."""

    def work(connection: Connection) -> list[Count]:
        load_case(office, connection, actor, case)
        return _of_case(connection, case)

    return office.read(work)


def total(counts: Sequence[Count]) -> tuple[int, int]:
    """How many were found and helped in all of these."""
    return sum(one.found for one in counts), sum(one.helped for one in counts)


def _of_case(connection: Connection, case: str) -> list[Count]:
    sums = (func.sum(COUNTS.c.found), func.sum(COUNTS.c.helped))
    query = select(COUNTS.c.day, COUNTS.c.of, *sums).where(COUNTS.c.case_id == case)
    grouped = query.group_by(COUNTS.c.day, COUNTS.c.of).order_by(COUNTS.c.day, COUNTS.c.of)
    return [Count(day, of, int(found), int(helped)) for day, of, found, helped in connection.execute(grouped)]
