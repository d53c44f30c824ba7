"""What we supplied: to whom, on what conditions, how it stands with each; calling back; who has not confirmed."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from urllib.parse import urlencode

import msgspec
from litestar import Response

from liaison.model.categories import OfficerId
from liaison.model.errors import BadInput, Conflict, NotLawful
from liaison.model.handling import HandlingCode
from liaison.model.roles import Capability
from liaison.officers.people import names_of
from liaison.supply import reading, recalls
from liaison.supply.documents import Why
from liaison.supply.items import State
from liaison.supply.reading import NoticeView, SuppliedItem
from liaison.web.context import Visit
from liaison.web.forms import Form
from liaison.web.language import later
from liaison.web.paging import Cursor, Limit, Listed
from liaison.web.refusals import reasons_in
from liaison.web.routes.received import ACTIVE
from liaison.web.routing import act, call, look, page
from liaison.web.supplied import (
    HOW,
    KINDS,
    OUTCOMES,
    RESULTS,
    STATES,
    SUPPLIES,
    WHYS,
    chain_text,
    names_of_nodes,
    offence_words,
    purpose_words,
    said,
    tabs_of,
    words,
)

Refusals = (BadInput, Conflict, NotLawful)
PLACE, NOTICES = "/supplied", "/supplied/notices"
RECALLS = Capability.RECALL


@page(PLACE, audience=SUPPLIES)
def supplied(visit: Visit, request_id: str = "", holding_id: str = "", after: str = "") -> Response[str]:
    """What left this node, with who has it."""
    found = reading.supplied(visit.office, visit.actor, request=request_id, holding=holding_id, after=after)
    given = {"request_id": request_id, "holding_id": holding_id, "after": found.next}
    more = urlencode({name: value for name, value in given.items() if value})
    return visit.page(
        "pages/supplied.html",
        title=visit.say("Supplied to partners"),
        active=ACTIVE,
        tabs=tabs_of(visit, PLACE),
        items=found.entries,
        names=names_of_nodes(visit),
        states=said(visit, STATES),
        purposes={each.purpose: purpose_words(visit, each.purpose) for each in found.entries},
        people=names_of(visit.office, {OfficerId(each.person) for each in found.entries}),
        how=words(visit, HOW),
        older=f"{PLACE}?{more}" if found.next else "",
    )


@page(NOTICES, audience=SUPPLIES)
def notices(visit: Visit, all: bool = False, after: str = "") -> Response[str]:
    """Recalls, corrections and restrictions: who has complied, who has not and since when."""
    found = reading.notices(visit.office, visit.actor, unanswered=not all, after=after)
    more = {"after": found.next} | ({"all": "true"} if all else {})
    return visit.page(
        "pages/supplied_notices.html",
        title=visit.say("Recalls and corrections"),
        active=ACTIVE,
        tabs=tabs_of(visit, NOTICES),
        everything=all,
        names=names_of_nodes(visit),
        older=f"{NOTICES}?{urlencode(more)}" if found.next else "",
        **_notices(visit, found.entries),
    )


@page("/supplied/{item_id:str}", audience=SUPPLIES)
def item(visit: Visit, item_id: str) -> Response[str]:
    """One item of ours: conditions, recipients, what was told them, and what it led to."""
    return _item(visit, item_id, Form())


def _item(visit: Visit, item_id: str, form: Form, status: int = 200) -> Response[str]:
    found = _one(visit, item_id)
    names = names_of_nodes(visit)
    since = reading.notices(visit.office, visit.actor, item=found.id).entries
    return visit.page(
        "pages/supplied_item.html",
        title=visit.say("A record that we supplied"),
        active=ACTIVE,
        crumbs=_crumbs(visit, visit.say("A record that we supplied")),
        item=found,
        names=names,
        state=said(visit, STATES)[found.state],
        codes=found.handling.split(),
        purpose=purpose_words(visit, found.purpose),
        offence=offence_words(visit, found.offence),
        person=names_of(visit.office, {OfficerId(found.person)}).get(OfficerId(found.person), "–"),
        how=words(visit, HOW),
        ways=[(each, chain_text(each.chain, names)) for each in found.recipients],
        result_words=words(visit, RESULTS),
        outcomes=reading.outcomes(visit.office, visit.actor, found.id),
        recalls=visit.may(RECALLS) and not found.state.over,
        status=status,
        **_notices(visit, since, form),
    )


@page("/supplied/{item_id:str}/recall", audience=RECALLS)
def ask_to_recall(visit: Visit, item_id: str) -> Response[str]:
    """Whether an item is truly to be called back, and from whom."""
    return _recall(visit, item_id, Form())


@act("/supplied/{item_id:str}/recall", audience=RECALLS)
def recall(visit: Visit, item_id: str, form: Form) -> Response[Any]:
    """Call an item back from everybody who has it, with a reason and once the box is ticked."""
    try:
        why, reason = form.chosen("why", Why), form.text("reason")
        if why not in recalls.WHYS:
            raise BadInput(
                later("this is no reason to call back"), field="why", hint="choose one of the list"
            )
        if not form.ticked("sure"):
            raise BadInput(
                later("nothing is called back yet"), field="sure", hint="tick the box to call it back"
            )
        recalls.recall(visit.office, visit.node.means, visit.actor, item_id, why, reason)
    except Refusals as error:
        return _recall(visit, item_id, form.refused(error), error.status)
    return visit.go(f"{PLACE}/{item_id}", "item-recalled")


@act("/supplied/{item_id:str}/end-asking", audience=RECALLS)
def end_asking(visit: Visit, item_id: str, form: Form) -> Response[Any]:
    """Ask a node no more for its confirmation, with a reason."""
    try:
        reason, node = form.needed("reason"), form.text("node", longest=200)
        recalls.end_asking(visit.office, visit.actor, item_id, form.text("notice", longest=80), node, reason)
    except Refusals as error:
        return _item(visit, item_id, form.refused(error), error.status)
    return visit.go(f"{PLACE}/{item_id}", "asking-ended")


def _one(visit: Visit, item_id: str) -> SuppliedItem:
    return reading.supplied(visit.office, visit.actor, item=item_id).entries[0]


def _recall(visit: Visit, item_id: str, form: Form, status: int = 200) -> Response[str]:
    found, names = _one(visit, item_id), names_of_nodes(visit)
    return visit.page(
        "pages/supplied_recall.html",
        title=visit.say("Call it back"),
        active=ACTIVE,
        crumbs=(
            (visit.say("Supplied to partners"), PLACE),
            (visit.say("A record that we supplied"), f"{PLACE}/{found.id}"),
            (visit.say("Call it back"), ""),
        ),
        form=form,
        reasons=reasons_in(form),
        status=status,
        item=found,
        recipients=sorted({names.get(each.node, each.node) for each in found.recipients}),
        whys=[(why.value, visit.say(WHYS[why])) for why in recalls.WHYS],
    )


def _notices(visit: Visit, found: tuple[NoticeView, ...], form: Form | None = None) -> dict[str, Any]:
    """Notices as both pages draw them, with what was wrong with the form of one."""
    people = names_of(visit.office, {OfficerId(each.person) for each in found})
    return {
        "told": found,
        "kinds": words(visit, KINDS),
        "why_words": {why.value: visit.say(text) for why, text in WHYS.items()},
        "answers": said(visit, OUTCOMES),
        "people": people,
        "now": visit.office.now(),
        "gives_up": visit.may(RECALLS),
        "form": form or Form(),
        "reasons": reasons_in(form) if form else (),
    }


def _crumbs(visit: Visit, here: str) -> tuple[tuple[str, str], ...]:
    return (visit.say("Supplied to partners"), PLACE), (here, "")


class RecipientOut(msgspec.Struct, frozen=True):
    """Who has an item, by which way, and how: sent, passed or urgent."""

    node: str
    chain: list[str]
    how: str
    at: datetime


class SuppliedOut(msgspec.Struct, frozen=True, kw_only=True):
    """An item of ours, with everybody who is known to have it."""

    id: str
    holding: str
    state: State
    revision: int
    handling: list[HandlingCode]
    purpose: str
    offence: str
    request: str
    made: datetime
    kept_until: datetime
    recipients: list[RecipientOut]


class Recalling(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why an item is called back: the coded reason, and the person's words."""

    why: Why
    reason: Annotated[str, msgspec.Meta(max_length=4000)]


class IssuedOut(msgspec.Struct, frozen=True):
    """A notice that is on its way, and how many recipients it goes to."""

    notice: str
    item: str
    recipients: int


@look("/supplied", audience=SUPPLIES, tags=["supply"])
def api_supplied(
    visit: Visit, cursor: Cursor = "", limit: Limit = 50, request_id: str = ""
) -> Listed[SuppliedOut]:
    """What left this node, the newest first."""
    found = reading.supplied(visit.office, visit.actor, request=request_id, after=cursor, most=limit)
    return Listed([_out(each) for each in found.entries], found.next)


@look("/supplied/{item_id:str}", audience=SUPPLIES, tags=["supply"])
def api_supplied_item(visit: Visit, item_id: str) -> SuppliedOut:
    """One item of ours."""
    return _out(_one(visit, item_id))


@call("/supplied/{item_id:str}/recall", audience=RECALLS, tags=["supply"])
def api_recall(visit: Visit, item_id: str, data: Recalling) -> IssuedOut:
    """Call an item back from everybody who has it."""
    done = recalls.recall(visit.office, visit.node.means, visit.actor, item_id, data.why, data.reason)
    return IssuedOut(done.notice, done.item, done.recipients)


def _out(each: SuppliedItem) -> SuppliedOut:
    return SuppliedOut(
        id=each.id,
        holding=each.holding,
        state=each.state,
        revision=each.revision,
        handling=[HandlingCode(code) for code in each.handling.split()],
        purpose=each.purpose,
        offence=each.offence,
        request=each.request,
        made=each.made,
        kept_until=each.retention,
        recipients=[RecipientOut(one.node, list(one.chain), one.how, one.at) for one in each.recipients],
    )


ROUTES = (
    supplied,
    notices,
    item,
    ask_to_recall,
    recall,
    end_asking,
    api_supplied,
    api_supplied_item,
    api_recall,
)
