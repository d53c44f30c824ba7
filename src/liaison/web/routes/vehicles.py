"""Stolen and wanted vehicles: the entries of this agency, one of them, and the forms that write and put them right."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any
from urllib.parse import urlencode

import msgspec
from litestar import Response

from liaison.holdings import corrections, vehicle_entries
from liaison.holdings.entry_rules import EntryState
from liaison.holdings.vehicle_entries import Entry
from liaison.model.errors import BadInput, Conflict, Erased, LiaisonError, NotLawful, TooMany
from liaison.model.handling import HandlingCode
from liaison.model.roles import Capability
from liaison.web.alerts import SOUGHT, entry_of
from liaison.web.context import Visit
from liaison.web.forms import Form
from liaison.web.paging import Cursor, Limit, Listed
from liaison.web.refusals import reasons_in
from liaison.web.routing import act, call, look, page
from liaison.web.vehicles import (
    ACTIONS,
    STATES,
    TOLD,
    EntryIn,
    EntryOut,
    categories_of,
    ended_late,
    entry_out,
    form_of,
    last_of_wanted,
    reading_rows,
    said_in,
    said_of,
    sought_of,
    until_of,
    vehicle_of,
)

PLACE = "/holdings/vehicles"
KEEPS, WRITES, CORRECTS = vehicle_entries.KEEPS, Capability.IMPORT, Capability.CORRECT
Refusals = (BadInput, Conflict, Erased, NotLawful, TooMany)
Reason = Annotated[str, msgspec.Meta(min_length=1, max_length=2000)]


@page(PLACE, audience=KEEPS)
def vehicles(visit: Visit, entry_state: EntryState | None = None, after: str = "") -> Response[str]:
    """The entries of this agency, of one state or all, the newest first."""
    found = vehicle_entries.listed(visit.office, visit.actor, entry_state, after)
    chosen = {"entry_state": entry_state.value} if entry_state else {}
    return visit.page(
        "pages/vehicles.html",
        title=visit.say("Stolen and wanted vehicles"),
        active="holdings",
        crumbs=((visit.say("Holdings"), "/holdings"), (visit.say("Vehicles"), "")),
        entries=found.entries,
        chosen=chosen,
        state_options=[(state.value, visit.say(words)) for state, (words, _) in STATES.items()],
        states={state: (visit.say(words), tone) for state, (words, tone) in STATES.items()},
        sought={value: visit.say(words) for value, words in SOUGHT.items()},
        actions_={action: visit.say(words) for action, words in ACTIONS.items()},
        older=f"{PLACE}?{urlencode(chosen | {'after': found.next})}" if found.next else "",
        writes=visit.may(WRITES),
    )


@page(f"{PLACE}/new", audience=WRITES)
def new_vehicle(visit: Visit) -> Response[str]:
    """The form for an entry."""
    return _form(visit, Form())


@act(f"{PLACE}/new", audience=WRITES)
def write_vehicle(visit: Visit, form: Form) -> Response[Any]:
    """Write an entry, or show how what was typed is read."""
    try:
        if form.text("act") == "read":
            return _form(visit, form, read=True)
        said, doubts = said_in(form)
        _require_sure(form, doubts)
        entry = vehicle_entries.write(visit.office, visit.actor, said)
    except Refusals as error:
        return _form(visit, _refused(visit, form, error), error.status, read=True)
    return visit.go(f"{PLACE}/{entry}", "vehicle-written")


@page(PLACE + "/{vehicle_id:str}", audience=KEEPS)
def vehicle(visit: Visit, vehicle_id: str) -> Response[str]:
    """One entry, and what can be done with it."""
    return _entry(visit, vehicle_entries.one(visit.office, visit.actor, vehicle_id), Form())


@page(PLACE + "/{vehicle_id:str}/correct", audience=CORRECTS)
def correction(visit: Visit, vehicle_id: str) -> Response[str]:
    """The form of an entry as it stands."""
    entry = vehicle_entries.one(visit.office, visit.actor, vehicle_id)
    return _form(visit, form_of(entry), read=True, holding=vehicle_id)


@act(PLACE + "/{vehicle_id:str}/correct", audience=CORRECTS)
def correct_vehicle(visit: Visit, vehicle_id: str, form: Form) -> Response[Any]:
    """Let an entry say something else, or show how what was typed is read."""
    vehicle_entries.one(visit.office, visit.actor, vehicle_id)
    try:
        if form.text("act") == "read":
            return _form(visit, form, read=True, holding=vehicle_id)
        said, doubts = said_in(form)
        _require_sure(form, doubts)
        vehicle_entries.correct(visit.office, visit.actor, vehicle_id, said, form.text("correct_reason"))
    except Refusals as error:
        return _form(visit, _refused(visit, form, error), error.status, read=True, holding=vehicle_id)
    return visit.go(f"{PLACE}/{vehicle_id}", "vehicle-corrected")


@act(PLACE + "/{vehicle_id:str}/prolong", audience=CORRECTS)
def prolong_vehicle(visit: Visit, vehicle_id: str, form: Form) -> Response[Any]:
    """Let an entry end on another day."""

    def work() -> None:
        until, reason = until_of(form), form.needed("prolong_reason", longest=2000)
        vehicle_entries.prolong(visit.office, visit.actor, vehicle_id, until, reason)

    return _done(visit, vehicle_id, form, work, "vehicle-prolonged")


@act(PLACE + "/{vehicle_id:str}/withdraw", audience=CORRECTS)
def withdraw_vehicle(visit: Visit, vehicle_id: str, form: Form) -> Response[Any]:
    """Withdraw an entry: it matches no more before the page comes back."""

    def work() -> None:
        reason = form.needed("withdraw_reason", longest=2000)
        corrections.withdraw(visit.office, visit.actor, vehicle_id, reason)

    return _done(visit, vehicle_id, form, work, "vehicle-withdrawn")


@act(PLACE + "/{vehicle_id:str}/again", audience=CORRECTS)
def reinstate_vehicle(visit: Visit, vehicle_id: str, form: Form) -> Response[Any]:
    """Take a withdrawn entry back into use."""

    def work() -> None:
        reason = form.needed("again_reason", longest=2000)
        corrections.reinstate(visit.office, visit.actor, vehicle_id, reason)

    return _done(visit, vehicle_id, form, work, "vehicle-again")


def _done(visit: Visit, vehicle_id: str, form: Form, work: Any, done: str) -> Response[Any]:
    entry = vehicle_entries.one(visit.office, visit.actor, vehicle_id)
    try:
        work()
    except Refusals as error:
        return _entry(visit, entry, _refused(visit, form, error), error.status)
    return visit.go(f"{PLACE}/{vehicle_id}", done)


def _refused(visit: Visit, form: Form, error: LiaisonError) -> Form:
    """The form with what was wrong; of the end in the words of the form, which asks for the last day."""
    return form.refused(ended_late(error, visit.office.now().date()))


def _require_sure(form: Form, doubts: list[tuple[str, str]]) -> None:
    """Raises BadInput for a reading that is in doubt until whoever typed it says that it is right."""
    if doubts and not form.ticked("sure"):
        hint = "look at the reading below, correct it, or tick that it is right"
        raise BadInput("the reading is in doubt", field="sure", hint=hint)


def _form(
    visit: Visit, form: Form, status: int = 200, *, read: bool = False, holding: str = ""
) -> Response[str]:
    rows, doubted = _reading(visit, form) if read else ([], False)
    title = visit.say("Correct the entry") if holding else visit.say("A new entry")
    return visit.page(
        "pages/vehicle_form.html",
        title=title,
        active="holdings",
        crumbs=((visit.say("Holdings"), "/holdings"), (visit.say("Vehicles"), PLACE), (title, "")),
        form=form,
        reasons=reasons_in(form),
        status=status,
        holding=holding,
        here=f"{PLACE}/{holding}/correct" if holding else f"{PLACE}/new",
        back=f"{PLACE}/{holding}" if holding else PLACE,
        reading=rows,
        doubted=doubted,
        sought=sought_of(visit),
        actions_=[(action.value, visit.say(words)) for action, words in ACTIONS.items()],
        categories=categories_of(visit),
        codes=[(code.value, f"{code.value} {visit.say(code.meaning)}") for code in HandlingCode],
        last=last_of_wanted(visit.office.now().date()),
    )


def _reading(visit: Visit, form: Form) -> tuple[list[tuple[str, str]], bool]:
    """How what was typed is read, and whether anything of it is in doubt; nothing where it cannot be read."""
    told = {name: form.text(name) for name in TOLD}
    if not (told["plate"] or told["vin"]):
        return [], False
    try:
        read, doubts = vehicle_of(told)
    except BadInput as error:
        return [(visit.say("Cannot be used"), f"{error}; {error.hint}")], False
    return reading_rows(visit, read), bool(doubts)


def _entry(visit: Visit, entry: Entry, form: Form, status: int = 200) -> Response[str]:
    words, tone = STATES[entry.state]
    held, thing = entry.holding, entry.vehicle
    name = str(thing.plate or thing.vin)
    live = entry.state in (EntryState.IN_FORCE, EntryState.ENDING, EntryState.ENDED)
    return visit.page(
        "pages/vehicle.html",
        title=name,
        active="holdings",
        crumbs=((visit.say("Holdings"), "/holdings"), (visit.say("Vehicles"), PLACE), (name, "")),
        form=form,
        reasons=reasons_in(form),
        status=status,
        rec=entry,
        held=held,
        thing=thing,
        state=(visit.say(words), tone),
        wanted=entry_of(visit, entry.wanted),
        reading=reading_rows(visit, thing),
        place=f"{PLACE}/{entry.id}",
        live=live,
        withdrawn=entry.state is EntryState.WITHDRAWN,
        corrects=visit.may(CORRECTS),
        supplies=visit.may(Capability.DISCLOSE) and live and entry.state is not EntryState.ENDED,
    )


class Withdrawing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why an entry is withdrawn, or taken back into use."""

    reason: Reason


class Prolonging(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The new end of an entry that somebody looked at again, and why."""

    until: dt.date
    reason: Reason


class Correcting(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What an entry says from now on, and why it is corrected."""

    entry: EntryIn
    reason: Reason


@look("/vehicles", audience=KEEPS, tags=["vehicles"])
def api_vehicles(
    visit: Visit, cursor: Cursor = "", limit: Limit = 50, entry_state: EntryState | None = None
) -> Listed[EntryOut]:
    """The entries of this agency, the newest first."""
    found = vehicle_entries.listed(visit.office, visit.actor, entry_state, cursor, limit)
    return Listed([entry_out(each) for each in found.entries], found.next)


@look("/vehicles/{vehicle_id:str}", audience=KEEPS, tags=["vehicles"])
def api_vehicle(visit: Visit, vehicle_id: str) -> EntryOut:
    """One entry."""
    return _out(visit, vehicle_id)


@call("/vehicles", audience=WRITES, tags=["vehicles"], status=201)
def api_write_vehicle(visit: Visit, data: EntryIn) -> EntryOut:
    """Write an entry; checks find it from when this answers."""
    return _out(visit, vehicle_entries.write(visit.office, visit.actor, said_of(data)))


@call("/vehicles/{vehicle_id:str}/correct", audience=CORRECTS, tags=["vehicles"])
def api_correct_vehicle(visit: Visit, vehicle_id: str, data: Correcting) -> EntryOut:
    """Let an entry say something else."""
    vehicle_entries.correct(visit.office, visit.actor, vehicle_id, said_of(data.entry), data.reason)
    return _out(visit, vehicle_id)


@call("/vehicles/{vehicle_id:str}/prolong", audience=CORRECTS, tags=["vehicles"])
def api_prolong_vehicle(visit: Visit, vehicle_id: str, data: Prolonging) -> EntryOut:
    """Let an entry end on another day."""
    vehicle_entries.prolong(visit.office, visit.actor, vehicle_id, data.until, data.reason)
    return _out(visit, vehicle_id)


@call("/vehicles/{vehicle_id:str}/withdraw", audience=CORRECTS, tags=["vehicles"])
def api_withdraw_vehicle(visit: Visit, vehicle_id: str, data: Withdrawing) -> EntryOut:
    """Withdraw an entry: no check finds it from when this answers, and partners that have it are told at once."""
    vehicle_entries.one(visit.office, visit.actor, vehicle_id)
    corrections.withdraw(visit.office, visit.actor, vehicle_id, data.reason)
    return _out(visit, vehicle_id)


@call("/vehicles/{vehicle_id:str}/again", audience=CORRECTS, tags=["vehicles"])
def api_reinstate_vehicle(visit: Visit, vehicle_id: str, data: Withdrawing) -> EntryOut:
    """Take a withdrawn entry back into use; what was called back from partners is not sent again."""
    vehicle_entries.one(visit.office, visit.actor, vehicle_id)
    corrections.reinstate(visit.office, visit.actor, vehicle_id, data.reason)
    return _out(visit, vehicle_id)


def _out(visit: Visit, vehicle_id: str) -> EntryOut:
    return entry_out(vehicle_entries.one(visit.office, visit.actor, vehicle_id))


ROUTES = (
    vehicles,
    new_vehicle,
    write_vehicle,
    vehicle,
    correction,
    correct_vehicle,
    prolong_vehicle,
    withdraw_vehicle,
    reinstate_vehicle,
    api_vehicles,
    api_vehicle,
    api_write_vehicle,
    api_correct_vehicle,
    api_prolong_vehicle,
    api_withdraw_vehicle,
    api_reinstate_vehicle,
)
