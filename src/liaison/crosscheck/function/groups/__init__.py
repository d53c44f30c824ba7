"""The group that the cross-check computes in, ristretto255 (RFC 9496), behind one interface.

Points and scalars are 32 bytes as RFC 9496 and RFC 9497 write them; many stand one after another without a mark
between. Two backends give the same bytes: the system's libsodium, and the one that the wheel `rbcl` carries. Both
multiply in constant time (docs/crosscheck.md). The project's own kernel computes sums of public points alone.
"""

from __future__ import annotations

from functools import partial
from typing import Protocol

from liaison.crosscheck.function.groups.libraries import BACKENDS, load
from liaison.crosscheck.function.groups.sodium import Sodium
from liaison.kernel.once import once
from liaison.model.errors import BadSetting, GroupMissing

POINT = SCALAR = 32  # bytes
ORDER = 2**252 + 27742317777372353535851937790883648493  # of the group: scalars are below it


class Group(Protocol):
    """What the protocol needs of a group of prime order, many at once."""

    name: str

    @property
    def sums_quickly(self) -> bool:
        """Whether `weighted_sum` takes a fraction of the time that as many multiplications do."""
        ...

    def require_points(self, points: bytes) -> None:
        """Raises BadPoint unless each is the canonical encoding of a point other than the identity."""
        ...

    def from_uniform(self, uniform: bytes) -> bytes:
        """The points that uniform bytes are mapped to (RFC 9496 section 4.3.4): bytes[64 * n] -> bytes[32 * n]."""
        ...

    def multiply(self, points: bytes, scalars: bytes | bytearray) -> bytes:
        """Each point times its own scalar: bytes[32 * n] twice -> bytes[32 * n]. Raises BadPoint."""
        ...

    def multiply_all(self, points: bytes, scalar: bytes | bytearray) -> bytes:
        """Each point times one scalar: bytes[32 * n], bytes[32] -> bytes[32 * n]. Raises BadPoint."""
        ...

    def multiply_base(self, scalar: bytes | bytearray) -> bytes:
        """The generator times a scalar. Raises BadPoint for the scalar zero."""
        ...

    def add(self, left: bytes, right: bytes) -> bytes:
        """The sum of two points. Raises BadPoint."""
        ...

    def weighted_sum(self, points: bytes, scalars: bytes) -> bytes:
        """The sum of points, each times its scalar: bytes[32 * n] twice -> bytes[32]. Raises BadPoint.

        For PUBLIC points and scalars alone: its time depends on both.
        """
        ...

    def reduce(self, wide: bytes | bytearray) -> bytes:
        """Little-endian numbers of 64 bytes as scalars: bytes[64 * n] -> bytes[32 * n]."""
        ...

    def product(self, left: bytes | bytearray, right: bytes | bytearray) -> bytes:
        """One scalar times another."""
        ...

    def difference(self, left: bytes | bytearray, right: bytes | bytearray) -> bytes:
        """One scalar less another."""
        ...

    def inverses(self, scalars: bytes | bytearray) -> bytes:
        """The inverse of each scalar: bytes[32 * n] -> bytes[32 * n]. Raises ValueError where one is zero."""
        ...


def _named(name: str) -> Group:
    return Sodium(name, load(name))


NAMED = {name: once(partial(_named, name)) for name in BACKENDS}


def first() -> Group:
    """The first backend that is here. Raises GroupMissing."""
    for named in NAMED.values():
        try:
            return named()
        except GroupMissing:
            continue
    raise GroupMissing("neither the system's libsodium (1.0.18 or later) nor the wheel rbcl can be loaded")


def choose(name: str = "") -> Group:
    """The backend of this name, or the first of libsodium and wheel that is here.

    Each is held against a vector of RFC 9497 when it is loaded. Raises BadSetting for another name, GroupMissing.
    """
    if not name:
        return first()
    if name not in NAMED:
        raise BadSetting(
            f"there is no backend {name!r} of the cross-check", hint=f"say {' or '.join(BACKENDS)}"
        )
    return NAMED[name]()


__all__ = ["ORDER", "POINT", "SCALAR", "Group", "choose", "first"]
