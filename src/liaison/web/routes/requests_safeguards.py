"""What a supervisor signs before something goes to a partner, and how whoever sends asks them to."""

from __future__ import annotations

from typing import Any

from litestar import Response

from liaison.assistance import safeguards
from liaison.model.errors import BadInput, Conflict, Erased, LiaisonError, NotFound, NotLawful
from liaison.model.grounds import OFFENCES
from liaison.model.roles import Capability
from liaison.partners.reading import listed
from liaison.supply import reasons
from liaison.web.context import Visit
from liaison.web.forms import Form
from liaison.web.refusals import reasons_in
from liaison.web.requested import ANSWERS, ASKS, names_of_partners
from liaison.web.routing import act, page

SIGNS = Capability.SUPERVISE
TELLS = frozenset({Capability.DISCLOSE, SIGNS})
Refusals = (BadInput, Conflict, NotLawful)
ASSURANCES, ORIGINS = "/requests/assurances", "/requests/origins"


@page(ASSURANCES, audience=SIGNS)
def assurances(visit: Visit, about: str = "") -> Response[str]:
    """The form on which a supervisor signs an assurance; `about` is a partner and an offence."""
    partner, _, offence = about.partition(safeguards.BETWEEN)
    return _assurance(visit, Form({"partner": [partner], "offence": [offence]}))


@act(ASSURANCES, audience=SIGNS)
def assure(visit: Visit, form: Form) -> Response[Any]:
    """Sign reasons of strict necessity on an assurance."""
    try:
        partner, offence = form.needed("partner", longest=200), form.needed("offence", longest=80)
        reference, words = form.needed("reference", longest=200), form.needed("reasons")
        reasons.assure(visit.office, visit.actor, partner, offence, reference, words)
    except (*Refusals, NotFound) as error:
        told = _of_partner(error)
        return _assurance(visit, form.refused(told), told.status)
    return visit.go(ASSURANCES, "assurance-signed")


@page(ORIGINS, audience=SIGNS)
def origins(visit: Visit, about: str = "") -> Response[str]:
    """The form on which a supervisor reviews contact with a state; `about` is a partner and a record."""
    partner, _, holding = about.partition(safeguards.BETWEEN)
    return _origin(visit, Form({"partner": [partner], "holding": [holding]}))


@act(ORIGINS, audience=SIGNS)
def review(visit: Visit, form: Form) -> Response[Any]:
    """Sign that contact with the state from which a person sought protection was reviewed."""
    try:
        partner, holding = form.needed("partner", longest=200), form.needed("holding", longest=80)
        if not form.ticked("looked"):
            raise BadInput(
                "the record has to be looked at first", field="looked", hint="open it, then tick the box"
            )
        reasons.review_origin(visit.office, visit.actor, partner, holding, form.needed("reasons"))
    except (*Refusals, NotFound, Erased) as error:
        told = _of_record(error)
        return _origin(visit, form.refused(told), told.status)
    return visit.go(ORIGINS, "assurance-signed")


@act("/requests/safeguards/ask", audience=frozenset({ASKS, ANSWERS}))
def ask(visit: Visit, form: Form) -> Response[Any]:
    """Ask the supervisors to sign; back to where the button was."""
    rule, partner = form.needed("rule", longest=40), form.needed("partner", longest=200)
    safeguards.ask(visit.office, visit.actor, rule, partner, form.needed("about", longest=80))
    return visit.go(_back(form), "supervisors-asked")


@act("/requests/safeguards/protection", audience=TELLS)
def tell(visit: Visit, form: Form) -> Response[Any]:
    """Say that the person of a record sought protection from a partner's state; back to where the form was."""
    partner, holding = form.needed("partner", longest=200), form.needed("holding", longest=80)
    reasons.tell_protection(visit.office, visit.actor, partner, holding, form.needed("protection"))
    return visit.go(_back(form), "protection-told")


def _back(form: Form) -> str:
    """Where the form stood: a page of requests, and nowhere else."""
    back = form.text("back", longest=200)
    plain = all(each.isascii() and (each.isalnum() or each in "/-_.") for each in back)
    return back if back.startswith("/requests/") and plain and ".." not in back else "/requests"


def _partners(visit: Visit, *, capital: bool) -> list[tuple[str, str]]:
    """The partners where the death penalty is feared, or from whose state people sought protection."""
    feared = safeguards.feared(visit.office, capital=capital)
    known = listed(visit.office, visit.actor)
    return [(each.origin, each.name or each.agency) for each in known if each.origin in feared]


def _assurance(visit: Visit, form: Form, status: int = 200) -> Response[str]:
    title = visit.say("Assurance against death penalty and torture")
    return visit.page(
        "pages/requests_assurance.html",
        title=title,
        active="requests",
        crumbs=((visit.say("Requests"), "/requests"), (title, "")),
        form=form,
        reasons=reasons_in(form),
        status=status,
        partners=_partners(visit, capital=True),
        offences=[(code, visit.say(each.label)) for code, each in OFFENCES.items()],
    )


def _origin(visit: Visit, form: Form, status: int = 200) -> Response[str]:
    title = visit.say("Review of contact with a state of origin")
    partner = form.text("partner", longest=200)
    return visit.page(
        "pages/requests_origin.html",
        title=title,
        active="requests",
        crumbs=((visit.say("Requests"), "/requests"), (title, "")),
        form=form,
        reasons=reasons_in(form),
        status=status,
        name=names_of_partners(visit).get(partner, partner),
        partners=_partners(visit, capital=False),
    )


def _of_partner(error: LiaisonError) -> LiaisonError:
    if isinstance(error, NotFound):
        return BadInput("there is no such partner", field="partner", hint="choose one of the list")
    return error


def _of_record(error: LiaisonError) -> LiaisonError:
    if isinstance(error, NotFound | Erased):
        return BadInput("there is no such record or partner", field="holding", hint="give the record's id")
    return error


ROUTES = (assurances, assure, origins, review, ask, tell)
