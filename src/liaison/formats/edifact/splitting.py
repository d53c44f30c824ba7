"""Text to segments, elements and components.

It cuts with `str.split` and keeps each segment as the text it came as: what a reader does not look at is never cut. A
released separator stands as a noncharacter of Unicode until `value` puts it back, so that cutting never meets it.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field

from liaison.formats.edifact import charsets
from liaison.formats.edifact.doubts import Doubt, Doubts
from liaison.formats.edifact.separators import BLANK, Separators, found
from liaison.model.errors import BadInput, UnusableFile

MOST_BYTES = 64 << 20
MOST_SEGMENTS = 4_000_000
MOST_ELEMENTS = 200  # of a segment; what stands behind stays in the last
MOST_COMPONENTS = 100  # of an element
RELEASED, FILLER = "\ufdd0\ufdd1\ufdd2\ufdd3", "\ufdd4"  # never in a text; the filler keeps the offsets right
TAGS = (  # segments that open a line when their predecessor lost its terminator
    "ABI|ADD|APD|ATT|BGM|CNT|COM|DAT|DOC|DTM|EBD|EQN|FAR|FOP|FTI|FTX|GEI|IFT|LOC|LTS|MEA|MON|MSG|NAD|NAT|ORG|PTK|"
    "RCI|REF|RFF|RPI|SAC|SRC|SSD|SSR|TBD|TDT|TIF|TKT|TRA|TRI|TVL|TXD|UNE|UNG|UNH|UNT|UNZ"
)
QUOTES = "\u2019\u2018\u00b4`\u201d"  # what word processors make of an apostrophe


@dataclass(slots=True)
class Interchange:
    """An interchange, cut into segments: `segments[i]` is one without its terminator, blanks and line ends around it.

    `repaired`: the segments (from 0) behind which a terminator was missing.
    """

    data: bytes
    text: str
    charset: str
    separators: Separators
    start: int  # where in `text` the first segment begins
    segments: list[str]
    complete: bool  # whether the last segment had its terminator
    doubts: Doubts
    repaired: list[int] = field(default_factory=list)
    released: bool = False  # whether a release character was used

    @property
    def plain(self) -> bool:
        """Whether components are values as they stand: nothing released, no blanks beside separators."""
        text, start = self.text, self.start
        beside = [
            pair
            for blank in BLANK
            if text.find(blank, start) >= 0
            for sign in (self.separators.element, self.separators.component)
            for pair in (sign + blank, blank + sign)
        ]
        return not self.released and not any(text.find(pair, start) >= 0 for pair in beside)

    def elements(self, segment: int) -> list[str]:
        """The tag and the data elements, each still with its components."""
        return self.segments[segment].split(self.separators.element, MOST_ELEMENTS)

    def components(self, element: str) -> list[str]:
        """The components of an element, as values."""
        return [self.value(one) for one in element.split(self.separators.component, MOST_COMPONENTS)]

    def value(self, text: str) -> str:
        """A component as it was meant: released signs stand for themselves, no blanks around it."""
        return self.unreleased(text).strip(BLANK) if self.released else text.strip(BLANK)

    def unreleased(self, text: str) -> str:
        """Released signs put back."""
        return text if text.isascii() else text.translate(_table(self.separators))

    def offsets(self) -> list[int]:
        """Where each segment begins, in bytes of what was sent. It cuts once more: only doubts need it."""
        starts = [start for start, _ in _cut(*self._whole(), self.separators, QUOTES)]
        if self.charset == "ascii" or self.charset.startswith("iso8859"):
            return starts
        offsets, at, byte = [], 0, 0
        for start in starts:
            byte += len(self.text[at:start].encode("utf-8", "surrogatepass"))
            at = start
            offsets.append(byte)
        return offsets

    def segment_at(self, offset: int) -> int:
        """The segment (from 0) in which this byte stands; -1 before the first."""
        return bisect_right(self.offsets(), offset) - 1

    def placed(self) -> tuple[Doubt, ...]:
        """The doubts with their places."""
        return self.doubts.placed(self.offsets)

    def _whole(self) -> tuple[str, int]:
        return _hidden(self.text, self.separators, self.start)[0], self.start


def split(data: bytes) -> Interchange:
    """Cut an interchange. Raises UnusableFile where there is none in it, BadInput where it is larger than is read."""
    if len(data) > MOST_BYTES:
        raise BadInput(
            f"the file has {len(data):,} bytes; at most {MOST_BYTES:,} are read at once",
            hint="send one flight in a file",
        )
    text, charset, doubt = charsets.decoded(data)
    separators, start, said = found(text)
    hidden, released = _hidden(text, separators, start)
    if hidden.count(separators.terminator) > MOST_SEGMENTS:
        raise BadInput(f"the file has more than {MOST_SEGMENTS:,} segments", hint="send one flight in a file")
    segments, repaired, complete = _segments(hidden, start, separators)
    if not segments:
        raise UnusableFile("no segment was found", hint="send the file as the carrier sent it")
    doubts = Doubts()
    for words in (*said, *([doubt] if doubt else [])):
        doubts.add(0, words, "ask the carrier to correct its messages; look at the names")
    for at in repaired:
        doubts.add(
            at, "the segment has no terminator; the next one begins behind it", "look at both segments"
        )
    if not complete:
        doubts.add(
            len(segments) - 1,
            "the last segment has no terminator",
            "where UNT or UNZ is missing too, ask the carrier to send the file again",
        )
    return Interchange(data, text, charset, separators, start, segments, complete, doubts, repaired, released)


def _hidden(text: str, separators: Separators, start: int) -> tuple[str, bool]:
    """The text with released separators out of the way, of the same length; and whether there were any."""
    if not text.isascii() and re.search(f"[{RELEASED}{FILLER}]", text):
        text = re.sub(f"[{RELEASED}{FILLER}]", "\ufffd", text)
    release = separators.release
    if not release or text.find(release, start) < 0:
        return text, False
    signs = (separators.terminator, separators.element, separators.component, release)
    instead = dict(zip(signs, RELEASED, strict=True))

    def hide(match: re.Match[str]) -> str:
        sign = match[1]
        return instead[sign] + FILLER if sign in instead else FILLER + sign

    return text[:start] + re.sub(f"{re.escape(release)}(.)", hide, text[start:], flags=re.DOTALL), True


def _table(separators: Separators) -> dict[int, str | None]:
    signs = (separators.terminator, separators.element, separators.component, separators.release)
    return {**{ord(hidden): sign for hidden, sign in zip(RELEASED, signs, strict=True)}, ord(FILLER): None}


def _segments(hidden: str, start: int, separators: Separators) -> tuple[list[str], list[int], bool]:
    """The segments, behind which of them a terminator was missing, and whether the last one had its own."""
    raws = hidden[start:].split(separators.terminator)
    last = raws.pop()
    complete = not last.strip(BLANK)
    if not complete:
        raws.append(last)
    if "\n" not in hidden and "\r" not in hidden:
        beside = (f"{separators.terminator} ", f" {separators.terminator}", "\t")
        if any(hidden.find(pair, start) >= 0 for pair in beside):
            raws = [raw.strip(BLANK) for raw in raws]
        return _without_empty(raws), [], complete
    segments, repaired, lines = [], list[int](), _lines(separators)
    for raw in raws:
        one = raw.strip(BLANK)
        if "\n" not in one and "\r" not in one:
            if one:
                segments.append(one)
            continue
        for place, (_, part) in enumerate(_parts(0, raw, lines, QUOTES)):
            if place:
                repaired.append(len(segments) - 1)
            segments.append(part)
    return segments, repaired, complete


def _without_empty(raws: list[str]) -> list[str]:
    return [raw for raw in raws if raw] if "" in raws else raws


def _lines(separators: Separators) -> re.Pattern[str]:
    return re.compile(rf"(?<![{BLANK}])[{BLANK}]++(?=(?:{TAGS}) ?(?:{re.escape(separators.element)}|$))")


def _parts(start: int, raw: str, lines: re.Pattern[str], quotes: str) -> Iterator[tuple[int, str]]:
    """The segments of a text between two terminators: more than one where a line begins with a tag."""
    at = 0
    ends = [line for line in lines.finditer(raw) if "\n" in line[0] or "\r" in line[0]]
    for line in (*ends, None):
        piece = raw[at : line.start() if line else len(raw)]
        kept = piece.strip(BLANK)
        if line and kept.endswith(tuple(quotes)):
            kept = kept[:-1].rstrip(BLANK)
        if kept:
            begins = start + at + len(piece) - len(piece.lstrip(BLANK))
            yield begins, kept.replace("\r", "").replace("\n", "")
        at = line.end() if line else at


def _cut(hidden: str, start: int, separators: Separators, quotes: str) -> Iterator[tuple[int, str]]:
    """The readable twin of `_segments`: each segment with the place where it begins."""
    lines, at = _lines(separators), start
    for raw in hidden[start:].split(separators.terminator):
        if raw[:1] not in BLANK and "\n" not in raw and "\r" not in raw:
            yield at, raw
        elif raw:
            yield from _parts(at, raw, lines, quotes)
        at += len(raw) + 1
