"""Retention: what is due, the runs that erase it, and the person who vouches for the clock."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from litestar import Response

from liaison.holdings import consult, retention
from liaison.holdings.consult import Question
from liaison.holdings.retention import JOB, Past
from liaison.model.errors import BadInput
from liaison.model.roles import Capability
from liaison.officers.people import names_of
from liaison.web.asked import SUBJECTS
from liaison.web.context import Visit
from liaison.web.forms import Form
from liaison.web.language import later
from liaison.web.paging import Listed
from liaison.web.routes.holdings import CATEGORIES
from liaison.web.routing import act, call, look, page

AUDIENCE = Capability.ERASE
OUTCOMES = {
    "run": (later("Done"), "good"),
    "refused": (later("Erased nothing: the time was in doubt"), "bad"),
    "confirmed": (later("The time was confirmed"), "info"),
}


@page("/holdings/retention", audience=AUDIENCE)
def due(visit: Visit) -> Response[str]:
    """What waits for retention and review, and what the last runs did."""
    return _page(visit, Form())


@act("/holdings/retention/run", audience=AUDIENCE)
def run(visit: Visit, form: Form) -> Response[Any]:
    """Erase what is overdue, once the box that says so is ticked."""
    if not form.ticked("sure"):
        error = BadInput(
            "what is erased cannot be brought back", field="sure", hint="tick the box to erase it"
        )
        return _page(visit, form.refused(error), error.status)
    result = retention.run_now(visit.office, visit.actor, visit.node.second)
    return visit.go("/holdings/retention", "retention-refused" if result.doubt else "retention-run")


@act("/holdings/retention/clock", audience=AUDIENCE)
def confirm_clock(visit: Visit, form: Form) -> Response[Any]:
    """Vouch for the node's time, once the box that says so is ticked."""
    if not form.ticked("looked"):
        error = BadInput(
            "look at another clock first", field="looked", hint="tick the box when both show the same time"
        )
        return _page(visit, form.refused(error), error.status)
    retention.confirm_time(visit.office, visit.actor, visit.node.second)
    return visit.go("/holdings/retention", "clock-confirmed")


def _page(visit: Visit, form: Form, status: int = 200) -> Response[str]:
    office, actor = visit.office, visit.actor
    today = office.now().date()
    past = retention.runs(office, actor)
    return visit.page(
        "pages/retention.html",
        title=visit.say("Retention and review"),
        active="holdings",
        crumbs=((visit.say("Holdings"), "/holdings"), (visit.say("Retention and review"), "")),
        form=form,
        status=status,
        due=retention.due(office),
        doubt=retention.last_doubt(office),
        now=office.now(),
        second=visit.node.second.now(),
        runs=past,
        names=names_of(office, {one.by for one in past}) | {JOB: visit.say("The node, by itself")},
        outcomes={code: (visit.say(words), tone) for code, (words, tone) in OUTCOMES.items()},
        reviews=consult.search(office, actor, Question(review_before=today)).entries,
        kinds={kind: visit.say(words) for kind, words in SUBJECTS.items()},
        categories={one.value: visit.say(words) for one, words in CATEGORIES.items()},
    )


class DueOut(msgspec.Struct, frozen=True):
    """How many records wait: past their retention, past it but kept as evidence, past their review; and when a run was
    refused for a clock that nobody has confirmed since."""

    overdue: int
    held: int
    reviews: int
    doubt: datetime | None


class RunOut(msgspec.Struct, frozen=True):
    """A run of the retention job. `outcome` is run, refused or confirmed; `second` is the other source of time."""

    id: str
    at: datetime
    second: datetime
    outcome: str
    erased: int
    held: int


@look("/holdings/retention", audience=AUDIENCE, tags=["retention"])
def api_due(visit: Visit) -> DueOut:
    """What waits for retention and review."""
    found = retention.due(visit.office)
    return DueOut(found.overdue, found.held, found.reviews, retention.last_doubt(visit.office))


@look("/holdings/retention/runs", audience=AUDIENCE, tags=["retention"])
def api_runs(visit: Visit) -> Listed[RunOut]:
    """The last runs, newest first."""
    return Listed([_out(one) for one in retention.runs(visit.office, visit.actor)])


@call("/holdings/retention/runs", audience=AUDIENCE, tags=["retention"], status=201)
def api_run(visit: Visit) -> RunOut:
    """Erase what is overdue. A clock in doubt erases nothing: then `outcome` is refused."""
    retention.run_now(visit.office, visit.actor, visit.node.second)
    return _out(retention.runs(visit.office, visit.actor, 1)[0])


def _out(past: Past) -> RunOut:
    return RunOut(past.id, past.at, past.second, past.outcome, past.erased, past.held)


ROUTES = (due, run, confirm_clock, api_due, api_runs, api_run)
