"""Drones, boats and teams: where they are now, the register, one of them, and where was patrolled."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from litestar import Response
from litestar.params import Parameter

from liaison import policy
from liaison.model.errors import BadInput, Conflict, NotLawful
from liaison.model.roles import Capability
from liaison.officers.people import names_of
from liaison.sensors import certificates, patrols, register, tallies, tracks
from liaison.sensors.access import is_told
from liaison.sensors.tallies import Counted
from liaison.web.context import Visit
from liaison.web.forms import Form
from liaison.web.language import later
from liaison.web.paging import Listed
from liaison.web.refusals import reasons_in
from liaison.web.routing import API, act, call, look, page
from liaison.web.sensors import (
    CUT,
    KINDS,
    MOVES,
    SensorIn,
    SensorOut,
    SquareOut,
    TrackOut,
    entry_in,
    entry_of,
    patrolled,
    refusals_of,
    sensor_out,
    square_out,
    state_of,
    track_out,
)

SEES, REGISTERS = Capability.SENSORS, Capability.REGISTER_SENSOR
HERE = "/sensors"
TURNS = (
    450  # a quarter of an hour, one every two seconds: then the page asks no more, and the session may end
)
Turn = Annotated[int, Parameter(ge=0, le=TURNS, description="How often it was asked for")]
Refusals = (BadInput, Conflict, NotLawful)
SHOWN, LISTED = 200, 25  # places on the page, squares of patrol in the table


@page(HERE, audience=SEES)
def sensors(visit: Visit) -> Response[str]:
    """Where drones, boats and teams are now, and the register below."""
    office, actor = visit.office, visit.actor
    counted, none = tallies.today(office, actor), Counted()
    feeds = [
        (
            one,
            visit.say(KINDS[one.kind]),
            state_of(visit, one),
            counted.get(one.id, none),
            refusals_of(visit, counted.get(one.id, none)),
        )
        for one in register.feeds_of(office, actor)
    ]
    return visit.page(
        "pages/sensors.html",
        title=visit.say("Drones and boats"),
        active="sensors",
        feeds=feeds,
        registers=visit.may(REGISTERS),
        told=is_told(office, actor),
        **_latest(visit, 0),
    )


@page(f"{HERE}/latest", audience=SEES)
def latest(visit: Visit, turn: Turn = 0) -> Response[str]:
    """The part of that page which is asked for again and again, until nobody has turned to it for a while."""
    return visit.page("pages/sensors_latest.html", title="", **_latest(visit, turn))


def _latest(visit: Visit, turn: int) -> dict[str, Any]:
    sensing = visit.node.sensing
    return {
        "placed": [
            (one, visit.say(MOVES[one.kind])) for one in tracks.now_of(visit.office, visit.actor)[:SHOWN]
        ],
        "connected": sensing.open if sensing else None,
        "cut": [(visit.say(CUT[why]), many) for why, many in sorted(sensing.cut.items())] if sensing else [],
        "turn": turn + 1,
        "goes_on": turn < TURNS,
    }


@page(f"{HERE}/patrol", audience=SEES)
def patrol(visit: Visit) -> Response[str]:
    """Where was patrolled in the last hours: how long, and not by whom."""
    found = patrols.squares_of(visit.office, visit.actor)
    title = visit.say("Where was patrolled")
    return visit.page(
        "pages/patrol.html",
        title=title,
        active="sensors",
        crumbs=((visit.say("Drones and boats"), HERE), (title, "")),
        squares=found[:LISTED],
        more=max(len(found) - LISTED, 0),
        picture=patrolled(found),
        hours=policy.limits(visit.office.regimes).patrol_hours,
    )


@page(f"{HERE}/new", audience=REGISTERS)
def new_sensor(visit: Visit) -> Response[str]:
    """The form that enters a drone, a boat or a team in the register."""
    return _form(visit, Form())


@act(f"{HERE}/new", audience=REGISTERS)
def register_sensor(visit: Visit, form: Form) -> Response[Any]:
    """Enter it in the register, and show its secret once."""
    try:
        feed = register.register(visit.office, visit.actor, entry_in(visit, form))
    except Refusals as error:
        return _form(visit, form.refused(error), error.status)
    title = visit.say("The secret of %(feed)s", feed=feed.name)
    return visit.page(
        "pages/sensor_secret.html",
        title=title,
        active="sensors",
        crumbs=((visit.say("Drones and boats"), HERE), (title, "")),
        feed=feed,
        address=f"{visit.node.public_url}{API}/sensors/messages",
        reach=_reach(visit),
    )


def _form(visit: Visit, form: Form, status: int = 200) -> Response[str]:
    title = visit.say("Register a drone, a boat or a team")
    return visit.page(
        "pages/sensor_new.html",
        title=title,
        active="sensors",
        crumbs=((visit.say("Drones and boats"), HERE), (title, "")),
        form=form,
        reasons=reasons_in(form),
        status=status,
        kinds=[(each.value, visit.say(words)) for each, words in KINDS.items()],
        days=policy.limits(visit.office.regimes).sensor_days,
    )


@page(HERE + "/{sensor_id:str}", audience=SEES)
def sensor(visit: Visit, sensor_id: str) -> Response[str]:
    """One of them: its entry, how it connects, what it counted."""
    return _sensor(visit, sensor_id, Form())


def _sensor(visit: Visit, sensor_id: str, form: Form, status: int = 200) -> Response[str]:
    office, actor = visit.office, visit.actor
    feed = register.feed_of(office, actor, sensor_id)
    total, days = tallies.ever(office, actor, sensor_id)
    return visit.page(
        "pages/sensor.html",
        title=feed.name,
        active="sensors",
        crumbs=((visit.say("Drones and boats"), HERE), (feed.name, "")),
        form=form,
        status=status,
        feed=feed,
        kind=visit.say(KINDS[feed.kind]),
        state=state_of(visit, feed),
        who=names_of(office, {feed.person}).get(feed.person, "–"),
        placed=[(one, visit.say(MOVES[one.kind])) for one in tracks.now_of(office, actor, sensor_id)],
        total=total,
        told=total.people is not None,
        days=[(date.fromisoformat(day), one, refusals_of(visit, one)) for day, one in days],
        changes=visit.may(REGISTERS) and feed.ended is None and feed.until > office.now(),
        reach=_reach(visit),
        address=f"{visit.node.public_url}{API}/sensors/messages",
    )


@act(HERE + "/{sensor_id:str}/certificate", audience=REGISTERS)
def make_certificate(visit: Visit, sensor_id: str, form: Form) -> Response[Any]:
    """Make its certificate, and give the package that a client is set up with: once."""
    try:
        package = _package(visit, sensor_id)
    except Conflict as error:
        return _sensor(visit, sensor_id, form.refused(error), error.status)
    headers = {"Content-Disposition": f'attachment; filename="{package.name}"'}
    return Response(package.content, media_type="application/zip", headers=headers)


@act(HERE + "/{sensor_id:str}/end", audience=REGISTERS)
def end(visit: Visit, sensor_id: str, form: Form) -> Response[Any]:
    """End it before its time."""
    try:
        register.end(visit.office, visit.actor, sensor_id)
    except Conflict as error:
        return _sensor(visit, sensor_id, form.refused(error), error.status)
    return visit.go(f"{HERE}/{sensor_id}", "sensor-ended")


@look(HERE, audience=SEES, tags=["sensors"])
def api_sensors(visit: Visit) -> Listed[SensorOut]:
    """Drones, boats and teams of the register: those that may send first, then by name."""
    return Listed([sensor_out(one) for one in register.feeds_of(visit.office, visit.actor)])


@look(f"{HERE}/tracks", audience=SEES, tags=["sensors"])
def api_tracks(visit: Visit) -> Listed[TrackOut]:
    """Where they are now; nothing that is stale."""
    return Listed([track_out(one) for one in tracks.now_of(visit.office, visit.actor)])


@look(f"{HERE}/patrol", audience=SEES, tags=["sensors"])
def api_patrol(visit: Visit) -> Listed[SquareOut]:
    """Where was patrolled in the last hours, the longest first."""
    return Listed([square_out(one) for one in patrols.squares_of(visit.office, visit.actor)])


@look(HERE + "/{sensor_id:str}", audience=SEES, tags=["sensors"])
def api_sensor(visit: Visit, sensor_id: str) -> SensorOut:
    """One of them."""
    return sensor_out(register.feed_of(visit.office, visit.actor, sensor_id))


@call(HERE, audience=REGISTERS, tags=["sensors"], status=201)
def api_register_sensor(visit: Visit, data: SensorIn) -> SensorOut:
    """Register a drone, a boat or a team; the answer holds its secret, which is never told again."""
    return sensor_out(register.register(visit.office, visit.actor, entry_of(visit, data)))


@call(
    HERE + "/{sensor_id:str}/certificate", audience=REGISTERS, tags=["sensors"], media_type="application/zip"
)
def api_make_certificate(visit: Visit, sensor_id: str) -> Response[bytes]:
    """Make its certificate: a ZIP that ATAK imports, with the same as PEM. The one before is worth nothing."""
    package = _package(visit, sensor_id)
    return Response(package.content, media_type="application/zip")


@call(HERE + "/{sensor_id:str}/end", audience=REGISTERS, tags=["sensors"])
def api_end_sensor(visit: Visit, sensor_id: str) -> SensorOut:
    """End it before its time: what it sends is refused from when this answers."""
    register.end(visit.office, visit.actor, sensor_id)
    return sensor_out(register.feed_of(visit.office, visit.actor, sensor_id))


def _reach(visit: Visit) -> str:
    found = visit.node.sensors_reach
    return f"{found[0]}:{found[1]}" if found else ""


def _package(visit: Visit, sensor_id: str) -> certificates.Package:
    """The package of a new certificate. Raises NotFound, Conflict where the entry is over or nothing listens."""
    register.feed_of(visit.office, visit.actor, sensor_id)
    reach = visit.node.sensors_reach
    if reach is None:
        hint = later("an administrator sets sensor_port; until then it can send with its secret")
        raise Conflict(later("this node listens for no drones"), hint=hint)
    return certificates.issue(visit.office, visit.actor, sensor_id, *reach)


ROUTES = (
    sensors,
    latest,
    patrol,
    new_sensor,
    register_sensor,
    sensor,
    make_certificate,
    end,
    api_sensors,
    api_tracks,
    api_patrol,
    api_sensor,
    api_register_sensor,
    api_make_certificate,
    api_end_sensor,
)
