"""Functions that the tests of bulk work send to workers, which import them by name."""

from __future__ import annotations

import os
import signal
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from liaison.model.errors import BadInput


def opened(path: Path) -> NDArray[np.uint8]:
    """The file as an array mapped into memory; notes beside it which process opened it."""
    with (path.parent / "opened").open("a") as notes:
        notes.write(f"{os.getpid()}\n")
    return np.memmap(path, np.uint8, "r")


def mapped(path: Path) -> NDArray[np.uint8]:
    """The file as an array mapped into memory."""
    return np.memmap(path, np.uint8, "r")


def sums(shared: NDArray[np.uint8], chunk: NDArray[np.int64]) -> dict[str, Any]:
    """A result with an array, text and a number; the chunk's array is written to, as it may be."""
    chunk += 0
    return {
        "sums": np.cumsum(shared[chunk].astype(np.int64)),
        "name": f"chunk {chunk[0]}",
        "least": int(chunk.min()),
    }


def slow_first(shared: NDArray[np.uint8], chunk: int) -> int:
    """The chunk itself, the first ones last."""
    time.sleep(0.2 if chunk == 0 else 0.0)
    return chunk


def who(shared: NDArray[np.uint8], chunk: int) -> int:
    """The worker's process."""
    time.sleep(0.05)
    return os.getpid()


def killed_once(shared: NDArray[np.uint8], chunk: tuple[str, int]) -> int:
    """Half-way through each third chunk the worker is killed, the first time it has it."""
    folder, number = chunk
    note = Path(folder) / f"tried-{number}"
    first = not note.exists()
    with note.open("a") as notes:
        notes.write(f"{os.getpid()}\n")
    if first and number % 3 == 1:
        os.kill(os.getpid(), signal.SIGKILL)
        time.sleep(60)
    return number * int(shared[number])


def killed_always(shared: NDArray[np.uint8], chunk: tuple[str, int]) -> int:
    """A chunk that no worker survives."""
    folder, number = chunk
    with (Path(folder) / f"tried-{number}").open("a") as notes:
        notes.write(f"{os.getpid()}\n")
    if number == 2:
        os.kill(os.getpid(), signal.SIGKILL)
        time.sleep(60)
    return number


def ends(shared: NDArray[np.uint8], chunk: int) -> int:
    """A worker that ends by itself."""
    os._exit(7)


def refuses(shared: NDArray[np.uint8], chunk: int) -> int:
    """An error that a person can correct."""
    if chunk == 2:
        raise BadInput("no such day", file="a.csv", row=chunk, field="dob", hint="write it again")
    return chunk


def unsendable(shared: NDArray[np.uint8], chunk: int) -> object:
    """A result that cannot be pickled."""
    return threading.Lock()


def noted(shared: NDArray[np.uint8], chunk: tuple[str, float]) -> int:
    """Notes that it has begun, then takes its time."""
    folder, seconds = chunk
    with (Path(folder) / "begun").open("a") as notes:
        notes.write(f"{os.getpid()}\n")
    time.sleep(seconds)
    return 1
