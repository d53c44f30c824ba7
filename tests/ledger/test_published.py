"""What is read from a log's files is checked against its head; what was changed is named and never given out."""

from pathlib import Path

import pytest

from liaison.ledger.keys import Kind, Signer
from liaison.ledger.published import Published, parse_proof, proof_text, prove, verify_proof
from liaison.ledger.sources import Folder
from liaison.ledger.tiles import WIDTH, Tile
from liaison.ledger.tree import leaf_hash, root_of, verify_consistency, verify_inclusion
from liaison.model.errors import BadNote, BadProof, LedgerDamaged, MalformedNote, MissingFile
from tests.ledger.node import KEYS, ORIGIN, SIGNER, WITNESS, flip, write_log

SIZE = 70_000 - 256 * 200  # 18,800: two levels of tiles, and a partial one at each
ENTRIES = [b"entry %d" % number for number in range(SIZE)]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("logs") / "a log"
    write_log(folder, ENTRIES)
    return folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_log(tmp_path / "log", ENTRIES[:700])
    return tmp_path / "log"


def opened(folder: Path) -> Published:
    return Published.open(Folder(folder), KEYS, ORIGIN)


def test_every_kind_of_place_is_read(written: Path) -> None:
    log = opened(written)
    assert (log.size, log.root) == (SIZE, log.head.checkpoint.root)
    for index in (0, 255, 256, 18_687, 18_688, SIZE - 1):
        assert log.entry(index) == ENTRIES[index]
        assert log.leaf_hash(index) == leaf_hash(ENTRIES[index])
        verify_inclusion(leaf_hash(ENTRIES[index]), index, SIZE, log.inclusion(index), log.root)
    for old in (1, 255, 256, 257, 18_432, SIZE - 1):
        root = root_of([leaf_hash(each) for each in ENTRIES[:old]])
        assert log.root_at(old) == root
        verify_consistency(old, SIZE, log.consistency(old), root, log.root)


def test_nothing_outside_the_head_is_read(folder: Path) -> None:
    log = opened(folder)
    for call in (
        lambda: log.inclusion(700), lambda: log.consistency(701), lambda: log.root_at(701), lambda: log.root_at(-1),
    ):  # fmt: skip
        with pytest.raises(BadProof):
            call()
    for call in (
        lambda: log.entry(768), lambda: log.bundle(3), lambda: log.tile(Tile(0, 3, 256)),
        lambda: log.tile(Tile(0, 2, 256)),
        lambda: log.tile(Tile(0, 0, 255)), lambda: log.tile(Tile(-1, 0, 256)), lambda: log.tile(Tile(2, 0, 256)),
    ):  # fmt: skip
        with pytest.raises(MissingFile, match="not in a log of 700"):
            call()
    assert log.root_at(700) == log.root
    assert log.root_at(0) == root_of([])


def test_an_empty_log_is_a_log(tmp_path: Path) -> None:
    write_log(tmp_path, [])
    assert opened(tmp_path).size == 0
    with pytest.raises(MissingFile):
        opened(tmp_path).bundle(0)


def test_a_file_is_served_as_it_was_written(folder: Path) -> None:
    log = opened(folder)
    files = [each for each in folder.rglob("*") if each.is_file()]
    assert len(files) == 1 + 3 + 3 + 1
    for each in files:
        path = each.relative_to(folder).as_posix()
        assert log.file(path) == each.read_bytes(), path


def test_partial_tiles_of_earlier_heads_are_cut_from_what_there_is(folder: Path) -> None:
    log = opened(folder)
    first = (folder / "tile/0/000").read_bytes()
    assert log.file("tile/0/000.p/3") == first[:96]
    assert log.file("tile/0/002.p/1") == (folder / "tile/0/002.p/188").read_bytes()[:32]
    assert log.file("tile/entries/000.p/1") == b"\0\7entry 0"
    assert log.file("tile/1/000.p/1") == (folder / "tile/1/000.p/2").read_bytes()[:32]


@pytest.mark.parametrize(
    "path", ["tile/0/002", "tile/0/002.p/189", "tile/0/003.p/1", "tile/1/000.p/3", "tile/2/000.p/1", "tile/entries/003",
             "../log/checkpoint", "", "checkpoint/", ".lock", "tile/0/.000.new"],
)  # fmt: skip
def test_no_other_file_is_served(folder: Path, path: str) -> None:
    (folder / ".lock").touch()
    with pytest.raises(MissingFile, match=r"^a log has no file|is not in a log of 700 entries$") as caught:
        opened(folder).file(path)
    assert path in str(caught.value)


def test_a_full_tile_stands_in_for_a_partial_one(folder: Path, tmp_path: Path) -> None:
    """A mirror may have cleared the partial tiles of an older head once the full ones came."""
    older = tmp_path / "older"
    write_log(older, ENTRIES[:300])
    write_log(folder, ENTRIES[:700])
    (folder / "checkpoint").write_bytes((older / "checkpoint").read_bytes())
    log = opened(folder) if (folder / "tile/1/000.p/1").exists() else None
    assert log is None
    (folder / "tile/1/000.p/1").write_bytes((folder / "tile/1/000.p/2").read_bytes()[:32])
    log = opened(folder)
    assert (log.size, log.entry(299), len(log.bundle(1))) == (300, ENTRIES[299], 44)


@pytest.mark.parametrize("name", ["tile/0/000", "tile/0/001", "tile/0/002.p/188", "tile/1/000.p/2"])
@pytest.mark.parametrize("bit", [0, 7, 300, 503])
def test_a_flipped_bit_in_a_tile_is_named_and_not_served(folder: Path, name: str, bit: int) -> None:
    flip(folder / name, bit)
    with pytest.raises(LedgerDamaged) as caught:
        opened(folder).file(name)
    assert name in caught.value.place


@pytest.mark.parametrize(("index", "name"), [(0, "000"), (1, "001"), (2, "002.p/188")])
def test_a_changed_entry_is_named_and_not_served(folder: Path, index: int, name: str) -> None:
    place = folder / f"tile/entries/{name}"
    content = place.read_bytes()
    place.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    last = min(700, (index + 1) * WIDTH) - 1
    with pytest.raises(LedgerDamaged, match=f"entry {last} in tile/entries/{name}") as caught:
        opened(folder).bundle(index)
    assert (caught.value.place, caught.value.index) == (f"tile/entries/{name}", last)
    with pytest.raises(LedgerDamaged):
        opened(folder).file(f"tile/entries/{name}")


@pytest.mark.parametrize(
    "change", [lambda c: c[:-1], lambda c: c[:-32], lambda c: c + bytes(32), lambda c: b""]
)
@pytest.mark.parametrize("name", ["tile/0/000", "tile/0/002.p/188", "tile/1/000.p/2"])
def test_a_tile_of_another_length_is_damage(folder: Path, name: str, change: object) -> None:
    (folder / name).write_bytes(change((folder / name).read_bytes()))
    with pytest.raises(LedgerDamaged) as caught:
        opened(folder).file(name)
    assert caught.value.place == name


def test_a_missing_file_is_named(folder: Path) -> None:
    (folder / "tile/0/001").unlink()
    log = opened(folder)
    assert log.entry(0) == ENTRIES[0]
    with pytest.raises(MissingFile, match="tile/0/001") as caught:
        log.entry(256)
    assert caught.value.place == "tile/0/001"
    (folder / "checkpoint").unlink()
    with pytest.raises(MissingFile, match="checkpoint"):
        opened(folder)


def test_a_changed_checkpoint_is_refused(folder: Path) -> None:
    flip(folder / "checkpoint", 8 * 18)
    with pytest.raises(BadNote):
        opened(folder)


def test_a_head_over_other_tiles_is_damage(folder: Path, tmp_path: Path) -> None:
    write_log(tmp_path / "other", [*ENTRIES[:699], b"another"])
    (folder / "checkpoint").write_bytes((tmp_path / "other/checkpoint").read_bytes())
    with pytest.raises(LedgerDamaged, match="signed root") as caught:
        opened(folder)
    assert caught.value.place == "tile/0/002.p/188, tile/1/000.p/2"


def test_a_proof_is_verified_offline(written: Path) -> None:
    for index in (0, 300, SIZE - 1):
        proof = prove(written, index, KEYS)
        assert verify_proof(proof, ENTRIES[index], ORIGIN, KEYS).size == SIZE
        with pytest.raises(BadProof):
            verify_proof(proof, b"another", ORIGIN, KEYS)
        with pytest.raises(BadNote):
            verify_proof(proof, ENTRIES[index], "another", KEYS)
        with pytest.raises(BadProof):
            verify_proof(
                proof.replace(f"index {index}\n", f"index {index ^ 1}\n"), ENTRIES[index], ORIGIN, KEYS
            )


def test_a_proof_reads_as_the_specification_has_it(folder: Path) -> None:
    proof = prove(folder, 699, KEYS)
    lines = proof.split("\n")
    assert lines[:2] == ["c2sp.org/tlog-proof@v1", "index 699"]
    assert proof.endswith("\n\n" + (folder / "checkpoint").read_text())
    parsed = parse_proof(proof)
    assert (parsed.index, parsed.note, parsed.extra) == (699, (folder / "checkpoint").read_bytes(), "")
    assert list(parsed.hashes) == opened(folder).inclusion(699)
    with_extra = proof.replace("index", "extra AAAA\nindex", 1)
    assert parse_proof(with_extra).extra == "AAAA"
    assert verify_proof(with_extra, ENTRIES[699], ORIGIN, KEYS).size == 700


def test_a_proof_of_a_log_of_one(tmp_path: Path) -> None:
    write_log(tmp_path, ENTRIES[:1])
    assert verify_proof(prove(tmp_path, 0, KEYS), ENTRIES[0], ORIGIN, KEYS).size == 1


def test_a_quorum_of_witnesses_can_be_asked_for(folder: Path) -> None:
    log = opened(folder)
    other = Signer("witness.example/w2", Kind.COSIGNATURE, bytes(32))
    known = [WITNESS.verifier, other.verifier]
    line = WITNESS.line(log.head.checkpoint.text(), 5)
    proof = proof_text(1, log.inclusion(1), log.head.note + line.encode())
    assert verify_proof(proof, ENTRIES[1], ORIGIN, KEYS, known, 1).size == 700
    with pytest.raises(BadNote, match="1 witnesses signed the head; 2 are needed"):
        verify_proof(proof, ENTRIES[1], ORIGIN, KEYS, known, 2)
    with pytest.raises(BadNote, match="0 witnesses"):
        verify_proof(log.proof(1), ENTRIES[1], ORIGIN, KEYS, known, 1)


@pytest.mark.parametrize(
    ("written_", "said"),
    [
        ("", "begins with"),
        ("c2sp.org/tlog-proof@v1\nindex 0\n", "begins with"),
        ("c2sp.org/tlog-proof@v2\nindex 0\n\nnote", "begins with"),
        ("c2sp.org/tlog-proof@v1\n\nnote", "names the index"),
        ("c2sp.org/tlog-proof@v1\nextra AA\n\nnote", "names the index"),
        ("c2sp.org/tlog-proof@v1\nplace 0\n\nnote", "names the index"),
        ("c2sp.org/tlog-proof@v1\nindex 01\n\nnote", "size or index"),
        ("c2sp.org/tlog-proof@v1\nindex 0\nAAAA\n\nnote", "32 bytes"),
        (
            "c2sp.org/tlog-proof@v1\nindex 0\n" + "A" * 43 + "=\n" + ("A" * 43 + "=\n") * 63 + "\nnote",
            "at most 63",
        ),
    ],
)
def test_proofs_out_of_form_are_refused(written_: str, said: str) -> None:
    with pytest.raises(MalformedNote, match=said):
        parse_proof(written_)


def test_the_longest_proof_is_read() -> None:
    written_ = "c2sp.org/tlog-proof@v1\nindex 0\n" + ("A" * 43 + "=\n") * 63 + "\nnote"
    assert len(parse_proof(written_).hashes) == 63


def test_only_what_is_asked_for_is_read(written: Path) -> None:
    read: list[str] = []

    class Watched(Folder):
        def read(self, path: str, most: int) -> bytes:
            read.append(path)
            return super().read(path, most)

    log = Published.open(Watched(written), KEYS)
    assert read == ["checkpoint", "tile/0/073.p/112", "tile/1/000.p/73"]
    log.inclusion(5)
    log.inclusion(6)
    assert read[3:] == ["tile/0/000", "tile/0/000"], "tiles above are kept, those of leaves are not"


def test_higher_tiles_are_read_once(tmp_path: Path) -> None:
    entries = [b"%d" % number for number in range(65_536 + 300)]
    write_log(tmp_path, entries, SIGNER)
    log = opened(tmp_path)
    for index in (0, 65_535, 65_536, 65_835):
        assert log.entry(index) == entries[index]
    proof = log.inclusion(70)
    (tmp_path / "tile/1/000").unlink()
    assert log.inclusion(70) == proof
    flip(tmp_path / "tile/2/000.p/1", 5)
    with pytest.raises(LedgerDamaged):
        opened(tmp_path)
