"""Flights: passenger lists handed in, flights listed, and who is on board of one."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import urlencode

import msgspec
from litestar import Response
from litestar.params import Parameter

from liaison import policy
from liaison.model.dates import PartialDate
from liaison.model.errors import BadInput, Conflict, Erased, NotFound, NotLawful, TooMany
from liaison.model.roles import Capability
from liaison.officers import approvals
from liaison.officers.people import names_of
from liaison.officers.states import ApprovalState
from liaison.screening.flights import checking, viewing
from liaison.screening.flights.reading import Sent
from liaison.screening.flights.rules import State
from liaison.screening.flights.taking import Delivery, Taken
from liaison.screening.list_rules import LARGEST_PASTE
from liaison.web.context import Visit
from liaison.web.flown import FlightOut, OneFlightOut, TakenOut, flight_out, one_out, taken_out
from liaison.web.footing import grounds_offered
from liaison.web.forms import Form
from liaison.web.language import later
from liaison.web.paging import Listed as Items
from liaison.web.refusals import reasons_in
from liaison.web.routing import act, call, look, page

AUDIENCE = Capability.CHECK_BULK
Refusals = (BadInput, Conflict, NotLawful, NotFound, TooMany)
MOST_FILES = 100
LONGEST_SEARCH = 200  # characters
STATES = {
    State.WAITING: (later("Waits"), "info"),
    State.RUNNING: (later("Is checked"), "info"),
    State.CHECKED: (later("Checked"), "good"),
    State.KEPT: (later("Not checked"), "quiet"),
    State.FAILED: (later("Failed"), "bad"),
}
ALERTS = {
    policy.AlertState.CANDIDATE: (later("to be decided"), "warn"),
    policy.AlertState.CONFIRMED: (later("confirmed"), "bad"),
    policy.AlertState.REJECTED: (later("rejected"), "quiet"),
}
KINDS = {
    "passenger list": later("Passenger list"),
    "crew list": later("Crew list"),
    "master crew list": later("Master crew list"),
    "flight close-out": later("Who is on board, at the end"),
    "gate passes": later("Gate passes"),
    "bookings": later("Bookings"),
    "table": later("Table"),
    "other list": later("Another list"),
}
ROLES = {
    "crew": later("Crew"),
    "passenger in transit": later("In transit"),
    "crew in transit": later("Crew in transit"),
}
Number = Annotated[int, Parameter(ge=1, le=10_000_000)]
Short = Annotated[str, Parameter(max_length=80)]


@page("/flights", audience=AUDIENCE)
def flights(visit: Visit, day: Short = "", number: Short = "", at: Number = 1) -> Response[str]:
    """The flights of the person's cases, by day and number."""
    error = ""
    try:
        found, total = viewing.flights_of(visit.office, visit.actor, day=_day(day), number=number, page=at)
    except BadInput as refused:
        error, found, total = str(refused), [], 0
    return visit.page(
        "pages/flights.html",
        title=visit.say("Flights"),
        active="flights",
        flights=found,
        total=total,
        day=day,
        number=number,
        day_error=visit.say(error) if error else "",
        at=at,
        pages=max(-(-total // viewing.LISTED), 1),
        href="/flights?" + urlencode({"day": day, "number": number}) + "&at={page}",
        states=_said(visit, STATES),
        status=400 if error else 200,
    )


def _day(text: str) -> str:
    """A whole day as it is kept; empty for none. Raises BadInput."""
    if not text.strip():
        return ""
    day = PartialDate(text.strip())
    if len(str(day)) != 10:
        raise BadInput("this is no day", field="day", hint="write it as 2026-03-04")
    return str(day)


@page("/flights/new", audience=AUDIENCE)
def new_manifest(visit: Visit) -> Response[str]:
    """The form for a passenger list."""
    return _form(visit, Form())


@act("/flights/new", audience=AUDIENCE, request_max_body_size=None)
def take(visit: Visit, form: Form) -> Response[Any]:
    """Take passenger lists, and check at once what waits for nobody."""
    try:
        delivery = Delivery(
            form.needed("grounds", longest=80),
            _files(form),
            form.text("flight", longest=20),
            str(form.date("day") or ""),
        )
        taken = _taken(visit, delivery)
    except Refusals as error:
        if isinstance(error, NotFound):
            error = BadInput(
                "these grounds are not yours", field="grounds", hint="choose grounds of your own"
            )
        if isinstance(error, BadInput) and not error.field:
            error.field = "message" if error.file == PASTED else "file"
        return _form(visit, form.refused(error), error.status)
    if len(taken.kept) == 1 and not taken.refused:
        (one,) = taken.kept
        return visit.go(f"/flights/{one.flight}", _done(one.new, bool(one.approval)))
    return visit.page(
        "pages/flights_taken.html",
        title=visit.say("What was taken"),
        active="flights",
        crumbs=((visit.say("Flights"), "/flights"), (visit.say("What was taken"), "")),
        taken=taken,
        states=_said(visit, STATES),
    )


PASTED = "pasted message"


def _files(form: Form) -> tuple[Sent, ...]:
    """The files and the text that were handed in. Raises BadInput for too many."""
    uploads = form.several("file")
    if len(uploads) > MOST_FILES:
        raise BadInput(
            f"these are {len(uploads)} files", field="file", hint=f"send at most {MOST_FILES} at once"
        )
    files = [Sent(each.filename[:200], each.file.read()) for each in uploads]
    text = form.text("message", longest=LARGEST_PASTE)
    return (*files, *([Sent(PASTED, text.encode())] if text else []))


def _taken(visit: Visit, delivery: Delivery) -> Taken:
    node = visit.node
    with node.metrics.checks.time():
        return checking.take_and_check(visit.office, node.live, visit.actor, delivery, node.manifests)


def _done(new: bool, waits: bool) -> str:
    if not new:
        return "manifest-known"
    return "manifest-asked" if waits else "manifest-taken"


def _form(visit: Visit, form: Form, status: int = 200) -> Response[str]:
    offered = grounds_offered(visit)
    return visit.page(
        "pages/flight_new.html",
        title=visit.say("Take a passenger list"),
        active="flights",
        crumbs=((visit.say("Flights"), "/flights"), (visit.say("A passenger list"), "")),
        form=form,
        reasons=reasons_in(form),
        status=status,
        offered=offered,
        limit=visit.settings.upload_bytes,
    )


@page("/flights/{flight_id:str}", audience=AUDIENCE)
def flight(visit: Visit, flight_id: str, report: Short = "", at: Number = 1) -> Response[str]:
    """One flight with those on board, by one of its lists."""
    return _flight(visit, flight_id, report=report, at=at)


@act("/flights/{flight_id:str}", audience=AUDIENCE)
def search_flight(visit: Visit, flight_id: str, form: Form) -> Response[Any]:
    """Those on board whom a search finds. It is sent as a form: a name stands in no address."""
    report, search = form.text("report", longest=80), form.text("search", longest=LONGEST_SEARCH)
    at = form.number("at", 1, 10_000_000) if form.all("at") else 1
    return _flight(visit, flight_id, report=report, search=search, at=at)


def _flight(
    visit: Visit,
    flight_id: str,
    *,
    report: str = "",
    search: str = "",
    at: int = 1,
    form: Form | None = None,
    status: int = 200,
) -> Response[str]:
    shown = viewing.flight_of(visit.office, visit.actor, flight_id, report=report, search=search, page=at)
    told, own = shown.report, shown.report is not None and shown.report.person == visit.actor.person
    query = urlencode({"report": told.id if told else ""})
    return visit.page(
        "pages/flight.html",
        title=f"{shown.listed.name} {shown.listed.day}".strip(),
        active="flights",
        crumbs=((visit.say("Flights"), "/flights"), (shown.listed.name, "")),
        form=form or Form(),
        reasons=reasons_in(form) if form else (),
        status=status,
        shown=shown,
        told=told,
        flown=shown.manifest.flights if shown.manifest else (),
        names=names_of(visit.office, {each.person for each in shown.reports}),
        own=own,
        approved=own and told is not None and _approved(visit, told.approval),
        search=search,
        href=f"/flights/{flight_id}?{query}" + "&at={page}",
        states=_said(visit, STATES),
        alert_states=_said(visit, ALERTS),
        kinds={kind: visit.say(words) for kind, words in KINDS.items()},
        roles={role: visit.say(words) for role, words in ROLES.items()},
        mask_days=policy.limits(visit.office.regimes).mask_days,
    )


def _approved(visit: Visit, approval: str) -> bool:
    known = approvals.requests_of(visit.office, visit.actor) if approval else []
    return any(one.id == approval and one.state is ApprovalState.APPROVED for one in known)


def _said(visit: Visit, words: dict[Any, tuple[str, str]]) -> dict[Any, tuple[str, str]]:
    return {state: (visit.say(text), tone) for state, (text, tone) in words.items()}


@page("/manifests/{manifest_id:str}/progress", audience=AUDIENCE)
def progress(visit: Visit, manifest_id: str) -> Response[str]:
    """How far the check of a passenger list is, without whom it lists."""
    told = viewing.progress_of(visit.office, visit.actor, manifest_id)
    return visit.page(
        "pages/flight_progress.html",
        title=visit.say("How far the check is"),
        active="flights",
        told=told,
        states=_said(visit, STATES),
    )


@act("/manifests/{manifest_id:str}/check", audience=AUDIENCE)
def check(visit: Visit, manifest_id: str, form: Form) -> Response[Any]:
    """Check a passenger list that was approved, or whose check failed."""
    told = viewing.progress_of(visit.office, visit.actor, manifest_id)
    try:
        checking.check(visit.office, visit.node.live, visit.actor, manifest_id, visit.node.manifests)
    except (BadInput, Conflict, Erased, NotLawful, TooMany) as error:
        refused = form.refused(error)
        return _flight(visit, told.flight, report=manifest_id, form=refused, status=error.status)
    return visit.go(f"/flights/{told.flight}?report={manifest_id}", "manifest-taken")


class FileIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A file; `content` is its bytes in Base64."""

    content: bytes
    name: Annotated[str, msgspec.Meta(max_length=200)] = "message"


class NewManifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Passenger lists: messages of carriers (PAXLST, PNRGOV) or tables, as files or as one text. `flight` and `day`
    are those of a table that names none."""

    grounds: Annotated[str, msgspec.Meta(max_length=80)]
    files: Annotated[list[FileIn], msgspec.Meta(max_length=MOST_FILES)] = []
    text: Annotated[str, msgspec.Meta(max_length=64 << 20)] = ""
    flight: Annotated[str, msgspec.Meta(max_length=20)] = ""
    day: Annotated[str, msgspec.Meta(max_length=10)] = ""


class Sought(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whom to find on board: every word stands in the name, a document, the seat or the booking."""

    search: Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST_SEARCH)]
    report: Annotated[str, msgspec.Meta(max_length=80)] = ""
    page: Annotated[int, msgspec.Meta(ge=1, le=10_000_000)] = 1


@call("/manifests", audience=AUDIENCE, tags=["flights"], status=201, request_max_body_size=None)
def api_take(visit: Visit, data: NewManifest) -> TakenOut:
    """Take passenger lists, and check at once what waits for nobody."""
    files = tuple(Sent(each.name, each.content) for each in data.files)
    pasted = (Sent(PASTED, data.text.encode()),) if data.text else ()
    taken = _taken(visit, Delivery(data.grounds, (*files, *pasted), data.flight, _day(data.day)))
    return taken_out(taken)


@look("/flights", audience=AUDIENCE, tags=["flights"])
def api_flights(visit: Visit, day: Short = "", number: Short = "", at: Number = 1) -> Items[FlightOut]:
    """The flights of the person's cases, the last to depart first; `next` is `at` of the next page."""
    found, total = viewing.flights_of(visit.office, visit.actor, day=_day(day), number=number, page=at)
    more = str(at + 1) if at * viewing.LISTED < total else ""
    return Items([flight_out(one) for one in found], more)


@look("/flights/{flight_id:str}", audience=AUDIENCE, tags=["flights"])
def api_flight(visit: Visit, flight_id: str, report: Short = "", at: Number = 1) -> OneFlightOut:
    """One flight with those on board; the look is on the ledger."""
    return one_out(viewing.flight_of(visit.office, visit.actor, flight_id, report=report, page=at))


@call("/flights/{flight_id:str}/search", audience=AUDIENCE, tags=["flights"])
def api_search(visit: Visit, flight_id: str, data: Sought) -> OneFlightOut:
    """One flight with those on board whom a search finds; a name stands in no address."""
    shown = viewing.flight_of(
        visit.office, visit.actor, flight_id, report=data.report, search=data.search, page=data.page
    )
    return one_out(shown)


ROUTES = (
    flights,
    new_manifest,
    take,
    flight,
    search_flight,
    progress,
    check,
    api_take,
    api_flights,
    api_flight,
    api_search,
)
