"""kernel/csv.c does to delimited text what its readable twin does, however the text is cut into chunks."""

from __future__ import annotations

import io
import itertools
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from liaison.holdings import encodings, twin
from liaison.holdings.layout import LONGEST_FIELD, Columns, Fallback, Fault, Kind, Layout, Target
from liaison.holdings.placeholders import listed, without_placeholders
from liaison.holdings.review import ascending
from liaison.holdings.splitting import Splitter
from liaison.matching.columns import Strings

TARGETS = (
    Target(Kind.ID, (0,)),
    Target(Kind.NAME, (1, 3)),
    Target(Kind.NAME, (2,)),
    Target(Kind.DATE, (4,)),
    Target(Kind.SEX, (5,)),
    Target(Kind.COUNTRY, (6,)),
    Target(Kind.NUMBER, (7,)),
    Target(Kind.TEXT, (8, 2)),
)
WIDE = Layout(",", 9, 3, TARGETS, 1850, 2026)
NARROW = Layout(
    ";",
    3,
    2,
    (Target(Kind.ID, ()), Target(Kind.NAME, (0,)), Target(Kind.DATE, (1,)), Target(Kind.NUMBER, (2,))),
    1850,
    2026,
)
PARTS = st.sampled_from(
    [
        *',,,,,,;;;\n\n\n"" \t\r\0|-/.\'aXmF',
        "\r\n",
        '""',
        '",',
        ',"',
        '"\n',
        "FNU",
        "lnu ",
        " UNKNOWN",
        "N/A",
        "1984-02-29",
        "1983-02-29",
        "19840203",
        "1984-13",
        "29.02.1984",
        "31.02.1984",
        "02.13.1984",
        "1984",
        "1849",
        "2027",
        "0000",
        "ALB",
        "al",
        "XXX",
        "DEU",
        "D",
        "Ärö",
        "李",
        "𐍈",
        "Нет",
        "M",
        "f",
        "male",
        "P1234567",
        "Muhammad",
        "Al Hasan",
        "\x85",
        "\u00a0",
        "-0-",
        "NO NAME",
        "\ufeff",
    ]
)
TEXT = st.one_of(
    st.lists(PARTS, max_size=60).map(lambda parts: "".join(parts).encode()),
    st.lists(st.one_of(PARTS.map(str.encode), st.binary(max_size=3)), max_size=40).map(b"".join),
    st.binary(max_size=200),
)


def split(
    text: bytes, layout: Layout = WIDE, chunk: int = 1 << 20, encoding: str = "cp1252", whole: bool = False
) -> Columns:
    def choose(_: bytes, __: bool) -> tuple[Fallback, np.ndarray]:
        return Fallback(encoding, whole), encodings.table(encoding)

    return Splitter(layout, choose, chunk=chunk).split(io.BytesIO(text), lambda _: None)


def assert_same(found: Columns, rows: twin.Rows, layout: Layout) -> None:
    assert found.numbers.tolist() == rows.numbers
    assert found.remarks.tolist() == rows.remarks
    for number, target in enumerate(layout.targets):
        if target.kind >= Kind.DATE:
            assert found.values[number].tolist() == rows.columns[number]
            left = found.remaining[number]
            texts = [
                (row, left.values[which].encode())
                for row, which in zip(left.rows.tolist(), left.which.tolist(), strict=True)
            ]
            assert texts == [(row, text) for row, at, text in rows.remaining if at == number]
        else:
            column = found.texts[number]
            assert [
                column.data[a:b].tobytes() for a, b in zip(column.ends, column.ends[1:], strict=False)
            ] == rows.columns[number]
    for count in ("records", "blank", "surplus", "foreign", "accented"):
        assert getattr(found, count) == getattr(rows, count), count


@given(TEXT, st.sampled_from((WIDE, NARROW)), st.sampled_from((16, 17, 64, 1 << 20)), st.booleans())
@example(b'1,"a""b" ,c\n2,"a\nb",c\r\n3,"open,c\n4,"x"y,c\n5, "q",c', WIDE, 16, False)
@example(b"1,FNU  AHMED,x\n2,A  FNU B,x\n3,FNU,LNU\n4,FNU,LNU,,,,,P1\n", WIDE, 64, False)
@example(b"1,\xc4rger,x\n2,\xc3\x84rger,x\n", WIDE, 16, True)
def test_splits_as_its_twin_does(text: bytes, layout: Layout, chunk: int, whole: bool) -> None:
    assert_same(split(text, layout, chunk, whole=whole), twin.split(text, layout, whole=whole), layout)


@given(st.lists(st.lists(st.text(max_size=12), min_size=9, max_size=9), max_size=12))
def test_reads_back_what_pythons_csv_module_writes(table: list[list[str]]) -> None:
    import csv

    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(table)
    found = split(
        out.getvalue().encode("utf-8", "replace"),
        Layout(",", 9, 9, (Target(Kind.ID, (0,)), Target(Kind.NUMBER, (1,))), 1850, 2026),
    )
    for row, number in enumerate(found.numbers.tolist()):
        written = (
            table[number - 1][1]
            .encode("utf-8", "replace")
            .decode()
            .strip(" \t\r\n")
            .translate({0: None, 10: " "})
        )
        assert found.texts[1][row].replace("\r", " ") == written.replace("\r", " ")


@pytest.mark.parametrize("size", [LONGEST_FIELD, LONGEST_FIELD + 1, 10_000_000])
@pytest.mark.parametrize("quote", ["", '"'])
def test_a_field_that_is_too_long_is_reported_and_not_loaded(size: int, quote: str) -> None:
    text = f"1,A,{quote}{'x' * size}{quote},,1984\n2,B,C\n".encode()
    found = split(text)
    assert found.numbers.tolist() == [1, 2]
    assert found.texts[1][0] == "A"
    loaded = size <= LONGEST_FIELD
    assert len(found.texts[2][0]) == (size if loaded else 0)
    assert found.values[3].tolist() == [1984 * 512, 0]
    assert (Fault.TOO_LONG in found.remarks["fault"]) != loaded


def test_a_quote_that_is_never_closed_spoils_its_own_line_alone() -> None:
    lines = [f"{row},A{row},B" for row in range(1, 20_001)]
    lines[4] = '5,"A5,B'
    found = split("\n".join(lines).encode())
    assert len(found.numbers) == 20_000
    assert [(row, Fault(fault)) for row, _, _, fault in found.remarks.tolist() if fault == Fault.QUOTE] == [
        (5, Fault.QUOTE)
    ]
    assert found.texts[1][4] == "A5"


def test_a_quoted_field_over_many_lines_is_one_field() -> None:
    found = split(b'1,"A\r\nB\nC",D\n2,E,F\n')
    assert found.texts[1][0] == "A  B C"
    assert found.records == 2


@given(st.lists(st.one_of(PARTS, st.sampled_from([*listed()[0], *listed()[1]])), max_size=6), st.booleans())
def test_placeholders_are_taken_out_as_the_twin_does(parts: list[str], spaced: bool) -> None:
    name = (
        (" " if spaced else "")
        .join(parts)
        .replace("\0", "")
        .replace(",", "")
        .replace('"', "")
        .replace("\r", "")
        .replace("\n", "")
    )
    found = split(f"1,{name},,,,,,P1\n".encode())
    assert found.texts[1][0].encode() == without_placeholders(name.strip(" \t").encode())


@given(st.lists(st.binary(max_size=3), max_size=5))
def test_ascending_means_longer_or_as_long_and_greater(values: list[bytes]) -> None:
    ends = np.cumsum([0, *map(len, values)]).astype(np.int64)
    column = Strings(np.frombuffer(b"".join(values), np.uint8), ends)
    pairs = itertools.pairwise(values)
    assert ascending(column) == all((len(one), one) < (len(two), two) for one, two in pairs)


def test_more_rows_and_remarks_than_one_call_takes() -> None:
    found = split(b"".join(b"%d,FNU,B\n" % row for row in range(200_000)))
    assert len(found.numbers) == 200_000
    assert (found.remarks["fault"] == Fault.PLACEHOLDER).sum() == 200_000
    assert found.texts[0][199_999] == "199999"


def test_memory_is_bounded_by_the_longest_record() -> None:
    calls: list[int] = []

    class Endless:
        def readinto(self, view: memoryview) -> int:
            calls.append(len(view))
            view[:] = b"x" * len(view)
            return len(view)

    from liaison.model.errors import UnusableFile

    nothing: Callable[[int], None] = lambda _: None  # noqa: E731
    with pytest.raises(UnusableFile, match="record 1 has more than 64 MiB"):
        Splitter(WIDE, encodings.choose).split(Endless(), nothing)
