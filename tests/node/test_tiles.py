"""The agency's own map beside the node: what is refused at the start, and which parts of it are given."""

from __future__ import annotations

import gzip
import os
from pathlib import Path

import pytest

from liaison.formats import pmtiles
from liaison.model.errors import BadInput, BadSetting
from liaison.node.tiles import LONGEST, open_tiles
from tests.tiles_written import archive


def test_no_setting_is_no_map() -> None:
    assert open_tiles("", "") is None


def test_an_archive_says_whose_it_is(tmp_path: Path) -> None:
    place = archive(tmp_path / "a.pmtiles")
    tiles = open_tiles(str(place), "the agency")
    assert tiles is not None
    assert tiles.source == "© Invented Maps", "what the archive says stands before the setting"
    assert (tiles.zooms, tiles.size) == ((0, 1), place.stat().st_size)
    assert tiles.part(0, 6) == b"PMTiles"
    assert tiles.part(5, LONGEST) == place.read_bytes()[5:]
    tiles.close()


def test_an_archive_that_is_silent_needs_the_setting(tmp_path: Path) -> None:
    place = str(archive(tmp_path / "a.pmtiles", attribution=""))
    with pytest.raises(BadSetting, match="whose map it is") as refused:
        open_tiles(place, "")
    assert "map_source" in refused.value.hint
    tiles = open_tiles(place, "© OpenStreetMap contributors")
    assert tiles is not None
    assert tiles.source == "© OpenStreetMap contributors"
    tiles.close()


@pytest.mark.parametrize("name", ["none.pmtiles", "folder", "text"])
def test_what_is_no_archive_is_refused_with_what_to_do(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "text").write_text("a map\n" * 100)
    with pytest.raises(BadSetting, match=f"^map_tiles: .*{name}") as refused:
        open_tiles(str(tmp_path / name), "")
    assert refused.value.hint


def test_an_archive_that_says_too_much_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("liaison.node.tiles.MOST_SAID", 10)
    with pytest.raises(BadSetting, match="too much"):
        open_tiles(str(archive(tmp_path / "a.pmtiles")), "")


def test_the_tag_changes_with_the_file(tmp_path: Path) -> None:
    place = archive(tmp_path / "a.pmtiles")
    tags = set()
    for moment in (1_000_000_000, 1_000_000_000, 2_000_000_000):
        os.utime(place, (moment, moment))
        tiles = open_tiles(str(place), "")
        assert tiles is not None
        tags.add(tiles.tag)
        tiles.close()
    assert len(tags) == 2


@pytest.mark.parametrize(("first", "last"), [(5, 4), (0, LONGEST), (10**9, 10**9 + 1)])
def test_no_part_and_too_much_at_once_are_refused(tmp_path: Path, first: int, last: int) -> None:
    tiles = open_tiles(str(archive(tmp_path / "a.pmtiles")), "")
    assert tiles is not None
    with pytest.raises(BadInput, match="no such part"):
        tiles.part(first, last)
    tiles.close()


def test_the_writer_of_these_tests_follows_the_specification(tmp_path: Path) -> None:
    data = archive(tmp_path / "a.pmtiles", zooms=3).read_bytes()
    head = pmtiles.read_head(data, len(data))
    start, length = head.said
    directory = gzip.decompress(data[127:start])
    assert directory == bytes(
        [1, 0, 21, len(data) - start - length & 127 | 128, len(data) - start - length >> 7, 1]
    )
