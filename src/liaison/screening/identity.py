"""What makes a person on either side of a pair the same person as before: a keyed digest of the identity fields.

A digest changes as soon as a name, a date, a sex, a nationality or a document number changes. That of a record also
carries its list and its id. That of a subject carries its id only where it has no document number: another person may
share a name and a date of birth, and must not be cleared in passing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from liaison.matching.columns import People, Strings
from liaison.matching.index import Index
from liaison.matching.segment import Segment


def subject_key(people: People, row: int, salt: bytes) -> str:
    """The digest of one of the people: 32 hexadecimal digits."""
    names = _names(people.person, (people.given, people.surname, people.full), row)
    first, last = np.searchsorted(people.document_person, [row, row + 1])
    documents = sorted(people.documents[k] for k in range(first, last))
    columns = (people.dob, people.dob_alt, people.sex, people.nationality, people.nationality_alt)
    own_id = [] if documents else [people.ids[row]]
    return _digest(salt, ["subject", *own_id], names, map(str, _values(columns, row)), documents)


def record_key(index: Index, record: int, salt: bytes) -> str:
    """The digest of a record of the index: 32 hexadecimal digits."""
    segment, row = place(index, record)
    arrays = segment.arrays
    names = _names(arrays["name_person"], [segment.strings(key) for key in ("given", "surname", "full")], row)
    columns = [arrays[key] for key in ("dob", "dob_alt", "sex", "nationality", "nationality_alt")]
    who = ["record", segment.lists[int(arrays["source"][row])], segment.strings("ids")[row]]
    return _digest(salt, who, names, map(str, _values(columns, row)), _packed_documents(segment, row))


def place(index: Index, record: int) -> tuple[Segment, int]:
    """The segment that holds a record, and the record's number there."""
    for segment in index.segments:
        if record < len(segment):
            return segment, record
        record -= len(segment)
    raise IndexError(f"the index holds no record {record}")


def _names(person: NDArray[np.generic], columns: Iterable[Strings], row: int) -> list[str]:
    first, last = np.searchsorted(person, [row, row + 1])
    columns = list(columns)
    return sorted("\x1f".join(column[k] for column in columns) for k in range(first, last))


def _values(columns: Iterable[NDArray[np.generic]], row: int) -> list[int]:
    return [int(column[row]) for column in columns]


def _packed_documents(segment: Segment, row: int) -> list[str]:
    first, last = segment.arrays["paper_ends"][row : row + 2]
    papers = segment.arrays["papers_front"][segment.arrays["paper_at"][first:last]]
    return sorted(
        f"{int(high):x}.{int(low):x}" for high, low in zip(papers["high"], papers["low"], strict=True)
    )


def _digest(salt: bytes, *parts: Iterable[str]) -> str:
    state = hashlib.blake2b(key=salt, digest_size=16)
    for part in parts:
        for text in part:
            state.update(text.encode("utf-8", "replace") + b"\x1e")
        state.update(b"\x1d")
    return state.hexdigest()
