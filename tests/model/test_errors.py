"""The error tree and its drawing."""

from __future__ import annotations

import pytest

from liaison.model import errors
from liaison.model.errors import BadInput, LiaisonError


def drawn(error: type[LiaisonError], depth: int = 0) -> list[tuple[int, str]]:
    below = [line for child in error.__subclasses__() for line in drawn(child, depth + 1)]
    return [(depth, error.__name__), *below]


def test_the_drawing_shows_the_classes_in_their_order() -> None:
    lines = [
        line for line in (errors.__doc__ or "").splitlines() if "Error" in line.split()[:1] or "──" in line
    ]
    shown = [(0, "LiaisonError")]
    for line in lines:
        if "──" in line:
            before, _, name = line.partition("── ")
            shown.append((1 + (len(before) - 1) // 4, name.split()[0]))
    own = [(depth, name) for depth, name in drawn(LiaisonError) if name in vars(errors)]
    assert shown == own  # other parts add their own, which stand in the reference


@pytest.mark.parametrize("error", [kind for kind in vars(errors).values() if isinstance(kind, type)])
def test_each_error_has_a_status_a_title_and_a_hint(error: type[LiaisonError]) -> None:
    assert 400 <= error.status < 600
    assert error.title
    assert error.hint
    assert error.__doc__


def test_bad_input_says_where_it_stands() -> None:
    error = BadInput("no", file="a.csv", row=3, field="dob", hint="write it")
    assert (error.file, error.row, error.field, error.hint) == ("a.csv", 3, "dob", "write it")
    assert isinstance(error, ValueError)


def test_an_error_may_come_with_a_hint_of_its_own() -> None:
    assert errors.KernelMissing("no").hint == errors.KernelMissing.hint
    assert errors.KernelMissing("no", hint="add gcc").hint == "add gcc"


def test_a_refusal_says_each_reason() -> None:
    refusal = errors.NotLawful(reasons=("no case", "no offence"))
    assert str(refusal) == "no case; no offence"
    assert refusal.reasons == ("no case", "no offence")
    assert refusal.status == 403
    assert str(errors.NotLawful("not so", reasons=("no case",))) == "not so; no case"
