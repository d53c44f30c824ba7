"""How two agencies agreed to cross-check privately: the fields of a form, and what an agreement says in words."""

from __future__ import annotations

from liaison.ledger.keys import parse_vkey
from liaison.model.categories import Category
from liaison.model.errors import BadInput, LiaisonError
from liaison.partners.agreement import (
    COMPARED,
    CROSSCHECKS,
    LARGEST_POINTS,
    LARGEST_QUOTA,
    LONGEST_EPOCH,
    LONGEST_KEPT,
    STANDING_CROSSCHECK,
    Comparison,
)
from liaison.web.context import Visit
from liaison.web.forms import Form
from liaison.web.routes.holdings import CATEGORIES

COMPARING = Comparison()  # what a new form proposes
MOST_AUTHORITIES = 20


def comparison_in(form: Form) -> Comparison | None:
    """What a form says of cross-checks; None where no kind of them is ticked. Raises BadInput with the field."""
    kinds = {*form.all("exchanges")} & {*CROSSCHECKS}
    if not kinds:
        return None
    points = form.number("points", 1, LARGEST_POINTS)
    case_points = form.number("case_points", 1, LARGEST_POINTS)
    if case_points > points:
        raise BadInput("this is more than for an epoch", field="case_points", hint=f"at most {points}")
    standing = form.number("standing_days", 0, LONGEST_KEPT)
    if STANDING_CROSSCHECK in kinds and not standing:
        raise BadInput(
            "standing cross-checks are ticked above", field="standing_days", hint="say for how long"
        )
    above = form.text("countersigned_above", longest=12)
    return Comparison(
        points=points,
        case_points=case_points,
        epoch_days=form.number("epoch_days", 1, LONGEST_EPOCH),
        categories=tuple(form.all_chosen("categories", Category)),
        things=form.ticked("things"),
        changes=form.ticked("changes"),
        standing_days=standing,
        countersigned_above=form.number("countersigned_above", 0, LARGEST_QUOTA) if above else LARGEST_QUOTA,
        authorities=_authorities(form),
    )


def comparison_fields(said: Comparison) -> dict[str, list[str]]:
    """The fields of a form that say the same."""
    above = "" if said.countersigned_above >= LARGEST_QUOTA else str(said.countersigned_above)
    return {
        "points": [str(said.points)],
        "case_points": [str(said.case_points)],
        "epoch_days": [str(said.epoch_days)],
        "categories": [each.value for each in said.categories],
        "things": ["yes"] if said.things else [],
        "changes": ["yes"] if said.changes else [],
        "standing_days": [str(said.standing_days)],
        "countersigned_above": [above],
        "authorities": ["\n".join(said.authorities)],
    }


def compared_offered(visit: Visit) -> list[tuple[str, str]]:
    """Categories of people whom an agreement may let be compared."""
    return [(each.value, visit.say(CATEGORIES[each])) for each in Category if each in COMPARED]


def comparison_rows(visit: Visit, said: Comparison) -> list[tuple[str, str]]:
    """What an agreement says of cross-checks, as a table that is read before it is signed."""
    whom = [visit.say(CATEGORIES[each]) for each in said.categories]
    if said.things:
        whom.append(visit.say("documents, vehicles, telephones, accounts"))
    signs = visit.say("None")
    if said.countersigned_above < LARGEST_QUOTA:
        signs = visit.say(
            "Above %(number)s subjects: %(keys)s",
            number=said.countersigned_above,
            keys=", ".join(said.authorities),
        )
    standing = visit.say("%(days)s days", days=said.standing_days) if said.standing_days else visit.say("No")
    return [
        (visit.say("Cross-checks: points of each side"), _points(visit, said)),
        (visit.say("Cross-checks: who and what is compared"), "; ".join(whom)),
        (
            visit.say("Cross-checks: new records within an epoch"),
            visit.say("Yes") if said.changes else visit.say("No"),
        ),
        (visit.say("Cross-checks: may stand, at most"), standing),
        (visit.say("Cross-checks: an authority countersigns"), signs),
    ]


def _points(visit: Visit, said: Comparison) -> str:
    return visit.say(
        "%(points)s in an epoch of %(days)s days, %(case)s for one case",
        points=said.points,
        days=said.epoch_days,
        case=said.case_points,
    )


def _authorities(form: Form) -> tuple[str, ...]:
    keys = form.text("authorities").split()
    if len(keys) > MOST_AUTHORITIES:
        raise BadInput("these are too many", field="authorities", hint=f"at most {MOST_AUTHORITIES}")
    for key in keys:
        try:
            parse_vkey(key)
        except LiaisonError:
            hint = "a key is NAME+HASH+KEY, one on each line"
            raise BadInput("this is no verifier key", field="authorities", hint=hint) from None
    return tuple(keys)
