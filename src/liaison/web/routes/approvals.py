"""Four eyes on the screen: what one asked, what waits for one's decision, and the broken glasses with their review."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import msgspec
from litestar import Response

from liaison.model.categories import CaseId
from liaison.model.errors import BadInput, Conflict, LiaisonError, NotFound, NotLawful
from liaison.model.grounds import Grounds
from liaison.model.roles import Capability, Role
from liaison.officers import approvals as requests
from liaison.officers import break_glass
from liaison.officers.approvals import Approval
from liaison.officers.break_glass import Glass
from liaison.officers.people import names_of
from liaison.officers.states import ApprovalState, GlassState
from liaison.screening import cases as case_service
from liaison.screening.approved import case_of_approval
from liaison.screening.grounds import Given, grounds_of_approval, one_grounds, own_grounds
from liaison.web.context import Visit
from liaison.web.errors import reasons_of
from liaison.web.forms import Form
from liaison.web.keys import ABOUT, LABELS
from liaison.web.language import later
from liaison.web.paging import Cursor, Limit, Listed, slice_by_number
from liaison.web.routing import act, call, look, page
from liaison.web.words import KINDS, STATES, TONES

REFUSALS = (BadInput, Conflict, NotLawful)
ASKERS = frozenset(
    {
        Capability.CHECK_BULK,
        Capability.APPROVE,
        Capability.ADMINISTER_ACCOUNTS,
        Capability.IMPORT,
        Capability.REVIEW_BREAK_GLASS,
    }
)
GLASS = frozenset({Capability.BREAK_GLASS, Capability.REVIEW_BREAK_GLASS})
OBJECT_KIND = "holding"
CLOSED = {
    "check-list": frozenset({"list", "grounds"}),
    "check-manifest": frozenset({"manifest", "grounds"}),
    "crosscheck": frozenset({"crosscheck", "grounds"}),
    "follow-vehicle": frozenset({"camera-numbers", "grounds"}),
    "partner-request": frozenset({"request", "grounds"}),
    "unmask-passenger": frozenset({"passenger", "flight", "grounds"}),
}
SAID = LABELS | {role.value: role.label for role in Role} | {"yes": later("Yes"), "no": later("No")}
SAID |= {"check": later("Once"), "standing": later("Until a day")}  # how often a cross-check is asked


class ApprovalOut(msgspec.Struct, frozen=True):
    """A request for a second pair of eyes, as it stands now. `about` is empty in lists."""

    id: str
    kind: str
    case: str
    cap: int
    spent: int
    state: str
    asked_by: str
    asked: dt.datetime
    expires: dt.datetime
    decided_by: str
    about: dict[str, str]
    reason: str


class Decided(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What somebody decides about another's request, and why."""

    approve: bool
    reason: str


class GlassOut(msgspec.Struct, frozen=True):
    """A broken glass, as it stands now. `reason` and `finding` are empty in lists."""

    id: str
    person: str
    object_kind: str
    object: str
    opened: dt.datetime
    until: dt.datetime
    review_by: dt.datetime
    state: str
    reason: str
    finding: str


class Finding(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a review found."""

    finding: str


@page("/approvals", audience=ASKERS)
def approvals(visit: Visit) -> Response[str]:
    """What waits for this person's decision, and what they asked for themselves."""
    waiting = requests.to_decide(visit.office, visit.actor)
    every = requests.requests_of(visit.office, visit.actor)
    asked = [each for each in every if each.asked_by == visit.actor.person]
    decided = [each for each in every if each.decided_by == visit.actor.person]
    return visit.page(
        "pages/approvals.html",
        title=visit.say("Approvals"),
        active="approvals",
        waiting=waiting,
        asked=asked[::-1],
        decided=decided[::-1],
        glass=visit.may(*GLASS),
        names=_names(visit, every),
        kinds=KINDS,
        states=STATES,
        tones=TONES,
    )


@page("/approvals/{approval_id:str}", audience=ASKERS)
def approval(visit: Visit, approval_id: str) -> Response[str]:
    """One request: what it is about, and the decision."""
    return _approval(visit, approval_id, Form())


@act("/approvals/{approval_id:str}", audience=ASKERS)
def decide(visit: Visit, approval_id: str, form: Form) -> Response[Any]:
    """Approve or refuse, with a reason."""
    try:
        answer = form.needed("answer", longest=10)
        if answer not in ("approve", "refuse"):
            raise BadInput("this is not one of the choices", field="answer")
        decided = requests.decide(
            visit.office, visit.actor, approval_id, answer == "approve", form.needed("reason")
        )
    except REFUSALS as error:
        return _approval(visit, approval_id, form.refused(error), error)
    back = f"/people/{decided.gains}" if decided.gains else f"/approvals/{approval_id}"
    return visit.go(back, "approved" if answer == "approve" else "refused")


@page("/break-glass", audience=GLASS)
def glasses(visit: Visit) -> Response[str]:
    """The broken glasses this person broke or may review."""
    every = break_glass.glasses_of(visit.office, visit.actor)
    return visit.page(
        "pages/break_glass.html",
        title=visit.say("Break-glass"),
        active="approvals",
        glasses=every[::-1],
        names=names_of(visit.office, {each.person for each in every}),
        states=STATES,
        tones=TONES,
        breaks=visit.may(Capability.BREAK_GLASS),
    )


@page("/break-glass/new", audience=Capability.BREAK_GLASS)
def new_glass(visit: Visit, object: str = "") -> Response[str]:
    """The form: which record, on which grounds, and why."""
    return _new_glass(visit, Form(fields={"object": [object[:200]]}))


@act("/break-glass/new", audience=Capability.BREAK_GLASS)
def break_the_glass(visit: Visit, form: Form) -> Response[Any]:
    """Break the glass before one record. A supervisor is told at once."""
    try:
        grounds = _grounds(visit, form.needed("grounds", longest=80))
        glass = break_glass.open(
            visit.office,
            visit.actor,
            OBJECT_KIND,
            form.needed("object", longest=200),
            form.needed("reason"),
            grounds=grounds,
        )
    except REFUSALS as error:
        return _new_glass(visit, form.refused(error), error)
    return visit.go(f"/break-glass/{glass.id}", "opened")


@page("/break-glass/{glass_id:str}", audience=GLASS)
def glass(visit: Visit, glass_id: str) -> Response[str]:
    """One broken glass: why, until when, and its review."""
    return _glass(visit, glass_id, Form())


@act("/break-glass/{glass_id:str}", audience=Capability.REVIEW_BREAK_GLASS)
def review(visit: Visit, glass_id: str, form: Form) -> Response[Any]:
    """Close the review with a finding; where access was still open, it ends."""
    try:
        break_glass.review(visit.office, visit.actor, glass_id, form.needed("finding"))
    except REFUSALS as error:
        return _glass(visit, glass_id, form.refused(error), error)
    return visit.go(f"/break-glass/{glass_id}", "reviewed")


@look("/approvals", audience=ASKERS, tags=["approvals"])
def api_approvals(visit: Visit, cursor: Cursor = "", limit: Limit = 50) -> Listed[ApprovalOut]:
    """What one asked for, and what one may decide; the newest first."""
    every = requests.requests_of(visit.office, visit.actor)[::-1]
    found = slice_by_number(every, cursor, limit)
    return Listed([_out(each) for each in found.rows], found.after)


@look("/approvals/{approval_id:str}", audience=ASKERS, tags=["approvals"])
def api_approval(visit: Visit, approval_id: str) -> ApprovalOut:
    """One request with what it is about."""
    return _out(requests.show(visit.office, visit.actor, approval_id))


@call("/approvals/{approval_id:str}/decision", audience=ASKERS, tags=["approvals"])
def api_decide(visit: Visit, approval_id: str, data: Decided) -> ApprovalOut:
    """Approve or refuse what another person asked."""
    return _out(requests.decide(visit.office, visit.actor, approval_id, data.approve, data.reason))


@look("/break-glass", audience=GLASS, tags=["approvals"])
def api_glasses(visit: Visit, cursor: Cursor = "", limit: Limit = 50) -> Listed[GlassOut]:
    """The broken glasses one broke or may review; the newest first."""
    found = slice_by_number(break_glass.glasses_of(visit.office, visit.actor)[::-1], cursor, limit)
    return Listed([_glass_out(each) for each in found.rows], found.after)


@call("/break-glass/{glass_id:str}/review", audience=Capability.REVIEW_BREAK_GLASS, tags=["approvals"])
def api_review(visit: Visit, glass_id: str, data: Finding) -> GlassOut:
    """Close the review of another person's broken glass."""
    return _glass_out(break_glass.review(visit.office, visit.actor, glass_id, data.finding))


def _approval(visit: Visit, approval_id: str, form: Form, error: LiaisonError | None = None) -> Response[str]:
    found = requests.show(visit.office, visit.actor, approval_id)
    open_to_me = found.state is ApprovalState.ASKED and found.asked_by != visit.actor.person
    people = {text for key, text in found.about.items() if key == "person"}
    names = _names(visit, [found]) | names_of(visit.office, people)
    return visit.page(
        "pages/approvals_one.html",
        title=visit.say("Request for a second pair of eyes"),
        active="approvals",
        crumbs=[(visit.say("Approvals"), "/approvals"), (visit.say(KINDS.get(found.kind, found.kind)), "")],
        form=form,
        status=error.status if error else 200,
        approval=found,
        names=names,
        reference=case_of_approval(visit.office, visit.actor, found.id) if found.case else "",
        about=_about(visit, found, names),
        why=_why(visit, found),
        mine=found.asked_by == visit.actor.person,
        kinds=KINDS,
        decides=open_to_me,
        states=STATES,
        tones=TONES,
    )


def _about(visit: Visit, found: Approval, names: Mapping[str, str]) -> list[tuple[str, str]]:
    """What it is about in words. Ids of what the reader cannot open, and what stands elsewhere, are left out."""
    left = CLOSED.get(found.kind, frozenset()) | ({"person"} if found.gains else set())
    told = {key: text for key, text in found.about.items() if key not in left and text}
    return [(visit.say(ABOUT.get(key, key)), _told(visit, text, names)) for key, text in told.items()]


def _why(visit: Visit, found: Approval) -> str:
    """The justification of whoever asks, where what they ask for stands on grounds."""
    if not found.about.get("grounds"):
        return ""
    given = grounds_of_approval(visit.office, visit.actor, found.id)
    if given is None:
        return ""
    return given.justification or visit.say("Erased")


def _told(visit: Visit, text: str, names: Mapping[str, str]) -> str:
    """A person by their name; roles, purposes and offences by their labels; anything else as it stands."""
    words = [part.strip() for part in text.split(",")]
    if all(word in SAID for word in words):
        return ", ".join(visit.say(SAID[word]) for word in words)
    return names.get(text, text)


def _new_glass(visit: Visit, form: Form, error: LiaisonError | None = None) -> Response[str]:
    return visit.page(
        "pages/break_glass_new.html",
        title=visit.say("Break the glass"),
        active="approvals",
        crumbs=[(visit.say("Break-glass"), "/break-glass"), (visit.say("Break the glass"), "")],
        form=form,
        status=error.status if error else 200,
        grounds=_offered(visit),
        refused=reasons_of(error) if isinstance(error, NotLawful) else [],
    )


def _glass(visit: Visit, glass_id: str, form: Form, error: LiaisonError | None = None) -> Response[str]:
    found = break_glass.show(visit.office, visit.actor, glass_id)
    others = found.person != visit.actor.person and found.state is not GlassState.REVIEWED
    return visit.page(
        "pages/break_glass_one.html",
        title=visit.say("A broken glass"),
        active="approvals",
        crumbs=[(visit.say("Break-glass"), "/break-glass"), (found.id, "")],
        form=form,
        status=error.status if error else 200,
        glass=found,
        names=names_of(visit.office, {found.person, found.reviewer or ""}),
        reviews=others and visit.may(Capability.REVIEW_BREAK_GLASS),
        states=STATES,
        tones=TONES,
    )


def _offered(visit: Visit) -> list[tuple[str, str]]:
    """The person's own grounds in force, with the cases they are for."""
    office, actor = visit.office, visit.actor
    return [
        (given.id, f"{case.reference}: {visit.say(given.purpose.label)}")
        for case in case_service.cases_of(office, actor, titles=False)
        for given in own_grounds(office, actor, case.id)
    ]


def _grounds(visit: Visit, grounds_id: str) -> Grounds:
    """The person's own grounds as the law wants them. Raises NotLawful where they are another's or were erased."""
    try:
        given: Given = one_grounds(visit.office, visit.actor, grounds_id)
    except NotFound:
        raise BadInput(
            "these are not grounds of yours", field="grounds", hint="choose from the list"
        ) from None
    if given.person != visit.actor.person or given.ended or given.justification is None:
        raise BadInput(
            "these are not grounds of yours in force", field="grounds", hint="choose from the list"
        )
    return Grounds(
        purpose=given.purpose,
        case=CaseId(given.case),
        basis=given.basis,
        justification=given.justification,
        officer=visit.actor.person,
        given=given.given,
        offence=given.offence,
    )


def _names(visit: Visit, every: list[Approval]) -> dict[str, str]:
    people = {each.asked_by for each in every} | {each.decided_by or "" for each in every}
    return names_of(visit.office, people)


def _out(one: Approval) -> ApprovalOut:
    return ApprovalOut(
        one.id,
        one.kind,
        one.case,
        one.cap,
        one.spent,
        one.state.value,
        one.asked_by,
        one.asked,
        one.expires,
        one.decided_by or "",
        dict(one.about),
        one.reason,
    )


def _glass_out(one: Glass) -> GlassOut:
    return GlassOut(
        one.id,
        one.person,
        one.object_kind,
        one.object,
        one.opened,
        one.until,
        one.review_by,
        one.state.value,
        one.reason,
        one.finding,
    )


ROUTES = (
    approvals,
    approval,
    decide,
    glasses,
    new_glass,
    break_the_glass,
    glass,
    review,
    api_approvals,
    api_approval,
    api_decide,
    api_glasses,
    api_review,
)
