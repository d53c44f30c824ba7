"""What the readers of all formats share: what was gathered so far, plates, candidates and boxes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from liaison.formats.cameras.model import Box, Candidate, Picture, Read
from liaison.formats.feeds import Doubt, Doubts
from liaison.formats.feeds.doubts import shown
from liaison.formats.feeds.values import as_number, legible, share, text

LONGEST_PLATE = 64  # characters, signs between the groups included; as formats.vehicles takes them
MOST_CANDIDATES = 50
MOST_READS = 100  # plates of one picture or event
GIVE_PLATE = "send the plate as the camera read it"


@dataclass(slots=True)
class Gathering:
    """A message while it is read."""

    reads: list[Read] = field(default_factory=list)
    pictures: list[Picture] = field(default_factory=list)
    doubts: Doubts = field(default_factory=Doubts)
    refused: list[Doubt] = field(default_factory=list)
    ignored: str = ""

    def refuse(self, place: str, words: str, hint: str = GIVE_PLATE) -> None:
        """What should have been a read is none."""
        self.refused.append(Doubt(place, words, hint))

    def plate(self, value: object, place: str) -> str:
        """A plate as it was read; empty, and refused, where there is none."""
        if value is None or value == "":
            self.refuse(place, "there is no plate")
            return ""
        if not isinstance(value, str):
            self.refuse(place, f"{shown(value)} is no text")
            return ""
        plate = value.strip()
        if not plate or len(plate) > LONGEST_PLATE or not legible(plate):
            self.refuse(place, f"{shown(plate)!r} is no plate: 1 to {LONGEST_PLATE} signs that can be read")
            return ""
        return plate

    def picture(self, value: object, part: str) -> tuple[int, ...]:
        """The place of a picture that stands in base64 in a field; nothing where there is none."""
        if value is None or value == "":
            return ()
        if not isinstance(value, str):
            self.doubts.add(part, f"{shown(value)} is no picture in base64", "it was left out")
            return ()
        self.pictures.append(Picture(part, value.encode(), encoded=True))
        return (len(self.pictures) - 1,)

    def candidates(
        self, rows: object, place: str, *, percent: bool, score: str = "confidence", but: str = ""
    ) -> tuple[Candidate, ...]:
        """Other readings, in the order in which they were sent, without the one in `but`: the plate itself."""
        if rows is None:
            return ()
        if not isinstance(rows, list):
            self.doubts.add(place, f"a list was expected and there is {shown(rows)}", "it was left out")
            return ()
        if len(rows) > MOST_CANDIDATES:
            words = f"there are {len(rows):,} candidates; the first {MOST_CANDIDATES} were taken"
            self.doubts.add(place, words)
        most = 100 if percent else 1
        found = []
        for at, row in enumerate(rows[:MOST_CANDIDATES]):
            if type(row) is dict:
                plate, sure = row.get("plate"), row.get(score)
            elif type(row) is list and len(row) == 2:
                plate, sure = row
            else:
                plate, sure = row, None
            kept: float | None
            if type(sure) is float and 0 <= sure <= most:
                kept = round(sure / most, 6)
            else:
                kept = share(sure, f"{place}[{at}]", self.doubts, percent=percent)
            if type(plate) is str and len(plate) <= LONGEST_PLATE and plate.isalnum():
                other = plate
            elif other := text(plate, f"{place}[{at}]", self.doubts, LONGEST_PLATE):
                pass
            else:
                continue
            if other != but:
                found.append(Candidate(other, kept))
        return tuple(found)

    def corners(self, points: object, place: str) -> Box | None:
        """The box around points with x and y."""
        if points is None or points == []:
            return None
        if isinstance(points, list) and len(points) <= 64:
            xs = [as_number(point.get("x")) for point in points if isinstance(point, dict)]
            ys = [as_number(point.get("y")) for point in points if isinstance(point, dict)]
            if len(xs) == len(points):
                return self.between(xs, ys, place)
        self.doubts.add(place, f"{shown(points)} is no list of points", "it was left out")
        return None

    def between(self, xs: list[float | None], ys: list[float | None], place: str) -> Box | None:
        """The box from the least to the greatest of both; None where none was sent or one is no number."""
        known_x, known_y = [x for x in xs if x is not None], [y for y in ys if y is not None]
        if not known_x and not known_y:
            return None
        if len(known_x) < len(xs) or len(known_y) < len(ys):
            self.doubts.add(place, "a side of the box is no number", "it was left out")
            return None
        left, top = min(known_x), min(known_y)
        return Box(left, top, max(known_x) - left, max(known_y) - top)


def under(place: str, name: str) -> str:
    """The place of a field: `[2].plate`, `line 3, plate`, `plate`."""
    if not place:
        return name
    return f"{place}, {name}" if place.startswith("line") else f"{place}.{name}"


def several(rows: object, place: str, gathering: Gathering) -> list[tuple[str, dict[str, Any]]]:
    """The objects of a list with their places; what is none is refused, and more than MOST_READS are."""
    if not isinstance(rows, list):
        gathering.refuse(place, f"a list of reads was expected and there is {shown(rows)}")
        return []
    if len(rows) > MOST_READS:
        words = f"there are {len(rows):,} reads; the first {MOST_READS} were taken"
        gathering.refuse(place, words, "send fewer reads in a message")
    found = []
    for at, row in enumerate(rows[:MOST_READS]):
        if isinstance(row, dict):
            found.append((f"{place}[{at}]", row))
        else:
            gathering.refuse(f"{place}[{at}]", f"{shown(row)} is no read")
    return found


def inside(document: dict[str, Any], name: str, gathering: Gathering, place: str = "") -> dict[str, Any]:
    """The object in a field; an empty one where there is none."""
    found = document.get(name)
    if isinstance(found, dict):
        return found
    if found is not None:
        gathering.doubts.add(under(place, name), f"{shown(found)} is no object", "it was left out")
    return {}


def numbered(read_id: str, at: int) -> str:
    """The sender's id of the read at a place of its message: a second plate of one event has an id of its own."""
    return f"{read_id}/{at}" if read_id and at else read_id
