"""From committed entries to a signed head: tiles are written, read back from the disk, and only then signed.

What was signed is kept in the database before anybody is shown it, so that an older database, a changed leaf or a
changed tile is noticed before the next signature.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from liaison.ledger.checkpoints import Checkpoint
from liaison.ledger.disk import Disk, alone, clear, put
from liaison.ledger.heads import agree, last_head, record, require_no_rollback
from liaison.ledger.keys import Signer
from liaison.ledger.log import leaves, size
from liaison.ledger.notes import Head, sign_checkpoint
from liaison.ledger.published import Published
from liaison.ledger.sources import Folder
from liaison.ledger.tiles import (
    CHECKPOINT,
    HEIGHT,
    TILE,
    WIDTH,
    Tile,
    levels,
    pack,
    tile_hash,
    width_at,
)
from liaison.ledger.tree import HASH, leaf_hash
from liaison.model.errors import LedgerDamaged, LedgerUnavailable
from liaison.storage import Store

AT_ONCE = 256 * WIDTH  # entries put into tiles before a head is signed over them


def publish(
    store: Store, folder: Path, signers: Sequence[Signer], now: datetime, disk: Disk | None = None
) -> Head:
    """Sign a head over every entry that is committed, and show it in `folder`; the head.

    The first signer is the log: its name is the origin. Raises LedgerDamaged, and signs nothing, where the database,
    the tiles, the last head or what a witness has seen do not agree; LedgerUnavailable where the disk or another
    publisher prevents it; StoreUnavailable. After a crash at any point the next call goes on.
    """
    try:
        with alone(folder):
            return _Publication(store, folder, signers, now, disk or Disk()).run()
    except OSError as error:
        raise LedgerUnavailable(f"the log's folder cannot be written: {error.strerror}") from error


def rebuild(
    store: Store, folder: Path, signers: Sequence[Signer], now: datetime, disk: Disk | None = None
) -> Head:
    """Make the files of a log anew from its database, for a folder that was lost; then publish.

    Raises as `publish`: what comes out must be what the last head was signed over.
    """
    try:
        with alone(folder):
            publication = _Publication(store, folder, signers, now, disk or Disk())
            publication.restore()
            return publication.run()
    except OSError as error:
        raise LedgerUnavailable(f"the log's folder cannot be written: {error.strerror}") from error


class _Publication:
    """One run of `publish`: where it reads, where it writes, and who signs when."""

    def __init__(
        self, store: Store, folder: Path, signers: Sequence[Signer], now: datetime, disk: Disk
    ) -> None:
        self.store, self.folder, self.disk = store, folder, disk
        self.signers, self.now = signers, now
        self.keys = [signer.verifier for signer in signers]

    def run(self) -> Head:
        """Sign over what is committed now. What is committed meanwhile waits for the next run: a node that writes all
        the time would else publish all the time."""
        head = agree(self.store, self.folder, self.keys, self.now, self.disk)
        committed = self.store.read(size)
        while True:
            require_no_rollback(self.store, head, committed)
            signed = head.checkpoint.size if head else 0
            if head is not None and committed == signed:
                return head
            head = self._sign(self._extend(head, signed, min(committed, signed + AT_ONCE)))

    def restore(self) -> None:
        head = self.store.read(lambda connection: last_head(connection, self.keys))
        signed = head.checkpoint.size if head else 0
        require_no_rollback(self.store, head, self.store.read(size))
        for start in range(0, signed, AT_ONCE):
            made = self._extend(None, start, min(signed, start + AT_ONCE))
        if head is not None and signed and made.root != head.checkpoint.root:
            raise LedgerDamaged(
                "the database's leaves do not lead to the head that was signed", place="ledger_entries"
            )

    def _extend(self, head: Head | None, start: int, end: int) -> Checkpoint:
        """The head over the first `end` entries, once its tiles are on the disk and were read back from there."""
        first = start // WIDTH * WIDTH
        every = self.store.read(lambda connection: leaves(connection, first, end))
        bundles = {
            (first + place) // WIDTH: every[place : place + WIDTH] for place in range(0, len(every), WIDTH)
        }
        for index, entries in bundles.items():
            self._put(Tile(-1, index, len(entries)), pack(entries))
        self._put_tiles(b"".join([leaf_hash(each) for each in every]), start, end)
        found = self._read_back(head, bundles, end)
        self._clear_partial(start, end)
        return found

    def _put_tiles(self, hashes: bytes, start: int, end: int) -> None:
        """Write the tiles that change from `start` to `end` entries; `hashes` are those of the lowest ones."""
        for level in levels(end):
            old, new = start >> HEIGHT * level, end >> HEIGHT * level
            if new == old:
                return
            first = old // WIDTH
            above: list[bytes] = []
            for index in range(first, -(-new // WIDTH)):
                place = (index - first) * TILE
                tile = Tile(level, index, width_at(level, index, end))
                content = hashes[place : place + tile.width * HASH]
                self._put(tile, content)
                if tile.width == WIDTH:
                    above.append(tile_hash(content))
            hashes = self._left_of(level + 1, start) + b"".join(above)

    def _left_of(self, level: int, start: int) -> bytes:
        """What the last tile of a level held before, where it was not full."""
        index, width = divmod(start >> HEIGHT * level, WIDTH)
        return Folder(self.folder).read(Tile(level, index, width).path, TILE) if width else b""

    def _put(self, tile: Tile, content: bytes) -> None:
        put(self.disk, self.folder / tile.path, content)

    def _read_back(self, head: Head | None, bundles: dict[int, list[bytes]], end: int) -> Checkpoint:
        made = Published.unsigned(Folder(self.folder), self.signers[0].name, end)
        for index, entries in bundles.items():
            if made.bundle(index) != entries:
                place = Tile(-1, index, len(entries)).path
                raise LedgerDamaged(f"{place} does not hold the database's entries", place=place)
        if head is not None and made.root_at(head.checkpoint.size) != head.checkpoint.root:
            raise LedgerDamaged(
                f"the first {head.checkpoint.size} entries are no longer those that were signed",
                place="ledger_entries",
            )
        return made.head.checkpoint

    def _sign(self, checkpoint: Checkpoint) -> Head:
        note = sign_checkpoint(checkpoint, self.signers, int(self.now.timestamp()))
        head = record(self.store, note, self.keys, self.now)
        put(self.disk, self.folder / CHECKPOINT, note)
        return head

    def _clear_partial(self, start: int, end: int) -> None:
        for level in levels(end):
            for index in range((start >> HEIGHT * level) // WIDTH, (end >> HEIGHT * level) // WIDTH):
                clear(self.folder / f"{Tile(level, index).path}.p")
                if not level:
                    clear(self.folder / f"{Tile(-1, index).path}.p")
