"""A journey as a picture that the server draws: cameras from top to bottom, time from left to right, stops numbered."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from liaison.sightings.following.rules import Verdict
from liaison.sightings.following.viewing import Following, Stop

WIDTH, LEFT, RIGHT, TOP, ROW = 720, 214, 24, 34, 40  # units of the picture
MOST_ROWS, MOST_STOPS = 14, 60  # beyond these the table alone tells
LABEL = 27  # characters of a camera's name
MINUTE, HOUR, DAY = 60, 3_600, 86_400
STEPS = (  # seconds between two ticks
    *(1, 5, 10, 30),
    *(MINUTE * each for each in (1, 2, 5, 10, 15, 30)),
    *(HOUR * each for each in (1, 2, 3, 6, 12)),
    *(DAY * each for each in (1, 2, 7, 14, 30, 90, 400)),
)
MOST_TICKS = 6


@dataclass(frozen=True, slots=True)
class Dot:
    """A stop; `wide` units long where the vehicle stayed. `out` where it is no part of the journey."""

    x: float
    y: float
    wide: float
    number: int
    name: str
    out: bool


@dataclass(frozen=True, slots=True)
class Hop:
    """A way between two stops, that a car can drive or cannot."""

    x: float
    y: float
    to_x: float
    to_y: float
    possible: bool


@dataclass(frozen=True, slots=True)
class Times:
    """The picture: rows and ticks with their labels, the stops and the ways between them."""

    width: int
    height: int
    rows: tuple[tuple[float, str], ...]
    ticks: tuple[tuple[float, str], ...]
    dots: tuple[Dot, ...]
    hops: tuple[Hop, ...]


def times_of(following: Following, zone: str) -> Times | None:
    """The picture of a journey; None where there are fewer than two stops, or too many to be seen. Stops at
    cameras that the person does not see are left out."""
    stops = [
        (number, stop, stop.camera)
        for number, stop in enumerate(following.stops, start=1)
        if stop.camera is not None
    ]
    names = {camera.id: camera.place.name for _, _, camera in stops}
    cameras = list(names)
    if not 2 <= len(stops) <= MOST_STOPS or len(cameras) > MOST_ROWS:
        return None
    height = {camera: TOP + ROW * place + ROW / 2 for place, camera in enumerate(cameras)}
    first, last = stops[0][1].at, max(stop.last for _, stop, _ in stops)
    span = max((last - first).total_seconds(), 1.0)

    def x(at: dt.datetime) -> float:
        return round(LEFT + (WIDTH - LEFT - RIGHT) * (at - first).total_seconds() / span, 1)

    dots = {
        number: Dot(
            x(stop.at),
            height[camera.id],
            round(x(stop.last) - x(stop.at), 1),
            number,
            names[camera.id],
            not stop.counts,
        )
        for number, stop, camera in stops
    }
    return Times(
        WIDTH,
        TOP + ROW * len(cameras) + 8,
        tuple((height[camera], _short(names[camera])) for camera in cameras),
        tuple((x(at), words) for at, words in _ticks(first, last, ZoneInfo(zone))),
        tuple(dots.values()),
        tuple(
            _hop(following.stops[one], following.stops[other], dots[one + 1], dots[other + 1], leg.verdict)
            for one, other, leg in following.legs
        ),
    )


def _hop(one: Stop, other: Stop, start: Dot, end: Dot, verdict: Verdict) -> Hop:
    leaves = start.x + start.wide if one.last <= other.at else start.x
    return Hop(round(leaves, 1), start.y, end.x, end.y, verdict is Verdict.POSSIBLE)


def _ticks(first: dt.datetime, last: dt.datetime, zone: ZoneInfo) -> list[tuple[dt.datetime, str]]:
    """Round times of the reader's clock within a journey."""
    span = (last - first).total_seconds()
    step = next(each for each in STEPS if span / each <= MOST_TICKS)
    offset = (first.astimezone(zone).utcoffset() or dt.timedelta()).total_seconds()
    at = -(-(first.timestamp() + offset) // step) * step - offset
    found = []
    while at <= last.timestamp():
        when = dt.datetime.fromtimestamp(at, zone)
        found.append(
            (
                when,
                f"{when:%d.%m.}" if step >= DAY else f"{when:%H:%M:%S}" if step < MINUTE else f"{when:%H:%M}",
            )
        )
        at += step
    return found


def marks_of(times: Sequence[int]) -> str:
    """Numbers of stops in few signs: 1–3, 7."""
    runs: list[list[int]] = []
    for number in sorted(times):
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(f"{run[0]}–{run[-1]}" if len(run) > 2 else ", ".join(map(str, run)) for run in runs)


def _short(name: str) -> str:
    return name if len(name) <= LABEL else name[: LABEL - 1] + "…"
