"""Stolen and wanted vehicles: what a row says of them, for how long, and that nothing of it is stored in clear."""

import datetime as dt
import json
from pathlib import Path

import msgspec
import pytest

from liaison.holdings import fields
from liaison.holdings.consult import inspect
from liaison.holdings.corrections import correct
from liaison.model.errors import BadInput
from liaison.model.holding import Holding
from liaison.model.wanted import LONGEST_NOTE, ActionCode, Sought, Wanted
from liaison.office import Office
from tests.holdings.offices import DESK, PROTECTION, everything_stored, ids, imported
from tests.node_fixtures import START, FixedClock, an_office

ENTRY = {
    "kind": "vehicle",
    "id": "V1",
    "plate": "AA 107 OB",
    "registered": "ALB",
    "category": "suspect",
    "wanted": "wanted",
    "action": "check-discreetly",
    "basis": "order 12 of the district court",
    "office": "Vehicle crime, Durrës",
    "contact": "+355 4 555 0100, day and night",
    "risk": "the driver may be armed",
}
DAY = START.date()


def line(**said: str) -> bytes:
    return json.dumps({name: text for name, text in (ENTRY | said).items() if text}).encode() + b"\n"


def held(office: Office) -> Holding:
    return inspect(office, DESK, ids(office)[0], "looking at the import").holding


def test_a_row_says_what_is_asked_for_by_whom_and_on_what_basis(tmp_path: Path) -> None:
    with an_office(tmp_path) as office:
        assert imported(office, line()).bad_rows == []
        record = held(office)
        assert record.wanted == Wanted(
            sought=Sought.WANTED,
            action=ActionCode.CHECK_DISCREETLY,
            basis="order 12 of the district court",
            office="Vehicle crime, Durrës",
            contact="+355 4 555 0100, day and night",
            risk="the driver may be armed",
        )
        assert record.extra == {}
        assert imported(office, line()).unchanged == 1
        assert imported(office, line(action="stop")).changed == 1


def test_nothing_of_an_entry_is_stored_in_clear(tmp_path: Path) -> None:
    with an_office(tmp_path) as office:
        imported(office, line())
        stored = everything_stored(office)
        for text in ("district court", "Vehicle crime", "555 0100", "armed", "check-discreetly"):
            assert text.encode() not in stored


def test_headers_and_words_of_other_languages_are_read(tmp_path: Path) -> None:
    said = {"wanted": "", "action": "", "basis": "", "contact": "", "office": "", "risk": ""}
    said |= {"E kerkuar": "", "Gesucht": "gestohlen", "Veprimi": "STOP", "Base légale": "ligji 1"}
    said |= {"Kontakti": "129", "Gefahr": "bewaffnet"}
    with an_office(tmp_path) as office:
        imported(office, line(**said))
        wanted = held(office).wanted
        assert wanted is not None
        assert (wanted.sought, wanted.action) == (Sought.STOLEN, ActionCode.STOP)
        assert (wanted.basis, wanted.contact, wanted.risk) == ("ligji 1", "129", "bewaffnet")
        assert wanted.office == "Agency"  # the owner of the list, where the row names no office


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"wanted": "perhaps"}, "wanted"),
        ({"action": ""}, "action"),
        ({"action": "shoot"}, "action"),
        ({"basis": ""}, "basis"),
        ({"contact": ""}, "contact"),
        ({"risk": "x" * (LONGEST_NOTE + 1)}, "risk"),
    ],
)
def test_an_entry_that_does_not_say_all_it_must_is_refused(
    tmp_path: Path, said: dict[str, str], field: str
) -> None:
    with an_office(tmp_path) as office:
        result = imported(office, line(**said))
        assert (result.new, [bad.field for bad in result.bad_rows]) == (0, [field])


def test_a_wanted_vehicle_s_entry_ends_after_ninety_days_at_most(tmp_path: Path) -> None:
    with an_office(tmp_path) as office:
        result = imported(office, line())
        assert held(office).retention_until == DAY + dt.timedelta(days=90)
        assert held(office).review_at <= held(office).retention_until
        assert any("kept for less time" in note for note in result.notes)


def test_a_sooner_end_stands_and_a_stolen_vehicle_is_kept_as_any_record(tmp_path: Path) -> None:
    soon = DAY + dt.timedelta(days=20)
    with an_office(tmp_path) as office:
        imported(office, line(expiry=soon.isoformat()))
        assert held(office).retention_until == soon
        imported(office, line(wanted="stolen"))
        assert held(office).retention_until > DAY + dt.timedelta(days=90)


def test_the_same_file_again_does_not_make_an_entry_last_longer(tmp_path: Path) -> None:
    clock = FixedClock()
    with an_office(tmp_path, clock=clock) as office:
        imported(office, line())
        clock.forward(days=30)
        assert imported(office, line()).unchanged == 1
        assert held(office).retention_until == DAY + dt.timedelta(days=90)


def test_a_correction_cannot_make_an_entry_last_longer_either(tmp_path: Path) -> None:
    with an_office(tmp_path) as office:
        imported(office, line(review="2026-03-20"))
        record, before = ids(office)[0], held(office)
        longer = msgspec.structs.replace(before, retention_until=DAY + dt.timedelta(days=91))
        with pytest.raises(BadInput, match="at most 90 days"):
            correct(office, PROTECTION, record, longer, "the search goes on")
        sooner = msgspec.structs.replace(before, retention_until=DAY + dt.timedelta(days=89))
        correct(office, PROTECTION, record, sooner, "the search goes on")
        assert held(office).retention_until == DAY + dt.timedelta(days=89)


def test_columns_of_a_record_that_is_no_wanted_vehicle_stay_columns(tmp_path: Path) -> None:
    people = b"id,given,surname,dob,category,Action,Contact,Wanted\n1,Ana,Gashi,1984-02-03,suspect,seen,mother,stolen\n"
    with an_office(tmp_path) as office:
        assert imported(office, people).bad_rows == []
        assert held(office).wanted is None
        assert held(office).extra == {"Action": "seen", "Contact": "mother", "Wanted": "stolen"}
    with an_office(tmp_path / "other") as office:
        imported(office, line(wanted="", basis=""))
        assert held(office).wanted is None
        assert held(office).extra["action"] == "check-discreetly"


def test_only_a_vehicle_is_stolen_or_wanted(tmp_path: Path) -> None:
    with an_office(tmp_path) as office:
        imported(office, line())
        wanted = held(office).wanted
        imported(office, list_name="people")
        person = inspect(office, DESK, ids(office, "people")[0], "looking at the import").holding
        with pytest.raises(BadInput, match="only a vehicle"):
            msgspec.structs.replace(person, wanted=wanted).__post_init__()


def test_every_action_has_a_meaning_and_every_header_one_field() -> None:
    assert all(action.meaning for action in ActionCode)
    words = [word for headers in fields.WANTED_HEADERS.values() for word in headers.split()]
    assert len(words) == len(set(words))
    assert {fields.sought(word) for words in fields.SOUGHT.values() for word in words.split()} == set(Sought)
