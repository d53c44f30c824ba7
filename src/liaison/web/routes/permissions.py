"""Permission for another use: what partners ask of us and we ask of them, with its clock; granted or refused."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any
from urllib.parse import urlencode

import msgspec
from litestar import Response

from liaison.model.categories import OfficerId
from liaison.model.errors import BadInput, Conflict, NotLawful
from liaison.model.handling import HandlingCode
from liaison.model.roles import Capability
from liaison.officers.people import names_of
from liaison.partners.rules import LinkClosed
from liaison.supply import permissions as service
from liaison.supply import reading
from liaison.supply.reading import PermissionView
from liaison.supply.rules import Asked
from liaison.web.context import Visit
from liaison.web.forms import Form
from liaison.web.paging import Cursor, Limit, Listed
from liaison.web.refusals import reasons_in
from liaison.web.routes.received import ACTIVE
from liaison.web.routing import act, call, look, page
from liaison.web.supplied import (
    ASKED,
    LIFTS,
    PERMITS,
    SUPPLIES,
    names_of_nodes,
    purpose_words,
    said,
    tabs_of,
)

Refusals = (BadInput, Conflict, LinkClosed, NotLawful)
PLACE = "/permissions"
GRANTS = Capability.GRANT
END_OF_DAY = dt.time(23, 59, 59, tzinfo=dt.UTC)


@page(PLACE, audience=PERMITS)
def permissions(
    visit: Visit, out: bool | None = None, waiting: bool = False, after: str = ""
) -> Response[str]:
    """Requests for permission, in or out; who waits longest past its time is told in words."""
    answers, outwards = visit.may(*SUPPLIES), _outwards(visit, out)
    found = reading.permissions(visit.office, visit.actor, out=outwards, waiting=waiting, after=after)
    given = {"out": "true" if outwards else "false", "waiting": "true" if waiting else ""}
    more = urlencode({name: value for name, value in given.items() if value} | {"after": found.next})
    return visit.page(
        "pages/permissions.html",
        title=visit.say("Permissions"),
        active=ACTIVE,
        tabs=tabs_of(visit, PLACE),
        out=outwards,
        waiting=waiting,
        answers=answers,
        entries=found.entries,
        older=f"{PLACE}?{more}" if found.next else "",
        now=visit.office.now(),
        **_words(visit, found.entries),
    )


@page("/permissions/{permission_id:str}", audience=PERMITS)
def permission(visit: Visit, permission_id: str) -> Response[str]:
    """One request, with its words and its clock."""
    return _one(visit, permission_id, Form())


@act("/permissions/{permission_id:str}/grant", audience=GRANTS)
def grant(visit: Visit, permission_id: str, form: Form) -> Response[Any]:
    """Permit it until a day."""
    try:
        until = form.date("expires")
        if until is None:
            raise BadInput("this is needed", field="expires", hint="say until when")
        end, reason = dt.datetime.combine(until, END_OF_DAY), form.needed("reason")
        service.grant(visit.office, visit.node.means, visit.actor, permission_id, end, reason)
    except Refusals as error:
        return _one(visit, permission_id, form.refused(error), error.status)
    return visit.go(f"{PLACE}/{permission_id}", "permission-granted")


@act("/permissions/{permission_id:str}/refuse", audience=GRANTS)
def refuse(visit: Visit, permission_id: str, form: Form) -> Response[Any]:
    """Refuse it, with the reason that the partner is told."""
    try:
        service.refuse(
            visit.office, visit.node.means, visit.actor, permission_id, form.needed("refuse_reason")
        )
    except Refusals as error:
        return _one(visit, permission_id, form.refused(error), error.status)
    return visit.go(f"{PLACE}/{permission_id}", "permission-refused")


def _one(visit: Visit, permission_id: str, form: Form, status: int = 200) -> Response[str]:
    view = reading.permission(visit.office, visit.actor, permission_id)
    return visit.page(
        "pages/permission.html",
        title=visit.say("A request for permission"),
        active=ACTIVE,
        crumbs=((visit.say("Permissions"), PLACE), (visit.say("A request for permission"), "")),
        form=form,
        reasons=reasons_in(form),
        status=status,
        view=view,
        place=f"{PLACE}/{view.id}",
        decides=not view.out and view.state is Asked.ASKED and visit.may(GRANTS),
        now=visit.office.now(),
        **_words(visit, (view,)),
    )


def _outwards(visit: Visit, out: bool | None) -> bool:
    """Whether those are meant that we ask: for whoever does not answer there are no others."""
    answers = visit.may(*SUPPLIES)
    return out if out is not None and answers else not answers


def _words(visit: Visit, entries: tuple[PermissionView, ...]) -> dict[str, Any]:
    people = {OfficerId(each) for one in entries for each in (one.asked_by, one.decided_by) if each}
    return {
        "names": names_of_nodes(visit),
        "states": said(visit, ASKED),
        "lifts": {code.value: visit.say(text) for code, text in LIFTS.items()},
        "purposes": {each.purpose: purpose_words(visit, each.purpose) for each in entries},
        "people": names_of(visit.office, people) if people else {},
    }


class PermissionOut(msgspec.Struct, frozen=True, kw_only=True):
    """A request for permission. `recipient` is a node's origin or a court's name; `overdue` where its time is past."""

    id: str
    out: bool
    item: str
    partner: str
    lifts: list[HandlingCode]
    recipient: str
    purpose: str
    urgent: bool
    state: Asked
    asked: dt.datetime
    due: dt.datetime
    overdue: bool
    expires: dt.datetime | None


class Granting(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Until when another use is permitted, and why."""

    expires: dt.datetime
    reason: Annotated[str, msgspec.Meta(max_length=2000)]


class NotPermitting(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why another use is refused."""

    reason: Annotated[str, msgspec.Meta(max_length=2000)]


@look("/permissions", audience=PERMITS, tags=["supply"])
def api_permissions(
    visit: Visit, cursor: Cursor = "", limit: Limit = 50, out: bool | None = None, waiting: bool = False
) -> Listed[PermissionOut]:
    """Requests for permission, the newest first: those asked of this node, or by it, as who looks may see them."""
    outwards = _outwards(visit, out)
    found = reading.permissions(
        visit.office, visit.actor, out=outwards, waiting=waiting, after=cursor, most=limit
    )
    return Listed([_out(each) for each in found.entries], found.next)


@call("/permissions/{permission_id:str}/grant", audience=GRANTS, tags=["supply"])
def api_grant_permission(visit: Visit, permission_id: str, data: Granting) -> PermissionOut:
    """Permit it."""
    service.grant(visit.office, visit.node.means, visit.actor, permission_id, data.expires, data.reason)
    return _out(reading.permission(visit.office, visit.actor, permission_id))


@call("/permissions/{permission_id:str}/refuse", audience=GRANTS, tags=["supply"])
def api_refuse_permission(visit: Visit, permission_id: str, data: NotPermitting) -> PermissionOut:
    """Refuse it."""
    service.refuse(visit.office, visit.node.means, visit.actor, permission_id, data.reason)
    return _out(reading.permission(visit.office, visit.actor, permission_id))


def _out(one: PermissionView) -> PermissionOut:
    return PermissionOut(
        id=one.id,
        out=one.out,
        item=one.item,
        partner=one.partner,
        lifts=[HandlingCode(code) for code in one.lifts.split()],
        recipient=one.recipient,
        purpose=one.purpose,
        urgent=one.urgent,
        state=one.state,
        asked=one.asked,
        due=one.due,
        overdue=one.overdue,
        expires=one.expires,
    )


ROUTES = (
    permissions,
    permission,
    grant,
    refuse,
    api_permissions,
    api_grant_permission,
    api_refuse_permission,
)
