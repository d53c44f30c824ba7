"""Whether this machine's disk keeps what it says it keeps: real writes, real kills, and the rate of real syncs.

A loss of power cannot be made by a program. What is shown is that no acknowledged change is lost when the process is
killed at any moment, and that syncs take a time which a disk needs that really writes; a disk or a hypervisor that
only says it wrote is suspected by its speed, and proved by nothing short of pulling the plug.
"""

from __future__ import annotations

import os
import random
import secrets
import shutil
import subprocess
import sys
import time
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import text

from liaison.model.errors import BadSetting
from liaison.storage import Store

SYNCS = 200
SUSPICIOUS = 20_000.0  # syncs a second: more than any disk does that waits for its medium
MOST_WAIT = 0.4  # seconds before a kill
CHILD = """
import os, sys
from sqlalchemy import text
from liaison.storage import Store
store, first = Store(sys.argv[1]), int(sys.argv[2])
os.write(1, b"ready\\n")
for number in range(first, first + 1_000_000):
    row = text(f"INSERT INTO kept (number, filling) VALUES ({number}, '{'x' * 300}')")
    store.write(lambda connection: connection.execute(row) and None)
    os.write(1, f"{number}\\n".encode())
"""
CANNOT = (
    "Not shown: loss of power. A disk, a controller or a virtual machine may acknowledge what it only holds in "
    "memory; to be sure, cut the power of this very machine while it writes, and run `liaison verify`."
)


@dataclass(frozen=True, slots=True)
class Durability:
    """What was found. `syncs` and `commits` are per second."""

    syncs: float
    commits: float
    kills: int
    acknowledged: int
    lost: int
    filesystem: str

    @property
    def suspicious(self) -> bool:
        """Whether syncs are faster than a medium can be."""
        return self.syncs > SUSPICIOUS


def measure_durability(folder: Path, kills: int = 10, chance: random.Random | None = None) -> Durability:
    """Write, kill and look, in a folder of its own beside the node's, which is removed. Raises BadSetting."""
    if not folder.is_dir():
        raise BadSetting(f"{folder} is not a folder", hint="give a folder on the disk to test")
    place = folder / f".durability-{secrets.token_hex(4)}"
    place.mkdir(mode=0o700)
    try:
        syncs = _syncs(place / "sync")
        commits = _commits(f"sqlite:///{place}/kept.db")
        acknowledged, lost = _killed(place, kills, chance or random.Random())
        return Durability(syncs, commits, kills, acknowledged, lost, _filesystem(place))
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _syncs(place: Path) -> float:
    with place.open("wb") as file:
        began = time.perf_counter()
        for _ in range(SYNCS):
            file.write(b"x" * 4096)
            file.flush()
            os.fsync(file.fileno())
        return SYNCS / (time.perf_counter() - began)


def _commits(url: str) -> float:
    with closing(Store(url)) as store:
        table = text("CREATE TABLE kept (number INTEGER PRIMARY KEY, filling TEXT)")
        store.write(lambda connection: connection.execute(table) and None)
        began = time.perf_counter()
        for number in range(SYNCS):
            row = text(f"INSERT INTO kept VALUES ({-1 - number}, '')")
            store.write(lambda connection, row=row: connection.execute(row) and None)  # type: ignore[misc]
        return SYNCS / (time.perf_counter() - began)


def _killed(place: Path, kills: int, chance: random.Random) -> tuple[int, int]:
    """How many changes were acknowledged over these kills, and how many of them are gone."""
    url, acknowledged = f"sqlite:///{place}/kept.db", set[int]()
    for turn in range(kills):
        acknowledged |= _one(url, turn * 1_000_000, chance.uniform(0, MOST_WAIT))
    with closing(Store(url)) as store:
        query = text("SELECT number FROM kept WHERE number >= 0")
        held = set(store.read(lambda connection: connection.execute(query).scalars().all()))
    return len(acknowledged), len(acknowledged - held)


def _one(url: str, first: int, wait: float) -> set[int]:
    command = [sys.executable, "-c", CHILD, url, str(first)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        child.stdout.readline()
        time.sleep(wait)
        child.kill()
        told = child.stdout.read()
    return {int(line) for line in told[: told.rfind(b"\n") + 1].split()}


def _filesystem(place: Path) -> str:
    """The kind of the filesystem that holds a place, where the machine tells."""
    found = ("", "unknown")
    with suppress(OSError):
        for line in Path("/proc/self/mounts").read_text("utf-8").splitlines():
            _, mounted, kind, *_ = line.split()
            if place.is_relative_to(mounted) and len(mounted) >= len(found[0]):
                found = mounted, kind
    return found[1]
