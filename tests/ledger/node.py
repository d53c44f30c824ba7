"""A node's log as its tests need it: a store, keys, signers, a folder; and logs that others wrote."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from liaison.ledger import Entry, Log, Statement
from liaison.ledger.checkpoints import Checkpoint
from liaison.ledger.disk import Disk
from liaison.ledger.keys import Kind, Signer, Verifier
from liaison.ledger.notes import Head, sign_checkpoint
from liaison.ledger.publishing import publish
from liaison.ledger.tiles import HEIGHT, TILE, WIDTH, Tile, levels, pack, tile_hash, width_at
from liaison.ledger.tree import HASH, leaf_hash, root_of
from liaison.model.categories import OfficerId
from liaison.storage import Store
from liaison.storage.keys import KeyRing
from liaison.storage.tables import ledger as _tables  # noqa: F401  (its tables are made below)
from liaison.storage.tables import metadata
from tests.node_fixtures import database

VECTORS = Path(__file__).parent / "vectors"
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
ORIGIN = "node.example/log"
SIGNER = Signer(ORIGIN, Kind.ED25519, bytes(range(32)))
POST_QUANTUM = Signer(ORIGIN, Kind.MLDSA, bytes(range(1, 33)))
WITNESS = Signer("witness.example/w1", Kind.COSIGNATURE, bytes(range(2, 34)))
KEYS = (SIGNER.verifier,)


def vectors(name: str) -> Any:
    return json.loads((VECTORS / f"{name}.json").read_text("utf-8"))


def statement(number: int = 0, what: str = "check") -> Statement:
    return Statement(
        what=what,
        who=OfficerId("person-1"),
        when=NOW,
        case="case-1",
        purpose="investigation",
        grounds="grounds-1",
        objects=(f"holding-{number}",),
        digest=f"{number:064x}",
        outcome="1 alert",
        detail={"limits": "standard"},
    )


@dataclass
class Node:
    """A node's store, log and folder."""

    store: Store
    keys: KeyRing
    log: Log
    folder: Path
    url: str

    def append(self, count: int) -> list[Entry]:
        made: list[Entry] = []
        for start in range(0, count, 1000):
            batch = [statement(start + number) for number in range(min(1000, count - start))]
            made += self.store.write(lambda c, b=batch: self.log.append_many(c, b))
        return made

    def publish(self, signers: Sequence[Signer] = (SIGNER,), disk: Disk | None = None) -> Head:
        return publish(self.store, self.folder, signers, NOW, disk)

    def sql(self, text: str, *values: object) -> None:
        self.store.write(lambda c: c.exec_driver_sql(text, tuple(values)) and None)


@contextmanager
def a_node(folder: Path, kind: str = "sqlite") -> Iterator[Node]:
    if not (folder / "keys").exists():
        KeyRing.make(folder / "keys")
    with database(kind, folder) as url:
        store, keys = Store(url), KeyRing(folder / "keys")
        try:
            store.write(metadata.create_all)
            yield Node(store, keys, Log(keys), folder / "log", url)
        finally:
            store.close()
            keys.close()


def write_log(folder: Path, entries: Sequence[bytes], signer: Signer = SIGNER, origin: str = ORIGIN) -> bytes:
    """The files of a log over these entries, written plainly, as any implementation would; its checkpoint."""
    below = [leaf_hash(entry) for entry in entries]
    note = sign_checkpoint(Checkpoint(origin, len(entries), root_of(below)), [signer], 1)
    for index in range(-(-len(entries) // WIDTH)):
        width = width_at(0, index, len(entries))
        _put(folder, Tile(-1, index, width), pack(entries[index * WIDTH : index * WIDTH + width]))
    for level in levels(len(entries)):
        count = len(entries) >> HEIGHT * level
        for index in range(-(-count // WIDTH)):
            tile = Tile(level, index, width_at(level, index, len(entries)))
            _put(folder, tile, b"".join(below[index * WIDTH : index * WIDTH + tile.width]))
        below = [
            tile_hash(b"".join(below[i : i + WIDTH])) for i in range(0, len(below) // WIDTH * WIDTH, WIDTH)
        ]
    folder.mkdir(exist_ok=True)
    (folder / "checkpoint").write_bytes(note)
    return note


def _put(folder: Path, tile: Tile, content: bytes) -> None:
    path = folder / tile.path
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def flip(path: Path, bit: int) -> None:
    """Change one bit of a file."""
    content = bytearray(path.read_bytes())
    content[bit // 8] ^= 1 << bit % 8
    path.write_bytes(bytes(content))


__all__ = [
    "HASH", "KEYS", "NOW", "ORIGIN", "POST_QUANTUM", "SIGNER", "TILE", "VECTORS", "WITNESS", "Node", "Verifier",
    "a_node", "flip", "statement", "vectors", "write_log",
]  # fmt: skip
