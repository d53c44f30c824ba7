"""The second pair of eyes of the fixtures: an overseer, whom the administrator made first, approves what is asked."""

from __future__ import annotations

from datetime import datetime

from liaison import policy
from liaison.model.roles import Role
from liaison.office import Office
from liaison.officers import approvals, invitations, service, sessions
from liaison.officers.settings import Settings
from liaison.officers.sign_in import sign_in_password

NAME, PASSWORD = "watchful", "twelve lanterns along a quay"


def overseer(office: Office, by: policy.Actor, settings: Settings) -> policy.Actor:
    """The node's data-protection officer, signed in; made at the first call."""
    if NAME not in {each.sign_in for one in service.list_people(office, by) for each in one.accounts}:
        person = service.create_person(office, by, service.Newcomer("Watchful"))
        roles = frozenset({Role.DATA_PROTECTION_OFFICER})
        made = service.create_account(office, by, person, NAME, roles, settings)
        assert made.roles.done, "the watchful one has to be the first overseer, or made by hand"
        invitations.accept_with_password(office, made.invitation.token, PASSWORD, settings=settings)
    opened = sign_in_password(office, NAME, PASSWORD, settings=settings)
    return sessions.signed_in(office, opened.token, settings).actor


def approve(office: Office, by: policy.Actor, approval: str, settings: Settings) -> str:
    """The approval, given."""
    second = overseer(office, by, settings)
    approvals.decide(office, second, approval, True, "known to the unit")
    return approval


def with_roles(
    office: Office, by: policy.Actor, person: str, sign_in: str, roles: frozenset[Role], settings: Settings
) -> service.Created:
    """A new account of this person with its roles, approved where that takes an overseer."""
    overseer(office, by, settings)
    asked = service.another_account(office, by, person, sign_in, roles, settings=settings)
    if asked.created is None:
        approval = approve(office, by, asked.approval, settings)
        asked = service.another_account(
            office, by, person, sign_in, roles, approval=approval, settings=settings
        )
        assert asked.created is not None
    made = asked.created
    if not made.roles.done:
        approval = approve(office, by, made.roles.approval, settings)
        assert service.set_roles(office, by, made.account, roles, approval=approval).done
    return made


def train(
    office: Office, by: policy.Actor, person: str, course: str, until: datetime, settings: Settings
) -> None:
    """A course that counts, asked by the administrator and approved."""
    overseer(office, by, settings)
    asked = service.record_training(office, by, person, course, until)
    approval = approve(office, by, asked.approval, settings)
    assert service.record_training(office, by, person, course, until, approval=approval).done
