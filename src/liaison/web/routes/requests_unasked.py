"""Supplying records to a partner that did not ask: what would go and what would not is shown before it goes."""

from __future__ import annotations

from typing import Any

from litestar import Response

from liaison.assistance import spontaneous
from liaison.assistance.spontaneous import Giving, Weighed
from liaison.model.errors import BadInput, Conflict, LiaisonError, NotFound, NotLawful
from liaison.model.handling import Handling, HandlingCode
from liaison.model.roles import Capability
from liaison.partners.rules import LinkClosed
from liaison.web.context import Visit
from liaison.web.footing import grounds_in, grounds_offered
from liaison.web.forms import Form
from liaison.web.refusals import reasons_in
from liaison.web.requested import HANDLING, names_of_partners, offence_words, partners_to_ask, purpose_words
from liaison.web.routing import act, page
from liaison.web.sure import COUNT, SURE, agreed

PLACE, NEW = "/requests/unasked", "/requests/unasked/new"
GIVES = Capability.DISCLOSE
Refusals = (BadInput, Conflict, LinkClosed, NotFound, NotLawful)


@page(NEW, audience=GIVES)
def new_unasked(visit: Visit, holding: str = "", case: str = "") -> Response[str]:
    """The form to supply records unasked, from the page of a record or of a case."""
    offered = [given.id for _, given in grounds_in(visit, case)] if case else []
    fields = {"holdings": [holding[:100]], "grounds": offered[:1], "handling": [HandlingCode.H0.value]}
    return _page(visit, Form(fields))


@act(NEW, audience=GIVES)
def give(visit: Visit, form: Form) -> Response[Any]:
    """Show what would go and what would be kept back; supply it once the person agreed to that."""
    try:
        giving = giving_in(form)
        weighed = spontaneous.weigh(visit.office, visit.actor, giving)
        going = sum(not against for against in weighed.against.values())
        if not going or not agreed(form, going):
            return _page(visit, form, giving=giving, weighed=weighed, going=going)
        given, withheld = spontaneous.give(visit.office, visit.node.means, visit.actor, giving)
    except Refusals as error:
        told = _of_ours(error)
        return _page(visit, form.refused(told), told.status)
    return visit.go(f"{PLACE}/{given}", "supplied-in-part" if withheld else "supplied-unasked")


def giving_in(form: Form) -> Giving:
    """What a form says is to be supplied. Raises BadInput with the field."""
    codes = tuple(form.all_chosen("handling", HandlingCode))
    return Giving(
        partner=form.needed("partner", longest=200),
        holdings=tuple(dict.fromkeys(form.text("holdings", longest=20_000).split())),
        grounds=form.needed("grounds", longest=80),
        reason=form.needed("reason"),
        handling=Handling(codes=codes, restriction=form.text("restriction")) if codes else None,
        urgent=form.ticked("urgent"),
    )


def _page(
    visit: Visit,
    form: Form,
    status: int = 200,
    *,
    giving: Giving | None = None,
    weighed: Weighed | None = None,
    going: int = 0,
) -> Response[str]:
    title = visit.say("Supply unasked")
    names = names_of_partners(visit)
    return visit.page(
        "pages/requests_unasked_new.html",
        title=title,
        active="requests",
        crumbs=((visit.say("Supplied unasked"), PLACE), (title, "")),
        form=form,
        reasons=reasons_in(form),
        status=status,
        partners=[(each.origin, each.name or each.agency) for each in partners_to_ask(visit)],
        offered=grounds_offered(visit),
        handling=[(code.value, visit.say(words)) for code, words in HANDLING.items()],
        giving=giving,
        weighed=weighed,
        going=going,
        partner=names.get(giving.partner, giving.partner) if giving else "",
        purpose=purpose_words(visit, weighed.purpose) if weighed else "",
        offence=offence_words(visit, weighed.safeguards.offence) if weighed else "",
        safeguards=weighed.safeguards if weighed else None,
        fields=[
            (name, value)
            for name, values in form.fields.items()
            if name not in (SURE, COUNT)
            for value in values
        ],
        changed=form.ticked(SURE),
        sure=SURE,
        counted=COUNT,
        here=NEW,
        signs=visit.may(Capability.SUPERVISE),
    )


def _of_ours(error: LiaisonError) -> LiaisonError:
    if isinstance(error, NotFound):
        return BadInput(
            "the grounds are not yours, or there is no such partner",
            field="grounds",
            hint="choose from the lists",
        )
    return error


ROUTES = (new_unasked, give)
