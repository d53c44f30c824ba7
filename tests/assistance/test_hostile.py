"""What a partner may not make a node do by its letters about requests: each is refused, and changes nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from liaison.assistance import answering, changing, checking, clarifying, receiving, taking
from liaison.assistance.content import Found
from liaison.assistance.messages import (
    Acknowledged,
    Answer,
    Answers,
    Clarified,
    Closed,
    Corrected,
    Entry,
    Opening,
    Part,
    Result,
    Withdrawn,
)
from liaison.model.errors import BadInput
from liaison.model.structs import Value
from liaison.supply.items import Supplied
from liaison.supply.refusing import NotTaken
from tests.assistance.requests import (
    GEZIM,
    STRANGER,
    an_opening,
    arrived,
    row,
    sent,
    states,
    strangers,
    theirs,
)
from tests.screening.node import gezim
from tests.two_offices import DESK, INVESTIGATOR, Agency, Pair, two_offices


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Pair]:
    with two_offices(tmp_path) as both:
        yield both


def refused(agency: Agency, other: Agency, take: Callable[..., str], body: Value) -> str:
    """The code for which a letter is refused; nothing of it stays."""
    before = len(agency.said())
    with pytest.raises(NotTaken) as error:
        agency.office.write(
            lambda connection: take(agency.office, connection, agency.means, other.origin, body)
        )
    assert len(agency.said()) == before
    return error.value.code


def entries(*numbers: int) -> tuple[Entry, ...]:
    return tuple(Entry(number=number, subject=gezim()) for number in numbers)


def test_parts_that_were_not_promised(pair: Pair) -> None:
    request = sent(pair, strangers(700))
    asking, asked = pair.asking, pair.asked
    pair.bring(asking, asked, 1)
    at_theirs = theirs(pair, request)
    take = receiving.take_part
    assert (
        refused(asked, asking, take, Part(request="request-other", number=1, subjects=entries(1)))
        == "unknown-request"
    )
    assert (
        refused(asked, asking, take, Part(request=request, number=2, subjects=entries(501)))
        == "unexpected-part"
    )
    assert (
        refused(asked, asking, take, Part(request=request, number=1, subjects=entries(1, 2))) == "wrong-count"
    )
    pair.bring(asking, asked, 1)
    forged = Part(request=request, number=2, subjects=entries(*range(501, 701)))
    assert refused(asked, asking, take, forged) == "wrong-digest"
    assert row(asked, at_theirs).state == "arriving"
    pair.carry()
    assert row(asked, at_theirs).state == "received"
    assert pair.refused == []


def test_an_opening_that_was_received_before_or_is_of_no_known_instrument(pair: Pair) -> None:
    request = sent(pair)
    pair.carry()
    asking, asked, take = pair.asking, pair.asked, receiving.take_opening
    assert (
        refused(asked, asking, take, msgspec.structs.replace(an_opening(pair), id=request)) == "request-known"
    )
    other = msgspec.structs.replace(an_opening(pair), instrument="martial-law")
    assert refused(asked, asking, take, other) == "unknown-instrument"


def test_answers_that_were_not_asked_for(pair: Pair) -> None:
    request, at_theirs = arrived(pair, [GEZIM, STRANGER])
    asking, asked, take = pair.asking, pair.asked, taking.take_answers

    def answers(*given: Answer) -> Answers:
        return Answers(request=request, number=1, answers=given)

    nothing = Answer(number=1, result=Result.NOTHING)
    assert (
        refused(asking, asked, take, answers(msgspec.structs.replace(nothing, number=9))) == "unknown-subject"
    )
    assert refused(asking, asked, take, answers(nothing, nothing)) == "unknown-subject"
    forged = Answer(number=1, result=Result.FULL, items=(Supplied(item="e30.e30.AA", chain=(asked.origin,)),))
    assert refused(asking, asked, take, answers(forged)) == "bad-item"
    answering.confirm_nothing(asked.office, asked.means, DESK, at_theirs)
    pair.carry()
    assert refused(asking, asked, take, answers(Answer(number=2, result=Result.NOTHING))) == "answered-before"
    assert states(asking, request) == {1: "waiting", 2: "nothing held"}


def test_words_about_a_request_that_do_not_fit_it(pair: Pair) -> None:
    request, _ = arrived(pair)
    asking, asked, now = pair.asking, pair.asked, pair.asked.clock.now()
    told = Acknowledged(request=request, received=now, subjects=2, digest="0" * 64)
    assert refused(asking, asked, taking.take_acknowledged, told) == "wrong-digest"
    again = msgspec.structs.replace(told, digest=row(asking, request).digest)
    assert refused(asking, asked, taking.take_acknowledged, again) == "out-of-order"
    clarified = Clarified(request=request, id="talk-other", answer="The white one")
    assert refused(asked, asking, clarifying.take_answer, clarified) == "unknown-question"
    closed = Closed(request=request, outcome="arrest")
    assert refused(asked, asking, changing.take_closed, closed) == "out-of-order"
    assert (
        refused(asked, asking, changing.take_closed, Closed(request=request, outcome="fame"))
        == "unknown-code"
    )
    corrected = Corrected(request=request, revision=2, subjects=entries(1), reason="wrong name")
    assert refused(asked, asking, changing.take_corrected, corrected) == "out-of-order"
    assert refused(asked, asking, changing.take_withdrawn, Withdrawn(request="other")) == "unknown-request"
    # the side that is asked withdraws nothing of ours, and we answer nothing of our own
    assert refused(asking, asked, changing.take_withdrawn, Withdrawn(request=request)) == "unknown-request"


def test_a_subject_that_was_corrected_while_it_was_checked_is_checked_anew(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = sent(pair, [STRANGER])
    pair.carry()
    asking, asked, at_theirs = pair.asking, pair.asked, theirs(pair, request)
    real, seen = checking.find, []

    def slow(*given: Any) -> dict[int, Found]:
        found = real(*given)
        if not seen:
            seen.append(given)
            changing.correct(
                asking.office, asking.means, INVESTIGATOR, request, {1: gezim()}, "another's name"
            )
            pair.carry()
        return found

    monkeypatch.setattr(checking, "find", slow)
    asked.check()
    assert states(asked, at_theirs) == {1: "hit"}


@pytest.mark.parametrize(
    "wrong",
    [
        {"subjects": 0, "parts": 0},
        {"subjects": 100_001, "parts": 201},
        {"subjects": 501, "parts": 1},
        {"digest": "x"},
        {"urgent": True},
        {"wanted": ()},
        {"belief": ""},
        {"description": "x" * 4_001},
        {"review_at": dt.date(2031, 1, 1)},
    ],
)
def test_an_opening_that_is_not_in_form(pair: Pair, wrong: dict[str, Any]) -> None:
    given = {**msgspec.structs.asdict(an_opening(pair)), **wrong}
    with pytest.raises(BadInput):
        Opening(**given)


def test_parts_and_answers_that_are_not_in_form() -> None:
    for make in (
        lambda: Part(request="r", number=1, subjects=entries(2)),
        lambda: Part(request="r", number=2, subjects=entries(1)),
        lambda: Part(request="r", number=1, subjects=entries(*range(1, 502))),
        lambda: Part(request="r", number=1, subjects=()),
        lambda: Answer(number=1, result=Result.REFUSED),
        lambda: Answer(number=1, result=Result.NOTHING, ground="minor"),
        lambda: Answer(number=1, result=Result.FULL),
        lambda: Answers(request="r", number=1, answers=()),
        lambda: Entry(number=0, subject=gezim()),
    ):
        with pytest.raises(BadInput):
            make()
