"""Outlines of countries for maps: Natural Earth at 1:50 million, clipped to what a map shows and thinned to its size.

The file is written by tools/outlines.py. It has coasts and borders to some hundred metres, no streets, and borders as
Natural Earth draws them: as they are held on the ground, Kosovo, Somaliland and Northern Cyprus by themselves.
"""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

import msgspec
import numpy as np
from numpy.typing import NDArray

from liaison.web.map_view import View

Numbers = NDArray[np.float64]
STEP = 0.5  # units of the map that paths are written in
WIDE = 12.0  # units for a degree, below which outlines are rounded to two steps
HALF = 180.0  # degrees of longitude
LABELLED = 0.012  # of the map's area, from which a country is named
LETTER = 7.5  # units that a letter of a name takes


class _Country(msgspec.Struct, frozen=True):
    name: str
    rings: list[list[int]]


class _File(msgspec.Struct, frozen=True):
    scale: tuple[float, float]
    translate: tuple[float, float]
    arcs: list[list[int]]
    countries: list[_Country]


DECODER = msgspec.json.Decoder(_File)


@dataclass(frozen=True, slots=True)
class Land:
    """A country: rings of longitude and latitude, open, and the west, south, east and north of each."""

    name: str
    rings: tuple[Numbers, ...]
    bounds: Numbers


@dataclass(frozen=True, slots=True)
class Outline:
    """A country as a map draws it: a path in steps of STEP units, and where its name stands, if it has room."""

    name: str
    path: str
    label: str = ""
    x: float = 0
    y: float = 0
    tight: bool = False
    """Whether the name has room on a wide screen alone, where letters are small beside the map."""


@cache
def lands() -> tuple[Land, ...]:
    """Every country, by name; read once."""
    packed = files("liaison.web").joinpath("outlines.json.gz").read_bytes()
    read = DECODER.decode(gzip.decompress(packed))
    scale, translate = np.array(read.scale), np.array(read.translate)
    arcs = [np.cumsum(np.array(arc).reshape(-1, 2), axis=0) * scale + translate for arc in read.arcs]
    return tuple(_land(country, arcs) for country in read.countries)


def _land(country: _Country, arcs: list[Numbers]) -> Land:
    rings = tuple(part for ring in country.rings for part in unwound(_ring(ring, arcs)))
    bounds = np.array([(*ring.min(axis=0), *ring.max(axis=0)) for ring in rings])
    return Land(country.name, rings, bounds)


def _ring(places: list[int], arcs: list[Numbers]) -> Numbers:
    walked = [arcs[place] if place >= 0 else arcs[~place][::-1] for place in places]
    return np.concatenate([arc[:-1] for arc in walked])


def unwound(ring: Numbers) -> tuple[Numbers, ...]:
    """The ring; one that steps over the 180th meridian, as Russia's does, on both sides of the world, each beyond
    its edge. Antarctica's goes around the pole and stays as it is."""
    steps = np.diff(ring[:, 0], append=ring[:1, 0])
    turns = np.where(np.abs(steps) > HALF, -np.sign(steps), 0.0)
    if not turns.any() or turns.sum():
        return (ring,)
    whole = ring.copy()
    whole[1:, 0] += 2 * HALF * np.cumsum(turns)[:-1]
    whole[:, 0] -= 2 * HALF * (whole[:, 0].max() > HALF)
    return (whole, whole + np.array([2 * HALF, 0.0]))


@lru_cache(64)
def outlines(view: View) -> tuple[Outline, ...]:
    """The countries that a map shows; islands smaller than a unit of it are left out."""
    box = view.box
    limits = np.array([box.west, box.south, box.east, box.north])
    found = (_outline(land, view, limits) for land in lands())
    return tuple(each for each in found if each.path)


def _outline(land: Land, view: View, limits: Numbers) -> Outline:
    west, south, east, north = land.bounds.T
    large = (east - west > 2 * STEP / view.across) | (north - south > 2 * STEP / view.up)
    near = (west < limits[2]) & (east > limits[0]) & (south < limits[3]) & (north > limits[1])
    rough = 2 if view.across < WIDE else 1
    parts: list[str] = []
    largest, size = None, 0.0
    for place in np.flatnonzero(large & near):
        ring = view.projected(clipped(land.rings[place], limits))
        if path := _path(ring, rough):
            parts.append(path)
            if (extent := area(ring)) > size:
                largest, size = ring, extent
    if largest is None or size < LABELLED * view.width * view.height:
        return Outline(land.name, "".join(parts))
    x, y, room = middle(largest)
    half = len(land.name) * LETTER / 2
    fits = half * 2 <= room * 1.3 and half < x < view.width - half and 28 < y < view.height - 30
    label, tight = land.name if fits else "", half * 2 > room * 0.7
    return Outline(land.name, "".join(parts), label, round(x, 1), round(y, 1), tight)


def clipped(ring: Numbers, limits: Numbers) -> Numbers:
    """The part of a ring within west, south, east, north; empty where there is none (Sutherland and Hodgman, 1974)."""
    for place, limit in enumerate(limits):
        if not len(ring):
            break
        ring = _half(ring, place % 2, limit, 1.0 if place < 2 else -1.0)
    return ring


def _half(ring: Numbers, axis: int, limit: float, sign: float) -> Numbers:
    """What of a ring lies on one side of a line; where it crosses, a corner is put on the line."""
    far = sign * (ring[:, axis] - limit)
    inside = far >= 0
    if inside.all():
        return ring
    crosses = inside != np.roll(inside, -1)
    gap = np.where(crosses, far - np.roll(far, -1), 1.0)
    corners = ring + (far / gap)[:, None] * (np.roll(ring, -1, axis=0) - ring)
    both = np.stack([ring, corners], axis=1).reshape(-1, 2)
    kept: Numbers = both[np.stack([inside, crosses], axis=1).ravel()]
    return kept


def _path(ring: Numbers, rough: int) -> str:
    """The ring as steps from corner to corner, rounded to this many; nothing where it has no area."""
    if len(ring) < 3:
        return ""
    grid = np.rint(ring / (STEP * rough)).astype(np.int64) * rough
    grid = grid[np.any(grid != np.roll(grid, 1, axis=0), axis=1)]
    if len(grid) < 3:
        return ""
    steps = " ".join(map(str, np.diff(grid, axis=0).ravel().tolist()))
    return f"M{grid[0, 0]} {grid[0, 1]}l{steps}z".replace(" -", "-")


def area(ring: Numbers) -> float:
    """The area of a ring, in squares of what it is given in."""
    x, y = ring.T
    return abs(float(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1)))) / 2


def middle(ring: Numbers) -> tuple[float, float, float]:
    """A place within the ring, at half its height: the middle of the longest stretch there, and how long it is."""
    x, y = ring.T
    level = float((y.min() + y.max()) / 2) + 1e-6
    above = y > level
    at = np.flatnonzero(above != np.roll(above, -1))
    after = (at + 1) % len(ring)
    crossings = np.sort(x[at] + (level - y[at]) / (y[after] - y[at]) * (x[after] - x[at]))
    lengths = crossings[1::2] - crossings[::2]
    longest = int(lengths.argmax())
    return float(crossings[2 * longest] + lengths[longest] / 2), level, float(lengths[longest])
