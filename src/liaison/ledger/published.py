"""A log's files under one signed head: every byte that is given out was checked against the head first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from liaison.ledger.checkpoints import Checkpoint, hash_lines, hash_of, number
from liaison.ledger.keys import Verifier
from liaison.ledger.notes import LONGEST, Head, open_checkpoint
from liaison.ledger.sources import Folder, Source
from liaison.ledger.tiles import (
    BUNDLE,
    CHECKPOINT,
    TILE,
    WIDTH,
    Tile,
    nodes,
    parse_path,
    right_edge,
    tile_hash,
    unpack,
    width_at,
)
from liaison.ledger.tree import (
    HASH,
    LONGEST_PROOF,
    Nodes,
    consistency,
    inclusion,
    leaf_hash,
    span,
    verify_inclusion,
)
from liaison.model.errors import BadNote, BadProof, LedgerDamaged, MalformedNote, MissingFile

PROOF = "c2sp.org/tlog-proof@v1"


class Published:
    """The log of a source as its head has it. Raises LedgerDamaged where the right edge does not fit the head."""

    def __init__(self, source: Source, head: Head) -> None:
        self._source = source
        self.head = head
        self.size, self.root = head.checkpoint.size, head.checkpoint.root
        self._checked = _read_edge(source, self.size)
        self._check_edge()

    @classmethod
    def open(cls, source: Source, keys: Sequence[Verifier], origin: str | None = None) -> Published:
        """The log under the checkpoint it shows. Raises MissingFile, MalformedNote, BadNote, LedgerDamaged."""
        return cls(source, open_checkpoint(source.read(CHECKPOINT, LONGEST), origin, keys))

    @classmethod
    def unsigned(cls, source: Source, origin: str, size: int) -> Published:
        """The log with the head that its last tiles lead to, for those about to sign it. Raises LedgerDamaged."""
        edge = _read_edge(source, size)
        return cls(source, Head(Checkpoint(origin, size, _edge_root(edge, size)), b"", ()))

    def _check_edge(self) -> None:
        if _edge_root(self._checked, self.size) != self.root:
            names = ", ".join(tile.path for tile in self._checked)
            raise LedgerDamaged(f"the last tiles do not lead to the signed root: {names}", place=names)

    def _nodes(self) -> Nodes:
        return nodes(self.tile, self.size)

    def tile(self, tile: Tile) -> bytes:
        """The hashes of a tile of this head's tree. Raises MissingFile, LedgerDamaged."""
        if tile in self._checked:
            return self._checked[tile]
        if tile.level < 0 or tile.width != WIDTH or width_at(tile.level, tile.index, self.size) != WIDTH:
            raise MissingFile(f"{tile.path} is not in a log of {self.size} entries")
        found = _read(self._source, tile)
        above, place = divmod(tile.index, WIDTH)
        parent = self.tile(Tile(tile.level + 1, above, width_at(tile.level + 1, above, self.size)))
        if tile_hash(found) != parent[place * HASH : (place + 1) * HASH]:
            raise LedgerDamaged(f"{tile.path} does not hash to what the tile above it holds", place=tile.path)
        if tile.level:
            self._checked[tile] = found
        return found

    def bundle(self, index: int) -> list[bytes]:
        """The entries of a bundle, each checked against its tile. Raises MissingFile, LedgerDamaged."""
        tile = Tile(-1, index, width_at(0, index, self.size))
        if not tile.width:
            raise MissingFile(f"{tile.path} is not in a log of {self.size} entries")
        hashes = self.tile(Tile(0, index, tile.width))
        entries = self._read_bundle(tile)
        for place, entry in enumerate(entries):
            if leaf_hash(entry) != hashes[place * HASH : (place + 1) * HASH]:
                bad = index * WIDTH + place
                raise LedgerDamaged(f"entry {bad} in {tile.path} was changed", place=tile.path, index=bad)
        return entries

    def entry(self, index: int) -> bytes:
        """The leaf that stands at `index`. Raises MissingFile, LedgerDamaged."""
        return self.bundle(index // WIDTH)[index % WIDTH]

    def leaf_hash(self, index: int) -> bytes:
        """The hash of the leaf at `index`. Raises MissingFile, LedgerDamaged."""
        above, place = divmod(index, WIDTH)
        return self.tile(Tile(0, above, width_at(0, above, self.size)))[place * HASH : (place + 1) * HASH]

    def inclusion(self, index: int) -> list[bytes]:
        """The proof that the leaf at `index` is under this head. Raises BadProof, MissingFile, LedgerDamaged."""
        return inclusion(self._nodes(), index, self.size)

    def consistency(self, old: int) -> list[bytes]:
        """The proof that the tree of `old` leaves is the beginning of this one. Raises as `inclusion`."""
        return consistency(self._nodes(), old, self.size)

    def root_at(self, size: int) -> bytes:
        """The root that the tree had at a size. Raises BadProof, MissingFile, LedgerDamaged."""
        if not 0 <= size <= self.size:
            raise BadProof(f"this log has {self.size} entries, not {size}")
        return span(self._nodes(), 0, size)

    def proof(self, index: int) -> str:
        """The proof for the entry at `index`, to be verified offline (C2SP tlog-proof v1). Raises as `inclusion`."""
        return proof_text(index, self.inclusion(index), self.head.note)

    def file(self, path: str) -> bytes:
        """A file of the log, as it may be served: checked against the head. Raises MissingFile, LedgerDamaged."""
        if path == CHECKPOINT:
            return self.head.note
        tile = parse_path(path)
        if tile is None:
            raise MissingFile(f"a log has no file {path[:80]}")
        held = width_at(tile.level, tile.index, self.size)
        if tile.width > held:
            raise MissingFile(f"{path} is not in a log of {self.size} entries")
        if tile.level >= 0:
            return self.tile(Tile(tile.level, tile.index, held))[: tile.width * HASH]
        return b"".join(
            [len(each).to_bytes(2, "big") + each for each in self.bundle(tile.index)[: tile.width]]
        )

    def _read_bundle(self, tile: Tile) -> list[bytes]:
        found, full = _fetch(self._source, tile, BUNDLE)
        return unpack(found, Tile(tile.level, tile.index) if full else tile)[: tile.width]


def _read_edge(source: Source, size: int) -> dict[Tile, bytes]:
    return {tile: _read(source, tile) for tile in right_edge(size)}


def _edge_root(edge: dict[Tile, bytes], size: int) -> bytes:
    return span(nodes(edge.__getitem__, size), 0, size)


def _read(source: Source, tile: Tile) -> bytes:
    found, full = _fetch(source, tile, TILE)
    if len(found) != (WIDTH if full else tile.width) * HASH:
        raise LedgerDamaged(f"{tile.path} does not hold {tile.width} hashes", place=tile.path)
    return found[: tile.width * HASH]


def _fetch(source: Source, tile: Tile, most: int) -> tuple[bytes, bool]:
    """The bytes of a tile, or of the full one that took its place; and which of the two."""
    try:
        return source.read(tile.path, most), tile.width == WIDTH
    except MissingFile as missing:
        if tile.width == WIDTH:
            raise
        try:
            return source.read(tile.full, most), True
        except MissingFile:
            raise missing from None


def prove(folder: Path, index: int, keys: Sequence[Verifier]) -> str:
    """The proof for the entry at `index` of the log in a folder. Raises BadProof, BadNote, LedgerDamaged."""
    return Published.open(Folder(folder), keys).proof(index)


@dataclass(frozen=True, slots=True)
class Proof:
    """What a proof's text says: the index, the hashes, the head; `extra` is vouched for by nobody."""

    index: int
    hashes: tuple[bytes, ...]
    note: bytes
    extra: str = ""


def proof_text(index: int, hashes: Sequence[bytes], note: bytes) -> str:
    """A proof as C2SP tlog-proof writes it."""
    return f"{PROOF}\nindex {index}\n{hash_lines(hashes)}\n{note.decode()}"


def parse_proof(written: str) -> Proof:
    """What a proof says. Raises MalformedNote."""
    top, found, note = written.partition("\n\n")
    lines = top.split("\n")
    if not found or lines.pop(0) != PROOF:
        raise MalformedNote(f"a proof begins with {PROOF}")
    extra = lines.pop(0).removeprefix("extra ") if lines and lines[0].startswith("extra ") else ""
    if not lines or not lines[0].startswith("index "):
        raise MalformedNote("a proof names the index of its entry")
    if len(lines) > LONGEST_PROOF + 1:
        raise MalformedNote(f"a proof has at most {LONGEST_PROOF} hashes")
    index = number(lines[0].removeprefix("index "))
    return Proof(index, tuple(hash_of(line) for line in lines[1:]), note.encode(), extra)


def verify_proof(
    written: str,
    leaf: bytes,
    origin: str,
    keys: Sequence[Verifier],
    witnesses: Sequence[Verifier] = (),
    quorum: int = 0,
) -> Checkpoint:
    """The head under which a proof shows `leaf` to stand. Raises MalformedNote, BadNote, BadProof.

    At least `quorum` of the `witnesses` must have signed the head too.
    """
    proof = parse_proof(written)
    head = open_checkpoint(proof.note, origin, keys, witnesses)
    seen = {each.verifier.name for each in head.signed if each.verifier in witnesses}
    if len(seen) < quorum:
        raise BadNote(f"{len(seen)} witnesses signed the head; {quorum} are needed")
    found = head.checkpoint
    verify_inclusion(leaf_hash(leaf), proof.index, found.size, proof.hashes, found.root)
    return found
