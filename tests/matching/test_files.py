"""An index on disk: what was written is what is read, and damage is refused with the file's name."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from liaison.matching.index import Index
from liaison.matching.search import Limits, search
from liaison.model.errors import DamagedIndex
from tests.matching.people import crowd, people


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("index") / "list.index"
    index = Index.build(people(crowd(300)))
    index.add(people([{"id": "later", "name": "Zana Dushku"}]))
    index.remove("list", "r3")
    index.save(path)
    return path


def test_an_opened_index_answers_as_the_built_one(saved: Path) -> None:
    asked, opened = people(crowd(300)), Index.open(saved)
    built = Index.build(people(crowd(300)))
    built.add(people([{"id": "later", "name": "Zana Dushku"}]))
    built.remove("list", "r3")
    first, second = (search(index, asked, Limits(min_score=5)) for index in (built, opened))
    assert len(first) > 300
    assert (first.score == second.score).all()
    assert (first.record == second.record).all()
    assert (len(opened), opened.lists) == (300, ("list",))


def test_an_opened_index_can_be_added_to_and_taken_from(saved: Path) -> None:
    index = Index.open(saved)
    index.add(people([{"id": "new", "name": "Ylli Dushku"}]))
    assert index.remove("list", "r7") == 1
    assert len(index) == 300


def test_every_damaged_byte_is_noticed(saved: Path, tmp_path: Path) -> None:
    whole = bytearray(saved.read_bytes())
    chance = np.random.default_rng(4)
    start = 32 + int.from_bytes(whole[8:16], "little")
    used = [place for place in chance.integers(0, len(whole), 200).tolist() if whole[place] or place < start]
    for place in used:
        damaged = whole.copy()
        damaged[place] ^= 1 << int(chance.integers(0, 8))
        path = tmp_path / "damaged.index"
        path.write_bytes(damaged)
        with pytest.raises(DamagedIndex, match=r"damaged\.index"):
            Index.open(path)


@pytest.mark.parametrize("kept", [0, 3, 15, 16, 100, 5000])
def test_a_file_cut_short_is_refused(saved: Path, tmp_path: Path, kept: int) -> None:
    path = tmp_path / "short.index"
    path.write_bytes(saved.read_bytes()[:kept])
    with pytest.raises(DamagedIndex, match=r"short\.index"):
        Index.open(path)


def test_another_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("id,name\n1,Arben\n")
    with pytest.raises(DamagedIndex, match="is not an index"):
        Index.open(path)


def test_a_failed_write_leaves_the_old_index(
    saved: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "kept.index"
    path.write_bytes(saved.read_bytes())

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        Index.build(people(crowd(10))).save(path)
    assert path.read_bytes() == saved.read_bytes()
    assert [p.name for p in tmp_path.iterdir()] == ["kept.index"]
