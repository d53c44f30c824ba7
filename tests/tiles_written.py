"""A PMTiles archive written for tests, of the whole world in a few zooms: land, one road and a town, all invented."""

from __future__ import annotations

import gzip
import json
import struct
from pathlib import Path

EXTENT = 4096
SOURCE = '<a href="https://maps.example/licence">&copy; Invented&nbsp;Maps</a>'
LAYERS = ("earth", "water", "roads", "places")


def archive(
    path: Path, *, zooms: int = 2, attribution: str = SOURCE, kind: int = 1, tile: bytes | None = None
) -> Path:
    """Write an archive whose tiles are all alike, for zooms from 0 to one less than `zooms`; returns its path."""
    content = gzip.compress(vector() if tile is None else tile, mtime=0)
    count = sum(4**zoom for zoom in range(zooms))
    root = gzip.compress(_directory(count, len(content)), mtime=0)
    said = {"attribution": attribution, "vector_layers": [{"id": name, "fields": {}} for name in LAYERS]}
    metadata = gzip.compress(json.dumps(said).encode(), mtime=0)
    path.write_bytes(head(root, metadata, content, zooms, kind, count) + root + metadata + content)
    return path


def head(root: bytes, metadata: bytes, content: bytes, zooms: int, kind: int, count: int) -> bytes:
    """The first 127 bytes (PMTiles specification, version 3)."""
    places = [127, len(root), 127 + len(root), len(metadata), 0, 0]
    places += [127 + len(root) + len(metadata), len(content), count, 1, 1]
    bounds = [round(degrees * 1e7) for degrees in (-180, -85, 180, 85)]
    more = struct.pack("<6B4iB2i", 1, 2, 2, kind, 0, zooms - 1, *bounds, 0, 0, 0)
    return b"PMTiles\x03" + struct.pack("<11Q", *places) + more


def _directory(count: int, length: int) -> bytes:
    """One entry: tiles from 0 on, so many of them, have the same content."""
    return b"".join(_number(each) for each in (1, 0, count, length, 1))


def vector() -> bytes:
    """A tile (Mapbox Vector Tile, version 2): land beside the sea, a road across it, a town."""
    square = [(800, 800), (3300, 800), (3300, 3300), (800, 3300)]
    sea = [(0, 0), (800, 0), (800, EXTENT), (0, EXTENT)]
    return b"".join(
        (
            _layer("water", 3, _closed(sea)),
            _layer("earth", 3, _closed(square)),
            _layer("roads", 2, _line([(800, 900), (3300, 3200)]), ("kind", "highway")),
            _layer("places", 1, [_command(1, 1), _turned(2048), _turned(1400)], ("name", "Inventown")),
        )
    )


def _layer(name: str, kind: int, geometry: list[int], tag: tuple[str, str] | None = None) -> bytes:
    feature = _bytes(2, b"".join(map(_number, (0, 0)))) if tag else b""
    feature += _number(3 << 3) + _number(kind) + _bytes(4, b"".join(map(_number, geometry)))
    content = _bytes(1, name.encode()) + _bytes(2, feature)
    if tag:
        content += _bytes(3, tag[0].encode()) + _bytes(4, _bytes(1, tag[1].encode()))
    return _bytes(3, content + _number(5 << 3) + _number(EXTENT) + _number(15 << 3) + _number(2))


def _closed(ring: list[tuple[int, int]]) -> list[int]:
    return [*_line(ring), _command(7, 1)]


def _line(places: list[tuple[int, int]]) -> list[int]:
    steps = [
        _turned(now - before)
        for last, place in zip([(0, 0), *places], places, strict=False)
        for before, now in zip(last, place, strict=True)
    ]
    return [_command(1, 1), *steps[:2], _command(2, len(places) - 1), *steps[2:]]


def _command(number: int, times: int) -> int:
    return (times << 3) | number


def _turned(step: int) -> int:
    return (step << 1) ^ (step >> 31)


def _bytes(field: int, content: bytes) -> bytes:
    return _number(field << 3 | 2) + _number(len(content)) + content


def _number(value: int) -> bytes:
    """A variable length integer."""
    found = bytearray()
    while value > 127:
        found.append(value & 127 | 128)
        value >>= 7
    return bytes([*found, value])
