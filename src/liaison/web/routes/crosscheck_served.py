"""The holder's side of cross-checks on the screen: whom this node answered, its own sets, and partners' sets here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode

from litestar import Response

from liaison.crosscheck.asker.overview import kept_sets
from liaison.crosscheck.holder import holding
from liaison.crosscheck.holder.epochs import EpochState
from liaison.crosscheck.holder.holding import OwnSet, PartnerMeter, Served
from liaison.crosscheck.messages import Of
from liaison.model.errors import NotFound
from liaison.web.context import Visit
from liaison.web.crosschecked import EPOCHS, LEFT_OUT, PLACE, SERVES, knows_of_served, signed_words, tabs_of
from liaison.web.partnered import origin_in
from liaison.web.requested import names_of_partners, offence_words, purpose_words
from liaison.web.routes.crosscheck import ACTIVE
from liaison.web.routes.holdings import CATEGORIES
from liaison.web.routes.partners import as_file
from liaison.web.routing import page

SERVED, SETS = f"{PLACE}/served", f"{PLACE}/sets"
SLASH = "~"  # stands for the slash of an origin in an address


@dataclass(frozen=True, slots=True)
class Line:
    """One session in the list."""

    served: Served
    href: str


@dataclass(frozen=True, slots=True)
class MeterLine:
    """What one partner used of an epoch."""

    name: str
    used: int
    whole: int
    left: int
    renewed: datetime


@dataclass(frozen=True, slots=True)
class SetShown:
    """One of this node's sets, in words."""

    held: OwnSet
    title: str
    state: tuple[str, str]
    rows: list[tuple[str, str]]
    left_out: list[tuple[str, int]]
    left: int


@page(SERVED, audience=SERVES)
def crosschecks_served(visit: Visit, after: str = "", partner: str = "") -> Response[str]:
    """Cross-checks that partners made here, and what each may still ask."""
    found = holding.served(visit.office, visit.actor, partner=partner, after=after)
    names = names_of_partners(visit)
    going_on = {"after": found.next} | ({"partner": partner} if partner else {})
    return visit.page(
        "pages/crosschecks_served.html",
        title=visit.say("Answered for partners"),
        active=ACTIVE,
        crumbs=((visit.say("Cross-checks"), PLACE), (visit.say("Answered for partners"), "")),
        tabs=tabs_of(visit, SERVED),
        served=[Line(each, place_of(each)) for each in found.entries],
        names=names,
        meters=[_meter(visit, each, names) for each in holding.meters(visit.office, visit.actor)],
        older=f"{SERVED}?{urlencode(going_on)}" if found.next else "",
    )


@page(SERVED + "/{origin:str}/{served_id:str}", audience=SERVES)
def crosscheck_served(visit: Visit, origin: str, served_id: str) -> Response[str]:
    """One session of a partner's, with its receipt."""
    whole = holding.served_one(visit.office, visit.actor, origin_in(origin), served_id)
    session = whole.session
    name = names_of_partners(visit).get(session.partner, session.partner)
    none = visit.say("None")
    rows = [
        (visit.say("Partner"), f"{name} ({session.partner})"),
        (visit.say("Their officer"), session.officer),
        (visit.say("Second person"), session.second or none),
        (visit.say("Their case"), session.reference),
        (visit.say("Purpose"), purpose_words(visit, session.purpose.value)),
        (visit.say("Offence"), offence_words(visit, session.offence)),
        (visit.say("Legal basis"), session.basis),
        (visit.say("Subjects, as they say"), str(whole.subjects)),
        (visit.say("Points"), f"{session.points} / {whole.all_points}"),
        (visit.say("An authority countersigned"), whole.authority or none),
        (visit.say("Digest of all points"), whole.whole),
    ]
    return visit.page(
        "pages/crosscheck_served.html",
        title=visit.say("A cross-check of %(name)s", name=name),
        active=ACTIVE,
        crumbs=(
            (visit.say("Cross-checks"), PLACE),
            (visit.say("Answered for partners"), SERVED),
            (name, ""),
        ),
        rows=rows,
        session=session,
        batches=whole.batches,
        knows=knows_of_served(visit),
        receipt=bool(whole.ours),
        signed=signed_words(visit, whole.ours, whole.theirs),
        href=f"{place_of(session)}/receipt",
    )


@page(SERVED + "/{origin:str}/{served_id:str}/receipt", audience=SERVES)
def crosscheck_served_receipt(visit: Visit, origin: str, served_id: str) -> Response[Any]:
    """The receipt of one session, as both sides signed it."""
    whole = holding.served_one(visit.office, visit.actor, origin_in(origin), served_id)
    if not whole.ours:
        raise NotFound
    return as_file(f"{whole.theirs}\n{whole.ours}\n", f"liaison-receipt-{served_id}.txt")


@page(SETS, audience=SERVES)
def crosscheck_sets(visit: Visit) -> Response[str]:
    """This node's own sets, and those of partners that are kept here."""
    own = holding.own_sets(visit.office, visit.actor)
    names = names_of_partners(visit)
    return visit.page(
        "pages/crosschecks_sets.html",
        title=visit.say("Sets"),
        active=ACTIVE,
        crumbs=((visit.say("Cross-checks"), PLACE), (visit.say("Sets"), "")),
        tabs=tabs_of(visit, SETS),
        own=[_set(visit, each, names) for each in own],
        held=kept_sets(visit.office, visit.actor),
        names=names,
        making=any(each.state is EpochState.MAKING for each in own),
    )


def place_of(served: Served) -> str:
    """The address of a session that was answered."""
    return f"{SERVED}/{served.partner.replace('/', SLASH)}/{quote(served.session, safe='')}"


def _meter(visit: Visit, one: PartnerMeter, names: dict[str, str]) -> MeterLine:
    name = names.get(one.partner, one.partner)
    if one.of is Of.ACTIONS:
        name = visit.say("%(name)s: planned actions", name=name)
    return MeterLine(name, one.used, one.points, one.left, one.ends)


def _set(visit: Visit, one: OwnSet, names: dict[str, str]) -> SetShown:
    of = visit.say("Records") if one.of is Of.RECORDS else visit.say("Planned actions")
    partners = ", ".join(names.get(each, each) for each in one.partners) or "–"
    whom = [visit.say(CATEGORIES[each]) for each in one.categories]
    if one.things:
        whom.append(visit.say("documents, vehicles, telephones, accounts"))
    changes = visit.say("Published within the epoch") if one.changes else visit.say("Only with the next key")
    words, tone = EPOCHS[one.state]
    return SetShown(
        one,
        visit.say("%(of)s, key %(number)s", of=of, number=one.number),
        (visit.say(words), tone),
        [(visit.say("Partners who may ask"), partners)]
        if one.of is Of.ACTIONS
        else [
            (visit.say("Who and what is compared"), "; ".join(whom) or "–"),
            (visit.say("Partners who may ask"), partners),
            (visit.say("New records"), changes),
        ],
        [(visit.say(LEFT_OUT[why]), count) for why, count in one.left_out],
        sum(count for _, count in one.left_out),
    )


ROUTES = (crosschecks_served, crosscheck_served, crosscheck_served_receipt, crosscheck_sets)
