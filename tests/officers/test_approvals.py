from datetime import timedelta

import pytest

from liaison.model.errors import BadInput, Conflict, NotFound, NotLawful
from liaison.model.roles import Role
from liaison.officers import approvals, notices, service
from liaison.officers.approvals import Request
from liaison.officers.signed import Signed
from liaison.officers.states import ApprovalState
from liaison.storage.tables.officers import APPROVALS
from tests.node_fixtures import both_databases
from tests.officers.staff import Agency

ABOUT = {"file": "passengers.csv", "persons": "120"}
REASON = "proportionate to the case"


def ask(agency: Agency, who: Signed, cap: int = 120, kind: str = "check-bulk") -> str:
    return approvals.ask(agency.office, who.actor, Request(kind, ABOUT, case="case-1", cap=cap))


def use(
    agency: Agency,
    who: Signed,
    approval: str,
    persons: int = 0,
    kind: str = "check-bulk",
    about: dict[str, str] | None = None,
) -> None:
    agency.office.write(
        lambda connection: approvals.use(
            agency.office, connection, who.actor, approval, kind=kind, about=about, persons=persons
        )
    )


@both_databases
def test_what_one_asks_another_approves_and_the_first_uses(either: Agency) -> None:
    asker, approver = either.hire("asker", Role.DESK_OFFICER), either.hire("second", Role.APPROVER)
    before = len(either.verbs())
    approval = ask(either, asker)
    assert [one.id for one in approvals.to_decide(either.office, approver.actor)] == [approval]
    assert [notice.kind for notice in notices.waiting(either.office, approver.actor)] == ["approval-asked"]
    decided = approvals.decide(either.office, approver.actor, approval, True, REASON)
    assert (decided.state, decided.about, decided.reason) == (ApprovalState.APPROVED, ABOUT, REASON)
    given = either.office.read(
        lambda connection: approvals.approved(either.office, connection, asker.actor, approval)
    )
    assert (given.person, given.roles, given.case) == (approver.actor.person, {Role.APPROVER}, "case-1")
    assert (given.persons, given.used) == (120, 0)
    use(either, asker, approval, persons=120)
    assert approvals.show(either.office, asker.actor, approval).state is ApprovalState.USED
    assert [verb for verb in either.verbs()[before:] if verb.startswith("approval")] == [
        "approval-asked", "approval-decided", "approval-used", "approval-read",
    ]  # fmt: skip
    assert approvals.to_decide(either.office, approver.actor) == []


def test_two_accounts_of_one_person_are_one_pair_of_eyes(agency: Agency) -> None:
    asker = agency.hire("asker", Role.DESK_OFFICER)
    second = agency.hire("asker.too", Role.APPROVER, person=asker.actor.person)
    approval = ask(agency, asker)
    assert approvals.to_decide(agency.office, second.actor) == []
    with pytest.raises(NotLawful, match="nobody decides"):
        approvals.decide(agency.office, second.actor, approval, True, REASON)


def test_the_database_itself_refuses_one_pair_of_eyes(agency: Agency) -> None:
    asker = agency.hire("asker", Role.DESK_OFFICER)
    approval = ask(agency, asker)
    change = APPROVALS.update().where(APPROVALS.c.id == approval).values(decided_by=asker.actor.person)
    with pytest.raises(Exception, match="four_eyes"):
        agency.office.write(lambda connection: connection.execute(change))


@pytest.mark.parametrize(
    "role",
    [Role.INVESTIGATOR, Role.DESK_OFFICER, Role.AUDITOR, Role.ADMINISTRATOR, Role.DATA_PROTECTION_OFFICER],
)
def test_a_role_that_the_pack_does_not_accept_does_not_even_see_it(agency: Agency, role: Role) -> None:
    asker, other = agency.hire("asker", Role.DESK_OFFICER), agency.hire("other", role)
    approval = ask(agency, asker)
    told = set()
    for wanted in (approval, "approval-none"):
        with pytest.raises(NotFound) as absent:
            approvals.decide(agency.office, other.actor, wanted, True, REASON)
        told.add(str(absent.value))
        with pytest.raises(NotFound) as absent:
            approvals.show(agency.office, other.actor, wanted)
        told.add(str(absent.value))
    assert len(told) == 1
    assert approval not in {one.id for one in approvals.requests_of(agency.office, other.actor)}


def test_an_approver_decides_nothing_that_administrators_ask(agency: Agency) -> None:
    asker, approver = agency.hire("asker", Role.DESK_OFFICER), agency.hire("second", Role.APPROVER)
    agency.hire("deputy", Role.ADMINISTRATOR)
    asked = service.set_roles(agency.office, agency.chief.actor, asker.account, frozenset({Role.SUPERVISOR}))
    with pytest.raises(NotFound):
        approvals.decide(agency.office, approver.actor, asked.approval, True, REASON)


def test_it_is_decided_once(agency: Agency) -> None:
    asker, approver = agency.hire("asker", Role.DESK_OFFICER), agency.hire("second", Role.APPROVER)
    boss = agency.hire("boss", Role.SUPERVISOR)
    approval = ask(agency, asker)
    approvals.decide(agency.office, approver.actor, approval, False, REASON)
    with pytest.raises(Conflict, match="refused"):
        approvals.decide(agency.office, boss.actor, approval, True, REASON)
    with pytest.raises(Conflict, match="refused"):
        use(agency, asker, approval)
    with pytest.raises(BadInput):
        approvals.decide(agency.office, boss.actor, ask(agency, asker), True, "  ")


@both_databases
def test_it_expires_before_and_after_the_decision(either: Agency) -> None:
    asker, approver = either.hire("asker", Role.DESK_OFFICER), either.hire("second", Role.APPROVER)
    soon = either.office.now() + timedelta(hours=1)
    first, second = (
        approvals.ask(either.office, asker.actor, Request("check-bulk", ABOUT, "case-1", 5, soon))
        for _ in "ab"
    )
    approvals.decide(either.office, approver.actor, first, True, REASON)
    either.clock.forward(hours=1)
    with pytest.raises(Conflict, match="expired"):
        use(either, asker, first)
    with pytest.raises(Conflict, match="expired"):
        approvals.decide(either.office, approver.actor, second, True, REASON)
    assert approvals.to_decide(either.office, approver.actor) == []


def test_nobody_asks_for_longer_than_the_pack_gives(agency: Agency) -> None:
    asker = agency.hire("asker", Role.DESK_OFFICER)
    far = agency.office.now() + timedelta(days=400)
    approval = approvals.ask(agency.office, asker.actor, Request("check-bulk", ABOUT, "case-1", 5, far))
    shown = approvals.show(agency.office, asker.actor, approval)
    assert shown.expires - shown.asked == timedelta(hours=agency.office.regimes[0].approval.max_hours)
    with pytest.raises(BadInput):
        approvals.ask(
            agency.office, asker.actor, Request("check-bulk", ABOUT, "case-1", 5, agency.office.now())
        )


@both_databases
def test_the_cap_is_spent_in_parts_and_never_passed(either: Agency) -> None:
    asker, approver = either.hire("asker", Role.DESK_OFFICER), either.hire("second", Role.APPROVER)
    approval = ask(either, asker, cap=10)
    approvals.decide(either.office, approver.actor, approval, True, REASON)
    use(either, asker, approval, persons=6)
    with pytest.raises(Conflict, match="4 persons"):
        use(either, asker, approval, persons=5)
    with pytest.raises(Conflict):
        use(either, asker, approval, persons=-1)
    use(either, asker, approval, persons=4)
    with pytest.raises(Conflict, match="used"):
        use(either, asker, approval, persons=1)


def test_it_serves_who_asked_for_what_they_asked(agency: Agency) -> None:
    asker, approver = agency.hire("asker", Role.DESK_OFFICER), agency.hire("second", Role.APPROVER)
    other = agency.hire("other", Role.DESK_OFFICER)
    approval = ask(agency, asker)
    with pytest.raises(Conflict, match="asked"):
        use(agency, asker, approval)
    approvals.decide(agency.office, approver.actor, approval, True, REASON)
    for stranger in (other, approver):
        with pytest.raises(NotFound):
            use(agency, stranger, approval)
    with pytest.raises(Conflict, match="something else"):
        use(agency, asker, approval, kind="erase")
    with pytest.raises(Conflict, match="something else"):
        use(agency, asker, approval, about={**ABOUT, "file": "other.csv"})
    use(agency, asker, approval, 120, about=ABOUT)


def test_what_is_asked_is_sealed(agency: Agency) -> None:
    asker = agency.hire("asker", Role.DESK_OFFICER)
    ask(agency, asker)
    assert "passengers" not in str(agency.rows(APPROVALS))
    listed = approvals.requests_of(agency.office, asker.actor)
    assert [one.about for one in listed] == [{}]
