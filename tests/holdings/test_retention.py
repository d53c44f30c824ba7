"""Records end with their retention, once two sources of time agree."""

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from liaison.holdings.corrections import legal_hold
from liaison.holdings.retention import SecondClock, confirm_time, due, last_doubt, run, second_clock
from liaison.holdings.rules import AGREE, Doubt, doubt
from liaison.model.errors import NotLawful
from liaison.officers import notices
from liaison.storage.tables.holdings import HOLDINGS, SAFEGUARDED, SAFEGUARDED_VERSIONS, VERSIONS
from tests.holdings.offices import CASE, DESK, PROTECTION, ROWS, ids, imported, said_in_ledger
from tests.node_fixtures import START, FixedClock, an_office, both_databases

TIMES = st.datetimes(dt.datetime(2020, 1, 1), dt.datetime(2060, 1, 1), timezones=st.just(dt.UTC))


@both_databases
def test_after_ten_years_nothing_overdue_is_readable(tmp_path: Path, kind: str) -> None:
    """Rule L16."""
    clock = FixedClock()
    with an_office(tmp_path, kind, clock) as office:
        imported(office, ROWS + b"4,Dora,Prifti,2015-01-01,victim,\n5,Edi,Marku,1950,missing,\n")
        clock.forward(days=3653)
        result = run(office, clock)
        assert (len(result.receipts), result.doubt) == (3, None)
        for table in (VERSIONS, SAFEGUARDED_VERSIONS):
            assert office.read(lambda c, table=table: c.execute(select(table)).all()) == []
        for table in (HOLDINGS, SAFEGUARDED):
            states = office.read(lambda c, table=table: c.execute(select(table.c.state)).scalars().all())
            assert set(states) == {"erased"}
        assert said_in_ledger(office).count("erase") == 5
        assert due(office).overdue == 0


def test_nothing_goes_before_its_time(tmp_path: Path) -> None:
    with an_office(tmp_path) as office:
        imported(office)
        assert run(office, office.clock).receipts == []
        assert len(ids(office)) == 3


def test_a_clock_that_jumps_deletes_nothing_and_a_person_is_told(tmp_path: Path) -> None:
    clock, second = FixedClock(), FixedClock()
    with an_office(tmp_path, clock=clock) as office:
        imported(office)
        run(office, second)
        clock.forward(days=3653)
        second.forward(hours=1)
        result = run(office, second)
        assert (result.doubt, result.receipts) == (Doubt.APART, [])
        assert [notice.kind for notice in notices.waiting(office, PROTECTION)] == ["retention-refused"]
        assert last_doubt(office) == clock.time
        assert len(office.read(lambda c: c.execute(select(VERSIONS)).all())) == 3


def test_a_person_confirms_the_time_and_the_next_run_deletes(tmp_path: Path) -> None:
    clock, second = FixedClock(), FixedClock()
    with an_office(tmp_path, clock=clock) as office:
        imported(office)
        clock.forward(days=3653)
        assert run(office, second).doubt is Doubt.APART
        with pytest.raises(NotLawful):
            confirm_time(office, DESK, second)
        assert run(office, second).doubt is Doubt.APART
        confirm_time(office, PROTECTION, second)
        assert last_doubt(office) is None
        assert len(run(office, second).receipts) == 3
        clock.forward(days=30)
        second.forward(days=30)
        assert run(office, second).doubt is None
        clock.forward(days=30)
        assert run(office, second).doubt is Doubt.APART


def test_a_legal_hold_is_skipped_and_reported_until_it_ends(tmp_path: Path) -> None:
    """Rule L22."""
    clock = FixedClock()
    with an_office(tmp_path, clock=clock) as office:
        imported(office)
        held = ids(office)[0]
        legal_hold(office, DESK, held, CASE, START + dt.timedelta(days=1000), "evidence in the trial")
        clock.forward(days=900)
        assert due(office).held == 1
        result = run(office, clock)
        assert (len(result.receipts), result.held) == (2, [held])
        clock.forward(days=200)
        assert [receipt.holding for receipt in run(office, clock).receipts] == [held]


def test_reviews_are_counted_while_the_record_is_there(tmp_path: Path) -> None:
    clock = FixedClock()
    with an_office(tmp_path, clock=clock) as office:
        imported(office)
        assert due(office).reviews == 0
        clock.forward(days=300)
        assert due(office).reviews == 3


def test_the_second_clock_goes_on_from_the_last_signed_head(tmp_path: Path) -> None:
    ran = 0.0
    clock = SecondClock(START, lambda: ran)
    ran = 90.0
    assert clock.now() == START + dt.timedelta(seconds=90)
    with an_office(tmp_path) as office:
        assert second_clock(office, lambda: ran).now() == START


@given(TIMES, TIMES)
def test_without_a_last_run_the_two_must_agree(system: dt.datetime, second: dt.datetime) -> None:
    assert (doubt((system, second), None) is None) == (abs(system - second) <= AGREE)


@given(TIMES, TIMES, st.integers(2, 20_000), st.integers(0, 20_000))
def test_a_jump_of_one_of_them_is_always_seen(
    system: dt.datetime, second: dt.datetime, jump: int, days: int
) -> None:
    later, far = dt.timedelta(days=days), dt.timedelta(days=jump)
    alike = (system, system)
    if system.year + (jump + days) // 365 < 9000:
        assert doubt((system + later + far, system + later), alike) is Doubt.APART
    assert doubt((system - far, system), alike) is Doubt.BACKWARD


@given(TIMES, TIMES, st.integers(0, 20_000))
def test_two_that_went_on_alike_since_are_believed(
    system: dt.datetime, second: dt.datetime, days: int
) -> None:
    later = dt.timedelta(days=days)
    assert doubt((system + later, second + later), (system, second)) is None
