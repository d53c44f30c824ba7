"""Attacks on a node, each as it was tried once and succeeded: what made it fail stands behind each test."""

from __future__ import annotations

import asyncio
import io
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import select

from liaison.holdings import findings as reports
from liaison.holdings.consult import inspect
from liaison.holdings.corrections import correct
from liaison.holdings.erasure import Cause, erase
from liaison.holdings.options import Options, quiet
from liaison.holdings.read import read_stream
from liaison.holdings.streams import Stream
from liaison.ledger.checkpoints import Checkpoint
from liaison.ledger.notes import sign_checkpoint
from liaison.ledger.witness import write_request
from liaison.ledger.witnesses import Witness
from liaison.model.categories import Category
from liaison.model.errors import BadInput, UnusableFile
from liaison.storage.tables.ledger import ALARMS
from liaison.web.multipart import parts_of
from tests.holdings import offices
from tests.ledger.node import KEYS, NOW, ORIGIN, SIGNER, WITNESS, a_node
from tests.node_fixtures import an_office


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


ROWS = (
    b"id,given,surname,dob,category\n"
    b"1,Ana,Gashi,1984-02-03,suspect\n"
    b"2,Ben,Hoxha,1990-05-06,convicted\n"
    b"3,Cara,Shehu,1971-08-09,contact\n"
)


def test_importing_a_list_again_does_not_tell_who_was_taken_under_protection(tmp_path: Path) -> None:
    with an_office(tmp_path) as office:
        offices.imported(office, ROWS)
        erased, protected, _ = sorted(offices.ids(office))
        erase(office, offices.PROTECTION, erased, Cause.ORDER, "court 17")
        held = inspect(office, offices.PROTECTION, protected, "the court wrote about her").holding
        victim = msgspec.structs.replace(
            held, involvement=msgspec.structs.replace(held.involvement, category=Category.VICTIM)
        )
        correct(office, offices.PROTECTION, protected, victim, "the court found that she is a victim")
        for content in (ROWS, ROWS.replace(b"19", b"18")):
            told = offices.imported(office, content)
            assert (told.new, told.refused, told.changed + told.unchanged) == (0, 2, 1)
            assert len({bad.reason for bad in told.bad_rows}) == 1


def test_an_outsider_makes_no_evidence_against_a_log_from_its_public_head(tmp_path: Path) -> None:
    head = sign_checkpoint(Checkpoint(ORIGIN, 7, bytes(32)), [SIGNER], 1)
    with a_node(tmp_path, "sqlite") as node:
        here = Witness(node.store, {ORIGIN: KEYS}, [WITNESS])
        assert here.add_checkpoint(write_request(0, [], head), NOW).status == 200
        for guess in range(3):
            assert here.add_checkpoint(write_request(7, [bytes([guess]) * 32], head), NOW).status == 422
        assert node.store.read(lambda connection: connection.execute(select(ALARMS)).all()) == []


def test_one_head_is_evidence_once_however_many_proofs_are_sent_with_it(tmp_path: Path) -> None:
    first, second = (sign_checkpoint(Checkpoint(ORIGIN, size, bytes(32)), [SIGNER], 1) for size in (7, 9))
    with a_node(tmp_path, "sqlite") as node:
        here = Witness(node.store, {ORIGIN: KEYS}, [WITNESS])
        assert here.add_checkpoint(write_request(0, [], first), NOW).status == 200
        for guess in range(3):
            assert here.add_checkpoint(write_request(7, [bytes([guess]) * 32], second), NOW).status == 422
        assert len(node.store.read(lambda connection: connection.execute(select(ALARMS)).all())) == 1


async def _in_chunks(body: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(body), 65_536):
        yield body[start : start + 65_536]


def _form(*parts: tuple[str, bytes]) -> bytes:
    told = [
        b'--x\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n' % (head.encode(), content)
        for head, content in parts
    ]
    return b"".join(told) + b"--x--\r\n"


def test_a_list_that_is_sent_is_on_no_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "TemporaryFile", lambda **_: pytest.fail("a file was made"))
    rows = b"id,name\n" + b"1,Jo Doe\n" * 500_000
    body = _form(("grounds", b"g-1"), ('file"; filename="p.csv', rows), ("list", b"\xc3\xab"))
    (_, grounds), (_, file), (_, text) = asyncio.run(parts_of(_in_chunks(body), "x"))
    assert (grounds, text) == ("g-1", "ë")
    assert not isinstance(file, str)
    assert (file.filename, file.file.read()) == ("p.csv", rows)


@pytest.mark.parametrize(
    "body",
    [
        _form(*[("a", b"1")] * 600),
        _form(("a", b"1" * (3 << 20))),
        _form(("a", b"\xff")),
        _form(("a", b"1"))[:-6],
        b"",
        b"--y\r\n\r\n",
    ],
    ids=["parts", "length", "not text", "cut off", "empty", "another boundary"],
)
def test_a_form_that_is_none_or_too_much_is_refused(body: bytes) -> None:
    with pytest.raises(BadInput):
        asyncio.run(parts_of(_in_chunks(body), "x"))
