"""Cameras: the register, one camera with what it met, the forms that register and end it, and feeds that send reads."""

from __future__ import annotations

from typing import Annotated, Any

from litestar import Response
from litestar.params import Parameter

from liaison import policy
from liaison.model.errors import BadInput, Conflict, Erased, LiaisonError, NotFound, NotLawful
from liaison.model.roles import Capability
from liaison.officers.people import names_of
from liaison.screening.cases import cases_of
from liaison.sightings import register, viewing
from liaison.sightings.register import Feed
from liaison.sightings.viewing import Figures
from liaison.web.cameras import (
    LIKE,
    USUAL,
    CameraIn,
    CameraOut,
    FeedIn,
    FeedOut,
    SightingOut,
    alert_state,
    camera_out,
    day_rows,
    direction_of,
    entry_in,
    entry_of,
    last_day,
    misread,
    sighting_out,
    state_words,
)
from liaison.web.context import Visit
from liaison.web.footing import grounds_offered
from liaison.web.forms import Form
from liaison.web.language import later
from liaison.web.mapped import around
from liaison.web.paging import Cursor, Listed, cursor_of, parts_of
from liaison.web.refusals import reasons_in
from liaison.web.routing import API, act, call, look, page

SEES, PLACES = Capability.CHECK, Capability.PLACE_CAMERA
HERE = "/cameras"
TURNS = 1_800  # a quarter of an hour at two a second: then the page asks no more, and the session may end
Turn = Annotated[int, Parameter(ge=0, le=TURNS, description="How often it was asked for")]
SHOWN = 50  # sightings on a page
Few = Annotated[int, Parameter(ge=1, le=50, description="How many rows, at most; each may hold a picture")]
Refusals = (BadInput, Conflict, Erased, NotLawful)


@page(HERE, audience=SEES)
def cameras(visit: Visit) -> Response[str]:
    """The cameras of the person's cases, and the feeds below."""
    return _cameras(visit, Form())


def _cameras(visit: Visit, form: Form, status: int = 200) -> Response[str]:
    figures = viewing.figures(visit.office, visit.actor)
    none = Figures()
    return visit.page(
        "pages/cameras.html",
        title=visit.say("Cameras"),
        active="cameras",
        form=form,
        status=status,
        cameras=[
            (
                one,
                direction_of(visit, one.place.bearing),
                state_words(visit, one),
                last_day(one),
                figures.get(one.id, none),
                misread(visit, figures.get(one.id, none)),
            )
            for one in register.cameras_of(visit.office, visit.actor)
        ],
        feeds=register.feeds_of(visit.office, visit.actor),
        references=_references(visit),
        places=visit.may(PLACES),
        follows=visit.may(SEES),
    )


@page(f"{HERE}/new", audience=PLACES)
def new_camera(visit: Visit) -> Response[str]:
    """The form that enters a camera in the register."""
    return _form(visit, USUAL)


@act(f"{HERE}/new", audience=PLACES)
def register_camera(visit: Visit, form: Form) -> Response[Any]:
    """Enter a camera in the register."""
    try:
        grounds = form.needed("grounds", longest=80)
        camera = register.register(visit.office, visit.actor, grounds, entry_in(visit, form))
    except (*Refusals, NotFound) as error:
        refused = _elsewhere() if isinstance(error, NotFound) else error
        return _form(visit, form.refused(refused), refused.status)
    return visit.go(f"{HERE}/{camera.id}", "camera-registered")


def _elsewhere() -> LiaisonError:
    """What to say where a feed and grounds are not of one case of the person's."""
    return BadInput(
        later("the feed and the grounds are of different cases"),
        field="feed",
        hint=later("choose a feed of the case in which your grounds are"),
    )


def _form(visit: Visit, form: Form, status: int = 200) -> Response[str]:
    references = _references(visit)
    feeds = [one for one in register.feeds_of(visit.office, visit.actor) if one.ended is None]
    limits = policy.limits(visit.office.regimes)
    title = visit.say("Register a camera")
    return visit.page(
        "pages/camera_new.html",
        title=title,
        active="cameras",
        crumbs=((visit.say("Cameras"), HERE), (title, "")),
        form=form,
        reasons=reasons_in(form),
        status=status,
        offered=grounds_offered(visit),
        feeds=[(one.id, f"{one.name} · {references.get(one.case, '–')}") for one in feeds],
        days=limits.camera_days,
        hours=limits.unmatched_hours,
        more=any(form.error(name) for name in ("quiet_seconds", "clock_seconds", "offset_minutes")),
    )


@page(f"{HERE}/feeds/new", audience=PLACES)
def new_feed(visit: Visit) -> Response[str]:
    """The form that lets a system send reads."""
    return _feed_form(visit, Form())


@act(f"{HERE}/feeds/new", audience=PLACES)
def make_feed(visit: Visit, form: Form) -> Response[Any]:
    """Let a system send reads, and show its secret once."""
    try:
        case, name = form.needed("case", longest=80), form.needed("name")
        feed = register.make_feed(visit.office, visit.actor, case, name)
    except (BadInput, Conflict, NotFound) as error:
        if isinstance(error, NotFound):
            error = BadInput(
                later("this is no case of yours"), field="case", hint=later("choose one of your cases")
            )
        return _feed_form(visit, form.refused(error), error.status)
    return _told(visit, feed)


def _feed_form(visit: Visit, form: Form, status: int = 200) -> Response[str]:
    title = visit.say("Let a system send reads")
    held = cases_of(visit.office, visit.actor, titles=False)
    return visit.page(
        "pages/camera_feed_new.html",
        title=title,
        active="cameras",
        crumbs=((visit.say("Cameras"), HERE), (title, "")),
        form=form,
        status=status,
        cases=[(one.id, one.reference) for one in held if one.part is not None],
    )


def _told(visit: Visit, feed: Feed) -> Response[str]:
    title = visit.say("The secret of %(feed)s", feed=feed.name)
    return visit.page(
        "pages/camera_feed_secret.html",
        title=title,
        active="cameras",
        crumbs=((visit.say("Cameras"), HERE), (title, "")),
        feed=feed,
        address=f"{visit.node.public_url}{API}/cameras/reads",
    )


@act(HERE + "/feeds/{feed_id:str}/end", audience=PLACES)
def end_feed(visit: Visit, feed_id: str, form: Form) -> Response[Any]:
    """Let a system send nothing any more."""
    try:
        register.end_feed(visit.office, visit.actor, feed_id)
    except Conflict as error:
        return _cameras(visit, form.refused(error), error.status)
    return visit.go(HERE, "camera-feed-ended")


@page(f"{HERE}/live", audience=SEES)
def live(visit: Visit) -> Response[str]:
    """What cameras met, as it comes."""
    title = visit.say("As it comes")
    crumbs = ((visit.say("Cameras"), HERE), (title, ""))
    return visit.page(
        "pages/cameras_live.html", title=title, active="cameras", crumbs=crumbs, **_latest(visit, 0)
    )


@page(f"{HERE}/live/latest", audience=SEES)
def live_latest(visit: Visit, turn: Turn = 0) -> Response[str]:
    """The part of that page which is asked for again and again, until nobody has turned to it for a while."""
    return visit.page("pages/cameras_latest.html", title="", **_latest(visit, turn))


def _latest(visit: Visit, turn: int) -> dict[str, Any]:
    met = [
        (one, visit.say(LIKE[one.likeness][0]), LIKE[one.likeness][1], alert_state(visit, one))
        for one in viewing.latest(visit.office, visit.actor)
    ]
    return {"met": met, "turn": turn + 1, "goes_on": turn < TURNS}


@page(HERE + "/{camera_id:str}", audience=SEES)
def camera(visit: Visit, camera_id: str, cursor: Cursor = "") -> Response[str]:
    """One camera: its entry, what it met, what it counted."""
    return _camera(visit, camera_id, Form(), cursor=cursor)


def _camera(visit: Visit, camera_id: str, form: Form, status: int = 200, cursor: str = "") -> Response[str]:
    office, actor = visit.office, visit.actor
    found = register.camera_of(office, actor, camera_id)
    start = _start(cursor)
    met = viewing.sightings_of_camera(office, actor, camera_id, limit=SHOWN + 1, offset=start)
    figures = viewing.figures(office, actor).get(camera_id, Figures())
    feeds = {one.id: one.name for one in register.feeds_of(office, actor)}
    older = f"{HERE}/{camera_id}?cursor={cursor_of(start + SHOWN)}" if len(met) > SHOWN else ""
    return visit.page(
        "pages/camera.html",
        title=found.place.name,
        active="cameras",
        crumbs=((visit.say("Cameras"), HERE), (found.place.name, "")),
        form=form,
        status=status,
        camera=found,
        where=around(found),
        state=state_words(visit, found),
        direction=direction_of(visit, found.place.bearing),
        last=last_day(found),
        feed=feeds.get(found.feed, "–"),
        reference=_references(visit).get(found.case, "–"),
        who=names_of(office, {found.person}).get(found.person, "–"),
        figures=figures,
        misread=misread(visit, figures),
        met=[
            (one, visit.say(LIKE[one.likeness][0]), LIKE[one.likeness][1], alert_state(visit, one))
            for one in met[:SHOWN]
        ],
        older=older,
        days=day_rows(viewing.days_of(office, actor, camera_id)),
        follows=visit.may(SEES),
        ends=visit.may(PLACES) and found.ended is None and found.until > office.now(),
        resumes=visit.may(PLACES) and found.ended is not None and found.until > office.now(),
    )


@act(HERE + "/{camera_id:str}/end", audience=PLACES)
def end(visit: Visit, camera_id: str, form: Form) -> Response[Any]:
    """End a camera before its time."""
    try:
        register.end(visit.office, visit.actor, camera_id)
    except Conflict as error:
        return _camera(visit, camera_id, form.refused(error), error.status)
    return visit.go(f"{HERE}/{camera_id}", "camera-ended")


@act(HERE + "/{camera_id:str}/resume", audience=PLACES)
def resume(visit: Visit, camera_id: str, form: Form) -> Response[Any]:
    """Take the end of a camera back."""
    try:
        register.resume(visit.office, visit.actor, camera_id)
    except Conflict as error:
        return _camera(visit, camera_id, form.refused(error), error.status)
    return visit.go(f"{HERE}/{camera_id}", "camera-resumed")


@look("/cameras", audience=SEES, tags=["cameras"])
def api_cameras(visit: Visit) -> Listed[CameraOut]:
    """The cameras of the person's cases: those that read first, then by name."""
    figures, now = viewing.figures(visit.office, visit.actor), visit.office.now()
    found = register.cameras_of(visit.office, visit.actor)
    return Listed([camera_out(one, figures.get(one.id, Figures()), now) for one in found])


@look("/cameras/{camera_id:str}", audience=SEES, tags=["cameras"])
def api_camera(visit: Visit, camera_id: str) -> CameraOut:
    """One camera."""
    return _out(visit, camera_id)


@call("/cameras", audience=PLACES, tags=["cameras"], status=201)
def api_register_camera(visit: Visit, data: CameraIn) -> CameraOut:
    """Enter a camera in the register; its reads are taken from when this answers."""
    made = register.register(visit.office, visit.actor, data.grounds, entry_of(visit, data))
    return _out(visit, made.id)


@call("/cameras/feeds", audience=PLACES, tags=["cameras"], status=201)
def api_make_camera_feed(visit: Visit, data: FeedIn) -> FeedOut:
    """Let a system send reads of cameras of a case; the answer holds its secret, which is never told again."""
    feed = register.make_feed(visit.office, visit.actor, data.case, data.name)
    return FeedOut(feed.id, feed.name, feed.case, feed.made, feed.secret)


@call("/cameras/{camera_id:str}/end", audience=PLACES, tags=["cameras"])
def api_end_camera(visit: Visit, camera_id: str) -> CameraOut:
    """End a camera before its time: its reads are refused from when this answers."""
    register.end(visit.office, visit.actor, camera_id)
    return _out(visit, camera_id)


@call("/cameras/{camera_id:str}/resume", audience=PLACES, tags=["cameras"])
def api_resume_camera(visit: Visit, camera_id: str) -> CameraOut:
    """Take the end of a camera back."""
    register.resume(visit.office, visit.actor, camera_id)
    return _out(visit, camera_id)


@look("/sightings", audience=SEES, tags=["cameras"])
def api_sightings(visit: Visit, case: str, cursor: Cursor = "", limit: Few = 20) -> Listed[SightingOut]:
    """What the cameras of a case met, the newest first, with the pictures."""
    start = _start(cursor)
    found = viewing.sightings_of_case(visit.office, visit.actor, case, limit=limit, offset=start)
    return Listed(
        [sighting_out(one) for one in found], cursor_of(start + limit) if len(found) == limit else ""
    )


def _out(visit: Visit, camera_id: str) -> CameraOut:
    figures = viewing.figures(visit.office, visit.actor).get(camera_id, Figures())
    found = register.camera_of(visit.office, visit.actor, camera_id)
    return camera_out(found, figures, visit.office.now())


def _references(visit: Visit) -> dict[str, str]:
    return {
        held.id: held.reference for held in cases_of(visit.office, visit.actor, closed=True, titles=False)
    }


def _start(cursor: str) -> int:
    parts = parts_of(cursor, 1)
    if parts and not (parts[0].isascii() and parts[0].isdigit() and len(parts[0]) < 10):
        raise BadInput("this is no cursor of a list", field="cursor", hint="take `next` of the page before")
    return int(parts[0]) if parts else 0


ROUTES = (
    cameras,
    new_camera,
    register_camera,
    new_feed,
    make_feed,
    end_feed,
    live,
    live_latest,
    camera,
    end,
    resume,
    api_cameras,
    api_camera,
    api_register_camera,
    api_make_camera_feed,
    api_end_camera,
    api_resume_camera,
    api_sightings,
)
