"""Alerts: what waits for a decision, one alert with both sides, and the decision of a trained person."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from litestar import Response
from litestar.params import QueryParameter

from liaison.matching.dates import BIT
from liaison.model.errors import BadInput, Conflict, Erased, NotFound, NotLawful
from liaison.model.holding import Instruction
from liaison.model.roles import Capability
from liaison.officers.people import names_of
from liaison.officers.reading import may_read_all
from liaison.partners.rules import LinkClosed
from liaison.policy import AlertState
from liaison.screening import confirming
from liaison.screening.alerting import Alert, alert_of, alerts_of_case
from liaison.screening.cases import case_of, cases_of
from liaison.screening.codes import Named, named_by
from liaison.screening.history import Look, check_of, waiting
from liaison.sightings.telling import Owner, owner_of, tell_owner
from liaison.sightings.viewing import Sighting, sighting_of
from liaison.web.alerts import (
    INSTRUCTIONS,
    WORDS,
    AlertOut,
    alert_out,
    by_chance,
    ended_words,
    entry_of,
    name_of,
    reasons_of,
    rows_of,
    tags_of,
)
from liaison.web.asked import SUBJECTS
from liaison.web.cameras import shown, sure_of
from liaison.web.context import Visit
from liaison.web.forms import Form
from liaison.web.language import later
from liaison.web.paging import Cursor, Limit, Listed, cursor_of, parts_of
from liaison.web.refusals import reasons_in
from liaison.web.routing import act, call, look, page

SEEN = frozenset({Capability.CHECK, Capability.SUPERVISE})
DECIDES = Capability.CONFIRM
Refusals = (BadInput, Conflict, NotLawful, Erased)
Code = Annotated[str, QueryParameter(max_length=40)]
NO_CODE = later("this is no code")
CODE_HINT = later("six letters and digits, as 7K2M9Q; have it read out once more")
NOTHING_NAMED = later("no alert and no record that you may see has this code")
COMPARE_PICTURE = later(
    "Compare the picture with the entry, sign by sign, then the state, make and colour. What agrees, and what did you "
    "compare besides this page?"
)
SIGHTING = "sighting"  # a check by a camera
ASK_AGAIN = later("have it read out once more; an alert is seen by whoever works on its case")


@page("/alerts", audience=SEEN)
def alerts(visit: Visit, code: Code = "") -> Response[Any]:
    """What waits for a decision in the person's cases. With the code that a checkpoint reads out: what it names."""
    if not code.strip():
        return _waiting(visit, Form())
    try:
        named = named_by(visit.office, visit.actor, code)
    except BadInput as error:
        wrong = BadInput(visit.say(NO_CODE), field="code", hint=visit.say(CODE_HINT))
        return _waiting(visit, Form(fields={"code": [code]}).refused(wrong), error.status)
    places = [f"/alerts/{one.id}" for one in named.alerts] + [f"/holdings/{one.id}" for one in named.records]
    if len(places) == 1:
        return visit.go(places[0])
    if not places:
        nothing = BadInput(visit.say(NOTHING_NAMED), field="code", hint=visit.say(ASK_AGAIN))
        return _waiting(visit, Form(fields={"code": [code]}).refused(nothing), NotFound.status)
    return _waiting(visit, Form(fields={"code": [code]}), named=named)


def _waiting(visit: Visit, form: Form, status: int = 200, named: Named | None = None) -> Response[str]:
    found = waiting(visit.office, visit.actor)
    references = {held.id: held.reference for held in cases_of(visit.office, visit.actor, titles=False)}
    return visit.page(
        "pages/alerts.html",
        title=visit.say("Alerts"),
        active="alerts",
        form=form,
        status=status,
        named=named,
        kinds={kind: visit.say(words) for kind, words in SUBJECTS.items()},
        alerts=found.alerts,
        total=found.total,
        earlier=found.earlier,
        ended=[(alert, ended_words(visit, alert)[0]) for alert in found.ended],
        called=name_of,
        references=references,
        checks=visit.may(Capability.CHECK),
        bit=BIT,
    )


@page("/alerts/{alert_id:str}", audience=SEEN)
def alert(visit: Visit, alert_id: str) -> Response[str]:
    """One alert."""
    return _alert(visit, alert_id, Form())


@act("/alerts/{alert_id:str}/confirm", audience=DECIDES)
def confirm(visit: Visit, alert_id: str, form: Form) -> Response[Any]:
    """Confirm that both sides are one person."""
    try:
        confirming.confirm(visit.office, visit.actor, alert_id, form.needed("confirm_reason"))
    except Refusals as error:
        return _alert(visit, alert_id, _refused(form, error, "confirm_reason"), error.status)
    if form.ticked("tell"):
        return _told(visit, alert_id, form)
    return visit.go(f"/alerts/{alert_id}", "confirmed")


@act("/alerts/{alert_id:str}/tell", audience=Capability.TELL_OUTCOME)
def tell(visit: Visit, alert_id: str, form: Form) -> Response[Any]:
    """Tell the partner of whose entry the alert is where a camera met it."""
    return _told(visit, alert_id, form)


def _told(visit: Visit, alert_id: str, form: Form) -> Response[Any]:
    try:
        tell_owner(visit.office, visit.node.means, visit.actor, alert_id)
    except (*Refusals, LinkClosed) as error:
        return _alert(visit, alert_id, form.refused(error), error.status)
    return visit.go(f"/alerts/{alert_id}", "owner-told")


@act("/alerts/{alert_id:str}/reject", audience=DECIDES)
def reject(visit: Visit, alert_id: str, form: Form) -> Response[Any]:
    """Reject the alert; the pair may be put aside, so that it does not come back."""
    try:
        clear = form.ticked("clear")
        confirming.reject(visit.office, visit.actor, alert_id, form.needed("reject_reason"), clear=clear)
    except Refusals as error:
        return _alert(visit, alert_id, _refused(form, error, "reject_reason"), error.status)
    return visit.go(f"/alerts/{alert_id}", "rejected")


@act("/alerts/{alert_id:str}/reopen", audience=DECIDES)
def reopen(visit: Visit, alert_id: str, form: Form) -> Response[Any]:
    """Take a decision back. It stays in the history."""
    try:
        confirming.reopen(visit.office, visit.actor, alert_id, form.needed("reopen_reason"))
    except Refusals as error:
        return _alert(visit, alert_id, _refused(form, error, "reopen_reason"), error.status)
    return visit.go(f"/alerts/{alert_id}", "reopened")


def _refused(form: Form, error: Any, field: str) -> Form:
    """The form with what was wrong, at the field of this form where the service calls it `reason`."""
    if isinstance(error, BadInput) and error.field == "reason":
        error = BadInput(str(error), field=field, hint=error.hint)
    return form.refused(error)


def _alert(visit: Visit, alert_id: str, form: Form, status: int = 200) -> Response[str]:
    office, actor = visit.office, visit.actor
    found = alert_of(office, actor, alert_id)
    look_ = check_of(office, actor, found.check)
    people = {found.person, *(decision.person for decision in found.history)}
    names = names_of(office, people)
    sighting = sighting_of(office, actor, alert_id) if look_.kind == SIGHTING else None
    return visit.page(
        "pages/alert.html",
        title=_title(visit, found),
        active="alerts",
        crumbs=((visit.say("Check"), f"/checks/{found.check}"), (visit.say("Alert"), "")),
        form=form,
        reasons_against=reasons_in(form),
        status=status,
        alert=found,
        rows=rows_of(visit, found.content) if found.content else [],
        reasons=reasons_of(found.content) if found.content else [],
        chance=by_chance(visit, found.content) if found.content else "",
        tags=tags_of(visit, found),
        ended=ended_words(visit, found),
        words=_words(visit, found, sighting),
        sighting=sighting,
        seen=shown(visit, sighting) if sighting else None,
        owner=_owner(visit, alert_id) if sighting else None,
        follows=found.state is AlertState.CONFIRMED and not found.ended and visit.may(Capability.CHECK),
        late=round(sighting.late.total_seconds()) if sighting else 0,
        sure=sure_of(sighting) if sighting else "",
        case=case_of(office, actor, found.case),
        look=look_,
        instruction=_instruction(visit, found),
        entry=entry_of(visit, found.wanted),
        history=[
            (
                _step(visit, decision.after),
                names.get(decision.person, "–"),
                decision.at,
                decision.reason or "",
            )
            for decision in found.history
        ],
        names=names,
        entries=_entries(visit, found, look_),
        decides=visit.may(DECIDES),
        bit=BIT,
    )


def _owner(visit: Visit, alert_id: str) -> Owner | None:
    """The partner of whose entry it is, for whoever may tell it."""
    if not visit.may(Capability.TELL_OUTCOME):
        return None
    return owner_of(visit.office, visit.actor, alert_id)


def _words(visit: Visit, found: Alert, sighting: Sighting | None) -> list[str]:
    """What is decided, what else to compare, and what is decided otherwise."""
    same, compare, other = WORDS[found.content.about if found.content else "person"]
    return [visit.say(words) for words in (same, COMPARE_PICTURE if sighting else compare, other)]


def _entries(visit: Visit, found: Alert, check: Look) -> list[tuple[str, int]]:
    """The entries of the ledger that this person may open: of the check, and of each decision."""
    every = [(visit.say("Ledger"), check.person, check.entry)]
    every += [(_step(visit, each.after), each.person, each.entry) for each in found.history]
    reads_all, me = may_read_all(visit.actor), visit.actor.person
    return [(said, entry) for said, person, entry in every if reads_all or person == me]


def _title(visit: Visit, found: Alert) -> str:
    if found.content is None:
        return visit.say("An alert that was erased")
    return name_of(found.content.record)


def _instruction(visit: Visit, found: Alert) -> tuple[str, str] | None:
    """Kind and words of what to do, where the hit is confirmed and its owner says so."""
    if not found.instruction:
        return None
    return INSTRUCTIONS[found.instruction], visit.say(Instruction(found.instruction).meaning)


def _step(visit: Visit, after: AlertState) -> str:
    words = {
        AlertState.CONFIRMED: visit.say("Confirmed"),
        AlertState.REJECTED: visit.say("Rejected"),
    }
    return words.get(after, visit.say("Opened again"))


class Decided(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A decision on an alert, with its reason in the person's own words. `clear` puts a rejected pair aside."""

    reason: Annotated[str, msgspec.Meta(max_length=4000)]
    clear: bool = False


@look("/alerts", audience=SEEN, tags=["alerts"])
def api_alerts(visit: Visit) -> Listed[AlertOut]:
    """What waits for a decision in the person's cases, newest first, each with the earlier ones on the same."""
    found = waiting(visit.office, visit.actor)
    return Listed([alert_out(one, found.earlier.get(one.id, ())) for one in found.alerts])


@look("/cases/{case_id:str}/alerts", audience=Capability.OPEN_CASE, tags=["alerts"])
def api_case_alerts(
    visit: Visit, case_id: str, cursor: Cursor = "", limit: Limit = 50, alert_state: AlertState | None = None
) -> Listed[AlertOut]:
    """The alerts of a case, newest first."""
    parts = parts_of(cursor, 1)
    start = _place(parts[0]) if parts else 0
    found = alerts_of_case(visit.office, visit.actor, case_id, state=alert_state, limit=limit, offset=start)
    return Listed([alert_out(one) for one in found], cursor_of(start + limit) if len(found) == limit else "")


@look("/alerts/{alert_id:str}", audience=SEEN, tags=["alerts"])
def api_alert(visit: Visit, alert_id: str) -> AlertOut:
    """One alert."""
    return alert_out(alert_of(visit.office, visit.actor, alert_id))


@call("/alerts/{alert_id:str}/confirm", audience=DECIDES, tags=["alerts"])
def api_confirm(visit: Visit, alert_id: str, data: Decided) -> AlertOut:
    """Confirm that both sides are one person. The answer carries the instruction of the record's owner."""
    return alert_out(confirming.confirm(visit.office, visit.actor, alert_id, data.reason))


@call("/alerts/{alert_id:str}/reject", audience=DECIDES, tags=["alerts"])
def api_reject(visit: Visit, alert_id: str, data: Decided) -> AlertOut:
    """Reject the alert."""
    return alert_out(confirming.reject(visit.office, visit.actor, alert_id, data.reason, clear=data.clear))


@call("/alerts/{alert_id:str}/reopen", audience=DECIDES, tags=["alerts"])
def api_reopen(visit: Visit, alert_id: str, data: Decided) -> AlertOut:
    """Take a decision back."""
    return alert_out(confirming.reopen(visit.office, visit.actor, alert_id, data.reason))


def _place(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise BadInput("this is no cursor of a list", field="cursor", hint="take `next` of the page before")
    return int(text)


ROUTES = (
    alerts,
    alert,
    confirm,
    tell,
    reject,
    reopen,
    api_alerts,
    api_case_alerts,
    api_alert,
    api_confirm,
    api_reject,
    api_reopen,
)
