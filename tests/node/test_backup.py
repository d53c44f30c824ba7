import shutil
import sqlite3
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import insert

from liaison.ledger.log import size
from liaison.model.errors import BadInput, BadSetting, StaleBackup
from liaison.node.backup import backup_node, restore_node
from liaison.node.keyfile import save_keys
from liaison.node.making import make_node
from liaison.node.manifest import read_manifest
from liaison.node.verifying import verify_node
from liaison.node.wiring import Node, open_node
from liaison.ports import Compartment
from liaison.sightings import passages
from liaison.storage.sealing import seal
from liaison.storage.tables.node import FACTS
from liaison.storage.tables.sightings import PASSAGES
from tests.node.conftest import record, settings
from tests.node_fixtures import both_databases, database

PHRASE = "correct horse battery"
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
pytestmark = pytest.mark.usefixtures("light")


def backed_up(folder: Path, to: Path) -> Path:
    backup_node(folder, to, to.with_suffix(".keys"), PHRASE, NOW)
    return to


def restored(place: Path, folder: Path, **more: str) -> Path:
    return restore_node(place, folder, place.with_suffix(".keys"), PHRASE, NOW, **more).folder


def seed(folder: Path) -> bytes:
    return (folder / "keys/node.seed").read_bytes()


def faults(folder: Path) -> list[str]:
    return [f"{each.name}: {each.fault}" for each in verify_node(folder) if each.fault]


def test_a_node_comes_back_whole(folder: Path, tmp_path: Path) -> None:
    with open_node(folder) as node:
        record(node, 300)
        backed_up(folder, tmp_path / "copy")
        entries = node.office.read(size)
    again = restored(tmp_path / "copy", tmp_path / "again")
    assert faults(again) == []
    with open_node(again, work=False) as node:
        assert node.office.read(size) == entries
        record(node)
        assert node.publish_now().checkpoint.size == entries + 1


@both_databases
def test_where_marks_passed_stands_in_no_backup(tmp_path: Path, kind: str) -> None:
    folder, mark = tmp_path / "node", b"a pseudonym of a mark"
    with database(kind, tmp_path) as url:
        make_node(folder, settings(database="" if kind == "sqlite" else url), lambda node: "")
        with open_node(folder) as node:
            record(node)
            now = node.office.now()
            passages.prepared(node.office, [now])
            row = {"mark": mark, "at": now, "camera": 1}
            node.office.write(lambda connection: connection.execute(insert(PASSAGES).values(row)))
            backed_up(folder, tmp_path / "copy")
            assert node.office.read(passages.many) == 1
        for file in (tmp_path / "copy").rglob("*"):
            assert not file.is_file() or mark not in file.read_bytes(), file


def test_a_backup_under_load_holds_everything_acknowledged_before_it(folder: Path, tmp_path: Path) -> None:
    """From another process, as an operator does it, while four threads write."""
    acknowledged, stop = [], threading.Event()

    def write(node: Node) -> None:
        while not stop.is_set():
            record(node)
            acknowledged.append(1)

    with open_node(folder) as node:
        threads = [threading.Thread(target=write, args=(node,)) for _ in range(4)]
        for each in threads:
            each.start()
        try:
            while len(acknowledged) < 100:
                time.sleep(0.01)
            before = len(acknowledged)
            _in_another_process(folder, tmp_path / "copy")
            assert len(acknowledged) > before  # it went on
        finally:
            stop.set()
            for each in threads:
                each.join()
        node.publish_now()
    assert read_manifest(tmp_path / "copy", seed(folder)).entries >= before + 1
    # the node has signed on since: to its own newer head the backup is old
    with pytest.raises(StaleBackup):
        restored(tmp_path / "copy", tmp_path / "again", head=str(folder / "ledger"))
    assert faults(restored(tmp_path / "copy", tmp_path / "again")) == []
    assert faults(folder) == []


def _in_another_process(folder: Path, to: Path) -> None:
    code = f"""
import sys
from datetime import UTC, datetime
from pathlib import Path
from liaison.node import keyfile
from liaison.node.backup import backup_node
keyfile.HARD = (2**10, 8, 1)
folder, to = map(Path, sys.argv[1:])
backup_node(folder, to, to.with_suffix(".keys"), {PHRASE!r}, datetime.now(UTC))
"""
    subprocess.run([sys.executable, "-c", code, str(folder), str(to)], check=True, timeout=120)


def test_an_older_backup_than_what_was_signed_is_refused(folder: Path, tmp_path: Path) -> None:
    backed_up(folder, tmp_path / "copy")
    with open_node(folder, work=False) as node:
        record(node, 2)
        node.publish_now()
    with pytest.raises(StaleBackup, match="holds 1 entries of the ledger, but a head over 3"):
        restored(tmp_path / "copy", tmp_path / "again", head=str(folder / "ledger"))
    assert not (tmp_path / "again").exists()


def test_a_ledger_folder_that_outlived_the_node_is_compared(tmp_path: Path) -> None:
    folder = tmp_path / "node"
    make_node(folder, settings(ledger_folder=str(tmp_path / "public")), lambda node: "")
    backed_up(folder, tmp_path / "copy")
    with open_node(folder, work=False) as node:
        record(node, 2)
        node.publish_now()
    shutil.rmtree(folder)
    with pytest.raises(StaleBackup):
        restored(tmp_path / "copy", folder)


def test_a_node_that_was_set_back_signs_nothing(folder: Path, tmp_path: Path) -> None:
    """An operator puts an older database under a node: its own public files tell."""
    shutil.copytree(folder, tmp_path / "old")
    with open_node(folder, work=False) as node:
        record(node, 2)
        node.publish_now()
    shutil.copyfile(tmp_path / "old/node.db", folder / "node.db")
    with open_node(folder, work=False) as node:
        record(node)
        with pytest.raises(Exception, match="holds 2 entries"):
            node.publish_now()
    assert any("files" in each for each in faults(folder))


@pytest.mark.parametrize("name", ["node.db", "node.toml", "checkpoint"])
def test_a_changed_file_is_refused_by_name(folder: Path, tmp_path: Path, name: str) -> None:
    copy = backed_up(folder, tmp_path / "copy")
    content = bytearray((copy / name).read_bytes())
    content[len(content) // 2] ^= 1
    (copy / name).write_bytes(content)
    with pytest.raises(BadInput, match=f"{name} is not what was backed up"):
        restored(copy, tmp_path / "again")
    assert not (tmp_path / "again").exists()
    (copy / name).unlink()
    with pytest.raises(BadInput, match=name):
        read_manifest(copy, seed(folder))


def test_the_keys_of_another_node_are_refused(folder: Path, tmp_path: Path) -> None:
    copy = backed_up(folder, tmp_path / "copy")
    make_node(tmp_path / "other", settings(), lambda node: "")
    save_keys(tmp_path / "other/keys", tmp_path / "copy.keys", PHRASE)
    with pytest.raises(BadInput, match="not written by the node of these keys"):
        restored(copy, tmp_path / "again")


def test_the_keys_never_stand_in_the_backup_they_open(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(BadSetting, match="the keys would stand"):
        backup_node(folder, tmp_path / "copy", tmp_path / "copy/keys", PHRASE, NOW)
    copy = backed_up(folder, tmp_path / "copy")
    seeds = [place.read_bytes() for place in (folder / "keys").glob("*") if place.suffix in {".key", ".seed"}]
    content = b"".join(place.read_bytes() for place in copy.iterdir())
    assert len(seeds) == len(Compartment) + 2
    assert not any(seed in content for seed in seeds)


def test_what_was_erased_stays_erased_in_an_older_backup(folder: Path, tmp_path: Path) -> None:
    with open_node(folder, work=False) as node:
        copy = backed_up(folder, tmp_path / "copy")
        node.office.write(lambda connection: node.office.log.erase(connection, [0]))
        save_keys(node.places.keys, tmp_path / "copy.keys", PHRASE)
    again = restored(copy, tmp_path / "again")
    found = {each.name: each for each in verify_node(again)}
    assert not any(each.fault for each in found.values())
    assert found["statements"].erased == 1


def test_a_full_place_is_not_overwritten(folder: Path, tmp_path: Path) -> None:
    copy = backed_up(folder, tmp_path / "copy")
    with pytest.raises(BadSetting, match="not empty"):
        backed_up(folder, copy)
    with pytest.raises(BadSetting, match="not empty"):
        restored(copy, folder)


def test_a_damaged_database_is_not_backed_up(folder: Path, tmp_path: Path) -> None:
    damage(folder / "node.db")
    with pytest.raises(Exception, match=r"damaged|cannot be copied|malformed"):
        backed_up(folder, tmp_path / "copy")
    assert not (tmp_path / "copy").exists()


def damage(database: Path) -> None:
    """Empty a page that a table's rows stand on."""
    with sqlite3.connect(database) as file:
        page, width = (
            file.execute("SELECT rootpage FROM sqlite_master WHERE name = 'node_facts'").fetchone()[0],
            file.execute("PRAGMA page_size").fetchone()[0],
        )
    file.close()
    with database.open("r+b") as raw:
        raw.seek((page - 1) * width)
        raw.write(b"\xff" * width)


@both_databases
def test_a_backup_of_one_kind_is_restored_into_the_other(kind: str, tmp_path: Path) -> None:
    other = {"sqlite": "postgresql", "postgresql": "sqlite"}[kind]
    with database(kind, tmp_path) as url, database(other, tmp_path / "other") as second:
        make_node(tmp_path / "node", settings(database=url), lambda node: "")
        with open_node(tmp_path / "node", work=False) as node:
            record(node, 30)
            keep(node)
            node.publish_now()
            before = node.office.read(lambda c: c.execute(FACTS.select().order_by("fact")).all())
        copy = backed_up(tmp_path / "node", tmp_path / "copy")
        again = restored(copy, tmp_path / "again", database=second)
        assert faults(again) == []
        with open_node(again, work=False) as node:
            assert node.office.read(lambda c: c.execute(FACTS.select().order_by("fact")).all()) == before
            record(node)
            assert node.publish_now().checkpoint.size == 32


def keep(node: Node) -> None:
    key_id, key = node.office.keys.create(Compartment.HOLDINGS)[0]
    row = {"fact": "sealed", "value": seal(key, b"content", "x").hex() + str(key_id), "at": node.office.now()}
    node.office.write(lambda connection: connection.execute(FACTS.insert().values(row)))


def test_a_database_that_holds_something_is_not_restored_into(folder: Path, tmp_path: Path) -> None:
    copy = backed_up(folder, tmp_path / "copy")
    with pytest.raises(BadSetting, match="exists"):
        restored(copy, tmp_path / "again", database=f"sqlite:///{folder}/node.db")


def test_a_backup_is_no_node_and_the_refusal_says_how_to_make_one_of_it(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = backed_up(folder, tmp_path / "kept")
    with pytest.raises(BadSetting, match="is a backup, not a node") as refused:
        verify_node(place)
    assert refused.value.hint.startswith(f"restore it first: liaison restore {place}")
    monkeypatch.setenv("LIAISON_CALLED", "./dev run liaison")
    with pytest.raises(BadSetting) as again:
        verify_node(place)
    assert "./dev run liaison restore" in again.value.hint
