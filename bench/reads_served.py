"""Reads through the door of two processes on PostgreSQL, beside the passages of a day: what 100 million a day cost.

Processor seconds are those of each process by the kernel's own count, the database's included; the sender's are left
out. What a day costs is worked out of them and said so.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import httpx

from bench.common import Figures

PROCESSES, SENDERS = 2, 4
MESSAGES, SINGLES = 200, 400
A_DAY = 100_000_000
SECONDS = 86_400
PEAK = 3  # times the mean of a day
TICKS = os.sysconf("SC_CLK_TCK")
PATH = "/api/v1/cameras/reads"


def measured(road: Any, kept: int, quick: bool) -> list[Figures]:
    """Reads a processor second and bytes, in messages of many and of one."""
    part = 10 if quick else 1
    many = [road.message() for _ in range(MESSAGES // part)]
    one = [road.message(1) for _ in range(SINGLES // part)]
    with _door(road.office) as (takers, address):
        _send(address, road.secret, [road.message() for _ in range(8)])  # both are warm
        large = _costs(road, takers, address, many)
        single = _costs(road, takers, address, one)
        whole = passages_size(road.office) / (kept + large.reads + single.reads)
        memory = max(_status(pid, "VmHWM") for pid in takers.running) / 1e6
    found = Figures(
        f"{large.reads:,} reads by {PROCESSES} processes, {kept:,} passages there before, {len(road.wanted):,} entries"
    )
    found.add(
        "reads a CPU second, the database's processes included", round(large.reads / large.cpu), "reads/s"
    )
    found.add("of its CPU time the database's", round(100 * large.database / large.cpu), "%")
    found.add(
        "on the clock, senders and disk on the same machine", round(large.reads / large.wall), "reads/s"
    )
    found.add(
        "bytes that the tables of passages grew by a read, indexes included", round(large.bytes / large.reads)
    )
    found.add("bytes of the database's own log, a read", round(large.log / large.reads))
    found.add("reads a CPU second, each in a message of its own", round(single.reads / single.cpu), "reads/s")
    found.add("bytes of the database's own log, a read of its own message", round(single.log / single.reads))
    found.add("most memory of one process", round(memory, 2), "GB")
    return [found, _day(large, max(whole, large.bytes / large.reads), memory)]


def _day(cost: Cost, each: float, memory: float) -> Figures:
    """What a day costs, at so many bytes of a passage."""
    cores = A_DAY / (cost.reads / cost.cpu) / SECONDS
    disk = each * A_DAY / 1e9
    log = cost.log / cost.reads * A_DAY / 1e9
    found = Figures(f"{A_DAY / 1e6:,.0f} million reads a day, worked out of these figures")
    found.add("reads a second, mean", round(A_DAY / SECONDS), "reads/s")
    found.add("cores, mean over the day", round(cores, 2))
    found.add(f"cores at a peak of {PEAK} times the mean", round(PEAK * cores, 2))
    found.add("disk for 24 hours of passages, indexes included", round(disk, 1), "GB")
    found.add("the database's own log that is written in a day", round(log, 1), "GB")
    found.add("memory of two processes, with their entries", round(2 * memory, 1), "GB")
    found.notes.append(
        "messages of 1,000 reads, as a regional recorder sends them; nothing met but one in 5,000; the figure is "
        "multiplied, not run: an index that outgrows the memory of the database makes each read dearer"
    )
    found.notes.append(
        "an index filled at random grows to about half more than one that was just built. The database's own log "
        "holds whole pages after each checkpoint (5 minutes here): with longer ones, or wal_compression, it is less"
    )
    return found


class Cost:
    """What messages took: seconds on the clock and of processors, the database's among them, and bytes."""

    def __init__(self, reads: int, wall: float, cpu: float, database: float, bytes: int, log: int) -> None:
        self.reads, self.wall, self.cpu, self.database = reads, wall, cpu, database
        self.bytes, self.log = bytes, log


def _costs(road: Any, takers: Any, address: str, bodies: list[bytes]) -> Cost:
    office = road.office
    pids, others = takers.running, backends(office)
    spent, theirs = _cpu(pids), _cpu(others)
    size, log = passages_size(office), _log(office)
    start = time.perf_counter()
    reads = _send(address, road.secret, bodies)
    wall = time.perf_counter() - start
    database = _cpu(others) - theirs
    cpu = _cpu(pids) - spent + database
    return Cost(reads, wall, cpu, database, passages_size(office) - size, _log(office) - log)


def _send(address: str, secret: str, bodies: list[bytes]) -> int:
    """Send them by several connections; how many reads were taken. Raises RuntimeError where one is refused."""

    def work(mine: list[bytes]) -> int:
        taken = 0
        headers = {"Authorization": f"Bearer {secret}", "Content-Type": "application/json"}
        with httpx.Client(base_url=address, headers=headers, timeout=120) as client:
            for body in mine:
                answer = client.post(PATH, content=body).raise_for_status().json()
                if answer["refused"]:
                    raise RuntimeError(f"refused: {answer['not_taken'][:1]}")
                taken += answer["taken"]
        return taken

    with ThreadPoolExecutor(SENDERS) as senders:
        return sum(senders.map(work, [bodies[at::SENDERS] for at in range(SENDERS)]))


@contextmanager
def _door(office: Any) -> Iterator[tuple[Any, str]]:
    """The processes as `liaison serve` starts them, and their address."""
    from liaison.cli.serve import listening
    from liaison.node.limits import Limits
    from liaison.node.settings import Settings
    from liaison.node.takers import Takers
    from liaison.screening.seals import seals
    from liaison.web.takers import life

    seals(office).digest_key(office)
    url = office.store.url
    settings = Settings(name="B", agency="B", origin="bench.example", regimes=("demo",), database=url)
    door = listening("127.0.0.1", 0)
    work = partial(life, settings, url, Limits())
    takers = Takers(PROCESSES, work, door, office.keys, lambda name: None, 20)
    takers.start()
    try:
        while len(takers.running) < PROCESSES:
            time.sleep(0.1)
        time.sleep(15)  # until each has built its list of entries
        yield takers, f"http://127.0.0.1:{door.getsockname()[1]}"
    finally:
        takers.stop()


def backends(office: Any) -> list[int]:
    """The processes of the database that serve this office, and those that write its log and pages."""
    from sqlalchemy import text

    query = text(
        "SELECT pid FROM pg_stat_activity WHERE datname = current_database() "
        "OR backend_type IN ('walwriter', 'checkpointer', 'background writer')"
    )
    return office.read(lambda one: list(one.execute(query).scalars()))  # type: ignore[no-any-return]


def passages_size(office: Any) -> int:
    """Bytes of the passages with their indexes."""
    from sqlalchemy import text

    query = text(
        "SELECT sum(pg_total_relation_size(inhrelid)) FROM pg_inherits WHERE inhparent = 'passages'::regclass"
    )
    return int(office.read(lambda one: one.execute(query).scalar_one()))


def _log(office: Any) -> int:
    from sqlalchemy import text

    query = text("SELECT pg_current_wal_lsn() - '0/0'::pg_lsn")
    return int(office.read(lambda one: one.execute(query).scalar_one()))


def _cpu(pids: list[int]) -> float:
    """Processor seconds of processes so far; of one that has ended, none."""
    total = 0
    for pid in pids:
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        total += int(fields[11]) + int(fields[12])
    return total / TICKS


def _status(pid: int, name: str) -> float:
    """Kilobytes, by the name that the kernel gives them."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return float(next(line.split()[1] for line in lines if line.startswith(name)))
