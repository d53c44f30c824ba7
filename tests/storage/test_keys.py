import sqlite3
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from liaison.model.errors import BadSetting, Erased, StoreUnavailable
from liaison.ports import Compartment
from liaison.storage.keys import KeyRing


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    KeyRing.make(tmp_path / "the keys")
    return tmp_path / "the keys"


@pytest.fixture
def ring(folder: Path) -> Iterator[KeyRing]:
    found = KeyRing(folder)
    yield found
    found.close()


def test_keys_come_back_in_the_order_asked(ring: KeyRing) -> None:
    made = ring.create(Compartment.HOLDINGS, 1200) + ring.create(Compartment.OFFICERS)
    asked = made[::-1] + made[:1]
    assert ring.fetch([key for key, _ in asked]) == [key for _, key in asked]
    assert len({key for _, key in made}) == 1201
    assert all(len(key) == 32 for _, key in made)


def test_keys_are_there_after_the_ring_is_opened_again(ring: KeyRing, folder: Path) -> None:
    (key_id, key) = ring.create(Compartment.LEDGER)[0]
    ring.close()
    again = KeyRing(folder)
    assert again.fetch([key_id]) == [key]
    again.close()


def test_a_destroyed_key_is_gone_and_the_others_stay(ring: KeyRing) -> None:
    (gone, _), (kept, key) = ring.create(Compartment.HOLDINGS, 2)
    assert ring.destroy([gone, gone, 999]) == 1
    with pytest.raises(Erased):
        ring.fetch([kept, gone])
    assert ring.fetch([kept]) == [key]
    assert ring.destroy([gone]) == 0


def test_nothing_of_a_destroyed_key_is_left_in_any_file(ring: KeyRing, folder: Path) -> None:
    (gone, _), *_ = ring.create(Compartment.HOLDINGS, 50)
    with sqlite3.connect(f"file:{folder}/keys.db?mode=ro", uri=True) as file:
        wrapped = file.execute("SELECT wrapped FROM keys WHERE id = ?", (gone,)).fetchone()[0]
    file.close()
    assert any(wrapped in place.read_bytes() for place in folder.glob("keys.db*"))
    ring.destroy([gone])
    assert not any(wrapped[12:] in place.read_bytes() for place in folder.glob("keys.db*"))


def test_nothing_of_a_destroyed_key_is_left_while_somebody_reads(ring: KeyRing, folder: Path) -> None:
    """A spectator's snapshot keeps the log from being emptied: destroying waits for it."""
    (gone, _), *_ = ring.create(Compartment.HOLDINGS, 3)
    with sqlite3.connect(f"file:{folder}/keys.db?mode=ro", uri=True, isolation_level=None) as file:
        wrapped = file.execute("SELECT wrapped FROM keys WHERE id = ?", (gone,)).fetchone()[0]
        file.execute("BEGIN")
        file.execute("SELECT count(*) FROM keys").fetchone()
        done = threading.Thread(target=lambda: ring.destroy([gone]))
        done.start()
        done.join(0.5)
        file.execute("ROLLBACK")
    file.close()
    done.join(20)
    assert not any(wrapped[12:] in place.read_bytes() for place in folder.glob("keys.db*"))


def test_a_trace_that_stays_is_told_and_goes_the_next_time(ring: KeyRing, folder: Path) -> None:
    ring._file.execute("PRAGMA busy_timeout=50")
    (gone, _), *_ = ring.create(Compartment.HOLDINGS, 3)
    with sqlite3.connect(f"file:{folder}/keys.db?mode=ro", uri=True, isolation_level=None) as file:
        wrapped = file.execute("SELECT wrapped FROM keys WHERE id = ?", (gone,)).fetchone()[0]
        file.execute("BEGIN")
        file.execute("SELECT count(*) FROM keys").fetchone()
        with pytest.raises(StoreUnavailable, match="trace"):
            ring.destroy([gone])
        with pytest.raises(Erased):
            ring.fetch([gone])
        file.execute("ROLLBACK")
    file.close()
    assert ring.destroy([gone]) == 0
    assert not any(wrapped[12:] in place.read_bytes() for place in folder.glob("keys.db*"))


def test_ids_are_never_given_out_again(ring: KeyRing) -> None:
    last = ring.create(Compartment.HOLDINGS, 3)[-1][0]
    ring.destroy([last])
    assert ring.create(Compartment.HOLDINGS)[0][0] > last


def test_a_compartments_key_opens_nothing_of_another(ring: KeyRing, folder: Path) -> None:
    key_id, _ = ring.create(Compartment.HOLDINGS)[0]
    with sqlite3.connect(folder / "keys.db") as file:
        file.execute("UPDATE keys SET compartment = 'safeguarding' WHERE id = ?", (key_id,))
    file.close()
    with pytest.raises(StoreUnavailable, match="damaged, or belongs to another"):
        ring.fetch([key_id])


def test_no_key_stands_unwrapped_in_the_file(ring: KeyRing, folder: Path) -> None:
    made = ring.create(Compartment.HOLDINGS, 20)
    content = b"".join(place.read_bytes() for place in folder.glob("keys.db*"))
    assert not any(key in content for _, key in made)


def test_a_copy_takes_the_place_of_the_last_and_holds_no_destroyed_key(ring: KeyRing, tmp_path: Path) -> None:
    place = tmp_path / "copy.db"
    (gone, _), (kept, _) = ring.create(Compartment.HOLDINGS, 2)
    ring.backup(place)
    ring.destroy([gone])
    ring.backup(place)
    with sqlite3.connect(place) as file:
        assert file.execute("SELECT id FROM keys").fetchall() == [(kept,)]
    file.close()
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    assert not (tmp_path / "copy.db.new").exists()


def test_nothing_is_overwritten(folder: Path) -> None:
    with pytest.raises(FileExistsError):
        KeyRing.make(folder)


def test_master_keys_are_read_by_their_owner_alone(folder: Path) -> None:
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    for part in Compartment:
        place = folder / f"{part.value}.key"
        assert stat.S_IMODE(place.stat().st_mode) == 0o600
    place.chmod(0o644)
    with pytest.raises(BadSetting, match="others can read"):
        KeyRing(folder)


@pytest.mark.parametrize("content", [None, b"", b"short", b"x" * 33])
def test_a_master_key_that_is_missing_or_wrong_is_told(folder: Path, content: bytes | None) -> None:
    place = folder / "holdings.key"
    if content is None:
        place.unlink()
    else:
        place.write_bytes(content)
    with pytest.raises(BadSetting):
        KeyRing(folder)


def test_a_ring_that_is_no_database_is_told(folder: Path) -> None:
    (folder / "keys.db").write_bytes(b"nothing of the kind" * 300)
    with pytest.raises(StoreUnavailable):
        KeyRing(folder)


def test_threads_share_a_ring(ring: KeyRing) -> None:
    made, faults = [], []

    def work() -> None:
        for _ in range(20):
            mine = ring.create(Compartment.HOLDINGS, 3)
            made.extend(mine)
            if ring.fetch([key for key, _ in mine]) != [key for _, key in mine]:
                faults.append(mine)

    threads = [threading.Thread(target=work) for _ in range(6)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(30)
    assert faults == []
    assert len({key for key, _ in made}) == 360


def test_a_spectator_reads_beside_the_ring_and_changes_nothing(ring: KeyRing, folder: Path) -> None:
    key_id, key = ring.create(Compartment.HOLDINGS)[0]
    other = KeyRing(folder, spectator=True)
    assert other.fetch([key_id]) == [key]
    with pytest.raises(StoreUnavailable):
        other.create(Compartment.HOLDINGS)
    other.close()
    ring.create(Compartment.HOLDINGS)


def test_a_spectator_makes_no_ring(folder: Path) -> None:
    with pytest.raises(StoreUnavailable):
        KeyRing(folder, spectator=True)
    assert not (folder / "keys.db").exists()


CHILD = """
import sys
from pathlib import Path
from liaison.ports import Compartment
from liaison.storage.keys import KeyRing
ring = KeyRing(Path(sys.argv[1]))
while True:
    key_id, key = ring.create(Compartment.HOLDINGS)[0]
    print(key_id, key.hex(), flush=True)
"""


def test_no_key_that_was_given_out_is_lost_when_the_process_is_killed(folder: Path) -> None:
    command = [sys.executable, "-c", CHILD, folder]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        lines = [child.stdout.readline() for _ in range(40)]
        child.kill()
        lines += [line for line in child.stdout.read().splitlines(keepends=True) if line.endswith("\n")]
    ring = KeyRing(folder)
    for line in lines:
        key_id, key = line.split()
        assert ring.fetch([int(key_id)])[0].hex() == key
    ring.close()


def test_a_ring_whose_disk_was_full_goes_on_once_there_is_room(ring: KeyRing) -> None:
    most = ring._file.execute("PRAGMA page_count").fetchone()[0]
    ring._file.execute(f"PRAGMA max_page_count = {most}")
    with pytest.raises(StoreUnavailable):
        ring.create(Compartment.HOLDINGS, 8_000)
    ring._file.execute("PRAGMA max_page_count = 100000")
    made = ring.create(Compartment.HOLDINGS, 500)
    assert ring.fetch([key for key, _ in made]) == [key for _, key in made]


def test_a_ring_whose_commit_failed_goes_on(ring: KeyRing) -> None:
    """SQLite leaves a transaction open whose commit failed for want of a lock or of room."""
    real, failing = ring._file, _FailingCommit(ring._file)
    ring._file = failing
    with pytest.raises(StoreUnavailable):
        ring.create(Compartment.HOLDINGS)
    ring._file = real
    assert not real.in_transaction
    assert ring.create(Compartment.HOLDINGS)


class _FailingCommit:
    """A connection whose commits fail."""

    def __init__(self, file: sqlite3.Connection) -> None:
        self._file = file

    def __getattr__(self, name: str) -> object:
        return getattr(self._file, name)

    def execute(self, what: str, *values: object) -> sqlite3.Cursor:
        if what == "COMMIT":
            raise sqlite3.OperationalError("disk I/O error")
        return self._file.execute(what, *values)
