"""What comes back of a picture or a film: plates as they were read, each with its candidates and its place."""

from __future__ import annotations

import msgspec

from liaison.pictures.answers import Refused

LONGEST_ANSWER = 1_000_000  # bytes


class Choice(msgspec.Struct, frozen=True):
    """A candidate: its text, and its share of what all candidates of the plate come to, from 0 to 1."""

    text: str
    share: float


class Plate(msgspec.Struct, frozen=True, omit_defaults=True):
    """A plate. `raw` is what the network read in the first crop; `text` the candidate that is proposed, `candidates`
    all of them, that one first. `states` are those one of whose forms the text fits: it is a mark of one of them, or of
    none. `confidence` is the share of the text among the candidates times how much of it was seen. `crop` is the part
    of the picture that shows it, as JPEG, where that was asked for.
    """

    text: str
    raw: str
    confidence: float
    states: tuple[str, ...]
    candidates: tuple[Choice, ...]
    box: tuple[tuple[float, float], ...]  # x, y of four corners, in pixels of the picture
    crop: bytes = b""

    @property
    def corrected(self) -> bool:
        """Whether another reading than the raw one is proposed."""
        return self.text != self.raw


class Seen(msgspec.Struct, frozen=True, tag="seen"):
    """A picture that was read: its sides, its plates, the likeliest first, and milliseconds of the processor."""

    width: int
    height: int
    plates: tuple[Plate, ...]
    milliseconds: float


class Pass(msgspec.Struct, frozen=True, tag="pass"):
    """A vehicle that passed in a film: the plate, in how many frames it was seen and in how many of them so read, and
    the first and last of these in seconds from the beginning."""

    plate: Plate
    frames: int
    agreeing: int
    first: float
    last: float


class Watched(msgspec.Struct, frozen=True, tag="watched"):
    """How far a film is: seconds and frames from its beginning, how many of these were looked at because something
    moved, and how many vehicles were seen of which too few frames agree. `ended` where there is no more."""

    seconds: float
    frames: int
    looked_at: int
    unsure: int
    ended: bool


Answer = Seen | Pass | Watched | Refused

_ENCODER = msgspec.msgpack.Encoder()
_DECODER: msgspec.msgpack.Decoder[Answer] = msgspec.msgpack.Decoder(Answer)


def encoded(answer: Answer) -> bytes:
    """The bytes of an answer."""
    return _ENCODER.encode(answer)


def decoded(content: bytes) -> Answer:
    """The answer in these bytes. Raises msgspec.DecodeError for bytes that are none."""
    return _DECODER.decode(content)
