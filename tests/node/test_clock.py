from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from liaison.node.clock import JUMP, ClockWatch, SystemClock, counted

START = datetime(2026, 3, 2, tzinfo=UTC)


@given(st.floats(0, 1e7), st.floats(-299, 299))
def test_a_clock_that_goes_on_is_trusted(passed: float, off: float) -> None:
    watch = ClockWatch(START, 100.0)
    now = START + timedelta(seconds=passed + off)
    assert watch.fault(now, 100.0 + passed, START - timedelta(seconds=1)) == ""


@given(st.floats(0, 1e7), st.floats(301, 400 * 86400.0), st.booleans())
def test_a_clock_that_was_set_is_not(passed: float, by: float, back: bool) -> None:
    watch = ClockWatch(START, 100.0)
    now = START + timedelta(seconds=passed + (-by if back else by))
    assert "was set" in watch.fault(now, 100.0 + passed, None)


def test_a_clock_behind_the_ledger_is_not_trusted() -> None:
    watch = ClockWatch(START, 100.0)
    assert "behind" in watch.fault(START, 100.0, START + JUMP * 2)
    assert watch.fault(START, 100.0, START + timedelta(seconds=30)) == ""


def test_the_machines_clocks_go_on() -> None:
    assert SystemClock().now().tzinfo is not None
    assert counted() <= counted()
