"""What a leg asks again, and by which document: after a stop, after a wait, where its questions were signed early."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from liaison.crosscheck.asker import asking, legs
from liaison.crosscheck.asker.states import LegState, SessionState
from liaison.crosscheck.messages import unpacked
from tests.crosscheck.asker.test_legs import SEVERAL, Stopped, question
from tests.crosscheck.askers import GEZIM, STRANGER, Asked, asked
from tests.node_fixtures import both_databases
from tests.two_offices import INVESTIGATOR


def stops_late(*given: object) -> None:
    time.sleep(1)
    raise Stopped


@both_databases
def test_several_lost_answers_are_asked_for_again_by_the_same_documents(
    tmp_path: Path, kind: str, small: None, monkeypatch: pytest.MonkeyPatch
):
    """A stop between answers and their proofs: the holder answered more than was kept here."""
    with asked(tmp_path, kind) as both:
        session = both.draft(*SEVERAL)
        both.start(session)
        with monkeypatch.context() as patched:
            patched.setattr(legs, "_CHECKS", ThreadPoolExecutor(1))  # the first fails once others were asked
            patched.setattr(legs, "_checked", stops_late)
            with pytest.raises(Stopped):
                both.work()
        both.forget_memory()
        sent = [question(body).batch for body in both.evaluations()]
        assert len(sent) > 1
        both.pair.both(minutes=30)  # the questions are old by now
        both.work()
        assert both.shown(session).state is SessionState.DONE
        assert both.hits(session) == [2]
        assert both.holder_served()[0].points == both.leg(session).points
        for number in sent:
            first, second = (body for body in both.evaluations() if question(body).batch == number)
            assert first == second


@both_databases
def test_questions_are_signed_with_the_commitment_where_the_set_is_at_hand(
    tmp_path: Path, kind: str, small: None
):
    with asked(tmp_path, kind) as both:
        both.asks(STRANGER)
        session = both.draft(*SEVERAL)
        both.start(session)
        leg, signed = both.leg(session), both.batches_of(session)
        assert (leg.state, leg.epoch) == (LegState.RUNNING.value, both.published().epoch)
        assert all(row.question for row in signed)
        both.forget_memory()  # a stop before the first one left
        both.work()
        assert both.shown(session).state is SessionState.DONE
        assert both.hits(session) == [2]
        sent = [unpacked(body)[0] for body in both.evaluations()]
        assert sent[-len(signed) :] == [row.question for row in signed]


def test_questions_that_grew_old_while_the_leg_waited_are_signed_anew_at_once(both: Asked, small: None):
    both.asks(STRANGER)
    before = len(both.evaluations())
    session = both.draft(*SEVERAL)
    both.start(session)
    both.pair.both(minutes=30)  # others were asked about first
    both.work()
    assert both.hits(session) == [2]
    assert len(both.evaluations()) - before == both.leg(session).batches
    assert [each for each in both.holder.said() if each.what == "crosscheck-refused"] == []


def test_questions_of_which_none_was_asked_are_refused_once_at_most(both: Asked, small: None):
    """After a stop nobody knows what was asked: the first old question finds it out for those after it."""
    both.asks(STRANGER)
    session = both.draft(*SEVERAL)
    both.start(session)
    both.forget_memory()
    both.pair.both(minutes=30)
    both.work()
    assert both.hits(session) == [2]
    assert len([each for each in both.holder.said() if each.what == "crosscheck-refused"]) == 1


def test_questions_wait_where_the_set_has_to_be_asked_for(both: Asked):
    both.asks(STRANGER)
    both.pair.both(minutes=2)
    session = both.draft(GEZIM)
    both.start(session)
    assert both.leg(session).state == LegState.WAITING.value
    assert [row.question for row in both.batches_of(session)] == [""]
    both.work()
    assert both.hits(session) == [1]


def test_a_session_that_is_cancelled_before_its_signed_question_left_is_not_asked(both: Asked):
    both.asks(STRANGER)
    before = len(both.evaluations())
    session = both.draft(GEZIM)
    both.start(session)
    asking.cancel(both.asker.office, INVESTIGATOR, session)
    both.work()
    assert both.shown(session).legs[0].state is LegState.CANCELLED
    assert len(both.evaluations()) == before
