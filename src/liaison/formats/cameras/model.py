"""Reads of plates as cameras sent them. What was not sent is empty or None."""

from __future__ import annotations

import base64
import binascii
from enum import Enum

import msgspec

from liaison.formats.feeds import Doubt, Moment
from liaison.model.errors import BadInput


class Format(Enum):
    """Who made the message."""

    PLAIN = "plain"
    OPENALPR = "openalpr"
    PLATE_RECOGNIZER = "plate-recognizer"
    HIKVISION = "hikvision"
    FRIGATE = "frigate"
    BLUE_IRIS = "blue-iris"


class Candidate(msgspec.Struct, frozen=True, gc=False):
    """How the plate may also be read, with the camera's confidence from 0 to 1."""

    plate: str
    confidence: float | None = None


class Box(msgspec.Struct, frozen=True, gc=False):
    """Where the plate is in the picture, in the sender's units (pixels, as a rule), from the upper left."""

    x: float
    y: float
    width: float
    height: float


class Vehicle(msgspec.Struct, frozen=True, gc=False):
    """What the camera takes the vehicle for."""

    kind: str = ""
    colour: str = ""
    make: str = ""


class Picture(msgspec.Struct, frozen=True, gc=False):
    """A picture that came with a message: the name of its part or field, and its bytes, in base64 or as they are.

    Nothing is decoded until somebody asks: most reads hit nothing, and their pictures are dropped.
    """

    part: str
    raw: bytes
    encoded: bool = False  # in base64

    def content(self) -> bytes:
        """The picture's bytes. Raises BadInput where the base64 is none."""
        if not self.encoded:
            return self.raw
        text = self.raw.partition(b",")[2] if self.raw.startswith(b"data:") else self.raw
        try:
            return base64.b64decode(b"".join(text.split()), validate=True)
        except binascii.Error:
            raise BadInput(
                "the picture is not in base64", field=self.part, hint="send it in base64"
            ) from None


class Read(msgspec.Struct, frozen=True, kw_only=True):
    """One plate that one camera read. `plate` is as sent, but for blanks around it.

    `device` tells two cameras with one name apart (site, serial number, MAC). `direction` and `lane` are in the
    sender's words. `pictures` are places in `Reads.pictures`. `read_id` is the sender's own, by which a message that
    is sent twice is known. `place` says where in the message the read stands.
    """

    format: Format
    plate: str
    camera: str = ""
    device: str = ""
    confidence: float | None = None  # 0 to 1
    candidates: tuple[Candidate, ...] = ()
    country: str = ""
    region: str = ""
    time: Moment | None = None
    direction: str = ""
    lane: str = ""
    box: Box | None = None
    vehicle: Vehicle = Vehicle()
    pictures: tuple[int, ...] = ()
    read_id: str = ""
    place: str = ""

    @property
    def capitals(self) -> str:
        """The plate in capitals: some senders write small letters, and a list is kept in capitals."""
        return self.plate.upper()


class Reads(msgspec.Struct, frozen=True, kw_only=True):
    """A message as it was understood. `refused`: what should have been a read and is none; `ignored`: why a message
    that is as it should be holds no read."""

    format: Format
    reads: tuple[Read, ...] = ()
    pictures: tuple[Picture, ...] = ()
    doubts: tuple[Doubt, ...] = ()
    refused: tuple[Doubt, ...] = ()
    ignored: str = ""
