from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liaison.model.errors import TooMany
from liaison.officers import limits
from liaison.officers.settings import BackOff
from liaison.storage.tables.officers import ATTEMPTS
from tests.node_fixtures import both_databases
from tests.officers.staff import Agency

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


@given(st.lists(st.tuples(st.integers(0, 30), st.sampled_from(["ana", "ben"])), max_size=60))
def test_nobody_gets_more_than_the_allowance_in_any_window(steps: list[tuple[int, str]]) -> None:
    allowance, now, passed = limits.Allowance(5, timedelta(seconds=60)), NOW, []
    for seconds, person in steps:
        now += timedelta(seconds=seconds)
        recent = [at for at, who in passed if who == person and now - at < timedelta(seconds=60)]
        if len(recent) < 5:
            allowance.take(person, now)
            passed.append((now, person))
        else:
            with pytest.raises(TooMany) as refused:
                allowance.take(person, now)
            assert 0 < refused.value.retry_after <= 60


def test_the_wait_that_is_told_is_enough() -> None:
    allowance = limits.Allowance(1, timedelta(seconds=60))
    allowance.take("ana", NOW)
    with pytest.raises(TooMany) as refused:
        allowance.take("ana", NOW + timedelta(seconds=20.5))
    allowance.take("ana", NOW + timedelta(seconds=20.5 + refused.value.retry_after))
    with pytest.raises(TooMany) as back:
        allowance.take("ana", NOW - timedelta(days=1))
    assert back.value.retry_after == 60


def test_memory_is_bounded() -> None:
    allowance = limits.Allowance(1, timedelta(seconds=60))
    for number in range(limits.REMEMBERED + 50):
        allowance.take(f"person-{number}", NOW)
    assert len(allowance._times) == limits.REMEMBERED


@both_databases
def test_a_bucket_that_refuses_leaves_the_others_as_they_were(either: Agency) -> None:
    strict = BackOff(free=0, first=timedelta(minutes=1))
    office, now = either.office, either.office.now()

    def attempt(*names: str) -> None:
        office.write(lambda connection: limits.attempt(connection, [(name, strict) for name in names], now))

    attempt("a")
    with pytest.raises(TooMany) as refused:
        attempt("b", "a")
    assert refused.value.retry_after == 60
    assert [(row.bucket, row.failures) for row in either.rows(ATTEMPTS)] == [("a", 1)]
    later = now + timedelta(hours=25)
    assert office.write(lambda connection: limits.sweep(connection, later, strict)) == 1
    assert either.rows(ATTEMPTS) == []
