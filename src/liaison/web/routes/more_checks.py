"""More checks than one officer makes alone: whoever met that limit asks a second person here."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import Response

from liaison import policy
from liaison.model.errors import BadInput, Conflict, NotFound, NotLawful
from liaison.model.roles import Capability
from liaison.screening.approved import ask_for_more
from liaison.screening.grounds import one_grounds
from liaison.web.context import Visit
from liaison.web.footing import grounds_offered
from liaison.web.forms import Form
from liaison.web.refusals import reasons_in
from liaison.web.routing import act, call, page

AUDIENCE = Capability.CHECK_BULK
USUAL = 20  # persons that the form offers first
NOT_YOURS = "these grounds are not yours"
Refusals = (BadInput, Conflict, NotFound, NotLawful)


class MoreIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How many more checks on which grounds, and why they are needed."""

    grounds: str
    persons: int
    reason: str


class MoreOut(msgspec.Struct, frozen=True):
    """The request: from the moment when it is approved it counts by itself."""

    approval: str


@page("/approvals/more", audience=AUDIENCE)
def more(visit: Visit, grounds: str = "") -> Response[str]:
    """The form with which a second person is asked."""
    return _form(visit, Form({"grounds": [grounds]}))


@act("/approvals/more", audience=AUDIENCE)
def ask(visit: Visit, form: Form) -> Response[Any]:
    """Ask a second person."""
    try:
        wanted = MoreIn(
            form.needed("grounds", longest=80),
            form.number("persons", 1, policy.limits(visit.office.regimes).bulk_most),
            form.needed("reason"),
        )
        approval = _ask(visit, wanted)
    except Refusals as error:
        if isinstance(error, NotFound):
            error = BadInput(NOT_YOURS, field="grounds", hint="choose grounds of your own")
        return _form(visit, form.refused(error), error.status)
    return visit.go(f"/approvals/{approval}", "approval-asked-more")


@call("/approvals/more", tags=["approvals"], audience=AUDIENCE, status=201)
def ask_call(visit: Visit, data: MoreIn) -> MoreOut:
    """Ask a second person for more checks than one officer makes alone."""
    return MoreOut(_ask(visit, data))


def _ask(visit: Visit, wanted: MoreIn) -> str:
    """The request's id. Raises BadInput, NotFound for grounds that are not the person's own, Conflict."""
    most = policy.limits(visit.office.regimes).bulk_most
    if not 1 <= wanted.persons <= most:
        raise BadInput(f"{wanted.persons} checks", field="persons", hint=f"a number from 1 to {most:,}")
    given = one_grounds(visit.office, visit.actor, wanted.grounds)
    if given.person != visit.actor.person or given.ended is not None:
        raise NotFound
    return ask_for_more(visit.office, visit.actor, given.case, wanted.persons, wanted.reason)


def _form(visit: Visit, form: Form, status: int = 200) -> Response[str]:
    limits = policy.limits(visit.office.regimes)
    title = visit.say("More checks than one officer makes alone")
    return visit.page(
        "pages/more_checks.html",
        title=title,
        active="approvals",
        crumbs=((visit.say("Approvals"), "/approvals"), (title, "")),
        form=form,
        reasons=reasons_in(form),
        status=status,
        offered=grounds_offered(visit),
        alone=limits.bulk_persons,
        hours=int(limits.bulk_window.total_seconds()) // 3600,
        usual=USUAL,
    )


ROUTES = (more, ask, ask_call)
