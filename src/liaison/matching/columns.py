"""The columns that people travel in between a reader and the engine: numpy arrays, no object per row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Strings:
    """A column of UTF-8 strings: string i is data[ends[i]:ends[i + 1]]. data: uint8[b], ends: int64[n + 1]."""

    data: NDArray[np.uint8]
    ends: NDArray[np.int64]

    @classmethod
    def of(cls, values: Iterable[str]) -> Strings:
        """The column that holds `values`; a lone surrogate becomes `?`."""
        parts = [value.encode("utf-8", "replace") for value in values]
        ends = np.zeros(len(parts) + 1, np.int64)
        np.cumsum(np.fromiter(map(len, parts), np.int64, len(parts)), out=ends[1:])
        return cls(np.frombuffer(b"".join(parts), np.uint8), ends)

    @classmethod
    def empty(cls, rows: int) -> Strings:
        """`rows` empty strings."""
        return cls(np.zeros(0, np.uint8), np.zeros(rows + 1, np.int64))

    def __len__(self) -> int:
        return len(self.ends) - 1

    def __getitem__(self, row: int) -> str:
        return self.data[self.ends[row] : self.ends[row + 1]].tobytes().decode("utf-8", "replace")

    def __iter__(self) -> Iterator[str]:
        return (self[row] for row in range(len(self)))

    def take(self, rows: NDArray[np.integer]) -> Strings:
        """The strings of `rows`, in that order."""
        starts, lengths = self.ends[:-1][rows], np.diff(self.ends)[rows]
        ends = np.zeros(len(rows) + 1, np.int64)
        np.cumsum(lengths, out=ends[1:])
        shift = np.repeat(starts - ends[:-1], lengths)
        return Strings(self.data[shift + np.arange(ends[-1])], ends)

    @staticmethod
    def concat(columns: Sequence[Strings]) -> Strings:
        """The columns one after another."""
        offsets = np.cumsum([0] + [int(column.ends[-1]) for column in columns])
        ends = [column.ends[1:] + offset for column, offset in zip(columns, offsets, strict=False)]
        return Strings(
            np.concatenate([column.data[: column.ends[-1]] for column in columns]),
            np.concatenate([np.zeros(1, np.int64), *ends]),
        )


def dob_code(year: int, month: int = 0, day: int = 0) -> int:
    """A partial date as one integer that sorts by time: year * 512 + month * 32 + day, 0 for a part not known.

    The code 0 is a date of which nothing is known.
    """
    return year * 512 + month * 32 + day


@dataclass(frozen=True, slots=True)
class People:
    """n people and their names, as a reader leaves them and the engine takes them.

    A person has one or more names (aliases): name k belongs to person `person[k]`, which does not fall.
    A name is either `given` and `surname`, or `full` where the source does not tell them apart.
    """

    ids: Strings  # n: the input's own ids
    person: NDArray[np.int32]  # k
    given: Strings  # k
    surname: Strings  # k
    full: Strings  # k
    dob: NDArray[np.int32]  # n: dob_code, 0 missing
    dob_alt: NDArray[np.int32]  # n: the other reading of an ambiguous date, 0 none
    sex: NDArray[np.uint8]  # n: 0 unknown, 1 male, 2 female, 3 other
    nationality: NDArray[np.uint16]  # n: country_code, 0 unknown
    nationality_alt: NDArray[np.uint16]  # n: a second nationality, 0 none
    documents: Strings  # d: document numbers
    document_person: NDArray[np.int32]  # d: whose, does not fall
    source: NDArray[np.uint16]  # n: which of `lists` the person stands in
    lists: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.dob)

    def part(self, start: int, stop: int) -> People:
        """The people from `start` to before `stop`, with their names and documents."""
        names = np.arange(*np.searchsorted(self.person, [start, stop]))
        documents = np.arange(*np.searchsorted(self.document_person, [start, stop]))
        return People(
            self.ids.take(np.arange(start, stop)),
            self.person[names] - np.int32(start),
            self.given.take(names),
            self.surname.take(names),
            self.full.take(names),
            self.dob[start:stop],
            self.dob_alt[start:stop],
            self.sex[start:stop],
            self.nationality[start:stop],
            self.nationality_alt[start:stop],
            self.documents.take(documents),
            self.document_person[documents] - np.int32(start),
            self.source[start:stop],
            self.lists,
        )


def country_code(iso3: str) -> int:
    """Three letters A-Z as a number: `AAA` is 1. Raises ValueError for anything else (ICAO `D` is given as `DEU`)."""
    if len(iso3) != 3 or not (iso3.isascii() and iso3.isalpha()):
        raise ValueError(f"{iso3!r} is not a three-letter country code")
    a, b, c = (ord(letter) - 65 for letter in iso3.upper())
    return (a * 26 + b) * 26 + c + 1


def country_name(code: int) -> str:
    """The three letters of a country_code; empty for 0."""
    if not code:
        return ""
    rest, c = divmod(code - 1, 26)
    a, b = divmod(rest, 26)
    return chr(65 + a) + chr(65 + b) + chr(65 + c)
