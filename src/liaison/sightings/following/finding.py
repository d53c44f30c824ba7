"""What the cameras left of one vehicle: its sightings and passages in order of time, and who passed near it."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from msgspec.structs import replace
from sqlalchemy import Connection, Row, select

from liaison import policy
from liaison.model.errors import BadInput, NotFound
from liaison.office import Office
from liaison.screening.access import seen_cases
from liaison.screening.records import Live
from liaison.sightings import passages
from liaison.sightings.following import company_rules
from liaison.sightings.following.company_rules import Traffic
from liaison.sightings.following.content import Beside, Company, Found, Stop
from liaison.sightings.following.rules import nearest
from liaison.sightings.rules import HOUR, OLDEST, read_as
from liaison.storage.tables.screening import ALERTS
from liaison.storage.tables.sightings import CAMERAS, SIGHTINGS

MOST_CAMERAS = 2_000  # followed at once
MOST_STOPS = 5_000
MICROSECOND = timedelta(microseconds=1)
STAY = timedelta(minutes=5)  # within which passages at one camera are one stop
ENOUGH = 100_000  # passages of others after which no further hour is read


@dataclass(frozen=True, slots=True)
class Choice:
    """Which cameras are asked: these, by their ids; or those within so many kilometres of one; or all that the person
    sees."""

    cameras: tuple[str, ...] = ()
    around: str = ""
    kilometres: float = 0.0


def chosen(
    office: Office,
    connection: Connection,
    actor: policy.Actor,
    choice: Choice,
    stretch: tuple[datetime, datetime],
) -> list[Row[Any]]:
    """The cameras of the person's cases that are asked: of those that read in a stretch of time.

    Raises NotFound for a camera that is not theirs, BadInput where none is left, or too many are.
    """
    since, until = stretch
    seen = CAMERAS.c.case_id.in_(seen_cases(office, connection, actor))
    mine = connection.execute(select(CAMERAS).where(seen).order_by(CAMERAS.c.name, CAMERAS.c.id))
    held = {row.id: row for row in mine}
    if not {*choice.cameras, *filter(None, (choice.around,))} <= held.keys():
        raise NotFound
    wanted = list(choice.cameras) or list(held)
    if choice.around:
        middle = held[choice.around]
        places = [(one, held[one].latitude, held[one].longitude) for one in wanted]
        wanted = nearest((middle.latitude, middle.longitude), choice.kilometres, places)
    read = [held[one] for one in dict.fromkeys(wanted) if _read(held[one], since, until)]
    if not read:
        hint = "take a longer time, more cameras, or have somebody let you into the case of the cameras"
        raise BadInput("no camera of your cases read at that time and place", field="around", hint=hint)
    if len(read) > MOST_CAMERAS:
        hint = f"at most {MOST_CAMERAS:,} are asked at once"
        raise BadInput(f"{len(read):,} cameras", field="around", hint=hint)
    return read


def found(
    office: Office,
    connection: Connection,
    live: Live,
    mark: str,
    cameras: Sequence[Row[Any]],
    stretch: tuple[datetime, datetime],
) -> Found:
    """Where a mark was seen by these cameras from one time to another, and who stayed with it."""
    since, until = stretch[0], stretch[1] + MICROSECOND
    by_number = {row.number: row for row in cameras}
    entries = [seen.holding for _, seen in live.of_marks([mark]) if read_as(seen.plate) == mark]
    met = _sightings(connection, {row.id for row in cameras}, since, until, of=entries)
    rows = passages.passed(office, connection, mark, since, until, list(by_number))
    stops = [Stop(camera=row.camera_id, at=row.at, last=row.last, alert=row.alert_id) for row in met]
    stops += _stays([(by_number[row.camera].id, row.at) for row in rows])
    stops.sort(key=lambda stop: (stop.at, stop.camera))
    if len(stops) > MOST_STOPS:
        raise BadInput("this finds too much", field="since", hint="take a shorter time or fewer cameras")
    rejected = {row.alert_id for row in met if row.state == policy.AlertState.REJECTED.value}
    sure = [stop for stop in stops if stop.alert not in rejected]
    return Found(
        stops=tuple(stops),
        company=_company(office, connection, mark, frozenset(entries), sure, cameras),
        asked=tuple(by_number),
    )


def _stays(passed: Sequence[tuple[str, datetime]]) -> list[Stop]:
    """Passages at cameras as stops: those at one camera that follow each other closely are one."""
    stops: list[Stop] = []
    latest: dict[str, int] = {}
    for camera, at in passed:
        place = latest.get(camera)
        if place is not None and at - stops[place].last <= STAY:
            stops[place] = replace(stops[place], last=at, reads=stops[place].reads + 1)
        else:
            latest[camera] = len(stops)
            stops.append(Stop(camera=camera, at=at, last=at))
    return stops


def _company(
    office: Office,
    connection: Connection,
    mark: str,
    entries: frozenset[str],
    stops: Sequence[Stop],
    cameras: Sequence[Row[Any]],
) -> Company:
    """Who stayed with the vehicle, as far as the pseudonyms of the last day and the sightings of others tell."""
    number = {row.id: row.number for row in cameras}
    target = company_rules.comparable([(number[stop.camera], stop.at.timestamp()) for stop in stops])
    passed = sorted({camera for camera, _ in target})
    if len(passed) < company_rules.LEAST:
        return Company()
    name = {row.number: row.id for row in cameras if row.number in passed}
    rows: list[tuple[Hashable, int, float]] = []
    alerts: dict[tuple[Hashable, int, float], str] = {}
    for hour in _hours([at for _, at in target], office.now()):
        if len(rows) > ENOUGH:
            break
        own = set(passages.pseudonyms(office, connection, mark, hour, hour + HOUR))
        others = passages.traffic(office, connection, passed, hour, hour + HOUR)
        rows += [one for one in others if one[0] not in own]
        for row in _sightings(connection, name.values(), hour, hour + HOUR, without=entries):
            if row.state != policy.AlertState.REJECTED.value:
                alerts[row.holding_id, number[row.camera_id], row.at.timestamp()] = row.alert_id
    listed = frozenset(holding for holding, _, _ in alerts)
    who, camera, at = zip(*rows, *alerts, strict=True) if rows or alerts else ((), (), ())
    told = company_rules.company(target, Traffic(who, camera, at, listed))
    return Company(
        beside=tuple(_beside(one, name, alerts) for one in told.companions),
        compared=told.compared,
        trips=told.trips,
        tells=told.tells,
        most=told.most,
        expected=told.expected,
        queue=told.queue,
    )


def _beside(
    one: company_rules.Companion, name: dict[int, str], alerts: dict[tuple[Hashable, int, float], str]
) -> Beside:
    return Beside(
        cameras=tuple(name[camera] for camera, _, _ in one.passed),
        at=tuple(datetime.fromtimestamp(at, UTC) for _, _, at in one.passed),
        seconds=tuple(round(later) for _, later, _ in one.passed),
        expected=one.expected,
        chance=one.chance,
        alerts=tuple(alerts[one.who, camera, at] for camera, _, at in one.passed) if one.who else (),
    )


def _hours(passed: Sequence[float], now: datetime) -> list[datetime]:
    """The hours of the clock to be read: those of the vehicle first, then those of the last day, the nearest first."""
    own = sorted(
        {datetime.fromtimestamp(at, UTC).replace(minute=0, second=0, microsecond=0) for at in passed}
    )
    last = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    day = {last - n * HOUR for n in range(round(OLDEST / HOUR) + 1)} - set(own)
    near = sorted(day, key=lambda hour: min(abs(hour - each) for each in own))
    return [*own, *near]


def _sightings(
    connection: Connection,
    cameras: Collection[str],
    since: datetime,
    until: datetime,
    of: Collection[str] | None = None,
    without: Collection[str] = (),
) -> list[Row[Any]]:
    """What these cameras met between two times: of these records, or of all but some."""
    there = SIGHTINGS.c.camera_id.in_(cameras) & (SIGHTINGS.c.at >= since) & (SIGHTINGS.c.at < until)
    there &= SIGHTINGS.c.holding_id.in_(of) if of is not None else SIGHTINGS.c.holding_id.not_in(without)
    columns = (SIGHTINGS.c[name] for name in ("alert_id", "holding_id", "camera_id", "at", "last"))
    query = select(*columns, ALERTS.c.state).join(ALERTS, ALERTS.c.id == SIGHTINGS.c.alert_id).where(there)
    return list(connection.execute(query.order_by(SIGHTINGS.c.at, SIGHTINGS.c.alert_id)))


def _read(row: Row[Any], since: datetime, until: datetime) -> bool:
    """Whether the entry of a camera stood at some time of a stretch."""
    ends = min(row.until, row.ended) if row.ended else row.until
    return bool(row.starts <= until and ends > since)
