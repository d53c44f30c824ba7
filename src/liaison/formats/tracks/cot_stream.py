"""Events of Cursor on Target as they come over a connection: several in a piece, or one in many pieces.

Each byte is looked at once. `</event>` ends an event; no well-formed one has it inside but in a comment or a CDATA
section, which no client writes: such an event is refused as broken, and the next is read.
"""

from __future__ import annotations

import re
from datetime import datetime

import msgspec

from liaison.formats.tracks.cot import LARGEST, PROTOBUF, SET_XML, read
from liaison.formats.tracks.model import Report
from liaison.model.errors import BadInput

END = b"</event>"
BEGINS = re.compile(rb"<event(?=[\s/>])")
BLANKS = re.compile(rb"[ \t\r\n\0]+")
SHORTER = f"an event has at most {LARGEST:,} bytes: send pictures and files by another way"


class Refusal(msgspec.Struct, frozen=True, gc=False):
    """Why something on the connection was not taken. `at`: bytes from the beginning of the connection."""

    at: int
    words: str
    hint: str
    field: str = ""


class Stream:
    """One connection. After a message in protobuf nothing more is read from it: `over` says so."""

    def __init__(self) -> None:
        self.over = False
        self._held = bytearray()
        self._looked = 0  # bytes of `_held` in which no end begins
        self._at = 0  # where `_held` begins

    @property
    def unfinished(self) -> int:
        """How many bytes of an event are here whose end is not."""
        return len(self._held)

    def feed(self, data: bytes, now: datetime) -> list[Report | Refusal]:
        """What the events that `data` completes hold, in their order. `now`: aware."""
        if self.over:
            return []
        told: list[Report | Refusal] = []
        self._held += data
        self._skip()
        if self._held[:1] == PROTOBUF:
            self.over = True
            told.append(self._refusal("the sender writes TAK protobuf, which is not taken", SET_XML))
            self._drop(len(self._held))
            return told
        start = 0
        while (end := self._held.find(END, max(start, self._looked))) >= 0:
            stop = end + len(END)
            told += self._taken(start, stop, now)
            start = self._looked = stop
        self._drop(start)
        self._skip()
        self._looked = max(0, len(self._held) - len(END) + 1)
        if len(self._held) > LARGEST:
            told.append(self._refusal(f"there is no end of an event in {len(self._held):,} bytes", SHORTER))
            self._drop(len(self._held))
        return told

    def _taken(self, start: int, stop: int, now: datetime) -> list[Report | Refusal]:
        """The events between two ends: one, or others before it that have no end of their own."""
        blanks = BLANKS.match(self._held, start)
        start = blanks.end() if blanks else start
        piece = bytes(self._held[start:stop])
        begins = [found.start() for found in BEGINS.finditer(piece)]
        if len(begins) < 2 and piece[:1] == b"<":
            return [self._read(piece, self._at + start, now)]
        told: list[Report | Refusal] = []
        if begins and piece[:1] != b"<":
            words = f"{begins[0]:,} bytes before an event are no part of one"
            told.append(Refusal(self._at + start, words, "send events alone"))
            cuts = begins
        else:
            cuts = [0, *begins[1:]]
        for first, last in zip(cuts, [*cuts[1:], len(piece)], strict=True):
            told.append(self._read(piece[first:last], self._at + start + first, now))
        return told

    def _read(self, piece: bytes, at: int, now: datetime) -> Report | Refusal:
        try:
            return read(piece, now)
        except BadInput as bad:
            return Refusal(at, str(bad), bad.hint, bad.field)

    def _refusal(self, words: str, hint: str) -> Refusal:
        return Refusal(self._at, words, hint)

    def _skip(self) -> None:
        """Leave out blanks before an event."""
        found = BLANKS.match(self._held)
        if found:
            self._drop(found.end())

    def _drop(self, count: int) -> None:
        del self._held[:count]
        self._at += count
        self._looked = max(0, self._looked - count)
