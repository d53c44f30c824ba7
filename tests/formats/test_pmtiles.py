"""The head of a PMTiles archive and what it says of itself: what is read, and what is refused with what to do."""

from __future__ import annotations

import gzip
import json
import struct
import zlib
from pathlib import Path

import pytest

from liaison.formats.pmtiles import HEAD, MOST_SAID, Packing, Tile, read_head, read_said
from liaison.model.errors import UnusableFile
from tests.tiles_written import LAYERS, archive


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return archive(tmp_path_factory.mktemp("tiles") / "a.pmtiles", zooms=3).read_bytes()


def test_the_head_says_what_the_tiles_are_and_where(whole: bytes) -> None:
    head = read_head(whole[: HEAD.size], len(whole))
    assert (head.tile, head.packing, head.zooms) == (Tile.VECTOR, Packing.GZIP, (0, 2))
    assert head.box == (-180, -85, 180, 85)
    start, length = head.said
    said = read_said(whole[start : start + length], head.packing)
    assert said.layers == LAYERS


def test_whose_map_it_is_becomes_plain_words() -> None:
    told = {
        "attribution": '<a href="https://maps.example">&copy; Open&nbsp;Maps</a> <script>alert(1)</script>'
    }
    said = read_said(json.dumps(told).encode(), Packing.NONE)
    assert said.attribution == "© Open Maps alert(1)"
    assert said.layers == ()


def test_an_archive_that_says_nothing_of_itself_is_read() -> None:
    assert read_said(b"", Packing.NONE).attribution == ""


@pytest.mark.parametrize(
    ("place", "put", "words"),
    [
        (0, b"SQLite f", "no PMTiles archive"),
        (7, b"\x02", "version 2"),
        (8 + 7 * 8, struct.pack("<Q", 2**40), "cut off"),
        (8 + 8, struct.pack("<Q", 20_000), "cut off"),
        (99, b"\x09", "not of a kind"),
        (98, b"\x03", "not of a kind"),
        (97, b"\x04", "not of a kind"),
        (100, b"\x05", "not of a kind"),
        (102, struct.pack("<i", 1_900_000_000), "which part of the world"),
    ],
)
def test_what_a_browser_could_not_draw_is_refused(whole: bytes, place: int, put: bytes, words: str) -> None:
    wrong = whole[:place] + put + whole[place + len(put) :]
    with pytest.raises(UnusableFile, match=words) as refused:
        read_head(wrong, len(wrong))
    assert refused.value.hint


def test_half_a_file_is_refused(whole: bytes) -> None:
    with pytest.raises(UnusableFile, match="no PMTiles"):
        read_head(whole[:100], 100)
    with pytest.raises(UnusableFile, match="cut off"):
        read_head(whole[: HEAD.size], len(whole) - 1)


@pytest.mark.parametrize(
    "said",
    [
        b"not packed",
        gzip.compress(b"[1, 2"),
        gzip.compress(b'{"attribution": 7}'),
        gzip.compress(b'{"attribution": "' + b"a" * MOST_SAID + b'"}'),
        gzip.compress(b"{}" * 999)[:20],
        zlib.compress(b"{}"),
    ],
    ids=["plain", "no JSON", "no words", "too long", "cut", "not gzip"],
)
def test_what_it_says_of_itself_must_be_readable(said: bytes) -> None:
    with pytest.raises(UnusableFile, match="cannot be read"):
        read_said(said, Packing.GZIP)


def test_tiles_of_pictures_are_known(tmp_path: Path) -> None:
    data = archive(tmp_path / "b.pmtiles", kind=4, tile=b"RIFF").read_bytes()
    assert read_head(data, len(data)).tile is Tile.WEBP
