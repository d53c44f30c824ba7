"""A stolen or wanted vehicle at the desk: found as listed, told as far as the alert is decided, gone when it ends."""

import json
from pathlib import Path

import pytest

from liaison.holdings import corrections, vehicle_entries
from liaison.holdings.imports import import_file
from liaison.model.identifiers import Plate, Vin
from liaison.model.subjects import Vehicle
from liaison.model.wanted import ActionCode
from liaison.policy import AlertState
from liaison.screening.alerting import Alert, alert_of
from liaison.screening.confirming import confirm, reject
from liaison.screening.desk import Question, check
from tests.holdings.offices import DESK, an_order
from tests.holdings.test_vehicle_entries import said
from tests.holdings.test_wanted import line
from tests.screening.node import ANA, REASON, Desk, a_desk


def listed(desk: Desk, *lines: bytes, **said: object) -> None:
    """Import the list; whatever looks into the index sees it once this returns."""
    result = import_file(desk.office, DESK, an_order(b"".join(lines), **said))
    assert result.bad_rows == []


def hits(desk: Desk, plate: str) -> tuple[Alert, ...]:
    return check(desk.office, desk.live, ANA, Question(Vehicle(plate=Plate(plate)), desk.grounds)).alerts


def other(**said: str) -> bytes:
    """A second vehicle of the list, so that it is not empty when the first is gone."""
    return line(id="V2", plate="AB 200 CD", **said)


def test_danger_is_told_before_a_decision_and_what_to_do_after_it_alone(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        listed(desk, line())
        (alert,) = hits(desk, "AA107OB")
        assert (alert.risk, alert.wanted) == ("the driver may be armed", None)
        assert alert.content is not None
        assert alert.content.wanted is None
        confirmed = confirm(desk.office, ANA, alert.id, REASON)
        assert confirmed.wanted is not None
        assert confirmed.wanted.action is ActionCode.CHECK_DISCREETLY
        assert confirmed.wanted.contact == "+355 4 555 0100, day and night"
        assert alert_of(desk.office, ANA, alert.id).wanted == confirmed.wanted


def test_a_rejected_alert_tells_nothing_of_the_entry(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        listed(desk, line())
        (alert,) = hits(desk, "AA107OB")
        rejected = reject(desk.office, ANA, alert.id, REASON)
        assert (rejected.state, rejected.risk, rejected.wanted) == (AlertState.REJECTED, "", None)


def test_an_entry_that_has_ended_matches_no_more_though_nothing_was_erased_yet(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        listed(desk, line(expiry="2026-03-04"))
        assert len(hits(desk, "AA107OB")) == 1
        desk.clock.forward(days=1, hours=14)  # the evening before its end
        assert len(hits(desk, "AA107OB")) == 1
        desk.clock.forward(hours=2)
        assert hits(desk, "AA107OB") == ()


def test_an_entry_that_was_withdrawn_matches_no_more_once_the_withdrawal_returns(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        listed(desk, line(), other())
        assert len(hits(desk, "AA107OB")) == 1
        listed(desk, other(), complete=True)
        assert hits(desk, "AA107OB") == ()
        assert len(hits(desk, "AB200CD")) == 1


@pytest.mark.parametrize(
    ("held", "asked"),
    [
        ("СА 1234 ЕЕ", "CA 1234 EE"),  # Cyrillic against Latin
        ("CA 1234 EE", "СА 1234 ЕЕ"),
        ("ΑΧΑ-1000", "AXA 1000"),  # Greek against Latin
        ("LÖ AB 12", "lo-ab-12"),
        ("AA 107 OB", "АА 107 ОВ"),
    ],
)
def test_look_alike_letters_of_any_script_are_the_same_plate(tmp_path: Path, held: str, asked: str) -> None:
    with a_desk(tmp_path) as desk:
        listed(desk, line(plate=held))
        (alert,) = hits(desk, asked)
        assert alert.content is not None
        assert alert.content.reasons[0].words == "registration mark agrees"
        assert alert.content.record.name == str(Plate(held))


def test_letters_without_a_latin_twin_are_not_left_out_of_a_plate(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        listed(desk, line(plate="ЖД 1234 Я"), other())
        assert hits(desk, "1234") == ()
        assert hits(desk, "ЖЖ 1234 Я") == ()
        assert len(hits(desk, "жд-1234-я")) == 1


def test_an_entry_stands_sealed_in_the_alert(tmp_path: Path) -> None:
    from tests.holdings.offices import everything_stored

    with a_desk(tmp_path) as desk:
        listed(desk, line())
        (alert,) = hits(desk, "AA107OB")
        confirm(desk.office, ANA, alert.id, REASON)
        stored = everything_stored(desk.office)
        for text in (json.loads(line())[name] for name in ("basis", "office", "contact", "risk")):
            assert text.encode() not in stored


def test_the_next_check_after_a_withdrawal_does_not_find_the_entry_nor_one_by_its_number(
    tmp_path: Path,
) -> None:
    with a_desk(tmp_path) as desk:
        vehicle = Vehicle(plate=Plate("AA 301 OB"), vin=Vin("1M8GDM9AXKP042788"))
        entry = vehicle_entries.write(desk.office, DESK, said(vehicle=vehicle))
        by_number = Question(Vehicle(vin=vehicle.vin), desk.grounds)
        assert len(hits(desk, "AA301OB")) == 1
        assert len(check(desk.office, desk.live, ANA, by_number).alerts) == 1
        corrections.withdraw(desk.office, DESK, entry, "the car was found")
        assert hits(desk, "AA301OB") == ()
        assert check(desk.office, desk.live, ANA, by_number).alerts == ()
        corrections.reinstate(desk.office, DESK, entry, "it was another car")
        assert len(hits(desk, "AA301OB")) == 1
