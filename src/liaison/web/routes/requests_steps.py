"""Steps on a request that was sent: a subject is corrected, its clock is let run on, another term is chosen."""

from __future__ import annotations

from typing import Any

from litestar import Response

from liaison.assistance import changing, pausing, triage
from liaison.model.errors import BadInput, Conflict, NotLawful, TooMany
from liaison.partners.rules import LinkClosed
from liaison.web.context import Visit
from liaison.web.forms import Form
from liaison.web.requested import ANSWERS, ASKS, require_seen
from liaison.web.routes.requests import shown
from liaison.web.routes.requests_answer import shown_subject
from liaison.web.routing import act
from liaison.web.subjects import person_of

Refusals = (BadInput, Conflict, LinkClosed, NotLawful, TooMany)


@act("/requests/{request_id:str}/subjects/{number:int}/correct", audience=ASKS)
def correct(visit: Visit, request_id: str, number: int, form: Form) -> Response[Any]:
    """Say whom a subject should have been; it is checked and answered anew."""
    require_seen(visit, request_id)
    try:
        reason = form.needed("correct_reason")
        changing.correct(
            visit.office, visit.node.means, visit.actor, request_id, {number: person_of(form)}, reason
        )
    except Refusals as error:
        return shown_subject(visit, request_id, number, form.refused(error), error.status)
    return visit.go(f"/requests/{request_id}/subjects/{number}", "subject-corrected")


@act("/requests/{request_id:str}/pauses/{pause_id:str}/end", audience=ANSWERS)
def resume(visit: Visit, request_id: str, pause_id: str, form: Form) -> Response[Any]:
    """Let the clock run on."""
    try:
        pausing.resume(visit.office, visit.node.means, visit.actor, request_id, pause_id)
    except Refusals as error:
        return shown(visit, request_id, form.refused(error), error.status)
    return visit.go(f"/requests/{request_id}", "clock-runs")


@act("/requests/{request_id:str}/term", audience=ANSWERS)
def choose_term(visit: Visit, request_id: str, form: Form) -> Response[Any]:
    """Say that another term of the instrument counts from now on, as after a recognition."""
    require_seen(visit, request_id)
    try:
        term = form.needed("term", longest=80)
        triage.choose_term(visit.office, visit.node.means, visit.actor, request_id, term)
    except Refusals as error:
        return shown(visit, request_id, form.refused(error), error.status)
    return visit.go(f"/requests/{request_id}", "term-chosen")


ROUTES = (correct, resume, choose_term)
