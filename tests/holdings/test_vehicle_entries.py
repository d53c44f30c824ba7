"""Entries of vehicles that a person writes: what they say, how they stand, and that a withdrawal holds at once.

Every plate, office and number is invented.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from liaison.holdings import consult, corrections, vehicle_entries
from liaison.holdings.entry_rules import ENDS_SOON, EntryState, entry_state
from liaison.holdings.live import LiveIndex
from liaison.holdings.rules import WRITTEN, require_end
from liaison.holdings.vehicle_entries import Said
from liaison.model.categories import CaseId, Category
from liaison.model.errors import BadInput, Conflict, NotFound, NotLawful
from liaison.model.handling import Handling, HandlingCode
from liaison.model.holding import State
from liaison.model.identifiers import Country, Plate, Vin
from liaison.model.subjects import Vehicle
from liaison.model.wanted import MOST_DAYS, ActionCode, Sought, Wanted
from liaison.office import Office
from tests.holdings.offices import (
    ADMINISTRATOR,
    DESK,
    INVESTIGATOR,
    PROTECTION,
    an_order,
    everything_stored,
    imported,
    said_in_ledger,
)
from tests.holdings.test_wanted import line
from tests.node_fixtures import START, an_office

DAY = START.date()
WHY = "the order was lifted this morning"


def wanted(**said: Any) -> Wanted:
    values: dict[str, Any] = {
        "sought": Sought.WANTED,
        "action": ActionCode.STOP,
        "basis": "order 7 of the court of Sella (invented)",
        "office": "Vehicle crime",
        "contact": "+355 4 555 0101",
    }
    return Wanted(**(values | said))


def said(**changes: Any) -> Said:
    values: dict[str, Any] = {
        "vehicle": Vehicle(plate=Plate("AA 301 OB"), registered=Country("ALB"), make="Skoda", colour="red"),
        "wanted": wanted(),
        "category": Category.SUSPECT,
        "case": CaseId("W-7"),
        "reason": "seen at the robbery of the port office",
        "until": DAY + dt.timedelta(days=30),
        "handling": Handling(codes=(HandlingCode.H0,)),
    }
    return Said(**(values | changes))


@pytest.fixture(params=["sqlite", "postgresql"])
def office(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Office]:
    with an_office(tmp_path, request.param) as made:
        yield made


def found(index: LiveIndex, plate: str = "AA301OB") -> list[str]:
    return [seen.holding for seen in index.vehicles(plate)]


def test_an_entry_is_found_from_when_it_is_written_until_it_is_withdrawn_and_again_once_reinstated(
    office: Office,
) -> None:
    index = LiveIndex(office)
    entry = vehicle_entries.write(office, DESK, said())
    assert found(index) == [entry]
    corrections.withdraw(office, DESK, entry, WHY)
    assert found(index) == []
    assert vehicle_entries.one(office, DESK, entry).state is EntryState.WITHDRAWN
    corrections.reinstate(office, DESK, entry, "withdrawn by mistake")
    assert found(index) == [entry]
    verbs = said_in_ledger(office)
    assert [
        verbs.count(verb) for verb in ("write-vehicle-entry", "withdraw-holding", "reinstate-holding")
    ] == [1] * 3


def test_the_withdrawal_holds_though_the_index_is_being_built_by_somebody_else(office: Office) -> None:
    index = LiveIndex(office)
    entry = vehicle_entries.write(office, DESK, said())
    with index._building:  # a change of that size waits for whoever builds, and does not show before
        corrections.withdraw(office, DESK, entry, WHY)
        assert found(index) == []


def test_what_a_complete_list_no_longer_has_is_gone_though_the_index_is_being_built(office: Office) -> None:
    imported(office, line() + line(id="V2", plate="AB 200 CD"))
    index = LiveIndex(office)
    assert found(index, "AA107OB")
    with index._building:
        imported(office, line(id="V2", plate="AB 200 CD"), complete=True)
        assert found(index, "AA107OB") == []


def test_whoever_follows_the_records_is_woken_by_every_change(office: Office) -> None:
    index = LiveIndex(office)
    woken: list[str] = []
    index.follow = lambda: woken.append("now")
    entry = vehicle_entries.write(office, DESK, said())
    assert woken
    woken.clear()
    corrections.withdraw(office, DESK, entry, WHY)
    assert woken


def test_a_correction_and_a_new_end_keep_the_record_and_say_why(office: Office) -> None:
    index = LiveIndex(office)
    entry = vehicle_entries.write(office, DESK, said())
    other = Vehicle(plate=Plate("AA 302 OB"), vin=Vin("1M8GDM9AXKP042788"))
    vehicle_entries.correct(office, DESK, entry, said(vehicle=other), "the plate was misheard")
    assert (found(index), found(index, "AA302OB")) == ([], [entry])
    until = DAY + dt.timedelta(days=MOST_DAYS)
    vehicle_entries.prolong(office, DESK, entry, until, "the search goes on")
    held = consult.inspect(office, DESK, entry, "looking at it")
    assert (held.version, held.holding.retention_until, held.holding.subject) == (3, until, other)
    assert held.holding.review_at <= until


@pytest.mark.parametrize("days", [-1, 0, MOST_DAYS + 1])
def test_a_wanted_vehicle_ends_after_today_and_within_its_most_days(office: Office, days: int) -> None:
    end = DAY + dt.timedelta(days=days)
    with pytest.raises(BadInput) as told:
        vehicle_entries.write(office, DESK, said(until=end))
    assert told.value.field == "until"
    assert str(DAY + dt.timedelta(days=MOST_DAYS)) in told.value.hint
    entry = vehicle_entries.write(office, DESK, said())
    with pytest.raises(BadInput):
        vehicle_entries.prolong(office, DESK, entry, end, "the search goes on")
    with pytest.raises(BadInput):
        vehicle_entries.correct(office, DESK, entry, said(until=end), "the search goes on")


def test_a_stolen_one_may_stand_longer_and_no_longer_than_the_law_lets_its_category(office: Office) -> None:
    stolen = wanted(sought=Sought.STOLEN)
    vehicle_entries.write(office, DESK, said(wanted=stolen, until=DAY + dt.timedelta(days=MOST_DAYS + 1)))
    with pytest.raises((BadInput, NotLawful)):
        vehicle_entries.write(office, DESK, said(wanted=stolen, until=dt.date(2099, 1, 1)))


def test_an_entry_of_a_category_that_no_check_finds_is_refused(office: Office) -> None:
    with pytest.raises(BadInput) as told:
        vehicle_entries.write(office, DESK, said(category=Category.VICTIM))
    assert told.value.field == "category"


def test_who_keeps_no_records_writes_and_sees_none(office: Office) -> None:
    entry = vehicle_entries.write(office, DESK, said())
    for actor in (INVESTIGATOR, ADMINISTRATOR):
        with pytest.raises(NotLawful):
            vehicle_entries.write(office, actor, said())
        with pytest.raises(NotFound):
            vehicle_entries.listed(office, actor)
        with pytest.raises(NotFound):
            vehicle_entries.prolong(office, actor, entry, DAY + dt.timedelta(days=5), WHY)
        with pytest.raises((NotFound, NotLawful)):
            corrections.withdraw(office, actor, entry, WHY)
    assert vehicle_entries.listed(office, PROTECTION).entries


def test_what_is_withdrawn_is_not_withdrawn_again_nor_what_is_in_force_reinstated(office: Office) -> None:
    entry = vehicle_entries.write(office, DESK, said())
    with pytest.raises(Conflict):
        corrections.reinstate(office, DESK, entry, WHY)
    corrections.withdraw(office, DESK, entry, WHY)
    with pytest.raises(Conflict):
        corrections.withdraw(office, DESK, entry, WHY)


def test_a_withdrawal_says_why(office: Office) -> None:
    entry = vehicle_entries.write(office, DESK, said())
    with pytest.raises(NotLawful):
        corrections.withdraw(office, DESK, entry, " ")
    assert vehicle_entries.one(office, DESK, entry).state is EntryState.IN_FORCE


def test_entries_are_listed_by_state_the_newest_first_and_a_page_at_a_time(office: Office) -> None:
    ends = {"AA 401 OB": 30, "AA 402 OB": 3, "AA 403 OB": 1, "AA 404 OB": 30}
    made = {
        plate: vehicle_entries.write(
            office,
            DESK,
            said(vehicle=Vehicle(plate=Plate(plate)), until=DAY + dt.timedelta(days=days)),
        )
        for plate, days in ends.items()
    }
    corrections.withdraw(office, DESK, made["AA 404 OB"], WHY)
    office.clock.forward(days=1)  # type: ignore[attr-defined]
    of = {
        state: [entry.id for entry in vehicle_entries.listed(office, DESK, state).entries]
        for state in EntryState
    }
    assert of == {
        EntryState.IN_FORCE: [made["AA 401 OB"]],
        EntryState.ENDING: [made["AA 402 OB"]],
        EntryState.ENDED: [made["AA 403 OB"]],
        EntryState.WITHDRAWN: [made["AA 404 OB"]],
        EntryState.RESTRICTED: [],
    }
    first = vehicle_entries.listed(office, DESK, most=3)
    second = vehicle_entries.listed(office, DESK, after=first.next, most=3)
    every = [entry.id for entry in (*first.entries, *second.entries)]
    assert sorted(every) == sorted(made.values())
    assert every == sorted(every, reverse=True)
    assert second.next == ""


def test_the_ledger_names_the_entries_that_were_shown_and_nothing_of_an_entry_stands_in_clear(
    office: Office,
) -> None:
    entry = vehicle_entries.write(office, DESK, said(wanted=wanted(risk="two armed men")))
    vehicle_entries.listed(office, DESK)
    last = office.read(lambda c: office.log.statement(c, len(said_in_ledger(office)) - 1))
    assert (last.what, last.objects) == ("list-vehicle-entries", (entry,))
    stored = everything_stored(office)
    for text in ("AA301OB", "AA 301 OB", "order 7", "two armed men", "+355 4 555 0101", "robbery"):
        assert text.encode() not in stored


def test_vehicles_that_nobody_seeks_are_not_among_the_entries_and_those_of_a_file_are(office: Office) -> None:
    imported(office, line(wanted="", basis=""))
    assert vehicle_entries.listed(office, DESK).entries == ()
    imported(office, line(), list_name="from a file")
    (entry,) = vehicle_entries.listed(office, DESK).entries
    assert entry.holding.list_name == "from a file"


def test_no_file_is_imported_into_the_list_of_what_is_written_here() -> None:
    with pytest.raises(BadInput) as told:
        an_order(list_name=WRITTEN)
    assert told.value.field == "list_name"


@given(
    some.sampled_from(State), some.dates(dt.date(2026, 1, 1), dt.date(2027, 1, 1)), some.integers(-400, 400)
)
def test_only_what_is_live_and_not_at_its_end_is_in_force(state: State, today: dt.date, days: int) -> None:
    until = today + dt.timedelta(days=days)
    stands = entry_state(state, until, today)
    assert (stands in (EntryState.IN_FORCE, EntryState.ENDING)) == (state is State.LIVE and days > 0)
    assert (stands is EntryState.ENDING) == (state is State.LIVE and 0 < days <= ENDS_SOON.days)


@given(
    some.dates(dt.date(2026, 1, 1), dt.date(2027, 1, 1)),
    some.none() | some.integers(-400, 400),
    some.sampled_from(Sought),
)
def test_a_wanted_entry_says_an_end_within_its_days_and_a_stolen_one_none_that_is_over(
    today: dt.date, days: int | None, sought: Sought
) -> None:
    until = None if days is None else today + dt.timedelta(days=days)
    most = MOST_DAYS if sought is Sought.WANTED else 400
    if (sought is Sought.STOLEN) if days is None else 0 < days <= most:
        require_end(wanted(sought=sought), until, today)
    else:
        with pytest.raises(BadInput):
            require_end(wanted(sought=sought), until, today)


def test_who_prolongs_an_entry_undoes_no_correction_that_came_meanwhile(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry, look = vehicle_entries.write(office, DESK, said()), vehicle_entries.one

    def slow(*asked: Any) -> Any:
        seen = look(*asked)
        monkeypatch.setattr(vehicle_entries, "one", look)
        put_right = said(wanted=wanted(risk="the driver is armed (invented)"))
        vehicle_entries.correct(office, DESK, entry, put_right, "the colleague in Sella called")
        return seen

    monkeypatch.setattr(vehicle_entries, "one", slow)
    with pytest.raises(Conflict):
        vehicle_entries.prolong(office, DESK, entry, DAY + dt.timedelta(days=60), "still sought")
    assert vehicle_entries.one(office, DESK, entry).wanted.risk == "the driver is armed (invented)"
