"""Notices: what a person or everybody of a role has to know, told once and kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, insert, not_, or_, select

from liaison import policy
from liaison.model.categories import OfficerId
from liaison.model.roles import Role
from liaison.office import Office, new_id
from liaison.officers.access import load_notice, visible_notices
from liaison.officers.states import ApprovalState
from liaison.storage.tables.officers import APPROVALS, NOTICE_READS, NOTICES

MOST = 200  # shown at once


@dataclass(frozen=True, slots=True)
class Notice:
    """One notice. `kind` is a verb of the ledger, `object` the id of what it is about; it holds no content."""

    id: str
    kind: str
    object: str
    at: datetime


def add(connection: Connection, to: OfficerId | Role, kind: str, object: str, at: datetime) -> str:
    """Tell a person, or everybody who holds a role; the notice's id. In the transaction of what it tells of."""
    notice = new_id("notice")
    person, role = (None, to.value) if isinstance(to, Role) else (to, None)
    row = insert(NOTICES).values(id=notice, person=person, role=role, kind=kind, object=object, at=at)
    connection.execute(row)
    return notice


def waiting(office: Office, actor: policy.Actor) -> list[Notice]:
    """The notices this person has not read, the newest first; a request that was decided or is over waits no more."""
    mine = select(NOTICE_READS.c.notice).where(NOTICE_READS.c.person == actor.person)
    over = select(APPROVALS.c.id).where(
        or_(APPROVALS.c.state != ApprovalState.ASKED.value, APPROVALS.c.expires <= office.now())
    )
    decided = and_(NOTICES.c.kind == "approval-asked", NOTICES.c.object.in_(over))
    unread = and_(visible_notices(actor), not_(NOTICES.c.id.in_(mine)), not_(decided))
    query = select(NOTICES).where(unread).order_by(NOTICES.c.at.desc(), NOTICES.c.id).limit(MOST)
    rows = office.read(lambda connection: list(connection.execute(query)))
    return [Notice(row.id, row.kind, row.object, row.at) for row in rows]


def read(office: Office, actor: policy.Actor, notice: str) -> Notice:
    """Mark a notice as read by this person; others of the role still see it. Raises NotFound."""

    def work(connection: Connection) -> Notice:
        row = load_notice(connection, actor, notice)
        seen = and_(NOTICE_READS.c.notice == notice, NOTICE_READS.c.person == actor.person)
        if connection.execute(select(NOTICE_READS.c.notice).where(seen)).first() is None:
            connection.execute(
                insert(NOTICE_READS).values(notice=notice, person=actor.person, at=office.now())
            )
        return Notice(row.id, row.kind, row.object, row.at)

    return office.write(work)
