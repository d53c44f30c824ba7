"""Letters that cross, and words of a partner that are none: the one loses nothing, and of the other nothing is kept."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from liaison.assistance import (
    answering,
    changing,
    clarifying,
    convictions,
    desk,
    drafting,
    league,
    register,
    sending,
    taking,
)
from liaison.assistance.convictions import Asking
from liaison.assistance.desk import Desk
from liaison.assistance.messages import (
    MOST_VALUES,
    Acknowledged,
    Answer,
    Answers,
    Clarify,
    Convictions,
    Entry,
    Result,
    Spontaneous,
    Triaged,
)
from liaison.assistance.spontaneous import take as take_unasked
from liaison.model.errors import BadInput, Conflict
from liaison.model.grounds import Purpose
from liaison.model.subjects import Name, Person
from liaison.screening.grounds import give_grounds
from liaison.supply.items import Supplied
from tests.assistance.requests import GEZIM, STRANGER, arrived, row, sent, states, strangers
from tests.assistance.test_convictions import asked as asked_for_convictions
from tests.assistance.test_convictions import conviction, ready
from tests.assistance.test_hostile import refused
from tests.partners.pairs import ADMINISTRATOR
from tests.screening.node import WHY
from tests.two_offices import APPROVER, DESK, HEAD, INVESTIGATOR, TERMS, Pair, text, two_offices


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Pair]:
    with two_offices(tmp_path) as both:
        yield both


def test_a_withdrawal_that_crosses_a_batch_of_answers_loses_none_of_the_others(pair: Pair) -> None:
    request, theirs = arrived(pair, strangers(5))
    asking, asked = pair.asking, pair.asked
    answering.confirm_nothing(asked.office, asked.means, DESK, theirs)
    changing.withdraw(asking.office, asking.means, INVESTIGATOR, request, "this one is known", (3,))
    pair.carry()
    assert pair.refused == []
    nothing = "nothing held"
    assert states(asking, request) == {1: nothing, 2: nothing, 3: "withdrawn", 4: nothing, 5: nothing}
    assert (row(asking, request).state, row(asked, theirs).state) == ("answered", "answered")


def test_an_answer_on_what_was_withdrawn_alone_is_not_taken(pair: Pair) -> None:
    request, _ = arrived(pair)
    changing.withdraw(pair.asking.office, pair.asking.means, INVESTIGATOR, request, "this one is known", (1,))
    body = Answers(request=request, number=1, answers=(Answer(number=1, result=Result.NOTHING),))
    assert refused(pair.asking, pair.asked, taking.take_answers, body) == "subject-withdrawn"


def test_whoever_was_late_stays_late_when_a_subject_is_corrected(pair: Pair) -> None:
    request, theirs = arrived(pair, [GEZIM, STRANGER])
    asking, asked = pair.asking, pair.asked
    pair.both(days=8)
    entry = Person(names=(Name(full="Wolfram Obermeier"),))
    changing.correct(asking.office, asking.means, INVESTIGATOR, request, {1: entry, 2: entry}, "another's")
    pair.carry()
    asked.check()
    answering.confirm_nothing(asked.office, asked.means, DESK, theirs)
    pair.carry()
    assert pair.refused == []
    assert (row(asking, request).late, row(asked, theirs).late) == (True, True)


def test_a_time_of_receipt_is_held_against_our_clock(pair: Pair) -> None:
    request = sent(pair)
    asking, asked, take = pair.asking, pair.asked, taking.take_acknowledged
    now, before = asking.clock.now(), row(asking, request)
    told = Acknowledged(
        request=request, received=now + dt.timedelta(days=300), subjects=2, digest=before.digest
    )
    asking.office.write(lambda c: take(asking.office, c, asking.means, asked.origin, told))
    assert row(asking, request).received == now
    both = tuple(Answer(number=number, result=Result.NOTHING) for number in (1, 2))
    body = Answers(request=request, number=1, answers=both)
    asking.office.write(lambda c: taking.take_answers(asking.office, c, asking.means, asked.origin, body))
    (line,) = league.league(asking.office, HEAD)
    assert line.median == dt.timedelta()


def test_words_that_are_none_are_not_kept(pair: Pair) -> None:
    request, _ = arrived(pair)
    asking, asked = pair.asking, pair.asked
    end = dt.datetime(9999, 12, 31, 23, 59, tzinfo=dt.UTC)
    triaged = Triaged(request=request, counts={"direct": 1}, due=end)
    assert refused(asking, asked, taking.take_triaged, triaged) == "bad-time"
    ground = Answer(number=1, result=Result.REFUSED, ground="Gëzim Vokshi is a witness")
    body = Answers(request=request, number=1, answers=(ground,))
    assert refused(asking, asked, taking.take_answers, body) == "unknown-code"
    question = Clarify(request=request, id="talk-1", question="Who?", pauses="Gëzim Vokshi is a witness")
    assert refused(asking, asked, clarifying.take_question, question) == "unknown-code"
    notices = Convictions(id="notices-1", request=request, notices=(), last=True)
    assert refused(asking, asked, convictions.take, notices) == "unknown-request"
    assert states(asking, request) == {1: "waiting", 2: "waiting"}


def test_names_counts_and_values_have_a_form() -> None:
    many = tuple(Name(full=f"Somebody Else{number}") for number in range(MOST_VALUES + 1))
    assert Entry(number=1, subject=Person(names=many[1:]))
    for make in (
        lambda: Triaged(request="r", counts={"Gezim Vokshi is a witness": 1}),
        lambda: Clarify(request="r", id="../x", question="Who?"),
        lambda: Clarify(request="r", id="x" * 121, question="Who?"),
        lambda: Convictions(id="a b", request="r", notices=()),
        lambda: Entry(number=1, subject=Person(names=many)),
    ):
        with pytest.raises(BadInput):
            make()


def test_what_no_agreement_names_is_not_taken(tmp_path: Path) -> None:
    with two_offices(tmp_path, "sqlite", replace(TERMS, exchanges=("records",))) as pair:
        desk.set_desk(pair.asking.office, ADMINISTRATOR, Desk("Europe/Tirane", "albania", "ALB"))
        notices = Convictions(id="notices-1", notices=(conviction(1),))
        assert refused(pair.asking, pair.asked, convictions.take, notices) == "not-agreed"
        item = Supplied(item="item", chain=(pair.asked.origin,))
        unasked = Spontaneous(id="u-1", purpose=Purpose.INVESTIGATION, reason="It may help", items=(item,))
        assert refused(pair.asking, pair.asked, take_unasked, unasked) == "not-agreed"


def test_a_request_for_convictions_that_was_withdrawn_is_not_sent(tmp_path: Path) -> None:
    with ready(tmp_path) as pair:
        office, means = pair.asking.office, pair.asking.means
        grounds = give_grounds(
            office,
            INVESTIGATOR,
            pair.asking.case,
            purpose=Purpose.EXECUTION,
            basis="task",
            justification=WHY,
            offence="drugs",
        )
        asking = Asking(
            partner=pair.asked.origin,
            grounds=grounds,
            reference="2026/1-C",
            contact="central authority",
            since=dt.date(2020, 1, 1),
            until=dt.date(2026, 1, 1),
        )
        request = convictions.ask(office, INVESTIGATOR, asking)
        sending.authorise(office, APPROVER, request, True, "needed to trace assets")
        changing.withdraw(office, means, INVESTIGATOR, request, "no longer needed")
        with pytest.raises(Conflict, match="withdrawn"):
            convictions.send(office, means, INVESTIGATOR, request)
        assert pair.carry() == 0


def test_convictions_are_taken_while_they_are_asked_for_and_no_longer(tmp_path: Path) -> None:
    with ready(tmp_path) as pair:
        request = asked_for_convictions(pair)
        changing.withdraw(pair.asking.office, pair.asking.means, INVESTIGATOR, request, "no longer needed")
        notices = Convictions(id="notices-1", request=request, notices=(conviction(1),))
        assert refused(pair.asking, pair.asked, convictions.take, notices) == "request-over"
        assert register.received(pair.asking.office, DESK, "en", request=request) == []


def test_whoever_has_too_many_names_is_left_out_of_a_list_and_told(pair: Pair) -> None:
    office = pair.asking.office
    request = drafting.draft(office, INVESTIGATOR, text(pair))
    aliases = "|".join(f"Somebody Else{number}" for number in range(MOST_VALUES + 1))
    table = f"name,aliases,born\nAnna Gashi,{aliases},1980-01-02\nBlerim Hoti,,1981-02-03\n"
    drafting.add_list(office, INVESTIGATOR, request, table.encode(), "list.csv")
    assert row(pair.asking, request).subjects == 1
    office.read(lambda connection: drafting.require_listed(connection, row(pair.asking, request)))
