"""Threat A22: an administrator who is alone invents no person who works, approves or oversees."""

from datetime import timedelta

import pytest

from liaison.model.errors import BadInput, Conflict, NotFound, NotLawful
from liaison.model.roles import Role
from liaison.officers import approvals, notices, service
from liaison.officers.service import Newcomer
from liaison.officers.signed import Signed
from liaison.storage.tables.officers import ACCOUNT_ROLES, ACCOUNTS, APPROVALS, TRAININGS
from tests.node_fixtures import both_databases
from tests.officers.staff import CHEAP, Agency

FIRST = (Role.SUPERVISOR, Role.DATA_PROTECTION_OFFICER)
OTHERS = [role for role in Role if role not in FIRST]
REASON = "met at the office"


def make(agency: Agency, name: str, *roles: Role) -> service.Created:
    """As a lone administrator would, with nobody's approval."""
    person = service.create_person(agency.office, agency.chief.actor, Newcomer(name.title()))
    return service.create_account(agency.office, agency.chief.actor, person, name, frozenset(roles), CHEAP)


def first(agency: Agency, role: Role = Role.SUPERVISOR) -> Signed:
    """The first overseer, signed in."""
    made = make(agency, "first", role)
    assert made.roles.done
    return agency.accept("first", made.invitation.token)


@pytest.mark.parametrize("role", OTHERS)
def test_on_a_fresh_node_nobody_but_an_overseer_is_made_alone(agency: Agency, role: Role) -> None:
    with pytest.raises(NotLawful, match="alone"):
        make(agency, "puppet", role)
    assert [row.role for row in agency.rows(ACCOUNT_ROLES)] == ["administrator"]
    assert len(agency.rows(ACCOUNTS)) == 1


@both_databases
@pytest.mark.parametrize("role", FIRST)
def test_the_first_overseer_is_made_alone_and_it_is_told(either: Agency, role: Role) -> None:
    overseer = first(either, role)
    entry = next(one for one in either.ledger() if one.what == "overseer-made-alone")
    assert (entry.who, entry.outcome) == (either.chief.actor.person, role.value)
    assert entry.objects == (overseer.account, overseer.actor.person)
    assert "overseer-made-alone" in [notice.kind for notice in notices.waiting(either.office, overseer.actor)]
    alone = service.overseers_made_alone(either.office)
    assert [(one.account, one.person) for one in alone] == [(overseer.account, overseer.actor.person)]


def test_whoever_audits_later_is_told_as_well(agency: Agency) -> None:
    auditor = agency.hire("auditor", Role.AUDITOR)
    assert "overseer-made-alone" in [notice.kind for notice in notices.waiting(agency.office, auditor.actor)]


@pytest.mark.parametrize("opened", [True, False])
def test_a_second_overseer_is_not_made_alone(agency: Agency, opened: bool) -> None:
    made = make(agency, "first", Role.SUPERVISOR)
    if opened:
        agency.accept("first", made.invitation.token)
        assert not make(agency, "second", Role.SUPERVISOR).roles.done
    else:
        with pytest.raises(NotLawful, match="alone"):
            make(agency, "second", Role.SUPERVISOR)
    assert len(service.overseers_made_alone(agency.office)) == 1


def test_a_first_overseer_who_never_came_can_be_replaced(agency: Agency) -> None:
    made = make(agency, "first", Role.SUPERVISOR)
    service.end_account(agency.office, agency.chief.actor, made.account)
    assert make(agency, "second", Role.SUPERVISOR).roles.done


@pytest.mark.parametrize("role", list(Role))
def test_every_role_waits_for_an_overseer(agency: Agency, role: Role) -> None:
    overseer = first(agency)
    made = make(agency, "newcomer", role)
    assert not made.roles.done
    signed = agency.accept("newcomer", made.invitation.token)
    assert signed.roles == frozenset()
    asked = approvals.to_decide(agency.office, overseer.actor)
    assert [(one.id, one.gains) for one in asked] == [(made.roles.approval, signed.actor.person)]
    approvals.decide(agency.office, overseer.actor, made.roles.approval, True, REASON)
    done = service.set_roles(
        agency.office, agency.chief.actor, made.account, frozenset({role}), approval=made.roles.approval
    )
    assert done.done
    assert agency.again("newcomer").roles == {role}


def test_what_was_refused_is_not_given(agency: Agency) -> None:
    overseer = first(agency)
    made = make(agency, "newcomer", Role.INVESTIGATOR)
    approvals.decide(agency.office, overseer.actor, made.roles.approval, False, "nobody knows them")
    with pytest.raises(Conflict, match="refused"):
        service.set_roles(
            agency.office,
            agency.chief.actor,
            made.account,
            frozenset({Role.INVESTIGATOR}),
            approval=made.roles.approval,
        )


@both_databases
def test_another_administrator_decides_nothing_that_gives_more(either: Agency) -> None:
    deputy = either.hire("deputy", Role.ADMINISTRATOR)
    made = make(either, "newcomer", Role.INVESTIGATOR)
    assert approvals.to_decide(either.office, deputy.actor) == []
    with pytest.raises(NotFound):
        approvals.decide(either.office, deputy.actor, made.roles.approval, True, REASON)


@both_databases
def test_whoever_gains_does_not_decide(either: Agency) -> None:
    overseer = first(either)
    with pytest.raises(NotLawful, match="alone"):
        service.set_roles(
            either.office, either.chief.actor, overseer.account, frozenset({Role.SUPERVISOR, Role.APPROVER})
        )
    made = make(either, "other", Role.DATA_PROTECTION_OFFICER)
    approvals.decide(either.office, overseer.actor, made.roles.approval, True, REASON)
    roles = frozenset({Role.DATA_PROTECTION_OFFICER})
    service.set_roles(either.office, either.chief.actor, made.account, roles, approval=made.roles.approval)
    other = either.accept("other", made.invitation.token)
    more = frozenset({Role.SUPERVISOR, Role.APPROVER})
    asked = service.set_roles(either.office, either.chief.actor, overseer.account, more)
    with pytest.raises(NotFound):
        approvals.decide(either.office, overseer.actor, asked.approval, True, REASON)
    approvals.decide(either.office, other.actor, asked.approval, True, REASON)


@both_databases
def test_the_database_itself_refuses_whoever_gains(either: Agency) -> None:
    overseer = first(either)
    made = make(either, "newcomer", Role.INVESTIGATOR)
    change = APPROVALS.update().where(APPROVALS.c.id == made.roles.approval)
    assert overseer.actor.person not in {row.gains for row in either.rows(APPROVALS)}
    gains = next(row.gains for row in either.rows(APPROVALS) if row.id == made.roles.approval)
    with pytest.raises(Exception, match="no_gain"):
        either.office.write(lambda connection: connection.execute(change.values(decided_by=gains)))


@both_databases
def test_the_last_overseer_stays(either: Agency) -> None:
    overseer, office, chief = first(either), either.office, either.chief.actor
    for refused in (
        lambda: service.end_account(office, chief, overseer.account),
        lambda: service.set_roles(office, chief, overseer.account, frozenset()),
    ):
        with pytest.raises(Conflict, match="no active supervisor"):
            refused()
    assert either.again("first").roles == {Role.SUPERVISOR}


def test_an_overseer_goes_once_there_is_another(agency: Agency) -> None:
    leaver = agency.hire("leaver", Role.SUPERVISOR)
    service.end_account(agency.office, agency.chief.actor, leaver.account)
    assert service.overseers(agency.office) == 1


@both_databases
def test_a_second_account_waits_for_an_overseer(either: Agency) -> None:
    officer, office, chief = either.hire("officer", Role.INVESTIGATOR), either.office, either.chief.actor
    person = officer.actor.person
    with pytest.raises(NotLawful, match="has an account"):
        service.create_account(office, chief, person, "second", settings=CHEAP)
    wanted = frozenset({Role.DESK_OFFICER})
    asked = service.another_account(office, chief, person, "second", wanted, settings=CHEAP)
    assert asked.created is None
    assert len(service.show_person(office, chief, person).accounts) == 1
    either.approve(asked.approval)
    more = frozenset({Role.DESK_OFFICER, Role.APPROVER})
    with pytest.raises(Conflict, match="something else"):
        service.another_account(office, chief, person, "second", more, approval=asked.approval)
    done = service.another_account(
        office, chief, person, "second", wanted, approval=asked.approval, settings=CHEAP
    )
    assert done.created is not None
    assert either.accept("second", done.created.invitation.token).roles == wanted


def test_a_second_account_waits_though_the_first_was_never_opened(agency: Agency) -> None:
    first(agency)
    made = make(agency, "newcomer", Role.INVESTIGATOR)
    person = next(row.person for row in agency.rows(ACCOUNTS) if row.id == made.account)
    asked = service.another_account(agency.office, agency.chief.actor, person, "second", settings=CHEAP)
    assert asked.created is None


@both_databases
def test_training_that_an_administrator_records_waits(either: Agency) -> None:
    officer, office, chief = either.hire("officer", Role.DESK_OFFICER), either.office, either.chief.actor
    person, until = officer.actor.person, office.now() + timedelta(days=300)
    asked = service.record_training(office, chief, person, "Alerts", until)
    assert not asked.done
    assert either.rows(TRAININGS) == []
    either.approve(asked.approval)
    with pytest.raises(Conflict, match="something else"):
        service.record_training(
            office, chief, person, "Alerts", until + timedelta(days=9), approval=asked.approval
        )
    assert service.record_training(office, chief, person, "Alerts", until, approval=asked.approval).done
    assert either.again("officer").actor.trained


def test_an_approval_serves_the_person_it_was_given_for(agency: Agency) -> None:
    officer, other = agency.hire("officer", Role.DESK_OFFICER), agency.hire("other", Role.DESK_OFFICER)
    until = agency.office.now() + timedelta(days=300)
    chief = agency.chief.actor
    asked = service.record_training(agency.office, chief, officer.actor.person, "Alerts", until)
    agency.approve(asked.approval)
    with pytest.raises(Conflict, match="something else"):
        service.record_training(
            agency.office, chief, other.actor.person, "Alerts", until, approval=asked.approval
        )


def test_what_waits_for_a_person_is_shown_with_what_it_is_about(agency: Agency) -> None:
    overseer = first(agency)
    made = make(agency, "newcomer", Role.INVESTIGATOR)
    signed = agency.accept("newcomer", made.invitation.token)
    for reader in (overseer, agency.chief):
        shown = approvals.about_person(agency.office, reader.actor, signed.actor.person)
        assert [one.about["roles"] for one in shown] == ["investigator"]
        assert agency.ledger()[-1].what == "approval-read"
    assert approvals.about_person(agency.office, signed.actor, signed.actor.person) == []
    approvals.decide(agency.office, overseer.actor, made.roles.approval, False, REASON)
    assert approvals.about_person(agency.office, overseer.actor, signed.actor.person) == []


def test_roles_that_clash_are_refused_before_anybody_is_asked(agency: Agency) -> None:
    officer = agency.hire("officer", Role.INVESTIGATOR)
    before = len(agency.rows(APPROVALS))
    with pytest.raises(BadInput, match="cannot be"):
        service.another_account(
            agency.office, agency.chief.actor, officer.actor.person, "two", frozenset({Role.AUDITOR})
        )
    assert len(agency.rows(APPROVALS)) == before
