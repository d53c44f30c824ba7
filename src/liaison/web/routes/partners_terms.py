"""Agreements with a partner: proposed, taken from a file, signed, offered over the network, ended."""

from __future__ import annotations

import datetime as dt
from typing import Any

from litestar import Response

from liaison.model.categories import Category
from liaison.model.errors import BadInput, Conflict, NotFound, NotLawful
from liaison.model.grounds import Purpose
from liaison.model.handling import Handling, HandlingCode
from liaison.node import partnership
from liaison.partners import reading, service
from liaison.partners.agreement import LONGEST, Agreement, Cap, Gateway, GatewayKind, read_agreement
from liaison.partners.service import Terms, View
from liaison.transport.channel import Unreachable
from liaison.web.compared import COMPARING, compared_offered, comparison_fields, comparison_in
from liaison.web.context import Visit
from liaison.web.forms import Form
from liaison.web.language import later
from liaison.web.partnered import (
    AGREES,
    EXCHANGES,
    GATEWAYS,
    offences_offered,
    origin_in,
    place_of,
    purposes_offered,
)
from liaison.web.refusals import reasons_in
from liaison.web.requested import HANDLING
from liaison.web.routes.holdings import CATEGORIES
from liaison.web.routes.partners import LEADS, text_of
from liaison.web.routes.partners_one import attempt
from liaison.web.routing import act, page

Refusals = (BadInput, Conflict, NotLawful)
KEPT_DAYS, QUOTA, YEAR = 1_825, 2_000, 365
MOST_DAYS, MOST_QUOTA = 36_525, 1_000_000
MIDNIGHT = dt.time(tzinfo=dt.UTC)


@page("/partners/{origin:str}/propose", audience=AGREES)
def new_terms(visit: Visit, origin: str) -> Response[str]:
    """The form for a proposal; where an agreement is in force, it begins with what that says."""
    view = reading.shown(visit.office, visit.actor, origin_in(origin))
    agreed = view.partner.agreement
    today = visit.office.now().date()
    return _new_terms(visit, origin, form_of(agreed) if agreed else _empty(visit, today))


@act("/partners/{origin:str}/propose", audience=AGREES)
def propose(visit: Visit, origin: str, form: Form) -> Response[Any]:
    """Propose an agreement, signed by this side."""
    try:
        service.propose(
            visit.office,
            visit.actor,
            visit.node.signers[0],
            origin_in(origin),
            terms_in(form),
            form.text("assessment", longest=200),
        )
    except Refusals as error:
        return _new_terms(visit, origin, form.refused(error), error.status)
    return visit.go(place_of(origin_in(origin)), "agreement-proposed")


@act("/partners/{origin:str}/agreement", audience=AGREES)
def receive(visit: Visit, origin: str, form: Form) -> Response[Any]:
    """Take an agreement that the partner sent as a file."""

    def work(name: str) -> None:
        own, given = visit.node.signers[0], read_agreement(text_of(form, "agreement", LONGEST))
        service.receive(visit.office, visit.actor, own.verifier.vkey, name, given.text)

    return attempt(visit, origin, form, work, "agreement-taken")


@act("/partners/{origin:str}/sign", audience=AGREES)
def sign(visit: Visit, origin: str, form: Form) -> Response[Any]:
    """Sign what the partner proposed, once the box says that it was read."""

    def work(name: str) -> None:
        if not form.ticked("read"):
            raise BadInput(later("it is not signed yet"), field="read", hint="read it, and tick the box")
        digest, assessment = form.needed("digest", longest=64), form.text("assessment", longest=200)
        service.sign(visit.office, visit.actor, visit.node.signers[0], name, digest, assessment)

    return attempt(visit, origin, form, work, "agreement-signed")


@act("/partners/{origin:str}/offer", audience=AGREES)
def offer(visit: Visit, origin: str, form: Form) -> Response[Any]:
    """Send an agreement over the network to a partner that has this node's card."""

    def work(name: str) -> None:
        wanted = form.needed("digest", longest=64)
        known = reading.shown(visit.office, visit.actor, name).agreements
        texts = [each.text for each in known if each.agreement.digest == wanted]
        if not texts:
            raise NotFound
        try:
            partnership.offer(visit.node, name, read_agreement(texts[0]))
        except Unreachable as error:
            raise Conflict(
                f"the partner could not be reached: {error}", hint="try again, or send it as a file"
            ) from error

    return attempt(visit, origin, form, work, "agreement-offered")


@act("/partners/{origin:str}/end", audience=AGREES)
def end(visit: Visit, origin: str, form: Form) -> Response[Any]:
    """End the agreement: nothing passes until a new one is signed."""

    def work(name: str) -> None:
        if not form.ticked("sure"):
            raise BadInput(later("the agreement still stands"), field="sure", hint="tick the box to end it")
        service.end(visit.office, visit.actor, name)

    return attempt(visit, origin, form, work, "agreement-ended")


@act("/partners/{origin:str}/assess", audience=AGREES)
def assess(visit: Visit, origin: str, form: Form) -> Response[Any]:
    """Set this node's own view of a partner, which it tells nobody."""

    def work(name: str) -> None:
        view = View(capital=form.ticked("capital"), state_of_origin=form.ticked("fled"))
        service.assess(visit.office, visit.actor, name, view, form.text("assessment", longest=200))

    return attempt(visit, origin, form, work, "partner-assessed")


def terms_in(form: Form) -> Terms:
    """The terms that a form holds. Raises BadInput with the field."""
    codes = tuple(form.all_chosen("handling", HandlingCode)) or (HandlingCode.H0,)
    expires = form.date("expires")
    caps = [Cap(days=form.number("days", 1, MOST_DAYS))]
    for each in Category:
        if form.text(f"days-{each.value}", longest=8):
            caps.append(Cap(days=form.number(f"days-{each.value}", 1, MOST_DAYS), category=each))
    languages = form.needed("languages", longest=200).replace(",", " ").split()
    return Terms(
        tuple(form.all_chosen("purposes", Purpose)),
        tuple(form.all("offences")),
        tuple(form.all("exchanges")),
        Gateway(
            kind=form.chosen("kind", GatewayKind),
            reference=form.needed("reference", longest=400),
            expires=dt.datetime.combine(expires, MIDNIGHT) if expires else None,
        ),
        form.number("quota", 1, MOST_QUOTA),
        Handling(codes=codes, restriction=form.text("restriction", longest=400)),
        tuple(languages),
        tuple(caps),
        comparison_in(form),
    )


def form_of(agreed: Agreement) -> Form:
    """A form that holds what an agreement says, to be renewed; its end is asked for anew."""
    fields = {
        "purposes": [each.value for each in agreed.purposes],
        "offences": list(agreed.offences),
        "exchanges": list(agreed.exchanges),
        "kind": [agreed.gateway.kind.value],
        "reference": [agreed.gateway.reference],
        "quota": [str(agreed.quota)],
        "handling": [code.value for code in agreed.handling.codes],
        "restriction": [agreed.handling.restriction],
        "languages": [", ".join(agreed.languages)],
    }
    for cap in agreed.caps:
        fields[f"days-{cap.category.value}" if cap.category else "days"] = [str(cap.days)]
    return Form(fields | comparison_fields(agreed.crosscheck or COMPARING))


def _empty(visit: Visit, today: dt.date) -> Form:
    end = today + dt.timedelta(days=YEAR)
    return Form(
        {
            "exchanges": ["records"],
            "handling": ["H0"],
            "quota": [str(QUOTA)],
            "days": [str(KEPT_DAYS)],
            "languages": [", ".join(visit.settings.languages)],
            "expires-day": [str(end.day)],
            "expires-month": [str(end.month)],
            "expires-year": [str(end.year)],
            **comparison_fields(COMPARING),
        }
    )


def _new_terms(visit: Visit, origin: str, form: Form, status: int = 200) -> Response[str]:
    view = reading.shown(visit.office, visit.actor, origin_in(origin))
    place = place_of(view.row.origin)
    agreed = view.partner.agreement
    title = visit.say("Renew the agreement") if agreed else visit.say("Propose an agreement")
    return visit.page(
        "pages/partner_terms.html",
        title=title,
        active=LEADS,
        crumbs=((visit.say("Partners"), "/partners"), (view.row.name, place), (title, "")),
        form=form,
        reasons=reasons_in(form),
        status=status,
        place=place,
        purposes=purposes_offered(visit),
        offences=offences_offered(visit),
        exchanges=[(code, visit.say(words)) for code, words in EXCHANGES.items()],
        kinds=[(kind.value, visit.say(words)) for kind, words in GATEWAYS.items()],
        codes=[(code.value, visit.say(words)) for code, words in HANDLING.items()],
        categories=[(one.value, visit.say(words)) for one, words in CATEGORIES.items()],
        compared=compared_offered(visit),
    )


ROUTES = (new_terms, propose, receive, sign, offer, end, assess)
