"""The disk and the process fail in every way that can be made here: what was acknowledged is there afterwards.

The victim is another process; what it acknowledged is read from its pipe, so that no fault touches the oracle. Loss of
power is not among these faults: `liaison selftest --durability` says what it can and cannot show of it.
"""

import os
import random
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import text

from liaison.ledger.log import Log, leaves, size
from liaison.storage import Store, migrate
from liaison.storage.keys import KeyRing

VICTIM = Path(__file__).with_name("victim.py")
ROOT = Path(__file__).parents[2]
STRACE, FIU = shutil.which("strace"), shutil.which("fiu-run")
needs_strace = pytest.mark.skipif(not STRACE, reason="strace is not installed")

COMMITS = 4  # of a victim that is killed at each of its write points


@pytest.fixture(scope="session")
def pattern(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("victim") / "a folder"
    KeyRing.make(folder / "keys")
    KeyRing(folder / "keys").close()
    store = Store(f"sqlite:///{folder}/node.db")
    store.write(migrate.upgrade)
    store.close()
    return folder


@pytest.fixture
def folder(pattern: Path, tmp_path: Path) -> Path:
    return fresh(pattern, tmp_path / "node")


def fresh(pattern: Path, place: Path) -> Path:
    shutil.rmtree(place, ignore_errors=True)
    return Path(shutil.copytree(pattern, place))


def command(folder: Path, count: int, threads: int = 1) -> list[str]:
    return [sys.executable, str(VICTIM), str(folder), str(count), str(threads)]


def told(folder: Path, count: int, *before: str, threads: int = 1) -> tuple[set[int], set[int], int]:
    """What the victim acknowledged, what it refused, and how it ended."""
    done = subprocess.run(
        [*before, *command(folder, count, threads)],
        capture_output=True,
        text=True,
        timeout=120,
        env=os.environ | {"PYTHONPATH": str(ROOT / "src")},
    )
    return *read(done.stdout), done.returncode


def read(output: str) -> tuple[set[int], set[int]]:
    """A last line that was cut off tells nothing."""
    lines = [line.split() for line in output[: output.rfind("\n") + 1].splitlines()]
    return tuple({int(line[1]) for line in lines if line[0] == kind} for kind in ("ok", "no"))  # type: ignore[return-value]


def require_whole(folder: Path, acknowledged: set[int]) -> set[int]:
    """The changes that are there: all that were acknowledged, each whole, and pages as they should be."""
    with closing(sqlite3.connect(folder / "node.db")) as file:
        assert file.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    keys = KeyRing(folder / "keys")
    with closing(keys), closing(Store(f"sqlite:///{folder}/node.db")) as store:
        log = Log(keys)
        count = store.read(size)
        store.read(lambda connection: leaves(connection, 0, count))  # no gap
        stated = {
            int(store.read(lambda connection, index=index: log.statement(connection, index)).objects[0])
            for index in range(count)
        }
        query = text("SELECT fact FROM node_facts WHERE fact LIKE 'row-%'")
        rows = {int(fact[4:]) for fact in store.read(lambda c: c.execute(query).scalars().all())}
        store.write(lambda c: c.execute(text("UPDATE node_facts SET value = 'y'")) and None)
    assert stated == rows, "half a change was kept"
    assert acknowledged <= rows, f"lost: {acknowledged - rows}"
    return rows


@needs_strace
@pytest.mark.parametrize("calls", ["pwrite64", "write,fdatasync,fsync", "ftruncate,unlink,rename"])
def test_killed_at_every_write_point_nothing_acknowledged_is_lost(
    pattern: Path, tmp_path: Path, calls: str
) -> None:
    points = 0
    with nursery() as mother:
        for point in range(1, 400):
            folder = fresh(pattern, tmp_path / "node")
            fault = f"inject={calls}:signal=SIGKILL:when={point}"
            ok, status = bred(mother, folder, tmp_path / "told", traced(calls, fault))
            there = require_whole(folder, ok)
            assert len(there - ok) <= 1  # one may be durable and not yet told
            if status == 0:
                break
            assert status == -signal.SIGKILL
            points += 1
    assert ok == set(range(COMMITS))
    if "write" in calls:
        assert points >= COMMITS


@contextmanager
def nursery() -> Iterator[subprocess.Popen[str]]:
    """A process that has everything imported, and of which victims are born at once."""
    with subprocess.Popen(
        [sys.executable, str(VICTIM), "breed"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(ROOT / "src")},
    ) as mother:
        try:
            yield mother
        finally:
            mother.kill()


def bred(
    mother: subprocess.Popen[str], folder: Path, output: Path, tracer: tuple[str, ...]
) -> tuple[set[int], int]:
    """What a victim acknowledged that was traced from its first write on, and how it ended."""
    assert mother.stdin is not None
    assert mother.stdout is not None
    output.write_text("")
    mother.stdin.write(f"{folder}\t{COMMITS}\t{output}\n")
    mother.stdin.flush()
    victim = int(mother.stdout.readline())
    with subprocess.Popen([*tracer, "-p", str(victim)]) as strace:
        while not _is_traced(victim):
            if strace.poll() is not None:
                pytest.skip("another process may not be traced here")
            time.sleep(0.002)
        mother.stdin.write("go\n")
        mother.stdin.flush()
        status = int(mother.stdout.readline())
    return read(output.read_text())[0], status


def _is_traced(victim: int) -> bool:
    return "TracerPid:\t0\n" not in Path(f"/proc/{victim}/status").read_text()


def traced(calls: str, fault: str) -> tuple[str, ...]:
    return (str(STRACE), "-f", "-qq", "-o", os.devnull, "-e", f"trace={calls}", "-e", fault)


@needs_strace
@pytest.mark.parametrize("call", ["fdatasync", "fsync", "pwrite64"])
@pytest.mark.parametrize("error", ["EIO", "ENOSPC"])
def test_a_failing_disk_refuses_and_never_says_yes_to_what_is_not_there(
    folder: Path, call: str, error: str
) -> None:
    fault = f"inject={call}:error={error}:when=30+7"
    ok, no, status = told(folder, 60, *traced(call, fault))
    assert status >= 0, "the process was killed"
    there = require_whole(folder, ok)
    assert not ok & no
    if status == 0:
        assert ok | no == set(range(60))
    if call != "fsync":
        assert no or status, "the fault was not met"
    assert there <= set(range(60))


@pytest.mark.skipif(not FIU, reason="libfiu (fiu-run) is not installed")
@pytest.mark.parametrize("point", ["posix/io/sync/fdatasync", "posix/io/sync/fsync", "posix/io/rw/pwrite64"])
def test_a_disk_that_fails_now_and_then_loses_nothing_acknowledged(folder: Path, point: str) -> None:
    chance = 0.05 if "rw" in point else 0.2
    fault = f"enable_random name={point},probability={chance},failinfo=5"
    ok, no, _ = told(folder, 200, str(FIU), "-x", "-c", fault)
    require_whole(folder, ok)
    assert not ok & no


@pytest.mark.parametrize("seed", range(6))
def test_killed_at_any_moment_under_load_nothing_acknowledged_is_lost(folder: Path, seed: int) -> None:
    """Four threads share commits; after each kill the next process goes on from what is there."""
    chance, acknowledged = random.Random(seed), set[int]()
    with running(folder, 100_000, threads=4) as victim:
        assert victim.stdout is not None
        assert victim.stdout.readline() == "ready\n"
        time.sleep(chance.uniform(0.0, 0.6))
        victim.send_signal(signal.SIGKILL)
        acknowledged |= read(victim.stdout.read())[0]
    there = require_whole(folder, acknowledged)
    assert len(there - acknowledged) <= 4


@contextmanager
def running(folder: Path, count: int, threads: int = 1) -> Iterator[subprocess.Popen[str]]:
    environment = os.environ | {"PYTHONPATH": str(ROOT / "src")}
    with subprocess.Popen(
        command(folder, count, threads), stdout=subprocess.PIPE, text=True, env=environment
    ) as victim:
        try:
            yield victim
        finally:
            victim.kill()


def test_a_file_that_may_not_grow_refuses_and_loses_nothing(folder: Path) -> None:
    most = (folder / "node.db").stat().st_size + 200_000
    done = subprocess.run(
        command(folder, 400),
        capture_output=True,
        text=True,
        timeout=120,
        env=os.environ | {"PYTHONPATH": str(ROOT / "src")},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (most, most)),
    )
    ok, no = read(done.stdout)
    assert done.returncode == 0
    assert ok
    assert no
    require_whole(folder, ok)


@contextmanager
def small_disk(place: Path, size: str) -> Iterator[None]:
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(place)], capture_output=True
    )
    if mounted.returncode:
        pytest.skip("a small disk can be mounted by root alone")
    try:
        yield
    finally:
        subprocess.run(["umount", str(place)], check=True)


def test_a_full_disk_refuses_and_goes_on_once_there_is_room(pattern: Path, tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", "8m"):
        folder = fresh(pattern, tmp_path / "disk/node")
        ballast = tmp_path / "disk/ballast"
        free = shutil.disk_usage(tmp_path / "disk").free
        ballast.write_bytes(b"x" * (free - 600_000))
        with running(folder, 900) as victim:
            assert victim.stdout is not None
            output, full = "", 0
            for line in victim.stdout:
                output += line
                full += line.startswith("no")
                if full == 20:
                    ballast.unlink(missing_ok=True)
            status = victim.wait()
        ok, no = read(output)
        assert status == 0
        assert 20 <= len(no) < 900
        assert max(ok) > max(no), "it never went on"
        require_whole(folder, ok)


def test_a_mutant_that_acknowledges_too_early_is_caught(folder: Path) -> None:
    """The oracle itself: told of a change that was never committed, it says so."""
    ok, _, _ = told(folder, 5)
    with pytest.raises(AssertionError, match="lost"):
        require_whole(folder, ok | {99})


def test_half_a_change_is_caught(folder: Path) -> None:
    ok, _, _ = told(folder, 5)
    with closing(sqlite3.connect(folder / "node.db")) as file:
        file.execute("DELETE FROM node_facts WHERE fact = 'row-3'")
        file.commit()
    with pytest.raises(AssertionError, match="half"):
        require_whole(folder, ok)
