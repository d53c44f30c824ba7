"""What a node writes is its user's alone, whatever the shell that started it would let others read."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from liaison.node.backup import backup_node, restore_node
from liaison.node.making import make_node
from liaison.node.wiring import open_node
from tests.node.conftest import record, settings

PHRASE = "correct horse battery"
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
pytestmark = pytest.mark.usefixtures("light")


@pytest.fixture(autouse=True)
def generous() -> Iterator[None]:
    """A shell whose files everybody can read, before each step."""
    former = os.umask(0o022)
    yield
    os.umask(former)


def readable_by_others(folder: Path) -> list[str]:
    places = [folder, *folder.rglob("*")]
    return [
        f"{place.name} {place.stat().st_mode & 0o777:o}" for place in places if place.stat().st_mode & 0o077
    ]


def test_nothing_in_a_node_or_its_backup_is_readable_by_others(tmp_path: Path) -> None:
    folder, copy, again = tmp_path / "node", tmp_path / "copy", tmp_path / "again"
    make_node(folder, settings(), lambda node: "")
    assert readable_by_others(folder) == []
    os.umask(0o022)
    with open_node(folder) as node:
        record(node, 3)
        node.publish_now()
        node.live.save()
        assert readable_by_others(folder) == []
    assert readable_by_others(folder) == []
    os.umask(0o022)
    backup_node(folder, copy, tmp_path / "keys", PHRASE, NOW)
    assert readable_by_others(copy) == []
    os.umask(0o022)
    restore_node(copy, again, tmp_path / "keys", PHRASE, NOW)
    assert readable_by_others(again) == []
