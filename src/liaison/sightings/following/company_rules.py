"""Which vehicle stayed with a followed one so closely that the traffic of the road does not explain it. Pure.

Cars on one road follow each other, so a count of meetings says little. Each vehicle that was near the followed one is
held against the other vehicles that passed the same camera: how many of those, had they set off as far behind or before
it, would have stayed as near at as many of the cameras after? That share is its chance (a rank test: under chance its
trip is one of theirs). Times the vehicles that were compared it is how many would do so by chance, and as a Poisson
number the chance that any does: who compares many finds no more by chance.

Who is stuck behind a slow vehicle stays close as well, and is no company. So a way on which the followed one was slower
than most is no evidence: anybody may have had to stay behind it there. Vehicles beside it count among the others. And
where two stayed as steadily, it is a queue, and neither is told.

A pseudonym lives for an hour of the clock, so a vehicle on no list is compared within an hour, with those trips of
others alone that fit into theirs. One on a list has a record, and its hours are put together (Fisher's method).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field, replace
from math import exp, expm1, log

import numpy as np
from numpy.typing import NDArray

WITHIN = 60.0  # seconds from the followed vehicle, before or behind it, at a camera
LEAST = 3  # cameras at which both passed
CHANCE = 0.01  # that a followed vehicle which nobody accompanies is told to have company
HOUR = 3600.0
SLOW = 1 / 3  # of the trips on a way: where fewer took as long as the followed vehicle, it was slow there
STOPPED = 1.5  # times the usual time on a way, after which a trip is one with a halt
FEW = 20  # trips of the hours around, below which they do not say how fast the road was then
SEEMS = 0.1  # expected by chance, up to which one in a queue would seem to be company
QUEUE = 120.0  # seconds from the followed vehicle, within which others are in one queue with it
STEADY = 10.0  # seconds by which the distance of a vehicle in a queue changes
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Traffic:
    """Who passed where and when: `who` is a pseudonym, or the record of a vehicle on a list; `camera` a number; `at`
    seconds since 1970. `listed` are those of `who` that are on a list."""

    who: Sequence[Hashable]
    camera: Sequence[int]
    at: Sequence[float]
    listed: frozenset[Hashable] = frozenset()


@dataclass(frozen=True, slots=True)
class Companion:
    """A vehicle that stayed close. `who` is the record of one on a list, None for another. `passed` are the cameras
    that both passed, each with the seconds by which it came later than the followed one, and when. `expected` vehicles
    would stay so close by chance; `chance` is that any would, all compared ones counted."""

    who: Hashable | None
    passed: tuple[tuple[int, float, float], ...]
    expected: float
    chance: float


@dataclass(frozen=True, slots=True)
class Company:
    """What came of it: vehicles that stayed close beyond chance, how many were compared, and with how many trips of
    others. Of the nearest of the rest: at how many cameras it was, and how many would be by chance. `queue` where it
    was slower than most on most of its way, or several stayed with it, so that company cannot be told."""

    companions: tuple[Companion, ...] = ()
    compared: int = 0
    trips: int = 0
    most: int = 0
    expected: float = 0.0
    queue: bool = False

    @property
    def tells(self) -> bool:
        """Whether there was traffic enough to tell company from chance."""
        return not self.compared or by_chance(self.compared / (1 + self.trips)) <= CHANCE


@dataclass(slots=True)
class _Table:
    """When each vehicle of an hour first passed each camera. times: float64[vehicle, camera], NaN where it did not."""

    times: Floats
    hour: Floats
    who: list[Hashable]
    listed: Flags
    column: dict[int, int]


@dataclass(slots=True)
class _Trip:
    """The followed vehicle in an hour: columns of the cameras in order, when it passed them, and on which ways from one
    to the next it was slow."""

    hour: float
    columns: list[int]
    at: Floats
    slow: Flags


@dataclass(slots=True)
class _Near:
    """A vehicle that was near the followed one: where and when, and hour by hour the share of others that would be."""

    who: Hashable | None
    passed: list[tuple[int, float, float]] = field(default_factory=list)
    shares: list[float] = field(default_factory=list)


def company(target: Sequence[tuple[int, float]], traffic: Traffic) -> Company:
    """Who stayed close to a vehicle that passed these cameras, by their numbers, at these times. Of the passes of a
    vehicle at one camera within an hour the first counts."""
    table, found = _table(traffic), dict[Hashable, _Near]()
    trips, hours, queue = 0, 0, False
    for hour, stops in _hours(target, table).items():
        others, queued = _compare(table, hour, stops, found)
        trips, hours, queue = max(trips, others), hours + 1, queue or queued
    return replace(_told(list(found.values()), trips, hours), queue=queue)


def comparable(target: Sequence[tuple[int, float]]) -> list[tuple[int, float]]:
    """Of a vehicle's passes those in whose hour of the clock it passed two cameras at least."""
    hours: dict[float, set[int]] = defaultdict(set)
    for camera, at in target:
        hours[at // HOUR].add(camera)
    return [(camera, at) for camera, at in target if len(hours[at // HOUR]) > 1]


def by_chance(expected: float) -> float:
    """The chance that a Poisson number of this mean is not nought."""
    return -expm1(-expected)


def together(shares: Sequence[float]) -> float:
    """One chance of several that know nothing of each other (R. A. Fisher, Statistical Methods for Research Workers,
    section 21.1)."""
    half = -sum(log(share) for share in shares)
    term = whole = exp(-half)
    for step in range(1, len(shares)):
        term *= half / step
        whole += term
    return min(whole, 1.0)


def _table(traffic: Traffic) -> _Table:
    column = {camera: place for place, camera in enumerate(sorted(set(traffic.camera)))}
    rows: dict[tuple[Hashable, float], int] = {}
    place = [
        rows.setdefault((who, at // HOUR * HOUR), len(rows))
        for who, at in zip(traffic.who, traffic.at, strict=True)
    ]
    times = np.full((len(rows), len(column)), np.inf)
    np.minimum.at(times, (place, [column[camera] for camera in traffic.camera]), np.array(traffic.at))
    times[np.isinf(times)] = np.nan
    who = [key for key, _ in rows]
    return _Table(
        times,
        np.array([hour for _, hour in rows], dtype=np.float64),
        who,
        np.array([key in traffic.listed for key in who], dtype=bool),
        column,
    )


def _hours(target: Sequence[tuple[int, float]], table: _Table) -> dict[float, list[tuple[int, float]]]:
    """The followed vehicle's passes by hour, the first at each camera, in their order; hours with two at least."""
    hours: dict[float, dict[int, float]] = defaultdict(dict)
    for camera, at in sorted(target, key=lambda stop: stop[1]):
        if camera in table.column:
            hours[at // HOUR * HOUR].setdefault(camera, at)
    return {hour: list(stops.items()) for hour, stops in hours.items() if len(stops) > 1}


def _compare(
    table: _Table, hour: float, stops: Sequence[tuple[int, float]], found: dict[Hashable, _Near]
) -> tuple[int, bool]:
    """Add who was near in this hour; with how many trips of others they were compared, at most; and whether a queue
    hides who accompanied it."""
    columns, at = [table.column[camera] for camera, _ in stops], np.array([when for _, when in stops])
    trip = _Trip(hour, columns, at, _slow(table, hour, columns, at))
    here = np.flatnonzero(table.hour == hour)
    gaps = table.times[here][:, columns] - at
    near = np.abs(gaps) <= WITHIN
    trips, queue = 0, 2 * int(trip.slow.sum()) > len(trip.slow)
    close, known = near.any(axis=1), set[int]()
    for row, own, off in zip(here[close].tolist(), near[close], gaps[close], strict=True):
        first, listed = int(np.argmax(own)), bool(table.listed[row])
        if not listed and first > len(stops) - LEAST:
            continue  # too late to be near at as many cameras as it takes
        key: Hashable = table.who[row] if listed else (hour, row)
        one = found.setdefault(key, _Near(table.who[row] if listed else None))
        when = table.times[row, columns].tolist()
        one.passed += [(stops[n][0], float(off[n]), when[n]) for n in np.flatnonzero(own).tolist()]
        if first in known and int(own.sum()) < (2 if listed else LEAST):
            one.shares.append(1.0)  # it was near once: everybody else was as well
            continue
        share, others = _share(table, trip, first, row)
        if int(own.sum()) >= LEAST and _queued(gaps, own, off) > 1:
            queue = queue or share * int(close.sum()) <= SEEMS
            share = 1.0
        one.shares.append(share)
        known.add(first)
        trips = max(trips, others)
    return trips, queue


def _queued(gaps: Floats, own: Flags, off: Floats) -> int:
    """How many vehicles kept their distance at the cameras at which this one was near, itself included where it did."""
    apart = gaps[:, own]
    drift = np.abs(apart - apart[:, :1]).max(axis=1)  # NaN where it missed one
    changed = float(np.abs(off[own] - off[own][0]).max())
    return int(((np.abs(apart[:, 0]) <= QUEUE) & (drift <= max(STEADY, changed))).sum())


def _slow(table: _Table, hour: float, columns: list[int], at: Floats) -> Flags:
    """On which ways from camera to camera the followed vehicle was slower than most, of the day or of the hours
    around; those beside it are not asked, as they may be stuck."""
    taken = np.diff(table.times[:, columns], axis=1)
    taken[np.abs(table.times[:, columns[:-1]] - at[:-1]) <= QUEUE] = np.nan
    around = np.abs(table.hour - hour) <= HOUR
    slow = [
        _slower(way, took) or (int((way[around] > 0).sum()) >= FEW and _slower(way[around], took))
        for way, took in zip(taken.T, np.diff(at).tolist(), strict=True)
    ]
    return np.array(slow, dtype=bool)


def _slower(way: Floats, took: float) -> bool:
    """Whether few trips on a way took as long; those with a halt, and those the other way, are left out."""
    driven = way[way > 0]  # NaN is not
    if not len(driven):
        return True
    driven = driven[driven <= STOPPED * np.median(driven)]
    return float((driven >= took).mean()) < SLOW


def _share(table: _Table, trip: _Trip, first: int, row: int) -> tuple[float, int]:
    """The share of other trips from a camera that would have stayed as near as this vehicle's at as many of the cameras
    after, and how many these trips are. On a way on which the followed one was slow, all would have stayed."""
    hour, columns, at = trip.hour, trip.columns, trip.at
    start = table.times[:, columns[first]]
    gap = float(start[row] - at[first])
    ahead = at[-1] - at[first] + WITHIN - gap
    fits = (start + ahead < table.hour + HOUR) & (start - gap - WITHIN >= table.hour)  # NaN does not
    fits[row] = False
    after = columns[first + 1 :]
    if not after:
        return 1.0, int(fits.sum())
    taken = np.diff(table.times[:, columns[first:]], axis=1) - np.diff(at[first:])
    taken[:, trip.slow[first:]] = 0.0
    drift = taken.cumsum(axis=1)
    close = np.abs(drift + gap) <= WITHIN
    many = close.sum(axis=1)
    spread = np.where(close, np.abs(drift), 0.0).max(axis=1)
    like = fits & ((many > many[row]) | ((many == many[row]) & (spread <= spread[row])))
    around = fits & (np.abs(table.hour - hour) <= HOUR)
    of_all = (1 + int(like.sum())) / (1 + int(fits.sum()))
    of_these = int((like & around).sum()) / max(
        int(around.sum()), 1
    )  # where the traffic of the day is another
    return max(of_all, of_these), int(fits.sum())


def _told(near: Sequence[_Near], trips: int, hours: int) -> Company:
    companions, most, least = [], 0, 0.0
    for one in near:
        cameras = {camera for camera, _, _ in one.passed}
        shares = one.shares + [1.0] * (hours - len(one.shares)) if one.who is not None else one.shares
        expected = len(near) * together(shares)
        chance = by_chance(expected)
        if len(cameras) >= LEAST and chance <= CHANCE:
            companions.append(Companion(one.who, tuple(one.passed), expected, chance))
        elif len(cameras) > most or (len(cameras) == most and expected < least):
            most, least = len(cameras), expected
    companions.sort(key=lambda each: (each.chance, -len(each.passed)))
    return Company(tuple(companions), len(near), trips, most, least)
