"""Faults while entries are written and heads are signed: nothing acknowledged is lost, no damage is signed or served.

The kill sweep runs a real publisher under strace and kills it at its k-th write, sync or rename, for every k until
it survives. The injector does the same inside one process, where strace is absent.
"""

from __future__ import annotations

import errno
import os
import resource
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from liaison.ledger import Entry
from liaison.ledger.disk import Disk
from liaison.ledger.heads import last_head
from liaison.ledger.log import leaves, size
from liaison.ledger.published import Published
from liaison.ledger.sources import Folder
from liaison.ledger.verify import verify_log
from liaison.model.errors import BadNote, LedgerDamaged, LedgerUnavailable, LiaisonError
from tests.ledger.node import KEYS, SIGNER, Node, a_node, flip

ROOT = Path(__file__).resolve().parents[2]
KEY = SIGNER.verifier.vkey
CALLS = "write,pwrite64,fsync,fdatasync,rename"
SHELL = ("/bin/sh", "-c", 'exec "$@" 3>&1 1>/dev/null', "sh")
DAMAGES = (LedgerDamaged, BadNote)

# Appends entries one by one, tells each on standard output once it is durable, and publishes after every third.
PUBLISHER = """
import os, sys
from pathlib import Path
from tests.ledger.node import a_node
with a_node(Path(sys.argv[1])) as node:
    for number in range(6):
        entry = node.append(1)[0]
        os.write(3, f'{entry.index} {entry.leaf.hex()}\\n'.encode())
        if number % 3 == 2:
            head = node.publish()
            os.write(3, f'head {head.checkpoint.size} {head.checkpoint.root.hex()}\\n'.encode())
"""


def told(path: Path) -> tuple[dict[int, bytes], list[tuple[int, bytes]]]:
    """What the publisher said was durable: entries and heads."""
    lines = [line.split() for line in path.read_text().splitlines()] if path.exists() else []
    entries = {int(line[0]): bytes.fromhex(line[1]) for line in lines if line[0] != "head"}
    return entries, [(int(line[1]), bytes.fromhex(line[2])) for line in lines if line[0] == "head"]


def prepare(folder: Path, first: int = 254) -> None:
    """A node with a published log, so that the next heads fill a tile and begin another."""
    with a_node(folder) as node:
        node.append(first)
        node.publish()


def require_whole(folder: Path, oracle: Path) -> int:
    """After the fault the node goes on: every entry and head that was told is there, and all verifies."""
    entries, heads = told(oracle)
    with a_node(folder) as node:
        before = node.store.read(size)
        node.append(1)
        head = node.publish()
        held = node.store.read(lambda c: leaves(c, 0, size(c)))
        assert head.checkpoint.size == len(held) == before + 1
        assert all(held[index] == leaf for index, leaf in entries.items())
        log = Published.open(Folder(node.folder), KEYS)
        for signed, root in heads:
            assert log.root_at(signed) == root
        assert verify_log(Folder(node.folder), KEY).size == before + 1
    return len(entries)


def start(folder: Path, oracle: Path, *before: str) -> int:
    """Run the publisher, its oracle on descriptor 3; its exit status."""
    with oracle.open("wb") as out:
        done = subprocess.run(
            [*SHELL, *before, sys.executable, "-c", PUBLISHER, str(folder)],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'src'}", "PYTHONDONTWRITEBYTECODE": "1"},
            stdout=out,
            stderr=subprocess.PIPE,
            check=False,
        )  # fmt: skip
    return done.returncode


def can_trace() -> bool:
    if not shutil.which("strace"):
        return False
    done = subprocess.run(["strace", "-f", "-o", "/dev/null", "true"], capture_output=True)
    return done.returncode == 0


def points(folder: Path, oracle: Path, tmp_path: Path) -> list[tuple[str, int]]:
    """Every write, sync and rename of a thread in the node's folder, as (call, its count in the thread)."""
    trace = tmp_path / "trace"
    assert start(folder, oracle, "strace", "-f", "-y", "-e", f"trace={CALLS}", "-o", str(trace)) == 0
    counts: dict[tuple[str, str], int] = {}
    found: dict[tuple[str, int], None] = {}
    for line in trace.read_text(errors="replace").splitlines():
        thread, _, rest = line.partition(" ")
        call = rest.strip().partition("(")[0]
        if call in CALLS.split(","):
            counts[thread, call] = counts.get((thread, call), 0) + 1
            if str(folder) in line:
                found[call, counts[thread, call]] = None
    return list(found)


@pytest.mark.skipif(not can_trace(), reason="strace is absent, or may not trace here")
@pytest.mark.parametrize("step", [13, pytest.param(1, marks=pytest.mark.campaign)])
def test_killed_at_every_write_point_nothing_is_lost(tmp_path: Path, step: int) -> None:
    prepare(tmp_path / "first")
    shutil.copytree(tmp_path / "first", tmp_path / "traced")
    every = points(tmp_path / "traced", tmp_path / "oracle", tmp_path)
    assert require_whole(tmp_path / "traced", tmp_path / "oracle") == 6
    assert len(every) > 60
    killed = 0
    for call, count in every[::step]:
        folder, oracle = tmp_path / "killed", tmp_path / "oracle"
        shutil.copytree(tmp_path / "first", folder)
        inject = f"inject={call}:signal=SIGKILL:when={count}"
        status = start(folder, oracle, "strace", "-f", "-e", f"trace={call}", "-e", inject, "-o", "/dev/null")
        killed += status in (-signal.SIGKILL, 128 + signal.SIGKILL)
        require_whole(folder, oracle)
        shutil.rmtree(folder)
    assert killed >= len(every[::step]) * 0.9, "nearly all of the points are reached again"


class Crash(BaseException):
    """The process ends here."""


class Failing(Disk):
    """A disk that fails at the k-th of its operations: with an error, or by ending the process."""

    def __init__(self, at: int, fault: BaseException, kinds: str = "write sync replace") -> None:
        self.left, self.fault, self.kinds = at, fault, kinds.split()

    def _count(self, kind: str) -> None:
        if kind in self.kinds:
            self.left -= 1
            if not self.left:
                raise self.fault

    def write(self, file: int, content: bytes) -> int:
        self._count("write")
        if self.left == 1 and "write" in self.kinds:
            return super().write(file, content[: len(content) // 2])
        return super().write(file, content)

    def sync(self, file: int) -> None:
        self._count("sync")
        super().sync(file)

    def replace(self, old: Path, new: Path) -> None:
        self._count("replace")
        super().replace(old, new)


def test_ended_at_every_operation_the_next_publisher_goes_on(tmp_path: Path) -> None:
    prepare(tmp_path / "first")
    at = 0
    while True:
        at += 1
        folder = tmp_path / "ended"
        shutil.copytree(tmp_path / "first", folder)
        with a_node(folder) as node:
            made = node.append(4)
            try:
                node.publish(disk=Failing(at, Crash()))
                survived = True
            except Crash:
                survived = False
            shown = Published.open(Folder(node.folder), KEYS)
            assert shown.size in ({258} if survived else {254, 258})
            assert node.publish().checkpoint.size == 258
            assert verify_log(Folder(node.folder), KEY).size == 258
            assert node.store.read(lambda c: leaves(c, 254, 258)) == [each.leaf for each in made]
        shutil.rmtree(folder)
        if survived:
            break
    assert at > 25


@pytest.mark.parametrize("kind", ["write", "sync", "replace"])
@pytest.mark.parametrize("code", [errno.EIO, errno.ENOSPC])
def test_an_error_of_the_disk_is_told_and_passes(tmp_path: Path, kind: str, code: int) -> None:
    prepare(tmp_path)
    with a_node(tmp_path) as node:
        node.append(4)
        at = 0
        while True:
            at += 1
            try:
                head = node.publish(disk=Failing(at, OSError(code, os.strerror(code)), kind))
                break
            except LedgerUnavailable as error:
                told_ = str(error)
            assert os.strerror(code) in told_
            assert verify_log(Folder(node.folder), KEY).size in (254, 258)
        assert at > 5
        assert head.checkpoint.size == 258
        assert verify_log(Folder(node.folder), KEY).size == 258


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A folder with four mebibytes of room."""
    place = tmp_path / "small"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(place)]
    if os.geteuid() or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("a small disk can be mounted by root alone")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def test_a_full_disk_under_the_tiles_is_told_and_nothing_is_lost(tmp_path: Path, small_disk: Path) -> None:
    with a_node(tmp_path) as node:
        node.folder = small_disk / "log"
        node.append(200)
        node.publish()
        ballast = small_disk / "ballast"
        with suppress(OSError), ballast.open("wb", buffering=0) as out:
            while True:
                out.write(bytes(4096))
        node.append(2000)
        with pytest.raises(LedgerUnavailable, match="No space"):
            node.publish()
        assert verify_log(Folder(node.folder), KEY).size == 200
        ballast.unlink()
        assert node.publish().checkpoint.size == 2200
        assert verify_log(Folder(node.folder), KEY).size == 2200


def test_a_full_disk_under_the_database_refuses_and_keeps_what_it_told(
    tmp_path: Path, small_disk: Path
) -> None:
    with a_node(small_disk) as node:
        node.folder = tmp_path / "log"
        durable: list[Entry] = []
        refused = None
        while refused is None and len(durable) < 20_000:
            try:
                durable += node.append(10)
            except LiaisonError as error:
                refused = error
        assert refused is not None
        assert refused.status == 503
        assert len(durable) >= 10
        held = node.store.read(lambda c: leaves(c, 0, size(c)))
        assert held == [each.leaf for each in durable]
    with a_node(small_disk) as again:
        assert again.store.read(lambda c: leaves(c, 0, size(c))) == [each.leaf for each in durable]


def test_a_file_that_may_not_grow_is_told(tmp_path: Path) -> None:
    """The same without root: the system refuses to let any file grow past a limit."""
    with a_node(tmp_path) as node:
        node.append(300)
        before = resource.getrlimit(resource.RLIMIT_FSIZE)
        old = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, before[1]))
        try:
            with pytest.raises((LedgerUnavailable, LiaisonError)):
                node.publish()
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
            signal.signal(signal.SIGXFSZ, old)
        assert node.publish().checkpoint.size == 300
        assert verify_log(Folder(node.folder), KEY).size == 300


KINDS = [
    "checkpoint",
    "tile/entries/000",
    "tile/entries/001.p/44",
    "tile/0/000",
    "tile/0/001.p/44",
    "tile/1/000.p/1",
]


@pytest.fixture
def published(tmp_path: Path) -> Iterator[Node]:
    with a_node(tmp_path) as node:
        node.append(300)
        node.publish()
        yield node


@pytest.mark.parametrize("name", KINDS)
def test_a_flipped_bit_in_any_file_is_never_served(published: Node, name: str) -> None:
    place = published.folder / name
    whole = len(place.read_bytes()) * 8
    for bit in range(0, whole, max(1, whole // 60)):
        good = place.read_bytes()
        flip(place, bit)
        with pytest.raises(DAMAGES):
            Published.open(Folder(published.folder), KEYS).file(name)
        with pytest.raises(DAMAGES):
            verify_log(Folder(published.folder), KEY)
        place.write_bytes(good)
    assert Published.open(Folder(published.folder), KEYS).file(name) == place.read_bytes()


@pytest.mark.parametrize("name", ["checkpoint", "tile/0/001.p/44", "tile/1/000.p/1"])
def test_a_flipped_bit_at_the_right_edge_is_never_signed(published: Node, name: str) -> None:
    published.append(1)
    place = published.folder / name
    whole = len(place.read_bytes()) * 8
    for bit in range(0, whole, max(1, whole // 20)):
        flip(place, bit)
        with pytest.raises(LedgerDamaged):
            published.publish()
        head = published.store.read(lambda c: last_head(c, KEYS))
        assert head is not None
        assert head.checkpoint.size == 300
        flip(place, bit)
    assert published.publish().checkpoint.size == 301


def test_a_flipped_bit_in_a_leaf_of_the_database_is_never_signed(published: Node) -> None:
    published.append(1)
    (leaf,) = published.store.read(lambda c: leaves(c, 299, 300))
    for bit in range(0, 42 * 8, 41):
        changed = bytearray(leaf)
        changed[bit // 8] ^= 1 << bit % 8
        published.sql("UPDATE ledger_entries SET leaf = ? WHERE entry = 299", bytes(changed))
        with pytest.raises(LedgerDamaged):
            published.publish()
    published.sql("UPDATE ledger_entries SET leaf = ? WHERE entry = 299", leaf)
    assert published.publish().checkpoint.size == 301


def test_what_the_oracle_reads_is_what_the_publisher_wrote(tmp_path: Path) -> None:
    prepare(tmp_path / "node")
    assert start(tmp_path / "node", tmp_path / "oracle") == 0
    entries, heads = told(tmp_path / "oracle")
    assert (sorted(entries), [each for each, _ in heads]) == ([*range(254, 260)], [257, 260])
    assert require_whole(tmp_path / "node", tmp_path / "oracle") == 6
