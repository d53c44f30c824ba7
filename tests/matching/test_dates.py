"""Dates of birth as graded evidence."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from liaison.matching.dates import FIRST_YEAR, LOSS, Grade, date_bits, evidence, grade
from tests.matching.people import code

DATE = st.builds(
    lambda y, m, d: y * 512 + m * 32 + (d if m else 0),
    st.integers(1930, 2010),
    st.integers(0, 12),
    st.integers(0, 28),
)
EVEN = date_bits(
    np.array(
        [code(f"{y}-{m:02}-{d:02}") for y in range(1950, 2000) for m in range(1, 13) for d in range(1, 29)],
        np.int32,
    )
)


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ("1984-02-03", "1984-02-03", Grade.EQUAL),
        ("1984-02-03", "1984-03-02", Grade.SWAPPED),
        ("1984-02-03", "1984-02-13", Grade.DAY),
        ("1984-02-03", "1984-05-03", Grade.MONTH),
        ("1984-02-03", "1985-02-03", Grade.YEAR_ONE),
        ("1984-02-03", "1974-02-03", Grade.YEAR_TEN),
        ("1984-02-03", "1948-02-03", Grade.DAY_MONTH),
        ("1984-02-03", "1984-01-01", Grade.FIRST_JANUARY),
        ("1984-02-03", "1984", Grade.YEAR_KNOWN),
        ("1984", "1984", Grade.YEAR_KNOWN),
        ("1984-02", "1984-02-03", Grade.YEAR_KNOWN),
        ("1984-02", "1984-03-03", Grade.YEAR),
        ("1984-02-03", "1985", Grade.YEAR_NEAR),
        ("1984-02-03", "1986", Grade.DIFFERENT),
        ("1984-02-03", "1984-07-19", Grade.YEAR),
        ("1984-02-03", "1951-11-30", Grade.DIFFERENT),
        ("", "1984", Grade.MISSING),
    ],
)
def test_grades(a: str, b: str, expected: Grade) -> None:
    assert grade(code(a), code(b)) == expected


@given(DATE, DATE)
def test_agreement_is_symmetric_and_never_worse_than_a_different_date(a: int, b: int) -> None:
    found = grade(a, b)
    assert found == grade(b, a)
    assert evidence(found, a, b, EVEN) == evidence(found, b, a, EVEN) >= -LOSS[Grade.DIFFERENT]


def test_closer_dates_say_more() -> None:
    born = code("1984-02-03")
    near = ["1984-02-03", "1984-03-02", "1984-02-13", "1984-07-19", "1951-11-30"]
    said = [evidence(grade(born, code(other)), born, code(other), EVEN) for other in near]
    assert said == sorted(said, reverse=True)
    assert said[0] > 120_000 > said[-1]


def test_a_first_of_january_that_half_the_list_shares_says_little() -> None:
    heaped = np.array(
        [code("1984-01-01")] * 50_000 + [code(f"1984-{m:02}-15") for m in range(1, 13)] * 4000, np.int32
    )
    bits, january, march = date_bits(heaped), code("1984-01-01"), code("1984-03-15")
    assert evidence(Grade.EQUAL, january, january, bits) + 20_000 < evidence(Grade.EQUAL, march, march, bits)


def test_a_year_that_nobody_has_is_still_a_possible_year() -> None:
    assert 0 < int(EVEN[(1890 - FIRST_YEAR) * 512]) < 300_000
