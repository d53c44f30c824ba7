"""Lists of people to check: pasted or sent as a file, approved where the law wants a second person, run, watched."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any

import msgspec
from litestar import Response

from liaison.model.errors import BadInput, Conflict, NotFound, NotLawful, TooMany
from liaison.model.roles import Capability
from liaison.officers import approvals
from liaison.officers.approvals import Approval
from liaison.officers.people import names_of
from liaison.officers.states import ApprovalState
from liaison.screening import bulk_orders as service
from liaison.screening.bulk_orders import ListOrder, ListShown
from liaison.screening.list_rules import LARGEST_PASTE, ListState
from liaison.web.context import Visit
from liaison.web.footing import grounds_offered
from liaison.web.forms import Form
from liaison.web.language import later
from liaison.web.paging import Listed
from liaison.web.refusals import reasons_in
from liaison.web.routing import act, call, look, page

AUDIENCE = Capability.CHECK_BULK
Refusals = (BadInput, Conflict, NotLawful, NotFound, TooMany)
STATES = {
    ListState.WAITING: (later("Waits"), "info"),
    ListState.RUNNING: (later("Runs"), "info"),
    ListState.DONE: (later("Done"), "good"),
    ListState.CANCELLED: (later("Stopped"), "quiet"),
    ListState.FAILED: (later("Failed"), "bad"),
}


@page("/lists", audience=AUDIENCE)
def lists(visit: Visit) -> Response[str]:
    """The lists that were asked for in the person's cases."""
    found = service.lists_of(visit.office, visit.actor)
    return visit.page(
        "pages/lists.html",
        title=visit.say("Lists"),
        active="check",
        crumbs=((visit.say("Check"), "/check"), (visit.say("Lists"), "")),
        lists=found,
        names=names_of(visit.office, {one.person for one in found}),
        states=_states(visit),
    )


@page("/lists/new", audience=AUDIENCE)
def new_list(visit: Visit) -> Response[str]:
    """The form for a list."""
    return _new_list(visit, Form())


@act("/lists/new", audience=AUDIENCE, request_max_body_size=None)
def order_list(visit: Visit, form: Form) -> Response[Any]:
    """Read a list, and run it at once where no second person is needed."""
    try:
        shown = service.order_list(visit.office, visit.actor, _order(form))
        if not shown.approval:
            visit.node.runs.start(visit.office, visit.node.live, visit.actor, shown.id)
    except Refusals as error:
        if isinstance(error, NotFound):
            error = BadInput(
                "these grounds are not yours", field="grounds", hint="choose grounds of your own"
            )
        return _new_list(visit, form.refused(error), error.status)
    return visit.go(f"/lists/{shown.id}", "order-asked" if shown.approval else "order-started")


@page("/lists/{list_id:str}", audience=AUDIENCE)
def one_list(visit: Visit, list_id: str) -> Response[str]:
    """One list: how far it is, what was wrong with it, and where its alerts are."""
    return _list(visit, list_id, Form())


@act("/lists/{list_id:str}/start", audience=AUDIENCE)
def start(visit: Visit, list_id: str, form: Form) -> Response[Any]:
    """Run a list that was approved."""
    try:
        visit.node.runs.start(visit.office, visit.node.live, visit.actor, list_id)
    except (BadInput, Conflict, NotLawful, TooMany) as error:
        return _list(visit, list_id, form.refused(error), error.status)
    return visit.go(f"/lists/{list_id}", "order-started")


@act("/lists/{list_id:str}/stop", audience=AUDIENCE)
def stop(visit: Visit, list_id: str, form: Form) -> Response[Any]:
    """Stop a list; nothing that it found is told."""
    try:
        service.cancel(visit.office, visit.actor, list_id)
    except (BadInput, Conflict, NotLawful) as error:
        return _list(visit, list_id, form.refused(error), error.status)
    return visit.go(f"/lists/{list_id}", "order-stopped")


def _order(form: Form) -> ListOrder:
    grounds = form.needed("grounds", longest=80)
    if "file" in form.files and form.files["file"].filename:
        sent = form.file("file")
        return ListOrder(grounds, sent.file.read(), name=sent.filename[:200])
    return service.pasted(grounds, form.text("list", longest=LARGEST_PASTE))


def _new_list(visit: Visit, form: Form, status: int = 200) -> Response[str]:
    offered = grounds_offered(visit)
    return visit.page(
        "pages/list_new.html",
        title=visit.say("Check a list"),
        active="check",
        crumbs=((visit.say("Check"), "/check"), (visit.say("A list"), "")),
        form=form,
        reasons=reasons_in(form),
        status=status,
        offered=offered,
        limit=visit.settings.upload_bytes,
    )


def _list(visit: Visit, list_id: str, form: Form, status: int = 200) -> Response[str]:
    shown = service.list_of(visit.office, visit.actor, list_id)
    approval = _approval(visit, shown.approval)
    return visit.page(
        "pages/list.html",
        title=shown.name or visit.say("A list"),
        active="check",
        crumbs=((visit.say("Check"), "/check"), (visit.say("Lists"), "/lists"), (shown.name or "–", "")),
        form=form,
        reasons=reasons_in(form),
        status=status,
        list=shown,
        names=names_of(visit.office, {shown.person}),
        states=_states(visit),
        approved=approval is not None and approval.state is ApprovalState.APPROVED,
        approval=approval,
        own=shown.person == visit.actor.person,
    )


def _approval(visit: Visit, approval: str) -> Approval | None:
    """What a second person was asked, as far as whoever looks can know."""
    known = approvals.requests_of(visit.office, visit.actor) if approval else []
    return next((one for one in known if one.id == approval), None)


def _states(visit: Visit) -> dict[ListState, tuple[str, str]]:
    return {state: (visit.say(words), tone) for state, (words, tone) in STATES.items()}


class NewList(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A list to check: a table with its header, or a person on each line. Send a larger one as a file on the page."""

    grounds: Annotated[str, msgspec.Meta(max_length=80)]
    text: Annotated[str, msgspec.Meta(max_length=64 << 20)]
    min_score: Annotated[float, msgspec.Meta(ge=0, le=200)] | None = None
    alerts_per_1000: Annotated[float, msgspec.Meta(gt=0, le=1000)] | None = None


class BadOut(msgspec.Struct, frozen=True):
    """A row, or a field of it, that could not be used; row 0 is the whole list."""

    row: int
    field: str
    reason: str


class ListOut(msgspec.Struct, frozen=True, kw_only=True):
    """How a list stands. `check` has its alerts once it is done; `approval` is what it waits for, if anything."""

    id: str
    state: ListState
    case: str
    grounds: str
    subjects: int
    bad_rows: int
    done: int
    total: int
    approval: str
    check: str
    asked: datetime
    ended: datetime | None
    bad: tuple[BadOut, ...]
    notes: tuple[str, ...]


@call("/lists", audience=AUDIENCE, tags=["lists"], status=201, request_max_body_size=None)
def api_order_list(visit: Visit, data: NewList) -> ListOut:
    """Read a list, and run it at once where no second person is needed."""
    pasted = len(data.text.encode()) <= LARGEST_PASTE
    order = service.pasted(data.grounds, data.text) if pasted else ListOrder(data.grounds, data.text.encode())
    order = replace(order, min_score=data.min_score, alerts_per_1000=data.alerts_per_1000)
    shown = service.order_list(visit.office, visit.actor, order)
    if not shown.approval:
        visit.node.runs.start(visit.office, visit.node.live, visit.actor, shown.id)
    return _list_out(shown)


@look("/lists", audience=AUDIENCE, tags=["lists"])
def api_lists(visit: Visit) -> Listed[ListOut]:
    """The lists that were asked for in the person's cases, newest first."""
    return Listed([_list_out(one) for one in service.lists_of(visit.office, visit.actor)])


@look("/lists/{list_id:str}", audience=AUDIENCE, tags=["lists"])
def api_list(visit: Visit, list_id: str) -> ListOut:
    """How a list stands."""
    return _list_out(service.progress_of(visit.office, visit.actor, list_id))


@call("/lists/{list_id:str}/start", audience=AUDIENCE, tags=["lists"])
def api_start(visit: Visit, list_id: str) -> ListOut:
    """Run a list that was approved."""
    visit.node.runs.start(visit.office, visit.node.live, visit.actor, list_id)
    return _list_out(service.progress_of(visit.office, visit.actor, list_id))


@call("/lists/{list_id:str}/stop", audience=AUDIENCE, tags=["lists"])
def api_stop(visit: Visit, list_id: str) -> ListOut:
    """Stop a list."""
    return _list_out(service.cancel(visit.office, visit.actor, list_id))


def _list_out(shown: ListShown) -> ListOut:
    return ListOut(
        id=shown.id,
        state=shown.state,
        case=shown.case,
        grounds=shown.grounds,
        subjects=shown.subjects,
        bad_rows=shown.bad_rows,
        done=shown.done,
        total=shown.total,
        approval=shown.approval,
        check=shown.check,
        asked=shown.asked,
        ended=shown.ended,
        bad=tuple(BadOut(bad.row, bad.field, bad.reason) for bad in shown.bad),
        notes=shown.notes,
    )


ROUTES = (
    lists,
    new_list,
    order_list,
    one_list,
    start,
    stop,
    api_order_list,
    api_lists,
    api_list,
    api_start,
    api_stop,
)
