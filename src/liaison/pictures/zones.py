"""The machine readable zones in a picture: lines found, made straight, read twice, and handed to formats.mrz.

Each line is read from two crops of it, one tight and one with room; what is told is the mean of both. Where one of
them says otherwise, or neither is sure, a doubt says so: names are under no check digit, and a second look is all
that there is for them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import product

import numpy as np

from liaison.formats.mrz import Document, Doubt, read_all
from liaison.model.errors import BadInput
from liaison.pictures.answers import UNCLEAR, Found
from liaison.pictures.lines import Line, blocks, crop, level, lines, turned
from liaison.pictures.networks import SIGNS, Pixels, signs

SIDES = (960, 1600)  # pixels of the longest side: a zone that is small in the picture is looked for again
MOST_BLOCKS = 6
MOST_LINES, MOST_READ = 12, 6  # of a block, and of those in more than one way
SHORTEST = 24  # signs of a line of a zone as it is read; the shortest has 30
CROPS = (0.3, 1.0), (0.45, 1.3), (0.15, 1.0)  # of the height more above and below; how much wider it is made
SAME = (
    "O0",
    "I1",
    "S5",
    "Z2",
    "B8",
)  # one for another is put right by the type of a field, or found by its digit
UNSURE, UNSURE_ALONE = 0.6, 0.9  # what a sign that is sure has at least
ALIKE = frozenset(
    "0OQD1ILS5Z2B8G6"
)  # where letters and digits both may stand, two of these can deceive a digit
GUESSED = 0.2  # of the signs of a zone that does not agree
LOW = 13.0  # pixels: lines that are lower cannot be read
DARK = 45.0  # mean of 0 to 255
AT_EDGE = 0.15  # heights of a line: what ends nearer to the picture's border may go on beyond it
NEXT_LINE = 2.2  # heights within which another line of the zone would stand
FILLERS = 3  # in a line that is one of a zone, though none could be read whole
SHORT = 3  # signs that no reading of a line has, and its digits do not agree: they are covered


FOLD = str.maketrans({pair[0]: pair[1] for pair in SAME})
_FOLDED = ["", *SIGNS.translate(FOLD)]
_ALIKE = np.array([[one == other for other in _FOLDED] for one in _FOLDED], np.float32)


@dataclass(frozen=True, slots=True)
class _Read:
    """A line as one crop of it was read; how sure each sign is, taken with those of SAME for one, and alone."""

    line: Line
    text: str
    sure: tuple[float, ...]
    alone: tuple[float, ...]

    @property
    def worth(self) -> float:
        """How sure its signs are; by this the way round is chosen, and the crop."""
        return float(np.mean(self.sure)) * min(len(self.text), SHORTEST) if self.sure else 0.0


@dataclass(frozen=True, slots=True)
class _Block:
    """The zones that lines which stand together are, and whether one runs out of the picture, which is none."""

    zones: list[Found]
    cut: bool


def zones(picture: Pixels) -> tuple[list[Found], str]:
    """The zones of a picture, and where there is none, why that may be: cut, small, dark, unclear, or none."""
    why = "none"
    for longest in SIDES:
        seen = lines(picture, longest)
        of_blocks = [_of_block(picture, block) for block in blocks(seen)[:MOST_BLOCKS]]
        found = [each for of_block in of_blocks for each in of_block.zones]
        if found:
            return found, ""
        why = "cut" if any(each.cut for each in of_blocks) else _why(picture, seen)
        if why == "cut" or max(picture.shape[:2]) <= longest:
            break
    return [], why


def _why(picture: Pixels, seen: Sequence[Line]) -> str:
    if float(picture.mean()) < DARK:
        return "dark"
    long = [line for line in seen if line.length > 12 * line.height]
    if long and max(line.height for line in long) < LOW:
        return "small"
    return "unclear" if long else "none"


def _of_block(picture: Pixels, block: Sequence[Line]) -> _Block:
    """The zones that the lines of a block are, by two crops of each line; by a third where the digits do not agree.
    One that runs out of the picture is none: what stands beyond the border would be read as fillers."""
    straight = level(block[-MOST_LINES:])
    read = [_read(picture, line, 0) for line in straight]
    other = [_read(picture, turned(line), 0) for line in reversed(straight)]
    if sum(each.worth for each in other) > sum(each.worth for each in read):
        read = other
    read = [each for each in read if len(each.text) >= SHORTEST][-MOST_READ:]
    several: list[tuple[_Read, ...]] = [(one, _read(picture, one.line, 1)) for one in read]
    found = _likeliest(several)
    if not found or not all(_settled(document) for document in found):
        several = [(*each, _read(picture, each[0].line, 2)) for each in several]
        found = _likeliest(several)
    whole = [document for document in found if not _cut(picture, document, several)]
    kept = [_found(document, several) for document in whole]
    cut = len(whole) < len(found) or (not found and _half(picture, read))
    return _Block([each for each in kept if each.consistent or not _guessed(each)], cut)


def _cut(picture: Pixels, document: Document, several: Sequence[tuple[_Read, ...]]) -> bool:
    """Whether a line of the document reaches the border of the picture, or lacks signs at an end that is covered."""
    own = [_own(several, line) for line in document.lines]
    if any(_room(picture, each[0].line) < AT_EDGE for each in own):
        return True
    missing = min(document.layout.width - max(len(each.text) for each in readings) for readings in own)
    return not document.consistent and missing >= SHORT


def _half(picture: Pixels, read: Sequence[_Read]) -> bool:
    """Whether lines that are no whole zone are the rest of one that runs out of the picture."""
    like = [each for each in read if each.text.count("<") >= FILLERS]
    least = NEXT_LINE if len(like) == 1 else AT_EDGE
    return any(_room(picture, each.line) < least for each in like)


def _room(picture: Pixels, line: Line) -> float:
    """How far the line is from the border of the picture, in its own heights."""
    height, width = picture.shape[:2]
    apart = np.concatenate([line.box, [width, height] - line.box])
    return float(apart.min()) / max(line.height, 1.0)


def _guessed(found: Found) -> bool:
    """Whether so many signs are unclear that there is nothing to compare."""
    return sum(doubt.kind == UNCLEAR for doubt in found.doubts) > GUESSED * len(found.text)


def _settled(document: Document) -> bool:
    """Whether its digits agree, and no line had to be lengthened or shortened."""
    return document.consistent and not any(doubt.kind == "filled" for doubt in document.doubts)


def _likeliest(several: Sequence[tuple[_Read, ...]]) -> tuple[Document, ...]:
    """The documents of the way to choose among readings in which most digits agree and least had to be put right."""
    ways = [_documents(way) for way in product(*several)]
    return max(ways, key=_agreeing, default=())


def _agreeing(documents: Sequence[Document]) -> tuple[int, int]:
    doubts = sum(1 for document in documents for doubt in document.doubts if doubt.kind != "corrected")
    return sum(document.consistent for document in documents), -doubts - 100 * (not documents)


def _documents(way: Sequence[_Read]) -> tuple[Document, ...]:
    try:
        return read_all("\n".join(each.text for each in way))
    except BadInput:
        return ()


def _found(document: Document, several: Sequence[tuple[_Read, ...]]) -> Found:
    """The document with the lines that are its own, and what was unclear in them."""
    own = [_own(several, line) for line in document.lines]
    unclear = [
        doubt
        for number, (line, each) in enumerate(zip(document.lines, own, strict=True), 1)
        for doubt in _unclear(document, line, each, number)
    ]
    return Found(
        "\n".join(document.lines),
        document.consistent,
        (*document.doubts, *unclear),
        tuple(tuple((float(x), float(y)) for x, y in each[0].line.box) for each in own),
    )


def _own(several: Sequence[tuple[_Read, ...]], line: str) -> tuple[_Read, ...]:
    """The readings of the line that this line of the zone was read from."""
    return max(several, key=lambda readings: _likeness(readings, line))


def _likeness(readings: tuple[_Read, ...], line: str) -> float:
    return max(SequenceMatcher(None, each.text, line, autojunk=False).ratio() for each in readings)


def _unclear(document: Document, line: str, readings: tuple[_Read, ...], number: int) -> list[Doubt]:
    """Doubts of signs that were not read surely in each of the first two crops, by their places in the zone.

    A line that no crop gave with all its signs is doubtful as a whole: what was lost may have been a letter.
    """
    layout, found = document.layout, list[Doubt]()
    if all(len(each.text) != layout.width for each in readings):
        words = (
            f"line {number} was read with {len(readings[0].text)} signs of {layout.width}: compare all of it"
        )
        found.append(Doubt(UNCLEAR, words, "", number))
    sure = [_sureness(line, each) for each in readings[:2]]
    for column, sign in enumerate(line):
        at = (number - 1) * layout.width + column
        alone, alike = (min(each[column][which] for each in sure) for which in (0, 1))
        apart = layout.kinds[at] == "N" and sign in ALIKE
        if alike < UNSURE or (apart and alone < UNSURE_ALONE):
            words = f"{sign} was not read surely: compare it"
            found.append(Doubt(UNCLEAR, words, layout.field_at(at), number, column + 1))
    return found


def _sureness(line: str, read: _Read) -> list[tuple[float, float]]:
    """How sure each sign of the line is by one reading of it, alone and with what looks like it; 0 where that reading
    has another sign, or one more.

    How many fillers stand in a row is known by the width of the line: a reading that has fewer or more says nothing.
    """
    sure = [(0.0, 0.0)] * len(line)
    pairs = SequenceMatcher(None, read.text.translate(FOLD), line.translate(FOLD), autojunk=False)
    for what, first, last, begin, end in pairs.get_opcodes():
        if what == "equal":
            for at, place in zip(range(first, last), range(begin, end), strict=True):
                same = read.text[at] == line[place]
                sure[place] = (read.alone[at] if same else 0.0, read.sure[at])
        elif not (read.text[first:last] + line[begin:end]).strip("<"):
            sure[begin:end] = [(1.0, 1.0)] * (end - begin)
        elif what == "delete":
            sure[min(begin, len(line) - 1)] = (0.0, 0.0)
    return sure


def _read(picture: Pixels, line: Line, which: int) -> _Read:
    """The line as one crop of it reads: repeats of a sign are one, and what is not of the alphabet is nothing."""
    above, wider = CROPS[which]
    steps = signs(crop(picture, line, above), wider)
    best, alike, text = steps.argmax(1), steps @ _ALIKE, ""
    alone, sure = list[float](), list[float]()
    for at, place in enumerate(best):
        if place and (at == 0 or best[at - 1] != place):
            text += SIGNS[place - 1]
            alone.append(float(steps[at, place]))
            sure.append(float(alike[at, place]))
        elif place:
            alone[-1] = max(alone[-1], float(steps[at, place]))
            sure[-1] = max(sure[-1], float(alike[at, place]))
    return _Read(line, text, tuple(sure), tuple(alone))
