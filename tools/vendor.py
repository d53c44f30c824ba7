"""Fetches the front-end packages that the screen stands on, checks them, and keeps the few files that it uses.

`python tools/vendor.py` fetches from the npm registry of this machine (npm and node are needed), compiles
tools/vendor.scss, and writes src/liaison/web/static/vendor with its SHA256SUMS. `--check` only compares the files
that stand there with the sums; it needs neither npm nor a network. Exit status 1 where something differs.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENDOR = ROOT / "src" / "liaison" / "web" / "static" / "vendor"
AXE = ROOT / "tests" / "browser"
SUMS = "SHA256SUMS"
WRITTEN_HERE = {SUMS, "LICENSES"}

PINS = {
    "govuk-frontend": (
        "6.6.0",
        "sha512-xctkWrQvLnvQt7fyjQ3MGX9S0wz0x0RQuLxCeoXF+s8EjGICG81/DYQGKN5qgO+0KVT12UAaRwUsGY6fulRcRg==",
    ),
    "@ministryofjustice/frontend": (
        "11.1.0",
        "sha512-1bkUbm2M4DpcpX/pOmumQRBsbJco9W2RwmJv5h/ZC/ZqrAOn2/FjpF+A7vS0gs7oMXBizr9O5huDrSYbLx73Nw==",
    ),
    "htmx.org": (
        "2.0.11",
        "sha512-Thx/WtpeOQqSrqBCw/A1cwGJGg4UrVa3+sW0GmrM3p4gJgO89ecH4qtbnyzDDWFvBTqjnIMCgELTNt636dtamA==",
    ),
    "maplibre-gl": (
        "6.17.0",
        "sha512-2chIZwpLGenoUQOcnm9Pk4SLbA8ppNFq8jlpXiq9vcYm3Y1wJ3fc82FL0GLwBaPYJCLzPv/mC46KEupVov75rQ==",
    ),
    "pmtiles": (
        "4.5.0",
        "sha512-CBeD4SoUluFziGdy/8k7FOjQxQy486n+929W/tWophauvMICpkZ26vGBWhDt/6b1FZQWNaf4jFdT/5+q0Wii5w==",
    ),
    "axe-core": (
        "4.14.1",
        "sha512-FHfa+lmNjQZfJz1q8wKqIDwC6DExcHt/pkjNQb09a3NPjCKg2rhu5qb2S4r76ASyFNNtuFooJpZe37OgudVGtQ==",
    ),
    "dejavu-fonts-ttf": (
        "2.37.3",
        "sha512-f1hd7jJbeQa1VWcw+K2KrTXS50zTMaHpVC4XIKJpNcDeYR5ajMtj/iLlQDYNvLOKamUB3ARVVCf79lNwNVztSQ==",
    ),
    "sass": (
        "1.108.2",
        "sha512-kugK8djotnG9HQRPTOf36asKYlxg8rWWsNLYHOgWDIVOiZQqlRfKBgF4XXM6kfw146kIDMvm57B4GIkvDSyTzA==",
    ),
}
"""Package -> exact version and the integrity that the registry states for it."""

MOJ = "@ministryofjustice/frontend/moj"
KEPT = {
    "govuk-frontend.min.js": "govuk-frontend/dist/govuk/govuk-frontend.min.js",
    "moj-frontend.min.js": f"{MOJ}/moj-frontend.min.js",
    "htmx.min.js": "htmx.org/dist/htmx.min.js",
    "maplibre-gl.mjs": "maplibre-gl/dist/maplibre-gl.mjs",
    "maplibre-gl-worker.mjs": "maplibre-gl/dist/maplibre-gl-worker.mjs",
    "maplibre-gl.css": "maplibre-gl/dist/maplibre-gl.css",
    "maplibre-gl.LICENSE": "maplibre-gl/LICENSE.txt",
    "pmtiles.js": "pmtiles/dist/pmtiles.js",
    "images/icon-close-cross-black.svg": f"{MOJ}/assets/images/icon-close-cross-black.svg",
    "images/icon-document.svg": f"{MOJ}/assets/images/icon-document.svg",
    "images/icon-tag-remove-cross.svg": f"{MOJ}/assets/images/icon-tag-remove-cross.svg",
    "images/icon-tag-remove-cross-white.svg": f"{MOJ}/assets/images/icon-tag-remove-cross-white.svg",
    "images/icon-toggle-plus-minus.svg": f"{MOJ}/assets/images/icon-toggle-plus-minus.svg",
}
"""File in the vendor folder -> file in node_modules."""

FONTS = ROOT / "src" / "liaison" / "formats" / "fonts"
DRAWN_WITH = {
    "DejaVuSans.ttf": "dejavu-fonts-ttf/ttf/DejaVuSans.ttf",
    "DejaVuSans-Bold.ttf": "dejavu-fonts-ttf/ttf/DejaVuSans-Bold.ttf",
    "LICENSE": "dejavu-fonts-ttf/LICENSE",
}
"""The fonts of documents on paper, embedded in them as subsets."""

TESTED_WITH = {"axe.min.js": "axe-core/axe.min.js", "axe.LICENSE": "axe-core/LICENSE"}
FORBIDDEN = re.compile(
    r"crown|crest|coat-of-arms|opengraph|GDS[ -]?Transport|\.woff2?$|\.[ot]tf$", re.IGNORECASE
)
"""What the British Crown keeps for its own services: its emblems and its typeface."""


class VendorFailed(Exception):
    """A package is not what was pinned, or holds what may not be shipped."""


def sha256(path: Path) -> str:
    """The file's digest, in hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def files(folder: Path) -> dict[str, Path]:
    """Every vendored file by its name within the folder, but not those that are written here."""
    found = (path for path in sorted(folder.rglob("*")) if path.is_file())
    named = {path.relative_to(folder).as_posix(): path for path in found}
    return {name: path for name, path in named.items() if name not in WRITTEN_HERE}


def sums(folder: Path) -> dict[str, str]:
    """The sums as they were written, by file."""
    lines = (folder / SUMS).read_text("ascii").splitlines()
    return {name: digest for digest, name in (line.split("  ", 1) for line in lines)}


def faults(folder: Path) -> list[str]:
    """What is wrong with the folder: changed, missing and unknown files, and what the Crown keeps for itself."""
    written, there = sums(folder), files(folder)
    wrong = [f"{name}: missing" for name in written.keys() - there.keys()]
    wrong += [f"{name}: not in {SUMS}" for name in there.keys() - written.keys()]
    wrong += [
        f"{name}: changed" for name in written.keys() & there.keys() if sha256(there[name]) != written[name]
    ]
    return sorted(wrong + (forbidden(there) if folder.name != FONTS.name else []))


def forbidden(there: dict[str, Path]) -> list[str]:
    """Files that are, and style sheets that ask for, an emblem of the Crown or its typeface."""
    wrong = [f"{name}: may not be shipped" for name in there if FORBIDDEN.search(name)]
    sheets = {name: path.read_text("utf-8") for name, path in there.items() if name.endswith(".css")}
    return wrong + [
        f"{name}: names what may not be shipped" for name, text in sheets.items() if FORBIDDEN.search(text)
    ]


def fetch(folder: Path) -> Path:
    """Install the pinned packages without running their scripts; returns node_modules. Raises VendorFailed."""
    wanted = {name: version for name, (version, _) in PINS.items()}
    (folder / "package.json").write_text(json.dumps({"private": True, "dependencies": wanted}), "utf-8")
    npm(folder, "install", "--ignore-scripts", "--no-audit", "--no-fund", "--omit=optional", "--silent")
    locked = json.loads((folder / "package-lock.json").read_text("utf-8"))["packages"]
    for name, (version, integrity) in PINS.items():
        found = locked[f"node_modules/{name}"]
        if (found["version"], found["integrity"]) != (version, integrity):
            raise VendorFailed(f"{name} {found['version']} {found['integrity']} is not what was pinned")
    return folder / "node_modules"


def npm(folder: Path, *arguments: str) -> None:
    """Run npm in a folder. Raises VendorFailed."""
    program = shutil.which("npm")
    if program is None:
        raise VendorFailed("npm is needed to fetch the packages")
    if subprocess.run([program, *arguments], cwd=folder, check=False).returncode:
        raise VendorFailed(f"npm {arguments[0]} failed")


def style(modules: Path) -> bytes:
    """The style sheet compiled from tools/vendor.scss, without a byte-order mark. Raises VendorFailed."""
    root = modules.parent
    command = [modules / ".bin" / "sass", "--style=compressed", "--no-source-map", "--quiet-deps"]
    command += [f"--load-path={modules}", f"--load-path={root}", ROOT / "tools" / "vendor.scss"]
    done = subprocess.run(command, cwd=root, check=False, capture_output=True)
    if done.returncode:
        raise VendorFailed(done.stderr.decode(errors="replace"))
    return done.stdout.removeprefix(b"\xef\xbb\xbf")


def copy(modules: Path, wanted: dict[str, str], folder: Path) -> None:
    """Copy files out of the packages; references to source maps, which are not shipped, go."""
    for name, source in wanted.items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        text = (modules / source).read_text("utf-8")
        target.write_text(re.sub(r"//# sourceMappingURL=.*", "", text), "utf-8")


def vendor() -> None:
    """Write the vendor folder and the tests' accessibility checker anew. Raises VendorFailed."""
    with tempfile.TemporaryDirectory() as place:
        modules = fetch(Path(place))
        for path in files(VENDOR).values():
            path.unlink()
        copy(modules, KEPT, VENDOR)
        copy(modules, TESTED_WITH, AXE)
        for name, source in DRAWN_WITH.items():
            shutil.copyfile(modules / source, FONTS / name)
        (VENDOR / "frontend.css").write_bytes(style(modules))
    if wrong := forbidden(files(VENDOR)):
        raise VendorFailed("; ".join(wrong))
    for folder in (VENDOR, FONTS):
        lines = [f"{sha256(path)}  {name}\n" for name, path in files(folder).items()]
        (folder / SUMS).write_text("".join(lines), "ascii")


def main(arguments: list[str]) -> int:
    """Fetch, or with --check compare; 1 where something is wrong."""
    try:
        if "--check" not in arguments:
            vendor()
        wrong = faults(VENDOR) + faults(FONTS)
    except (VendorFailed, OSError) as error:
        wrong = [str(error)]
    print("\n".join(wrong) or f"vendored files: {len(sums(VENDOR))}, each as its sum says")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
