"""Cases: the list, one case with its grounds, people and checks, and what is done to it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import msgspec
from litestar import Response

from liaison import policy
from liaison.model.categories import OfficerId
from liaison.model.errors import BadInput, Conflict, NotLawful
from liaison.model.grounds import OFFENCES, Purpose
from liaison.model.roles import Capability
from liaison.officers.people import colleagues, names_of
from liaison.screening import cases as service
from liaison.screening import grounds as grounds_service
from liaison.screening.alerting import alerts_of_case
from liaison.screening.case_rules import Part
from liaison.screening.cases import Case
from liaison.screening.grounds import Given
from liaison.screening.history import checks_of_case
from liaison.web.alerts import ended_words, name_of
from liaison.web.context import Visit
from liaison.web.forms import Form
from liaison.web.language import later
from liaison.web.paging import Cursor, Limit, Listed, slice_by_number
from liaison.web.refusals import reasons_in
from liaison.web.routing import act, call, look, page

AUDIENCE = Capability.OPEN_CASE
SHOWN = 20  # checks and alerts on a case's page
PARTS = {
    Part.LEAD: later("Leads the case"),
    Part.MEMBER: later("Works on the case"),
    Part.READER: later("Reads only"),
}
Refusals = (BadInput, Conflict, NotLawful)


@page("/cases", audience=AUDIENCE)
def cases(visit: Visit, closed: bool = False) -> Response[str]:
    """The cases that the person sees."""
    found = service.cases_of(visit.office, visit.actor, closed=closed)
    return visit.page(
        "pages/cases.html", title=visit.say("Cases"), active="cases", cases=found, closed=closed
    )


@page("/cases/new", audience=AUDIENCE)
def new_case(visit: Visit) -> Response[str]:
    """The form for a new case."""
    return _new_case(visit, Form())


@act("/cases/new", audience=AUDIENCE)
def open_case(visit: Visit, form: Form) -> Response[Any]:
    """Open a case."""
    try:
        case = service.open_case(
            visit.office,
            visit.actor,
            reference=form.text("reference", longest=80),
            title=form.text("title", longest=400),
            offence=form.needed("offence", longest=80),
        )
    except Refusals as error:
        return _new_case(visit, form.refused(error), error.status)
    return visit.go(f"/cases/{case.id}/grounds", "case-opened")


@page("/cases/{case_id:str}", audience=AUDIENCE)
def case(visit: Visit, case_id: str) -> Response[str]:
    """One case."""
    return _case(visit, case_id)


@page("/cases/{case_id:str}/grounds", audience=AUDIENCE)
def new_grounds(visit: Visit, case_id: str) -> Response[str]:
    """The form for grounds: asked once for a case and a purpose, then kept."""
    return _new_grounds(visit, case_id, Form())


@act("/cases/{case_id:str}/grounds", audience=AUDIENCE)
def give_grounds(visit: Visit, case_id: str, form: Form) -> Response[Any]:
    """Give grounds."""
    try:
        given = grounds_service.give_grounds(
            visit.office,
            visit.actor,
            case_id,
            purpose=form.chosen("purpose", Purpose),
            basis=form.needed("basis", longest=80),
            justification=form.text("justification"),
            authority=form.text("authority", longest=200),
        )
    except Refusals as error:
        return _new_grounds(visit, case_id, form.refused(error), error.status)
    return visit.go(f"/check?grounds={given}", "grounds-given")


@act("/cases/{case_id:str}/members", audience=AUDIENCE)
def add_member(visit: Visit, case_id: str, form: Form) -> Response[Any]:
    """Let a person into the case."""
    try:
        person = OfficerId(form.needed("person", longest=80))
        if person not in {one.person for one in colleagues(visit.office, visit.actor)}:
            raise BadInput(
                "this is nobody who works on cases here", field="person", hint="choose from the list"
            )
        service.add_member(visit.office, visit.actor, case_id, person, form.chosen("part", Part))
    except Refusals as error:
        return _case(visit, case_id, form.refused(error), error.status)
    return visit.go(f"/cases/{case_id}", "member-added")


@act("/cases/{case_id:str}/members/remove", audience=AUDIENCE)
def remove_member(visit: Visit, case_id: str, form: Form) -> Response[Any]:
    """Take a person out of the case."""
    try:
        service.remove_member(
            visit.office, visit.actor, case_id, OfficerId(form.needed("person", longest=80))
        )
    except Refusals as error:
        return _case(visit, case_id, form.refused(error), error.status)
    return visit.go(f"/cases/{case_id}", "member-removed")


@act("/cases/{case_id:str}/close", audience=AUDIENCE)
def close_case(visit: Visit, case_id: str, form: Form) -> Response[Any]:
    """Close the case for good, once the box that says so is ticked."""
    try:
        if not form.ticked("sure"):
            raise BadInput("a closed case is not opened again", field="sure", hint="tick the box to close it")
        service.close_case(visit.office, visit.actor, case_id)
    except Refusals as error:
        return _case(visit, case_id, form.refused(error), error.status)
    return visit.go(f"/cases/{case_id}", "case-closed")


def _new_case(visit: Visit, form: Form, status: int = 200) -> Response[str]:
    offences = [(offence.code, visit.say(offence.label)) for offence in OFFENCES.values()]
    crumbs = ((visit.say("Cases"), "/cases"), (visit.say("New case"), ""))
    title = visit.say("Open a case")
    return visit.page(
        "pages/case_new.html",
        title=title,
        active="cases",
        crumbs=crumbs,
        form=form,
        reasons=reasons_in(form),
        offences=offences,
        status=status,
    )


def _case(visit: Visit, case_id: str, form: Form | None = None, status: int = 200) -> Response[str]:
    office, actor = visit.office, visit.actor
    held = service.case_of(office, actor, case_id)
    members = service.members_of(office, actor, case_id)
    given = grounds_service.grounds_of(office, actor, case_id)
    looks = checks_of_case(office, actor, case_id, limit=SHOWN)
    alerts = alerts_of_case(office, actor, case_id, state=policy.AlertState.CANDIDATE, limit=SHOWN)
    people = {one.person for one in members} | {one.person for one in given}
    people |= {one.person for one in looks} | {held.opened_by}
    return visit.page(
        "pages/case.html",
        supplies=visit.may(Capability.DISCLOSE),
        title=held.title or held.reference,
        active="cases",
        crumbs=((visit.say("Cases"), "/cases"), (held.reference, "")),
        form=form or Form(),
        reasons=reasons_in(form),
        status=status,
        case=held,
        offence=visit.say(OFFENCES[held.offence].label),
        members=members,
        names=names_of(office, people),
        parts={part: visit.say(words) for part, words in PARTS.items()},
        parts_words={part.value: visit.say(words) for part, words in PARTS.items()},
        colleagues=[
            (one.person, f"{one.name}, {one.unit}" if one.unit else one.name)
            for one in (colleagues(office, actor) if held.leads else ())
            if one.person not in {member.person for member in members}
        ],
        grounds=given,
        bases={basis.code: visit.say(basis.label) for basis in policy.limits(office.regimes).bases},
        looks=looks,
        alerts=alerts,
        ended={alert.id: ended_words(visit, alert)[0] for alert in alerts if alert.ended},
        named=name_of,
    )


def _new_grounds(visit: Visit, case_id: str, form: Form, status: int = 200) -> Response[str]:
    held = service.case_of(visit.office, visit.actor, case_id)
    limits = policy.limits(visit.office.regimes)
    purposes = [
        (purpose.value, visit.say(purpose.label)) for purpose in Purpose if purpose in limits.purposes
    ]
    bases = [(basis.code, visit.say(basis.label), basis.article) for basis in limits.bases]
    return visit.page(
        "pages/grounds_new.html",
        title=visit.say("Give grounds"),
        active="cases",
        crumbs=(
            (visit.say("Cases"), "/cases"),
            (held.reference, f"/cases/{case_id}"),
            (visit.say("Grounds"), ""),
        ),
        form=form,
        reasons=reasons_in(form),
        status=status,
        case=held,
        offence=visit.say(OFFENCES[held.offence].label),
        purposes=purposes,
        bases=bases,
        authority_for=[basis.label for basis in limits.bases if basis.needs_authority],
    )


class NewCase(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A case to be opened. `offence` is a code of the list of offences."""

    reference: Annotated[str, msgspec.Meta(max_length=80)]
    title: Annotated[str, msgspec.Meta(max_length=400)]
    offence: Annotated[str, msgspec.Meta(max_length=80)]


class CaseOut(msgspec.Struct, frozen=True):
    """A case as its members see it."""

    id: str
    reference: str
    title: str | None
    offence: str
    state: str
    opened: datetime
    closed: datetime | None


class NewGrounds(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Grounds to be given: `basis` is the code of a legal basis, `authority` the reference of an order, if needed."""

    purpose: Purpose
    basis: Annotated[str, msgspec.Meta(max_length=80)]
    justification: Annotated[str, msgspec.Meta(max_length=4000)]
    offence: Annotated[str, msgspec.Meta(max_length=80)] = ""
    authority: Annotated[str, msgspec.Meta(max_length=200)] = ""


class GroundsOut(msgspec.Struct, frozen=True):
    """Grounds as they were given; `ended` when others took their place."""

    id: str
    case: str
    person: str
    purpose: Purpose
    offence: str
    basis: str
    justification: str | None
    given: datetime
    ended: datetime | None


@look("/cases", audience=AUDIENCE, tags=["cases"])
def api_cases(visit: Visit, cursor: Cursor = "", limit: Limit = 50, closed: bool = False) -> Listed[CaseOut]:
    """The cases that the person sees, newest first."""
    found = slice_by_number(service.cases_of(visit.office, visit.actor, closed=closed), cursor, limit)
    return Listed([_case_out(one) for one in found.rows], found.after)


@call("/cases", audience=AUDIENCE, tags=["cases"], status=201)
def api_open_case(visit: Visit, data: NewCase) -> CaseOut:
    """Open a case."""
    return _case_out(
        service.open_case(
            visit.office, visit.actor, reference=data.reference, title=data.title, offence=data.offence
        )
    )


@look("/cases/{case_id:str}", audience=AUDIENCE, tags=["cases"])
def api_case(visit: Visit, case_id: str) -> CaseOut:
    """One case."""
    return _case_out(service.case_of(visit.office, visit.actor, case_id))


@look("/cases/{case_id:str}/grounds", audience=AUDIENCE, tags=["cases"])
def api_grounds(visit: Visit, case_id: str) -> Listed[GroundsOut]:
    """All grounds given in a case, newest first."""
    given = grounds_service.grounds_of(visit.office, visit.actor, case_id)
    return Listed([_grounds_out(one) for one in given])


@call("/cases/{case_id:str}/grounds", audience=AUDIENCE, tags=["cases"], status=201)
def api_give_grounds(visit: Visit, case_id: str, data: NewGrounds) -> GroundsOut:
    """Give grounds for the questions of a case. They are the person's own, and kept."""
    given = grounds_service.give_grounds(
        visit.office,
        visit.actor,
        case_id,
        purpose=data.purpose,
        basis=data.basis,
        justification=data.justification,
        offence=data.offence,
        authority=data.authority,
    )
    return _grounds_out(grounds_service.one_grounds(visit.office, visit.actor, given))


def _case_out(held: Case) -> CaseOut:
    return CaseOut(
        held.id, held.reference, held.title, held.offence, held.state.value, held.opened, held.closed
    )


def _grounds_out(given: Given) -> GroundsOut:
    return GroundsOut(
        given.id,
        given.case,
        given.person,
        given.purpose,
        given.offence,
        given.basis,
        given.justification,
        given.given,
        given.ended,
    )


ROUTES = (
    cases,
    new_case,
    open_case,
    case,
    new_grounds,
    give_grounds,
    add_member,
    remove_member,
    close_case,
    api_cases,
    api_open_case,
    api_case,
    api_grounds,
    api_give_grounds,
)
