"""A great many zones held against their check digits at once, by the kernel."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from liaison.formats.mrz import digits
from liaison.formats.mrz.layouts import LAYOUTS, TD1, Layout
from liaison.kernel import address, lib

UNREAD = 1 << 31  # not a zone as it is printed: `reading.read` says what it is


def checked(zones: Sequence[str]) -> NDArray[np.uint32]:
    """The verdict of each zone (digits.verdict), UNREAD for what only `reading.read` can read: uint32[n]."""
    out = np.full(len(zones), UNREAD, np.uint32)
    plain = _without_line_ends(zones)
    sizes = np.fromiter(map(len, plain), np.int64, len(plain))
    visas = np.fromiter((zone[:1] == "V" for zone in plain), np.bool_, len(plain))
    for layout in LAYOUTS:
        of_layout = sizes == layout.size
        if layout is not TD1:
            of_layout &= visas == layout.visa
        if of_layout.any():
            _check(layout, plain, np.flatnonzero(of_layout), out)
    return out


def _without_line_ends(zones: Sequence[str]) -> list[str]:
    """The zones without line ends, all at once where none of them holds the sign that parts them meanwhile."""
    plain = "\0".join(zones).replace("\n", "").split("\0")
    return plain if len(plain) == len(zones) else [zone.replace("\n", "") for zone in zones]


def _check(layout: Layout, plain: list[str], rows: NDArray[np.int64], out: NDArray[np.uint32]) -> None:
    """The verdicts of zones of one layout. What is not ASCII is a sign of no type: a zone with it is a misfit."""
    text = "".join([plain[at] for at in rows.tolist()] if len(rows) < len(plain) else plain)
    signs = np.frombuffer(text.encode("ascii", "replace"), np.uint8)
    found = np.empty(len(rows), np.uint32)
    lib().lk_mrz_verdicts(address(layout.table), address(signs), ctypes.c_int64(len(rows)), address(found))
    out[rows] = found


def consistent(zones: Sequence[str]) -> NDArray[np.bool_]:
    """Which of them are zones as they are printed in which all agrees: bool[n]."""
    agreeing: NDArray[np.bool_] = checked(zones) & np.uint32(digits.FAULTS | UNREAD) == 0
    return agreeing
