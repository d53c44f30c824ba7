"""One function of a library for each of many places in memory: by the kernel in one call, or one by one from here.

Neither way reads or computes anything: what stands at the places, secrets among it, is the library's business alone.
One call for many leaves the interpreter to other threads for its whole length.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import TypeAlias

from liaison.kernel import lib
from liaison.kernel.once import once
from liaison.model.errors import KernelMissing

Function: TypeAlias = "ctypes._NamedFuncPointer"
Places = tuple[int, int]  # where the first stands, and how many bytes on the next: none, some, or some back
Each = Callable[..., int]


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


@once
def quickest() -> Each:
    """The kernel's way where the kernel is here."""
    try:
        lib()
    except (KernelMissing, OSError):  # it is not here, nor is there a folder for it
        return one_by_one
    return in_one_call
