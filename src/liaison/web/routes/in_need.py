"""People in need: who waits for help, one sighting, telling of one by hand, and the contacts who are told first."""

from __future__ import annotations

from typing import Annotated, Any

from litestar import Response
from litestar.params import Parameter

from liaison import policy
from liaison.model.errors import BadInput, Conflict
from liaison.model.roles import Capability
from liaison.officers.people import colleagues, names_of
from liaison.sensors import contacts, rescue
from liaison.sensors.rescue import Entered, InNeed
from liaison.sensors.rules import ContactRole, Stage
from liaison.web.context import Visit
from liaison.web.forms import Form
from liaison.web.paging import Listed
from liaison.web.routing import act, call, look, page
from liaison.web.sensors import (
    NEEDS,
    ROLES,
    ContactIn,
    ContactOut,
    HelpedIn,
    InNeedIn,
    InNeedOut,
    around,
    entered_in,
    in_need_out,
    needs_of,
    stage_of,
)

SEES, NAMES = Capability.SENSORS, Capability.REGISTER_SENSOR
HERE = "/in-need"
TURNS = 450  # as on the page of drones
Turn = Annotated[int, Parameter(ge=0, le=TURNS, description="How often it was asked for")]
USUAL = Form(fields={"ago": ["0"]})


@page(HERE, audience=SEES)
def in_need(visit: Visit) -> Response[str]:
    """The people in need whom the person sees: who waits first, and below what was ended."""
    title = visit.say("People in need")
    return visit.page(
        "pages/in_need.html", title=title, active="in-need", names=visit.may(NAMES), **_latest(visit, 0)
    )


@page(f"{HERE}/latest", audience=SEES)
def in_need_latest(visit: Visit, turn: Turn = 0) -> Response[str]:
    """The part of that page which is asked for again and again, until nobody has turned to it for a while."""
    return visit.page("pages/in_need_latest.html", title="", **_latest(visit, turn))


def _latest(visit: Visit, turn: int) -> dict[str, Any]:
    found = rescue.in_need(visit.office, visit.actor, over=True)
    shown = [(one, needs_of(visit, one.needs), stage_of(visit, one)) for one in found]
    return {
        "waiting": [each for each in shown if each[0].stage is not Stage.ENDED],
        "over": [each for each in shown if each[0].stage is Stage.ENDED][:50],
        "contacts": len(contacts.contacts_of(visit.office, visit.actor)),
        "turn": turn + 1,
        "goes_on": turn < TURNS,
    }


@page(f"{HERE}/new", audience=SEES)
def new_in_need(visit: Visit) -> Response[str]:
    """The form by which somebody tells of people in need, after a call."""
    return _form(visit, USUAL)


@act(f"{HERE}/new", audience=SEES)
def enter_in_need(visit: Visit, form: Form) -> Response[Any]:
    """Tell rescue of people in need."""
    try:
        made = rescue.enter(visit.office, visit.actor, entered_in(visit, form))
    except BadInput as error:
        return _form(visit, form.refused(error), error.status)
    return visit.go(f"{HERE}/{made}", "in-need-told")


def _form(visit: Visit, form: Form, status: int = 200) -> Response[str]:
    title = visit.say("Tell of people in need")
    return visit.page(
        "pages/in_need_new.html",
        title=title,
        active="in-need",
        crumbs=((visit.say("People in need"), HERE), (title, "")),
        form=form,
        status=status,
        needs=[(each.value, visit.say(words)) for each, words in NEEDS.items()],
    )


@page(f"{HERE}/contacts", audience=SEES)
def rescue_contacts(visit: Visit) -> Response[str]:
    """Who is told of people in need, first."""
    return _contacts(visit, Form())


@act(f"{HERE}/contacts", audience=NAMES)
def name_contact(visit: Visit, form: Form) -> Response[Any]:
    """Have somebody told, first."""
    try:
        person, role = form.needed("person", longest=80), form.chosen("role", ContactRole)
        contacts.name(visit.office, visit.actor, person, role, form.needed("reached"))
    except (BadInput, Conflict) as error:
        return _contacts(visit, form.refused(error), error.status)
    return visit.go(f"{HERE}/contacts", "contact-named")


@act(HERE + "/contacts/{contact_id:str}/end", audience=NAMES)
def end_contact(visit: Visit, contact_id: str, form: Form) -> Response[Any]:
    """Have somebody told no more."""
    try:
        contacts.end(visit.office, visit.actor, contact_id)
    except Conflict as error:
        return _contacts(visit, form.refused(error), error.status)
    return visit.go(f"{HERE}/contacts", "contact-ended")


def _contacts(visit: Visit, form: Form, status: int = 200) -> Response[str]:
    office, actor = visit.office, visit.actor
    found = contacts.contacts_of(office, actor)
    names = names_of(office, {one.person for one in found})
    title = visit.say("Who is told first")
    return visit.page(
        "pages/in_need_contacts.html",
        title=title,
        active="in-need",
        crumbs=((visit.say("People in need"), HERE), (title, "")),
        form=form,
        status=status,
        contacts=[(one, names.get(one.person, "–"), visit.say(ROLES[one.role])) for one in found],
        people=[(each.person, f"{each.name} · {each.unit}") for each in colleagues(office, actor)],
        roles=[(each.value, visit.say(words)) for each, words in ROLES.items()],
        names=visit.may(NAMES),
        minutes=policy.limits(office.regimes).waiting_minutes,
    )


@page(HERE + "/{need_id:str}", audience=SEES)
def one_in_need(visit: Visit, need_id: str) -> Response[str]:
    """One sighting of people in need: how many, where, what, and what is done."""
    return _one(visit, need_id, Form())


def _one(visit: Visit, need_id: str, form: Form, status: int = 200) -> Response[str]:
    found = rescue.one_in_need(visit.office, visit.actor, need_id)
    people = {each for each in (found.person, found.taken_by, found.ended_by) if each}
    title = visit.say("People in need, no. %(number)s", number=found.number)
    return visit.page(
        "pages/in_need_one.html",
        title=title,
        active="in-need",
        crumbs=((visit.say("People in need"), HERE), (title, "")),
        form=form,
        status=status,
        one=found,
        needs=needs_of(visit, found.needs),
        stage=stage_of(visit, found),
        names=names_of(visit.office, people),
        where=around(found),
        steps=_steps(visit, found),
    )


def _steps(visit: Visit, one: InNeed) -> list[tuple[str, str]]:
    """How far help is, for the line of steps."""
    done = (True, one.taken is not None, one.under_way is not None, one.ended is not None)
    words = (
        visit.say("Rescue was told"),
        visit.say("Somebody has taken it"),
        visit.say("Help is under way"),
        visit.say("Ended"),
    )
    next_ = next((at for at, each in enumerate(done) if not each), len(done))
    return [
        (text, "done" if each else "now" if at == next_ else "ahead")
        for at, (text, each) in enumerate(zip(words, done, strict=True))
    ]


@act(HERE + "/{need_id:str}/take", audience=SEES)
def take(visit: Visit, need_id: str, form: Form) -> Response[Any]:
    """Say that one has them now."""
    try:
        rescue.take(visit.office, visit.actor, need_id)
    except Conflict as error:
        return _one(visit, need_id, form.refused(error), error.status)
    return visit.go(f"{HERE}/{need_id}", "in-need-taken")


@act(HERE + "/{need_id:str}/under-way", audience=SEES)
def under_way(visit: Visit, need_id: str, form: Form) -> Response[Any]:
    """Say that help is under way."""
    try:
        rescue.set_under_way(visit.office, visit.actor, need_id)
    except Conflict as error:
        return _one(visit, need_id, form.refused(error), error.status)
    return visit.go(f"{HERE}/{need_id}", "help-under-way")


@act(HERE + "/{need_id:str}/end", audience=SEES)
def end(visit: Visit, need_id: str, form: Form) -> Response[Any]:
    """End it, with how many were helped."""
    try:
        rescue.end(visit.office, visit.actor, need_id, form.number("helped", 0, rescue.MOST_PEOPLE))
    except (BadInput, Conflict) as error:
        return _one(visit, need_id, form.refused(error), error.status)
    return visit.go(f"{HERE}/{need_id}", "in-need-ended")


@look(HERE, audience=SEES, tags=["in-need"])
def api_in_need(visit: Visit) -> Listed[InNeedOut]:
    """The people in need whom the person sees, with those it is ended for: who waits first."""
    return Listed([in_need_out(one) for one in rescue.in_need(visit.office, visit.actor, over=True)])


@look(f"{HERE}/contacts", audience=SEES, tags=["in-need"])
def api_rescue_contacts(visit: Visit) -> Listed[ContactOut]:
    """Who is told of people in need, first."""
    return _named(visit)


@look(HERE + "/{need_id:str}", audience=SEES, tags=["in-need"])
def api_one_in_need(visit: Visit, need_id: str) -> InNeedOut:
    """One sighting of people in need."""
    return _out(visit, need_id)


@call(HERE, audience=SEES, tags=["in-need"], status=201)
def api_enter_in_need(visit: Visit, data: InNeedIn) -> InNeedOut:
    """Tell rescue of people in need: how many, where, when and what. There is no field for who they are."""
    entered = Entered(data.people, frozenset(data.needs), data.latitude, data.longitude, data.at)
    return _out(visit, rescue.enter(visit.office, visit.actor, entered))


@call(f"{HERE}/contacts", audience=NAMES, tags=["in-need"], status=201)
def api_name_rescue_contact(visit: Visit, data: ContactIn) -> ContactOut:
    """Have somebody told of people in need, first."""
    one = contacts.name(visit.office, visit.actor, data.person, data.role, data.reached)
    return ContactOut(one.id, one.person, one.role, one.reached, one.named)


@call(HERE + "/contacts/{contact_id:str}/end", audience=NAMES, tags=["in-need"])
def api_end_rescue_contact(visit: Visit, contact_id: str) -> Listed[ContactOut]:
    """Have somebody told no more; those who still are."""
    contacts.end(visit.office, visit.actor, contact_id)
    return _named(visit)


@call(HERE + "/{need_id:str}/take", audience=SEES, tags=["in-need"])
def api_take_in_need(visit: Visit, need_id: str) -> InNeedOut:
    """Say that one has them now."""
    rescue.take(visit.office, visit.actor, need_id)
    return _out(visit, need_id)


@call(HERE + "/{need_id:str}/under-way", audience=SEES, tags=["in-need"])
def api_help_under_way(visit: Visit, need_id: str) -> InNeedOut:
    """Say that help is under way."""
    rescue.set_under_way(visit.office, visit.actor, need_id)
    return _out(visit, need_id)


@call(HERE + "/{need_id:str}/end", audience=SEES, tags=["in-need"])
def api_end_in_need(visit: Visit, need_id: str, data: HelpedIn) -> InNeedOut:
    """End it, with how many were helped."""
    rescue.end(visit.office, visit.actor, need_id, data.helped)
    return _out(visit, need_id)


def _named(visit: Visit) -> Listed[ContactOut]:
    found = contacts.contacts_of(visit.office, visit.actor)
    return Listed([ContactOut(one.id, one.person, one.role, one.reached, one.named) for one in found])


def _out(visit: Visit, need_id: str) -> InNeedOut:
    return in_need_out(rescue.one_in_need(visit.office, visit.actor, need_id))


ROUTES = (
    in_need,
    in_need_latest,
    new_in_need,
    enter_in_need,
    rescue_contacts,
    name_contact,
    end_contact,
    one_in_need,
    take,
    under_way,
    end,
    api_in_need,
    api_rescue_contacts,
    api_one_in_need,
    api_enter_in_need,
    api_name_rescue_contact,
    api_end_rescue_contact,
    api_take_in_need,
    api_help_under_way,
    api_end_in_need,
)
