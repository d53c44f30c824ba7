"""Fetches the outlines of countries that maps are drawn with, and writes them as the package keeps them.

`python tools/outlines.py` takes Natural Earth at 1:50 million (in the public domain) out of the npm package world-atlas
and writes src/liaison/web/outlines.json.gz with its digest beside it; npm and the registry are needed. `--check` only
compares the file that stands there with its digest. Exit status 1 where something differs.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import subprocess
import sys
import tarfile
import tempfile
from base64 import b64encode
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
OUTLINES = ROOT / "src" / "liaison" / "web" / "outlines.json.gz"
SUM = OUTLINES.with_name("outlines.sha256")
PACKAGE, VERSION = "world-atlas", "2.0.2"
INTEGRITY = "sha512-IXfV0qwlKXpckz1FhwXVwKRjiIhOnWttOskm5CtxMsjgE/MXAYRHWJqgXOpM8IkcPBoXnyTU5lFHcYa5ChG0LQ=="
MEMBER = "package/countries-50m.json"
RENAMED = {"Macedonia": "North Macedonia", "Swaziland": "Eswatini", "eSwatini": "Eswatini"}
"""Countries that took another name since the source was drawn."""


class OutlinesFailed(Exception):
    """The package is not what was pinned, or cannot be fetched."""


def fetched(folder: Path) -> dict[str, Any]:
    """The TopoJSON of the pinned package. Raises OutlinesFailed."""
    command = ["npm", "pack", f"{PACKAGE}@{VERSION}", "--silent"]
    try:
        subprocess.run(command, cwd=folder, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise OutlinesFailed(f"npm cannot fetch {PACKAGE} {VERSION}: {error}") from error
    (archive,) = folder.glob("*.tgz")
    found = "sha512-" + b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
    if found != INTEGRITY:
        raise OutlinesFailed(f"{PACKAGE} {VERSION} {found} is not what was pinned")
    with tarfile.open(archive) as packed:
        member = packed.extractfile(MEMBER)
        if member is None:
            raise OutlinesFailed(f"{PACKAGE} {VERSION} has no {MEMBER}")
        loaded: dict[str, Any] = json.load(member)
    return loaded


def compact(topology: dict[str, Any]) -> bytes:
    """What the package keeps: arcs of steps in the grid of the source, each border once, and countries by name.

    An arc is a flat list: where it begins, then steps, x and y in turn. A ring names its arcs; `~n` is arc n walked
    backwards. Countries go by their names, since Kosovo has no number in the source.
    """
    transform = topology["transform"]
    countries = [
        {"name": _name(each["properties"]["name"]), "rings": _rings(each)}
        for each in topology["objects"]["countries"]["geometries"]
    ]
    kept = {
        "scale": transform["scale"],
        "translate": transform["translate"],
        "arcs": [[step for point in arc for step in point] for arc in topology["arcs"]],
        "countries": sorted(countries, key=lambda each: str(each["name"])),
    }
    text = json.dumps(kept, ensure_ascii=False, separators=(",", ":")).encode()
    return gzip.compress(text, 9, mtime=0)


def _name(name: str) -> str:
    return RENAMED.get(name, name)


def _rings(geometry: dict[str, Any]) -> list[list[int]]:
    if geometry["type"] == "Polygon":
        return list(geometry["arcs"])
    return [ring for polygon in geometry["arcs"] for ring in polygon]


def faults() -> list[str]:
    """What is wrong with the file that stands there."""
    if not OUTLINES.is_file() or not SUM.is_file():
        return [f"{OUTLINES.name}: missing; run python tools/outlines.py"]
    digest = hashlib.sha256(OUTLINES.read_bytes()).hexdigest()
    return [] if SUM.read_text("ascii").split() == [digest, OUTLINES.name] else [f"{OUTLINES.name}: changed"]


def main(arguments: list[str]) -> int:
    """Write the outlines, or with --check compare; 1 where something is wrong."""
    try:
        if "--check" not in arguments:
            with tempfile.TemporaryDirectory() as folder:
                OUTLINES.write_bytes(compact(fetched(Path(folder))))
            SUM.write_text(f"{hashlib.sha256(OUTLINES.read_bytes()).hexdigest()}  {OUTLINES.name}\n", "ascii")
        wrong = faults()
    except OutlinesFailed as error:
        wrong = [str(error)]
    print("\n".join(wrong) or f"{OUTLINES.name}: as its sum says")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
