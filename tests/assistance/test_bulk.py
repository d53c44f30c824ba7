"""Requests about many: answered in batches, and gone on with after a stop."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from liaison.assistance import answering, checking, drafting, reading, sending
from liaison.assistance.content import Found
from liaison.model.errors import Conflict
from tests.assistance.requests import GEZIM, arrived, row, sent, states, strangers, theirs
from tests.two_offices import DESK, INVESTIGATOR, Pair, text, two_offices


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Pair]:
    with two_offices(tmp_path) as both:
        yield both


def test_a_check_that_was_broken_off_goes_on_where_it_was(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = sent(pair, [GEZIM, *strangers(1_200)])
    pair.carry()
    asked, at_theirs = pair.asked, theirs(pair, request)
    real, calls = checking.find, []

    def breaks(*given: object) -> dict[int, Found]:
        calls.append(given)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return real(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(checking, "find", breaks)
    with pytest.raises(KeyboardInterrupt):
        asked.check()
    assert sorted(set(states(asked, at_theirs).values())) == ["hit", "prepared", "waiting"]
    monkeypatch.setattr(checking, "find", real)
    assert asked.check() == 701
    assert list(states(asked, at_theirs).values()).count("hit") == 1
    assert asked.check() == 0
    assert asked.verbs().count("request-prepared") == 1


def test_parts_that_a_stop_left_behind_are_sent(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    asking = pair.asking
    monkeypatch.setattr(sending, "AT_ONCE", 1)
    real, calls = sending._post_parts, []

    def breaks(*given: object) -> None:
        calls.append(given)
        if len(calls) == 2:
            raise RuntimeError("killed")
        real(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(sending, "_post_parts", breaks)
    with pytest.raises(RuntimeError, match="killed"):
        sent(pair, strangers(1_200))
    monkeypatch.setattr(sending, "_post_parts", real)
    pair.carry()
    request = reading.outbox(asking.office, INVESTIGATOR).lines[0].id
    at_theirs = theirs(pair, request)
    assert (row(pair.asked, at_theirs).state, row(pair.asked, at_theirs).parts_there) == ("arriving", 1)
    assert sending.send_rest(asking.office, asking.means) == 1
    assert sending.send_rest(asking.office, asking.means) == 0
    pair.carry()
    assert row(pair.asked, at_theirs).state == "received"
    assert len(states(pair.asked, at_theirs)) == 1_200
    assert pair.refused == []


def test_a_list_that_was_broken_off_goes_on_and_bad_rows_are_said(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    asking = pair.asking
    request = drafting.draft(asking.office, INVESTIGATOR, text(pair))
    content = (
        "name\tborn\n"
        + "\n".join(f"{line.split(';')[0]}\t1950-13-45" for line in strangers(30))
        + "\n\t1950-01-01\n"
    )
    monkeypatch.setattr(drafting, "STEP", 10)
    real, calls = drafting._write_step, []

    def breaks(*given: object) -> None:
        calls.append(given)
        if len(calls) == 3:
            raise RuntimeError("killed")
        real(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(drafting, "_write_step", breaks)
    with pytest.raises(RuntimeError, match="killed"):
        drafting.add_list(asking.office, INVESTIGATOR, request, content)
    monkeypatch.setattr(drafting, "_write_step", real)
    with pytest.raises(Conflict, match="not taken in whole"):
        sending.submit(asking.office, INVESTIGATOR, request)
    listed = drafting.add_list(asking.office, INVESTIGATOR, request, content)
    assert (listed.subjects, row(asking, request).subjects) == (30, 30)
    assert listed.bad_rows >= 30
    assert {bad.field for bad in listed.bad} >= {"born"}
    assert [bad.row for bad in listed.bad] == [*range(1, 32)], "in the order of the list"
    drafting.add_list(asking.office, INVESTIGATOR, request, content)
    assert row(asking, request).subjects == 30


def test_nothing_held_is_confirmed_at_once_only_where_nothing_was_found(pair: Pair) -> None:
    ours, at_theirs = arrived(pair, [GEZIM, *strangers(450)])
    asking, asked = pair.asking, pair.asked
    assert states(asked, at_theirs)[1] == "hit"
    assert answering.confirm_nothing(asked.office, asked.means, DESK, at_theirs) == 450
    assert states(asked, at_theirs)[1] == "hit"
    pair.carry()
    batches = [each for each in asking.said() if each.what == "answers-received"]
    assert [each.detail["subjects"] for each in batches] == ["200", "200", "50"]
    answering.nothing_after_all(
        asked.office, asked.means, DESK, at_theirs, 1, "The photograph shows another man"
    )
    pair.carry()
    assert row(asking, ours).state == "answered"
    assert set(states(asking, ours).values()) == {"nothing held"}
