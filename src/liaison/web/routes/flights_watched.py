"""Flights that somebody watches; and a masked passenger named again, by an approval."""

from __future__ import annotations

from typing import Any

from litestar import Response

from liaison import policy
from liaison.model.errors import BadInput, Conflict, Erased, NotFound, NotLawful
from liaison.model.roles import Capability
from liaison.screening.flights import unmasking, watching
from liaison.screening.flights.rules import LONGEST_WATCH, sought
from liaison.screening.flights.unmasking import LONGEST, Wanted
from liaison.web.context import Visit
from liaison.web.footing import grounds_offered
from liaison.web.forms import Form, end_of
from liaison.web.refusals import reasons_in
from liaison.web.routing import act, page

AUDIENCE = Capability.CHECK_BULK
NOT_YOURS = "these grounds are not yours"


@page("/flights/watched", audience=AUDIENCE)
def watched(visit: Visit) -> Response[str]:
    """The flights that the person watches, and what came of them."""
    return _watched(visit, Form())


def _watched(visit: Visit, form: Form, status: int = 200) -> Response[str]:
    found = watching.watches_of(visit.office, visit.actor)
    met = {
        one.id: watching.met_by(visit.office, visit.actor, one.id) if one.met else [] for one in found[:50]
    }
    offered = grounds_offered(visit)
    return visit.page(
        "pages/flights_watched.html",
        title=visit.say("Watched flights"),
        active="flights",
        crumbs=((visit.say("Flights"), "/flights"), (visit.say("Watched flights"), "")),
        form=form,
        reasons=reasons_in(form),
        status=status,
        watches=found,
        met=met,
        now=visit.office.now(),
        seen=watching.seen(visit.office, visit.actor, [row.id for rows in met.values() for row in rows]),
        offered=offered,
        days=LONGEST_WATCH.days,
    )


@act("/flights/watched", audience=AUDIENCE)
def watch(visit: Visit, form: Form) -> Response[Any]:
    """Watch a flight, or a route, until a day."""
    try:
        day = form.date("until")
        if day is None:
            raise BadInput("no day is named", field="until", hint=f"at most {LONGEST_WATCH.days} days ahead")
        until = end_of(day, visit.office.now() + LONGEST_WATCH)
        wanted = sought(
            form.text("flight", longest=20),
            form.text("origin", longest=10),
            form.text("destination", longest=10),
        )
        watching.watch(visit.office, visit.actor, form.needed("grounds", longest=80), wanted, until)
    except (BadInput, Conflict, NotFound, NotLawful) as error:
        if isinstance(error, NotFound):
            error = BadInput(NOT_YOURS, field="grounds", hint="choose grounds of your own")
        return _watched(visit, form.refused(error), error.status)
    return visit.go("/flights/watched", "flight-watched")


@act("/flights/watched/{watch_id:str}/end", audience=AUDIENCE)
def end(visit: Visit, watch_id: str, form: Form) -> Response[Any]:
    """Watch a flight no more."""
    return _stepped(visit, watch_id, form, watching.end, "flight-watch-ended")


@act("/flights/watched/{watch_id:str}/resume", audience=AUDIENCE)
def resume(visit: Visit, watch_id: str, form: Form) -> Response[Any]:
    """Take the end of a watch back."""
    return _stepped(visit, watch_id, form, watching.resume, "flight-watched")


def _stepped(visit: Visit, watch_id: str, form: Form, step: Any, done: str) -> Response[Any]:
    try:
        step(visit.office, visit.actor, watch_id)
    except Conflict as error:
        return _watched(visit, form.refused(error), error.status)
    return visit.go("/flights/watched", done)


@page("/flights/passengers/{passenger_id:str}/unmask", audience=AUDIENCE)
def unmask_form(visit: Visit, passenger_id: str) -> Response[str]:
    """The form with which a second person is asked that a masked passenger be named."""
    return _unmask(visit, passenger_id, Form())


def _unmask(visit: Visit, passenger_id: str, form: Form, status: int = 200) -> Response[str]:
    passenger = unmasking.passenger_of(visit.office, visit.actor, passenger_id)
    offered = grounds_offered(visit, case=passenger.case)
    title = visit.say("Name a masked passenger")
    return visit.page(
        "pages/flight_unmask.html",
        title=title,
        active="flights",
        crumbs=(
            (visit.say("Flights"), "/flights"),
            (visit.say("The flight"), f"/flights/{passenger.flight}"),
            (title, ""),
        ),
        form=form,
        reasons=reasons_in(form),
        status=status,
        passenger=passenger,
        offered=offered,
        longest=LONGEST,
        years=policy.limits(visit.office.regimes).gone_days // 365,
    )


@act("/flights/passengers/{passenger_id:str}/unmask", audience=AUDIENCE)
def ask(visit: Visit, passenger_id: str, form: Form) -> Response[Any]:
    """Ask a second person that a masked passenger be named."""
    unmasking.passenger_of(visit.office, visit.actor, passenger_id)
    try:
        wanted = Wanted(
            passenger_id,
            form.needed("grounds", longest=80),
            form.text("authority"),
            form.text("reason"),
        )
        approval = unmasking.ask(visit.office, visit.actor, wanted)
    except (BadInput, Conflict, Erased, NotFound) as error:
        if isinstance(error, NotFound):
            error = BadInput(NOT_YOURS, field="grounds", hint="choose grounds of your own")
        return _unmask(visit, passenger_id, form.refused(error), error.status)
    return visit.go(f"/approvals/{approval}", "approval-asked-unmask")


@act("/approvals/{approval_id:str}/unmask", audience=AUDIENCE)
def unmasked(visit: Visit, approval_id: str, form: Form) -> Response[Any]:
    """Show who a masked passenger is, once: the approval is used up by it."""
    named = unmasking.name_again(visit.office, visit.actor, approval_id)
    title = visit.say("A passenger, named")
    return visit.page(
        "pages/flight_unmasked.html",
        title=title,
        active="flights",
        crumbs=(
            (visit.say("Flights"), "/flights"),
            (visit.say("The flight"), f"/flights/{named.flight}"),
            (title, ""),
        ),
        form=form,
        named=named,
        who=named.who,
    )


ROUTES = (watched, watch, end, resume, unmask_form, ask, unmasked)
