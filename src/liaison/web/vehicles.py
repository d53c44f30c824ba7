"""Entries of vehicles as the screen and the API take and show them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Annotated

import msgspec

from liaison.formats.vehicles import forms, vin
from liaison.formats.vehicles.vin import Check
from liaison.holdings import thing_readings
from liaison.holdings.entry_rules import EntryState
from liaison.holdings.vehicle_entries import Entry, Said
from liaison.model.categories import CaseId, Category
from liaison.model.errors import BadInput, LiaisonError
from liaison.model.handling import Handling, HandlingCode
from liaison.model.subjects import Vehicle
from liaison.model.wanted import MOST_DAYS, ActionCode, Sought, Wanted
from liaison.policy import limits
from liaison.web.alerts import SOUGHT, WantedOut, wanted_out
from liaison.web.context import Visit
from liaison.web.forms import FILL_IN, NEEDED, Form
from liaison.web.language import later
from liaison.web.routes.holdings import CATEGORIES

STATES = {
    EntryState.IN_FORCE: (later("In force"), "good"),
    EntryState.ENDING: (later("Ends within 3 days"), "warn"),
    EntryState.ENDED: (later("Ended"), "quiet"),
    EntryState.WITHDRAWN: (later("Withdrawn"), "quiet"),
    EntryState.RESTRICTED: (later("Restricted"), "warn"),
}
ACTIONS = {
    ActionCode.STOP: later("Stop"),
    ActionCode.OBSERVE: later("Observe"),
    ActionCode.CHECK_DISCREETLY: later("Check discreetly"),
    ActionCode.DO_NOT_ALERT_DRIVER: later("Do not alert the driver"),
}
CHECKS = {
    Check.AGREES: later("agrees"),
    Check.DISAGREES: later("does not agree: look at the number again"),
    Check.NOT_USED: later("says nothing: the maker may not use it"),
}
SHORT = 40  # characters of what is typed of a vehicle
LINE = 500  # of a text of the entry
ONE_DAY = dt.timedelta(days=1)
TOLD = ("plate", "registered", "vin", "make", "colour")
Short = Annotated[str, msgspec.Meta(max_length=SHORT)]
Line = Annotated[str, msgspec.Meta(min_length=1, max_length=LINE)]


class EntryIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """An entry of a stolen or wanted vehicle. `until` is the day from which it matches no more: of a wanted one at most
    90 days away. `registered` is a code, a name, or the sign on the state's vehicles."""

    plate: Short = ""
    registered: Short = ""
    vin: Short = ""
    make: Short = ""
    colour: Short = ""
    sought: Sought
    action: ActionCode
    basis: Line
    office: Line
    contact: Line
    risk: Annotated[str, msgspec.Meta(max_length=LINE)] = ""
    category: Category
    case: Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=2000)]
    until: dt.date
    handling: tuple[HandlingCode, ...] = (HandlingCode.H0,)
    restriction: Annotated[str, msgspec.Meta(max_length=LINE)] = ""


class EntryOut(msgspec.Struct, frozen=True, kw_only=True):
    """An entry as those who keep it see it. `doubts` are about the reading of its mark and number."""

    id: str
    version: int
    state: EntryState
    plate: str
    registered: str
    vin: str
    make: str
    colour: str
    wanted: WantedOut | None
    risk: str
    category: Category | None
    until: dt.date
    review_at: dt.date
    list_name: str
    changed: dt.datetime
    doubts: tuple[str, ...]


def vehicle_of(told: dict[str, str]) -> tuple[Vehicle, list[tuple[str, str]]]:
    """The vehicle of what was typed, and every doubt about it with its field. Raises BadInput with the field."""
    doubts: list[tuple[str, str]] = []
    vehicle, _ = thing_readings.vehicle({name: text for name, text in told.items() if text}, doubts)
    return vehicle, doubts


def doubts_of(vehicle: Vehicle) -> tuple[str, ...]:
    """What is in doubt about the reading of a vehicle's mark and number, in words."""
    try:
        return tuple(
            words for _, words in vehicle_of({name: str(getattr(vehicle, name) or "") for name in TOLD})[1]
        )
    except BadInput as error:
        return (f"{error}; {error.hint}",)


def said_of(sent: EntryIn) -> Said:
    """What a program says of an entry. Raises BadInput with the field."""
    return Said(
        vehicle=vehicle_of({name: getattr(sent, name) for name in TOLD})[0],
        wanted=Wanted(
            sought=sent.sought,
            action=sent.action,
            basis=sent.basis,
            office=sent.office,
            contact=sent.contact,
            risk=sent.risk,
        ),
        category=sent.category,
        case=CaseId(sent.case),
        reason=sent.reason,
        until=sent.until,
        handling=Handling(codes=sent.handling, restriction=sent.restriction),
    )


def said_in(form: Form) -> tuple[Said, list[tuple[str, str]]]:
    """What a person says of an entry, and every doubt about its reading. Raises BadInput with the field."""
    told = {name: form.text(name, longest=SHORT) for name in TOLD}
    if not (told["plate"] or told["vin"]):
        raise BadInput(NEEDED, field="plate", hint=FILL_IN)
    vehicle, doubts = vehicle_of(told)
    until = until_of(form)
    texts = {name: form.needed(name, longest=LINE) for name in ("basis", "office", "contact")}
    said = Said(
        vehicle=vehicle,
        wanted=Wanted(
            sought=form.chosen("sought", Sought),
            action=form.chosen("action", ActionCode),
            risk=form.text("risk", longest=LINE),
            **texts,
        ),
        category=form.chosen("category", Category),
        case=CaseId(form.needed("case", longest=80)),
        reason=form.needed("reason", longest=2000),
        until=until,
        handling=Handling(
            codes=tuple(form.all_chosen("codes", HandlingCode)) or (HandlingCode.H0,),
            restriction=form.text("restriction", longest=LINE),
        ),
    )
    return said, doubts


def until_of(form: Form) -> dt.date:
    """The day from which an entry matches no more: the one after the last day, which a person gives. Raises BadInput
    with the field."""
    last = form.date("until")
    if last is None:
        raise BadInput(NEEDED, field="until", hint=FILL_IN)
    return last + ONE_DAY


def ended_late(error: LiaisonError, today: dt.date) -> LiaisonError:
    """An error about the end of an entry, in the words of a form that asks for its last day."""
    if not isinstance(error, BadInput) or error.field != "until" or error.hint in (FILL_IN, type(error).hint):
        return error
    first, last = today.isoformat(), last_of_wanted(today).isoformat()
    hint = f"give a last day from {first} on; a wanted vehicle's is {last} or sooner"
    return BadInput(str(error), field="until", hint=hint)


def last_of_wanted(today: dt.date) -> dt.date:
    """The last day that a wanted vehicle's entry may have."""
    return today + dt.timedelta(days=MOST_DAYS) - ONE_DAY


def form_of(entry: Entry) -> Form:
    """The form that an entry would have been written with."""
    held, vehicle, wanted = entry.holding, entry.vehicle, entry.wanted
    involved = held.involvement
    told = {name: str(getattr(vehicle, name) or "") for name in TOLD}
    told |= {"sought": wanted.sought.value, "action": wanted.action.value, "basis": wanted.basis}
    told |= {"office": wanted.office, "contact": wanted.contact, "risk": wanted.risk}
    told |= {"case": involved.case, "reason": involved.reason} if involved else {}
    told |= {"category": held.category.value} if held.category else {}
    told |= {"restriction": held.handling.restriction}
    day = entry.last_day
    told |= {"until-day": str(day.day), "until-month": str(day.month), "until-year": str(day.year)}
    codes = [code.value for code in held.handling.codes]
    return Form({name: [text] for name, text in told.items()} | {"codes": codes})


def reading_rows(visit: Visit, vehicle: Vehicle) -> list[tuple[str, str]]:
    """How the mark and the number of a vehicle are read: labels and words."""
    return [*_mark_rows(visit, vehicle), *_number_rows(visit, vehicle)]


def _mark_rows(visit: Visit, vehicle: Vehicle) -> Iterator[tuple[str, str]]:
    if vehicle.plate is None:
        return
    read = thing_readings.mark_read(str(vehicle.plate), vehicle.registered)
    fits: dict[str, int] = {}
    for fit in read.fits:
        fits[fit.state] = min(fits.get(fit.state, fit.since), fit.since)
    names = [
        visit.say("%(state)s since %(year)s", state=forms.states()[state].name, year=since)
        if since
        else forms.states()[state].name
        for state, since in fits.items()
    ]
    yield visit.say("The mark is looked up as"), read.text
    yield visit.say("It fits the marks of"), ", ".join(names) or visit.say("no state that is known here")
    if read.otherwise:
        yield visit.say("It may also be read as"), ", ".join(one.text for one in read.otherwise)
    if read.doubts:
        yield visit.say("Look again"), thing_readings.doubts_told(read.doubts)


def _number_rows(visit: Visit, vehicle: Vehicle) -> Iterator[tuple[str, str]]:
    if vehicle.vin is None:
        return
    read = vin.read(str(vehicle.vin))
    yield visit.say("The identification number is"), read.text
    yield visit.say("Its check digit"), visit.say(CHECKS[read.check])
    if read.region:
        yield visit.say("Made in"), read.region


def categories_of(visit: Visit) -> list[tuple[str, str]]:
    """The categories that a check may find, as choices."""
    found = limits(visit.office.regimes).categories
    return [(one.value, visit.say(words)) for one, words in CATEGORIES.items() if one in found]


def sought_of(visit: Visit) -> list[tuple[str, str]]:
    """Stolen and wanted, as choices."""
    return [(value, visit.say(words)) for value, words in SOUGHT.items()]


def entry_out(entry: Entry) -> EntryOut:
    """An entry as the API tells it."""
    vehicle, held = entry.vehicle, entry.holding
    return EntryOut(
        id=entry.id,
        version=entry.version,
        state=entry.state,
        plate=str(vehicle.plate or ""),
        registered=str(vehicle.registered or ""),
        vin=str(vehicle.vin or ""),
        make=vehicle.make,
        colour=vehicle.colour,
        wanted=wanted_out(entry.wanted),
        risk=entry.wanted.risk,
        category=held.category,
        until=held.retention_until,
        review_at=held.review_at,
        list_name=held.list_name,
        changed=entry.changed,
        doubts=doubts_of(vehicle),
    )
