"""The register of cameras: which may read where, until when, for what, on whose authority and on which assessment.

A camera is registered on grounds, for a case, by a person who works on it, and ends by a day; the reads of any other
are refused. A feed is a system that sends the reads of cameras; its secret is told once. Rule L29.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from msgspec.structs import replace
from sqlalchemy import Connection, Row, func, insert, select, update

from liaison import policy
from liaison.formats.feeds.values import legible
from liaison.formats.vehicles.forms import state_of
from liaison.ledger.statements import Statement
from liaison.model.errors import BadInput, Conflict, NotFound
from liaison.office import Office, new_id
from liaison.screening.access import load_case, seen_cases, works_on
from liaison.screening.case_rules import require_open
from liaison.screening.lookups import context_for, footing
from liaison.screening.permission import settle, weigh
from liaison.sightings.access import load_camera, load_feed
from liaison.sightings.rules import OLDEST
from liaison.storage.tables.sightings import CAMERAS, FEEDS

FEED_MADE, FEED_ENDED = "camera-feed-made", "camera-feed-ended"
REGISTERED, ENDED, RESUMED = "camera-registered", "camera-ended", "camera-resumed"
SECRET = 32  # bytes
LONGEST = 120  # characters of a name
MOST = 2_000  # cameras shown at once
QUIET, CLOCK = 300, 120  # seconds


@dataclass(frozen=True, slots=True)
class Feed:
    """A system that sends reads. `secret` is told when it is made, and never again."""

    id: str
    name: str
    case: str
    person: str
    made: datetime
    ended: datetime | None
    secret: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a camera stands and what it sees: degrees of WGS 84; `bearing` in degrees from north, None for both ways;
    `country` whose marks pass there as a rule, empty for any; `covert` where no sign tells of it."""

    name: str
    latitude: float
    longitude: float
    bearing: int | None = None
    country: str = ""
    covert: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of the register as it is asked for. `code` is the camera's name in its feed; hours and seconds are None
    for what the law and the program say."""

    feed: str
    code: str
    place: Place
    authority: str
    assessment: str
    until: datetime
    starts: datetime | None = None
    unmatched_hours: int | None = None
    quiet_seconds: int = QUIET
    clock_seconds: int = CLOCK
    offset_minutes: int = 0


@dataclass(frozen=True, slots=True)
class Camera:
    """A camera as it is registered. `standing` where its reads are taken now."""

    id: str
    feed: str
    code: str
    place: Place
    authority: str
    assessment: str
    case: str
    person: str
    grounds: str
    registered: datetime
    starts: datetime
    until: datetime
    ended: datetime | None
    unmatched_hours: int
    quiet_seconds: int
    clock_seconds: int
    offset_minutes: int
    standing: bool


def make_feed(office: Office, actor: policy.Actor, case: str, name: str) -> Feed:
    """Let a system send reads of cameras of this case; its secret is told with it. Raises NotFound, BadInput,
    Conflict for a closed case."""
    name, now, feed = _name(name), office.now(), new_id("feed")
    secret = secrets.token_urlsafe(SECRET)
    row = {"id": feed, "name": name, "person": actor.person, "case_id": case, "made": now, "ended": None}

    def work(connection: Connection) -> None:
        _require_work(office, connection, actor, case)
        office.log.append(connection, _statement(FEED_MADE, actor, now, case, feed))
        connection.execute(insert(FEEDS).values(row | {"secret": digest_of(secret)}))

    office.write(work)
    return Feed(feed, name, case, actor.person, now, None, secret)


def end_feed(office: Office, actor: policy.Actor, feed: str) -> None:
    """Let a system send nothing any more; its secret is worth nothing. Raises NotFound, Conflict where it is so."""
    now = office.now()

    def work(connection: Connection) -> None:
        row = load_feed(office, connection, actor, feed)
        _require_work(office, connection, actor, row.case_id)
        if row.ended is not None:
            raise Conflict("this feed was ended before")
        office.log.append(connection, _statement(FEED_ENDED, actor, now, row.case_id, feed))
        connection.execute(update(FEEDS).where(FEEDS.c.id == feed).values(ended=now))

    office.write(work)


def feeds_of(office: Office, actor: policy.Actor) -> list[Feed]:
    """The feeds of the cases that the person sees, the newest first."""

    def work(connection: Connection) -> Sequence[Row[Any]]:
        seen = FEEDS.c.case_id.in_(seen_cases(office, connection, actor))
        return connection.execute(select(FEEDS).where(seen).order_by(FEEDS.c.made.desc())).all()

    return [Feed(row.id, row.name, row.case_id, row.person, row.made, row.ended) for row in office.read(work)]


def digest_of(secret: str) -> bytes:
    """What is kept of a secret."""
    return sha256(secret.encode()).digest()


def register(office: Office, actor: policy.Actor, grounds: str, asked: Entry) -> Camera:
    """Enter a camera in the register, on grounds.

    Raises BadInput with the field; NotFound for a feed or grounds that are not of the person's case; Conflict for ended
    grounds, a closed case, and a code that stands in the feed already; NotLawful with every reason (L29).
    """
    now = office.now()
    _require(asked, now)
    stand = office.read(lambda connection: footing(office, connection, actor, grounds, now))
    context = context_for(office, actor, stand, now, subject=policy.SubjectKind.VEHICLE)
    context = _as_asked(context, asked.authority, asked.assessment, asked.until)
    settle(office, policy.Action.PLACE_CAMERA, context, weigh(office, policy.Action.PLACE_CAMERA, context))
    most = policy.limits(office.regimes).unmatched_hours
    camera, case = new_id("camera"), stand.row.case_id
    row = {
        "id": camera,
        "feed_id": asked.feed,
        "code": asked.code.strip(),
        "name": _name(asked.place.name),
        "latitude": asked.place.latitude,
        "longitude": asked.place.longitude,
        "bearing": asked.place.bearing,
        "country": state_of(asked.place.country) if asked.place.country else "",
        "covert": asked.place.covert,
        "authority": asked.authority.strip(),
        "assessment": asked.assessment.strip(),
        "person": actor.person,
        "case_id": case,
        "grounds_id": grounds,
        "registered": now,
        "starts": asked.starts or now,
        "until": asked.until,
        "ended": None,
        "unmatched_hours": most if asked.unmatched_hours is None else asked.unmatched_hours,
        "quiet_seconds": asked.quiet_seconds,
        "clock_seconds": asked.clock_seconds,
        "offset_minutes": asked.offset_minutes,
    }
    if row["unmatched_hours"] > most:
        hint = f"this law keeps the pseudonym of a mark on no list for {most} hours at most; 0 keeps none"
        raise BadInput(f"{row['unmatched_hours']} hours", field="unmatched_hours", hint=hint)

    def work(connection: Connection) -> Row[Any]:
        if load_feed(office, connection, actor, asked.feed).case_id != case:
            raise NotFound
        _require_free(connection, asked.feed, row["code"], now)
        number = connection.execute(select(func.coalesce(func.max(CAMERAS.c.number), 0))).scalar_one() + 1
        detail = {"until": asked.until.isoformat(), "unmatched-hours": str(row["unmatched_hours"])}
        office.log.append(connection, _statement(REGISTERED, actor, now, case, camera, detail))
        connection.execute(insert(CAMERAS).values(row | {"number": number}))
        return connection.execute(select(CAMERAS).where(CAMERAS.c.id == camera)).one()

    return shown_of(office.write(work), now)


def end(office: Office, actor: policy.Actor, camera: str) -> None:
    """End a camera before its time: its reads are refused. Raises NotFound, Conflict where it is over."""
    _change(office, actor, camera, what=ENDED, ended=office.now())


def resume(office: Office, actor: policy.Actor, camera: str) -> None:
    """Take the end of a camera back. Raises NotFound, Conflict where its time has passed or nobody ended it."""
    _change(office, actor, camera, what=RESUMED, ended=None)


def cameras_of(office: Office, actor: policy.Actor) -> list[Camera]:
    """The cameras of the cases that the person sees: those that stand first, then by name."""
    now = office.now()

    def work(connection: Connection) -> Sequence[Row[Any]]:
        seen = CAMERAS.c.case_id.in_(seen_cases(office, connection, actor))
        return connection.execute(select(CAMERAS).where(seen).order_by(CAMERAS.c.name).limit(MOST)).all()

    found = [shown_of(row, now) for row in office.read(work)]
    return sorted(found, key=lambda one: not one.standing)


def camera_of(office: Office, actor: policy.Actor, camera: str) -> Camera:
    """One camera. Raises NotFound."""
    row = office.read(lambda connection: load_camera(office, connection, actor, camera))
    return shown_of(row, office.now())


def shown_of(row: Row[Any], now: datetime) -> Camera:
    """A camera as it is shown."""
    place = Place(row.name, row.latitude, row.longitude, row.bearing, row.country, row.covert)
    return Camera(
        row.id,
        row.feed_id,
        row.code,
        place,
        row.authority,
        row.assessment,
        row.case_id,
        row.person,
        row.grounds_id,
        row.registered,
        row.starts,
        row.until,
        row.ended,
        row.unmatched_hours,
        row.quiet_seconds,
        row.clock_seconds,
        row.offset_minutes,
        standing(row, now),
    )


def standing(row: Any, now: datetime) -> bool:
    """Whether the entry of a camera stands now."""
    return bool(row.ended is None and row.starts <= now < row.until)


def _as_asked(context: policy.Context, authority: str, assessment: str, until: datetime) -> policy.Context:
    return replace(context, authority=authority.strip(), assessment=assessment.strip(), until=until)


def _change(office: Office, actor: policy.Actor, camera: str, *, what: str, ended: datetime | None) -> None:
    now = office.now()

    def work(connection: Connection) -> None:
        row = load_camera(office, connection, actor, camera)
        _require_work(office, connection, actor, row.case_id)
        if row.until <= now:
            raise Conflict("the entry of this camera is over", hint="register the camera anew")
        if (row.ended is None) is (ended is None):
            raise Conflict("this camera was ended" if ended else "this camera was not ended")
        if ended is None:
            _require_free(connection, row.feed_id, row.code, now)
        office.log.append(connection, _statement(what, actor, now, row.case_id, camera))
        connection.execute(update(CAMERAS).where(CAMERAS.c.id == camera).values(ended=ended))

    office.write(work)


def _require(asked: Entry, now: datetime) -> None:
    place = asked.place
    if not -90 <= place.latitude <= 90:
        raise BadInput(f"latitude {place.latitude}", field="latitude", hint="give degrees from -90 to 90")
    if not -180 <= place.longitude <= 180:
        raise BadInput(
            f"longitude {place.longitude}", field="longitude", hint="give degrees from -180 to 180"
        )
    if place.bearing is not None and not 0 <= place.bearing < 360:
        raise BadInput(f"bearing {place.bearing}", field="bearing", hint="give degrees from 0 to 359")
    if not asked.code.strip() or len(asked.code) > LONGEST:
        hint = "give the name under which the feed sends this camera's reads"
        raise BadInput(f"code {asked.code[:LONGEST]!r}", field="code", hint=hint)
    if not 10 <= asked.quiet_seconds <= 86_400:
        raise BadInput(f"{asked.quiet_seconds} seconds", field="quiet_seconds", hint="10 to 86400 seconds")
    if not 1 <= asked.clock_seconds <= 3_600:
        raise BadInput(f"{asked.clock_seconds} seconds", field="clock_seconds", hint="1 to 3600 seconds")
    if not -840 <= asked.offset_minutes <= 840:
        raise BadInput(f"{asked.offset_minutes} minutes", field="offset_minutes", hint="-840 to 840 minutes")
    if asked.unmatched_hours is not None and asked.unmatched_hours < 0:
        raise BadInput(f"{asked.unmatched_hours} hours", field="unmatched_hours", hint="0 or more hours")
    if asked.starts is not None and asked.starts.tzinfo is None:
        hint = "end it in Z, or in an offset as +02:00"
        raise BadInput("this time has no zone", field="starts", hint=hint)
    if asked.starts is not None and asked.starts < now - OLDEST:
        hint = "name a time of the last day, or none: reads of an earlier time are not taken"
        raise BadInput("it would begin too long ago", field="starts", hint=hint)
    if asked.until <= max(now, asked.starts or now):
        raise BadInput("the entry ends before it begins", field="until", hint="name a later day")


def _require_free(connection: Connection, feed: str, code: str, now: datetime) -> None:
    same = (CAMERAS.c.feed_id == feed) & (CAMERAS.c.code == code) & (CAMERAS.c.until > now)
    if connection.execute(select(CAMERAS.c.id).where(same, CAMERAS.c.ended.is_(None))).first() is not None:
        raise Conflict("an entry of this camera stands already", hint="end that one first")


def _require_work(office: Office, connection: Connection, actor: policy.Actor, case: str) -> None:
    """Raises NotFound for a case that the person does not see or work on, Conflict for a closed one."""
    require_open(load_case(office, connection, actor, case).state)
    if not works_on(connection, actor.person, case):
        raise NotFound


def _name(text: str) -> str:
    kept = " ".join(text.split())
    if not kept or len(kept) > LONGEST or not legible(kept):
        raise BadInput("this needs a name", field="name", hint=f"1 to {LONGEST} characters that can be read")
    return kept


def _statement(
    what: str,
    actor: policy.Actor,
    now: datetime,
    case: str,
    object: str,
    detail: dict[str, str] | None = None,
) -> Statement:
    return Statement(what=what, who=actor.person, when=now, case=case, objects=(object,), detail=detail or {})
