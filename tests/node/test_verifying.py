"""Whatever is changed behind the node's back is found, and the first bad item is named."""

import json
import random
import shutil
import sqlite3
from pathlib import Path

import pytest

from liaison.node.verifying import CHECKS, Finding, verify_node
from liaison.node.wiring import open_node
from tests.node.conftest import record
from tests.node.test_backup import damage


@pytest.fixture
def filled(folder: Path) -> Path:
    with open_node(folder, work=False) as node:
        record(node, 300)
        node.publish_now()
    return folder


def first_fault(folder: Path) -> Finding | None:
    return next((each for each in verify_node(folder) if each.fault), None)


def change(folder: Path, statement: str, *values: object) -> None:
    with sqlite3.connect(folder / "node.db") as file:
        assert file.execute(statement, values).rowcount
    file.close()


def test_a_node_as_it_was_written_is_good(filled: Path) -> None:
    said: list[str] = []
    found = verify_node(filled, said.append)
    assert not any(each.fault for each in found)
    assert said == list(CHECKS) == [each.name for each in found]
    assert {each.name: each.compared for each in found}["statements"] == 301
    assert {each.name: each.compared for each in found}["files"] == 301


def test_it_may_run_beside_a_node_that_serves_and_changes_nothing(filled: Path) -> None:
    with open_node(filled) as node:
        node.publish_now()
        before = (filled / "node.db").stat().st_size
        assert first_fault(filled) is None
        record(node)
        assert (filled / "node.db").stat().st_size == before


def test_an_edited_leaf_is_named(filled: Path) -> None:
    change(filled, "UPDATE ledger_entries SET leaf = zeroblob(42) WHERE entry = 77")
    found = first_fault(filled)
    assert found.name == "statements"
    assert "entry 77" in found.fault


def test_a_deleted_entry_is_named(filled: Path) -> None:
    change(filled, "DELETE FROM ledger_entries WHERE entry = 200")
    assert "entry 200 is missing" in first_fault(filled).fault


def test_reordered_entries_are_found(filled: Path) -> None:
    with sqlite3.connect(filled / "node.db") as file:
        leaves = dict(file.execute("SELECT entry, leaf FROM ledger_entries WHERE entry IN (10, 20)"))
        for one, other in ((10, 20), (20, 10)):
            file.execute("UPDATE ledger_entries SET leaf = ? WHERE entry = ?", (leaves[other], one))
    file.close()
    assert "entry 10 " in first_fault(filled).fault


def test_a_truncated_log_is_found(filled: Path) -> None:
    with sqlite3.connect(filled / "node.db") as file:
        file.execute("DELETE FROM ledger_entries WHERE entry > 290")
        file.execute("DELETE FROM ledger_payloads WHERE entry > 290")
    file.close()
    faults = {each.name: each.fault for each in verify_node(filled)}
    assert "entry 291" in faults["head"]
    assert "entry 291" in faults["files"]


def test_an_inserted_entry_under_a_forged_head_is_found(filled: Path) -> None:
    change(filled, "UPDATE ledger_heads SET root = zeroblob(32) WHERE size = 301")
    assert first_fault(filled).name == "head"


def test_an_exchanged_payload_is_found(filled: Path) -> None:
    change(
        filled,
        "UPDATE ledger_payloads SET (key, sealed) = (SELECT key, sealed FROM ledger_payloads WHERE entry = 5) "
        "WHERE entry = 6",
    )
    found = first_fault(filled)
    assert "ledger_payloads:6" in found.fault


@pytest.mark.parametrize("name", ["tile/0/000", "tile/entries/000", "checkpoint"])
def test_a_changed_public_file_is_found(filled: Path, name: str) -> None:
    place = filled / "ledger" / name
    content = bytearray(place.read_bytes())
    content[5] ^= 4
    place.write_bytes(content)
    assert first_fault(filled).name == "files"


def test_a_public_folder_that_is_gone_is_found(filled: Path) -> None:
    shutil.rmtree(filled / "ledger")
    assert first_fault(filled) == Finding("files", fault="checkpoint is missing")


def test_a_damaged_page_is_found_before_anything_else(filled: Path) -> None:
    damage(filled / "node.db")
    found = verify_node(filled)
    assert [each.name for each in found] == ["pages"]
    assert found[0].fault


def test_a_database_of_another_node_is_found(filled: Path) -> None:
    change(filled, "UPDATE node_facts SET value = 'x' WHERE fact = 'vkey'")
    assert first_fault(filled).name == "belonging"


def test_the_node_itself_never_serves_what_a_flipped_bit_left(filled: Path, tmp_path: Path) -> None:
    """Bits flipped at random in the database: verify sees each, or it changes nothing that anybody is shown."""
    chance = random.Random(20260302)
    content = (filled / "node.db").read_bytes()
    before = shown(filled)
    unseen = 0
    for _ in range(40):
        changed = bytearray(content)
        bit = chance.randrange(100 * 8, len(content) * 8)
        changed[bit // 8] ^= 1 << bit % 8
        (filled / "node.db").write_bytes(changed)
        found = first_fault(filled)
        if found is None:
            assert shown(filled) == before, f"bit {bit} changed what is shown, and nothing told"
            unseen += 1
    (filled / "node.db").write_bytes(content)
    assert first_fault(filled) is None
    assert unseen < 40


def shown(folder: Path) -> str:
    """Everything that the node's tables say, as text."""
    with sqlite3.connect(f"file:{folder}/node.db?mode=ro", uri=True) as file:
        names = [
            name
            for (name,) in file.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
        ]
        rows = [[str(row) for row in file.execute(f'SELECT * FROM "{name}"')] for name in names]
    file.close()
    return json.dumps(rows)
