"""Handling codes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liaison.model.errors import BadInput
from liaison.model.handling import Handling, HandlingCode, combined

H0, H1, H2, H3 = HandlingCode


def handlings() -> st.SearchStrategy[Handling]:
    codes = st.lists(st.sampled_from([H0, H1, H2]), min_size=1).map(tuple)
    restricted = st.builds(
        lambda held, text: Handling(codes=(*held, H3), restriction=text),
        codes,
        st.sampled_from(["ask", "seal"]),
    )
    return st.builds(lambda held: Handling(codes=held), codes) | restricted


def test_purpose_limits_always_hold_and_codes_stand_in_order_once() -> None:
    assert Handling(codes=(H2, H1, H2)).codes == (H0, H1, H2)


def test_without_a_code_nothing_may_be_handled() -> None:
    with pytest.raises(BadInput, match="no handling code"):
        Handling(codes=())
    with pytest.raises(TypeError):
        Handling()  # type: ignore[call-arg]


def test_other_restrictions_are_written_out() -> None:
    with pytest.raises(BadInput, match="belong together"):
        Handling(codes=(H3,))
    with pytest.raises(BadInput, match="belong together"):
        Handling(codes=(H0,), restriction="ask first")
    with pytest.raises(BadInput, match="belong together"):
        Handling(codes=(H3,), restriction="   ")


def test_each_code_says_what_it_asks() -> None:
    assert "judicial" in H1.meaning
    assert "passed on" in H2.meaning
    assert len({code.meaning for code in HandlingCode}) == 4


@given(handlings(), handlings())
def test_what_is_made_of_two_parts_keeps_every_condition_of_both(one: Handling, other: Handling) -> None:
    both = combined([one, other])
    assert set(both.codes) == {*one.codes, *other.codes}
    assert one.restriction in both.restriction
    assert other.restriction in both.restriction
    assert combined([one, one]) == one


def test_nothing_has_no_handling() -> None:
    with pytest.raises(BadInput):
        combined([])
