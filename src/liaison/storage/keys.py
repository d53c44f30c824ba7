"""Keys of records, kept apart from the records: to destroy a key is to erase what it sealed, backups included.

Each key is random, 256 bits, and stands wrapped (AES-256-GCM) under the master key of its compartment, which is a
file of its own. The key ring is a SQLite file that overwrites what it deletes. It is backed up to one place that
is always replaced, never to a series: a key that was destroyed is then in no copy.
"""

from __future__ import annotations

import os
import secrets
import sqlite3
import threading
from collections.abc import Collection, Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from liaison.model.errors import BadSetting, Erased, StoreUnavailable
from liaison.ports import ALL, Compartment, KeyId

SIZE, NONCE = 32, 12  # bytes
TABLE = """CREATE TABLE IF NOT EXISTS keys (
    id INTEGER PRIMARY KEY AUTOINCREMENT, compartment TEXT NOT NULL, wrapped BLOB NOT NULL) STRICT"""
AT_ONCE = 500  # ids in one question


class KeyRing:
    """The keys of one node, in `folder`: `keys.db`, and a master key `<compartment>.key` for each compartment.

    A `spectator` reads the ring of a node that runs in another process, and cannot change it.
    Raises BadSetting where a master key is missing or readable by others, StoreUnavailable where the ring cannot
    be used.
    """

    def __init__(self, folder: Path, *, spectator: bool = False) -> None:
        self._masters = {part: AESGCM(_read(folder, part)) for part in Compartment}
        self._lock = threading.Lock()
        place = folder / "keys.db"
        self._file = _spectate(place) if spectator else _open(place)

    @staticmethod
    def make(folder: Path) -> None:
        """A new ring's folder and master keys, readable by their owner alone. Raises FileExistsError."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for part in Compartment:
            place = os.open(folder / f"{part.value}.key", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(place, "wb") as out:
                out.write(secrets.token_bytes(SIZE))
                out.flush()
                os.fsync(out.fileno())

    def create(self, compartment: Compartment, count: int = 1) -> list[tuple[KeyId, bytes]]:
        """`count` new keys, durable before they are given out."""
        keys = [secrets.token_bytes(SIZE) for _ in range(count)]
        wrapped = [(compartment.value, self._wrap(compartment, key)) for key in keys]
        with self._lock, self._changing() as file:
            ids = [_added(file, row) for row in wrapped]
        return list(zip(ids, keys, strict=True))

    def fetch(self, ids: Sequence[KeyId], of: Collection[Compartment] = ALL) -> list[bytes]:
        """The keys of these ids, in order. Raises Erased where one was destroyed, or is of no compartment of `of`."""
        rows: dict[int, tuple[str, bytes]] = {}
        with self._lock:
            for start in range(0, len(ids), AT_ONCE):
                some = list(ids[start : start + AT_ONCE])
                marks = ",".join("?" * len(some))
                query = f"SELECT id, compartment, wrapped FROM keys WHERE id IN ({marks})"
                try:
                    rows |= {key: (part, held) for key, part, held in self._file.execute(query, some)}
                except sqlite3.Error as error:
                    raise _unusable() from error
        if any(key not in rows for key in ids):
            raise Erased("the key of this content was destroyed")
        if any(Compartment(part) not in of for part, _ in rows.values()):
            raise Erased("no key of that compartment is given out here")
        return [self._unwrap(*rows[key]) for key in ids]

    def destroy(self, ids: Iterable[KeyId]) -> int:
        """Destroy keys for good; how many there were. They are overwritten in every file before this returns.

        Raises StoreUnavailable where somebody reads the ring for so long that its log cannot be emptied: the keys
        cannot be fetched any more, and to destroy them again empties it.
        """
        with self._lock:
            with self._changing() as file:
                before = file.total_changes
                file.executemany("DELETE FROM keys WHERE id = ?", [(key,) for key in ids])
                gone = file.total_changes - before
            kept = self._emptied()
        if kept:
            raise StoreUnavailable(
                "a trace of destroyed keys is still on the disk",
                hint="let the backup or verification that reads the key ring end, then erase again",
            )
        return gone

    def backup(self, place: Path) -> None:
        """A whole copy of the ring, with nothing of destroyed keys, in the place of the last copy."""
        fresh = place.with_name(place.name + ".new")
        fresh.unlink(missing_ok=True)
        with self._lock:
            self._file.execute("VACUUM INTO ?", (str(fresh),))
        fresh.chmod(0o600)
        os.replace(fresh, place)

    def close(self) -> None:
        """Let go of the ring's file."""
        with self._lock:
            self._file.close()

    def _emptied(self) -> bool:
        """Write the log back into the file and empty it; whether somebody who reads kept it."""
        try:
            return bool(self._file.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0])
        except sqlite3.Error as error:
            raise _unusable() from error

    def _changing(self) -> _Change:
        return _Change(self._file)

    def _wrap(self, part: Compartment, key: bytes) -> bytes:
        nonce = secrets.token_bytes(NONCE)
        return nonce + self._masters[part].encrypt(nonce, key, part.value.encode())

    def _unwrap(self, part: str, wrapped: bytes) -> bytes:
        try:
            master = self._masters[Compartment(part)]
            return master.decrypt(wrapped[:NONCE], wrapped[NONCE:], part.encode())
        except (InvalidTag, ValueError) as error:
            raise StoreUnavailable("a key was damaged, or belongs to another node") from error


class _Change:
    """A transaction on the ring, durable when it ends. Raises StoreUnavailable, after which nothing of it is kept."""

    def __init__(self, file: sqlite3.Connection) -> None:
        self.file = file

    def __enter__(self) -> sqlite3.Connection:
        self._say("BEGIN IMMEDIATE")
        return self.file

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        if kind is None:
            self._say("COMMIT")
            return
        self._give_up()
        if isinstance(error, sqlite3.Error):
            raise _unusable() from error

    def _say(self, what: str) -> None:
        try:
            self.file.execute(what)
        except sqlite3.Error as error:
            self._give_up()
            raise _unusable() from error

    def _give_up(self) -> None:
        """Where the disk failed, SQLite may have ended the transaction by itself, or left it open."""
        with suppress(sqlite3.Error):  # a file that was closed has no transaction, and says so
            if self.file.in_transaction:
                self.file.execute("ROLLBACK")


def _unusable() -> StoreUnavailable:
    return StoreUnavailable(
        "the key ring cannot be used", hint="see `liaison verify` and the room on the disk"
    )


def _added(file: sqlite3.Connection, row: tuple[str, bytes]) -> KeyId:
    made = file.execute("INSERT INTO keys (compartment, wrapped) VALUES (?, ?)", row).lastrowid
    return KeyId(int(made or 0))


def _open(place: Path) -> sqlite3.Connection:
    try:
        file = sqlite3.connect(place, isolation_level=None, check_same_thread=False, timeout=5)
        place.chmod(0o600)
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "secure_delete=ON", "mmap_size=0"):
            file.execute(f"PRAGMA {pragma}")
        file.execute(TABLE)
    except (OSError, sqlite3.Error) as error:
        raise StoreUnavailable(f"the key ring {place} cannot be used") from error
    return file


def _spectate(place: Path) -> sqlite3.Connection:
    try:
        address = f"file:{quote(str(place.absolute()))}?mode=ro"
        file = sqlite3.connect(address, uri=True, isolation_level=None, check_same_thread=False, timeout=5)
        file.execute("SELECT count(*) FROM sqlite_master")
    except sqlite3.Error as error:
        raise StoreUnavailable(f"the key ring {place} cannot be read") from error
    return file


def _read(folder: Path, part: Compartment) -> bytes:
    place = folder / f"{part.value}.key"
    try:
        if place.stat().st_mode & 0o077:
            raise BadSetting(f"others can read {place}", hint=f"chmod 600 {place}")
        key = place.read_bytes()
    except OSError as error:
        raise BadSetting(f"{place} cannot be read: {error.strerror}", hint="restore the keys") from error
    if len(key) != SIZE:
        raise BadSetting(f"{place} does not hold a key", hint="restore the keys")
    return key
