"""People and accounts: who there is, what they may do, and how they come in. No content.

An administrator asks, an overseer decides here; what was approved the administrator then does with one button.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import msgspec
from litestar import Response

from liaison.model.categories import OfficerId
from liaison.model.errors import BadInput, Conflict, LiaisonError, NotFound, NotLawful
from liaison.model.roles import Capability, Role
from liaison.officers import approvals, invitations, service
from liaison.officers.approvals import Approval
from liaison.officers.invitations import Invitation
from liaison.officers.people import Account, Person, names_of
from liaison.officers.rules import OVERSEERS
from liaison.officers.states import ApprovalState
from liaison.web.context import Visit
from liaison.web.forms import Form
from liaison.web.paging import Cursor, Limit, Listed, slice_by_number
from liaison.web.routing import act, call, look, page
from liaison.web.words import KINDS, STATES, TONES

ADMINISTRATORS = Capability.ADMINISTER_ACCOUNTS
TRAINERS = frozenset({Capability.ADMINISTER_ACCOUNTS, Capability.SUPERVISE})
READERS = TRAINERS | {Capability.REVIEW_BREAK_GLASS}
REFUSALS = (BadInput, Conflict, NotLawful)


class AccountOut(msgspec.Struct, frozen=True):
    """One account. `state` is invited, active or ended."""

    id: str
    sign_in: str
    state: str
    roles: list[str]
    has_password: bool
    passkeys: int
    signed_in: dt.datetime | None


class PersonOut(msgspec.Struct, frozen=True):
    """One person with their accounts."""

    id: str
    name: str
    unit: str
    trained: bool
    accounts: list[AccountOut]


class NewPerson(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who somebody is, as the agency knows them."""

    name: str
    unit: str = ""
    email: str = ""


class PersonMade(msgspec.Struct, frozen=True):
    """The id of a new person."""

    id: str


class NewAccount(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A sign-in name and the roles that go with it."""

    sign_in: str
    roles: list[Role] = []
    approval: str = ""


class AccountMade(msgspec.Struct, frozen=True):
    """A new account. `code` is the invitation's and is shown this once; `approval` waits for an overseer: for the
    roles, or, where `id` is empty, for a further account of a person who has one."""

    id: str
    code: str
    expires: dt.datetime | None
    roles_given: bool
    approval: str


class NewRoles(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Exactly these roles; `approval` is what an overseer approved, where one was asked."""

    roles: list[Role]
    approval: str = ""


class NewTraining(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A course and the time until which it counts; `approval` as for roles."""

    course: str
    until: dt.datetime
    approval: str = ""


class Naming(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whether somebody is named for the safeguarding compartment; `approval` as for roles."""

    named: bool
    approval: str = ""


class ChangeOut(msgspec.Struct, frozen=True):
    """What became of a change that may take two: done, or waiting for this approval."""

    done: bool
    approval: str


@page("/people", audience=READERS)
def people(visit: Visit) -> Response[str]:
    """Everyone, by name, and what waits for a decision about them."""
    found = service.list_people(visit.office, visit.actor)
    asked = [each for each in approvals.to_decide(visit.office, visit.actor) if each.gains]
    return visit.page(
        "pages/people.html",
        title=visit.say("People"),
        active="people",
        people=found,
        names={each.id: each.name for each in found},
        waiting=asked,
        administers=visit.may(ADMINISTRATORS),
        overseers=service.overseers(visit.office),
        kinds=KINDS,
        states=STATES,
        tones=TONES,
    )


@page("/people/new", audience=ADMINISTRATORS)
def new_person(visit: Visit) -> Response[str]:
    """The form for a person and their first account."""
    return _new(visit, Form())


@act("/people/new", audience=ADMINISTRATORS)
def create_person(visit: Visit, form: Form) -> Response[Any]:
    """A person with their first account, and its invitation, which is shown once."""
    try:
        newcomer = service.Newcomer(form.needed("name"), form.text("unit"), form.text("email"))
        sign_in = form.needed("sign_in", longest=200)
        roles = frozenset(form.all_chosen("roles", Role))
        person = service.create_person(visit.office, visit.actor, newcomer)
    except REFUSALS as error:
        return _new(visit, form.refused(error), error)
    try:
        made = service.create_account(visit.office, visit.actor, person, sign_in, roles, visit.node.people)
    except REFUSALS as error:
        return _person(visit, person, form.refused(error), error)
    return _invited(visit, person, made.invitation, made.roles)


@page("/people/{person_id:str}", audience=READERS)
def person(visit: Visit, person_id: str) -> Response[str]:
    """One person: accounts, roles, training, and what waits for an overseer."""
    return _person(visit, person_id, Form())


@act("/people/{person_id:str}/accounts", audience=ADMINISTRATORS)
def add_account(visit: Visit, person_id: str, form: Form) -> Response[Any]:
    """Another account of a person, and its invitation; an overseer is asked first."""
    try:
        sign_in, roles = form.needed("sign_in", longest=200), frozenset(form.all_chosen("roles", Role))
        made = service.another_account(
            visit.office,
            visit.actor,
            person_id,
            sign_in,
            roles,
            approval=form.text("approval", longest=80),
            settings=visit.node.people,
        ).created
    except REFUSALS as error:
        return _person(visit, person_id, form.refused(error), error)
    if made is None:
        return visit.go(f"/people/{person_id}", "account-asked")
    return _invited(visit, person_id, made.invitation, made.roles)


@act("/people/{person_id:str}/accounts/{account_id:str}/roles", audience=ADMINISTRATORS)
def set_roles(visit: Visit, person_id: str, account_id: str, form: Form) -> Response[Any]:
    """Give exactly these roles; a new one takes an overseer, who is then asked."""
    _require_part(visit, person_id, account_id)
    try:
        roles = frozenset(form.all_chosen("roles", Role))
        change = service.set_roles(
            visit.office, visit.actor, account_id, roles, approval=form.text("approval", longest=80)
        )
    except REFUSALS as error:
        return _person(visit, person_id, form.refused(error), error)
    return visit.go(f"/people/{person_id}", "roles-set" if change.done else "roles-asked")


@act("/people/{person_id:str}/accounts/{account_id:str}/invite", audience=ADMINISTRATORS)
def invite_again(visit: Visit, person_id: str, account_id: str, form: Form) -> Response[Any]:
    """A new invitation for somebody who lost what they signed in with."""
    _require_part(visit, person_id, account_id)
    try:
        renewal = invitations.invite_again(
            visit.office,
            visit.actor,
            account_id,
            approval=form.text("approval", longest=80),
            settings=visit.node.people,
        )
    except REFUSALS as error:
        return _person(visit, person_id, form.refused(error), error)
    if renewal.invitation is None:
        return visit.go(f"/people/{person_id}", "roles-asked")
    return _invited(visit, person_id, renewal.invitation, service.Change(True))


@act("/people/{person_id:str}/accounts/{account_id:str}/end", audience=ADMINISTRATORS)
def end_account(visit: Visit, person_id: str, account_id: str, form: Form) -> Response[Any]:
    """End an account for good."""
    _require_part(visit, person_id, account_id)
    try:
        service.end_account(visit.office, visit.actor, account_id)
    except REFUSALS as error:
        return _person(visit, person_id, form.refused(error), error)
    return visit.go(f"/people/{person_id}", "account-ended")


@act("/people/{person_id:str}/training", audience=TRAINERS)
def record_training(visit: Visit, person_id: str, form: Form) -> Response[Any]:
    """Record a course, and until when it counts; from an administrator it takes an overseer, who is then asked."""
    try:
        until = form.date("until")
        if until is None:
            raise BadInput("this is needed", field="until", hint="say until when it counts")
        end = dt.datetime.combine(until, dt.time(), dt.UTC)
        approval = form.text("approval", longest=80)
        change = service.record_training(
            visit.office, visit.actor, person_id, form.needed("course"), end, approval=approval
        )
    except REFUSALS as error:
        return _person(visit, person_id, form.refused(error), error)
    return visit.go(f"/people/{person_id}", "trained" if change.done else "training-asked")


@act("/people/{person_id:str}/safeguarding", audience=ADMINISTRATORS)
def name_for_safeguarding(visit: Visit, person_id: str, form: Form) -> Response[Any]:
    """Name a person for the safeguarding compartment, which takes an overseer, or no longer."""
    named = form.ticked("named")
    try:
        change = service.name_for_safeguarding(
            visit.office, visit.actor, person_id, named, approval=form.text("approval", longest=80)
        )
    except REFUSALS as error:
        return _person(visit, person_id, form.refused(error), error)
    done = "safeguards-named" if named else "safeguards-ended"
    return visit.go(f"/people/{person_id}", done if change.done else "safeguards-asked")


@act("/people/{person_id:str}/training/{training_id:str}/withdraw", audience=TRAINERS)
def withdraw_training(visit: Visit, person_id: str, training_id: str, form: Form) -> Response[Any]:
    """Let a course count no longer."""
    _require_part(visit, person_id, training_id)
    try:
        service.withdraw_training(visit.office, visit.actor, training_id)
    except REFUSALS as error:
        return _person(visit, person_id, form.refused(error), error)
    return visit.go(f"/people/{person_id}", "saved")


@look("/people", audience=READERS, tags=["people"])
def api_people(visit: Visit, cursor: Cursor = "", limit: Limit = 50) -> Listed[PersonOut]:
    """Everyone, by name."""
    found = slice_by_number(service.list_people(visit.office, visit.actor), cursor, limit)
    return Listed([_out(each) for each in found.rows], found.after)


@look("/people/{person_id:str}", audience=READERS, tags=["people"])
def api_person(visit: Visit, person_id: str) -> PersonOut:
    """One person with their accounts."""
    return _out(service.show_person(visit.office, visit.actor, person_id))


@call("/people", audience=ADMINISTRATORS, tags=["people"], status=201)
def api_create_person(visit: Visit, data: NewPerson) -> PersonMade:
    """A new person, without an account."""
    newcomer = service.Newcomer(data.name, data.unit, data.email)
    return PersonMade(service.create_person(visit.office, visit.actor, newcomer))


@call("/people/{person_id:str}/accounts", audience=ADMINISTRATORS, tags=["people"], status=201)
def api_create_account(visit: Visit, person_id: str, data: NewAccount) -> AccountMade:
    """A new account of a person, and its invitation's code, shown this once; a further one takes an overseer first."""
    asked = service.another_account(
        visit.office,
        visit.actor,
        person_id,
        data.sign_in,
        frozenset(data.roles),
        approval=data.approval,
        settings=visit.node.people,
    )
    made = asked.created
    if made is None:
        return AccountMade("", "", None, False, asked.approval)
    sent = made.invitation
    return AccountMade(made.account, sent.token, sent.expires, made.roles.done, made.roles.approval)


@call("/people/{person_id:str}/accounts/{account_id:str}/roles", audience=ADMINISTRATORS, tags=["people"])
def api_set_roles(visit: Visit, person_id: str, account_id: str, data: NewRoles) -> ChangeOut:
    """Give an account exactly these roles; a new one takes an overseer, who is then asked."""
    _require_part(visit, person_id, account_id)
    roles = frozenset(data.roles)
    change = service.set_roles(visit.office, visit.actor, account_id, roles, approval=data.approval)
    return ChangeOut(change.done, change.approval)


@call("/people/{person_id:str}/training", audience=TRAINERS, tags=["people"])
def api_record_training(visit: Visit, person_id: str, data: NewTraining) -> ChangeOut:
    """Record a course; from an administrator it takes an overseer, who is then asked."""
    change = service.record_training(
        visit.office, visit.actor, person_id, data.course, data.until, approval=data.approval
    )
    return ChangeOut(change.done, change.approval)


@call("/people/{person_id:str}/safeguarding", audience=ADMINISTRATORS, tags=["people"])
def api_name_for_safeguarding(visit: Visit, person_id: str, data: Naming) -> ChangeOut:
    """Name a person for the safeguarding compartment, which takes an overseer, or no longer."""
    change = service.name_for_safeguarding(
        visit.office, visit.actor, person_id, data.named, approval=data.approval
    )
    return ChangeOut(change.done, change.approval)


def _out(person: Person) -> PersonOut:
    return PersonOut(
        person.id, person.name, person.unit, person.trained, [_account_out(each) for each in person.accounts]
    )


def _account_out(account: Account) -> AccountOut:
    roles = [role.value for role in Role if role in account.roles]
    return AccountOut(
        account.id,
        account.sign_in,
        account.state.value,
        roles,
        account.has_password,
        account.passkeys,
        account.signed_in,
    )


def _roles(visit: Visit) -> list[tuple[str, str, str]]:
    return [(role.value, visit.say(role.label), visit.say(role.meaning)) for role in Role]


def _new(visit: Visit, form: Form, error: LiaisonError | None = None) -> Response[str]:
    return visit.page(
        "pages/people_new.html",
        title=visit.say("New person"),
        active="people",
        crumbs=[(visit.say("People"), "/people"), (visit.say("New person"), "")],
        form=form,
        status=error.status if error else 200,
        roles=_roles(visit),
    )


def _person(visit: Visit, person_id: str, form: Form, error: LiaisonError | None = None) -> Response[str]:
    found = service.show_person(visit.office, visit.actor, OfficerId(person_id))
    asked = approvals.about_person(visit.office, visit.actor, found.id)
    return visit.page(
        "pages/people_one.html",
        title=found.name,
        active="people",
        crumbs=[(visit.say("People"), "/people"), (found.name, "")],
        form=form,
        status=error.status if error else 200,
        person=found,
        roles=_roles(visit),
        waiting=[each for each in asked if each.state is ApprovalState.ASKED],
        approved=[each for each in asked if _is_mine_to_do(visit, each)],
        decides=bool(visit.actor.roles & OVERSEERS) and found.id != visit.actor.person,
        names=names_of(visit.office, {each.asked_by for each in asked}),
        kinds=KINDS,
        states=STATES,
        tones=TONES,
        administers=visit.may(ADMINISTRATORS),
        trains=visit.may(*TRAINERS),
    )


def _is_mine_to_do(visit: Visit, asked: Approval) -> bool:
    return asked.state is ApprovalState.APPROVED and asked.asked_by == visit.actor.person


def _require_part(visit: Visit, person_id: str, part: str) -> None:
    """Raises NotFound for an account or a training that is not this person's."""
    found = service.show_person(visit.office, visit.actor, OfficerId(person_id))
    accounts, trainings = ({each.id for each in held} for held in (found.accounts, found.trainings))
    if part not in accounts | trainings:
        raise NotFound


def _invited(visit: Visit, person_id: str, invitation: Invitation, roles: service.Change) -> Response[str]:
    found = service.show_person(visit.office, visit.actor, OfficerId(person_id))
    return visit.page(
        "pages/people_invited.html",
        title=visit.say("Invitation for %(name)s", name=found.name),
        active="people",
        crumbs=[(visit.say("People"), "/people"), (found.name, f"/people/{person_id}")],
        person=found,
        invitation=invitation,
        link=f"{visit.node.public_url}/invitation#{invitation.token}",
        roles=roles,
    )


ROUTES = (
    people,
    new_person,
    create_person,
    person,
    add_account,
    set_roles,
    invite_again,
    end_account,
    record_training,
    withdraw_training,
    name_for_safeguarding,
    api_people,
    api_person,
    api_create_person,
    api_create_account,
    api_set_roles,
    api_record_training,
    api_name_for_safeguarding,
)
