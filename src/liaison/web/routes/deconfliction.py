"""Actions that may meet: planned, changed, cancelled; and the warnings that a partner's action overlaps."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import msgspec
from litestar import Response

from liaison.crosscheck.planned import actions
from liaison.crosscheck.planned.actionkeys import What, what_of
from liaison.crosscheck.planned.actionlaw import agreed
from liaison.crosscheck.planned.actions import (
    LONGEST_NOTE,
    Action,
    ActionState,
    Plan,
    Probe,
    ProbeState,
    Warned,
)
from liaison.crosscheck.planned.reopening import Opened, reopen
from liaison.model.errors import BadInput, Conflict, Erased, NotFound, NotLawful
from liaison.model.roles import Capability
from liaison.officers.people import names_of
from liaison.partners import reading as partners
from liaison.screening.cases import cases_of
from liaison.web.context import Visit
from liaison.web.crosschecked import tabs_of
from liaison.web.footing import grounds_offered
from liaison.web.forms import Form
from liaison.web.language import later
from liaison.web.paging import Cursor, Limit, Listed, slice_by_number
from liaison.web.planned import (
    WHATS,
    ThingIn,
    caption,
    fields_of,
    moment_of,
    thing_of,
    thing_rows,
    thing_sent,
)
from liaison.web.refusals import reasons_in
from liaison.web.routing import act, call, look, page

PLANS = Capability.ASK_PARTNER
OPENS = Capability.SUPERVISE
SEES = frozenset({PLANS, OPENS})
Refusals = (BadInput, Conflict, NotLawful, NotFound, Erased)
ACTIVE = "crosschecks"
STATES = {
    ActionState.PLANNED: (later("Planned"), "info"),
    ActionState.CANCELLED: (later("Cancelled"), "quiet"),
    ActionState.OVER: (later("Over"), "quiet"),
}
PROBES = {
    ProbeState.WAITING: (later("Will be asked soon"), "info"),
    ProbeState.ASKED: (later("Asked"), "info"),
    ProbeState.CLEAR: (later("No overlap"), "good"),
    ProbeState.OVERLAP: (later("Overlap: call them"), "bad"),
    ProbeState.REFUSED: (later("Their node refused"), "warn"),
}
CODES = {
    "unreachable": later("Their node is not reached; it is asked when it is back"),
    "not-lawful": later("Not asked: the grounds or the agreement do not cover it"),
    "over-quota": later("The quota of points is used up; it is asked again later"),
    "other-normaliser": later("Their node runs another version; one of the two has to be brought up to date"),
    "wrong-key": later("Their node used another key than the one it published; tell the supervisors of both"),
    "damaged-set": later("What their node published is damaged; tell the partner"),
    "bad-proof": later("Their node could not prove its answer; tell the supervisors of both"),
}
OTHER = later("No answer yet; it is asked again")


@page("/actions", audience=SEES)
def planned_actions(visit: Visit, ended: bool = False) -> Response[str]:
    """The planned actions of the cases that the person sees, warnings first."""
    found = actions.actions_of(visit.office, visit.actor, ended=ended)
    warned = actions.warnings_of(visit.office, visit.actor)
    return visit.page(
        "pages/deconfliction.html",
        title=visit.say("Planned actions"),
        active=ACTIVE,
        tabs=tabs_of(visit, "/actions"),
        actions=found,
        warnings=warned,
        ended=ended,
        plans=visit.may(PLANS),
        references=_references(visit),
        names=names_of(visit.office, {one.person for one in found}),
        partners=_partners(visit),
        states=_said(visit, STATES),
        overlaps={one.id for one in found if any(each.current for each in one.warnings)},
    )


@page("/actions/new", audience=PLANS)
def new_action(visit: Visit, what: str = "") -> Response[str]:
    """The form for an action, with the fields of what it is about."""
    return _form(visit, Form(), _what(what))


@act("/actions/new", audience=PLANS)
def enter_action(visit: Visit, form: Form) -> Response[Any]:
    """Enter an action; partners are asked at once where their nodes are reached."""
    what = _what(form.text("what", longest=20))
    try:
        action = actions.enter(visit.office, visit.node.means, visit.actor, _plan(visit, form, what))
    except Refusals as error:
        return _form(visit, form.refused(_told(error)), what, status=_told(error).status)
    return visit.go(f"/actions/{action}", "action-planned")


@page("/actions/{action_id:str}", audience=SEES)
def one_action(visit: Visit, action_id: str) -> Response[str]:
    """One action: what it is about, how it stands at each partner, and whom to call."""
    return _one(visit, action_id, Form())


@page("/actions/{action_id:str}/change", audience=PLANS)
def change_form(visit: Visit, action_id: str) -> Response[str]:
    """The form of an action that has not started."""
    found = actions.action_of(visit.office, visit.actor, action_id)
    if found.content is None or found.state is not ActionState.PLANNED:
        raise NotFound
    return _form(visit, _filled(visit, found), what_of(found.content.thing), action_id)


@act("/actions/{action_id:str}/change", audience=PLANS)
def change_action(visit: Visit, action_id: str, form: Form) -> Response[Any]:
    """Change an action; every partner is asked anew."""
    actions.action_of(visit.office, visit.actor, action_id)
    what = _what(form.text("what", longest=20))
    try:
        plan = _plan(visit, form, what)
        actions.change(visit.office, visit.node.means, visit.actor, action_id, plan)
    except Refusals as error:
        return _form(visit, form.refused(_told(error)), what, action_id, status=_told(error).status)
    return visit.go(f"/actions/{action_id}", "action-changed")


@act("/actions/{action_id:str}/cancel", audience=PLANS)
def cancel_action(visit: Visit, action_id: str, form: Form) -> Response[Any]:
    """Cancel an action: it warns nobody any more."""
    try:
        actions.cancel(visit.office, visit.node.means, visit.actor, action_id)
    except Conflict as error:
        return _one(visit, action_id, form.refused(error), error.status)
    return visit.go(f"/actions/{action_id}", "action-cancelled")


@act("/actions/{action_id:str}/reopen", audience=OPENS)
def reopen_action(visit: Visit, action_id: str, form: Form) -> Response[str]:
    """Open again what partners were asked about an action, and see whether it was that."""
    try:
        opened = reopen(visit.office, visit.actor, action_id)
    except (NotLawful, Erased) as error:
        return _one(visit, action_id, form.refused(error), error.status)
    return _one(visit, action_id, form, opened=opened)


@act("/actions/warnings/{warning_id:str}/seen", audience=SEES)
def warning_seen(visit: Visit, warning_id: str, form: Form) -> Response[Any]:
    """Say that a warning was seen and the partner called."""
    actions.acknowledge(visit.office, visit.actor, warning_id)
    return visit.go("/actions", "overlap-seen")


def _plan(visit: Visit, form: Form, what: What) -> Plan:
    """The action that a form names. Raises BadInput with the field."""
    zone = visit.settings.zone
    return Plan(
        grounds=form.needed("grounds", longest=80),
        thing=thing_of(what, form),
        starts=moment_of(form, "starts", zone),
        ends=moment_of(form, "ends", zone),
        note=form.text("note", longest=LONGEST_NOTE),
    )


def _told(error: Any) -> Any:
    """Grounds of others are grounds that are not there: the form says so at their field."""
    if isinstance(error, NotFound | Erased):
        return BadInput("these grounds are not yours", field="grounds", hint="choose grounds of your own")
    return error


def _form(visit: Visit, form: Form, what: What, action: str = "", *, status: int = 200) -> Response[str]:
    offered = grounds_offered(visit)
    title = visit.say("Change an action") if action else visit.say("Plan an action")
    return visit.page(
        "pages/deconfliction_new.html",
        title=title,
        active=ACTIVE,
        crumbs=((visit.say("Planned actions"), "/actions"), (title, "")),
        form=form,
        reasons=reasons_in(form),
        status=status,
        what=what.value,
        whats=[(each.value, visit.say(words)) for each, words in WHATS.items()],
        action=action,
        offered=offered,
        chosen=form.text("grounds", longest=80) or (offered[0][0] if len(offered) == 1 else ""),
        agreed=_agreed(visit),
        starts=_parts(form, "starts"),
        ends=_parts(form, "ends"),
        limit=LONGEST_NOTE,
    )


def _one(
    visit: Visit, action_id: str, form: Form, status: int = 200, opened: Sequence[Opened] | None = None
) -> Response[str]:
    office, actor = visit.office, visit.actor
    found = actions.action_of(office, actor, action_id)
    title = caption(visit, found.content.thing) if found.content else visit.say("An action")
    current = [each for each in found.warnings if each.current]
    clear = {each.partner for each in found.probes if each.state is ProbeState.CLEAR}
    people = {found.person, *(each.by for each in found.warnings if each.by)}
    planned = found.state is ActionState.PLANNED
    return visit.page(
        "pages/deconfliction_one.html",
        title=title,
        active=ACTIVE,
        crumbs=((visit.say("Planned actions"), "/actions"), (title, "")),
        form=form,
        reasons=reasons_in(form),
        status=status,
        action=found,
        rows=thing_rows(visit, found.content.thing) if found.content else [],
        current=current,
        clear=clear,
        contacts={each.partner: partners.shown(office, actor, each.partner).contact for each in current},
        partners=_partners(visit),
        probes=[(each, *_probe(visit, each)) for each in found.probes],
        references=_references(visit),
        names=names_of(office, people),
        state=_said(visit, STATES)[found.state],
        opened=[(each, caption(visit, each.thing)) for each in opened] if opened is not None else None,
        may_open=visit.may(OPENS) and found.content is not None,
        may_cancel=planned and visit.may(PLANS),
        may_change=planned and visit.may(PLANS) and office.now() < found.starts and found.content is not None,
    )


def _probe(visit: Visit, probe: Probe) -> tuple[str, str, str]:
    """What is known at a partner: in a word, its tone, and why there is no more."""
    words, tone = PROBES[probe.state]
    why = visit.say(CODES.get(probe.code, OTHER)) if probe.code else ""
    if probe.state is ProbeState.REFUSED and probe.code == "not-lawful":
        words, tone = later("Not asked"), "quiet"
    if probe.state is ProbeState.WAITING and probe.code:
        words = later("Waiting")
    if probe.state in (ProbeState.CLEAR, ProbeState.OVERLAP) and probe.code:
        why = visit.say("As it was then; their node could not be asked since")
    return visit.say(words), tone, why


def _what(text: str) -> What:
    """What the form is for; an address where nothing is said that there is."""
    return next((each for each in What if each.value == text), What.ADDRESS)


def _filled(visit: Visit, action: Action) -> Form:
    """The form as it was sent for this action."""
    told = fields_of(action.content.thing) if action.content else {}
    told |= {"grounds": action.grounds, "note": action.content.note if action.content else ""}
    for name, when in (("starts", action.starts), ("ends", action.ends)):
        there = when.astimezone(ZoneInfo(visit.settings.zone))
        told |= {f"{name}-{part}": str(getattr(there, part)) for part in ("day", "month", "year")}
        told |= {f"{name}_clock": f"{there:%H:%M}"}
    return Form({name: [text] for name, text in told.items()})


def _parts(form: Form, name: str) -> tuple[str, str, str]:
    day, month, year = (form.text(f"{name}-{part}", longest=20) for part in ("day", "month", "year"))
    return day, month, year


def _partners(visit: Visit) -> dict[str, str]:
    """The partners' names by their origins."""
    return {each.origin: each.name for each in partners.listed(visit.office, visit.actor)}


def _agreed(visit: Visit) -> int:
    """How many partners agreed on deconfliction."""
    return visit.office.read(lambda connection: len(agreed(connection, visit.office.now())))


def _references(visit: Visit) -> dict[str, str]:
    return {
        held.id: held.reference for held in cases_of(visit.office, visit.actor, closed=True, titles=False)
    }


def _said(visit: Visit, words: dict[Any, tuple[str, str]]) -> dict[Any, tuple[str, str]]:
    return {key: (visit.say(text), tone) for key, (text, tone) in words.items()}


class PlanIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An action to be planned: on own grounds, what it is about, from when to when. The note stays at this node."""

    grounds: Annotated[str, msgspec.Meta(max_length=80)]
    thing: ThingIn
    starts: datetime
    ends: datetime
    note: Annotated[str, msgspec.Meta(max_length=LONGEST_NOTE)] = ""


class ProbeOut(msgspec.Struct, frozen=True, kw_only=True):
    """How an action stands at one partner: waiting, asked, clear, overlap or refused; `code` says why."""

    partner: str
    state: str
    code: str
    at: datetime | None


class WarningOut(msgspec.Struct, frozen=True, kw_only=True):
    """An action and one of the partner's overlap; nothing else is known. `current` while the action is unchanged."""

    id: str
    action: str
    partner: str
    at: datetime
    acknowledged: datetime | None
    current: bool


class OpenedOut(msgspec.Struct, frozen=True, kw_only=True):
    """A question that was opened again: when the partner was asked, and whether it was about what was planned then."""

    partner: str
    at: datetime
    agrees: bool


class ActionOut(msgspec.Struct, frozen=True, kw_only=True):
    """A planned action without what it is about, which a page shows."""

    id: str
    case: str
    person: str
    state: str
    starts: datetime
    ends: datetime
    probes: list[ProbeOut]
    warnings: list[WarningOut]


@look("/actions", audience=SEES, tags=["actions"])
def api_actions(
    visit: Visit, cursor: Cursor = "", limit: Limit = 50, ended: bool = False
) -> Listed[ActionOut]:
    """The planned actions of the cases that the person sees, those that start first before the others."""
    found = actions.actions_of(visit.office, visit.actor, ended=ended)
    shown = slice_by_number(found, cursor, limit)
    return Listed([_out(one) for one in shown.rows], shown.after)


@call("/actions", audience=PLANS, tags=["actions"], status=201)
def api_action_entered(visit: Visit, data: PlanIn) -> ActionOut:
    """Plan an action; partners who agreed are asked whether it overlaps with one of theirs."""
    action = actions.enter(visit.office, visit.node.means, visit.actor, _plan_in(data))
    return _out(actions.action_of(visit.office, visit.actor, action))


@look("/actions/{action_id:str}", audience=SEES, tags=["actions"])
def api_action(visit: Visit, action_id: str) -> ActionOut:
    """One action, and how it stands at each partner."""
    return _out(actions.action_of(visit.office, visit.actor, action_id))


@call("/actions/{action_id:str}/change", audience=PLANS, tags=["actions"])
def api_action_changed(visit: Visit, action_id: str, data: PlanIn) -> ActionOut:
    """Change an action before it starts; every partner is asked anew."""
    actions.change(visit.office, visit.node.means, visit.actor, action_id, _plan_in(data))
    return _out(actions.action_of(visit.office, visit.actor, action_id))


@call("/actions/{action_id:str}/cancel", audience=PLANS, tags=["actions"])
def api_action_cancelled(visit: Visit, action_id: str) -> ActionOut:
    """Cancel an action: it warns nobody any more."""
    actions.cancel(visit.office, visit.node.means, visit.actor, action_id)
    return _out(actions.action_of(visit.office, visit.actor, action_id))


@call("/actions/{action_id:str}/reopen", audience=OPENS, tags=["actions"])
def api_action_reopened(visit: Visit, action_id: str) -> Listed[OpenedOut]:
    """Open again what partners were asked about an action, the first question first."""
    found = reopen(visit.office, visit.actor, action_id)
    return Listed([OpenedOut(partner=each.partner, at=each.at, agrees=each.agrees) for each in found])


@look("/actions/warnings", audience=SEES, tags=["actions"])
def api_action_warnings(visit: Visit) -> Listed[WarningOut]:
    """The warnings that nobody acknowledged, the newest first."""
    return Listed(_warnings(actions.warnings_of(visit.office, visit.actor)))


@call("/actions/warnings/{warning_id:str}/acknowledge", audience=SEES, tags=["actions"])
def api_action_acknowledged(visit: Visit, warning_id: str) -> Listed[WarningOut]:
    """Say that a warning was seen; those that are left."""
    actions.acknowledge(visit.office, visit.actor, warning_id)
    return Listed(_warnings(actions.warnings_of(visit.office, visit.actor)))


def _plan_in(data: PlanIn) -> Plan:
    return Plan(
        grounds=data.grounds,
        thing=thing_sent(data.thing),
        starts=data.starts,
        ends=data.ends,
        note=data.note,
    )


def _out(action: Action) -> ActionOut:
    return ActionOut(
        id=action.id,
        case=action.case,
        person=action.person,
        state=action.state.value,
        starts=action.starts,
        ends=action.ends,
        probes=[
            ProbeOut(partner=each.partner, state=each.state.value, code=each.code, at=each.at)
            for each in action.probes
        ],
        warnings=_warnings(action.warnings),
    )


def _warnings(found: Sequence[Warned]) -> list[WarningOut]:
    return [
        WarningOut(
            id=each.id,
            action=each.action,
            partner=each.partner,
            at=each.at,
            acknowledged=each.acknowledged,
            current=each.current,
        )
        for each in found
    ]


ROUTES = (
    planned_actions,
    new_action,
    enter_action,
    one_action,
    change_form,
    change_action,
    cancel_action,
    reopen_action,
    warning_seen,
    api_actions,
    api_action_entered,
    api_action,
    api_action_changed,
    api_action_cancelled,
    api_action_reopened,
    api_action_warnings,
    api_action_acknowledged,
)
