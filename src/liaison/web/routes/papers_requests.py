"""A request with its answers taken away, and the notices of convictions that asset tracing begins with."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from litestar import Response

from liaison.assistance import leaving, tracing
from liaison.assistance.leaving import Outlook, Wanted
from liaison.assistance.rules import Side
from liaison.formats.copies import MOST, Form
from liaison.model.errors import BadInput, Conflict, Erased, NotLawful
from liaison.model.roles import Capability
from liaison.web.context import Visit
from liaison.web.footing import footing_of, grounds_offered
from liaison.web.forms import Form as Sent
from liaison.web.language import LANGUAGES
from liaison.web.papers import (
    Answerers,
    CopyOperation,
    Plain,
    Short,
    answer,
    chosen_form,
    footing,
    let_through,
    offered,
)
from liaison.web.refusals import reasons_in
from liaison.web.requested import ANSWERERS, READS
from liaison.web.routes.requests import INBOX, OUTBOX
from liaison.web.routes.requests_more import CONVICTIONS
from liaison.web.routing import act, call, page

Refusals = (BadInput, Conflict, Erased, NotLawful)


@page("/requests/{request_id:str}/copy", audience=READS)
def request_copy(visit: Visit, request_id: str) -> Response[str]:
    """In which form a request is taken, and which of its records each door leaves out."""
    return _request(visit, request_id, Sent())


@act("/requests/{request_id:str}/copy", audience=READS)
def take_request(visit: Visit, request_id: str, form: Sent) -> Response[Any]:
    """A request with its answers on paper or as a file."""
    held = leaving.outlook(visit.office, visit.actor, request_id)
    try:
        chosen, court = chosen_form(form), form.text("court", longest=200)
        request = request_id if held.side is Side.RECEIVED else ""
        on = footing(visit, request, form.text("grounds", longest=80), form.text("justification"))
        wanted = Wanted(form=chosen, footing=on, court=court)
        return answer(leaving.take(visit.office, visit.actor, request_id, wanted))
    except Refusals as error:
        return _request(visit, request_id, form.refused(error), error.status)


@page("/requests/convictions/copy", audience=ANSWERERS)
def convictions_copy(visit: Visit, request_id: str = "") -> Response[str]:
    """In which form notices of convictions are taken, on which grounds."""
    return _convictions(visit, Sent({"request": [request_id]}))


@act("/requests/convictions/copy", audience=ANSWERERS)
def take_convictions(visit: Visit, form: Sent) -> Response[Any]:
    """Notices of convictions as a table or as entities."""
    try:
        wanted = tracing.Wanted(
            form=chosen_form(form, tracing.FORMS),
            footing=footing_of(visit, form.needed("grounds", longest=80)),
            language=visit.language,
            request=form.text("request", longest=80),
            confiscation=form.ticked("confiscation"),
        )
        return answer(tracing.take(visit.office, visit.actor, wanted))
    except Refusals as error:
        return _convictions(visit, form.refused(error), error.status)


def _request(visit: Visit, request_id: str, form: Sent, status: int = 200) -> Response[str]:
    held = leaving.outlook(visit.office, visit.actor, request_id)
    received = held.side is Side.RECEIVED
    title, place = visit.say("Print or save"), f"/requests/{request_id}"
    box = (
        (visit.say("Requests from partners"), INBOX)
        if received
        else (visit.say("Requests to partners"), OUTBOX)
    )
    return visit.page(
        "pages/copy.html",
        title=title,
        active="requests",
        crumbs=(box, (visit.say("The request"), place), (title, "")),
        form=form,
        reasons=reasons_in(form),
        status=status,
        place=place,
        over=False,
        forms=offered(visit, _forms(held)),
        through=let_through(visit, held.codes, own=received),
        offered=grounds_offered(visit),
        words=received,
        court=visit.may(Capability.DISCLOSE),
        subjects=held.subjects,
        narrowed=held.subjects > MOST,
    )


def _convictions(visit: Visit, form: Sent, status: int = 200) -> Response[str]:
    title = visit.say("Print or save")
    return visit.page(
        "pages/copy_convictions.html",
        title=title,
        active="requests",
        crumbs=((visit.say("Notices of convictions"), CONVICTIONS), (title, "")),
        form=form,
        reasons=reasons_in(form),
        status=status,
        place=CONVICTIONS,
        forms=offered(visit, tracing.FORMS),
        offered=grounds_offered(visit),
    )


def _forms(held: Outlook) -> tuple[Form, ...]:
    """The forms that hold so many subjects."""
    return tuple(form for form in Form if form.streams or held.subjects <= MOST)


class Tracing(Plain, frozen=True, forbid_unknown_fields=True):
    """Which notices, in which form and words, on which grounds of one's own; no request: those of all."""

    form: Form = msgspec.field(name="format")
    grounds: Short
    language: Annotated[str, msgspec.Meta(max_length=2)] = "en"
    request: Short = ""
    confiscation: bool = False


@call("/requests/{request_id:str}/copy", audience=READS, tags=["requests"], operation_class=CopyOperation)
def api_copy_request(visit: Visit, request_id: str, data: Answerers) -> Response[bytes]:
    """A request with its answers as a file; what its handling code or the law leaves out of it is said in it."""
    held = leaving.outlook(visit.office, visit.actor, request_id)
    received = request_id if held.side is Side.RECEIVED else ""
    on = footing(visit, received, data.grounds, data.justification)
    wanted = Wanted(form=data.form, footing=on, court=data.court)
    return answer(leaving.take(visit.office, visit.actor, request_id, wanted))


@call("/convictions/copy", audience=ANSWERERS, tags=["requests"], operation_class=CopyOperation)
def api_copy_convictions(visit: Visit, data: Tracing) -> Response[bytes]:
    """Notices of convictions as a table (csv) or as entities (ftm), ready to trace assets by."""
    wanted = tracing.Wanted(
        form=data.form,
        footing=footing_of(visit, data.grounds),
        language=data.language if data.language in LANGUAGES else "en",
        request=data.request,
        confiscation=data.confiscation,
    )
    return answer(tracing.take(visit.office, visit.actor, wanted))


ROUTES = (
    request_copy,
    take_request,
    convictions_copy,
    take_convictions,
    api_copy_request,
    api_copy_convictions,
)
