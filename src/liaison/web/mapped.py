"""What the page of the map shows, and what each point says in the table beside it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import msgspec
import numpy as np

from liaison import policy
from liaison.model.errors import BadInput
from liaison.office import Office
from liaison.sensors import patrols, rescue, tracks
from liaison.sightings.following.rules import Verdict
from liaison.sightings.following.viewing import Following
from liaison.sightings.register import MOST, Camera, cameras_of
from liaison.sightings.seen import sightings_of
from liaison.web.journey_picture import marks_of
from liaison.web.language import later
from liaison.web.map_picture import Kind, Picture, Point, Track, picture
from liaison.web.map_view import Box, within
from liaison.web.map_view import around as around_places
from liaison.web.sensors import map_kind, point_of

ROOM = 1.3  # of a journey's extent, so that its numbers are clear of the edge
AROUND = (2.0, 1.0)  # degrees of longitude and latitude to each side of a camera


@dataclass(frozen=True, slots=True)
class Placed:
    """A point, and when: of a camera until when it reads, of a sighting its first read."""

    point: Point
    when: datetime


@dataclass(frozen=True, slots=True)
class Layer:
    """All of a kind that a person sees: points, and lines and positions of patrols where it has any. `cut` where there
    are more points than are shown at once."""

    placed: tuple[Placed, ...]
    cut: bool
    tracks: tuple[Track, ...] = ()
    patrolled: tuple[tuple[float, float], ...] = ()

    @property
    def points(self) -> list[Point]:
        """The points alone."""
        return [one.point for one in self.placed]


def cameras(office: Office, actor: policy.Actor) -> Layer:
    """The registered cameras of the person's cases."""
    found = cameras_of(office, actor)
    placed = [
        Placed(
            Point(
                Kind.CAMERA,
                one.place.latitude,
                one.place.longitude,
                one.place.name,
                href=f"/cameras/{one.id}",
                past=not one.standing,
                bearing=one.place.bearing,
            ),
            one.ended or one.until,
        )
        for one in found
    ]
    return Layer(tuple(placed), len(found) >= MOST)


def around(camera: Camera) -> Picture:
    """The map of one camera and the country about it."""
    place = camera.place
    east, north = AROUND
    box = Box(place.longitude - east, place.latitude - north, place.longitude + east, place.latitude + north)
    point = Point(
        Kind.CAMERA,
        place.latitude,
        place.longitude,
        place.name,
        past=not camera.standing,
        bearing=place.bearing,
    )
    return picture([point], box=within(box), width=640, height=320)


def sightings(office: Office, actor: policy.Actor) -> Layer:
    """Wanted vehicles at cameras, the newest first; each leads to its alert."""
    found = sightings_of(office, actor, MOST + 1)
    placed = [
        Placed(
            Point(Kind.SIGHTING, one.latitude, one.longitude, one.camera, href=f"/alerts/{one.alert}"),
            one.at,
        )
        for one in found[:MOST]
    ]
    return Layer(tuple(placed), len(found) > MOST)


def tracked(kind: Kind) -> Callable[[Office, policy.Actor], Layer]:
    """What of this kind sends where it is now; nothing that is stale."""

    def layer(office: Office, actor: policy.Actor) -> Layer:
        found = [one for one in tracks.now_of(office, actor) if map_kind(one) is kind]
        return Layer(tuple(Placed(point_of(one), one.until) for one in found), len(found) >= tracks.MOST)

    return layer


def in_need(office: Office, actor: policy.Actor) -> Layer:
    """People in need whom the person may see, as counts."""
    placed = [
        Placed(
            Point(Kind.IN_NEED, one.latitude, one.longitude, f"{one.people:,}", href=f"/in-need/{one.id}"),
            one.last,
        )
        for one in rescue.in_need(office, actor)
    ]
    return Layer(tuple(placed), len(placed) >= rescue.MOST)


def patrolled(office: Office, actor: policy.Actor) -> Layer:
    """Where was patrolled in the last hours, and for how many minutes."""
    found = patrols.squares_of(office, actor)
    placed = [
        Placed(Point(Kind.PATROL, one.latitude, one.longitude, f"{one.minutes:g} min"), one.last)
        for one in found
    ]
    return Layer(tuple(placed), len(found) >= patrols.MOST)


LAYERS: dict[Kind, Callable[[Office, policy.Actor], Layer]] = {
    Kind.CAMERA: cameras,
    Kind.SIGHTING: sightings,
    Kind.DRONE: tracked(Kind.DRONE),
    Kind.BOAT: tracked(Kind.BOAT),
    Kind.TEAM: tracked(Kind.TEAM),
    Kind.IN_NEED: in_need,
    Kind.PATROL: patrolled,
}


def kind_of(text: str) -> Kind | None:
    """The kind that an address asks for; None for all. Raises BadInput."""
    if not text:
        return None
    try:
        found = Kind(text)
    except ValueError:
        found = None
    if found not in LAYERS:
        hint = later("choose one that the filter offers")
        raise BadInput(later("there is no such kind on the map"), field="kind", hint=hint)
    return found


def layers(office: Office, actor: policy.Actor, kind: Kind | None = None) -> Layer:
    """What there is of one kind, or of all."""
    found = [read(office, actor) for each, read in LAYERS.items() if kind in (None, each)]
    return Layer(
        tuple(one for layer in found for one in layer.placed),
        any(layer.cut for layer in found),
        tuple(track for layer in found for track in layer.tracks),
        tuple(place for layer in found for place in layer.patrolled),
    )


def drawn(layer: Layer, box: Box | None = None) -> Picture:
    """The picture of a layer; of a part of the world where a box is given."""
    return picture(layer.points, tracks=layer.tracks, patrolled=layer.patrolled, box=box)


def walked(layer: Layer, box: Box | None = None) -> Picture:
    """The picture of a layer without its points: lines, and squares of patrols."""
    return picture([], tracks=layer.tracks, patrolled=layer.patrolled, box=box)


def state_of(layer: Layer) -> str:
    """A digest of all that a layer shows, by which a page knows whether something changed."""
    return hashlib.sha256(msgspec.msgpack.encode(layer)).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Label:
    """Numbers of stops at one place of a map, in units of its picture."""

    x: float
    y: float
    text: str


def route(following: Following, title: str) -> tuple[Picture, tuple[Label, ...]]:
    """The map of a journey: each camera once, lines where a car can drive, and the numbers of the stops. Cameras that
    the person does not see are on no map."""
    stops = following.stops
    places: dict[str, list[int]] = {}
    cameras: dict[str, Camera] = {}
    for number, stop in enumerate(stops, start=1):
        if stop.camera is not None:
            cameras[stop.camera.id] = stop.camera
            places.setdefault(stop.camera.id, []).append(number)
    points = [
        Point(
            Kind.SIGHTING,
            cameras[one].place.latitude,
            cameras[one].place.longitude,
            f"{marks_of(numbers)} · {cameras[one].place.name}",
            past=not any(stops[number - 1].counts for number in numbers),
        )
        for one, numbers in places.items()
    ]
    box = around_places((point.latitude, point.longitude) for point in points).grown(ROOM)
    drawn = picture(points, tracks=_driven(following, title), box=box, width=640, height=420)
    return drawn, _labels(drawn, cameras, places)


def _driven(following: Following, title: str) -> list[Track]:
    """The parts of a journey that a car can drive, each as a line."""
    runs: list[list[int]] = []
    for one, other, leg in following.legs:
        if leg.verdict is Verdict.POSSIBLE:
            if runs and runs[-1][-1] == one:
                runs[-1].append(other)
            else:
                runs.append([one, other])
    stopped = [[following.stops[place].camera for place in run] for run in runs]
    spots = [[camera.place for camera in run if camera is not None] for run in stopped]
    return [
        Track(Kind.SIGHTING, title, tuple((each.latitude, each.longitude) for each in run)) for run in spots
    ]


def _labels(drawn: Picture, cameras: dict[str, Camera], places: dict[str, list[int]]) -> tuple[Label, ...]:
    """The numbers of stops beside their marks; those of marks that stand close are one label."""
    spots = np.array([(cameras[one].place.longitude, cameras[one].place.latitude) for one in places])
    if not len(spots):
        return ()
    at = drawn.view.projected(spots.astype(np.float64))
    near: list[tuple[float, float, list[int]]] = []
    for (x, y), numbers in zip(at.tolist(), places.values(), strict=True):
        known = next((each for each in near if abs(each[0] - x) < 22 and abs(each[1] - y) < 18), None)
        if known:
            known[2].extend(numbers)
        else:
            near.append((x, y, list(numbers)))
    return tuple(Label(round(x + 11, 1), round(y - 9, 1), marks_of(numbers)) for x, y, numbers in near)
