"""What is done with an item that a partner supplied: a file or paper of it, a record, passing on, asking, telling."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from litestar import Response

from liaison.formats import papers, pdf, spreadsheet
from liaison.formats.publication import fields
from liaison.holdings.access import Footing
from liaison.model.categories import Category
from liaison.model.errors import BadInput, Conflict, Erased, NotLawful
from liaison.model.grounds import Purpose
from liaison.model.handling import Handling, HandlingCode
from liaison.model.roles import Capability
from liaison.partners.rules import LinkClosed
from liaison.supply import leaving, outcomes, passing, permissions, reasons, taking
from liaison.supply.leaving import Left
from liaison.supply.letters import Result
from liaison.supply.outcomes import Led
from liaison.supply.passing import Passing
from liaison.supply.permissions import Wish
from liaison.supply.rules import Door
from liaison.web.context import Visit
from liaison.web.footing import footing_of
from liaison.web.forms import Form
from liaison.web.routes.received import PLACE, shown
from liaison.web.routing import act
from liaison.web.supplied import RECEIVES

Refusals = (BadInput, Conflict, Erased, LinkClosed, NotLawful)
FORMS = {"paper": Door.PRINT, "file": Door.FILE}
TITLES = ("Field", "Value")


@act("/received/{item_id:str}/copy", audience=RECEIVES)
def copy(visit: Visit, item_id: str, form: Form) -> Response[Any]:
    """An item on paper or as a file, with a mark of who took it; for a court, where one is named."""
    try:
        door = FORMS.get(form.needed("form", longest=20))
        if door is None:
            raise BadInput("this is not one of the choices", field="form", hint="choose one of the list")
        left = leaving.take(
            visit.office,
            visit.actor,
            item_id,
            door,
            _footing(visit, form),
            court=form.text("court", longest=200),
        )
    except Refusals as error:
        return _again(visit, item_id, form.refused(error), error.status)
    return _paper(visit, left) if door is Door.PRINT else _file(left)


@act("/received/{item_id:str}/take-in", audience=Capability.IMPORT)
def take_in(visit: Visit, item_id: str, form: Form) -> Response[Any]:
    """Make a record of an item, so that checks find it."""

    def work(footing: Footing) -> None:
        category = form.chosen("category", Category) if form.text("category") else None
        taking.take_in(visit.office, visit.actor, item_id, footing, category)
        visit.node.live.refresh()

    return _do(visit, item_id, form, work, "item-taken-in")


@act("/received/{item_id:str}/pass-on", audience=Capability.DISCLOSE)
def pass_on(visit: Visit, item_id: str, form: Form) -> Response[Any]:
    """Pass an item on to another partner, under the originator's conditions and any that are added."""

    def work(footing: Footing) -> None:
        codes, restriction = form.all_chosen("added", HandlingCode), form.text("restriction", longest=400)
        codes += [HandlingCode.H3] if restriction else []
        order = Passing(
            recipient=form.needed("recipient", longest=200),
            footing=footing,
            exchange=form.needed("exchange", longest=40),
            handling=Handling(codes=tuple(codes), restriction=restriction) if codes else None,
        )
        passing.pass_on(visit.office, visit.node.means, visit.actor, item_id, order)

    return _do(visit, item_id, form, work, "item-passed")


@act("/received/{item_id:str}/urgent", audience=Capability.GRANT)
def declare(visit: Visit, item_id: str, form: Form) -> Response[Any]:
    """Declare that a threat cannot wait for the originator's permission; another person then passes it on."""
    try:
        recipient = form.needed("recipient", longest=200)
        reasons.declare_urgent(
            visit.office, visit.actor, recipient, item_id, form.text("threat"), form.text("reasons")
        )
    except Refusals as error:
        return _again(visit, item_id, form.refused(error), error.status)
    return visit.go(f"{PLACE}/{item_id}", "urgency-declared")


@act("/received/{item_id:str}/ask", audience=Capability.ASK_PARTNER)
def ask(visit: Visit, item_id: str, form: Form) -> Response[Any]:
    """Ask the originator to permit another use."""
    try:
        wish = Wish(
            lifts=tuple(form.all_chosen("lifts", HandlingCode)),
            recipient=form.text("court_named", longest=200) or form.needed("whom", longest=200),
            purpose=form.chosen("purpose", Purpose),
            why=form.needed("why", longest=2_000),
            urgent=form.ticked("urgent"),
        )
        asked = permissions.ask(visit.office, visit.node.means, visit.actor, item_id, wish)
    except Refusals as error:
        return _again(visit, item_id, form.refused(error), error.status)
    return visit.go(f"/permissions/{asked}", "permission-asked")


@act("/received/{item_id:str}/outcome", audience=Capability.TELL_OUTCOME)
def tell(visit: Visit, item_id: str, form: Form) -> Response[Any]:
    """Tell the supplier what an item led to."""

    def work(footing: Footing) -> None:
        on = form.date("on")
        if on is None:
            raise BadInput("this is needed", field="on", hint="write day, month and year in figures")
        told = Led(
            result=form.chosen("result", Result),
            words=form.needed("words", longest=2_000),
            on=on,
            handling=Handling(codes=(HandlingCode.H0, *form.all_chosen("told_codes", HandlingCode))),
            category=form.chosen("became", Category) if form.text("became") else None,
        )
        outcomes.tell(visit.office, visit.node.means, visit.actor, item_id, footing, told)

    return _do(visit, item_id, form, work, "outcome-told")


def _footing(visit: Visit, form: Form) -> Footing:
    return footing_of(visit, form.needed("grounds", longest=80))


def _do(visit: Visit, item_id: str, form: Form, work: Callable[[Footing], None], done: str) -> Response[Any]:
    """Do something on the grounds of the form, then show the item; or show what was wrong."""
    try:
        work(_footing(visit, form))
    except Refusals as error:
        return _again(visit, item_id, form.refused(error), error.status)
    return visit.go(f"{PLACE}/{item_id}", done)


def _again(visit: Visit, item_id: str, form: Form, status: int) -> Response[str]:
    """The item again, read on the same grounds, with what was wrong."""
    return shown(visit, item_id, form.text("grounds", longest=80), form, status)


def _paper(visit: Visit, left: Left) -> Response[Any]:
    item = left.item
    made = papers.Supplied(
        reference=item.id,
        originator=item.originator,
        subject=item.subject,
        category=item.category,
        purpose=item.purpose,
        offence=item.offence,
        graded=item.graded,
        handling=left.handling,
        made=item.made,
        retention_until=item.retention_until,
        facts=item.facts,
        assessments=item.assessments,
    )
    mark = pdf.Mark(who=visit.actor.person, at=visit.office.now(), entry=left.entry)
    content = pdf.document(papers.supplied(made), mark)
    return _download(content, "application/pdf", leaving.file_name(left.entry, "pdf"))


def _file(left: Left) -> Response[Any]:
    item = left.item
    rows = [
        ("originator", item.originator),
        ("reference", item.id),
        ("handling", " ".join(code.value for code in left.handling.codes)),
        ("restriction", left.handling.restriction),
        ("category", item.category.value if item.category else ""),
        ("grade", item.graded.original),
        ("kept until", item.retention_until.isoformat()),
        *fields(item.subject),
        *((f"fact {one.graded.original}", one.text) for one in item.facts),
        *((f"assessment {one.graded.original}", one.text) for one in item.assessments),
    ]
    content = spreadsheet.table(TITLES, [row for row in rows if row[1]], left.mark)
    return _download(content, "text/csv; charset=utf-8", leaving.file_name(left.entry, "csv"))


def _download(content: bytes, kind: str, name: str) -> Response[Any]:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=kind, headers=headers)


ROUTES = (copy, take_in, pass_on, declare, ask, tell)
