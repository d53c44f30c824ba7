"""What partners' programs sent in by TAXII and MISP: it waits for a desk officer, who accepts or refuses it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import msgspec
from litestar import Response

from liaison.model.categories import Category
from liaison.model.errors import BadInput, Conflict, NotFound, NotLawful
from liaison.partners.rules import LinkClosed
from liaison.supply import contributions as service
from liaison.supply.contributions import Onward, Waiting
from liaison.web.context import Visit
from liaison.web.footing import footing_of, grounds_offered
from liaison.web.forms import Form
from liaison.web.language import later
from liaison.web.paging import Listed
from liaison.web.refusals import reasons_in
from liaison.web.routes.holdings import CATEGORIES
from liaison.web.routes.received import ACTIVE
from liaison.web.routing import act, look, page
from liaison.web.supplied import DESK, names_of_nodes, tabs_of

Refusals = (BadInput, Conflict, LinkClosed, NotLawful)
PLACE = "/intake"
DEEPEST = 4  # levels of what was sent that are drawn as a tree
FORMS = {"stix": "STIX", "misp": "MISP", "sighting": later("A sighting")}
STATES = {
    service.WAITING: (later("Waits"), "warn"),
    service.ACCEPTED: (later("Accepted"), "good"),
    service.REFUSED: (later("Refused"), "bad"),
}


@page(PLACE, audience=DESK)
def intake(visit: Visit, which: str = service.WAITING) -> Response[str]:
    """What waits for the desk: from whom, in which form, how much."""
    chosen = which if which in STATES else service.WAITING
    return visit.page(
        "pages/intake.html",
        title=visit.say("Sent in by partners’ programs"),
        active=ACTIVE,
        tabs=tabs_of(visit, PLACE),
        entries=service.waiting(visit.office, visit.actor, state=chosen),
        chosen=chosen,
        first=service.WAITING,
        states=[(state, visit.say(words), state == chosen) for state, (words, _) in STATES.items()],
        forms={code: visit.say(words) for code, words in FORMS.items()},
        names=names_of_nodes(visit),
    )


@page("/intake/{intake_id:str}", audience=DESK)
def one(visit: Visit, intake_id: str) -> Response[str]:
    """What one partner sent, to be looked at; the look is recorded."""
    return _one(visit, intake_id, Form())


@act("/intake/{intake_id:str}", audience=DESK)
def decide(visit: Visit, intake_id: str, form: Form) -> Response[Any]:
    """Accept it, for its sender alone or for the other partners too, or refuse it for good."""
    try:
        answer = form.needed("answer", longest=20)
        if answer not in ("accept", "onward", "refuse"):
            raise BadInput("this is not one of the choices", field="answer", hint="choose one of the list")
        onward = _onward(visit, form) if answer == "onward" else None
        seen = form.text("seen", longest=32)
        service.decide(visit.office, visit.actor, intake_id, answer != "refuse", onward=onward, seen=seen)
    except Refusals as error:
        return _one(visit, intake_id, form.refused(error), error.status)
    return visit.go(PLACE, "intake-refused" if answer == "refuse" else "intake-accepted")


def _onward(visit: Visit, form: Form) -> Onward:
    review, until = form.date("review"), form.date("until")
    if review is None or until is None:
        missing = "review" if review is None else "until"
        raise BadInput("this is needed", field=missing, hint="write day, month and year in figures")
    return Onward(
        footing=footing_of(visit, form.needed("grounds", longest=80)),
        category=form.chosen("category", Category),
        review_at=dt.datetime.combine(review, dt.time(tzinfo=dt.UTC)),
        until=dt.datetime.combine(until, dt.time(tzinfo=dt.UTC)),
        on_case=True,  # on grounds of their own, in a case of theirs
    )


def _one(visit: Visit, intake_id: str, form: Form, status: int = 200) -> Response[str]:
    held = _of(visit, intake_id)
    content = service.show(visit.office, visit.actor, intake_id) if held.state != service.REFUSED else ()
    return visit.page(
        "pages/intake_one.html",
        title=visit.say("What a partner sent in"),
        active=ACTIVE,
        crumbs=(
            (visit.say("Sent in by partners’ programs"), PLACE),
            (visit.say("What a partner sent in"), ""),
        ),
        form=form,
        reasons=reasons_in(form),
        status=status,
        held=held,
        state=(visit.say(STATES[held.state][0]), STATES[held.state][1]),
        what=visit.say(FORMS.get(held.form, held.form)),
        sender=names_of_nodes(visit).get(held.partner, held.partner),
        objects=[_rows(each) for each in content],
        waits=held.state == service.WAITING,
        offered=grounds_offered(visit),
        categories=[(each.value, visit.say(words)) for each, words in CATEGORIES.items()],
    )


def _of(visit: Visit, intake_id: str) -> Waiting:
    """One contribution's line in the list. Raises NotFound."""
    for state in STATES:
        for each in service.waiting(visit.office, visit.actor, state=state):
            if each.id == intake_id:
                return each
    raise NotFound


def _rows(content: object, before: str = "", depth: int = 0) -> list[tuple[str, str]]:
    """What was sent, as pairs of a path and a text: everything of it, nothing of it run or followed."""
    if isinstance(content, dict) and depth < DEEPEST:
        return [row for key, value in content.items() for row in _rows(value, f"{before}{key}.", depth + 1)]
    if isinstance(content, list) and depth < DEEPEST:
        pairs = enumerate(content, 1)
        return [row for place, value in pairs for row in _rows(value, f"{before}{place}.", depth + 1)]
    text = content if isinstance(content, str) else msgspec.json.encode(content).decode()
    return [(before.removesuffix("."), text)]


class IntakeOut(msgspec.Struct, frozen=True, kw_only=True):
    """A contribution that waits: nothing of what it says."""

    id: str
    collection: str
    partner: str
    form: str
    count: int
    received: dt.datetime


@look("/intake", audience=DESK, tags=["supply"])
def api_intake(visit: Visit) -> Listed[IntakeOut]:
    """What partners' programs sent in and waits for the desk, the oldest first."""
    found = service.waiting(visit.office, visit.actor)
    return Listed(
        [
            IntakeOut(
                id=each.id,
                collection=each.collection,
                partner=each.partner,
                form=each.form,
                count=each.count,
                received=each.received,
            )
            for each in found
        ]
    )


ROUTES = (intake, one, decide, api_intake)
