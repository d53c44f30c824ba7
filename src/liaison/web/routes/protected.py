"""Protected persons: victims, witnesses, the missing and children, asked about apart, by a named officer."""

from __future__ import annotations

from typing import Any

from litestar import Response

from liaison.holdings import safeguards
from liaison.model.errors import BadInput, NotFound, NotLawful
from liaison.model.holding import Record
from liaison.model.roles import Capability
from liaison.model.subjects import Person
from liaison.screening.asked import simple
from liaison.web.compat.entities import caption_of
from liaison.web.context import Visit
from liaison.web.footing import footing_of, grounds_offered
from liaison.web.forms import Form
from liaison.web.refusals import reasons_in
from liaison.web.routes.holdings import CATEGORIES
from liaison.web.routing import act, page
from liaison.web.said import said_rows
from liaison.web.subjects import person_of

AUDIENCE = Capability.SAFEGUARDING


@page("/protected", audience=AUDIENCE)
def protected(visit: Visit) -> Response[str]:
    """The form of a question about a protected person."""
    return _page(visit, Form())


@act("/protected", audience=AUDIENCE)
def ask(visit: Visit, form: Form) -> Response[Any]:
    """Answer a question about a protected person. Nothing of the answer is kept: only that it was asked, and why."""
    try:
        person = person_of(form)
        found = safeguards.find(visit.office, visit.actor, _footing(visit, form), _wanted(person))
    except (BadInput, NotLawful) as error:
        return _page(visit, form.refused(error), error.status)
    return _page(visit, form, answers=found, about=caption_of(person))


def _footing(visit: Visit, form: Form) -> Any:
    try:
        return footing_of(visit, form.needed("grounds", longest=80))
    except NotFound:
        raise BadInput(
            "these grounds are not yours", field="grounds", hint="choose grounds of your own"
        ) from None


def _wanted(person: Person) -> Any:
    wanted = simple(person)
    if wanted is None:
        raise BadInput(
            "ask by one name and one date of birth", field="aliases", hint="ask about other names one by one"
        )
    return wanted


def _page(
    visit: Visit, form: Form, status: int = 200, answers: list[Record] | None = None, about: str = ""
) -> Response[str]:
    offered = grounds_offered(visit)
    return visit.page(
        "pages/protected.html",
        title=visit.say("Protected persons"),
        active="protected",
        form=form,
        reasons=reasons_in(form),
        status=status,
        named=visit.actor.safeguards,
        offered=offered,
        chosen=form.text("grounds", longest=80) or (offered[0][0] if len(offered) == 1 else ""),
        answers=answers,
        about=about,
        said={record.id: said_rows(visit, record) for record in answers or ()},
        categories={one.value: visit.say(words) for one, words in CATEGORIES.items()},
    )


ROUTES = (protected, ask)
