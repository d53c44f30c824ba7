"""The authoriser of records: who may load which. What a person may not see is absent to them.

An investigator sees the records that a case of theirs has met. Whoever answers for the records (desk officer,
supervisor, data-protection officer) sees every one, on grounds. Anyone else has to break the glass (threat A20).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, exists, false, func, or_, select, true

from liaison.model.categories import CaseId
from liaison.model.errors import Erased, NotFound
from liaison.model.grounds import Grounds
from liaison.model.holding import State
from liaison.model.roles import Capability, Role, capabilities
from liaison.policy import Actor
from liaison.storage.tables.holdings import HOLDINGS, LINKS
from liaison.storage.tables.officers import GLASSES
from liaison.storage.tables.screening import MEMBERS

ANSWERS_FOR_RECORDS = frozenset({Role.DESK_OFFICER, Role.SUPERVISOR, Role.DATA_PROTECTION_OFFICER})
OBJECT_KIND = "holding"  # of a broken glass
SEES = (Capability.READ_HOLDING, Capability.CORRECT, Capability.RESTRICT, Capability.ERASE)
WORKS = ("lead", "member")  # parts in a case


@dataclass(frozen=True, slots=True)
class Footing:
    """The grounds a person stands on: the id they are kept under, and what they say. authority: see policy.Context."""

    grounds_id: str
    grounds: Grounds
    authority: str = ""


def load(connection: Connection, actor: Actor, holding: str, now: dt.datetime) -> Row[Any]:
    """A record's row. Raises NotFound for one that does not exist or that this person may not see, and Erased."""
    row = connection.execute(select(HOLDINGS).where(HOLDINGS.c.id == holding, visible(actor, now))).first()
    if row is None:
        raise NotFound
    if row.state == State.ERASED.value:
        raise Erased("the record was erased")
    return row


def visible(actor: Actor, now: dt.datetime) -> ColumnElement[bool]:
    """The records that this person may see at all; on what grounds they may is the policy's word."""
    if not capabilities(actor.roles, trained=actor.trained) & set(SEES):
        return false()
    if actor.roles & ANSWERS_FOR_RECORDS:
        return true()
    linked = exists().where(
        LINKS.c.holding_id == HOLDINGS.c.id,
        LINKS.c.case_id == MEMBERS.c.case_id,
        MEMBERS.c.person == actor.person,
    )
    broken = exists().where(
        GLASSES.c.object == HOLDINGS.c.id,
        GLASSES.c.object_kind == OBJECT_KIND,
        GLASSES.c.person == actor.person,
        GLASSES.c.state == "open",
        GLASSES.c.until > now,
    )
    return or_(linked, broken)


def on_case(connection: Connection, actor: Actor, case: CaseId) -> bool:
    """Whether this person works on the case."""
    chosen = (MEMBERS.c.case_id == case) & (MEMBERS.c.person == actor.person) & MEMBERS.c.part.in_(WORKS)
    return connection.execute(select(MEMBERS.c.person).where(chosen)).first() is not None


def met_by(connection: Connection, actor: Actor, holding: str, case: CaseId) -> bool:
    """Whether the record may be read in this case: the case has met it, or the person answers for the records."""
    if actor.roles & ANSWERS_FOR_RECORDS:
        return True
    chosen = (LINKS.c.holding_id == holding) & (LINKS.c.case_id == case)
    return connection.execute(select(LINKS.c.case_id).where(chosen)).first() is not None


def glass_until(connection: Connection, actor: Actor, holding: str) -> dt.datetime | None:
    """Until when the glass before a record is broken by this person; None where it is not."""
    chosen = (
        (GLASSES.c.object == holding)
        & (GLASSES.c.object_kind == OBJECT_KIND)
        & (GLASSES.c.person == actor.person)
        & (GLASSES.c.state == "open")
    )
    return connection.execute(select(func.max(GLASSES.c.until).label("until")).where(chosen)).scalar()


def link(connection: Connection, case: CaseId, holding: str, by: str, now: dt.datetime) -> None:
    """Let the people of a case read a record that it has met; nothing where they may already."""
    chosen = (LINKS.c.case_id == case) & (LINKS.c.holding_id == holding)
    if connection.execute(select(LINKS.c.case_id).where(chosen)).first() is None:
        row = {"case_id": case, "holding_id": holding, "since": now, "by": by}
        connection.execute(LINKS.insert().values(**row))


def context(
    connection: Connection, actor: Actor, holding: str, footing: Footing | None, now: dt.datetime
) -> dict[str, Any]:
    """What a decision about one record must know of the person and the grounds, for policy.Context."""
    case = footing.grounds.case if footing else CaseId("")
    return {
        "actor": actor,
        "now": now,
        "grounds": footing.grounds if footing else None,
        "on_case": on_case(connection, actor, case) and met_by(connection, actor, holding, case),
        "glass_until": glass_until(connection, actor, holding),
        "authority": footing.authority if footing else "",
    }
