"""The clock of a request that was received is stopped and let run on by hand; the asking side is told either time."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, select

from liaison import policy
from liaison.assistance import timing
from liaison.assistance.access import load_received
from liaison.assistance.messages import Access
from liaison.assistance.rules import State, require_running
from liaison.assistance.triage import tell
from liaison.assistance.ways import Means
from liaison.model.errors import BadInput, Conflict, NotFound
from liaison.office import Office
from liaison.storage.tables.assistance import PAUSES


def pause(
    office: Office,
    means: Means,
    actor: policy.Actor,
    request: str,
    reason: str,
    source: str,
    access: Access | None = None,
) -> str:
    """Let the clock stand still for a lawful reason of the instrument; the pause's id. `source` refers to the step
    that was taken, as the number of an application to a court. Raises NotFound, BadInput, Conflict, NotLawful.
    """
    if not source.strip():
        raise BadInput("a pause names its source", field="source", hint="refer to the step that was taken")

    def work(connection: Connection) -> str:
        row = _may(office, connection, actor, request)
        require_running(State(row.state))
        made = timing.begin(office, connection, row, actor.person, reason, source.strip()[:200], access)
        tell(office, connection, means, timing.keep(office, connection, row))
        return made

    return office.write(work)


def resume(office: Office, means: Means, actor: policy.Actor, request: str, pause_id: str) -> None:
    """Let the clock run on. Raises NotFound, Conflict where it does already, NotLawful."""

    def work(connection: Connection) -> None:
        row = _may(office, connection, actor, request)
        mine = (PAUSES.c.id == pause_id) & (PAUSES.c.request_id == row.id)
        found = connection.execute(select(PAUSES).where(mine)).first()
        if found is None:
            raise NotFound
        if found.ended is not None:
            raise Conflict("the clock runs already", hint="look at the request again")
        timing.end(office, connection, row, actor.person, pause_id)
        tell(office, connection, means, timing.keep(office, connection, row))

    office.write(work)


def _may(office: Office, connection: Connection, actor: policy.Actor, request: str) -> Any:
    """A request that was received and that this person answers. Raises NotFound, NotLawful."""
    row = load_received(office, connection, actor, request)
    office.decide(policy.Action.ANSWER_PARTNER, timing.facts(office, connection, actor, row))
    return row
