import pytest

from liaison.model.errors import BadInput, Conflict, NotFound, NotLawful, NotSignedIn, TooMany
from liaison.model.roles import Role
from liaison.officers import approvals, invitations, notices, oidc, service, sessions, tokens
from liaison.officers.service import Newcomer
from liaison.officers.sign_in import sign_in_password
from liaison.storage.tables.officers import INVITATIONS
from tests.node_fixtures import both_databases
from tests.officers.staff import CHEAP, WORDS, Agency
from tests.overseer import with_roles

FRESH = "four other words entirely"


def invite(agency: Agency, name: str = "newone") -> service.Created:
    person = service.create_person(agency.office, agency.chief.actor, Newcomer("New One"))
    roles = frozenset({Role.INVESTIGATOR})
    return with_roles(agency.office, agency.chief.actor, person, name, roles, CHEAP)


@both_databases
def test_the_owner_sets_the_password_and_is_signed_in(either: Agency) -> None:
    token = invite(either).invitation.token
    assert invitations.invited(either.office, token).name == "New One"
    done = invitations.accept_with_password(either.office, token, FRESH, settings=CHEAP)
    assert sessions.signed_in(either.office, done.token).roles == {Role.INVESTIGATOR}
    assert token not in str(either.rows(INVITATIONS))


def test_an_invitation_serves_once(agency: Agency) -> None:
    token = invite(agency).invitation.token
    invitations.accept_with_password(agency.office, token, FRESH, settings=CHEAP)
    with pytest.raises(NotSignedIn, match="over"):
        invitations.accept_with_password(agency.office, token, WORDS, settings=CHEAP)


def test_an_invitation_ends_after_three_days(agency: Agency) -> None:
    token = invite(agency).invitation.token
    agency.clock.forward(hours=72)
    with pytest.raises(NotSignedIn):
        invitations.invited(agency.office, token)


@pytest.mark.parametrize("token", ["", "x", "ü", "x" * 100_000])
def test_a_token_that_was_never_given_opens_nothing(agency: Agency, token: str) -> None:
    with pytest.raises(NotSignedIn):
        invitations.accept_with_password(agency.office, token, FRESH, settings=CHEAP)


def test_a_weak_password_does_not_use_the_invitation_up(agency: Agency) -> None:
    token = invite(agency).invitation.token
    for weak in ("password1234", "newone-newone", "short"):
        with pytest.raises(BadInput):
            invitations.accept_with_password(agency.office, token, weak, settings=CHEAP)
    invitations.accept_with_password(agency.office, token, FRESH, settings=CHEAP)


def test_nobody_signs_in_to_an_account_before_its_owner_accepted(agency: Agency) -> None:
    invite(agency)
    with pytest.raises(NotSignedIn):
        sign_in_password(agency.office, "newone", FRESH, settings=CHEAP)


def test_a_new_invitation_ends_the_former(agency: Agency) -> None:
    made = invite(agency)
    again = invitations.invite_again(agency.office, agency.chief.actor, made.account, settings=CHEAP)
    assert again.invitation is not None
    with pytest.raises(NotSignedIn):
        invitations.invited(agency.office, made.invitation.token)
    invitations.accept_with_password(agency.office, again.invitation.token, FRESH, settings=CHEAP)


def test_taking_an_account_back_ends_whatever_was_signed_in_with(agency: Agency) -> None:
    signed = agency.hire("loser", Role.INVESTIGATOR)
    expires = agency.office.now() + CHEAP.token_longest
    _, secret = tokens.create_token(agency.office, signed, "script", expires)
    boss = agency.hire("boss", Role.SUPERVISOR)
    asked = invitations.invite_again(agency.office, agency.chief.actor, signed.account)
    approvals.decide(agency.office, boss.actor, asked.approval, True, "they stood before me")
    again = invitations.invite_again(
        agency.office, agency.chief.actor, signed.account, approval=asked.approval
    )
    assert again.invitation is not None
    assert [notice.kind for notice in notices.waiting(agency.office, signed.actor)] == ["invited"]
    agency.again("loser")
    done = invitations.accept_with_password(agency.office, again.invitation.token, FRESH, settings=CHEAP)
    with pytest.raises(NotSignedIn):
        agency.again("loser")
    with pytest.raises(NotSignedIn):
        tokens.signed_in_by_token(agency.office, secret)
    with pytest.raises(NotSignedIn):
        sign_in_password(agency.office, "loser", WORDS, settings=CHEAP)
    assert sessions.signed_in(agency.office, done.token).account == signed.account


@both_databases
def test_an_account_in_use_is_not_taken_over_by_one_administrator(either: Agency) -> None:
    signed = either.hire("first", Role.INVESTIGATOR)
    deputy = either.hire("deputy", Role.ADMINISTRATOR)
    office, chief = either.office, either.chief.actor
    asked = invitations.invite_again(office, chief, signed.account)
    assert asked.invitation is None
    with pytest.raises(Conflict):
        invitations.invite_again(office, chief, signed.account, approval=asked.approval)
    approvals.decide(office, deputy.actor, asked.approval, True, "they called me")
    with pytest.raises(Conflict, match="something else"):
        invitations.invite_again(office, chief, deputy.account, approval=asked.approval)
    given = invitations.invite_again(office, chief, signed.account, approval=asked.approval)
    assert given.invitation is not None
    with pytest.raises(Conflict, match="used"):
        invitations.invite_again(office, chief, signed.account, approval=asked.approval)


def test_a_lone_administrator_takes_no_account_over(agency: Agency) -> None:
    office, chief = agency.office, agency.chief.actor
    person = service.create_person(office, chief, Newcomer("First"))
    made = service.create_account(office, chief, person, "first", settings=CHEAP)
    assert invitations.invite_again(office, chief, made.account).invitation is not None  # nobody used it yet
    renewed = invitations.invite_again(office, chief, made.account).invitation
    assert renewed is not None
    signed = agency.accept("first", renewed.token)
    before = agency.rows(INVITATIONS)
    with pytest.raises(NotLawful, match="alone"):
        invitations.invite_again(office, chief, signed.account)
    moved = Newcomer("First", email="chief@elsewhere.example")
    with pytest.raises(NotLawful, match="alone"):
        service.change_person(office, chief, signed.actor.person, moved)
    with pytest.raises(NotLawful, match="alone"):
        oidc.link(office, chief, signed.account, "https://id.example", "chief")
    assert agency.rows(INVITATIONS) == before


@both_databases
@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.DATA_PROTECTION_OFFICER])
def test_whoever_oversees_approves_for_a_lone_administrator(either: Agency, role: Role) -> None:
    signed, boss = either.hire("first", Role.INVESTIGATOR), either.hire("boss", role)
    other = either.hire("other", Role.APPROVER)
    office, chief = either.office, either.chief.actor
    asked = invitations.invite_again(office, chief, signed.account)
    assert asked.invitation is None
    assert "approval-asked" in [notice.kind for notice in notices.waiting(office, boss.actor)]
    assert [each.id for each in approvals.to_decide(office, boss.actor)] == [asked.approval]
    for nobody in (signed, other):
        with pytest.raises(NotFound):
            approvals.decide(office, nobody.actor, asked.approval, True, "not mine to say")
    with pytest.raises(NotLawful, match="nobody decides"):
        approvals.decide(office, chief, asked.approval, True, "approving myself")
    with pytest.raises(Conflict):
        invitations.invite_again(office, chief, signed.account, approval=asked.approval)
    approvals.decide(office, boss.actor, asked.approval, True, "they stood before me")
    assert invitations.invite_again(office, chief, signed.account, approval=asked.approval).invitation


def test_whoever_oversees_decides_nothing_that_another_administrator_can(agency: Agency) -> None:
    signed, boss = agency.hire("first", Role.INVESTIGATOR), agency.hire("boss", Role.SUPERVISOR)
    agency.hire("deputy", Role.ADMINISTRATOR)
    asked = invitations.invite_again(agency.office, agency.chief.actor, signed.account)
    assert approvals.to_decide(agency.office, boss.actor) == []
    with pytest.raises(NotFound):
        approvals.decide(agency.office, boss.actor, asked.approval, True, "not mine to say")


def test_an_ended_account_is_not_invited_again(agency: Agency) -> None:
    signed = agency.hire("first", Role.INVESTIGATOR)
    token = invite(agency).invitation.token
    service.end_account(agency.office, agency.chief.actor, invitations.invited(agency.office, token).account)
    with pytest.raises(NotSignedIn):
        invitations.accept_with_password(agency.office, token, FRESH, settings=CHEAP)
    service.end_account(agency.office, agency.chief.actor, signed.account)
    with pytest.raises(NotLawful):
        invitations.invite_again(agency.office, agency.chief.actor, signed.account)
    with pytest.raises(NotFound):
        invitations.invite_again(agency.office, agency.chief.actor, "account-none")


def test_a_password_is_changed_by_who_knows_the_former(agency: Agency) -> None:
    other = sign_in_password(agency.office, "chief", WORDS, settings=CHEAP)
    with pytest.raises(BadInput, match="former"):
        invitations.set_password(agency.office, agency.chief, FRESH, FRESH, CHEAP)
    with pytest.raises(BadInput):
        invitations.set_password(agency.office, agency.chief, WORDS, "password1234", CHEAP)
    invitations.set_password(agency.office, agency.chief, WORDS, FRESH, CHEAP)
    with pytest.raises(NotSignedIn):
        sessions.signed_in(agency.office, other.token)
    assert agency.again("chief").session == agency.chief.session
    sign_in_password(agency.office, "chief", FRESH, settings=CHEAP)


def test_guessing_at_the_former_password_waits(agency: Agency) -> None:
    for _ in range(6):
        with pytest.raises(BadInput):
            invitations.set_password(agency.office, agency.chief, "a guess that is wrong", FRESH, CHEAP)
    with pytest.raises(TooMany):
        invitations.set_password(agency.office, agency.chief, WORDS, FRESH, CHEAP)
