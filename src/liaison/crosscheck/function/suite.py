"""The suite ristretto255-SHA512 of RFC 9497 section 4.1, and the expansion of RFC 9380 section 5.3.1 under it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property
from hashlib import sha512

from liaison.crosscheck.function.groups import Group, choose
from liaison.kernel.once import once

HASH, BLOCK = 64, 128  # bytes of SHA-512, and of what it takes in at a time
LONGEST_DST = 255  # bytes
LONGEST_INPUT = 2**16 - 1  # bytes of an input, as its length is written
Expander = Callable[[bytes], bytes]


class Mode(IntEnum):
    """What kind of oblivious function; the byte that RFC 9497 section 3.1 gives it."""

    OPRF = 0  # without a proof
    VOPRF = 1  # with a proof that the published key was used


def expand_message_xmd(message: bytes, dst: bytes, length: int) -> bytes:
    """`length` uniform bytes from a message, for one purpose (RFC 9380 section 5.3.1, with SHA-512).

    Raises ValueError for more than 255 blocks of 64 bytes.
    """
    blocks = -(-length // HASH)
    if not 0 <= length <= 65535 or blocks > 255:
        raise ValueError(f"{length} bytes cannot be had from one message")
    suffix = _suffix(dst)
    first = sha512(bytes(BLOCK) + message + length.to_bytes(2, "big") + b"\0" + suffix).digest()
    block, parts = bytes(HASH), []
    for number in range(1, blocks + 1):
        mixed = bytes(a ^ b for a, b in zip(first, block, strict=True))
        block = sha512(mixed + bytes([number]) + suffix).digest()
        parts.append(block)
    return b"".join(parts)[:length]


def _suffix(dst: bytes) -> bytes:
    if len(dst) > LONGEST_DST:
        dst = sha512(b"H2C-OVERSIZE-DST-" + dst).digest()
    return dst + bytes([len(dst)])


def expander(dst: bytes) -> Expander:
    """expand_message_xmd for one purpose and 64 bytes, with the block of zeros hashed beforehand."""
    start, suffix = sha512(bytes(BLOCK)), _suffix(dst)
    middle, end = HASH.to_bytes(2, "big") + b"\0" + suffix, b"\x01" + suffix

    def expand(message: bytes) -> bytes:
        state = start.copy()
        state.update(message + middle)
        return sha512(state.digest() + end).digest()

    return expand


def lengthened(given: bytes) -> bytes:
    """The bytes with their length before them, in two bytes. Raises ValueError for more than 65,535."""
    if len(given) > LONGEST_INPUT:
        raise ValueError(f"{len(given)} bytes are more than {LONGEST_INPUT}")
    return len(given).to_bytes(2, "big") + given


@dataclass(frozen=True)
class Suite:
    """A group and a mode, with the hashes that both fix."""

    group: Group
    mode: Mode = Mode.VOPRF

    @cached_property
    def context(self) -> bytes:
        """What keeps the hashes of this suite apart from all others (RFC 9497 section 3.1)."""
        return b"OPRFV1-" + bytes([self.mode]) + b"-ristretto255-SHA512"

    @cached_property
    def _to_group(self) -> Expander:
        return expander(b"HashToGroup-" + self.context)

    @cached_property
    def _to_scalar(self) -> Expander:
        return expander(b"HashToScalar-" + self.context)

    def points(self, inputs: Iterable[bytes]) -> bytes:
        """HashToGroup of each input: bytes[32 * n]."""
        return self.group.from_uniform(b"".join(map(self._to_group, inputs)))

    def scalars(self, inputs: Iterable[bytes]) -> bytes:
        """HashToScalar of each input: bytes[32 * n]."""
        return self.group.reduce(b"".join(map(self._to_scalar, inputs)))

    def scalar(self, given: bytes, dst: bytes = b"") -> bytes:
        """HashToScalar of one input, for the purpose `dst` where one is named."""
        expand = expander(dst + self.context) if dst else self._to_scalar
        return self.group.reduce(expand(given))


@once
def standard() -> Suite:
    """VOPRF with the first backend that is here. Raises GroupMissing."""
    return Suite(choose())
