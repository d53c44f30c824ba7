"""No path leads an alert anywhere but through a named trained person, however long it is."""

from __future__ import annotations

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from liaison import policy
from liaison.model.categories import OfficerId
from liaison.model.errors import BadInput, Conflict
from liaison.policy import AlertState
from liaison.screening.alert_rules import LONGEST_REASON, STEPS, Step, after, instruction_told, reason_of

TRAINED = policy.Actor(person=OfficerId("person-ana"), trained=True)
UNTRAINED = policy.Actor(person=OfficerId("person-ben"), trained=False)
NOBODY = policy.Actor(person=OfficerId(""), trained=True)
ALLOWED = frozenset({"call", "discreet"})


class Alerts(RuleBasedStateMachine):
    """An alert that everybody tries everything on."""

    @initialize()
    def begin(self) -> None:
        self.state = AlertState.CANDIDATE
        self.decided_by: list[str] = []

    @rule(step=st.sampled_from(Step), by=st.sampled_from([TRAINED, UNTRAINED, NOBODY]))
    def somebody_takes_a_step(self, step: Step, by: policy.Actor) -> None:
        before = self.state
        try:
            self.state = after(before, step, by)
        except (Conflict, BadInput):
            assert by is not TRAINED or (before, step) not in STEPS
            return
        assert by is TRAINED
        self.decided_by.append(by.person)

    @invariant()
    def a_decision_has_a_named_trained_person(self) -> None:
        if self.state is not AlertState.CANDIDATE:
            assert self.decided_by[-1] == TRAINED.person

    @invariant()
    def an_instruction_is_told_on_a_confirmed_alert_alone(self) -> None:
        told = instruction_told(self.state, "call", ALLOWED)
        assert bool(told) == (self.state is AlertState.CONFIRMED)


CAMPAIGN = settings.get_current_profile_name() == "campaign"
Alerts.TestCase.settings = settings(
    max_examples=2_000 if CAMPAIGN else 40, stateful_step_count=50, deadline=None
)
TestAlerts = Alerts.TestCase


def test_there_is_no_state_in_which_something_is_done_about_a_person() -> None:
    assert {state.value for state in AlertState} == {"candidate", "confirmed", "rejected"}
    assert {*STEPS.values()} == {*AlertState}


def test_a_decision_is_not_turned_into_another_without_being_reopened() -> None:
    for state, step in ((AlertState.CONFIRMED, Step.REJECT), (AlertState.REJECTED, Step.CONFIRM)):
        with pytest.raises(Conflict):
            after(state, step, TRAINED)


def test_an_instruction_that_the_law_does_not_know_is_not_told() -> None:
    assert instruction_told(AlertState.CONFIRMED, "seize-document", ALLOWED) == ""


def test_a_reason_is_kept_up_to_its_longest() -> None:
    assert reason_of("  seen  ") == "seen"
    assert len(reason_of("x" * LONGEST_REASON)) == LONGEST_REASON
    with pytest.raises(BadInput):
        reason_of("x" * (LONGEST_REASON + 1))
