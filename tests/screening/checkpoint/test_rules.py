"""Who is on no copy, when an entry ends on it, and what of a report cannot be."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liaison.model.categories import CaseId, Category, Involvement
from liaison.model.errors import BadInput
from liaison.model.holding import Holding
from liaison.model.identifiers import Country, DocumentNumber, Plate, Vin
from liaison.model.subjects import Document, Vehicle
from liaison.model.wanted import ActionCode, Sought, Wanted
from liaison.screening.checkpoint.rules import (
    Entry,
    carried,
    entry,
    kept_for,
    merged,
    place_of,
    require_counts,
    time_of,
    verdict_of,
)
from liaison.screening.checkpoint.verdicts import Order
from tests.node_fixtures import START
from tests.screening.node import ANA, VOKSHI, holding

TODAY = START.date()
PROTECTED = (Category.VICTIM, Category.WITNESS, Category.CONTACT, Category.MISSING)
ENTRY = Wanted(
    sought=Sought.WANTED, action=ActionCode.STOP, basis="order 1", office="Desk X", contact="+355 4 555 0100"
)
PAPER = Document(number=DocumentNumber("XX0000001"), issuer=Country("ALB"))


def car(**changes: object) -> Holding:
    ends = (START + timedelta(days=30)).date()
    vehicle = Vehicle(plate=Plate("AA107OB"), vin=Vin("WVWZZZ1JZXW000001"))
    said = {"subject": vehicle, "wanted": ENTRY, "retention_until": ends, "review_at": ends}
    return holding(VOKSHI, **(said | changes))


def involved(category: Category) -> Involvement:
    return Involvement(
        category=category, case=CaseId("2025/3"), reason="named in a report", reviewer=ANA.person
    )


@pytest.mark.parametrize("category", PROTECTED)
def test_no_victim_witness_contact_or_missing_person_is_carried_whatever_else_is_said(
    category: Category,
) -> None:
    assert carried(holding(VOKSHI, category=category), TODAY) == ()
    assert carried(car(involvement=involved(category)), TODAY) == ()


@given(st.dates(min_value=TODAY - timedelta(days=365 * 18 - 10), max_value=TODAY))
def test_no_child_is_carried(born: object) -> None:
    assert carried(holding(VOKSHI, born=str(born)), TODAY) == ()


def test_a_suspect_is_carried_by_name_and_full_date_of_birth_alone() -> None:
    forms = carried(holding(VOKSHI, document="BA1234567"), TODAY)
    assert forms == (("person", "VOKSHI\nGEZIM\n19840203"),)
    assert carried(holding(VOKSHI, born="1984-02"), TODAY) == ()
    assert carried(holding(VOKSHI, born="1984"), TODAY) == ()


def test_a_document_is_carried_only_where_it_is_reported() -> None:
    assert carried(holding(VOKSHI, subject=PAPER), TODAY) == ()
    reported = holding(VOKSHI, subject=PAPER, extra={"Status": "stolen"})
    assert carried(reported, TODAY) == (("document", "XX0000001\nALB"),)
    nowhere = holding(VOKSHI, subject=Document(number=PAPER.number), extra={"Status": "stolen"})
    assert carried(nowhere, TODAY) == (), "without its state a number says nothing"


def test_a_vehicle_is_carried_only_where_it_is_sought() -> None:
    assert carried(car(), TODAY) == (("plate", "AA10708"), ("vehicle-number", "WVWZZZ1JZXW000001"))
    assert carried(car(wanted=None), TODAY) == ()


def test_an_entry_that_ends_while_the_copy_lives_says_when() -> None:
    tomorrow, later = TODAY + timedelta(days=1), START + timedelta(hours=24)
    ends = car(retention_until=tomorrow, review_at=tomorrow)
    assert entry(ends, "plate", "holding-1", frozenset(), later).until == tomorrow.isoformat()
    assert entry(car(), "plate", "holding-1", frozenset(), later).until == ""


def test_of_two_records_with_one_mark_the_quiet_one_decides_and_every_order_is_told() -> None:
    loud = Entry("plate", (Order.VERIFY, Order.CALL), "Desk A", False, "holding-1", "2026-03-03")
    quiet = Entry("plate", (Order.VERIFY, Order.OBSERVE), "Desk B", True, "holding-2")
    for both in (merged(loud, quiet), merged(quiet, loud)):
        assert both.quiet
        assert both.call == "Desk B"
        assert both.orders == (Order.CALL, Order.OBSERVE, Order.VERIFY), "what holds back comes first"
        assert both.until == "", "one of the two does not end"


def test_a_scan_is_remembered_longer_than_any_copy_lives() -> None:
    assert kept_for(24, 24) == timedelta(days=8)
    assert kept_for(0, 168) == timedelta(days=7)
    assert kept_for(72, 168) == timedelta(days=10)


@pytest.mark.parametrize(
    "text", ["", "yesterday", "2026-11-22T02:00:00", "2026-11-22", "0001-01-01T00:00:00+14:00"]
)
def test_a_time_without_a_zone_is_none(text: str) -> None:
    with pytest.raises(BadInput) as error:
        time_of(text)
    assert error.value.field == "at"


def test_what_a_device_says_is_read_or_refused_at_its_field() -> None:
    assert time_of("2026-11-22T03:00:00+01:00").hour == 2
    assert verdict_of("hit").value == "hit"
    assert place_of("  Booth   3 ") == "Booth 3"
    for wrong, field in ((lambda: verdict_of("guilty"), "verdict"), (lambda: place_of("x" * 81), "place")):
        with pytest.raises(BadInput) as error:
            wrong()
        assert error.value.field == field


@pytest.mark.parametrize(
    ("of", "found", "helped", "field"),
    [
        ("souls", 1, 0, "of"),
        ("people", -1, 0, "found"),
        ("people", 1, 10_001, "helped"),
        ("people", 0, 0, "found"),
    ],
)
def test_a_count_of_nothing_is_none(of: str, found: int, helped: int, field: str) -> None:
    with pytest.raises(BadInput) as error:
        require_counts(of, found, helped)
    assert error.value.field == field
