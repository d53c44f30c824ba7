"""A vehicle that was followed, as the pages and the API show it; and what they send to follow one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated
from zoneinfo import ZoneInfo

import msgspec

from liaison.model.errors import BadInput
from liaison.sightings.following import viewing
from liaison.sightings.following.content import Beside
from liaison.sightings.following.finding import Choice
from liaison.sightings.following.rules import Leg, Verdict
from liaison.sightings.following.service import Wanted
from liaison.sightings.following.viewing import Following, Stop
from liaison.web.alerts import STATES as ALERT_STATES
from liaison.web.cameras import LIKE, address_of, direction_of
from liaison.web.context import Visit
from liaison.web.forms import Form
from liaison.web.language import later
from liaison.web.planned import moment_of

Short = Annotated[str, msgspec.Meta(max_length=200)]
USUAL_KILOMETRES = 50
MOST_KILOMETRES = 20_000
VERDICTS = {
    Verdict.CLONE: (
        later("Possibly a copied plate"),
        later(
            "A person confirmed both reads, and no car drives so fast. Somebody may drive with a copy of this mark."
        ),
    ),
    Verdict.UNSURE: (
        later("A misread, or a copied plate"),
        later(
            "No car drives so fast, but nobody has confirmed both reads. Most often one is another mark, misread."
        ),
    ),
    Verdict.CLOCK: (
        later("A clock may be wrong"),
        later(
            "No car drives so fast, but one read came in so late that its time may be wrong. Nothing follows from it."
        ),
    ),
}
"""What is said of a way that no car drives."""


class FollowIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A vehicle to be followed, from `since` until `until` (now where it is null), by the cameras that are named, or
    those within `kilometres` of the camera `around`; by all cameras of the person's cases where none is."""

    grounds: Annotated[str, msgspec.Meta(max_length=80)]
    mark: Short
    since: dt.datetime
    until: dt.datetime | None = None
    cameras: Annotated[list[Annotated[str, msgspec.Meta(max_length=80)]], msgspec.Meta(max_length=2_000)] = []
    around: Annotated[str, msgspec.Meta(max_length=80)] = ""
    kilometres: Annotated[float, msgspec.Meta(ge=0, le=MOST_KILOMETRES)] = USUAL_KILOMETRES


class FollowMoreIn(FollowIn, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The same, further back or at more cameras than one officer may follow alone, and why."""

    reason: Annotated[str, msgspec.Meta(max_length=500)]


class StopOut(msgspec.Struct, frozen=True, kw_only=True):
    """The vehicle at a camera. `kind` is sighting, or passage for a mark that was kept as a pseudonym: of such there is
    no reading and no picture; or hidden for a camera of a case that you do not see: of such the time alone is told.
    `alert` leads to a sighting's; `counts` unless a person rejected it, or it is hidden."""

    kind: str
    camera: str
    place: str
    latitude: float | None
    longitude: float | None
    bearing: int | None
    at: dt.datetime
    last: dt.datetime
    reads: int
    counts: bool
    alert: str = ""
    state: str = ""
    likeness: str = ""
    raw: str = ""
    sure: float | None = None
    direction: str = ""


class LegOut(msgspec.Struct, frozen=True, kw_only=True):
    """From one stop to another, by their places in the list: kilometres the shortest way, seconds by the cameras'
    clocks, which may be wrong by `clocks`; the speed that this asks for in km/h, null where there is no time between;
    the speed that it takes at least, both clocks being as wrong as they may. `verdict` is possible, or clock, unsure or
    clone for what no car drives."""

    start: int
    end: int
    kilometres: float
    seconds: float
    clocks: float
    needed: float | None
    least: float | None
    verdict: str


class BesideOut(msgspec.Struct, frozen=True, kw_only=True):
    """A vehicle that stayed close: `alerts` of one on a list, none of another, of which nothing else is known; a camera
    and an alert of a case that you do not see are empty. So many are `expected` by chance to stay so close, and with
    the probability `chance` any does, all compared ones counted."""

    cameras: tuple[str, ...]
    at: tuple[dt.datetime, ...]
    seconds: tuple[int, ...]
    expected: float
    chance: float
    alerts: tuple[str, ...]


class CompanyOut(msgspec.Struct, frozen=True, kw_only=True):
    """Who stayed close beyond chance, of how many compared vehicles, held against how many trips of others; `tells`
    where these were enough. The nearest of the rest was near at `most` cameras, as `expected` vehicles are by
    chance. Where `queue`, it was slower than most, or several stayed with it, and company cannot be told."""

    beside: tuple[BesideOut, ...]
    compared: int
    trips: int
    tells: bool
    most: int
    expected: float
    queue: bool


class FollowingOut(msgspec.Struct, frozen=True, kw_only=True):
    """What was found of one vehicle: leads that a person verifies. `cameras` many were asked. Where it is `erased`,
    nothing is left but that it was."""

    id: str
    case: str
    grounds: str
    person: str
    at: dt.datetime
    since: dt.datetime
    until: dt.datetime
    cameras: int
    approval: str
    entry: int
    erased: bool
    mark: str
    stops: tuple[StopOut, ...]
    legs: tuple[LegOut, ...]
    company: CompanyOut


class FollowedOut(msgspec.Struct, frozen=True):
    """A following in a list: counts and times."""

    id: str
    person: str
    at: dt.datetime
    since: dt.datetime
    until: dt.datetime
    cameras: int
    stops: int


@dataclass(frozen=True, slots=True)
class Row:
    """A stop as the table shows it, with the way that led to it; None for the first, and for what does not count."""

    number: int
    stop: Stop
    direction: str
    like: tuple[str, str] | None
    state: tuple[str, str] | None
    leg: Leg | None


@dataclass(frozen=True, slots=True)
class Pair:
    """Two stops between which no car drives, with their pictures; an address is empty where there is none."""

    one: Row
    other: Row
    leg: Leg
    title: str
    words: str
    clone: bool
    pictures: tuple[str, str]


def wanted_of(visit: Visit, data: FollowIn) -> Wanted:
    """What a program asks for."""
    choice = Choice(tuple(data.cameras), data.around, data.kilometres)
    return Wanted(data.mark, data.grounds, data.since, data.until or visit.office.now(), choice)


def wanted_in(visit: Visit, form: Form) -> Wanted:
    """What a form asks for. Raises BadInput."""
    zone = visit.settings.zone
    ends = visit.office.now()
    if form.date("until") is not None or form.text("until_clock", longest=20):
        ends = moment_of(form, "until", zone)
    around = form.text("around", longest=80)
    choice = Choice(around=around, kilometres=_kilometres(form) if around else 0.0)
    mark, grounds = form.needed("mark", longest=64), form.needed("grounds", longest=80)
    return Wanted(mark, grounds, moment_of(form, "since", zone), ends, choice)


def moment_fields(name: str, when: dt.datetime, zone: str) -> dict[str, list[str]]:
    """The fields of a form that say a time: a day in three, and a clock."""
    there = when.astimezone(ZoneInfo(zone))
    told = {f"{name}-{part}": [str(getattr(there, part))] for part in ("day", "month", "year")}
    return told | {f"{name}_clock": [f"{there:%H:%M}"]}


def rows_of(visit: Visit, following: Following) -> list[Row]:
    """The stops of a journey, for its table."""
    led = {other: leg for _, other, leg in following.legs}
    return [_row(visit, place, stop, led.get(place)) for place, stop in enumerate(following.stops)]


def pairs_of(visit: Visit, following: Following, rows: Sequence[Row]) -> list[Pair]:
    """The ways that no car drives, with both pictures."""
    found = []
    for one, other, leg in following.legs:
        if leg.verdict is Verdict.POSSIBLE:
            continue
        title, words = VERDICTS[leg.verdict]
        pictures = _picture(rows[one].stop), _picture(rows[other].stop)
        clone = leg.verdict is Verdict.CLONE
        found.append(Pair(rows[one], rows[other], leg, visit.say(title), visit.say(words), clone, pictures))
    return found


def following_out(following: Following) -> FollowingOut:
    """What was found, as the API tells it."""
    company = following.company
    return FollowingOut(
        id=following.id,
        case=following.case,
        grounds=following.grounds,
        person=following.person,
        at=following.at,
        since=following.since,
        until=following.until,
        cameras=following.cameras,
        approval=following.approval,
        entry=following.entry,
        erased=following.erased,
        mark=following.mark,
        stops=tuple(_stop_out(stop) for stop in following.stops),
        legs=tuple(_leg_out(*way) for way in following.legs),
        company=CompanyOut(
            beside=tuple(_beside_out(one) for one in company.beside),
            compared=company.compared,
            trips=company.trips,
            tells=company.tells,
            most=company.most,
            expected=company.expected,
            queue=company.queue,
        ),
    )


def followed_out(one: viewing.Listed) -> FollowedOut:
    """A following in a list."""
    return FollowedOut(one.id, one.person, one.at, one.since, one.until, one.cameras, one.stops)


def _row(visit: Visit, place: int, stop: Stop, leg: Leg | None) -> Row:
    met, way = stop.met, direction_of(visit, stop.camera.place.bearing) if stop.camera else ""
    if met is None:
        return Row(place + 1, stop, way, None, None, leg)
    words, tone = ALERT_STATES[met.state.value]
    like, warns = LIKE[met.likeness]
    said = met.seen.direction if met.seen else ""
    return Row(place + 1, stop, said or way, (visit.say(like), warns), (visit.say(words), tone), leg)


def _picture(stop: Stop) -> str:
    return address_of(stop.met.seen.picture) if stop.met and stop.met.seen else ""


def _stop_out(stop: Stop) -> StopOut:
    if stop.camera is None:
        return StopOut(
            kind="hidden",
            camera="",
            place="",
            latitude=None,
            longitude=None,
            bearing=None,
            at=stop.at,
            last=stop.last,
            reads=stop.reads,
            counts=False,
        )
    place, met = stop.camera.place, stop.met
    seen = met.seen if met else None
    return StopOut(
        kind="sighting" if met else "passage",
        camera=stop.camera.id,
        place=place.name,
        latitude=place.latitude,
        longitude=place.longitude,
        bearing=place.bearing,
        at=stop.at,
        last=stop.last,
        reads=stop.reads,
        counts=stop.counts,
        alert=met.alert if met else "",
        state=met.state.value if met else "",
        likeness=met.likeness.value if met else "",
        raw=seen.raw if seen else "",
        sure=seen.sure if seen else None,
        direction=seen.direction if seen else "",
    )


def _leg_out(start: int, end: int, leg: Leg) -> LegOut:
    return LegOut(
        start=start,
        end=end,
        kilometres=round(leg.kilometres, 2),
        seconds=leg.apart.total_seconds(),
        clocks=leg.clocks.total_seconds(),
        needed=_tenth(leg.needed),
        least=_tenth(leg.least),
        verdict=leg.verdict.value,
    )


def _beside_out(one: Beside) -> BesideOut:
    return BesideOut(
        cameras=one.cameras,
        at=one.at,
        seconds=one.seconds,
        expected=one.expected,
        chance=one.chance,
        alerts=one.alerts,
    )


def _tenth(speed: float | None) -> float | None:
    return None if speed is None else round(speed, 1)


def _kilometres(form: Form) -> float:
    text = form.needed("kilometres", longest=12).replace(",", ".")
    try:
        far = float(text)
    except ValueError:
        far = -1.0
    if not 0 <= far <= MOST_KILOMETRES:
        raise BadInput(
            later("this is no distance"), field="kilometres", hint=later("write kilometres in figures, as 30")
        )
    return far
