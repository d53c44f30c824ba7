"""Importing a list: the form, the import beside a page that watches it, and every row that could not be used."""

from __future__ import annotations

from typing import Any

from litestar import Response

from liaison.holdings.opening import carries
from liaison.holdings.order import ImportOrder
from liaison.model.categories import CaseId, Category
from liaison.model.errors import BadInput, Conflict, NotLawful, TooMany, UnusableFile
from liaison.model.handling import Handling, HandlingCode
from liaison.model.holding import Instruction
from liaison.model.roles import Capability
from liaison.model.scales import Graded
from liaison.web.context import Visit
from liaison.web.forms import NEEDED, Form
from liaison.web.refusals import reasons_in
from liaison.web.routes.holdings import CATEGORIES
from liaison.web.routing import act, page

IMPORTS = Capability.IMPORT
Refusals = (BadInput, Conflict, NotLawful, TooMany, UnusableFile)


@page("/holdings/import", audience=IMPORTS)
def new_import(visit: Visit) -> Response[str]:
    """The form for importing a list."""
    return _new_import(visit, Form())


@act("/holdings/import", audience=IMPORTS, request_max_body_size=None)
def start_import(visit: Visit, form: Form) -> Response[Any]:
    """Read a list, beside the page that watches it."""
    try:
        job = visit.node.imports.start(visit.office, visit.node.live, visit.actor, _order(form))
    except Refusals as error:
        return _new_import(visit, form.refused(error), error.status)
    return visit.go(f"/holdings/imports/{job.id}")


@page("/holdings/imports/{job_id:str}", audience=IMPORTS)
def one_import(visit: Visit, job_id: str) -> Response[str]:
    """How an import stands, and every row that could not be used."""
    job = visit.node.imports.of(visit.actor, job_id)
    return visit.page(
        "pages/import.html",
        title=visit.say("Import of %(list)s", list=job.list_name),
        active="holdings",
        crumbs=((visit.say("Holdings"), "/holdings"), (visit.say("Import"), "")),
        job=job,
        shown=500,
    )


def _order(form: Form) -> ImportOrder:
    sent = form.file("file")
    category = form.text("category")
    instruction = form.text("instruction")
    order = ImportOrder(
        list_name=form.needed("list_name", longest=120),
        content=sent.file.read(),
        name=sent.filename[:200],
        owner=form.needed("owner", longest=200),
        source=form.needed("source", longest=200),
        handling=Handling(
            codes=tuple(form.all_chosen("codes", HandlingCode)) or (HandlingCode.H0,),
            restriction=form.text("restriction"),
        ),
        retention_until=form.date("retention"),
        review_at=form.date("review"),
        case=CaseId(form.needed("case", longest=80)),
        reason=form.needed("reason", longest=2000),
        category=form.chosen("category", Category) if category else None,
        graded=Graded.read(form.text("grade") or "X4"),
        instruction=form.chosen("instruction", Instruction) if instruction else None,
        complete=form.ticked("complete"),
        columns=_columns(form),
    )
    _require_days(order)
    return order


def _require_days(order: ImportOrder) -> None:
    """Raises BadInput for a day that is not given, unless rows of the file say their own end."""
    given = {"retention": order.retention_until, "review": order.review_at}
    missing = [name for name, day in given.items() if day is None]
    if missing and not carries(order, "retention"):
        raise BadInput(NEEDED, field=missing[0], hint="give the day; the file has no column of ends")


def _columns(form: Form) -> dict[str, str]:
    """The file's column for a field, a line each: `plate = Tafel`. Raises BadInput."""
    told: dict[str, str] = {}
    for line in filter(None, map(str.strip, form.text("columns").splitlines())):
        field, equals, column = map(str.strip, line.partition("="))
        if not (equals and field and column):
            raise BadInput(f"{line!r} names no field and column", field="columns", hint="write plate = Tafel")
        told[field] = column
    return told


def _new_import(visit: Visit, form: Form, status: int = 200) -> Response[str]:
    return visit.page(
        "pages/import_new.html",
        title=visit.say("Import a list"),
        active="holdings",
        crumbs=((visit.say("Holdings"), "/holdings"), (visit.say("Import"), "")),
        form=form,
        reasons=reasons_in(form),
        status=status,
        agency=visit.settings.agency,
        categories=[(one.value, visit.say(words)) for one, words in CATEGORIES.items()],
        instructions=[(one.value, visit.say(one.meaning)) for one in Instruction],
        codes=[(code.value, f"{code.value} {visit.say(code.meaning)}") for code in HandlingCode],
        limit=visit.settings.upload_bytes,
    )


ROUTES = (new_import, start_import, one_import)
