"""The law's clocks: when an answer is due, by instrument, working days, zone and lawful pauses. Pure.

An instrument is a file of `instruments/`: its terms in hours, calendar days or working days, and the reasons for which
its clock may stand still. Holidays are files of `holidays/`. Hours are counted as they pass; days by the calendar of
the desk's zone, so that a day on which the clocks change has 23 or 25 of them.
"""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Iterable, Sequence
from enum import Enum
from functools import cache
from importlib import resources
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
from msgspec import Meta

from liaison.model.errors import BadInput, BadSetting
from liaison.model.structs import Value

INSTRUMENTS = ("bilateral", "ecris-2009-315", "eio-2014-41", "eu-2023-977", "prum-ii-2024-982")
CALENDARS = ("albania", "england-and-wales", "france", "germany", "italy", "kosovo", "none")
DAY = dt.timedelta(days=1)
WEEKEND = frozenset({5, 6})  # Saturday and Sunday, as date.weekday numbers them
MOST_DAYS = 3660  # a count of working days that gets this far has no end

Few = Annotated[int, Meta(ge=1, le=1000)]
Words = Annotated[str, Meta(min_length=1, max_length=400)]
Read = Literal["text", "summary", "general"]


class Unit(Enum):
    """In what a term is counted."""

    HOURS = "hours"
    CALENDAR_DAYS = "calendar days"
    WORKING_DAYS = "working days"


class _Data(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One table of a file."""


class Term(_Data, frozen=True, kw_only=True):
    """How long one class of request may take. `ends` with the same hour, or with the whole of the last day.

    `rolls` where a last day that is no working day moves to the next one.
    """

    amount: Few
    unit: Unit
    article: Words
    ends: Literal["hour", "day"] = "hour"
    rolls: bool = False


class Reason(_Data, frozen=True, kw_only=True):
    """One lawful reason for which a clock stands still, and where it stands in the law."""

    label: Words
    article: Words
    read: Read


class Choice(_Data, frozen=True, kw_only=True):
    """A term that a person chooses by what they know, in place of the ordinary one; it is named as its term.

    `by` the side that says so: in the request, or where it was received. `starts` with the receipt, or as it is said.
    """

    label: Words
    article: Words
    by: Literal["asking", "asked"]
    starts: Literal["receipt", "choice"] = "receipt"


class Instrument(_Data, frozen=True, kw_only=True):
    """One instrument. `terms` by class: `direct`, `urgent-direct` and so on; `answer` where nothing finer is there.

    `choices` are the terms that somebody has to choose. `warn` are the shares of the time, in per cent, that are left
    when the officer and then the supervisor is told.
    """

    code: Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,40}$")]
    title: Words
    read: Read
    terms: dict[str, Term]
    pauses: dict[str, Reason] = {}
    choices: dict[str, Choice] = {}
    warn: tuple[int, int] = (50, 25)


class Holidays(_Data, frozen=True, kw_only=True):
    """The days on which nobody works, besides Saturday and Sunday.

    `fixed` as MM-DD; `easter` and `orthodox` days after Easter Sunday of that church; `dates` single days, such as
    feasts by the moon, which are announced year by year. `from` and `to` are the years that `dates` covers.
    """

    title: Words
    read: Read
    fixed: tuple[str, ...] = ()
    easter: tuple[int, ...] = ()
    orthodox: tuple[int, ...] = ()
    dates: tuple[dt.date, ...] = ()

    def on(self, day: dt.date) -> bool:
        """Whether it is one."""
        if f"{day:%m-%d}" in self.fixed or day in self.dates:
            return True
        western, eastern = (day - easter(day.year)).days, (day - orthodox_easter(day.year)).days
        return western in self.easter or eastern in self.orthodox


LEARNED = msgspec.json.Decoder(Instrument), msgspec.json.Decoder(Holidays)  # before threads meet them


class Calendar(msgspec.Struct, frozen=True):
    """Where a desk works: its zone and its holidays."""

    zone: ZoneInfo
    holidays: Holidays

    def works(self, day: dt.date) -> bool:
        """Whether it is a working day there."""
        return day.weekday() not in WEEKEND and not self.holidays.on(day)


class Pause(Value, frozen=True, kw_only=True):
    """A time in which the clock stands still. `ended` is None while it does. Raises BadInput where it ends first."""

    reason: str
    began: dt.datetime
    ended: dt.datetime | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.ended is not None and self.ended < self.began:
            raise BadInput("a pause ends before it begins", field="ended", hint="give the later time")


class Stage(Enum):
    """How near the end is, in order: whom it concerns."""

    CALM = "calm"
    OFFICER = "officer"
    SUPERVISOR = "supervisor"
    OVERDUE = "overdue"
    PAUSED = "paused"


@cache
def instrument(code: str) -> Instrument:
    """The instrument of this code. Raises BadInput for one that is not known."""
    if code not in INSTRUMENTS:
        raise BadInput(
            f"{code!r} is no instrument", field="instrument", hint=f"one of {', '.join(INSTRUMENTS)}"
        )
    return msgspec.convert(_table("instruments", code), Instrument)


@cache
def holidays(name: str) -> Holidays:
    """The holidays of this name. Raises BadSetting for one that is not known."""
    if name not in CALENDARS:
        raise BadSetting(f"there are no holidays of {name!r}", hint=f"one of {', '.join(CALENDARS)}, or none")
    return msgspec.convert(_table("holidays", name), Holidays)


def calendar(zone: str, name: str) -> Calendar:
    """The calendar of a desk. Raises BadSetting for a zone or holidays that are not known."""
    try:
        return Calendar(ZoneInfo(zone), holidays(name))
    except (ZoneInfoNotFoundError, ValueError, IsADirectoryError) as error:
        raise BadSetting(f"there is no zone {zone!r}", hint="write it as Europe/Tirane") from error


def term_of(given: Instrument, urgent: bool, access: str, chosen: str = "") -> Term:
    """The term for a request of this urgency and access, or the one that was chosen by name.

    Raises BadInput where the instrument has none.
    """
    if chosen:
        require_choice(given, chosen)
        return given.terms[chosen]
    wanted = (f"urgent-{access}", access) if urgent else (access,)
    for name in (*wanted, "urgent" if urgent else "answer", "answer"):
        if name in given.terms:
            return given.terms[name]
    raise BadInput(
        f"{given.title} sets no time for this", field="instrument", hint="choose another instrument"
    )


def due(
    term: Term,
    start: dt.datetime,
    where: Calendar,
    pauses: Iterable[Pause] = (),
    cap_hours: int | None = None,
) -> dt.datetime | None:
    """When the term ends, in UTC; None while a pause that began before its end is open.

    `cap_hours` is the most that the node's own law allows, where it is stricter than the term. The part of a pause
    after the end changes nothing: what is overdue stays so.
    """
    end = _end(term, start, where)
    if cap_hours is not None and cap_hours < nominal_hours(term):
        end = min(end, start + dt.timedelta(hours=cap_hours))
    for began, ended in merged(pauses):
        if began >= end:
            break
        if ended is None:
            return None
        if ended > start:
            end = _after_pause(term, end, ended - max(began, start), where)
    return end


def nominal_hours(term: Term) -> int:
    """The term in hours, a day as 24 of them; only to hold a stricter law against it."""
    return term.amount * (1 if term.unit is Unit.HOURS else 24)


def merged(pauses: Iterable[Pause]) -> list[tuple[dt.datetime, dt.datetime | None]]:
    """The pauses as stretches that do not overlap, in order; the last may be open."""
    found: list[tuple[dt.datetime, dt.datetime | None]] = []
    for pause in sorted(pauses, key=lambda one: one.began):
        if found and (found[-1][1] is None or pause.began <= found[-1][1]):
            began, last = found[-1]
            ended = None if last is None or pause.ended is None else max(last, pause.ended)
            found[-1] = began, ended
        else:
            found.append((pause.began, pause.ended))
    return found


def stage(start: dt.datetime, end: dt.datetime | None, now: dt.datetime, warn: Sequence[int]) -> Stage:
    """How near the end is: told to the officer, then to the supervisor, before it is reached."""
    if end is None:
        return Stage.PAUSED
    if now >= end:
        return Stage.OVERDUE
    left = (end - now) * 100
    if left <= (end - start) * warn[1]:
        return Stage.SUPERVISOR
    return Stage.OFFICER if left <= (end - start) * warn[0] else Stage.CALM


def require_reason(given: Instrument, code: str) -> Reason:
    """The lawful reason of this code. Raises BadInput for one that the instrument does not know."""
    found = given.pauses.get(code)
    if found is None:
        known = ", ".join(sorted(given.pauses)) or "none"
        raise BadInput(
            f"{given.title} does not stop its clock for {code!r}", field="reason", hint=f"reasons: {known}"
        )
    return found


def require_choice(given: Instrument, name: str, by: str = "") -> Choice:
    """The term of this name that is chosen, by this side where one is named. Raises BadInput for one that is not."""
    found = given.choices.get(name)
    if found is None or (by and found.by != by):
        known = ", ".join(sorted(name for name, each in given.choices.items() if by in ("", each.by)))
        raise BadInput(
            f"{given.title} has no term {name!r} to choose", field="term", hint=f"terms: {known or 'none'}"
        )
    return found


def easter(year: int) -> dt.date:
    """Easter Sunday of the western churches (Gauss's method as J.-M. Oudin wrote it, 1940)."""
    golden, century = year % 19, year // 100
    moon = (century - century // 4 - (8 * century + 13) // 25 + 19 * golden + 15) % 30
    moon -= (moon // 28) * (1 - (29 // (moon + 1)) * ((21 - golden) // 11))
    day = moon - (year + year // 4 + moon + 2 - century + century // 4) % 7
    month = 3 + (day + 40) // 44
    return dt.date(year, month, day + 28 - 31 * (month // 4))


def orthodox_easter(year: int) -> dt.date:
    """Easter Sunday of the orthodox churches, by the Gregorian calendar (Meeus's Julian method; 1900 to 2099)."""
    moon = (19 * (year % 19) + 15) % 30
    week = (2 * (year % 4) + 4 * (year % 7) - moon + 34) % 7
    month, day = divmod(moon + week + 114, 31)
    return dt.date(year, month, day + 1) + dt.timedelta(days=13)


def _table(folder: str, name: str) -> dict[str, object]:
    place = resources.files("liaison.assistance") / folder / f"{name}.toml"
    return tomllib.loads(place.read_text("utf-8"))


def _end(term: Term, start: dt.datetime, where: Calendar) -> dt.datetime:
    """The end of a term that nothing interrupts."""
    if term.unit is Unit.HOURS:
        return start + dt.timedelta(hours=term.amount)
    local = start.astimezone(where.zone)
    if term.unit is Unit.CALENDAR_DAYS:
        last = local.date() + term.amount * DAY
        last = _working(last, where) if term.rolls else last
    else:
        last = _working_days(local.date(), term.amount, where)
    return _closing(term, last, local.time(), where)


def _after_pause(term: Term, end: dt.datetime, pause: dt.timedelta, where: Calendar) -> dt.datetime:
    """The end, so much later; one that ends with a day ends with the working day that it then falls in."""
    later = end + pause
    if term.unit is Unit.HOURS or term.ends == "hour":
        return later
    last = (later - dt.timedelta(microseconds=1)).astimezone(where.zone).date()
    if term.unit is Unit.WORKING_DAYS or term.rolls:
        last = _working(last, where)
    return _closing(term, last, dt.time(), where)


def _closing(term: Term, last: dt.date, hour: dt.time, where: Calendar) -> dt.datetime:
    """The moment on the last day: the same hour, or the midnight that ends it."""
    if term.ends == "day":
        last, hour = last + DAY, dt.time()
    return _moment(last, hour, where.zone)


def _moment(day: dt.date, hour: dt.time, zone: ZoneInfo) -> dt.datetime:
    """A local time in UTC. Of an hour that comes twice it is the first; one that is left out is as much later."""
    return dt.datetime.combine(day, hour.replace(tzinfo=None, fold=0), tzinfo=zone).astimezone(dt.UTC)


def _working_days(day: dt.date, count: int, where: Calendar) -> dt.date:
    """The working day so many after this day, which is not counted itself."""
    for _ in range(MOST_DAYS):
        if count == 0:
            return day
        day += DAY
        count -= where.works(day)
    raise BadSetting("the holidays leave no working day", hint="look at the holidays of the desk")


def _working(day: dt.date, where: Calendar) -> dt.date:
    """This day, or the next working day after it."""
    return day if where.works(day) else _working_days(day, 1, where)
