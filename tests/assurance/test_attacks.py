"""Attacks on a node, each as it was tried once and succeeded: what made it fail stands behind each test."""

from __future__ import annotations

import io

import pytest

from liaison.holdings import findings as reports
from liaison.holdings.options import Options, quiet
from liaison.holdings.read import read_stream
from liaison.holdings.streams import Stream
from liaison.model.errors import UnusableFile


def read(content: bytes) -> object:
    options = Options(
        list_name="sent",
        last_year=2026,
        columns={},
        encoding="",
        delimiter="",
        organisations=False,
        keep=True,
        progress=quiet,
    )
    return read_stream(Stream("sent", io.BytesIO(content), len(content)), options)


def test_a_line_without_end_is_not_read_again_with_every_piece() -> None:
    with pytest.raises(UnusableFile, match="a line of more than 16 MiB"):
        read(b'{"id":"' + b"a" * (18 << 20))


def test_a_record_of_nothing_but_elements_does_not_fill_the_memory() -> None:
    with pytest.raises(UnusableFile, match="elements"):
        read(b"<L><INDIVIDUAL>" + b"<a/>" * 20_000 + b"</INDIVIDUAL></L>")


@pytest.mark.parametrize("tag", [b"<INDIVIDUAL x='%s", b"<%s"])
def test_a_tag_without_end_is_not_read_again_with_every_piece(tag: bytes) -> None:
    with pytest.raises(UnusableFile, match="a tag of more than"):
        read(b"<L>" + tag % (b"a" * (3 << 20)))


def test_a_file_of_nothing_but_faults_does_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reports, "MOST_BAD", 1000)
    with pytest.raises(UnusableFile, match="cannot be used"):
        read(b"id,name,dob\n" + b"1\n" * 2000)


def test_a_small_table_that_unpacks_to_gigabytes_is_refused() -> None:
    arrow = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    rows, packed = 20_000, io.BytesIO()
    names = arrow.DictionaryArray.from_arrays(arrow.array([0] * rows, arrow.int32()), ["x" * 1_000_000])
    table = arrow.table({"id": [str(row) for row in range(rows)], "name": names})
    parquet.write_table(table, packed, compression="zstd")
    with pytest.raises(UnusableFile, match="values of 1,000,000 bytes"):
        read(packed.getvalue())
