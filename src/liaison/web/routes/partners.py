"""Partners: the list, taking another node's card, this node's own card and keys."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from litestar import Response
from markupsafe import Markup

from liaison.model.errors import BadInput, Conflict, NotLawful
from liaison.node import partnership
from liaison.partners import reading, service
from liaison.partners.cards import LONGEST_CARD, SignedCard
from liaison.partners.qr import qr_svg
from liaison.partners.rules import WARN_BEFORE, PartnerState
from liaison.web.context import Visit
from liaison.web.forms import Form
from liaison.web.language import later
from liaison.web.paging import Listed
from liaison.web.partnered import (
    AGREES,
    PAIRS,
    READS,
    STATES,
    backlogs_by_origin,
    can_do,
    fault_of,
    place_of,
    said,
    spoken,
)
from liaison.web.refusals import reasons_in
from liaison.web.routing import act, look, page

Refusals = (BadInput, Conflict, NotLawful)
LEADS = "partners"


@page("/partners", audience=READS)
def partners(visit: Visit) -> Response[str]:
    """Every partner: how it stands, until when, and whether letters reach it."""
    backlogs = backlogs_by_origin(visit)
    now, rows = visit.office.now(), []
    for each in reading.listed(visit.office, visit.actor):
        backlog = backlogs.get(each.origin)
        soon = each.expires is not None and now <= each.expires <= now + WARN_BEFORE
        rows.append(
            {
                "row": each,
                "href": place_of(each.origin),
                "soon": soon and each.state is PartnerState.ACTIVE,
                "backlog": backlog,
                "fault": fault_of(visit, backlog),
            }
        )
    return visit.page(
        "pages/partners.html",
        title=visit.say("Partners"),
        active=LEADS,
        partners=rows,
        states=said(visit, STATES),
        pairs=visit.may(PAIRS),
        agrees=visit.may(AGREES),
    )


@page("/partners/add", audience=PAIRS)
def new_partner(visit: Visit) -> Response[str]:
    """The form for another node's card."""
    return _new_partner(visit, Form())


@act("/partners/add", audience=PAIRS)
def add_partner(visit: Visit, form: Form) -> Response[Any]:
    """Take another node's card, once its fingerprint is the one that was read aloud."""
    try:
        given = service.Pairing(
            text_of(form, "card", LONGEST_CARD),
            form.needed("fingerprint", longest=400),
            form.text("name", longest=160),
            form.text("contact", longest=500),
        )
        vkey = visit.node.signers[0].verifier.vkey
        found = service.pair(visit.office, visit.actor, vkey, visit.settings.federation, given)
    except Refusals as error:
        return _new_partner(visit, form.refused(error), error.status)
    return visit.go(place_of(found.origin), "partner-taken")


@page("/partners/own", audience=PAIRS)
def own_card(visit: Visit) -> Response[str]:
    """This node's own card: to be downloaded, and its fingerprint to be read aloud."""
    signed = partnership.card(visit.node, visit.actor)
    return visit.page(
        "pages/partners_own.html",
        title=visit.say("Our own card"),
        active=LEADS,
        crumbs=((visit.say("Partners"), "/partners"), (visit.say("Our own card"), "")),
        card=signed.card,
        groups=signed.card.fingerprint.split(),
        can=can_do(visit, signed.card.capabilities),
        speaks=spoken(signed.card.languages),
        qr=qr_of(signed),
    )


@page("/partners/own/card", audience=PAIRS)
def download_card(visit: Visit) -> Response[str]:
    """This node's own card as a file; there is nothing secret in it."""
    signed = partnership.card(visit.node, visit.actor)
    return as_file(signed.text, "liaison-card.txt")


@page("/partners/own/rotate", audience=PAIRS)
def ask_to_rotate(visit: Visit) -> Response[str]:
    """Whether new keys are truly wanted."""
    return _rotate(visit, Form())


@act("/partners/own/rotate", audience=PAIRS)
def rotate(visit: Visit, form: Form) -> Response[Any]:
    """Go over to new keys, once the box that says so is ticked."""
    try:
        if not form.ticked("sure"):
            raise BadInput(
                later("the keys are not renewed yet"), field="sure", hint="tick the box to renew them"
            )
        partnership.rotate(visit.node, visit.actor)
    except Refusals as error:
        return _rotate(visit, form.refused(error), error.status)
    return visit.go("/partners/own", "keys-rotated")


def as_file(text: str, name: str) -> Response[Any]:
    """A text as a file that the browser keeps."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(text, media_type="text/plain; charset=utf-8", headers=headers)


def qr_of(signed: SignedCard) -> Markup:
    """The QR code of a card's fingerprint, drawn by this program alone."""
    return Markup(qr_svg(signed))


def text_of(form: Form, name: str, longest: int) -> str:
    """A text that was pasted, or that of a file that was chosen. Raises BadInput."""
    sent = form.files.get(f"{name}_file")
    if sent is None or not sent.filename:
        return form.needed(name, longest=longest)
    content = sent.file.read(longest + 1)
    if len(content) > longest:
        raise BadInput(
            later("the file is too long for what it should be"), field=name, hint="choose another one"
        )
    try:
        return content.decode()
    except UnicodeDecodeError:
        raise BadInput(later("the file is no text"), field=name, hint="choose another one") from None


def _new_partner(visit: Visit, form: Form, status: int = 200) -> Response[str]:
    return visit.page(
        "pages/partners_add.html",
        title=visit.say("Add a partner"),
        active=LEADS,
        crumbs=((visit.say("Partners"), "/partners"), (visit.say("Add a partner"), "")),
        form=form,
        reasons=reasons_in(form),
        status=status,
        limit=LONGEST_CARD,
    )


def _rotate(visit: Visit, form: Form, status: int = 200) -> Response[str]:
    return visit.page(
        "pages/partners_rotate.html",
        title=visit.say("Renew our keys"),
        active=LEADS,
        crumbs=(
            (visit.say("Partners"), "/partners"),
            (visit.say("Our own card"), "/partners/own"),
            (visit.say("Renew our keys"), ""),
        ),
        form=form,
        reasons=reasons_in(form),
        status=status,
        generation=visit.node.own.generation,
    )


class PartnerOut(msgspec.Struct, frozen=True, kw_only=True):
    """A partner. `expires` is the end of its gateway, `letters` wait for it, `fault` is why it is not reached."""

    origin: str
    name: str
    agency: str
    state: PartnerState
    expires: datetime | None
    to_sign: int
    letters: int
    oldest: datetime | None
    reached: datetime | None
    fault: str


@look("/partners", audience=READS, tags=["partners"])
def api_partners(visit: Visit) -> Listed[PartnerOut]:
    """Every partner, by name."""
    backlogs = backlogs_by_origin(visit)
    found = []
    for each in reading.listed(visit.office, visit.actor):
        backlog = backlogs.get(each.origin)
        found.append(
            PartnerOut(
                origin=each.origin,
                name=each.name,
                agency=each.agency,
                state=each.state,
                expires=each.expires,
                to_sign=each.waiting,
                letters=backlog.waiting if backlog else 0,
                oldest=backlog.oldest if backlog else None,
                reached=backlog.succeeded if backlog else None,
                fault=backlog.fault if backlog else "",
            )
        )
    return Listed(found)


ROUTES = (
    partners,
    new_partner,
    add_partner,
    own_card,
    download_card,
    ask_to_rotate,
    rotate,
    api_partners,
)
