"""A15: whatever asks about people counts against the quota of the agreement, copies and convictions too."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from liaison.assistance import convictions, copies, timing
from liaison.assistance.content import open_as
from liaison.assistance.desk import Role
from liaison.assistance.messages import Copy
from liaison.assistance.rules import Side
from liaison.model.errors import BadInput
from liaison.storage.tables.assistance import COPIES
from liaison.supply.documents import MOST_PASSED, Confirmation, Outcome
from liaison.supply.refusing import NotTaken
from tests.assistance.requests import an_opening, sent, theirs
from tests.assistance.test_convictions import WORDS, asked, conviction, enter, ready
from tests.node_fixtures import START
from tests.two_offices import DESK, TERMS, Pair, two_offices


def left(pair: Pair) -> int:
    """What the partner may still ask about today."""
    office = pair.asked.office
    return office.read(
        lambda c: timing.quota_left(c, pair.asking.origin, Side.RECEIVED, pair.asked.clock.now())
    )


def test_copies_count_against_the_quota_and_no_more_are_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with two_offices(tmp_path, terms=replace(TERMS, quota=5)) as pair:
        asked_one = pair.asked
        with monkeypatch.context() as patch:
            patch.setattr(copies, "recipients", lambda connection, row: [(Role.POINT, asked_one.origin)])
            sent(pair)
            pair.carry()
        assert pair.refused == []
        assert left(pair) == 1  # two were asked about, and the same two were copied
        opening = an_opening(pair)
        entries = _entries(pair)
        body = Copy(role=Role.POINT.value, asked="third.example", opening=opening, number=1, subjects=entries)
        office = asked_one.office
        with pytest.raises(NotTaken) as refused:
            office.write(lambda c: copies.take_copy(office, c, pair.asking.origin, "thread-9", body))
        assert refused.value.code == "over-quota"
        pair.asked.clock.forward(hours=25)
        assert left(pair) == 5


def _entries(pair: Pair) -> tuple:  # type: ignore[type-arg]
    """Two subjects, as a copy that came has them."""
    office = pair.asked.office
    row = office.read(lambda c: c.execute(select(COPIES).where(COPIES.c.subjects > 0)).first())
    assert row is not None
    return open_as(office, row.key, row.sealed, copies.about(row.id), Copy).subjects


def test_a_request_for_convictions_counts_with_what_it_was_answered(tmp_path: Path) -> None:
    with ready(tmp_path, "sqlite", quota=4) as pair:
        enter(pair, [conviction(number) for number in range(3)])
        request = asked(pair)
        assert left(pair) == 3
        at_theirs = theirs(pair, request)
        convictions.answer(pair.asked.office, pair.asked.means, DESK, at_theirs, WORDS)
        assert left(pair) == 0
        pair.carry()
        asked(pair)
        assert pair.refused == ["over-quota"]


@pytest.mark.parametrize(
    "named",
    [
        tuple(f"node{number}.example" for number in range(MOST_PASSED + 1)),
        ("a.example", "a.example"),
        ("not a name",),
        ("a" * 500,),
    ],
)
def test_a_confirmation_names_so_many_further_recipients_and_each_once(named: tuple[str, ...]) -> None:
    def made(passed_to: tuple[str, ...]) -> Confirmation:
        return Confirmation(
            federation="test",
            notice="notice-1",
            item="item-1",
            chain=("a.example", "b.example"),
            outcome=Outcome.DONE,
            passed_to=passed_to,
            at=START + dt.timedelta(days=1),
        )

    assert len(made(tuple(f"node{number}.example" for number in range(MOST_PASSED))).passed_to) == MOST_PASSED
    with pytest.raises(BadInput):
        made(named)
