"""Publishing to partners: collections, who reads them, and which records of ours are in them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any, TypeVar

from litestar import Response

from liaison.model.errors import BadInput, Conflict, Erased, NotFound, NotLawful
from liaison.model.roles import Capability
from liaison.partners.rules import LinkClosed
from liaison.supply import publishing as service
from liaison.supply.published import PUBLISHED, Collection
from liaison.supply.publishing import Opening, Order
from liaison.web.asked import SUBJECTS
from liaison.web.context import Visit
from liaison.web.footing import footing_of, grounds_offered
from liaison.web.forms import Form
from liaison.web.language import later
from liaison.web.refusals import reasons_in
from liaison.web.routes.received import ACTIVE
from liaison.web.routing import act, page
from liaison.web.supplied import (
    PUBLISHES,
    names_of_nodes,
    open_partners,
    tabs_of,
    words,
)

Refusals = (BadInput, Conflict, Erased, LinkClosed, NotLawful)
PLACE = "/published"
DISCLOSES, RECALLS, AGREES = Capability.DISCLOSE, Capability.RECALL, Capability.AGREE
FORMS = ("stix", "misp")
Some = TypeVar("Some")


@page(PLACE, audience=PUBLISHES)
def collections(visit: Visit) -> Response[str]:
    """The collections, and the form for a new one."""
    return _collections(visit, Form())


@act(PLACE, audience=AGREES)
def open_collection(visit: Visit, form: Form) -> Response[Any]:
    """Open a collection for partners."""
    try:
        opening = Opening(
            title=form.needed("title", longest=200),
            partners=tuple(form.all("partners")),
            assessment=form.text("assessment", longest=200),
            description=form.text("description", longest=2_000),
            writable=form.ticked("writable"),
        )
        made = service.open_collection(visit.office, visit.actor, opening)
    except Refusals as error:
        return _collections(visit, form.refused(error), error.status)
    return visit.go(f"{PLACE}/{made}", "collection-opened")


@page("/published/{shelf_id:str}", audience=PUBLISHES)
def collection(visit: Visit, shelf_id: str) -> Response[str]:
    """One collection: its partners, their programs, what is published in it."""
    return _collection(visit, shelf_id, Form())


@act("/published/{shelf_id:str}/publish", audience=DISCLOSES)
def publish(visit: Visit, shelf_id: str, form: Form) -> Response[Any]:
    """Publish a record of ours, for every partner of the collection at once."""

    def work() -> None:
        until = form.date("until")
        order = Order(
            collection=shelf_id,
            holding=form.needed("holding", longest=80),
            footing=_known("grounds", lambda: footing_of(visit, form.needed("grounds", longest=80))),
            forms=tuple(one for one in FORMS if one in chosen),
            words=form.text("words", longest=2_000),
            until=dt.datetime.combine(until, dt.time(tzinfo=dt.UTC)) if until else None,
        )
        _known("holding", lambda: service.publish(visit.office, visit.actor, order))

    chosen = form.all("forms")
    return _do(visit, shelf_id, form, work, "published")


@act("/published/{shelf_id:str}/withdraw", audience=RECALLS)
def withdraw(visit: Visit, shelf_id: str, form: Form) -> Response[Any]:
    """Take a publication back for every reader, with a reason."""

    def work() -> None:
        wanted = form.needed("publication", longest=80)
        service.withdraw(visit.office, visit.actor, wanted, form.text("reason"))

    return _do(visit, shelf_id, form, work, "unpublished")


@act("/published/{shelf_id:str}/readers", audience=AGREES)
def admit(visit: Visit, shelf_id: str, form: Form) -> Response[Any]:
    """Let an account of a partner's program read the collection."""
    office, actor = visit.office, visit.actor

    def work() -> None:
        account, origin = form.needed("account", longest=80), form.needed("partner", longest=200)
        assessment = form.text("assessment", longest=200)
        _known("account", lambda: service.admit(office, actor, shelf_id, account, origin, assessment))

    return _do(visit, shelf_id, form, work, "reader-admitted")


@act("/published/{shelf_id:str}/readers/end", audience=AGREES)
def expel(visit: Visit, shelf_id: str, form: Form) -> Response[Any]:
    """Let an account read the collection no more."""

    def work() -> None:
        service.expel(visit.office, visit.actor, shelf_id, form.needed("account", longest=80))

    return _do(visit, shelf_id, form, work, "reader-expelled")


def _known(field: str, work: Callable[[], Some]) -> Some:
    """What the work returns. Raises BadInput at this field where it finds nothing that the person may see."""
    try:
        return work()
    except NotFound:
        raise BadInput(
            later("there is none that you may see"), field=field, hint="copy it from its page, whole"
        ) from None


def _do(visit: Visit, shelf_id: str, form: Form, work: Callable[[], None], done: str) -> Response[Any]:
    try:
        work()
    except Refusals as error:
        return _collection(visit, shelf_id, form.refused(error), error.status, done)
    return visit.go(f"{PLACE}/{shelf_id}", done)


def _collections(visit: Visit, form: Form, status: int = 200) -> Response[str]:
    return visit.page(
        "pages/published.html",
        title=visit.say("Published to partners"),
        active=ACTIVE,
        tabs=tabs_of(visit, PLACE),
        form=form,
        reasons=reasons_in(form),
        status=status,
        collections=service.collections(visit.office, visit.actor),
        partners=open_partners(visit),
        agrees=visit.may(AGREES),
    )


def _collection(visit: Visit, shelf_id: str, form: Form, status: int = 200, doing: str = "") -> Response[str]:
    readers = service.readers(visit.office, visit.actor, shelf_id)
    found = next(each for each in service.collections(visit.office, visit.actor) if each.id == shelf_id)
    return visit.page(
        "pages/published_one.html",
        title=found.title,
        active=ACTIVE,
        crumbs=((visit.say("Published to partners"), PLACE), (found.title, "")),
        form=form,
        reasons=reasons_in(form),
        status=status,
        doing=doing,
        collection=found,
        place=f"{PLACE}/{found.id}",
        names=names_of_nodes(visit),
        readers=readers,
        listed=service.listed(visit.office, visit.actor, shelf_id),
        in_force=PUBLISHED,
        kinds=words(visit, SUBJECTS),
        members=_members(found),
        offered=grounds_offered(visit),
        discloses=visit.may(DISCLOSES),
        recalls=visit.may(RECALLS),
        agrees=visit.may(AGREES),
    )


def _members(found: Collection) -> list[tuple[str, str]]:
    return [(origin, name) for origin, name in found.members]


ROUTES = (collections, open_collection, collection, publish, withdraw, admit, expel)
