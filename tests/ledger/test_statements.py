"""Statements, their canonical bytes, and the leaves that commit to them."""

from datetime import datetime
from hashlib import sha256
from typing import Any

import msgspec
import pytest

from liaison.ledger import statements
from liaison.ledger.statements import Statement, canonical, leaf, read
from liaison.model.errors import BadInput
from tests.ledger.node import NOW, statement


def test_a_statement_is_read_back_from_its_bytes() -> None:
    written = canonical(statement(5))
    assert read(written) == statement(5)
    assert written.startswith(b'{"case":"case-1","detail":{"limits":"standard"},"digest":"000')
    assert b'"when":"2026-03-02T09:00:00Z"' in written


def test_what_is_not_said_is_not_written() -> None:
    short = Statement(what="sign-in", who="person-1", when=NOW)
    assert canonical(short) == b'{"what":"sign-in","when":"2026-03-02T09:00:00Z","who":"person-1"}'
    assert (short.detail, short.objects, short.case) == ({}, (), "")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"what": ""}, "what"),
        ({"what": "Check"}, "what"),
        ({"what": "-check"}, "what"),
        ({"what": "a" * 65}, "what"),
        ({"who": ""}, "who"),
        ({"when": datetime(2026, 3, 2)}, "when"),
        ({"digest": "0" * 63}, "digest"),
        ({"digest": "G" * 64}, "digest"),
        ({"digest": "A" * 64}, "digest"),
    ],
)
def test_what_cannot_be_stated_is_refused(change: dict[str, Any], field: str) -> None:
    with pytest.raises(BadInput) as caught:
        msgspec.structs.replace(statement(), **change)
    assert caught.value.field == field


def test_the_longest_verb_is_a_verb() -> None:
    assert Statement(what="a" * 64, who="person-1", when=NOW).what == "a" * 64


def test_statements_are_bounded() -> None:
    room = statements.LONGEST - len(canonical(msgspec.structs.replace(statement(), outcome="x"))) + 1
    assert len(canonical(msgspec.structs.replace(statement(), outcome="x" * room))) == statements.LONGEST
    with pytest.raises(BadInput, match="32769 bytes is over 32768") as caught:
        canonical(msgspec.structs.replace(statement(), outcome="x" * (room + 1)))
    assert "ids, digests and counts" in caught.value.hint


def test_a_leaf_is_a_mark_and_a_salted_hash() -> None:
    found = leaf(b"s" * 32, b"written")
    assert found == b"liaison/1:" + sha256(b"s" * 32 + b"written").digest()
    assert len(found) == statements.LEAF == 42
    assert leaf(b"t" * 32, b"written") != found


@pytest.mark.parametrize("salt", [b"", b"s" * 31, b"s" * 33])
def test_a_salt_has_its_size(salt: bytes) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        leaf(salt, b"written")
