"""Delimited text to columns through the kernel, a chunk at a time."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from liaison.holdings.countries import kernel_codes
from liaison.holdings.layout import REMARK, Columns, Fallback, Kind, Layout, Remaining
from liaison.holdings.placeholders import kernel_tables
from liaison.kernel import address, lib
from liaison.matching.columns import Strings
from liaison.model.errors import UnusableFile

CHUNK = 1 << 20  # bytes
LONGEST_RECORD = 1 << 26  # bytes
ROWS, REMARKS = 1 << 16, 1 << 16  # most of one call
SLACK = 64  # bytes that the kernel may write behind what it makes
DONE, MORE, FALLBACK, FULL = range(4)
VALUES: dict[int, np.dtype[np.generic]] = {
    Kind.DATE: np.dtype(np.int32),
    Kind.SEX: np.dtype(np.uint8),
    Kind.COUNTRY: np.dtype(np.uint16),
}
LEFT = np.dtype([("row", "i4"), ("target", "i4")])


class Readable(Protocol):
    """A source of bytes."""

    def readinto(self, view: memoryview, /) -> int | None:
        """Fill the view from its start; how many bytes were put there, 0 at the end."""


class KernelTarget(ctypes.Structure):
    """csv.c's Target."""

    _fields_ = [
        ("kind", ctypes.c_int32),
        ("count", ctypes.c_int32),
        ("fields", ctypes.c_void_p),
        ("data", ctypes.c_void_p),
        ("ends", ctypes.c_void_p),
        ("values", ctypes.c_void_p),
    ]


class KernelSplit(ctypes.Structure):
    """csv.c's Split."""

    _fields_ = [
        ("bytes", ctypes.c_void_p),
        ("length", ctypes.c_int64),
        *(
            (name, ctypes.c_int32)
            for name in (
                "last",
                "delimiter",
                "fields",
                "least",
                "targets",
                "placeholders",
                "first_year",
                "last_year",
                "whole",
                "spare",
            )
        ),
        *(
            (name, ctypes.c_void_p)
            for name in (
                "target",
                "countries",
                "beginnings",
                "words",
                "fallback",
                "scratch",
                "spans",
                "numbers",
                "remarks",
                "left",
                "left_text",
            )
        ),
        *(
            (name, ctypes.c_int64)
            for name in (
                "most_rows",
                "most_remarks",
                "consumed",
                "row",
                "rows",
                "remarked",
                "lefts",
                "left_bytes",
                "blank",
                "surplus",
                "foreign",
                "accented",
            )
        ),
    ]


class Growing:
    """A numpy array that grows at its end. Room that is not used yet is not resident memory."""

    def __init__(self, dtype: np.dtype[np.generic], room: int, used: int = 0) -> None:
        self.array = np.empty(max(room, 1), dtype)
        self.used = used

    def at(self, more: int) -> int:
        """The address of the end, with room behind it for `more` items."""
        if self.used + more > len(self.array):
            larger = np.empty(max(2 * len(self.array), self.used + more), self.array.dtype)
            larger[: self.used] = self.array[: self.used]
            self.array = larger
        return int(self.array.ctypes.data) + self.used * self.array.itemsize

    def extend(self, values: NDArray[np.generic]) -> None:
        """Put the values behind the last one."""
        self.at(len(values))
        self.array[self.used : self.used + len(values)] = values
        self.used += len(values)

    def taken(self) -> NDArray[np.generic]:
        """The items that are used."""
        return self.array[: self.used]


class Text:
    """A column of strings that the kernel appends to."""

    def __init__(self, room: int, rows: int) -> None:
        self.data = Growing(np.dtype(np.uint8), room)
        self.ends = Growing(np.dtype(np.int64), rows + 1, 1)
        self.ends.array[0] = 0

    def place(self, target: KernelTarget, size: int, rows: int) -> None:
        """Make room, and tell the kernel where it is; it finds its place in `data` by the ends."""
        self.data.at(size)
        target.data = self.data.array.ctypes.data
        self.ends.at(rows)
        target.ends = self.ends.array.ctypes.data + 8 * (self.ends.used - 1)

    def advance(self, rows: int) -> None:
        """Take what the kernel wrote."""
        self.ends.used += rows
        self.data.used = int(self.ends.array[self.ends.used - 1])

    def strings(self) -> Strings:
        """The column."""
        return Strings(self.data.taken().view(np.uint8), self.ends.taken().view(np.int64))


class Values:
    """A column of numbers that the kernel appends to, and the values that it leaves."""

    def __init__(self, dtype: np.dtype[np.generic], rows: int) -> None:
        self.values = Growing(dtype, rows)
        self.rows, self.which = Growing(np.dtype(np.int32), 1024), Growing(np.dtype(np.int32), 1024)
        self.known: dict[str, int] = {}

    def place(self, target: KernelTarget, size: int, rows: int) -> None:
        """Make room, and tell the kernel where it is."""
        target.values = self.values.at(rows)

    def advance(self, rows: int) -> None:
        """Take what the kernel wrote."""
        self.values.used += rows

    def leave(self, rows: NDArray[np.int32], texts: list[str]) -> None:
        """Keep values that the kernel did not read."""
        known = self.known
        self.rows.extend(rows)
        self.which.extend(
            np.fromiter((known.setdefault(text, len(known)) for text in texts), np.int32, len(texts))
        )

    def remaining(self) -> Remaining:
        """The values that the kernel did not read."""
        return Remaining(
            self.rows.taken().view(np.int32), self.which.taken().view(np.int32), list(self.known)
        )


class Splitter:
    """One file's way through the kernel.

    `choose` is called with the bytes at hand when a row is not UTF-8, and whether rows before it were; it returns how
    such rows are decoded, and the kernel's table of it, uint8[256, 4].
    """

    def __init__(
        self,
        layout: Layout,
        choose: Callable[[bytes, bool], tuple[Fallback, NDArray[np.uint8]]],
        size: int = 0,
        chunk: int = CHUNK,
    ) -> None:
        self.layout, self.choose = layout, choose
        self.fallback: Fallback | None = None
        rows = max(
            size // (4 * max(layout.fields, 1)), 1024
        )  # room for more than there will be: unused, it costs nothing
        self.columns: list[Text | Values] = [
            Values(VALUES[target.kind], rows)
            if target.kind >= Kind.DATE
            else Text(2 * size // max(layout.fields, 1), rows)
            for target in layout.targets
        ]
        self.numbers = Growing(np.dtype(np.int32), rows)
        self.remarks: list[NDArray[np.void]] = []
        self._prepare(chunk)

    def _prepare(self, chunk: int) -> None:
        layout = self.layout
        beginnings, words = kernel_tables()
        fields = [np.array([*target.fields, 0], np.int32) for target in layout.targets]
        self.targets = (KernelTarget * len(fields))(
            *(
                KernelTarget(target.kind, len(target.fields), address(array))
                for target, array in zip(layout.targets, fields, strict=True)
            )
        )
        self.room, self.buffer, self.remark_room = (
            chunk,
            np.empty(chunk + SLACK, np.uint8),
            np.empty(REMARKS, REMARK),
        )
        self.spans = np.empty((layout.fields + 1, 3), np.int64)
        self.held = [beginnings, words, kernel_codes(), *fields]
        self.call = KernelSplit(
            delimiter=ord(layout.delimiter),
            fields=layout.fields,
            least=layout.least,
            targets=len(fields),
            placeholders=len(words),
            first_year=layout.first_year,
            last_year=layout.last_year,
            target=ctypes.addressof(self.targets),
            countries=address(kernel_codes()),
            beginnings=address(beginnings),
            words=address(words),
            spans=address(self.spans),
            remarks=address(self.remark_room),
            most_rows=ROWS,
            most_remarks=REMARKS,
        )
        self._make_room()

    def _make_room(self) -> None:
        self.scratch = np.empty(3 * self.room + SLACK, np.uint8)
        self.left_text = np.empty(4 * self.room + SLACK, np.uint8)
        self.left = np.empty(ROWS * max(len(self.targets), 1), LEFT)
        self.call.scratch, self.call.left_text, self.call.left = map(
            address, (self.scratch, self.left_text, self.left)
        )

    def split(self, stream: Readable, progress: Callable[[int], None]) -> Columns:
        """The columns of all that the stream has left. Raises UnusableFile for a record of more than 64 MiB."""
        held = 0
        while True:
            read = stream.readinto(memoryview(self.buffer.data)[held : self.room]) or 0
            held, last = held + read, read == 0
            consumed = self._chunk(held, last)
            held -= consumed
            self.buffer[:held] = self.buffer[consumed : consumed + held]
            progress(read)
            if last:
                return self._columns()
            if held >= self.room:
                self._widen(held)

    def _widen(self, held: int) -> None:
        if self.room >= LONGEST_RECORD:
            raise UnusableFile(
                f"record {self.call.row + 1} has more than {LONGEST_RECORD >> 20} MiB",
                row=self.call.row + 1,
                hint="look for lines that do not end, or check that the file is delimited text",
            )
        self.room *= 2
        larger = np.empty(self.room + SLACK, np.uint8)
        larger[:held] = self.buffer[:held]
        self.buffer = larger
        self._make_room()

    def _chunk(self, length: int, last: bool) -> int:
        """Hand over buffer[:length]; returns how many bytes of it were used up."""
        function, call, done = lib().lk_split, self.call, 0
        call.last = last
        while True:
            for column, target in zip(self.columns, self.targets, strict=True):
                column.place(target, 3 * (length - done) + 12 * ROWS + SLACK, ROWS)
            call.numbers = self.numbers.at(ROWS)
            call.bytes, call.length = self.buffer.ctypes.data + done, length - done
            call.consumed = call.rows = call.remarked = call.lefts = call.left_bytes = 0
            status = function(ctypes.byref(call))
            self._take()
            done += int(call.consumed)
            if status == FALLBACK:
                self._choose(self.buffer[done:length].tobytes())
            elif status != FULL:
                return done

    def _choose(self, text: bytes) -> None:
        fallback, table = self.choose(text, self.call.accented > 0)
        self.fallback = fallback
        self.held.append(table)
        self.call.fallback, self.call.whole = address(table), fallback.whole

    def _take(self) -> None:
        call = self.call
        self.numbers.used += call.rows
        if call.remarked:
            self.remarks.append(self.remark_room[: call.remarked].copy())
        if call.lefts:
            self._leave()
        for column in self.columns:
            column.advance(call.rows)

    def _leave(self) -> None:
        left = self.left[: self.call.lefts]
        texts = self.left_text[: self.call.left_bytes].tobytes().decode("utf-8", "replace").split("\n")
        before = self.numbers.used - self.call.rows
        for number in np.unique(left["target"]).tolist():
            column, mine = self.columns[number], np.flatnonzero(left["target"] == number)
            assert isinstance(column, Values)
            column.leave(left["row"][mine] + before, [texts[at] for at in mine.tolist()])

    def _columns(self) -> Columns:
        call = self.call
        columns = Columns(self.numbers.taken().view(np.int32), fallback=self.fallback)
        for number, column in enumerate(self.columns):
            if isinstance(column, Text):
                columns.texts[number] = column.strings()
            else:
                columns.values[number], columns.remaining[number] = column.values.taken(), column.remaining()
        if self.remarks:
            columns.remarks = np.concatenate(self.remarks)
        columns.records, columns.blank, columns.surplus = call.row, call.blank, call.surplus
        columns.foreign, columns.accented = call.foreign, call.accented
        return columns
