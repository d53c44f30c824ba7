"""The verification of a whole log, ours or another implementation's: signature, tiles, entries, root."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from liaison.ledger.keys import parse_vkey
from liaison.ledger.published import Published
from liaison.ledger.sources import Source
from liaison.ledger.tiles import WIDTH

Progress = Callable[[int, int], None]
"""Called with how many entries were verified, and of how many."""


@dataclass(frozen=True, slots=True)
class Verified:
    """What a log was verified to be."""

    origin: str
    size: int
    root: bytes


def quiet(done: int, of: int) -> None:
    """Tell nobody."""


def verify_log(source: Source, vkey: str, progress: Progress = quiet, origin: str | None = None) -> Verified:
    """Verify a C2SP tlog-tiles log from its checkpoint down to every entry.

    Raises MalformedNote or BadNote for the key or the checkpoint, MissingFile for a file that should be there, and
    LedgerDamaged naming the first tile or entry that is not what was signed.
    """
    published = Published.open(source, [parse_vkey(vkey)], origin)
    for _ in entries(published, progress):
        pass
    return Verified(published.head.checkpoint.origin, published.size, published.root)


def entries(published: Published, progress: Progress = quiet) -> Iterator[tuple[int, Sequence[bytes]]]:
    """Every bundle's first index and entries, in order, each entry checked against the head. Raises MissingFile,
    LedgerDamaged."""
    for index in range(0, published.size, WIDTH):
        found = published.bundle(index // WIDTH)
        yield index, found
        progress(index + len(found), published.size)
