"""Sightings as whoever sees their case looks at them, and how often a camera was wrong.

Every showing of what stands sealed is an entry of the ledger, in the transaction that reads it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, Select, func, select

from liaison import policy
from liaison.ledger.statements import Statement
from liaison.office import Office
from liaison.screening.access import load_alert, load_case, seen_cases
from liaison.screening.keeping import NAMED
from liaison.screening.seals import seals
from liaison.sightings.access import load_camera
from liaison.sightings.content import Seen, about, seen_of
from liaison.sightings.rules import OLDEST, Likeness
from liaison.sightings.tallies import COUNTED, tallies
from liaison.storage.tables.screening import ALERTS
from liaison.storage.tables.sightings import CAMERAS, SIGHTINGS, TALLIES

READ = "sighting-read"
SIGHTING = (
    select(SIGHTINGS, CAMERAS.c.name, ALERTS.c.state, ALERTS.c.key)
    .join(CAMERAS, CAMERAS.c.id == SIGHTINGS.c.camera_id)
    .join(ALERTS, ALERTS.c.id == SIGHTINGS.c.alert_id)
)
DECIDED = (policy.AlertState.CONFIRMED.value, policy.AlertState.REJECTED.value)


@dataclass(frozen=True, slots=True)
class Sighting:
    """A wanted vehicle at a camera. `at` is by the camera's clock, `received` by this node's; `reads` many reads stand
    behind it, the last of them at `last`. `seen` is what the camera sent; None where it was erased."""

    alert: str
    camera: str
    place: str
    case: str
    holding: str
    state: policy.AlertState
    likeness: Likeness
    at: datetime
    received: datetime
    last: datetime
    reads: int
    seen: Seen | None

    @property
    def late(self) -> timedelta:
        """How long after the camera's time it came in."""
        return self.received - self.at


@dataclass(frozen=True, slots=True)
class Glimpse:
    """That a camera met a wanted vehicle, without the vehicle: nothing sealed is opened for it."""

    alert: str
    camera: str
    place: str
    state: policy.AlertState
    likeness: Likeness
    at: datetime
    received: datetime
    reads: int


@dataclass(frozen=True, slots=True)
class Counted:
    """How many reads came, met an entry, were repeated or refused; of these for a time that cannot be, or too many."""

    reads: int = 0
    met: int = 0
    repeated: int = 0
    refused: int = 0
    clock: int = 0
    flood: int = 0


@dataclass(frozen=True, slots=True)
class Figures:
    """What a camera did today and ever; of its alerts, how many were decided, and how many of these rejected."""

    today: Counted = Counted()
    ever: Counted = Counted()
    decided: int = 0
    rejected: int = 0

    @property
    def misread(self) -> float | None:
        """The share of decided alerts that were rejected; None where none was decided."""
        return self.rejected / self.decided if self.decided else None


def sighting_of(office: Office, actor: policy.Actor, alert: str) -> Sighting | None:
    """What a camera saw, by its alert; None where the alert is of no camera. Raises NotFound."""

    def work(connection: Connection) -> Sequence[Row[Any]]:
        load_alert(office, connection, actor, alert)
        return _logged(office, connection, actor, SIGHTING.where(SIGHTINGS.c.alert_id == alert))

    found = _opened(office, office.write(work))
    return found[0] if found else None


def sightings_of_camera(
    office: Office, actor: policy.Actor, camera: str, *, limit: int = 50, offset: int = 0
) -> list[Sighting]:
    """What a camera met, newest first. Raises NotFound."""

    def work(connection: Connection) -> Sequence[Row[Any]]:
        load_camera(office, connection, actor, camera)
        query = _newest(SIGHTING.where(SIGHTINGS.c.camera_id == camera), limit, offset)
        return _logged(office, connection, actor, query)

    return _opened(office, office.write(work))


def sightings_of_case(
    office: Office, actor: policy.Actor, case: str, *, limit: int = 50, offset: int = 0
) -> list[Sighting]:
    """What the cameras of a case met, newest first. Raises NotFound."""

    def work(connection: Connection) -> Sequence[Row[Any]]:
        load_case(office, connection, actor, case)
        query = _newest(SIGHTING.where(SIGHTINGS.c.case_id == case), limit, offset)
        return _logged(office, connection, actor, query)

    return _opened(office, office.write(work))


def latest(office: Office, actor: policy.Actor, *, limit: int = 10) -> list[Glimpse]:
    """What the cameras of the person's cases met in the last day, by when it came in, the newest first."""
    since = office.now() - OLDEST

    def work(connection: Connection) -> Sequence[Row[Any]]:
        mine = SIGHTINGS.c.case_id.in_(seen_cases(office, connection, actor))
        newest = SIGHTING.where(mine, SIGHTINGS.c.at >= since).order_by(
            SIGHTINGS.c.received.desc(), SIGHTINGS.c.alert_id
        )
        return connection.execute(newest.limit(limit)).all()

    return [
        Glimpse(
            row.alert_id,
            row.camera_id,
            row.name,
            policy.AlertState(row.state),
            Likeness(row.likeness),
            row.at,
            row.received,
            row.reads,
        )
        for row in office.read(work)
    ]


def figures(office: Office, actor: policy.Actor) -> dict[str, Figures]:
    """What each camera of the person's cases did, by its id; none for a camera that did nothing."""
    today = office.now().date().isoformat()

    def work(connection: Connection) -> tuple[dict[str, Counted], dict[str, Counted], dict[str, list[int]]]:
        mine = CAMERAS.c.case_id.in_(seen_cases(office, connection, actor))
        sums = [func.sum(TALLIES.c[name]) for name in COUNTED]
        query = select(TALLIES.c.camera_id, *sums).join(CAMERAS).where(mine).group_by(TALLIES.c.camera_id)
        ever, now = (
            {row[0]: Counted(*map(int, row[1:])) for row in connection.execute(each)}
            for each in (query, query.where(TALLIES.c.day == today))
        )
        judged: dict[str, list[int]] = {}
        count = select(SIGHTINGS.c.camera_id, ALERTS.c.state, func.count()).join(
            ALERTS, ALERTS.c.id == SIGHTINGS.c.alert_id
        )
        decided = count.join(CAMERAS, CAMERAS.c.id == SIGHTINGS.c.camera_id).where(
            mine, ALERTS.c.state.in_(DECIDED)
        )
        for camera, state, many in connection.execute(
            decided.group_by(SIGHTINGS.c.camera_id, ALERTS.c.state)
        ):
            held = judged.setdefault(camera, [0, 0])
            held[0] += many
            held[1] += many if state == policy.AlertState.REJECTED.value else 0
        return ever, now, judged

    ever, now, judged = office.read(work)
    return {
        camera: Figures(now.get(camera, Counted()), ever.get(camera, Counted()), *judged.get(camera, (0, 0)))
        for camera in ever.keys() | judged.keys()
    }


def days_of(office: Office, actor: policy.Actor, camera: str) -> list[tuple[str, Counted]]:
    """What a camera did on each day, the last first. Raises NotFound."""

    def work(connection: Connection) -> list[Row[Any]]:
        load_camera(office, connection, actor, camera)
        return tallies(connection, [camera])

    rows = office.read(work)
    return [(row.day, Counted(**{name: row._mapping[name] for name in COUNTED})) for row in rows]


def _newest(query: Select[Any], limit: int, offset: int) -> Select[Any]:
    ordered = query.order_by(SIGHTINGS.c.at.desc(), SIGHTINGS.c.alert_id)
    return ordered.limit(limit).offset(offset)


def _logged(
    office: Office, connection: Connection, actor: policy.Actor, query: Select[Any]
) -> Sequence[Row[Any]]:
    """The rows of sightings, and who was shown them in the ledger."""
    rows = connection.execute(query).all()
    for start in range(0, len(rows), NAMED):
        some = rows[start : start + NAMED]
        said = Statement(
            what=READ,
            who=actor.person,
            when=office.now(),
            case=some[0].case_id,
            objects=tuple(row.alert_id for row in some),
            outcome=str(len(some)),
        )
        office.log.append(connection, said)
    return rows


def _opened(office: Office, rows: Sequence[Row[Any]]) -> list[Sighting]:
    contents = seals(office).open_each([(row.key, row.sealed, about(row.alert_id)) for row in rows])
    return [
        Sighting(
            alert=row.alert_id,
            camera=row.camera_id,
            place=row.name,
            case=row.case_id,
            holding=row.holding_id,
            state=policy.AlertState(row.state),
            likeness=Likeness(row.likeness),
            at=row.at,
            received=row.received,
            last=row.last,
            reads=row.reads,
            seen=None if content is None else seen_of(content),
        )
        for row, content in zip(rows, contents, strict=True)
    ]
