"""The authoriser of sightings: cameras and feeds are loaded here, by whoever sees their case (threat A23)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, Table, select

from liaison import policy
from liaison.model.errors import NotFound
from liaison.office import Office
from liaison.screening.access import load_case
from liaison.storage.tables.sightings import CAMERAS, FEEDS


def load_camera(office: Office, connection: Connection, actor: policy.Actor, camera: str) -> Row[Any]:
    """A camera of a case that the person sees. Raises NotFound."""
    return _load(office, connection, actor, CAMERAS, camera)


def load_feed(office: Office, connection: Connection, actor: policy.Actor, feed: str) -> Row[Any]:
    """A feed of a case that the person sees. Raises NotFound."""
    return _load(office, connection, actor, FEEDS, feed)


def _load(office: Office, connection: Connection, actor: policy.Actor, table: Table, wanted: str) -> Row[Any]:
    row = connection.execute(select(table).where(table.c.id == wanted)).first()
    if row is None:
        raise NotFound
    load_case(office, connection, actor, row.case_id)
    return row
