"""An office with a drone, a boat or a team in the field: what the tests of sensors stand on."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, func, select

from liaison.formats.tracks import opening
from liaison.ledger.statements import Statement
from liaison.model.roles import Role
from liaison.office import Office
from liaison.officers import notices
from liaison.sensors.contacts import Contact, name
from liaison.sensors.register import Entry, Feed, register
from liaison.sensors.rules import ContactRole, FeedKind
from liaison.sensors.taking import Intake, Taken
from liaison.storage.tables.ledger import ENTRIES
from tests.node_fixtures import FixedClock, an_office
from tests.screening.node import actor, enter

CHIEF, DESK = actor("chief", Role.SUPERVISOR), actor("desk", Role.DESK_OFFICER)
RESCUER, OTHER = actor("rescuer"), actor("other")
AUDITOR = actor("auditor", Role.AUDITOR)
UP = {"latitude": 42.4381, "longitude": 19.9012}


@dataclass
class Field:
    """One office, its clock, and what is in the field."""

    office: Office
    clock: FixedClock
    intake: Intake = field(init=False)

    def __post_init__(self) -> None:
        self.intake = Intake(self.office)

    @property
    def now(self) -> datetime:
        """The time."""
        return self.office.now()

    def feed(self, kind: FeedKind = FeedKind.DRONE, name: str = "Drone 4", **changes: Any) -> Feed:
        """A feed that is registered for a week."""
        said = {"unit": "Mountain post", "authority": "MoI 7/26", "assessment": "DPIA 9"}
        until = changes.pop("until", self.now + timedelta(days=7))
        return register(self.office, DESK, Entry(name=name, kind=kind, until=until, **(said | changes)))

    def contact(self) -> Contact:
        """Somebody who is told first."""
        return name(self.office, CHIEF, RESCUER.person, ContactRole.RESCUE, "radio channel 3")

    def sends(self, feed: Feed, *bodies: bytes) -> Taken:
        """Let a feed send messages in one hand-over."""
        found = [each for body in bodies for each in opening.read(body, self.now)]
        return self.intake.take(self.intake.by_secret(feed.secret), found)

    def event(self, uid: str = "drone-4", type_: str = "a-f-A-M-H-Q", detail: str = "", **said: Any) -> bytes:
        """An event of Cursor on Target, that is stale in a minute."""
        at = said.pop("at", self.now)
        stale = said.pop("stale", at + timedelta(minutes=1))
        place = {"lat": UP["latitude"], "lon": UP["longitude"]} | said
        return (
            f'<event version="2.0" uid="{uid}" type="{type_}" how="m-g" time="{utc(at)}" start="{utc(at)}" '
            f'stale="{utc(stale)}"><point lat="{place["lat"]}" lon="{place["lon"]}" hae="0" ce="5" le="5"/>'
            f"<detail>{detail}</detail></event>"
        ).encode()

    def people(self, count: int = 7, id: str = "sighting-1", **changes: Any) -> bytes:
        """A sighting of people, as our own JSON."""
        said = {"type": "people", "id": id, "count": count, "need": ["medical"], **UP, "time": utc(self.now)}
        return json.dumps(said | changes).encode()

    def said(self) -> list[Statement]:
        """Everything that the ledger states, in order."""

        def work(connection: Connection) -> list[Statement]:
            size = connection.execute(select(func.count()).select_from(ENTRIES)).scalar_one()
            return [self.office.log.statement(connection, index) for index in range(size)]

        return self.office.read(work)

    def verbs(self) -> list[str]:
        """What was done, in order."""
        return [statement.what for statement in self.said()]

    def waiting(self, who: Any) -> list[str]:
        """The kinds of notices that somebody has not read."""
        return [each.kind for each in notices.waiting(self.office, who)]

    def rows(self, table: Any) -> int:
        """How many rows a table has."""
        query = select(func.count()).select_from(table)
        return self.office.read(lambda connection: int(connection.execute(query).scalar_one()))


def utc(at: datetime) -> str:
    """A time as messages say it."""
    return at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


@contextmanager
def a_field(folder: Path, kind: str = "sqlite") -> Iterator[Field]:
    """An office whose people can sign in, on either database."""
    clock = FixedClock()
    with an_office(folder, kind, clock) as office:
        enter(office, CHIEF, DESK, RESCUER, OTHER, AUDITOR)
        yield Field(office, clock)
