"""Standing questions: what is asked again of every record that arrives, until its day, its case or its person ends."""

from __future__ import annotations

import datetime as dt
from datetime import datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import msgspec
from litestar import Response

from liaison import policy
from liaison.matching.dates import BIT
from liaison.model.errors import BadInput, Conflict, NotFound, NotLawful
from liaison.model.roles import Capability
from liaison.officers.people import names_of
from liaison.screening import desk, standing
from liaison.screening.alerting import alerts_of_standing
from liaison.screening.cases import case_of, cases_of
from liaison.screening.content import Asked
from liaison.screening.history import check_of
from liaison.screening.standing import Standing
from liaison.screening.standing_rules import Ended
from liaison.web.alerts import AlertOut, alert_out, tags_of
from liaison.web.asked import asked_rows
from liaison.web.compat.entities import caption_of
from liaison.web.context import Visit
from liaison.web.footing import grounds_offered
from liaison.web.forms import Form
from liaison.web.language import later
from liaison.web.paging import Cursor, Limit, Listed, slice_by_number
from liaison.web.refusals import reasons_in
from liaison.web.routing import act, call, look, page
from liaison.web.subjects import SubjectIn, person_of, subject_of

KEEPS = Capability.STANDING_QUESTION
SEES = frozenset({KEEPS, Capability.SUPERVISE})
USUAL_DAYS = 90
Refusals = (BadInput, Conflict, NotLawful, NotFound)
WHY_ENDED = {
    Ended.EXPIRED.value: later("Its day came"),
    Ended.WITHDRAWN.value: later("Ended by hand"),
    Ended.CASE_CLOSED.value: later("The case was closed"),
    Ended.NOT_LAWFUL.value: later("The grounds, the case or the person's part in it ended"),
}


@page("/questions", audience=SEES)
def questions(visit: Visit, ended: bool = False) -> Response[str]:
    """The standing questions of the cases that the person sees, those that end first before the others."""
    office, actor = visit.office, visit.actor
    found = standing.standing_of(office, actor, ended=ended)
    return visit.page(
        "pages/questions.html",
        title=visit.say("Standing questions"),
        active="questions",
        questions=found,
        ended=ended,
        keeps=visit.may(KEEPS),
        references={held.id: held.reference for held in cases_of(office, actor, closed=True, titles=False)},
        names=names_of(office, {one.person for one in found}),
        why_ended={code: visit.say(words) for code, words in WHY_ENDED.items()},
        soon=_soon(visit),
    )


@page("/questions/new", audience=KEEPS)
def new_question(visit: Visit, check: str = "") -> Response[str]:
    """The form for a standing question: about somebody new, or of a check that was made."""
    return _new(visit, Form({"check": [check]} if check else {}))


@act("/questions/new", audience=KEEPS)
def keep_question(visit: Visit, form: Form) -> Response[Any]:
    """Ask now, and go on asking. What was asked already is not asked twice."""
    try:
        expires = _end(visit, form)
        check = form.text("check", longest=80) or _asked_now(visit, form)
    except Refusals as error:
        return _new(visit, form.refused(_told(error)), _told(error).status)
    try:
        kept = standing.keep(visit.office, visit.node.live, visit.actor, check, expires)
    except (BadInput, Conflict, NotLawful) as error:
        form.fields["check"] = [check]
        return _new(visit, form.refused(error), error.status)
    return visit.go(f"/questions/{kept.id}", "standing-kept")


@page("/questions/{question_id:str}", audience=SEES)
def question(visit: Visit, question_id: str) -> Response[str]:
    """One standing question: what is asked, on what grounds, until when, and what it found."""
    return _question(visit, question_id, Form())


@act("/questions/{question_id:str}/end", audience=KEEPS)
def end_question(visit: Visit, question_id: str, form: Form) -> Response[Any]:
    """End a standing question of one's own."""
    try:
        standing.withdraw(visit.office, visit.actor, question_id)
    except Conflict as error:
        return _question(visit, question_id, form.refused(error), error.status)
    return visit.go(f"/questions/{question_id}", "standing-ended")


def ending_soon(visit: Visit, days: int = 7) -> int:
    """How many standing questions of the person's own end within so many days."""
    upto = visit.office.now() + dt.timedelta(days=days)
    found = standing.standing_of(visit.office, visit.actor)
    return sum(one.person == visit.actor.person and one.expires <= upto for one in found)


def _asked_now(visit: Visit, form: Form) -> str:
    """The check that the form asks for, made now."""
    subject = person_of(form)
    asked = desk.Question(subject, form.needed("grounds", longest=80))
    return desk.check(visit.office, visit.node.live, visit.actor, asked).check


def _end(visit: Visit, form: Form) -> datetime:
    """The end of the day that the form names. Raises BadInput."""
    day = form.date("until")
    if day is None:
        raise BadInput("this is needed", field="until", hint="say until when it is asked")
    end = datetime.combine(day, dt.time(23, 59), ZoneInfo(visit.settings.zone)).astimezone(dt.UTC)
    if end <= visit.office.now():
        raise BadInput("this day is over", field="until", hint="name a day to come")
    return end


def _told(error: Any) -> Any:
    """Grounds of others are grounds that are not there: the form says so at their field."""
    if isinstance(error, NotFound):
        return BadInput("these grounds are not yours", field="grounds", hint="choose grounds of your own")
    return error


def _new(visit: Visit, form: Form, status: int = 200) -> Response[str]:
    office, actor = visit.office, visit.actor
    check = form.text("check", longest=80)
    look_ = check_of(office, actor, check) if check else None
    if look_ is not None and look_.person != actor.person:
        raise NotFound
    days = policy.limits(office.regimes).standing_days
    offered = grounds_offered(visit)
    usual = office.now().date() + dt.timedelta(days=min(USUAL_DAYS, days - 1))
    return visit.page(
        "pages/questions_new.html",
        title=visit.say("Keep asking"),
        active="questions",
        crumbs=((visit.say("Standing questions"), "/questions"), (visit.say("New"), "")),
        form=form,
        reasons=reasons_in(form),
        status=status,
        check=check,
        asked=_asked(visit, look_.question) if look_ else [],
        offered=offered,
        chosen=form.text("grounds", longest=80) or (offered[0][0] if len(offered) == 1 else ""),
        days=days,
        until=_parts(form, usual),
    )


def _question(visit: Visit, question_id: str, form: Form, status: int = 200) -> Response[str]:
    office, actor = visit.office, visit.actor
    held = standing.one_standing(office, actor, question_id)
    look_ = check_of(office, actor, held.check)
    found = alerts_of_standing(office, actor, question_id)
    about = caption_of(look_.question.subject) if look_.question else ""
    return visit.page(
        "pages/question.html",
        title=about or visit.say("A standing question"),
        active="questions",
        crumbs=((visit.say("Standing questions"), "/questions"), (about or "–", "")),
        form=form,
        reasons=reasons_in(form),
        status=status,
        question=held,
        asked=_asked(visit, look_.question),
        look=look_,
        case=case_of(office, actor, held.case),
        names=names_of(office, {held.person}),
        own=held.person == actor.person,
        alerts=found,
        tags={alert.id: tags_of(visit, alert)[0] for alert in found},
        why_ended=visit.say(WHY_ENDED[held.why_ended]) if held.why_ended else "",
        bit=BIT,
    )


def _asked(visit: Visit, asked: Asked | None) -> list[tuple[str, str]]:
    return asked_rows(visit, asked.subject) if asked is not None else []


def _parts(form: Form, usual: dt.date) -> tuple[str, str, str]:
    """The day as the form has it; the usual one where it has none yet."""
    if "until-day" in form.fields:
        day, month, year = (form.text(f"until-{part}", longest=20) for part in ("day", "month", "year"))
        return day, month, year
    return str(usual.day), str(usual.month), str(usual.year)


def _soon(visit: Visit) -> datetime:
    return visit.office.now() + dt.timedelta(days=7)


class NewStanding(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A question to be kept until `expires`: that of a check of one's own, or a subject on grounds, asked at once."""

    expires: datetime
    check: Annotated[str, msgspec.Meta(max_length=80)] = ""
    subject: SubjectIn | None = None
    grounds: Annotated[str, msgspec.Meta(max_length=80)] = ""


class StandingOut(msgspec.Struct, frozen=True, kw_only=True):
    """A standing question. `ended` and `why_ended` are empty while it stands; `check` holds what is asked."""

    id: str
    case: str
    grounds: str
    check: str
    person: str
    asked: datetime
    expires: datetime
    ended: datetime | None
    why_ended: str


@look("/questions", audience=SEES, tags=["questions"])
def api_questions(
    visit: Visit, cursor: Cursor = "", limit: Limit = 50, ended: bool = False
) -> Listed[StandingOut]:
    """The standing questions of the cases that the person sees, those that end first before the others."""
    found = standing.standing_of(visit.office, visit.actor, ended=ended)
    shown = slice_by_number(found, cursor, limit)
    return Listed([_out(one) for one in shown.rows], shown.after)


@call("/questions", audience=KEEPS, tags=["questions"], status=201)
def api_keep(visit: Visit, data: NewStanding) -> StandingOut:
    """Keep asking until a moment to come."""
    if bool(data.check) == (data.subject is not None):
        raise BadInput("name a check or a subject", field="check", hint="send one of both")
    if data.expires.tzinfo is None:
        raise BadInput("the moment has no zone", field="expires", hint="write it as 2027-01-31T12:00:00Z")
    check = data.check
    if data.subject is not None:
        asked = desk.Question(subject_of(data.subject), data.grounds)
        check = desk.check(visit.office, visit.node.live, visit.actor, asked).check
    return _out(standing.keep(visit.office, visit.node.live, visit.actor, check, data.expires))


@look("/questions/{question_id:str}", audience=SEES, tags=["questions"])
def api_question(visit: Visit, question_id: str) -> StandingOut:
    """One standing question."""
    return _out(standing.one_standing(visit.office, visit.actor, question_id))


@look("/questions/{question_id:str}/alerts", audience=SEES, tags=["questions"])
def api_question_alerts(visit: Visit, question_id: str) -> Listed[AlertOut]:
    """The alerts that a standing question made, newest first."""
    return Listed([alert_out(one) for one in alerts_of_standing(visit.office, visit.actor, question_id)])


@call("/questions/{question_id:str}/end", audience=KEEPS, tags=["questions"])
def api_end(visit: Visit, question_id: str) -> StandingOut:
    """End a standing question of one's own."""
    return _out(standing.withdraw(visit.office, visit.actor, question_id))


def _out(held: Standing) -> StandingOut:
    return StandingOut(
        id=held.id,
        case=held.case,
        grounds=held.grounds,
        check=held.check,
        person=held.person,
        asked=held.asked,
        expires=held.expires,
        ended=held.ended,
        why_ended=held.why_ended,
    )


ROUTES = (
    questions,
    new_question,
    keep_question,
    question,
    end_question,
    api_questions,
    api_keep,
    api_question,
    api_question_alerts,
    api_end,
)
