"""Sorted numbers in little space: the low bits of each, and the high bits in unary (Elias 1974, Fano 1971).

A list of n distinct numbers below 2**width takes n * (2 + low) bits at most. There is one way to write a list, and all
else is refused. Numbers are uint64; nothing is read beyond the bytes given, and nothing larger than they allow is made.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from liaison.model.errors import DamagedSet

HEADER = 5  # bytes: the count in four, the width in one
LARGEST_COUNT = 2**22  # numbers in one list
WIDEST = 64  # bits of a number
Numbers = NDArray[np.uint64]


def low_bits(count: int, width: int) -> int:
    """The bits of each number that are written as they are: as many as leave one or two high values for a number."""
    return max(0, width - max(0, (count - 1).bit_length())) if count else width


def encode(numbers: Numbers, width: int) -> bytes:
    """numbers: uint64[n], rising and below 2**width -> the list as bytes."""
    count, low = len(numbers), low_bits(len(numbers), width)
    unary = np.zeros(_unary_bits(count, width, low), np.uint8)
    unary[_shifted(numbers, low).astype(np.int64) + np.arange(count)] = 1
    header = count.to_bytes(4, "big") + bytes([width])
    return header + _packed(numbers, low) + np.packbits(unary).tobytes()


def decode(given: bytes) -> tuple[Numbers, int]:
    """The numbers, uint64[n], rising, and their width. Raises DamagedSet for what `encode` does not write."""
    count, width = int.from_bytes(given[:4], "big"), given[4] if len(given) >= HEADER else 0
    if len(given) < HEADER or count > LARGEST_COUNT or not 0 < width <= WIDEST:
        raise DamagedSet("a list of tokens has no header that can be read")
    low = low_bits(count, width)
    middle, bits = HEADER + -(-count * low // 8), _unary_bits(count, width, low)
    if len(given) != middle + -(-bits // 8):
        raise DamagedSet(f"a list of {count} tokens of {width} bits is not {len(given)} bytes long")
    unary = np.unpackbits(np.frombuffer(given, np.uint8, offset=middle))
    places = np.flatnonzero(unary)
    if len(places) != count or (count and places[-1] >= bits):
        raise DamagedSet("a list of tokens holds another number of them than it says")
    high = (places - np.arange(count)).astype(np.uint64)
    numbers = _raised(high, low) | _unpacked(given[HEADER:middle], count, low)
    if not np.all(numbers[1:] > numbers[:-1]):
        raise DamagedSet("a list of tokens is not in order")
    return numbers, width


def length(count: int, width: int) -> int:
    """The bytes that a list of so many numbers takes."""
    low = low_bits(count, width)
    return HEADER + -(-count * low // 8) + -(-_unary_bits(count, width, low) // 8)


def _unary_bits(count: int, width: int, low: int) -> int:
    return count + (1 << width - low)


def _shifted(numbers: Numbers, low: int) -> Numbers:
    return numbers >> np.uint64(low) if low < WIDEST else np.zeros_like(numbers)


def _raised(high: Numbers, low: int) -> Numbers:
    return high << np.uint64(low) if low < WIDEST else np.zeros_like(high)


def _packed(numbers: Numbers, low: int) -> bytes:
    bits = np.unpackbits(numbers.astype(">u8").view(np.uint8)).reshape(-1, WIDEST)
    return np.packbits(bits[:, WIDEST - low :]).tobytes()


def _unpacked(given: bytes, count: int, low: int) -> Numbers:
    flat, bits = np.unpackbits(np.frombuffer(given, np.uint8)), np.zeros((count, WIDEST), np.uint8)
    if flat[count * low :].any():
        raise DamagedSet("a list of tokens holds more bits than it says")
    bits[:, WIDEST - low :] = flat[: count * low].reshape(count, low)
    return np.packbits(bits).view(">u8").astype(np.uint64)
