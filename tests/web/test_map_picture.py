"""Maps as the server draws them: where places fall, what is one mark, and what of it is told."""

from __future__ import annotations

import gzip
import json
import math
import random
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from markupsafe import Markup

from liaison.model.errors import BadInput
from liaison.web.map_outlines import clipped, lands, outlines, unwound
from liaison.web.map_picture import KINDS, MOST_STEPS, Kind, Picture, Point, Track, picture, shown_in, ways
from liaison.web.map_view import DEGREE, WORLD, Box, around, fitted, read_box, scale_of
from liaison.web.render import environment
from tools import outlines as tool

REGION = Box(18, 39, 23, 43)
TIRANA = (41.33, 19.82)


def many(count: int, box: Box = REGION) -> list[Point]:
    chance = random.Random(1)
    return [
        Point(
            chance.choice(KINDS),
            chance.uniform(box.south, box.north),
            chance.uniform(box.west, box.east),
            f"{i}",
        )
        for i in range(count)
    ]


def drawn(of: Picture, **given: object) -> str:
    macro = environment().get_template("macros/map.html").make_module({}).drawing  # type: ignore[attr-defined]
    return str(macro(of, "A map", **given))


def test_a_place_falls_where_the_projection_says() -> None:
    view = fitted(REGION)
    ((x, y), (right, low)) = view.projected(np.array([[20.5, 41.0], [21.5, 40.0]]))
    assert (x, y) == pytest.approx((360, 240))
    assert low - y == pytest.approx(view.up)
    assert (right - x) / view.up == pytest.approx(math.cos(math.radians(41))), (
        "a degree of longitude is shorter"
    )
    assert view.kilometre * DEGREE == pytest.approx(view.up)


@pytest.mark.parametrize("box", [REGION, WORLD, Box(-1, 88, 1, 90), Box(5, -80, 170, -79)])
def test_a_view_shows_its_box_whole_in_the_shape_of_the_picture(box: Box) -> None:
    view = fitted(box, 600, 400)
    corners = view.projected(np.array([[box.west, box.north], [box.east, box.south]]))
    assert np.isfinite(corners).all()
    assert (corners >= -1e-6).all()
    assert (corners <= np.array([600, 400]) + 1e-6).all()


def test_a_map_fits_around_its_points_and_a_single_one_has_room() -> None:
    box = around([TIRANA, (40.0, 21.0)])
    assert box.west < 19.82 < 21.0 < box.east
    assert box.south < 40.0 < 41.33 < box.north
    alone = around([TIRANA])
    assert alone.east - alone.west == pytest.approx(0.4)
    assert around([]) == WORLD


@pytest.mark.parametrize(
    "text", ["", "1,2,3", "a,b,c,d", "3,1,2,4", "1,2,3,nan", "-200,0,0,1", "0,0,inf,1", "0,0,1,99"]
)
def test_what_is_no_part_of_a_map_is_refused(text: str) -> None:
    with pytest.raises(BadInput) as refused:
        read_box(text)
    assert refused.value.field == "box"


def test_a_part_is_read_as_it_was_written() -> None:
    assert read_box(REGION.text) == REGION


@pytest.mark.parametrize(("latitude", "longitude"), [(math.nan, 1), (1, math.inf), (90.1, 0), (0, -180.5)])
def test_a_point_without_a_place_is_refused_by_its_name(latitude: float, longitude: float) -> None:
    with pytest.raises(BadInput, match="North gate"):
        Point(Kind.CAMERA, latitude, longitude, "North gate")
    with pytest.raises(BadInput, match="North gate"):
        Track(Kind.BOAT, "North gate", ((latitude, longitude),))
    with pytest.raises(BadInput):
        picture([], patrolled=[(latitude, longitude)])


def test_many_points_are_few_marks_and_none_is_lost() -> None:
    points = many(5_000)
    found = picture(points, box=REGION)
    assert 0 < len(found.marks) <= 400
    assert sum(mark.count for mark in found.marks) == found.shown == 5_000
    for kind in KINDS:
        told = sum(mark.count for mark in found.marks if mark.kind is kind)
        assert told == sum(one.kind is kind for one in points), "a mark is of one kind"


def test_what_is_over_is_not_counted_with_what_stands() -> None:
    stands = Point(Kind.CAMERA, *TIRANA, "A")
    found = picture([stands, replace(stands, name="B", past=True)])
    assert sorted((mark.names, mark.past) for mark in found.marks) == [(("A",), False), (("B",), True)]


def test_points_beyond_the_edge_are_counted_and_not_drawn() -> None:
    inside, outside = Point(Kind.CAMERA, *TIRANA, "A"), Point(Kind.CAMERA, 0, 0, "B")
    found = picture([inside, outside], box=REGION)
    assert (found.shown, found.outside, len(found.marks)) == (1, 1, 1)
    assert shown_in(found.view, [inside, outside]) == [0]
    assert "1 point lies beyond the edge" in drawn(found)


def test_a_group_leads_to_its_own_part_and_one_place_leads_nowhere() -> None:
    apart = [Point(Kind.CAMERA, 41.0, 20.0, "A"), Point(Kind.CAMERA, 41.01, 20.01, "B")]
    (mark,) = picture(apart, box=REGION).marks
    assert mark.count == 2
    assert mark.box is not None
    assert len(picture(apart, box=mark.box).marks) == 2
    (mark,) = picture([apart[0], replace(apart[0], name="B")], box=REGION).marks
    assert (mark.count, mark.box) == (2, None)


def test_a_sighting_is_not_hidden_by_its_camera() -> None:
    found = picture([Point(Kind.CAMERA, *TIRANA, "A"), Point(Kind.SIGHTING, *TIRANA, "B")])
    camera, sighting = found.marks
    assert (camera.aside, sighting.aside, found.aside) == (False, True, True)
    assert sighting.x - camera.x == 18
    assert "side by side: at the same place" in drawn(found)


def test_every_kind_has_a_shape_a_colour_and_a_word_of_its_own() -> None:
    assert len({kind.shape for kind in KINDS}) == len({kind.label for kind in KINDS}) == len(KINDS)
    points = [Point(kind, 40 + place / 3, 20, kind.value) for place, kind in enumerate(KINDS)]
    text = drawn(picture(points))
    sheet = (tool.ROOT / "src" / "liaison" / "web" / "static" / "components.css").read_text("utf-8")
    for kind in KINDS:
        assert f'd="{kind.shape}"' in text
        assert f"<title>{kind.label}: {kind.value}</title>" in text
        assert f".l-map__mark--{kind.value} {{" in sheet
    colours = re.findall(r"\.l-map__mark--[\w-]+ \{ fill: var\((--\w+)\)", sheet)
    assert len(set(colours)) == len(KINDS)


def test_names_and_addresses_are_written_as_text() -> None:
    nasty = '"><script>alert(1)</script>'
    found = picture(
        [Point(Kind.CAMERA, *TIRANA, nasty, href=f"/x?{nasty}")], tracks=[Track(Kind.BOAT, nasty, (TIRANA,))]
    )
    text = drawn(found)
    assert "<script" not in text
    assert text.count(str(Markup.escape(nasty))) >= 3


def test_a_picture_is_small_has_no_number_that_is_none_and_nothing_in_line() -> None:
    walk = tuple((40 + math.sin(i / 9) / 2, 20 + i / 20_000) for i in range(40_000))
    patrolled = [(one.latitude, one.longitude) for one in many(2_000)]
    found = picture(many(20_000), tracks=[Track(Kind.DRONE, "A", walk)], patrolled=patrolled, box=REGION)
    text = drawn(found, address=lambda box: f"/map?box={box.text}")
    assert len(text.encode()) < 300_000
    assert not re.search(r"\bnan\b|\binf\b", text)
    assert not re.search(r"\bstyle=|<script|\bon\w+=|https?://", text)
    assert len(drawn(picture([], box=WORLD)).encode()) < 300_000


def test_a_track_keeps_its_ends_and_has_not_too_many_corners() -> None:
    walk = tuple((39.5 + 3 * (i % 2), 18.5 + i / 5_000) for i in range(20_000))
    (line,) = picture([], tracks=[Track(Kind.PATROL, "A", walk)], box=REGION).lines
    view = fitted(REGION)
    steps = np.array([int(each) for each in re.findall(r"-?\d+", line.path)]).reshape(-1, 2)
    first, last = view.projected(np.array([walk[0][::-1], walk[-1][::-1]]))
    assert len(steps) <= MOST_STEPS
    assert np.abs(steps[0] - first).max() <= 1
    assert np.abs(steps.sum(axis=0) - last).max() <= 1


def test_patrolled_squares_count_every_position_on_the_map() -> None:
    places = [(41.0, 20.0)] * 7 + [(40.0, 22.0), (0.0, 0.0)]
    found = picture([], patrolled=places, box=REGION)
    assert sorted((square.count, square.level) for square in found.squares) == [(1, 1), (7, 4)]
    text = drawn(found)
    assert "Patrolled: 7 positions" in text
    assert "the more the darker" in text


def test_the_bar_is_as_long_as_it_says() -> None:
    for box in (REGION, WORLD, Box(19.8, 41.3, 19.82, 41.32)):
        view, bar = fitted(box), scale_of(fitted(box))
        metres = bar.length * (1 if bar.metres else 1_000)
        assert bar.units == pytest.approx(metres / 1_000 * view.kilometre, abs=0.06)
        assert 50 <= bar.units <= 150
    assert scale_of(fitted(Box(19.8, 41.3, 19.82, 41.32))).words.endswith("\u00a0m")
    assert scale_of(fitted(WORLD)).words == "5\u202f000\u00a0km"


def test_the_links_around_a_map_lead_nearer_farther_and_aside_within_the_world() -> None:
    found = ways(fitted(REGION), lambda box: box.text)
    nearer, north = read_box(found.nearer), read_box(found.north)
    assert nearer.middle == pytest.approx(REGION.middle, abs=1e-3)
    assert nearer.east - nearer.west < REGION.east - REGION.west
    assert north.middle[1] > REGION.middle[1]
    assert read_box(found.east).middle[0] > REGION.middle[0]
    world = ways(fitted(WORLD), lambda box: box.text)
    assert (world.farther, world.north, world.west) == ("", "", "")
    assert world.nearer
    at_the_end = ways(fitted(Box(170, 70, 180, 90)), lambda box: box.text)
    for text in (at_the_end.north, at_the_end.east, at_the_end.farther):
        assert not text or read_box(text)


def test_the_outlines_are_as_their_sum_says_and_small() -> None:
    assert tool.faults() == []
    assert tool.OUTLINES.stat().st_size < 500_000
    assert "Natural Earth" in (tool.ROOT / "NOTICE").read_text("utf-8")


def test_a_spoilt_outline_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spoilt = tool.OUTLINES.read_bytes()[:-1]
    copy = tmp_path / tool.OUTLINES.name
    copy.write_bytes(spoilt)
    monkeypatch.setattr(tool, "OUTLINES", copy)
    assert tool.faults() == ["outlines.json.gz: changed"]


def test_countries_go_by_their_names_and_lie_where_they_do() -> None:
    known = {land.name: land for land in lands()}
    assert {"Albania", "Kosovo", "North Macedonia", "United Kingdom"} <= known.keys()
    west, south, east, north = known["Albania"].bounds.T
    assert (west.min(), south.min(), east.max(), north.max()) == pytest.approx(
        (19.28, 39.64, 21.05, 42.66), abs=0.05
    )
    assert {each.label for each in outlines(fitted(Box(18, 38, 24, 44)))} >= {"Albania", "Kosovo"}


def test_a_ring_is_cut_at_the_edge_and_keeps_its_area_within() -> None:
    ring = np.array([[0.0, 0.0], [4.0, 0.0], [4.0, 4.0], [0.0, 4.0]])
    cut = clipped(ring, np.array([1.0, 1.0, 3.0, 9.0]))
    assert cut.min(axis=0).tolist() == [1, 1]
    assert cut.max(axis=0).tolist() == [3, 4]
    x, y = cut.T
    assert abs(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1))) / 2 == pytest.approx(6)
    assert len(clipped(ring, np.array([5.0, 5.0, 6.0, 6.0]))) == 0


def test_a_country_across_the_180th_meridian_is_no_stripe_around_the_world() -> None:
    ring = np.array([[170.0, 60.0], [-170.0, 60.0], [-170.0, 70.0], [170.0, 70.0]])
    left, right = unwound(ring)
    assert sorted({*left[:, 0]}) == [-190, -170]
    assert sorted({*right[:, 0]}) == [170, 190]
    for land in lands():
        for each in land.rings if land.name != "Antarctica" else ():
            assert np.abs(np.diff(each[:, 0], append=each[:1, 0])).max() < 180, land.name
    north = {each.name for each in outlines(fitted(Box(-60, 66, -30, 70)))}
    assert "Russia" not in north
    assert "Greenland" in north


def test_a_topology_is_packed_with_each_border_once() -> None:
    topology = {
        "transform": {"scale": [1, 1], "translate": [0, 0]},
        "arcs": [[[0, 0], [2, 0]], [[2, 0], [0, 2], [-2, -2]]],
        "objects": {
            "countries": {
                "geometries": [
                    {"type": "MultiPolygon", "arcs": [[[0, 1]], [[~1]]], "properties": {"name": "Macedonia"}},
                    {"type": "Polygon", "arcs": [[0]], "properties": {"name": "Kosovo"}},
                ]
            }
        },
    }
    packed = json.loads(gzip.decompress(tool.compact(topology)))
    assert packed["arcs"] == [[0, 0, 2, 0], [2, 0, 0, 2, -2, -2]]
    assert packed["countries"] == [
        {"name": "Kosovo", "rings": [[0]]},
        {"name": "North Macedonia", "rings": [[0, 1], [-2]]},
    ]
