"""Whatever bytes a file holds, they are read or refused in words."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from liaison.holdings import read_people
from liaison.matching.columns import People
from liaison.model.errors import LiaisonError, UnusableFile

BEGINNINGS = st.sampled_from(
    [
        b"",
        b"id,name,dob,sex,nat,doc\n",
        b"id;given;surname;aliases;dob\r\n",
        b"\xef\xbb\xbfname\n",
        b"\xff\xfen\0a\0m\0e\0\n\0",
        b"\xfe\xff\0n\0a\0m\0e\0\n",
        b"<?xml version='1.0'?><L><INDIVIDUAL>",
        b'{"id":"1","schema":"Person","properties":{',
        b"PAR1",
        b'36,"A",-0- ,"B",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- \n',
        b'36,12,"aka","A",-0- \n',
        b"sep=\t\n",
    ]
)
PARTS = [
    b",",
    b";",
    b"\n",
    b"\r\n",
    b'"',
    b"\0",
    b"Ana",
    b"FNU",
    b"03/04/1984",
    b"1984",
    b"\xe9",
    b"\xc3\xa9",
    b"<",
    b"}",
    b"M",
    b"\t",
]
BODIES = st.one_of(st.binary(max_size=200), st.lists(st.sampled_from(PARTS), max_size=60).map(b"".join))


def assert_sound(people: People) -> None:
    n, k = len(people), len(people.person)
    assert {len(column) for column in (people.given, people.surname, people.full)} == {k}
    assert {
        len(people.ids),
        len(people.dob_alt),
        len(people.sex),
        len(people.nationality),
        len(people.source),
    } == {n}
    assert (np.diff(people.person) >= 0).all()
    assert (np.diff(people.document_person) >= 0).all()
    assert set(people.person.tolist()) == set(range(n))
    assert len(people.documents) == len(people.document_person)
    for column in (people.ids, people.given, people.surname, people.full, people.documents):
        assert column.ends[0] == 0
        assert column.ends[-1] == len(column.data)


@given(BEGINNINGS, BODIES, st.booleans())
def test_read_or_refused(beginning: bytes, body: bytes, organisations: bool) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "list"
        path.write_bytes(beginning + body)
        with contextlib.suppress(LiaisonError):
            read = read_people(path, organisations=organisations)
            assert_sound(read.people)
            assert read.notes
            assert all(bad.file == "list" and bad.reason for bad in read.bad_rows)


def test_the_reader_does_not_follow_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    import os

    if os.geteuid() == 0:
        pytest.skip("root may read everything")
    path = tmp_path / "list.csv"
    path.write_text("name\nAna\n")
    path.chmod(0)
    with pytest.raises(UnusableFile, match="Permission denied"):
        read_people(path)


def test_the_same_list_is_read_alike_in_every_encoding(tmp_path: Path) -> None:
    text = "id,name,dob\n1,Jörg Müller,1984\n2,Ana Gjoka,03.02.1990\n"
    encode: list[Callable[[], bytes]] = [
        lambda: text.encode(),
        lambda: text.encode("utf-8-sig"),
        lambda: text.encode("utf-16"),
        lambda: text.encode("cp1252"),
        lambda: text.replace(",", "\t").encode("utf-16-be"),
    ]
    found = []
    for form in encode:
        (tmp_path / "list.csv").write_bytes(form())
        people = read_people(tmp_path / "list.csv").people
        found.append((list(people.ids), list(people.full), people.dob.tolist()))
    assert found == [found[0]] * len(encode)
