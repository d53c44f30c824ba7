"""ristretto255 as libsodium computes it, many points in a call.

Multiplication, mapping and the arithmetic of scalars are libsodium's own, in constant time; nothing is computed here.
ctypes lets go of the GIL during each call.
"""

from __future__ import annotations

import ctypes
from typing import Final

import numpy as np
from numpy.typing import NDArray

from liaison.model.errors import BadPoint, GroupMissing

SIZE = 32  # bytes of a point and of a scalar
ONE: Final = (1).to_bytes(SIZE, "little")
IDENTITY: Final = bytes(SIZE)
Octets = NDArray[np.uint8]

# RFC 9497 appendix A.1.2.1: the secret key and its public key.
KNOWN_SCALAR = bytes.fromhex("e6f73f344b79b379f1a0dd37e07ff62e38d9f71345ce62ae3a9bc60b04ccd909")
KNOWN_POINT = bytes.fromhex("c803e2cc6b05fc15064549b5920659ca4a77b2cca6f04f6b357009335476ad4e")


def _octets(given: bytes | bytearray, width: int = SIZE) -> Octets:
    """A view of what is given. Raises ValueError unless it is a whole number of `width` bytes."""
    if len(given) % width:
        raise ValueError(f"{len(given)} bytes are not a whole number of {width}")
    return np.frombuffer(given, np.uint8)


class Sodium:
    """The group as one loaded libsodium computes it."""

    def __init__(self, name: str, library: ctypes.CDLL) -> None:
        self.name = name
        if library.sodium_init() < 0:
            raise GroupMissing("libsodium could not be initialised")
        self._library = library
        core = "crypto_core_ristretto255_"
        self._multiply = self._function("crypto_scalarmult_ristretto255", 3)
        self._base = self._function("crypto_scalarmult_ristretto255_base", 2)
        self._from_hash = self._function(core + "from_hash", 2)
        self._valid = self._function(core + "is_valid_point", 1)
        self._add = self._function(core + "add", 3)
        self._reduce = self._function(core + "scalar_reduce", 2)
        self._product = self._function(core + "scalar_mul", 3)
        self._difference = self._function(core + "scalar_sub", 3)
        self._invert = self._function(core + "scalar_invert", 2)
        if self.multiply_base(KNOWN_SCALAR) != KNOWN_POINT:
            raise GroupMissing(f"the libsodium of {name} does not compute as RFC 9497 says")

    def _function(self, name: str, arguments: int) -> ctypes._NamedFuncPointer:
        function = getattr(self._library, name)
        function.argtypes, function.restype = [ctypes.c_void_p] * arguments, ctypes.c_int
        return function  # type: ignore[no-any-return]

    def require_points(self, points: bytes) -> None:
        """Raises BadPoint unless each is the canonical encoding of a point other than the identity."""
        if len(points) % SIZE:
            raise BadPoint(f"{len(points)} bytes are not a whole number of points of {SIZE}")
        given = _octets(points)
        start, valid = given.ctypes.data, self._valid
        for place in range(0, len(points), SIZE):
            if points[place : place + SIZE] == IDENTITY or valid(start + place) != 1:
                raise _refused(place)

    def from_uniform(self, uniform: bytes) -> bytes:
        """The points that uniform bytes are mapped to: bytes[64 * n] -> bytes[32 * n]."""
        given = _octets(uniform, 2 * SIZE)
        found = np.empty(len(uniform) // 2, np.uint8)
        start, out, map_one = given.ctypes.data, found.ctypes.data, self._from_hash
        for place in range(0, len(found), SIZE):
            map_one(out + place, start + 2 * place)
        return found.tobytes()

    def multiply(self, points: bytes, scalars: bytes | bytearray) -> bytes:
        """Each point times its own scalar: bytes[32 * n] twice -> bytes[32 * n]. Raises BadPoint."""
        if len(points) != len(scalars):
            raise ValueError("there must be one scalar for each point")
        return self._multiplied(points, scalars, SIZE)

    def multiply_all(self, points: bytes, scalar: bytes | bytearray) -> bytes:
        """Each point times one scalar: bytes[32 * n], bytes[32] -> bytes[32 * n]. Raises BadPoint."""
        if len(scalar) != SIZE:
            raise ValueError(f"a scalar has {SIZE} bytes")
        return self._multiplied(points, scalar, 0)

    def _multiplied(self, points: bytes, scalars: bytes | bytearray, step: int) -> bytes:
        if len(points) % SIZE:
            raise BadPoint(f"{len(points)} bytes are not a whole number of points of {SIZE}")
        given, factors, found = _octets(points), _octets(scalars), np.empty(len(points), np.uint8)
        start, factor, out, multiply = (
            given.ctypes.data,
            factors.ctypes.data,
            found.ctypes.data,
            self._multiply,
        )
        for place in range(0, len(points), SIZE):
            if multiply(out + place, factor, start + place):
                raise _refused(place)
            factor += step
        return found.tobytes()

    def multiply_base(self, scalar: bytes | bytearray) -> bytes:
        """The generator times a scalar. Raises BadPoint for the scalar zero."""
        factor, found = _octets(scalar), np.empty(SIZE, np.uint8)
        if self._base(found.ctypes.data, factor.ctypes.data):
            raise BadPoint("a key of zero has no public key")
        return found.tobytes()

    def add(self, left: bytes, right: bytes) -> bytes:
        """The sum of two points. Raises BadPoint."""
        if not len(left) == len(right) == SIZE:
            raise ValueError(f"a point has {SIZE} bytes")
        one, other, found = _octets(left), _octets(right), np.empty(SIZE, np.uint8)
        if self._add(found.ctypes.data, one.ctypes.data, other.ctypes.data):
            raise _refused(0)
        return found.tobytes()

    def weighted_sum(self, points: bytes, scalars: bytes) -> bytes:
        """The sum of points, each times its scalar: bytes[32 * n] twice -> bytes[32]. Raises BadPoint.

        libsodium has no sum of many in one call; this is n multiplications and n additions.
        """
        parts = _octets(self.multiply(points, scalars))
        total = np.zeros(SIZE, np.uint8)
        part, out, add = parts.ctypes.data, total.ctypes.data, self._add
        for place in range(0, len(points), SIZE):
            if add(out, out, part + place):
                raise _refused(place)
        return total.tobytes()

    def reduce(self, wide: bytes | bytearray) -> bytes:
        """Little-endian numbers of 64 bytes as scalars: bytes[64 * n] -> bytes[32 * n]."""
        given, found = _octets(wide, 2 * SIZE), np.empty(len(wide) // 2, np.uint8)
        start, out, reduce = given.ctypes.data, found.ctypes.data, self._reduce
        for place in range(0, len(found), SIZE):
            reduce(out + place, start + 2 * place)
        return found.tobytes()

    def product(self, left: bytes | bytearray, right: bytes | bytearray) -> bytes:
        """One scalar times another."""
        return self._pair(self._product, left, right)

    def difference(self, left: bytes | bytearray, right: bytes | bytearray) -> bytes:
        """One scalar less another."""
        return self._pair(self._difference, left, right)

    def _pair(
        self, function: ctypes._NamedFuncPointer, left: bytes | bytearray, right: bytes | bytearray
    ) -> bytes:
        if not len(left) == len(right) == SIZE:
            raise ValueError(f"a scalar has {SIZE} bytes")
        one, other, found = _octets(left), _octets(right), np.empty(SIZE, np.uint8)
        function(found.ctypes.data, one.ctypes.data, other.ctypes.data)
        return found.tobytes()

    def inverses(self, scalars: bytes | bytearray) -> bytes:
        """The inverse of each scalar: bytes[32 * n] -> bytes[32 * n]. Raises ValueError where one is zero.

        One inversion and three products for each (Montgomery), all of libsodium and in constant time.
        """
        given = _octets(scalars)
        before = np.empty(len(scalars) + SIZE, np.uint8)  # before[i]: the product of the first i
        before[:SIZE] = np.frombuffer(ONE, np.uint8)
        start, running, product = given.ctypes.data, before.ctypes.data, self._product
        for place in range(0, len(scalars), SIZE):
            product(running + place + SIZE, running + place, start + place)
        rest, found = np.empty(SIZE, np.uint8), np.empty(len(scalars), np.uint8)
        left, out = rest.ctypes.data, found.ctypes.data
        if self._invert(left, running + len(scalars)):
            raise ValueError("zero has no inverse")
        for place in range(len(scalars) - SIZE, -1, -SIZE):
            product(out + place, left, running + place)
            product(left, left, start + place)
        before[:] = 0
        return found.tobytes()


def _refused(place: int) -> BadPoint:
    number = place // SIZE + 1
    return BadPoint(f"point {number} is not one of the group that can be used", row=number, field="points")
