"""A map of the agency's own: an archive of tiles beside the node, of which browsers get parts (setting `map_tiles`)."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from liaison.formats import pmtiles
from liaison.formats.pmtiles import FIRST, MOST_SAID, Tile
from liaison.model.errors import BadInput, BadSetting

LONGEST = 4 * 1024 * 1024  # bytes of one answer; tiles and directories are far smaller
MAKE = "make one as docs/map.md says, or leave map_tiles empty"


@dataclass(frozen=True, slots=True)
class Tiles:
    """An open archive. `source` names whose map it is, `tag` changes with its bytes; `box` is west, south, east and
    north."""

    file: IO[bytes]
    size: int
    tag: str
    tile: Tile
    zooms: tuple[int, int]
    box: tuple[float, float, float, float]
    layers: tuple[str, ...]
    source: str

    def part(self, first: int, last: int) -> bytes:
        """The bytes from one to another, both included, as far as there are. Raises BadInput for none, or too many."""
        if not first <= last or last - first >= LONGEST or first >= self.size:
            hint = f"ask for at most {LONGEST} of its {self.size} bytes"
            raise BadInput("the archive has no such part", field="Range", hint=hint)
        return os.pread(self.file.fileno(), last - first + 1, first)

    def close(self) -> None:
        """Let go of the file."""
        self.file.close()


def open_tiles(place: str, source: str) -> Tiles | None:
    """The archive at this place; None where none is named. `source` names whose map it is, where it does not say.

    Raises BadSetting.
    """
    if not place:
        return None
    try:
        file = Path(place).open("rb", buffering=0)  # noqa: SIM115 - it stays open while the node serves
    except OSError as error:
        raise BadSetting(f"map_tiles: {place} cannot be opened: {error.strerror}", hint=MAKE) from error
    try:
        return _read(file, source)
    except (BadInput, OSError) as error:
        file.close()
        hint = error.hint if isinstance(error, BadInput) else MAKE
        raise BadSetting(f"map_tiles: {place}: {error}", hint=hint) from error


def _read(file: IO[bytes], source: str) -> Tiles:
    """The archive in an open file. Raises BadInput, OSError."""
    standing = os.fstat(file.fileno())
    first = os.pread(file.fileno(), FIRST, 0)
    head = pmtiles.read_head(first, standing.st_size)
    start, length = head.said
    if length > MOST_SAID:
        raise BadInput("it says too much of itself", hint=MAKE)
    said = pmtiles.read_said(os.pread(file.fileno(), length, start), head.packing)
    words = said.attribution or source
    if not words:
        raise BadInput(
            "it does not say whose map it is",
            hint='say it: map_source = "© OpenStreetMap contributors" for one made of OpenStreetMap',
        )
    digest = hashlib.sha256(first + f"{standing.st_size} {standing.st_mtime_ns}".encode()).hexdigest()
    return Tiles(file, standing.st_size, digest[:32], head.tile, head.zooms, head.box, said.layers, words)
