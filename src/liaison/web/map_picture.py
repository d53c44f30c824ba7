"""A map as a picture that the server draws: points by kind, tracks and patrolled squares over outlines of countries.

No script draws it, no other host is asked, and it prints. Each kind has a shape of its own as well as a colour. Where
many points fall together they are one mark with their number: none is left out, and those beyond the edge are counted.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from liaison.model.errors import BadInput
from liaison.web.language import later
from liaison.web.map_outlines import Outline, outlines
from liaison.web.map_view import HEIGHT, WIDTH, Box, Scale, View, around, fitted, scale_of, within

FEW = 120  # points up to which only those that would cover each other are one mark
CLOSE, FAR = 10.0, 34.0  # units of a cell, for few points and for many
MOST_MARKS = 400
MOST_STEPS = 12_000  # corners of all tracks together
ASIDE, ASIDES = 18.0, 3  # units by which a mark gives way to one of another kind, and how often
NAMED = 3  # points of a mark that its title names
SQUARE = 24  # units of a square of patrol, at least
LEVELS = 4


class Kind(StrEnum):
    """What a point is."""

    CAMERA = "camera"
    SIGHTING = "sighting"
    DRONE = "drone"
    BOAT = "boat"
    TEAM = "team"
    IN_NEED = "people-in-need"
    PATROL = "patrol"

    @property
    def label(self) -> str:
        """One of its kind, in words to be translated."""
        return LABELS[self]

    @property
    def shape(self) -> str:
        """Its outline about the middle, as a path."""
        return SHAPES[self]


LABELS = {
    Kind.CAMERA: later("Camera"),
    Kind.SIGHTING: later("Sighting"),
    Kind.DRONE: later("Drone or aircraft"),
    Kind.BOAT: later("Boat"),
    Kind.TEAM: later("Team or vehicle"),
    Kind.IN_NEED: later("People in need"),
    Kind.PATROL: later("Patrol"),
}
SHAPES = {
    Kind.CAMERA: "M-6-6h12v12h-12z",
    Kind.SIGHTING: "M-7 0a7 7 0 1 0 14 0a7 7 0 1 0-14 0z",
    Kind.DRONE: "M0-8 8 6h-16z",
    Kind.BOAT: "M-9-4h18l-4 9h-10z",
    Kind.TEAM: "M-5-7h10l3 7-3 7h-10l-3-7z",
    Kind.IN_NEED: "M-3-8h6v5h5v6h-5v5h-6v-5h-5v-6h5z",
    Kind.PATROL: "M0-8 8 0 0 8-8 0z",
}
KINDS = tuple(Kind)


def require_place(latitude: float, longitude: float, name: str) -> None:
    """Raises BadInput, which names the point, where this is no place on earth."""
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):  # not of NaN either
        hint = "a latitude from -90 to 90 and a longitude from -180 to 180, in degrees"
        raise BadInput(f"{name} has no place on a map: {latitude}, {longitude}", field="latitude", hint=hint)


@dataclass(frozen=True, slots=True)
class Point:
    """What stands somewhere: degrees of WGS 84. `past` where it is over; `bearing` is the way it looks or goes, in
    degrees from north. Raises BadInput for a place that there is not."""

    kind: Kind
    latitude: float
    longitude: float
    name: str
    href: str = ""
    past: bool = False
    bearing: int | None = None

    def __post_init__(self) -> None:
        require_place(self.latitude, self.longitude, self.name)


@dataclass(frozen=True, slots=True)
class Track:
    """Where something went: places of latitude and longitude, in their order. Raises BadInput as a point does."""

    kind: Kind
    name: str
    places: tuple[tuple[float, float], ...]

    def __post_init__(self) -> None:
        for latitude, longitude in self.places:
            require_place(latitude, longitude, self.name)


@dataclass(frozen=True, slots=True)
class Mark:
    """A point as it is drawn, or several of a kind; `box` shows these alone, None where they stand at one place."""

    kind: Kind
    x: float
    y: float
    count: int
    names: tuple[str, ...]
    past: bool
    href: str = ""
    bearing: int | None = None
    box: Box | None = None
    aside: bool = False
    """Whether it gave way to a mark of another kind at its place."""


@dataclass(frozen=True, slots=True)
class Line:
    """A track as a path."""

    kind: Kind
    name: str
    path: str


@dataclass(frozen=True, slots=True)
class Square:
    """A square that was patrolled: how many positions fell in it, and its level from 1 to LEVELS."""

    x: float
    y: float
    count: int
    level: int


@dataclass(frozen=True, slots=True)
class Picture:
    """A map. `shown` points are on it, `outside` are beyond its edge."""

    view: View
    outlines: tuple[Outline, ...]
    marks: tuple[Mark, ...]
    lines: tuple[Line, ...]
    squares: tuple[Square, ...]
    side: float
    scale: Scale
    shown: int
    outside: int

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """What the legend names."""
        there = {mark.kind for mark in self.marks} | {line.kind for line in self.lines}
        return tuple(kind for kind in KINDS if kind in there)

    @property
    def grouped(self) -> bool:
        """Whether a mark stands for several points."""
        return any(mark.count > 1 for mark in self.marks)

    @property
    def aside(self) -> bool:
        """Whether a mark gave way to another."""
        return any(mark.aside for mark in self.marks)

    @property
    def past(self) -> bool:
        """Whether a mark is of something that is over."""
        return any(mark.past for mark in self.marks)


def picture(
    points: Sequence[Point],
    *,
    tracks: Sequence[Track] = (),
    patrolled: Sequence[tuple[float, float]] = (),
    box: Box | None = None,
    width: int = WIDTH,
    height: int = HEIGHT,
) -> Picture:
    """The map of these points and tracks, and of positions that patrols were at, by latitude and longitude.

    Without a box it is fitted around all of them. Raises BadInput for a position that there is not.
    """
    for latitude, longitude in patrolled:
        require_place(latitude, longitude, "a position of a patrol")
    places = np.array([(one.longitude, one.latitude) for one in points], dtype=np.float64).reshape(-1, 2)
    if box is None:
        walked = [place for track in tracks for place in track.places]
        box = around([*((one.latitude, one.longitude) for one in points), *walked, *patrolled])
    view = fitted(box, width, height)
    at = view.projected(places)
    inside = (at[:, 0] >= 0) & (at[:, 0] <= width) & (at[:, 1] >= 0) & (at[:, 1] <= height)
    shown = np.flatnonzero(inside)
    squares, side = _squares(view, patrolled)
    return Picture(
        view,
        outlines(view),
        _marks(points, at, shown),
        _lines(view, tracks),
        squares,
        side,
        scale_of(view),
        len(shown),
        len(points) - len(shown),
    )


def shown_in(view: View, points: Sequence[Point]) -> list[int]:
    """Which of the points stand on a map of this view, by their places in the list."""
    box = view.box
    return [
        place
        for place, one in enumerate(points)
        if box.west <= one.longitude <= box.east and box.south <= one.latitude <= box.north
    ]


def _marks(points: Sequence[Point], at: NDArray[np.float64], shown: NDArray[np.intp]) -> tuple[Mark, ...]:
    """The points as marks. A mark is of one kind, and of what stands or of what is over."""
    if not len(shown):
        return ()
    sorts = np.array([2 * KINDS.index(points[place].kind) + points[place].past for place in shown])
    which = _near(at[shown], sorts) if len(shown) <= FEW else _gridded(at[shown], sorts)
    order = np.argsort(which, kind="stable")
    starts = np.flatnonzero(np.diff(which[order], prepend=-1))
    members = np.split(shown[order], starts[1:])
    made = [_mark(points, at, several) for several in members]
    return _beside(sorted(made, key=lambda mark: (not mark.past, mark.count, KINDS.index(mark.kind))))


def _beside(marks: list[Mark]) -> tuple[Mark, ...]:
    """The marks, those at one place beside each other: a sighting stands where its camera does."""
    at = np.array([(mark.x, mark.y) for mark in marks])
    found = []
    for place, mark in enumerate(marks):
        moves = 0
        while moves < ASIDES and np.any(np.hypot(*(at[:place] - at[place]).T) < CLOSE):
            at[place, 0] += ASIDE
            moves += 1
        found.append(replace(mark, x=round(float(at[place, 0]), 1), aside=True) if moves else mark)
    return tuple(found)


def _near(at: NDArray[np.float64], sorts: NDArray[np.int64]) -> NDArray[np.int64]:
    """The mark of each of a few points: of the first of its sort that it would cover, or one of its own."""
    which = np.arange(len(at), dtype=np.int64)
    for place in range(len(at)):
        own = which[:place] == np.arange(place)
        close = np.hypot(*(at[:place] - at[place]).T) < CLOSE
        found = np.flatnonzero(own & close & (sorts[:place] == sorts[place]))
        if len(found):
            which[place] = found[0]
    return which


def _gridded(at: NDArray[np.float64], sorts: NDArray[np.int64]) -> NDArray[np.int64]:
    """The mark of each of many points, by its cell of a grid, which grows until the marks are few enough."""
    cell = FAR
    while True:
        grid = np.floor(at / cell).astype(np.int64)
        cells = (sorts << 42) | (grid[:, 0] << 21) | grid[:, 1]
        which: NDArray[np.int64] = np.unique(cells, return_inverse=True)[1]
        if int(which.max()) < MOST_MARKS:
            return which
        cell *= 1.5


def _mark(points: Sequence[Point], at: NDArray[np.float64], members: NDArray[np.intp]) -> Mark:
    first = points[members[0]]
    x, y = (round(float(each), 1) for each in at[members].mean(axis=0))
    if len(members) == 1:
        return Mark(first.kind, x, y, 1, (first.name,), first.past, first.href, first.bearing)
    several = [points[place] for place in members]
    spots = {(one.latitude, one.longitude) for one in several}
    box = around(spots) if len(spots) > 1 else None
    names = tuple(one.name for one in several[:NAMED])
    return Mark(first.kind, x, y, len(several), names, first.past, box=box)


def _lines(view: View, tracks: Sequence[Track]) -> tuple[Line, ...]:
    drawn = [
        (track, view.projected(np.array(track.places, dtype=np.float64)[:, ::-1]))
        for track in tracks
        if track.places
    ]
    step = 1.0
    while sum(len(_thinned(at, step)) for _, at in drawn) > MOST_STEPS and step < WIDTH:
        step *= 2
    return tuple(Line(track.kind, track.name, _way(_thinned(at, step))) for track, at in drawn)


def _thinned(at: NDArray[np.float64], step: float) -> NDArray[np.int64]:
    """A track's corners in a grid, each once where it stays in a cell; the ends stay."""
    grid = np.rint(at / step).astype(np.int64)
    moved = np.any(np.diff(grid, axis=0, prepend=grid[:1] - 1) != 0, axis=1)
    moved[-1] = True
    return np.rint(at[moved]).astype(np.int64)


def _way(grid: NDArray[np.int64]) -> str:
    steps = " ".join(map(str, np.diff(grid, axis=0).ravel().tolist())) or "0 0"
    return f"M{grid[0, 0]} {grid[0, 1]}l{steps}".replace(" -", "-")


def _squares(view: View, patrolled: Sequence[tuple[float, float]]) -> tuple[tuple[Square, ...], float]:
    """Patrolled squares and how long their sides are, in units: a round number of kilometres, SQUARE units at least."""
    kilometres = SQUARE / view.kilometre
    power = 10 ** math.floor(math.log10(kilometres))
    side = next(step * power for step in (1, 2, 5, 10) if step * power >= kilometres) * view.kilometre
    if not patrolled:
        return (), side
    at = view.projected(np.array(patrolled, dtype=np.float64)[:, ::-1])
    grid = np.floor(at / side).astype(np.int64)
    inside = np.all(grid >= 0, axis=1) & (grid[:, 0] * side < view.width) & (grid[:, 1] * side < view.height)
    cells, counts = np.unique(grid[inside], axis=0, return_counts=True)
    most = int(counts.max()) if len(counts) else 1
    found = (
        Square(round(x * side, 1), round(y * side, 1), count, max(1, math.ceil(LEVELS * count / most)))
        for (x, y), count in zip(cells.tolist(), counts.tolist(), strict=True)
    )
    return tuple(found), round(side, 1)


Address = Callable[[Box], str]


@dataclass(frozen=True, slots=True)
class Ways:
    """Addresses of other parts of the map: nearer, farther, and the four sides; "" where the world ends."""

    nearer: str
    farther: str
    north: str
    south: str
    west: str
    east: str


def ways(view: View, address: Address) -> Ways:
    """Where the links around a map lead, from what it shows."""
    box = within(view.box)

    def to(other: Box) -> str:
        return address(other) if other.text != box.text else ""

    return Ways(
        nearer=to(box.grown(0.5)),
        farther=to(box.grown(2)),
        north=to(box.moved(0, 0.5)),
        south=to(box.moved(0, -0.5)),
        west=to(box.moved(-0.5, 0)),
        east=to(box.moved(0.5, 0)),
    )
