"""PMTiles: a map's tiles in one file, read by ranges of bytes (github.com/protomaps/PMTiles, specification version 3).

Its head and what it says of itself are read here; its tiles are looked up in the browser.
"""

from __future__ import annotations

import html
import re
import struct
import zlib
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import msgspec

from liaison.model.errors import UnusableFile

HEAD = struct.Struct("<7sB11Q6B4iB2i")
MAGIC = b"PMTiles"
VERSION = 3
FIRST = 16_384  # bytes in which the head and the root directory stand
DEGREE = 10_000_000  # units of a place
MOST_SAID = 4 * 1024 * 1024  # bytes that an archive says of itself, unpacked
LONGEST = 300  # signs of the words that name a source
TAGS = re.compile(r"<[^>]*>")
DEEPEST = 30  # zoom
MADE = "make it again, as docs/map.md says"


class Tile(IntEnum):
    """What a tile is, of what a browser draws."""

    VECTOR = 1
    PNG = 2
    JPEG = 3
    WEBP = 4


class Packing(IntEnum):
    """How bytes are packed, of what a browser unpacks."""

    NONE = 1
    GZIP = 2


@dataclass(frozen=True, slots=True)
class Head:
    """The head of an archive: what its tiles are, from which zoom to which, and where: west, south, east, north."""

    tile: Tile
    packing: Packing
    zooms: tuple[int, int]
    box: tuple[float, float, float, float]
    said: tuple[int, int]
    """Where what the archive says of itself stands: the first byte, and how many."""


@dataclass(frozen=True, slots=True)
class Said:
    """What an archive says of itself: whose the map is, as plain words, and the names of its layers."""

    attribution: str
    layers: tuple[str, ...]


class _Layer(msgspec.Struct):
    id: str


class _Said(msgspec.Struct):
    attribution: str = ""
    vector_layers: list[_Layer] = []


DECODER: msgspec.json.Decoder[Any] = msgspec.json.Decoder(_Said)


def read_head(data: bytes, size: int) -> Head:
    """The head of an archive of this size. Raises UnusableFile."""
    if len(data) < HEAD.size or not data.startswith(MAGIC):
        raise UnusableFile("this is no PMTiles archive", hint="name a file that ends with .pmtiles")
    _, version, *numbers = HEAD.unpack_from(data)
    if version != VERSION:
        raise UnusableFile(f"it is of version {version} of PMTiles, not of {VERSION}", hint=MADE)
    parts, (_, inner, packing, tile, first, last), place = numbers[:8], numbers[11:17], numbers[17:21]
    spans = list(zip(parts[::2], parts[1::2], strict=True))
    if any(start + length > size for start, length in spans) or sum(spans[0]) > FIRST:
        raise UnusableFile("it is cut off: its parts reach beyond its end", hint="copy it again, whole")
    if tile not in set(Tile) or not {inner, packing} <= set(Packing) or not first <= last <= DEEPEST:
        hint = "tiles are vector, PNG, JPEG or WebP, packed by gzip or not at all"
        raise UnusableFile("its tiles are not of a kind that a browser draws", hint=hint)
    west, south, east, north = (each / DEGREE for each in place)
    if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
        raise UnusableFile("it does not say which part of the world it shows", hint=MADE)
    return Head(Tile(tile), Packing(inner), (first, last), (west, south, east, north), spans[1])


def read_said(data: bytes, packing: Packing) -> Said:
    """What an archive says of itself, from these bytes of it. Raises UnusableFile."""
    try:
        plain = _unpacked(data) if packing is Packing.GZIP else data
        read = DECODER.decode(plain or b"{}")
    except (zlib.error, msgspec.DecodeError, UnicodeDecodeError) as error:
        raise UnusableFile("what it says of itself cannot be read", hint=MADE) from error
    words = " ".join(html.unescape(TAGS.sub(" ", read.attribution)).split())
    return Said(words[:LONGEST], tuple(layer.id for layer in read.vector_layers))


def _unpacked(data: bytes) -> bytes:
    unpacking = zlib.decompressobj(zlib.MAX_WBITS | 16)
    plain = unpacking.decompress(data, MOST_SAID)
    if not unpacking.eof:
        raise zlib.error("it does not end")
    return plain
