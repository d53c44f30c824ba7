"""Whether a camera may read here and now: its person, their grounds and its case are looked at again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, select, update

from liaison import policy
from liaison.ledger.log import take_turn
from liaison.ledger.statements import Statement
from liaison.model.categories import OfficerId
from liaison.model.errors import Conflict, Erased, NotFound
from liaison.office import Office
from liaison.officers import notices
from liaison.screening.colleagues import actor_of
from liaison.screening.lookups import context_for, footing, latest_grounds
from liaison.screening.permission import weigh, write_refusal
from liaison.storage.tables.sightings import CAMERAS

LAPSED = "camera-lapsed"


@dataclass(frozen=True, slots=True)
class Reading:
    """A camera whose entry stands, and the facts on which its reads are judged now."""

    row: Any
    grounds: str
    context: policy.Context

    @property
    def here(self) -> frozenset[str]:
        """The states whose marks pass it as a rule."""
        return frozenset({self.row.country}) if self.row.country else frozenset()


def lawful(office: Office, row: Any, now: datetime) -> Reading | None:
    """A camera with the facts of its person now; None where its entry is carried no more."""

    def work(connection: Connection) -> tuple[str, policy.Context]:
        actor = actor_of(connection, row.person, now)
        grounds = latest_grounds(connection, row.grounds_id)
        stand = footing(office, connection, actor, grounds, now)
        context = context_for(office, actor, stand, now, subject=policy.SubjectKind.VEHICLE, until=row.until)
        return grounds, msgspec.structs.replace(
            context, authority=row.authority, assessment=row.assessment, criteria=frozenset({"plate"})
        )

    try:
        grounds, context = office.read(work)
    except (NotFound, Conflict, Erased):
        return None
    decision = weigh(office, policy.Action.PLACE_CAMERA, context)
    if isinstance(decision, policy.Refuse):
        refusal, action = decision, policy.Action.PLACE_CAMERA
        office.write(lambda connection: write_refusal(office, connection, action, context, refusal))
        return None
    return Reading(row, grounds, context)


def lapse(office: Office, row: Any, now: datetime) -> None:
    """End the entry of a camera that the law carries no more, and tell its person."""

    def work(connection: Connection) -> None:
        take_turn(connection)  # two processes may find out at once
        still = (CAMERAS.c.id == row.id) & CAMERAS.c.ended.is_(None)
        if connection.execute(select(CAMERAS.c.id).where(still)).first() is None:
            return
        said = Statement(
            what=LAPSED, who=OfficerId(row.person), when=now, case=row.case_id, objects=(row.id,)
        )
        office.log.append(connection, said)
        connection.execute(update(CAMERAS).where(still).values(ended=now))
        notices.add(connection, OfficerId(row.person), LAPSED, row.id, now)

    office.write(work)
