import random
from contextlib import suppress
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liaison.model.errors import TooMany
from liaison.officers import limits
from liaison.officers.settings import BackOff
from liaison.storage.tables.officers import ATTEMPTS
from tests.node_fixtures import both_databases
from tests.officers.staff import Agency


class Watch:
    """A clock that is set by hand, in seconds."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@given(st.lists(st.tuples(st.floats(0, 4), st.sampled_from(["ana", "ben"])), max_size=80))
def test_nobody_gets_more_than_the_allowance_in_any_window(steps: list[tuple[float, str]]) -> None:
    watch = Watch()
    allowance = limits.Allowance(2, 5, watch)
    passed: list[tuple[float, str]] = []
    for seconds, person in steps:
        watch.now += seconds
        with suppress(TooMany):
            allowance.take(person)
            passed.append((watch.now, person))
    for start, who in passed:
        for end in (at for at, person in passed if person == who and at >= start):
            assert sum(start <= at <= end for at, p in passed if p == who) <= 5 + 2 * (end - start) + 1e-6


def test_one_person_does_not_use_up_anothers_allowance() -> None:
    allowance = limits.Allowance(1, 2, Watch())
    for person in ("ana", "ben"):
        allowance.take(person)
        allowance.take(person)
        with pytest.raises(TooMany):
            allowance.take(person)


def test_the_wait_that_is_told_is_enough() -> None:
    watch = Watch()
    allowance = limits.Allowance(3, 1, watch)
    allowance.take("ana")
    with pytest.raises(TooMany) as refused:
        allowance.take("ana")
    watch.now += refused.value.retry_after
    allowance.take("ana")


def test_a_program_of_one_officer_may_go_on_at_the_rate_for_ever() -> None:
    watch = Watch()
    allowance = limits.Allowance(20, 200, watch)
    for _ in range(4_000):
        allowance.take("ana")
        watch.now += 1 / 20


def test_250_checks_a_second_of_345_officers_are_untouched() -> None:
    watch, chance = Watch(), random.Random(5)
    allowance = limits.Allowance(20, 200, watch)
    for _ in range(250 * 60):
        allowance.take(f"officer-{chance.randrange(345)}")
        watch.now += 1 / 250


def test_memory_is_bounded() -> None:
    allowance = limits.Allowance(1, 1)
    for number in range(limits.REMEMBERED + 50):
        allowance.take(f"person-{number}")
    assert len(allowance._left) == limits.REMEMBERED


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
