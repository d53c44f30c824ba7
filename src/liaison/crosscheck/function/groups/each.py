"""One function of a library for each of many places in memory: by the kernel in one call, or one by one from here.

Neither way reads or computes anything: what stands at the places, secrets among it, is the library's business alone.
One call for many leaves the interpreter to other threads for its whole length, so that cores may share the work.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeAlias

from liaison.kernel import lib
from liaison.kernel.once import once
from liaison.model.errors import KernelMissing

Function: TypeAlias = "ctypes._NamedFuncPointer"
Places = tuple[int, int]  # where the first stands, and how many bytes on the next: none, some, or some back
Each = Callable[..., int]
CORES = min(4, os.cpu_count() or 1)  # asked once: a process with a key can open no file to find out
LEAST, PIECE = 64, 512  # calls that are worth another thread, and that one thread makes without looking up
_HELPERS = ThreadPoolExecutor(max(1, CORES - 1), "points")


def one_by_one(function: Function, count: int, *places: Places) -> int:
    """Call the function `count` times, with an address of each of the places: the readable twin of the kernel's.

    Returns the first time that it gave another value than 0, after which it is not called again; -1 where it gave none.
    """
    for time in range(count):
        if function(*(start + step * time for start, step in places)):
            return time
    return -1


def in_one_call(function: Function, count: int, *places: Places) -> int:
    """What `one_by_one` does, for a function of two or three places. Raises KernelMissing."""
    silent = function.restype is None
    kernel = lib()[f"lk_each_{'silent_' if silent else ''}{('two', 'three')[len(places) - 2]}"]
    kernel.restype = ctypes.c_int64
    given = [part for start, step in places for part in (ctypes.c_void_p(start), ctypes.c_int64(step))]
    found: int = kernel(ctypes.cast(function, ctypes.c_void_p), ctypes.c_int64(count), *given)
    return found


def side_by_side(function: Function, count: int, *places: Places) -> int:
    """What `in_one_call` does, where no call needs what another gave: in pieces, by as many cores as are free.

    Which thread makes which call says nothing of what stands there: pieces are cut by their number alone. Places after
    one that was refused may be called too. Raises KernelMissing.
    """
    size = max(LEAST, min(PIECE, -(-count // CORES)))
    pieces = deque(range(0, count, size))
    taken, refused, failed = len(pieces), list[int](), list[BaseException]()
    done = threading.Semaphore(0)

    def work() -> None:
        while True:
            try:
                first = pieces.popleft()
            except IndexError:
                return
            try:
                there = [(start + step * first, step) for start, step in places]
                found = in_one_call(function, min(size, count - first), *there)
                if found >= 0:
                    refused.append(first + found)
            except BaseException as error:
                failed.append(error)
            finally:
                done.release()

    helpers = _begun(work, min(CORES, taken) - 1)
    work()
    for helper in helpers:
        helper.cancel()
    for _ in range(taken):  # what the others write to is the caller's: every piece is waited for
        done.acquire()
    if failed:
        raise failed[0]
    return min(refused, default=-1)


def _begun(work: Callable[[], None], helpers: int) -> list[Future[None]]:
    """The same work begun by so many other threads; by fewer where the system gives no more of them."""
    found: list[Future[None]] = []
    with contextlib.suppress(RuntimeError):
        for _ in range(helpers):
            found.append(_HELPERS.submit(work))
    return found


@once
def quickest() -> Each:
    """The kernel's way where the kernel is here."""
    try:
        lib()
    except (KernelMissing, OSError):  # it is not here, nor is there a folder for it
        return one_by_one
    return in_one_call
