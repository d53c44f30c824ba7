"""Around requests: notices of convictions, what came unasked, and how fast answers are."""

from __future__ import annotations

from typing import Any

from litestar import Response

from liaison.assistance import clocks, convictions, register, spontaneous
from liaison.assistance.codes import Table
from liaison.assistance.convictions import Asking
from liaison.assistance.league import league
from liaison.assistance.register import Readable
from liaison.model.errors import BadInput, Conflict, NotFound, NotLawful
from liaison.model.roles import Capability
from liaison.officers.people import names_of
from liaison.partners.rules import LinkClosed
from liaison.web.asked import person_rows
from liaison.web.context import Visit
from liaison.web.drafts import date_parts, day_in
from liaison.web.footing import grounds_in, grounds_offered
from liaison.web.forms import Form
from liaison.web.refusals import reasons_in
from liaison.web.requested import (
    ANSWERERS,
    ANSWERS,
    ASKS,
    names_of_partners,
    offence_words,
    partners_to_ask,
    purpose_words,
    words_of,
)
from liaison.web.routes.requests import INBOX, tabs_of
from liaison.web.routing import act, page

Refusals = (BadInput, Conflict, LinkClosed, NotFound, NotLawful)
FIGURES = frozenset({ANSWERS, Capability.STATISTICS})
CONVICTIONS, LEAGUE, UNASKED = "/requests/convictions", "/requests/league", "/requests/unasked"


@page(LEAGUE, audience=FIGURES)
def league_page(visit: Visit, ours: bool = False) -> Response[str]:
    """How partners answer us, or how we answer them: times and shares, no persons."""
    return visit.page(
        "pages/requests_league.html",
        title=visit.say("How fast answers are"),
        active="requests",
        tabs=tabs_of(visit, LEAGUE),
        rows=league(visit.office, visit.actor, ours=ours),
        ours=ours,
        names=names_of_partners(visit),
        instruments={code: clocks.instrument(code).title for code in clocks.INSTRUMENTS},
    )


@page(CONVICTIONS, audience=ANSWERERS)
def convictions_page(visit: Visit, confiscation: bool = False) -> Response[str]:
    """Notices of convictions that partners sent, in the reader's language."""
    return _convictions(visit, Form(), confiscation=confiscation)


@act("/requests/convictions/notify", audience=Capability.NOTIFY_CONVICTION)
def notify(visit: Visit, form: Form) -> Response[Any]:
    """Send a partner the notices of its own nationals that it was not sent yet."""
    try:
        partner, why = form.needed("partner", longest=200), form.text("justification")
        convictions.notify(visit.office, visit.node.means, visit.actor, partner, why)
    except Refusals as error:
        return _convictions(visit, form.refused(_of_partner(error)), status=_of_partner(error).status)
    return visit.go(CONVICTIONS, "notices-sent")


@page("/requests/convictions/new", audience=ASKS)
def new_convictions(visit: Visit) -> Response[str]:
    """The form to ask for all convictions of our own nationals."""
    return _asking(visit, Form())


@act("/requests/convictions/new", audience=ASKS)
def ask_convictions(visit: Visit, form: Form) -> Response[Any]:
    """Ask for the convictions of our own nationals; another person authorises it."""
    try:
        request = convictions.ask(visit.office, visit.actor, _wanted(visit, form))
    except Refusals as error:
        told = _of_partner(error)
        return _asking(visit, form.refused(told), told.status)
    return visit.go(f"/requests/{request}", "request-submitted")


@page(UNASKED, audience=ANSWERERS)
def unasked(visit: Visit) -> Response[str]:
    """What went and came without a request."""
    found = spontaneous.listed(visit.office, visit.actor)
    return visit.page(
        "pages/requests_unasked.html",
        title=visit.say("Supplied unasked"),
        active="requests",
        tabs=tabs_of(visit, UNASKED),
        given=found,
        gives=visit.may(Capability.DISCLOSE),
        sizes={one.id: len(one.items) for one in found},
        names=names_of_partners(visit),
        people=names_of(visit.office, {one.person for one in found}),
        purposes={one.purpose: purpose_words(visit, one.purpose) for one in found},
        offences={one.offence: offence_words(visit, one.offence) for one in found},
    )


@page("/requests/unasked/{given_id:str}", audience=ANSWERERS)
def one_unasked(visit: Visit, given_id: str) -> Response[str]:
    """One of them, with its reason and what it carried."""
    return _one_unasked(visit, given_id, Form())


@act("/requests/unasked/{given_id:str}/case", audience=ANSWERERS)
def unasked_into_case(visit: Visit, given_id: str, form: Form) -> Response[Any]:
    """Let the people of a case use what came."""
    try:
        spontaneous.into_case(visit.office, visit.actor, given_id, form.needed("grounds", longest=80))
    except (BadInput, Conflict) as error:
        return _one_unasked(visit, given_id, form.refused(error), error.status)
    return visit.go(f"{UNASKED}/{given_id}", "unasked-into-case")


def _one_unasked(visit: Visit, given_id: str, form: Form, status: int = 200) -> Response[str]:
    given = spontaneous.one(visit.office, visit.actor, given_id)
    names = names_of_partners(visit)
    return visit.page(
        "pages/requests_unasked_one.html",
        title=visit.say("Supplied unasked"),
        active="requests",
        form=form,
        reasons=reasons_in(form),
        status=status,
        offered=grounds_offered(visit),
        crumbs=((visit.say("Supplied unasked"), UNASKED), (given.id, "")),
        given=given,
        partner=names.get(given.partner, given.partner),
        purpose=purpose_words(visit, given.purpose),
        offence=offence_words(visit, given.offence),
        received=given.side == "received",
        records=given.items,
    )


def _convictions(visit: Visit, form: Form, status: int = 200, *, confiscation: bool = False) -> Response[str]:
    found = register.received(visit.office, visit.actor, visit.language, confiscation=confiscation)
    names = names_of_partners(visit)
    return visit.page(
        "pages/requests_convictions.html",
        title=visit.say("Notices of convictions"),
        active="requests",
        tabs=tabs_of(visit, CONVICTIONS),
        form=form,
        reasons=reasons_in(form),
        status=status,
        convictions=[(one, _person(visit, one)) for one in found],
        confiscation=confiscation,
        names=names,
        partners=[(each.origin, each.name or each.agency) for each in partners_to_ask(visit)],
        notifies=visit.may(Capability.NOTIFY_CONVICTION),
        asks=visit.may(ASKS),
    )


def _person(visit: Visit, one: Readable) -> str:
    return " · ".join(value for _, value in person_rows(visit, one.conviction.person))


def _asking(visit: Visit, form: Form, status: int = 200) -> Response[str]:
    title = visit.say("Ask for convictions")
    return visit.page(
        "pages/requests_convictions_new.html",
        title=title,
        active="requests",
        crumbs=((visit.say("Requests"), INBOX), (title, "")),
        form=form,
        reasons=reasons_in(form),
        status=status,
        offered=grounds_offered(visit),
        partners=[(each.origin, each.name or each.agency) for each in partners_to_ask(visit)],
        offences=words_of(visit, Table.OFFENCES),
        since=date_parts(form, "since"),
        until=date_parts(form, "until"),
    )


def _wanted(visit: Visit, form: Form) -> Asking:
    """What is asked for. Raises BadInput with the field."""
    grounds = form.needed("grounds", longest=80)
    if grounds not in {given.id for _, given in grounds_in(visit)}:
        raise BadInput("these grounds are not yours", field="grounds", hint="choose grounds of your own")
    return Asking(
        partner=form.needed("partner", longest=200),
        grounds=grounds,
        reference=form.needed("reference", longest=200),
        contact=form.needed("contact", longest=200),
        since=day_in(form, "since"),
        until=day_in(form, "until"),
        offences=tuple(form.all("offences")),
    )


def _of_partner(error: Any) -> Any:
    if isinstance(error, NotFound):
        return BadInput("there is no such partner", field="partner", hint="choose one of the list")
    return error


ROUTES = (
    league_page,
    convictions_page,
    notify,
    new_convictions,
    ask_convictions,
    unasked,
    one_unasked,
    unasked_into_case,
)
