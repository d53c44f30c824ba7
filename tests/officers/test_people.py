import pytest

from liaison.model.roles import Role
from liaison.officers import people, service
from tests.node_fixtures import both_databases
from tests.officers.staff import CHEAP, Agency
from tests.overseer import with_roles


@both_databases
def test_colleagues_are_those_who_work_on_cases(either: Agency) -> None:
    officer = either.hire("officer", Role.INVESTIGATOR, Role.DESK_OFFICER)
    either.hire("boss", Role.SUPERVISOR)
    either.hire("second", Role.APPROVER)
    either.hire("guard", Role.DATA_PROTECTION_OFFICER)
    either.hire("outside", Role.AUDITOR)
    leaver = either.hire("leaver", Role.INVESTIGATOR)
    service.end_account(either.office, either.chief.actor, leaver.account)
    found = people.colleagues(either.office, officer.actor)
    assert [one.name for one in found] == ["Boss", "Officer", "Second"]
    assert found[1].person == officer.actor.person


@pytest.mark.parametrize(
    "role", [Role.ADMINISTRATOR, Role.AUDITOR, Role.APPROVER, Role.DATA_PROTECTION_OFFICER]
)
def test_whoever_has_no_cases_has_no_colleagues(agency: Agency, role: Role) -> None:
    agency.hire("officer", Role.INVESTIGATOR)
    assert people.colleagues(agency.office, agency.hire("someone", role).actor) == []


def test_a_person_has_the_roles_of_accounts_that_have_not_ended(agency: Agency) -> None:
    first = agency.hire("first", Role.INVESTIGATOR)
    person = first.actor.person
    roles = frozenset({Role.DESK_OFFICER})
    with_roles(agency.office, agency.chief.actor, person, "first.too", roles, CHEAP)
    shown = people.show_person(agency.office, agency.chief.actor, person)
    assert shown.roles == {Role.INVESTIGATOR, Role.DESK_OFFICER}
    service.end_account(agency.office, agency.chief.actor, first.account)
    shown = people.show_person(agency.office, agency.chief.actor, person)
    assert shown.roles == {Role.DESK_OFFICER}
    assert len(shown.accounts) == 2
