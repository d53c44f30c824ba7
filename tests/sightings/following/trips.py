"""A desk with cameras along a road that one vehicle drove, and how it is followed: what tests of following stand on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from liaison import policy
from liaison.model.roles import Role
from liaison.officers import approvals
from liaison.screening import confirming
from liaison.sightings.following import service, viewing
from liaison.sightings.following.finding import Choice
from liaison.sightings.following.service import Wanted
from liaison.sightings.following.viewing import Following
from liaison.sightings.register import Place
from tests.node_fixtures import START
from tests.screening.node import ANA, Desk, a_desk, actor, enter
from tests.sightings.road import Road, wanted

MARK, OTHER = "AA107OB", "BB222CC"  # wanted, and on no list
CARL = actor("carl", Role.APPROVER, Role.SUPERVISOR)
CODES = ("A1", "A2", "A3")
FAR = "F1"
REASON = "Every sign of the plate agrees with the entry."
WHY = "The driver says that he was here in the summer too."


def place(kilometres: float, name: str = "") -> Place:
    """So many kilometres up the road."""
    return Place(name or f"A1 kilometre {kilometres:g}", 41.5 + kilometres / 111.195, 19.7, 10, "AL")


@contextmanager
def a_road(folder: Path, kind: str = "sqlite", **camera: object) -> Iterator[tuple[Desk, Road]]:
    """Three cameras ten kilometres apart and one a hundred away; a wanted vehicle; a second person."""
    with a_desk(folder, kind) as desk:
        enter(desk.office, CARL)
        road = Road(desk)
        wanted(desk)
        for number, code in enumerate(CODES):
            road.camera(code, place(10 * number), **camera)
        road.camera(FAR, place(100, "Coast road"), **camera)
        yield desk, road


def drives(road: Road, *marks: str, cameras: tuple[str, ...] = CODES, minutes: float = 8) -> list[str]:
    """Let vehicles pass these cameras, one after the other; the alerts."""
    alerts: list[str] = []
    for number, code in enumerate(cameras):
        if number:
            road.desk.clock.forward(minutes=minutes)
        alerts += road.sees(*marks, camera=code).met
    return alerts


def asked(desk: Desk, mark: str = MARK, *, hours: float = 2, choice: Choice = service.ALL) -> Wanted:
    """A mark that is followed so many hours back."""
    now = desk.office.now()
    return Wanted(mark, desk.grounds, now - timedelta(hours=hours), now, choice)


def followed(desk: Desk, wanted: Wanted, by: policy.Actor = ANA) -> Following:
    """What was found of a vehicle."""
    return viewing.following_of(desk.office, by, service.follow(desk.office, desk.live, by, wanted))


def codes(following: Following) -> list[str]:
    """The cameras of a journey, in order; empty for one that is not shown."""
    return [stop.camera.code if stop.camera else "" for stop in following.stops]


def confirm(desk: Desk, *alerts: str) -> None:
    """A person compared the pictures, and confirms."""
    for alert in alerts:
        confirming.confirm(desk.office, ANA, alert, REASON)


def approve(desk: Desk, approval: str, yes: bool = True) -> None:
    """The second person decides."""
    approvals.decide(desk.office, CARL, approval, yes, "Seen, and in order")


def at(minutes: float) -> datetime:
    """So many minutes after the desk opened."""
    return START + timedelta(minutes=minutes)
