"""How the fields of a delimited file become the columns of a list of people, and what can be wrong with a row."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from liaison.matching.columns import Strings

LONGEST_FIELD = 65_536  # bytes; a longer one is reported and not loaded


class Kind(IntEnum):
    """What a column holds, as the kernel numbers it."""

    TEXT, NAME, NUMBER, ID, DATE, SEX, COUNTRY = range(7)


class Fault(IntEnum):
    """What can be met in a row, as the kernel numbers it."""

    (
        TOO_FEW,
        FEWER,
        TOO_MANY,
        NUL,
        TOO_LONG,
        ENCODING,
        QUOTE,
        PLACEHOLDER,
        NO_NAME,
        ONLY_NUMBER,
        NO_ID,
    ) = range(11)


@dataclass(frozen=True, slots=True)
class Target:
    """A column to fill, and the fields (0-based) whose texts, joined by a space, fill it."""

    kind: Kind
    fields: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Layout:
    """The shape of a file: `fields` a row should have and the `least` that make one, years that a date may have."""

    delimiter: str
    fields: int
    least: int
    targets: tuple[Target, ...]
    first_year: int
    last_year: int


REMARK = np.dtype([("row", "i8"), ("size", "i8"), ("field", "i4"), ("fault", "i4")])


@dataclass(frozen=True, slots=True)
class Fallback:
    """How rows that are not UTF-8 are decoded; `whole` when that is how the file as a whole is written."""

    name: str
    whole: bool


@dataclass(slots=True)
class Remaining:
    """Values of one column that are no plain ones: value `which[i]` of `values` stands in row `rows[i]`."""

    rows: NDArray[np.int32]
    which: NDArray[np.int32]
    values: list[str]


@dataclass(slots=True)
class Columns:
    """What the rows of a file came to. Row r of every column is record `numbers[r]` of the file, counted from 1."""

    numbers: NDArray[np.int32]
    texts: dict[int, Strings] = field(default_factory=dict)  # by target
    values: dict[int, NDArray[np.generic]] = field(default_factory=dict)  # by target
    remaining: dict[int, Remaining] = field(default_factory=dict)  # by target
    remarks: NDArray[np.void] = field(default_factory=lambda: np.zeros(0, REMARK))
    records: int = 0
    blank: int = 0
    surplus: int = 0  # rows with empty fields beyond the header's
    foreign: int = 0  # rows that are not UTF-8
    accented: int = 0  # rows in UTF-8 with other letters than ASCII's
    fallback: Fallback | None = None
