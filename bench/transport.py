"""Letters between two nodes that `liaison serve` serves on this machine: signed, sealed, durable, receipted.

Both nodes are processes of their own and share the machine's cores with what measures. A letter counts when its receipt
is durable at the node that wrote it.
"""

from __future__ import annotations

import os
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any

from bench.common import ROOT, Figures

NAMES, ORIGINS = ("left", "right"), {"left": "left.example", "right": "right.example"}
SLOW_RATE = 20  # letters a second while the time of a single one is measured
PATIENCE = 600.0  # seconds


def measure(quick: bool) -> list[Figures]:
    """Letters a second both ways, a backlog that drains, and the time from writing a letter to its receipt."""
    from tests.faults.two_nodes import _free_ports, make_pair

    letters, backlog, slow = (1000, 1000, 5) if quick else (10_000, 10_000, 20)
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        ports = dict(zip(NAMES, _free_ports(2), strict=True))
        make_pair(place, ports, ports)
        with ExitStack() as stack:
            left = stack.enter_context(_served(place / "left"))
            with _served(place / "right") as right:
                both = {"left": left, "right": right}
                _post(both, 200)
                _settled(place, 400)
                ways = _both_ways(place, both, letters)
                times = _times(place, both, slow)
            drained = _drain(place, left, backlog)
    return [ways, times, drained]


def _both_ways(place: Path, both: dict[str, subprocess.Popen[str]], letters: int) -> Figures:
    before, used, sent = time.perf_counter(), _used(both), _receipted(place)
    _post(both, letters // 2)
    _settled(place, sent + letters)
    seconds, used = time.perf_counter() - before, _used(both) - used
    found = Figures(f"{letters:,} letters of 1 KiB between two nodes, half of them each way")
    found.add("written, delivered and receipted", round(letters / seconds), "letters/s", ">= 150")
    found.add("processor time of both nodes", round(1e3 * used / letters, 2), "ms a letter")
    found.add("refused or taken twice", _bad(place), "", "0")
    found.notes.append(
        "each letter is a transaction of its own at its writer; SQLite, synchronous=FULL; TLS 1.3"
    )
    return found


def _times(place: Path, both: dict[str, subprocess.Popen[str]], seconds: int) -> Figures:
    sent = _receipted(place)
    for _ in range(seconds * SLOW_RATE // 4):
        _say(both["left"], 4, "right")
        time.sleep(4 / SLOW_RATE)
    count = seconds * SLOW_RATE // 4 * 4
    _settled(place, sent + count)
    with _database(place / "left") as database:
        rows = database.execute("SELECT done - made FROM letters_out ORDER BY made DESC LIMIT ?", (count,))
        times = sorted(row[0] / 1e3 for row in rows)
    found = Figures(f"{SLOW_RATE} letters a second for {seconds} s")
    found.add("from writing to the receipt, median", round(statistics.median(times), 1), "ms")
    found.add("99 of 100 under", round(times[int(len(times) * 0.99)], 1), "ms")
    return found


def _drain(place: Path, left: subprocess.Popen[str], backlog: int) -> Figures:
    """The other node is away, letters pile up, then it comes back."""
    sent = _receipted(place)
    before = time.perf_counter()
    _say(left, backlog, "right")
    while _waiting(place / "left") < backlog:
        time.sleep(0.05)
    wrote = time.perf_counter() - before
    with _served(place / "right"):
        began = time.perf_counter()
        while _receipted(place) == sent:
            time.sleep(0.02)
        found_after, before = time.perf_counter() - began, time.perf_counter()
        _settled(place, sent + backlog)
        seconds = time.perf_counter() - before
    found = Figures(f"A backlog of {backlog:,} letters to a node that was away")
    found.add("written while it was away", round(backlog / wrote), "letters/s")
    found.add("until the first is delivered after its return", round(found_after, 1), "s")
    found.add("drained at", round(backlog / seconds), "letters/s", ">= 100")
    return found


@contextmanager
def _served(folder: Path) -> Iterator[subprocess.Popen[str]]:
    ready = folder / "ready"
    ready.unlink(missing_ok=True)
    command = [sys.executable, "-m", "bench.letters_node", str(folder), "--ready-file", str(ready)]
    environment = os.environ | {"PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"}
    with (folder / "serve.log").open("w") as log:
        node = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=log, stderr=log, text=True, cwd=ROOT, env=environment
        )
        try:
            while not ready.exists():
                if node.poll() is not None:
                    raise RuntimeError((folder / "serve.log").read_text())
                time.sleep(0.05)
            yield node
        finally:
            node.terminate()
            node.wait()


def _post(both: dict[str, subprocess.Popen[str]], each: int) -> None:
    _say(both["left"], each, "right")
    _say(both["right"], each, "left")


def _say(node: subprocess.Popen[str], count: int, to: str) -> None:
    assert node.stdin is not None
    node.stdin.write(f"post {count} {ORIGINS[to]}\n")
    node.stdin.flush()


def _settled(place: Path, letters: int) -> None:
    """Wait until so many letters have their receipt. Raises TimeoutError."""
    until = time.perf_counter() + PATIENCE
    while _receipted(place) < letters:
        if time.perf_counter() > until:
            raise TimeoutError(f"{_receipted(place)} of {letters} letters have a receipt")
        time.sleep(0.02)


def _receipted(place: Path) -> int:
    return sum(_count(place / name, "letters_out WHERE state <> 'waiting'") for name in NAMES)


def _waiting(folder: Path) -> int:
    return _count(folder, "letters_out WHERE state = 'waiting'")


def _bad(place: Path) -> int:
    """Letters that were refused, and those that the two sides count differently."""
    refused = sum(_count(place / name, "letters_out WHERE state = 'refused'") for name in NAMES)
    sent, taken = (
        sum(_count(place / name, table) for name in NAMES) for table in ("letters_out", "letters_in")
    )
    return refused + abs(sent - taken)


def _count(folder: Path, what: str) -> int:
    with _database(folder) as database:
        return int(database.execute(f"SELECT count(*) FROM {what}").fetchone()[0])


def _database(folder: Path) -> Any:
    return closing(sqlite3.connect(f"file:{folder / 'node.db'}?mode=ro", uri=True, timeout=30))


def _used(both: dict[str, subprocess.Popen[str]]) -> float:
    """Processor seconds of the nodes so far."""
    ticks = 0
    for node in both.values():
        fields = Path(f"/proc/{node.pid}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")
