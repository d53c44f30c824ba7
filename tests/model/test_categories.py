"""In what capacity a person stands in a case."""

from __future__ import annotations

import pytest

from liaison.model.categories import CaseId, Category, Involvement, OfficerId
from liaison.model.errors import BadInput

WHOLE = {
    "category": Category.WITNESS,
    "case": CaseId("C-1"),
    "reason": "saw the handover",
    "reviewer": OfficerId("o-7"),
}


def test_the_capacities_are_these_six() -> None:
    assert {category.value for category in Category} == {
        *("suspect", "convicted", "victim"),
        *("witness", "contact", "missing"),
    }


@pytest.mark.parametrize("field", WHOLE)
def test_nothing_about_a_capacity_is_guessed(field: str) -> None:
    with pytest.raises(TypeError, match=field):
        Involvement(**{name: value for name, value in WHOLE.items() if name != field})  # type: ignore[arg-type]


@pytest.mark.parametrize("field", ["case", "reason", "reviewer"])
def test_an_empty_reason_is_none(field: str) -> None:
    with pytest.raises(BadInput, match=f"the {field} is empty") as refused:
        Involvement(**WHOLE | {field: " "})  # type: ignore[arg-type]
    assert refused.value.field == field
