"""The facts of a decision."""

from __future__ import annotations

import datetime as dt

import pytest

from liaison.model.errors import BadInput
from liaison.model.subjects import AnySubject
from liaison.policy import Action, Actor, Context, SubjectKind
from liaison.policy.actions import CAPABILITIES
from liaison.policy.context import IDENTIFYING, NARROWING, SPECIAL
from tests.policy.facts import AN_APPROVAL, NOW, lawful

NAIVE = dt.datetime(2026, 11, 20, 12)


@pytest.mark.parametrize("field", ["subjects", "recent", "recent_all_cases", "crossed", "hours", "cameras"])
def test_a_count_is_not_below_nothing(field: str) -> None:
    assert lawful(Action.CHECK, **{field: 0})
    with pytest.raises(BadInput, match=f"{field} is below 0") as caught:
        lawful(Action.CHECK, **{field: -1})
    assert caught.value.field == field
    assert caught.value.hint == "count again"


@pytest.mark.parametrize("field", ["now", "until", "glass_until"])
def test_a_time_has_a_zone(field: str) -> None:
    with pytest.raises(BadInput, match=f"{field} has no time zone") as caught:
        lawful(Action.CHECK, **{field: NAIVE})
    assert caught.value.field == field
    assert caught.value.hint == "times are in UTC"


def test_a_time_within_a_part_has_a_zone() -> None:
    with pytest.raises(BadInput) as caught:
        lawful(Action.CHECK, approval=AN_APPROVAL, approval__expires=NAIVE)
    assert caught.value.field == "approval.expires"
    with pytest.raises(BadInput) as caught:
        lawful(Action.CHECK, record__review_at=NAIVE)
    assert caught.value.field == "record.review_at"


def test_a_fact_left_out_permits_least() -> None:
    bare = Context(actor=Actor(person="o-1"), now=NOW)
    assert bare.actor.roles == frozenset()
    assert not (bare.actor.trained)
    assert not (bare.actor.safeguards)
    assert not (bare.on_case)
    assert not (bare.final_conviction)
    assert bare.widens


def test_the_kinds_of_subject_are_those_of_the_vocabulary() -> None:
    tags = {kind.__struct_config__.tag for kind in AnySubject.__args__}
    assert {kind.value for kind in SubjectKind} == tags


def test_what_a_search_may_use_falls_into_three_kinds_apart() -> None:
    assert not IDENTIFYING & NARROWING
    assert not (IDENTIFYING | NARROWING) & SPECIAL
    assert "nationality" in NARROWING


def test_every_act_takes_a_capability_and_has_a_label() -> None:
    assert set(CAPABILITIES) == set(Action)
    assert Action.READ_HOLDING.label == "read holding"
    assert Action.READ_HOLDING.capability is CAPABILITIES[Action.READ_HOLDING]
