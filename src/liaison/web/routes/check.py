"""One check: the form, the answer, and the check again as it was asked."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import msgspec
from litestar import Response

from liaison import policy
from liaison.matching.dates import BIT
from liaison.model.errors import BadInput, Conflict, NotFound, NotLawful
from liaison.model.roles import Capability
from liaison.officers.people import names_of
from liaison.officers.reading import may_read_all
from liaison.screening import desk
from liaison.screening.alerting import alerts_of_check
from liaison.screening.case_rules import CaseState
from liaison.screening.cases import Case, case_of, cases_of
from liaison.screening.content import MOST
from liaison.screening.grounds import Given, one_grounds, own_grounds
from liaison.screening.history import check_of, own_checks
from liaison.web.alerts import AlertOut, alert_out, by_chance, name_of, reasons_of, rows_of, tags_of
from liaison.web.asked import asked_rows
from liaison.web.compat.entities import caption_of
from liaison.web.context import Visit
from liaison.web.desk import check as checked
from liaison.web.forms import Form
from liaison.web.paging import Cursor, Limit, Listed, cursor_of, parts_of
from liaison.web.refusals import reasons_in
from liaison.web.routing import act, call, look, page
from liaison.web.subjects import SubjectIn, person_of, subject_of

AUDIENCE = Capability.CHECK
SEEN = frozenset({Capability.CHECK, Capability.SUPERVISE})
FOLLOWED = "follow"  # a check that has a page of its own
RECENT = 10  # own checks beside the form
Refusals = (BadInput, Conflict, NotLawful, NotFound)


@page("/check", audience=AUDIENCE)
def check_form(visit: Visit, grounds: str = "", case: str = "") -> Response[str]:
    """The form of a check."""
    return _form(visit, Form({"grounds": [grounds]}), case=case)


@act("/check/start", audience=AUDIENCE)
def check_start(visit: Visit, form: Form) -> Response[Any]:
    """The form of a check with the name filled in that was typed in the corner of another page."""
    return _form(visit, form)


@act("/check", audience=AUDIENCE)
def check(visit: Visit, form: Form) -> Response[Any]:
    """Check, and go on to the answer."""
    try:
        question = desk.Question(person_of(form), form.needed("grounds", longest=80))
        answer = checked(visit, question)
    except Refusals as error:
        if isinstance(error, NotFound):
            error = BadInput(
                "these grounds are not yours", field="grounds", hint="choose grounds of your own"
            )
        return _form(visit, form.refused(error), status=error.status)
    return visit.go(f"/checks/{answer.check}")


@page("/checks/{check_id:str}", audience=SEEN)
def check_shown(visit: Visit, check_id: str) -> Response[Any]:
    """A check and what it found."""
    office, actor = visit.office, visit.actor
    look_ = check_of(office, actor, check_id)
    if look_.kind == FOLLOWED:
        return visit.go(f"/following/{check_id}")
    alerts = alerts_of_check(office, actor, check_id)
    held = case_of(office, actor, look_.case)
    given = one_grounds(office, actor, look_.grounds)
    title = visit.words.ngettext("%(num)s alert", "%(num)s alerts", len(alerts)) % {"num": len(alerts)}
    checks = visit.may(AUDIENCE)
    return visit.page(
        "pages/check_shown.html",
        title=title if alerts else visit.say("No alert"),
        active="check",
        crumbs=((visit.say("Check"), "/check" if checks else ""), (title, "")),
        checks=checks,
        proves=look_.person == actor.person or may_read_all(actor),
        look=look_,
        asked=asked_rows(visit, look_.question.subject) if look_.question else [],
        keeps=visit.may(Capability.STANDING_QUESTION) and look_.person == actor.person,
        about=caption_of(look_.question.subject) if look_.question else "",
        case=held,
        grounds=given,
        names=names_of(office, {look_.person, given.person}),
        alerts=[
            {
                "alert": alert,
                "rows": rows_of(visit, alert.content),
                "reasons": reasons_of(alert.content),
                "chance": by_chance(visit, alert.content),
            }
            for alert in alerts
            if alert.content
        ],
        erased=sum(alert.content is None for alert in alerts),
        tags={alert.id: tags_of(visit, alert) for alert in alerts},
        named=name_of,
        bit=BIT,
    )


def _form(visit: Visit, form: Form, *, case: str = "", status: int = 200) -> Response[str]:
    cases = cases_of(visit.office, visit.actor)
    offered = _offered(visit, cases)
    chosen = form.text("grounds", longest=80)
    if not chosen:
        mine = [given.id for held, given in offered if not case or held.id == case]
        chosen = mine[0] if len(mine) == 1 or (case and mine) else ""
    return visit.page(
        "pages/check.html",
        title=visit.say("Check a person"),
        active="check",
        form=form,
        reasons=reasons_in(form),
        status=status,
        chosen=chosen,
        offered=[(given.id, _named(visit, held, given)) for held, given in offered],
        cases=cases,
        recent=own_checks(visit.office, visit.actor, limit=RECENT),
        notices_of_law=policy.limits(visit.office.regimes).notices,
    )


def _offered(visit: Visit, cases: list[Case]) -> list[tuple[Case, Given]]:
    """The person's own grounds in force, with their cases."""
    return [
        (held, given)
        for held in cases
        if held.state is CaseState.OPEN and held.part is not None
        for given in own_grounds(visit.office, visit.actor, held.id)
    ]


def _named(visit: Visit, held: Case, given: Given) -> str:
    title = f" {held.title}" if held.title else ""
    return f"{held.reference}{title} · {visit.say(given.purpose.label)}"


class NewCheck(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A question: about whom or what, on which grounds. `min_score` in bits; none: as the size of the lists says."""

    subject: SubjectIn
    grounds: Annotated[str, msgspec.Meta(max_length=80)]
    min_score: Annotated[float, msgspec.Meta(ge=0, le=200)] | None = None
    lists: Annotated[list[Annotated[str, msgspec.Meta(max_length=200)]], msgspec.Meta(max_length=100)] = []
    most: Annotated[int, msgspec.Meta(ge=1, le=desk.LARGEST_MOST)] = MOST


class CheckOut(msgspec.Struct, frozen=True, kw_only=True):
    """What a check came to. No alert does not show that the person is on no list.

    `cleared` pairs were left out as cleared before; `withheld` alerts are more than were asked for; `entry` is the
    place in the ledger.
    """

    id: str
    entry: int
    at: datetime
    alerts: list[AlertOut]
    cleared: int
    withheld: int
    min_score: float
    notices: tuple[str, ...]


class LookOut(msgspec.Struct, frozen=True, kw_only=True):
    """A check that was made, without the question."""

    id: str
    kind: str
    case: str
    grounds: str
    person: str
    at: datetime
    looked_up: int
    alerts: int
    cleared: int
    withheld: int
    min_score: float
    entry: int


@call("/checks", audience=AUDIENCE, tags=["checks"], status=201, short=True)
def api_check(visit: Visit, data: NewCheck) -> CheckOut:
    """Check one person or document against the records."""
    question = desk.Question(
        subject_of(data.subject), data.grounds, data.min_score, tuple(data.lists), data.most
    )
    answer = checked(visit, question)
    return CheckOut(
        id=answer.check,
        entry=answer.entry,
        at=answer.at,
        alerts=[alert_out(alert) for alert in answer.alerts],
        cleared=answer.cleared,
        withheld=answer.withheld,
        min_score=answer.min_score,
        notices=answer.notices,
    )


@look("/checks", audience=AUDIENCE, tags=["checks"])
def api_own_checks(visit: Visit, cursor: Cursor = "", limit: Limit = 50) -> Listed[LookOut]:
    """The person's own checks, newest first."""
    parts = parts_of(cursor, 1)
    found = own_checks(visit.office, visit.actor, limit=limit, before=parts[0] if parts else "")
    return Listed([_look_out(one) for one in found], cursor_of(found[-1].id) if len(found) == limit else "")


@look("/checks/{check_id:str}", audience=SEEN, tags=["checks"])
def api_check_shown(visit: Visit, check_id: str) -> LookOut:
    """A check that was made."""
    return _look_out(check_of(visit.office, visit.actor, check_id))


@look("/checks/{check_id:str}/alerts", audience=SEEN, tags=["checks"])
def api_check_alerts(visit: Visit, check_id: str) -> Listed[AlertOut]:
    """The alerts of a check, strongest first."""
    return Listed([alert_out(alert) for alert in alerts_of_check(visit.office, visit.actor, check_id)])


def _look_out(look_: Any) -> LookOut:
    return LookOut(
        id=look_.id,
        kind=look_.kind,
        case=look_.case,
        grounds=look_.grounds,
        person=look_.person,
        at=look_.at,
        looked_up=look_.looked_up,
        alerts=look_.alerts,
        cleared=look_.cleared,
        withheld=look_.withheld,
        min_score=look_.min_score,
        entry=look_.entry,
    )


ROUTES = (
    check_form,
    check_start,
    check,
    check_shown,
    api_check,
    api_own_checks,
    api_check_shown,
    api_check_alerts,
)
