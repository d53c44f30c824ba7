"""Records that their list no longer has: reported, and withdrawn where the list is said to be complete."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

from sqlalchemy import Connection, Select, select, update

from liaison.holdings import live, safeguarding, shelves
from liaison.holdings.order import Imported, ImportOrder
from liaison.ledger.statements import Statement
from liaison.model.holding import State
from liaison.office import Office
from liaison.policy import Actor
from liaison.storage.tables.holdings import HOLDINGS

PAGE = 10_000
WHAT = "withdraw"


def absent(
    office: Office,
    actor: Actor,
    order: ImportOrder,
    result: Imported,
    seen: set[bytes],
    key: bytes,
    left_out: bool,
) -> None:
    """Count into `result` the live records that the file did not have, and withdraw them where that is sure.

    seen: digests of the ids that the file had, under `key`. left_out: whether rows could not be read, so that a
    record may be missing for that alone.
    """
    ids = [id for page in _live(office, order.list_name) for id, ref in page if ref not in seen]
    result.missing = len(ids)
    if not order.complete:
        return
    if left_out:
        result.notes.append("nothing was withdrawn, since rows were left out: correct them and import again")
        return
    safeguarding.withdraw_absent(office, order.list_name, seen, key)
    for start in range(0, len(ids), shelves.AT_ONCE):
        result.withdrawn += _withdraw(office, actor, order.list_name, ids[start : start + shelves.AT_ONCE])


def _live(office: Office, list_name: str) -> Iterator[list[tuple[str, bytes]]]:
    table, last = HOLDINGS, ""
    while True:
        chosen = (table.c.list == list_name) & (table.c.state == State.LIVE.value) & (table.c.id > last)
        page = select(table.c.id, table.c.ref).where(chosen).order_by(table.c.id).limit(PAGE)
        rows = office.read(partial(_rows, page))
        if not rows:
            return
        yield rows
        last = rows[-1][0]


def _withdraw(office: Office, actor: Actor, list_name: str, ids: Sequence[str]) -> int:
    now = office.now()
    told = Statement(what=WHAT, who=actor.person, when=now, objects=tuple(ids), detail={"list": list_name})

    def work(connection: Connection) -> int:
        change = shelves.next_change(connection)
        chosen = HOLDINGS.c.id.in_(ids) & (HOLDINGS.c.state == State.LIVE.value)
        values = {"state": State.WITHDRAWN.value, "changed": now, "change": change}
        done = connection.execute(update(HOLDINGS).where(chosen).values(**values))
        office.log.append(connection, told)
        return done.rowcount

    count = office.write(work)
    live.taken_out(office, ids)
    return count


def _rows(question: Select[Any], connection: Connection) -> list[tuple[str, bytes]]:
    return [(row.id, row.ref) for row in connection.execute(question)]
