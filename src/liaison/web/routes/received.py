"""What partners supplied: the list, and one item with its conditions first, read on grounds by the screen's door."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlencode

import msgspec
from litestar import Response

from liaison.model.errors import Erased, NotLawful
from liaison.model.grounds import Purpose
from liaison.model.handling import HandlingCode
from liaison.model.roles import Capability, Role
from liaison.supply import leaving, reading
from liaison.supply.items import State
from liaison.supply.leaving import Left
from liaison.supply.reading import HeldItem
from liaison.supply.rules import Door
from liaison.web.alerts import entry_of
from liaison.web.asked import SUBJECTS
from liaison.web.context import Visit
from liaison.web.footing import footing_of, grounds_offered
from liaison.web.forms import Form
from liaison.web.paging import Cursor, Limit, Listed
from liaison.web.partnered import EXCHANGES
from liaison.web.refusals import reasons_in
from liaison.web.routes.holdings import CATEGORIES
from liaison.web.routing import look, page
from liaison.web.supplied import (
    ADDED,
    LIFTS,
    RECEIVES,
    RESULTS,
    STATES,
    chain_text,
    item_rows,
    names_of_nodes,
    offence_words,
    open_partners,
    purpose_words,
    said,
    tabs_of,
    words,
)

PLACE, ACTIVE = "/received", "exchanged"


@page(PLACE, audience=RECEIVES)
def received(visit: Visit, request_id: str = "", after: str = "") -> Response[str]:
    """What came and this person may see: codes, nodes and dates, nothing of what it says."""
    found = reading.received(visit.office, visit.actor, request=request_id, after=after)
    more = {"after": found.next} | ({"request_id": request_id} if request_id else {})
    return visit.page(
        "pages/received.html",
        title=visit.say("Received from partners"),
        active=ACTIVE,
        tabs=tabs_of(visit, PLACE),
        items=found.entries,
        names=names_of_nodes(visit),
        states=said(visit, STATES),
        kinds=words(visit, SUBJECTS),
        purposes={each.purpose: purpose_words(visit, each.purpose) for each in found.entries},
        older=f"{PLACE}?{urlencode(more)}" if found.next else "",
    )


@page("/received/{item_id:str}", audience=RECEIVES)
def item(visit: Visit, item_id: str, grounds: str = "") -> Response[str]:
    """One item: how it may be used, and, on grounds of the reader's own, what it says."""
    return shown(visit, item_id, grounds, Form())


def shown(
    visit: Visit, item_id: str, grounds: str, form: Form, status: int = 200, doing: str = ""
) -> Response[str]:
    """The page of an item, with what was wrong with the form of it that is for `doing`. Raises NotFound."""
    held = reading.received(visit.office, visit.actor, item=item_id).entries[0]
    left, form, status = _read(visit, held, grounds, form, status)
    names = names_of_nodes(visit)
    return visit.page(
        "pages/received_item.html",
        title=visit.say("A record that was supplied"),
        active=ACTIVE,
        crumbs=((visit.say("Received from partners"), PLACE), (visit.say("A record that was supplied"), "")),
        form=form,
        reasons=reasons_in(form),
        status=status,
        item=held,
        left=left,
        rows=item_rows(visit, left.item) if left else [],
        entry=entry_of(visit, left.item.wanted) if left else [],
        restriction=left.handling.restriction if left else "",
        codes=held.handling.split(),
        names=names,
        chains=[chain_text(each, names) for each in held.chains],
        state=said(visit, STATES)[held.state],
        kind=visit.say(SUBJECTS.get(held.kind, held.kind)),
        purpose=purpose_words(visit, held.purpose),
        offence=offence_words(visit, held.offence),
        doing=doing,
        place=f"{PLACE}/{held.id}",
        grounds=grounds,
        offered=grounds_offered(visit),
        categories=[(one.value, visit.say(text)) for one, text in CATEGORIES.items()],
        partners=[one for one in open_partners(visit) if one[0] not in _nodes(held)],
        exchanges=[(code, visit.say(text)) for code, text in EXCHANGES.items()],
        purposes=[(each.value, visit.say(each.label)) for each in Purpose],
        lifts=[(code.value, visit.say(text)) for code, text in LIFTS.items()],
        added=[(code.value, visit.say(text)) for code, text in ADDED.items()],
        results=[(result.value, visit.say(text)) for result, text in RESULTS.items()],
        outcomes=reading.outcomes(visit.office, visit.actor, held.id),
        result_words=words(visit, RESULTS),
        takes=visit.may(Capability.IMPORT),
        passes=visit.may(Capability.DISCLOSE),
        asks=visit.may(Capability.ASK_PARTNER),
        tells=visit.may(Capability.TELL_OUTCOME),
        declares=Role.SUPERVISOR in visit.actor.roles,
    )


def _read(
    visit: Visit, held: HeldItem, grounds: str, form: Form, status: int
) -> tuple[Left | None, Form, int]:
    """What the item says, where grounds were chosen and the law lets it be read on them."""
    if not grounds or held.state.over:
        return None, form, status
    footing = footing_of(visit, grounds)
    try:
        return leaving.take(visit.office, visit.actor, held.id, Door.SCREEN, footing), form, status
    except NotLawful as error:
        return None, form.refused(error), error.status
    except Erased:
        return None, form, status


def _nodes(held: HeldItem) -> set[str]:
    return {held.originator, *(node for chain in held.chains for node in chain)}


class ReceivedOut(msgspec.Struct, frozen=True, kw_only=True):
    """An item that came: nothing of what it says. `fingerprint` where its originator's card was only vouched for."""

    id: str
    originator: str
    kind: str
    category: str
    state: State
    revision: int
    handling: list[HandlingCode]
    purpose: str
    offence: str
    request: str
    received: datetime
    kept_until: datetime
    chains: list[list[str]]
    fingerprint: str


@look("/received", audience=RECEIVES, tags=["supply"])
def api_received(
    visit: Visit, cursor: Cursor = "", limit: Limit = 50, request_id: str = ""
) -> Listed[ReceivedOut]:
    """What partners supplied and the person may see, the newest first."""
    found = reading.received(visit.office, visit.actor, request=request_id, after=cursor, most=limit)
    return Listed([_out(each) for each in found.entries], found.next)


def _out(each: HeldItem) -> ReceivedOut:
    return ReceivedOut(
        id=each.id,
        originator=each.originator,
        kind=each.kind,
        category=each.category,
        state=each.state,
        revision=each.revision,
        handling=[HandlingCode(code) for code in each.handling.split()],
        purpose=each.purpose,
        offence=each.offence,
        request=each.request,
        received=each.received,
        kept_until=each.retention,
        chains=[list(chain) for chain in each.chains],
        fingerprint=each.fingerprint,
    )


ROUTES = (received, item, api_received)
