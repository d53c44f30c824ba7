"""The sum of many PUBLIC points, each times a public number, by the project's own kernel.

Time and memory addresses depend on what is summed, so no secret may come here: neither a key nor a blind, nor anything
that is computed with one and not published. The one use is the check and the making of a proof over points that both
sides know, under weights that both sides hash from them (`voprf.verify`, `voprf.prove`; docs/decisions/0047).
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable

import numpy as np

from liaison.kernel import address, lib
from liaison.model.errors import KernelMissing

SIZE = 32  # bytes of a point and of a scalar
USUAL = 1 << 60  # scalars whose highest 64 bits are below this are below the group's order
Sum = Callable[[bytes, bytes], bytes | None]


def public_sum(points: bytes, scalars: bytes) -> bytes | None:
    """bytes[32 * n], bytes[32 * n] -> bytes[32], encoded; None where an encoding is no point or memory is short.

    A scalar is any number of 256 bits. Raises KernelMissing; TypeError for bytearrays, in which secrets are kept.
    """
    if type(points) is not bytes or type(scalars) is not bytes:
        raise TypeError("what is summed here is public, and bytes")
    if len(points) != len(scalars) or len(points) % SIZE:
        raise ValueError(f"there must be one scalar for each point, of {SIZE} bytes")
    sum_of = lib().lk_public_sum
    sum_of.restype = ctypes.c_int64
    given, factors = np.frombuffer(points, np.uint8), np.frombuffer(scalars, np.uint8)
    found = np.empty(SIZE, np.uint8)
    refused = sum_of(address(given), address(factors), ctypes.c_int64(len(points) // SIZE), address(found))
    return found.tobytes() if refused == -1 else None


def usual(points: bytes, scalars: bytes) -> bool:
    """Whether no point is the identity, and no scalar is zero or near the group's order or above it."""
    given, factors = (np.frombuffer(each, "<u8").reshape(-1, SIZE // 8) for each in (points, scalars))
    return bool(given.any(1).all() and factors.any(1).all() and (factors[:, 3] < USUAL).all())


def agreeing(points: bytes, scalars: bytes, expected: bytes) -> Sum | None:
    """`public_sum`, where the kernel is here and comes to what is expected of a trial."""
    try:
        return public_sum if public_sum(points, scalars) == expected else None
    except (KernelMissing, OSError):  # it is not here, nor is there a folder for it
        return None
