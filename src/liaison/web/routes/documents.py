"""A travel document: the form for its zone and page, and what was found; nothing of the answer is kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from math import nan
from typing import Annotated, Any

import msgspec
from litestar import Response, post

from liaison.formats.mrz.alternatives import numbers
from liaison.model.errors import BadInput, Conflict, NotFound, NotLawful, TooMany
from liaison.model.grounds import Purpose
from liaison.model.roles import Capability
from liaison.pictures.answers import Reading
from liaison.pictures.headers import MOST_BYTES
from liaison.pictures.reader import can_read
from liaison.screening import documents
from liaison.screening.documents import Examined, Shown
from liaison.web import photographs
from liaison.web.context import Visit
from liaison.web.examined import (
    LAYOUTS,
    LONGEST,
    ExaminationOut,
    PageIn,
    check_rows,
    examination_out,
    field_rows,
    finding_rows,
    page_of,
    said_of,
)
from liaison.web.footing import grounds_offered
from liaison.web.forms import Form
from liaison.web.photographs import PhotographOut
from liaison.web.refusals import reasons_in
from liaison.web.routing import API, act, call, page, refusals, served

AUDIENCE = Capability.CHECK
LONGEST_ZONE = 4_000  # characters, as formats.mrz reads them
PAGE = PageIn.__struct_fields__
Refusals = (BadInput, Conflict, NotLawful, NotFound)


@page("/documents", audience=AUDIENCE)
def document_form(visit: Visit, grounds: str = "") -> Response[str]:
    """The form for a document."""
    return _form(visit, Form({"grounds": [grounds]}))


@act("/documents", audience=AUDIENCE)
def examine(visit: Visit, form: Form) -> Response[Any]:
    """Examine a document, and show what was found. It is shown once: the zone and the page are not kept."""
    try:
        told = PageIn(**{name: form.text(f"page_{name}", longest=LONGEST) for name in PAGE})
        shown = Shown(
            form.needed("mrz", longest=LONGEST_ZONE),
            form.needed("grounds", longest=80),
            page_of(told, "page_"),
            form.text("place", longest=documents.LONGEST_PLACE),
        )
        done = _examined(visit, shown)
    except Refusals as error:
        if isinstance(error, NotFound):
            error = BadInput(
                "these grounds are not yours", field="grounds", hint="choose grounds of your own"
            )
        return _form(visit, form.refused(error), status=error.status)
    return _shown(visit, done, shown)


def _examined(visit: Visit, shown: Shown) -> Examined:
    with visit.node.metrics.checks.time():
        window = timedelta(hours=visit.settings.document_hours)
        return documents.examine(visit.office, visit.node.live, visit.actor, shown, window)


def _form(visit: Visit, form: Form, status: int = 200, reading: Reading | None = None) -> Response[str]:
    offered = grounds_offered(visit, Purpose.BORDER_CHECK)
    return visit.page(
        "pages/documents.html",
        title=visit.say("Examine a document"),
        active="documents",
        form=form,
        reasons=reasons_in(form),
        status=status,
        offered=offered,
        chosen=form.text("grounds") or (offered[0][0] if len(offered) == 1 else ""),
        opened=any(form.all(f"page_{name}") for name in PAGE),
        can_read=can_read(),
        largest=MOST_BYTES,
        picture=photographs.picture_of(reading) if reading else None,
    )


def _shown(visit: Visit, done: Examined, shown: Shown) -> Response[str]:
    document, today = done.document, visit.office.now().date()
    title, above, kind, text = said_of(visit, done)
    return visit.page(
        "pages/documents_examined.html",
        title=title,
        active="documents",
        crumbs=((visit.say("Documents"), "/documents"), (title, "")),
        done=done,
        kind=kind,
        said=text,
        said_of=above,
        layout=visit.say(LAYOUTS[document.layout.name]),
        fields=field_rows(visit, document, today),
        checks=check_rows(visit, document),
        findings=finding_rows(visit, done.findings),
        other_numbers=numbers(document),
        paged=shown.page is not None,
        again=f"/documents?grounds={shown.grounds}",
        hours=visit.settings.document_hours,
    )


class NewExamination(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A document: its zone as it was scanned or typed, the grounds, what its page says, and where it is looked at.

    `place` is a name; degrees of the place, both or none, let the distance to an earlier one be reckoned.
    """

    mrz: Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST_ZONE)]
    grounds: Annotated[str, msgspec.Meta(max_length=80)]
    page: PageIn = PageIn()
    place: Annotated[str, msgspec.Meta(max_length=documents.LONGEST_PLACE)] = ""
    latitude: Annotated[float, msgspec.Meta(ge=-90, le=90)] | None = None
    longitude: Annotated[float, msgspec.Meta(ge=-180, le=180)] | None = None


@act("/documents/read", audience=AUDIENCE, request_max_body_size=photographs.LONGEST_BODY)
def read_photograph(visit: Visit, form: Form) -> Response[Any]:
    """Read the zone in a photograph into the form, for a person to compare. Nothing is looked up, and nothing kept."""
    try:
        reading = photographs.reading_of(visit, form)
        photographs.require_zone(reading)
    except (*Refusals, TooMany) as error:
        return _form(visit, form.refused(error), status=error.status)
    filled = replace(form, fields={**form.fields, "mrz": [reading.zones[0].text]})
    return _form(visit, filled, reading=reading)


@call("/documents", audience=AUDIENCE, tags=["documents"], status=201)
def api_examine(visit: Visit, data: NewExamination) -> ExaminationOut:
    """Examine a travel document by its machine readable zone, and check its holder."""
    north, east = (nan if each is None else each for each in (data.latitude, data.longitude))
    shown = Shown(data.mrz, data.grounds, page_of(data.page, "page."), data.place, north, east)
    return examination_out(_examined(visit, shown), visit.office.now().date())


@served(
    post(
        f"{API}/documents/read",
        status_code=200,
        audience=AUDIENCE,
        tags=["documents"],
        program=True,
        responses=refusals(400, 401, 403, 404, 409, 413, 415, 429, 503),
        operation_class=photographs.OfPicture,
        request_max_body_size=photographs.LONGEST_BODY,
    ),
    f"{API}/documents/read",
)
def api_read_photograph(visit: Visit, form: Form) -> PhotographOut:
    """Read the zones in a photograph. Nothing is looked up, and nothing is kept of the picture or of what it says."""
    return photographs.photograph_out(photographs.reading_of(visit, form))


ROUTES = (document_form, examine, read_photograph, api_examine, api_read_photograph)
