"""Each rule, on both sides: facts on which it permits, and the smallest change on which it alone refuses."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import msgspec
import pytest

from liaison.model.grounds import Purpose
from liaison.model.roles import NEEDS_TRAINING, Capability, Role, capabilities
from liaison.policy import Action, Actor, Duty, Permit, Refuse, crosses, decide, rules
from liaison.policy.actions import ADDRESSED, CAPABILITIES, GROUNDED, RECORDED
from liaison.policy.asking import Capable
from liaison.policy.context import IDENTIFYING, NARROWING, SPECIAL, SubjectKind
from liaison.policy.records import OfRecord
from liaison.policy.terms import AllOf, AnyOf, Term
from tests.policy.facts import (
    A_PARTNER,
    ALBANIA,
    EU,
    HOUR,
    NOW,
    PACKS,
    lawful,
    refusing,
)
from tests.policy.sides import FOREIGN, PERMITS, REFUSES, SIDES, Facts, approval


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


@pytest.mark.parametrize("action", sorted(ADDRESSED, key=str))
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


TRAVELLER: Facts = {
    "grounds__purpose": Purpose.BORDER_CHECK,
    "grounds__basis": "border-law",
    "criteria": frozenset({"name", "born", "document"}),
    "until": None,
    "exchange": "",
}


def test_everybody_who_crosses_a_border_is_checked_by_one_officer_one_by_one() -> None:
    most = EU.bulk.travellers
    for before in (0, 50, 200, most - 1):
        assert refusing(Action.CHECK, **TRAVELLER, recent=50, recent_all_cases=200, crossed=before) == set()
    assert refusing(Action.CHECK, **TRAVELLER, recent=50, crossed=most) == {"L10/bulk"}
    assert refusing(Action.CHECK, **TRAVELLER, recent=0, crossed=most) == set(), "as one of those asked about"


def test_travellers_stop_no_search_for_a_person() -> None:
    asked = TRAVELLER | {"criteria": frozenset({"name", "born"})}
    assert refusing(Action.CHECK, **asked, recent=49, recent_all_cases=49, crossed=1999) == set()


@pytest.mark.parametrize(
    ("otherwise", "crossing"),
    [
        ({}, True),
        ({"crossed": EU.bulk.travellers - 1}, True),
        ({"crossed": EU.bulk.travellers}, False),
        ({"criteria": frozenset({"name", "born"})}, False),
        ({"subjects": 2}, False),
    ],
    ids=("first", "last", "beyond", "name", "two"),
)
def test_a_check_counts_as_a_traveller_s_up_to_their_number(otherwise: Facts, crossing: bool) -> None:
    assert crosses(lawful(Action.CHECK, **TRAVELLER | otherwise), (EU,)) is crossing
    none = msgspec.structs.replace(EU, bulk=msgspec.structs.replace(EU.bulk, travellers=0))
    assert not crosses(lawful(Action.CHECK, **TRAVELLER | otherwise), (EU, none)), "the stricter law holds"


@pytest.mark.parametrize("shown", ["plate", "vin"])
def test_every_vehicle_that_crosses_a_border_is_checked_like_whoever_sits_in_it(shown: str) -> None:
    vehicle = TRAVELLER | {"subject": SubjectKind.VEHICLE, "criteria": frozenset({shown})}
    assert refusing(Action.CHECK, **vehicle, recent=200, recent_all_cases=200) == set()
    beyond = vehicle | {"grounds__purpose": Purpose.INVESTIGATION, "grounds__basis": "task"}
    assert refusing(Action.CHECK, **beyond, recent=200, recent_all_cases=200) == {"L10/bulk"}


@pytest.mark.parametrize(
    "otherwise",
    [
        {"subjects": 2},
        {"criteria": frozenset({"name", "born"})},
        {"grounds__purpose": Purpose.INVESTIGATION, "grounds__basis": "task"},
        {"until": NOW + HOUR},
        {"exchange": "crosscheck"},
        {"pattern": True},
    ],
    ids=lambda otherwise: next(iter(otherwise)),
)
def test_nobody_else_passes_for_a_traveller(otherwise: Facts) -> None:
    assert refusing(Action.CHECK, **TRAVELLER | otherwise, recent=50, recent_all_cases=50) == {"L10/bulk"}


def test_a_law_without_such_checks_has_no_travellers() -> None:
    none = msgspec.structs.replace(EU, bulk=msgspec.structs.replace(EU.bulk, travellers=0))
    assert refusing(Action.CHECK, none, **TRAVELLER, recent=49) == set()
    assert refusing(Action.CHECK, none, **TRAVELLER, recent=50) == {"L10/bulk"}


FLIGHT: Facts = {
    "manifest": True,
    "subjects": EU.travel.manifest,
    "recent": 50,
    "recent_all_cases": 200,
    "grounds__offence": "drugs",
    "until": None,
    "exchange": "",
}
BORDER: Facts = {"grounds__purpose": Purpose.BORDER_CHECK, "grounds__basis": "border-law"}


@pytest.mark.parametrize(
    "why", [{}, {"grounds__offence": "terrorism"}, BORDER], ids=("drugs", "terrorism", "border")
)
def test_everybody_on_a_flight_is_checked_without_a_second_person(why: Facts) -> None:
    assert refusing(Action.CHECK_BULK, **FLIGHT | why) == set()
    permit = decide(Action.CHECK_BULK, lawful(Action.CHECK_BULK, **FLIGHT | why), (EU,))
    assert isinstance(permit, Permit)
    duty = permit.duty(Duty.STOP_AT)
    assert duty is not None
    assert duty.limit == EU.travel.manifest


@pytest.mark.parametrize(
    "otherwise",
    [
        {"manifest": False},
        {"subjects": EU.travel.manifest + 1},
        {"grounds__offence": "theft"},
        {"grounds__purpose": Purpose.PROSECUTION},
        {"grounds__purpose": Purpose.PUBLIC_SECURITY},
        {"until": NOW + HOUR},
        {"exchange": "crosscheck"},
        {"pattern": True},
    ],
    ids=lambda otherwise: "-".join(map(str, otherwise.values())),
)
def test_no_other_list_passes_for_a_flight(otherwise: Facts) -> None:
    assert refusing(Action.CHECK_BULK, **FLIGHT | otherwise) == {"L10/bulk"}


def test_a_law_without_manifests_wants_a_second_person_for_each_of_many() -> None:
    assert refusing(Action.CHECK_BULK, ALBANIA, **FLIGHT | BORDER) == {"L10/bulk"}
    assert refusing(Action.CHECK_BULK, EU, ALBANIA, **FLIGHT) == {"L10/bulk"}


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
        if any(isinstance(leaf, OfRecord) for leaf in leaves(rule.needs)):
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


def test_fields_that_are_known_and_special_ones_are_told_apart() -> None:
    everything = IDENTIFYING | NARROWING | SPECIAL
    assert refusing(Action.CHECK, criteria=everything) == {"L07/special"}
    assert refusing(Action.CHECK, criteria=everything | {"shoe_size"}) == {"L07/special", "L07/known"}


PARTS = ("grounds", "record", "partner", "approval", "consent", "assurance", "alert", "until", "requester")


@pytest.mark.parametrize("action", Action)
def test_every_combination_of_absent_facts_is_decided(action: Action) -> None:
    risky: Facts = {**FOREIGN, "partner__capital": True, "partner__origin": True, "record__protected": True}
    given = lawful(action, **approval(), **risky)
    for count in (1, 2, 3, len(PARTS)):
        for absent in combinations(PARTS, count):
            context = msgspec.structs.replace(given, **dict.fromkeys(absent))
            refused = isinstance(decide(action, context, PACKS), Refuse)
            assert refused or not ("grounds" in absent and action in GROUNDED)
            assert refused or not ("record" in absent and action in RECORDED)


def test_a_risk_is_not_excluded_without_grounds() -> None:
    for action in (Action.DISCLOSE, Action.NOTIFY_CONVICTION):
        assert "L14/capital" in refusing(action, grounds=None, partner__capital=True)
        assert "L14/capital" not in refusing(action, grounds=None)
