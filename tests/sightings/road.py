"""A desk with cameras along a road, and vehicles that are wanted on it: what the tests of sightings stand on."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

from liaison.formats.cameras import read
from liaison.model.identifiers import Plate, Vin
from liaison.model.subjects import Vehicle
from liaison.model.wanted import ActionCode, Sought, Wanted
from liaison.sightings.register import Camera, Entry, Place, make_feed, register
from liaison.sightings.taking import Gate, Taken
from tests.node_fixtures import START
from tests.screening.conftest import Row
from tests.screening.node import ANA, Desk

CAR: Row = ("V1", "-", "-", "1990-01-01")
OTHER: Row = ("V2", "-", "-", "1990-01-01")
NORTH = Place("A1 kilometre 12, northbound", 41.5, 19.7, 10, "AL")


def wanted(desk: Desk, plate: str = "AA107OB", row: Row = CAR, **changes: object) -> str:
    """Let the entry of a wanted vehicle come in; its record."""
    ends = (START + timedelta(days=30)).date()
    entry = Wanted(
        sought=Sought.WANTED,
        action=ActionCode.STOP,
        basis="order 1",
        office="Vehicle crime",
        contact="+355 4 555 0100",
    )
    said = {
        "subject": Vehicle(plate=Plate(plate), vin=Vin("WVWZZZ1JZXW000001")),
        "wanted": entry,
        "instruction": None,
        "retention_until": ends,
        "review_at": ends,
    }
    desk.arrive(row, **(said | changes))
    return desk.ids[row[0]]


class Road:
    """Cameras of one feed, and the gate that their reads come in by."""

    def __init__(self, desk: Desk) -> None:
        self.desk, self.gate = desk, Gate(desk.office, desk.live)
        self.feed = make_feed(desk.office, ANA, desk.case.id, "Roadside")

    def camera(self, code: str = "A1", place: Place = NORTH, **changes: object) -> Camera:
        """A camera that is registered for a week."""
        said = {"authority": "PROS 7/26", "assessment": "DPIA 3", "until": self.now + timedelta(days=7)}
        asked = Entry(feed=self.feed.id, code=code, place=place, **(said | changes))  # type: ignore[arg-type]
        return register(self.desk.office, ANA, self.desk.grounds, asked)

    @property
    def now(self) -> datetime:
        """The time at the desk."""
        return self.desk.office.now()

    def sees(self, *plates: str, **fields: object) -> Taken:
        """Send reads of these plates in one message."""
        return self.sends([{"plate": plate} | fields for plate in plates])

    def sends(self, reads: list[dict[str, object]]) -> Taken:
        """Send a message in our own JSON; what a read does not say is now, at camera A1."""
        usual = {"time": self.now.isoformat(), "camera": "A1"}
        body = json.dumps([usual | each for each in reads]).encode()
        return self.gate.take(self.feed.secret, read("application/json", body))
