"""Grades on the scales of their sources, and what they come to as 4x4."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liaison.model.errors import BadInput
from liaison.model.grading import Grade
from liaison.model.scales import FORMS, Graded, Scale

EVERY = [
    *((Scale.FOUR, source + number) for source in "ABCX" for number in "1234"),
    *(
        (Scale.FIVE, f"{source}{number}{code}")
        for source in "ABCDE"
        for number in "12345"
        for code in "12345"
    ),
    *((Scale.THREE, f"{source}{letter}{code}") for source in "123" for letter in "ABCDE" for code in "PC"),
]
RELIANCE = {"A": 3, "B": 2, "C": 1, "X": 0}


@pytest.mark.parametrize(("scale", "original"), EVERY)
def test_every_grade_is_kept_and_comes_to_a_4x4_grade(scale: Scale, original: str) -> None:
    graded = Graded(original=original, scale=scale)
    assert (graded.original, graded.scale) == (original, scale)
    assert isinstance(graded.grade, Grade)
    assert len(graded.meanings) == len(original)
    assert Graded.read(original.lower()) == graded


@pytest.mark.parametrize(
    ("scale", "original", "grade"),
    [
        (Scale.FOUR, "X4", "X4"),
        (Scale.FIVE, "A11", "A1"),
        (Scale.FIVE, "D24", "C2"),
        (Scale.FIVE, "E55", "X4"),
        (Scale.THREE, "1AP", "B2"),
        (Scale.THREE, "2BC", "X3"),
        (Scale.THREE, "3EP", "C4"),
    ],
)
def test_mapped_as_documented(scale: Scale, original: str, grade: str) -> None:
    assert str(Graded(original=original, scale=scale).grade) == grade


def test_a_better_original_never_maps_to_less_reliance() -> None:
    for scale, sources in ((Scale.FIVE, "ABCDE"), (Scale.THREE, "13")):
        tail = "11" if scale is Scale.FIVE else "AP"
        grades = [Graded(original=source + tail, scale=scale).grade.text[0] for source in sources]
        assert [RELIANCE[grade] for grade in grades] == sorted((RELIANCE[g] for g in grades), reverse=True)


def test_suspected_false_is_told_apart_although_4x4_has_no_sign_for_it() -> None:
    assert Graded(original="B54", scale=Scale.FIVE).doubted
    assert Graded(original="1EP", scale=Scale.THREE).doubted
    assert not Graded(original="B44", scale=Scale.FIVE).doubted
    assert not Graded().doubted


def test_without_a_grade_it_is_x4() -> None:
    assert str(Graded().grade) == "X4"


def test_two_signs_that_are_no_4x4_grade_are_5x5() -> None:
    assert Graded.read("E4").scale is Scale.FIVE
    assert Graded.read("b 2").scale is Scale.FOUR


@given(st.text(max_size=6))
def test_what_is_no_grade_is_refused(text: str) -> None:
    try:
        graded = Graded.read(text)
    except BadInput:
        return
    assert FORMS[graded.scale].fullmatch(graded.original)


def test_a_grade_of_another_scale_is_refused() -> None:
    with pytest.raises(BadInput, match="not a grade of 3x5x2"):
        Graded(original="B2", scale=Scale.THREE)
