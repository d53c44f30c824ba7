"""The authoriser of cross-checks that were asked here: what a person may not see is not found.

A session is seen by who made it and by whoever sees its case, and while it waits for a second person, by those who may
approve. What came of it is for those who work on the case, and who made it. Auditors see it to open it again.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, false, or_, select, update

from liaison import policy
from liaison.crosscheck.asker.states import SessionState
from liaison.model.errors import Conflict, NotFound
from liaison.model.roles import Capability, capabilities
from liaison.office import Office
from liaison.screening.access import seen_cases, works_on
from liaison.storage.tables.crosscheck import LEGS, SESSIONS


def load(office: Office, connection: Connection, actor: policy.Actor, session: str) -> Row[Any]:
    """A session that the person sees. Raises NotFound."""
    return _one(connection, session, visible(office, connection, actor))


def load_own(office: Office, connection: Connection, actor: policy.Actor, session: str) -> Row[Any]:
    """A session that the person made. Raises NotFound."""
    return _one(connection, session, SESSIONS.c.person == actor.person)


def load_result(office: Office, connection: Connection, actor: policy.Actor, session: str) -> Row[Any]:
    """A session whose overlaps the person may read: they made it, or work on its case. Raises NotFound."""
    row = load(office, connection, actor, session)
    if row.person != actor.person and not works_on(connection, actor.person, row.case_id):
        raise NotFound
    return row


def load_for_audit(office: Office, connection: Connection, actor: policy.Actor, session: str) -> Row[Any]:
    """A session that the person may open again: a supervisor those of their unit, an auditor every one. Raises
    NotFound."""
    held = capabilities(actor.roles, trained=actor.trained)
    if Capability.AUDIT_SAMPLE in held:
        return by_id(connection, session)
    if Capability.SUPERVISE not in held:
        raise NotFound
    return _one(connection, session, SESSIONS.c.case_id.in_(seen_cases(office, connection, actor)))


def by_id(connection: Connection, session: str) -> Row[Any]:
    """A session, for work that the node does by itself. Raises NotFound."""
    return _one(connection, session)


def leg_at(connection: Connection, session: str, partner: str) -> Row[Any]:
    """The last leg of a session that was loaded at a partner. Raises NotFound."""
    here = (LEGS.c.session == session) & (LEGS.c.partner == partner)
    row = connection.execute(select(LEGS).where(here).order_by(LEGS.c.round.desc()).limit(1)).first()
    if row is None:
        raise NotFound
    return row


def legs_of(connection: Connection, session: str) -> list[Row[Any]]:
    """The legs of a session that was loaded, by partner and round."""
    here = LEGS.c.session == session
    return list(connection.execute(select(LEGS).where(here).order_by(LEGS.c.partner, LEGS.c.round)))


def visible(office: Office, connection: Connection, actor: policy.Actor) -> ColumnElement[bool]:
    """The sessions that the person sees."""
    held = capabilities(actor.roles, trained=actor.trained)
    waits = SESSIONS.c.state == SessionState.WAITING.value if Capability.APPROVE in held else false()
    return or_(
        SESSIONS.c.person == actor.person,
        SESSIONS.c.case_id.in_(seen_cases(office, connection, actor)),
        waits,
    )


def move(connection: Connection, row: Row[Any], **values: Any) -> None:
    """Change a session, if it is still in the state that was read. Raises Conflict."""
    same = (SESSIONS.c.id == row.id) & (SESSIONS.c.state == row.state)
    if connection.execute(update(SESSIONS).where(same).values(**values)).rowcount != 1:
        raise Conflict("the cross-check was changed by someone else meanwhile")


def _one(connection: Connection, session: str, *chosen: ColumnElement[bool]) -> Row[Any]:
    row = connection.execute(select(SESSIONS).where(SESSIONS.c.id == session, *chosen)).first()
    if row is None:
        raise NotFound
    return row
