"""The authoriser of flights: a flight and its manifests are seen by whoever sees their case, a watch by whose it is.

Raises NotFound alike for what is absent and for what is another's (threat A23).
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, select

from liaison import policy
from liaison.model.errors import NotFound
from liaison.office import Office
from liaison.screening.access import load_case
from liaison.storage.tables.flights import FLIGHTS, MANIFESTS, PASSENGERS, WATCHES


def load_flight(office: Office, connection: Connection, actor: policy.Actor, flight: str) -> Row[Any]:
    """A flight of a case that the person sees. Raises NotFound."""
    row = connection.execute(select(FLIGHTS).where(FLIGHTS.c.id == flight)).first()
    if row is None:
        raise NotFound
    load_case(office, connection, actor, row.case_id)
    return row


def load_manifest(office: Office, connection: Connection, actor: policy.Actor, manifest: str) -> Row[Any]:
    """A manifest of a case that the person sees. Raises NotFound."""
    row = connection.execute(select(MANIFESTS).where(MANIFESTS.c.id == manifest)).first()
    if row is None:
        raise NotFound
    load_case(office, connection, actor, row.case_id)
    return row


def load_own_manifest(office: Office, connection: Connection, actor: policy.Actor, manifest: str) -> Row[Any]:
    """A manifest that the person took. Raises NotFound."""
    row = load_manifest(office, connection, actor, manifest)
    if row.person != actor.person:
        raise NotFound
    return row


def load_passenger(office: Office, connection: Connection, actor: policy.Actor, alert: str) -> Row[Any]:
    """The passenger of an alert, with the manifest, of a case that the person sees. Raises NotFound."""
    query = (
        select(PASSENGERS, MANIFESTS.c.case_id, MANIFESTS.c.flight_id, MANIFESTS.c.taken)
        .join(MANIFESTS, MANIFESTS.c.id == PASSENGERS.c.manifest_id)
        .where(PASSENGERS.c.alert_id == alert)
    )
    row = connection.execute(query).first()
    if row is None:
        raise NotFound
    load_case(office, connection, actor, row.case_id)
    return row


def load_watch(connection: Connection, actor: policy.Actor, watch: str) -> Row[Any]:
    """A watch of the person's own. Raises NotFound."""
    row = connection.execute(select(WATCHES).where(WATCHES.c.id == watch)).first()
    if row is None or row.person != actor.person:
        raise NotFound
    return row
