"""Private cross-checks on the screen: what was asked, what may still be asked, and a new one before it is asked."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from litestar import Response

from liaison.crosscheck.asker import drafting, reading
from liaison.crosscheck.asker.drafting import Order
from liaison.crosscheck.messages import Kind
from liaison.model.errors import BadInput, Conflict, LiaisonError, NotFound, NotLawful, TooMany, UnusableFile
from liaison.officers.people import names_of
from liaison.partners.rules import LinkClosed
from liaison.policy import limits
from liaison.screening.cases import cases_of
from liaison.screening.list_rules import LARGEST_PASTE, table_of
from liaison.web.context import Visit
from liaison.web.crosschecked import (
    ASKS,
    KINDS,
    PLACE,
    READS,
    SERVES,
    askable,
    learn,
    partners_offered,
    tabs_of,
    warned,
    words_of,
)
from liaison.web.drafts import date_parts
from liaison.web.footing import grounds_in, grounds_offered
from liaison.web.forms import Form
from liaison.web.refusals import reasons_in
from liaison.web.routing import act, page

Refusals = (BadInput, Conflict, LinkClosed, NotFound, NotLawful, TooMany, UnusableFile)
ACTIVE = "crosschecks"
MIDNIGHT = dt.time(tzinfo=dt.UTC)


@dataclass(frozen=True, slots=True)
class Learns:
    """What one partner would learn of a cross-check, and what stands against asking it."""

    name: str
    said: str
    warning: str


@page(PLACE, audience=READS | SERVES)
def crosschecks(visit: Visit) -> Response[Any]:
    """The cross-checks of the person and their cases, and what partners may still be asked."""
    if not visit.may(*READS):
        return visit.go(f"{PLACE}/served")
    found = reading.sessions_of(visit.office, visit.actor)
    return visit.page(
        "pages/crosschecks.html",
        title=visit.say("Cross-checks"),
        active=ACTIVE,
        tabs=tabs_of(visit, PLACE),
        asks=visit.may(ASKS),
        sessions=found,
        quotas=askable(visit) if visit.may(ASKS) else [],
        names=names_of(visit.office, {one.person for one in found}),
        references=_references(visit) if found else {},
        **words_of(visit),
    )


@page(f"{PLACE}/new", audience=ASKS)
def new_crosscheck(visit: Visit) -> Response[str]:
    """The form for a cross-check."""
    return _new(visit, Form())


@act(f"{PLACE}/new", audience=ASKS, request_max_body_size=None)
def draft_crosscheck(visit: Visit, form: Form) -> Response[Any]:
    """Prepare a cross-check, or show what each partner would learn of it. Nothing leaves the node yet."""
    try:
        order = _order(form)
        if form.text("act", longest=10) == "look":
            return _new(visit, form, ahead=_ahead(visit, order))
        session = drafting.draft(visit.office, visit.actor, order)
    except Refusals as error:
        told = _of_grounds(error)
        return _new(visit, form.refused(told), status=told.status)
    return visit.go(f"{PLACE}/{session}", "crosscheck-drafted")


def _order(form: Form) -> Order:
    """What a form asks for. Raises BadInput with the field."""
    kind = form.chosen("kind", Kind)
    partners = tuple(form.all("partners"))
    if not partners:
        raise BadInput("no partner is chosen", field="partners", hint="tick at least one")
    until = form.date("until")
    if (kind is Kind.STANDING) != (until is not None):
        told = "say until when it stands" if until is None else "only what stands has an end"
        raise BadInput(told, field="until")
    sent = form.files.get("file")
    pasted, name = form.text("list", longest=LARGEST_PASTE), "pasted list"
    content = table_of(pasted) if pasted else b""
    if sent and sent.filename:
        content, name = sent.file.read(), sent.filename[:200]
    if not content:
        raise BadInput("nobody is asked about", field="list", hint="paste a list or send a file")
    return Order(
        grounds=form.needed("grounds", longest=80),
        partners=partners,
        kind=kind,
        title=form.text("title", longest=200),
        until=dt.datetime.combine(until, MIDNIGHT) if until else None,
        content=content,
        name=name,
    )


def _ahead(visit: Visit, order: Order) -> tuple[int, int, list[Learns]]:
    """How many subjects an order has, in how many rows something cannot be used, and what each partner would learn.

    Raises as drafting.
    """
    listed = drafting.read_order(order, visit.office.now().year)
    mine = {given.id: (reference, given.case) for reference, given in grounds_in(visit)}
    if order.grounds not in mine:
        raise NotFound
    reference, case = mine[order.grounds]
    count, subjects = len(listed.entries), [entry.subject for entry in listed.entries]
    told = reading.preview(visit.office, visit.actor, order.partners, subjects, case)
    return (
        count,
        len({bad.row for bad in listed.bad}),
        [
            Learns(each.name or each.partner, learn(visit, each, reference), warned(visit, each))
            for each in told
        ],
    )


def _references(visit: Visit) -> dict[str, str]:
    """References of the person's cases, by id; none to whoever has none."""
    return {held.id: held.reference for held in cases_of(visit.office, visit.actor, titles=False)}


def _of_grounds(error: LiaisonError) -> LiaisonError:
    """What is not the person's is what is not there."""
    if isinstance(error, NotFound):
        return BadInput(
            "these grounds or partners are not yours", field="grounds", hint="choose from those shown"
        )
    return error


def _new(
    visit: Visit, form: Form, ahead: tuple[int, int, list[Learns]] | None = None, status: int = 200
) -> Response[str]:
    sent = form.files.get("file")
    subjects, bad_rows, learns = ahead or (0, 0, [])
    law = limits(visit.office.regimes)
    return visit.page(
        "pages/crosscheck_new.html",
        title=visit.say("New cross-check"),
        active=ACTIVE,
        crumbs=((visit.say("Cross-checks"), PLACE), (visit.say("New"), "")),
        form=form,
        reasons=reasons_in(form),
        status=status,
        offered=grounds_offered(visit),
        partners=partners_offered(visit),
        kinds=[
            (kind.value, visit.say(words), visit.say(hint) if hint else "")
            for kind, (words, hint) in KINDS.items()
        ],
        until=date_parts(form, "until"),
        ahead=learns,
        bad_rows=bad_rows,
        subjects=subjects,
        sent_file=bool(sent and sent.filename),
        limit=visit.settings.upload_bytes,
        alone=law.bulk_persons,
        hours=int(law.bulk_window.total_seconds()) // 3600,
    )


ROUTES = (crosschecks, new_crosscheck, draft_crosscheck)
