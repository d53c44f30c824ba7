"""Asking a partner, on the screen: the draft with its subjects, another person's authorisation, and the sending."""

from __future__ import annotations

from typing import Any

from litestar import Response

from liaison.assistance import changing, clarifying, desk, drafting, reading, sending, templates
from liaison.assistance.codes import Table
from liaison.assistance.drafting import Draft
from liaison.assistance.rules import OPEN
from liaison.model.errors import BadInput, Conflict, LiaisonError, NotFound, NotLawful, TooMany, UnusableFile
from liaison.model.roles import Capability
from liaison.officers.people import names_of
from liaison.partners.rules import LinkClosed
from liaison.screening.list_rules import LARGEST_PASTE
from liaison.web.context import Visit
from liaison.web.drafts import date_parts, draft_in, form_of, new_form
from liaison.web.footing import grounds_offered
from liaison.web.forms import Form
from liaison.web.language import LANGUAGES
from liaison.web.refusals import reasons_in
from liaison.web.requested import (
    ASKS,
    EXCHANGES,
    HANDLING,
    WANTED,
    instruments,
    names_of_partners,
    partners_to_ask,
    places_in,
    require_seen,
    send,
    terms_to_choose,
    words_of,
)
from liaison.web.routes.requests import OUTBOX, shown, tabs_of
from liaison.web.routing import act, page
from liaison.web.sure import Step, agreed, ask

Refusals = (BadInput, Conflict, LinkClosed, NotLawful, TooMany, UnusableFile)
REVIEW_DAYS, RETENTION_DAYS = 90, 180  # that a new form proposes
NOT_YOURS = "these grounds are not yours"


@page("/requests/new", audience=ASKS)
def new_request(visit: Visit, template: str = "") -> Response[str]:
    """The form for a request, empty or as a template has it."""
    return _text_page(visit, _begun(visit, template))


@act("/requests/new", audience=ASKS, request_max_body_size=None)
def draft_request(visit: Visit, form: Form) -> Response[Any]:
    """Draft a request, and add the subjects that were sent along."""
    try:
        request = drafting.draft(visit.office, visit.actor, draft_in(form))
    except (*Refusals, NotFound) as error:
        return _text_page(visit, form.refused(_of_grounds(error)), status=_of_grounds(error).status)
    return _with_list(visit, request, form, "request-drafted")


@page("/requests/templates", audience=ASKS)
def templates_page(visit: Visit) -> Response[str]:
    """Texts that are kept to begin requests with."""
    kept = templates.templates(visit.office, visit.actor)
    return visit.page(
        "pages/requests_templates.html",
        title=visit.say("Templates of requests"),
        active="requests",
        tabs=tabs_of(visit, "/requests/templates"),
        templates=kept,
        names=names_of(visit.office, {each.person for each in kept}),
        partners=names_of_partners(visit),
        mine=visit.actor.person,
    )


@act("/requests/templates/{template_id:str}/end", audience=ASKS)
def end_template(visit: Visit, template_id: str) -> Response[Any]:
    """Keep a template no longer."""
    templates.end(visit.office, visit.actor, template_id)
    return visit.go("/requests/templates", "template-ended")


@page("/requests/{request_id:str}/edit", audience=ASKS)
def edit(visit: Visit, request_id: str) -> Response[str]:
    """The text of a draft, to be changed."""
    return _text_page(visit, form_of(_draft(visit, request_id)), request_id)


@act("/requests/{request_id:str}/edit", audience=ASKS)
def rewrite(visit: Visit, request_id: str, form: Form) -> Response[Any]:
    """Change the text of a draft."""
    _draft(visit, request_id)
    try:
        drafting.rewrite(visit.office, visit.actor, request_id, draft_in(form))
    except (*Refusals, NotFound) as error:
        told = _of_grounds(error)
        return _text_page(visit, form.refused(told), request_id, told.status)
    return visit.go(f"/requests/{request_id}", "saved-request")


@act("/requests/{request_id:str}/list", audience=ASKS, request_max_body_size=None)
def add_list(visit: Visit, request_id: str, form: Form) -> Response[Any]:
    """Add the people of a file or a pasted list."""
    return _with_list(visit, request_id, form, "subjects-added")


@act("/requests/{request_id:str}/empty", audience=ASKS)
def empty(visit: Visit, request_id: str, form: Form) -> Response[Any]:
    """Take every subject out, once it was shown how many there are."""
    count = reading.request_view(visit.office, visit.actor, request_id).line.subjects
    if not agreed(form, count):
        number = visit.words.ngettext("%(num)s subject", "%(num)s subjects", count) % {"num": count}
        step = Step(
            place=f"/requests/{request_id}/empty",
            title=visit.say("Take every subject out"),
            said=visit.say("They are forgotten here; to ask about them, the list is given again."),
            rows=[(visit.say("Subjects"), number)],
            count=count,
            button=visit.say("Take every subject out"),
            back=f"/requests/{request_id}",
        )
        return ask(visit, form, step)
    return _do(
        visit,
        request_id,
        form,
        lambda: drafting.empty(visit.office, visit.actor, request_id),
        "saved-request",
    )


@act("/requests/{request_id:str}/template", audience=ASKS)
def keep_template(visit: Visit, request_id: str, form: Form) -> Response[Any]:
    """Keep the text of a draft as a template."""

    def work() -> None:
        templates.keep(visit.office, visit.actor, form.text("name", longest=200), _draft(visit, request_id))

    return _do(visit, request_id, form, work, "template-kept")


@act("/requests/{request_id:str}/submit", audience=ASKS)
def submit(visit: Visit, request_id: str, form: Form) -> Response[Any]:
    """Put a draft to another person."""
    return _do(
        visit,
        request_id,
        form,
        lambda: sending.submit(visit.office, visit.actor, request_id),
        "request-submitted",
    )


@act("/requests/{request_id:str}/revise", audience=ASKS)
def revise(visit: Visit, request_id: str, form: Form) -> Response[Any]:
    """Take back what waits for an authorisation or has one."""
    return _do(
        visit,
        request_id,
        form,
        lambda: drafting.revise(visit.office, visit.actor, request_id),
        "request-revised",
    )


@act("/requests/{request_id:str}/authorise", audience=Capability.APPROVE)
def authorise(visit: Visit, request_id: str, form: Form) -> Response[Any]:
    """Authorise another person's request, or decline it."""
    try:
        answer = form.needed("answer", longest=10)
        if answer not in ("approve", "refuse"):
            raise BadInput("this is not one of the choices", field="answer")
        sending.authorise(visit.office, visit.actor, request_id, answer == "approve", form.needed("reason"))
    except Refusals as error:
        return shown(visit, request_id, form.refused(error), error.status)
    return visit.go(OUTBOX, "approved" if answer == "approve" else "refused")


@act("/requests/{request_id:str}/send", audience=ASKS)
def send_request(visit: Visit, request_id: str, form: Form) -> Response[Any]:
    """Send what was authorised."""
    view = reading.request_view(visit.office, visit.actor, request_id)
    return _do(visit, request_id, form, lambda: send(visit, view), "request-sent")


@act("/requests/{request_id:str}/withdraw", audience=ASKS)
def withdraw(visit: Visit, request_id: str, form: Form) -> Response[Any]:
    """Ask no longer, about all or about those that are ticked, once it was shown what that is."""
    view = reading.request_view(visit.office, visit.actor, request_id)
    try:
        reason, numbers = form.needed("withdraw_reason"), _ticked(form)
    except BadInput as error:
        return shown(visit, request_id, form.refused(error), error.status)
    count = len(numbers) or sum(number for state, number in view.counts.items() if state in OPEN)
    if not agreed(form, count):
        return ask(visit, form, _withdrawing(visit, request_id, count, reason, part=bool(numbers)))

    def work() -> None:
        changing.withdraw(visit.office, visit.node.means, visit.actor, request_id, reason, numbers)

    return _do(visit, request_id, form, work, "subjects-withdrawn" if numbers else "request-withdrawn")


def _ticked(form: Form) -> tuple[int, ...]:
    """The places that are to be withdrawn; none: the whole request. Raises BadInput."""
    return places_in(form) if form.text("scope") == "ticked" else ()


def _withdrawing(visit: Visit, request: str, count: int, reason: str, *, part: bool) -> Step:
    number = visit.words.ngettext("%(num)s subject", "%(num)s subjects", count) % {"num": count}
    return Step(
        place=f"/requests/{request}/withdraw",
        title=visit.say("Withdraw subjects") if part else visit.say("Withdraw the request"),
        said=visit.say("Nothing more is asked about them. What was answered stays. It cannot be undone.")
        if part
        else visit.say(
            "Nothing more is asked about anybody in it. What was answered stays with its conditions."
        ),
        rows=[(visit.say("Without an answer so far"), number), (visit.say("Why"), reason)],
        count=count,
        button=visit.say("Withdraw"),
        back=f"/requests/{request}",
    )


@act("/requests/{request_id:str}/close", audience=ASKS)
def close(visit: Visit, request_id: str, form: Form) -> Response[Any]:
    """Close a request, and tell what it led to."""

    def work() -> None:
        outcome, grounds = form.needed("outcome", longest=80), form.needed("grounds", longest=80)
        try:
            changing.close(visit.office, visit.node.means, visit.actor, request_id, outcome, grounds)
        except NotFound as error:
            raise _of_grounds(error) from None

    require_seen(visit, request_id)

    return _do(visit, request_id, form, work, "request-closed")


@act("/requests/{request_id:str}/talks/{talk_id:str}", audience=ASKS)
def answer_question(visit: Visit, request_id: str, talk_id: str, form: Form) -> Response[Any]:
    """Answer a question back."""
    known = {one.id for one in clarifying.talks_of(visit.office, visit.actor, request_id)}
    if talk_id not in known:
        raise NotFound

    def work() -> None:
        clarifying.give(visit.office, visit.node.means, visit.actor, talk_id, form.text("answer"))

    return _do(visit, request_id, form, work, "clarified")


def _do(visit: Visit, request: str, form: Form, work: Any, done: str) -> Response[Any]:
    """Do something with a request, then show it; or show it again with what was wrong."""
    try:
        work()
    except Refusals as error:
        return shown(visit, request, form.refused(error), error.status)
    return visit.go(f"/requests/{request}", done)


def _with_list(visit: Visit, request: str, form: Form, done: str) -> Response[Any]:
    """Add what was pasted or sent, where there is something; bad rows stand on the request's page then."""
    sent = form.files.get("file")
    given = bool(sent and sent.filename) or bool(form.all("list"))

    def work() -> None:
        if not given:
            raise BadInput("no list was given", field="list", hint="paste one or send a file")
        if sent and sent.filename:
            drafting.add_list(visit.office, visit.actor, request, sent.file.read(), sent.filename[:200])
        else:
            text = form.text("list", longest=LARGEST_PASTE)
            drafting.add_list(visit.office, visit.actor, request, text)

    if not given and done == "request-drafted":
        return visit.go(f"/requests/{request}", done)
    return _do(visit, request, form, work, done)


def _draft(visit: Visit, request: str) -> Draft:
    """The text of a request that is a draft still, or was none yet. Raises NotFound, Conflict."""
    view = reading.request_view(visit.office, visit.actor, request)
    if not isinstance(view.text, Draft):
        raise Conflict("the request was sent", hint="what was sent is corrected or withdrawn")
    return view.text


def _begun(visit: Visit, template: str) -> Form:
    """The form to begin with: a template's text where one was chosen. Raises NotFound."""
    today = visit.office.now().date()
    fresh = new_form(today, REVIEW_DAYS, RETENTION_DAYS)
    if not template:
        return fresh
    found = [each for each in templates.templates(visit.office, visit.actor) if each.id == template]
    if not found:
        raise NotFound
    kept = form_of(found[0].text)
    dates = {name: value for name, value in fresh.fields.items() if name.startswith(("review", "retention"))}
    return Form(kept.fields | dates)


def _of_grounds(error: LiaisonError) -> LiaisonError:
    if isinstance(error, NotFound):
        return BadInput(NOT_YOURS, field="grounds", hint="choose grounds of your own")
    return error


def _text_page(visit: Visit, form: Form, request: str = "", status: int = 200) -> Response[str]:
    """The form of a request's text: a new one, or that of a draft."""
    offered = grounds_offered(visit)
    centres = visit.office.read(lambda connection: desk.contacts(connection, desk.Role.CENTRE))
    point = visit.office.read(desk.point_of_contact)
    names = names_of_partners(visit)
    title = visit.say("Change the text") if request else visit.say("Ask a partner")
    copies = [("copy", visit.say("A copy goes to %(name)s", name=names.get(point, point)))] if point else []
    return visit.page(
        "pages/request_new.html",
        title=title,
        active="requests",
        crumbs=((visit.say("Requests to partners"), OUTBOX), (title, "")),
        form=form,
        reasons=reasons_in(form),
        status=status,
        request=request,
        offered=offered,
        partners=[(each.origin, each.name or each.agency) for each in partners_to_ask(visit)],
        instruments=instruments(),
        exchanges=[(code, visit.say(words)) for code, words in EXCHANGES.items()],
        wanted=[(each.value, visit.say(words)) for each, words in WANTED.items()],
        handling=[(code.value, visit.say(words)) for code, words in HANDLING.items()],
        offers_copy=bool(point),
        copies=copies + words_of(visit, Table.EXCEPTIONS),
        terms=terms_to_choose(visit),
        centres=[(origin, names.get(origin, origin)) for origin in centres],
        languages=list(LANGUAGES.items()),
        templates=[] if request else templates.templates(visit.office, visit.actor),
        review=date_parts(form, "review_at"),
        retention=date_parts(form, "retention_until"),
        limit=visit.settings.upload_bytes,
    )


ROUTES = (
    new_request,
    draft_request,
    templates_page,
    end_template,
    edit,
    rewrite,
    add_list,
    empty,
    keep_template,
    submit,
    revise,
    authorise,
    send_request,
    withdraw,
    close,
    answer_question,
)
