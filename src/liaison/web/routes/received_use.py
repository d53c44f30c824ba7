"""What is done with an item that a partner supplied: a record, passing on, asking, telling."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from litestar import Response

from liaison.holdings.access import Footing
from liaison.model.categories import Category
from liaison.model.errors import BadInput, Conflict, Erased, NotLawful
from liaison.model.grounds import Purpose
from liaison.model.handling import Handling, HandlingCode
from liaison.model.roles import Capability
from liaison.partners.rules import LinkClosed
from liaison.supply import outcomes, passing, permissions, reasons, taking
from liaison.supply.letters import Result
from liaison.supply.outcomes import Led
from liaison.supply.passing import Passing
from liaison.supply.permissions import Wish
from liaison.web.context import Visit
from liaison.web.footing import footing_of
from liaison.web.forms import Form
from liaison.web.routes.received import PLACE, shown
from liaison.web.routing import act

Refusals = (BadInput, Conflict, Erased, LinkClosed, NotLawful)


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
        recipient = form.needed("urgent_recipient", longest=200)
        reasons.declare_urgent(
            visit.office, visit.actor, recipient, item_id, form.text("threat"), form.text("reasons")
        )
    except Refusals as error:
        return _again(visit, item_id, form.refused(error), error.status, "urgency-declared")
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
        return _again(visit, item_id, form.refused(error), error.status, "permission-asked")
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
        return _again(visit, item_id, form.refused(error), error.status, done)
    return visit.go(f"{PLACE}/{item_id}", done)


def _again(visit: Visit, item_id: str, form: Form, status: int, doing: str) -> Response[str]:
    """The item again, read on the same grounds, with what was wrong in the form that would have done this."""
    return shown(visit, item_id, form.text("grounds", longest=80), form, status, doing)


ROUTES = (take_in, pass_on, declare, ask, tell)
