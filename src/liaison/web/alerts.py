"""Alerts as the screen and the API show them: both sides, what agrees, and the reasons that add up."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import msgspec

from liaison.matching.dates import BIT
from liaison.model.wanted import Wanted
from liaison.policy import AlertState
from liaison.screening.alert_rules import Ending
from liaison.screening.alerting import Alert
from liaison.screening.content import Content, Shown, Why
from liaison.screening.history import Seen
from liaison.web.context import Visit
from liaison.web.language import later

SIDES = (
    ("name", later("Name")),
    ("born", later("Born")),
    ("sex", later("Sex")),
    ("nationality", later("Nationality")),
)
SIDES_OF_VEHICLE = (
    ("plate", later("Registration mark")),
    ("registered", later("State")),
    ("vin", later("Identification number")),
    ("make", later("Make and model")),
    ("colour", later("Colour")),
)
SPEAKS = {  # kinds of the reasons that speak of a field
    "born": ("date",),
    "sex": ("sex",),
    "nationality": ("nationality",),
    "plate": ("plate",),
    "vin": ("vin",),
    "registered": (),
    "make": (),
    "colour": (),
}
WORDS = {  # of what both sides are: what is decided, what else to compare, and what is decided otherwise
    "person": (
        later("It is the same person"),
        later(
            "What did you compare besides this page? For example fingerprints, a photograph, a call to the owner."
        ),
        later("It is somebody else"),
    ),
    "vehicle": (
        later("It is the same vehicle"),
        later(
            "What did you compare besides this page? For example the plate, the number on the body, make, colour "
            "and papers, a call to the owner."
        ),
        later("It is another vehicle"),
    ),
    "thing": (
        later("It is the same"),
        later("What did you compare besides this page? For example the papers, a call to the owner."),
        later("It is another one"),
    ),
}
ENDINGS = {
    Ending.WITHDRAWN: (
        later("Withdrawn"),
        later("The entry was withdrawn on %(day)s. Nothing may be done on it, and it cannot be confirmed."),
    ),
    Ending.RESTRICTED: (
        later("Restricted"),
        later("The entry is contested since %(day)s. Nothing may be done on it until that is settled."),
    ),
    Ending.OVER: (
        later("Ended"),
        later(
            "The last day of the entry was %(day)s. Nothing may be done on it, and it cannot be confirmed."
        ),
    ),
    Ending.ERASED: (
        later("Erased"),
        later("The entry was erased on %(day)s. Nothing may be done on it, and it cannot be confirmed."),
    ),
}
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
    plate: str = ""
    registered: str = ""
    vin: str = ""
    make: str = ""
    colour: str = ""


class EndedOut(msgspec.Struct, frozen=True):
    """How a record ended on which nothing may be done any more: withdrawn, restricted, over or erased. `on` is the day
    on which that was done or, of one that is over, its last day."""

    how: str
    on: date


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

    `score` is in bits and the sum of `reasons`. `about` is person, vehicle or thing. `instruction` and `wanted` are
    told once a person has confirmed the alert, `risk` until it is rejected, none of them where the record `ended`.
    `earlier` are the ids of other undecided alerts on the same, newest first, in the list of what waits alone.
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
    about: str = ""
    ended: EndedOut | None = None
    earlier: tuple[str, ...] = ()


def alert_out(alert: Alert, earlier: Sequence[Seen] = ()) -> AlertOut:
    """An alert as the API tells it, with the ids of earlier ones on the same."""
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
            "about": content.about,
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
        ended=EndedOut(alert.ended.how.value, alert.ended.on) if alert.ended else None,
        earlier=tuple(one.id for one in earlier),
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
    vehicle = content.about == "vehicle" and bool(content.record.plate or content.record.vin)
    return [
        (visit.say(label), asked, held, verdict(field, asked, held, content.reasons))
        for field, label in (SIDES_OF_VEHICLE if vehicle else SIDES)
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
    kinds = SPEAKS.get(field)
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
    if alert.ended is None:
        return [(visit.say(words), tone)]
    over = visit.say(ENDINGS[alert.ended.how][0]), "quiet"
    return [over] if alert.state is AlertState.CANDIDATE else [(visit.say(words), tone), over]


def ended_words(visit: Visit, alert: Alert) -> tuple[str, str]:
    """How the record of an alert ended, in a word and in a sentence with a place for the day; empty for one in use."""
    if alert.ended is None:
        return "", ""
    title, said = ENDINGS[alert.ended.how]
    return visit.say(title), visit.say(said)


def name_of(side: Shown) -> str:
    """What a side is called; a vehicle by its mark with the state."""
    name = f"{side.plate} ({side.registered})" if side.plate and side.registered else side.plate
    return name or side.name or side.id


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
    return SideOut(**{name: getattr(side, name) for name in SideOut.__struct_fields__})
