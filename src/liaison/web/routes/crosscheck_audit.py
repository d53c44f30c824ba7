"""Receipts of a cross-check, and opening it again: what was asked, held against what was committed to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from litestar import Response
from litestar.enums import MediaType

from liaison.crosscheck.asker import audit, reading, receipts
from liaison.crosscheck.asker.audit import Reopened
from liaison.crosscheck.asker.receipts import Receipts
from liaison.crosscheck.messages import Receipt
from liaison.model.errors import BadInput, Conflict, Erased, NotLawful
from liaison.officers.people import names_of
from liaison.web.context import Visit
from liaison.web.crosschecked import PLACE, READS, REOPENS, figure, signed_words
from liaison.web.forms import Form
from liaison.web.language import later
from liaison.web.requested import names_of_partners, offence_words, purpose_words
from liaison.web.routes.crosscheck import ACTIVE
from liaison.web.routes.partners import as_file
from liaison.web.routing import act, page

Refusals = (BadInput, Conflict, Erased, NotLawful)
OUTCOMES = {
    "agrees": (later("Agrees"), "good"),
    "differs": (later("Differs"), "bad"),
}


@dataclass(frozen=True, slots=True)
class ReceiptShown:
    """A receipt in words."""

    name: str
    said: str
    rows: list[tuple[str, str]]
    signed: list[tuple[str, bool]]
    href: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of opening a session again. `legs` are what is said of each partner, `subjects` points by number."""

    words: str
    tone: str
    said: str
    faults: list[str]
    subjects: list[tuple[int, int]]


@page(PLACE + "/{session_id:str}/receipt", audience=READS)
def crosscheck_receipt(visit: Visit, session_id: str) -> Response[str]:
    """The receipts of a cross-check, in plain words."""
    session = reading.session_of(visit.office, visit.actor, session_id)
    found = [
        _receipt(visit, session_id, receipts.receipt_at(visit.office, visit.actor, session_id, leg.partner))
        for leg in session.legs
        if leg.has_receipt
    ]
    return visit.page(
        "pages/crosscheck_receipt.html",
        title=visit.say("Receipts"),
        active=ACTIVE,
        crumbs=_crumbs(visit, session_id, visit.say("Receipts")),
        receipts=found,
    )


@page(PLACE + "/{session_id:str}/receipt/file", audience=READS)
def crosscheck_receipt_file(visit: Visit, session_id: str, partner: str = "") -> Response[Any]:
    """One receipt as both sides signed it: ours, then theirs; the first where no partner is named."""
    session = reading.session_of(visit.office, visit.actor, session_id)
    partner = partner or next((leg.partner for leg in session.legs if leg.has_receipt), "")
    found = receipts.receipt_at(visit.office, visit.actor, session_id, partner)
    return as_file(f"{found.ours}\n{found.theirs}\n", f"liaison-receipt-{found.receipt.session}.txt")


@page(PLACE + "/{session_id:str}/reopen", audience=REOPENS)
def crosscheck_reopening(visit: Visit, session_id: str) -> Response[str]:
    """Who opened it again, and what came of it."""
    return _reopening(visit, session_id, Form())


@act(PLACE + "/{session_id:str}/reopen", audience=REOPENS)
def crosscheck_reopen(visit: Visit, session_id: str, form: Form) -> Response[Any]:
    """Work out every point anew, and hold it against what was asked."""
    try:
        found = audit.reopen(visit.office, visit.actor, session_id)
    except Refusals as error:
        return _reopening(visit, session_id, form.refused(error), status=error.status)
    return _reopening(visit, session_id, form, found)


@act(PLACE + "/{session_id:str}/opening", audience=REOPENS)
def crosscheck_opening(visit: Visit, session_id: str, form: Form) -> Response[Any]:
    """The file with which an authority checks the same by itself."""
    try:
        audit.reopenings(visit.office, visit.actor, session_id)
        if not form.ticked("sure"):
            raise BadInput(later("nothing was written yet"), field="sure", hint="tick the box to download it")
        content = audit.opening_file(visit.office, visit.actor, session_id)
    except Refusals as error:
        return _reopening(visit, session_id, form.refused(error), status=error.status)
    headers = {"Content-Disposition": f'attachment; filename="{session_id}.opening.json"'}
    return Response(content, media_type=MediaType.JSON, headers=headers)


def _reopening(
    visit: Visit, session_id: str, form: Form, found: Reopened | None = None, status: int = 200
) -> Response[str]:
    history = audit.reopenings(visit.office, visit.actor, session_id)
    title = visit.say("Open it again")
    return visit.page(
        "pages/crosscheck_reopen.html",
        title=title,
        active=ACTIVE,
        crumbs=_crumbs(visit, session_id, title) if visit.may(*READS) else ((title, ""),),
        form=form,
        status=status,
        session_id=session_id,
        outcome=_outcome(visit, found) if found else None,
        history=[(each, *_said(visit, each.outcome)) for each in history],
        names=names_of(visit.office, {each.person for each in history}),
    )


def _outcome(visit: Visit, found: Reopened) -> Outcome:
    words, tone = _said(visit, "agrees" if found.agrees else "differs")
    points = sum(leg.points for leg in found.legs)
    if found.agrees:
        said = visit.say(
            "Every one of the %(points)s points comes of somebody on the list, or of the filling, as the ledger "
            "committed to before the first left.",
            points=figure(visit, points),
        )
    else:
        said = visit.say(
            "%(count)s of %(points)s points come of nobody on the list. Keep everything, and tell your head of unit.",
            count=figure(visit, found.unexplained),
            points=figure(visit, points),
        )
    names = names_of_partners(visit)
    faults = [f"{names.get(leg.partner, leg.partner)}: {fault}" for leg in found.legs for fault in leg.faults]
    return Outcome(words, tone, said, faults, sorted(found.subjects.items()))


def _said(visit: Visit, outcome: str) -> tuple[str, str]:
    words, tone = OUTCOMES[outcome]
    return visit.say(words), tone


def _receipt(visit: Visit, session_id: str, held: Receipts) -> ReceiptShown:
    told = held.receipt
    name = names_of_partners(visit).get(told.holder, told.holder)
    return ReceiptShown(
        name,
        visit.say(
            "On %(day)s this node asked %(name)s to evaluate %(points)s points about %(subjects)s subjects, for the "
            "case %(case)s.",
            day=f"{told.made:%Y-%m-%d %H:%M} UTC",
            name=name,
            points=figure(visit, told.points),
            subjects=figure(visit, told.subjects),
            case=told.reference,
        ),
        _rows(visit, told),
        signed_words(visit, held.ours, held.theirs),
        f"{PLACE}/{session_id}/receipt/file?{urlencode({'partner': told.holder})}",
    )


def _rows(visit: Visit, told: Receipt) -> list[tuple[str, str]]:
    none = visit.say("None")
    return [
        (visit.say("Officer"), told.officer),
        (visit.say("Second person"), told.second or none),
        (
            visit.say("An authority countersigned"),
            told.countersigned.authority if told.countersigned else none,
        ),
        (visit.say("Purpose"), purpose_words(visit, told.purpose.value)),
        (visit.say("Offence"), offence_words(visit, told.offence)),
        (visit.say("Legal basis"), told.basis),
        (visit.say("Session"), told.session),
        (visit.say("Their key"), told.epoch),
        (visit.say("Digest of all points"), told.whole),
    ]


def _crumbs(visit: Visit, session_id: str, title: str) -> tuple[tuple[str, str], ...]:
    return (
        (visit.say("Cross-checks"), PLACE),
        (visit.say("Cross-check"), f"{PLACE}/{session_id}"),
        (title, ""),
    )


ROUTES = (
    crosscheck_receipt,
    crosscheck_receipt_file,
    crosscheck_reopening,
    crosscheck_reopen,
    crosscheck_opening,
)
