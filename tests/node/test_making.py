import stat
from pathlib import Path

import pytest

from liaison.ledger.log import size
from liaison.ledger.sources import Folder
from liaison.ledger.verify import verify_log
from liaison.model.errors import BadSetting, StoreUnavailable
from liaison.node.identity import fingerprint, signers
from liaison.node.making import make_node
from liaison.node.settings import read_settings
from liaison.node.wiring import Node, open_node
from tests.node.conftest import record, settings


def test_a_new_node_has_keys_a_database_and_a_signed_ledger(tmp_path: Path) -> None:
    folder = tmp_path / "with a space" / "node"
    made = make_node(folder, settings(), lambda node: node.name)
    assert made.first == "Our node"
    assert made.folder == folder
    assert len(made.fingerprint.split()) == 16
    assert verify_log(Folder(folder / "ledger"), made.vkey).size == 1
    assert read_settings(folder, {}) == settings()
    with open_node(folder, work=False) as node:
        assert node.office.read(size) == 1
        assert fingerprint(node.signers[0]) == made.fingerprint


def test_nobody_else_can_read_a_new_node(folder: Path) -> None:
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    for place in [*folder.glob("keys/*"), *folder.glob("node.db*")]:
        if place.suffix != ".lock":
            assert stat.S_IMODE(place.stat().st_mode) == 0o600, place


def test_what_exists_is_not_overwritten(folder: Path, tmp_path: Path) -> None:
    before = {place: place.read_bytes() for place in folder.rglob("*") if place.is_file()}
    with pytest.raises(BadSetting, match="not empty"):
        make_node(folder, settings(), lambda node: "")
    assert before == {place: place.read_bytes() for place in folder.rglob("*") if place.is_file()}
    (tmp_path / "file").write_text("x")
    with pytest.raises(BadSetting, match="not a folder"):
        make_node(tmp_path / "file", settings(), lambda node: "")


def test_keys_that_exist_elsewhere_are_not_overwritten(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(BadSetting, match="not empty"):
        make_node(tmp_path / "other", settings(key_folder=str(folder / "keys")), lambda node: "")


def test_a_step_that_fails_leaves_nothing_behind(tmp_path: Path) -> None:
    def fail(node: Node) -> str:
        raise BadSetting("no administrator")

    with pytest.raises(BadSetting, match="no administrator"):
        make_node(tmp_path / "node", settings(), fail)
    assert list(tmp_path.iterdir()) == []


def test_a_second_signature_is_made_where_it_is_wanted(tmp_path: Path) -> None:
    make_node(tmp_path / "node", settings(ledger_second_signature=True), lambda node: "")
    with open_node(tmp_path / "node", work=False) as node:
        assert len(node.signers) == 2
        record(node)
        assert len(node.publish_now().signed) == 2


def test_a_key_that_others_can_read_is_refused(folder: Path) -> None:
    (folder / "keys/node.seed").chmod(0o640)
    with pytest.raises(BadSetting, match="others can read"):
        signers(folder / "keys", "node.example")


def test_a_node_is_open_in_one_process_alone(folder: Path) -> None:
    with (
        open_node(folder, work=False),
        pytest.raises(StoreUnavailable, match="in another process"),
        open_node(folder, work=False),
    ):
        pass
    with open_node(folder, work=False) as node:
        record(node)
