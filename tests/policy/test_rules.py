"""Each rule, on both sides: facts on which it permits, and the smallest change on which it alone refuses."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from liaison.model.categories import Category
from liaison.model.grounds import Purpose
from liaison.model.handling import HandlingCode
from liaison.model.roles import NEEDS_TRAINING, Capability, Role, capabilities
from liaison.policy import Action, Actor, AlertState, rules
from liaison.policy.actions import CAPABILITIES, GROUNDED, RECORDED
from liaison.policy.asking import Capable
from liaison.policy.context import IDENTIFYING, NARROWING, SPECIAL
from liaison.policy.records import _OfRecord
from liaison.policy.terms import AllOf, AnyOf, Term
from tests.policy.facts import (
    A_CONSENT,
    A_PARTNER,
    AN_APPROVAL,
    AN_ASSURANCE,
    DAY,
    EU,
    HOUR,
    NOW,
    PACKS,
    SECOND,
    lawful,
    refusing,
)

Facts = dict[str, Any]
SEARCHES = (Action.CHECK, Action.CHECK_BULK, Action.STANDING_QUESTION, Action.ASK_SAFEGUARDING)
USES = (Action.READ_HOLDING, Action.CONFIRM, Action.INSTRUCT, Action.DISCLOSE, Action.USE_IN_COURT)
FOREIGN: Facts = {"record__own": False}
ABROAD: Facts = {"partner__within": False, "partner__gateway_expires": NOW + DAY}
H0, H1, H2, H3 = (frozenset({HandlingCode.H0, code}) for code in HandlingCode)


def consent(**changed: Any) -> Facts:
    return {"consent": msgspec.structs.replace(A_CONSENT, **changed)}


def approval(**changed: Any) -> Facts:
    return {"subjects": 51, "approval": msgspec.structs.replace(AN_APPROVAL, **changed)}


def assurance(**changed: Any) -> Facts:
    risky = {"partner__capital": True, "grounds__offence": "homicide"}
    return {**risky, "assurance": msgspec.structs.replace(AN_ASSURANCE, **changed)}


# rule: (acts, facts on which it permits, facts on which it refuses)
SIDES: dict[str, tuple[tuple[Action, ...], list[Facts], list[Facts]]] = {
    "P02/roles": (
        (Action.READ_LEDGER, Action.STATISTICS),
        [
            {"actor": Actor(person="o-1", roles=frozenset({Role.AUDITOR}))},
            {"actor": Actor(person="o-1", roles=frozenset({Role.DATA_PROTECTION_OFFICER, Role.SUPERVISOR}))},
        ],
        [{"actor": Actor(person="o-1", roles=frozenset({Role.AUDITOR, Role.INVESTIGATOR}))}],
    ),
    "L01/grounds": (tuple(sorted(GROUNDED, key=str)), [{}], []),
    "L01/own": (tuple(sorted(GROUNDED, key=str)), [{}], [{"grounds__officer": "o-2"}]),
    "L01/fresh": (
        tuple(sorted(GROUNDED, key=str)),
        [{"grounds__given": NOW}, {"grounds__given": NOW - 90 * DAY}],
        [{"grounds__given": NOW + SECOND}, {"grounds__given": NOW - 90 * DAY - SECOND}],
    ),
    "L01/basis": (
        SEARCHES[:3] + USES,
        [{"grounds__basis": "agreement"}, {"grounds__basis": "order", "authority": "GIP 12/26"}],
        [
            {"grounds__basis": "whim"},
            {"grounds__basis": "border-law"},
            {"grounds__basis": "vital-interest", "record__collected_for": Purpose.INVESTIGATION},
        ],
    ),
    "L01/reuse": (
        USES,
        [{"record__collected_for": None}, {"record__collected_for": Purpose.PREVENTION}],
        [{"record__collected_for": Purpose.BORDER_CHECK}, {"record__collected_for": Purpose.EXECUTION}],
    ),
    "L04/kind": (
        SEARCHES[:3],
        [{"grounds__purpose": Purpose.BORDER_CHECK, "grounds__basis": "border-law"}],
        [{"grounds__purpose": p, "grounds__basis": "vital-interest"} for p in Purpose if p.protects],
    ),
    "L04/protection": (
        (Action.ASK_SAFEGUARDING, Action.ANSWER_SAFEGUARDING),
        [{"grounds__purpose": Purpose.SAFEGUARDING}],
        [{"grounds__purpose": Purpose.PUBLIC_SECURITY}],
    ),
    "L26/authority": (
        (Action.CHECK, Action.DISCLOSE, Action.READ_HOLDING),
        [{"grounds__basis": "order", "authority": "GIP 12/26"}, {"grounds__basis": "task", "authority": ""}],
        [{"grounds__basis": "order"}],
    ),
    "A20/case": (
        tuple(sorted(GROUNDED - {Action.BREAK_GLASS}, key=str)),
        [{"on_case": False, "glass_until": NOW + SECOND}, {"glass_until": NOW - HOUR}],
        [{"on_case": False}, {"on_case": False, "glass_until": NOW}],
    ),
    "A20/reason": (
        (
            Action.CONFIRM,
            Action.BREAK_GLASS,
            Action.CORRECT,
            Action.RESTRICT,
            Action.HOLD,
            Action.ERASE,
        ),
        [{"reason": "x" * 10}],
        [{"reason": ""}, {"reason": "x" * 9}, {"reason": "   x     x"}],
    ),
    "A20/glass": (
        (Action.BREAK_GLASS,),
        [{"until": NOW + SECOND}, {"until": NOW + 8 * HOUR}],
        [{"until": None}, {"until": NOW}, {"until": NOW + 8 * HOUR + SECOND}],
    ),
    "A20/review": ((Action.REVIEW_BREAK_GLASS,), [{}], [{"requester": "o-1"}, {"requester": None}]),
    "L07/special": (
        SEARCHES,
        [{"criteria": frozenset({"name", *NARROWING})}],
        [{"criteria": frozenset({"name", field})} for field in sorted(SPECIAL)],
    ),
    "L07/known": (
        SEARCHES,
        [{"criteria": frozenset({*IDENTIFYING, *NARROWING})}],
        [{"criteria": frozenset({"name", "shoe_size"})}],
    ),
    "L08/individual": (
        SEARCHES,
        [{"criteria": frozenset({field, "nationality"})} for field in sorted(IDENTIFYING)],
        [{"criteria": frozenset({field})} for field in sorted(NARROWING)]
        + [{"criteria": NARROWING}, {"criteria": frozenset()}],
    ),
    "L08/conviction": ((Action.NOTIFY_CONVICTION,), [{}], [{"final_conviction": False}]),
    "L10/bulk": (
        SEARCHES,
        [
            {"subjects": 50},
            {"subjects": 1, "recent": 49},
            {"subjects": 0, "recent": 50},
            {"subjects": 1, "recent_all_cases": 199},
            {"subjects": 1, "pattern": True, "approval": AN_APPROVAL},
            {"subjects": 1, "recent": 50, "approval": AN_APPROVAL},
            {"subjects": 1, "recent_all_cases": 200, "approval": AN_APPROVAL},
            approval(),
            approval(persons=51),
            approval(persons=60, used=9),
            approval(roles=frozenset({Role.SUPERVISOR, Role.INVESTIGATOR})),
            approval(given=NOW),
            approval(expires=NOW + SECOND),
            approval(given=NOW - 10 * HOUR, expires=NOW + 62 * HOUR),
        ],
        [
            {"subjects": 51},
            {"subjects": 2, "recent": 49},
            {"subjects": 1, "recent": 50},
            {"subjects": 1, "recent_all_cases": 200},
            {"subjects": 1, "pattern": True},
            approval(persons=50),
            approval(persons=60, used=10),
            approval(person="o-1"),
            approval(roles=frozenset({Role.INVESTIGATOR, Role.DATA_PROTECTION_OFFICER})),
            approval(roles=frozenset()),
            approval(case="c-2"),
            approval(given=NOW + SECOND),
            approval(expires=NOW),
            approval(given=NOW - 10 * HOUR, expires=NOW + 62 * HOUR + SECOND),
        ],
    ),
    "L10/most": (
        SEARCHES,
        [approval(persons=300_000) | {"subjects": 250_000}],
        [approval(persons=300_000) | {"subjects": 250_001}],
    ),
    "L16/standing": (
        (Action.STANDING_QUESTION,),
        [{"until": NOW + SECOND}, {"until": NOW + 180 * DAY}],
        [{"until": None}, {"until": NOW}, {"until": NOW + 180 * DAY + SECOND}],
    ),
    "A22/approve": (
        (Action.APPROVE,),
        [{"actor": Actor(person="o-1", roles=frozenset({Role.APPROVER}))}],
        [{"requester": "o-1"}, {"requester": None}],
    ),
    "L31/assessment": (
        (Action.SETTINGS,),
        [{"widens": False, "assessment": ""}, {"widens": True, "assessment": "dpia-3"}],
        [{"assessment": ""}],
    ),
    "P03/record": (tuple(sorted(RECORDED, key=str)), [{}], [{"record": None}]),
    "L03/category": ((Action.IMPORT,), [{}], [{"record__category": None}]),
    "L04/index": (
        (Action.INDEX,),
        [{"record__category": Category.CONVICTED}],
        [
            {"record__category": Category.VICTIM},
            {"record__category": Category.WITNESS},
            {"record__category": Category.CONTACT},
            {"record__category": Category.MISSING},
            {"record__minor": True},
        ],
    ),
    "L04/shielded": (
        USES,
        [{"record__category": Category.CONTACT}, {"record__category": Category.MISSING}],
        [
            {"record__category": Category.VICTIM},
            {"record__category": Category.WITNESS},
            {"record__category": None},
            {"record__minor": True},
        ],
    ),
    "L04/named": ((Action.ANSWER_SAFEGUARDING,), [{}], [{"actor__safeguards": False}]),
    "L09/candidate": (
        (Action.CONFIRM,),
        [{}],
        [{"alert": None}, {"alert": AlertState.CONFIRMED}, {"alert": AlertState.REJECTED}],
    ),
    "L09/confirmed": (
        (Action.INSTRUCT,),
        [{}],
        [
            {"alert": None},
            {"alert": AlertState.CANDIDATE},
            {"alert": AlertState.REJECTED},
            {"confirmed_by": None},
            {"confirmed_by": ""},
        ],
    ),
    "L09/instruction": (
        (Action.INSTRUCT,),
        [{"instruction": word} for word in ("call", "seize-document", "discreet", "do-not-alert")],
        [{"instruction": ""}, {"instruction": "arrest"}],
    ),
    "L16/retention": (
        (Action.IMPORT,),
        [
            {"record__expires_at": NOW + SECOND},
            {"record__expires_at": NOW + 1825 * DAY},
            {"record__category": Category.CONVICTED, "record__expires_at": NOW + 3650 * DAY},
        ],
        [
            {"record__expires_at": None},
            {"record__expires_at": NOW},
            {"record__expires_at": NOW + 1825 * DAY + SECOND},
            {"record__category": Category.CONTACT, "record__expires_at": NOW + 1095 * DAY + SECOND},
        ],
    ),
    "L16/review": (
        (Action.IMPORT,),
        [{"record__review_at": NOW + SECOND}, {"record__review_at": NOW + 1095 * DAY}],
        [
            {"record__review_at": None},
            {"record__review_at": NOW},
            {"record__review_at": NOW + 1095 * DAY + SECOND},
            {"record__category": Category.VICTIM, "record__review_at": NOW + 365 * DAY + SECOND},
        ],
    ),
    "L16/expired": (
        (*USES, Action.INDEX),
        [{"record__expires_at": NOW + SECOND}],
        [{"record__expires_at": NOW}, {"record__expires_at": None}],
    ),
    "L21/restricted": ((*USES, Action.INDEX), [{}], [{"record__restricted": True}]),
    "L22/hold": (
        (Action.ERASE,),
        [{"record__held_until": NOW}, {"record__held_until": None}],
        [{"record__held_until": NOW + SECOND}],
    ),
    "L22/end": (
        (Action.HOLD,),
        [{"until": NOW + 3650 * DAY}],
        [{"until": None}, {"until": NOW}, {"until": NOW + 3650 * DAY + SECOND}],
    ),
    "L05/grade": ((Action.DISCLOSE,), [{}], [{"record__graded": False}]),
    "L06/review": (
        (Action.DISCLOSE,),
        [{"record__review_at": NOW + SECOND}],
        [{"record__review_at": NOW}, {"record__review_at": None}],
    ),
    "L11/court": (
        (Action.USE_IN_COURT,),
        [
            {"record__handling": H1},
            {**FOREIGN, "record__handling": H2},
            {**FOREIGN, "record__handling": H1, **consent()},
        ],
        [
            {**FOREIGN, "record__handling": H1},
            {**FOREIGN, "record__handling": H1, **consent(recipient="other")},
            {**FOREIGN, "record__handling": H1, **consent(purpose=Purpose.PROSECUTION)},
            {**FOREIGN, "record__handling": H1, **consent(expires=NOW)},
            {**FOREIGN, "record__handling": H1, **consent(), "partner": None},
        ],
    ),
    "L11/other": (
        (Action.DISCLOSE, Action.USE_IN_COURT),
        [
            {"record__handling": H3},
            {**FOREIGN, "record__handling": H0},
            {**FOREIGN, "record__handling": H3, **consent()},
        ],
        [{**FOREIGN, "record__handling": H3}],
    ),
    "L12/onward": (
        (Action.DISCLOSE,),
        [
            {"record__handling": H2},
            {**FOREIGN, "record__handling": H0},
            {**FOREIGN, "record__handling": H2, **consent()},
            {**FOREIGN, "record__handling": H2, **consent(expires=NOW + SECOND)},
            {**FOREIGN, **ABROAD, **consent()},
        ],
        [
            {**FOREIGN, "record__handling": H2},
            {**FOREIGN, **ABROAD},
            {**FOREIGN, "record__handling": H2, **consent(expires=NOW)},
        ],
    ),
    "L13/recipient": ((Action.NOTIFY_CONVICTION,), [{}], []),
    "L13/gateway": (
        (Action.DISCLOSE, Action.NOTIFY_CONVICTION),
        [ABROAD, {**ABROAD, "partner__gateway_expires": NOW + SECOND}],
        [{**ABROAD, "partner__gateway_expires": None}, {**ABROAD, "partner__gateway_expires": NOW}],
    ),
    "L14/capital": (
        (Action.DISCLOSE, Action.NOTIFY_CONVICTION),
        [
            {"partner__capital": True},
            {"grounds__offence": "homicide"},
            assurance(),
            assurance(signed=NOW),
            assurance(signed=NOW - 24 * HOUR),
        ],
        [
            {"partner__capital": True, "grounds__offence": "homicide"},
            {
                "partner__capital": True,
                "grounds__purpose": Purpose.PUBLIC_SECURITY,
                "grounds__offence": "",
            },
            assurance(reference=""),
            assurance(reasons=""),
            assurance(signer_roles=frozenset({Role.APPROVER})),
            assurance(signed_by="o-1"),
            assurance(signed=NOW + SECOND),
            assurance(signed=NOW - 24 * HOUR - SECOND),
        ],
    ),
    "L15/character": (
        (Action.DISCLOSE, Action.NOTIFY_CONVICTION),
        [
            {"grounds__offence": "homicide"},
            {"grounds__purpose": Purpose.PUBLIC_SECURITY, "grounds__offence": ""},
        ],
        [{"grounds__offence": word} for word in ("treason", "sedition", "desertion", "blasphemy")],
    ),
    "L15/origin": (
        (Action.DISCLOSE, Action.NOTIFY_CONVICTION),
        [
            {"record__protected": True},
            {"partner__origin": True},
            {"record__protected": True, "partner__origin": True, "origin_reviewed": True},
        ],
        [{"record__protected": True, "partner__origin": True}],
    ),
}
PERMITS = [(rule, act, facts) for rule, (acts, good, _) in SIDES.items() for act in acts for facts in good]
REFUSES = [(rule, act, facts) for rule, (acts, _, bad) in SIDES.items() for act in acts for facts in bad]


def _allowed_besides(facts: Facts) -> set[str]:
    """Rules that refuse on the same facts for a reason of their own."""
    if facts.get("record__category", "") is None:
        return {"L03/category", "L04/index", "L04/shielded"}
    return set()


@pytest.mark.parametrize(("rule", "action", "facts"), PERMITS)
def test_permitted_where_the_rule_is_met(rule: str, action: Action, facts: Facts) -> None:
    assert refusing(action, **facts) == set()


@pytest.mark.parametrize(("rule", "action", "facts"), REFUSES)
def test_refused_by_this_rule_alone_where_it_is_not_met(rule: str, action: Action, facts: Facts) -> None:
    refusals = refusing(action, **facts)
    assert rule in refusals
    assert refusals - {rule} <= _allowed_besides(facts)


@pytest.mark.parametrize("action", Action)
@pytest.mark.parametrize("pack", PACKS, ids=lambda pack: pack.name)
def test_every_act_has_facts_on_which_each_pack_permits_it(action: Action, pack: Any) -> None:
    assert refusing(action, pack) == set()


def test_every_rule_has_facts_on_both_sides() -> None:
    ours = {rule.id for rule in rules(EU) if not rule.id.startswith("P01/")}
    elsewhere = {"L01/purpose"}
    assert set(SIDES) | elsewhere == ours
    one_sided = {rule for rule, (_, good, bad) in SIDES.items() if not (good and bad)}
    assert one_sided == {"L01/grounds", "L13/recipient"}


@pytest.mark.parametrize("action", sorted(GROUNDED, key=str))
def test_refused_without_grounds(action: Action) -> None:
    assert "L01/grounds" in refusing(action, grounds=None)


@pytest.mark.parametrize("action", [Action.DISCLOSE, Action.NOTIFY_CONVICTION])
def test_nothing_is_sent_to_nobody(action: Action) -> None:
    assert {"L13/recipient", "L13/gateway"} <= refusing(action, partner=None)


def test_without_a_handling_code_every_code_applies() -> None:
    bare: Facts = {**FOREIGN, "record__handling": frozenset()}
    assert refusing(Action.DISCLOSE, **bare) == {"L11/other", "L12/onward"}
    assert refusing(Action.USE_IN_COURT, **bare) == {"L11/court", "L11/other"}


def test_who_runs_the_node_and_checks_as_well_is_refused() -> None:
    both = Actor(person="o-1", roles=frozenset({Role.ADMINISTRATOR, Role.INVESTIGATOR}), trained=True)
    assert refusing(Action.CHECK, actor=both) == {"P02/roles"}
    assert refusing(Action.SETTINGS, actor=both) == {"P02/roles"}


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("action", Action)
def test_each_role_does_what_the_table_lets_it_and_nothing_else(action: Action, role: Role) -> None:
    for trained in (True, False):
        actor = Actor(person="o-1", roles=frozenset({role}), trained=trained, safeguards=True)
        may = action.capability in capabilities([role], trained=trained)
        refusals = refusing(action, actor=actor)
        assert (refusals == set()) is may
        assert may or f"P01/{action.capability.name.lower().replace('_', '-')}" in refusals


def test_confirming_takes_training() -> None:
    assert CAPABILITIES[Action.CONFIRM] in NEEDS_TRAINING
    assert refusing(Action.CONFIRM, actor__trained=False) == {"P01/confirm"}
    assert refusing(Action.INSTRUCT, actor__trained=False) == {"P01/confirm"}


def test_an_approver_is_another_person_whatever_the_account_or_role() -> None:
    mine: Facts = approval(person="o-1", roles=frozenset({Role.APPROVER, Role.SUPERVISOR}))
    assert refusing(Action.CHECK_BULK, **mine) == {"L10/bulk"}


def test_a_pack_may_name_fewer_roles_that_approve() -> None:
    strict = msgspec.structs.replace(
        EU, approval=msgspec.structs.replace(EU.approval, roles=frozenset({Role.SUPERVISOR}))
    )
    approver = Actor(person="o-1", roles=frozenset({Role.APPROVER}))
    assert refusing(Action.APPROVE, strict, actor=approver) == {"A22/approve"}
    assert refusing(Action.APPROVE, EU, actor=approver) == set()
    assert refusing(Action.CHECK, strict, **approval()) == {"L10/bulk"}


def test_splitting_a_bulk_search_into_single_ones_meets_the_same_rule() -> None:
    asked = [
        refusing(Action.CHECK, subjects=1, recent=before, recent_all_cases=before) for before in range(60)
    ]
    assert asked == [set()] * 50 + [{"L10/bulk"}] * 10


def test_another_case_each_time_meets_the_rule_of_all_cases() -> None:
    asked = [refusing(Action.CHECK, subjects=1, recent=0, recent_all_cases=before) for before in range(210)]
    assert asked == [set()] * 200 + [{"L10/bulk"}] * 10


def test_all_nationals_of_a_state_is_no_search_and_a_conviction_notice_is_no_way_round() -> None:
    everyone: Facts = {"criteria": frozenset({"nationality"})}
    assert refusing(Action.CHECK, **everyone) == {"L08/individual"}
    assert refusing(Action.CHECK_BULK, **everyone, **approval()) == {"L08/individual"}
    assert refusing(Action.CHECK, **everyone, final_conviction=True) == {"L08/individual"}
    assert refusing(Action.NOTIFY_CONVICTION, **everyone) == set()
    assert refusing(Action.NOTIFY_CONVICTION, **everyone, final_conviction=False) == {"L08/conviction"}


def leaves(term: Term) -> list[Term]:
    parts = term.parts if isinstance(term, AllOf | AnyOf) else ()
    return [leaf for part in parts for leaf in leaves(part)] if parts else [term]


def test_a_rule_that_judges_a_record_applies_only_where_one_is_asked_for() -> None:
    for rule in rules(EU):
        if any(isinstance(leaf, _OfRecord) for leaf in leaves(rule.needs)):
            assert rule.actions <= RECORDED, rule.id


def test_a_rule_that_judges_grounds_applies_only_where_they_are_asked_for() -> None:
    about_grounds = {"OwnGrounds", "GroundsInForce", "PurposeAmong", "PurposeProtects", "BasisAmong"}
    about_grounds |= {"AuthorityNamed", "ReuseAllowed", "NotExcluded"}
    for rule in rules(EU):
        if any(type(leaf).__name__ in about_grounds for leaf in leaves(rule.needs)):
            assert rule.actions <= GROUNDED, rule.id


def test_every_act_takes_one_capability() -> None:
    for action in Action:
        granting = [
            rule
            for rule in rules(EU)
            if rule.id.startswith("P01/") and rule.applies(action) and isinstance(rule.needs, Capable)
        ]
        assert len(granting) == 1
        assert granting[0].needs == Capable(action.capability)


def test_rules_are_values() -> None:
    assert rules(EU) is rules(EU)
    assert {rule.regime for rule in rules(EU)} == {"eu-2016-680"}
    assert len({rule.id for rule in rules(EU)}) == len(rules(EU))
    assert Capable(Capability.CHECK) == Capable(Capability.CHECK)


def test_the_facts_that_are_spoilt_here_are_lawful_to_begin_with() -> None:
    assert lawful(Action.DISCLOSE).partner == A_PARTNER
