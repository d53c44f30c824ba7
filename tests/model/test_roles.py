"""Roles and what they may be let do."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liaison.model.roles import HOLDERS, MEANINGS, NEEDS_TRAINING, Capability, Role, capabilities, clash

SEES_CONTENT = {
    Capability.CHECK,
    Capability.CHECK_BULK,
    Capability.CONFIRM,
    Capability.READ_HOLDING,
    Capability.IMPORT,
    Capability.CORRECT,
    Capability.SAFEGUARDING,
    Capability.DISCLOSE,
    Capability.NOTIFY_CONVICTION,
    Capability.ANSWER_PERSON,
    Capability.STANDING_QUESTION,
    Capability.BREAK_GLASS,
    Capability.SUPERVISE,
    Capability.REVIEW_BREAK_GLASS,
}
roles = st.frozensets(st.sampled_from(Role))


def test_every_role_says_what_it_is() -> None:
    assert set(MEANINGS) == set(Role)
    assert all(role.meaning.endswith(".") and ". " not in role.meaning for role in Role)
    assert Role.DATA_PROTECTION_OFFICER.label == "Data-protection officer"


def test_every_capability_is_held_by_some_role_and_says_what_it_is() -> None:
    assert set(HOLDERS) == set(Capability)
    assert all(HOLDERS.values())
    assert Capability.CHECK_BULK.label == "Check many"


def test_the_administrator_sees_no_content() -> None:
    held = capabilities([Role.ADMINISTRATOR], trained=True)
    assert held == {Capability.ADMINISTER_ACCOUNTS, Capability.SETTINGS}


def test_the_auditor_sees_samples_the_ledger_and_figures_alone() -> None:
    held = capabilities([Role.AUDITOR], trained=True)
    assert held == {Capability.READ_LEDGER, Capability.AUDIT_SAMPLE, Capability.STATISTICS}
    assert not held & SEES_CONTENT


def test_who_approves_alone_asks_nothing() -> None:
    assert capabilities([Role.APPROVER], trained=True) == {Capability.APPROVE}


def test_accounts_and_settings_are_the_administrators_alone() -> None:
    for capability in (Capability.ADMINISTER_ACCOUNTS, Capability.SETTINGS):
        assert HOLDERS[capability] == {Role.ADMINISTRATOR}


@pytest.mark.parametrize("capability", sorted(NEEDS_TRAINING, key=str))
def test_what_needs_training_is_let_to_the_trained_alone(capability: Capability) -> None:
    assert capability in capabilities([Role.DESK_OFFICER], trained=True)
    assert capability not in capabilities([Role.DESK_OFFICER])


@given(roles, roles, st.booleans())
def test_several_roles_bring_what_each_brings(
    one: frozenset[Role], other: frozenset[Role], trained: bool
) -> None:
    apart = capabilities(one, trained=trained) | capabilities(other, trained=trained)
    assert capabilities(one | other, trained=trained) == apart


def test_without_a_role_nothing_is_let() -> None:
    assert capabilities([], trained=True) == frozenset()


def test_who_runs_or_audits_the_node_does_not_also_work_with_it() -> None:
    assert clash([Role.ADMINISTRATOR, Role.INVESTIGATOR]) == (Role.ADMINISTRATOR, Role.INVESTIGATOR)
    assert clash([Role.SUPERVISOR, Role.AUDITOR]) == (Role.AUDITOR, Role.SUPERVISOR)
    assert clash([Role.AUDITOR, Role.ADMINISTRATOR]) == (Role.ADMINISTRATOR, Role.AUDITOR)
    assert clash([Role.INVESTIGATOR, Role.APPROVER, Role.SUPERVISOR]) is None
    assert clash([Role.AUDITOR]) is None
    assert clash([]) is None
