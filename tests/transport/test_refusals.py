"""Letters that count for nothing are counted, told of, and cost a node next to nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Connection, func, select

from liaison.ledger.log import size
from liaison.model.errors import NotFound
from liaison.officers import notices
from liaison.policy import Actor
from liaison.storage.tables.transport import INBOX
from liaison.transport import inbox, refusals
from liaison.transport.letters import Type, letter_of, parts, sign
from liaison.transport.refusals import TELL_AT, TOLD, WHAT, Refusals
from tests.node_fixtures import both_databases
from tests.partners.pairs import SUPERVISOR, agree, pair, two_sides
from tests.transport.sides import Writer, a_writer
from tests.transport.test_inbox import forged

Two = tuple[Writer, Writer]


def entries(writer: Writer) -> list[tuple[str, str]]:
    """What the ledger says of letters that counted for nothing: the reason, and how many there were by then."""

    def work(connection: Connection) -> list[tuple[str, str]]:
        told = [writer.office.log.statement(connection, index) for index in range(size(connection))]
        return [(each.outcome, each.detail["count"]) for each in told if each.what == WHAT]

    return writer.office.read(work)


def found(writer: Writer, other: Writer) -> dict[str, int]:
    return {each.code: each.count for each in refusals.refusals(writer.office, SUPERVISOR, other.side.origin)}


def told(writer: Writer) -> list[str]:
    return [each.object for each in notices.waiting(writer.office, SUPERVISOR) if each.kind == TOLD]


def test_each_reason_is_counted_by_partner(writers: Two) -> None:
    left, right = writers
    first, second = left.bytes_of(right, "one"), left.bytes_of(right, "two")
    ours, theirs = left.side.keys.document, right.side.keys.document
    heard: list[tuple[str, str, int]] = []
    right.means.refused = lambda *said: heard.append(said)
    bad = [
        b"a.b.c",
        b"a.b.c",
        forged(first, ours, federation="other"),
        forged(first, ours, sender="third.example"),
        sign(Type.LETTER, letter_of(parts(Type.LETTER, first)), theirs),
        first[:-4] + (b"AAAA" if first[-4:] != b"AAAA" else b"BBBB"),
        second,
    ]
    right.takes(left, bad)
    expected = {"form": 2, "federation": 1, "names": 1, "key": 1, "signature": 1, "gap": 1}
    assert found(right, left) == expected
    assert {(origin, code, count) for origin, code, count in heard} == {
        (left.side.origin, code, count) for code, count in expected.items()
    }
    assert right.office.read(lambda c: c.execute(select(func.count()).select_from(INBOX)).scalar_one()) == 0
    assert right.takes(left, [first, second])
    assert found(right, left) == expected  # what counts is not among them


@both_databases
def test_the_ledger_has_an_entry_at_first_and_whenever_they_have_doubled(tmp_path: Path, kind: str) -> None:
    with two_sides(tmp_path, kind) as (left_side, right_side):
        pair(left_side, right_side)
        agree(left_side, right_side)
        left, right = a_writer(left_side), a_writer(right_side)
        for _ in range(5):
            right.takes(left, [b"a.b.c"])
        assert entries(right) == [("form", "1"), ("form", "2"), ("form", "4")]
        right.takes(left, [b"a.b.c"] * 500)
        assert found(right, left) == {"form": 505}
        assert len(entries(right)) < 12
        (row,) = refusals.refusals(right.office, SUPERVISOR, left.side.origin)
        assert isinstance(row, Refusals)
        statement = right.office.read(lambda c: right.office.log.statement(c, row.entry))
        assert (statement.what, statement.outcome) == (WHAT, "form")


def test_a02_the_supervisors_are_told_once_of_a_partner_that_is_refused_again_and_again(writers: Two) -> None:
    left, right = writers
    right.takes(left, [b"a.b.c"] * (TELL_AT - 1))
    assert told(right) == []
    left.bytes_of(right, "one")
    right.takes(left, [left.bytes_of(right, "two")] * TELL_AT)  # gaps are disorder, and no attack
    assert told(right) == []
    for _ in range(3):
        right.takes(left, [b"d.e.f"] * TELL_AT)
    assert told(right) == [right.side.knows(left.side).id]


def test_nobody_else_reads_what_was_refused(writers: Two) -> None:
    left, right = writers
    right.takes(left, [b"a.b.c"])
    with pytest.raises(NotFound):
        refusals.refusals(right.office, Actor(person=SUPERVISOR.person, roles=frozenset()), left.side.origin)


def test_what_fails_counts_nothing(writers: Two, monkeypatch: pytest.MonkeyPatch) -> None:
    left, right = writers
    with monkeypatch.context() as patch:
        patch.setattr(inbox, "_take", _broken)
        with pytest.raises(ZeroDivisionError):
            right.takes(left, [b"a.b.c"])
    assert found(right, left) == {}


def _broken(*_: object) -> bytes:
    raise ZeroDivisionError
