from datetime import timedelta

import pytest

from liaison.model.errors import BadInput, Conflict, LedgerUnavailable, NotFound, NotLawful
from liaison.model.roles import Role
from liaison.officers import break_glass, notices
from liaison.officers.break_glass import Glass
from liaison.officers.signed import Signed
from liaison.officers.states import GlassState
from liaison.storage.tables.officers import GLASSES, NOTICES
from tests.node_fixtures import both_databases
from tests.officers.staff import Agency

REASON = "A child is missing and her uncle's record is in a case that is not mine."
FINDING = "The reason holds; the case was shared afterwards."


def shatter(agency: Agency, who: Signed, object: str = "case-9", hours: int = 0) -> Glass:
    return break_glass.open(
        agency.office, who.actor, "case", object, REASON, grounds=agency.grounds(who), hours=hours
    )


def open_until(agency: Agency, who: Signed, object: str = "case-9") -> object:
    now = agency.office.now()
    return agency.office.read(lambda connection: break_glass.open_until(connection, who.actor, object, now))


@both_databases
def test_it_opens_with_a_reason_and_those_who_review_are_told(either: Agency) -> None:
    officer = either.hire("officer", Role.INVESTIGATOR)
    bosses = [either.hire("boss", Role.SUPERVISOR), either.hire("guard", Role.DATA_PROTECTION_OFFICER)]
    bystander = either.hire("bystander", Role.INVESTIGATOR)
    glass = shatter(either, officer)
    assert glass.until - glass.opened == timedelta(hours=either.office.regimes[0].glass.max_hours)
    assert open_until(either, officer) == glass.until
    for boss in bosses:
        told = notices.waiting(either.office, boss.actor)
        assert ("glass-broken", glass.id) in [(notice.kind, notice.object) for notice in told]
        assert [one.id for one in break_glass.to_review(either.office, boss.actor)] == [glass.id]
        assert break_glass.show(either.office, boss.actor, glass.id).reason == REASON
    assert notices.waiting(either.office, bystander.actor) == []
    last = next(one for one in either.ledger() if one.what == "glass-broken")
    assert (last.who, last.objects, last.case) == (officer.actor.person, (glass.id, "case-9"), "case-1")


def test_it_opens_one_object_for_one_person(agency: Agency) -> None:
    officer, other = agency.hire("officer", Role.INVESTIGATOR), agency.hire("other", Role.INVESTIGATOR)
    shatter(agency, officer)
    assert open_until(agency, officer, "case-8") is None
    assert open_until(agency, other) is None


@both_databases
def test_access_ends_by_itself_and_the_review_does_not(either: Agency) -> None:
    officer, boss = either.hire("officer", Role.INVESTIGATOR), either.hire("boss", Role.SUPERVISOR)
    glass = shatter(either, officer, hours=1)
    either.clock.forward(hours=1)
    assert open_until(either, officer) is None
    either.clock.forward(days=400)
    waiting = break_glass.to_review(either.office, boss.actor)
    assert [(one.id, one.state) for one in waiting] == [(glass.id, GlassState.ENDED)]
    reviewed = break_glass.review(either.office, boss.actor, glass.id, FINDING)
    assert (reviewed.state, reviewed.finding, reviewed.reviewer) == (
        GlassState.REVIEWED, FINDING, boss.actor.person,
    )  # fmt: skip
    assert break_glass.to_review(either.office, boss.actor) == []
    assert [one.id for one in break_glass.glasses_of(either.office, boss.actor)] == [glass.id]


def test_a_review_ends_access_that_was_still_open(agency: Agency) -> None:
    officer, boss = agency.hire("officer", Role.INVESTIGATOR), agency.hire("boss", Role.SUPERVISOR)
    glass = shatter(agency, officer)
    agency.clock.forward(minutes=5)
    break_glass.review(agency.office, boss.actor, glass.id, FINDING)
    assert open_until(agency, officer) is None
    assert notices.waiting(agency.office, officer.actor)[0].kind == "glass-reviewed"


def test_nobody_reviews_their_own(agency: Agency) -> None:
    officer = agency.hire("officer", Role.INVESTIGATOR, Role.SUPERVISOR)
    second = agency.hire("officer.too", Role.SUPERVISOR, person=officer.actor.person)
    glass = shatter(agency, officer)
    for account in (officer, second):
        assert break_glass.to_review(agency.office, account.actor) == []
        with pytest.raises(NotLawful):
            break_glass.review(agency.office, account.actor, glass.id, FINDING)


def test_it_is_reviewed_once_and_with_a_finding(agency: Agency) -> None:
    officer, boss = agency.hire("officer", Role.INVESTIGATOR), agency.hire("boss", Role.SUPERVISOR)
    glass = shatter(agency, officer)
    with pytest.raises(BadInput):
        break_glass.review(agency.office, boss.actor, glass.id, "ok")
    break_glass.review(agency.office, boss.actor, glass.id, FINDING)
    with pytest.raises(Conflict, match="reviewed"):
        break_glass.review(agency.office, boss.actor, glass.id, FINDING)


def test_strangers_find_nothing(agency: Agency) -> None:
    officer, other = agency.hire("officer", Role.INVESTIGATOR), agency.hire("other", Role.INVESTIGATOR)
    glass = shatter(agency, officer)
    for who in (other, agency.chief):
        for wanted in (glass.id, "glass-none"):
            with pytest.raises(NotFound):
                break_glass.show(agency.office, who.actor, wanted)
            with pytest.raises(NotFound):
                break_glass.review(agency.office, who.actor, wanted, FINDING)
        assert break_glass.glasses_of(agency.office, who.actor) == []
    assert break_glass.show(agency.office, officer.actor, glass.id).reason == REASON


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.AUDITOR, Role.APPROVER, Role.SUPERVISOR])
def test_only_those_who_work_cases_break_it(agency: Agency, role: Role) -> None:
    who = agency.hire("someone", role)
    with pytest.raises(NotLawful):
        shatter(agency, who)
    assert agency.rows(GLASSES) == []


def test_a_reason_and_grounds_are_asked_for(agency: Agency) -> None:
    officer = agency.hire("officer", Role.INVESTIGATOR)
    with pytest.raises(BadInput):
        break_glass.open(
            agency.office, officer.actor, "case", "case-9", "urgent", grounds=agency.grounds(officer)
        )
    with pytest.raises(NotLawful):
        break_glass.open(agency.office, officer.actor, "case", "case-9", REASON)
    with pytest.raises(NotLawful):
        shatter(agency, officer, hours=10_000)


def test_without_the_ledger_nothing_opens(agency: Agency, monkeypatch: pytest.MonkeyPatch) -> None:
    officer = agency.hire("officer", Role.INVESTIGATOR)
    before = len(agency.rows(NOTICES))

    def broken(*_: object) -> None:
        raise LedgerUnavailable("full")

    monkeypatch.setattr(type(agency.office.log), "append", broken)
    with pytest.raises(LedgerUnavailable):
        shatter(agency, officer)
    assert (agency.rows(GLASSES), len(agency.rows(NOTICES))) == ([], before)


def test_reason_and_finding_are_sealed(agency: Agency) -> None:
    officer, boss = agency.hire("officer", Role.INVESTIGATOR), agency.hire("boss", Role.SUPERVISOR)
    break_glass.review(agency.office, boss.actor, shatter(agency, officer).id, FINDING)
    assert "child" not in str(agency.rows(GLASSES))
    assert "reason holds" not in str(agency.rows(GLASSES))


def test_no_verb_of_the_part_deletes_one() -> None:
    assert not [name for name in vars(break_glass) if "delete" in name or "remove" in name or "erase" in name]
