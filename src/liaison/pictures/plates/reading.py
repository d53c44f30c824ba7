"""The plates in a picture: found at a small size, read once, and looked at again only where that is not sure.

At 448 pixels the network that finds text costs a fifth of what it costs at 960, and one crop half of two. So a
picture is looked at in steps; what all looks at one box saw is put together, and as soon as one plate is sure no
further step is taken.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import exp

from liaison.pictures.lines import Line, crop
from liaison.pictures.networks import Pixels
from liaison.pictures.plates import grammar
from liaison.pictures.plates.answers import Choice, Plate
from liaison.pictures.plates.candidates import Candidate, ranked
from liaison.pictures.plates.finding import boxes, same, within
from liaison.pictures.plates.lattice import Lattice, greedy
from liaison.pictures.plates.models import Models, finder, reader
from liaison.pictures.plates.rules import is_plate, is_sure, share

SIDES = (448, 960)  # pixels of the longest side, one after the other
BESIDE, ABOVE = (
    0.3,
    (0.0, 0.3),
)  # of the height: room beside a crop, and above and below the first and the second
SAME, WITHIN = 0.5, 0.5  # of two boxes: where they are of one plate, and where only one of them can be one
OURS = Models()
MOST_PLATES = 8  # of a picture
AROUND = 1.0  # heights of a plate: how much around it is shown with a read
LARGEST_PART = 400  # pixels of the longest side of that
WEAKER = 0.7  # of the strength: for a text that fits no form of today's cars


@dataclass(frozen=True, slots=True)
class Wanted:
    """How to look: the sides, the states that the camera expects (by code), and networks."""

    sides: tuple[int, ...] = SIDES
    expected: frozenset[str] = frozenset()
    models: Models = OURS
    crops: bool = False  # whether what is told brings the part of the picture that shows it


@dataclass(slots=True, eq=False)
class Look:
    """A box, what each crop of it showed, and the candidates of all of them; the part of the picture, where asked."""

    line: Line
    lattices: list[Lattice] = field(default_factory=list)
    found: list[Candidate] = field(default_factory=list)
    shown: bytes = b""

    @property
    def strength(self) -> float:
        """By what plates of one picture are ranked: how sure, and how large."""
        best = self.found[0]
        form = 1.0 if best.worth >= grammar.ORDINARY else WEAKER
        return share(self.found) * exp(best.seen) * self.line.length * form


def read(picture: Pixels, wanted: Wanted) -> list[Plate]:
    """The plates in a picture, the likeliest first; none where nothing is legible enough to be one."""
    return [plate(look.line, look.lattices, look.found, look.shown) for look in looks(picture, wanted)]


def looks(picture: Pixels, wanted: Wanted) -> list[Look]:
    """The same with what the network saw, for looks that are put together with others."""
    every, kept = list[Look](), list[Look]()
    for longest in wanted.sides:
        for line in boxes(finder(wanted.models)(picture, longest)):
            _look(picture, every, line, wanted)
        kept = _plates(every, wanted)
        if kept and is_sure(kept[0].found):
            break
    if wanted.crops:
        for look in kept:
            look.shown = part_of(picture, look.line)
    return kept


def part_of(picture: Pixels, line: Line) -> bytes:
    """The part of a picture around a plate, as JPEG; small enough to be sent with each read."""
    import cv2

    room = line.height * AROUND
    left, top = (max(0, int(side - room)) for side in line.box.min(axis=0))
    right, bottom = (int(side + room) + 1 for side in line.box.max(axis=0))
    part = picture[top:bottom, left:right]
    longest = max(part.shape[:2])
    if longest > LARGEST_PART:
        part = cv2.resize(part, None, fx=LARGEST_PART / longest, fy=LARGEST_PART / longest)
    done, content = cv2.imencode(".jpg", part, [cv2.IMWRITE_JPEG_QUALITY, 85])
    return bytes(content.tobytes()) if done else b""


def plate(line: Line, lattices: Sequence[Lattice], found: Sequence[Candidate], shown: bytes = b"") -> Plate:
    """What is told of a plate whose candidates these are."""
    shares = [share(found, at) for at in range(len(found))]
    return Plate(
        found[0].text,
        greedy(lattices[0]),
        round(shares[0] * exp(found[0].seen / 4), 4),
        grammar.states(found[0].text),
        tuple(Choice(each.text, round(part, 4)) for each, part in zip(found, shares, strict=True)),
        tuple((round(float(x), 1), round(float(y), 1)) for x, y in line.box),
        shown,
    )


def _look(picture: Pixels, every: list[Look], line: Line, wanted: Wanted) -> None:
    """Read a box, in a second way too where the first one is not sure."""
    look = next((each for each in every if same(each.line, line) >= SAME), None)
    if look is None:
        look = Look(line)
        every.append(look)
    for above in ABOVE:
        look.lattices.append(reader(wanted.models)(crop(picture, line, above, BESIDE)))
        look.found = ranked(look.lattices, wanted.expected)
        if not _worth_another(look, wanted):
            return


def _worth_another(look: Look, wanted: Wanted) -> bool:
    """Whether a second crop may show more: it may be a plate, and is not sure yet."""
    some = look.found and any(sign.isdigit() for sign in look.found[0].text)
    return bool(some) and not is_sure(look.found)


def _plates(every: Sequence[Look], wanted: Wanted) -> list[Look]:
    """What is a plate, the strongest first; of two that stand in one another only the stronger one."""
    kept = list[Look]()
    for look in sorted(
        (each for each in every if is_plate(each.found, each.line.length, each.line.height, wanted.expected)),
        key=lambda each: -each.strength,
    ):
        if all(within(look.line, other.line) < WITHIN for other in kept):
            kept.append(look)
    return kept[:MOST_PLATES]
