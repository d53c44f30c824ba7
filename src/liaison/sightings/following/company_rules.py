"""Which vehicle stayed with a followed one so closely that the traffic of the road does not explain it. Pure.

Cars on one road follow each other, so a count of meetings says little. Each vehicle that was near the followed one is
held against the other vehicles that passed the same camera: how many of those, had they set off as far behind or before
it, would have stayed as near at as many of the cameras after? That share is its chance (a rank test: under chance its
trip is one of theirs). Times the vehicles that were compared it is how many would do so by chance, and as a Poisson
number the chance that any does: who compares many finds no more by chance.

A pseudonym lives for an hour of the clock, so a vehicle on no list is compared within an hour, with those trips of
others alone that fit into theirs. One on a list has a record, and its hours are put together (Fisher's method).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from math import exp, expm1, log

import numpy as np
from numpy.typing import NDArray

WITHIN = 60.0  # seconds from the followed vehicle, before or behind it, at a camera
LEAST = 3  # cameras at which both passed
CHANCE = 0.01  # that a followed vehicle which nobody accompanies is told to have company
HOUR = 3600.0
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
    others. Of the nearest of the rest: at how many cameras it was, and how many would be by chance."""

    companions: tuple[Companion, ...] = ()
    compared: int = 0
    trips: int = 0
    most: int = 0
    expected: float = 0.0

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
class _Near:
    """A vehicle that was near the followed one: where and when, and hour by hour the share of others that would be."""

    who: Hashable | None
    passed: list[tuple[int, float, float]] = field(default_factory=list)
    shares: list[float] = field(default_factory=list)


def company(target: Sequence[tuple[int, float]], traffic: Traffic) -> Company:
    """Who stayed close to a vehicle that passed these cameras, by their numbers, at these times. Of the passes of a
    vehicle at one camera within an hour the first counts."""
    table, found = _table(traffic), dict[Hashable, _Near]()
    trips = hours = 0
    for hour, stops in _hours(target, table).items():
        trips = max(trips, _compare(table, hour, stops, found))
        hours += 1
    return _told(list(found.values()), trips, hours)


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
) -> int:
    """Add who was near in this hour; with how many trips of others they were compared, at most."""
    columns, at = [table.column[camera] for camera, _ in stops], np.array([when for _, when in stops])
    here = np.flatnonzero(table.hour == hour)
    gaps = table.times[here][:, columns] - at
    near = np.abs(gaps) <= WITHIN
    trips = 0
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
        share, others = _share(table, hour, columns, at, first, row, here[near[:, first]])
        one.shares.append(share)
        known.add(first)
        trips = max(trips, others)
    return trips


def _share(
    table: _Table, hour: float, columns: list[int], at: Floats, first: int, row: int, beside: NDArray[np.intp]
) -> tuple[float, int]:
    """The share of other trips from a camera that would have stayed as near as this vehicle's at as many of the cameras
    after, and how many these trips are. Who was beside the followed vehicle at that camera is no other."""
    start = table.times[:, columns[first]]
    gap = float(start[row] - at[first])
    ahead = at[-1] - at[first] + WITHIN - gap
    fits = (start + ahead < table.hour + HOUR) & (start - gap - WITHIN >= table.hour)  # NaN does not
    fits[beside] = False
    after = columns[first + 1 :]
    if not after:
        return 1.0, int(fits.sum())
    drift = (table.times[:, after] - start[:, None]) - (at[first + 1 :] - at[first])
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
