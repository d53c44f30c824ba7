"""One segment of an index: its arrays, and the same as the kernel takes them."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from liaison.kernel import address
from liaison.matching.book import KernelBook
from liaison.matching.build import Arrays, paper_letters
from liaison.matching.columns import Strings
from liaison.matching.weights import KernelWeights, kernel_weights


class KernelIndex(ctypes.Structure):
    """The kernel's `Index`."""

    _fields_ = [
        ("rows", ctypes.c_int64),
        ("undated", ctypes.c_int64),
        ("row", ctypes.c_void_p),
        ("sketches", ctypes.c_void_p),
        ("row_tokens", ctypes.c_void_p),
        ("together", ctypes.c_void_p),
        ("book", KernelBook),
        ("start", ctypes.c_void_p),
        ("posted", ctypes.c_void_p),
        ("post", ctypes.c_void_p),
        ("post_day", ctypes.c_void_p),
        ("post_day_key", ctypes.c_void_p),
        ("pair_bits", ctypes.c_int32),
        ("pair_start", ctypes.c_void_p),
        ("pairs", ctypes.c_void_p),
        ("date_bits", ctypes.c_void_p),
        ("papers", ctypes.c_void_p * 2),
        ("paper_letters", ctypes.c_int32),
        ("papers_start", ctypes.c_void_p * 2),
        ("paper_ends", ctypes.c_void_p),
        ("paper_at", ctypes.c_void_p),
        ("person_ends", ctypes.c_void_p),
        ("person_rows", ctypes.c_void_p),
        ("removed", ctypes.c_void_p),
        ("weights", KernelWeights),
    ]


CACHE_BYTES = 8 + 16 * (1 << 12)  # the kernel's Cache


@dataclass(slots=True)
class Scratch:
    """What a thread writes into while it searches: the kernel's cache, and which rows it has seen."""

    cache: ctypes.Array[ctypes.c_char]
    seen: NDArray[np.uint32]

    def next_epoch(self) -> None:
        """Let nothing count that was remembered before."""
        epoch = ctypes.c_uint32.from_buffer(self.cache)
        epoch.value += 1
        if not epoch.value:
            ctypes.memset(ctypes.byref(self.cache, 8), 0, CACHE_BYTES - 8)
            epoch.value = 1


class Segment:
    """Rows of an index that were built together. `removed`: uint8[people], 1 where a record was taken out."""

    def __init__(
        self, arrays: Arrays, lists: tuple[str, ...], removed: NDArray[np.uint8] | None = None
    ) -> None:
        self.arrays, self.lists = arrays, lists
        self.removed = np.zeros(len(arrays["dob"]), np.uint8) if removed is None else removed
        self.removed_count = int(self.removed.sum())
        self._scratch: list[Scratch] = []

    def __len__(self) -> int:
        return len(self.arrays["dob"])

    def strings(self, name: str) -> Strings:
        """One of the columns of text: ids, given, surname, full."""
        return Strings(self.arrays[f"{name}_data"], self.arrays[f"{name}_ends"])

    def find(self, record_id: str) -> NDArray[np.int64]:
        """The records with this id."""
        wanted, ids = record_id.encode(), self.strings("ids")
        same_length: NDArray[np.int64] = np.flatnonzero(np.diff(ids.ends) == len(wanted))
        if not len(same_length) or not wanted:
            return same_length
        letters = ids.data[ids.ends[same_length][:, None] + np.arange(len(wanted))]
        found: NDArray[np.int64] = same_length[(letters == np.frombuffer(wanted, np.uint8)).all(axis=1)]
        return found

    @contextmanager
    def scratch(self) -> Iterator[Scratch]:
        """Room to search in, for one thread at a time; kept for the next."""
        try:
            scratch = self._scratch.pop()
        except IndexError:
            scratch = Scratch(
                ctypes.create_string_buffer(CACHE_BYTES), np.zeros(len(self.arrays["rows"]), np.uint32)
            )
        scratch.next_epoch()
        yield scratch
        self._scratch.append(scratch)

    @cached_property
    def kernel(self) -> KernelIndex:
        """This segment for the kernel."""
        a, at = self.arrays, {name: address(array) for name, array in self.arrays.items()}
        pair = ctypes.c_void_p * 2
        return KernelIndex(
            len(a["rows"]),
            int(a["start"][-1]),
            at["rows"],
            at["sketches"],
            at["row_tokens"],
            at["together"],
            KernelBook(at["tokens"], at["pool"], at["groups"]),
            at["start"],
            at["posted"],
            at["post"],
            at["post_day"],
            at["post_day_key"],
            (len(a["pair_start"]) - 1).bit_length() - 1,
            at["pair_start"],
            at["pairs"],
            at["date_bits"],
            pair(at["papers_front"], at["papers_back"]),
            paper_letters(len(a["papers_front"])),
            pair(at["front_start"], at["back_start"]),
            at["paper_ends"],
            at["paper_at"],
            at["person_ends"],
            at["person_rows"],
            address(self.removed),
            kernel_weights(int(a["statistics"][3]), a["sex_same"]),
        )
