"""The tables of steps, walked at random: no path leads around a second person."""

from datetime import UTC, datetime, timedelta
from enum import Enum

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from liaison.model.errors import Conflict
from liaison.officers import states
from liaison.officers.states import APPROVAL, GLASS, ApprovalState, GlassState, GlassStep, Step
from liaison.storage.tables import officers as tables

START = datetime(2026, 3, 2, 9, tzinfo=UTC)


class ApprovalWalk(RuleBasedStateMachine):
    """Any steps at any times, against what must have happened before."""

    def __init__(self) -> None:
        super().__init__()
        self.state, self.now = ApprovalState.ASKED, START
        self.expires = START + timedelta(hours=24)
        self.done: list[Step] = []

    @rule(hours=st.integers(0, 30))
    def time_passes(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    @rule(step=st.sampled_from([Step.APPROVE, Step.REFUSE, Step.USE]))
    def somebody_acts(self, step: Step) -> None:
        before = states.approval_now(self.state, self.expires, self.now)
        try:
            self.state = states.approval_after(before, step)
        except Conflict:
            assert (before, step) not in APPROVAL
        else:
            assert self.now < self.expires
            self.done.append(step)

    @invariant()
    def used_only_after_approval_and_once(self) -> None:
        if self.state is ApprovalState.USED:
            assert self.done == [Step.APPROVE, Step.USE]
        assert self.done.count(Step.USE) <= 1

    @invariant()
    def decided_at_most_once(self) -> None:
        assert self.done.count(Step.APPROVE) + self.done.count(Step.REFUSE) <= 1

    @invariant()
    def nothing_in_force_after_its_time(self) -> None:
        if self.now >= self.expires:
            shown = states.approval_now(self.state, self.expires, self.now)
            assert shown not in (ApprovalState.ASKED, ApprovalState.APPROVED)


class GlassWalk(RuleBasedStateMachine):
    """However much time passes, only a review closes it."""

    def __init__(self) -> None:
        super().__init__()
        self.state, self.now = GlassState.OPEN, START
        self.until = START + timedelta(hours=8)
        self.reviews = 0

    @rule(hours=st.integers(0, 20))
    def time_passes(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    @precondition(lambda self: self.reviews < 3)
    @rule()
    def somebody_reviews(self) -> None:
        before = states.glass_now(self.state, self.until, self.now)
        try:
            self.state = states.glass_after(before, GlassStep.REVIEW)
            self.reviews += 1
        except Conflict:
            assert before is GlassState.REVIEWED

    @invariant()
    def reviewed_by_a_review_alone(self) -> None:
        shown = states.glass_now(self.state, self.until, self.now)
        assert (shown is GlassState.REVIEWED) == (self.reviews == 1)
        if shown is GlassState.OPEN:
            assert self.now < self.until


TestApprovalWalk = ApprovalWalk.TestCase
TestApprovalWalk.settings = settings(max_examples=200, stateful_step_count=30, deadline=None)
TestGlassWalk = GlassWalk.TestCase
TestGlassWalk.settings = settings(max_examples=100, stateful_step_count=30, deadline=None)


def test_final_states_lead_nowhere() -> None:
    for final in (ApprovalState.REFUSED, ApprovalState.EXPIRED, ApprovalState.USED):
        for step in Step:
            with pytest.raises(Conflict, match=final.value):
                states.approval_after(final, step)
    for glass_step in GlassStep:
        with pytest.raises(Conflict):
            states.glass_after(GlassState.REVIEWED, glass_step)
    assert set(APPROVAL.values()) | {ApprovalState.ASKED} == set(ApprovalState)
    assert set(GLASS.values()) | {GlassState.OPEN} == set(GlassState)


@pytest.mark.parametrize(
    ("name", "kind", "left_out"),
    [
        ("account", states.AccountState, set()),
        ("method", states.Method, {"token"}),
        ("approval", ApprovalState, set()),
        ("glass", GlassState, set()),
    ],
)
def test_the_tables_know_every_state(name: str, kind: type[Enum], left_out: set[str]) -> None:
    assert {*tables.STATES[name]} == {value.value for value in kind} - left_out
