"""The compiled kernel: C files without state, called through ctypes, which lets go of the GIL during a call.

`lib()` is the loaded library. Every function in it has a readable Python twin that the tests hold it against.
"""

from __future__ import annotations

import ctypes

import numpy as np
from numpy.typing import NDArray

from liaison.kernel.once import once
from liaison.model.errors import KernelMissing


@once
def lib() -> ctypes.CDLL:
    """The kernel, built on first use where a compiler is at hand. Raises KernelMissing."""
    from liaison.kernel.build import library_path

    path = library_path()
    try:
        return ctypes.CDLL(str(path))
    except OSError as error:
        raise KernelMissing(f"{path.name} cannot be loaded: {error}") from error


class Address(ctypes.c_void_p):
    """Where an array's values stand. It holds the array, so that one made for a call alone lasts until its end."""

    array: NDArray[np.generic]


def address(array: NDArray[np.generic]) -> Address:
    """Where a C-contiguous array's values stand, as an argument for the kernel.

    A structure takes the number and not the array: what it points to is kept beside it. Raises ValueError for an array
    whose values do not stand one after another.
    """
    if not array.flags.c_contiguous:
        raise ValueError("the kernel takes C-contiguous arrays alone")
    held = Address(array.ctypes.data)
    held.array = array
    return held


__all__ = ["address", "lib"]
