"""The owner of an entry is told where a camera met it: by a person, once they confirmed the alert, as an outcome.

What goes is when, where and by which camera, how the mark was read, and the digest of the picture; the picture stays
here, and its owner asks for it by that. Policy and ledger are those of every outcome (`supply.outcomes`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, Row, select

from liaison import policy
from liaison.holdings.access import Footing
from liaison.model.errors import Conflict, NotFound
from liaison.model.handling import Handling, HandlingCode
from liaison.office import Office
from liaison.partners import directory
from liaison.screening.access import load_alert, works_on
from liaison.screening.confirming import own_grounds
from liaison.screening.grounds import BOOK
from liaison.sightings.viewing import Sighting, sighting_of
from liaison.storage.tables.sightings import CAMERAS
from liaison.storage.tables.supply import OUTCOMES
from liaison.supply import access, outcomes
from liaison.supply.letters import Result
from liaison.supply.outcomes import Led
from liaison.transport.means import Means

OPEN = Handling(codes=(HandlingCode.H0,))


@dataclass(frozen=True, slots=True)
class Owner:
    """The partner of whose entry an alert is, and when it was told where the vehicle was met; None where it was not."""

    name: str
    told: datetime | None


def owner_of(office: Office, actor: policy.Actor, alert: str) -> Owner | None:
    """Whose entry an alert is of; None for this agency's own. Raises NotFound."""

    def work(connection: Connection) -> Owner | None:
        row = load_alert(office, connection, actor, alert)
        item = access.of_record(connection, row.holding_id)
        if item is None:
            return None
        told = connection.execute(select(OUTCOMES.c.at).where(OUTCOMES.c.id == _outcome(alert))).scalar()
        return Owner(_name(connection, item.originator), told)

    return office.read(work)


def tell_owner(office: Office, means: Means, actor: policy.Actor, alert: str) -> str:
    """Tell the owner of the entry where a camera met it; the id of what was told.

    Raises NotFound; Conflict for an alert of no camera or of no partner's entry, and where it is not confirmed or was
    told before; NotLawful, LinkClosed.
    """
    sighting = sighting_of(office, actor, alert)
    if sighting is None:
        raise Conflict("this alert is of no camera", hint="tell what came of it on the page of the item")
    grounds, camera = office.read(lambda connection: _stand(office, connection, actor, sighting))
    if grounds is None:
        raise Conflict(
            "you have no grounds in this case", hint="give grounds in the case, then tell the owner"
        )
    given = BOOK.read(office, grounds)
    footing = Footing(grounds.id, given.grounds, given.authority)
    led = Led(result=Result.FOUND, words=words_of(sighting, camera), on=sighting.at.date(), handling=OPEN)

    def work(connection: Connection) -> str:
        row = load_alert(office, connection, actor, alert)
        item = access.of_record(connection, row.holding_id)
        if item is None:
            raise Conflict("this entry is no partner's: nobody else is told")
        if row.state != policy.AlertState.CONFIRMED.value:
            raise Conflict("this alert is not confirmed", hint="compare both sides and confirm it first")
        if connection.execute(select(OUTCOMES.c.id).where(OUTCOMES.c.id == _outcome(alert))).first():
            raise Conflict("the owner was told of this alert before")
        mine = works_on(connection, actor.person, row.case_id)
        return outcomes.told(
            office, means, connection, actor, item, footing, led, on_case=mine, id=_outcome(alert)
        )

    return office.write(work)


def words_of(sighting: Sighting, camera: Row[Any]) -> str:
    """What the owner is told of a sighting at a camera."""
    when = f"{sighting.at:%Y-%m-%d %H:%M:%S} UTC"
    said = [f"Met by a camera and confirmed by a person: {when}, {sighting.place}"]
    said.append(f"{camera.latitude:.5f}, {camera.longitude:.5f} (WGS 84)")
    if seen := sighting.seen:
        said.append(f"read as {seen.raw}" + (f", direction {seen.direction}" if seen.direction else ""))
        if seen.picture:
            said.append(f"picture kept here, SHA-256 {sha256(seen.picture).hexdigest()}")
    return "; ".join(said) + "."


def _stand(
    office: Office, connection: Connection, actor: policy.Actor, sighting: Sighting
) -> tuple[Row[Any] | None, Row[Any]]:
    """The person's own grounds in the case, None for none; and the camera."""
    alert = load_alert(office, connection, actor, sighting.alert)
    camera = connection.execute(select(CAMERAS).where(CAMERAS.c.id == sighting.camera)).one()
    return own_grounds(connection, actor, alert), camera


def _name(connection: Connection, origin: str) -> str:
    try:
        return directory.partner(connection, origin).name
    except NotFound:
        return origin


def _outcome(alert: str) -> str:
    """The id of what is told of an alert: one, so that it is told once."""
    return f"outcome-{alert.partition('-')[2]}"
