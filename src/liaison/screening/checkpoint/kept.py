"""Which scans were taken, so that one that is sent again is not checked again; nothing that was scanned is kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from liaison.ledger.statements import Statement
from liaison.model.categories import OfficerId
from liaison.office import Office
from liaison.storage.prepared import Prepared
from liaison.storage.tables.checkpoint import COPIES, SCANS

FORGOTTEN = "checkpoint-forgotten"
ITSELF = OfficerId("node")  # who does what no person asked for
OF_ID = Prepared(
    select(SCANS)
    .where(SCANS.c.person == bindparam("of_person"), SCANS.c.id == bindparam("of_id"))
    .order_by(SCANS.c.part)
)
NEW = Prepared(insert(SCANS))
SETTLE = Prepared(
    update(SCANS)
    .where(
        SCANS.c.person == bindparam("of_person"),
        SCANS.c.id == bindparam("of_id"),
        SCANS.c.part == bindparam("of_part"),
    )
    .values(verdict=bindparam("now_verdict"), entry=bindparam("now_entry"))
)


def known(connection: Connection, person: str, scan: str) -> Sequence[Any]:
    """The rows of a scan that this person sent before, in the order of its parts."""
    return OF_ID.all(connection, {"of_person": person, "of_id": scan})


def keep(connection: Connection, row: dict[str, Any]) -> None:
    """Keep that a scan was taken. Raises IntegrityError for one that is there already."""
    NEW.change(connection, [row])


def settle(connection: Connection, person: str, scan: str, part: int, verdict: str, entry: int) -> None:
    """Say what a scan came to whose check was kept before the rules had spoken."""
    wanted = {"of_person": person, "of_id": scan, "of_part": part}
    SETTLE.change(connection, [wanted | {"now_verdict": verdict, "now_entry": entry}])


def forget(office: Office, window: timedelta) -> int:
    """Erase scans and copies that are older than the window; how many. That it was done is an entry of the ledger."""
    until = office.now() - window
    past = [(SCANS, SCANS.c.at <= until), (COPIES, COPIES.c.expires <= until)]
    if not office.read(lambda connection: sum(_many(connection, *each) for each in past)):
        return 0

    def work(connection: Connection) -> int:
        scans, copies = (_many(connection, *each) for each in past)
        detail = {"scans": str(scans), "copies": str(copies)}
        office.log.append(connection, Statement(what=FORGOTTEN, who=ITSELF, when=office.now(), detail=detail))
        for table, condition in past:
            connection.execute(delete(table).where(condition))
        return scans + copies

    return office.write(work)


def row_of(
    person: str,
    scan: str,
    part: int,
    *,
    at: datetime,
    place: str,
    kind: str,
    verdict: str,
    quiet: bool,
    check: str,
    entry: int,
    copy: str = "",
    made: datetime | None = None,
    said: str = "",
) -> dict[str, Any]:
    """The row of a scan: `made` and `said` are of one that was made without the node."""
    return {
        "person": person,
        "id": scan,
        "part": part,
        "at": at,
        "place": place,
        "kind": kind,
        "verdict": verdict,
        "quiet": quiet,
        "check_id": check,
        "entry": entry,
        "copy_id": copy,
        "made": made,
        "said": said,
    }


def _many(connection: Connection, table: Any, condition: Any) -> int:
    return int(connection.execute(select(func.count()).select_from(table).where(condition)).scalar_one())
