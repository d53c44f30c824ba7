"""The decision over several regimes: total, monotone, the same in any order."""

from __future__ import annotations

import random
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings

from liaison.model.errors import NotLawful
from liaison.model.grounds import Purpose
from liaison.model.roles import Role
from liaison.policy import (
    Action,
    Actor,
    Context,
    Duty,
    Obligation,
    Pack,
    Permit,
    Refuse,
    decide,
    require,
)
from liaison.policy.actions import GROUNDED, SEARCHES, USES
from tests.policy.facts import (
    ALBANIA,
    AN_APPROVAL,
    DAY,
    DEMO,
    EU,
    HOUR,
    NOW,
    PACKS,
    SECOND,
    UK,
    cases,
    lawful,
    refusing,
    regimes,
)

Case = tuple[Action, Context]
MANY = settings(max_examples=400, deadline=None)


@MANY
@given(cases(), regimes)
def test_a_decision_is_always_made_and_always_the_same(case: Case, packs: tuple[Pack, ...]) -> None:
    decision = decide(*case, packs)
    assert isinstance(decision, Permit | Refuse)
    assert decision == decide(*case, packs)
    if isinstance(decision, Refuse):
        assert decision.reasons
        assert all(reason.missing and reason.remedy and reason.source for reason in decision.reasons)
    else:
        assert decision.duty(Duty.LOG)


@MANY
@given(cases(), regimes)
def test_the_order_of_the_regimes_does_not_matter(case: Case, packs: tuple[Pack, ...]) -> None:
    assert decide(*case, packs) == decide(*case, packs[::-1])
    assert decide(*case, packs) == decide(*case, packs + packs)


@MANY
@given(cases(), regimes)
def test_another_regime_never_turns_a_refusal_into_a_permit(case: Case, packs: tuple[Pack, ...]) -> None:
    before = decide(*case, packs)
    for pack in PACKS:
        after = decide(*case, (*packs, pack))
        if isinstance(before, Refuse):
            assert isinstance(after, Refuse)
            assert {*before.reasons} <= {*after.reasons}
        elif isinstance(after, Permit):
            _no_less_is_owed(before, after)


def _no_less_is_owed(before: Permit, after: Permit) -> None:
    for owed in before.obligations:
        kept = [o for o in after.obligations if (o.duty, o.text) == (owed.duty, owed.text)]
        assert len(kept) == 1
        assert kept[0].limit <= owed.limit


@MANY
@given(cases(), regimes)
def test_permitted_by_several_exactly_where_each_permits(case: Case, packs: tuple[Pack, ...]) -> None:
    apart = [isinstance(decide(*case, (pack,)), Permit) for pack in packs]
    assert isinstance(decide(*case, packs), Permit) is all(apart)


@MANY
@given(cases(), regimes)
def test_nothing_is_permitted_without_grounds_where_they_are_due(case: Case, packs: tuple[Pack, ...]) -> None:
    action, context = case
    if action in GROUNDED and context.grounds is None:
        assert isinstance(decide(action, context, packs), Refuse)


@MANY
@given(cases(), regimes)
def test_an_administrator_is_let_nothing_that_shows_content(case: Case, packs: tuple[Pack, ...]) -> None:
    action, context = case
    if Role.ADMINISTRATOR in context.actor.roles and isinstance(decide(action, context, packs), Permit):
        assert action in (Action.SETTINGS, Action.ADMINISTER_ACCOUNTS, Action.PAIR)


def test_500_pairs_of_purposes_are_allowed_exactly_as_the_matrix_says() -> None:
    draw = random.Random(20261120)
    basis = {Purpose.BORDER_CHECK: "border-law"}
    seen = set()
    for _ in range(500):
        collected, asked = draw.choice(list(Purpose)), draw.choice(list(Purpose))
        pack = draw.choice(PACKS)
        facts = {
            "record__collected_for": collected,
            "grounds__purpose": asked,
            "grounds__basis": "vital-interest" if asked.protects else basis.get(asked, "task"),
        }
        expected = set() if asked in pack.purposes.reuse[collected.value] else {"L01/reuse"}
        expected |= {"L04/kind"} if asked.protects else set()
        assert refusing(Action.READ_HOLDING, pack, **facts) == expected
        seen.add((collected, asked))
    assert len(seen) > 75


def test_a_purpose_that_one_regime_does_not_allow_is_refused_by_it() -> None:
    allowed = EU.purposes.allowed - {Purpose.BORDER_CHECK}
    strict = _with(EU, purposes=_with(EU.purposes, allowed=allowed))
    facts = {"grounds__purpose": Purpose.BORDER_CHECK, "grounds__basis": "border-law"}
    assert refusing(Action.CHECK, strict, **facts) == {"L01/purpose"}
    assert refusing(Action.CHECK, EU, **facts) == set()


def _with(value: Any, **changed: object) -> Any:
    return msgspec.structs.replace(value, **changed)


def test_without_a_regime_nothing_is_permitted() -> None:
    for action in Action:
        decision = decide(action, lawful(action), ())
        assert isinstance(decision, Refuse)
        assert decision.reasons[0].rule == "P00/regime"


def test_of_two_thresholds_the_stricter_applies() -> None:
    for subjects, refused in ((25, False), (26, True), (40, True), (41, True)):
        decision = decide(Action.CHECK, lawful(Action.CHECK, subjects=subjects), (UK, ALBANIA))
        assert isinstance(decision, Refuse) is refused


def test_a_refusal_names_the_rule_the_source_and_the_way() -> None:
    decision = decide(Action.CHECK, lawful(Action.CHECK, grounds=None), (UK,))
    with pytest.raises(NotLawful) as caught:
        require(decision)
    reason = caught.value.reasons[0]
    assert reason == decision.reasons[0]
    assert reason.rule == "L01/grounds"
    assert reason.regime == "uk-dpa-2018-part-3"
    assert "sections 35 and 36" in reason.source
    assert str(reason) == (
        "there are no grounds. To make it lawful: give the purpose, the offence, the case, the legal basis and why "
        "you ask (L01/grounds; Data Protection Act 2018, sections 35 and 36)"
    )
    assert str(reason) in str(caught.value)
    assert caught.value.hint == reason.remedy


def test_reasons_come_in_the_order_of_rule_and_regime() -> None:
    decision = decide(Action.CHECK, lawful(Action.CHECK, grounds=None, on_case=False), (UK, EU))
    assert isinstance(decision, Refuse)
    assert [(r.rule, r.regime) for r in decision.reasons] == [
        ("A20/case", "eu-2016-680"),
        ("A20/case", "uk-dpa-2018-part-3"),
        ("L01/grounds", "eu-2016-680"),
        ("L01/grounds", "uk-dpa-2018-part-3"),
    ]
    with pytest.raises(NotLawful) as caught:
        require(decision)
    first, second = decision.reasons[0], decision.reasons[2]
    assert caught.value.hint == f"{first.remedy}; and {second.remedy}"


def test_a_permit_comes_through_as_it_is() -> None:
    permit = decide(Action.STATISTICS, lawful(Action.STATISTICS), (EU,))
    assert require(permit) is permit


def owed(action: Action, *packs: Pack, **facts: object) -> dict[Duty, int]:
    permit = require(decide(action, lawful(action, **facts), packs or (EU,)))
    return {o.duty: o.limit for o in permit.obligations if o.duty not in (Duty.LOG, Duty.NOTICE)}


def test_every_act_is_logged() -> None:
    for action in Action:
        permit = require(decide(action, lawful(action), (EU,)))
        assert permit.duty(Duty.LOG) == Obligation(duty=Duty.LOG)


def test_each_unsigned_pack_shows_its_own_notice() -> None:
    permit = require(decide(Action.STATISTICS, lawful(Action.STATISTICS), (ALBANIA, DEMO)))
    texts = [o.text for o in permit.obligations if o.duty is Duty.NOTICE]
    assert texts == sorted([ALBANIA.notice, DEMO.notice])
    signed = _with(EU, status="signed by counsel", notice="")
    assert require(decide(Action.CHECK, lawful(Action.CHECK), (signed,))).duty(Duty.NOTICE) is None


def test_what_shows_hits_owes_that_they_are_leads() -> None:
    showing = {action for action in Action if Duty.LEAD in owed(action)}
    assert showing == SEARCHES | {Action.READ_HOLDING, Action.CONFIRM, Action.INSTRUCT}


def test_a_search_stops_where_its_allowance_ends() -> None:
    assert owed(Action.CHECK)[Duty.STOP_AT] == 50
    assert owed(Action.CHECK, EU, UK, DEMO)[Duty.STOP_AT] == 10
    assert owed(Action.CHECK, recent=20)[Duty.STOP_AT] == 30
    assert owed(Action.CHECK, recent=20, recent_all_cases=195)[Duty.STOP_AT] == 5
    assert owed(Action.CHECK, subjects=50, approval=AN_APPROVAL)[Duty.STOP_AT] == 50
    assert owed(Action.CHECK, subjects=51, approval=AN_APPROVAL)[Duty.STOP_AT] == 1000
    assert owed(Action.CHECK, pattern=True, approval=AN_APPROVAL)[Duty.STOP_AT] == 1000
    used = _with(AN_APPROVAL, used=100)
    assert owed(Action.CHECK, subjects=51, approval=used)[Duty.STOP_AT] == 900
    huge = _with(AN_APPROVAL, persons=1_000_000)
    assert owed(Action.CHECK, subjects=51, approval=huge)[Duty.STOP_AT] == 250_000
    assert {action for action in Action if Duty.STOP_AT in owed(action)} == SEARCHES


def test_a_standing_question_ends_within_the_stricter_number_of_days() -> None:
    assert owed(Action.STANDING_QUESTION)[Duty.END_WITHIN] == 180
    assert owed(Action.STANDING_QUESTION, DEMO, EU)[Duty.END_WITHIN] == 30
    assert {action for action in Action if Duty.END_WITHIN in owed(action)} == {Action.STANDING_QUESTION}


def test_recipients_are_told_of_what_changes() -> None:
    telling = {action for action in Action if Duty.TELL_RECIPIENTS in owed(action)}
    assert telling == {Action.CORRECT, Action.RESTRICT, Action.ERASE}


def test_the_originators_codes_go_with_what_leaves() -> None:
    leaving = {action for action in Action if Duty.KEEP_HANDLING in owed(action)}
    assert leaving == {Action.DISCLOSE, Action.USE_IN_COURT}


def test_a_broken_glass_is_told_and_reviewed() -> None:
    assert {action for action in Action if Duty.TELL_SUPERVISOR in owed(action)} == {Action.BREAK_GLASS}
    for action in (Action.BREAK_GLASS, Action.READ_HOLDING, Action.ANSWER_SAFEGUARDING):
        duties = owed(action, on_case=False, glass_until=NOW + HOUR)
        assert duties[Duty.REVIEW_WITHIN] == 24
        assert Duty.TELL_SUPERVISOR in duties
    assert Duty.TELL_SUPERVISOR not in owed(Action.READ_HOLDING, glass_until=NOW + HOUR)
    assert Duty.TELL_SUPERVISOR not in owed(Action.STATISTICS, on_case=False)


def test_a_record_whose_review_has_passed_is_read_with_the_duty_to_review_it() -> None:
    assert Duty.REVIEW_RECORD in owed(Action.READ_HOLDING, record__review_at=NOW)
    assert Duty.REVIEW_RECORD in owed(Action.READ_HOLDING, record__review_at=None)
    assert Duty.REVIEW_RECORD not in owed(Action.READ_HOLDING, record__review_at=NOW + SECOND)
    assert Duty.REVIEW_RECORD not in owed(Action.CORRECT, record__review_at=NOW - DAY)
    due = {action for action in USES if action is not Action.DISCLOSE}
    assert all(Duty.REVIEW_RECORD in owed(action, record__review_at=NOW - DAY) for action in due)


def test_the_bare_facts_permit_nothing_that_shows_content() -> None:
    roles = frozenset({Role.DESK_OFFICER})
    bare = Context(actor=Actor(person="o-1", roles=roles, trained=True, safeguards=True), now=NOW)
    permitted = {action for action in Action if isinstance(decide(action, bare, PACKS), Permit)}
    assert permitted == {Action.OPEN_CASE, Action.RESCUE}, "help asks for no grounds, and shows counts"
