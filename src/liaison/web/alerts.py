"""Alerts as the screen and the API show them: both sides, what agrees, and the reasons that add up."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from liaison.matching.dates import BIT
from liaison.model.wanted import Wanted
from liaison.screening.alerting import Alert
from liaison.screening.content import Content, Shown, Why
from liaison.web.context import Visit
from liaison.web.language import later

SIDES = (
    ("name", later("Name")),
    ("born", later("Born")),
    ("sex", later("Sex")),
    ("nationality", later("Nationality")),
)
INSTRUCTIONS = {  # as the screen's macro names them
    "call": "call",
    "seize-document": "seize",
    "discreet": "discreet",
    "do-not-alert": "do-not-alert",
}
SOUGHT = {"stolen": later("Stolen"), "wanted": later("Wanted")}
STATES = {
    "candidate": (later("Not decided"), "info"),
    "confirmed": (later("Confirmed"), "bad"),
    "rejected": (later("Rejected"), "quiet"),
}


class SideOut(msgspec.Struct, frozen=True):
    """One side of an alert, as its source writes it."""

    id: str
    name: str
    born: str
    sex: str
    nationality: str


class ReasonOut(msgspec.Struct, frozen=True):
    """One reason and its weight in bits."""

    kind: str
    words: str
    bits: float


class WantedOut(msgspec.Struct, frozen=True):
    """What the owner of a stolen or wanted vehicle's entry asks for."""

    sought: str
    action: str
    basis: str
    office: str
    contact: str


class AlertOut(msgspec.Struct, frozen=True, kw_only=True):
    """A record that matches what was asked: a lead for a person to verify, never a measure.

    `score` is in bits and the sum of `reasons`. `instruction` and `wanted` are told once a person has
    confirmed the alert, `risk` until it is rejected.
    """

    id: str
    check: str
    case: str
    holding: str
    rank: int
    score: float
    state: str
    found: datetime
    decided: datetime | None
    erased: bool
    list: str = ""
    subject: SideOut | None = None
    record: SideOut | None = None
    reasons: tuple[ReasonOut, ...] = ()
    category: str = ""
    grade: str = ""
    handling: tuple[str, ...] = ()
    restriction: str = ""
    owner: str = ""
    instruction: str = ""
    wanted: WantedOut | None = None
    risk: str = ""


def alert_out(alert: Alert) -> AlertOut:
    """An alert as the API tells it."""
    content = alert.content
    told: dict[str, Any] = {}
    if content is not None:
        told = {
            "list": content.list,
            "subject": side_out(content.subject),
            "record": side_out(content.record),
            "reasons": tuple(ReasonOut(why.kind, why.words, why.worth / BIT) for why in content.reasons),
            "category": content.category,
            "grade": content.grade,
            "handling": content.handling,
            "restriction": content.restriction,
            "owner": content.owner,
        }
    return AlertOut(
        id=alert.id,
        check=alert.check,
        case=alert.case,
        holding=alert.holding,
        rank=alert.rank,
        score=alert.score / BIT,
        state=alert.state.value,
        found=alert.at,
        decided=alert.decided,
        erased=content is None,
        instruction=alert.instruction,
        wanted=wanted_out(alert.wanted),
        risk=alert.risk,
        **told,
    )


def wanted_out(wanted: Wanted | None) -> WantedOut | None:
    """An entry as the API tells it; None for none."""
    if wanted is None:
        return None
    return WantedOut(wanted.sought.value, wanted.action.value, wanted.basis, wanted.office, wanted.contact)


def entry_of(visit: Visit, wanted: Wanted | None) -> list[tuple[str, str]]:
    """The rows of a stolen or wanted vehicle's entry; none where there is no entry."""
    if wanted is None:
        return []
    rows = [
        (visit.say("The vehicle is"), visit.say(SOUGHT[wanted.sought.value])),
        (visit.say("What the owner asks for"), visit.say(wanted.action.meaning)),
        (visit.say("Legal basis"), wanted.basis),
        (visit.say("Office"), wanted.office),
        (visit.say("To be called"), wanted.contact),
    ]
    return [*rows, (visit.say("Danger"), wanted.risk)] if wanted.risk else rows


def rows_of(visit: Visit, content: Content) -> list[tuple[str, str, str, str]]:
    """The sides of an alert field by field, with what the comparison says: same, close, differs or missing."""
    return [
        (visit.say(label), asked, held, verdict(field, asked, held, content.reasons))
        for field, label in SIDES
        if (asked := getattr(content.subject, field)) or getattr(content.record, field)
        for held in [getattr(content.record, field)]
    ]


def verdict(field: str, asked: str, held: str, reasons: tuple[Why, ...]) -> str:
    """What a field's comparison comes to. Sides that are written differently are close where the reasons that speak of
    the field weigh for the match."""
    if not asked or not held:
        return "missing"
    if asked.casefold() == held.casefold():
        return "same"
    kinds = {"born": ("date",), "sex": ("sex",), "nationality": ("nationality",)}.get(field)
    if kinds is None:
        return "close"
    worth = sum(why.worth for why in reasons if why.kind in kinds)
    return "close" if worth > 0 else "differs"


def reasons_of(content: Content) -> list[tuple[str, float]]:
    """The reasons with their bits."""
    return [(why.words, why.worth / BIT) for why in content.reasons]


def tags_of(visit: Visit, alert: Alert) -> list[tuple[str, str]]:
    """What stands beside an alert's title."""
    words, tone = STATES[alert.state.value]
    return [(visit.say(words), tone)]


def by_chance(visit: Visit, content: Content) -> str:
    """How often chance alone would do as well, in one sentence."""
    chance = content.chance / 1_000_000
    if chance < 0.001:
        return visit.say(
            "By chance alone fewer than one in a thousand questions would find a record so like it."
        )
    if round(1 / chance) > 1:
        return visit.say(
            "By chance alone one question in %(number)s would find a record so like it.",
            number=round(1 / chance),
        )
    if round(chance) <= 1:
        return visit.say("By chance alone about every question would find a record so like it.")
    return visit.say(
        "By chance alone a question like this would find up to %(number)s records so like it.",
        number=round(chance),
    )


def side_out(side: Shown) -> SideOut:
    """One side as the API tells it."""
    return SideOut(side.id, side.name, side.born, side.sex, side.nationality)
