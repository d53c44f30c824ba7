"""Writing the log's files: whole or not at all, durable before the next one, and read back from the disk."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from liaison.model.errors import LedgerUnavailable

MODE = 0o644  # partners mirror these files; nothing in them is secret


class Disk:
    """The few operations by which files become durable. Tests put faults between them."""

    def write(self, file: int, content: bytes) -> int:
        """Write to an open file; how many bytes went in."""
        return os.write(file, content)

    def sync(self, file: int) -> None:
        """Make an open file or folder durable."""
        os.fsync(file)

    def replace(self, old: Path, new: Path) -> None:
        """Put a file in the place of another."""
        os.replace(old, new)


def put(disk: Disk, path: Path, content: bytes) -> None:
    """Make `content` the file at `path`: after a crash it is the old file or the whole new one. Raises OSError."""
    _make_folders(disk, path.parent)
    fresh = path.with_name(f".{path.name}.new")
    file = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, MODE)
    try:
        rest = memoryview(content)
        while rest:
            rest = rest[disk.write(file, bytes(rest)) :]
        disk.sync(file)
        _forget(file)
    finally:
        os.close(file)
    disk.replace(fresh, path)
    _sync_folder(disk, path.parent)


def clear(path: Path) -> None:
    """Remove the folder of partial tiles that a full one has replaced; one that stays does no harm."""
    shutil.rmtree(path, ignore_errors=True)


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Nobody else publishes into this folder meanwhile. Raises LedgerUnavailable where somebody does."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("wb") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise LedgerUnavailable("another process publishes this log") from error
        yield


def _make_folders(disk: Disk, folder: Path) -> None:
    if not folder.is_dir():
        _make_folders(disk, folder.parent)
        with suppress(FileExistsError):
            folder.mkdir()
        _sync_folder(disk, folder.parent)


def _sync_folder(disk: Disk, folder: Path) -> None:
    file = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        disk.sync(file)
    finally:
        os.close(file)


def _forget(file: int) -> None:
    """Let the system drop its copy, so that the next read is of the disk."""
    if hasattr(os, "posix_fadvise"):
        os.posix_fadvise(file, 0, 0, os.POSIX_FADV_DONTNEED)
