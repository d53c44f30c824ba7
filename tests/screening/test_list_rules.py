"""Pasted lists become tables, and a list moves from asked to done by its steps alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liaison.model.errors import BadInput, Conflict, TooMany, UnusableFile
from liaison.screening.bulk_orders import read_list
from liaison.screening.list_rules import (
    LARGEST,
    LARGEST_PASTE,
    ListState,
    ListStep,
    after,
    require_free,
    require_size,
    table_of,
)


@pytest.mark.parametrize(
    ("line", "row"),
    [
        ("Ana Leka", "Ana Leka\t\t\t"),
        ("Ana Leka 1984-02-03", "Ana Leka\t1984-02-03\t\t"),
        ("Leka, Ana, 3.2.1984", "Leka, Ana\t3.2.1984\t\t"),
        ("Ana Leka; 1984; ALB; BA1234567", "Ana Leka\t1984\tALB\tBA1234567"),
        ("Ana Leka\t1984-02-03", "Ana Leka\t1984-02-03\t\t"),
    ],
)
def test_each_line_is_a_person(line: str, row: str) -> None:
    assert table_of(f"\n {line} \n").decode() == f"name\tborn\tnationality\tdocument\n{row}"


def test_a_table_with_its_header_stays_as_it_is() -> None:
    pasted = "surname,given,born\nLeka,Ana,1984\n"
    assert table_of(pasted).decode() == pasted


@given(st.text(max_size=300))
def test_whatever_is_pasted_is_read_or_refused_with_a_reason(text: str) -> None:
    try:
        found = read_list(table_of(text), "pasted list", {}, 2026)
    except (BadInput, UnusableFile) as error:
        assert str(error)  # noqa: PT017
    else:
        assert len(found.people) + len(found.bad_rows) > 0


def test_lists_have_a_size() -> None:
    with pytest.raises(BadInput):
        table_of("a" * (LARGEST_PASTE + 1))
    with pytest.raises(BadInput):
        require_size(b"")
    with pytest.raises(BadInput):
        require_size(bytes(LARGEST + 1))
    require_size(b"name\nAna")


@given(st.lists(st.sampled_from(ListStep), max_size=8))
def test_a_list_that_is_over_stays_so(steps: list[ListStep]) -> None:
    state, over = ListState.WAITING, {ListState.DONE, ListState.CANCELLED, ListState.FAILED}
    for step in steps:
        try:
            following = after(state, step)
        except Conflict:
            continue
        assert state not in over
        assert following is not ListState.DONE or state is ListState.RUNNING
        state = following


def test_only_so_many_lists_run_at_once() -> None:
    require_free(1, 2)
    with pytest.raises(TooMany):
        require_free(2, 2)
