"""How requests and subjects move: no way leads to an answer but a person's."""

from __future__ import annotations

from random import Random

import pytest

from liaison.assistance.rules import (
    ANSWERED,
    MOVES,
    OPEN,
    SUBJECT_MOVES,
    By,
    Side,
    State,
    Step,
    SubjectState,
    SubjectStep,
    after,
    sources,
    subject_after,
)
from liaison.model.errors import Conflict

STARTS = {Side.ASKED: State.DRAFT, Side.RECEIVED: State.ARRIVING}


def walk(side: Side, steps: int, seed: int) -> None:
    """Take random steps; what is taken is in the table, and an answer has a person before it."""
    chance = Random(seed)
    state, subject = STARTS[side], SubjectState.WAITING
    person = subject_person = False
    for _ in range(steps):
        step, by = chance.choice(list(Step)), chance.choice(list(By))
        try:
            state = after(side, state, step, by)
        except Conflict:
            assert MOVES[side].get((state, step), (None, None))[1] is not by
        else:
            person |= by is By.PERSON
            if side is Side.RECEIVED and state in (State.ANSWERING, State.ANSWERED):
                assert person
            if side is Side.ASKED and state not in (State.DRAFT, State.WITHDRAWN):
                assert person
        if state in (State.CLOSED, State.WITHDRAWN, State.RETURNED):
            state, person = STARTS[side], False
        one, by = chance.choice(list(SubjectStep)), chance.choice(list(By))
        before = subject
        try:
            subject = subject_after(side, subject, one, by)
        except Conflict:
            assert SUBJECT_MOVES[side].get((before, one), (None, None))[1] is not by
        else:
            subject_person = by is By.PERSON and subject in ANSWERED
            if side is Side.RECEIVED and subject in ANSWERED:
                assert subject_person
        if subject is SubjectState.WITHDRAWN:
            subject = SubjectState.WAITING


@pytest.mark.parametrize("side", Side)
def test_no_way_leads_to_an_answer_without_a_person(side: Side) -> None:
    for seed in range(5):
        walk(side, 1_000, seed)


@pytest.mark.campaign
@pytest.mark.parametrize("side", Side)
def test_no_way_leads_to_an_answer_without_a_person_in_a_hundred_thousand_steps(side: Side) -> None:
    walk(side, 100_000, 977)


def test_every_answer_of_the_side_that_is_asked_is_a_persons() -> None:
    for (_, _), (following, by) in SUBJECT_MOVES[Side.RECEIVED].items():
        assert following not in ANSWERED or by is By.PERSON


def test_every_state_can_be_reached_and_left_or_is_an_end() -> None:
    for side, start in STARTS.items():
        reached, before = {start}, set[State]()
        while reached != before:
            before = set(reached)
            reached |= {following for (state, _), (following, _) in MOVES[side].items() if state in before}
        leaves = {state for state, _ in MOVES[side]}
        assert reached - leaves <= {State.CLOSED, State.WITHDRAWN, State.RETURNED}
        used = {state for state, _ in MOVES[side]} | {following for following, _ in MOVES[side].values()}
        assert used == reached


def test_nothing_is_sent_without_another_persons_step() -> None:
    into_authorised = [
        (state, step, by)
        for (state, step), (following, by) in MOVES[Side.ASKED].items()
        if following is State.AUTHORISED
    ]
    assert into_authorised == [(State.SUBMITTED, Step.AUTHORISE, By.PERSON)]
    into_sent = [state for (state, _), (following, _) in MOVES[Side.ASKED].items() if following is State.SENT]
    assert into_sent == [State.AUTHORISED]


def test_sources_are_what_the_table_says() -> None:
    moves = sources(Side.RECEIVED, SubjectStep.ANSWER_NOTHING, By.PERSON)
    assert moves == {SubjectState.PREPARED: SubjectState.NOTHING, SubjectState.HIT: SubjectState.NOTHING}
    assert sources(Side.RECEIVED, SubjectStep.ANSWER_NOTHING, By.NODE) == {}


def test_open_and_answered_are_apart() -> None:
    assert not OPEN & ANSWERED
    assert set(SubjectState) - OPEN - ANSWERED == {SubjectState.WITHDRAWN}
