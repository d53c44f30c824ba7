"""The grounds that a request stands on, by their id, as the reading of records takes them."""

from __future__ import annotations

from liaison.holdings.access import Footing
from liaison.model.categories import CaseId, OfficerId
from liaison.model.errors import Erased, NotFound
from liaison.model.grounds import Grounds, Purpose
from liaison.screening.cases import cases_of
from liaison.screening.grounds import Given, one_grounds, own_grounds
from liaison.web.context import Visit


def footing_of(visit: Visit, grounds: str) -> Footing:
    """The person's own grounds. Raises NotFound for grounds that are not, Erased where their words were erased."""
    given = one_grounds(visit.office, visit.actor, grounds)
    if given.person != visit.actor.person or given.ended is not None:
        raise NotFound
    return footing_from(given)


def grounds_in(visit: Visit, case: str = "") -> list[tuple[str, Given]]:
    """The person's own grounds in force, each with the reference of its case; of one case where it is named."""
    return [
        (held.reference, given)
        for held in cases_of(visit.office, visit.actor, titles=False)
        if held.part is not None and (not case or held.id == case)
        for given in own_grounds(visit.office, visit.actor, held.id)
    ]


def grounds_offered(visit: Visit, first: Purpose | None = None, case: str = "") -> list[tuple[str, str]]:
    """The person's own grounds, as choices, in one case where it is named; those of the purpose that the page is mostly
    used for come first."""
    held = sorted(grounds_in(visit, case), key=lambda one: one[1].purpose is not first)
    return [(given.id, f"{reference} · {visit.say(given.purpose.label)}") for reference, given in held]


def footing_from(given: Given) -> Footing:
    """Grounds as the reading of records takes them. Raises Erased where their words were erased."""
    if given.justification is None:
        raise Erased("the words of these grounds were erased")
    grounds = Grounds(
        purpose=given.purpose,
        case=CaseId(given.case),
        basis=given.basis,
        justification=given.justification,
        officer=OfficerId(given.person),
        given=given.given,
        offence=given.offence,
    )
    return Footing(given.id, grounds, given.authority)
