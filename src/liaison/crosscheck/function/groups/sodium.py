"""ristretto255 as libsodium computes it, many points in a call.

Multiplication, mapping and the arithmetic of scalars are libsodium's own, in constant time; nothing is computed here
but the sum of public points (`public`). ctypes lets go of the GIL during each call.
"""

from __future__ import annotations

import ctypes
from typing import Final

import numpy as np
from numpy.typing import NDArray

from liaison.crosscheck.function.groups.each import (
    Function,
    Places,
    in_one_call,
    quickest,
    side_by_side,
)
from liaison.crosscheck.function.groups.public import agreeing, usual
from liaison.model.errors import BadPoint, GroupMissing

SIZE = 32  # bytes of a point and of a scalar
ONE: Final = (1).to_bytes(SIZE, "little")
IDENTITY: Final = bytes(SIZE)
Octets = NDArray[np.uint8]

# RFC 9497 appendix A.1.2.1: the secret key and its public key.
KNOWN_SCALAR = bytes.fromhex("e6f73f344b79b379f1a0dd37e07ff62e38d9f71345ce62ae3a9bc60b04ccd909")
KNOWN_POINT = bytes.fromhex("c803e2cc6b05fc15064549b5920659ca4a77b2cca6f04f6b357009335476ad4e")
TRIAL = bytes(range(128)) * 6  # mapped to twelve points that a sum is tried on


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
        self._library, self._calls = library, quickest()
        self._apart = side_by_side if self._calls is in_one_call else self._calls  # calls that need no other
        core = "crypto_core_ristretto255_"
        self._multiply = self._function("crypto_scalarmult_ristretto255", 3)
        self._base = self._function("crypto_scalarmult_ristretto255_base", 2)
        self._from_hash = self._function(core + "from_hash", 2)
        self._valid = self._function(core + "is_valid_point", 1)
        self._add = self._function(core + "add", 3)
        self._reduce = self._function(core + "scalar_reduce", 2, None)
        self._product = self._function(core + "scalar_mul", 3, None)
        self._difference = self._function(core + "scalar_sub", 3, None)
        self._invert = self._function(core + "scalar_invert", 2)
        if self.multiply_base(KNOWN_SCALAR) != KNOWN_POINT:
            raise GroupMissing(f"the libsodium of {name} does not compute as RFC 9497 says")
        points, scalars = self.from_uniform(TRIAL), self.reduce(TRIAL[::-1])
        self._public_sum = agreeing(points, scalars, self._summed(points, scalars))

    @property
    def sums_quickly(self) -> bool:
        """Whether `weighted_sum` takes a fraction of the time that as many multiplications do."""
        return self._public_sum is not None

    def _function(
        self, name: str, arguments: int, gives: type[ctypes.c_int] | None = ctypes.c_int
    ) -> Function:
        function = getattr(self._library, name)
        function.argtypes, function.restype = [ctypes.c_void_p] * arguments, gives
        return function  # type: ignore[no-any-return]

    def require_points(self, points: bytes) -> None:
        """Raises BadPoint unless each is the canonical encoding of a point other than the identity."""
        if len(points) % SIZE:
            raise BadPoint(f"{len(points)} bytes are not a whole number of points of {SIZE}")
        given = _octets(points)
        start, valid, written = given.ctypes.data, self._valid, _written(given)
        for number in range(len(points) // SIZE):
            place = number * SIZE
            if number == written or points[place : place + SIZE] == IDENTITY or valid(start + place) != 1:
                raise _refused(number)

    def from_uniform(self, uniform: bytes) -> bytes:
        """The points that uniform bytes are mapped to: bytes[64 * n] -> bytes[32 * n]."""
        return self._halved(self._from_hash, uniform)

    def _halved(self, function: Function, wide: bytes | bytearray) -> bytes:
        given, found = _octets(wide, 2 * SIZE), np.empty(len(wide) // 2, np.uint8)
        self._apart(function, len(found) // SIZE, _each(found), _each(given, 2 * SIZE))
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
        places, written = (_each(found), _each(factors, step), _each(given)), _written(given)
        refused = self._apart(self._multiply, written, *places)
        if refused >= 0 or written < len(points) // SIZE:
            raise _refused(refused if refused >= 0 else written)
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
        refused = self._add(found.ctypes.data, one.ctypes.data, other.ctypes.data)
        if refused or not _written(one) or not _written(other):
            raise _refused(0)
        return found.tobytes()

    def weighted_sum(self, points: bytes, scalars: bytes) -> bytes:
        """The sum of points, each times its scalar: bytes[32 * n] twice -> bytes[32]. Raises BadPoint.

        For public points and scalars alone. Whatever the kernel's sum does not take is left to libsodium, which refuses
        it or not, so that the answers are its own.
        """
        total = None
        if (
            self._public_sum
            and len(points) == len(scalars)
            and not len(points) % SIZE
            and usual(points, scalars)
        ):
            total = self._public_sum(points, scalars)
        return self._summed(points, scalars) if total is None else total

    def _summed(self, points: bytes, scalars: bytes) -> bytes:
        """The same by libsodium, which has no sum of many: n multiplications and n additions."""
        parts, total = _octets(self.multiply(points, scalars)), np.zeros(SIZE, np.uint8)
        refused = self._calls(self._add, len(parts) // SIZE, _each(total, 0), _each(total, 0), _each(parts))
        if refused >= 0:
            raise _refused(refused)
        return total.tobytes()

    def reduce(self, wide: bytes | bytearray) -> bytes:
        """Little-endian numbers of 64 bytes as scalars: bytes[64 * n] -> bytes[32 * n]."""
        return self._halved(self._reduce, wide)

    def product(self, left: bytes | bytearray, right: bytes | bytearray) -> bytes:
        """One scalar times another."""
        return self._pair(self._product, left, right)

    def difference(self, left: bytes | bytearray, right: bytes | bytearray) -> bytes:
        """One scalar less another."""
        return self._pair(self._difference, left, right)

    def _pair(self, function: Function, left: bytes | bytearray, right: bytes | bytearray) -> bytes:
        if not len(left) == len(right) == SIZE:
            raise ValueError(f"a scalar has {SIZE} bytes")
        one, other, found = _octets(left), _octets(right), np.empty(SIZE, np.uint8)
        function(found.ctypes.data, one.ctypes.data, other.ctypes.data)
        return found.tobytes()

    def inverses(self, scalars: bytes | bytearray) -> bytes:
        """The inverse of each scalar: bytes[32 * n] -> bytes[32 * n]. Raises ValueError where one is zero.

        One inversion and three products for each (Montgomery), all of libsodium and in constant time.
        """
        given, count, each = _octets(scalars), len(scalars) // SIZE, self._calls
        before, after = np.zeros((2, len(scalars) + SIZE), np.uint8)  # before[i]: the product of the first i
        before[:SIZE] = np.frombuffer(ONE, np.uint8)
        each(self._product, count, _each(before, place=1), _each(before), _each(given))
        if self._invert(after.ctypes.data + len(scalars), before.ctypes.data + len(scalars)):
            raise ValueError("zero has no inverse")
        # after[i]: the inverse of before[i]; that of a scalar is the one after it times the product before it
        last = count - 1
        each(
            self._product,
            count,
            _each(after, -SIZE, last),
            _each(after, -SIZE, count),
            _each(given, -SIZE, last),
        )
        found = np.empty(len(scalars), np.uint8)
        each(self._product, count, _each(found), _each(after, place=1), _each(before))
        before[:] = after[:] = 0
        return found.tobytes()


def _each(octets: Octets, step: int = SIZE, place: int = 0) -> Places:
    """The places in an array from the given one on. The array must be held for as long as they are used."""
    return octets.ctypes.data + place * SIZE, step


def _written(given: Octets) -> int:
    """How many points stand before the first whose top bit is set.

    No point is written so (RFC 9496 section 4.3.1), but libsodium 1.0.18 does not look at that bit.
    """
    found = np.flatnonzero(given[SIZE - 1 :: SIZE] & 0x80)
    return int(found[0]) if len(found) else len(given) // SIZE


def _refused(place: int) -> BadPoint:
    return BadPoint(
        f"point {place + 1} is not one of the group that can be used", row=place + 1, field="points"
    )
