"""A backup in the hands of somebody else: what they change in it is refused before any of it is used."""

import hashlib
import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from liaison.model.errors import BadInput, BadSetting
from liaison.node.backup import backup_node, restore_node
from liaison.node.manifest import MAC, MANIFEST, WHOLE, Manifest, Part, read_manifest, write_manifest

PHRASE = "correct horse battery"
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SEED = bytes(range(32))
pytestmark = pytest.mark.usefixtures("light")


@pytest.fixture
def copy(folder: Path, tmp_path: Path) -> Path:
    backup_node(folder, tmp_path / "copy", tmp_path / "copy.keys", PHRASE, NOW)
    return tmp_path / "copy"


def refused(copy: Path, match: str) -> None:
    again = copy.parent / "again"
    with pytest.raises(BadInput, match=match):
        restore_node(copy, again, copy.with_suffix(".keys"), PHRASE, NOW)
    assert not again.exists()


def written_anew(copy: Path, **changed: Any) -> None:
    """The manifest as somebody without the keys can write it: right in itself."""
    manifest = json.loads((copy / MANIFEST).read_bytes())
    (copy / MANIFEST).write_text(json.dumps(manifest | changed))


def test_settings_that_were_exchanged_with_their_digest_are_refused(copy: Path) -> None:
    text = (copy / "node.toml").read_text() + '\noidc_issuer = "https://evil.example"\nhost = "0.0.0.0"\n'
    (copy / "node.toml").write_text(text)
    files = json.loads((copy / MANIFEST).read_bytes())["files"]
    part = {"size": len(text), "sha256": hashlib.sha256(text.encode()).hexdigest()}
    written_anew(copy, files=files | {"node.toml": part})
    refused(copy, "not written by the node of these keys")


@pytest.mark.parametrize("changed", [{"files": {}}, {"entries": 0}, {"taken": "2030-01-01T00:00:00Z"}])
def test_a_manifest_that_was_written_anew_is_refused(copy: Path, changed: dict[str, Any]) -> None:
    written_anew(copy, **changed)
    refused(copy, "not written by the node of these keys")


def test_a_manifest_without_its_authentication_is_refused(copy: Path) -> None:
    (copy / MAC).write_text("")
    refused(copy, "not written by the node of these keys")
    (copy / MAC).unlink()
    refused(copy, "is no backup")


@pytest.mark.parametrize("name", ["node.db-journal", "node.db-wal", "keys.db", ".hidden"])
def test_a_file_that_no_backup_has_is_refused(copy: Path, name: str) -> None:
    (copy / name).write_bytes(b"x")
    refused(copy, "is no file of this backup")


@pytest.mark.parametrize("name", ["node.toml", "node.db", "checkpoint"])
def test_a_missing_file_is_named(copy: Path, name: str) -> None:
    kept = (copy / name).read_bytes()
    (copy / name).unlink()
    refused(copy, f"'{name}' is missing")
    (copy.parent / name).write_bytes(kept)
    (copy / name).symlink_to(copy.parent / name)
    refused(copy, f"'{name}' is no file")


def test_a_node_whose_public_files_are_lost_is_backed_up_with_its_head(folder: Path, tmp_path: Path) -> None:
    head = (folder / "ledger/checkpoint").read_bytes()
    (folder / "ledger/checkpoint").unlink()
    backup_node(folder, tmp_path / "copy", tmp_path / "copy.keys", PHRASE, NOW)
    assert (tmp_path / "copy/checkpoint").read_bytes().split(b"\n\n")[0] == head.split(b"\n\n")[0]


def a_backup(place: Path, names: frozenset[str]) -> Manifest:
    place.mkdir()
    digest = hashlib.sha256(b"x").hexdigest()
    for name in names - {os.pardir}:
        (place / Path(name).name).write_bytes(b"x")
    manifest = Manifest(
        "liaison-backup-2", "node.example", "vkey", NOW, "1", 1, dict.fromkeys(names, Part(1, digest))
    )
    write_manifest(place, manifest, SEED)
    return manifest


@pytest.mark.parametrize("names", sorted(map(sorted, WHOLE)))
def test_what_was_written_is_read(tmp_path: Path, names: list[str]) -> None:
    manifest = a_backup(tmp_path / "copy", frozenset(names))
    assert read_manifest(tmp_path / "copy", SEED) == manifest
    with pytest.raises(BadInput, match="not written by"):
        read_manifest(tmp_path / "copy", SEED[::-1])
    with pytest.raises(BadSetting, match="seed"):
        read_manifest(tmp_path / "copy", b"")


@pytest.mark.parametrize(
    "names",
    [
        set(),
        {"node.toml", "node.db"},
        {"node.toml", "checkpoint"},
        {"node.toml", "checkpoint", "node.db", "tables.dump"},
        {"node.toml", "checkpoint", "../node.db"},
    ],
)
def test_an_authentic_manifest_names_the_files_of_a_backup_and_no_paths(
    tmp_path: Path, names: set[str]
) -> None:
    a_backup(tmp_path / "copy", frozenset(names))
    with pytest.raises(BadInput, match="does not name the files"):
        read_manifest(tmp_path / "copy", SEED)


@given(some.data())
def test_every_changed_byte_of_manifest_or_authentication_is_seen(
    tmp_path_factory: pytest.TempPathFactory, data: some.DataObject
) -> None:
    place = tmp_path_factory.mktemp("backup") / "copy"
    a_backup(place, min(WHOLE, key=sorted))
    name = data.draw(some.sampled_from([MANIFEST, MAC]))
    content = bytearray((place / name).read_bytes().rstrip())
    content[data.draw(some.integers(0, len(content) - 1))] ^= data.draw(some.integers(1, 255))
    (place / name).write_bytes(content)
    with pytest.raises(BadInput):
        read_manifest(place, SEED)
