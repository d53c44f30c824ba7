"""Break `policy` and `ledger` in many small ways, one at a time, and count what their tests notice (fault F24).

Run as `./dev mutants [PACKAGE...] [--children N]`. It works on a copy of the tree in a temporary folder, prints what
nobody noticed, writes the counts into docs/mutants.md, and ends with 1 where a package is under 90 %. What the
tests of a package are and what is left out stands in pyproject.toml, [tool.mutmut].
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "mutants.md"
PACKAGES = ("policy", "ledger")
COPIED = ("src", "tests", "docs", "tools", "pyproject.toml", "README.md", "LICENSE", "NOTICE")
LEAST = 0.90  # of the mutants of a package
NO_DATABASE = "postgresql://nobody@127.0.0.1:1/none"  # what SQLite shows is enough here
STATES = {0: "survived", 1: "killed", 3: "killed", 5: "untested", 33: "untested", None: "not run"}
OUT_OF_TIME = (-24, 24, 36, 152, 255)
HEAD = """# Mutants

Written by `./dev mutants`. Each mutant is the program with one small fault; it is killed when a test fails, or does not
end, for it. A fault that no test runs into counts as one that nobody noticed. The least share is 90 %.
"""


@dataclass(frozen=True, slots=True)
class Tally:
    """What became of the mutants of one package, and the names of those that nobody noticed."""

    package: str
    states: Counter[str]
    unnoticed: tuple[str, ...]
    minutes: float

    @property
    def total(self) -> int:
        """How many were run."""
        return self.states.total()

    @property
    def noticed(self) -> int:
        """How many were killed, or did not end."""
        return self.states["killed"] + self.states["did not end"]

    @property
    def share(self) -> float:
        """Of those that were run, the noticed ones."""
        return self.noticed / self.total if self.total else 0.0


def state_of(code: int | None) -> str:
    """What an exit status of the tests says about a mutant."""
    return "did not end" if code in OUT_OF_TIME else STATES.get(code, "crashed")


def copy_tree(folder: Path) -> None:
    """The part of the tree that is mutated and tested, in `folder`."""
    unwanted = shutil.ignore_patterns("__pycache__", "screens", "pictures", ".hypothesis")
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=unwanted)
        else:
            shutil.copy2(source, folder / name)


def mutate(folder: Path, package: str, children: int) -> float:
    """Run the mutants of a package; the minutes it took."""
    began = time.monotonic()
    command = [sys.executable, "-m", "mutmut", "run", "--max-children", str(children), f"liaison.{package}.*"]
    around = os.environ | {"LIAISON_TEST_DATABASE": NO_DATABASE, "PYTHONDONTWRITEBYTECODE": "1"}
    subprocess.run(command, cwd=folder, env=around, check=False)
    return (time.monotonic() - began) / 60


def outcomes(folder: Path, package: str) -> Iterator[tuple[str, str]]:
    """The mutants of a package by name, each with its state."""
    for kept in sorted((folder / "mutants" / "src" / "liaison" / package).rglob("*.meta")):
        for name, code in json.loads(kept.read_text("utf-8"))["exit_code_by_key"].items():
            yield name, state_of(code)


def tally(folder: Path, package: str, minutes: float) -> Tally:
    """The counts of a package after its run."""
    found = dict(outcomes(folder, package))
    lost = tuple(name for name, state in found.items() if state in ("survived", "untested", "crashed"))
    return Tally(package, Counter(state for state in found.values() if state != "not run"), lost, minutes)


def show(folder: Path, names: Sequence[str]) -> None:
    """Print the change that each of these mutants makes."""
    for name in names:
        found = subprocess.run(
            [sys.executable, "-m", "mutmut", "show", name],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
        )
        changed = [line for line in found.stdout.splitlines() if re.match(r"[+-](?![+-])", line)]
        print(f"\n{name}", *changed, sep="\n  ")


def section(found: Tally, day: dt.date) -> str:
    """The part of the page about one package."""
    rows = "\n".join(f"| {state} | {count:,} |" for state, count in sorted(found.states.items()))
    return (
        f"<!-- {found.package} -->\n\n## {found.package}\n\n"
        f"{found.share:.1%} noticed: {found.noticed:,} of {found.total:,} mutants, {day.isoformat()}.\n\n"
        f"| became of it | mutants |\n|---|---|\n{rows}\n<!-- end {found.package} -->\n"
    )


def write(found: Tally, day: dt.date) -> None:
    """Put the section of a package into the page in place of its former one."""
    page = PAGE.read_text("utf-8") if PAGE.exists() else HEAD
    former = rf"\n<!-- {found.package} -->.*<!-- end {found.package} -->\n"
    PAGE.write_text(re.sub(former, "", page, flags=re.DOTALL) + "\n" + section(found, day), "utf-8")


def measure(package: str, children: int) -> Tally:
    """Mutate a package in a copy of the tree; its tally, printed and written down."""
    with tempfile.TemporaryDirectory(prefix="mutants-") as place:
        folder = Path(place)
        copy_tree(folder)
        found = tally(folder, package, mutate(folder, package, children))
        show(folder, found.unnoticed)
    print(f"\n{package}: {found.noticed:,} of {found.total:,} noticed, {found.share:.1%}", end=" ")
    print(f"({found.minutes:.0f} minutes)")
    if found.total:
        write(found, dt.datetime.now(dt.UTC).date())
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """Run it: 1 where a package is under the least share."""
    known = argparse.ArgumentParser(prog="./dev mutants", description=__doc__.splitlines()[0])
    known.add_argument("package", nargs="*", metavar="PACKAGE", help="policy or ledger; both where left out")
    known.add_argument("--children", type=int, default=os.cpu_count() or 1, help="how many at once")
    told = known.parse_args(arguments)
    if unknown := set(told.package) - set(PACKAGES):
        known.error(f"there is no package {', '.join(sorted(unknown))}: {' or '.join(PACKAGES)}")
    found = [measure(package, told.children) for package in told.package or PACKAGES]
    return int(any(one.share < LEAST for one in found))


if __name__ == "__main__":
    sys.exit(main())
