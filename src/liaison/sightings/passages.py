"""Where marks on no list passed: a pseudonym, a time and a camera, for the hours that the register says, at most a day.

A pseudonym is made under the key of its hour. That key is destroyed a day after the hour ends, so that whatever was
copied before, on a disk or in a log of the database, says nothing any more (laws L18 and L29). Passages stand in no
backup.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, Connection, Row, delete, func, insert, select, text, type_coerce

from liaison.ledger.log import take_turn
from liaison.ledger.statements import Statement
from liaison.model.categories import OfficerId
from liaison.office import Office
from liaison.ports import Compartment, KeyId, Keys
from liaison.sightings.rules import HOUR, OLDEST, forgotten, hour_of, pseudonym
from liaison.storage.prepared import Prepared, copy_in
from liaison.storage.rings import EachRing
from liaison.storage.tables.base import EPOCH
from liaison.storage.tables.sightings import CAMERAS, HOURS, PASSAGES

FORGOTTEN = "passages-forgotten"
ITSELF = OfficerId("retention")
NEW = Prepared(insert(PASSAGES))
DIVIDING = 0x5041535341474501  # PostgreSQL's lock for making partitions
HOURS_KEPT = CAMERAS.c.unmatched_hours
DAY, MICROSECOND = timedelta(days=1), timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Passage:
    """That a mark passed a camera, named by its number, at a time."""

    mark: str
    at: datetime
    camera: int


class _Held:
    """Keys of hours and partitions of days that are known to be there."""

    def __init__(self, keys: Keys) -> None:
        self.keys: dict[int, bytes] = {}
        self.days: set[int] = set()


_HELD = EachRing(_Held)


def prepared(office: Office, times: Iterable[datetime]) -> dict[int, bytes]:
    """The keys of these times' hours, made where there are none; and in PostgreSQL, partitions for them."""
    hours, held = {hour_of(at) for at in times}, _HELD.of(office.keys)
    if missing := [hour for hour in hours if hour not in held.keys]:
        ids = office.write(lambda connection: _ids(office, connection, missing))
        held.keys |= dict(zip(missing, office.keys.fetch(ids), strict=True))
    days = {hour // 24 for hour in hours}
    if days - held.days:
        office.write(lambda connection: _divide(connection, days - held.days))
        held.days |= days
    return {hour: held.keys[hour] for hour in hours}


def keep(connection: Connection, keys: dict[int, bytes], passages: Sequence[Passage]) -> None:
    """Keep that these marks passed, in the transaction that takes their reads. `keys` are from `prepared`."""
    named = ((pseudonym(keys[hour_of(one.at)], one.mark), one) for one in passages)
    if connection.dialect.name == "postgresql":
        rows = ((mark, (one.at - EPOCH) // MICROSECOND, one.camera) for mark, one in named)
        copy_in(connection, "passages", {"mark": "bytea", "at": "int8", "camera": "int4"}, rows)
    elif passages:
        NEW.change(connection, [{"mark": mark, "at": one.at, "camera": one.camera} for mark, one in named])


def passed(
    office: Office,
    connection: Connection,
    mark: str,
    since: datetime,
    until: datetime,
    cameras: Sequence[int] | None = None,
) -> list[Row[Any]]:
    """Where a mark passed between two times, oldest first: at and camera number; at these cameras alone, where any are
    named. What is past its hours is not found, whether or not it is erased yet."""
    names = pseudonyms(office, connection, mark, since, until)
    chosen = PASSAGES.c.mark.in_(names) & (PASSAGES.c.at >= since) & (PASSAGES.c.at < until)
    if cameras is not None:
        chosen &= PASSAGES.c.camera.in_(cameras)
    query = (
        select(PASSAGES.c.at, PASSAGES.c.camera, HOURS_KEPT)
        .join(CAMERAS, CAMERAS.c.number == PASSAGES.c.camera)
        .where(chosen)
        .order_by(PASSAGES.c.at)
    )
    rows: list[Row[Any]] = list(connection.execute(query))
    now = office.now()
    return [row for row in rows if row.at > now - row.unmatched_hours * HOUR]


def pseudonyms(
    office: Office, connection: Connection, mark: str, since: datetime, until: datetime
) -> list[bytes]:
    """What a mark is called in the hours between two times whose keys are kept."""
    now = office.now()
    first = max(hour_of(since), hour_of(now - OLDEST))
    held = connection.execute(select(HOURS).where(HOURS.c.hour.between(first, hour_of(until)))).all()
    alive = [row for row in held if not forgotten(row.hour, now)]
    return [pseudonym(key, mark) for key in office.keys.fetch([KeyId(row.key) for row in alive])]


def traffic(
    office: Office, connection: Connection, cameras: Sequence[int], since: datetime, until: datetime
) -> list[tuple[bytes, int, float]]:
    """Every passage at these cameras between two times that is not past its hours: pseudonym, camera number, seconds
    since 1970. There may be many, so times are plain numbers."""
    now = (office.now() - EPOCH) // MICROSECOND
    chosen = PASSAGES.c.camera.in_(cameras) & (PASSAGES.c.at >= since) & (PASSAGES.c.at < until)
    columns = PASSAGES.c.mark, PASSAGES.c.camera, type_coerce(PASSAGES.c.at, BigInteger), HOURS_KEPT
    query = select(*columns).join(CAMERAS, CAMERAS.c.number == PASSAGES.c.camera).where(chosen)
    hour = HOUR // MICROSECOND
    return [
        (bytes(mark), camera, at / 1_000_000)
        for mark, camera, at, hours in connection.execute(query).all()
        if at > now - hours * hour
    ]


def forget(office: Office) -> int:
    """Erase passages that are past their camera's hours, and the keys of hours that are a day old; how many passages.
    That it was done is an entry of the ledger."""
    now = office.now()
    limits = office.read(
        lambda connection: list(connection.execute(select(CAMERAS.c.unmatched_hours).distinct()).scalars())
    )

    def work(connection: Connection) -> tuple[int, list[KeyId]]:
        gone = _drop_days(connection, now)
        for hours in limits:
            mine = select(CAMERAS.c.number).where(CAMERAS.c.unmatched_hours == hours)
            late = PASSAGES.c.camera.in_(mine) & (PASSAGES.c.at <= now - hours * HOUR)
            gone += connection.execute(delete(PASSAGES).where(late)).rowcount
        last = hour_of(now - OLDEST) - 1
        ids = list(connection.execute(select(HOURS.c.key).where(HOURS.c.hour <= last)).scalars())
        if gone or ids:
            detail = {"passages": str(gone), "keys": str(len(ids))}
            office.log.append(connection, Statement(what=FORGOTTEN, who=ITSELF, when=now, detail=detail))
            connection.execute(delete(HOURS).where(HOURS.c.hour <= last))
        return gone, [KeyId(key) for key in ids]

    gone, ids = office.write(work)
    office.keys.destroy(ids)
    let_go(office)
    return gone


def let_go(office: Office) -> None:
    """Forget in this process the keys of hours that are a day old: whichever process erases them, none keeps one."""
    now, held = office.now(), _HELD.of(office.keys)
    held.keys = {hour: key for hour, key in held.keys.items() if not forgotten(hour, now)}
    held.days &= {hour_of(now) // 24 + ahead for ahead in (-1, 0, 1)}


def _ids(office: Office, connection: Connection, hours: Sequence[int]) -> list[KeyId]:
    take_turn(connection)  # one key for an hour, also where several processes need it at once
    known = {
        row.hour: KeyId(row.key) for row in connection.execute(select(HOURS).where(HOURS.c.hour.in_(hours)))
    }
    fresh = [hour for hour in hours if hour not in known]
    if fresh:
        made = office.keys.create(Compartment.SCREENING, len(fresh))
        known |= {hour: id for hour, (id, _) in zip(fresh, made, strict=True)}
        connection.execute(insert(HOURS), [{"hour": hour, "key": known[hour]} for hour in fresh])
    return [known[hour] for hour in hours]


def _divide(connection: Connection, days: Iterable[int]) -> None:
    """Make the partitions of these days, where the database has any. Each is made apart and then attached, which lets
    other processes write meanwhile."""
    if connection.dialect.name != "postgresql":
        return
    connection.execute(select(func.pg_advisory_xact_lock(DIVIDING)))
    for day in sorted(days):
        name, start, end = _partition(day), _micros(day), _micros(day + 1)
        if connection.execute(select(func.to_regclass(name))).scalar() is None:
            connection.execute(text(f"CREATE TABLE {name} (LIKE passages INCLUDING ALL)"))
            bounds = f"FOR VALUES FROM ({start}) TO ({end})"
            connection.execute(text(f"ALTER TABLE passages ATTACH PARTITION {name} {bounds}"))


def _drop_days(connection: Connection, now: datetime) -> int:
    """Drop the partitions that are a day old, whole; how many rows they had."""
    if connection.dialect.name != "postgresql":
        return 0
    last = hour_of(now - OLDEST) // 24 - 1
    query = text("SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'passages'::regclass")
    gone = 0
    for name in connection.execute(query).scalars():
        if name <= _partition(last):
            gone += connection.execute(text(f"SELECT count(*) FROM {name}")).scalar_one()
            connection.execute(text(f"DROP TABLE {name}"))
    return gone


def _partition(day: int) -> str:
    return f"passages_{(EPOCH + day * DAY).astimezone(UTC):%Y%m%d}"


def _micros(day: int) -> int:
    return day * 86_400 * 1_000_000


def many(connection: Connection) -> int:
    """How many passages are kept."""
    return int(connection.execute(select(func.count()).select_from(PASSAGES)).scalar_one())
