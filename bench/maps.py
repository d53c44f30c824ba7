"""What a map costs: outlines, marks and text of a picture that the server draws, and a map that the browser moves."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import TypeVar

from bench import maps_moved
from bench.common import Absent, Figures, cpu_seconds

REGION = (18.0, 39.0, 23.0, 43.0)  # west, south, east, north
RUNS = 5
Found = TypeVar("Found")


def measure(quick: bool) -> list[Figures]:
    """Milliseconds of processor time and kilobytes, for few points and for many."""
    from liaison.web.map_outlines import lands, outlines
    from liaison.web.map_picture import KINDS, Kind, Picture, Point, Track, picture
    from liaison.web.map_view import WORLD, Box, fitted
    from liaison.web.render import environment

    box, chance = Box(*REGION), random.Random(1)

    def points(count: int) -> list[Point]:
        west, south, east, north = REGION
        return [
            Point(
                chance.choice(KINDS), chance.uniform(south, north), chance.uniform(west, east), f"Point {i}"
            )
            for i in range(count)
        ]

    drawing = environment().get_template("macros/map.html").make_module({}).drawing  # type: ignore[attr-defined]

    def text(of: Picture) -> str:
        return str(drawing(of, "A map", address=lambda part: f"/map?box={part.text}"))

    found = Figures("A map drawn by the server, CPU time of one core")
    once, _ = _milliseconds(lands, 1)
    found.add("outlines of 241 countries, read once", once, "ms")
    once, _ = _milliseconds(lambda: outlines(fitted(box)), 1)
    found.add("outlines of a region of 5 by 4 degrees, the first time", once, "ms")
    once, _ = _milliseconds(lambda: outlines(fitted(WORLD)), 1)
    found.add("outlines of the world, the first time", once, "ms")
    for count in (100, 1_000) if quick else (100, 1_000, 20_000):
        many = points(count)
        spent, made = _milliseconds(lambda many=many: picture(many, box=box))  # type: ignore[misc]
        found.add(f"{count:,} points of six kinds as marks", spent, "ms", "< 100" if count == 20_000 else "")
        spent, svg = _milliseconds(lambda made=made: text(made))  # type: ignore[misc]
        found.add(f"{count:,} points: the picture written", spent, "ms")
        size = round(len(svg.encode()) / 1e3)
        found.add(f"{count:,} points: its size, {len(made.marks)} marks", size, "kB", "< 300")
    track = Track(Kind.BOAT, "A track", tuple((40 + i / 20_000, 19 + (i % 50) / 100) for i in range(20_000)))
    spent, made = _milliseconds(lambda: picture([], tracks=[track], patrolled=track.places, box=box))
    found.add("a track of 20,000 positions, as a line and as squares", spent, "ms", "< 100")
    found.add("the same: its size", round(len(text(made).encode()) / 1e3), "kB", "< 300")
    found.add(
        "the world without a point: its size",
        round(len(text(picture([], box=WORLD)).encode()) / 1e3),
        "kB",
        "< 300",
    )
    found.notes.append(
        "points are drawn by lot, evenly over the region; outlines are kept for the parts that were shown last"
    )
    try:
        return [found, maps_moved.measure(quick)]
    except Absent as missing:
        found.notes.append(f"the map that moves was left out: {missing}")
        return [found]


def _milliseconds(work: Callable[[], Found], runs: int = RUNS) -> tuple[float, Found]:
    """The least processor time of some runs, and what the work gave."""
    best = float("inf")
    for _ in range(runs):
        start = cpu_seconds()
        result = work()
        best = min(best, cpu_seconds() - start)
    return round(best * 1e3, 1), result
