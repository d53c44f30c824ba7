"""A last look at the people read: names and ids that will not do what the person who wrote them expects."""

from __future__ import annotations

import ctypes
from functools import cache

import numpy as np
from numpy.typing import NDArray

from liaison.holdings.findings import Findings
from liaison.kernel import address, lib
from liaison.matching.book import hashes
from liaison.matching.columns import People, Strings

MOST_TOKENS = 24  # words of a name that the engine compares
LONG_NAME = 2 * MOST_TOKENS - 1  # bytes that a name with more words has at least
BLOCK = 1 << 16  # names looked at at a time, so that what is made of them stays in the cache


def reviewed(people: People, rows: NDArray[np.int32], findings: Findings, id_field: str = "id") -> None:
    """Report names of one letter or too many words, and ids that stand in the list more than once.

    rows: by person. id_field: what the list calls its ids, empty where it has none.
    """
    _lengths(people, rows, findings)
    _letters(people, rows, findings)
    if id_field:
        _duplicates(people.ids, rows, id_field, findings)
    findings.note(
        f"{len(people):,} people"
        + (f", {len(people.person):,} names" if len(people.person) != len(people) else "")
    )


def _lengths(people: People, rows: NDArray[np.int32], findings: Findings) -> None:
    columns = (people.given, people.surname, people.full)
    for start in range(0, len(people.person), BLOCK):
        ends = sum(column.ends[start : start + BLOCK + 1] for column in columns)
        lengths = np.diff(ends)
        for at in np.flatnonzero((lengths == 1) | (lengths > LONG_NAME)).tolist():
            name = start + at
            row = int(rows[people.person[name]])
            if lengths[at] == 1:
                findings.bad(row, "name", "a name of one letter; kept, but it can hardly be found")
            elif len(" ".join(column[name] for column in columns).split()) > MOST_TOKENS:
                reason = f"a name of more than {MOST_TOKENS} words; kept, but only the first {MOST_TOKENS} are compared"
                findings.bad(row, "name", reason)


def _letters(people: People, rows: NDArray[np.int32], findings: Findings) -> None:
    columns = (people.given, people.surname, people.full)
    foreign = [np.searchsorted(c.ends, np.flatnonzero(c.data >= 128), side="right") - 1 for c in columns]
    names = np.flatnonzero(np.bincount(np.concatenate(foreign), minlength=len(people.person)))
    for name in names[~_begins_with_letter(columns, names)].tolist():  # of ASCII, the kernel sees to it
        text = " ".join(column[name] for column in columns)
        if text.strip() and not any(map(str.isalpha, text)):
            reason = "no letter of any script; kept, but it cannot be found by its name"
            findings.bad(int(rows[people.person[name]]), "name", reason)


@cache
def _two_byte_letters() -> NDArray[np.bool_]:
    """For every code point below U+0800: is it a letter?"""
    return np.array([chr(code).isalpha() for code in range(0x800)])


def _begins_with_letter(columns: tuple[Strings, ...], names: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Whether any column of each name begins with a letter that UTF-8 writes in one or two bytes: bool[k]."""
    found = np.zeros(len(names), bool)
    for column in columns:
        filled = np.flatnonzero(column.ends[names + 1] > column.ends[names])
        start = column.ends[names[filled]]
        first = column.data[start].astype(np.int64)
        after = column.data[np.minimum(start + 1, len(column.data) - 1)]
        code = np.where(first < 128, first, (first & 31) << 6 | after & 63)
        found[filled] |= (first < 0xE0) & _two_byte_letters()[code]
    return found


def ascending(ids: Strings) -> bool:
    """Whether each id is longer than the one before it, or as long and greater, as numbers in order are."""
    return bool(lib().lk_ascending(address(ids.data), address(ids.ends), ctypes.c_int64(len(ids))))


def _duplicates(ids: Strings, rows: NDArray[np.int32], field: str, findings: Findings) -> None:
    if ascending(ids):
        return
    codes = hashes(ids)
    ordered = np.sort(codes)
    same = ordered[1:][ordered[1:] == ordered[:-1]]
    if not len(same):
        return
    first_row: dict[str, int] = {}
    count = 0
    for at in np.flatnonzero(np.isin(codes, same)).tolist():
        first = first_row.setdefault(ids[at], int(rows[at]))
        if first != rows[at]:
            findings.bad(int(rows[at]), field, f"the id of row {first} once more; both rows are kept")
            count += 1
    findings.counted(count, "row has the id of an earlier row", "rows have the id of an earlier row")
