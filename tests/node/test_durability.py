import random
from pathlib import Path

import pytest

from liaison.model.errors import BadSetting
from liaison.node import durability
from liaison.node.durability import measure_durability


def test_what_is_acknowledged_survives_kills_and_nothing_is_left_behind(tmp_path: Path) -> None:
    found = measure_durability(tmp_path, 2, random.Random(1))
    assert found.lost == 0
    assert found.kills == 2
    assert found.acknowledged > 0
    assert found.syncs > 0 < found.commits
    assert found.filesystem
    assert list(tmp_path.iterdir()) == []


def test_a_disk_that_forgets_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The child tells of changes that it never made."""
    forgetful = durability.CHILD.replace("    store.write(", "    number % 3 and store.write(")
    monkeypatch.setattr(durability, "CHILD", forgetful)
    assert measure_durability(tmp_path, 1, random.Random(2)).lost > 0


def test_a_place_that_is_no_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadSetting, match="not a folder"):
        measure_durability(tmp_path / "absent")
