"""What a map in the browser is drawn from, as GeoJSON (RFC 7946): outlines of countries, points, lines and squares.

It is what the picture shows, of the same layers: a layer of web/mapped.py is on both with no further work.
"""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import Any

import msgspec
import numpy as np

from liaison.web.map_outlines import area, lands, middle
from liaison.web.map_picture import Picture, Point
from liaison.web.mapped import Layer

FINE = 3  # decimals of a degree of an outline: a hundred metres, as fine as it is
PLACED = 6  # decimals of a degree of a point
EDGE = 180.0
Say = Callable[[str], str]
Feature = dict[str, Any]


@cache
def outlines() -> bytes:
    """The outlines of all countries, packed by gzip: of each its rings, and a point where its name may stand."""
    return gzip.compress(_collection(_lands()), 6, mtime=0)


def points(layer: Layer, say: Say) -> bytes:
    """The points of a layer. `sort` tells kinds, and what is over, apart; `said` is what a mark is called."""
    return _collection(_point(one, say) for one in layer.points)


def shapes(layer: Layer, shown: Picture) -> bytes:
    """The lines of a layer, and the squares of its patrols as large as they are on this picture."""
    lines = (
        _feature(
            "LineString", [_place(*place) for place in track.places], kind=track.kind.value, name=track.name
        )
        for track in layer.tracks
        if len(track.places) > 1
    )
    return _collection([*lines, *_squares(shown)])


def sort_of(kind: str, past: bool) -> str:
    """What is counted together: what stands and what is over of one kind are not."""
    return f"{kind}-past" if past else kind


def _lands() -> Iterator[Feature]:
    """Countries; of rings that stand on both sides of the 180th meridian, one side: the browser sees to the other."""
    for land in lands():
        rings = [
            [[*np.round(ring, FINE).tolist(), np.round(ring[0], FINE).tolist()]]
            for ring, (_, _, east, _) in zip(land.rings, land.bounds, strict=True)
            if east <= EDGE
        ]
        yield _feature("MultiPolygon", rings, name=land.name)
        largest = max(land.rings, key=area)
        x, y, _ = middle(largest)
        yield _feature("Point", [round(x, FINE), round(y, FINE)], name=land.name, rank=-round(area(largest)))


def _point(one: Point, say: Say) -> Feature:
    said = f"{say(one.kind.label)}: {one.name}" + (f" ({say('over')})" if one.past else "")
    told: Feature = {"sort": sort_of(one.kind.value, one.past), "said": said, "href": one.href}
    if one.bearing is not None:
        told["bearing"] = one.bearing
    return _feature("Point", _place(one.latitude, one.longitude), **told)


def _squares(shown: Picture) -> Iterator[Feature]:
    view = shown.view
    for square in shown.squares:
        west, north = view.box.west + square.x / view.across, view.box.north - square.y / view.up
        east, south = west + shown.side / view.across, north - shown.side / view.up
        ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
        yield _feature("Polygon", [ring], level=square.level, count=square.count)


def _place(latitude: float, longitude: float) -> list[float]:
    return [round(longitude, PLACED), round(latitude, PLACED)]


def _feature(form: str, coordinates: Any, **told: Any) -> Feature:
    return {"type": "Feature", "geometry": {"type": form, "coordinates": coordinates}, "properties": told}


def _collection(features: Iterable[Feature]) -> bytes:
    return msgspec.json.encode({"type": "FeatureCollection", "features": list(features)})
