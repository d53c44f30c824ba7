"""What a map shows: a box of longitudes and latitudes, and how its places become places of the picture.

The projection is equirectangular, with longitudes shortened by the cosine of the middle latitude (Snyder, Map
Projections: A Working Manual, 1987, page 90): straight, cheap, and true to scale at the middle of a region. A box does
not cross the 180th meridian.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from liaison.model.errors import BadInput
from liaison.web.language import later

DEGREE = 111.195  # kilometres of a degree of latitude, on a sphere of 6,371 km
STEEPEST = 85.0  # degrees of latitude up to which longitudes are shortened
NARROWEST = 0.01  # degrees that a box is wide and high at least: about a kilometre
AROUND = 0.2  # degrees around a single place
MARGIN = 0.12  # of the extent of the points, on each side
WIDTH, HEIGHT = 720, 480  # units of a picture


@dataclass(frozen=True, slots=True)
class Box:
    """Degrees of WGS 84; west of east and south of north."""

    west: float
    south: float
    east: float
    north: float

    @property
    def text(self) -> str:
        """As it stands in an address."""
        return ",".join(f"{each:.4f}" for each in (self.west, self.south, self.east, self.north))

    @property
    def middle(self) -> tuple[float, float]:
        """Longitude and latitude of its middle."""
        return (self.west + self.east) / 2, (self.south + self.north) / 2

    def grown(self, factor: float) -> Box:
        """The box about the same middle, this many times as wide and high, within the world."""
        x, y = self.middle
        half = (self.east - self.west) * factor / 2, (self.north - self.south) * factor / 2
        return within(Box(x - half[0], y - half[1], x + half[0], y + half[1]))

    def moved(self, right: float, up: float) -> Box:
        """The box moved by these parts of its width and height, as far as the world goes."""
        x, y = right * (self.east - self.west), up * (self.north - self.south)
        x = min(max(x, -180 - self.west), 180 - self.east) if self.east - self.west < 360 else 0.0
        y = min(max(y, -90 - self.south), 90 - self.north) if self.north - self.south < 180 else 0.0
        return within(Box(self.west + x, self.south + y, self.east + x, self.north + y))


WORLD = Box(-180, -90, 180, 90)


def within(box: Box) -> Box:
    """The box cut to the world, and at least as wide and high as a map is drawn."""
    x, y = box.middle
    wide, high = max(box.east - box.west, NARROWEST) / 2, max(box.north - box.south, NARROWEST) / 2
    return Box(max(x - wide, -180), max(y - high, -90), min(x + wide, 180), min(y + high, 90))


def read_box(text: str) -> Box:
    """West, south, east, north as an address has them: 19.1,41.2,20.4,42.1. Raises BadInput."""
    words, hint = (
        later("this is no part of a map"),
        later("west, south, east and north in degrees: 19.1,41.2,20.4,42.1"),
    )
    try:
        west, south, east, north = (float(each) for each in text.split(","))
    except ValueError:
        raise BadInput(words, field="box", hint=hint) from None
    if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
        raise BadInput(words, field="box", hint=hint)
    return within(Box(west, south, east, north))


def around(places: Iterable[tuple[float, float]]) -> Box:
    """The box around places of latitude and longitude, with a margin; the world where there are none."""
    listed = np.array(list(places), dtype=np.float64).reshape(-1, 2)
    if not len(listed):
        return WORLD
    (south, west), (north, east) = listed.min(axis=0), listed.max(axis=0)
    more_x = max((east - west) * MARGIN, AROUND - (east - west) / 2)
    more_y = max((north - south) * MARGIN, AROUND - (north - south) / 2)
    return within(
        Box(float(west - more_x), float(south - more_y), float(east + more_x), float(north + more_y))
    )


@dataclass(frozen=True, slots=True)
class View:
    """A box that has the shape of its picture: `across` and `up` are units of the picture for a degree."""

    box: Box
    width: int
    height: int
    across: float
    up: float

    def projected(self, places: NDArray[np.float64]) -> NDArray[np.float64]:
        """Places of longitude and latitude as x and y of the picture, from its upper left corner."""
        corner = np.array([self.box.west, self.box.north])
        found: NDArray[np.float64] = (places - corner) * np.array([self.across, -self.up])
        return found

    @property
    def kilometre(self) -> float:
        """Units of the picture for a kilometre, at its middle."""
        return self.up / DEGREE


def fitted(box: Box, width: int = WIDTH, height: int = HEIGHT) -> View:
    """The view of a box, widened or heightened to the shape of the picture; beyond the world there is sea."""
    x, y = box.middle
    shorter = math.cos(math.radians(min(abs(y), STEEPEST)))
    wide, high = (box.east - box.west) * shorter, box.north - box.south
    up = min(width / wide, height / high)
    across = up * shorter
    half = width / across / 2, height / up / 2
    whole = Box(x - half[0], y - half[1], x + half[0], y + half[1])
    return View(whole, width, height, across, up)


@dataclass(frozen=True, slots=True)
class Scale:
    """The bar that tells lengths: how long it is in units, and what that is."""

    units: float
    length: int
    metres: bool

    @property
    def words(self) -> str:
        """As it stands at the bar; the signs of units are the same in every language."""
        return f"{self.length:,}".replace(",", "\u202f") + ("\u00a0m" if self.metres else "\u00a0km")


def scale_of(view: View, longest: float = 150) -> Scale:
    """The longest bar of 1, 2 or 5 and noughts that fits."""
    metres = longest / view.kilometre * 1_000
    power = 10 ** math.floor(math.log10(metres))
    length = int(next(step * power for step in (5, 2, 1) if step * power <= metres))
    units = round(length / 1_000 * view.kilometre, 1)
    return Scale(units, length, True) if length < 1_000 else Scale(units, length // 1_000, False)
