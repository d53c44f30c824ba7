"""One partner: its keys, agreements and letters, what was cosigned, and what an administrator does about it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from litestar import Response

from liaison.model.errors import BadInput, Conflict, NotFound, NotLawful
from liaison.partners import reading, service
from liaison.partners.agreement import LONGEST
from liaison.partners.reading import PartnerView
from liaison.partners.rules import AgreementState, CardState, Lane, PartnerState
from liaison.transport.partnering import letters_under, numbers_taken
from liaison.transport.refusals import refusals
from liaison.web.context import Visit
from liaison.web.forms import Form
from liaison.web.language import later
from liaison.web.partnered import (
    AGREEMENTS,
    AGREES,
    CARDS,
    DELIVERED,
    LANES,
    LETTERS,
    PAIRS,
    READS,
    REFUSED,
    STATES,
    agreement_rows,
    backlogs_by_origin,
    can_do,
    fault_of,
    origin_in,
    place_of,
    said,
    spoken,
)
from liaison.web.refusals import reasons_in
from liaison.web.routes.partners import LEADS, as_file, qr_of
from liaison.web.routing import act, page
from liaison.web.supplied import names_of_nodes

Refusals = (BadInput, Conflict, NotLawful)
ID = re.compile(r"partner-[0-9a-z]{26,}")  # as notices name a partner
SHOWN = 200  # letters of a page
MOST = 10**12  # a number that no lane comes to
KEY = re.compile(r"[0-9a-f]{16}")


@page("/partners/{origin:str}", audience=READS)
def partner(visit: Visit, origin: str) -> Response[Any]:
    """One partner."""
    if ID.fullmatch(origin):
        return visit.go(place_of(reading.origin_of(visit.office, visit.actor, origin)))
    return shown(visit, origin, Form())


@page("/partners/{origin:str}/agreements/{digest:str}", audience=READS)
def agreement(visit: Visit, origin: str, digest: str) -> Response[Any]:
    """An agreement as a file, with the signatures that it has, to be sent to the partner."""
    view = reading.shown(visit.office, visit.actor, origin_in(origin))
    for each in view.agreements:
        if each.agreement.digest == digest:
            return as_file(each.text, f"liaison-agreement-{each.agreement.number}.txt")
    raise NotFound


@page("/partners/{origin:str}/letters", audience=PAIRS)
def letters(visit: Visit, origin: str, key: str = "") -> Response[str]:
    """Everything received under a key of a partner's, or sent to it: what a stolen key could touch."""
    view = reading.shown(visit.office, visit.actor, origin_in(origin))
    ours = {each.document_id for each in view.cards}
    chosen = key if KEY.fullmatch(key) and key in ours else view.cards[0].document_id
    found = letters_under(visit.office, visit.actor, chosen)
    return visit.page(
        "pages/partner_letters.html",
        title=visit.say("Letters"),
        active=LEADS,
        crumbs=_crumbs(visit, view, visit.say("Letters")),
        place=place_of(view.row.origin),
        keys=[(each.document_id, f"{each.generation} · {each.document_id}") for each in view.cards],
        chosen=chosen,
        total=len(found),
        to_review=sum(each.review for each in found),
        letters=found[::-1][:SHOWN],
        lanes={lane: visit.say(words) for lane, words in LANES.items()},
        kinds={kind: visit.say(words) for kind, words in LETTERS.items()},
        states=said(visit, DELIVERED),
    )


@page("/partners/{origin:str}/revoke", audience=PAIRS)
def ask_to_revoke(visit: Visit, origin: str) -> Response[str]:
    """Whether a partner, or one generation of its keys, is truly to be revoked."""
    return _revoke(visit, origin, Form())


@act("/partners/{origin:str}/revoke", audience=PAIRS)
def revoke(visit: Visit, origin: str, form: Form) -> Response[Any]:
    """Revoke a partner, or one generation of its keys from a number on, with a reason."""
    office, actor, name = visit.office, visit.actor, origin_in(origin)
    try:
        reason = form.needed("reason")
        if not form.ticked("sure"):
            raise BadInput(later("nothing is revoked yet"), field="sure", hint="tick the box to revoke it")
        if form.text("what", longest=20) == "partner":
            service.revoke(office, actor, name, reason)
        else:
            last = {lane: form.number(lane.value, 0, MOST) for lane in Lane}
            service.revoke_card(office, actor, name, form.number("what", 1, 10**6), last, reason)
    except Refusals as error:
        return _revoke(visit, origin, form.refused(error), error.status)
    return visit.go(place_of(name), "partner-revoked")


def shown(visit: Visit, origin: str, form: Form, status: int = 200, doing: str = "") -> Response[str]:
    """A partner's page, with what was wrong with the form of it that is for `doing`. Raises NotFound."""
    view = reading.shown(visit.office, visit.actor, origin_in(origin))
    row, backlog = view.row, backlogs_by_origin(visit).get(view.row.origin)
    signed = view.partner.generations[0].signed
    return visit.page(
        "pages/partner.html",
        title=row.name,
        active=LEADS,
        crumbs=((visit.say("Partners"), "/partners"), (row.name, "")),
        form=form,
        reasons=reasons_in(form),
        status=status,
        view=view,
        row=row,
        limit=LONGEST,
        doing=doing,
        can=can_do(visit, view.capabilities),
        speaks=spoken(view.languages),
        names=names_of_nodes(visit),
        place=place_of(row.origin),
        state=said(visit, STATES)[row.state],
        groups=row.fingerprint.split(),
        qr=qr_of(signed),
        backlog=backlog,
        fault=fault_of(visit, backlog),
        refused=[
            (visit.say(REFUSED[each.code]), each) for each in refusals(visit.office, visit.actor, row.origin)
        ],
        cards=said(visit, CARDS),
        agreements=[
            (each, agreement_rows(visit, each.agreement), said(visit, AGREEMENTS)[each.state])
            for each in view.agreements
        ],
        in_force=any(each.state is AgreementState.IN_FORCE for each in view.agreements),
        revoked=row.state is PartnerState.REVOKED,
        pairs=visit.may(PAIRS),
        agrees=visit.may(AGREES),
        ours=_ours_cosigned(visit, row.origin),
        theirs=visit.node.correspondence.signed_of(row.origin),
        head=visit.node.head(),
    )


def _ours_cosigned(visit: Visit, origin: str) -> bool:
    """Whether the partner has signed our last head."""
    head = visit.node.head()
    return head is not None and origin in visit.node.correspondence.cosigned(head.checkpoint.size)


def _revoke(visit: Visit, origin: str, form: Form, status: int = 200) -> Response[str]:
    view = reading.shown(visit.office, visit.actor, origin_in(origin))
    taken = numbers_taken(visit.office, visit.actor, view.row.origin)
    choices = [("partner", visit.say("The partner: every key, and every agreement"))]
    choices += [
        (
            str(each.generation),
            visit.say(
                "Keys of generation %(number)s alone: %(key)s", number=each.generation, key=each.document_id
            ),
        )
        for each in view.cards
        if each.state is not CardState.REVOKED
    ]
    return visit.page(
        "pages/partner_revoke.html",
        title=visit.say("Revoke %(partner)s", partner=view.row.name),
        active=LEADS,
        crumbs=_crumbs(visit, view, visit.say("Revoke")),
        form=form,
        reasons=reasons_in(form),
        status=status,
        place=place_of(view.row.origin),
        choices=choices,
        lanes=[(lane.value, visit.say(words), taken[lane]) for lane, words in LANES.items()],
    )


def _crumbs(visit: Visit, view: PartnerView, here: str) -> tuple[tuple[str, str], ...]:
    return (visit.say("Partners"), "/partners"), (view.row.name, place_of(view.row.origin)), (here, "")


def attempt(visit: Visit, origin: str, form: Form, work: Callable[[str], None], done: str) -> Response[Any]:
    """Do something about a partner, then show its page; or show what was wrong."""
    name = origin_in(origin)
    try:
        work(name)
    except Refusals as error:
        return shown(visit, origin, form.refused(error), error.status, done)
    return visit.go(place_of(name), done)


ROUTES = (partner, agreement, letters, ask_to_revoke, revoke)
