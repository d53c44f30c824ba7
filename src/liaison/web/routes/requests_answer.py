"""Answering a partner, on the screen: many subjects at once, and one beside what we hold."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from litestar import Response

from liaison.assistance import answering, clarifying, convictions, pausing, reading, triage
from liaison.assistance.answering import Reply
from liaison.assistance.codes import Table, read
from liaison.assistance.content import FoundHit
from liaison.assistance.messages import Access, ConvictionsAsked
from liaison.assistance.reading import RequestView, SubjectLine, SubjectView
from liaison.assistance.rules import OPEN, RUNNING, Side, SubjectState
from liaison.matching.dates import BIT
from liaison.model.errors import BadInput, Conflict, NotFound, NotLawful, TooMany
from liaison.partners.rules import LinkClosed
from liaison.screening.content import Content
from liaison.web.alerts import by_chance, reasons_of, rows_of
from liaison.web.asked import asked_rows
from liaison.web.compat.entities import caption_of
from liaison.web.context import Visit
from liaison.web.forms import Form
from liaison.web.refusals import reasons_in
from liaison.web.requested import (
    ACCESS,
    ANSWERERS,
    ANSWERS,
    READS,
    SUBJECT_STATES,
    names_of_partners,
    words_of,
)
from liaison.web.routes.requests import INBOX, OUTBOX, shown
from liaison.web.routing import act, page

Refusals = (BadInput, Conflict, LinkClosed, NotLawful, TooMany)
MOST = 500  # subjects that are ticked at once
ACTS = ("sort", "refuse", "order", "nothing")


@act("/requests/{request_id:str}/take-on", audience=ANSWERS)
def take_on(visit: Visit, request_id: str, form: Form) -> Response[Any]:
    """Put a request on one's own desk."""
    return _do(
        visit,
        request_id,
        form,
        lambda: triage.take_on(visit.office, visit.actor, request_id),
        "request-taken",
    )


@act("/requests/{request_id:str}/nothing", audience=ANSWERS)
def nothing(visit: Visit, request_id: str, form: Form) -> Response[Any]:
    """Confirm "nothing held" for every subject of whom nothing was found."""

    def work() -> None:
        answering.confirm_nothing(visit.office, visit.node.means, visit.actor, request_id)

    return _do(visit, request_id, form, work, "subjects-answered")


@act("/requests/{request_id:str}/subjects", audience=ANSWERS)
def many(visit: Visit, request_id: str, form: Form) -> Response[Any]:
    """Do one thing with the subjects that are ticked, or with all to whom it can apply."""
    done = {"sort": "subjects-sorted", "order": "order-attached"}.get(form.text("act"), "subjects-answered")
    return _do(visit, request_id, form, lambda: _many(visit, request_id, form), done)


@act("/requests/{request_id:str}/questions", audience=ANSWERS)
def ask_back(visit: Visit, request_id: str, form: Form) -> Response[Any]:
    """Ask the other side what its request lacks."""

    def work() -> None:
        clarifying.ask(
            visit.office,
            visit.node.means,
            visit.actor,
            request_id,
            form.needed("question"),
            pauses=form.ticked("pauses"),
        )

    return _do(visit, request_id, form, work, "question-sent")


@act("/requests/{request_id:str}/pause", audience=ANSWERS)
def pause(visit: Visit, request_id: str, form: Form) -> Response[Any]:
    """Let the clock stand still for a lawful reason."""

    def work() -> None:
        reason, source = form.needed("reason", longest=80), form.needed("source", longest=200)
        pausing.pause(visit.office, visit.node.means, visit.actor, request_id, reason, source)

    return _do(visit, request_id, form, work, "clock-stopped")


@act("/requests/{request_id:str}/convictions", audience=ANSWERS)
def answer_convictions(visit: Visit, request_id: str, form: Form) -> Response[Any]:
    """Answer with the convictions that were asked for and that the law lets go."""

    def work() -> None:
        view, words = reading.request_view(visit.office, visit.actor, request_id), form.text("justification")
        if not isinstance(view.text, ConvictionsAsked):
            raise Conflict("no convictions are asked for", hint="answer its subjects")
        convictions.answer(visit.office, visit.node.means, visit.actor, request_id, words)

    return _do(visit, request_id, form, work, "subjects-answered")


@page("/requests/{request_id:str}/subjects/{number:int}", audience=READS)
def subject(visit: Visit, request_id: str, number: int) -> Response[str]:
    """One subject as it was asked about; what we hold is shown to whoever says why they look."""
    return _subject(visit, request_id, number, Form())


@act("/requests/{request_id:str}/subjects/{number:int}", audience=ANSWERERS)
def look(visit: Visit, request_id: str, number: int, form: Form) -> Response[Any]:
    """One subject beside the records that may be it; the look is recorded with its reason."""
    try:
        seen = reading.subject_view(visit.office, visit.actor, request_id, number, form.text("why"))
    except Refusals as error:
        return _subject(visit, request_id, number, form.refused(_why(error)), status=error.status)
    return _subject(visit, request_id, number, form, seen)


@act("/requests/{request_id:str}/subjects/{number:int}/answer", audience=ANSWERS)
def answer(visit: Visit, request_id: str, number: int, form: Form) -> Response[Any]:
    """Answer with records, or that none of them is the subject, or refuse by a coded ground."""
    means, actor = visit.node.means, visit.actor

    def work() -> str:
        what = form.needed("act", longest=20)
        if what == "records":
            replied = answering.answer(visit.office, means, actor, request_id, number, _reply(form))
            return "answered-in-part" if replied.withheld else "subjects-answered"
        if what == "nothing":
            answering.nothing_after_all(visit.office, means, actor, request_id, number, form.text("why"))
        elif what == "refuse":
            answering.refuse(
                visit.office, means, actor, request_id, form.needed("ground", longest=80), (number,)
            )
        else:
            raise BadInput("this is not one of the choices", field="act")
        return "subjects-answered"

    try:
        done = work()
    except Refusals as error:
        return _again(visit, request_id, number, form.refused(_why(error)), error.status)
    return visit.go(f"/requests/{request_id}/subjects/{number}", done)


def _many(visit: Visit, request: str, form: Form) -> None:
    """One thing with many. Raises BadInput and what the service raises."""
    office, means, actor = visit.office, visit.node.means, visit.actor
    what, numbers = form.needed("act", longest=20), _numbers(form)
    if what not in ACTS:
        raise BadInput("this is not one of the choices", field="act")
    if what == "sort":
        triage.sort(office, means, actor, request, form.chosen("access", Access), numbers)
    elif what == "refuse":
        answering.refuse(office, means, actor, request, form.needed("ground", longest=80), numbers)
    elif what == "order":
        triage.attach_order(office, actor, request, form.text("order", longest=200), numbers)
    else:
        answering.confirm_nothing(office, means, actor, request, numbers)


def _numbers(form: Form) -> list[int] | None:
    """The places that are ticked; None for all. Raises BadInput where none is."""
    if form.text("scope") == "all":
        return None
    ticked = form.all("numbers")
    if not ticked or len(ticked) > MOST:
        raise BadInput("no subject is ticked", field="numbers", hint="tick some, or choose all")
    if not all(each.isascii() and each.isdigit() and len(each) < 8 for each in ticked):
        raise BadInput("this is no place in the request", field="numbers")
    return [int(each) for each in ticked]


def _reply(form: Form) -> Reply:
    named = [*form.all("holdings"), *form.text("other", longest=200).split()]
    return Reply(
        tuple(dict.fromkeys(named)),
        form.text("why"),
        whole=form.ticked("whole"),
        authority=form.text("authority", longest=200),
    )


def _why(error: Exception) -> Any:
    """The grounds' own words are one field here."""
    if isinstance(error, BadInput) and error.field == "justification":
        return BadInput(str(error), field="why", hint=error.hint)
    return error


def _do(visit: Visit, request: str, form: Form, work: Callable[[], object], done: str) -> Response[Any]:
    """Do something with a request, then show it; or show it again with what was wrong."""
    try:
        work()
    except Refusals as error:
        return shown(visit, request, form.refused(error), error.status)
    return visit.go(f"/requests/{request}", done)


def _again(visit: Visit, request: str, number: int, form: Form, status: int) -> Response[str]:
    """The subject's page after a refusal, with what we hold where it may be shown still."""
    try:
        seen = reading.subject_view(visit.office, visit.actor, request, number, form.text("why"))
    except Refusals:
        return _subject(visit, request, number, form, status=status)
    return _subject(visit, request, number, form, seen, status)


def _subject(
    visit: Visit, request: str, number: int, form: Form, seen: SubjectView | None = None, status: int = 200
) -> Response[str]:
    view = reading.request_view(visit.office, visit.actor, request)
    line = seen.line if seen else _line(visit, request, number)
    is_in = view.line.side is Side.RECEIVED
    words, tone = SUBJECT_STATES[line.state]
    answerable = line.state in OPEN or line.state is SubjectState.PARTIAL
    names = names_of_partners(visit)
    return visit.page(
        "pages/request_subject.html",
        title=caption_of(line.entry.subject),
        active="requests",
        crumbs=(
            (visit.say("Requests from partners") if is_in else visit.say("Requests to partners"), INBOX)
            if is_in
            else (visit.say("Requests to partners"), OUTBOX),
            (view.text.reference, f"/requests/{request}"),
            (str(number), ""),
        ),
        form=form,
        reasons=reasons_in(form),
        status=status,
        line=view.line,
        partner=names.get(view.line.partner, view.line.partner),
        subject=line,
        asked=asked_rows(visit, line.entry.subject),
        state=(visit.say(words), tone),
        access=visit.say(ACCESS[Access(line.access)]) if line.access else "",
        ground=read(Table.REFUSALS, line.ground, visit.language) if line.ground else "",
        received=is_in,
        seen=seen,
        hits=[_hit(visit, hit) for hit in seen.hits] if seen else [],
        looks=is_in and visit.may(*ANSWERERS),
        answers=_answers(visit, view, answerable),
        following=_following(visit, request, number) if seen and is_in else 0,
        refusals=words_of(visit, Table.REFUSALS),
    )


def _answers(visit: Visit, view: RequestView, answerable: bool) -> bool:
    if view.line.side is not Side.RECEIVED or not visit.may(ANSWERS):
        return False
    return answerable and view.line.state in RUNNING


def _line(visit: Visit, request: str, number: int) -> SubjectLine:
    """A subject by its place. Raises NotFound."""
    found = reading.subjects(visit.office, visit.actor, request, after=number - 1, most=1).subjects
    if not found or found[0].number != number:
        raise NotFound
    return found[0]


def _following(visit: Visit, request: str, number: int) -> int:
    """The place of the next subject with records that may be it; 0 where there is none."""
    found = reading.subjects(
        visit.office, visit.actor, request, state=SubjectState.HIT, after=number, most=1
    ).subjects
    return found[0].number if found else 0


def _hit(visit: Visit, hit: FoundHit) -> dict[str, Any]:
    """A record that may be the subject, as both sides with the reasons."""
    content = Content(list="", subject=hit.subject, record=hit.record, reasons=hit.reasons, chance=hit.chance)
    return {
        "holding": hit.holding,
        "name": hit.record.name or hit.record.id,
        "bits": hit.score / BIT,
        "rows": rows_of(visit, content),
        "reasons": reasons_of(content),
        "chance": by_chance(visit, content),
    }


ROUTES = (
    take_on,
    nothing,
    many,
    ask_back,
    pause,
    answer_convictions,
    subject,
    look,
    answer,
)
