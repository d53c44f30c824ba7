"""What the process that reads a picture answers: what is in it, or why it cannot be read."""

from __future__ import annotations

import msgspec

from liaison.formats.mrz import Doubt

LONGEST_ANSWER = 8_000_000  # bytes


class Found(msgspec.Struct, frozen=True):
    """One zone as it was read: its lines as they are printed, and where they stand (x, y of four corners each)."""

    text: str
    consistent: bool
    doubts: tuple[Doubt, ...]
    corners: tuple[tuple[tuple[float, float], ...], ...]

    @property
    def sure(self) -> bool:
        """Whether all digits agree and no sign was unclear in the picture. It says nothing of genuineness."""
        return self.consistent and not any(doubt.kind == UNCLEAR for doubt in self.doubts)


class Reading(msgspec.Struct, frozen=True, tag="reading"):
    """A picture that was read: its sides in pixels the right way up, its zones, and itself, small, as a JPEG.

    `why` says why there is no zone: "cut" at the picture's border, "small", "dark", "unclear", or "none" where nothing
    is like one.
    """

    width: int
    height: int
    zones: tuple[Found, ...]
    why: str
    shown: bytes


class Refused(msgspec.Struct, frozen=True, tag="refused"):
    """A picture that could not be read, in words; `of` names the fault in the program, where it is one."""

    words: str
    hint: str
    of: str = ""


UNCLEAR = "unclear"  # the kind of a doubt about a sign that was not read surely
Answer = Reading | Refused


_ENCODER = msgspec.msgpack.Encoder()
_DECODER: msgspec.msgpack.Decoder[Answer] = msgspec.msgpack.Decoder(Answer)


def encoded(answer: Answer) -> bytes:
    """The bytes of an answer."""
    return _ENCODER.encode(answer)


def decoded(content: bytes) -> Answer:
    """The answer in these bytes. Raises msgspec.DecodeError for bytes that are none."""
    return _DECODER.decode(content)
