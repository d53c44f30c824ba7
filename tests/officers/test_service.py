from datetime import timedelta

import pytest

from liaison.model.errors import BadInput, Conflict, NotFound, NotLawful, NotSignedIn
from liaison.model.roles import Capability, Role
from liaison.officers import accounts, approvals, notices, service
from liaison.officers.service import Newcomer
from liaison.officers.signed import Preferences
from liaison.officers.states import AccountState, ApprovalState
from liaison.storage.tables.officers import ACCOUNT_ROLES, PEOPLE
from tests.node_fixtures import both_databases
from tests.officers.staff import CHEAP, WORDS, Agency
from tests.overseer import with_roles

EVERY = [role for role in Role if role is not Role.ADMINISTRATOR]


@both_databases
def test_there_is_one_first_administrator(either: Agency) -> None:
    with pytest.raises(Conflict, match="has accounts"):
        service.first_administrator(either.office, "Another One", "another", WORDS, CHEAP)
    assert len(either.rows(PEOPLE)) == 1
    assert either.verbs()[:3] == ["person-created", "account-created", "roles-changed"]


def test_the_first_password_is_judged_too(agency: Agency) -> None:
    with pytest.raises(BadInput):
        service.first_administrator(agency.office, "Weak", "weak", "password1234", CHEAP)


@pytest.mark.parametrize("role", EVERY)
def test_only_administrators_administer(agency: Agency, role: Role) -> None:
    signed = agency.hire("someone", role)
    actor, office = signed.actor, agency.office
    for refused in (
        lambda: service.create_person(office, actor, Newcomer("X")),
        lambda: service.create_account(office, actor, actor.person, "second", settings=CHEAP),
        lambda: service.set_roles(office, actor, signed.account, frozenset({Role.SUPERVISOR})),
        lambda: service.end_account(office, actor, signed.account),
        lambda: service.name_for_safeguarding(office, actor, actor.person, True),
    ):
        with pytest.raises(NotLawful):
            refused()
    assert agency.again("someone").roles == {role}


@both_databases
def test_a_name_that_is_taken_or_looks_taken_is_refused(either: Agency) -> None:
    besa, coco = (
        service.create_person(either.office, either.chief.actor, Newcomer(name)) for name in ("Besa", "Coco")
    )
    for name in ("CHIEF", "ｃｈｉｅｆ", "chíef"):
        with pytest.raises(Conflict, match="looks like"):
            service.create_account(either.office, either.chief.actor, besa, name, settings=CHEAP)
    service.create_account(either.office, either.chief.actor, coco, "coco", settings=CHEAP)
    with pytest.raises(Conflict, match="looks like"):  # the same in Cyrillic letters
        service.create_account(either.office, either.chief.actor, besa, "сосо", settings=CHEAP)


@both_databases
def test_roles_are_given_once_an_overseer_approved(either: Agency) -> None:
    signed = either.hire("first", Role.INVESTIGATOR)
    deputy = either.hire("deputy", Role.SUPERVISOR)
    wanted, office, chief = frozenset({Role.SUPERVISOR}), either.office, either.chief.actor
    approval = service.set_roles(office, chief, signed.account, wanted).approval
    with pytest.raises(Conflict):
        service.set_roles(office, chief, signed.account, wanted, approval=approval)
    with pytest.raises(NotLawful, match="nobody decides"):
        approvals.decide(office, chief, approval, True, "looks right to me")
    shown = approvals.show(office, deputy.actor, approval)
    assert shown.about == {"account": signed.account, "person": signed.actor.person, "roles": "supervisor"}
    assert approval in [notice.object for notice in notices.waiting(office, deputy.actor)]
    approvals.decide(office, deputy.actor, approval, True, "agreed with the unit")
    assert "approval-asked" not in [notice.kind for notice in notices.waiting(office, deputy.actor)]
    with pytest.raises(Conflict, match="something else"):
        service.set_roles(office, chief, signed.account, frozenset({Role.AUDITOR}), approval=approval)
    assert service.set_roles(office, chief, signed.account, wanted, approval=approval).done
    assert either.again("first").roles == wanted
    service.set_roles(office, chief, signed.account, frozenset())
    with pytest.raises(Conflict, match="used"):
        service.set_roles(office, chief, signed.account, wanted, approval=approval)


def test_taking_roles_away_never_waits(agency: Agency) -> None:
    signed = agency.hire("first", Role.INVESTIGATOR, Role.DESK_OFFICER)
    agency.hire("deputy", Role.ADMINISTRATOR)
    assert service.set_roles(
        agency.office, agency.chief.actor, signed.account, frozenset({Role.DESK_OFFICER})
    ).done
    assert agency.again("first").roles == {Role.DESK_OFFICER}


def test_an_administrator_does_not_make_themself_an_investigator(agency: Agency) -> None:
    office, chief = agency.office, agency.chief
    with pytest.raises(BadInput, match="cannot be"):
        service.set_roles(
            office, chief.actor, chief.account, frozenset({Role.ADMINISTRATOR, Role.INVESTIGATOR})
        )
    with pytest.raises(NotLawful, match="alone"):
        service.set_roles(office, chief.actor, chief.account, frozenset({Role.INVESTIGATOR}))
    with pytest.raises(BadInput, match="cannot be"):
        service.another_account(
            office, chief.actor, chief.actor.person, "second", frozenset({Role.INVESTIGATOR}), settings=CHEAP
        )
    agency.hire("deputy", Role.ADMINISTRATOR)
    asked = service.set_roles(office, chief.actor, chief.account, frozenset({Role.INVESTIGATOR}))
    assert not asked.done
    agency.approve(asked.approval)
    assert service.set_roles(
        office, chief.actor, chief.account, frozenset({Role.INVESTIGATOR}), approval=asked.approval
    ).done
    assert agency.again("chief").roles == {Role.INVESTIGATOR}


def test_a_second_account_of_the_approver_approves_nothing(agency: Agency) -> None:
    second = agency.hire("chief.two", person=agency.chief.actor.person)
    asked = service.set_roles(
        agency.office, agency.chief.actor, second.account, frozenset({Role.ADMINISTRATOR})
    )
    assert not asked.done
    with pytest.raises((NotLawful, NotFound)):
        approvals.decide(agency.office, second.actor, asked.approval, True, "approving myself")


@both_databases
def test_the_last_administrator_stays(either: Agency) -> None:
    office, chief = either.office, either.chief
    invited = service.create_person(office, chief.actor, Newcomer("Not Yet"))
    with_roles(office, chief.actor, invited, "notyet", frozenset({Role.ADMINISTRATOR}), CHEAP)
    for refused in (
        lambda: service.end_account(office, chief.actor, chief.account),
        lambda: service.set_roles(office, chief.actor, chief.account, frozenset()),
    ):
        with pytest.raises(Conflict, match="no active administrator"):
            refused()
    deputy = either.hire("deputy", Role.ADMINISTRATOR)
    service.end_account(office, deputy.actor, chief.account)
    with pytest.raises(NotSignedIn):
        either.again("chief")
    with pytest.raises(Conflict):
        service.end_account(office, deputy.actor, deputy.account)


def test_roles_clash_over_all_accounts_of_a_person(agency: Agency) -> None:
    signed = agency.hire("first", Role.INVESTIGATOR)
    with pytest.raises(BadInput, match="cannot be"):
        service.another_account(
            agency.office, agency.chief.actor, signed.actor.person, "auditing", frozenset({Role.AUDITOR})
        )
    service.end_account(agency.office, agency.chief.actor, signed.account)
    service.create_account(
        agency.office, agency.chief.actor, signed.actor.person, "auditing", frozenset({Role.AUDITOR}), CHEAP
    )


def test_other_peoples_accounts_are_not_there(agency: Agency) -> None:
    someone = agency.hire("someone", Role.INVESTIGATOR)
    other = agency.hire("other", Role.INVESTIGATOR)
    told = set()
    for person in (other.actor.person, "person-none"):
        with pytest.raises(NotFound) as absent:
            service.show_person(agency.office, someone.actor, person)
        told.add(str(absent.value))
    assert len(told) == 1
    assert service.show_person(agency.office, someone.actor, someone.actor.person).name == "Someone"
    assert [person.name for person in service.list_people(agency.office, someone.actor)] == ["Someone"]


@both_databases
def test_administrators_see_accounts_and_the_look_is_recorded(either: Agency) -> None:
    signed = either.hire("zef", Role.INVESTIGATOR, email="zef@agency.example")
    people = service.list_people(either.office, either.chief.actor)
    assert [person.name for person in people] == ["Chief Administrator", "Watchful", "Zef"]
    zef = people[2]
    assert (zef.email, zef.roles, zef.trained) == ("zef@agency.example", {Role.INVESTIGATOR}, False)
    account = zef.accounts[0]
    assert (account.sign_in, account.state, account.has_password) == ("zef", AccountState.ACTIVE, True)
    assert (either.ledger()[-1].what, either.ledger()[-1].outcome) == ("people-read", "3")
    assert service.names_of(either.office, [signed.actor.person, "person-none"]) == {
        signed.actor.person: "Zef"
    }


@both_databases
def test_training_counts_while_it_is_in_force(either: Agency) -> None:
    signed = either.hire("first", Role.INVESTIGATOR)
    supervisor = either.hire("boss", Role.SUPERVISOR)
    assert not signed.may(Capability.CONFIRM)
    until = either.office.now() + timedelta(minutes=20)
    assert service.record_training(either.office, supervisor.actor, signed.actor.person, "Alerts", until).done
    shown = service.show_person(either.office, either.chief.actor, signed.actor.person)
    training = shown.trainings[0].id
    assert either.again("first").actor.trained
    assert either.again("first").may(Capability.CONFIRM)
    service.withdraw_training(either.office, either.chief.actor, training)
    assert not either.again("first").actor.trained
    service.record_training(either.office, supervisor.actor, signed.actor.person, "Alerts", until)
    either.clock.forward(minutes=20)
    assert not either.again("first").actor.trained


def test_nobody_records_their_own_training(agency: Agency) -> None:
    supervisor = agency.hire("boss", Role.SUPERVISOR, Role.INVESTIGATOR)
    signed = agency.hire("first", Role.INVESTIGATOR)
    until = agency.office.now() + timedelta(days=365)
    for actor in (supervisor.actor, signed.actor):
        with pytest.raises(NotLawful):
            service.record_training(agency.office, actor, actor.person, "Alerts", until)
    with pytest.raises(NotLawful):
        service.record_training(agency.office, signed.actor, supervisor.actor.person, "Alerts", until)
    with pytest.raises(BadInput):
        service.record_training(
            agency.office, supervisor.actor, signed.actor.person, "Alerts", agency.office.now()
        )


def test_naming_for_safeguarding_takes_two(agency: Agency) -> None:
    desk = agency.hire("desk", Role.DESK_OFFICER)
    office, chief, person = agency.office, agency.chief.actor, desk.actor.person
    asked = service.name_for_safeguarding(office, chief, person, True)
    assert not asked.done
    assert not agency.again("desk").actor.safeguards
    approval = agency.approve(asked.approval)
    assert service.name_for_safeguarding(office, chief, person, True, approval=approval).done
    assert agency.again("desk").actor.safeguards
    assert service.name_for_safeguarding(office, chief, person, False).done
    assert not agency.again("desk").actor.safeguards


@both_databases
def test_who_somebody_is_can_change(either: Agency) -> None:
    officer = either.hire("officer", Role.INVESTIGATOR, email="one@agency.example")
    deputy = either.hire("deputy", Role.ADMINISTRATOR)
    office, chief, person = either.office, either.chief.actor, officer.actor.person
    assert service.change_person(
        office, chief, person, Newcomer("New Name", "Unit 2", "one@agency.example")
    ).done
    assert either.again("officer").name == "New Name"
    moved = Newcomer("New Name", "Unit 2", "two@agency.example")
    asked = service.change_person(office, chief, person, moved)
    assert not asked.done
    approvals.decide(office, deputy.actor, asked.approval, True, "their new address")
    with pytest.raises(Conflict, match="something else"):
        service.change_person(
            office, chief, person, Newcomer("New Name", "", "chief@agency.example"), approval=asked.approval
        )
    assert service.change_person(office, chief, person, moved, approval=asked.approval).done
    shown = service.show_person(office, chief, person)
    assert (shown.name, shown.unit, shown.email) == ("New Name", "Unit 2", "two@agency.example")
    with pytest.raises(NotLawful):
        service.change_person(office, officer.actor, person, moved)
    with pytest.raises(NotFound):
        service.change_person(office, chief, "person-none", moved)


def test_a_person_is_told_of_another_account_in_their_name(agency: Agency) -> None:
    officer = agency.hire("officer", Role.INVESTIGATOR)
    made = with_roles(agency.office, agency.chief.actor, officer.actor.person, "two", frozenset(), CHEAP)
    told = notices.waiting(agency.office, officer.actor)
    assert [(notice.kind, notice.object) for notice in told] == [("account-created", made.account)]


def test_preferences_are_kept(agency: Agency) -> None:
    service.set_preferences(agency.office, agency.chief, Preferences("sq", "dark", False))
    signed = agency.again("chief")
    assert (signed.language, signed.theme, signed.shortcuts) == ("sq", "dark", False)
    for wrong in (Preferences(theme="neon"), Preferences(language="x" * 21)):
        with pytest.raises(BadInput):
            service.set_preferences(agency.office, agency.chief, wrong)


def test_a_change_that_failed_leaves_nothing(agency: Agency, monkeypatch: pytest.MonkeyPatch) -> None:
    signed = agency.hire("first", Role.INVESTIGATOR)
    wanted, office, chief = frozenset({Role.SUPERVISOR}), agency.office, agency.chief.actor
    approval = agency.approve(service.set_roles(office, chief, signed.account, wanted).approval)

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("the power went")

    monkeypatch.setattr(accounts, "record", broken)
    with pytest.raises(RuntimeError):
        service.set_roles(office, chief, signed.account, wanted, approval=approval)
    assert {row.role for row in agency.rows(ACCOUNT_ROLES) if row.account == signed.account} == {
        "investigator"
    }
    assert approvals.show(office, chief, approval).state is ApprovalState.APPROVED
