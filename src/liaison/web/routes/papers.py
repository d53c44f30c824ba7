"""Records that were received or supplied, taken away: on paper, as a table, for other programs, for a court."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import msgspec
from litestar import Response

from liaison.formats.publication import fields
from liaison.model.errors import BadInput, Conflict, Erased, NotLawful
from liaison.model.handling import HandlingCode
from liaison.model.roles import Capability
from liaison.supply import leaving, reading
from liaison.supply.rules import Door
from liaison.web.context import Visit
from liaison.web.footing import footing_of, grounds_offered
from liaison.web.forms import Form
from liaison.web.papers import (
    Answerers,
    Copying,
    CopyOperation,
    Plain,
    answer,
    chosen_form,
    footing,
    let_through,
    offered,
)
from liaison.web.refusals import reasons_in
from liaison.web.routes.received import ACTIVE, PLACE
from liaison.web.routes.supplied import PLACE as SUPPLIED
from liaison.web.routing import act, call, page
from liaison.web.supplied import RECEIVES, SUPPLIES

Refusals = (BadInput, Conflict, Erased, NotLawful)


@page("/received/{item_id:str}/copy", audience=RECEIVES)
def received_copy(visit: Visit, item_id: str, grounds: str = "") -> Response[str]:
    """In which form a record of a partner's is taken, on which grounds, and what its conditions forbid."""
    return _received(visit, item_id, Form({"grounds": [grounds]}))


@act("/received/{item_id:str}/copy", audience=RECEIVES)
def take_received(visit: Visit, item_id: str, form: Form) -> Response[Any]:
    """A record of a partner's on paper or as a file; for a court, where one is named."""
    try:
        chosen, court = chosen_form(form), form.text("court", longest=200)
        on = footing_of(visit, form.needed("grounds", longest=80))
        return answer(leaving.copy(visit.office, visit.actor, item_id, chosen, on, court=court))
    except Refusals as error:
        return _received(visit, item_id, form.refused(error), error.status)


@page("/supplied/{item_id:str}/copy", audience=SUPPLIES)
def supplied_copy(visit: Visit, item_id: str) -> Response[str]:
    """In which form a record that we supplied is taken."""
    return _supplied(visit, item_id, Form())


@act("/supplied/{item_id:str}/copy", audience=SUPPLIES)
def take_supplied(visit: Visit, item_id: str, form: Form) -> Response[Any]:
    """A record that we supplied, as it was signed."""
    found = reading.supplied(visit.office, visit.actor, item=item_id).entries[0]
    try:
        chosen, court = chosen_form(form), form.text("court", longest=200)
        on = footing(visit, found.request, form.text("grounds", longest=80), form.text("justification"))
        return answer(leaving.copy_own(visit.office, visit.actor, item_id, chosen, on, court))
    except Refusals as error:
        return _supplied(visit, item_id, form.refused(error), error.status)


def _received(visit: Visit, item_id: str, form: Form, status: int = 200) -> Response[str]:
    held = reading.received(visit.office, visit.actor, item=item_id).entries[0]
    crumbs = (
        (visit.say("Received from partners"), PLACE),
        (visit.say("A record that was supplied"), held.id),
    )
    return _page(visit, form, status, f"{PLACE}/{held.id}", crumbs, held.handling, over=held.state.over)


def _supplied(visit: Visit, item_id: str, form: Form, status: int = 200) -> Response[str]:
    held = reading.supplied(visit.office, visit.actor, item=item_id).entries[0]
    crumbs = (
        (visit.say("Supplied to partners"), SUPPLIED),
        (visit.say("A record that we supplied"), held.id),
    )
    return _page(
        visit,
        form,
        status,
        f"{SUPPLIED}/{held.id}",
        crumbs,
        held.handling,
        over=held.state.over,
        own=True,
        words=bool(held.request),
    )


def _page(
    visit: Visit,
    form: Form,
    status: int,
    place: str,
    crumbs: tuple[tuple[str, str], tuple[str, str]],
    handling: str,
    *,
    over: bool,
    own: bool = False,
    words: bool = False,
) -> Response[str]:
    """The page of one record: `words` where whoever answered says why in place of grounds."""
    title = visit.say("Print or save")
    return visit.page(
        "pages/copy.html",
        title=title,
        active=ACTIVE,
        crumbs=(crumbs[0], (crumbs[1][0], place), (title, "")),
        form=form,
        reasons=reasons_in(form),
        status=status,
        place=place,
        over=over,
        forms=offered(visit),
        through=let_through(visit, {handling: 1}, own=own),
        offered=grounds_offered(visit),
        words=words,
        court=visit.may(Capability.DISCLOSE),
        subjects=0,
        narrowed=False,
    )


class Telling(Plain, frozen=True, forbid_unknown_fields=True):
    """On which grounds of one's own an item is read."""

    grounds: str


class ToldOut(msgspec.Struct, frozen=True):
    """A fact or an assessment, with its grade as it was given."""

    text: str
    grade: str
    dated: str


class ItemOut(msgspec.Struct, frozen=True, kw_only=True):
    """What an item says, with its conditions. `entry` is the place in the ledger under which it was read."""

    id: str
    originator: str
    handling: list[HandlingCode]
    restriction: str
    category: str
    grade: str
    subject: list[tuple[str, str]]
    facts: list[ToldOut]
    assessments: list[ToldOut]
    made: datetime
    kept_until: date
    entry: int


@call("/received/{item_id:str}/look", audience=RECEIVES, tags=["supply"])
def api_read(visit: Visit, item_id: str, data: Telling) -> ItemOut:
    """What an item of a partner's says, by the door of the API; the look is on the ledger."""
    on = footing_of(visit, data.grounds)
    left = leaving.take(visit.office, visit.actor, item_id, Door.API, on)
    item = left.item
    return ItemOut(
        id=item.id,
        originator=item.originator,
        handling=list(left.handling.codes),
        restriction=left.handling.restriction,
        category=item.category.value if item.category else "",
        grade=item.graded.original,
        subject=list(fields(item.subject)),
        facts=[ToldOut(one.text, one.graded.original, str(one.dated)) for one in item.facts],
        assessments=[ToldOut(one.text, one.graded.original, str(one.dated)) for one in item.assessments],
        made=item.made,
        kept_until=item.retention_until,
        entry=left.entry,
    )


@call("/received/{item_id:str}/copy", audience=RECEIVES, tags=["supply"], operation_class=CopyOperation)
def api_copy(visit: Visit, item_id: str, data: Copying) -> Response[bytes]:
    """An item of a partner's as a file, marked with who took it, when, for which case and under which entry."""
    on = footing_of(visit, data.grounds)
    return answer(leaving.copy(visit.office, visit.actor, item_id, data.form, on, court=data.court))


@call("/supplied/{item_id:str}/copy", audience=SUPPLIES, tags=["supply"], operation_class=CopyOperation)
def api_copy_supplied(visit: Visit, item_id: str, data: Answerers) -> Response[bytes]:
    """An item that we supplied, as it was signed."""
    held = reading.supplied(visit.office, visit.actor, item=item_id).entries[0]
    on = footing(visit, held.request, data.grounds, data.justification)
    return answer(leaving.copy_own(visit.office, visit.actor, item_id, data.form, on, data.court))


ROUTES = (
    received_copy,
    take_received,
    supplied_copy,
    take_supplied,
    api_read,
    api_copy,
    api_copy_supplied,
)
