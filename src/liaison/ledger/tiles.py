"""The static files of a log as C2SP tlog-tiles v0.1.0 names them: tiles of hashes and bundles of entries."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from liaison.ledger.tree import HASH, parents
from liaison.model.errors import LedgerDamaged

WIDTH = 256  # hashes in a full tile, entries in a full bundle
HEIGHT = 8  # levels of the tree that one tile spans
TILE = WIDTH * HASH  # bytes of a full tile
LONGEST_ENTRY = 65_535  # bytes
BUNDLE = WIDTH * (2 + LONGEST_ENTRY)  # bytes that a full bundle can have
CHECKPOINT = "checkpoint"
ENTRIES = "entries"
NAME = re.compile(
    r"tile/(entries|0|[1-9]|[1-5][0-9]|6[0-3])/((?:x[0-9]{3}/){0,5})([0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?"
)


@dataclass(frozen=True, slots=True)
class Tile:
    """Which tile: its level, its index in the level, and how many hashes it holds. A bundle has level -1."""

    level: int
    index: int
    width: int = WIDTH

    @property
    def path(self) -> str:
        """The tile's file, relative to the log."""
        return self.full + (f".p/{self.width}" if self.width < WIDTH else "")

    @property
    def full(self) -> str:
        """The file of the full tile in this place."""
        groups = [f"{self.index % 1000:03}"]
        rest = self.index // 1000
        while rest:
            groups.append(f"x{rest % 1000:03}")
            rest //= 1000
        level = ENTRIES if self.level < 0 else str(self.level)
        return f"tile/{level}/{'/'.join(reversed(groups))}"


def parse_path(path: str) -> Tile | None:
    """The tile of a file's name; None for a name that no tile has."""
    parts = NAME.fullmatch(path)
    if not parts:
        return None
    level, groups, last, width = parts.groups()
    index = int(groups.replace("x", "").replace("/", "") + last)
    tile = Tile(-1 if level == ENTRIES else int(level), index, int(width or WIDTH))
    return tile if tile.path == path else None


def width_at(level: int, index: int, size: int) -> int:
    """How many hashes tile `index` of a level holds in a tree of `size` leaves; at most WIDTH."""
    return max(0, min(WIDTH, (size >> HEIGHT * max(level, 0)) - index * WIDTH))


def levels(size: int) -> range:
    """The levels that have a tile in a tree of this size."""
    return range((max(size.bit_length() - 1, 0)) // HEIGHT + 1) if size else range(0)


def right_edge(size: int) -> list[Tile]:
    """The last tile of each level that is not full, lowest first: they hold every subtree the root is made of."""
    found = []
    for level in levels(size):
        index, width = divmod(size >> HEIGHT * level, WIDTH)
        if width:
            found.append(Tile(level, index, width))
    return found


def tile_hash(hashes: bytes) -> bytes:
    """The hash of the subtree over a full tile's hashes."""
    while len(hashes) > HASH:
        hashes = parents(hashes)
    return hashes


def nodes(read: Callable[[Tile], bytes], size: int) -> Callable[[int, int], bytes]:
    """The complete subtrees of a tree of `size` leaves, from its tiles. Each tile is read and hashed once."""
    rows: dict[tuple[int, int], list[bytes]] = {}

    def node(level: int, index: int) -> bytes:
        tile_level, above = divmod(level, HEIGHT)
        tile_index, place = divmod(index << above, WIDTH)
        tile = Tile(tile_level, tile_index, width_at(tile_level, tile_index, size))
        made = rows.setdefault((tile_level, tile_index), [])
        if not made:
            made.append(read(tile))
        while len(made) <= above:
            whole = len(made[-1]) // (2 * HASH) * 2 * HASH
            made.append(parents(made[-1][:whole]))
        start = (place >> above) * HASH
        return made[above][start : start + HASH]

    return node


def pack(entries: Sequence[bytes]) -> bytes:
    """A bundle of entries. Raises ValueError for one over LONGEST_ENTRY bytes."""
    if any(len(entry) > LONGEST_ENTRY for entry in entries):
        raise ValueError(f"an entry has at most {LONGEST_ENTRY} bytes")
    return b"".join([len(entry).to_bytes(2, "big") + entry for entry in entries])


def unpack(bundle: bytes, tile: Tile) -> list[bytes]:
    """The entries of a bundle. Raises LedgerDamaged where it does not hold exactly as many as it should."""
    found: list[bytes] = []
    place, last = 0, len(bundle)
    for _ in range(tile.width):
        end = place + 2 + int.from_bytes(bundle[place : place + 2], "big")
        if place + 2 > last or end > last:
            index = tile.index * WIDTH + len(found)
            raise LedgerDamaged(f"{tile.path} ends within entry {index}", place=tile.path, index=index)
        found.append(bundle[place + 2 : end])
        place = end
    if place != last:
        raise LedgerDamaged(f"{tile.path} holds more than its entries", place=tile.path)
    return found
