"""What a file says beside the fields of a person: kept as it is written, under the name that the file gives it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import overload

from liaison.holdings.layout import Columns
from liaison.holdings.mapping import KEPT, Headings
from liaison.matching.columns import Strings

UNNAMED = "column {place}"


class KeptColumns(Sequence[Mapping[str, str]]):
    """The filled fields of each row by their header, made when a row is asked for."""

    def __init__(self, names: Sequence[str], columns: Sequence[Strings], rows: int) -> None:
        self._columns = list(zip(names, columns, strict=True))
        self._rows = rows

    def __len__(self) -> int:
        return self._rows

    @overload
    def __getitem__(self, row: int) -> dict[str, str]: ...
    @overload
    def __getitem__(self, row: slice) -> list[Mapping[str, str]]: ...
    def __getitem__(self, row: int | slice) -> dict[str, str] | list[Mapping[str, str]]:
        if isinstance(row, slice):
            return self._several(*row.indices(self._rows))
        return {name: text for name, column in self._columns if (text := column[row])}

    def _several(self, start: int, stop: int, step: int) -> list[Mapping[str, str]]:
        told: list[dict[str, str]] = [{} for _ in range(start, stop, step)]
        for name, column in self._columns:
            for one, text in zip(told, texts(column, start, stop)[::step], strict=True):
                if text:
                    one[name] = text
        return list(told)

    def __iter__(self) -> Iterator[Mapping[str, str]]:
        return (self[row] for row in range(self._rows))


def kept_columns(columns: Columns, fields: Sequence[str], headings: Headings) -> KeptColumns:
    """The columns of a delimited file that are no field of a person; a doubled header is numbered."""
    targets = [number for number, field in enumerate(fields) if field == KEPT]
    names = distinct(headings.unused())
    return KeptColumns(names, [columns.texts[number] for number in targets], len(columns.numbers))


def distinct(headers: Sequence[str]) -> list[str]:
    """The headers, each once: an empty one is called by its place, a second `Note` becomes `Note (2)`."""
    made: list[str] = []
    for place, header in enumerate(headers, 1):
        name = base = header.strip() or UNNAMED.format(place=place)
        number = 1
        while name in made:
            number += 1
            name = f"{base} ({number})"
        made.append(name)
    return made


def texts(column: Strings, start: int, stop: int) -> list[str]:
    """The strings from `start` to before `stop`, decoded at once."""
    ends = column.ends[start : stop + 1].tolist()
    raw = column.data[ends[0] : ends[-1]].tobytes()
    return [raw[a - ends[0] : b - ends[0]].decode("utf-8", "replace") for a, b in pairwise(ends)]
