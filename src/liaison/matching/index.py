"""The index: one structure for a list of millions and for one check, built once, mapped, and added to
without a rebuild."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from liaison.matching import files
from liaison.matching.build import Arrays, Progress, build_arrays
from liaison.matching.columns import People, country_name
from liaison.matching.segment import Segment
from liaison.model.errors import BadInput

SEXES = ("", "M", "F", "X")


class Index:
    """Records of one or more lists, ready to be checked against."""

    def __init__(self, segments: Sequence[Segment]) -> None:
        self.segments = list(segments)

    @classmethod
    def build(cls, people: People, *, progress: Progress | None = None) -> Index:
        """The index of `people`. progress(stage, done, total) is told of each stage."""
        arrays, statistics = build_arrays(people, progress)
        arrays["statistics"] = np.array(
            [statistics.names, statistics.prior, statistics.unseen, statistics.dependence], np.int64
        )
        return cls([Segment(arrays, people.lists)])

    @classmethod
    def open(cls, path: Path) -> Index:
        """The index saved at `path`, memory-mapped and checked. Raises DamagedIndex with the file's name."""
        arrays, about = files.load(path)
        parts: list[Arrays] = [{} for _ in about["lists"]]
        for name, array in arrays.items():
            number, _, key = name.partition("/")
            parts[int(number)][key] = array
        index = cls([])
        for part, lists in zip(parts, about["lists"], strict=True):
            removed = part.pop("removed")
            index.segments.append(Segment(part, tuple(lists), removed.astype(np.uint8)))
        return index

    def save(self, path: Path) -> None:
        """Write the index to `path`, whole or not at all."""
        arrays = {
            f"{number}/{name}": array
            for number, segment in enumerate(self.segments)
            for name, array in (segment.arrays | {"removed": segment.removed}).items()
        }
        files.save(path, arrays, {"lists": [segment.lists for segment in self.segments]})

    def __len__(self) -> int:
        """Records that can be found: those taken out do not count."""
        return sum(len(segment) - segment.removed_count for segment in self.segments)

    @property
    def lists(self) -> tuple[str, ...]:
        """The names of the lists, in the order they were first met."""
        return tuple(dict.fromkeys(name for segment in self.segments for name in segment.lists))

    def count(self, lists: frozenset[str] | None = None) -> int:
        """Records that can be found in these lists; None: in all."""
        if lists is None:
            return len(self)
        return sum(
            int(
                (
                    np.isin(s.arrays["source"], [n for n, name in enumerate(s.lists) if name in lists])
                    & (s.removed == 0)
                ).sum()
            )
            for s in self.segments
        )

    def add(self, people: People) -> None:
        """Add records without a rebuild: they are weighed by the statistics of the records that were there first."""
        base = self.segments[0].arrays
        arrays, _ = build_arrays(people, base=base)
        arrays["statistics"] = base["statistics"]
        self.segments.append(Segment(arrays, people.lists))

    def remove(self, list_name: str, record_id: str) -> int:
        """Take a record out of a list; returns how many records of that id there were. Raises BadInput for
        an unknown list."""
        if list_name not in self.lists:
            raise BadInput(f"there is no list {list_name!r} in this index", field="list")
        taken = 0
        for segment in self.segments:
            for row in segment.find(record_id):
                if segment.lists[segment.arrays["source"][row]] == list_name and not segment.removed[row]:
                    segment.removed[row] = 1
                    segment.removed_count += 1
                    taken += 1
        return taken

    def locate(
        self, segment: NDArray[np.int32], row: NDArray[np.int32]
    ) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """The records and names, numbered through all segments, of rows of segments."""
        record, name = np.zeros(len(row), np.int32), np.zeros(len(row), np.int32)
        for number, (records, names) in enumerate(
            zip(self._starts("dob"), self._starts("name_person"), strict=True)
        ):
            here = segment == number
            rows = self.segments[number].arrays["rows"][row[here]]
            record[here], name[here] = rows["person"] + records, rows["name"].astype(np.int32) + names
        return record, name

    def place(self, segment: int, row: int) -> tuple[int, int]:
        """The record and the name, numbered through all segments, of one row of a segment."""
        here = self.segments[segment].arrays["rows"][row]
        return int(here["person"]) + self._starts("dob")[segment], int(here["name"]) + self._starts(
            "name_person"
        )[segment]

    def _starts(self, column: str) -> list[int]:
        sizes = [len(segment.arrays[column]) for segment in self.segments]
        return [sum(sizes[:number]) for number in range(len(sizes))]

    @property
    def people(self) -> Records:
        """The records, to be shown."""
        return Records(self, self._starts("dob"), self._starts("name_person"))


@dataclass(frozen=True, slots=True)
class Records:
    """What is shown of a record. Records and names are numbered through all segments of the index."""

    index: Index
    record_starts: list[int]
    name_starts: list[int]

    def _place(self, number: int, starts: list[int]) -> tuple[Segment, int]:
        segment = max(k for k, start in enumerate(starts) if start <= number)
        return self.index.segments[segment], number - starts[segment]

    def record_id(self, record: int) -> str:
        """The list's own id of a record."""
        segment, row = self._place(record, self.record_starts)
        return segment.strings("ids")[row]

    def name(self, name: int) -> str:
        """A name as its list writes it: given names, then surnames."""
        segment, row = self._place(name, self.name_starts)
        return " ".join(part for key in ("given", "surname", "full") if (part := segment.strings(key)[row]))

    def born(self, record: int) -> str:
        """The date of birth as far as it is known, ISO 8601; empty if it is not."""
        segment, row = self._place(record, self.record_starts)
        return born(int(segment.arrays["dob"][row]))

    def sex(self, record: int) -> str:
        """M, F, X or empty."""
        segment, row = self._place(record, self.record_starts)
        return SEXES[int(segment.arrays["sex"][row]) & 3]

    def nationality(self, record: int) -> str:
        """The three-letter code or empty."""
        segment, row = self._place(record, self.record_starts)
        return country_name(int(segment.arrays["nationality"][row]))

    def list_name(self, record: int) -> str:
        """The list that the record stands in."""
        segment, row = self._place(record, self.record_starts)
        return segment.lists[int(segment.arrays["source"][row])]


def born(code: int) -> str:
    """A date code as text: 1984-02-03, 1984-02, 1984, or nothing."""
    year, month, day = code >> 9, code >> 5 & 15, code & 31
    if not year:
        return ""
    return f"{year:04}" + (f"-{month:02}" if month else "") + (f"-{day:02}" if month and day else "")
