"""One vehicle followed by its mark: the form, the question to a second person, and what was found."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any

import msgspec
from litestar import Response
from litestar.params import QueryParameter

from liaison import policy
from liaison.model.errors import BadInput, Conflict, LiaisonError, NotFound, NotLawful
from liaison.model.roles import Capability
from liaison.officers.people import names_of
from liaison.officers.reading import may_read_all
from liaison.screening.cases import case_of
from liaison.screening.grounds import one_grounds
from liaison.sightings.following import company_rules, rules, service, viewing
from liaison.sightings.register import cameras_of
from liaison.sightings.viewing import sighting_of
from liaison.web.context import Visit
from liaison.web.followed import (
    USUAL_KILOMETRES,
    FollowedOut,
    FollowIn,
    FollowingOut,
    FollowMoreIn,
    followed_out,
    following_out,
    moment_fields,
    pairs_of,
    rows_of,
    wanted_in,
    wanted_of,
)
from liaison.web.footing import grounds_offered
from liaison.web.forms import Form
from liaison.web.journey_picture import times_of
from liaison.web.language import later
from liaison.web.mapped import route
from liaison.web.paging import Cursor, Limit, Listed, cursor_of, parts_of
from liaison.web.refusals import reasons_in
from liaison.web.routing import act, call, look, page

FOLLOWS, ASKS = Capability.CHECK, Capability.CHECK_BULK
SEEN = frozenset({Capability.CHECK, Capability.SUPERVISE})
HERE = "/following"
Short = Annotated[str, QueryParameter(max_length=80)]
Refusals = (BadInput, Conflict, NotLawful)
NOT_YOURS = later("these grounds or this camera are not yours")
OWN = later("choose from the list")


class AskedOut(msgspec.Struct, frozen=True):
    """The request to a second person. Once it is approved, the vehicle is followed with it, once."""

    approval: str


@page(f"{HERE}/new", audience=FOLLOWS)
def new(visit: Visit, alert: Short = "", camera: Short = "", case: Short = "") -> Response[str]:
    """The form; of an alert or a camera where it is named, so that no mark stands in an address."""
    return _form(visit, _begun(visit, alert, camera), case=case)


@act(f"{HERE}/new", audience=FOLLOWS)
def follow(visit: Visit, form: Form) -> Response[Any]:
    """Follow a vehicle."""
    try:
        found = service.follow(visit.office, visit.node.live, visit.actor, wanted_in(visit, form))
    except (*Refusals, NotFound) as error:
        return _refused(visit, form, error, asks=service.refused_by_stretch(error))
    return visit.go(f"{HERE}/{found}")


@act(f"{HERE}/ask", audience=ASKS)
def ask(visit: Visit, form: Form) -> Response[Any]:
    """Ask a second person that a vehicle be followed further back, or at more cameras."""
    try:
        wanted = wanted_in(visit, form)
        approval = service.ask_second(visit.office, visit.actor, wanted, form.text("reason"))
    except (*Refusals, NotFound) as error:
        return _refused(visit, form, error, asks=isinstance(error, BadInput) and error.field == "reason")
    return visit.go(f"/approvals/{approval}", "approval-asked-follow")


@act("/approvals/{approval_id:str}/follow", audience=ASKS)
def follow_approved(visit: Visit, approval_id: str, form: Form) -> Response[Any]:
    """Follow a vehicle as a second person approved it; the approval is used up by it."""
    found = service.follow_approved(visit.office, visit.node.live, visit.actor, approval_id)
    return visit.go(f"{HERE}/{found}")


@page(HERE + "/{following_id:str}", audience=SEEN)
def following(visit: Visit, following_id: str) -> Response[str]:
    """What was found of a vehicle."""
    office, actor = visit.office, visit.actor
    found = viewing.following_of(office, actor, following_id)
    rows = rows_of(visit, found)
    title = (
        visit.say("Journey of %(mark)s", mark=found.mark) if found.mark else visit.say("An erased journey")
    )
    drawn, labels = (
        route(found, visit.say("Journey")) if any(one.camera for one in found.stops) else (None, ())
    )
    held, given = case_of(office, actor, found.case), one_grounds(office, actor, found.grounds)
    return visit.page(
        "pages/following.html",
        title=title,
        active="cameras",
        crumbs=((visit.say("Cameras"), "/cameras"), (visit.say("Journey"), "")),
        following=found,
        rows=rows,
        pairs=pairs_of(visit, found, rows),
        map_picture=drawn,
        labels=labels,
        times=times_of(found, visit.settings.zone),
        hours=rules.hours_back(found.since, found.at),
        fastest=round(rules.FASTEST),
        near=round(rules.NEAR),
        within=round(company_rules.WITHIN),
        least=company_rules.LEAST,
        sure=company_rules.CHANCE,
        passages=any(row.stop.camera and row.stop.met is None for row in rows),
        hidden=any(row.stop.camera is None for row in rows),
        case=held,
        grounds=given,
        names=names_of(office, {found.person}),
        proves=found.person == actor.person or may_read_all(actor),
        follows=visit.may(FOLLOWS),
    )


@call(HERE, audience=FOLLOWS, tags=["cameras"], status=201)
def api_follow(visit: Visit, data: FollowIn) -> FollowingOut:
    """Follow a vehicle by its mark; what was found is kept with the case."""
    found = service.follow(visit.office, visit.node.live, visit.actor, wanted_of(visit, data))
    return _out(visit, found)


@call(f"{HERE}/ask", audience=ASKS, tags=["cameras"], status=201)
def api_ask_to_follow(visit: Visit, data: FollowMoreIn) -> AskedOut:
    """Ask a second person that a vehicle be followed further back, or at more cameras, than one officer may alone."""
    return AskedOut(service.ask_second(visit.office, visit.actor, wanted_of(visit, data), data.reason))


@call("/approvals/{approval_id:str}/follow", audience=ASKS, tags=["cameras"], status=201)
def api_follow_approved(visit: Visit, approval_id: str) -> FollowingOut:
    """Follow a vehicle as a second person approved it, once."""
    found = service.follow_approved(visit.office, visit.node.live, visit.actor, approval_id)
    return _out(visit, found)


@look(HERE, audience=FOLLOWS, tags=["cameras"])
def api_followings(visit: Visit, case: str, cursor: Cursor = "", limit: Limit = 50) -> Listed[FollowedOut]:
    """The vehicles that were followed in a case, the newest first: times and counts."""
    start = _start(cursor)
    found = viewing.followings_of_case(visit.office, visit.actor, case, limit=limit, offset=start)
    after = cursor_of(start + limit) if len(found) == limit else ""
    return Listed([followed_out(one) for one in found], after)


@look(HERE + "/{following_id:str}", audience=SEEN, tags=["cameras"])
def api_following(visit: Visit, following_id: str) -> FollowingOut:
    """What was found of a vehicle. Pictures come with its sightings."""
    return _out(visit, following_id)


def _out(visit: Visit, following_id: str) -> FollowingOut:
    return following_out(viewing.following_of(visit.office, visit.actor, following_id))


def _begun(visit: Visit, alert: str, camera: str) -> Form:
    """A new form: as far back as one officer may look alone, from an alert its mark and its camera."""
    now, zone = visit.office.now(), visit.settings.zone
    limits = policy.limits(visit.office.regimes)
    fields = moment_fields("since", now - timedelta(hours=limits.follow_hours) + timedelta(minutes=1), zone)
    if alert and (sighting := sighting_of(visit.office, visit.actor, alert)):
        camera = sighting.camera
        if sighting.seen:
            fields["mark"] = [sighting.seen.wanted]
    return Form(fields | {"around": [camera], "kilometres": [str(USUAL_KILOMETRES)]})


def _refused(visit: Visit, form: Form, error: LiaisonError, *, asks: bool) -> Response[str]:
    """The form again; with the question to a second person where that alone is missing."""
    if isinstance(error, NotFound):
        error = BadInput(NOT_YOURS, field="grounds", hint=OWN)
    return _form(visit, form.refused(error), error.status, asks=asks and visit.may(ASKS))


def _form(
    visit: Visit, form: Form, status: int = 200, *, asks: bool = False, case: str = ""
) -> Response[str]:
    limits = policy.limits(visit.office.regimes)
    title = visit.say("Follow a vehicle")
    found = cameras_of(visit.office, visit.actor)
    shown = {name: form.text(name, longest=200) for name in FIELDS}
    return visit.page(
        "pages/following_new.html",
        title=title,
        active="cameras",
        crumbs=((visit.say("Cameras"), "/cameras"), (title, "")),
        form=form,
        reasons=reasons_in(form),
        status=status,
        offered=grounds_offered(visit, case=case),
        cameras=[(one.id, one.place.name) for one in found],
        hours=limits.follow_hours,
        most=limits.follow_cameras,
        asks=asks,
        more=visit.may(ASKS),
        kept=shown,
        since=tuple(shown[f"since-{part}"] for part in ("day", "month", "year")),
        until=tuple(shown[f"until-{part}"] for part in ("day", "month", "year")),
        longest=service.LONGEST,
        lately=viewing.own_followings(visit.office, visit.actor),
    )


def _start(cursor: str) -> int:
    parts = parts_of(cursor, 1)
    if parts and not (parts[0].isascii() and parts[0].isdigit() and len(parts[0]) < 10):
        raise BadInput("this is no cursor of a list", field="cursor", hint="take `next` of the page before")
    return int(parts[0]) if parts else 0


FIELDS = (
    "grounds",
    "mark",
    "around",
    "kilometres",
    *(f"{name}-{part}" for name in ("since", "until") for part in ("day", "month", "year")),
    "since_clock",
    "until_clock",
)
ROUTES = (
    new,
    follow,
    ask,
    follow_approved,
    following,
    api_follow,
    api_ask_to_follow,
    api_follow_approved,
    api_followings,
    api_following,
)
