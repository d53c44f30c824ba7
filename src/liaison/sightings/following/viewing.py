"""What a following came to, as whoever sees its case looks at it.

The reads of a sighting that a person rejected since are no part of the journey any more: the ways between stops are
worked out when they are shown. Every showing is an entry of the ledger.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from msgspec.structs import replace
from sqlalchemy import Connection, Row, select

from liaison import policy
from liaison.ledger.statements import Statement
from liaison.model.errors import NotFound
from liaison.model.subjects import Vehicle
from liaison.office import Office
from liaison.screening.access import load_case, load_check, seen_cases
from liaison.screening.content import asked_of
from liaison.screening.keeping import NAMED, check_about
from liaison.screening.seals import seals
from liaison.sightings.content import Seen, seen_of
from liaison.sightings.content import about as sighting_about
from liaison.sightings.following.content import Company, Found, about, found_of
from liaison.sightings.following.rules import Leg, Spot, Verdict, legs
from liaison.sightings.register import Camera, shown_of
from liaison.sightings.rules import Likeness
from liaison.storage.tables.screening import ALERTS, CHECKS
from liaison.storage.tables.sightings import CAMERAS, FOLLOWINGS, SIGHTINGS

READ = "following-read"
AT_ONCE = 500  # ids in one question
LISTED = select(FOLLOWINGS, CHECKS.c.person, CHECKS.c.at).join(CHECKS, CHECKS.c.id == FOLLOWINGS.c.check_id)


@dataclass(frozen=True, slots=True)
class Met:
    """What a camera saw of a wanted vehicle, by its alert. `seen` is None where it was erased."""

    alert: str
    state: policy.AlertState
    likeness: Likeness
    received: datetime
    seen: Seen | None


@dataclass(frozen=True, slots=True)
class Stop:
    """The vehicle at a camera, from its first to its last read there. `met` of a sighting; None for a mark that was
    kept as a pseudonym, of which there is no picture and no reading. `camera` is None where it is of a case that the
    person does not see: then nothing is told but the time."""

    camera: Camera | None
    at: datetime
    last: datetime
    reads: int
    met: Met | None

    @property
    def counts(self) -> bool:
        """Whether it is part of the journey that is shown: its place is, and nobody said that it is another vehicle."""
        shown = self.met is None or self.met.state is not policy.AlertState.REJECTED
        return self.camera is not None and shown

    @property
    def spot(self) -> Spot:
        """As the rules take it, of a stop whose camera is shown."""
        assert self.camera is not None
        place, met = self.camera.place, self.met
        return Spot(
            self.at,
            self.last,
            place.latitude,
            place.longitude,
            timedelta(seconds=self.camera.clock_seconds),
            None if met is None else met.received - self.at,
            met is not None and met.state is policy.AlertState.CONFIRMED,
        )


@dataclass(frozen=True, slots=True)
class Following:
    """One vehicle that was followed. `stops` are in order of time; `legs` are the ways between those that count, each
    with the places of its stops. `mark` is empty and there are no stops where it was erased. `cameras` many were asked,
    `reading` many read it; `named` are those of stops and company that the person sees, by id. In `company` a camera or
    an alert that the person does not see is empty."""

    id: str
    case: str
    grounds: str
    person: str
    at: datetime
    since: datetime
    until: datetime
    cameras: int
    reading: int
    approval: str
    entry: int
    mark: str
    stops: tuple[Stop, ...]
    legs: tuple[tuple[int, int, Leg], ...]
    company: Company
    named: dict[str, Camera]

    @property
    def erased(self) -> bool:
        """Whether nothing is left of it but that it was."""
        return not self.mark

    @property
    def impossible(self) -> list[tuple[Stop, Stop, Leg]]:
        """The ways that no car drives."""
        return [
            (self.stops[one], self.stops[other], leg)
            for one, other, leg in self.legs
            if leg.verdict is not Verdict.POSSIBLE
        ]


@dataclass(frozen=True, slots=True)
class Listed:
    """A following in a list: counts and times alone."""

    id: str
    person: str
    at: datetime
    since: datetime
    until: datetime
    cameras: int
    stops: int


def following_of(office: Office, actor: policy.Actor, following: str) -> Following:
    """What was found of a vehicle. Raises NotFound."""
    check, row = office.read(lambda connection: _load(office, connection, actor, following))
    what, mark = _opened(office, check, row)

    def work(connection: Connection) -> tuple[list[Row[Any]], dict[str, Camera]]:
        _load(office, connection, actor, following)
        met = _sightings(office, connection, actor, what)
        said = Statement(
            what=READ,
            who=actor.person,
            when=office.now(),
            case=check.case_id,
            objects=(following, *(one.alert_id for one in met[:NAMED])),
            outcome=str(len(what.stops)),
        )
        office.log.append(connection, said)
        return met, _cameras(office, connection, actor, what)

    rows, named = office.write(work)
    stops = _stops(what, _met(office, rows), named)
    return Following(
        id=following,
        case=check.case_id,
        grounds=check.grounds_id,
        person=check.person,
        at=check.at,
        since=row.since,
        until=row.until,
        cameras=row.cameras,
        reading=len({stop.camera for stop in what.stops}),
        approval=row.approval_id,
        entry=check.entry,
        mark=mark,
        stops=stops,
        legs=_legs(stops),
        company=_company(what, named),
        named=named,
    )


def followings_of_case(
    office: Office, actor: policy.Actor, case: str, *, limit: int = 50, offset: int = 0
) -> list[Listed]:
    """The followings of a case, the newest first. Raises NotFound."""

    def work(connection: Connection) -> list[Row[Any]]:
        load_case(office, connection, actor, case)
        newest = LISTED.where(FOLLOWINGS.c.case_id == case).order_by(CHECKS.c.at.desc(), CHECKS.c.id)
        return list(connection.execute(newest.limit(limit).offset(offset)))

    return [_listed(row) for row in office.read(work)]


def own_followings(office: Office, actor: policy.Actor, *, limit: int = 10) -> list[Listed]:
    """The person's own followings in the cases that they see, the newest first."""

    def work(connection: Connection) -> list[Row[Any]]:
        seen = FOLLOWINGS.c.case_id.in_(seen_cases(office, connection, actor))
        mine = LISTED.where(CHECKS.c.person == actor.person, seen)
        return list(connection.execute(mine.order_by(CHECKS.c.at.desc(), CHECKS.c.id).limit(limit)))

    return [_listed(row) for row in office.read(work)]


def _listed(row: Row[Any]) -> Listed:
    return Listed(row.check_id, row.person, row.at, row.since, row.until, row.cameras, row.stops)


def _load(
    office: Office, connection: Connection, actor: policy.Actor, following: str
) -> tuple[Row[Any], Row[Any]]:
    check = load_check(office, connection, actor, following)
    row = connection.execute(select(FOLLOWINGS).where(FOLLOWINGS.c.check_id == following)).first()
    if row is None:
        raise NotFound
    return check, row


def _opened(office: Office, check: Row[Any], row: Row[Any]) -> tuple[Found, str]:
    """What was found, and the mark; nothing and none where they were erased."""
    rows = [(check.key, check.sealed, check_about(check.id)), (check.key, row.sealed, about(check.id))]
    question, content = seals(office).open_each(rows)
    if question is None or content is None:
        return Found(), ""
    subject = asked_of(question).subject
    return found_of(content), str(subject.plate or "") if isinstance(subject, Vehicle) else ""


def _sightings(office: Office, connection: Connection, actor: policy.Actor, what: Found) -> list[Row[Any]]:
    """The sightings of a journey that are of cases that the person sees."""
    alerts = [stop.alert for stop in what.stops if stop.alert]
    seen = SIGHTINGS.c.case_id.in_(seen_cases(office, connection, actor))
    columns = (SIGHTINGS, ALERTS.c.state, ALERTS.c.key)
    query = select(*columns).join(ALERTS, ALERTS.c.id == SIGHTINGS.c.alert_id).where(seen)
    found: list[Row[Any]] = []
    for start in range(0, len(alerts), AT_ONCE):
        some = SIGHTINGS.c.alert_id.in_(alerts[start : start + AT_ONCE])
        found += connection.execute(query.where(some)).all()
    return found


def _met(office: Office, rows: Sequence[Row[Any]]) -> dict[str, tuple[Row[Any], Met]]:
    opened = seals(office).open_each([(row.key, row.sealed, sighting_about(row.alert_id)) for row in rows])
    seen = {
        row.alert_id: seen_of(content)
        for row, content in zip(rows, opened, strict=True)
        if content is not None
    }
    return {
        row.alert_id: (
            row,
            Met(
                row.alert_id,
                policy.AlertState(row.state),
                Likeness(row.likeness),
                row.received,
                seen.get(row.alert_id),
            ),
        )
        for row in rows
    }


def _stops(what: Found, met: dict[str, tuple[Row[Any], Met]], named: dict[str, Camera]) -> tuple[Stop, ...]:
    stops = []
    for stop in what.stops:
        row, one = met.get(stop.alert, (None, None))
        camera = named.get(stop.camera) if row or not stop.alert else None
        if camera is None:
            stops.append(Stop(None, stop.at, stop.at, 1, None))
            continue
        last, reads = (row.last, row.reads) if row else (stop.last, stop.reads)
        stops.append(Stop(camera, stop.at, last, reads, one))
    return tuple(stops)


def _legs(stops: Sequence[Stop]) -> tuple[tuple[int, int, Leg], ...]:
    places = [place for place, stop in enumerate(stops) if stop.counts]
    ways = legs([stops[place].spot for place in places])
    return tuple((one, other, leg) for (one, other), leg in zip(pairwise(places), ways, strict=True))


def _company(what: Found, named: dict[str, Camera]) -> Company:
    """Who stayed with it, without the cameras that the person does not see, and what these met."""
    beside = [
        replace(
            one,
            cameras=tuple(camera if camera in named else "" for camera in one.cameras),
            alerts=tuple(
                alert if camera in named else ""
                for alert, camera in zip(one.alerts, one.cameras, strict=False)
            ),
        )
        for one in what.company.beside
    ]
    return replace(what.company, beside=tuple(beside))


def _cameras(office: Office, connection: Connection, actor: policy.Actor, what: Found) -> dict[str, Camera]:
    """The cameras of stops and company, of the cases that the person sees."""
    wanted = {stop.camera for stop in what.stops}
    wanted |= {camera for one in what.company.beside for camera in one.cameras}
    seen = CAMERAS.c.case_id.in_(seen_cases(office, connection, actor))
    rows = connection.execute(select(CAMERAS).where(CAMERAS.c.id.in_(wanted), seen))
    now = office.now()
    return {row.id: shown_of(row, now) for row in rows}
