"""Permits, refusals and what is owed."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from liaison import policy
from liaison.policy import Duty, Obligation, Permit
from liaison.policy.decisions import united

obligations = st.builds(
    Obligation, duty=st.sampled_from(Duty), limit=st.integers(0, 9), text=st.sampled_from(["", "one", "two"])
)


@given(st.lists(obligations))
def test_each_duty_is_owed_once_with_the_strictest_limit_in_order(owed: list[Obligation]) -> None:
    kept = united(owed)
    keys = [(obligation.duty, obligation.text) for obligation in kept]
    assert set(keys) == {(obligation.duty, obligation.text) for obligation in owed}
    order = [(list(Duty).index(duty), text) for duty, text in keys]
    assert order == sorted(set(order))
    for obligation in kept:
        same = [o.limit for o in owed if (o.duty, o.text) == (obligation.duty, obligation.text)]
        assert obligation.limit == min(same)


def test_a_duty_is_found_on_a_permit() -> None:
    stop = Obligation(duty=Duty.STOP_AT, limit=50)
    permit = Permit(obligations=(Obligation(duty=Duty.LOG), stop))
    assert permit.duty(Duty.STOP_AT) is stop
    assert permit.duty(Duty.LEAD) is None


def test_duties_with_a_number_are_told() -> None:
    assert {duty for duty in Duty if duty.limited} == {Duty.STOP_AT, Duty.END_WITHIN, Duty.REVIEW_WITHIN}


def test_the_door_names_what_it_opens() -> None:
    # constants, then classes, then functions, as the linter sorts them
    assert policy.__all__ == sorted(
        policy.__all__, key=lambda name: (not name.isupper(), name.islower(), name)
    )
    assert all(hasattr(policy, name) for name in policy.__all__)
