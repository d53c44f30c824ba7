"""Answering a partner, on the screen: many subjects at once, and one beside what we hold."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from litestar import Response

from liaison.assistance import answering, clarifying, convictions, pausing, reading, safeguards, triage
from liaison.assistance.answering import Reply
from liaison.assistance.codes import Table, read, require_code
from liaison.assistance.content import FoundHit
from liaison.assistance.messages import Access
from liaison.assistance.reading import RequestView, SubjectLine, SubjectView
from liaison.assistance.rules import OPEN, RUNNING, Side, State, SubjectState
from liaison.assistance.safeguards import Against, Safeguards
from liaison.matching.dates import BIT
from liaison.model.errors import BadInput, Conflict, NotFound, NotLawful, TooMany
from liaison.model.roles import Capability
from liaison.model.subjects import AnySubject, Person
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
    ASKS,
    READS,
    SUBJECT_STATES,
    names_of_partners,
    places_in,
    require_seen,
    words_of,
)
from liaison.web.routes.requests import INBOX, OUTBOX, WITHDRAWN_FROM, shown
from liaison.web.routing import act, page
from liaison.web.sure import Step, agreed, ask

Refusals = (BadInput, Conflict, LinkClosed, NotLawful, TooMany)


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
    return _for_good(visit, request_id, form, f"/requests/{request_id}/nothing", "nothing", None)


@act("/requests/{request_id:str}/subjects", audience=ANSWERS)
def many(visit: Visit, request_id: str, form: Form) -> Response[Any]:
    """Do one thing with the subjects that are ticked, or with all to whom it can apply."""
    what = form.text("act")
    if what not in ("refuse", "nothing"):
        done = "order-attached" if what == "order" else "subjects-sorted"
        return _do(visit, request_id, form, lambda: _many(visit, request_id, form), done)
    require_seen(visit, request_id)
    try:
        numbers = _numbers(form)
    except BadInput as error:
        return shown(visit, request_id, form.refused(error), error.status)
    return _for_good(visit, request_id, form, f"/requests/{request_id}/subjects", what, numbers)


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

    require_seen(visit, request_id)
    try:
        count, words = (
            convictions.how_many(visit.office, visit.actor, request_id),
            form.needed("justification"),
        )
    except Refusals as error:
        return shown(visit, request_id, form.refused(error), error.status)
    if not agreed(form, count):
        number = visit.words.ngettext("%(num)s conviction", "%(num)s convictions", count) % {"num": count}
        step = Step(
            place=f"/requests/{request_id}/convictions",
            title=visit.say("Answer with the convictions"),
            said=visit.say(
                "Each is decided on by itself; those that the law lets go are sent. It cannot be undone."
            ),
            rows=[(visit.say("Asked for"), number), (visit.say("Why you answer"), words)],
            count=count,
            button=visit.say("Send the notices"),
            back=f"/requests/{request_id}",
        )
        return ask(visit, form, step)

    def work() -> None:
        convictions.answer(visit.office, visit.node.means, visit.actor, request_id, words)

    return _do(visit, request_id, form, work, "subjects-answered")


@page("/requests/{request_id:str}/subjects/{number:int}", audience=READS)
def subject(visit: Visit, request_id: str, number: int) -> Response[str]:
    """One subject as it was asked about; what we hold is shown to whoever says why they look."""
    return shown_subject(visit, request_id, number, Form())


@act("/requests/{request_id:str}/subjects/{number:int}", audience=ANSWERERS)
def look(visit: Visit, request_id: str, number: int, form: Form) -> Response[Any]:
    """One subject beside the records that may be it; the look is recorded with its reason."""
    try:
        seen = reading.subject_view(visit.office, visit.actor, request_id, number, form.text("why"))
    except Refusals as error:
        return shown_subject(visit, request_id, number, form.refused(_why(error)), status=error.status)
    return shown_subject(visit, request_id, number, form, seen=seen)


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
    if what == "sort":
        triage.sort(office, means, actor, request, form.chosen("access", Access), numbers)
    elif what == "order":
        triage.attach_order(office, actor, request, form.text("order", longest=200), numbers)
    else:
        raise BadInput("this is not one of the choices", field="act")


def _for_good(
    visit: Visit, request: str, form: Form, place: str, what: str, numbers: list[int] | None
) -> Response[Any]:
    """Refuse many, or confirm "nothing held" for many, once it was shown what that is."""
    office, means, actor = visit.office, visit.node.means, visit.actor
    refusing = what == "refuse"
    require_seen(visit, request)
    try:
        ground = form.needed("ground", longest=80) if refusing else ""
        if refusing:
            require_code(Table.REFUSALS, ground, "ground")
        count = answering.how_many(office, actor, request, numbers, refusing=refusing)
        if not count:
            raise Conflict("none of these subjects waits for this answer", hint="look at the request again")
    except Refusals as error:
        return shown(visit, request, form.refused(error), error.status)
    if not agreed(form, count):
        return ask(visit, form, _step(visit, request, place, ground, count))

    def work() -> None:
        if refusing:
            answering.refuse(office, means, actor, request, ground, numbers)
        else:
            answering.confirm_nothing(office, means, actor, request, numbers)

    return _do(visit, request, form, work, "subjects-answered")


def _step(visit: Visit, request: str, place: str, ground: str, count: int) -> Step:
    """What is shown before many are answered at once."""
    number = visit.words.ngettext("%(num)s subject", "%(num)s subjects", count) % {"num": count}
    rows = [(visit.say("Subjects"), number)]
    if ground:
        rows.append((visit.say("Ground of refusal"), read(Table.REFUSALS, ground, visit.language)))
        said = visit.say("They are refused, and the other side is told the ground. It cannot be undone.")
    else:
        said = visit.say("The other side is told that nothing is held of them. It cannot be undone.")
    return Step(
        place=place,
        title=visit.say("Refuse") if ground else visit.say("Confirm “nothing held”"),
        said=said,
        rows=rows,
        count=count,
        button=visit.say("Refuse") if ground else visit.say("Confirm “nothing held”"),
        back=f"/requests/{request}",
    )


def _numbers(form: Form) -> list[int] | None:
    """The places that are ticked; None for all. Raises BadInput where none is."""
    if form.text("scope") == "all":
        return None
    return list(places_in(form))


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
        return shown_subject(visit, request, number, form, status=status)
    return shown_subject(visit, request, number, form, status, seen)


def shown_subject(
    visit: Visit, request: str, number: int, form: Form, status: int = 200, seen: SubjectView | None = None
) -> Response[str]:
    """One subject as a page, with what was wrong with a form of it. Raises NotFound, Erased."""
    view = reading.request_view(visit.office, visit.actor, request)
    line = seen.line if seen else _line(visit, request, number)
    is_in = view.line.side is Side.RECEIVED
    words, tone = SUBJECT_STATES[line.state]
    answerable = line.state in OPEN or line.state is SubjectState.PARTIAL
    names = names_of_partners(visit)
    corrects = not is_in and visit.may(ASKS) and _correctable(view, line)
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
        corrects=corrects,
        withdraws=corrects and line.state is SubjectState.WAITING and view.line.state in WITHDRAWN_FROM,
        corrected=form if form.fields else _form_of(line.entry.subject),
        against=_against(visit, request, seen) if seen else {},
        signs=visit.may(Capability.SUPERVISE),
        tells=visit.may(Capability.DISCLOSE, Capability.SUPERVISE),
        here=f"/requests/{request}/subjects/{number}",
        safeguards=_safeguards(visit, request) if is_in and view.line.state in RUNNING else None,
        looks=is_in and visit.may(*ANSWERERS),
        answers=_answers(visit, view, answerable),
        following=_following(visit, request, number) if seen and is_in else 0,
        refusals=words_of(visit, Table.REFUSALS),
    )


def _correctable(view: RequestView, line: SubjectLine) -> bool:
    """Whether a subject of ours may be corrected still."""
    open_ones = RUNNING | {State.ANSWERED}
    return view.line.state in open_ones and line.state is not SubjectState.WITHDRAWN


def _form_of(subject: AnySubject) -> Form:
    """A form that holds a person as they were asked about; an empty one for a thing."""
    if not isinstance(subject, Person):
        return Form()
    names = [str(name) for name in subject.names]
    return Form(
        {
            "name": names[:1],
            "aliases": ["\n".join(names[1:])],
            "born": [date.text for date in subject.born][:1],
            "document": [each.number.text for each in subject.documents][:1],
            "nationality": [str(code) for code in subject.nationalities][:1],
            "sex": [subject.sex.value] if subject.sex else [],
        }
    )


def _against(visit: Visit, request: str, seen: SubjectView) -> dict[str, list[Against]]:
    """What stands against answering with each of the records that may be the subject."""
    holdings = [hit.holding for hit in seen.hits]
    if not holdings or not visit.may(ANSWERS):
        return {}
    return safeguards.against_each(visit.office, visit.actor, request, holdings)


def _safeguards(visit: Visit, request: str) -> Safeguards:
    return safeguards.of_request(visit.office, visit.actor, request)


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
