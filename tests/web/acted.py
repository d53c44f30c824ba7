"""What a unit has of deconfliction, for the sweep: a planned action, and a warning that a partner's overlaps."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Connection, insert, select

from liaison.crosscheck.planned import actions, telling
from liaison.crosscheck.planned.actions import ActionState, Plan, Warned
from liaison.model.identifiers import Plate
from liaison.model.subjects import Vehicle
from liaison.partners import directory
from liaison.ports import Compartment
from liaison.storage.sealing import seal
from liaison.storage.tables.deconfliction import ACTIONS
from tests.web_fixtures import Desk, Officer

PARTNER, ACTION = "other.example", "action-" + "h" * 26


def actions_of(desk: Desk, planner: Officer, owned: dict[str, str]) -> dict[str, str]:
    """Ids of what there is of each kind."""
    office, now = desk.office, desk.office.now()
    key_id, key = office.keys.create(Compartment.CROSSCHECK)[0]
    starts, ends = now + timedelta(days=2), now + timedelta(days=3)
    plan = Plan(grounds=owned["grounds"], thing=Vehicle(plate=Plate("AA 123 BC")), starts=starts, ends=ends)
    content = actions.Content(thing=plan.thing, note="", seed="0" * 64)
    row = {"id": ACTION, "state": ActionState.PLANNED.value, "person": planner.person, "revision": 1}
    row |= {"case_id": owned["case"], "grounds_id": plan.grounds, "made": now, "key": key_id}
    row |= {
        "starts": starts,
        "ends": ends,
        "sealed": seal(key, actions.encode(content), actions.about(ACTION)),
    }

    def work(connection: Connection) -> None:
        connection.execute(insert(ACTIONS).values(**row))
        held = connection.execute(select(ACTIONS)).one()
        assert telling.warn(office, connection, held, directory.partner(connection, PARTNER))

    office.write(work)
    warnings: list[Warned] = actions.warnings_of(office, desk.actor(planner))
    return {"action": ACTION, "warning": warnings[0].id}
