"""From entries to signed heads: what is written, what is compared, and what is never signed."""

import os
import shutil
from pathlib import Path

import pytest
from sqlalchemy import delete, select

from liaison.ledger import heads, publishing
from liaison.ledger.checkpoints import Checkpoint
from liaison.ledger.disk import Disk, alone, put
from liaison.ledger.heads import database_root, last_head, record_witnessed
from liaison.ledger.keys import Kind, Signer
from liaison.ledger.log import leaves, size
from liaison.ledger.notes import sign_checkpoint
from liaison.ledger.published import Published, prove, verify_proof
from liaison.ledger.publishing import rebuild
from liaison.ledger.sources import Folder
from liaison.ledger.tree import EMPTY_ROOT, leaf_hash, root_of, verify_consistency
from liaison.ledger.verify import verify_log
from liaison.model.errors import LedgerDamaged, LedgerUnavailable
from liaison.storage.tables.ledger import HEADS
from tests.ledger.node import KEYS, NOW, ORIGIN, POST_QUANTUM, SIGNER, Node, a_node, flip, write_log
from tests.node_fixtures import both_databases

KEY = SIGNER.verifier.vkey


def files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name != ".lock"
    }


def all_leaves(node: Node) -> list[bytes]:
    return node.store.read(lambda c: leaves(c, 0, size(c)))


@both_databases
def test_every_entry_is_under_the_signed_head(tmp_path: Path, kind: str) -> None:
    with a_node(tmp_path, kind) as node:
        node.append(300)
        head = node.publish()
        assert head.checkpoint.size == 300
        assert head.checkpoint.root == root_of([leaf_hash(each) for each in all_leaves(node)])
        assert head.checkpoint.root == node.store.read(lambda c: database_root(c, 300))
        found = verify_log(Folder(node.folder), KEY)
        assert (found.origin, found.size, found.root) == (ORIGIN, 300, head.checkpoint.root)
        opened = node.store.read(lambda c: node.log.open(c, 299))
        proof = prove(node.folder, 299, KEYS)
        assert verify_proof(proof, all_leaves(node)[opened.index], ORIGIN, KEYS).size == 300


@pytest.mark.parametrize(
    "steps", [(1, 1, 1), (255, 1, 1), (256, 256, 1), (300, 1, 700), (1, 1000), (513, 0, 3)]
)
def test_growing_in_steps_writes_what_one_step_writes(
    node: Node, tmp_path: Path, steps: tuple[int, ...]
) -> None:
    seen: list[Checkpoint] = []
    for step in steps:
        node.append(step)
        head = node.publish().checkpoint
        for old in seen:
            log = Published.open(Folder(node.folder), KEYS)
            verify_consistency(old.size, head.size, log.consistency(old.size), old.root, head.root)
        seen.append(head)
    write_log(tmp_path / "plain", all_leaves(node))
    plain, grown = files(tmp_path / "plain"), files(node.folder)
    assert {name: grown[name] for name in plain if name != "checkpoint"} == {
        name: content for name, content in plain.items() if name != "checkpoint"
    }
    partial = {name.partition(".p/")[0] for name in set(grown) - set(plain)}
    assert not partial & set(plain), "partial tiles are cleared once the full one is there"
    assert all(".p/" in name for name in set(grown) - set(plain))


def test_a_long_backlog_is_signed_in_parts(node: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publishing, "AT_ONCE", 256)
    monkeypatch.setattr(heads, "AT_ONCE", 100)
    node.append(700)
    assert node.publish().checkpoint.size == 700
    signed = node.store.read(lambda c: c.execute(select(HEADS).order_by(HEADS.c.size)).all())
    assert [row.size for row in signed] == [256, 512, 700]
    assert [bool(row.note) for row in signed] == [False, False, True]
    assert verify_log(Folder(node.folder), KEY).size == 700
    assert node.store.read(lambda c: database_root(c, 700)) == signed[-1].root
    assert {row.signed for row in signed} == {NOW}


def test_what_is_committed_meanwhile_waits_for_the_next_run(node: Node) -> None:
    class Busy(Disk):
        def replace(self, old: Path, new: Path) -> None:
            super().replace(old, new)
            node.append(1)

    node.append(3)
    assert publishing.publish(node.store, node.folder, [SIGNER], NOW, Busy()).checkpoint.size == 3
    assert node.publish().checkpoint.size == node.store.read(size) > 3


def test_an_empty_log_has_a_head(node: Node) -> None:
    head = node.publish()
    assert (head.checkpoint.size, head.checkpoint.root) == (0, EMPTY_ROOT)
    assert verify_log(Folder(node.folder), KEY).size == 0
    node.append(1)
    assert node.publish().checkpoint.size == 1


def test_nothing_new_is_not_signed_again(node: Node) -> None:
    node.append(3)
    first, before = node.publish(), files(node.folder)
    assert node.publish().note == first.note
    assert files(node.folder) == before
    assert len(node.store.read(lambda c: c.execute(select(HEADS)).all())) == 1


def test_two_keys_sign_one_head(node: Node) -> None:
    node.append(3)
    head = node.publish([SIGNER, POST_QUANTUM])
    assert [each.verifier.kind for each in head.signed] == [Kind.ED25519, Kind.MLDSA]
    assert head.signed[1].seconds == int(NOW.timestamp())
    assert (node.folder / "checkpoint").read_bytes() == head.note
    assert verify_log(Folder(node.folder), POST_QUANTUM.verifier.vkey).size == 3


def test_after_erasure_the_log_still_verifies(node: Node) -> None:
    node.append(300)
    node.publish()
    assert node.store.write(lambda c: node.log.erase(c, range(200))) == 200
    node.append(5)
    assert node.publish().checkpoint.size == 305
    assert verify_log(Folder(node.folder), KEY).size == 305


def damaged(node: Node, said: str) -> LedgerDamaged:
    """Publishing is refused with these words, and nothing was signed."""
    before = node.store.read(lambda c: c.execute(select(HEADS)).all())
    shown = (node.folder / "checkpoint").read_bytes() if (node.folder / "checkpoint").exists() else None
    with pytest.raises(LedgerDamaged, match=said) as caught:
        node.publish()
    assert node.store.read(lambda c: c.execute(select(HEADS)).all()) == before
    if shown is not None:
        assert (node.folder / "checkpoint").read_bytes() == shown
    return caught.value


def test_truncated_entries_are_refused(node: Node) -> None:
    node.append(10)
    node.publish()
    node.sql("DELETE FROM ledger_entries WHERE entry >= 8")
    error = damaged(node, "holds 8 entries, but a head over 10 was signed")
    assert (error.place, error.index) == ("ledger_entries", 8)
    assert error.hint == heads.RESTORED


def test_deleted_new_entries_are_refused(node: Node) -> None:
    node.append(10)
    node.publish()
    node.append(5)
    node.sql("DELETE FROM ledger_entries WHERE entry = 12")
    assert damaged(node, "entry 12 is missing").index == 12


@pytest.mark.parametrize("changed", [0, 7, 9])
def test_changed_leaves_beside_new_ones_are_refused(node: Node, changed: int) -> None:
    node.append(10)
    node.publish()
    node.append(1)
    node.sql(
        "UPDATE ledger_entries SET leaf = (SELECT leaf FROM ledger_entries WHERE entry = 10) WHERE entry = ?",
        changed,
    )
    assert "no longer those that were signed" in str(damaged(node, "first 10 entries are no longer"))


def test_swapped_leaves_are_refused(node: Node) -> None:
    node.append(10)
    node.publish()
    node.append(1)
    first, second = all_leaves(node)[3:5]
    node.sql("UPDATE ledger_entries SET leaf = ? WHERE entry = 3", second)
    node.sql("UPDATE ledger_entries SET leaf = ? WHERE entry = 4", first)
    damaged(node, "first 10 entries are no longer")


def restore(folder: Path) -> None:
    """Put the copy of the database back."""
    shutil.copy(folder / "older.db", folder / "node.db")
    for left in ("node.db-wal", "node.db-shm"):
        (folder / left).unlink(missing_ok=True)


def test_an_older_database_is_noticed_by_the_folder(tmp_path: Path) -> None:
    with a_node(tmp_path) as node:
        node.append(10)
        node.publish()
    shutil.copy(tmp_path / "node.db", tmp_path / "older.db")
    with a_node(tmp_path) as node:
        node.append(5)
        node.publish()
    restore(tmp_path)
    with a_node(tmp_path) as node:
        damaged(node, "holds 10 entries, but a head over 15 was signed")
        node.append(5)
        damaged(node, "first 15 entries are not those that were signed")
        node.append(5)
        damaged(node, "first 15 entries are not those that were signed")


def test_an_older_database_with_all_entries_goes_on(tmp_path: Path) -> None:
    """A backup taken between the last entry and its head has lost nothing."""
    with a_node(tmp_path) as node:
        node.append(10)
        node.publish()
        node.append(5)
    shutil.copy(tmp_path / "node.db", tmp_path / "older.db")
    with a_node(tmp_path) as node:
        node.publish()
    restore(tmp_path)
    with a_node(tmp_path) as node:
        assert node.publish().checkpoint.size == 15
        node.append(1)
        assert node.publish().checkpoint.size == 16
        heads_ = select(HEADS.c.size).order_by(HEADS.c.size)
        assert node.store.read(lambda c: c.execute(heads_).scalars().all()) == [10, 15, 16]


def test_a_database_that_forgot_its_heads_goes_on_from_the_shown_one(node: Node) -> None:
    node.append(10)
    node.publish()
    node.store.write(lambda c: c.execute(delete(HEADS)) and None)
    assert node.publish().checkpoint.size == 10
    node.sql(
        "UPDATE ledger_entries SET leaf = (SELECT leaf FROM ledger_entries WHERE entry = 0) WHERE entry = 3"
    )
    node.store.write(lambda c: c.execute(delete(HEADS)) and None)
    error = damaged(node, "first 10 entries are not those that were signed")
    assert (error.place, error.hint) == ("ledger_entries", heads.RESTORED)


def test_an_older_folder_and_database_are_noticed_by_a_witness(node: Node) -> None:
    node.append(10)
    node.publish()
    node.store.write(lambda c: record_witnessed(c, "witness.example/w1", 12, b"", NOW))
    error = damaged(node, r"holds 10 entries, but witness\.example/w1 has seen 12")
    assert (error.place, error.index) == ("ledger_entries", 10)
    node.append(2)
    assert node.publish().checkpoint.size == 12


def test_what_a_witness_saw_never_shrinks(node: Node) -> None:
    for seen in (5, 9, 7):
        node.store.write(lambda c, s=seen: record_witnessed(c, "w", s, b"", NOW))
    node.append(8)
    damaged(node, "w has seen 9")
    node.store.write(lambda c: record_witnessed(c, "x", 11, b"", NOW))
    damaged(node, "x has seen 11")


def test_a_second_node_with_the_same_key_is_noticed(node: Node, tmp_path: Path) -> None:
    node.append(10)
    node.publish()
    node.append(10)
    node.publish()
    fork = sign_checkpoint(Checkpoint(ORIGIN, 15, root_of([b"x" * 32])), [SIGNER], 1)
    (node.folder / "checkpoint").write_bytes(fork)
    error = damaged(node, "over 15 entries is signed with this log's key but is not in its database")
    assert error.place == "checkpoint"
    assert "two nodes" in error.hint
    same_size = sign_checkpoint(Checkpoint(ORIGIN, 20, root_of([b"x" * 32])), [SIGNER], 1)
    (node.folder / "checkpoint").write_bytes(same_size)
    damaged(node, "over 20 entries is signed with")


def test_a_checkpoint_that_we_did_not_sign_is_refused(node: Node) -> None:
    node.append(10)
    node.publish()
    flip(node.folder / "checkpoint", 8 * 17)
    assert damaged(node, "not what we signed").place == "checkpoint"


def test_a_lost_checkpoint_is_shown_again(node: Node) -> None:
    node.append(10)
    head = node.publish()
    (node.folder / "checkpoint").unlink()
    assert node.publish().note == head.note
    assert (node.folder / "checkpoint").read_bytes() == head.note


def test_an_older_checkpoint_of_ours_is_renewed(node: Node) -> None:
    node.append(10)
    older = node.publish()
    node.append(1)
    newer = node.publish()
    (node.folder / "checkpoint").write_bytes(older.note)
    assert node.publish().note == newer.note
    assert (node.folder / "checkpoint").read_bytes() == newer.note


def test_a_head_that_was_changed_in_the_database_is_refused(node: Node) -> None:
    node.append(10)
    node.publish()
    node.sql("UPDATE ledger_heads SET size = 9")
    assert damaged(node, "not what was recorded").place == "ledger_heads"
    node.sql("UPDATE ledger_heads SET size = 10, root = ?", bytes(32))
    assert damaged(node, "not what was recorded").place == "ledger_heads"
    node.sql("UPDATE ledger_heads SET note = ?", b"text")
    assert damaged(node, "cannot be read").place == "ledger_heads"


@pytest.mark.parametrize("name", ["tile/0/001.p/44", "tile/1/000.p/1"])
@pytest.mark.parametrize("more", [0, 1, 300])
def test_a_flipped_bit_in_the_last_tiles_stops_the_signature(node: Node, name: str, more: int) -> None:
    node.append(300)
    node.publish()
    node.append(more)
    flip(node.folder / name, 77)
    assert name in damaged(node, "do not lead to the signed root").place


def test_a_missing_tile_stops_the_signature(node: Node) -> None:
    node.append(300)
    node.publish()
    node.append(1)
    (node.folder / "tile/1/000.p/1").unlink()
    assert damaged(node, "cannot be read").place == "tile/1/000.p/1"


class Careless(Disk):
    """A disk that keeps something else than what it was given for files of this name."""

    def __init__(self, name: str, change: int) -> None:
        self.name, self.change = name, change

    def replace(self, old: Path, new: Path) -> None:
        super().replace(old, new)
        if new.as_posix().endswith(self.name):
            flip(new, self.change)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("tile/entries/000", "entry 0 in tile/entries/000 was changed"),
        ("tile/entries/001.p/44", "entry 256 in"),
        ("tile/0/000", "tile/0/000 does not hash"),
        ("tile/0/001.p/44", "entry 256 in"),
        ("tile/1/000.p/1", "tile/0/000 does not hash"),
    ],
)
def test_what_the_disk_kept_wrongly_is_not_signed(node: Node, name: str, said: str) -> None:
    node.append(300)
    with pytest.raises(LedgerDamaged, match=said):
        node.publish(disk=Careless(name, 8 * 12))
    assert node.store.read(lambda c: last_head(c, KEYS)) is None
    assert not (node.folder / "checkpoint").exists()
    assert node.publish().checkpoint.size == 300, "written again, it is right"
    assert verify_log(Folder(node.folder), KEY).size == 300


class Consistent(Disk):
    """A disk on which somebody changed an entry and its tile alike."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def replace(self, old: Path, new: Path) -> None:
        super().replace(old, new)
        if new.as_posix().endswith("tile/0/000.p/3"):
            other = write_log(self.folder.parent / "other", [b"x" * 42] * 3)
            assert other
            for name in ("tile/0/000.p/3", "tile/entries/000.p/3"):
                shutil.copy(self.folder.parent / "other" / name, self.folder / name)


def test_entries_that_the_database_does_not_hold_are_not_signed(node: Node) -> None:
    node.append(3)
    with pytest.raises(LedgerDamaged, match="does not hold the database's entries") as caught:
        node.publish(disk=Consistent(node.folder))
    assert caught.value.place == "tile/entries/000.p/3"


def test_a_lost_folder_is_made_again_from_the_database(node: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publishing, "AT_ONCE", 256)
    node.append(700)
    head = node.publish()
    before = files(node.folder)
    shutil.rmtree(node.folder)
    error = damaged(node, "cannot be read")
    assert error.place.startswith("tile/")
    node.append(10)
    assert rebuild(node.store, node.folder, [SIGNER], NOW).checkpoint.size == 710
    again = files(node.folder)
    kept = {name for name in before if ".p/" not in name and name != "checkpoint"}
    assert {name: again[name] for name in kept} == {name: before[name] for name in kept}
    assert Published.open(Folder(node.folder), KEYS).root_at(700) == head.checkpoint.root


def test_a_log_is_not_made_again_from_changed_leaves(node: Node) -> None:
    node.append(300)
    node.publish()
    node.sql(
        "UPDATE ledger_entries SET leaf = (SELECT leaf FROM ledger_entries WHERE entry = 10) WHERE entry = 5"
    )
    shutil.rmtree(node.folder)
    with pytest.raises(LedgerDamaged, match=r"^the database's leaves do not lead to the head") as caught:
        rebuild(node.store, node.folder, [SIGNER], NOW)
    assert caught.value.place == "ledger_entries"
    node.sql("DELETE FROM ledger_entries WHERE entry = 299")
    with pytest.raises(LedgerDamaged, match="holds 299 entries, but a head over 300"):
        rebuild(node.store, node.folder, [SIGNER], NOW)


def test_an_empty_log_is_made_again(node: Node) -> None:
    assert rebuild(node.store, node.folder, [SIGNER], NOW).checkpoint.size == 0
    assert rebuild(node.store, node.folder, [SIGNER], NOW).checkpoint.size == 0


def test_only_one_publishes_at_a_time(node: Node) -> None:
    node.append(1)
    with alone(node.folder), pytest.raises(LedgerUnavailable, match="another process"):
        node.publish()
    with alone(node.folder), pytest.raises(LedgerUnavailable, match="another process"):
        rebuild(node.store, node.folder, [SIGNER], NOW)
    assert node.publish().checkpoint.size == 1


def test_a_folder_that_cannot_be_written_is_told(node: Node) -> None:
    node.append(1)
    node.folder.write_text("a file stands here")
    with pytest.raises(LedgerUnavailable, match="cannot be written"):
        node.publish()
    with pytest.raises(LedgerUnavailable, match="cannot be written"):
        rebuild(node.store, node.folder, [SIGNER], NOW)


def test_another_key_does_not_continue_the_log(node: Node) -> None:
    node.append(1)
    node.publish()
    other = Signer(ORIGIN, Kind.ED25519, bytes(32))
    with pytest.raises(LedgerDamaged, match="cannot be read"):
        node.publish([other])


class Short(Disk):
    """A disk that takes ten bytes at a time."""

    def write(self, file: int, content: bytes) -> int:
        return super().write(file, content[:10])


def test_short_writes_are_finished(tmp_path: Path) -> None:
    put(Short(), tmp_path / "a" / "b" / "file", bytes(range(256)))
    assert (tmp_path / "a" / "b" / "file").read_bytes() == bytes(range(256))
    assert [each.name for each in (tmp_path / "a" / "b").iterdir()] == ["file"]
    umask = os.umask(0o077)
    os.umask(umask)
    assert (tmp_path / "a" / "b" / "file").stat().st_mode & 0o777 == 0o644 & ~umask


class Told(Disk):
    """A disk that tells what was done in which order."""

    def __init__(self) -> None:
        self.done: list[str] = []

    def write(self, file: int, content: bytes) -> int:
        self.done.append("write")
        return super().write(file, content)

    def sync(self, file: int) -> None:
        self.done.append("sync")
        super().sync(file)

    def replace(self, old: Path, new: Path) -> None:
        self.done.append(f"replace {new.name}")
        super().replace(old, new)


def test_a_file_is_durable_before_it_has_its_name_and_its_name_before_the_next(tmp_path: Path) -> None:
    disk = Told()
    put(disk, tmp_path / "file", b"content")
    assert disk.done == ["write", "sync", "replace file", "sync"]
    disk.done.clear()
    put(disk, tmp_path / "new" / "file", b"content")
    assert disk.done == ["sync", "write", "sync", "replace file", "sync"]


def test_the_head_is_shown_last(node: Node) -> None:
    node.append(300)
    disk = Told()
    node.publish(disk=disk)
    names = [each for each in disk.done if each.startswith("replace")]
    assert names == [
        "replace 000", "replace 44", "replace 000", "replace 44", "replace 1", "replace checkpoint",
    ]  # fmt: skip
