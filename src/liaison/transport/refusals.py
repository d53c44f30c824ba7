"""Letters that counted for nothing: not kept, so that nobody fills a node up with them, and yet not lost from sight.

They are counted by partner and by the word of their receipt. The first, and then the second, fourth, eighth and so on
is an entry of the ledger, which therefore grows by a few entries however many come. A partner whose letters are
refused again and again is told of to the supervisors, once (threats A02, A04, A05).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, insert, select, update

from liaison import policy
from liaison.ledger.statements import Statement
from liaison.model.roles import Role
from liaison.office import Office
from liaison.officers import notices
from liaison.partners.access import load_partner
from liaison.partners.directory import Partner
from liaison.storage.tables.transport import REFUSALS
from liaison.transport.outbox import NODE

WHAT, TOLD = "refusals-counted", "partner-refused-often"
GAP = "gap"  # asked for again: disorder, which is nobody's fault
TELL_AT = 16  # refusals, gaps left out, at which the supervisors are told


@dataclass(frozen=True, slots=True)
class Refusals:
    """How many letters of a partner were refused for one reason, and when the first and the last one came."""

    code: str
    count: int
    first: datetime
    last: datetime
    entry: int


def note(office: Office, connection: Connection, partner: Partner, refused: Mapping[str, int]) -> None:
    """Count letters that were refused, by reason, in the transaction of their receipts. Raises LedgerUnavailable."""
    if not refused:
        return
    before = _in_all(connection, partner)
    for code, count in sorted(refused.items()):
        _count(office, connection, partner, code, count)
    if before < TELL_AT <= before + sum(refused.values()) - refused.get(GAP, 0):
        notices.add(connection, Role.SUPERVISOR, TOLD, partner.id, office.now())


def refusals(office: Office, actor: policy.Actor, origin: str) -> list[Refusals]:
    """What was refused of a partner, by reason, the most frequent first. Raises NotFound."""

    def work(connection: Connection) -> list[Refusals]:
        partner = load_partner(connection, actor, origin)
        mine = select(REFUSALS).where(REFUSALS.c.partner == partner.id)
        rows = connection.execute(mine.order_by(REFUSALS.c.times.desc(), REFUSALS.c.code))
        return [Refusals(row.code, row.times, row.first, row.last, row.entry) for row in rows]

    return office.read(work)


def counted(codes: list[str]) -> Counter[str]:
    """How often each reason is among them."""
    return Counter(code for code in codes if code)


def _in_all(connection: Connection, partner: Partner) -> int:
    mine = (REFUSALS.c.partner == partner.id) & (REFUSALS.c.code != GAP)
    return int(
        connection.execute(select(func.coalesce(func.sum(REFUSALS.c.times), 0)).where(mine)).scalar_one()
    )


def _count(office: Office, connection: Connection, partner: Partner, code: str, more: int) -> None:
    now, here = office.now(), (REFUSALS.c.partner == partner.id) & (REFUSALS.c.code == code)
    row = connection.execute(select(REFUSALS).where(here)).first()
    before = row.times if row else 0
    count, values = before + more, dict[str, object]()
    if count.bit_length() > before.bit_length():  # it passed a power of two
        values["entry"] = _record(office, connection, partner, code, count, now)
    values |= {"times": count, "last": now}
    if row is None:
        connection.execute(insert(REFUSALS).values(partner=partner.id, code=code, first=now, **values))
    else:
        connection.execute(update(REFUSALS).where(here).values(**values))


def _record(
    office: Office, connection: Connection, partner: Partner, code: str, count: int, now: datetime
) -> int:
    told = Statement(
        what=WHAT, who=NODE, when=now, objects=(partner.id,), outcome=code, detail={"count": str(count)}
    )
    return office.log.append(connection, told).index
