"""One cross-check on the screen: how far it is, what it waits for, what overlaps, and the request for the records."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from litestar import Response

from liaison.assistance import desk
from liaison.assistance import drafting as requests
from liaison.assistance.codes import Table
from liaison.crosscheck.asker import asking, drafting, reading
from liaison.crosscheck.asker.reading import LegShown, Opened, Shown
from liaison.crosscheck.asker.states import LegState, SessionState
from liaison.crosscheck.likeness.grading import Strength
from liaison.model.errors import BadInput, BadNote, Conflict, Erased, NotFound, NotLawful, TooMany
from liaison.model.subjects import AnySubject
from liaison.officers import approvals
from liaison.officers.people import names_of
from liaison.officers.states import ApprovalState
from liaison.partners.rules import LinkClosed
from liaison.screening.cases import cases_of
from liaison.web.context import Visit
from liaison.web.crosschecked import (
    ASKS,
    PLACE,
    READS,
    REOPENS,
    groups_of,
    knows_of,
    name_of,
    nothing_said,
    steps_of,
    words_of,
)
from liaison.web.drafts import draft_in, new_form
from liaison.web.footing import grounds_in, grounds_offered
from liaison.web.forms import Form
from liaison.web.refusals import reasons_in
from liaison.web.requested import EXCHANGES, instruments, names_of_partners, places_in
from liaison.web.requested import words_of as codes_of
from liaison.web.routes.crosscheck import ACTIVE
from liaison.web.routes.partners import as_file
from liaison.web.routing import act, page

Refusals = (BadInput, Conflict, LinkClosed, NotLawful, TooMany)
BUSY = (LegState.WAITING, LegState.RUNNING)
REVIEW_DAYS, RETENTION_DAYS = 90, 180  # that a request for the records proposes


@page(PLACE + "/{session_id:str}", audience=READS)
def crosscheck(visit: Visit, session_id: str) -> Response[str]:
    """One cross-check."""
    return shown(visit, session_id, Form())


@page(PLACE + "/{session_id:str}/progress", audience=READS)
def progress(visit: Visit, session_id: str) -> Response[str]:
    """How far it is, and nothing that is sealed: what a page that stands open asks for again and again."""
    session = reading.session_of(visit.office, visit.actor, session_id)
    answer = visit.page(
        "pages/crosscheck_state.html",
        title=visit.say("Cross-check"),
        active=ACTIVE,
        crumbs=((visit.say("Cross-checks"), PLACE), (visit.say("Cross-check"), "")),
        **_state(visit, session),
    )
    if not _busy(session):
        answer.headers["HX-Refresh"] = "true"  # the result is not part of what is drawn anew
    return answer


@act(PLACE + "/{session_id:str}/prepare", audience=ASKS)
def prepare(visit: Visit, session_id: str, form: Form) -> Response[Any]:
    """Work out what an authority is to sign."""

    def work() -> None:
        asking.prepare(visit.office, visit.actor, session_id)

    return _do(visit, session_id, form, work, "crosscheck-prepared")


@page(PLACE + "/{session_id:str}/permit", audience=READS)
def permit(visit: Visit, session_id: str, partner: str = "") -> Response[Any]:
    """What an authority is to sign, as a file; for the first partner where none is named."""
    session = reading.session_of(visit.office, visit.actor, session_id)
    texts = [leg.permits.decode() for leg in session.legs if partner in ("", leg.partner) and leg.whole]
    if not texts:
        raise NotFound
    return as_file(texts[0], "liaison-countersign.txt")


@act(PLACE + "/{session_id:str}/countersign", audience=ASKS)
def countersign(visit: Visit, session_id: str, form: Form) -> Response[Any]:
    """Take an authority's signature."""

    def work() -> None:
        partner = form.needed("partner", longest=200)
        vkey, signature = form.needed("vkey", longest=400), form.needed("signature", longest=200)
        try:
            asking.countersign(visit.office, visit.actor, session_id, partner, vkey, signature)
        except BadNote as error:
            raise BadInput(str(error), field="signature", hint=error.hint) from error

    return _do(visit, session_id, form, work, "crosscheck-countersigned")


@act(PLACE + "/{session_id:str}/start", audience=ASKS)
def start(visit: Visit, session_id: str, form: Form) -> Response[Any]:
    """Ask the partners; or put it to a second person, where the number of subjects wants one."""
    try:
        asked = begin(visit, session_id)
    except Refusals as error:
        return shown(visit, session_id, form.refused(error), error.status)
    return visit.go(f"{PLACE}/{session_id}", "crosscheck-submitted" if asked else "crosscheck-started")


@act(PLACE + "/{session_id:str}/cancel", audience=ASKS)
def cancel(visit: Visit, session_id: str, form: Form) -> Response[Any]:
    """Ask no more; a draft is forgotten."""
    session = reading.session_of(visit.office, visit.actor, session_id)
    if session.state is SessionState.DRAFT:
        drafting.discard(visit.office, visit.actor, session_id)
        return visit.go(PLACE, "crosscheck-discarded")
    return _do(
        visit,
        session_id,
        form,
        lambda: asking.cancel(visit.office, visit.actor, session_id),
        "crosscheck-stopped",
    )


@act(PLACE + "/{session_id:str}/end", audience=ASKS)
def end(visit: Visit, session_id: str, form: Form) -> Response[Any]:
    """End a standing one."""

    def work() -> None:
        asking.end_standing(visit.office, visit.actor, session_id)

    return _do(visit, session_id, form, work, "crosscheck-ended")


@act(PLACE + "/{session_id:str}/request", audience=ASKS)
def ask_for_records(visit: Visit, session_id: str, form: Form) -> Response[Any]:
    """Draft the request for the records of overlaps that are ticked: first its form, then the draft."""
    partner = form.text("partner", longest=200)
    try:
        numbers = places_in(form)
    except BadInput as error:
        return shown(visit, session_id, form.refused(error), error.status)
    entries = reading.entries_of(visit.office, visit.actor, session_id, partner, numbers)
    session = reading.session_of(visit.office, visit.actor, session_id)
    if form.text("act", longest=10) != "draft":
        return _request(visit, session, _proposed(visit, session, form), entries)
    try:
        request = requests.draft(visit.office, visit.actor, draft_in(_whole(visit, form)))
        for _, subject, reference in entries:
            requests.add_subject(visit.office, visit.actor, request, subject, reference)
        reading.mark_requested(visit.office, visit.actor, session_id, partner, numbers, request)
    except Refusals as error:
        return _request(visit, session, form.refused(error), entries, error.status)
    return visit.go(f"/requests/{request}", "request-drafted")


def begin(visit: Visit, session_id: str) -> str:
    """Ask the partners; the approval that it waits for instead, where the law wants a second person."""
    session = reading.session_of(visit.office, visit.actor, session_id)
    if session.state is SessionState.DRAFT and not session.approval:
        approval = asking.submit(visit.office, visit.actor, session_id)
        if approval:
            return approval
    asking.start(visit.office, visit.node.means, visit.actor, session_id)
    return ""


def shown(visit: Visit, session_id: str, form: Form, status: int = 200) -> Response[str]:
    """One cross-check, with what was wrong with a form."""
    session, opened = _opened(visit, session_id)
    names = names_of_partners(visit)
    overlaps = opened.overlaps if opened else ()
    own = session.person == visit.actor.person
    approved = _approved(visit, session)
    must_sign = [leg for leg in session.legs if leg.countersign]
    begun = session.state in (
        SessionState.RUNNING,
        SessionState.DONE,
        SessionState.ENDED,
        SessionState.CANCELLED,
    )
    ready = all(leg.authority for leg in must_sign)
    title = (opened.title if opened else "") or visit.say("Cross-check")
    return visit.page(
        "pages/crosscheck.html",
        title=title,
        active=ACTIVE,
        crumbs=((visit.say("Cross-checks"), PLACE), (title, "")),
        form=form,
        reasons=reasons_in(form),
        status=status,
        own=own,
        asks=visit.may(ASKS),
        supervises=visit.may(*REOPENS),
        started=begun,
        over=session.state.over,
        steps=steps_of(visit, session),
        waits_for_second=session.state is SessionState.WAITING and not approved,
        to_countersign=[] if session.state.over else [leg for leg in must_sign if _to_sign(leg, begun=begun)],
        permits={leg.partner: leg.permits.decode() for leg in must_sign},
        can_start=ready and (session.state is SessionState.DRAFT or approved),
        can_end=session.state is SessionState.RUNNING and session.until is not None,
        can_cancel=not session.state.over and (session.until is None or not begun),
        receipts=any(leg.has_receipt for leg in session.legs),
        overlaps=groups_of(visit, overlaps, names),
        grades=[_Grade(each, overlaps) for each in Strength],
        may_request=visit.may(ASKS) and opened is not None,
        nothing_said=nothing_said(visit, session, len(overlaps)) if opened else "",
        bad=sorted(opened.bad, key=lambda each: each.row) if opened else (),
        notes=opened.notes if opened else (),
        knows=knows_of(visit, session),
        **_state(visit, session),
    )


class _Grade:
    """How many overlaps are of one strength."""

    def __init__(self, strength: Strength, overlaps: Any) -> None:
        self.value = strength.value
        self.count = sum(each.strength is strength for each in overlaps)


def _opened(visit: Visit, session_id: str) -> tuple[Shown, Opened | None]:
    """A session, and its result where the person may read that. Raises NotFound."""
    session = reading.session_of(visit.office, visit.actor, session_id)
    try:
        return session, reading.opened(visit.office, visit.actor, session_id)
    except (Erased, NotFound):
        return session, None  # they decide on it, or oversee it, and do not work on the case


def _state(visit: Visit, session: Shown) -> dict[str, Any]:
    """What the part of a page that is drawn anew needs."""
    names = names_of(visit.office, {session.person})
    return {"session": session, "busy": _busy(session), "names": names, **words_of(visit)}


def _busy(session: Shown) -> bool:
    return session.state is SessionState.RUNNING and any(leg.state in BUSY for leg in session.legs)


def _approved(visit: Visit, session: Shown) -> bool:
    """Whether the second person agreed, as far as whoever looks can know."""
    known = approvals.requests_of(visit.office, visit.actor) if session.approval else []
    return any(one.id == session.approval and one.state is ApprovalState.APPROVED for one in known)


def _to_sign(leg: LegShown, *, begun: bool) -> bool:
    """Whether an authority's signature is wanted now: before the first question, or before those of a new key."""
    return leg.code == asking.COUNTERSIGN if begun else True


def _do(visit: Visit, session: str, form: Form, work: Callable[[], object], done: str) -> Response[Any]:
    """Do something with a cross-check, then show it; or show it again with what was wrong."""
    try:
        work()
    except Refusals as error:
        return shown(visit, session, form.refused(error), error.status)
    return visit.go(f"{PLACE}/{session}", done)


def _proposed(visit: Visit, session: Shown, form: Form) -> Form:
    """The form of a request, begun with what the cross-check says of it."""
    mine = [given.id for _, given in grounds_in(visit, session.case)]
    grounds = session.grounds if session.grounds in mine or not mine else mine[0]
    said = {
        "grounds": [grounds],
        "reference": [_reference(visit, session)],
        "belief": [visit.say("A private cross-check found that they are in your set.")],
    }
    return Form(form.fields | said)


def _reference(visit: Visit, session: Shown) -> str:
    known = cases_of(visit.office, visit.actor, titles=False)
    return next((held.reference for held in known if held.id == session.case), "")


def _whole(visit: Visit, form: Form) -> Form:
    """The form with what a request takes besides what is asked for here: the same as a new one."""
    fresh = new_form(visit.office.now().date(), REVIEW_DAYS, RETENTION_DAYS)
    return Form(fresh.fields | form.fields | {"language": [visit.language]})


def _request(
    visit: Visit, session: Shown, form: Form, entries: list[tuple[int, AnySubject, str]], status: int = 200
) -> Response[str]:
    partner = form.text("partner", longest=200)
    title = visit.say("Ask for the records")
    point = visit.office.read(desk.point_of_contact)
    copies = [("copy", visit.say("A copy goes to our single point of contact"))] if point else []
    return visit.page(
        "pages/crosscheck_request.html",
        title=title,
        active=ACTIVE,
        crumbs=(
            (visit.say("Cross-checks"), PLACE),
            (visit.say("Cross-check"), f"{PLACE}/{session.id}"),
            (title, ""),
        ),
        form=form,
        reasons=reasons_in(form),
        status=status,
        session=session.id,
        partner=partner,
        name=names_of_partners(visit).get(partner, partner),
        numbers=[number for number, _, _ in entries],
        subjects=[name_of(subject) for _, subject, _ in entries],
        offered=grounds_offered(visit, case=session.case),
        instruments=instruments(),
        exchanges=[(code, visit.say(words)) for code, words in EXCHANGES.items()],
        copies=copies + codes_of(visit, Table.EXCEPTIONS),
    )


ROUTES = (
    crosscheck,
    progress,
    prepare,
    permit,
    countersign,
    start,
    cancel,
    end,
    ask_for_records,
)
