"""Where wanted vehicles were seen by cameras: the alert, the camera and the times, without what stands sealed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from liaison import policy
from liaison.office import Office
from liaison.screening.access import seen_cases
from liaison.storage.tables.sightings import CAMERAS, SIGHTINGS


@dataclass(frozen=True, slots=True)
class Sighting:
    """A wanted vehicle at a camera, by the alert that it made. `at` is by the camera's clock, and `last` the last read
    that this one stands for."""

    alert: str
    case: str
    camera: str
    latitude: float
    longitude: float
    at: datetime
    last: datetime
    reads: int


def sightings_of(office: Office, actor: policy.Actor, most: int) -> list[Sighting]:
    """The newest sightings of the cases that the person sees, at most so many."""
    places = (CAMERAS.c.name, CAMERAS.c.latitude, CAMERAS.c.longitude)

    def work(connection: Connection) -> Sequence[Row[Any]]:
        seen = SIGHTINGS.c.case_id.in_(seen_cases(office, connection, actor))
        query = select(SIGHTINGS, *places).join(CAMERAS, CAMERAS.c.id == SIGHTINGS.c.camera_id).where(seen)
        return connection.execute(query.order_by(SIGHTINGS.c.at.desc()).limit(most)).all()

    return [
        Sighting(
            row.alert_id, row.case_id, row.name, row.latitude, row.longitude, row.at, row.last, row.reads
        )
        for row in office.read(work)
    ]
