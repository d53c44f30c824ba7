"""What a reader found: the rows and fields that could not be used as they are, and what it made out about the file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from liaison.holdings.bodies import Body
from liaison.matching.columns import People
from liaison.model.errors import BadInput, UnusableFile

LEFT_OUT = ": left out"  # in the reason of each row that becomes no record
MOST_BAD = 2_000_000  # values that are told of one file; each takes a fifth of a kilobyte


class BadRow(NamedTuple):
    """A row, or one field of it, that could not be used as it is. row: from 1 behind the header; 0 for the file."""

    file: str
    row: int
    field: str
    reason: str

    @property
    def left_out(self) -> bool:
        """Whether the whole row is left out; otherwise it is taken, and a person looks at what is told of it."""
        return LEFT_OUT in self.reason


@dataclass(frozen=True, slots=True)
class Read:
    """The people of a file, what could not be used of it, and what was made out about it.

    columns: the file's column, or columns joined by ` + `, for each field of a person; empty where a format has none.
    rows: the row of each person. kept: what else each person's row says, where it was asked to be kept.
    bodies: the organisations of a list, where all was asked to be kept and they were not taken for people.
    """

    people: People
    bad_rows: list[BadRow]
    notes: list[str]
    columns: Mapping[str, str] = field(default_factory=dict)
    rows: Sequence[int] | NDArray[np.int32] = ()
    kept: Sequence[Mapping[str, str]] = ()
    bodies: Sequence[Body] = ()


@dataclass(slots=True)
class Findings:
    """The findings about one file, while it is read."""

    file: str
    bad_rows: list[BadRow] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def bad(self, row: int, name: str, reason: str) -> None:
        """Report a field of a row, or with an empty name the whole row. Raises UnusableFile after MOST_BAD."""
        if len(self.bad_rows) >= MOST_BAD:
            raise UnusableFile(
                f"more than {MOST_BAD:,} values of {self.file} cannot be used",
                file=self.file,
                row=row,
                hint="look whether it is the file you meant, and give a larger one in parts",
            )
        self.bad_rows.append(BadRow(self.file, row, name, reason))

    def note(self, text: str) -> None:
        """Say something about the file."""
        self.notes.append(f"{self.file}: {text}")

    def counted(self, count: int, one: str, many: str) -> None:
        """Say how many there are of something, where there are any."""
        if count:
            self.note(f"{count:,} {one if count == 1 else many}")


def refused(error: BadInput) -> str:
    """Why a row is left out and, where that is known, what to do."""
    todo = error.hint if error.hint != type(error).hint else ""
    return f"{error}{LEFT_OUT}; {todo}" if todo else f"{error}{LEFT_OUT}"
